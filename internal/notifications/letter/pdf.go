package letter

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/klauspost/compress/zlib"
)

// file writes the objects of a PDF file one after the other and remembers only
// where each began. Source: ISO 32000-1, 7.5 (file structure).
type file struct {
	w       io.Writer
	n       int64   // bytes written
	offsets []int64 // by object number; 0: reserved, not written yet
	err     error   // the writer's first error; nothing is written after it
	packed  bytes.Buffer
	zip     *zlib.Writer
}

func newFile(w io.Writer) *file {
	f := &file{w: w, offsets: make([]int64, 1, 64)}
	// The fastest level: a letter is a tenth larger than with the default and half as much work.
	f.zip, f.err = zlib.NewWriterLevel(&f.packed, zlib.BestSpeed)
	// The comment of bytes above 127 tells transport programs that this is not text.
	f.write([]byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"))
	return f
}

func (f *file) write(b []byte) {
	if f.err != nil {
		return
	}
	n, err := f.w.Write(b)
	f.n += int64(n)
	if err != nil {
		f.err = fmt.Errorf("write PDF: %w", err)
	}
}

// reserve gives the number of an object that will be written later.
func (f *file) reserve() int {
	f.offsets = append(f.offsets, 0)
	return len(f.offsets) - 1
}

// object writes one object under a reserved number.
func (f *file) object(id int, body string) {
	f.offsets[id] = f.n
	f.write(fmt.Appendf(nil, "%d 0 obj\n%s\nendobj\n", id, body))
}

// stream writes a compressed stream under a reserved number. entries are the
// further entries of its dictionary, each with a leading space, or "".
func (f *file) stream(id int, entries string, data []byte) {
	f.packed.Reset()
	f.zip.Reset(&f.packed)
	_, err := f.zip.Write(data)
	if err == nil {
		err = f.zip.Close()
	}
	if err != nil && f.err == nil {
		f.err = fmt.Errorf("compress PDF stream: %w", err)
	}
	f.offsets[id] = f.n
	f.write(fmt.Appendf(nil, "%d 0 obj\n<</Length %d/Filter/FlateDecode%s>>stream\n", id, f.packed.Len(), entries))
	f.write(f.packed.Bytes())
	f.write([]byte("\nendstream\nendobj\n"))
}

// close writes the table of objects and the trailer.
func (f *file) close(catalog, info int) error {
	start := f.n
	var b bytes.Buffer
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(f.offsets))
	for _, offset := range f.offsets[1:] {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
		if b.Len() > 1<<16 {
			f.write(b.Bytes())
			b.Reset()
		}
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root %d 0 R/Info %d 0 R>>\nstartxref\n%d\n%%%%EOF\n",
		len(f.offsets), catalog, info, start)
	f.write(b.Bytes())
	return f.err
}

// textString writes s as a PDF text string outside of page contents.
func textString(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	b.WriteByte('>')
	return b.String()
}

// dateString writes t as a PDF date in UTC.
func dateString(t time.Time) string {
	return t.UTC().Format("(D:20060102150405Z)")
}
