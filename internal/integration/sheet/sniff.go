package sheet

import (
	"bytes"
	"errors"
	"io"
	"strings"
)

const (
	sniffBytes   = 64 << 10
	sniffRecords = 100
)

// openText finds encoding and delimiter and stands before the first row.
func (f *File) openText(r io.ReaderAt, size int64) error {
	layout, err := detectEncoding(r, size)
	if err != nil {
		return err
	}
	head := make([]byte, sniffBytes)
	n, err := io.ReadFull(layout.reader(r, size), head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	head = head[:n]
	if layout.encoding == encUTF16LE || layout.encoding == encUTF16BE {
		var c census
		if c.chunk(head, true); c.control*maxControl > int64(n) {
			return fileProblem(KeyBinary)
		}
	}
	delim, announced := announcedDelimiter(head)
	if !announced {
		delim = sniff(head, n == sniffBytes)
	}
	src := newCSV(layout.reader(r, size), delim, layout)
	if announced {
		if err := src.record(); err != nil {
			return err
		}
	}
	f.Format, f.Encoding, f.Delimiter, f.src = "csv", layout.encoding, delim, src
	return nil
}

// announcedDelimiter reads the line "sep=;" that Excel understands.
func announcedDelimiter(head []byte) (byte, bool) {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	line, _, _ = bytes.Cut(line, []byte("\r"))
	line = bytes.Trim(line, `"`)
	if len(line) == 5 && strings.EqualFold(string(line[:4]), "sep=") && line[4] < 0x80 && line[4] != '"' {
		return line[4], true
	}
	return 0, false
}

// sniff finds the delimiter: the one that splits into the same number of values
// from the earliest record on. The headings decide, since they hold no decimal
// commas and no "surname, first name".
func sniff(head []byte, truncated bool) byte {
	type guess struct {
		delim        byte
		first, score int
		valid        bool
	}
	best := guess{delim: ';'}
	for _, d := range []byte{';', ',', '\t', '|'} {
		widths := recordWidths(head, d, truncated)
		mode, agree, first := commonWidth(widths)
		if mode < 2 {
			continue
		}
		g := guess{delim: d, first: first, score: agree * (mode - 1), valid: agree*2 >= len(widths)}
		switch {
		case best.score == 0, g.valid && !best.valid:
			best = g
		case best.valid && !g.valid:
		case g.first < best.first, g.first == best.first && g.score > best.score:
			best = g
		}
	}
	return best.delim
}

func recordWidths(head []byte, delim byte, truncated bool) []int {
	src := newCSV(bytes.NewReader(head), delim, textLayout{})
	var widths []int
	for len(widths) < sniffRecords {
		rec, err := src.next()
		if err != nil {
			break
		}
		widths = append(widths, rec.width)
	}
	if truncated && len(widths) > 1 && len(widths) < sniffRecords {
		widths = widths[:len(widths)-1]
	}
	return widths
}

// commonWidth is the most frequent width above one, how often it occurs and in
// which record first.
func commonWidth(widths []int) (mode, agree, first int) {
	count := map[int]int{}
	for _, w := range widths {
		if w > 1 {
			count[w]++
		}
	}
	for w, n := range count {
		if n > agree || n == agree && w > mode {
			mode, agree = w, n
		}
	}
	for i, w := range widths {
		if w == mode {
			return mode, agree, i
		}
	}
	return 0, 0, 0
}
