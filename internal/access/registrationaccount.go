package access

import (
	"context"
	"errors"
	"time"

	"foyer/internal/notifications"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
)

const newsReset = "access.reset_notice"

// lines are the two lines by which a person recognises the unit: street with
// unit, postcode with place.
func (p *place) lines(t *i18n.Printer) []string {
	unit := p.Building.AddressLine() + ", " + p.Unit.Name(t)
	return nonEmpty(unit, p.Building.Postcode+" "+p.Building.City)
}

// Whom is for whom a code is, shown to a signed-in resident.
type Whom struct {
	Name    string
	Address []string
}

// LookAtCode tells a signed-in resident, whose mailbox is proved, for whom a
// further code is (W5, E14). It uses nothing up.
func (s *Service) LookAtCode(ctx context.Context, by actor.Actor, in Entered) (w Whom, err error) {
	if err := by.Must(actor.Self); err != nil {
		return w, err
	}
	err = s.withCode(ctx, by, in, s.codeGate(by.Org(), in.Visit), func(tx *store.Tx, now time.Time, o orgs.Org, h *holder, c codeRow) error {
		a, err := myAccount(tx, by)
		if err != nil {
			return err
		}
		p, _ := h.entitled(o, o.Today(now), c.LeaseID)
		w = Whom{Name: h.DisplayName(), Address: p.lines(s.texts.Printer(s.language(o, a.Lang)))}
		return nil
	})
	return w, err
}

// RedeemSignedIn adds the person of a further code to the signed-in resident's
// account: another lease, or another number of the same human in the
// manager's list.
func (s *Service) RedeemSignedIn(ctx context.Context, by actor.Actor, in Entered) error {
	if err := by.Must(actor.Self); err != nil {
		return err
	}
	return s.withCode(ctx, by, in, s.codeGate(by.Org(), in.Visit), func(tx *store.Tx, now time.Time, o orgs.Org, h *holder, c codeRow) error {
		a, err := myAccount(tx, by)
		if err != nil {
			return err
		}
		return s.redeem(tx, now, by, o, h, c.ID, a.ID, a.Email)
	})
}

// NotMeSignedIn is NotMe for a code that a signed-in resident has entered.
func (s *Service) NotMeSignedIn(ctx context.Context, by actor.Actor, in Entered) error {
	if err := by.Must(actor.Self); err != nil {
		return err
	}
	return s.withCode(ctx, by, in, s.codeGate(by.Org(), in.Visit), func(tx *store.Tx, now time.Time, _ orgs.Org, h *holder, c codeRow) error {
		return s.turnedAway(tx, now, by, h.ID, c.ID)
	})
}

// DismissNotMe takes a "das bin ich nicht" off Heute: somebody has dealt with
// it. It needs IssueAccess.
func (s *Service) DismissNotMe(ctx context.Context, by actor.Actor, personID string) error {
	if err := by.Must(actor.IssueAccess); err != nil {
		return err
	}
	return s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		if _, err := within(tx, by, personID); err != nil {
			return err
		}
		all, properties := limits(by) // Heute shows it by the property of the code
		n, err := store.Exec(tx, dismissNotMe, personID, reasonNotMe, reasonNotMeOK, all, properties)
		if err == nil && n == 0 {
			err = fault.NotFound("report")
		}
		if err != nil {
			return err
		}
		return audit.Note(tx, s.now(), by, "access.not_me.dismiss", "person:"+personID, nil)
	})
}

// login is the account that a person has registered with.
type login struct{ ID, Email, Lang string }

func loginOf(tx *store.Tx, personID string) (l login, ok bool, err error) {
	l, err = store.Get(tx, loginOfPerson, func(l *login) []any { return []any{&l.ID, &l.Email, &l.Lang} }, personID)
	if errors.Is(err, store.ErrNoRow) {
		return login{}, false, nil
	}
	return l, err == nil, err
}

// detachPerson takes a person off her account, out at the next request. An
// account that stands for nobody any more is closed and its sessions end.
func (s *Service) detachPerson(tx *store.Tx, now time.Time, by actor.Actor, personID string) error {
	l, ok, err := loginOf(tx, personID)
	if err != nil || !ok {
		return err
	}
	if err := s.isCut(tx, now, by, Cut{Account: l.ID, Person: personID}); err != nil {
		return err
	}
	if _, err := store.Exec(tx, unlinkPerson, personID); err != nil {
		return err
	}
	rest, err := store.List[string](tx, personsOfAccount, l.ID)
	if err != nil || len(rest) > 0 {
		return err
	}
	return shut(tx, now, l.ID)
}

func shut(tx *store.Tx, now time.Time, accountID string) error {
	if _, err := store.Exec(tx, closeAccount, accountID, store.Micros(now)); err != nil {
		return err
	}
	return endSessions(tx, accountID)
}

// voidLogin ends a person's login for good: the account is closed with all its
// sessions and links, and whomever else it stood for needs an own new code,
// since the letter proves only this one person's letter box. The old address
// is told.
func (s *Service) voidLogin(tx *store.Tx, now time.Time, by actor.Actor, h *holder) error {
	l, ok, err := loginOf(tx, h.ID)
	if err != nil {
		return err
	}
	if !ok {
		return fault.Conflicting("access.letter.reset_unconfirmed")
	}
	persons, err := store.List[string](tx, personsOfAccount, l.ID)
	if err != nil {
		return err
	}
	for _, id := range persons {
		if _, err := store.Exec(tx, unlinkPerson, id); err != nil {
			return err
		}
		if err := move(tx, id, detached, now, time.Time{}, ""); err != nil {
			return err
		}
		if id != h.ID {
			if err := audit.Note(tx, now, by, "access.detach", "person:"+id, map[string]string{"because": "person:" + h.ID}); err != nil {
				return err
			}
		}
	}
	if err := shut(tx, now, l.ID); err != nil {
		return err
	}
	if err := s.isCut(tx, now, by, Cut{Account: l.ID}); err != nil {
		return err
	}
	o, err := orgs.Load(tx)
	if err != nil {
		return err
	}
	return notifications.Tell(tx, now, notifications.News{Kind: newsReset, Key: newsReset + ":" + store.NewID(), PersonID: h.ID,
		Address: l.Email, Lang: s.language(o, l.Lang)})
}

// clean is the daily clean-up: codes of leases that are over are void (T7),
// unused codes go 30 days after their end, registrations a day after theirs.
func (s *Service) clean(ctx context.Context, by actor.Actor, _ jobs.Job) error {
	return s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		now := s.now()
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		over, err := store.List[string](tx, endedHolders, store.Micros(now), o.Today(now))
		if err != nil {
			return err
		}
		if len(over) > 0 {
			if _, err := store.Exec(tx, revokeMany, store.Micros(now), by.Label(), reasonEnded, store.Spread(over)); err != nil {
				return err
			}
			if _, err := store.Exec(tx, forgetPending, store.Spread(over)); err != nil {
				return err
			}
		}
		if _, err := store.Exec(tx, deleteRegistrations, store.Micros(now.AddDate(0, 0, -1))); err != nil {
			return err
		}
		_, err = store.Exec(tx, deleteCodes, store.Micros(now.AddDate(0, 0, -30)))
		return err
	})
}
