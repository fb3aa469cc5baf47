package access

import (
	"errors"
	"net/netip"
	"time"

	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

// Failures are counted in buckets: per address, per IPv6 network of /64, per
// account and network, per account, and for the whole organisation. A bucket
// leaks; a full one asks to wait, twice as long with each further failure.
//
// Nobody can lock another person out: a browser that has signed in to the
// account before (known device) has a bucket of its own, an attacker in one
// network fills only the buckets of that network, and a link by mail opens a
// known device again. The account's own bucket counts addresses that exist and
// addresses that do not alike.
//
// Figures, for one organisation: an unknown network gets 15 attempts on one
// account in its first hour, then one an hour; all unknown networks together
// 56 in the first hour, then four an hour; one network on all accounts 164 in
// the first hour, then 60 an hour. A network's hundred free attempts are for
// the many who share one: an attempt counts until it has turned out right.
var (
	perNetwork = rule{free: 100, first: time.Second, most: time.Minute, leak: time.Minute}
	// perGuess is for what nobody needs to try often from one place: codes, and
	// asking for mails.
	perGuess   = rule{free: 10, first: time.Second, most: time.Minute, leak: time.Minute}
	perPair    = rule{free: 5, first: 2 * time.Second, most: time.Hour, leak: time.Hour}
	perAccount = rule{free: 50, first: time.Minute, most: 15 * time.Minute, leak: 15 * time.Minute}
	perDevice  = rule{free: 10, first: time.Second, most: 5 * time.Minute, leak: 5 * time.Minute}
	// perHost never asks anybody to wait: from hot failures on, networks get only
	// strict free attempts.
	perHost = rule{free: 1 << 40, leak: 3 * time.Second}
)

const (
	hot    = 200
	strict = 10
)

// rule says how a bucket answers. The first free failures cost nothing, the
// next asks to wait for first, then twice as long each time, at most most. One
// failure is forgotten per leak.
type rule struct {
	free              int64
	first, most, leak time.Duration
}

// wait tells how long after the last failure the next attempt may come.
func (r rule) wait(level int64) time.Duration {
	over := level - r.free
	switch {
	case over < 0:
		return 0
	case over > 30:
		return r.most
	}
	return min(r.first<<over, r.most)
}

// level is what remains of failures counted until last.
func (r rule) level(tries int64, last, now time.Time) int64 {
	return max(0, tries-int64(now.Sub(last)/r.leak))
}

// bucket is one row of throttle.
type bucket struct {
	kind string
	key  string // keyed hash of what is counted
	rule rule
	// shared marks a network: others use it too.
	shared bool
}

// bucket names a bucket without keeping the address or network itself.
func (s *Service) bucket(org, kind, what string, r rule) bucket {
	return bucket{kind: kind, key: s.keys.Hash("throttle", org, kind+"\x00"+what), rule: r}
}

// network returns the part of an address that one household or office has: the
// IPv4 address, the /64 of an IPv6 address.
func network(ip netip.Addr) string {
	ip = ip.Unmap().WithZone("")
	if ip.Is6() {
		if p, err := ip.Prefix(64); err == nil {
			return p.String()
		}
	}
	return ip.String()
}

// networkBuckets are those of where an attempt at what ("code", "reset") comes
// from: the address and, for IPv6, its /64. An unknown address counts as one
// network.
func (s *Service) networkBuckets(org, what string, ip netip.Addr) []bucket {
	return s.sharedBuckets(org, what, ip, perGuess)
}

func (s *Service) sharedBuckets(org, what string, ip netip.Addr, r rule) []bucket {
	ip = ip.Unmap().WithZone("")
	out := []bucket{s.bucket(org, what+" address", ip.String(), r)}
	if ip.Is6() {
		out = append(out, s.bucket(org, what+" network", network(ip), r))
	}
	for i := range out {
		out[i].shared = true
	}
	return out
}

// hostBucket counts all failures at what in the organisation.
func (s *Service) hostBucket(org, what string) bucket {
	return s.bucket(org, what+" host", "", perHost)
}

// load returns a bucket's stored failures and when the last was.
func (b bucket) load(tx *store.Tx) (tries int64, last time.Time, err error) {
	type row struct{ tries, at int64 }
	r, err := store.Get(tx, throttleOf, func(r *row) []any { return []any{&r.tries, &r.at} }, b.kind, b.key)
	if errors.Is(err, store.ErrNoRow) {
		return 0, time.Time{}, nil
	}
	return r.tries, store.Time(r.at), err
}

// delay returns a fault.TooMany when one of the buckets asks to wait. host is
// what the organisation has seen lately; its heat makes networks strict.
func (s *Service) delay(tx *store.Tx, host bucket, list []bucket) error {
	now := s.now()
	tries, last, err := host.load(tx)
	if err != nil {
		return err
	}
	heated := host.rule.level(tries, last, now) >= hot
	var after time.Duration
	for _, b := range list {
		tries, last, err := b.load(tx)
		if err != nil {
			return err
		}
		r := b.rule
		if heated && b.shared {
			r.free = min(r.free, strict)
		}
		after = max(after, last.Add(r.wait(r.level(tries, last, now))).Sub(now))
	}
	if after > 0 {
		return &fault.TooMany{After: after.Truncate(time.Second) + time.Second}
	}
	return nil
}

// countFailures adds one failure to each bucket. It is done before the answer
// is known, so that many attempts at once cannot all pass; what turns out right
// is forgiven.
func (s *Service) countFailures(tx *store.Tx, list ...bucket) error {
	now := s.now()
	for _, b := range list {
		tries, last, err := b.load(tx)
		if err != nil {
			return err
		}
		if _, err := store.Exec(tx, setThrottle, b.kind, b.key, b.rule.level(tries, last, now)+1, store.Micros(now)); err != nil {
			return err
		}
	}
	return nil
}

// forgive takes back what was counted for an attempt that was right: its own
// failure from the networks, which others use too, all of them from accounts
// and devices.
func (s *Service) forgive(tx *store.Tx, list ...bucket) error {
	for _, b := range list {
		q := clearThrottle
		if b.shared {
			q = easeThrottle
		}
		if _, err := store.Exec(tx, q, b.kind, b.key); err != nil {
			return err
		}
	}
	return nil
}
