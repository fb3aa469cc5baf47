package sheet

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// Limits of a file. Each one exceeded is a Problem.
const (
	MaxFile    = 100 << 20 // bytes of the file as it is handed in
	MaxRows    = 1_000_000 // rows with content below the headings
	MaxColumns = 200
	MaxCell    = 32 << 10 // bytes of UTF-8 in one cell
)

// headingSearch is how many rows with content may stand above and around the
// headings: among these the heading row is looked for.
const headingSearch = 20

// Kind says what a cell was in the file.
type Kind uint8

// The kinds of cells. In a text file every cell is Text.
const (
	Text   Kind = iota
	Number      // plain decimal in Text, point as separator, no grouping
	Day         // YYYY-MM-DD in Text
	Bool        // "true" or "false" in Text
	Error       // a formula that failed, such as "#N/A"
)

// Cell is one value as text, with what the workbook said about its type.
type Cell struct {
	Text string
	Kind Kind
}

// Row is one row below the headings. Cells has as many entries as Header; the
// slice is used again by the next call of Next, the strings in it are not.
type Row struct {
	Number int // as a spreadsheet shows it: the first row of the file is 1
	Cells  []Cell
	// Base1904: numbers that are days count from 1904, an old Macintosh habit.
	Base1904 bool
}

// record is a row as a source yields it, before headings are known.
type record struct {
	number int
	cells  []Cell
	width  int // cells in the file, also those beyond MaxColumns
	beyond int // the first cell with content right of MaxColumns, 0 if none
}

func (r *record) filled() (n int) {
	for i := range r.cells {
		if strings.TrimSpace(r.cells[i].Text) != "" {
			n++
		}
	}
	return n
}

// source is a table that yields its rows with content in order. Blank rows are
// skipped and counted; io.EOF ends it. The record is valid until the next call.
type source interface {
	next() (*record, error)
	close() error
}

// File is an open table file. It is not safe for concurrent use.
type File struct {
	// Format is "csv" or "xlsx".
	Format string
	// Encoding, for text: "utf-8", "utf-16le", "utf-16be", "windows-1252", "cp850" or
	// "mixed": some lines in UTF-8, others in one of the last two.
	Encoding string
	// Delimiter, for text: ';', ',', '\t' or '|'.
	Delimiter byte
	// Sheet is the name of the worksheet that is read.
	Sheet string

	src       source
	positions bool // cells have addresses: what stands beside the table is a note, not a shift
	base1904  bool
	headerRow int
	header    []string
	again     []int
	width     int // columns of the heading row, unnamed ones included
	pending   []queued
	cells     []Cell
	rows      int
	failed    error
}

type queued struct {
	rec record
	err error
}

// Open recognises the table in r, which holds size bytes, finds its headings
// and stands before the first row below them. name is what the person calls the
// file; it only appears in messages. The caller closes the File, not r.
func Open(r io.ReaderAt, size int64, name string) (*File, error) {
	f, err := open(r, size)
	if err != nil {
		var p *Problem
		if errors.As(err, &p) {
			return nil, p.with("file", name)
		}
		return nil, fmt.Errorf("open table: %w", err)
	}
	return f, nil
}

func open(r io.ReaderAt, size int64) (*File, error) {
	if size > MaxFile {
		return nil, fileProblem(KeyTooLarge).with("max", MaxFile>>20)
	}
	kind, err := detect(r, size)
	if err != nil {
		return nil, err
	}
	f := &File{}
	if kind == contentZip {
		err = f.openWorkbook(r, size)
	} else {
		if err = f.openText(r, size); err == nil {
			err = f.findHeader()
		}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Header is the text of the headings, trimmed. A heading that stands there more
// than once gets " (2)", " (3)" behind it from the second on, so that each can
// be named. Unnamed columns are "".
func (f *File) Header() []string { return f.header }

// Repeated are the indexes of the headings that stand further left already.
func (f *File) Repeated() []int { return f.again }

// HeaderRow is the row of the headings as a spreadsheet shows it, 1 unless
// title lines stand above them.
func (f *File) HeaderRow() int { return f.headerRow }

// Close frees what the file holds, not the reader given to Open.
func (f *File) Close() error {
	if f.src == nil {
		return nil
	}
	err := f.src.close()
	f.src = nil
	return err
}

// Next returns the next row with content, io.EOF after the last one, or a
// *Problem: when it is not Fatal only that row is lost and Next may be called
// again.
func (f *File) Next() (Row, error) {
	if f.failed != nil {
		return Row{}, f.failed
	}
	if f.src == nil {
		return Row{}, io.EOF
	}
	rec, err := f.take()
	if err == nil || !isFatal(err) {
		if f.rows++; f.rows > MaxRows {
			err = fileProblem(KeyTooManyRows).with("max", MaxRows)
		}
	}
	if err == nil && !f.positions {
		err = f.checkWidth(rec)
	}
	if err != nil {
		if isFatal(err) {
			f.failed = err
		}
		return Row{}, err
	}
	return f.row(rec), nil
}

func (f *File) take() (*record, error) {
	if len(f.pending) > 0 {
		q := &f.pending[0]
		f.pending = f.pending[1:]
		return &q.rec, q.err
	}
	return f.src.next()
}

// checkWidth refuses a text row with content right of the last heading: a
// separator inside a value shifts everything behind it.
func (f *File) checkWidth(rec *record) error {
	for i := f.width; i < len(rec.cells); i++ {
		if strings.TrimSpace(rec.cells[i].Text) != "" {
			return f.shifted(rec, i+1)
		}
	}
	if rec.beyond > 0 {
		return f.shifted(rec, rec.beyond)
	}
	return nil
}

func (f *File) shifted(rec *record, column int) *Problem {
	p := &Problem{Key: KeyTooManyCells, Args: map[string]any{"count": rec.width, "max": f.width}}
	return p.at(rec.number, column)
}

func (f *File) row(rec *record) Row {
	cells := rec.cells
	if len(cells) < len(f.header) {
		f.cells = append(f.cells[:0], cells...)
		for len(f.cells) < len(f.header) {
			f.cells = append(f.cells, Cell{})
		}
		cells = f.cells
	}
	return Row{Number: rec.number, Cells: cells[:len(f.header)], Base1904: f.base1904}
}

// isFatal: everything but a Problem of one row.
func isFatal(err error) bool {
	var p *Problem
	return !errors.As(err, &p) || p.Fatal
}

// findHeader reads the first rows, takes one as headings and keeps those below
// it for Next.
func (f *File) findHeader() error {
	var head []queued
	most := 0
	for len(head) < headingSearch {
		rec, err := f.src.next()
		if errors.Is(err, io.EOF) {
			break
		}
		q := queued{err: err}
		if err == nil {
			q.rec = record{number: rec.number, cells: append([]Cell(nil), rec.cells...), width: rec.width, beyond: rec.beyond}
			most = max(most, rec.filled())
		}
		head = append(head, q)
		if err != nil && isFatal(err) {
			break
		}
	}
	for i := range head {
		if head[i].err == nil && 2*head[i].rec.filled() > most {
			f.pending = head[i+1:]
			return f.setHeader(&head[i].rec)
		}
	}
	for i := range head {
		if head[i].err != nil {
			return head[i].err
		}
	}
	return fileProblem(KeyEmpty)
}

func (f *File) setHeader(rec *record) error {
	f.headerRow = rec.number
	last := 0
	for i := range rec.cells {
		if strings.TrimSpace(rec.cells[i].Text) != "" {
			last = i + 1
		}
	}
	f.width = max(last, min(rec.width, MaxColumns))
	if rec.beyond > 0 {
		return fileProblem(KeyTooManyColumns).at(rec.number, rec.beyond).with("max", MaxColumns)
	}
	f.header, f.again = make([]string, last), nil
	seen := map[string]int{}
	for i := range f.header {
		h := strings.Join(strings.Fields(rec.cells[i].Text), " ")
		key := strings.ToLower(h)
		if seen[key]++; h != "" && seen[key] > 1 {
			h = fmt.Sprintf("%s (%d)", h, seen[key])
			f.again = append(f.again, i)
		}
		f.header[i] = h
	}
	return nil
}
