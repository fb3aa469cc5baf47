package access

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"foyer/internal/notifications"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/email"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/store"
)

// ResetLife is how long a reset link works: sixty minutes, not configurable.
const ResetLife = 60 * time.Minute

// resetsPerHour bounds the reset mails to one address.
const resetsPerHour = 5

const (
	linkReset      = "reset"
	linkInvitation = "staff_invitation"

	jobReset   = "access.reset"
	jobCleanup = "access.cleanup"
)

// ResetRequest is the form "Passwort vergessen".
type ResetRequest struct {
	Email string
	IP    netip.Addr
}

// resetArgs are the arguments of the job that looks for the account.
type resetArgs struct {
	Site  Site
	Email string // canonical
}

// RequestReset takes an address and answers nothing: it writes one job, alike
// for every address, and the job looks whether there is an account. Only an
// address that cannot be one is told (fault.Invalid), and fault.TooMany asks a
// network to wait.
func (s *Service) RequestReset(ctx context.Context, by actor.Actor, site Site, in ResetRequest) error {
	if err := by.Must(actor.Everyone); err != nil {
		return err
	}
	address, err := email.Field("email", in.Email)
	if err != nil {
		return err
	}
	org := by.Org()
	host, buckets := s.hostBucket(org, "reset"), s.networkBuckets(org, "reset", in.IP)
	key := s.keys.Hash("reset job", org, string(site)+"\x00"+address)
	return s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		if err := s.delay(tx, host, buckets); err != nil {
			return err
		}
		if err := s.countFailures(tx, append(buckets, host)...); err != nil {
			return err
		}
		return jobs.Enqueue(tx, jobReset, key, resetArgs{Site: site, Email: address}, s.now())
	})
}

// runReset is the job: for an account that is open it tells the stored address,
// at most resetsPerHour times an hour.
func (s *Service) runReset(ctx context.Context, by actor.Actor, job jobs.Job) error {
	var args resetArgs
	if err := job.Args(&args); err != nil {
		return err
	}
	return s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		a, ok, err := findAccount(tx, accountByEmail, string(args.Site), args.Email)
		if err != nil || !ok {
			return err
		}
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		if ok, err := s.open(tx, o, a); err != nil || !ok {
			return err
		}
		n, err := notifications.Recent(tx, a.Email, mailReset, s.now().Add(-time.Hour))
		if err != nil || n >= resetsPerHour {
			return err
		}
		return s.tell(tx, o, a, notifications.News{Kind: mailReset, Key: mailReset + ":" + job.ID, Args: map[string]string{"account": a.ID}})
	})
}

type linkRow struct {
	id, account, staff string
	expires            int64
}

func (r *linkRow) dest() []any { return []any{&r.id, &r.account, &r.staff, &r.expires} }

// gone answers every link that does not work (never made, used, voided, out of
// time) with the same fault.ErrGone.
func gone(err error) error {
	if errors.Is(err, store.ErrNoRow) {
		return fault.Gone("link")
	}
	return err
}

// makeLink voids an account's or a staff member's earlier links and writes a
// new one; only the mail that is being sent holds the token.
func (s *Service) makeLink(tx *store.Tx, kind, accountID, staffID string, life time.Duration) (token string, err error) {
	if _, err := store.Exec(tx, dropAccountLinks, accountID); err != nil {
		return "", err
	}
	if _, err := store.Exec(tx, dropStaffLinks, staffID); err != nil {
		return "", err
	}
	now := s.now()
	token = seal.Token()
	_, err = store.Exec(tx, insertLink, store.NewID(), kind, accountID, staffID, s.linkHash(tx.Org(), kind, token), store.Micros(now), store.Micros(now.Add(life)))
	return token, err
}

func (s *Service) linkHash(org, kind, token string) string {
	return s.keys.Hash("link "+kind, org, token)
}

// LookAtReset tells whether a reset link works, for the page with the form. It
// changes nothing, however often mail scanners call it. fault.ErrGone for every
// link that does not.
func (s *Service) LookAtReset(ctx context.Context, by actor.Actor, site Site, token string) (until time.Time, err error) {
	l, _, err := s.resetLink(ctx, by, site, token)
	return store.Time(l.expires), err
}

func (s *Service) resetLink(ctx context.Context, by actor.Actor, site Site, token string) (l linkRow, a account, err error) {
	if err := by.Must(actor.Everyone); err != nil {
		return l, a, err
	}
	err = s.db.Read(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) (err error) {
		l, err = store.Get(tx, linkByToken, (*linkRow).dest, linkReset, s.linkHash(tx.Org(), linkReset, token), store.Micros(s.now()))
		if err != nil {
			return gone(err)
		}
		var ok bool
		if a, ok, err = findAccount(tx, accountByID, l.account); err == nil && (!ok || a.Site != site || a.hash == "") {
			err = fault.Gone("link")
		}
		return err
	})
	return l, a, err
}

// Reset uses a link: it sets the new password, ends all sessions and all other
// links, tells the owner, and returns the device cookie (see SignedIn.Known)
// with which this browser signs in next. A wrong password (fault.Invalid, field
// "password") does not use the link up. A second click, the same link with the
// same password within two minutes, changes nothing, brings no cookie and is no
// error.
func (s *Service) Reset(ctx context.Context, by actor.Actor, site Site, token, password string) (known string, err error) {
	known, err = s.useReset(ctx, by, site, token, password)
	if errors.Is(err, fault.ErrGone) {
		err = s.doneBefore(ctx, by, site, linkReset, token, password)
	}
	return known, err
}

func (s *Service) useReset(ctx context.Context, by actor.Actor, site Site, token, password string) (known string, err error) {
	_, a, err := s.resetLink(ctx, by, site, token)
	if err != nil {
		return "", err
	}
	if err := s.judge(ctx, by, a, password); err != nil {
		return "", err
	}
	hash, err := s.passwords.Hash(ctx, password)
	if err != nil {
		return "", err
	}
	err = s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		if _, err := store.Get(tx, useLink, (*linkRow).dest, linkReset, s.linkHash(tx.Org(), linkReset, token), store.Micros(s.now())); err != nil {
			return gone(err)
		}
		if err := s.forgive(tx, s.accountBucket(tx.Org(), string(site)+"\x00"+a.Email)); err != nil {
			return err
		}
		return s.replacePassword(tx, by, a, hash, "")
	})
	if err != nil {
		return "", err
	}
	return s.newKnown(by.Org(), a), nil
}
