package access

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/store"
)

// Paths that letters and mails name; web serves them. A token follows the last
// two.
const (
	PathHelp    = "/hilfe"
	PathCode    = "/r/"
	PathConfirm = "/r/mail/"
)

const (
	purposeTyped = "access.code.typed"
	purposeLink  = "access.code.link"
	// emailDays is how long the link of an invitation by e-mail lives.
	emailDays = 7
)

// codeSecret is a code in clear: on paper or in a mail, never in the database.
type codeSecret struct {
	Typed string // 12 characters, "" for an e-mail
	Link  string // 128 bits
}

// newSecret makes the secret of one letter.
func newSecret() codeSecret {
	random := make([]byte, seal.CodeLen-1)
	rand.Read(random)
	return codeSecret{Typed: seal.Code(random), Link: seal.Token()}
}

// grant is a code to be issued.
type grant struct {
	ID        string
	PersonID  string
	LeaseID   string
	Channel   Channel
	Secret    codeSecret // zero for an e-mail: its link is made when it is sent
	Address   string
	ConsentID string
	BatchID   string
	Until     time.Time
}

// codeRow is a code as the database keeps it.
type codeRow struct {
	ID, PersonID, LeaseID, Channel, Address, ConsentID, BatchID, IssuedBy string
	issued, expires, used, revoked                                        int64
	Reason                                                                string
}

func (c *codeRow) dest() []any {
	return []any{&c.ID, &c.PersonID, &c.LeaseID, &c.Channel, &c.Address, &c.ConsentID, &c.BatchID, &c.IssuedBy,
		&c.issued, &c.expires, &c.used, &c.revoked, &c.Reason}
}

func (c *codeRow) spent() bool                  { return c.used != 0 || c.revoked != 0 }
func (c *codeRow) expiredAt(now time.Time) bool { return store.Micros(now) >= c.expires }

// Why a code was revoked, as access_code.revoke_reason keeps it.
const (
	reasonReplaced = "replaced"
	reasonStaff    = "staff"
	reasonNotMe    = "not_me"
	reasonNotMeOK  = "not_me_seen" // the same, and staff have dealt with it
	reasonUsed     = "registered"
	reasonEnded    = "lease_over"
	reasonReset    = "reset"
	reasonConsent  = "consent_withdrawn"
	reasonBatch    = "batch_failed"
)

// letterUntil is when a code in a letter of today runs out: at the end of the
// last of CodeDays days where the organisation is, so that the day printed in
// the letter still counts whole.
func letterUntil(o orgs.Org, now time.Time) time.Time {
	y, m, d := now.In(o.Location()).Date()
	return time.Date(y, m, d+o.Settings.CodeDays+1, 0, 0, 0, 0, o.Location())
}

// lastDay is the day to print for an end of validity in a time zone.
func lastDay(zone *time.Location, until time.Time) string {
	return until.Add(-time.Nanosecond).In(zone).Format(time.DateOnly)
}

func loadAccess(tx *store.Tx, personID string) (Access, error) {
	type row struct {
		a            Access
		since, until int64
	}
	r, err := store.Get(tx, accessOf, func(r *row) []any { return []any{&r.a.State, &r.since, &r.until, &r.a.Channel} }, personID)
	if errors.Is(err, store.ErrNoRow) {
		return Access{}, nil
	}
	r.a.Since, r.a.Until = store.Time(r.since), store.Time(r.until)
	return r.a, err
}

// move applies an event to a person's state and writes it down.
func move(tx *store.Tx, personID string, e event, now, until time.Time, by Channel) error {
	a, err := loadAccess(tx, personID)
	if err != nil {
		return err
	}
	if a, err = a.after(e, now, until, by); err != nil {
		return err
	}
	if a.State == "" {
		_, err = store.Exec(tx, dropAccess, personID)
		return err
	}
	_, err = store.Exec(tx, saveAccess, personID, string(a.State), store.Micros(a.Since), store.Micros(a.Until), string(a.Channel))
	return err
}

// issue writes a code down and makes every earlier one of the person void
// (X5). It refuses for a confirmed person.
func (s *Service) issue(tx *store.Tx, now time.Time, by actor.Actor, g grant) error {
	if err := move(tx, g.PersonID, issued, now, g.Until, g.Channel); err != nil {
		return err
	}
	if _, err := store.Exec(tx, revokeCodes, g.PersonID, store.Micros(now), by.Label(), reasonReplaced); err != nil {
		return err
	}
	typed, link := "", ""
	if g.Secret.Typed != "" {
		typed = s.keys.Hash(purposeTyped, by.Org(), g.Secret.Typed)
	}
	if g.Secret.Link != "" {
		link = s.keys.Hash(purposeLink, by.Org(), g.Secret.Link)
	}
	if _, err := store.Exec(tx, insertCode, g.ID, g.PersonID, g.LeaseID, string(g.Channel), typed, link, g.Address, g.ConsentID, g.BatchID,
		by.Label(), store.Micros(now), store.Micros(g.Until)); err != nil {
		return err
	}
	return audit.Note(tx, now, by, "access.issue", "person:"+g.PersonID, map[string]string{"channel": string(g.Channel), "batch": g.BatchID, "lease": g.LeaseID})
}

// Revoke takes a person's access back: every code is void, and somebody who
// has registered is out at the next request. Staff who are limited to properties
// may do that only to whom they look after alone, else it is a Conflict. It needs
// IssueAccess.
func (s *Service) Revoke(ctx context.Context, by actor.Actor, personID string) error {
	if err := by.Must(actor.IssueAccess); err != nil {
		return err
	}
	return s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		if _, err := s.wholly(tx, by, personID); err != nil {
			return err
		}
		return s.revoke(tx, s.now(), by, personID, reasonStaff)
	})
}

func (s *Service) revoke(tx *store.Tx, now time.Time, by actor.Actor, personID, reason string) error {
	a, err := loadAccess(tx, personID)
	if err != nil {
		return err
	}
	if err := move(tx, personID, takenBack, now, time.Time{}, ""); err != nil {
		return err
	}
	if _, err := store.Exec(tx, revokeCodes, personID, store.Micros(now), by.Label(), reason); err != nil {
		return err
	}
	if a.State == Confirmed {
		if err := s.detachPerson(tx, now, by, personID); err != nil {
			return err
		}
	}
	return audit.Note(tx, now, by, "access.revoke", "person:"+personID, map[string]string{"reason": reason})
}

// Checklist is the confirmation that K3 asks for before a property's first
// sending: residents are informed, the data are up to date, digital delivery
// is wanted.
type Checklist struct {
	By string // actor's label
	At time.Time
}

// ChecklistOf returns a property's checklist; ok is false when it is still
// open.
func ChecklistOf(tx *store.Tx, propertyID string) (c Checklist, ok bool, err error) {
	type row struct {
		by string
		at int64
	}
	r, err := store.Get(tx, checklistOf, func(r *row) []any { return []any{&r.by, &r.at} }, propertyID)
	if errors.Is(err, store.ErrNoRow) {
		return Checklist{}, false, nil
	}
	return Checklist{By: r.by, At: store.Time(r.at)}, err == nil, err
}

func needChecklist(tx *store.Tx, propertyID string) error {
	_, ok, err := ChecklistOf(tx, propertyID)
	if err == nil && !ok {
		err = fault.Conflicting("access.checklist.open")
	}
	return err
}

// ConfirmChecklist notes that the three points of K3 hold for a property; all
// must be ticked. It needs IssueAccess.
func (s *Service) ConfirmChecklist(ctx context.Context, by actor.Actor, propertyID string, informed, upToDate, wanted bool) error {
	if err := by.Must(actor.IssueAccess); err != nil {
		return err
	}
	var bad fault.Invalid
	for name, ticked := range map[string]bool{"informed": informed, "up_to_date": upToDate, "wanted": wanted} {
		if !ticked {
			bad.Add(name, "access.checklist.tick")
		}
	}
	if err := bad.Err(); err != nil {
		return err
	}
	return s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		if _, err := propertyWithin(tx, by, propertyID); err != nil {
			return err
		}
		now := s.now()
		if _, err := store.Exec(tx, saveChecklist, propertyID, by.Label(), store.Micros(now)); err != nil {
			return err
		}
		return audit.Note(tx, now, by, "access.checklist", "property:"+propertyID, nil)
	})
}

type propertyRow struct {
	ID, Name string
	PortalOn bool
}

// propertyWithin reads a property that the actor's limits include.
func propertyWithin(tx *store.Tx, by actor.Actor, id string) (propertyRow, error) {
	if !by.MayProperty(id) {
		return propertyRow{}, fault.NotFound("property")
	}
	p, err := store.Get(tx, propertyByID, func(p *propertyRow) []any { return []any{&p.ID, &p.Name, &p.PortalOn} }, id)
	if errors.Is(err, store.ErrNoRow) {
		err = fault.NotFound("property")
	}
	return p, err
}
