// Package fold makes keys out of what people write, so that two spellings of
// one thing meet: "Müller-Lüdenscheidt", "MUELLER LUEDENSCHEIDT" and a name
// whose umlauts were typed as letter and accent have one folded text. Search
// compares folded text with folded text, lists without references are matched
// by it, and Natural orders house number 9 before 10.
//
// Folding is one way: keep what was written for showing it.
package fold

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// spelled are letters that their languages write with two letters, or that
// have no accent to take off. All other accents are simply dropped.
var spelled = map[rune]string{
	'ä': "ae", 'ö': "oe", 'ü': "ue", 'ß': "ss", 'æ': "ae", 'ø': "oe", 'å': "aa", 'œ': "oe",
	'þ': "th", 'ð': "d", 'đ': "d", 'ł': "l", 'ı': "i", 'ħ': "h", 'ŋ': "n",
}

// Text returns the folded words of s: lower case, umlauts spelled out, accents
// and apostrophes dropped, everything that is neither letter nor digit one
// single space between words. The result holds no wildcard of SQL's LIKE.
// Text(Text(s)) is Text(s).
func Text(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 4)
	if !ascii(&b, s) {
		b.Reset()
		// NFKC resolves ﬁ, ², ½ as well; it would make two words of O´Connor, and
		// leaves alone what follows a broken byte.
		unicodes(&b, norm.NFKC.String(strings.ReplaceAll(strings.ToValidUTF8(s, " "), "´", "'")))
	}
	return b.String()
}

// ascii folds the plain part of the world; false when s has anything else.
func ascii(b *strings.Builder, s string) bool {
	gap := false
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= utf8.RuneSelf:
			return false
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
		case c == '\'' || c == '`':
			continue
		default:
			gap = true
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte(' ')
		}
		gap = false
		b.WriteByte(c)
	}
	return true
}

func unicodes(b *strings.Builder, s string) {
	gap := false
	word := func(t string) {
		if gap && b.Len() > 0 {
			b.WriteByte(' ')
		}
		gap = false
		b.WriteString(t)
	}
	for _, r := range s {
		if r == 'ẞ' {
			r = 'ß'
		}
		r = unicode.ToLower(r)
		if t, ok := spelled[r]; ok {
			word(t)
			continue
		}
		switch {
		case strings.ContainsRune("'`’‘", r), unicode.In(r, unicode.Mn, unicode.Cf, unicode.Lm):
		case r < utf8.RuneSelf && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9'):
			word(string(r))
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsNumber(r):
			word(base(r))
		default:
			gap = true
		}
	}
}

// base takes accents off: é → e.
func base(r rune) string {
	var b strings.Builder
	for _, d := range norm.NFD.String(string(r)) {
		d = unicode.ToLower(d)
		if t, ok := spelled[d]; ok {
			b.WriteString(t)
		} else if unicode.IsLetter(d) || unicode.IsDigit(d) {
			b.WriteRune(d)
		}
	}
	return b.String()
}

// digits is how wide Natural writes a number.
const digits = 8

// Natural returns a key whose byte order is the order in which people count:
// the folded text with every number filled up with zeros to eight digits, so
// that "9" < "9a" < "10" and "Haus 2" < "Haus 11".
func Natural(s string) string { return fill(Text(s), digits) }

// Numbers returns the folded text with leading zeros of every number dropped,
// so that "WE 05" and "WE 5" are one.
func Numbers(s string) string { return fill(Text(s), 1) }

func fill(s string, width int) string {
	if !strings.ContainsAny(s, "0123456789") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		j := i
		for j < len(s) && s[j] >= '0' && s[j] <= '9' {
			j++
		}
		if j == i {
			b.WriteByte(s[i])
			i++
			continue
		}
		run := strings.TrimLeft(s[i:j], "0")
		for range width - len(run) {
			b.WriteByte('0')
		}
		b.WriteString(run)
		i = j
	}
	return b.String()
}
