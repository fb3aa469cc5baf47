package access

import (
	"context"
	"errors"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

// doneBefore tells what a link that works no more deserves: nil when it was used
// within againTime and set this very password, so that the request is a second
// click on the first one's button and its page may follow; else fault.ErrGone,
// as for a link that never was. It changes nothing but a count: whoever holds a
// used link must not try passwords with it.
func (s *Service) doneBefore(ctx context.Context, by actor.Actor, site Site, kind, token, password string) error {
	var l linkRow
	var a account
	err := s.db.Read(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) (err error) {
		if l, err = store.Get(tx, linkJustUsed, (*linkRow).dest, kind, s.linkHash(tx.Org(), kind, token), store.Micros(s.now().Add(-againTime))); err != nil {
			return gone(err)
		}
		q, id := accountByID, l.account
		if kind == linkInvitation {
			q, id = accountOfStaff, l.staff
		}
		var ok bool
		if a, ok, err = findAccount(tx, q, id); err == nil && (!ok || a.Site != site || a.hash == "") {
			err = fault.Gone("link")
		}
		return err
	})
	if err != nil {
		return err
	}
	g := gate{host: s.hostBucket(by.Org(), "link"), buckets: []bucket{s.bucket(by.Org(), "link", l.id, perDevice)}}
	err = s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		if err := s.delay(tx, g.host, g.buckets); err != nil {
			return err
		}
		return s.countFailures(tx, g.buckets...)
	})
	var wait *fault.TooMany
	if errors.As(err, &wait) {
		return fault.Gone("link")
	}
	if err != nil {
		return err
	}
	fits, err := s.passwords.Check(ctx, a.hash, checkable(password))
	if err == nil && !fits {
		return fault.Gone("link")
	}
	return errors.Join(err, s.takeBack(ctx, by, g))
}
