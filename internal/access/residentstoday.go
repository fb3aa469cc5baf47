package access

import (
	"context"
	"slices"
	"strings"
	"time"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// lostDays is how long Heute reminds of a file that was erased before anybody
// fetched it.
const lostDays = 30

// Today is what waits for staff because of access, on the page Heute. The lists
// are empty for who may not issue access: nothing waits for somebody who cannot
// do it.
type Today struct {
	Print     []Batch         // letters to print, being written, given up, or erased before they were fetched
	Asked     []TodayPerson   // persons whose code had expired and who asked for a new one (W8)
	Expired   []TodayProperty // properties whose button would write to persons with an expired code, each person once
	NotMe     []TodayPerson   // "das bin ich nicht"
	Letters   []FailedLetter
	Mails     []FailedMail
	Confirmed int // persons per state in all properties of the staff member
	Pending   int
	None      int
	Lapsed    int
	Requested int
	Revoked   int
}

// TodayPerson is a person on Heute.
type TodayPerson struct {
	PersonID, Name, PropertyID, Property string
	At                                   time.Time
}

// TodayProperty is a property with a number of persons.
type TodayProperty struct {
	PropertyID, Property string
	Persons              int
}

// FailedLetter is a letter that could not be written.
type FailedLetter struct {
	BatchID, PersonID, Name, PropertyID, Property string
	Key                                           string // catalogue key of the reason
	Char                                          string // its placeholder {char}
}

// FailedMail is a mail that will not arrive any more.
type FailedMail struct {
	DeliveryID string
	Kind       string
	Reason     string // the mail server's, without the address
	At         time.Time
	PersonID   string // "" for a mail to staff
	Name       string
}

// limits are the two arguments by which lists keep to a staff member's
// properties.
func limits(by actor.Actor) (all bool, properties any) {
	return !by.Limited(), store.Spread(by.Properties())
}

// limitOf names the limits of a staff member, as the key of a Memo.
func limitOf(by actor.Actor) string {
	if !by.Limited() {
		return "all"
	}
	return strings.Join(slices.Sorted(slices.Values(by.Properties())), " ")
}

// Today returns what waits on Heute, within the limits of the staff member. It
// needs ReadPortfolio.
func (s *Service) Today(ctx context.Context, by actor.Actor) (out Today, err error) {
	if err := by.Must(actor.ReadPortfolio); err != nil {
		return out, err
	}
	err = s.db.Read(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		now := s.now()
		if by.Has(actor.IssueAccess) {
			if out, err = todo(tx, by, o, now); err != nil {
				return err
			}
		}
		c, err := s.shares.Get(tx.State(), limitOf(by), now, func() (shares, error) { return sharesOf(tx, by, o.Today(now), now) })
		out.Confirmed, out.Pending, out.None, out.Lapsed = c[Confirmed], c[Pending], c[NoAccess], c[Expired]
		out.Requested, out.Revoked = c[Requested], c[Revoked]
		return err
	})
	return out, err
}

// todo reads what there is to do, without the figures.
func todo(tx *store.Tx, by actor.Actor, o orgs.Org, now time.Time) (out Today, err error) {
	if err := out.letters(tx, by, now); err != nil {
		return out, err
	}
	if err := out.persons(tx, by, o, now); err != nil {
		return out, err
	}
	return out, out.mails(tx, by)
}

func (t *Today) letters(tx *store.Tx, by actor.Actor, now time.Time) error {
	all, properties := limits(by)
	rows, err := store.All(tx, todayBatches, (*batchRow).dest, all, store.Micros(now.AddDate(0, 0, -lostDays)), properties)
	if err != nil {
		return err
	}
	for i := range rows {
		if b := rows[i].batch(); b.State != BatchReady || b.blob != "" {
			t.Print = append(t.Print, b)
		}
	}
	type row struct {
		f FailedLetter
		p portfolio.Person
	}
	failed, err := store.All(tx, todayLetters, func(r *row) []any {
		return []any{&r.f.BatchID, &r.f.PersonID, &r.p.Title, &r.p.FirstName, &r.p.LastName, &r.p.CompanyName, &r.f.PropertyID, &r.f.Property, &r.f.Key, &r.f.Char}
	}, all, properties)
	for _, r := range failed {
		r.f.Name = r.p.DisplayName()
		t.Letters = append(t.Letters, r.f)
	}
	return err
}

func (t *Today) persons(tx *store.Tx, by actor.Actor, o orgs.Org, now time.Time) (err error) {
	all, properties := limits(by)
	type row struct {
		t  TodayPerson
		p  portfolio.Person
		at int64
	}
	read := func(q store.Query, args ...any) (out []TodayPerson, err error) {
		rows, err := store.All(tx, q, func(r *row) []any {
			return []any{&r.t.PersonID, &r.p.Title, &r.p.FirstName, &r.p.LastName, &r.p.CompanyName, &r.t.PropertyID, &r.t.Property, &r.at}
		}, args...)
		seen := map[string]bool{}
		for _, r := range rows {
			if seen[r.t.PersonID] { // two units of one person are one thing to do
				continue
			}
			seen[r.t.PersonID] = true
			r.t.Name, r.t.At = r.p.DisplayName(), store.Time(r.at)
			out = append(out, r.t)
		}
		return out, err
	}
	if t.NotMe, err = read(todayNotMe, all, properties); err != nil || !o.PortalOn {
		return err // while the portal is off nothing can be issued
	}
	if t.Asked, err = read(todayAsked, all, o.Today(now), properties); err != nil {
		return err
	}
	args := append(needsArgs(o, now, "", false, false), all, properties)
	t.Expired, err = store.All(tx, todayExpired, func(p *TodayProperty) []any { return []any{&p.PropertyID, &p.Property, &p.Persons} }, args...)
	return err
}

// shares are the figures of the box "Zugänge": persons per state.
type shares map[State]int

func sharesOf(tx *store.Tx, by actor.Actor, today string, now time.Time) (c shares, err error) {
	all, properties := limits(by)
	type row struct {
		state State
		n     int
	}
	rows, err := store.All(tx, todayStates, func(r *row) []any { return []any{&r.state, &r.n} }, all, store.Micros(now), today, properties)
	c = shares{}
	for _, r := range rows {
		c[r.state] = r.n
	}
	return c, err
}

func (t *Today) mails(tx *store.Tx, by actor.Actor) error {
	all, properties := limits(by)
	type row struct {
		f  FailedMail
		p  portfolio.Person
		at int64
	}
	rows, err := store.All(tx, todayMails, func(r *row) []any {
		return []any{&r.f.DeliveryID, &r.f.Kind, &r.f.Reason, &r.at, &r.f.PersonID, &r.p.Title, &r.p.FirstName, &r.p.LastName, &r.p.CompanyName}
	}, all, properties)
	for _, r := range rows {
		r.f.Name, r.f.At = r.p.DisplayName(), store.Time(r.at)
		t.Mails = append(t.Mails, r.f)
	}
	return err
}
