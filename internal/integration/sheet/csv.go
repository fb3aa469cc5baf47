package sheet

import (
	"bytes"
	"errors"
	"io"
	"strings"
)

const csvBuffer = 256 << 10

// csvSource splits text into records. It forgives what spreadsheets forgive:
// quotation marks inside unquoted values, text behind a closing one, blanks
// before an opening one, any mixture of line ends.
type csvSource struct {
	in     io.Reader
	buf    []byte
	pos    int
	end    int
	lf     int // where in buf the next line feed is known to stand …
	clear  int // … and up to where none is known to stand
	eof    bool
	err    error
	delim  byte
	layout textLayout
	number int // of the last record, as a spreadsheet numbers its rows

	rec  record
	data []byte // the record being put together, its values without separators
	ends []int  // where each value ends in data
}

func newCSV(in io.Reader, delim byte, layout textLayout) *csvSource {
	return &csvSource{in: in, buf: make([]byte, csvBuffer), delim: delim, layout: layout}
}

func (s *csvSource) close() error { return nil }

// fill moves what is left to the front and reads on. It reports whether there
// is anything new.
func (s *csvSource) fill() bool {
	if s.eof {
		return false
	}
	s.end = copy(s.buf, s.buf[s.pos:s.end])
	s.lf, s.clear, s.pos = s.lf-s.pos, max(0, s.clear-s.pos), 0
	for range 100 {
		n, err := s.in.Read(s.buf[s.end:])
		s.end += n
		if err != nil {
			s.eof = true
			if !errors.Is(err, io.EOF) {
				s.err = err
			}
		}
		if n > 0 || s.eof {
			return n > 0
		}
	}
	s.eof, s.err = true, io.ErrNoProgress
	return false
}

// next returns the next record that is not blank.
func (s *csvSource) next() (*record, error) {
	for {
		if s.pos == s.end && !s.fill() {
			if s.err != nil {
				return nil, s.err
			}
			return nil, io.EOF
		}
		s.number++
		err := s.record()
		if s.err != nil {
			return nil, s.err
		}
		if err != nil {
			return nil, err
		}
		if s.rec.beyond > 0 || !s.blank() {
			return &s.rec, nil
		}
	}
}

func (s *csvSource) blank() bool {
	for i := range s.rec.cells {
		if t := s.rec.cells[i].Text; t != "" && strings.Trim(t, " \t\f\x1a\u00a0") != "" {
			return false
		}
	}
	return true
}

// record reads one record: the common line without quotation marks in one go,
// the others byte by byte.
func (s *csvSource) record() error {
	s.rec = record{number: s.number, cells: s.rec.cells[:0]}
	i := s.lineEnd()
	if i < 0 && s.end-s.pos < len(s.buf)/2 && s.fill() {
		i = s.lineEnd()
	}
	if i >= 0 && i < MaxCell {
		line := s.buf[s.pos : s.pos+i]
		if n := len(line); n > 0 && line[n-1] == '\r' {
			line = line[:n-1]
		}
		if bytes.IndexByte(line, '"') < 0 && bytes.IndexByte(line, '\r') < 0 {
			s.pos += i + 1
			s.plain(line)
			return nil
		}
	}
	return s.careful()
}

// lineEnd is the distance to the next line feed in the buffer, -1 without one.
// It looks at each byte once, also where lines end otherwise.
func (s *csvSource) lineEnd() int {
	if s.lf >= s.pos && s.lf < s.end && s.buf[s.lf] == '\n' && s.clear >= s.lf {
		return s.lf - s.pos
	}
	from := max(s.pos, s.clear)
	i := bytes.IndexByte(s.buf[from:s.end], '\n')
	if i < 0 {
		s.clear, s.lf = s.end, -1
		return -1
	}
	s.lf = from + i
	s.clear = s.lf
	return s.lf - s.pos
}

func (s *csvSource) plain(line []byte) {
	text := string(line)
	if read := s.layout.reading(line); read != nil {
		text = read(text)
	}
	for {
		i := strings.IndexByte(text, s.delim)
		if i < 0 {
			s.add(text)
			return
		}
		s.add(text[:i])
		text = text[i+1:]
	}
}

func (s *csvSource) add(text string) {
	s.rec.width++
	if s.rec.width > MaxColumns {
		if s.rec.beyond == 0 && strings.TrimSpace(text) != "" {
			s.rec.beyond = s.rec.width
		}
		return
	}
	s.rec.cells = append(s.rec.cells, Cell{Text: unguard(text)})
}

// careful reads a record that may have quotation marks and line breaks in it.
func (s *csvSource) careful() error {
	s.data, s.ends = s.data[:0], s.ends[:0]
	var tooLong error
	for column := 1; ; column++ {
		start := len(s.data)
		long, closed, more := s.value(start, column > MaxColumns)
		if !closed {
			return fileProblem(KeyOpenQuote).at(s.number, column)
		}
		if long && tooLong == nil {
			p := &Problem{Key: KeyCellTooLong, Args: map[string]any{"max": MaxCell}}
			tooLong = p.at(s.number, column)
		}
		if column <= MaxColumns {
			s.ends = append(s.ends, len(s.data))
		} else {
			s.rec.width++
			if s.rec.beyond == 0 && strings.TrimSpace(string(s.data[start:])) != "" {
				s.rec.beyond = column
			}
			s.data = s.data[:start]
		}
		if !more {
			break
		}
	}
	if tooLong != nil {
		return tooLong
	}
	s.split()
	return nil
}

func (s *csvSource) split() {
	text, from, read := string(s.data), 0, s.layout.reading(s.data)
	beyond, extra := s.rec.beyond, s.rec.width
	s.rec.width = 0
	for _, to := range s.ends {
		cell := text[from:to]
		if read != nil {
			cell = read(cell)
		}
		s.add(cell)
		from = to
	}
	s.rec.width += extra
	s.rec.beyond = beyond
}

// value reads one value into data and what ends it. long: more than MaxCell
// bytes, of which only the first are kept. more: a separator follows. closed is
// false when the file ends inside quotation marks.
func (s *csvSource) value(start int, sample bool) (long, closed, more bool) {
	limit := MaxCell
	if sample {
		limit = 64
	}
	quoted, fresh := false, true
	for {
		if s.pos == s.end && !s.fill() {
			return long, !quoted, false
		}
		b := s.buf[s.pos]
		s.pos++
		if quoted {
			if b == '"' {
				if s.peek() == '"' {
					s.pos++
				} else {
					quoted = false
					continue
				}
			}
		} else {
			switch {
			case b == s.delim:
				return long, true, true
			case b == '\n':
				return long, true, false
			case b == '\r':
				if s.peek() == '\n' {
					s.pos++
				}
				return long, true, false
			case b == '"' && fresh:
				s.data = s.data[:start]
				quoted, fresh = true, false
				continue
			case b != ' ':
				fresh = false
			}
		}
		if len(s.data)-start < limit {
			s.data = append(s.data, b)
		} else {
			long = !sample
		}
	}
}

// peek is the next byte, 0 at the end of the file.
func (s *csvSource) peek() byte {
	if s.pos == s.end && !s.fill() {
		return 0
	}
	return s.buf[s.pos]
}

// unguard takes away the apostrophe that WriteCSV put before a value that a
// spreadsheet would have taken for a formula.
func unguard(text string) string {
	if len(text) > 1 && text[0] == '\'' && risky(text[1:]) {
		return text[1:]
	}
	return text
}
