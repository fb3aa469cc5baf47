package sheet

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// Names of the encodings as File.Encoding shows them.
const (
	encUTF8        = "utf-8"
	encUTF16LE     = "utf-16le"
	encUTF16BE     = "utf-16be"
	encWindows1252 = "windows-1252"
	encCP850       = "cp850"
	encMixed       = "mixed"
)

// maxControl is the share of control characters, one in so many bytes, from
// which on a file is no text. A stray one is a matter of its row.
const maxControl = 200

// isControl is 1 for the bytes that no text holds.
var isControl = func() (t [256]uint8) {
	for b := range ' ' {
		t[b] = 1
	}
	for _, b := range []byte{'\t', '\n', '\r', '\f', 0x1A} {
		t[b] = 0
	}
	t[0x7F] = 1
	return t
}()

// census counts what tells one encoding from another.
type census struct {
	control        int64 // bytes that no text holds
	multi, invalid int64 // UTF-8 sequences, and bytes that are part of none
	high           [256]int64
}

// textLayout says how to read a text file.
type textLayout struct {
	encoding string
	skip     int64 // length of the byte order mark
	repair   bool  // UTF-8 with some bytes that are none
	// legacy, with repair: what the lines are in that are not UTF-8, nil for
	// damage. Some lists are put together from two exports.
	legacy *charmap.Charmap
}

// detectEncoding decides by the whole file: the first umlaut may stand in the
// last row.
func detectEncoding(r io.ReaderAt, size int64) (textLayout, error) {
	head, err := readUpTo(r, 0, min(size, 8192))
	if err != nil {
		return textLayout{}, err
	}
	switch {
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}):
		return textLayout{encoding: encUTF16LE, skip: 2}, nil
	case bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return textLayout{encoding: encUTF16BE, skip: 2}, nil
	}
	if e := guessUTF16(head); e != "" {
		return textLayout{encoding: e}, nil
	}
	l := textLayout{encoding: encUTF8}
	marked := bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF})
	if marked {
		l.skip = 3
	}
	var c census
	if err := c.count(io.NewSectionReader(r, l.skip, size-l.skip)); err != nil {
		return textLayout{}, err
	}
	if c.control > 0 && (size < maxControl/4 || c.control > size/maxControl) {
		return textLayout{}, fileProblem(KeyBinary)
	}
	if c.invalid == 0 {
		return l, nil
	}
	legacy := charmap.Windows1252
	if c.isCP850() {
		legacy = charmap.CodePage850
	}
	switch {
	case c.multi > 10*c.invalid, marked && c.multi == 0:
		l.repair = true
	case c.multi > 0:
		l.repair, l.legacy, l.encoding = true, legacy, encMixed
	case legacy == charmap.CodePage850:
		l.encoding = encCP850
	default:
		l.encoding = encWindows1252
	}
	return l, nil
}

// reading says how the values of one record are read, nil for as they are. What
// is whole UTF-8 is UTF-8: other encodings form it by accident only. A record
// with both is put right by no rule; what is broken in it shows as U+FFFD.
func (l textLayout) reading(record []byte) func(string) string {
	switch {
	case !l.repair, utf8.Valid(record):
		return nil
	case l.legacy == nil, hasMultibyte(record):
		return func(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
	}
	return func(s string) string {
		var b strings.Builder
		for i := range len(s) {
			b.WriteRune(l.legacy.DecodeByte(s[i]))
		}
		return b.String()
	}
}

func hasMultibyte(b []byte) bool {
	for len(b) > 0 {
		_, n := utf8.DecodeRune(b)
		if n > 1 {
			return true
		}
		b = b[n:]
	}
	return false
}

// guessUTF16 recognises UTF-16 without a mark: text of our languages has a zero
// in nearly every other byte.
func guessUTF16(head []byte) string {
	var zero [2]int
	for i, b := range head {
		if b == 0 {
			zero[i%2]++
		}
	}
	half := len(head) / 2
	switch {
	case half < 2:
		return ""
	case zero[1] > half/2 && zero[0] <= half/50:
		return encUTF16LE
	case zero[0] > half/2 && zero[1] <= half/50:
		return encUTF16BE
	}
	return ""
}

func (c *census) count(r io.Reader) error {
	buf := make([]byte, 256<<10)
	kept := 0
	for {
		n, err := r.Read(buf[kept:])
		end := err != nil
		if end && !errors.Is(err, io.EOF) {
			return err
		}
		b := buf[:kept+n]
		used := c.chunk(b, end)
		kept = copy(buf, b[used:])
		if end {
			return nil
		}
	}
}

// chunk counts a piece and says how much of it: all but the beginning of a
// character that goes on in the next piece.
func (c *census) chunk(b []byte, last bool) int {
	control, all := 0, byte(0)
	for _, x := range b {
		control += int(isControl[x])
		all |= x
	}
	c.control += int64(control)
	if all < utf8.RuneSelf {
		return len(b)
	}
	i := 0
	for i < len(b) {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		if !last && len(b)-i < utf8.UTFMax && !utf8.FullRune(b[i:]) {
			break
		}
		_, n := utf8.DecodeRune(b[i:])
		if n == 1 {
			c.invalid++
			c.high[b[i]]++
		} else {
			c.multi++
		}
		i += n
	}
	return i
}

// isCP850 tells the old DOS encoding, which some ERPs still write, from
// Windows-1252: there ü is a byte that Windows-1252 does not define, and more
// bytes are umlauts than in Windows-1252.
func (c *census) isCP850() bool {
	if c.high[0x81] == 0 {
		return false
	}
	var dos, win int64
	for _, b := range []byte{0x81, 0x84, 0x94, 0x8E, 0x99, 0x9A, 0xE1, 0x82, 0x8A} {
		dos += c.high[b]
	}
	for _, b := range []byte{0xE4, 0xF6, 0xFC, 0xC4, 0xD6, 0xDC, 0xDF, 0xE9, 0xE8} {
		win += c.high[b]
	}
	return dos > win
}

// reader yields the text as UTF-8.
func (l textLayout) reader(r io.ReaderAt, size int64) io.Reader {
	raw := io.NewSectionReader(r, l.skip, size-l.skip)
	var e encoding.Encoding
	switch l.encoding {
	case encUTF16LE:
		e = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case encUTF16BE:
		e = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case encWindows1252:
		e = charmap.Windows1252
	case encCP850:
		e = charmap.CodePage850
	default:
		return raw
	}
	return e.NewDecoder().Reader(raw)
}
