package access

import (
	"context"
	"errors"
	"strings"
	"time"

	"foyer/internal/notifications"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/store"
)

// registrationRow is a registration between the form and its end.
type registrationRow struct {
	ID, CodeID, Email, hash, Lang, pinHash string
	tries                                  int
	created, expires, verified, ended      int64
	PersonID                               string
}

func (r *registrationRow) dest() []any {
	return []any{&r.ID, &r.CodeID, &r.Email, &r.hash, &r.Lang, &r.pinHash, &r.tries, &r.created, &r.expires, &r.verified, &r.ended, &r.PersonID}
}

// openRegistration reads a registration that has neither ended nor run out,
// else fault.ErrGone.
func openRegistration(tx *store.Tx, now time.Time, q store.Query, hash string) (registrationRow, error) {
	r, err := store.Get(tx, q, (*registrationRow).dest, hash)
	if errors.Is(err, store.ErrNoRow) {
		return r, fault.Gone("registration")
	}
	at := store.Micros(now)
	if err == nil && (r.ended != 0 || at >= r.expires || at >= r.created+longest.Microseconds()) {
		err = fault.Gone("registration")
	}
	return r, err
}

func (s *Service) byBrowser(tx *store.Tx, now time.Time, browser string) (registrationRow, error) {
	return openRegistration(tx, now, registrationByBrowser, s.keys.Hash(purposeBrowser, tx.Org(), browser))
}

// SendAgain mails a new number and link for a registration; the earlier ones
// are void once it leaves.
func (s *Service) SendAgain(ctx context.Context, by actor.Actor, browser string) error {
	if err := by.Must(actor.Everyone); err != nil {
		return err
	}
	return s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		now := s.now()
		r, err := s.byBrowser(tx, now, browser)
		if err != nil {
			return err
		}
		if r.verified != 0 {
			return fault.Conflicting("access.registration.confirmed_already")
		}
		recent, err := notifications.Recent(tx, r.Email, newsConfirm, now.Add(-time.Hour))
		if err != nil {
			return err
		}
		if recent >= mailsPerHour {
			return &fault.TooMany{After: time.Hour}
		}
		return tellConfirm(tx, now, r.ID, r.PersonID, r.Email, r.Lang)
	})
}

// ConfirmByPIN proves the mailbox by the number of the mail. Five wrong ones,
// and only a new mail helps.
func (s *Service) ConfirmByPIN(ctx context.Context, by actor.Actor, browser, pin string) error {
	if err := by.Must(actor.Everyone); err != nil {
		return err
	}
	pin = strings.Join(strings.Fields(pin), "")
	var refused error
	err := s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		refused = nil
		now := s.now()
		r, err := s.byBrowser(tx, now, browser)
		switch {
		case err != nil || r.verified != 0:
			return err
		case r.tries >= pinTries:
			return fault.Wrong("pin", "access.registration.pin_spent")
		case r.pinHash != "" && s.keys.Hash(purposePIN, tx.Org(), r.ID+":"+pin) == r.pinHash:
			return verify(tx, now, r)
		}
		_, err = store.Exec(tx, countTry, r.ID)
		if left := pinTries - r.tries - 1; left > 0 {
			refused = fault.Wrong("pin", "access.registration.pin_wrong", "count", left)
		} else {
			refused = fault.Wrong("pin", "access.registration.pin_spent")
		}
		return err
	})
	return errors.Join(err, refused)
}

func verify(tx *store.Tx, now time.Time, r registrationRow) error {
	_, err := store.Exec(tx, verifyRegistration, r.ID, store.Micros(now), store.Micros(now.Add(confirmFor)))
	return err
}

// ConfirmByLink proves the mailbox by the link of the mail, which only a POST
// does. here tells whether this is the browser that filled in the form: there
// the registration goes on; elsewhere Continue asks for the password.
func (s *Service) ConfirmByLink(ctx context.Context, by actor.Actor, link, browser string) (here bool, err error) {
	if err := by.Must(actor.Everyone); err != nil {
		return false, err
	}
	err = s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		now := s.now()
		r, err := openRegistration(tx, now, registrationByLink, s.keys.Hash(purposeConfirm, tx.Org(), link))
		if err != nil {
			return err
		}
		n, err := store.Value[int](tx, browserFits, r.ID, s.keys.Hash(purposeBrowser, tx.Org(), browser))
		if err != nil {
			return err
		}
		here = n > 0
		if r.verified != 0 {
			return nil
		}
		return verify(tx, now, r)
	})
	return here, err
}

// Continue takes a registration over to the device on which the mail's link
// was opened: who knows the password chosen a minute ago is the one who began.
// A link that went to a stranger's mailbox opens nothing. It returns the token
// for this browser; the one before is void.
func (s *Service) Continue(ctx context.Context, by actor.Actor, link, password string) (browser string, err error) {
	if err := by.Must(actor.Everyone); err != nil {
		return "", err
	}
	hash := s.keys.Hash(purposeConfirm, by.Org(), link)
	var r registrationRow
	err = s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) (err error) {
		if r, err = openRegistration(tx, s.now(), registrationByLink, hash); err != nil {
			return err
		}
		if r.verified == 0 || r.tries >= pinTries {
			return fault.Gone("registration")
		}
		_, err = store.Exec(tx, countTry, r.ID) // before the answer is known, so that many at once do not all pass
		return err
	})
	if err != nil {
		return "", err
	}
	fits, err := s.passwords.Check(ctx, r.hash, password)
	if err != nil {
		return "", err
	}
	if !fits {
		return "", fault.Wrong("password", "access.registration.password_wrong")
	}
	browser = seal.Token()
	err = s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		_, err := store.Exec(tx, moveRegistration, r.ID, s.keys.Hash(purposeBrowser, tx.Org(), browser))
		return err
	})
	return browser, err
}

// Registration is what its browser may see. Name and Address are empty until
// the mailbox is proved.
type Registration struct {
	Email     string
	Lang      string
	Confirmed bool // the mailbox is proved
	ExpiresAt time.Time
	TriesLeft int // for the number; 0 = a new mail is needed
	Name      string
	Address   []string // street and unit, place
}

// Registration returns the registration of a browser; fault.ErrGone when there
// is none any more.
func (s *Service) Registration(ctx context.Context, by actor.Actor, browser string) (out Registration, err error) {
	if err := by.Must(actor.Everyone); err != nil {
		return out, err
	}
	err = s.db.Read(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		now := s.now()
		r, err := s.byBrowser(tx, now, browser)
		if err != nil {
			return err
		}
		out = Registration{Email: r.Email, Lang: r.Lang, Confirmed: r.verified != 0, ExpiresAt: store.Time(r.expires), TriesLeft: max(0, pinTries-r.tries)}
		if !out.Confirmed {
			return nil
		}
		out.Name, out.Address, err = s.whom(tx, now, r.PersonID, r.CodeID, r.Lang)
		return err
	})
	return out, err
}

// whom says for whom a code is.
func (s *Service) whom(tx *store.Tx, now time.Time, personID, codeID, lang string) (name string, address []string, err error) {
	o, err := orgs.Load(tx)
	if err != nil {
		return "", nil, err
	}
	c, err := store.Get(tx, codeByID, (*codeRow).dest, codeID)
	if err != nil {
		return "", nil, err
	}
	h, err := loadHolder(tx, personID)
	if err != nil {
		return "", nil, err
	}
	p, ok := h.entitled(o, o.Today(now), c.LeaseID)
	if !ok {
		return "", nil, fault.Gone("registration")
	}
	return h.DisplayName(), p.lines(s.texts.Printer(lang)), nil
}

// Accept is "yes, that is me": the account exists from now on with the address
// and password of the form, every other code of the person is void, and the
// browser is signed in. Staff see "Bestätigt" at once (K5).
func (s *Service) Accept(ctx context.Context, by actor.Actor, browser string, remember bool, v Visit) (in SignedIn, err error) {
	if err := by.Must(actor.Everyone); err != nil {
		return in, err
	}
	err = s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		now := s.now()
		r, err := s.byBrowser(tx, now, browser)
		if err != nil {
			return err
		}
		if r.verified == 0 {
			return fault.Conflicting("access.registration.unconfirmed")
		}
		o, h, err := s.stillGood(tx, now, r)
		if err != nil {
			return err
		}
		if _, taken, err := findAccount(tx, accountByEmail, string(ResidentSite), r.Email); err != nil || taken {
			return errors.Join(err, fault.Conflicting("access.registration.address_taken"))
		}
		id, err := s.createAccount(tx, ResidentSite, r.Email, r.hash, "", r.Lang)
		if err != nil {
			return err
		}
		if err := s.redeem(tx, now, by, o, h, r.CodeID, id, r.Email); err != nil {
			return err
		}
		a, _, err := findAccount(tx, accountByID, id)
		if err != nil {
			return err
		}
		in, err = s.openSession(tx, a, remember, v)
		return err
	})
	return in, err
}

// stillGood judges the code of a registration once more at its end: it may
// have been used, revoked or its lease ended since. That it ran out meanwhile
// does not matter.
func (s *Service) stillGood(tx *store.Tx, now time.Time, r registrationRow) (orgs.Org, *holder, error) {
	o, err := orgs.Load(tx)
	if err != nil {
		return o, nil, err
	}
	c, err := store.Get(tx, codeByID, (*codeRow).dest, r.CodeID)
	if err != nil {
		return o, nil, err
	}
	h, err := loadHolder(tx, c.PersonID)
	if err != nil {
		return o, nil, err
	}
	if _, entitled := h.entitled(o, o.Today(now), c.LeaseID); !entitled || c.spent() || !o.PortalOn {
		return o, nil, fault.Gone("registration")
	}
	return o, h, nil
}

// redeem uses a code up for an account: the one step that makes somebody
// "confirmed".
func (s *Service) redeem(tx *store.Tx, now time.Time, by actor.Actor, o orgs.Org, h *holder, codeID, accountID, login string) error {
	n, err := store.Exec(tx, useCode, codeID, store.Micros(now))
	if err != nil {
		return err
	}
	if n != 1 {
		return fault.Gone("registration")
	}
	if err := move(tx, h.ID, redeemed, now, time.Time{}, ""); err != nil {
		return err
	}
	if _, err := store.Exec(tx, revokeCodes, h.ID, store.Micros(now), by.Label(), reasonUsed); err != nil {
		return err
	}
	if _, err := store.Exec(tx, endRegistrations, h.ID, store.Micros(now)); err != nil {
		return err
	}
	if err := s.linkPerson(tx, accountID, h.ID); err != nil {
		return err
	}
	if h.Email != "" && h.Email != login {
		if err := notifications.Tell(tx, now, notifications.News{Kind: newsRegistered, Key: newsRegistered + ":" + codeID, PersonID: h.ID,
			Address: h.Email, Lang: s.language(o, h.Language)}); err != nil {
			return err
		}
	}
	return audit.Note(tx, now, by, "access.confirm", "person:"+h.ID, map[string]string{"account": accountID})
}

// NotMe is "das bin ich nicht": the registration ends, the code that reached
// the wrong person is void, and staff find it on Heute.
func (s *Service) NotMe(ctx context.Context, by actor.Actor, browser string) error {
	if err := by.Must(actor.Everyone); err != nil {
		return err
	}
	return s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		now := s.now()
		r, err := s.byBrowser(tx, now, browser)
		if err != nil {
			return err
		}
		if r.verified == 0 {
			return fault.Conflicting("access.registration.unconfirmed")
		}
		return s.turnedAway(tx, now, by, r.PersonID, r.CodeID)
	})
}

// turnedAway voids a code whose reader says that it is not for him.
func (s *Service) turnedAway(tx *store.Tx, now time.Time, by actor.Actor, personID, codeID string) error {
	if _, err := store.Exec(tx, endRegistrations, personID, store.Micros(now)); err != nil {
		return err
	}
	c, err := store.Get(tx, codeByID, (*codeRow).dest, codeID)
	if err != nil || c.spent() {
		return err
	}
	if err := s.revoke(tx, now, by, personID, reasonNotMe); err != nil {
		return err
	}
	_, err = store.Exec(tx, revokeOne, codeID, store.Micros(now), by.Label(), reasonNotMe) // also one that has run out meanwhile
	return err
}
