package sheet

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

func TestW14_XLSXFromAnotherProgram(t *testing.T) {
	x := excelize.NewFile()
	defer x.Close()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	day, err := x.NewStyle(&excelize.Style{NumFmt: 14})
	check(err)
	format := `[$-407]d. mmmm yyyy;@`
	long, err := x.NewStyle(&excelize.Style{CustomNumFmt: &format})
	check(err)
	money, err := x.NewStyle(&excelize.Style{NumFmt: 4})
	check(err)
	check(x.SetSheetRow("Sheet1", "A1", &[]any{"Name", "Einzug", "Miete", "UVI", "Fläche", "PLZ", "Telefon"}))
	check(x.SetSheetRow("Sheet1", "A2", &[]any{"Müller & <Söhne>", time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), 1234.56, true, 54.5, 1067, 4915112345678}))
	check(x.SetSheetRow("Sheet1", "A4", &[]any{"=1+1", 45000.75, "1.234,56", false, 0.1, "01067"}))
	check(x.SetCellStyle("Sheet1", "B2", "B2", day))
	check(x.SetCellStyle("Sheet1", "B4", "B4", long))
	check(x.SetCellStyle("Sheet1", "C2", "C2", money))
	check(x.SetCellFormula("Sheet1", "G4", "NA()"))
	var b bytes.Buffer
	check(x.Write(&b))
	got, f := readAll(t, b.Bytes())
	want := table{
		Header: []string{"Name", "Einzug", "Miete", "UVI", "Fläche", "PLZ", "Telefon"},
		Rows: []string{
			"2: Müller & <Söhne> | 2026-03-01# | 1234.56* | true? | 54.5* | 1067* | 4915112345678*",
			"4: =1+1 | 2023-03-15# | 1.234,56 | false? | 0.1* | 01067 | ",
		},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if f.Format != "xlsx" || f.Sheet != "Sheet1" || f.HeaderRow() != 1 {
		t.Errorf("format %q, sheet %q, heading in row %d", f.Format, f.Sheet, f.HeaderRow())
	}
}

func TestW14_XLSXTakesTheFirstVisibleSheetWithData(t *testing.T) {
	x := excelize.NewFile()
	defer x.Close()
	for _, name := range []string{"Versteckt", "Deckblatt", "Mieter", "Weitere"} {
		if _, err := x.NewSheet(name); err != nil {
			t.Fatal(err)
		}
	}
	x.SetSheetRow("Versteckt", "A1", &[]any{"x", "y"})
	x.SetSheetRow("Deckblatt", "A1", &[]any{"Mieterliste"})
	x.SetSheetRow("Mieter", "B3", &[]any{"Name", "Ort"})
	x.SetSheetRow("Mieter", "B4", &[]any{"Meier", "Kiel"})
	x.SetSheetRow("Weitere", "A1", &[]any{"z", "z"})
	x.SetActiveSheet(2)
	if err := x.SetSheetVisible("Versteckt", false); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := x.Write(&b); err != nil {
		t.Fatal(err)
	}
	got, f := readAll(t, b.Bytes())
	want := table{Header: []string{"", "Name", "Ort"}, Rows: []string{"4:  | Meier | Kiel"}}
	if d := cmp.Diff(want, got); d != "" || f.Sheet != "Mieter" || f.HeaderRow() != 3 {
		t.Errorf("sheet %q, heading in row %d %s", f.Sheet, f.HeaderRow(), d)
	}
}

func TestW14_XLSXByHand(t *testing.T) {
	styles := part{"xl/styles.xml", `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="TT.MM.JJJJ"/><numFmt numFmtId="165" formatCode="0.00&quot; d&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="14"/></cellXfs></styleSheet>`}
	strs := part{"xl/sharedStrings.xml", `<x:sst xmlns:x="m"><x:si><x:t>Stra&#223;e</x:t></x:si><x:si><x:r><x:t>Vor</x:t></x:r><x:r><x:t xml:space="preserve"> Ort</x:t></x:r><x:rPh><x:t>no</x:t></x:rPh></x:si><x:si/><x:si><x:t><![CDATA[a<b]]>_x000D_c</x:t></x:si></x:sst>`}
	for _, c := range []struct {
		name, rows string
		want       table
	}{
		{"shared strings", `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row><row r="3"><c r="B3" t="s"><v>3</v></c><c r="A3" t="s"><v>2</v></c></row>`,
			table{[]string{"Straße", "Vor Ort"}, []string{"3:  | a<b\rc"}}},
		{"days by style", inline("a", "b", "c", "d") + `<row><c s="1"><v>46082.5</v></c><c s="2"><v>46082</v></c><c s="3"><v>60</v></c><c t="d"><v>2026-03-01T00:00:00</v></c></row>`,
			table{[]string{"a", "b", "c", "d"}, []string{"2: 2026-03-01# | 46082* | 60* | 2026-03-01#"}}},
		{"numbers", inline("a", "b", "c", "d") + `<row><c><v>5.4500000000000002</v></c><c><v>1.2E+3</v></c><c><v>-0.5</v></c><c><v>1e300</v></c></row>`,
			table{[]string{"a", "b", "c", "d"}, []string{"2: 5.45* | 1200* | -0.5* | 1e300*"}}},
		{"errors, booleans, formulas", inline("a", "b", "c") + `<row><c t="e"><f>1/0</f><v>#DIV/0!</v></c><c t="b"><v>1</v></c><c t="str"><f>A1&amp;"x"</f><v>ax</v></c></row>`,
			table{[]string{"a", "b", "c"}, []string{"2: #DIV/0!! | true? | ax"}}},
		{"notes beside the table", inline("a", "b") + `<row r="2"><c r="A2"><v>1</v></c><c r="ZZ2"><v>9</v></c></row><row r="1048576"><c r="B1048576"><v>2</v></c></row>`,
			table{[]string{"a", "b"}, []string{"2: 1* | ", "1048576:  | 2*"}}},
		{"blank rows", inline("a", "b") + `<row r="2" ht="12"/><row r="7"><c r="A7" s="1"/></row>` + inline("c", "d"),
			table{[]string{"a", "b"}, []string{"8: c | d"}}},
		{"comments and brackets in attributes", inline("a", "b") + `<!-- <row> --><row spans="a>b"><c t='inlineStr'><is><t>x<!-- - -->y</t></is></c></row>`,
			table{[]string{"a", "b"}, []string{"2: xy | "}}},
		{"a long text costs its row", inline("a", "b") + inline("x", strings.Repeat("y", MaxCell+1)) + inline("c", "d"),
			table{[]string{"a", "b"}, []string{"error: import.row.cell_too_long row 2 column B", "3: c | d"}}},
		{"rows out of order", inline("a", "b") + `<row r="5"><c><v>1</v></c></row><row r="4"><c><v>1</v></c></row>`,
			table{[]string{"a", "b"}, []string{"5: 1* | ", "error: import.file.broken row 5"}}},
		{"a row below the last that a sheet can have", inline("a", "b") + `<row r="1048577"><c><v>1</v></c></row>`,
			table{[]string{"a", "b"}, []string{"error: import.file.too_many_rows row 1048577"}}},
		{"cut off", inline("a", "b") + `<row><c><v>1</v></c></row></sheetData></worksheet><!--`,
			table{[]string{"a", "b"}, []string{"2: 1* | "}}},
		{"missing string", inline("a", "b") + `<row><c t="s"><v>99</v></c></row>`,
			table{[]string{"a", "b"}, nil}},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := zipOf(t, bookParts(c.rows, styles, strs)...)
			if c.want.Rows == nil {
				if p := problemOf(in); p == nil || p.Key != KeyBroken || p.Row != 2 {
					t.Errorf("got %v", p)
				}
				return
			}
			got, _ := readAll(t, in)
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestW14_XLSX1904(t *testing.T) {
	parts := bookParts(inline("a", "b") + `<row><c s="0"><v>44620</v></c><c><v>44620</v></c></row>`)
	parts[0].body = strings.Replace(parts[0].body, "<sheets>", `<workbookPr date1904="1"/><sheets>`, 1)
	f, err := openBytes(zipOf(t, append(parts, part{"xl/styles.xml", `<styleSheet><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>`})...))
	if err != nil {
		t.Fatal(err)
	}
	row, err := f.Next()
	if err != nil || !row.Base1904 || row.Cells[0] != (Cell{"2026-03-01", Day}) {
		t.Errorf("%v %v", row, err)
	}
	if d, ok := SerialDay(44620, row.Base1904); d != "2026-03-01" || !ok {
		t.Errorf("%q %v", d, ok)
	}
}

func TestSerialDay(t *testing.T) {
	for _, c := range []struct {
		serial   float64
		base1904 bool
		want     string
	}{
		{1, false, "1900-01-01"}, {59, false, "1900-02-28"}, {60, false, ""}, {61, false, "1900-03-01"}, {46082.999, false, "2026-03-01"},
		{2958465, false, "9999-12-31"}, {2958466, false, ""}, {0.5, false, ""}, {-1, false, ""}, {0, true, "1904-01-01"}, {2957003, true, "9999-12-31"}, {2957004, true, ""},
	} {
		if got, ok := SerialDay(c.serial, c.base1904); got != c.want || ok != (c.want != "") {
			t.Errorf("SerialDay(%v, %v) = %q, %v; want %q", c.serial, c.base1904, got, ok, c.want)
		}
	}
}

func TestDayFormats(t *testing.T) {
	for code, want := range map[string]bool{
		"dd.mm.yyyy": true, "TT.MM.JJJJ": true, "[$-F800]dddd, mmmm dd, yyyy": true, "mmm-yy": true, "mmmm": true, "d/m/yy h:mm": true,
		"General": false, "Standard": false, "0.00": false, "#,##0.00 [$€-407]": false, `0" d"`: false, "h:mm": false, "[h]:mm:ss": false, "mm:ss": false, "@": false, `_-* #,##0.00\ "DM"_-`: false, "": false,
	} {
		if got := isDayFormat(code); got != want {
			t.Errorf("isDayFormat(%q) = %v", code, got)
		}
	}
}
