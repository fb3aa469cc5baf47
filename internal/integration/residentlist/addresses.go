package residentlist

import "strings"

// splitStreet takes the house number off a street: "Ahornallee 12 a" gives
// "Ahornallee" and "12 a", "12, rue de la Paix" gives "rue de la Paix" and
// "12". "Straße des 17. Juni" has none, "Q7, 24" is one of Mannheim's.
func splitStreet(s string) (street, number string) {
	start := numberStart(s)
	if start > 0 {
		street = strings.TrimRight(s[:start], " ,")
		for _, word := range []string{" Nr.", " Nr", " No.", " No"} {
			street = strings.TrimSuffix(street, word)
		}
		if street = strings.TrimSpace(street); street != "" {
			return street, s[start:]
		}
	}
	i := 0
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	j := i
	if j < len(s) && isLetter(s[j]) {
		j++
	}
	if i > 0 && i < 5 && j < len(s) && (s[j] == ',' || s[j] == ' ') {
		if rest := strings.TrimLeft(s[j:], " ,"); len(rest) > 2 && !strings.ContainsAny(rest, "0123456789") {
			return rest, s[:j]
		}
	}
	return s, ""
}

// numberStart finds where the house number at the end begins: the last word
// that begins with a digit and what belongs to it, such as "12 a", "3-5",
// "7 / 9", "2 1/2"; 0 if there is none.
func numberStart(s string) int {
	start := 0
	end := len(s)
	for end > 0 {
		i := strings.LastIndexByte(s[:end], ' ') + 1
		word := s[i:end]
		switch {
		case word == "":
		case isNumberWord(word):
			start = i
		case isSuffix(word), word == "-", word == "–", word == "/", word == "+", word == "u.", word == "und":
		default:
			return start
		}
		end = i - 1
	}
	return start
}

// isNumberWord: "12", "12a", "3-5", "1/2", "12.", but not "17.".
func isNumberWord(s string) bool {
	if !isDigit(s[0]) || len(s) > 12 {
		return false
	}
	letters := 0
	for i := range len(s) {
		switch c := s[i]; {
		case isDigit(c):
			letters = 0
		case isLetter(c):
			if letters++; letters > 1 {
				return false
			}
		case c == '-' || c == '/' || c == '+' || c >= 0x80 || c == ',':
			letters = 0
		default:
			return false
		}
	}
	return true
}

func isSuffix(s string) bool {
	switch strings.ToLower(s) {
	case "bis", "ter", "links", "rechts", "hinterhaus", "vorderhaus", "hh", "vh":
		return true
	}
	return len(s) == 1 && isLetter(s[0])
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// splitTown takes postcode and city apart: "80331 München", "D-80331 München",
// "München 80331".
func splitTown(s string) (postcode, city string) {
	s = strings.Trim(s, " ,")
	first, rest, _ := strings.Cut(s, " ")
	if isPostcode(first) {
		return first, strings.TrimLeft(rest, " ,")
	}
	if i := strings.LastIndexByte(s, ' '); i > 0 && isPostcode(s[i+1:]) {
		return s[i+1:], strings.TrimRight(s[:i], " ,")
	}
	return "", s
}

func isPostcode(s string) bool {
	if i := strings.IndexByte(s, '-'); i > 0 && i < 4 {
		s = s[i+1:]
	}
	return digits(s) && (len(s) == 4 || len(s) == 5)
}

// splitAddress takes street and town apart: at the last comma, or where a
// postcode stands.
func splitAddress(s string) (street, town string) {
	if i := strings.LastIndexByte(s, ','); i > 0 {
		if p, _ := splitTown(strings.TrimSpace(s[i+1:])); p != "" || strings.IndexAny(s[i+1:], "0123456789") < 0 {
			return strings.TrimSpace(s[:i]), strings.TrimSpace(s[i+1:])
		}
	}
	for i := strings.IndexByte(s, ' '); i > 0 && i < len(s)-1; {
		word, rest, _ := strings.Cut(s[i+1:], " ")
		if isPostcode(word) && rest != "" && !isDigit(rest[0]) {
			return strings.Trim(s[:i], " ,"), s[i+1:]
		}
		n := strings.IndexByte(s[i+1:], ' ')
		if n < 0 {
			break
		}
		i += n + 1
	}
	return s, ""
}

// postcodeDigits is how many digits postcodes have where they are only digits.
var postcodeDigits = map[string]int{"DE": 5, "FR": 5, "IT": 5, "ES": 5, "AT": 4, "CH": 4, "LI": 4, "DK": 4, "LU": 4, "BE": 4}

// tidyPostcode takes the country off the front ("CH-8001") and gives German
// postcodes back the zero that spreadsheets drop. valid is false when the
// postcode cannot be one of its country.
func tidyPostcode(s, country string, numeric bool) (postcode, prefix string, padded, valid bool) {
	if i := strings.IndexByte(s, '-'); i > 0 && i < 4 && len(s) > i+3 {
		if c, ok := readCountry(s[:i]); ok {
			prefix, s, country = c, s[i+1:], c
		}
	}
	if numeric {
		s, _, _ = strings.Cut(s, ".")
	}
	s = strings.TrimSpace(s)
	want := postcodeDigits[country]
	switch {
	case want == 0:
		return s, prefix, false, true
	case want == 5 && len(s) == 4 && digits(s):
		return "0" + s, prefix, true, true
	}
	return s, prefix, false, len(s) == want && digits(s)
}
