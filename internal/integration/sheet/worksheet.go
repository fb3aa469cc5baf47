package sheet

import (
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
)

// maxSheetRow is the last row that a sheet can have (Excel's own limit).
const maxSheetRow = 1 << 20

// worksheet streams the rows of one sheet.
type worksheet struct {
	wb     *workbook
	in     *inflater
	x      *xmlScanner
	rec    record
	number int
	begun  bool // inside sheetData
	done   bool // behind it
	value  []byte
}

func newWorksheet(wb *workbook, part string) (*worksheet, error) {
	in, err := wb.archive.open(part, maxInflated)
	if err != nil {
		return nil, err
	}
	return &worksheet{wb: wb, in: in, x: newXMLScanner(in)}, nil
}

func (w *worksheet) close() error { return w.wb.strings.close() }

func (w *worksheet) broken() error { return errBroken().at(w.number, 0) }

// next returns the next row with content.
func (w *worksheet) next() (*record, error) {
	for !w.done {
		kind, err := w.x.next()
		if errors.Is(err, io.EOF) && !w.begun {
			w.done = true
			continue
		}
		if err != nil {
			return nil, w.placed(err)
		}
		switch string(w.x.name) {
		case "sheetData":
			if kind == xmlStart {
				w.begun = true
				continue
			}
			w.done = true
			// What follows is of no interest, but the sum stands at its end.
			if _, err := io.Copy(io.Discard, w.in); err != nil {
				return nil, w.placed(err)
			}
		case "row":
			if !w.begun || kind == xmlEnd {
				continue
			}
			found, err := w.row(kind == xmlStart)
			if err != nil {
				return nil, w.placed(err)
			}
			if found {
				return &w.rec, nil
			}
		}
	}
	return nil, io.EOF
}

// placed gives damage the row in which it was met.
func (w *worksheet) placed(err error) error {
	if errors.Is(err, io.EOF) {
		return w.broken()
	}
	var p *Problem
	if errors.As(err, &p) && p.Row == 0 {
		return p.at(w.number, 0)
	}
	return err
}

// row reads one row; found is false for a blank one. A cell that is too long
// costs its row, not the file.
func (w *worksheet) row(content bool) (found bool, err error) {
	if ref := w.x.attr("r"); ref != nil {
		n, err := strconv.Atoi(string(ref))
		if err != nil || n <= w.number {
			return false, w.broken()
		}
		w.number = n
	} else {
		w.number++
	}
	if w.number > maxSheetRow {
		return false, fileProblem(KeyTooManyRows).at(w.number, 0).with("max", maxSheetRow)
	}
	w.rec = record{number: w.number, cells: w.rec.cells[:0]}
	var tooLong error
	column := 0
	for content {
		kind, err := w.x.next()
		if err != nil {
			return false, err
		}
		name := w.x.name
		if kind == xmlEnd && string(name) == "row" {
			break
		}
		if kind == xmlEnd || len(name) != 1 || name[0] != 'c' {
			continue
		}
		cell, long, err := w.cell(&column, kind == xmlStart)
		if err != nil {
			return false, err
		}
		if long && tooLong == nil {
			p := &Problem{Key: KeyCellTooLong, Args: map[string]any{"max": MaxCell}}
			tooLong = p.at(w.number, column)
		}
		found = w.put(column, cell) || found
	}
	return found, tooLong
}

// put stores a cell at its column and reports whether it has content.
func (w *worksheet) put(column int, cell Cell) bool {
	if cell.Text == "" || strings.TrimSpace(cell.Text) == "" {
		return false
	}
	w.rec.width = max(w.rec.width, column)
	if column > MaxColumns {
		if w.rec.beyond == 0 {
			w.rec.beyond = column
		}
		return true
	}
	for len(w.rec.cells) < column {
		w.rec.cells = append(w.rec.cells, Cell{})
	}
	w.rec.cells[column-1] = cell
	return true
}

// cell reads one cell. column is that of the cell before and becomes this one's.
func (w *worksheet) cell(column *int, content bool) (cell Cell, long bool, err error) {
	var kind string
	style := -1
	*column++
	for rest := w.x.attrs; ; {
		key, value, more := nextAttr(rest)
		if key == nil {
			break
		}
		rest = more
		switch string(key) {
		case "r":
			if n := columnNumber(value); n > 0 {
				*column = n
			}
		case "t":
			kind = cellKind(value)
		case "s":
			if n, err := strconv.Atoi(string(value)); err == nil {
				style = n
			}
		}
	}
	if *column > 1<<14 {
		return cell, false, w.broken()
	}
	if !content {
		return cell, false, nil
	}
	if long, err = w.content(kind); err != nil {
		return cell, false, err
	}
	if len(w.value) == 0 {
		return cell, long, nil
	}
	cell, tooLong, err := w.typed(kind, style)
	return cell, long || tooLong, err
}

// cellKind keeps the known types; the string is a constant, so nothing is allocated.
func cellKind(b []byte) string {
	for _, k := range []string{"s", "str", "inlineStr", "b", "e", "d"} {
		if string(b) == k {
			return k
		}
	}
	return ""
}

// content reads the value of the cell into w.value and passes its end tag.
func (w *worksheet) content(kind string) (long bool, err error) {
	w.value = w.value[:0]
	for {
		tag, err := w.x.next()
		if err != nil {
			return long, err
		}
		name := w.x.name
		switch {
		case tag == xmlEnd && string(name) == "c":
			return long || len(w.value) > MaxCell, nil
		case tag != xmlStart:
		case string(name) == "v":
			var over bool
			if w.value, over, err = w.x.text(w.value, MaxCell+1-len(w.value)); err != nil {
				return long, err
			}
			long = long || over
		case string(name) == "is" && kind == "inlineStr":
			if w.value, err = richText(w.x, w.value, "is"); err != nil {
				return long, err
			}
		}
	}
}

// typed makes a cell of the raw value.
func (w *worksheet) typed(kind string, style int) (cell Cell, long bool, err error) {
	switch kind {
	case "s":
		n, err := strconv.Atoi(strings.TrimSpace(string(w.value)))
		if err != nil {
			return cell, false, w.broken()
		}
		cell.Text, long, err = w.wb.strings.get(n)
		return cell, long, err
	case "str", "inlineStr":
		cell.Text = strings.ToValidUTF8(unescapeX(string(w.value)), "\uFFFD")
		return cell, len(cell.Text) > MaxCell, nil
	case "b":
		return Cell{Text: strconv.FormatBool(isTrue(w.value)), Kind: Bool}, false, nil
	case "e":
		return Cell{Text: strings.ToValidUTF8(string(w.value), "\uFFFD"), Kind: Error}, false, nil
	case "d":
		text := strings.ToValidUTF8(string(w.value), "\uFFFD")
		if len(text) >= 10 && isISODay(text[:10]) {
			return Cell{Text: text[:10], Kind: Day}, false, nil
		}
		return Cell{Text: text}, false, nil
	}
	return w.numeric(style), false, nil
}

// numeric makes a number or, by its style, a day of w.value. What is neither
// stays a text.
func (w *worksheet) numeric(style int) Cell {
	raw := strings.TrimSpace(string(w.value))
	day := style >= 0 && style < len(w.wb.days) && w.wb.days[style]
	if !day && len(raw) < 16 && isDigits(raw) && (raw[0] != '0' || len(raw) == 1) {
		return Cell{Text: raw, Kind: Number}
	}
	f, err := strconv.ParseFloat(raw, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) || strings.ContainsAny(raw, "xXpP_") {
		return Cell{Text: strings.ToValidUTF8(raw, "\uFFFD")}
	}
	if day {
		if iso, ok := SerialDay(f, w.wb.base1904); ok {
			return Cell{Text: iso, Kind: Day}
		}
	}
	if math.Abs(f) >= 1e21 || f != 0 && math.Abs(f) < 1e-15 {
		return Cell{Text: raw, Kind: Number}
	}
	return Cell{Text: strconv.FormatFloat(f, 'f', -1, 64), Kind: Number}
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// columnNumber reads the letters of a reference such as AB12; 0 if there are none.
func columnNumber(ref []byte) int {
	n := 0
	for _, b := range ref {
		switch {
		case b >= 'A' && b <= 'Z':
			n = n*26 + int(b-'A') + 1
		case b >= 'a' && b <= 'z':
			n = n*26 + int(b-'a') + 1
		default:
			return n
		}
		if n > 1<<15 {
			return n
		}
	}
	return n
}
