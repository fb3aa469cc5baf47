package residentlist

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// clean makes a value of a cell: blanks of any kind are single spaces, nothing
// at the ends, NFC, without soft hyphens and other invisible signs. A value
// that is only dashes is empty. key is the problem with it, "" if there is none.
// Without compose letters stay as they are: NFC would turn the Kelvin sign
// into a K, and addresses are not to be folded.
func clean(s string, compose bool) (text, key string) {
	if tidy(s) {
		if isDashes(s) {
			return "", ""
		}
		return s, ""
	}
	if !utf8.ValidString(s) {
		return "", KeyGarbled
	}
	var b strings.Builder
	b.Grow(len(s))
	blank := false
	if compose {
		s = norm.NFC.String(s)
	}
	for _, r := range s {
		switch {
		case r == utf8.RuneError:
			return "", KeyGarbled
		case unicode.IsSpace(r):
			blank = b.Len() > 0
			continue
		case r == '\u00ad' || r == '\u200b' || r == '\u200c' || r == '\u200d' || r == '\u2060' || r == '\ufeff' || r == 0x1A:
			continue
		case unicode.Is(unicode.C, r):
			return "", KeyControl
		}
		if blank {
			b.WriteByte(' ')
			blank = false
		}
		b.WriteRune(r)
	}
	if isDashes(b.String()) {
		return "", ""
	}
	return b.String(), ""
}

// tidy: nothing to do, the usual case.
func tidy(s string) bool {
	if s == "" {
		return true
	}
	if s[0] == ' ' || s[len(s)-1] == ' ' {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c >= 0x7F || c == ' ' && s[i-1] == ' ' {
			return !(c < ' ' || c == 0x7F || c == ' ') && tidyRest(s)
		}
	}
	return true
}

// tidyRest looks at a value with letters beyond ASCII: those of Latin-1 and
// Latin Extended-A are composed and harmless.
func tidyRest(s string) bool {
	var before rune
	for _, r := range s {
		if r < ' ' || r == ' ' && before == ' ' || r >= 0x7F && r < 0xA1 || r == 0xAD || r > 0x17F {
			return false
		}
		before = r
	}
	return true
}

func isDashes(s string) bool {
	return s != "" && (s[0] == '-' || s[0] >= 0x80) && strings.Trim(s, "-–—") == ""
}

// nothing are ways to say that a field of numbers, days or addresses is empty.
var nothing = map[string]bool{"na": true, "ka": true, "keine": true, "keiner": true, "kein": true, "keineangabe": true, "unbekannt": true, "unknown": true, "none": true, "null": true, "nv": true, "leer": true}

func saysNothing(s string) bool { return len(s) < 16 && !isDigit(s[0]) && nothing[normal(s)] }

// formulaErrors are what Excel and LibreOffice show, in German and English, for
// a formula that failed. A text file holds nothing else of the formula.
var formulaErrors = map[string]bool{"#NV": true, "#N/A": true, "#REF!": true, "#BEZUG!": true, "#NAME?": true, "#DIV/0!": true, "#WERT!": true, "#VALUE!": true, "#NUM!": true, "#ZAHL!": true, "#NULL!": true}

func isFormulaError(s string) bool {
	return len(s) > 2 && s[0] == '#' && len(s) < 10 && formulaErrors[strings.ToUpper(s)]
}

// looksMisread recognises UTF-8 that was once read as Windows-1252 and saved
// like that ("MÃ¼ller"): a letter that stands for the first byte of a character,
// and behind it a sign, no letter, that stands for the second.
func looksMisread(s string) bool {
	if !strings.ContainsAny(s, "ÃÂâ") {
		return false
	}
	var before rune
	for _, r := range s {
		switch before {
		case 'Ã', 'Â':
			if r >= 0x80 && r <= 0xBF || strings.ContainsRune("€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ", r) {
				return true
			}
		case 'â':
			if r == '€' || r == '‚' {
				return true
			}
		}
		before = r
	}
	return false
}
