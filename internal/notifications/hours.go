package notifications

import (
	"time"
)

// due tells when a mail or push of something that is not urgent leaves: now, or
// at the end of the quiet hours.
func (p Policy) due(now time.Time) time.Time {
	from, okFrom := clockOf(p.QuietFrom)
	to, okTo := clockOf(p.QuietTo)
	if !okFrom || !okTo || from == to {
		return now
	}
	local := now.In(p.zone())
	at := local.Hour()*60 + local.Minute()
	quiet := from <= at && at < to
	if from > to { // over midnight
		quiet = at >= from || at < to
	}
	if !quiet {
		return now
	}
	return next(local, to)
}

// digest is the next moment at which collected notices are mailed.
func (p Policy) digest(now time.Time) time.Time {
	at, ok := clockOf(p.DigestAt)
	if !ok {
		return p.due(now)
	}
	return next(now.In(p.zone()), at)
}

func (p Policy) zone() *time.Location {
	if p.Zone == nil {
		return time.UTC
	}
	return p.Zone
}

// next is the first moment after local at which the clock shows that minute of
// the day. On a day whose clock leaves it out it is the moment that time.Date
// makes of it.
func next(local time.Time, minute int) time.Time {
	for days := 0; ; days++ {
		t := time.Date(local.Year(), local.Month(), local.Day()+days, minute/60, minute%60, 0, 0, local.Location())
		if t.After(local) {
			return t
		}
	}
}

// clockOf reads "07:00" as a minute of the day.
func clockOf(s string) (minute int, ok bool) {
	t, err := time.Parse("15:04", s)
	return t.Hour()*60 + t.Minute(), err == nil
}
