package noticeboard

import (
	"strings"
	"time"

	"foyer/internal/platform/fault"
	"foyer/internal/portfolio"
)

// Notice is a notice to a house.
type Notice struct {
	ID         string
	PropertyID string
	Audience   portfolio.Audience // a stairwell, a building or a property, without a day
	Title      string
	Body       string // paragraphs, parted by blank lines
	Urgent     bool
	From       string // first day on which it hangs, YYYY-MM-DD
	Until      string // last day
	Outage     Outage
	State      State
	Version    int
	Hold       bool   // kept whatever the retention says
	Reach      int    // persons who could read it when it was published
	Read       int    // of them who have opened it
	Author     string // name of the staff member
	CreatedAt  time.Time
	Published  time.Time
	Ended      time.Time // withdrawn
	Where      string    // "Ahornallee 14, Aufgang A" or the property's name
	Property   string
}

// Outage is something in the house that will not work for a while; the zero
// value is none.
type Outage struct {
	Kind     OutageKind
	From, To time.Time
}

// OutageKind is what does not work.
type OutageKind string

// The kinds.
const (
	HotWater  OutageKind = "hot_water"
	ColdWater OutageKind = "cold_water"
	Heating   OutageKind = "heating"
	Power     OutageKind = "power"
	Lift      OutageKind = "lift"
	Internet  OutageKind = "internet"
	Other     OutageKind = "other"
)

// OutageKinds lists the kinds in the order of the form.
var OutageKinds = []OutageKind{HotWater, ColdWater, Heating, Power, Lift, Internet, Other}

// State is how far a notice is.
type State string

// The states.
const (
	Draft     State = "draft"
	Planned   State = "planned"
	Published State = "published"
	Withdrawn State = "withdrawn"
)

// Hangs tells whether residents see the notice on a day.
func (n Notice) Hangs(today string) bool {
	return n.State == Published && n.From <= today && today <= n.Until
}

// Locked tells whether the notice can no longer be changed.
func (n Notice) Locked() bool { return n.State == Published || n.State == Withdrawn }

// Input is what staff write.
type Input struct {
	PropertyID  string
	Place       string // "property", "building:<id>" or "stairwell:<building>/<name>"
	Title, Body string
	Urgent      bool
	From, Until string // days
	Outage      OutageKind
	// OutageFrom and OutageTo are times of the organisation's clock,
	// "2026-11-17T09:00".
	OutageFrom, OutageTo string
}

// Limits of what is written, in characters and days.
const (
	MaxTitle = 120
	MaxBody  = 4000
	MaxDays  = 366
)

// clockLayout is how a browser writes a day with a time.
const clockLayout = "2006-01-02T15:04"

// audience reads where the notice hangs.
func (in Input) audience() (portfolio.Audience, bool) {
	kind, id, _ := strings.Cut(in.Place, ":")
	switch {
	case kind == "property" && id == "":
		return portfolio.Audience{Kind: portfolio.ToProperty, ID: in.PropertyID}, true
	case kind == "building" && id != "":
		return portfolio.Audience{Kind: portfolio.ToBuilding, ID: id}, true
	case kind == "stairwell" && strings.Contains(id, "/"):
		return portfolio.Audience{Kind: portfolio.ToStairwell, ID: id}, true
	}
	return portfolio.Audience{}, false
}

// PlaceOf is the Input.Place of an audience.
func PlaceOf(a portfolio.Audience) string {
	switch a.Kind {
	case portfolio.ToBuilding, portfolio.ToStairwell:
		return string(a.Kind) + ":" + a.ID
	}
	return "property"
}

// check tells everything that is wrong and returns the notice's own part.
func (in Input) check(today string, zone *time.Location) (Notice, error) {
	var bad fault.Invalid
	n := Notice{PropertyID: in.PropertyID, Title: strings.TrimSpace(in.Title), Body: strings.TrimSpace(in.Body), Urgent: in.Urgent, From: in.From, Until: in.Until}
	var ok bool
	if n.Audience, ok = in.audience(); !ok {
		bad.Add("place", "noticeboard.place")
	}
	length(&bad, "title", n.Title, MaxTitle)
	length(&bad, "body", n.Body, MaxBody)
	switch {
	case !portfolio.ValidDay(in.From):
		bad.Add("from", "noticeboard.day")
	case in.From < today:
		bad.Add("from", "noticeboard.past")
	}
	switch first, err := time.Parse(time.DateOnly, in.From); {
	case !portfolio.ValidDay(in.Until):
		bad.Add("until", "noticeboard.day")
	case err == nil && in.Until < in.From:
		bad.Add("until", "noticeboard.before")
	case err == nil && in.Until > first.AddDate(0, 0, MaxDays).Format(time.DateOnly):
		bad.Add("until", "noticeboard.long", "days", MaxDays)
	}
	n.Outage = in.outage(&bad, zone)
	return n, bad.Err()
}

func (in Input) outage(bad *fault.Invalid, zone *time.Location) Outage {
	if in.Outage == "" {
		return Outage{}
	}
	o := Outage{Kind: in.Outage}
	known := false
	for _, k := range OutageKinds {
		known = known || k == in.Outage
	}
	if !known {
		bad.Add("outage", "noticeboard.choice")
	}
	var err error
	if o.From, err = time.ParseInLocation(clockLayout, in.OutageFrom, zone); err != nil {
		bad.Add("outage_from", "noticeboard.time")
	}
	if o.To, err = time.ParseInLocation(clockLayout, in.OutageTo, zone); err != nil {
		bad.Add("outage_to", "noticeboard.time")
	} else if !o.From.IsZero() && !o.From.Before(o.To) {
		bad.Add("outage_to", "noticeboard.before")
	}
	return o
}

// Clock writes an instant as Input.OutageFrom has it; "" for none.
func Clock(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format(clockLayout)
}

func length(bad *fault.Invalid, name, text string, max int) {
	switch n := len([]rune(text)); {
	case n == 0:
		bad.Add(name, "noticeboard."+name+".missing")
	case n > max:
		bad.Add(name, "noticeboard.too_long", "max", max)
	}
}

// Paragraphs parts a text at its blank lines.
func Paragraphs(body string) []string {
	var list []string
	for _, p := range strings.Split(body, "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			list = append(list, p)
		}
	}
	return list
}
