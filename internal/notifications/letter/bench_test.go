package letter

import (
	"io"
	"runtime"
	"strings"
	"testing"

	"codeberg.org/go-pdf/fpdf"
)

// perFile is how many letters the benchmarks put into one file.
const perFile = 1000

// counter counts what a file would take.
type counter struct{ n int }

func (c *counter) Write(p []byte) (int, error) {
	c.n += len(p)
	return len(p), nil
}

// BenchmarkLetters makes files of 1,000 letters, each with its own person, code
// and QR code. Goal: at least 2,500 letters/s on one core, at most 4 KB each.
func BenchmarkLetters(b *testing.B) {
	letters := make([]Letter, perFile)
	for i := range letters {
		letters[i] = person(i)
	}
	var out counter
	b.ReportAllocs()
	for b.Loop() {
		out = counter{}
		file, err := New(&out, testSender(), Options{CreatedAt: created})
		if err != nil {
			b.Fatal(err)
		}
		for _, l := range letters {
			if err := file.Add(l); err != nil {
				b.Fatal(err)
			}
		}
		if err := file.Close(); err != nil {
			b.Fatal(err)
		}
	}
	report(b, out.n)
}

// BenchmarkBaseline makes files of 1,000 pages with fpdf: the text of one
// letter, the same on each page, no QR code, no checks.
func BenchmarkBaseline(b *testing.B) {
	var out counter
	b.ReportAllocs()
	for b.Loop() {
		out = counter{}
		fpdfPages(b, &out, perFile)
	}
	report(b, out.n)
}

func report(b *testing.B, size int) {
	b.ReportMetric(float64(b.N)*perFile/b.Elapsed().Seconds(), "letters/s")
	b.ReportMetric(float64(size)/perFile, "B/letter")
	b.ReportMetric(0, "ns/op") // of a file: says nothing
}

// BenchmarkSingle makes files of one letter, as "download this letter" does.
func BenchmarkSingle(b *testing.B) {
	l := german()
	var out counter
	b.ReportAllocs()
	for b.Loop() {
		out = counter{}
		file, err := New(&out, testSender(), Options{CreatedAt: created})
		if err != nil {
			b.Fatal(err)
		}
		if err := file.Add(l); err != nil {
			b.Fatal(err)
		}
		if err := file.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(out.n), "B/letter")
}

// BenchmarkMemory tells how much heap a file of 20,000 letters takes at most,
// here and with fpdf. One run each says it all: -benchtime 1x.
func BenchmarkMemory(b *testing.B) {
	const n = 20_000
	measure := func(b *testing.B, write func(peak func())) {
		most := uint64(0)
		runtime.GC()
		for b.Loop() {
			write(func() {
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapInuse)
			})
		}
		b.ReportMetric(float64(most)/(1<<20), "MiB")
		b.ReportMetric(0, "ns/op")
	}
	b.Run("letters", func(b *testing.B) {
		measure(b, func(peak func()) {
			file, err := New(io.Discard, testSender(), Options{CreatedAt: created})
			if err != nil {
				b.Fatal(err)
			}
			for i := range n {
				if err := file.Add(person(i)); err != nil {
					b.Fatal(err)
				}
				if i%1000 == 0 {
					peak()
				}
			}
			if err := file.Close(); err != nil {
				b.Fatal(err)
			}
			peak()
		})
	})
	b.Run("baseline", func(b *testing.B) {
		measure(b, func(peak func()) {
			fpdfPages(b, io.Discard, n)
			peak()
		})
	})
}

// fpdfPages writes n pages with fpdf.
func fpdfPages(b *testing.B, w io.Writer, n int) {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.AddUTF8FontFromBytes("hanken", "", regularTTF)
	pdf.AddUTF8FontFromBytes("hanken", "B", boldTTF)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(left, headTop, pageWidth-right)
	l, s := german(), testSender()
	plain := strings.NewReplacer("**", "")
	for range n {
		pdf.AddPage()
		pdf.SetFont("hanken", "B", 13)
		pdf.Cell(0, 13, s.Name)
		pdf.SetFont("hanken", "", 11)
		for i, line := range l.To {
			pdf.Text(left, toTop+float64(i+1)*5, line)
		}
		for i, row := range l.Info {
			pdf.Text(infoLeft, infoTop+float64(i+1)*5, row[0])
			pdf.Text(infoLeft+30, infoTop+float64(i+1)*5, row[1])
		}
		pdf.SetXY(left, bodyTop)
		texts := append([]string{l.Subject, l.Salutation}, l.Intro...)
		for _, step := range l.Steps {
			texts = append(texts, step.Text)
		}
		texts = append(append(append(texts, l.Code), l.After...), l.Closing...)
		for _, text := range append(texts, l.Note) {
			pdf.MultiCell(0, 5.4, plain.Replace(text), "", "L", false)
			pdf.Ln(3.4)
		}
		for i, column := range s.FootLines {
			for j, line := range column {
				pdf.Text(left+float64(i)*56, 276+float64(j)*4, line)
			}
		}
	}
	if err := pdf.Output(w); err != nil {
		b.Fatal(err)
	}
}
