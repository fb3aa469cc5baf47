package sheet

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"unicode/utf8"
)

// drain reads a file to its end and checks what holds for every file.
func drain(t *testing.T, b []byte) {
	f, err := openBytes(b)
	if err != nil {
		var p *Problem
		if !errors.As(err, &p) || !p.Fatal {
			t.Fatalf("Open: %v", err)
		}
		return
	}
	defer f.Close()
	if len(f.Header()) == 0 || len(f.Header()) > MaxColumns {
		t.Fatalf("%d headings", len(f.Header()))
	}
	last := f.HeaderRow()
	for range 10_000 {
		row, err := f.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		number := row.Number
		if err != nil {
			var p *Problem
			if !errors.As(err, &p) {
				t.Fatalf("Next: %v", err)
			}
			if p.Fatal {
				return
			}
			number = p.Row
		} else if len(row.Cells) != len(f.Header()) {
			t.Fatalf("%d cells under %d headings", len(row.Cells), len(f.Header()))
		}
		if number <= last {
			t.Fatalf("row %d after row %d", number, last)
		}
		last = number
		for _, c := range row.Cells {
			if len(c.Text) > 3*MaxCell || f.Format == "xlsx" && !utf8.ValidString(c.Text) {
				t.Fatalf("row %d: %d bytes, valid %v", number, len(c.Text), utf8.ValidString(c.Text))
			}
		}
	}
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{
		"a;b\n1;2\n", "a,b\r\n\"x\ny\",\"z\"\"\"\r\n", "sep=|\na|b\n1|2", "Titel\n\na\tb\n1\t2\n", "\ufeffa;b\n'=1;\"open", "a;b\rM\xfcller;\x81\r", "\xff\xfea\x00;\x00b\x00\n\x001\x00",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) { drain(t, b) })
}

func FuzzXLSX(f *testing.F) {
	rows := inline("a", "b") + `<row r="3"><c r="A3" s="1"><v>46082</v></c><c r="B3" t="s"><v>0</v></c></row>`
	f.Add([]byte(rows), []byte(`<sst><si><t>x</t></si></sst>`), []byte(`<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`))
	f.Add([]byte(`<row><c t="e"><v>#N/A</v></c><c t="b"><v>1</v></c></row><row/>`), []byte(`<sst><si><r><t>&#x41;&amp;</t></r><rPh><t>n</t></rPh></si></sst>`), []byte(`<x><numFmt numFmtId="9" formatCode="TT.MM.JJJJ"/></x>`))
	f.Add([]byte(`<row><c><v><![CDATA[1]]></v><!-- x --></c></row>`), []byte(`<?x?><!DOCTYPE a>`), []byte(``))
	f.Fuzz(func(t *testing.T, rows, strs, styles []byte) {
		drain(t, zipOf(t, bookParts(string(rows), part{"xl/sharedStrings.xml", string(strs)}, part{"xl/styles.xml", string(styles)})...))
		// The packed bytes themselves, too.
		if len(rows) > 0 {
			whole := zipOf(t, bookParts(string(rows))...)
			drain(t, append(bytes.Clone(whole[:len(whole)/2]), rows...))
		}
	})
}
