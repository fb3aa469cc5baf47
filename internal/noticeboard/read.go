package noticeboard

import (
	"context"
	"slices"
	"strings"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// PageSize is how many notices one page of the staff's list shows.
const PageSize = 25

// Hanging is a notice as a resident finds it.
type Hanging struct {
	Notice
	New bool // not opened by this account's persons yet
}

// Board returns what hangs today for a signed-in resident in all own homes,
// urgent notices first, then the newest.
func (s *Service) Board(ctx context.Context, by actor.Actor) (list []Hanging, err error) {
	defer fault.Wrap(&err, "read the notice board")
	if err := by.Must(actor.Self); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		list, err = s.board(tx, by)
		return err
	})
	return list, err
}

func (s *Service) board(tx *store.Tx, by actor.Actor) ([]Hanging, error) {
	r, _, err := rule(tx, s.Now())
	if err != nil {
		return nil, err
	}
	today, since, err := r.Args()
	if err != nil {
		return nil, err
	}
	rows, err := store.All(tx, hanging, (*noticeRow).dest, today, since, store.Spread(by.Persons()))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	old, err := store.List[string](tx, seenBy, store.Spread(by.Persons()))
	if err != nil {
		return nil, err
	}
	list := make([]Hanging, len(rows))
	for i, row := range rows {
		list[i] = Hanging{Notice: row.notice(), New: !slices.Contains(old, row.n.ID)}
		if err := s.place(tx, &list[i].Notice); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Open returns one notice that hangs for a signed-in resident and notes that it
// was opened. Anything else is fault.NotFound.
func (s *Service) Open(ctx context.Context, by actor.Actor, id string) (n Notice, err error) {
	defer fault.Wrap(&err, "open a notice")
	if err := by.Must(actor.Self); err != nil {
		return Notice{}, err
	}
	err = s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		list, err := s.board(tx, by)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(list, func(h Hanging) bool { return h.ID == id })
		if at < 0 {
			return fault.NotFound("notice")
		}
		n = list[at].Notice
		r, _, err := rule(tx, s.Now())
		if err != nil {
			return err
		}
		mine, err := portfolio.Among(tx, r, n.Audience, by.Persons())
		if err != nil {
			return err
		}
		for _, person := range mine {
			if _, err := store.Exec(tx, seen, id, person, store.Micros(s.Now())); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// Listing is one page of the staff's list, the latest first day first.
type Listing struct {
	Rows []Notice
	Next string // for the next page; "" on the last
}

// List returns the notices of a property, or of all ("") within the limits of
// the staff member.
func (s *Service) List(ctx context.Context, by actor.Actor, propertyID, after string) (out Listing, err error) {
	defer fault.Wrap(&err, "list notices")
	if err := by.Must(actor.ReadPortfolio); err != nil {
		return out, err
	}
	if propertyID != "" && !by.MayProperty(propertyID) {
		return out, fault.NotFound("property")
	}
	day, id, _ := strings.Cut(after, "~")
	if day == "" {
		day = "~" // after every day
	}
	q, who := listNotices, ""
	if by.Limited() {
		who = by.ID()
	}
	if propertyID != "" {
		q, who = listOfProperty, propertyID
	}
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		rows, err := store.All(tx, q, (*noticeRow).dest, who, day, id, PageSize+1)
		if err != nil {
			return err
		}
		out = Listing{}
		for i, row := range rows {
			if i == PageSize {
				last := out.Rows[PageSize-1]
				out.Next = last.From + "~" + last.ID
				break
			}
			n := row.notice()
			if err := s.place(tx, &n); err != nil {
				return err
			}
			if n.Read, err = store.Value[int](tx, readCount, n.ID); err != nil {
				return err
			}
			out.Rows = append(out.Rows, n)
		}
		return nil
	})
	return out, err
}

// One returns a notice with its figures for staff.
func (s *Service) One(ctx context.Context, by actor.Actor, id string) (n Notice, err error) {
	defer fault.Wrap(&err, "read a notice")
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		if n, err = s.load(tx, by, actor.ReadPortfolio, id); err != nil {
			return err
		}
		if n.Author, err = store.Value[string](tx, authorOf, id); err != nil {
			return err
		}
		if n.Read, err = store.Value[int](tx, readCount, id); err != nil {
			return err
		}
		if n.State == Draft || n.State == Planned {
			r, _, err := rule(tx, s.Now())
			if err != nil {
				return err
			}
			persons, err := portfolio.Recipients(tx, r, n.Audience)
			if err != nil {
				return err
			}
			n.Reach = len(persons)
		}
		return s.place(tx, &n)
	})
	return n, err
}

// Place is somewhere in a property where a notice can hang.
type Place struct {
	Value     string // of Input.Place
	Address   string // "Ahornallee 14"; "" for the whole property
	Stairwell string // "A"; "" for the whole building
}

// Places returns where in a property notices can hang: the whole of it first,
// then its buildings and their stairwells.
func (s *Service) Places(ctx context.Context, by actor.Actor, propertyID string) (list []Place, err error) {
	defer fault.Wrap(&err, "list the places of a property")
	if err := by.Must(actor.PublishNotices); err != nil {
		return nil, err
	}
	if !by.MayProperty(propertyID) {
		return nil, fault.NotFound("property")
	}
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		list, err = places(tx, propertyID)
		return err
	})
	return list, err
}

func places(tx *store.Tx, propertyID string) ([]Place, error) {
	properties, err := portfolio.PropertiesByID(tx, []string{propertyID})
	if err != nil {
		return nil, err
	}
	if len(properties) == 0 {
		return nil, fault.NotFound("property")
	}
	houses, err := portfolio.BuildingsOf(tx, []string{propertyID})
	if err != nil {
		return nil, err
	}
	type row struct{ building, stairwell string }
	rows, err := store.All(tx, stairwells, func(r *row) []any { return []any{&r.building, &r.stairwell} }, propertyID)
	if err != nil {
		return nil, err
	}
	list := []Place{{Value: "property"}}
	for _, b := range houses {
		if len(houses) > 1 {
			list = append(list, Place{Value: PlaceOf(portfolio.Audience{Kind: portfolio.ToBuilding, ID: b.ID}), Address: b.AddressLine()})
		}
		of := slices.DeleteFunc(slices.Clone(rows), func(r row) bool { return r.building != b.ID || r.stairwell == "" })
		for _, r := range of {
			list = append(list, Place{Value: PlaceOf(portfolio.Audience{Kind: portfolio.ToStairwell, ID: portfolio.StairwellID(b.ID, r.stairwell)}), Address: b.AddressLine(), Stairwell: r.stairwell})
		}
	}
	return list, nil
}

func has(list []Place, value string) bool {
	return slices.ContainsFunc(list, func(p Place) bool { return p.Value == value })
}

// place writes where a notice hangs.
func (s *Service) place(tx *store.Tx, n *Notice) error {
	n.Where = n.Property
	if n.Audience.Kind == portfolio.ToProperty {
		return nil
	}
	building, stairwell, _ := strings.Cut(n.Audience.ID, "/")
	houses, err := portfolio.BuildingsByID(tx, []string{building})
	if err != nil || len(houses) == 0 {
		return err
	}
	n.Where = strings.TrimSpace(houses[0].AddressLine() + " " + stairwell)
	return nil
}

type noticeRow struct {
	n                                       Notice
	kind, outage, state                     string
	outageFrom, outageTo, created, pub, end int64
}

func (r *noticeRow) dest() []any {
	return []any{&r.n.ID, &r.n.PropertyID, &r.kind, &r.n.Audience.ID, &r.n.Title, &r.n.Body, &r.n.Urgent, &r.n.From, &r.n.Until, &r.outage, &r.outageFrom, &r.outageTo,
		&r.state, &r.n.Version, &r.n.Hold, &r.n.Reach, &r.created, &r.pub, &r.end, &r.n.Property}
}

func (r *noticeRow) notice() Notice {
	n := r.n
	n.Audience.Kind, n.State = portfolio.Kind(r.kind), State(r.state)
	n.Outage = Outage{Kind: OutageKind(r.outage), From: store.Time(r.outageFrom), To: store.Time(r.outageTo)}
	n.CreatedAt, n.Published, n.Ended = store.Time(r.created), store.Time(r.pub), store.Time(r.end)
	return n
}
