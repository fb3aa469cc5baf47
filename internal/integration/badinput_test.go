package integration

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

// What contradicts itself inside a file or against the database is rejected
// with row, column and reason; the other rows are taken.
func TestW14_ContradictionsAreRejected(t *testing.T) {
	const header = "property_ref;property_name;street;house_number;postcode;city;unit_ref;unit_label;lease_ref;lease_start;lease_end;person_ref;role;first_name;last_name"
	for _, c := range []struct {
		name     string
		before   []string
		rows     []string
		counts   string
		rejected string // row column reason, one per line
	}{
		{name: "the same row twice",
			rows:     []string{"P;;A;1;1;B;1;;L1;1.1.2020;;M1;;A;Feld", "P;;A;1;1;B;1;;L1;1.1.2020;;M1;;A;Feld"},
			counts:   "1+0~0=1-",
			rejected: "3 person_ref Row 2 already has the same person in the same lease."},
		{name: "one person number, two names",
			rows:     []string{"P;;A;1;1;B;1;;L1;1.1.2020;;M1;;A;Feld", "P;;A;1;1;B;2;;L2;1.1.2020;;M1;;B;Kaya"},
			counts:   "1+0~0=1-",
			rejected: "3 last_name Person number “M1” belongs to another name in row 2."},
		{name: "one unit number, two addresses",
			rows:     []string{"P;;A;1;1;B;1;;L1;1.1.2020;31.1.2020;M1;;A;Feld", "P;;C;1;1;B;1;;L2;1.2.2020;;M2;;B;Kaya"},
			counts:   "1+0~0=1-",
			rejected: "3 street Unit “1” has another address or label in row 2."},
		{name: "one unit number, two labels",
			rows:     []string{"P;;A;1;1;B;1;Whg 1;L1;1.1.2020;31.1.2020;M1;;A;Feld", "P;;A;1;1;B;1;WE 01;L2;1.2.2020;31.12.2020;M2;;B;Kaya", "P;;A;1;1;B;1;Whg 2;L3;1.1.2021;;M3;;C;Sommer"},
			counts:   "2+0~0=1-",
			rejected: "4 unit_label Unit “1” has another address or label in row 2."},
		{name: "one property number, two names",
			rows:     []string{"P;Park;A;1;1;B;1;;L1;1.1.2020;;M1;;A;Feld", "P;Turm;A;1;1;B;2;;L2;1.1.2020;;M2;;B;Kaya", "P;PARK;A;1;1;B;3;;L3;1.1.2020;;M3;;C;Sommer"},
			counts:   "2+0~0=1-",
			rejected: "3 property_name Property “P” has another name in row 2."},
		{name: "one contract number, two units",
			rows:     []string{"P;;A;1;1;B;1;;L1;1.1.2020;;M1;;A;Feld", "P;;A;1;1;B;2;;L1;1.1.2020;;M2;;B;Kaya"},
			counts:   "1+0~0=1-",
			rejected: "3 lease_ref Lease number “L1” belongs to another unit in row 2."},
		{name: "one contract number, two periods",
			rows:     []string{"P;;A;1;1;B;1;;L1;1.1.2020;;M1;;A;Feld", "P;;A;1;1;B;1;;L1;1.2.2020;;M2;;B;Kaya"},
			counts:   "1+0~0=1-",
			rejected: "3 lease_start Lease “L1” contradicts row 2 in column “lease_start”."},
		{name: "a contract number that is another unit's in the database",
			before:   []string{"P;;A;1;1;B;1;;L1;1.1.2020;;M1;;A;Feld"},
			rows:     []string{"P;;A;1;1;B;2;;L1;1.1.2020;;M2;;B;Kaya"},
			counts:   "0+0~0=1-",
			rejected: "2 lease_ref Lease number “L1” already belongs to another lease."},
		{name: "overlap inside the file",
			rows:     []string{"P;;A;1;1;B;1;;L1;1.1.2020;30.6.2020;M1;;A;Feld", "P;;A;1;1;B;1;;L2;30.6.2020;;M2;;B;Kaya", "P;;A;1;1;B;1;;L3;1.7.2020;;M3;;C;Sommer"},
			counts:   "2+0~0=1-",
			rejected: "3 lease_start The unit is already let from 01/01/2020 to 30/06/2020 in row 2."},
		{name: "overlap with the database",
			before:   []string{"P;;A;1;1;B;1;;L1;1.1.2020;;M1;;A;Feld"},
			rows:     []string{"P;;A;1;1;B;1;;L2;1.6.2020;;M2;;B;Kaya", "P;;A;1;1;B;1;;O1;1.1.2010;;M3;owner;C;Groß"},
			counts:   "1+0~0=1-",
			rejected: "2 lease_start The unit has been let since 01/01/2020 in the portal, without an end: L1 · A Feld."},
		{name: "a change of residents, the end in the same file",
			before: []string{"P;;A;1;1;B;1;;L1;1.1.2020;;M1;;A;Feld"},
			rows:   []string{"P;;A;1;1;B;1;;L2;1.6.2020;;M2;;B;Kaya", "P;;A;1;1;B;1;;L1;1.1.2020;31.5.2020;M1;;A;Feld"},
			counts: "1+1~0=0-"},
		{name: "an old lease grows over a new one",
			before:   []string{"P;;A;1;1;B;1;;L1;1.1.2020;31.5.2020;M1;;A;Feld", "P;;A;1;1;B;1;;L2;1.6.2020;;M2;;B;Kaya"},
			rows:     []string{"P;;A;1;1;B;1;;L1;1.1.2020;30.6.2020;M1;;A;Feld", "P;;A;1;1;B;1;;L2;1.6.2020;;M2;;B;Kaya"},
			counts:   "0+0~1=1-",
			rejected: "2 lease_start The unit is already let from 01/06/2020 on in row 3, without an end."},
		{name: "an end before its start",
			rows:     []string{"P;;A;1;1;B;1;;L1;1.12.2026;30.11.2026;M1;;A;Feld"},
			counts:   "0+0~0=1-",
			rejected: "2 lease_end Move-in is after move-out (1.12.2026, 30.11.2026)."},
		{name: "an impossible day, a missing name, no unit",
			rows:   []string{"P;;A;1;1;B;1;;L1;31.2.2020;;M1;;A;Feld", "P;;A;1;1;B;2;;L2;1.1.2020;;M2;;;", "P;;A;1;1;B;;;L3;1.1.2020;;M3;;C;Sommer", "P;;A;1;1;B;4;;L4;1.1.2020;;M4;;D;Groß"},
			counts: "1+0~0=3-"},
		{name: "the same address in two properties",
			before:   []string{"P;;A;1;1;B;1;;L1;1.1.2020;;M1;;A;Feld", "Q;;A;1;1;B;1;;L2;1.1.2020;;M2;;B;Kaya"},
			rows:     []string{";;A;1;1;B;1;;;1.1.2020;;M3;;C;Sommer", ";;A;1;1;B;;Whg 9;;1.1.2020;;M3;;C;Sommer"},
			counts:   "0+0~0=2-",
			rejected: "2 unit_ref Several existing units fit.\n3 street Several existing properties fit."},
	} {
		t.Run(c.name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				w := newTest(t, db)
				if c.before != nil {
					w.want("before", w.list(csv(header, c.before...), Options{}), fmt.Sprintf("%d+0~0=0-", len(c.before)))
				}
				dry := w.list(csv(header, c.rows...), Options{DryRun: true})
				w.want("dry run", dry, c.counts)
				var list []string
				for _, r := range dry.Rejections {
					list = append(list, fmt.Sprintf("%d %s %s", r.Row, r.Column, r.Reason))
				}
				if got := strings.Join(list, "\n"); c.rejected != "" && got != c.rejected {
					t.Errorf("rejected:\n%s", got)
				}
				w.want("applied", w.list(csv(header, c.rows...), Options{}), c.counts)
				again := w.list(csv(header, c.rows...), Options{})
				if again.New+again.Changed != 0 || again.Rejected != dry.Rejected {
					t.Errorf("again: %s, %v", again.counts(), again.Rejections)
				}
			})
		})
	}
}

// Encodings and separators that lists come in; what they say is the same.
func TestW14_EncodingsAndSeparators(t *testing.T) {
	text := "WE-Nr.;Straße;Ort;Mietbeginn;Nachname;Fläche\r\n1;Ahornallee 12;Köln;1.2.2020;Groß;54,5\r\n"
	utf16 := func(order func([]byte, uint16) []byte, s string) []byte {
		var b []byte
		for _, u := range utf16.Encode([]rune("\ufeff" + s)) {
			b = order(b, u)
		}
		return b
	}
	latin := func(s string) []byte {
		var b []byte
		for _, r := range s {
			b = append(b, byte(r))
		}
		return b
	}
	for name, data := range map[string][]byte{
		"utf-8":        []byte(text),
		"utf-8, bom":   []byte("\ufeff" + text),
		"windows-1252": latin(text),
		"utf-16le":     utf16(func(b []byte, u uint16) []byte { return append(b, byte(u), byte(u>>8)) }, text),
		"utf-16be":     utf16(func(b []byte, u uint16) []byte { return append(b, byte(u>>8), byte(u)) }, text),
		"tabs":         []byte(strings.ReplaceAll(text, ";", "\t")),
		"commas":       []byte(strings.ReplaceAll(strings.ReplaceAll(text, "54,5", "54.5"), ";", ",")),
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				w := newTest(t, db)
				w.want("first", w.bytes(data, Options{}), "1+0~0=0-")
				got := w.strings(dumpPersons)[0] + w.strings(dumpUnits)[0]
				if !strings.Contains(got, "|Groß|") || !strings.Contains(got, "|5450|") {
					t.Error(got)
				}
			})
		})
	}
}

// Files that are no list are refused with a reason at the file, and leave
// nothing behind.
func TestW14_FilesThatAreNoListAreRefused(t *testing.T) {
	many := bytes.Repeat([]byte("a;b\n"), 10)
	for name, c := range map[string]struct {
		data []byte
		key  string
	}{
		"empty":             {nil, "file:import.file.empty"},
		"a picture":         {[]byte("\x89PNG\r\n\x1a\nxxxx"), "file:import.file.picture"},
		"an archive":        {[]byte("PK\x03\x04nothing"), "file:import.file.broken_archive"},
		"a web page":        {[]byte("<html><table></table></html>"), "file:import.file.markup"},
		"no known headings": {many, "unit_ref:import.header.missing"},
		"an open quote":     {[]byte("unit_ref;lease_start;last_name\n1;1.1.2020;\"Feld\n2;1.1.2020;Kaya\n"), "file:import.file.open_quote"},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				w := newTest(t, db)
				_, err := w.ImportFile(t.Context(), operator, bytes.NewReader(c.data), "x", Options{})
				inv := fault.AsInvalid(err)
				if inv == nil || !strings.Contains(inv.Error(), c.key) {
					t.Fatalf("got %v, want %s", err, c.key)
				}
				w.want("a good list after it", w.list(csv(small, house12()...), Options{}), "4+0~0=0-")
			})
		})
	}
}

// endless is a file that is larger than anybody should send.
type endless struct{ n int64 }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	e.n += int64(len(p))
	return len(p), nil
}

func TestW14_TooLargeAFileIsRefusedUnread(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		e := &endless{}
		_, err := w.Start(t.Context(), operator, e, "x.csv")
		if inv := fault.AsInvalid(err); inv == nil || inv.Fields[0].Key != "import.file.too_large" {
			t.Fatal(err)
		}
		if e.n > MaxFile+1<<20 {
			t.Errorf("%d bytes were read", e.n)
		}
	})
}

// A column under the wrong heading makes one unit of the whole list: it is told
// so, and neither time nor memory explode.
func TestW14_AWholeListForOneUnit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		var rows []string
		for i := range groupRows + 2500 {
			day := time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i).Format("2006-01-02")
			rows = append(rows, fmt.Sprintf("1;%s;%s;M%d;Feld", day, day, i))
		}
		got := w.list(csv("unit_ref;lease_start;lease_end;person_ref;last_name", rows...), Options{})
		w.want("one unit", got, fmt.Sprintf("%d+0~0=2500-", groupRows))
		if r := got.Rejections[0]; r.Row != groupRows+2 || r.Column != "unit_ref" || !strings.Contains(r.Reason, "more than 2,000 rows") {
			t.Errorf("%+v", r)
		}
	})
}

func TestW14_RejectedRowsComeBackAsAFile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		got := w.list("WE-Nr.;Mietbeginn;Nachname;Bemerkung\n1;1.1.2020;Feld;gut\n2;31.2.2020;=cmd|x;\"schlecht; sehr\"\n3;1.1.2020;;\n", Options{})
		var b bytes.Buffer
		if err := w.WriteRejected(t.Context(), operator, got.run.ID, w.texts.Printer("de"), &b); err != nil {
			t.Fatal(err)
		}
		want := "\ufeffWE-Nr.;Mietbeginn;Nachname;Bemerkung;Zeile;Spalte;Grund;So beheben Sie es\r\n" +
			"2;31.2.2020;\"'=cmd|x\";\"schlecht; sehr\";3;Mietbeginn;Den Tag „31.2.2020“ in Spalte „Mietbeginn“ gibt es nicht.;Korrigieren Sie das Datum. Der Tag steht vor dem Monat.\r\n"
		if !strings.HasPrefix(b.String(), want) {
			t.Errorf("got %s", b.String())
		}
		// Put right, the file goes in as it is.
		fixed := strings.Replace(b.String(), "31.2.2020", "28.2.2020", 1)
		w.want("put right", w.list(fixed, Options{}), "1+0~0=1-")
	})
}

func TestEveryReasonHasATextAndAdvice(t *testing.T) {
	w := newTest(t, storetest.SQLite(t).DB)
	for _, lang := range []string{"de", "en"} {
		if missing := w.texts.Missing(lang); len(missing) > 0 {
			t.Error(lang, missing)
		}
	}
	for _, key := range append(Keys(), "import.run.gave_up") {
		for _, k := range []string{key, key + ".fix"} {
			if !w.texts.Printer("de").Has(k) {
				t.Errorf("no text for %s", k)
			}
		}
	}
}

// Every rejection names its column as the file does, one that the file lacks by
// our name for it: to the page, to the file of rejected rows and to the command.
func TestW14_RejectionsNameTheirColumn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		w.list("WE-Nr.;Mietbeginn;Mieternr.;Nachname\n7;1.1.2020;M7;Alt\n", Options{})
		got := w.list("WE-Nr.;Einzugsdatum;Mietende;Mieternr.;Nachname;Mail\n"+
			"1;1.12.2026;30.11.2026;M1;Feld;\n"+
			"2;1.1.2020;;M2;Kaya;kaya(at)post\n"+
			"3;1.1.2020;;M3;;\n"+
			"4;1.1.2020;;M4;Groß;\n"+
			"4;1.2.2020;;M5;Klein;\n"+
			"4;1.1.2020;;M4;Groß;\n"+
			"7;1.6.2020;;M8;Neu;\n"+
			";1.1.2020;;M9;Ohne;\n", Options{DryRun: true})
		w.want("dry run", got, "1+0~0=7-")
		var list []string
		for _, r := range got.Rejections {
			list = append(list, fmt.Sprintf("%d|%s|%s", r.Row, r.Column, r.Reason))
		}
		want := []string{
			"2|Mietende|Move-in is after move-out (1.12.2026, 30.11.2026).",
			"3|Mail|The e-mail address is not valid: “kaya(at)post”.",
			"4|Nachname|The name is missing.",
			"6|Einzugsdatum|The unit is already let from 01/01/2020 on in row 5, without an end.",
			"7|Mieternr.|Row 5 already has the same person in the same lease.",
			"8|Einzugsdatum|The unit has been let since 01/01/2020 in the portal, without an end: Alt.",
			"9|WE-Nr.|The unit is missing: column “WE-Nr.” is empty.",
		}
		if diff := cmp.Diff(want, list); diff != "" {
			t.Error(diff)
		}
		var b bytes.Buffer
		if err := w.WriteRejected(t.Context(), operator, got.run.ID, w.texts.Printer("de"), &b); err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{";Zeile;Spalte;Grund;", ";2;Mietende;", ";3;Mail;", ";6;Einzugsdatum;\"Die Einheit ist in Zeile 5 ab 01.01.2020 schon vergeben, ohne Ende.\";"} {
			if !strings.Contains(b.String(), s) {
				t.Errorf("%q is missing in %s", s, b.String())
			}
		}
		company := w.list("Straße;PLZ;Ort;Bezeichnung;Mietbeginn;Firma\nA 1;1;B;WE 1;1.1.2020;\n", Options{DryRun: true})
		if r := company.Rejections; len(r) != 1 || r[0].Column != "Firma" {
			t.Errorf("a list of companies: %+v", r)
		}
		// What the file lacks has our name, in the reader's language.
		r := Reason{Column: "lease_end", Key: "import.cell.empty", Args: map[string]any{"heading": "lease_end"}}
		if p := w.texts.Printer("de"); r.At(p) != "Auszug" || r.Text(p) != "Spalte „Auszug“ ist leer." {
			t.Errorf("%s: %s", r.At(p), r.Text(p))
		}
		if p := w.texts.Printer("en"); r.At(p) != "Move-out" {
			t.Error(r.At(p))
		}
	})
}

// A heading that stands there twice is read once, and said so at its row.
func TestW14_ARepeatedHeadingIsCountedAsAWarning(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		out := w.list("unit_ref;unit_ref;lease_start;last_name\n1;2;1.1.2020;Feld\n", Options{})
		w.want("a list with it", out, "1+0~0=0-")
		notes, err := w.Warnings(t.Context(), operator, out.run.ID, 0, 10)
		if err != nil || out.Warnings != 1 || len(notes) != 1 || notes[0].Row != 1 || notes[0].Reason.Key != "import.header.repeated" || notes[0].Reason.Args["letter"] != "B" {
			t.Errorf("%d warnings: %+v %v", out.Warnings, notes, err)
		}
	})
}
