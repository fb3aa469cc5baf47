package portfolio

import "time"

// Forever is the day that stands in the database for "open": no lease lasts
// longer, and as a text it sorts after every other day.
const Forever = "9999-12-31"

// DefaultZone is the time zone of an organisation that has not chosen one.
const DefaultZone = "Europe/Berlin"

// Today returns the day that it is at the instant now in the organisation's
// time zone (an IANA name; unknown or empty is DefaultZone). Leases begin and
// end at midnight of that zone, whatever the server's clock is set to.
func Today(now time.Time, zone string) string {
	if zone == "" {
		zone = DefaultZone
	}
	loc, err := time.LoadLocation(zone)
	if err != nil || zone == "Local" {
		if loc, err = time.LoadLocation(DefaultZone); err != nil {
			loc = time.UTC // a machine without time zone data
		}
	}
	return now.In(loc).Format(time.DateOnly)
}

// ValidDay tells whether s is a day of the calendar written YYYY-MM-DD.
func ValidDay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// monthsBefore returns the same day n months earlier, or the last day of that
// month when it is shorter: three months before 31 May is 28 or 29 February.
func monthsBefore(day string, n int) (string, error) {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return "", err
	}
	first := time.Date(t.Year(), t.Month()-time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1).Format(time.DateOnly), nil
}

// until returns the last day of something that may be open.
func until(day string) string {
	if day == "" {
		return Forever
	}
	return day
}
