package contactchanges

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"foyer/internal/access"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// Filter is a part of the staff's list.
type Filter string

// The parts.
const (
	Waits    Filter = "waits"    // to be carried over
	Proving  Filter = "proving"  // the new mailbox is not proved yet
	Done     Filter = "done"     // confirmed
	Refused  Filter = "refused"  // rejected
	Finished Filter = "finished" // withdrawn or timed out
)

// Filters lists the parts in the order of the page.
var Filters = []Filter{Waits, Proving, Done, Refused, Finished}

// PageSize is how many rows a page of the list shows; MaxReason the length of a
// reason in characters.
const (
	PageSize  = 50
	MaxReason = 300
)

// Row is a change as staff see it.
type Row struct {
	Change
	PersonRef string
	Name      string
	LeaseRef  string
	Building  portfolio.Building // street and number
	Unit      portfolio.Unit     // label and usage
	Property  string
}

type rowRow struct {
	changeRow
	person portfolio.Person
	row    Row
}

func (r *rowRow) dest() []any {
	return append(r.changeRow.dest(), &r.person.Ref, &r.person.Title, &r.person.FirstName, &r.person.LastName, &r.person.CompanyName,
		&r.row.LeaseRef, &r.row.Unit.Label, &r.row.Unit.Usage, &r.row.Building.Street, &r.row.Building.HouseNumber, &r.row.Property)
}

func rowsOf(tx *store.Tx, q store.Query, args ...any) ([]Row, error) {
	rows, err := store.All(tx, q, (*rowRow).dest, args...)
	out := make([]Row, len(rows))
	for i := range rows {
		out[i] = rows[i].row
		out[i].Change, out[i].PersonRef, out[i].Name = rows[i].change(), rows[i].person.Ref, rows[i].person.DisplayName()
	}
	return out, err
}

// Waiting is how much staff have to carry over, within their limits.
type Waiting struct {
	All     int
	Fresh   int // not exported yet
	Overdue int // promised for a day that has passed
	Today   int // promised for today
}

// List is a page of the staff's list.
type List struct {
	Rows  []Row
	Page  int // from 1
	Pages int
	Total int // of this filter
	Waiting
}

func limits(by actor.Actor) (all bool, properties any) {
	return !by.Limited(), store.Spread(by.Properties())
}

// Queue returns a page of the changes, within the limits of the staff member:
// what waits longest first, what is over latest first. It needs EditPortfolio.
func (s *Service) Queue(ctx context.Context, by actor.Actor, f Filter, page int) (out List, err error) {
	if err := by.Must(actor.EditPortfolio); err != nil {
		return out, err
	}
	if !slices.Contains(Filters, f) {
		return out, fault.NotFound("part of the list")
	}
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) (err error) {
		out = List{}
		if out.Waiting, err = s.waiting(tx, by); err != nil {
			return err
		}
		all, properties := limits(by)
		a, b := Rejected, Rejected
		switch f {
		case Waits:
			out.Total = out.All
		case Proving:
			out.Total, err = store.Value[int](tx, countProving, all, properties)
		case Done:
			a, b = Confirmed, Confirmed
		case Finished:
			a, b = Withdrawn, TimedOut
		}
		ended := f != Waits && f != Proving
		if ended {
			out.Total, err = store.Value[int](tx, countEnded, all, string(a), string(b), properties)
		}
		if err != nil {
			return err
		}
		out.Pages = max(1, (out.Total+PageSize-1)/PageSize)
		out.Page = min(max(1, page), out.Pages)
		from := (out.Page - 1) * PageSize
		switch {
		case ended:
			out.Rows, err = rowsOf(tx, listEnded, all, PageSize, from, string(a), string(b), properties)
		case f == Proving:
			out.Rows, err = rowsOf(tx, listProving, all, PageSize, from, properties)
		default:
			out.Rows, err = rowsOf(tx, listWaiting, all, PageSize, from, properties)
		}
		return err
	})
	return out, err
}

// Waiting counts what staff have to carry over. It needs EditPortfolio.
func (s *Service) Waiting(ctx context.Context, by actor.Actor) (w Waiting, err error) {
	if err := by.Must(actor.EditPortfolio); err != nil {
		return w, err
	}
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) (err error) {
		w, err = s.waiting(tx, by)
		return err
	})
	return w, err
}

func (s *Service) waiting(tx *store.Tx, by actor.Actor) (Waiting, error) {
	o, err := orgs.Load(tx)
	if err != nil {
		return Waiting{}, err
	}
	today, key := o.Today(s.Now()), "all"
	if by.Limited() {
		key = strings.Join(slices.Sorted(slices.Values(by.Properties())), " ")
	}
	return s.counts.Get(tx.State(), today+" "+key, s.Now(), func() (Waiting, error) {
		all, properties := limits(by)
		return store.Get(tx, countAll, func(w *Waiting) []any { return []any{&w.All, &w.Fresh, &w.Overdue, &w.Today} }, all, today, properties)
	})
}

// One returns a change. fault.NotFound outside of the limits. It needs
// EditPortfolio.
func (s *Service) One(ctx context.Context, by actor.Actor, id string) (r Row, err error) {
	if err := by.Must(actor.EditPortfolio); err != nil {
		return r, err
	}
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) (err error) {
		r, err = one(tx, by, id)
		return err
	})
	return r, err
}

func one(tx *store.Tx, by actor.Actor, id string) (Row, error) {
	all, properties := limits(by)
	rows, err := rowsOf(tx, rowByID, all, id, properties)
	if err == nil && len(rows) == 0 {
		err = fault.NotFound("contact change")
	}
	if err != nil {
		return Row{}, err
	}
	return rows[0], nil
}

// OfPerson returns the newest changes of a person, for the person's page: those
// in the limits of the staff member. It needs ReadPortfolio.
func (s *Service) OfPerson(ctx context.Context, by actor.Actor, person string) (list []Change, err error) {
	if err := by.Must(actor.ReadPortfolio); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) (err error) {
		list, err = changes(tx, ofPerson, person, 20)
		list = slices.DeleteFunc(list, func(c Change) bool { return !by.MayProperty(c.PropertyID) })
		return err
	})
	return list, err
}

// Outcome is what Confirm did.
type Outcome struct {
	Confirmed int
	Left      int // ended meanwhile, or an address that another account has
}

// Confirm notes that the organisation's own system has these changes: they hold
// from now on. What is not waiting any more is left. An address that nobody has
// proved is fault.Conflict, a foreign id fault.NotFound. It needs EditPortfolio.
func (s *Service) Confirm(ctx context.Context, by actor.Actor, ids []string) (out Outcome, err error) {
	if err := by.Must(actor.EditPortfolio); err != nil {
		return out, err
	}
	err = s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		out = Outcome{}
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		for _, id := range ids {
			r, err := one(tx, by, id)
			if err != nil {
				return err
			}
			if r.Open() && !r.Verified() {
				return fault.Conflicting("contactchanges.not_proved")
			}
			done, err := s.confirm(tx, by, o, r.Change)
			if err != nil {
				return err
			}
			if done {
				out.Confirmed++
			} else {
				out.Left++
			}
		}
		return nil
	})
	return out, err
}

// confirm lets a proved change hold; false when it may not any more.
func (s *Service) confirm(tx *store.Tx, by actor.Actor, o orgs.Org, c Change) (bool, error) {
	now := s.Now()
	if c.State == Confirmed && c.ExportedAt.IsZero() {
		n, err := store.Exec(tx, markTold, c.ID, store.Micros(now))
		return n > 0, err
	}
	if !c.Open() || !c.Verified() {
		return false, nil
	}
	_, ok, err := s.alive(tx, o, c)
	if err != nil {
		return false, err
	}
	if !ok {
		return false, s.end(tx, now, by, c, Withdrawn, whyAccess)
	}
	if _, err := store.Exec(tx, markTold, c.ID, store.Micros(now)); err != nil {
		return false, err
	}
	err = s.takeEffect(tx, now, by, o, c)
	var conflict *fault.Conflict
	if errors.As(err, &conflict) && conflict.Key == access.KeyAddressTaken {
		return false, s.reject(tx, now, by, o, c, whyTaken)
	}
	return err == nil, err
}

// Reject refuses a change; the resident is told and reads the reason on the
// page. It needs EditPortfolio and a reason.
func (s *Service) Reject(ctx context.Context, by actor.Actor, id, reason string) error {
	if err := by.Must(actor.EditPortfolio); err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	return s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		r, err := one(tx, by, id)
		if err != nil {
			return err
		}
		switch {
		case !r.Open():
			return fault.Conflicting("contactchanges.moved_on")
		case reason == "":
			return fault.Wrong("reason", "contactchanges.reason_missing")
		case utf8.RuneCountInString(reason) > MaxReason:
			return fault.Wrong("reason", "contactchanges.long", "max", MaxReason)
		}
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		return s.reject(tx, s.Now(), by, o, r.Change, reason)
	})
}
