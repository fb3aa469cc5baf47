package sheet

import (
	"bufio"
	"io"
	"iter"
	"strconv"
	"strings"
	"unicode"
)

// Dialect is how a CSV file is written so that the spreadsheet of that language
// opens it with a double click.
type Dialect struct {
	Delimiter byte
	Decimal   byte // the decimal separator
}

// The dialects of the languages that Foyer writes files for.
var (
	German  = Dialect{Delimiter: ';', Decimal: ','}
	English = Dialect{Delimiter: ',', Decimal: '.'}
)

// Value is one typed value of an export. The zero Value is an empty cell.
type Value struct {
	text   string
	places int
	number int64
	kind   valueKind
}

type valueKind uint8

const (
	valueText valueKind = iota
	valueNumber
	valueDay
)

// Str is a text; it can never become a formula.
func Str(s string) Value { return Value{text: s} }

// Int is a whole number.
func Int(n int64) Value { return Value{number: n, kind: valueNumber} }

// Decimal is a number in units of 10^-places: Decimal(1250, 2) is 12.50. places
// is 0 to 18.
func Decimal(n int64, places int) Value { return Value{number: n, places: places, kind: valueNumber} }

// ISODay is a day written YYYY-MM-DD. What is not of that form is written as text.
func ISODay(day string) Value {
	if !isISODay(day) {
		return Str(day)
	}
	return Value{text: day, kind: valueDay}
}

// WriteCSV writes a table: UTF-8 with a byte order mark, CRLF, a heading row.
// Numbers are numbers, days are ISO days, and a text that a spreadsheet would
// read as a formula gets an apostrophe in front (CWE-1236), which Open takes
// away again. The first error of rows or w ends it.
func WriteCSV(w io.Writer, d Dialect, header []string, rows iter.Seq2[[]Value, error]) error {
	b := bufio.NewWriterSize(w, 64<<10)
	b.WriteString("\uFEFF")
	for i, h := range header {
		if i > 0 {
			b.WriteByte(d.Delimiter)
		}
		d.writeText(b, h)
	}
	b.WriteString("\r\n")
	for values, err := range rows {
		if err != nil {
			return err
		}
		for i, v := range values {
			if i > 0 {
				b.WriteByte(d.Delimiter)
			}
			d.write(b, v)
		}
		if _, err := b.WriteString("\r\n"); err != nil {
			return err
		}
	}
	return b.Flush()
}

func (d Dialect) write(b *bufio.Writer, v Value) {
	switch v.kind {
	case valueNumber:
		d.writeNumber(b, v)
	case valueDay:
		b.WriteString(v.text)
	default:
		d.writeText(b, v.text)
	}
}

// writeNumber writes the sign, the whole part and the decimals. In a dialect
// whose delimiter is its decimal separator it would be quoted; ours are not.
func (d Dialect) writeNumber(b *bufio.Writer, v Value) {
	digits := strconv.FormatInt(v.number, 10)
	if strings.HasPrefix(digits, "-") {
		b.WriteByte('-')
		digits = digits[1:]
	}
	for len(digits) <= v.places {
		digits = "0" + digits
	}
	whole := len(digits) - v.places
	b.WriteString(digits[:whole])
	if v.places > 0 {
		b.WriteByte(d.Decimal)
		b.WriteString(digits[whole:])
	}
}

func (d Dialect) writeText(b *bufio.Writer, s string) {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
	if risky(s) {
		s = "'" + s
	}
	if !strings.ContainsAny(s, "\"\r\n;,\t|") && !strings.HasPrefix(s, " ") && !strings.HasPrefix(strings.ToLower(s), "sep=") {
		b.WriteString(s)
		return
	}
	b.WriteByte('"')
	b.WriteString(strings.ReplaceAll(s, `"`, `""`))
	b.WriteByte('"')
}

// risky says whether a spreadsheet may take the text for a formula: it begins,
// after anything that is trimmed or not shown, with one of the signs that start
// one, in the form of ASCII or in full width; or it begins with a tab or a line
// end, which some programs drop before they look. A text that begins with an
// apostrophe in front of such a text counts too, so that Open gives it back.
func risky(s string) bool {
	if s == "" {
		return false
	}
	switch s[0] {
	case '\t', '\r', '\n', 0:
		return true
	case '\'':
		return risky(s[1:])
	}
	for _, r := range s {
		switch r {
		case '=', '+', '-', '@', '＝', '＋', '－', '＠', '﹢', '﹣', '﹦', '﹫':
			return true
		case '\t', '\r', '\n', 0:
			return true
		}
		if !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r) && !unicode.IsControl(r) {
			return false
		}
	}
	return false
}
