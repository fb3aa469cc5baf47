package access

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

// purposeLetterAgain seals the secret of a single letter, see justMade.
const purposeLetterAgain = "access.letter.again"

// LetterFor makes the letter of one person as a PDF of one page (K14) and
// issues its code; every earlier one of hers is void from then on. leaseID may
// be "" for her best lease. Whoever can neither be written to nor printed keeps
// what she has: the code exists only once the page does. The same member gets
// the same letter again for two minutes: a second click must not void the code
// of the first. It needs IssueAccess.
func (s *Service) LetterFor(ctx context.Context, by actor.Actor, personID, leaseID string) ([]byte, error) {
	if err := by.Must(actor.IssueAccess); err != nil {
		return nil, err
	}
	return s.singleLetter(ctx, by, letterWish{personID: personID, leaseID: leaseID, check: func(tx *store.Tx, now time.Time) (orgs.Org, *holder, place, error) {
		o, h, p, err := s.sendable(tx, by, now, personID, leaseID)
		if err != nil {
			return o, h, p, err
		}
		again, err := issuedBefore(tx, h.ID)
		if err == nil {
			err = mayInvite(o, ByLetter, again)
		}
		return o, h, p, err
	}})
}

// letterWish is what singleLetter is asked for.
type letterWish struct {
	personID, leaseID string
	// check decides who may get the letter.
	check func(tx *store.Tx, now time.Time) (orgs.Org, *holder, place, error)
	// before, if not nil, runs in the transaction that issues the code.
	before func(tx *store.Tx, now time.Time, h *holder) error
}

// singleLetter reads, prints and issues, or prints once more what the same
// member has just made. Of two requests at once one finds the other's code when
// it comes to issue its own, and begins again.
func (s *Service) singleLetter(ctx context.Context, by actor.Actor, w letterWish) (pdf []byte, err error) {
	for range 5 {
		if pdf, err = s.letterTry(ctx, by, w); !errors.Is(err, errStale) {
			break
		}
	}
	return pdf, err
}

func (s *Service) letterTry(ctx context.Context, by actor.Actor, w letterWish) ([]byte, error) {
	now := s.now()
	var o orgs.Org
	var g page
	var before issuedLetter
	err := s.db.Read(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) (err error) {
		if before, err = s.justMade(tx, now, by, w); err != nil {
			return err
		}
		var h *holder
		if before.id != "" {
			o, h, g.place, err = s.sendable(tx, by, now, w.personID, before.leaseID)
		} else {
			o, h, g.place, err = w.check(tx, now)
		}
		if err != nil {
			return err
		}
		g.holder, g.lang = h.Person, s.language(o, h.Language)
		g.others, err = othersIn(tx, g.place.LeaseID, h.ID, o.Today(now))
		return err
	})
	if err != nil {
		return nil, err
	}
	made := now
	if g.until, g.secret = letterUntil(o, now), newSecret(); before.id != "" {
		made, g.until, g.secret = before.issued, before.until, before.secret
	}
	pdf, address, err := s.printOne(o, g, made)
	if err != nil {
		return nil, err
	}
	err = s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		if x, err := s.justMade(tx, now, by, w); err != nil {
			return err
		} else if x.id != before.id { // made, used or revoked while we printed
			return errStale
		}
		if before.id != "" {
			return nil
		}
		return s.issueLetter(tx, now, by, w, g, address)
	})
	return pdf, err
}

// issueLetter makes the code of a printed letter count.
func (s *Service) issueLetter(tx *store.Tx, now time.Time, by actor.Actor, w letterWish, g page, address string) error {
	if w.before != nil {
		h, err := loadHolder(tx, w.personID)
		if err != nil {
			return err
		}
		if err := w.before(tx, now, h); err != nil {
			return err
		}
	}
	if _, _, _, err := w.check(tx, now); err != nil { // again: much may have happened while we printed
		return err
	}
	id := store.NewID()
	if err := s.issue(tx, now, by, grant{ID: id, PersonID: w.personID, LeaseID: g.place.LeaseID, Channel: ByLetter,
		Secret: g.secret, Address: address, Until: g.until}); err != nil {
		return err
	}
	box := s.keys.Seal(purposeLetterAgain, by.Org(), []byte(g.secret.Typed+" "+g.secret.Link))
	_, err := store.Exec(tx, keepLetter, id, base64.RawStdEncoding.EncodeToString(box))
	return err
}

// printOne makes the PDF of one letter, and tells to what address.
func (s *Service) printOne(o orgs.Org, g page, at time.Time) (pdf []byte, address string, err error) {
	l, err := s.newPaper(o, at)
	if err != nil {
		return nil, "", err
	}
	var out bytes.Buffer
	written := l.write(g)
	file, err := l.begin(&out, s.texts.Printer(g.lang).T("access.letter.subject"), at)
	if err == nil {
		err = file.Add(written)
	}
	if err != nil {
		return nil, "", refusal(err)
	}
	err = file.Close()
	return out.Bytes(), strings.Join(written.To, "\n"), err
}

// issuedLetter is a single letter whose code still counts.
type issuedLetter struct {
	id, leaseID   string
	secret        codeSecret
	issued, until time.Time
}

// justMade finds the letter that the same member has made for the same person in
// the last againTime and whose code still counts; the zero value when there is
// none. The code in clear is kept sealed for that long, see forgetLetters.
func (s *Service) justMade(tx *store.Tx, now time.Time, by actor.Actor, w letterWish) (issuedLetter, error) {
	type row struct {
		issuedLetter
		sealed        string
		from, expires int64
	}
	r, err := store.Get(tx, letterAgain, func(r *row) []any { return []any{&r.id, &r.leaseID, &r.sealed, &r.from, &r.expires} },
		w.personID, w.leaseID, by.Label(), store.Micros(now.Add(-againTime)), store.Micros(now))
	if errors.Is(err, store.ErrNoRow) {
		return issuedLetter{}, nil
	}
	if err != nil {
		return issuedLetter{}, err
	}
	sealed, err := base64.RawStdEncoding.DecodeString(r.sealed)
	if err != nil {
		return issuedLetter{}, err
	}
	clear, err := s.keys.Open(purposeLetterAgain, by.Org(), sealed)
	if err != nil {
		return issuedLetter{}, err
	}
	r.secret.Typed, r.secret.Link, _ = strings.Cut(string(clear), " ")
	r.issued, r.until = store.Time(r.from), store.Time(r.expires)
	return r.issuedLetter, nil
}

// ResetAccess ends the login of a confirmed person and makes a new letter to the
// lease's address (T43): for somebody who has lost both password and mailbox.
// The old address gets a notice. A second click gives the same letter, see
// LetterFor. Nobody can enter another address here. It is
// limited as Revoke is, for everybody whom the login stands for, and needs
// IssueAccess.
func (s *Service) ResetAccess(ctx context.Context, by actor.Actor, personID, leaseID string) ([]byte, error) {
	if err := by.Must(actor.IssueAccess); err != nil {
		return nil, err
	}
	reset := false
	check := func(tx *store.Tx, now time.Time) (orgs.Org, *holder, place, error) {
		return s.resettable(tx, by, now, personID, leaseID, reset)
	}
	return s.singleLetter(ctx, by, letterWish{personID: personID, leaseID: leaseID, check: check, before: func(tx *store.Tx, now time.Time, h *holder) error {
		reset = false // the transaction may run twice
		if _, _, _, err := check(tx, now); err != nil {
			return err
		}
		if err := s.voidLogin(tx, now, by, h); err != nil {
			return err
		}
		reset = true
		return audit.Note(tx, now, by, "access.reset", "person:"+personID, nil)
	}})
}

// resettable is sendable for a person who is confirmed, or was until a moment
// ago in the same transaction.
func (s *Service) resettable(tx *store.Tx, by actor.Actor, now time.Time, personID, leaseID string, done bool) (orgs.Org, *holder, place, error) {
	o, h, p, err := s.mayGet(tx, by, now, personID, leaseID)
	if err != nil {
		return o, h, p, err
	}
	a, err := loadAccess(tx, personID)
	if err != nil {
		return o, h, p, err
	}
	if done {
		return o, h, p, nil
	}
	l, ok, err := loginOf(tx, personID)
	if err != nil {
		return o, h, p, err
	}
	if a.State != Confirmed || !ok {
		return o, h, p, fault.Conflicting("access.letter.reset_unconfirmed")
	}
	persons, err := store.List[string](tx, personsOfAccount, l.ID) // the login ends for all of them
	if err == nil {
		err = mustCover(tx, by, o.Today(now), persons...)
	}
	return o, h, p, err
}
