package sheet

import (
	"errors"
	"io"
	"path"
	"strconv"
	"strings"
)

// Caps on what describes a workbook.
const (
	maxSheets = 1000
	maxStyles = 100_000
)

// workbook is what has to be known before a sheet can be read.
type workbook struct {
	archive  *archive
	strings  *stringTable
	days     []bool // per cell style: shows a day
	sheets   []sheetPart
	base1904 bool
}

type sheetPart struct {
	name, part string
	hidden     bool
}

// openWorkbook reads the first visible sheet with a table in it and stands
// before its first row.
func (f *File) openWorkbook(r io.ReaderAt, size int64) error {
	a, err := openArchive(r, size)
	if err != nil {
		return brokenKind(r, size, err)
	}
	wb, err := readWorkbook(a)
	if err != nil {
		return err
	}
	f.Format, f.positions, f.base1904 = "xlsx", true, wb.base1904
	if err := f.openTable(wb); err != nil {
		wb.strings.close()
		return err
	}
	return nil
}

func (f *File) openTable(wb *workbook) error {
	var fallback *sheetPart
	for i := range wb.sheets {
		part := &wb.sheets[i]
		if part.hidden {
			continue
		}
		err := f.openSheet(wb, part)
		if err == nil && len(f.header) > 1 {
			return nil
		}
		var p *Problem
		if err != nil && !(errors.As(err, &p) && p.Key == KeyEmpty) {
			return err
		}
		if err == nil && fallback == nil {
			fallback = part
		}
	}
	if fallback == nil {
		return fileProblem(KeyEmpty)
	}
	return f.openSheet(wb, fallback)
}

func (f *File) openSheet(wb *workbook, part *sheetPart) error {
	src, err := newWorksheet(wb, part.part)
	if err != nil {
		return err
	}
	f.src, f.Sheet, f.pending = src, part.name, nil
	return f.findHeader()
}

func readWorkbook(a *archive) (*workbook, error) {
	main, err := workbookPart(a)
	if err != nil {
		return nil, err
	}
	wb := &workbook{archive: a, strings: &stringTable{}}
	targets, err := a.relationships(main)
	if err != nil {
		return nil, err
	}
	if err := wb.readSheets(main, targets); err != nil {
		return nil, err
	}
	for _, t := range targets {
		switch {
		case !a.has(t.part):
		case strings.HasSuffix(t.kind, "/styles"):
			err = wb.readStyles(t.part)
		case strings.HasSuffix(t.kind, "/sharedstrings"):
			wb.strings.close()
			wb.strings, err = readStrings(a, t.part)
		}
		if err != nil {
			wb.strings.close()
			return nil, err
		}
	}
	return wb, nil
}

// workbookPart finds the part that lists the sheets, or says what else the zip is.
func workbookPart(a *archive) (string, error) {
	switch {
	case a.has("xl/workbook.bin"):
		return "", fileProblem(KeyBinaryExcel)
	case a.has("mimetype") && a.has("content.xml"):
		in, err := a.open("mimetype", maxHeaderLen)
		if err != nil {
			return "", err
		}
		kind := make([]byte, len(openSheet))
		if _, err := io.ReadFull(in, kind); err == nil && string(kind) == openSheet {
			return "", fileProblem(KeyOpenDocument)
		}
		return "", fileProblem(KeyDocument)
	case a.has("word/document.xml"), a.has("ppt/presentation.xml"):
		return "", fileProblem(KeyDocument)
	case a.has("encryptedpackage"):
		return "", fileProblem(KeyPassword)
	}
	if !a.hasAny("xl/") {
		return "", fileProblem(KeyOtherArchive)
	}
	if a.has("_rels/.rels") {
		roots, err := a.relationships("")
		if err != nil {
			return "", err
		}
		for _, t := range roots {
			if strings.HasSuffix(t.kind, "/officedocument") && a.has(t.part) && strings.HasPrefix(t.part, "xl/") {
				return t.part, nil
			}
		}
	}
	if a.has("xl/workbook.xml") {
		return "xl/workbook.xml", nil
	}
	return "", fileProblem(KeyOtherArchive)
}

func (a *archive) has(part string) bool { return a.parts[partName(part)] != nil }

func (a *archive) hasAny(folder string) bool {
	for name := range a.parts {
		if strings.HasPrefix(name, folder) {
			return true
		}
	}
	return false
}

// relation is one line of a relationship part: what a part refers to.
type relation struct{ id, kind, part string }

// relationships reads what the part refers to inside the archive; links to the
// outside are left out.
func (a *archive) relationships(part string) ([]relation, error) {
	dir, base := path.Split(part)
	in, err := a.open(dir+"_rels/"+base+".rels", maxPart)
	if err != nil {
		return nil, err
	}
	var list []relation
	x := newXMLScanner(in)
	for {
		kind, err := x.next()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		if kind == xmlEnd || string(x.name) != "Relationship" || string(x.attr("TargetMode")) == "External" {
			continue
		}
		target := x.attrText("Target")
		if !strings.HasPrefix(target, "/") {
			target = dir + target
		}
		list = append(list, relation{x.attrText("Id"), strings.ToLower(x.attrText("Type")), partName(target)})
		if len(list) > maxEntries {
			return nil, fileProblem(KeyBomb)
		}
	}
}

func (wb *workbook) readSheets(part string, targets []relation) error {
	in, err := wb.archive.open(part, maxPart)
	if err != nil {
		return err
	}
	x := newXMLScanner(in)
	for {
		kind, err := x.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch string(x.name) {
		case "workbookPr":
			if kind != xmlEnd {
				wb.base1904 = isTrue(x.attr("date1904"))
			}
		case "sheet":
			if kind == xmlEnd {
				continue
			}
			s := sheetPart{name: x.attrText("name"), hidden: len(x.attr("state")) > 0 && string(x.attr("state")) != "visible"}
			id := x.attrText("id")
			for _, t := range targets {
				if t.id == id && strings.HasSuffix(t.kind, "/worksheet") && wb.archive.has(t.part) {
					s.part = t.part
				}
			}
			if s.part == "" {
				continue // a chart or a macro sheet
			}
			if wb.sheets = append(wb.sheets, s); len(wb.sheets) > maxSheets {
				return fileProblem(KeyBomb)
			}
		}
	}
}

func isTrue(b []byte) bool { return string(b) == "1" || string(b) == "true" }

// readStyles learns which cell styles show a number as a day.
func (wb *workbook) readStyles(part string) error {
	in, err := wb.archive.open(part, maxPart)
	if err != nil {
		return err
	}
	x := newXMLScanner(in)
	formats := map[int]bool{}
	cells := false
	for {
		kind, err := x.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch name := string(x.name); {
		case name == "cellXfs":
			cells = kind == xmlStart
		case kind == xmlEnd:
		case name == "numFmt" && len(formats) < maxStyles:
			if id, err := strconv.Atoi(string(x.attr("numFmtId"))); err == nil {
				formats[id] = isDayFormat(x.attrText("formatCode"))
			}
		case name == "xf" && cells && len(wb.days) < maxStyles:
			id, err := strconv.Atoi(string(x.attr("numFmtId")))
			day, described := formats[id]
			wb.days = append(wb.days, err == nil && (day || !described && builtinDay(id)))
		}
	}
}
