package sheet

import (
	"math"
	"strings"
	"time"
)

// SerialDay turns the number by which a workbook counts days into an ISO day;
// the time of day is dropped. base1904 is Row.Base1904. ok is false for numbers
// that are no day: below 1, above 9999-12-31, and 60, the 29 February 1900 that
// only Excel knows.
func SerialDay(serial float64, base1904 bool) (day string, ok bool) {
	const last = 2958465 // 9999-12-31
	if math.IsNaN(serial) || serial < 1 && !base1904 || serial < 0 || serial >= last+1 {
		return "", false
	}
	n := int(math.Floor(serial))
	var epoch time.Time
	switch {
	case base1904:
		if n > last-1462 {
			return "", false
		}
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case n < 60:
		epoch = time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC)
	case n == 60:
		return "", false
	default:
		epoch = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	}
	return epoch.AddDate(0, 0, n).Format(time.DateOnly), true
}

func isISODay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// builtinDay are the number formats that are days without being described in
// the workbook (ECMA-376 part 1, 18.8.30, with those of East Asian editions).
func builtinDay(id int) bool {
	return id >= 14 && id <= 17 || id == 22 || id >= 27 && id <= 31 || id == 36 || id >= 50 && id <= 54 || id >= 57 && id <= 58
}

// isDayFormat says whether a number format shows a day: it has a year or a day
// in it, or a month without hours and seconds. Quoted text, escaped characters
// and what stands in brackets do not count; J and T are what German programs
// wrongly write for year and day.
func isDayFormat(code string) bool {
	code, _, _ = strings.Cut(code, ";")
	code = strings.ToLower(code)
	if strings.Contains(code, "general") || strings.Contains(code, "standard") {
		return false
	}
	var day, month, clock bool
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case '"':
			i = skipTo(code, i+1, '"')
		case '[':
			i = skipTo(code, i+1, ']')
		case '\\', '_', '*':
			i++
		case 'y', 'd', 'j', 't':
			day = true
		case 'm':
			month = true
		case 'h', 's':
			clock = true
		case '0', '#', '?', '@':
			if !clock && !month && !day {
				return false
			}
		}
	}
	return day || month && !clock
}

func skipTo(s string, from int, end byte) int {
	if from > len(s) {
		return len(s)
	}
	if i := strings.IndexByte(s[from:], end); i >= 0 {
		return from + i
	}
	return len(s)
}
