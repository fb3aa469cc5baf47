package residentlist

import "strings"

// trap says what a spreadsheet's habit to make days of short texts does to a
// column.
type trap uint8

const (
	noTrap  trap = iota
	nameOf       // house numbers and labels: what looks like a day was none
	numbers      // references: what looks like a day may be a number of an ERP
)

var traps = func() (t [fPostHouseNumber + 1]trap) {
	t[fHouseNumber], t[fPostHouseNumber], t[fUnitLabel] = nameOf, nameOf, nameOf
	t[fPropertyRef], t[fUnitRef], t[fLeaseRef], t[fPersonRef] = numbers, numbers, numbers, numbers
	return t
}()

// likeness tells how much a text looks like a day.
type likeness uint8

const (
	noDay likeness = iota
	slashDay
	maybeDay
	sureDay
)

// trapped looks for what spreadsheets write for "1-3" or "5/24" when the list
// goes through them as text. The value is lost when that rejects the row.
func (p *Parser) trapped(c field, text string) (lost bool) {
	if traps[c] == noTrap {
		return false
	}
	like := dayLike(text)
	switch {
	case like == sureDay || like != noDay && traps[c] == nameOf:
		p.wrong(c, KeyBecameDay, text)
		return true
	case like == maybeDay:
		p.doubt(c, KeyLooksLikeDay, text)
	}
	return false
}

// dayLike compares a text with the forms that spreadsheets show: a day and a
// month by its name (01. Mrz, 1-Mar) is surely one, a month and a year (Mar-01,
// Mai 24) or 01.03.2024 maybe; 01/03/2024 and 2024-03-01 are common numbers too.
func dayLike(s string) likeness {
	if len(s) < 5 || len(s) > 20 {
		return noDay
	}
	if name := firstWord(s); name != "" {
		if months[normal(name)] == 0 || name[0] >= 'a' || name[1] < 'a' {
			return noDay
		}
		return aroundMonth(s, name)
	}
	s = strings.TrimSuffix(s, " 00:00:00")
	sep, like := strings.Trim(s, "0123456789"), slashDay
	switch {
	case strings.HasPrefix(sep, "."):
		like = maybeDay
	case strings.HasPrefix(sep, "/"), strings.HasPrefix(sep, "-") && len(s) >= 10 && s[4] == '-':
	default:
		return noDay
	}
	part := strings.Split(s, sep[:1])
	if len(part) != 3 || max(len(part[0]), len(part[2])) != 4 {
		return noDay
	}
	y, m, d, ok := orderDay([3]string(part))
	if !ok || y < 1900 || y >= 2200 || m > 12 || d > daysIn(y, m) {
		return noDay
	}
	return like
}

// firstWord is the first run of letters, at least three of them.
func firstWord(s string) string {
	isLetter := func(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80 }
	from := 0
	for from < len(s) && !isLetter(s[from]) {
		from++
	}
	to := from
	for to < len(s) && isLetter(s[to]) {
		to++
	}
	if to-from < 3 {
		return ""
	}
	return s[from:to]
}

// aroundMonth: before or behind the name of a month stand only a day, a year
// and one separator to each, at least one of them.
func aroundMonth(s, name string) likeness {
	before, behind, _ := strings.Cut(s, name)
	day, year := strings.TrimRight(before, ".- "), strings.TrimLeft(behind, ".- ")
	if strings.Trim(day+year, "0123456789") != "" || len(before)-len(day) > 2 || len(behind)-len(year) > 2 {
		return noDay
	}
	isYear := len(year) == 2 || len(year) == 4
	if day == "" {
		if len(before) == 0 && len(behind) > len(year) && isYear {
			return maybeDay
		}
		return noDay
	}
	if n := number(day); len(day) <= 2 && n >= 1 && n <= 31 && len(before) > len(day) && (year == "" || isYear) {
		return sureDay
	}
	return noDay
}
