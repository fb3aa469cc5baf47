package cases

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"foyer/internal/orgs"
)

// calendar writes an appointment as an iCalendar object with one event: RFC 5545
// §3.4, §3.6.1. Times are UTC (§3.3.5, form 2), so no VTIMEZONE is needed.
func calendar(o orgs.Org, c Case, a Appointment, now time.Time) ([]byte, error) {
	at := func(clock string) (string, error) {
		t, err := time.ParseInLocation("2006-01-02 15:04", a.Day+" "+clock, o.Location())
		return t.UTC().Format("20060102T150405Z"), err
	}
	from, err := at(a.From)
	if err != nil {
		return nil, fmt.Errorf("appointment %s: %w", a.ID, err)
	}
	till, err := at(a.Till)
	if err != nil {
		return nil, fmt.Errorf("appointment %s: %w", a.ID, err)
	}
	method, status := "PUBLISH", "CONFIRMED"
	if a.State != Set {
		method, status = "CANCEL", "CANCELLED"
	}
	var b strings.Builder
	for _, line := range []string{
		"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Foyer//Cases//EN", "METHOD:" + method, "BEGIN:VEVENT",
		"UID:" + a.ID + "@foyer", fmt.Sprintf("SEQUENCE:%d", a.Version), "DTSTAMP:" + now.UTC().Format("20060102T150405Z"), "DTSTART:" + from, "DTEND:" + till,
		"SUMMARY:" + escape(a.Who+": "+c.Subject), "LOCATION:" + escape(c.Place), "DESCRIPTION:" + escape(strings.TrimSpace(a.Note+"\n"+o.Name+" · "+c.Ref)),
		"STATUS:" + status, "END:VEVENT", "END:VCALENDAR",
	} {
		foldLine(&b, line)
	}
	return []byte(b.String()), nil
}

// escape writes a TEXT value: RFC 5545 §3.3.11.
func escape(s string) string {
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`).Replace(s)
}

// foldLine writes a content line in pieces of at most 75 octets: RFC 5545 §3.1.
func foldLine(b *strings.Builder, line string) {
	width := 75
	for len(line) > width {
		n := width
		for n > 0 && !utf8.RuneStart(line[n]) {
			n--
		}
		b.WriteString(line[:n] + "\r\n ")
		line, width = line[n:], 74
	}
	b.WriteString(line + "\r\n")
}
