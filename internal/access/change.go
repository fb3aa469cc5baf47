package access

import (
	"context"
	"errors"

	"foyer/internal/notifications"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/store"
)

// ChangePassword replaces the actor's own password. All other sessions and all
// links end, the current session gets a new token, and a mail tells the owner.
// Wrong input comes back as fault.Invalid of the fields "current" and
// "password".
func (s *Service) ChangePassword(ctx context.Context, by actor.Actor, session, current, password string) (SignedIn, error) {
	a, err := s.confirm(ctx, by, session, "current", current)
	if err != nil {
		return SignedIn{}, err
	}
	if password == current {
		return SignedIn{}, fault.Wrong("password", "access.account.password_same")
	}
	if err := s.judge(ctx, by, a, password); err != nil {
		return SignedIn{}, err
	}
	hash, err := s.passwords.Hash(ctx, password)
	if err != nil {
		return SignedIn{}, err
	}
	var out SignedIn
	err = s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) (err error) {
		if err := s.replacePassword(tx, by, a, hash, session); err != nil {
			return err
		}
		out, err = s.rotate(tx, a, session)
		return err
	})
	return out, err
}

// Reauthenticate asks for the password again before a sensitive step. The
// session gets a new token; its AuthAt is now.
func (s *Service) Reauthenticate(ctx context.Context, by actor.Actor, session, password string) (out SignedIn, err error) {
	a, err := s.confirm(ctx, by, session, "password", password)
	if err != nil {
		return SignedIn{}, err
	}
	err = s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) (err error) {
		out, err = s.rotate(tx, a, session)
		return err
	})
	return out, err
}

// confirm checks the password of whoever is signed in. Failures are counted per
// session, so a stolen one cannot guess on.
func (s *Service) confirm(ctx context.Context, by actor.Actor, session, field, password string) (a account, err error) {
	if err := mustHaveAccount(by); err != nil {
		return account{}, err
	}
	g := gate{host: s.hostBucket(by.Org(), "confirm"), buckets: []bucket{s.bucket(by.Org(), "confirm", session, perDevice)}}
	err = s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		if _, err := store.Get(tx, sessionByID, (*sessionRow).dest, session, by.Account(), store.Micros(s.now())); err != nil {
			return sessionGone(err)
		}
		if err := s.delay(tx, g.host, g.buckets); err != nil {
			return err
		}
		a, err = myAccount(tx, by)
		if err != nil {
			return err
		}
		return s.countFailures(tx, g.buckets...)
	})
	if err != nil {
		return account{}, err
	}
	fits, err := s.passwords.Check(ctx, a.hash, checkable(password))
	if err == nil && !fits {
		return account{}, fault.Wrong(field, "access.account.password_wrong")
	}
	return a, errors.Join(err, s.takeBack(ctx, by, g))
}

func sessionGone(err error) error {
	if errors.Is(err, store.ErrNoRow) {
		return fault.NotFound("session")
	}
	return err
}

// judge applies the rules to a new password for an account.
func (s *Service) judge(ctx context.Context, by actor.Actor, a account, password string) error {
	var own []string
	err := s.db.Read(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		o, err := orgs.Load(tx)
		if err == nil {
			own, err = s.ownWords(tx, o, a)
		}
		return err
	})
	if err != nil {
		return err
	}
	return CheckPassword("password", password, own...)
}

// replacePassword sets a new hash if the account is still what it was, ends
// everything that the old password had opened except the session keep, and
// tells the owner.
func (s *Service) replacePassword(tx *store.Tx, by actor.Actor, was account, hash, keep string) error {
	now := s.now()
	a, ok, err := findAccount(tx, accountByID, was.ID)
	if err != nil {
		return err
	}
	if !ok || a.hash != was.hash {
		return fault.Conflicting("access.account.changed_meanwhile")
	}
	if _, err := store.Exec(tx, setPassword, a.ID, hash, store.Micros(now)); err != nil {
		return err
	}
	if _, err := store.Exec(tx, deleteOtherSessions, a.ID, keep); err != nil {
		return err
	}
	if _, err := store.Exec(tx, dropAccountLinks, a.ID); err != nil {
		return err
	}
	if err := audit.Note(tx, now, by, "access.password", "account:"+a.ID, nil); err != nil {
		return err
	}
	if err := s.isCut(tx, now, by, Cut{Account: a.ID, Password: true}); err != nil {
		return err
	}
	o, err := orgs.Load(tx)
	if err != nil {
		return err
	}
	return s.tell(tx, o, a, notifications.News{Kind: mailPasswordChanged, Key: mailPasswordChanged + ":" + store.NewID()})
}

// rotate gives a session a new token after the password was given.
func (s *Service) rotate(tx *store.Tx, a account, session string) (SignedIn, error) {
	now := s.now()
	r, err := store.Get(tx, sessionByID, (*sessionRow).dest, session, a.ID, store.Micros(now))
	if err != nil {
		return SignedIn{}, sessionGone(err)
	}
	n := r.session(a.Site)
	n.AuthAt, n.SeenAt, n.Lang, n.Current = now, now, a.Lang, true
	n.ExpiresAt = n.expiry(now)
	token := seal.Token()
	if _, err := store.Exec(tx, rotateSession, n.ID, a.ID, s.tokenHash(tx.Org(), a.Site, token), store.Micros(now), store.Micros(n.ExpiresAt)); err != nil {
		return SignedIn{}, err
	}
	return SignedIn{Session: n, Token: token, Life: n.cookieLife(), Known: s.newKnown(tx.Org(), a)}, nil
}
