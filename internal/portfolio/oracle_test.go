package portfolio

import (
	"slices"
	"time"

	"foyer/internal/orgs"
)

// The oracle says who may see what, person by person and sentence by sentence,
// without a look at the SQL. Days are counted numbers here. It is slow and
// plain on purpose.

type oracle struct {
	world world
	rule  Rule
}

func number(day string) int {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return int(t.Unix() / 86400)
}

// part is one membership with everything around it.
type part struct {
	role        string
	lease       Lease
	unit        Unit
	begins      int // first day that counts
	stops       int // last day that counts
	leftEarly   bool
	joinedLater bool
}

// parts are the memberships of a person on which anything can rest today.
func (o oracle) parts(person string) []part {
	var out []part
	for _, m := range o.world.members {
		if m.PersonID != person {
			continue
		}
		l := o.world.lease(m.LeaseID)
		p := part{role: m.Role, lease: l, unit: o.world.unit(l.UnitID), begins: number(m.FromDay), stops: number(m.ToDay)}
		leaseBegins, leaseStops := number(l.StartsOn), number(Forever)
		if l.EndsOn != "" {
			leaseStops = number(l.EndsOn)
		}
		p.joinedLater = p.begins > leaseBegins
		p.leftEarly = p.stops < leaseStops
		if p.begins < leaseBegins {
			p.begins = leaseBegins
		}
		if p.stops > leaseStops {
			p.stops = leaseStops
		}
		if p.begins > p.stops {
			continue // never in it on any day
		}
		if p.stops < number(o.rule.Today) && !o.keeps(p.stops) {
			continue // out, and nothing is left to them
		}
		out = append(out, p)
	}
	return out
}

// keeps tells whether somebody whose last day was stops may still look back.
func (o oracle) keeps(stops int) bool {
	if o.rule.MovedOut != orgs.MovedOutOwnPeriod {
		return false
	}
	today, _ := time.Parse(time.DateOnly, o.rule.Today)
	year, month, day := today.Date()
	for range o.rule.Months {
		month--
		if month == 0 {
			year, month = year-1, 12
		}
	}
	for day > daysIn(year, month) {
		day--
	}
	return stops >= int(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix()/86400)
}

func daysIn(year int, month time.Month) int {
	switch month {
	case time.February:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case time.April, time.June, time.September, time.November:
		return 30
	}
	return 31
}

func (o oracle) sees(person string, a Audience) bool {
	parts := o.parts(person)
	if len(parts) == 0 {
		return false // belongs to nothing any more, or not yet
	}
	if a.Author == person {
		return true
	}
	if a.Kind == ToPerson {
		return a.ID == person
	}
	day := number(o.rule.Today)
	if a.Day != "" {
		day = number(a.Day)
	}
	return slices.ContainsFunc(parts, func(p part) bool { return o.reaches(p, a, day) })
}

// reaches judges an item that is not addressed to a single person.
func (o oracle) reaches(p part, a Audience, day int) bool {
	there := day >= p.begins && day <= p.stops
	resident := p.role != Owner
	switch a.Kind {
	case ToLease:
		if p.lease.ID != a.ID {
			return false
		}
		if p.role == CoResident || p.role == Owner && p.lease.Kind == Rental {
			return false
		}
		if p.stops >= number(o.rule.Today) {
			return true // a party of today or of the future: all of the lease
		}
		if p.joinedLater && day < p.begins {
			return false // was the predecessor's
		}
		if p.leftEarly && day > p.stops {
			return false // is the business of those who stayed
		}
		return true
	case ToUnit:
		return p.role == ContractParty && p.unit.ID == a.ID && there
	case ToStairwell:
		return resident && p.unit.BuildingID+"/"+p.unit.Stairwell == a.ID && there
	case ToBuilding:
		return resident && p.unit.BuildingID == a.ID && there
	case ToProperty:
		return resident && p.unit.PropertyID == a.ID && there
	case ToEveryone:
		return resident && there
	case ToOwners:
		return p.role == Owner && p.unit.PropertyID == a.ID && there
	}
	panic("unknown kind " + a.Kind)
}
