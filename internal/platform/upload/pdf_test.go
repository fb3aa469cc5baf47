package upload

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"os"
	"runtime"
	"testing"

	"codeberg.org/go-pdf/fpdf"
)

func letter(t testing.TB, more func(*fpdf.Fpdf)) []byte {
	t.Helper()
	p := fpdf.New("P", "mm", "A4", "")
	p.AddPage()
	p.SetFont("Helvetica", "", 12)
	p.Cell(40, 10, "Guten Tag")
	p.AddPage()
	if more != nil {
		more(p)
	}
	var b bytes.Buffer
	if err := p.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestT23_PDFsAreParsedUnderLimits: pages are counted, what is locked, broken or
// would run is refused with its sentence.
func TestT23_PDFsAreParsedUnderLimits(t *testing.T) {
	d, blobs := desk(t, nil)
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", home)
	plain := letter(t, nil)
	invoice := letter(t, func(p *fpdf.Fpdf) {
		p.SetAttachments([]fpdf.Attachment{{Content: []byte("<Invoice/>"), Filename: "factur-x.xml"}})
	})
	launch := bytes.Replace(plain, []byte("/Type /Catalog"), []byte("/Type /Catalog /OpenAction << /S /Launch /F (x) >>"), 1)
	tests := []struct {
		name string
		data []byte
		key  string
	}{
		{"plain", plain, ""},
		{"invoice with its data", invoice, ""},
		{"locked", letter(t, func(p *fpdf.Fpdf) { p.SetProtection(0, "geheim", "inhaber") }), "upload.pdf_locked"},
		{"script", letter(t, func(p *fpdf.Fpdf) { p.SetJavascript("app.alert(1)") }), "upload.pdf_active"},
		{"launch", launch, "upload.pdf_active"},
		{"launch, escaped", bytes.Replace(launch, []byte("/Launch"), []byte("/L#61unch"), 1), "upload.pdf_active"},
		{"cut", plain[:len(plain)/3], "upload.pdf_broken"},
		{"noise", append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte{0x9c, 0x41}, 4000)...), "upload.pdf_broken"},
		{"no pages", []byte("%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\nxref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000055 00000 n \ntrailer<</Size 3/Root 1 0 R>>\nstartxref\n104\n%%EOF"), "upload.pdf_broken"},
	}
	for _, tt := range tests {
		r, no := take(t, d, tt.name+".pdf", tt.data)
		if no != tt.key {
			t.Errorf("%s: %q, want %q", tt.name, no, tt.key)
			continue
		}
		if no == "" && (r.Pages != 2 || r.Attachments != (tt.name != "plain") || r.ThumbBlob != "" || !bytes.Equal(content(t, blobs, r.Blob), tt.data)) {
			t.Errorf("%s: %+v", tt.name, r)
		}
	}
	if left, _ := os.ReadDir(home); len(left) > 0 {
		t.Errorf("the parser left %v in the home folder", left)
	}
}

// objectBomb is a PDF whose objects lie in streams that unfold a thousandfold.
func objectBomb(streams, size int) []byte {
	var packed bytes.Buffer
	z, _ := zlib.NewWriterLevel(&packed, zlib.BestCompression)
	io.WriteString(z, "1 0 ")
	z.Write(bytes.Repeat([]byte("["), 2))
	z.Write(bytes.Repeat([]byte(" "), size))
	z.Close()
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	for i := range streams {
		fmt.Fprintf(&b, "%d 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\n", i+3, packed.Len())
		b.Write(packed.Bytes())
		b.WriteString("\nendstream\nendobj\n")
	}
	b.WriteString("trailer<</Size 3/Root 1 0 R>>\n%%EOF")
	return b.Bytes()
}

func TestT23_ObjectBombsAreStopped(t *testing.T) {
	d, _ := desk(t, nil)
	for _, size := range []int{4 << 20, 64 << 20} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		if _, no := take(t, d, "bombe.pdf", objectBomb(100, size)); no != "upload.pdf_heavy" && no != "upload.pdf_broken" {
			t.Errorf("%d: %q", size, no)
		}
		runtime.ReadMemStats(&after)
		if grown := int64(after.HeapSys) - int64(before.HeapSys); grown > 600<<20 {
			t.Errorf("%d: the heap grew by %d MB", size, grown>>20)
		}
	}
}
