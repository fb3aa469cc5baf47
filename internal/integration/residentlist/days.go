package residentlist

import (
	"strconv"
	"strings"

	"foyer/internal/integration/sheet"
)

// Days of leases lie between these; ERPs write later years for "open".
const (
	firstDay  = "1900-01-01"
	lastDay   = "2199-12-31"
	openYear  = 2900
	minSerial = 10_000 // 1927-05-18; smaller numbers in a column of days are years or amounts
)

var months = func() map[string]int {
	m := map[string]int{"maer": 3, "mrz": 3, "mai": 5, "okt": 10, "dez": 12, "jaen": 1, "jaenner": 1, "feber": 2, "sept": 9}
	for i, names := range [][]string{{"januar", "january"}, {"februar", "february"}, {"maerz", "march"}, {"april"}, {"mai", "may"}, {"juni", "june"}, {"juli", "july"}, {"august"}, {"september"}, {"oktober", "october"}, {"november"}, {"dezember", "december"}} {
		for _, n := range names {
			m[n], m[n[:3]] = i+1, i+1
		}
	}
	return m
}()

// day reads the day of a cell. open says that the year means "no end". key is
// the problem, "" if there is none; an empty cell gives "".
func day(text string, kind sheet.Kind, base1904 bool) (iso string, open bool, key string) {
	switch {
	case text == "":
		return "", false, ""
	case kind == sheet.Number && !(len(text) == 8 && digits(text)):
		n, err := strconv.ParseFloat(text, 64)
		iso, ok := sheet.SerialDay(n, base1904)
		if err != nil || !ok || n < minSerial && !base1904 {
			return "", false, KeyDay
		}
		return inRange(iso)
	}
	y, m, d, ok := splitDay(text)
	if !ok {
		if emptyDay(text) {
			return "", false, ""
		}
		return "", false, KeyDay
	}
	if y >= openYear {
		return "", true, ""
	}
	if m > 12 || d > daysIn(y, m) {
		return "", false, KeyImpossibleDay
	}
	return inRange(isoDay(y, m, d))
}

func inRange(iso string) (string, bool, string) {
	if iso < firstDay || iso > lastDay {
		if iso >= strconv.Itoa(openYear) {
			return "", true, ""
		}
		return "", false, KeyDayRange
	}
	return iso, false, ""
}

func daysIn(year, month int) int {
	switch {
	case month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0):
		return 29
	case month == 2:
		return 28
	case month == 4 || month == 6 || month == 9 || month == 11:
		return 30
	}
	return 31
}

// emptyDay: zeros, as some ERPs write them, or words for "none".
func emptyDay(s string) bool {
	return strings.Trim(s, "0.-/: ") == "" || saysNothing(s)
}

func isoDay(y, m, d int) string {
	b := [10]byte{'0' + byte(y/1000%10), '0' + byte(y/100%10), '0' + byte(y/10%10), '0' + byte(y%10), '-', '0' + byte(m/10), '0' + byte(m%10), '-', '0' + byte(d/10), '0' + byte(d%10)}
	return string(b[:])
}

// splitDay takes a written day apart: 1.3.2026, 1.3.26, 01/03/2026, 1-3-2026,
// 2026-03-01, 20260301, 1. März 2026, March 1, 2026; a time of day behind it
// is dropped. Day comes before month wherever both are numbers behind each
// other: month first is not written here.
func splitDay(s string) (y, m, d int, ok bool) {
	if len(s) == 8 && digits(s) {
		y, m, d = number(s[:4]), number(s[4:6]), number(s[6:])
		return y, m, d, m > 0 && d > 0
	}
	if i := strings.IndexAny(s, "T"); i == 10 && s[4] == '-' {
		s = s[:i]
	}
	var part [3]string
	n := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c == '.' || c == '/' || c == '-' || c == ' ' || c == ',' {
			i++
			continue
		}
		j := i
		for j < len(s) && !(s[j] == '.' || s[j] == '/' || s[j] == '-' || s[j] == ' ' || s[j] == ',') {
			j++
		}
		if n == 3 {
			if !isClock(s[i:]) {
				return 0, 0, 0, false
			}
			break
		}
		part[n] = s[i:j]
		n++
		i = j
	}
	if n != 3 {
		return 0, 0, 0, false
	}
	return orderDay(part)
}

func orderDay(part [3]string) (y, m, d int, ok bool) {
	a, b, c := part[0], part[1], part[2]
	switch {
	case digits(a) && digits(b) && digits(c) && len(a) == 4:
		y, m, d = number(a), number(b), number(c)
	case digits(a) && digits(b) && digits(c):
		y, m, d = year(c), number(b), number(a)
	case digits(a) && digits(c):
		y, m, d = year(c), months[normal(b)], number(a)
		if m == 0 {
			return 0, 0, 0, false
		}
	case digits(b) && digits(c) && months[normal(a)] > 0:
		y, m, d = year(c), months[normal(a)], number(b)
	default:
		return 0, 0, 0, false
	}
	return y, m, d, y >= 0 && m > 0 && d > 0 && len(a) <= 9 && len(b) <= 9 && (len(a) == 4 || len(c) == 2 || len(c) == 4)
}

// year completes two digits: 70 to 99 are of the last century.
func year(s string) int {
	n := number(s)
	switch {
	case len(s) != 2:
		return n
	case n >= 70:
		return 1900 + n
	}
	return 2000 + n
}

func isClock(s string) bool {
	return strings.Contains(s, ":") && strings.Trim(s, "0123456789:. ZUhrAPM+") == ""
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// number reads at most nine digits; more are no day and give -1.
func number(s string) int {
	if len(s) > 9 {
		return -1
	}
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}
