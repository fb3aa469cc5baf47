package letter

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// run runs a program of poppler-utils or zbar-tools; a missing one fails the test.
func run(t testing.TB, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s (Debian: poppler-utils, zbar-tools): %v\n%s", name, err, errs.String())
	}
	return out.String()
}

func save(t testing.TB, pdf []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "letters.pdf")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// pageTexts extracts the text of each page, words separated by single spaces.
func pageTexts(t testing.TB, pdf []byte) []string {
	t.Helper()
	pages := strings.Split(run(t, "pdftotext", "-enc", "UTF-8", save(t, pdf), "-"), "\f")
	pages = pages[:len(pages)-1] // each page ends with a form feed
	for i := range pages {
		pages[i] = strings.Join(strings.Fields(pages[i]), " ")
	}
	return pages
}

// word is a word and its box in millimetres from the top left corner.
type word struct {
	xMin, yMin, xMax, yMax float64
	text                   string
}

// words gives each page's words in reading order.
func words(t testing.TB, pdf []byte) [][]word {
	t.Helper()
	var doc struct {
		Pages []struct {
			Words []struct {
				XMin float64 `xml:"xMin,attr"`
				YMin float64 `xml:"yMin,attr"`
				XMax float64 `xml:"xMax,attr"`
				YMax float64 `xml:"yMax,attr"`
				Text string  `xml:",chardata"`
			} `xml:"word"`
		} `xml:"body>doc>page"`
	}
	d := xml.NewDecoder(strings.NewReader(run(t, "pdftotext", "-bbox", save(t, pdf), "-")))
	d.Strict, d.Entity = false, xml.HTMLEntity
	if err := d.Decode(&doc); err != nil {
		t.Fatalf("pdftotext -bbox: %v", err)
	}
	var pages [][]word
	for _, p := range doc.Pages {
		var ws []word
		for _, w := range p.Words {
			ws = append(ws, word{w.XMin / mm, w.YMin / mm, w.XMax / mm, w.YMax / mm, w.Text})
		}
		pages = append(pages, ws)
	}
	return pages
}

// find gives the first word with the text after which the given words follow.
func find(t testing.TB, page []word, text ...string) word {
	t.Helper()
next:
	for i := range page {
		for j, s := range text {
			if i+j >= len(page) || page[i+j].text != s {
				continue next
			}
		}
		return page[i]
	}
	t.Fatalf("%q not on the page", text)
	return word{}
}

// dpi is the resolution of rendered pages.
const dpi = 150

// bitmap is a rendered page in grey.
type bitmap struct {
	w, h int
	pix  []byte
}

// render draws a one-page file.
func render(t testing.TB, pdf []byte) bitmap {
	t.Helper()
	out := run(t, "pdftoppm", "-r", fmt.Sprint(dpi), "-gray", save(t, pdf))
	var b bitmap
	if _, err := fmt.Sscanf(out, "P5\n%d %d\n255\n", &b.w, &b.h); err != nil {
		t.Fatalf("pdftoppm: %v", err)
	}
	b.pix = []byte(out)[len(out)-b.w*b.h:]
	return b
}

// dark tells if something dark is drawn within half a millimetre of a place.
func (b bitmap) dark(xMM, yMM float64) bool {
	px := func(v float64) int { return int(v / 25.4 * dpi) }
	for y := px(yMM - 0.5); y <= px(yMM+0.5); y++ {
		if b.pix[y*b.w+px(xMM)] < 160 {
			return true
		}
	}
	return false
}

// qrCodes reads the QR code of each page from the page as printed at 150 dpi.
func qrCodes(t testing.TB, pdf []byte) []string {
	t.Helper()
	dir := t.TempDir()
	// Only the right half below the address: rendering whole pages takes far longer.
	run(t, "pdftoppm", "-r", fmt.Sprint(dpi), "-gray", "-x", "800", "-y", "640", "-W", "440", "-H", "600", save(t, pdf), filepath.Join(dir, "p"))
	files, err := filepath.Glob(filepath.Join(dir, "*.pgm"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	out := run(t, "zbarimg", append([]string{"--quiet", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable"}, files...)...)
	return strings.Split(strings.TrimSpace(out), "\n")
}
