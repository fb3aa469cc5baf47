package access

import (
	"context"
	"errors"
	"slices"
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

const (
	newsConfirm    = "access.confirm"
	newsRegistered = "access.registered"

	purposeBrowser = "access.registration.browser"
	purposePIN     = "access.registration.pin"
	purposeConfirm = "access.registration.link"

	confirmFor   = 60 * time.Minute // number and link of the mail, from when it is sent
	longest      = 24 * time.Hour   // a registration, however often it is mailed
	pinTries     = 5
	mailsPerHour = 5 // confirmations to one address
)

// Entered is what a visitor brings to prove that access was sent to him: the
// typed code of a letter, or the token of a QR code or link.
type Entered struct {
	Code  string
	Link  string // wins over Code
	Visit        // for counting wrong codes
}

// Start is the first page of a registration, filled in.
type Start struct {
	Entered
	Email    string
	Password string
	Lang     string // "" = the person's
}

// StartRegistration checks code, address and password and mails a number and a
// link; nothing about the person is told before the mailbox is proved. It
// returns the token that ties the browser to this registration. A code that is
// unknown, used, revoked or of somebody who may not register any more is one
// and the same error; only a genuine code that has run out says so. An address
// that has an account already gets another mail, the visitor the same answer.
func (s *Service) StartRegistration(ctx context.Context, by actor.Actor, in Start) (browser string, err error) {
	if err := by.Must(actor.Everyone); err != nil {
		return "", err
	}
	address, err := checkStart(in)
	if err != nil {
		return "", err
	}
	gate := s.codeGate(by.Org(), in.Visit)
	if err := s.db.Read(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error { return s.delay(tx, gate.host, gate.buckets) }); err != nil {
		return "", err
	}
	hash, err := s.passwords.Hash(ctx, in.Password)
	if err != nil {
		return "", err
	}
	browser = seal.Token()
	err = s.withCode(ctx, by, in.Entered, gate, func(tx *store.Tx, now time.Time, o orgs.Org, h *holder, c codeRow) error {
		recent, err := notifications.Recent(tx, address, newsConfirm, now.Add(-time.Hour))
		if err != nil {
			return err
		}
		if recent >= mailsPerHour {
			return &fault.TooMany{After: time.Hour}
		}
		if err := CheckPassword("password", in.Password, o.Name, address); err != nil {
			return err
		}
		lang := in.Lang
		if lang == "" {
			lang = h.Language
		}
		id := store.NewID()
		lang = s.language(o, lang)
		if _, err := store.Exec(tx, insertRegistration, id, c.ID, address, hash, lang, s.keys.Hash(purposeBrowser, by.Org(), browser),
			store.Micros(now), store.Micros(now.Add(confirmFor))); err != nil {
			return err
		}
		return tellConfirm(tx, now, id, h.ID, address, lang)
	})
	if err != nil {
		return "", err
	}
	return browser, nil
}

// tellConfirm queues the mail with number and link. Each call makes a new one,
// which voids what the earlier brought.
func tellConfirm(tx *store.Tx, now time.Time, id, personID, address, lang string) error {
	return notifications.Tell(tx, now, notifications.News{Kind: newsConfirm, Key: newsConfirm + ":" + store.NewID(), PersonID: personID,
		Address: address, Lang: lang, Args: map[string]string{"registration": id}})
}

// checkStart tells everything that is wrong with the form but for the code.
func checkStart(in Start) (address string, err error) {
	var bad fault.Invalid
	address, err = email.Canonical(in.Email)
	if err != nil {
		bad.Add("email", email.Key(err))
	}
	if wrong := fault.AsInvalid(CheckPassword("password", in.Password, address)); wrong != nil {
		bad.Fields = append(bad.Fields, wrong.Fields...)
	}
	if strings.TrimSpace(in.Code) == "" && in.Link == "" {
		bad.Add("code", "access.code.missing")
	}
	return address, bad.Err()
}

func (s *Service) codeGate(org string, v Visit) gate {
	return gate{host: s.hostBucket(org, "code"), buckets: s.networkBuckets(org, "code", v.IP)}
}

// withCode finds the code that a visitor entered and runs fn for one that is
// good. Wrong ones are counted per address, per network and for the host, so
// that answers get slower; no code is ever locked. The count stays when the
// code is refused, so the refusal is given after the commit.
func (s *Service) withCode(ctx context.Context, by actor.Actor, in Entered, g gate,
	fn func(tx *store.Tx, now time.Time, o orgs.Org, h *holder, c codeRow) error) error {
	return s.judged(ctx, by, in, g, func(tx *store.Tx, now time.Time, o orgs.Org, h *holder, c codeRow, v verdict) (refused, failed error) {
		if v == codeGood {
			return nil, fn(tx, now, o, h, c)
		}
		return s.refusal(o, h, c, v), nil
	})
}

// refusal is what a visitor with a code of this verdict is told, nil for a good
// one.
func (s *Service) refusal(o orgs.Org, h *holder, c codeRow, v verdict) error {
	switch v {
	case codeGood:
		return nil
	case codeExpired:
		return s.expiredError(o, h, c)
	case codeClosed:
		return fault.Wrong("code", "access.code.portal_closed")
	}
	return fault.Wrong("code", "access.code.unknown")
}

func (s *Service) expiredError(o orgs.Org, h *holder, c codeRow) error {
	p := s.texts.Printer(s.language(o, h.Language))
	return fault.Wrong("code", "access.code.expired", "until", p.Day(lastDay(o.Location(), store.Time(c.expires))))
}

// verdict is what an entered code is worth.
type verdict int

const (
	codeUnknown verdict = iota
	codeGood
	codeExpired
	codeClosed // good, but the portal is off
)

// judged looks an entered code up and hands it to fn with its verdict. What fn
// returns as refused is returned after the commit, what it returns as failed
// undoes the transaction.
func (s *Service) judged(ctx context.Context, by actor.Actor, in Entered, g gate,
	fn func(tx *store.Tx, now time.Time, o orgs.Org, h *holder, c codeRow, v verdict) (refused, failed error)) error {
	var refused error
	err := s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		if err := s.delay(tx, g.host, g.buckets); err != nil {
			return err
		}
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		now := s.now()
		h, c, v, err := s.lookUp(tx, by.Org(), o, now, in)
		if err != nil {
			return err
		}
		if v == codeUnknown {
			if err := s.countFailures(tx, append(slices.Clone(g.buckets), g.host)...); err != nil {
				return err
			}
		}
		refused, err = fn(tx, now, o, h, c, v)
		return err
	})
	return errors.Join(err, refused)
}

// lookUp finds a code and judges it. Unknown, used, revoked and foreign codes
// take the same path: one look-up by a keyed hash.
func (s *Service) lookUp(tx *store.Tx, org string, o orgs.Org, now time.Time, in Entered) (*holder, codeRow, verdict, error) {
	query, value := codeByLink, s.keys.Hash(purposeLink, org, in.Link)
	if in.Link == "" {
		typed, ok := seal.ParseCode(in.Code)
		if !ok {
			typed = ""
		}
		query, value = codeByTyped, s.keys.Hash(purposeTyped, org, typed)
	}
	c, err := store.Get(tx, query, (*codeRow).dest, value)
	if errors.Is(err, store.ErrNoRow) {
		return nil, codeRow{}, codeUnknown, nil
	}
	if err != nil || c.spent() {
		return nil, codeRow{}, codeUnknown, err
	}
	h, err := loadHolder(tx, c.PersonID)
	if err != nil {
		return nil, codeRow{}, codeUnknown, err
	}
	today := o.Today(now)
	_, entitled := h.entitled(o, today, c.LeaseID)
	switch {
	case !entitled && h.portalsOff(today) && !h.ended(today), entitled && !o.PortalOn:
		return h, c, codeClosed, nil
	case !entitled:
		return nil, codeRow{}, codeUnknown, nil
	case c.expiredAt(now):
		return h, c, codeExpired, nil
	}
	return h, c, codeGood, nil
}

// LookAtLink tells whether the token of a QR code or link is good, for the
// page that fills the code in. It consumes and tells nothing but that and, for
// a genuine one that has run out, until when it was good. It is for a GET and
// writes nothing (T17): who has used up his attempts waits here too, but a wrong
// token is not counted, for 128 bits are not found by trying. It needs no right
// but Everyone.
func (s *Service) LookAtLink(ctx context.Context, by actor.Actor, in Entered) error {
	if err := by.Must(actor.Everyone); err != nil {
		return err
	}
	g := s.codeGate(by.Org(), in.Visit)
	if in.Link == "" { // a typed code is short enough to be counted everywhere
		return s.withCode(ctx, by, in, g, func(*store.Tx, time.Time, orgs.Org, *holder, codeRow) error { return nil })
	}
	return s.db.Read(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		if err := s.delay(tx, g.host, g.buckets); err != nil {
			return err
		}
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		h, c, v, err := s.lookUp(tx, by.Org(), o, s.now(), in)
		if err != nil {
			return err
		}
		return s.refusal(o, h, c, v)
	})
}

// Replacement tells what became of the wish for a new code.
type Replacement struct {
	Channel Channel // how the new data travel
	Already bool    // they are on their way since an earlier wish
}

// MyCodeExpired answers "my code has expired" (W8): whoever holds a genuine
// code that has run out gets new access data, always to the address on file.
// By e-mail at once where the organisation allows it and the person's consent
// is on record; else the letter is put before staff to print.
func (s *Service) MyCodeExpired(ctx context.Context, by actor.Actor, in Entered) (r Replacement, err error) {
	if err := by.Must(actor.Everyone); err != nil {
		return r, err
	}
	err = s.judged(ctx, by, in, s.codeGate(by.Org(), in.Visit), func(tx *store.Tx, now time.Time, o orgs.Org, h *holder, c codeRow, v verdict) (refused, failed error) {
		switch v {
		case codeGood:
			return fault.Wrong("code", "access.code.still_good"), nil
		case codeClosed:
			return fault.Wrong("code", "access.code.portal_closed"), nil
		case codeUnknown:
			return fault.Wrong("code", "access.code.unknown"), nil
		}
		r, failed = s.replace(tx, now, by, o, h)
		return nil, failed
	})
	return r, err
}

func (s *Service) replace(tx *store.Tx, now time.Time, by actor.Actor, o orgs.Org, h *holder) (Replacement, error) {
	a, err := loadAccess(tx, h.ID)
	if err != nil {
		return Replacement{}, err
	}
	switch StateOf(a, now, false) {
	case Pending:
		return Replacement{Channel: a.Channel, Already: true}, nil
	case Requested:
		return Replacement{Channel: ByLetter, Already: true}, nil
	case Expired:
	default:
		return Replacement{}, fault.Wrong("code", "access.code.unknown")
	}
	consent, ok, err := notifications.ActiveConsent(tx, h.ID, string(ByEmail))
	if err != nil {
		return Replacement{}, err
	}
	p, _ := h.entitled(o, o.Today(now), "")
	if ok && mayInvite(o, ByEmail, true) == nil {
		return Replacement{Channel: ByEmail}, s.inviteBy(tx, now, by, o, h, p, consent)
	}
	if err := move(tx, h.ID, asked, now, time.Time{}, ""); err != nil {
		return Replacement{}, err
	}
	return Replacement{Channel: ByLetter}, audit.Note(tx, now, by, "access.ask", "person:"+h.ID, nil)
}
