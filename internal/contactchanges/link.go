package contactchanges

import (
	"context"
	"errors"
	"time"

	"foyer/internal/access"
	"foyer/internal/notifications"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

const (
	// LinkLife is how long the link to a new address works.
	LinkLife = 60 * time.Minute
	// UndoLife is how long after the login has moved the old mailbox's link moves
	// it back.
	UndoLife     = 7 * 24 * time.Hour
	linksPerHour = 5
)

func (s *Service) hash(org, kind, token string) string {
	return s.Keys.Hash("contact "+kind, org, token)
}

// tellVerify queues the mail to the new address; its link is made when it is
// sent.
func (s *Service) tellVerify(tx *store.Tx, now time.Time, l access.Login, c Change) error {
	if _, err := store.Exec(tx, extend, c.ID, store.Micros(now.Add(LinkLife))); err != nil {
		return err
	}
	return notifications.Tell(tx, now, notifications.News{Kind: mailVerify, Key: mailVerify + ":" + store.NewID(), PersonID: c.PersonID, Address: c.Value, Lang: l.Lang,
		Args: map[string]string{"change": c.ID}})
}

// newLink makes the token of a mail that is being sent; earlier ones are void.
// ok is false when there is nothing to prove any more.
func (s *Service) newLink(tx *store.Tx, c Change) (token string, ok bool, err error) {
	token = seal.Token()
	n, err := store.Exec(tx, setLink, c.ID, s.hash(tx.Org(), "link", token), store.Micros(s.Now().Add(LinkLife)))
	return token, n > 0, err
}

// Proof is what somebody sees who opens a link.
type Proof struct {
	Change
	AtOnce bool // it holds as soon as it is confirmed
}

// LookAtLink shows what a link to a new address would confirm, and changes
// nothing. fault.ErrGone for every link that does not work.
func (s *Service) LookAtLink(ctx context.Context, by actor.Actor, token string) (p Proof, err error) {
	if err := by.Must(actor.Everyone); err != nil {
		return p, err
	}
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		c, err := s.linked(tx, token)
		p = Proof{c, c.Mode == string(orgs.ChangeAtOnce)}
		return err
	})
	return p, err
}

func (s *Service) linked(tx *store.Tx, token string) (Change, error) {
	list, err := changes(tx, byLink, s.hash(tx.Org(), "link", token), store.Micros(s.Now()))
	if err != nil {
		return Change{}, err
	}
	if len(list) == 0 || token == "" {
		return Change{}, fault.Gone("link")
	}
	return list[0], nil
}

// ConfirmLink proves the new address: the link is used up. By the rule of the
// request the login moves now, or the change waits for the organisation's
// system. fault.ErrGone when the link, or what asked for it, is no longer
// valid; a fault.Conflict when the address belongs to another account, which
// only its reader learns.
func (s *Service) ConfirmLink(ctx context.Context, by actor.Actor, token string) (p Proof, err error) {
	if err := by.Must(actor.Everyone); err != nil {
		return p, err
	}
	var taken error
	err = s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		taken = nil
		c, err := s.linked(tx, token)
		if err != nil {
			return err
		}
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		now := s.Now()
		at, ok, err := s.alive(tx, o, c)
		if err != nil {
			return err
		}
		if !ok {
			taken = fault.Gone("link")
			return s.end(tx, now, by, c, Withdrawn, whyAccess)
		}
		c.VerifiedAt, c.DueOn = now, dueOn(o, at.region, now)
		if _, err := store.Exec(tx, prove, c.ID, store.Micros(now), c.DueOn); err != nil {
			return err
		}
		if err := audit.Note(tx, now, by, "contact.prove", "person:"+c.PersonID, map[string]string{"change": c.ID}); err != nil {
			return err
		}
		p = Proof{c, c.Mode == string(orgs.ChangeAtOnce)}
		if !p.AtOnce {
			return nil
		}
		err = s.takeEffect(tx, now, by, o, c)
		var conflict *fault.Conflict
		if errors.As(err, &conflict) && conflict.Key == access.KeyAddressTaken {
			taken = err
			return s.reject(tx, now, by, o, c, whyTaken)
		}
		return err
	})
	if err == nil {
		err = taken
	}
	return p, err
}

// alive judges whether what was asked for may still come about: the account is
// open, has the same login and the same password as then, and the person still
// has a lease that runs or is to come.
func (s *Service) alive(tx *store.Tx, o orgs.Org, c Change) (at place, ok bool, err error) {
	l, ok, err := s.Access.LoginByID(tx, o, c.AccountID)
	if err != nil || !ok || store.Micros(l.PasswordAt) != c.passwordAt || c.Field == Email && l.Email != c.Was {
		return place{}, false, err
	}
	for _, id := range l.Persons {
		if id == c.PersonID {
			return homeOf(tx, o, s.Now(), c)
		}
	}
	return place{}, false, nil
}

func homeOf(tx *store.Tx, o orgs.Org, now time.Time, c Change) (place, bool, error) {
	return home(tx, o, now, c.PersonID, c.LeaseID)
}

// Cancellable is what the link in the mail to the old address would take back.
type Cancellable struct {
	Changes []Change
	Moved   bool // the login has moved already: it moves back
}

// LookAtCancel shows what a cancel link takes back, and changes nothing.
// fault.ErrGone when there is nothing left to take back.
func (s *Service) LookAtCancel(ctx context.Context, by actor.Actor, token string) (v Cancellable, err error) {
	if err := by.Must(actor.Everyone); err != nil {
		return v, err
	}
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) (err error) {
		v, err = s.cancellable(tx, token)
		return err
	})
	return v, err
}

func (s *Service) cancellable(tx *store.Tx, token string) (v Cancellable, err error) {
	list, err := changes(tx, byCancel, s.hash(tx.Org(), "cancel", token))
	if err != nil {
		return v, err
	}
	for _, c := range list {
		switch {
		case c.Open():
			v.Changes = append(v.Changes, c)
		case c.State == Confirmed && s.Now().Sub(c.EndedAt) < UndoLife:
			v.Changes = append(v.Changes, c)
			v.Moved = v.Moved || c.Field == Email
		}
	}
	if len(v.Changes) == 0 || token == "" {
		return v, fault.Gone("link")
	}
	return v, nil
}

// Cancel takes back what the mail to the old address was about, on the word of
// who reads that mailbox: what waits is withdrawn, what holds is undone, and
// everybody is signed out of the account. Where the login had moved the password
// is void as well.
func (s *Service) Cancel(ctx context.Context, by actor.Actor, token string) (v Cancellable, err error) {
	if err := by.Must(actor.Everyone); err != nil {
		return v, err
	}
	err = s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) (err error) {
		if v, err = s.cancellable(tx, token); err != nil {
			return err
		}
		now := s.Now()
		for _, c := range v.Changes {
			if c.Open() {
				err = s.end(tx, now, by, c, Withdrawn, whyMailbox)
			} else {
				err = s.takeBack(tx, now, by, c)
			}
			if err != nil {
				return err
			}
		}
		return access.EndSessionsOf(tx, v.Changes[0].AccountID)
	})
	return v, err
}

// takeBack undoes a change that holds.
func (s *Service) takeBack(tx *store.Tx, now time.Time, by actor.Actor, c Change) error {
	if n, err := store.Exec(tx, undo, c.ID, whyUndone, store.Micros(now), by.Label()); err != nil || n == 0 {
		return err
	}
	if c.Field == Email {
		if err := s.Access.RestoreLogin(tx, now, by, c.AccountID, c.Value, c.Was); err != nil {
			return err
		}
		if err := s.tellBoth(tx, now, c, mailRestored); err != nil {
			return err
		}
	} else if err := s.holdAgain(tx, now, c); err != nil {
		return err
	}
	return audit.Note(tx, now, by, "contact.undo", "person:"+c.PersonID, map[string]string{"change": c.ID})
}

// holdAgain lets the former value of a number or address hold.
func (s *Service) holdAgain(tx *store.Tx, now time.Time, c Change) error {
	o, p, err := orgAndPerson(tx, c.PersonID)
	if err != nil {
		return err
	}
	f := portfolio.ContactField(c.Field)
	listed := p.ContactOf(f, o.Settings.Country)
	if listed == c.Was {
		return portfolio.DropContact(tx, c.PersonID, f)
	}
	return portfolio.PutContact(tx, now, portfolio.Contact{PersonID: c.PersonID, Field: f, Value: c.Was, Was: listed})
}

func orgAndPerson(tx *store.Tx, person string) (orgs.Org, portfolio.Person, error) {
	o, err := orgs.Load(tx)
	if err != nil {
		return o, portfolio.Person{}, err
	}
	list, err := portfolio.PersonsByID(tx, []string{person})
	if err == nil && len(list) == 0 {
		err = fault.NotFound("person")
	}
	if err != nil {
		return o, portfolio.Person{}, err
	}
	return o, list[0], nil
}
