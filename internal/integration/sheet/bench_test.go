package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

// BenchmarkCSV reads 20,000 rows of 35 columns.
func BenchmarkCSV(b *testing.B) {
	const rows = 20_000
	var s strings.Builder
	for r := range rows + 1 {
		for c := range 35 {
			fmt.Fprintf(&s, "%s;", [...]string{"Musterstraße", "01.03.2026", "1.234,56", "", fmt.Sprint(r * c)}[c%5])
		}
		s.WriteString("\r\n")
	}
	benchmarkRead(b, []byte(s.String()), rows)
}

// BenchmarkXLSX reads 20,000 rows of 35 columns, numbers and shared strings.
func BenchmarkXLSX(b *testing.B) {
	const rows = 20_000
	var s strings.Builder
	s.WriteString(inline(strings.Fields(strings.Repeat("heading ", 35))...))
	for r := range rows {
		fmt.Fprintf(&s, `<row r="%d">`, r+2)
		for c := range 35 {
			kind := [...]string{"", ` t="s"`}[c%2]
			fmt.Fprintf(&s, `<c r="%s%d" s="1"%s><v>%d</v></c>`, ColumnName(c+1), r+2, kind, (r*c)%1000)
		}
		s.WriteString("</row>")
	}
	sst := "<sst>" + strings.Repeat("<si><t>Musterstraße</t></si>", 1000) + "</sst>"
	benchmarkRead(b, zipOf(b, bookParts(s.String(), part{"xl/sharedStrings.xml", sst})...), rows)
}

func benchmarkRead(b *testing.B, in []byte, rows int) {
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		f, err := Open(bytes.NewReader(in), int64(len(in)), "")
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for {
			if _, err := f.Next(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != rows {
			b.Fatalf("%d rows", n)
		}
		f.Close()
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
