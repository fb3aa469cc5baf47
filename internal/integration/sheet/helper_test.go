package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf16"
)

// table is everything a file yields, in a form that compares well.
type table struct {
	Header []string
	Rows   []string // "number: a | b*" where * marks a number, # a day, ? a boolean, ! an error
}

func openBytes(b []byte) (*File, error) { return Open(bytes.NewReader(b), int64(len(b)), "liste") }

func readAll(t testing.TB, b []byte) (table, *File) {
	t.Helper()
	f, err := openBytes(b)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() { f.Close() })
	out := table{Header: f.Header()}
	for {
		row, err := f.Next()
		if errors.Is(err, io.EOF) {
			return out, f
		}
		if err != nil {
			out.Rows = append(out.Rows, "error: "+err.Error())
			if isFatal(err) {
				return out, f
			}
			continue
		}
		out.Rows = append(out.Rows, showRow(row))
	}
}

func showRow(row Row) string {
	var cells []string
	for _, c := range row.Cells {
		cells = append(cells, c.Text+[]string{"", "*", "#", "?", "!"}[c.Kind])
	}
	return fmt.Sprintf("%d: %s", row.Number, strings.Join(cells, " | "))
}

// problemOf opens a file and reads it to the end; it returns the first Problem.
func problemOf(b []byte) *Problem {
	f, err := openBytes(b)
	for err == nil {
		_, err = f.Next()
	}
	if f != nil {
		f.Close()
	}
	var p *Problem
	errors.As(err, &p)
	return p
}

// part is one entry of a hand-made archive.
type part struct{ name, body string }

func zipOf(t testing.TB, parts ...part) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, p := range parts {
		e, err := w.Create(p.name)
		if err == nil {
			_, err = io.WriteString(e, p.body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// storedZip is an archive that is not packed, as its first entry is in
// OpenDocument files.
func storedZip(t testing.TB, parts ...part) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, p := range parts {
		e, err := w.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Store})
		if err == nil {
			_, err = io.WriteString(e, p.body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const (
	xmlHead      = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`
	workbookBody = xmlHead + `<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Liste" sheetId="1" r:id="rId1"/></sheets></workbook>`
	relsBody     = xmlHead + `<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>`
)

// bookParts is a minimal workbook around the content of sheetData.
func bookParts(rows string, more ...part) []part {
	return append([]part{
		{"xl/workbook.xml", workbookBody},
		{"xl/_rels/workbook.xml.rels", relsBody},
		{"xl/worksheets/sheet1.xml", xmlHead + `<worksheet><sheetData>` + rows + `</sheetData></worksheet>`},
	}, more...)
}

func utf16Of(s string, big, mark bool) []byte {
	var b []byte
	if mark {
		s = "\uFEFF" + s
	}
	for _, u := range utf16.Encode([]rune(s)) {
		if big {
			b = append(b, byte(u>>8), byte(u))
		} else {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return b
}

// inline is a row of text cells.
func inline(values ...string) string {
	var b strings.Builder
	b.WriteString("<row>")
	for _, v := range values {
		b.WriteString(`<c t="inlineStr"><is><t>` + v + `</t></is></c>`)
	}
	b.WriteString("</row>")
	return b.String()
}
