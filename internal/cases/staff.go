package cases

import (
	"context"
	"slices"
	"strings"
	"time"

	"foyer/internal/conversations"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/search"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// zero is no instant.
var zero time.Time

// MayStaff tells whether a case is within a staff member's limits: the
// properties, and for a caretaker only what is assigned to him.
func MayStaff(by actor.Actor, c Case) bool {
	return by.MayProperty(c.PropertyID) && (by.Role() != actor.Caretaker || c.AssigneeID == by.ID())
}

// forStaff returns a case that the staff member may see: also a report under a
// case of which that is so.
func (s *Service) forStaff(tx *store.Tx, by actor.Actor, id string) (Case, error) {
	c, err := ByID(tx, id)
	if err != nil {
		return Case{}, err
	}
	if c.LeadID != "" && by.Role() == actor.Caretaker {
		lead, err := ByID(tx, c.LeadID)
		if err != nil {
			return Case{}, err
		}
		c.AssigneeID = lead.AssigneeID
	}
	if !MayStaff(by, c) {
		return Case{}, fault.NotFound("case")
	}
	return c, nil
}

// Filter narrows the list of staff down.
type Filter struct {
	Status   string // a Status, "" = not done, "all"
	Property string
	Category string // of either level
	Assignee string // staff id, "-" = nobody
	Overdue  bool
	Query    string // words that subject, people, place, number or messages have
	Sort     string // "" = urgent ones first, then newest; "last" = newest change; "due" = next due day
	After    Cursor
}

// List lists cases within the actor's limits, 25 a page. It needs ReadCases.
func (s *Service) List(ctx context.Context, by actor.Actor, f Filter) (l Listing, err error) {
	defer fault.Wrap(&err, "list cases")
	if err := by.Must(actor.ReadCases); err != nil {
		return Listing{}, err
	}
	if f.Property != "" && !by.MayProperty(f.Property) {
		return Listing{}, fault.NotFound("property")
	}
	words := search.Parse(f.Query)
	if strings.TrimSpace(f.Query) != "" && words.Empty() {
		return Listing{}, nil
	}
	key := listKey{open: f.Status == "", order: f.Sort}
	if f.Sort != "last" && f.Sort != "due" {
		key.order = ""
	}
	status := f.Status
	if !slices.Contains(Statuses, Status(status)) {
		status = ""
	}
	assignee := f.Assignee
	if by.Role() == actor.Caretaker {
		assignee = by.ID()
	}
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		due := ""
		if f.Overdue {
			o, err := orgs.Load(tx)
			if err != nil {
				return err
			}
			due = o.Today(s.Now())
		}
		args := []any{by.Account(), assignee, f.Category, status, due, f.After.first(key.order), f.After.ID}
		args = append(args, words.Args()...)
		ids, few, err := search.Few(tx, conversations.SearchKind, words)
		if err != nil {
			return err
		}
		switch {
		case few:
			key.way, args = ofIDs, append(args, store.Spread(ids))
		case f.Property != "":
			key.way, args = ofProperties, append(args, store.Spread([]string{f.Property}))
		case assignee != "" && assignee != "-":
			key.way, args = ofAssignee, append(args, store.Spread([]string{assignee}))
		case by.Limited():
			key.way, args = ofProperties, append(args, store.Spread(by.Properties()))
		}
		rows, err := store.All(tx, staffLists[key], (*row).destStaff, args...)
		if err != nil {
			return err
		}
		l = listing(rows, key.order)
		l.Rows = slices.DeleteFunc(l.Rows, func(r Row) bool { return !MayStaff(by, r.Case) || f.Property != "" && r.PropertyID != f.Property })
		return nil
	})
	return l, err
}

// first is the cursor as an argument of a list in an order.
func (c Cursor) first(order string) any {
	if order == "due" {
		if !portfolio.ValidDay(c.At) {
			return ""
		}
		return c.At
	}
	return c.number(1 << 62)
}

// Counts are figures of what is not done.
type Counts struct {
	Open   int
	Urgent int
}

// Count counts what is not done within the actor's limits; it stands on every
// page. It needs ReadCases.
func (s *Service) Count(ctx context.Context, by actor.Actor) (n Counts, err error) {
	defer fault.Wrap(&err, "count cases")
	if err := by.Must(actor.ReadCases); err != nil {
		return Counts{}, err
	}
	return s.counts.Get(s.DB.State(by.Scope()), by.Label(), s.Now(), func() (n Counts, err error) {
		err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
			n = Counts{}
			var c Case
			var open, urgent int
			return store.Each(tx, countOpen, []any{&c.PropertyID, &c.AssigneeID, &open, &urgent}, func() error {
				if MayStaff(by, c) {
					n.Open, n.Urgent = n.Open+open, n.Urgent+urgent
				}
				return nil
			})
		})
		return n, err
	})
}

// StaffFile is a case as staff read it.
type StaffFile struct {
	File
	Colleagues []conversations.Colleague // who may be responsible
	Providers  []Provider                // who helps in the property
	ReportsOf  []Case                    // the reports under this case
	Lead       Case                      // the case that this report belongs to
	House      []Row                     // other cases of the building
}

// Get returns a case for staff, with the messages of the reports under it. It
// needs ReadCases; one outside of the limits is not found.
func (s *Service) Get(ctx context.Context, by actor.Actor, id string) (f StaffFile, err error) {
	defer fault.Wrap(&err, "read case %s", id)
	if err := by.Must(actor.ReadCases); err != nil {
		return StaffFile{}, err
	}
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		f = StaffFile{}
		if f.Case, err = s.forStaff(tx, by, id); err != nil {
			return err
		}
		if err := s.fill(tx, &f.File, true); err != nil {
			return err
		}
		if f.SeenAt, err = conversations.SeenUntil(tx, id, by); err != nil {
			return err
		}
		if err := s.gather(tx, &f); err != nil {
			return err
		}
		if f.Colleagues, err = Colleagues(tx, f.PropertyID); err != nil {
			return err
		}
		all, err := ProvidersOf(tx)
		if err != nil {
			return err
		}
		f.Providers = slices.DeleteFunc(all, func(p Provider) bool { return !p.In(f.PropertyID) && p.ID != f.ProviderID })
		if f.LeadID != "" {
			if f.Lead, err = s.forStaff(tx, by, f.LeadID); err != nil && !isNotFound(err) {
				return err
			}
		}
		rows, err := store.All(tx, inHouse, (*row).destStaff, f.BuildingID, f.ID)
		f.House = slices.DeleteFunc(rowsOf(rows), func(r Row) bool { return !MayStaff(by, r.Case) })
		f.MayReply = by.Has(actor.AnswerCases)
		return err
	})
	return f, err
}

// gather adds the messages of the reports under a case in the order of time.
// What the case itself has been told is not repeated.
func (s *Service) gather(tx *store.Tx, f *StaffFile) (err error) {
	if f.ReportsOf, err = s.reportsOf(tx, f.ID); err != nil || len(f.ReportsOf) == 0 {
		return err
	}
	for _, r := range f.ReportsOf {
		list, err := conversations.Posts(tx, r.ID, true)
		if err != nil {
			return err
		}
		ids := make([]string, len(list))
		for i, p := range list {
			ids[i] = p.ID
		}
		rows, err := store.All(tx, copies, func(r *copyRow) []any { return []any{&r.message, &r.origin} }, store.Spread(ids))
		if err != nil {
			return err
		}
		list = slices.DeleteFunc(list, func(p conversations.Post) bool {
			return slices.ContainsFunc(rows, func(x copyRow) bool { return x.message == p.ID })
		})
		more, err := withFiles(tx, list)
		if err != nil {
			return err
		}
		for _, p := range more {
			p.FromID, p.From = r.ID, r.Who
			f.Posts = append(f.Posts, p)
		}
	}
	slices.SortStableFunc(f.Posts, func(a, b Post) int { return a.At.Compare(b.At) })
	for _, p := range f.Posts {
		if !p.Internal {
			f.Last = p.ID
		}
	}
	return nil
}

func (s *Service) reportsOf(tx *store.Tx, id string) ([]Case, error) {
	rows, err := store.All(tx, followers, (*row).dest, id)
	out := make([]Case, len(rows))
	for i := range rows {
		out[i] = rows[i].caseOf()
	}
	return out, err
}

// Colleagues lists the staff who may be responsible for what is of a property,
// by name: caretakers too.
func Colleagues(tx *store.Tx, propertyID string) ([]conversations.Colleague, error) {
	within, err := store.List[string](tx, limitedTo, propertyID)
	if err != nil {
		return nil, err
	}
	var out []conversations.Colleague
	var c conversations.Colleague
	var limited bool
	var role string
	err = store.Each(tx, staffChoices, []any{&c.ID, &c.Name, &limited, &role}, func() error {
		if !limited || slices.Contains(within, c.ID) {
			out = append(out, c)
		}
		return nil
	})
	return out, err
}

// AllColleagues lists everybody who may be responsible for some case. It needs
// ReadCases.
func (s *Service) AllColleagues(ctx context.Context, by actor.Actor) (out []conversations.Colleague, err error) {
	defer fault.Wrap(&err, "list colleagues")
	if err := by.Must(actor.ReadCases); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		out = nil
		var c conversations.Colleague
		var limited bool
		var role string
		return store.Each(tx, staffChoices, []any{&c.ID, &c.Name, &limited, &role}, func() error {
			out = append(out, c)
			return nil
		})
	})
	return out, err
}

// OfPerson returns the newest cases of a person within the actor's limits, at
// most limit. It needs ReadCases.
func (s *Service) OfPerson(ctx context.Context, by actor.Actor, personID string, limit int) (list []Row, err error) {
	defer fault.Wrap(&err, "list the cases of person %s", personID)
	if err := by.Must(actor.ReadCases); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		rows, err := store.All(tx, openOf, (*row).destStaff, personID)
		list = slices.DeleteFunc(rowsOf(rows), func(r Row) bool { return !MayStaff(by, r.Case) })
		list = list[:min(len(list), limit)]
		return err
	})
	return list, err
}
