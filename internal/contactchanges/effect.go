package contactchanges

import (
	"time"

	"foyer/internal/access"
	"foyer/internal/notifications"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// takeEffect makes a change hold. An e-mail address becomes the login: every
// session but the one that asked ends, both addresses are told. It is a
// fault.Conflict of access.KeyAddressTaken when another account has the address.
func (s *Service) takeEffect(tx *store.Tx, now time.Time, by actor.Actor, o orgs.Org, c Change) error {
	if c.Field == Email {
		if err := s.Access.MoveLogin(tx, now, by, c.AccountID, c.Was, c.Value, c.SessionID); err != nil {
			return err
		}
	} else {
		_, p, err := orgAndPerson(tx, c.PersonID)
		if err != nil {
			return err
		}
		f := portfolio.ContactField(c.Field)
		if err := portfolio.PutContact(tx, now, portfolio.Contact{PersonID: c.PersonID, Field: f, Value: c.Value, Was: p.ContactOf(f, o.Settings.Country), FromDay: c.FromDay}); err != nil {
			return err
		}
	}
	if err := s.end(tx, now, by, c, Confirmed, ""); err != nil {
		return err
	}
	if c.Field == Email {
		return s.tellBoth(tx, now, c, mailMoved)
	}
	return s.tell(tx, now, o, c, mailHolds)
}

// end closes an open change; one that is closed already stays as it is.
func (s *Service) end(tx *store.Tx, now time.Time, by actor.Actor, c Change, to State, reason string) error {
	n, err := store.Exec(tx, end, c.ID, string(to), reason, store.Micros(now), by.Label())
	if err != nil || n == 0 {
		return err
	}
	return audit.Note(tx, now, by, "contact."+string(to), "person:"+c.PersonID, map[string]string{"change": c.ID, "field": string(c.Field)})
}

// reject closes a change and tells the resident; reason is what staff wrote, or
// whyTaken.
func (s *Service) reject(tx *store.Tx, now time.Time, by actor.Actor, o orgs.Org, c Change, reason string) error {
	if err := s.end(tx, now, by, c, Rejected, reason); err != nil {
		return err
	}
	return s.tell(tx, now, o, c, mailRejected)
}

// tell writes to the account's present address.
func (s *Service) tell(tx *store.Tx, now time.Time, o orgs.Org, c Change, kind string) error {
	l, ok, err := s.Access.LoginByID(tx, o, c.AccountID)
	if err != nil || !ok {
		return err
	}
	return notifications.Tell(tx, now, notifications.News{Kind: kind, Key: kind + ":" + c.ID, PersonID: c.PersonID, Address: l.Email, Lang: l.Lang, Args: map[string]string{"change": c.ID}})
}

// tellBoth writes to the old and the new address of a login.
func (s *Service) tellBoth(tx *store.Tx, now time.Time, c Change, kind string) error {
	o, err := orgs.Load(tx)
	if err != nil {
		return err
	}
	l, _, err := s.Access.LoginByID(tx, o, c.AccountID)
	for i, address := range []string{c.Was, c.Value} {
		if err == nil {
			to := []string{"old", "new"}[i]
			err = notifications.Tell(tx, now, notifications.News{Kind: kind, Key: kind + ":" + to + ":" + c.ID, PersonID: c.PersonID, Address: address, Lang: l.Lang,
				Args: map[string]string{"change": c.ID, "to": to}})
		}
	}
	return err
}

// cut ends what was asked for with an account that is cut (T13).
func (s *Service) cut(tx *store.Tx, now time.Time, by actor.Actor, cut access.Cut) error {
	list, err := changes(tx, openOf, cut.Account)
	if err != nil {
		return err
	}
	why, told := whyAccess, !cut.Password
	if cut.Password {
		why = whyPassword
	}
	for _, c := range list {
		if cut.Person != "" && c.PersonID != cut.Person {
			continue
		}
		if err := s.end(tx, now, by, c, Withdrawn, why); err != nil {
			return err
		}
		if !told { // once is enough
			told = true
			o, err := orgs.Load(tx)
			if err != nil {
				return err
			}
			if err := s.tell(tx, now, o, c, mailDropped); err != nil {
				return err
			}
		}
	}
	return nil
}
