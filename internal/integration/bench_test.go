package integration

import (
	"bytes"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"foyer/internal/platform/store/storetest"
)

// generated makes a resident list of n rows in 35 columns, as an ERP exports
// it: properties of forty flats, a second person in every third lease, a
// parking space for every tenth person.
func generated(n int) []byte {
	var b strings.Builder
	b.WriteString("property_ref;property_name;street;house_number;postcode;city;country;stairwell;unit_ref;unit_label;floor;area_m2;rooms;usage;uvi_needed;lease_ref;lease_start;lease_end;lease_signed_on;rent_net;rent_service;rent_heating;deposit;notice_period;person_ref;role;salutation;title;first_name;last_name;language;email;email_consent_on;phone;post_name\r\n")
	first := []string{"Marlene", "Jonas", "Petra", "Deniz", "Aaron", "Ines", "Björn", "Lea"}
	last := []string{"Brandt", "Öztürk", "Feld", "Albrecht", "Lindqvist", "Sommer", "Kaya", "Moreau", "Groß"}
	row := func(unit, person int, kind, role string, rent int) {
		house := unit / 10
		start := time.Date(2005, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, (unit*7)%250, 0).Format("02.01.2006")
		consent := ""
		if person%4 == 0 {
			consent = "01.03.2024"
		}
		fmt.Fprintf(&b, "P%d;Wohnanlage %d;Ahornallee;%d;%05d;Berlin;DE;;%s%d;%s %d;%d. OG;%d,5;2,5;%s;%s;L%s%d;%s;;;%d,56;200,00;90,00;3.600,00;3 Monate;M%d;%s;Frau;;%s;%s-%d;de;person%d@post.example;%s;030 %d;\r\n",
			unit/40, unit/40, house%30+1, 10000+unit/400, kind[:1], unit, kind, unit%10+1, unit%5, 40+unit%60, kind, map[bool]string{true: "ja", false: "nein"}[kind == "Wohnung"],
			kind[:1], unit, start, rent, person, role, first[person%len(first)], last[person%len(last)], person/9, person, consent, 1000000+person)
	}
	for i, unit, person := 0, 0, 0; i < n; unit++ {
		row(unit, person, "Wohnung", "Mieter", 700+unit%500)
		i++
		holder := person
		person++
		if unit%3 == 0 && i < n {
			row(unit, person, "Wohnung", "Mieter", 700+unit%500)
			person++
			i++
		}
		if unit%10 == 0 && i < n {
			row(unit, holder, "Stellplatz", "Mieter", 45)
			i++
		}
	}
	return []byte(b.String())
}

// BenchmarkImport measures a dry run, the applying and the second import of the
// same list on SQLite, in rows per second.
func BenchmarkImport(b *testing.B) {
	const rows = 100_000
	file := generated(rows)
	for b.Loop() {
		w := newTest(b, storetest.SQLite(b).DB)
		measure := func(what string, fn func() error) {
			start, spent := time.Now(), cpuTime()
			if err := fn(); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(rows/time.Since(start).Seconds(), what+"-rows/s")
			b.ReportMetric(float64(cpuTime()-spent)/rows, what+"-µsCPU/row")
		}
		dry := func() (r Run) {
			r, err := w.ImportFile(b.Context(), operator, bytes.NewReader(file), "liste.csv", Options{DryRun: true})
			if err != nil || r.Counts.Rejected > 0 {
				b.Fatal(r.Counts, err)
			}
			return r
		}
		measure("dry", func() error { dry(); return nil })
		id, err := w.Start(b.Context(), operator, bytes.NewReader(file), "liste.csv")
		if err != nil {
			b.Fatal(err)
		}
		r, err := w.Run(b.Context(), operator, id)
		if err != nil {
			b.Fatal(err)
		}
		if err := w.Check(b.Context(), operator, id, Choice{Mapping: r.Mapping}); err != nil {
			b.Fatal(err)
		}
		if _, err := w.queue.Drain(b.Context()); err != nil {
			b.Fatal(err)
		}
		if err := w.Apply(b.Context(), operator, id, false); err != nil {
			b.Fatal(err)
		}
		measure("apply", func() error { _, err := w.queue.Drain(b.Context()); return err })
		if r, err = w.Run(b.Context(), operator, id); err != nil || r.State != Applied || r.Counts.New != rows {
			b.Fatal(r.State, r.Counts, err)
		}
		measure("again", func() error {
			if r := dry(); r.Counts.New+r.Counts.Changed != 0 {
				b.Fatal(r.Counts)
			}
			return nil
		})
	}
}

// cpuTime is what the process has used of the machine, in microseconds.
func cpuTime() int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return (u.Utime.Sec+u.Stime.Sec)*1e6 + u.Utime.Usec + u.Stime.Usec
}
