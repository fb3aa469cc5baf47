package upload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/gabriel-vasile/mimetype"

	"foyer/internal/platform/blob"
	"foyer/internal/platform/fault"
)

// Limits of a file.
const (
	MaxBytes  = 20 << 20   // of the file as it is sent
	MaxPixels = 64_000_000 // of a picture
	MaxSide   = 4096       // pixels, of a picture as it is stored
	ThumbSide = 480        // pixels, of the small picture
	maxName   = 120        // characters
)

// Field is the name of the form field that complaints stand at when the caller
// gives none.
const Field = "datei"

// Accept is what a file field offers to choose. Without HEIC in it, iPhones
// hand photos over as JPEG.
const Accept = "application/pdf,image/jpeg,image/png,image/webp"

// The types of what is stored.
const (
	PDF  = "application/pdf"
	JPEG = "image/jpeg"
	PNG  = "image/png"
)

// Result is a file that was let in. Its content lies in the blobs and has no
// row yet: hand it to the one that keeps the row, else it is swept away after
// a day.
type Result struct {
	Name          string // for people: cleaned, with the ending of its type
	Type          string // PDF, JPEG or PNG
	Size          int64  // bytes of what is stored
	Blob          string // key of the content
	ThumbBlob     string // key of the small picture (JPEG), "" for a PDF
	Width, Height int    // of the stored picture in pixels, 0 for a PDF
	Pages         int    // of a PDF
	Attachments   bool   // the PDF carries files, as electronic invoices do
}

// Picture tells whether it is a picture.
func (r Result) Picture() bool { return r.Type != PDF }

// Scan looks for malware: nil, ErrInfected, or what kept it from looking.
type Scan func(ctx context.Context, r io.Reader) error

// ErrInfected is what a Scan says of a bad file.
var ErrInfected = errors.New("upload: infected")

// Desk takes files in. It is safe for concurrent use.
type Desk struct {
	blobs *blob.Dir
	scan  Scan
	heavy chan struct{} // one decoding or parsing at a time
}

// New returns a desk. scan may be nil.
func New(blobs *blob.Dir, scan Scan) *Desk {
	return &Desk{blobs: blobs, scan: scan, heavy: make(chan struct{}, 1)}
}

// Take reads a file to its end and stores what it lets in for an organisation.
// field is the form field that a complaint stands at, "" means Field; name is
// what the browser calls the file. A refusal is fault.Invalid with a sentence
// for people, an absent scanner fault.Unavailable.
func (d *Desk) Take(ctx context.Context, org, field, name string, r io.Reader) (out Result, err error) {
	if field == "" {
		field = Field
	}
	defer func() {
		var no refusal
		if errors.As(err, &no) {
			err = fault.Wrong(field, string(no), "size", no.size())
		}
	}()
	f, err := spool(r)
	if err != nil {
		return Result{}, err
	}
	defer f.Close()
	if err := d.scanned(ctx, f); err != nil {
		return Result{}, err
	}
	kind, err := sniff(f)
	if err != nil {
		return Result{}, err
	}
	select {
	case d.heavy <- struct{}{}:
		defer func() { <-d.heavy }()
	case <-ctx.Done():
		return Result{}, ctx.Err()
	}
	out.Name = cleanName(name)
	if kind == PDF {
		return d.takePDF(ctx, org, out, f)
	}
	return d.takePicture(org, out, kind, f)
}

// refusal is the catalogue key of why a file is not let in.
type refusal string

// Error names the key.
func (r refusal) Error() string { return string(r) }

func (r refusal) size() int {
	if r == "upload.too_many_pixels" {
		return MaxPixels / 1_000_000
	}
	return MaxBytes >> 20
}

// spool copies r to a temporary file that has no name any more, so that
// neither a crash nor another program can come by it. A reader's own error,
// such as the limit of a request's body, is handed on.
func spool(r io.Reader) (*os.File, error) {
	f, err := os.CreateTemp("", "foyer-upload-")
	if err != nil {
		return nil, fault.Unavailable(err)
	}
	n, err := io.Copy(f, io.LimitReader(r, MaxBytes+1))
	err = errors.Join(err, os.Remove(f.Name()))
	switch {
	case err != nil:
	case n == 0:
		err = refusal("upload.empty")
	case n > MaxBytes:
		err = refusal("upload.too_large")
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func (d *Desk) scanned(ctx context.Context, f *os.File) error {
	if d.scan == nil {
		return nil
	}
	err := d.scan(ctx, io.NewSectionReader(f, 0, MaxBytes))
	switch {
	case errors.Is(err, ErrInfected):
		return refusal("upload.infected")
	case err != nil:
		return fault.Unavailable(fmt.Errorf("virus scanner: %w", err))
	}
	return nil
}

// refused are the types that people really try, with the sentence for them.
// What stands nowhere here is refused as well.
var refused = []struct{ mime, key string }{
	{"image/heic", "upload.heic"}, {"image/heic-sequence", "upload.heic"}, {"image/heif", "upload.heic"}, {"image/heif-sequence", "upload.heic"},
	{"image/svg+xml", "upload.web"}, {"text/html", "upload.web"}, {"text/xml", "upload.web"}, {"application/xhtml+xml", "upload.web"}, {"text/javascript", "upload.web"},
	{"application/x-ole-storage", "upload.office"}, {"application/msword", "upload.office"}, {"application/vnd.ms-excel", "upload.office"}, {"text/rtf", "upload.office"},
	{"application/vnd.oasis.opendocument.text", "upload.office"}, {"application/vnd.oasis.opendocument.spreadsheet", "upload.office"},
	{"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "upload.office"},
	{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "upload.office"},
	{"application/vnd.openxmlformats-officedocument.presentationml.presentation", "upload.office"},
}

// sniff tells the type by the content, one of the four that are let in.
func sniff(f *os.File) (string, error) {
	head := make([]byte, 4096)
	n, err := f.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return "", err
	}
	head = head[:n]
	m := mimetype.Detect(head)
	for _, ok := range []string{PDF, JPEG, PNG, webP} {
		if m.Is(ok) && magic(ok, head) {
			return ok, nil
		}
	}
	for _, no := range refused {
		if m.Is(no.mime) {
			return "", refusal(no.key)
		}
	}
	switch start := strings.TrimSpace(strings.ToLower(string(head))); {
	case strings.HasPrefix(start, "<html"), strings.HasPrefix(start, "<!doctype"), strings.HasPrefix(start, "<script"), strings.HasPrefix(start, "<svg"):
		return "", refusal("upload.web") // and something else besides
	case strings.HasPrefix(m.String(), "image/"):
		return "", refusal("upload.picture_kind")
	}
	return "", refusal("upload.kind")
}

// magic makes sure that the type stands at the very first byte: some readers
// look for it further on, and a file that is two things is none for us.
func magic(kind string, head []byte) bool {
	s := string(head)
	switch kind {
	case PDF:
		return strings.HasPrefix(s, "%PDF-")
	case JPEG:
		return strings.HasPrefix(s, "\xff\xd8\xff")
	case PNG:
		return strings.HasPrefix(s, "\x89PNG\r\n\x1a\n")
	}
	return len(s) > 12 && s[:4] == "RIFF" && s[8:12] == "WEBP"
}

// CleanName returns a file's name for people, with its ending: no path, no
// control characters.
func CleanName(name string) string {
	ending := filepath.Ext(name)
	if len(ending) > 10 || strings.ContainsFunc(ending[min(1, len(ending)):], func(r rune) bool { return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z') }) {
		ending = ""
	}
	return cleanName(name) + ending
}

// cleanName returns what people read of a file's name, without its ending: no
// path, no control characters, no marks that turn the direction of writing.
func cleanName(name string) string {
	name = strings.ToValidUTF8(name, "")
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e || r >= 0x2060 && r <= 0x206f || r == 0xfeff {
			return -1
		}
		return r
	}, name)
	name = strings.TrimSpace(strings.TrimSuffix(name, filepath.Ext(name)))
	name = strings.Trim(name, ". ")
	for utf8.RuneCountInString(name) > maxName {
		_, n := utf8.DecodeLastRuneInString(name)
		name = strings.TrimSpace(name[:len(name)-n])
	}
	if name == "" {
		return "Datei"
	}
	return name
}

var endings = map[string]string{PDF: ".pdf", JPEG: ".jpg", PNG: ".png"}
