package contactchanges

import (
	"context"
	"slices"
	"time"

	"foyer/internal/access"
	"foyer/internal/notifications"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// FreshFor is how long before a request the password must have been given.
const FreshFor = 15 * time.Minute

// asksPerDay bounds what one account may ask for, and the mails that it makes
// us send to addresses that nobody has proved.
const asksPerDay = 20

// Data is what holds now.
type Data struct {
	Email         string // the login
	Mobile, Phone string
	Post          portfolio.PostAddress
}

// of returns the value of a field.
func (d Data) of(f Field) string {
	switch f {
	case Email:
		return d.Email
	case Mobile:
		return d.Mobile
	case Phone:
		return d.Phone
	}
	return d.Post.Value()
}

// Promise is what is said about how long it takes.
type Promise struct{ Least, Most int } // working days

// PromiseOf returns what an organisation promises: "3–4 Werktage".
func PromiseOf(o orgs.Org) Promise {
	return Promise{max(1, o.Settings.ERPDays-1), o.Settings.ERPDays}
}

// Mine is what the page Kontaktdaten shows.
type Mine struct {
	Data
	Mode   orgs.EmailChange // by which rule
	Ended  bool             // no lease any more: nothing can be changed
	Open   []Change         // newest first
	Recent []Change         // what ended within the last 30 days
}

// place is where a person lives, for the change.
type place struct {
	lease, property string
	region          portfolio.Property
}

// home returns a running or coming lease of the person, the wanted one if it is
// among them; ok is false when there is none.
func home(tx *store.Tx, o orgs.Org, now time.Time, person, lease string) (p place, ok bool, err error) {
	r := portfolio.RuleOf(o, now)
	r.MovedOut = orgs.MovedOutNone
	list, err := portfolio.OpenTenancies(tx, r, []string{person})
	for _, t := range list {
		if t.State != portfolio.Ended && (!ok || t.Lease.ID == lease) {
			p, ok = place{t.Lease.ID, t.Property.ID, t.Property}, true
		}
	}
	return p, ok, err
}

// dataOf reads what holds for a person.
func (s *Service) dataOf(tx *store.Tx, o orgs.Org, l access.Login, person string) (Data, error) {
	list, err := portfolio.PersonsByID(tx, []string{person})
	if err != nil {
		return Data{}, err
	}
	holds, err := portfolio.Contacts(tx, o.Today(s.Now()), o.Settings.Country, list)
	h := holds[person]
	return Data{l.Email, h[portfolio.ContactMobile], h[portfolio.ContactPhone], portfolio.ParsePost(h[portfolio.ContactPost])}, err
}

// own loads the signed-in resident's account and checks that it stands for the
// person.
func (s *Service) own(tx *store.Tx, by actor.Actor, person string) (orgs.Org, access.Login, error) {
	o, err := orgs.Load(tx)
	if err != nil {
		return o, access.Login{}, err
	}
	if !slices.Contains(by.Persons(), person) {
		return o, access.Login{}, fault.NotFound("person")
	}
	l, ok, err := s.Access.LoginByID(tx, o, by.Account())
	if err == nil && !ok {
		err = fault.NotFound("account")
	}
	return o, l, err
}

// Mine returns what holds and what is wished for one of the signed-in
// resident's persons.
func (s *Service) Mine(ctx context.Context, by actor.Actor, person string) (m Mine, err error) {
	if err := by.Must(actor.Self); err != nil {
		return m, err
	}
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		m = Mine{}
		o, l, err := s.own(tx, by, person)
		if err != nil {
			return err
		}
		if m.Data, err = s.dataOf(tx, o, l, person); err != nil {
			return err
		}
		now := s.Now()
		m.Mode = o.Settings.EmailChange
		_, lives, err := home(tx, o, now, person, "")
		if err != nil {
			return err
		}
		m.Ended = !lives
		list, err := changes(tx, ofPerson, person, 50)
		for _, c := range list {
			switch {
			case c.AccountID != l.ID: // of somebody who had the access before
			case c.Open() && (c.Verified() || now.Before(c.LinkUntil)):
				m.Open = append(m.Open, c)
			case !c.Open() && now.Sub(c.EndedAt) < 30*24*time.Hour && c.Reason != whyReplaced:
				m.Recent = append(m.Recent, c)
			}
		}
		return err
	})
	return m, err
}

// Check tells what is wrong with a wish without writing anything, before the
// password is asked for; n is how many changes it makes.
func (s *Service) Check(ctx context.Context, by actor.Actor, w Wish) (n int, err error) {
	if err := by.Must(actor.Self); err != nil {
		return 0, err
	}
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		_, _, _, list, err := s.plan(tx, by, &w)
		n = len(list)
		return err
	})
	return n, err
}

// plan checks a wish and returns what it changes.
func (s *Service) plan(tx *store.Tx, by actor.Actor, w *Wish) (o orgs.Org, l access.Login, p place, list []Change, err error) {
	if o, l, err = s.own(tx, by, w.Person); err != nil {
		return o, l, p, nil, err
	}
	if o.Settings.EmailChange == orgs.ChangeLocked {
		return o, l, p, nil, fault.Conflicting("contactchanges.locked")
	}
	p, ok, err := home(tx, o, s.Now(), w.Person, w.Lease)
	if err == nil && !ok {
		err = fault.Conflicting("contactchanges.lease_over")
	}
	if err != nil {
		return o, l, p, nil, err
	}
	if err := w.check(o.Today(s.Now())); err != nil {
		return o, l, p, nil, err
	}
	holds, err := s.dataOf(tx, o, l, w.Person)
	if err != nil {
		return o, l, p, nil, err
	}
	wish := Data{w.Email, w.Mobile, w.Phone, w.Post}
	for _, f := range []Field{Email, Mobile, Phone, Post} {
		if holds.of(f) != wish.of(f) {
			list = append(list, Change{Field: f, Was: holds.of(f), Value: wish.of(f)})
		}
	}
	return o, l, p, list, nil
}

// Request asks for what a wish changes; n is how many changes that are. What is
// wrong with the form is a fault.Invalid of the fields email, mobile, phone,
// post_name, post_street, post_postcode, post_city, post_country and post_on.
// While the organisation changes contact data itself, or after the last lease,
// it is a Conflict. It is Denied when the password was given longer than
// FreshFor ago.
func (s *Service) Request(ctx context.Context, by actor.Actor, w Wish) (n int, err error) {
	if err := by.Must(actor.Self); err != nil {
		return 0, err
	}
	if age := s.Now().Sub(w.AuthAt); age > FreshFor || age < 0 && age < -time.Minute {
		return 0, fault.Denied("the password was given too long ago")
	}
	err = s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		n = 0
		batch := store.NewID()
		if w.Key != "" {
			batch = store.IDFrom("contact change", by.Account(), w.Key)
		}
		if done, err := changes(tx, byBatch, batch); err != nil || len(done) > 0 {
			n = len(done)
			return err
		}
		o, l, p, list, err := s.plan(tx, by, &w)
		if err != nil || len(list) == 0 {
			return err
		}
		if asked, err := store.Value[int](tx, recently, l.ID, store.Micros(s.Now().AddDate(0, 0, -1))); err != nil {
			return err
		} else if asked+len(list) > asksPerDay {
			return &fault.TooMany{After: time.Hour}
		}
		n = len(list)
		return s.ask(tx, by, o, l, p, w, batch, list)
	})
	return n, err
}

// ask writes the changes of one wish, tells the old address, and lets hold what
// holds at once.
func (s *Service) ask(tx *store.Tx, by actor.Actor, o orgs.Org, l access.Login, p place, w Wish, batch string, list []Change) error {
	now := s.Now()
	open, err := changes(tx, openOf, l.ID)
	if err != nil {
		return err
	}
	for i := range list {
		c := &list[i]
		for _, old := range open {
			if old.Field == c.Field && (old.PersonID == w.Person || c.Field == Email) {
				if err := s.end(tx, now, by, old, Withdrawn, whyReplaced); err != nil {
					return err
				}
			}
		}
		c.ID, c.Batch, c.PersonID, c.AccountID, c.SessionID, c.PropertyID, c.LeaseID = store.NewID(), batch, w.Person, l.ID, w.Session, p.property, p.lease
		c.Mode, c.State, c.AskedAt, c.passwordAt = string(o.Settings.EmailChange), Requested, now, store.Micros(l.PasswordAt)
		if c.Field == Post {
			c.FromDay = w.PostOn
		}
		if c.Field == Email {
			c.LinkUntil = now.Add(LinkLife)
		} else {
			c.VerifiedAt, c.DueOn = now, dueOn(o, p.region, now)
		}
		if _, err := store.Exec(tx, insert, c.ID, c.Batch, c.PersonID, c.AccountID, c.SessionID, c.PropertyID, c.LeaseID, string(c.Field), c.Was, c.Value, c.FromDay, c.Mode,
			store.Micros(now), c.passwordAt, store.Micros(c.VerifiedAt), c.DueOn, store.Micros(c.LinkUntil)); err != nil {
			return err
		}
		if err := audit.Note(tx, now, by, "contact.request", "person:"+c.PersonID, map[string]string{"change": c.ID, "field": string(c.Field)}); err != nil {
			return err
		}
	}
	return s.started(tx, now, by, o, l, list)
}

// started sends the first mails of a wish and lets hold what needs nobody.
func (s *Service) started(tx *store.Tx, now time.Time, by actor.Actor, o orgs.Org, l access.Login, list []Change) error {
	about := "data"
	for _, c := range list {
		if c.Field == Email {
			about = "email"
			if err := s.tellVerify(tx, now, l, c); err != nil {
				return err
			}
		}
	}
	if err := notifications.Tell(tx, now, notifications.News{Kind: mailAsked, Key: mailAsked + ":" + list[0].Batch, PersonID: list[0].PersonID, Address: l.Email, Lang: l.Lang,
		Args: map[string]string{"batch": list[0].Batch, "about": about}}); err != nil {
		return err
	}
	for _, c := range list {
		if c.Field != Email && o.Settings.EmailChange == orgs.ChangeAtOnce {
			if err := s.takeEffect(tx, now, by, o, c); err != nil {
				return err
			}
		}
	}
	return nil
}

// dueOn is the day promised for what waits from now on.
func dueOn(o orgs.Org, p portfolio.Property, now time.Time) string {
	return p.Workdays(o.Settings.Country).After(o.Today(now), o.Settings.ERPDays)
}

// Withdraw takes back what the signed-in resident has asked for.
func (s *Service) Withdraw(ctx context.Context, by actor.Actor, id string) error {
	return s.ofMine(ctx, by, id, func(tx *store.Tx, c Change) error {
		return s.end(tx, s.Now(), by, c, Withdrawn, whyResident)
	})
}

// Resend sends a new link to an address that still has to be proved.
func (s *Service) Resend(ctx context.Context, by actor.Actor, id string) error {
	return s.ofMine(ctx, by, id, func(tx *store.Tx, c Change) error {
		now := s.Now()
		if c.Verified() || !now.Before(c.LinkUntil) {
			return fault.Conflicting("contactchanges.moved_on")
		}
		_, l, err := s.own(tx, by, c.PersonID)
		if err != nil {
			return err
		}
		if n, err := notifications.Recent(tx, c.Value, mailVerify, now.Add(-time.Hour)); err != nil {
			return err
		} else if n >= linksPerHour {
			return &fault.TooMany{After: time.Hour}
		}
		return s.tellVerify(tx, now, l, c)
	})
}

// ofMine loads an open change of the signed-in resident's own account.
func (s *Service) ofMine(ctx context.Context, by actor.Actor, id string, fn func(*store.Tx, Change) error) error {
	if err := by.Must(actor.Self); err != nil {
		return err
	}
	return s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		list, err := changes(tx, byID, id)
		if err != nil {
			return err
		}
		if len(list) == 0 || list[0].AccountID != by.Account() || !slices.Contains(by.Persons(), list[0].PersonID) {
			return fault.NotFound("contact change")
		}
		if !list[0].Open() {
			return fault.Conflicting("contactchanges.moved_on")
		}
		return fn(tx, list[0])
	})
}
