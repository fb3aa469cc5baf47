package letter

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"
)

// kind says how an atom behaves at the end of a line.
type kind uint8

const (
	letterKind kind = iota // stays with what follows
	spaceKind              // a line may end here; the space is then dropped
	hyphenKind             // a line may end after it
	breakKind              // a new line begins here
)

// atom is one glyph of a text, or a line break.
type atom struct {
	gid    uint16
	weight weight
	kind   kind
}

// Characters that print as a space or hyphen but never end a line.
const (
	noBreakSpace  = '\u00a0'
	noBreakHyphen = '\u2011'
)

// replaced are characters that print as another one: spaces and hyphens of
// special width, and apostrophes of transliterated names.
var replaced = map[rune]rune{
	'\t': ' ', '\u2009': ' ', '\u202f': noBreakSpace, '\u2007': noBreakSpace,
	'\u2010': '-', '\u2012': '–', '\u2015': '—',
	'\u02bc': '’', '\u02bb': '‘', '\u02b9': '’',
}

// dropped are characters without a picture of their own: soft hyphen, zero
// width space and joiners, direction marks, byte order mark.
func dropped(r rune) bool {
	switch r {
	case '\u00ad', '\u200b', '\u200c', '\u200d', '\u200e', '\u200f', '\u2060', '\ufeff':
		return true
	}
	return false
}

// set appends the atoms of s to dst. With marks, "**" switches between the two
// weights. A character that the font lacks gives ErrGlyph.
func set(dst []atom, s, field string, w weight, marks bool) ([]atom, error) {
	if !norm.NFC.IsNormalString(s) {
		s = norm.NFC.String(s) // names from some systems come with loose accents
	}
	fs := faces()
	word := 0 // where the current word begins
	for i := 0; i < len(s); {
		if marks && strings.HasPrefix(s[i:], "**") {
			w = bold - w
			i += 2
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		at := i
		i += size
		if r == '\t' || r >= noBreakSpace {
			if to, ok := replaced[r]; ok {
				r = to
			}
			if dropped(r) {
				continue
			}
		}
		a := atom{weight: w}
		switch r {
		case '\n':
			a.kind = breakKind
		case ' ':
			a.kind, word = spaceKind, i
		case '-':
			if hyphenBreaks(s, word, at) {
				a.kind = hyphenKind
			}
		case noBreakSpace:
			r = ' ' // only its behaviour differs; text copied from the PDF has plain spaces
		case noBreakHyphen:
			r = '-'
		}
		if a.kind != breakKind {
			if a.gid = fs[w].glyph(r); a.gid == 0 {
				return dst, ErrGlyph{Rune: r, Field: field}
			}
		}
		dst = append(dst, a)
	}
	return dst, nil
}

// hyphenBreaks tells if a line may end after the hyphen at position at of the
// word that begins at word: between two letters, but not within a web or e-mail
// address, where a reader could not tell whether the hyphen belongs to it.
func hyphenBreaks(s string, word, at int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[word:at])
	after, _ := utf8.DecodeRuneInString(s[at+1:])
	if !unicode.IsLetter(before) || !unicode.IsLetter(after) {
		return false
	}
	end := strings.IndexAny(s[at:], " \n\t")
	if end < 0 {
		end = len(s) - at
	}
	whole := s[word : at+end]
	if strings.ContainsAny(whole, "@/:") {
		return false
	}
	dot := strings.IndexByte(whole, '.')
	if dot < 0 {
		return true
	}
	next, _ := utf8.DecodeRuneInString(whole[dot+1:])
	return !unicode.IsLetter(next)
}

// ruler measures texts. It is not for concurrent use.
type ruler struct {
	faces *[weights]*face
	buf   sfnt.Buffer
	lines [][]atom // reused by wrap
}

// advance gives how far b moves the pen after a, in thousandths of the size;
// the first atom of a line has no a.
func (m *ruler) advance(a *atom, b atom) int {
	fc := m.faces[b.weight]
	w := fc.width[b.gid]
	if a != nil && a.weight == b.weight {
		w += fc.kerning(&m.buf, a.gid, b.gid)
	}
	return w
}

// width measures a text on one line, in thousandths of the size.
func (m *ruler) width(t []atom) int {
	w := 0
	var prev *atom
	for i := range t {
		w += m.advance(prev, t[i])
		prev = &t[i]
	}
	return w
}

// wrap breaks a text into lines of at most limit thousandths of the size. The
// result holds until the next call. A word wider than a line is cut where the
// line ends if cut allows it; otherwise ok is false.
func (m *ruler) wrap(t []atom, limit int, cut bool) (lines [][]atom, ok bool) {
	m.lines = m.lines[:0]
	start, end, next := 0, -1, 0 // of the line; its last possible end, and where the next line would begin
	w := 0
	var prev *atom
	for i := 0; i < len(t); i++ {
		a := t[i]
		if a.kind == breakKind {
			m.lines = append(m.lines, t[start:i])
			start, end, w, prev = i+1, -1, 0, nil
			continue
		}
		w += m.advance(prev, a)
		prev = &t[i]
		if a.kind == spaceKind {
			end, next = i, i+1
			continue // a space may hang over the edge
		}
		if w > limit {
			if end < 0 {
				if !cut || i == start {
					return nil, false
				}
				end = m.cutAt(t, start, i)
				next = end
			}
			m.lines = append(m.lines, t[start:end])
			start, end, w, prev = next, -1, 0, nil
			i = start - 1
			continue
		}
		if a.kind == hyphenKind {
			end, next = i+1, i+1
		}
	}
	m.lines = append(m.lines, trimSpaces(t[start:]))
	m.keepCompany(t, start, limit)
	return m.lines, true
}

// cutAt gives where a word from start that overflows at i is cut: after an "@"
// or before a dot, as in a long e-mail address, else right there.
func (m *ruler) cutAt(t []atom, start, i int) int {
	fc := m.faces[t[i].weight]
	at, dot := fc.glyph('@'), fc.glyph('.')
	for j := i; j > start+(i-start)/3; j-- {
		if t[j-1].gid == at || t[j].gid == dot {
			return j
		}
	}
	return i
}

// keepCompany moves a word down to the last line, which begins at start, if only
// one short word stands there.
func (m *ruler) keepCompany(t []atom, start, limit int) {
	n := len(m.lines)
	if n < 2 || t[start-1].kind != spaceKind {
		return
	}
	last := m.lines[n-1]
	begin := start - 1 - len(m.lines[n-2])
	for _, a := range last {
		if a.kind == spaceKind {
			return
		}
	}
	if len(last) == 0 || m.width(last) > limit/5 {
		return
	}
	for j := start - 2; j > begin+(start-begin)/2; j-- {
		if t[j].kind == spaceKind {
			m.lines[n-2], m.lines[n-1] = t[begin:j], trimSpaces(t[j+1:])
			return
		}
	}
}

// trimSpaces takes the spaces off the end of a line.
func trimSpaces(t []atom) []atom {
	for len(t) > 0 && t[len(t)-1].kind == spaceKind {
		t = t[:len(t)-1]
	}
	return t
}
