package sheet

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"
)

const gigabyte = 1 << 30

// inflated is a part that grows: before, the same megabyte again and again,
// after. Only its packed form is ever in memory.
type inflated struct {
	name          string
	before, again string
	times         int
	declared      uint64 // the size it claims, 0 for the true one
}

func (p inflated) pack(t testing.TB) (packed []byte, size uint64) {
	t.Helper()
	piece := func(s string, last bool) []byte {
		var b bytes.Buffer
		w, err := flate.NewWriter(&b, flate.BestCompression)
		if err == nil {
			_, err = io.WriteString(w, s)
		}
		if err == nil && last {
			err = w.Close()
		} else if err == nil {
			err = w.Flush()
		}
		if err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	packed = piece(p.before, false)
	packed = append(packed, bytes.Repeat(piece(p.again, false), p.times)...)
	packed = append(packed, piece("", true)...)
	return packed, uint64(len(p.before) + p.times*len(p.again))
}

func bombOf(t testing.TB, grow inflated, parts ...part) []byte {
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
	packed, size := grow.pack(t)
	if grow.declared > 0 {
		size = grow.declared
	}
	e, err := w.CreateRaw(&zip.FileHeader{Name: grow.name, Method: zip.Deflate, CompressedSize64: uint64(len(packed)), UncompressedSize64: size})
	if err == nil {
		_, err = e.Write(packed)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// repeated fills about a megabyte with s.
func repeated(s string) string { return strings.Repeat(s, 1<<20/len(s)) }

func without(parts []part, name string) []part {
	var out []part
	for _, p := range parts {
		if p.name != name {
			out = append(out, p)
		}
	}
	return out
}

// rawZip writes entries and directory by hand, so that they may lie.
func rawZip(entries, claimed int, overlap bool) []byte {
	var local, central bytes.Buffer
	le := binary.LittleEndian
	for i := range entries {
		name := fmt.Sprintf("x/%07d", i)
		off := local.Len()
		if overlap && i > 0 {
			off = 0
		} else {
			h := make([]byte, 30)
			le.PutUint32(h, 0x04034b50)
			le.PutUint16(h[26:], uint16(len(name)))
			le.PutUint32(h[14:], crc32.ChecksumIEEE([]byte("x")))
			le.PutUint32(h[18:], 1)
			le.PutUint32(h[22:], 1)
			local.Write(h)
			local.WriteString(name + "x")
		}
		h := make([]byte, 46)
		le.PutUint32(h, 0x02014b50)
		le.PutUint32(h[16:], crc32.ChecksumIEEE([]byte("x")))
		le.PutUint32(h[20:], 1)
		le.PutUint32(h[24:], 1)
		le.PutUint16(h[28:], uint16(len(name)))
		le.PutUint32(h[42:], uint32(off))
		central.Write(h)
		central.WriteString(name)
	}
	end := make([]byte, 22)
	le.PutUint32(end, 0x06054b50)
	le.PutUint16(end[8:], uint16(claimed))
	le.PutUint16(end[10:], uint16(claimed))
	le.PutUint32(end[12:], uint32(central.Len()))
	le.PutUint32(end[16:], uint32(local.Len()))
	return append(append(local.Bytes(), central.Bytes()...), end...)
}

func TestT21_BombsAreRefusedQuicklyInLittleMemory(t *testing.T) {
	book := bookParts(inline("a", "b") + inline("c", "d"))
	noSheet := without(book, "xl/worksheets/sheet1.xml")
	noBook := without(book, "xl/workbook.xml")
	sheet := func(before, again string) []byte {
		return bombOf(t, inflated{name: "xl/worksheets/sheet1.xml", before: "<worksheet><sheetData>" + before, again: repeated(again), times: gigabyte >> 20}, noSheet...)
	}
	strs := func(before, again string) []byte {
		return bombOf(t, inflated{name: "xl/sharedStrings.xml", before: "<sst>" + before, again: repeated(again), times: gigabyte >> 20}, book...)
	}
	for _, c := range []struct {
		name, key string
		in        []byte
	}{
		{"a gigabyte of blanks in a sheet", KeyBomb, sheet("", " ")},
		{"one cell of a gigabyte", KeyBomb, sheet(inline("a", "b")+`<row><c t="inlineStr"><is><t>`, "x")},
		{"endless cells in one row", KeyBroken, sheet(inline("a", "b")+`<row>`, "<c><v>1</v></c>")},
		{"endless rows", KeyBomb, sheet(inline("a", "b"), "<row><c><v>1</v></c></row>")},
		{"a comment of a gigabyte", KeyBomb, sheet("<!--", "x")},
		{"deep nesting", KeyBomb, sheet("", "<a>")},
		{"behind honest data", KeyBomb, sheet(noiseRows(30_000), "<row><c><v>1</v></c></row>")},
		{"a tag without end", KeyBroken, sheet("<row ", `a="x" `)},
		{"one shared string of a gigabyte", KeyBomb, strs("<si><t>", "x")},
		{"endless shared strings", KeyBomb, strs("", "<si><t>x</t></si>")},
		{"endless styles", KeyBomb, bombOf(t, inflated{name: "xl/styles.xml", before: "<styleSheet><cellXfs>", again: repeated(`<xf numFmtId="14"/>`), times: gigabyte >> 20}, book...)},
		{"endless sheets", KeyBomb, bombOf(t, inflated{name: "xl/workbook.xml", before: "<workbook><sheets>", again: repeated(`<sheet name="a" id="rId1"/>`), times: gigabyte >> 20}, noBook...)},
		{"says it is small", KeyBomb, bombOf(t, inflated{name: "xl/worksheets/sheet1.xml", again: repeated(" "), times: gigabyte >> 20, declared: 100}, noSheet...)},
		{"document type with entities", KeyDocumentType, zipOf(t, append(noSheet, part{"xl/worksheets/sheet1.xml", `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet><sheetData><row><c><v>&b;</v></c></row></sheetData></worksheet>`})...)},
		{"an archive in the archive", KeyBroken, zipOf(t, append(noSheet, part{"xl/worksheets/sheet1.xml", string(zipOf(t, book...))})...)},
		{"the same part twice", KeyBomb, zipOf(t, append(book, part{"XL\\worksheets/./sheet1.xml", "x"})...)},
		{"3,000 entries", KeyBomb, rawZip(3000, 3000, false)},
		{"a million entries", KeyBomb, rawZip(1_000_000, 1_000_000%65536, false)},
		{"a million entries, ten claimed", KeyBomb, rawZip(1_000_000, 10, false)},
		{"overlapping entries", KeyBomb, rawZip(500, 500, true)},
		{"not a workbook", KeyOtherArchive, rawZip(5, 5, false)},
	} {
		t.Run(c.name, func(t *testing.T) {
			var before, after runtime.MemStats
			took := time.Hour
			for try := 0; try < 3 && took > time.Second; try++ { // the machine may be busy
				runtime.ReadMemStats(&before)
				start := time.Now()
				p := problemOf(c.in)
				took = time.Since(start)
				runtime.ReadMemStats(&after)
				if p == nil || p.Key != c.key {
					t.Fatalf("got %v, want %s", p, c.key)
				}
			}
			if took > time.Second {
				t.Errorf("took %v", took)
			}
			// All that was allocated, a bound that the peak cannot exceed.
			if n := after.TotalAlloc - before.TotalAlloc; n > 64<<20 {
				t.Errorf("allocated %d MiB", n>>20)
			}
		})
	}
}

// noiseRows are rows that pack badly.
func noiseRows(n int) string {
	var b strings.Builder
	b.WriteString(inline("a", "b"))
	src := noise(16 * n)
	for i := range n {
		fmt.Fprintf(&b, `<row><c t="inlineStr"><is><t>%x</t></is></c></row>`, src[16*i:16*i+16])
	}
	return b.String()
}

func TestT21_OtherArchives(t *testing.T) {
	for _, c := range []struct {
		key   string
		parts []part
	}{
		{KeyOpenDocument, []part{{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}, {"content.xml", "<x/>"}}},
		{KeyOpenDocument, []part{{"mimetype", "application/vnd.oasis.opendocument.spreadsheet-template"}, {"content.xml", "<x/>"}}},
		{KeyDocument, []part{{"mimetype", "application/vnd.oasis.opendocument.text"}, {"content.xml", "<x/>"}}},
		{KeyDocument, []part{{"mimetype", "application/vnd.oasis.opendocument.presentation"}, {"content.xml", "<x/>"}}},
		{KeyOtherArchive, []part{{"_rels/.rels", "no XML <"}, {"FixedDocSeq.fdseq", "x"}}},
		{KeyDocumentType, []part{{"xl/workbook.xml", "<!DOCTYPE workbook>" + workbookBody}, {"xl/_rels/workbook.xml.rels", relsBody}}},
		{KeyBinaryExcel, []part{{"xl/workbook.bin", "x"}}},
		{KeyOtherArchive, []part{{"liste.csv", "a;b\n1;2\n"}}},
		{KeyDocument, []part{{"word/document.xml", "<x/>"}, {"_rels/.rels", `<R><Relationship Id="r" Type="http://x/officeDocument" Target="word/document.xml"/></R>`}}},
		{KeyBroken, []part{{"xl/workbook.xml", workbookBody}}},
		{KeyEmpty, bookParts("")},
		{KeyEmpty, bookParts(`<row r="1"><c r="A1"/></row>`)},
		{KeyBroken, bookParts(`<row><c><v>1`)},
		{KeyTooManyColumns, bookParts(inline(strings.Split(strings.Repeat("h", 201), "")...))},
	} {
		if p := problemOf(zipOf(t, c.parts...)); p == nil || p.Key != c.key {
			t.Errorf("%v: got %v, want %s", c.parts[0].name, p, c.key)
		}
	}
}

func TestT21_DamagedWorkbooks(t *testing.T) {
	good := zipOf(t, bookParts(noiseRows(2000))...)
	if p := problemOf(good); p != nil {
		t.Fatal(p)
	}
	for i := 50; i < len(good); i += 997 {
		bad := bytes.Clone(good)
		bad[i] ^= 0x55
		if p := problemOf(bad); p != nil && p.Key != KeyBroken && p.Key != KeyBomb && p.Key != KeyOtherArchive && p.Key != KeyPassword && p.Key != KeyEmpty {
			t.Errorf("byte %d changed: %v", i, p)
		}
		problemOf(good[:i])
	}
	bad := bytes.Clone(good)
	bad[len(bad)/3] ^= 1 // inside the packed sheet
	if p := problemOf(bad); p == nil || p.Key != KeyBroken && p.Key != KeyBomb {
		t.Errorf("a changed bit was not noticed: %v", p)
	}
}

// A transfer that broke off: a workbook is called one, other archives are not.
func TestT21_ArchivesThatAreCutOff(t *testing.T) {
	filler := part{"Thumbnails/thumbnail.png", noise(400_000)}
	for _, c := range []struct {
		key   string
		parts []part
	}{
		{KeyBroken, append(bookParts(noiseRows(2000)), filler)},
		{KeyBroken, append([]part{{"[Content_Types].xml", "<x/>"}, filler}, append(bookParts(""), filler)...)},
		{KeyOpenDocument, []part{{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}, filler}},
		{KeyDocument, []part{{"mimetype", "application/vnd.oasis.opendocument.text"}, filler}},
		{KeyDocument, []part{{"[Content_Types].xml", "<x/>"}, {"word/document.xml", "<x/>"}, filler}},
		{KeyBrokenArchive, []part{{"liste.csv", "a;b\n1;2\n"}, filler}},
		{KeyBrokenArchive, []part{{"[Content_Types].xml", "<x/>"}, filler}},
	} {
		whole := storedZip(t, c.parts...)
		for _, cut := range []int{1, 30, 100_000} {
			if p := problemOf(whole[:len(whole)-cut]); p == nil || p.Key != c.key {
				t.Errorf("%v without its last %d bytes: got %v, want %s", c.parts[0].name, cut, p, c.key)
			}
		}
	}
	if p := problemOf([]byte("PK\x03\x04nothing")); p == nil || p.Key != KeyBrokenArchive {
		t.Errorf("four letters are called %v", p)
	}
}

// A table with more shared strings than memory should hold goes to disk; what
// is alive stays small.
func TestT21_SharedStringsStayOnDisk(t *testing.T) {
	const rows, columns = 40_000, 20
	var sst, data strings.Builder
	sst.WriteString("<sst>")
	data.WriteString(`<row>` + strings.Repeat(`<c t="s"><v>0</v></c>`, columns) + `</row>`)
	for i := range rows * columns {
		fmt.Fprintf(&sst, "<si><t>text number %d of the table</t></si>", i)
	}
	sst.WriteString("</sst>")
	for r := range rows {
		data.WriteString("<row>")
		for c := range columns {
			fmt.Fprintf(&data, `<c t="s"><v>%d</v></c>`, r*columns+c)
		}
		data.WriteString("</row>")
	}
	in := zipOf(t, bookParts(data.String(), part{"xl/sharedStrings.xml", sst.String()})...)
	sst.Reset()
	data.Reset()
	base := alive()
	f, err := openBytes(in)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for r := range rows {
		row, err := f.Next()
		if err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf("text number %d of the table", r*columns+7); row.Cells[7].Text != want {
			t.Fatalf("row %d: %q", row.Number, row.Cells[7].Text)
		}
		if r%8000 == 0 {
			if n := alive() - base; n > 24<<20 {
				t.Fatalf("%d MiB alive at row %d", n>>20, row.Number)
			}
		}
	}
	runtime.KeepAlive(in)
}

func alive() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
