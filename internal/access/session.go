package access

import (
	"context"
	"errors"
	"time"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/store"
)

// Lives of sessions (requirements.md, Decided).
const (
	ResidentLife  = 90 * 24 * time.Hour // sliding, on an own device
	VisitorLife   = 24 * time.Hour      // a resident on a device that is not his own, from sign-in
	StaffIdle     = 30 * time.Minute
	StaffLife     = 12 * time.Hour
	residentSlide = 5 * time.Minute // how often "seen" is written down at most
	staffSlide    = time.Minute     // finer, so that half an hour of work is not cut short
)

// Session is one signed-in browser.
type Session struct {
	ID        string
	Site      Site
	Account   string
	Device    string // "Firefox · Android", "" when the browser did not say
	Remember  bool
	Lang      string // the account's language, "" = not chosen
	CreatedAt time.Time
	AuthAt    time.Time // when the password was last given
	SeenAt    time.Time // exact to residentSlide or staffSlide
	ExpiresAt time.Time
	View      string // as whom a staff member looks at the residents' pages; "" for one's own session
	Lease     string // the lease that a resident has chosen to look at, "" = none; it may be over by now
	Current   bool   // the one that asks
}

// expiry returns when the session ends if it is last seen at seen.
func (n Session) expiry(seen time.Time) time.Time {
	switch {
	case n.Site == StaffSite:
		idle, most := seen.Add(StaffIdle), n.CreatedAt.Add(StaffLife)
		if idle.Before(most) {
			return idle
		}
		return most
	case n.Remember:
		return seen.Add(ResidentLife)
	}
	return n.CreatedAt.Add(VisitorLife)
}

// cookieLife is how long the browser keeps the token. The server's own end of
// the session comes first or at the same time.
func (n Session) cookieLife() time.Duration {
	if n.Remember {
		// Longer than the session, which slides while the cookie does not.
		return KnownLife
	}
	return 0
}

type sessionRow struct {
	Session
	created, auth, seen, expires int64
}

func (r *sessionRow) dest() []any {
	return []any{&r.ID, &r.Account, &r.Device, &r.Remember, &r.created, &r.auth, &r.seen, &r.expires, &r.Lease}
}

func (r *sessionRow) session(site Site) Session {
	n := r.Session
	n.Site = site
	n.CreatedAt, n.AuthAt, n.SeenAt, n.ExpiresAt = store.Time(r.created), store.Time(r.auth), store.Time(r.seen), store.Time(r.expires)
	return n
}

// tokenHash is what the database keeps of a session token. The site is part of
// the key: a token of one side is unknown on the other.
func (s *Service) tokenHash(org string, site Site, token string) string {
	return s.keys.Hash("session "+string(site), org, token)
}

// Authenticate returns who holds a session token on a site, with the rights of
// this moment. It is fault.ErrNotFound when nobody does: unknown, ended,
// expired, of the other site or organisation, of a disabled staff member, or of
// a resident without any membership left. The only thing that it writes is when
// the session was seen, every few minutes.
func (s *Service) Authenticate(ctx context.Context, org string, site Site, token string) (by actor.Actor, n Session, err error) {
	if token == "" {
		return actor.Actor{}, Session{}, fault.NotFound("session")
	}
	scope := actor.NewAnonymous(org).Scope()
	err = s.db.Read(ctx, scope, func(ctx context.Context, tx *store.Tx) (err error) {
		by, n, err = s.holder(tx, site, token)
		return err
	})
	if err != nil {
		return actor.Actor{}, Session{}, err
	}
	s.seen(ctx, by, n)
	return by, n, nil
}

func (s *Service) holder(tx *store.Tx, site Site, token string) (actor.Actor, Session, error) {
	type row struct {
		sessionRow
		lang, staff, view string
	}
	r, err := store.Get(tx, sessionByToken, func(r *row) []any { return append(r.sessionRow.dest(), &r.lang, &r.staff, &r.view) },
		s.tokenHash(tx.Org(), site, token), string(site), store.Micros(s.now()))
	if errors.Is(err, store.ErrNoRow) {
		return actor.Actor{}, Session{}, fault.NotFound("session")
	}
	if err != nil {
		return actor.Actor{}, Session{}, err
	}
	n := r.session(site)
	n.Lang, n.Current, n.View = r.lang, true, r.view
	if n.View != "" {
		by, err := s.viewer(tx, n, r.staff)
		return by, n, err
	}
	by, err := s.actorOf(tx, n, r.staff)
	return by, n, err
}

// actorOf gives the session's account the rights that it has now.
func (s *Service) actorOf(tx *store.Tx, n Session, staffID string) (actor.Actor, error) {
	if n.Site == StaffSite {
		m, err := orgs.StaffByID(tx, staffID)
		if err == nil && !m.Active() {
			err = fault.NotFound("session")
		}
		return actor.NewStaff(tx.Org(), n.Account, m.ID, m.Name, m.Role, m.Limited, m.Properties), err
	}
	o, err := orgs.Load(tx)
	if err != nil {
		return actor.Actor{}, err
	}
	persons, err := s.livingPersons(tx, o, n.Account)
	if err == nil && len(persons) == 0 {
		err = fault.NotFound("session")
	}
	return actor.NewResident(tx.Org(), n.Account, persons), err
}

// seen writes down that the session is in use. It is an observation: when it
// cannot be written, on a full disk for instance, reading must still work, and
// the next request tries again.
func (s *Service) seen(ctx context.Context, by actor.Actor, n Session) {
	if n.View != "" { // has a fixed end
		return
	}
	now, slide := s.now(), residentSlide
	if n.Site == StaffSite {
		slide = staffSlide
	}
	if now.Sub(n.SeenAt) < slide {
		return
	}
	_ = s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		_, err := store.Exec(tx, touchSession, n.ID, store.Micros(now), store.Micros(n.expiry(now)))
		return err
	})
}

// Sessions lists where the actor is signed in, last seen first. current is the
// id of the session that asks.
func (s *Service) Sessions(ctx context.Context, by actor.Actor, current string) (list []Session, err error) {
	if err := mustHaveAccount(by); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		rows, err := store.All(tx, sessionsOf, (*sessionRow).dest, by.Account(), store.Micros(s.now()))
		list = make([]Session, len(rows))
		for i := range rows {
			list[i] = rows[i].session(siteOf(by))
			list[i].Current = list[i].ID == current
		}
		return err
	})
	return list, err
}

// EndSession ends one of the actor's own sessions, at once. It is also how one
// signs out. One that is over already is no error, so that a second click leads
// where the first did; one of somebody else is fault.NotFound.
func (s *Service) EndSession(ctx context.Context, by actor.Actor, id string) error {
	if err := mustHaveAccount(by); err != nil {
		return err
	}
	return s.db.Write(ctx, by.SessionScope(), func(ctx context.Context, tx *store.Tx) error {
		n, err := store.Exec(tx, endSession, id, by.Account(), store.Micros(s.now()), s.tokenHash(tx.Org(), siteOf(by), seal.Token()))
		if err != nil || n > 0 {
			return err
		}
		_, err = store.Value[string](tx, anySession, id, by.Account())
		return sessionGone(err)
	})
}

// EndOtherSessions ends all of the actor's sessions but the current one.
func (s *Service) EndOtherSessions(ctx context.Context, by actor.Actor, current string) error {
	if err := mustHaveAccount(by); err != nil {
		return err
	}
	return s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		if _, err := store.Exec(tx, deleteOtherSessions, by.Account(), current); err != nil {
			return err
		}
		return audit.Note(tx, s.now(), by, "access.sign_out_others", "account:"+by.Account(), nil)
	})
}

// endSessions ends all sessions of an account and voids its links.
func endSessions(tx *store.Tx, accountID string) error {
	if _, err := store.Exec(tx, deleteOtherSessions, accountID, ""); err != nil {
		return err
	}
	_, err := store.Exec(tx, dropAccountLinks, accountID)
	return err
}

// EndStaffSessions ends all sessions of a staff member and voids his links, in
// the transaction that disables him.
func EndStaffSessions(tx *store.Tx, staffID string) error {
	if _, err := store.Exec(tx, dropStaffLinks, staffID); err != nil {
		return err
	}
	a, ok, err := findAccount(tx, accountOfStaff, staffID)
	if err != nil || !ok {
		return err
	}
	return endSessions(tx, a.ID)
}
