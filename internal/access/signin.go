package access

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/netip"
	"strings"
	"time"

	"foyer/internal/notifications"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/email"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/store"
)

// Visit is what a request tells of the browser and where it is.
type Visit struct {
	IP        netip.Addr
	UserAgent string // only "Firefox · Android" of it is kept
	Previous  string // the session token that the browser still holds; it ends
	Known     string // the browser's device cookie, see SignedIn
}

// SignIn is the filled-in form.
type SignIn struct {
	Email    string
	Password string
	Remember bool // residents: this is my own device
	Visit
}

// SignedIn is what the browser gets.
type SignedIn struct {
	Session Session
	Token   string        // for the session cookie
	Life    time.Duration // of that cookie; 0 = until the browser closes
	// Known is for the cookie that lets this browser try again however many
	// strangers guess; keep it for KnownLife. It opens nothing.
	Known string
}

// KnownLife is how long a browser keeps the cookie of SignedIn.Known.
const KnownLife = 400 * 24 * time.Hour

// SignIn opens a session on a site. Everything that is wrong with address or
// password gives one and the same fault.Invalid after the same work: one
// argon2id hash, the same two writes. Only who gave the right password is told
// that the access has ended. fault.TooMany asks to wait.
func (s *Service) SignIn(ctx context.Context, by actor.Actor, site Site, in SignIn) (SignedIn, error) {
	if err := by.Must(actor.Everyone); err != nil {
		return SignedIn{}, err
	}
	address, err := email.Canonical(in.Email)
	if err != nil {
		address = "" // no account has it
	}
	g := s.gateFor(by.Org(), site, address, in)
	a, err := s.pass(ctx, by, site, address, g)
	if err != nil {
		return SignedIn{}, err
	}
	fits, err := s.passwords.Check(ctx, a.hash, checkable(in.Password))
	if err != nil { // no judgement was made
		return SignedIn{}, errors.Join(err, s.takeBack(ctx, by, g))
	}
	if !fits {
		return SignedIn{}, s.refuse(ctx, by, g)
	}
	return s.admit(ctx, by, a, g, in)
}

// gate is what counts the failures of one attempt.
type gate struct {
	host    bucket
	buckets []bucket
	known   bool // the browser has signed in to this account before
}

func (s *Service) gateFor(org string, site Site, address string, in SignIn) gate {
	if address == "" { // each impossible address is its own account, like any unknown one
		address = "?" + in.Email[:min(len(in.Email), 300)]
	}
	who := string(site) + "\x00" + address
	g := gate{host: s.hostBucket(org, "sign-in")}
	if nonce, ok := s.knownDevice(org, who, in.Known); ok {
		g.known = true
		g.buckets = []bucket{s.bucket(org, "sign-in device", who+"\x00"+nonce, perDevice)}
		return g
	}
	g.buckets = append(s.sharedBuckets(org, "sign-in", in.IP, perNetwork),
		s.bucket(org, "sign-in pair", who+"\x00"+network(in.IP), perPair), s.accountBucket(org, who))
	return g
}

func (s *Service) accountBucket(org, who string) bucket {
	return s.bucket(org, "sign-in account", who, perAccount)
}

// pass looks whether the attempt may be made at all, counts it as a failure
// and returns the account, an empty one when there is none. The look by a Read
// first keeps a flood away from the writer.
func (s *Service) pass(ctx context.Context, by actor.Actor, site Site, address string, g gate) (a account, err error) {
	err = s.db.Read(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		return s.delay(tx, g.host, g.buckets)
	})
	if err != nil {
		return account{}, err
	}
	err = s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		if err := s.delay(tx, g.host, g.buckets); err != nil {
			return err
		}
		if err := s.countFailures(tx, g.buckets...); err != nil {
			return err
		}
		a, _, err = findAccount(tx, accountByEmail, string(site), address)
		return err
	})
	return a, err
}

func (s *Service) takeBack(ctx context.Context, by actor.Actor, g gate) error {
	return s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error { return s.forgive(tx, g.buckets...) })
}

// refuse counts the failure for the organisation and gives the one answer.
func (s *Service) refuse(ctx context.Context, by actor.Actor, g gate) error {
	if err := s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		return s.countFailures(tx, g.host)
	}); err != nil {
		return err
	}
	return fault.Wrong("", "access.account.signin_failed")
}

// admit opens the session of an account whose password was right.
func (s *Service) admit(ctx context.Context, by actor.Actor, was account, g gate, in SignIn) (out SignedIn, err error) {
	err = s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		out = SignedIn{}
		a, ok, err := findAccount(tx, accountByID, was.ID)
		if err != nil {
			return err
		}
		if !ok || a.hash != was.hash { // changed while we were hashing
			return fault.Wrong("", "access.account.signin_failed")
		}
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		if ok, err := s.open(tx, o, a); err != nil {
			return err
		} else if !ok {
			return fault.Wrong("", endedKey[a.Site])
		}
		if err := s.forgive(tx, g.buckets...); err != nil {
			return err
		}
		if out, err = s.openSession(tx, a, in.Remember, in.Visit); err != nil {
			return err
		}
		if !g.known {
			return s.tellNewDevice(tx, o, a, out.Session)
		}
		out.Known = in.Known
		return nil
	})
	return out, err
}

// openSession starts a session in the transaction of what earned it. The
// browser's previous session of this site ends.
func (s *Service) openSession(tx *store.Tx, a account, remember bool, v Visit) (SignedIn, error) {
	now := s.now()
	if v.Previous != "" {
		if _, err := store.Exec(tx, deleteSessionByToken, s.tokenHash(tx.Org(), a.Site, v.Previous)); err != nil {
			return SignedIn{}, err
		}
	}
	n := Session{ID: store.NewID(), Site: a.Site, Account: a.ID, Device: device(v.UserAgent), Remember: remember && a.Site == ResidentSite,
		Lang: a.Lang, CreatedAt: now, AuthAt: now, SeenAt: now, Current: true}
	n.ExpiresAt = n.expiry(now)
	token := seal.Token()
	if _, err := store.Exec(tx, insertSession, n.ID, a.ID, s.tokenHash(tx.Org(), a.Site, token), n.Device, n.Remember,
		store.Micros(now), store.Micros(n.ExpiresAt)); err != nil {
		return SignedIn{}, err
	}
	if a.Site == StaffSite {
		if err := audit.Note(tx, now, actor.NewAnonymous(tx.Org()), "access.sign_in", "staff:"+a.StaffID, nil); err != nil {
			return SignedIn{}, err
		}
	}
	return SignedIn{Session: n, Token: token, Life: n.cookieLife(), Known: s.newKnown(tx.Org(), a)}, nil
}

// tellNewDevice writes to the owner that a browser signed in which had not done
// so before. The first sign-in after registration is no news.
func (s *Service) tellNewDevice(tx *store.Tx, o orgs.Org, a account, n Session) error {
	if s.now().Sub(a.CreatedAt) < time.Hour {
		return nil
	}
	return s.tell(tx, o, a, notifications.News{Kind: mailNewDevice, Key: mailNewDevice + ":" + n.ID, Args: map[string]string{"session": n.ID}})
}

// newKnown makes a device cookie for an account: a random name and our keyed
// hash over it and the login. It proves that somebody has signed in with this
// browser, nothing more.
func (s *Service) newKnown(org string, a account) string {
	nonce := seal.Token()
	return nonce + "." + s.knownMAC(org, string(a.Site)+"\x00"+a.Email, nonce)
}

func (s *Service) knownMAC(org, who, nonce string) string {
	return s.keys.Hash("known device", org, who+"\x00"+nonce)
}

func (s *Service) knownDevice(org, who, cookie string) (nonce string, ok bool) {
	nonce, mac, _ := strings.Cut(cookie, ".")
	if len(nonce) > 64 {
		nonce = ""
	}
	want := s.knownMAC(org, who, nonce)
	return nonce, nonce != "" && subtle.ConstantTimeCompare([]byte(mac), []byte(want)) == 1
}

// endedKey is what somebody reads who gave the right password of an access
// that is closed.
var endedKey = map[Site]string{ResidentSite: "access.account.ended", StaffSite: "access.account.ended_staff"}
