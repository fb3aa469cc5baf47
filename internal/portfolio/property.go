package portfolio

import (
	"slices"
	"strings"

	"foyer/internal/platform/fold"
)

// Property is a site under one management: one or more buildings. The street
// is the buildings' business.
type Property struct {
	ID         string
	Ref        string // the manager's own number, "" when the list has none; unique in the organisation
	Name       string // "Ahornallee 10–16"
	Postcode   string
	City       string
	Country    string // ISO 3166-1 alpha-2
	Region     string // ISO 3166-2, for holidays; "" = unknown
	PortalOn   bool   // residents of this property may register and sign in
	UVIService bool   // residents get monthly consumption information
	ReleasedAt int64  // first time that the portal was switched on, microseconds; 0 = never
}

// sortKey orders properties by name as people count.
func (p Property) sortKey() string { return fold.Natural(p.Name) }

// search is what a filter of the list looks in, beside the buildings.
func (p Property) search() string {
	return fold.Text(p.Name + " " + p.Ref + " " + p.Postcode + " " + p.City)
}

// Place returns the second line of a property: "12623 Berlin".
func (p Property) Place() string { return strings.TrimSpace(p.Postcode + " " + p.City) }

// Building is one house of a property: a street and a number.
type Building struct {
	ID          string
	PropertyID  string
	Street      string
	HouseNumber string // "14", "14a", "10–16"
	Postcode    string
	City        string
	Country     string
}

// AddressKey returns the key by which lists without references find a building
// again: street, number and postcode (the city when there is none), folded, the
// many ways to write "Straße" made one. Two buildings of one property never
// have the same.
func (b Building) AddressKey() string {
	place := fold.Text(b.Postcode)
	if place == "" {
		place = fold.Text(b.City)
	}
	return streetKey(b.Street) + " " + NumberKey(b.HouseNumber) + " " + place
}

// sortKey lets number 9 stand before 10 and 9a between them. It follows from
// what AddressKey folds, so that a new spelling of one address moves nothing.
func (b Building) sortKey() string {
	return streetKey(b.Street) + "\t" + fold.Natural(NumberKey(b.HouseNumber))
}

// AddressLine returns street and number: "Ahornallee 14".
func (b Building) AddressLine() string { return strings.TrimSpace(b.Street + " " + b.HouseNumber) }

// streetKey folds a street to one word: "Berliner Str." and "Berlinerstraße"
// are "berlinerstrasse".
func streetKey(s string) string {
	words := strings.Fields(fold.Text(s))
	for i, w := range words {
		if w == "str" || i == len(words)-1 && strings.HasSuffix(w, "str") {
			words[i] = w[:len(w)-3] + "strasse"
		}
	}
	return strings.Join(words, "")
}

// NumberKey folds a house number: "14 A" is "14a", "10 – 16" is "10-16".
func NumberKey(s string) string {
	var b strings.Builder
	for i, w := range strings.Fields(fold.Numbers(s)) {
		if i > 0 && digit(w[0]) {
			b.WriteByte('-')
		}
		b.WriteString(w)
	}
	return b.String()
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// SplitStreet takes "Ahornallee 14 a" apart into street and house number, for
// lists that have them in one column. The number starts at the last word that
// begins with a digit and is not the first; none is found in "Straße des 17.
// Juni".
func SplitStreet(s string) (street, number string) {
	words := strings.Fields(s)
	for i := len(words) - 1; i > 0; i-- {
		if digit(words[i][0]) {
			for i > 1 && (digit(words[i-1][0]) || words[i-1] == "-" || words[i-1] == "–") {
				i--
			}
			if rest := words[i+1:]; len(rest) > 0 && !numberTail(rest) {
				return strings.Join(words, " "), ""
			}
			return strings.Join(words[:i], " "), strings.Join(words[i:], " ")
		}
	}
	return strings.Join(words, " "), ""
}

// numberTail tells whether words can follow the first word of a house number:
// single letters, dashes, numbers.
func numberTail(words []string) bool {
	for _, w := range words {
		if len(w) > 1 && !digit(w[0]) && w != "–" {
			return false
		}
	}
	return true
}

// Plate returns what the property's house-number plate shows, "14", "10–16" or
// "8–8b": the range of the numbers in its first street. Buildings may come in
// any order; without any number it is "".
func Plate(list []Building) string {
	streets := byStreet(list)
	if len(streets) == 0 {
		return ""
	}
	return numbers(streets[0])
}

// NameOf returns a name for a property that the list gives none: its streets
// with their range of numbers, "Ahornallee 10–16, Werkhof 3"; "" without
// buildings.
func NameOf(list []Building) string {
	var parts []string
	for _, s := range byStreet(list) {
		if name := strings.TrimSpace(s[0].Street + " " + numbers(s)); name != "" {
			parts = append(parts, name)
		}
	}
	return strings.Join(parts, ", ")
}

// byStreet groups buildings by street, both in the order of a walk.
func byStreet(list []Building) [][]Building {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b Building) int { return strings.Compare(a.sortKey(), b.sortKey()) })
	var out [][]Building
	for _, b := range list {
		if n := len(out); n > 0 && streetKey(out[n-1][0].Street) == streetKey(b.Street) {
			out[n-1] = append(out[n-1], b)
		} else {
			out = append(out, []Building{b})
		}
	}
	return out
}

// numbers writes the house numbers of one street, sorted, as a range.
func numbers(list []Building) string {
	first, last := "", ""
	for _, b := range list {
		if n := strings.TrimSpace(b.HouseNumber); n != "" {
			if first == "" {
				first = n
			}
			last = n
		}
	}
	if NumberKey(first) == NumberKey(last) {
		return first
	}
	if from, _, ok := cutRange(first); ok {
		first = from
	}
	if _, to, ok := cutRange(last); ok {
		last = to
	}
	return first + "–" + last
}

// cutRange takes "10–16" or "10-16" apart.
func cutRange(s string) (from, to string, ok bool) {
	i := strings.IndexAny(s, "-–")
	if i < 0 {
		return s, s, false
	}
	return strings.TrimSpace(s[:i]), strings.TrimSpace(strings.TrimLeft(s[i:], "-–")), true
}
