package access

import (
	"context"
	"time"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/store"
)

// ViewLife is how long staff may look at the portal as a resident sees it.
const ViewLife = 30 * time.Minute

var (
	insertView = store.Scoped(`INSERT INTO session (org_id, id, account_id, token_hash, device, remember, created_at, auth_at, seen_at, expires_at, view_person)
		VALUES ($1, $2, $3, $4, '', FALSE, $5, $5, $5, $6, $7)`)
	takeView = store.Scoped(`UPDATE session SET token_hash = $3 WHERE org_id = $1 AND token_hash = $2 AND view_person <> '' AND expires_at > $4`)
	endViews = store.Scoped(`DELETE FROM session WHERE org_id = $1 AND account_id = $2 AND view_person <> ''`)
	loginFor = store.Scoped(`SELECT ap.account_id FROM account_person ap JOIN account a ON a.org_id = ap.org_id AND a.id = ap.account_id
		WHERE ap.org_id = $1 AND ap.person_id = $2 AND a.site = 'resident' AND a.closed_at = 0`)
)

// PathView is where a view is opened on the residents' side; the token follows.
const PathView = "/ansicht"

// View is the way into a view: a path on the residents' side, and the same as an
// absolute address.
type View struct{ Path, URL string }

// StartView begins to look at the portal as a person sees it (W13) and returns
// the way there, whose last part is the token that TakeView wants. It needs actor.ViewAsResident and a person that
// lies wholly within the staff member's limits and has something to see; every
// view is noted for the audit. An earlier view of the same member ends.
func (s *Service) StartView(ctx context.Context, by actor.Actor, personID string) (v View, err error) {
	defer fault.Wrap(&err, "look at the portal as a resident")
	if err := by.Must(actor.ViewAsResident); err != nil {
		return View{}, err
	}
	token := seal.Token()
	err = s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		if _, err := s.wholly(tx, by, personID); err != nil {
			return err
		}
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		persons, err := s.viewed(tx, by, personID)
		if err != nil {
			return err
		}
		v = View{Path: PathView + "/" + token, URL: s.address(o, ResidentSite, PathView+"/"+token)}
		if len(persons) == 0 {
			return fault.Conflicting("access.view.nothing")
		}
		now := s.now()
		if _, err := store.Exec(tx, endViews, by.Account()); err != nil {
			return err
		}
		if _, err := store.Exec(tx, insertView, store.NewID(), by.Account(), s.tokenHash(tx.Org(), ResidentSite, "view "+token), store.Micros(now), store.Micros(now.Add(ViewLife)), personID); err != nil {
			return err
		}
		return audit.Note(tx, now, by, "access.view", "person:"+personID, nil)
	})
	return v, err
}

// TakeView exchanges the token of StartView for that of the session, once.
func (s *Service) TakeView(ctx context.Context, org, token string) (session string, err error) {
	session = seal.Token()
	err = s.db.Write(ctx, actor.NewAnonymous(org).Scope(), func(ctx context.Context, tx *store.Tx) error {
		n, err := store.Exec(tx, takeView, s.tokenHash(org, ResidentSite, "view "+token), s.tokenHash(org, ResidentSite, session), store.Micros(s.now()))
		if err == nil && n == 0 {
			err = fault.Gone("access.view.gone")
		}
		return err
	})
	return session, err
}

// viewer gives a view the rights that it has now: those to look as that person,
// as long as the staff member may.
func (s *Service) viewer(tx *store.Tx, n Session, staffID string) (actor.Actor, error) {
	gone := fault.NotFound("session")
	m, err := orgs.StaffByID(tx, staffID)
	if err != nil {
		return actor.Actor{}, err
	}
	by := actor.NewStaff(tx.Org(), n.Account, m.ID, m.Name, m.Role, m.Limited, m.Properties)
	if !m.Active() || !by.Has(actor.ViewAsResident) {
		return actor.Actor{}, gone
	}
	if _, err := s.wholly(tx, by, n.View); err != nil {
		return actor.Actor{}, gone
	}
	persons, err := s.viewed(tx, by, n.View)
	if err == nil && len(persons) == 0 {
		err = gone
	}
	return actor.NewViewer(tx.Org(), n.Account, m.ID, persons), err
}

// viewed are the persons whose portal one sees with a person's login: all that
// the login stands for, or just this one when there is none yet, or when the
// staff member is limited and may not see the others. Nobody when there is
// nothing to see.
func (s *Service) viewed(tx *store.Tx, by actor.Actor, personID string) ([]string, error) {
	o, err := orgs.Load(tx)
	if err != nil {
		return nil, err
	}
	logins, err := store.List[string](tx, loginFor, personID)
	if err != nil {
		return nil, err
	}
	if len(logins) > 0 && !by.Limited() {
		return s.livingPersons(tx, o, logins[0])
	}
	return store.List[string](tx, livingPerson, personID, s.since(o))
}
