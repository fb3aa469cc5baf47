package sheet

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"

	"foyer/internal/platform/i18n"
)

func TestW14_CSVReadsWhatSpreadsheetsWrite(t *testing.T) {
	plain := table{Header: []string{"Straße", "Nr.", "Ort"}, Rows: []string{"2: Ahornallee | 12 | Köln", "3: Weg | 3 | Bühl"}}
	text := "Straße;Nr.;Ort\r\nAhornallee;12;Köln\r\nWeg;3;Bühl\r\n"
	win, _ := charmap.Windows1252.NewEncoder().String(text)
	dos, _ := charmap.CodePage850.NewEncoder().String(text)
	for _, c := range []struct {
		name, encoding string
		in             []byte
		want           table
	}{
		{"UTF-8", "utf-8", []byte(text), plain},
		{"UTF-8 with a mark", "utf-8", []byte("\uFEFF" + text), plain},
		{"Windows-1252", "windows-1252", []byte(win), plain},
		{"code page 850", "cp850", []byte(dos), plain},
		{"UTF-16 LE with a mark", "utf-16le", utf16Of(text, false, true), plain},
		{"UTF-16 BE with a mark", "utf-16be", utf16Of(text, true, true), plain},
		{"UTF-16 LE without", "utf-16le", utf16Of(text, false, false), plain},
		{"UTF-16 BE without", "utf-16be", utf16Of(text, true, false), plain},
		{"comma", "utf-8", []byte(strings.ReplaceAll(text, ";", ",")), plain},
		{"tab", "utf-8", []byte(strings.ReplaceAll(text, ";", "\t")), plain},
		{"bar", "utf-8", []byte(strings.ReplaceAll(text, ";", "|")), plain},
		{"line feeds", "utf-8", []byte(strings.ReplaceAll(text, "\r", "")), plain},
		{"carriage returns", "utf-8", []byte(strings.ReplaceAll(text, "\n", "")), plain},
		{"no line end at the end", "utf-8", []byte(strings.TrimSpace(text)), plain},
		{"end of file mark of DOS", "utf-8", []byte(text + "\x1a"), plain},
		{"announced", "utf-8", []byte("sep=;\r\n" + text), plain},
		{"announced and unusual", "utf-8", []byte("\"sep=^\"\n" + strings.ReplaceAll(text, ";", "^")), plain},
		{"all quoted", "utf-8", []byte("\"Straße\";\"Nr.\";\"Ort\"\n\"Ahornallee\";\"12\";\"Köln\"\nWeg; \"3\";Bühl"), plain},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, f := readAll(t, c.in)
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
			if f.Encoding != c.encoding || f.HeaderRow() != 1 || f.Format != "csv" {
				t.Errorf("encoding %q, heading in row %d, format %q", f.Encoding, f.HeaderRow(), f.Format)
			}
		})
	}
}

func TestW14_CSVOddities(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     table
	}{
		{"line break in a value counts as one row", "a;b\n\"x\ny\";1\nz;2", table{[]string{"a", "b"}, []string{"2: x\ny | 1", "3: z | 2"}}},
		{"blank rows are counted", "a;b\n\n;\n  ;\nz;2\n\n", table{[]string{"a", "b"}, []string{"5: z | 2"}}},
		{"title lines", "Mieterliste, Stand 1.1.2026\n\nHausverwaltung;Lindhof\na;b;c;d\n1;2;3;4\n", table{[]string{"a", "b", "c", "d"}, []string{"5: 1 | 2 | 3 | 4"}}},
		{"decimal commas do not make commas", "Name;Betrag\n\"Müller, Petra\";1,5\nMeier, Hans;2,5\nKaya, D;3,5\n", table{[]string{"Name", "Betrag"}, []string{"2: Müller, Petra | 1,5", "3: Meier, Hans | 2,5", "4: Kaya, D | 3,5"}}},
		{"short rows are filled", "a;b;c\n1\n", table{[]string{"a", "b", "c"}, []string{"2: 1 |  | "}}},
		{"empty values behind the table", "a;b;;;\n1;2;;;\n3;4;;;;;;\n", table{[]string{"a", "b"}, []string{"2: 1 | 2", "3: 3 | 4"}}},
		{"a separator in a value shifts the row", "a;b\n1;2;3\n4;5\n", table{[]string{"a", "b"}, []string{"error: import.row.too_many_cells row 2 column C", "3: 4 | 5"}}},
		{"quotation marks inside", "a;b\n5\" Rohr;\"say \"\"x\"\"\"\n\"Zum Löwen\" Bar;2\n", table{[]string{"a", "b"}, []string{"2: 5\" Rohr | say \"x\"", "3: Zum Löwen Bar | 2"}}},
		{"the same heading twice", "Straße;Ort; straße\n1;2;3\n", table{[]string{"Straße", "Ort", "straße (2)"}, []string{"2: 1 | 2 | 3"}}},
		{"one column", "Name\nMeier\n", table{[]string{"Name"}, []string{"2: Meier"}}},
		{"headings only", "a;b\n", table{[]string{"a", "b"}, nil}},
		{"our own apostrophe is taken away", "a;b\n'=1+1;'+49 89\n'kein;''=x\n", table{[]string{"a", "b"}, []string{"2: =1+1 | +49 89", "3: 'kein | '=x"}}},
		{"formulas stay text", "a;b\n=HYPERLINK(1);@x\n", table{[]string{"a", "b"}, []string{"2: =HYPERLINK(1) | @x"}}},
		{"broken UTF-8 among much that is whole", "a;b\n" + strings.Repeat("ü", 40) + ";1\nM\xfcller;2\n", table{[]string{"a", "b"}, []string{"2: " + strings.Repeat("ü", 40) + " | 1", "3: M\uFFFDller | 2"}}},
		{"two encodings, line by line", "Name;Ort\nMüller;Köln\nM\xfcller;K\xf6ln\n\"Gro\xdf\";\"x\ny\"\nM\xfcller;Köln\nFeld;\"Bühl\"\nFe\xdf;\"Bühl\"\n", table{[]string{"Name", "Ort"},
			[]string{"2: Müller | Köln", "3: Müller | Köln", "4: Groß | x\ny", "5: M\uFFFDller | Köln", "6: Feld | Bühl", "7: Fe\uFFFD | Bühl"}}},
		{"the other encoding is that of DOS", "Name;Ort\nMüller;Köln\nM\x81ller;K\x94ln\nM\x81ller;B\x81hl\n", table{[]string{"Name", "Ort"}, []string{"2: Müller | Köln", "3: Müller | Köln", "4: Müller | Bühl"}}},
		{"behind a mark", "\uFEFFName;Ort\nMüller;Köln\nM\xfcller;K\xf6ln\n", table{[]string{"Name", "Ort"}, []string{"2: Müller | Köln", "3: Müller | Köln"}}},
		{"a mark and one broken letter", "\uFEFFName;Ort\nM\xfcller;Ulm\n", table{[]string{"Name", "Ort"}, []string{"2: M\uFFFDller | Ulm"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, _ := readAll(t, []byte(c.in))
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestW14_LateUmlautDecidesTheEncoding(t *testing.T) {
	in := "Name;Ort\n" + strings.Repeat("Meier;Hamburg\n", 60_000) + "M\xfcller;K\xf6ln\n"
	got, f := readAll(t, []byte(in))
	if last := got.Rows[len(got.Rows)-1]; last != "60002: Müller | Köln" || f.Encoding != "windows-1252" {
		t.Errorf("last row %q, encoding %q", last, f.Encoding)
	}
}

func TestW14_UnreadableFiles(t *testing.T) {
	ole := "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + strings.Repeat("\x00", 600)
	big := strings.Repeat("x", MaxCell+1)
	for _, c := range []struct {
		name, in, key string
		row, column   int
	}{
		{"empty", "", KeyEmpty, 0, 0},
		{"blank", "\n \n;;\n", KeyEmpty, 0, 0},
		{"old Excel", ole, KeyOldExcel, 0, 0},
		{"encrypted Excel", ole + string(utf16Bytes("EncryptedPackage")), KeyPassword, 0, 0},
		{"PDF", "%PDF-1.7\n", KeyPDF, 0, 0},
		{"picture", "\x89PNG\r\n\x1a\n", KeyPicture, 0, 0},
		{"photograph", "\xFF\xD8\xFF\xE0", KeyPicture, 0, 0},
		{"rich text", "{\\rtf1", KeyDocument, 0, 0},
		{"packed", "\x1F\x8B\x08", KeyOtherArchive, 0, 0},
		{"noise", noise(5000), KeyBinary, 0, 0},
		{"short noise", "ab\x00\x01\x02cd", KeyBinary, 0, 0},
		{"web page", "<html><table><tr><td>Name</td></tr></table></html>", KeyMarkup, 0, 0},
		{"XML", "\uFEFF<?xml version=\"1.0\"?><Workbook/>", KeyMarkup, 0, 0},
		{"empty zip", "PK\x05\x06" + strings.Repeat("\x00", 18), KeyOtherArchive, 0, 0},
		{"quotation mark left open", "a;b\n1;2\n3;\"open\nx;y\nz;w\n", KeyOpenQuote, 3, 2},
		{"long cell", "a;b\n1;" + big + "\n", KeyCellTooLong, 2, 2},
		{"long quoted cell", "a;b\n1;\"" + big + "\"\n", KeyCellTooLong, 2, 2},
		{"201 headings", strings.Repeat("h;", 200) + "h\n", KeyTooManyColumns, 1, 201},
		{"201 values", strings.Repeat("h;", 199) + "h\n" + strings.Repeat("v;", 200) + "v\n", KeyTooManyCells, 2, 201},
		{"201 quoted values", strings.Repeat("h;", 199) + "h\n" + strings.Repeat("\"v\";", 200) + "v\n", KeyTooManyCells, 2, 201},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := problemOf([]byte(c.in))
			if p == nil {
				t.Fatal("no problem")
			}
			if p.Key != c.key || p.Row != c.row || p.Column != c.column {
				t.Errorf("got %v, want %s at %d,%d", p, c.key, c.row, c.column)
			}
		})
	}
}

func TestW14_LongCellCostsItsRowOnly(t *testing.T) {
	got, _ := readAll(t, []byte("a;b\n1;"+strings.Repeat("x", 1<<20)+"\n3;4\n5;\""+strings.Repeat("y", 1<<20)+"\"\n7;8\n"))
	want := []string{"error: import.row.cell_too_long row 2 column B", "3: 3 | 4", "error: import.row.cell_too_long row 4 column B", "5: 7 | 8"}
	if d := cmp.Diff(want, got.Rows); d != "" {
		t.Error(d)
	}
}

func TestW14_TooLargeFileIsNotRead(t *testing.T) {
	_, err := Open(nil, 2<<30, "liste.csv")
	p, ok := err.(*Problem)
	if !ok || p.Key != KeyTooLarge || p.Args["max"] != 100 || p.Args["file"] != "liste.csv" {
		t.Errorf("got %v", err)
	}
}

func TestW14_RowLimit(t *testing.T) {
	in := "a;b\n" + strings.Repeat("1;2\n", MaxRows)
	if p := problemOf([]byte(in)); p != nil {
		t.Errorf("a million rows: %v", p)
	}
	if p := problemOf([]byte(in + "1;2\n")); p == nil || p.Key != KeyTooManyRows || !p.Fatal {
		t.Errorf("one more: %v", p)
	}
}

// noise is bytes without a pattern, the same every time.
func noise(n int) string {
	b := make([]byte, n)
	x := uint32(1)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return string(b)
}

func TestEveryKeyHasATextAndAdvice(t *testing.T) {
	b, err := i18n.New(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	if missing := b.Missing("en"); len(missing) > 0 {
		t.Error(missing)
	}
	for _, key := range Keys() {
		for _, k := range []string{key, key + ".fix"} {
			if !b.Printer("de").Has(k) {
				t.Errorf("no text for %s", k)
			}
		}
	}
	p := problemOf([]byte("a;b\n1;2;3\n"))
	if got := b.Printer("de").T(p.Key, p.Pairs()...); got != "In Spalte C steht etwas, aber die Überschriften enden vorher: 3 Werte, 2 Spalten." {
		t.Error(got)
	}
}
