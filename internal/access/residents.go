package access

import (
	"context"
	"strings"
	"time"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fold"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// PageRows is how many rows a page of the residents' table has.
const PageRows = 25

// Filter narrows the residents' table. The zero Filter shows the first page of
// everybody whose lease runs or is to come.
type Filter struct {
	Text      string // names, or part of the unit
	Stairwell string
	State     State // Ended shows past leases, "" all but them
	Need      bool  // only whom the button above the table would write to (K15)
	Page      int   // from 1; 0 is 1
}

// Resident is a row: one person in one lease.
type Resident struct {
	Person    portfolio.Person // id and name
	LeaseID   string
	Role      string
	From, To  string // days of the person in the lease; To is portfolio.Forever when open
	Unit      portfolio.Unit
	Building  portfolio.Building // street and number
	State     State
	Since     time.Time // when the state began
	Until     time.Time // pending, expired: when the code runs or ran out
	Channel   Channel   // how the last code travelled, "" for none
	Entitled  bool      // whether the person may have an own access (A21, X8)
	startsOn  string
	leaseTill string
}

// Residents is one page of the table with all that stands around it.
type Residents struct {
	PropertyID string
	Property   string
	PortalOn   bool // of organisation and property
	Checklist  bool // confirmed (K3)
	Rows       []Resident
	Total      int // rows that the filter leaves
	Page       int
	Pages      int
	Units      int
	Persons    int           // with a lease that runs or is to come
	States     map[State]int // persons per state; Ended counts those who have past leases only
	Need       int           // persons for the button above the table (K15)
	NeedMore   int           // the same with those whose code still runs
	Stairwells []string
	Batches    []Batch // newest first, at most three
	lines      int     // rows without a filter
}

// Residents lists the residents of a property with the state of their access
// (K4–K6, K15, K16). Staff see the properties of their limits. It needs
// ReadPortfolio.
func (s *Service) Residents(ctx context.Context, by actor.Actor, propertyID string, f Filter) (out Residents, err error) {
	if err := by.Must(actor.ReadPortfolio); err != nil {
		return out, err
	}
	err = s.db.Read(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		p, err := propertyWithin(tx, by, propertyID)
		if err != nil {
			return err
		}
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		out = Residents{PropertyID: p.ID, Property: p.Name, PortalOn: o.PortalOn && p.PortalOn}
		now := s.now()
		if err := s.around(tx, &out, o, now); err != nil {
			return err
		}
		return out.rows(tx, o, now, f)
	})
	return out, err
}

// figures are what a property's page says beside the rows; Memo holds them.
type figures struct {
	states         map[State]int
	persons, lines int
	need, needMore int
	stairwells     []string
	units          int
}

// figuresKey is all that figures depend on beside the property's data.
type figuresKey struct {
	property, today string
	who             orgs.Registrants
}

// around reads the figures and choices beside the rows.
func (s *Service) around(tx *store.Tx, out *Residents, o orgs.Org, now time.Time) (err error) {
	if _, out.Checklist, err = ChecklistOf(tx, out.PropertyID); err != nil {
		return err
	}
	key := figuresKey{out.PropertyID, o.Today(now), o.Settings.WhoMayRegister}
	f, err := s.figures.Get(tx.State(), key, now, func() (figures, error) { return figuresOf(tx, o, now, out.PropertyID) })
	if err != nil {
		return err
	}
	out.States, out.Persons, out.lines, out.Need, out.NeedMore = f.states, f.persons, f.lines, f.need, f.needMore
	out.Stairwells, out.Units = f.stairwells, f.units
	rows, err := store.All(tx, batchesOf, (*batchRow).dest, out.PropertyID, 3)
	for i := range rows {
		out.Batches = append(out.Batches, rows[i].batch())
	}
	return err
}

// figuresOf counts persons and units by a walk through the property.
func figuresOf(tx *store.Tx, o orgs.Org, now time.Time, propertyID string) (f figures, err error) {
	type sum struct {
		state          State
		needs          bool
		persons, lines int
	}
	need := needsArgs(o, now, propertyID, false, false) // property, today, soon, plus, …
	sums, err := store.All(tx, residentSums, func(s *sum) []any { return []any{&s.state, &s.needs, &s.persons, &s.lines} },
		need[0], need[1], store.Micros(now), need[2], need[3])
	if err != nil {
		return f, err
	}
	f.states = map[State]int{}
	for _, s := range sums {
		f.states[s.state] += s.persons
		f.lines += s.lines
		if s.state != Ended {
			f.persons += s.persons
		}
		switch {
		case !s.needs:
		case s.state == NoAccess, s.state == Requested, s.state == Expired:
			f.need += s.persons
			f.needMore += s.persons
		case s.state == Pending:
			f.needMore += s.persons
		}
	}
	var stair string
	var units int
	err = store.Each(tx, stairwells, []any{&stair, &units}, func() error {
		f.units += units
		f.stairwells = append(f.stairwells, stair)
		return nil
	}, propertyID)
	return f, err
}

func (out *Residents) rows(tx *store.Tx, o orgs.Org, now time.Time, f Filter) (err error) {
	if !f.State.Valid() {
		f.State = ""
	}
	args := []any{out.PropertyID, o.Today(now), store.Micros(now), fold.Text(f.Text), f.Stairwell, string(f.State),
		f.Need, soon(o, now), o.Settings.WhoMayRegister == orgs.PlusListedResidents}
	if out.Total = out.lines; args[3] != "" || f.Stairwell != "" || f.State != "" || f.Need {
		if out.Total, err = store.Value[int](tx, residentCount, args...); err != nil {
			return err
		}
	}
	out.Pages = max(1, (out.Total+PageRows-1)/PageRows)
	out.Page = min(max(1, f.Page), out.Pages)
	type row struct {
		r            Resident
		from, to     string
		since, until int64
	}
	rows, err := store.All(tx, residentRows, func(x *row) []any {
		p := &x.r.Person
		return []any{&p.ID, &p.Title, &p.FirstName, &p.LastName, &p.CompanyName, &x.r.LeaseID, &x.r.Role, &x.r.startsOn, &x.r.leaseTill, &x.from, &x.to,
			&x.r.Unit.ID, &x.r.Unit.Label, &x.r.Unit.Floor, &x.r.Unit.Stairwell, &x.r.Unit.Usage, &x.r.Unit.UVINeeded,
			&x.r.Building.Street, &x.r.Building.HouseNumber, &x.r.State, &x.since, &x.until, &x.r.Channel}
	}, append(args, PageRows, (out.Page-1)*PageRows)...)
	for _, x := range rows {
		r := x.r
		r.Unit.PropertyID = out.PropertyID
		r.From, r.To = max(r.startsOn, x.from), min(r.leaseTill, x.to)
		r.Since, r.Until = store.Time(x.since), store.Time(x.until)
		r.Entitled = mayRegister(r.Role, o.Settings.WhoMayRegister)
		out.Rows = append(out.Rows, r)
	}
	return err
}

// Date is the instant that stands beside the state: when a code runs or ran
// out, else since when; zero when there is nothing to say.
func (r Resident) Date() time.Time {
	if r.State == Expired {
		return r.Until
	}
	return r.Since
}

// Name is the person's name as the table shows it.
func (r Resident) Name() string { return strings.TrimSpace(r.Person.DisplayName()) }
