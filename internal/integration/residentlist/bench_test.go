package residentlist

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"foyer/internal/integration/sheet"
)

// list writes a resident list with 35 columns and so many rows.
func list(rows int) []byte {
	var b strings.Builder
	b.WriteString("property_ref;property_name;street;house_number;postcode;city;country;stairwell;unit_ref;unit_label;floor;area_m2;rooms;usage;uvi_needed;lease_ref;lease_start;lease_end;lease_signed_on;rent_net;rent_service;rent_heating;deposit;notice_period;person_ref;role;salutation;title;first_name;last_name;language;email;email_consent_on;phone;post_name\r\n")
	for i := range rows {
		fmt.Fprintf(&b, "%d;Wohnanlage Ahornallee;Ahornallee;%d;80331;München;Deutschland;Aufgang %d;%d/%03d;Whg. %d;2. OG rechts;54,5;2,5;Wohnung;ja;V-%d;01.03.2024;;15.02.2024;1.234,56;200,00;90,00;3.600,00;3 Monate;P%d;Mieter;Frau;Dr.;Petra;Sömmer-%d;Deutsch;petra.sommer%d@post.example;01.03.2024;+49 89 123456;\r\n",
			i/50, i%30, i%4, i/50, i%50, i%50, i, i, i, i)
	}
	return []byte(b.String())
}

// BenchmarkParse reads and types 20,000 rows of 35 columns. The goal is
// 150,000 rows a second on one core.
func BenchmarkParse(b *testing.B) {
	const rows = 20_000
	in := list(rows)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		f, err := sheet.Open(bytes.NewReader(in), int64(len(in)), "")
		if err != nil {
			b.Fatal(err)
		}
		p, problems := NewParser(f.Header(), Recognise(f.Header()).Mapping, Options{})
		if p == nil {
			b.Fatal(problems)
		}
		n := 0
		for {
			src, err := f.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			if row, found := p.Parse(src); len(found) > 0 || row.Area != 5450 {
				b.Fatal(row, found)
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
