package upload

import (
	"context"
	"errors"
	"io"
	"os"
	"runtime/metrics"
	"sync/atomic"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// Limits of parsing. A document of 5,000 pages stays far below them.
const (
	pdfTime    = 15 * time.Second
	pdfMemory  = 256 << 20 // growth of the heap while parsing
	pdfStream  = 8 << 20   // one decoded stream of objects
	pdfObjects = 500_000
	pdfDepth   = 60
	maxPages   = 5_000
)

// The library would write a folder of settings into the home of whoever runs
// the portal.
func init() { model.ConfigPath = "disable" }

func pdfConfig() *model.Configuration {
	conf := model.NewDefaultConfiguration()
	conf.Offline = true
	conf.Limits = model.ResourceLimits{MaxStreamBytes: MaxBytes, MaxDecodeBytes: pdfStream, MaxImagePixels: 1, MaxImageBytes: 1, MaxObjectCount: pdfObjects,
		MaxObjectStreamCount: 20_000, MaxObjectStreamFirst: 1 << 20, MaxXRefEntries: pdfObjects, MaxRecursionDepth: pdfDepth}
	return conf
}

func (d *Desk) takePDF(ctx context.Context, org string, out Result, f *os.File) (Result, error) {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return Result{}, err
	}
	info, err := readPDF(ctx, io.NewSectionReader(f, 0, size))
	if err != nil {
		return Result{}, err
	}
	out.Type, out.Pages, out.Attachments = PDF, info.pages, info.attachments
	out.Name += endings[PDF]
	out.Blob, out.Size, err = d.blobs.Put(org, io.NewSectionReader(f, 0, size), MaxBytes)
	return out, err
}

type pdfInfo struct {
	pages       int
	attachments bool
}

// readPDF parses a file under limits. Whatever the parser stumbles over is a
// refusal.
func readPDF(ctx context.Context, r io.ReadSeeker) (info pdfInfo, err error) {
	ctx, cancel := context.WithTimeout(ctx, pdfTime)
	defer cancel()
	var heavy atomic.Bool
	stop := watchHeap(func() { heavy.Store(true); cancel() })
	defer stop()
	parent := ctx
	defer func() {
		if p := recover(); p != nil {
			err = refusal("upload.pdf_broken")
		}
		if err != nil && (heavy.Load() || errors.Is(parent.Err(), context.DeadlineExceeded)) {
			err = refusal("upload.pdf_heavy")
		}
	}()
	doc, err := pdfcpu.ReadWithContext(ctx, r, pdfConfig())
	switch {
	case err != nil && ctx.Err() != nil:
		return pdfInfo{}, ctx.Err()
	case errors.Is(err, pdfcpu.ErrWrongPassword):
		return pdfInfo{}, refusal("upload.pdf_locked")
	case err != nil:
		return pdfInfo{}, refusal("upload.pdf_broken")
	}
	if err := doc.EnsurePageCount(); err != nil || doc.PageCount < 1 {
		return pdfInfo{}, refusal("upload.pdf_broken")
	}
	if doc.PageCount > maxPages {
		return pdfInfo{}, refusal("upload.pdf_heavy")
	}
	info.pages = doc.PageCount
	var w walk
	for _, e := range doc.Table {
		if e != nil {
			w.object(e.Object, 0)
		}
	}
	if w.active {
		return pdfInfo{}, refusal("upload.pdf_active")
	}
	info.attachments = w.attachments
	return info, nil
}

// walk looks at every object of a document for what would run.
type walk struct{ active, attachments bool }

func (w *walk) object(o types.Object, depth int) {
	if depth > pdfDepth {
		w.active = true // nobody builds so deep without a reason
		return
	}
	switch o := o.(type) {
	case types.Dict:
		w.dict(o, depth)
	case types.StreamDict:
		w.dict(o.Dict, depth)
	case types.ObjectStreamDict:
		w.dict(o.Dict, depth)
	case types.Array:
		for _, v := range o {
			w.object(v, depth+1)
		}
	}
}

// runs are the names of actions and annotations that run something.
var runs = map[string]bool{"JavaScript": true, "Launch": true, "ImportData": true, "RichMedia": true}

func (w *walk) dict(d types.Dict, depth int) {
	for key, v := range d {
		switch key {
		case "JS", "JavaScript", "XFA", "RichMediaContent":
			w.active = true
		case "S", "Subtype", "Type":
			if n, ok := v.(types.Name); ok && runs[n.Value()] {
				w.active = true
			}
			if n, ok := v.(types.Name); ok && n.Value() == "EmbeddedFile" {
				w.attachments = true
			}
		}
		w.object(v, depth+1)
	}
}

// watchHeap calls tooMuch once when the heap grows by more than pdfMemory. The
// parser bounds each stream, not how many of them a file unfolds.
func watchHeap(tooMuch func()) (stop func()) {
	heap := func() uint64 {
		s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		metrics.Read(s)
		return s[0].Value.Uint64()
	}
	done, start := make(chan struct{}), heap()
	go func() {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				if now := heap(); now > start && now-start > pdfMemory {
					tooMuch()
					return
				}
			}
		}
	}()
	return func() { close(done) }
}
