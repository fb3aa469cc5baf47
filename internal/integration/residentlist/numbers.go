package residentlist

import (
	"strings"

	"foyer/internal/integration/sheet"
)

// maxAmount bounds what a list may say, in units of the last decimal: a
// thousand million, beyond any rent or area.
const maxAmount = 100_000_000_000

// decimal reads a number in units of 10^-places, rounded half up. Texts may
// group thousands with point, comma, apostrophe or blank and may carry a unit
// or a currency, which is returned. A single separator before exactly three
// digits groups (1.234), except where small says that the column holds small
// numbers: then it is decimal for 10 and more (54.125), and ambiguous is true.
func decimal(text string, kind sheet.Kind, places int, small bool) (n int64, currency string, ambiguous bool, key string) {
	if text == "" || saysNothing(text) {
		return 0, "", false, ""
	}
	if cut, half := strings.CutSuffix(text, "1/2"); half && (cut == "" || cut[len(cut)-1] == ' ') {
		text = cut + "½"
	}
	s, currency := strip(text)
	negative := strings.HasPrefix(s, "-") || strings.HasSuffix(s, "-")
	s = strings.Trim(s, "-+")
	whole, fraction := s, ""
	if kind == sheet.Number {
		whole, fraction, _ = strings.Cut(s, ".")
	} else {
		var ok bool
		if whole, fraction, ambiguous, ok = separate(s, small); !ok {
			return 0, "", false, KeyNumber
		}
	}
	if whole == "" && fraction == "" || whole != "" && !digits(whole) || fraction != "" && !digits(fraction) {
		return 0, "", false, KeyNumber
	}
	n, ok := scale(whole, fraction, places)
	switch {
	case !ok:
		return 0, "", false, KeyNumberRange
	case negative && n != 0:
		return 0, "", false, KeyNegative
	}
	return n, currency, ambiguous, ""
}

// strip takes away what stands around and between the digits of a number.
func strip(s string) (digits, currency string) {
	if isPlain(s) {
		return s, ""
	}
	var plain [24]byte
	b := plain[:0]
	var letters []byte
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9', r == '.', r == ',', r == '-', r == '+':
			b = append(b, byte(r))
		case r == '−':
			b = append(b, '-')
		case r == '½':
			b = append(b, ",5"...)
		case r == ' ', r == '\'', r == '’', r == '\u202f', r == '²', r == '/' && len(letters) > 0:
		case r == '–' || r == '—':
			if len(b) == 0 || b[len(b)-1] == '.' || b[len(b)-1] == ',' {
				b = append(b, '-')
			} else {
				b = append(b, '?')
			}
		case r == '€':
			letters = append(letters, "eur"...)
		case r >= 'A' && r <= 'Z':
			letters = append(letters, byte(r)+'a'-'A')
		case r >= 'a' && r <= 'z':
			letters = append(letters, byte(r))
		default:
			b = append(b, '?')
		}
	}
	currency, unit := units[string(letters)]
	if len(letters) > 0 && !unit {
		b = append(b, '?')
	}
	digits = string(b)
	if cut, ok := strings.CutSuffix(digits, ".-"); ok { // 650.– as it is written in Switzerland
		digits = cut
	} else if cut, ok := strings.CutSuffix(digits, ",-"); ok {
		digits = cut
	}
	if unit && letters[len(letters)-1] == 'r' || currency == "CHF" || currency == "DKK" {
		digits = strings.Trim(digits, ".") // Fr. 650, kr. 650
	}
	return digits, currency
}

// isPlain: nothing but digits and separators.
func isPlain(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) && s[i] != '.' && s[i] != ',' {
			return false
		}
	}
	return true
}

// units are the letters that may stand beside a number, and the currency that
// they name.
var units = map[string]string{
	"eur": "EUR", "euro": "EUR", "chf": "CHF", "fr": "CHF", "sfr": "CHF", "dkk": "DKK", "kr": "DKK", "gbp": "GBP", "usd": "USD",
	"m": "", "qm": "", "mq": "", "sqm": "", "zi": "", "zimmer": "", "rooms": "", "room": "", "raeume": "", "eurmonat": "EUR", "eurmtl": "EUR",
}

// separate finds the decimal separator.
func separate(s string, small bool) (whole, fraction string, ambiguous, ok bool) {
	point, comma := strings.LastIndexByte(s, '.'), strings.LastIndexByte(s, ',')
	last := max(point, comma)
	if last < 0 {
		return s, "", false, true
	}
	separator := s[last]
	before, after := s[:last], s[last+1:]
	other := byte('.' + ',' - int(separator))
	switch {
	case strings.IndexByte(before, separator) >= 0: // 1.234.567
		if strings.IndexByte(s, other) >= 0 {
			return "", "", false, false
		}
		whole, ok = ungroup(s, separator)
		return whole, "", false, ok
	case strings.IndexByte(before, other) >= 0: // 1.234,56
		whole, ok = ungroup(before, other)
		return whole, after, false, ok
	case len(after) == 3 && len(before) >= 1 && len(before) <= 3 && before[0] != '0':
		if small && len(before) > 1 {
			return before, after, true, true
		}
		return before + after, "", false, true
	}
	return before, after, false, true
}

// ungroup joins groups of three digits.
func ungroup(s string, separator byte) (string, bool) {
	var joined [24]byte
	b := joined[:0]
	for first := true; ; first = false {
		i := strings.IndexByte(s, separator)
		group := s
		if i >= 0 {
			group = s[:i]
		}
		if first && (group == "" || len(group) > 3) || !first && len(group) != 3 {
			return "", false
		}
		b = append(b, group...)
		if i < 0 {
			return string(b), true
		}
		s = s[i+1:]
	}
}

func scale(whole, fraction string, places int) (int64, bool) {
	var n int64
	for i := range len(whole) {
		if n = n*10 + int64(whole[i]-'0'); n > maxAmount {
			return 0, false
		}
	}
	for i := range places {
		n *= 10
		if i < len(fraction) {
			n += int64(fraction[i] - '0')
		}
	}
	if len(fraction) > places && fraction[places] >= '5' {
		n++
	}
	return n, n <= maxAmount
}
