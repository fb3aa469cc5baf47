package access

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"foyer/internal/notifications"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// PersonLease is one lease of a person.
type PersonLease struct {
	LeaseID    string
	Ref        string
	Role       string
	From, To   string // days, To is portfolio.Forever when open
	Over       bool
	Unit       portfolio.Unit
	Building   portfolio.Building
	PropertyID string
	Property   string
	PortalOn   bool // of the organisation and the property
	Entitled   bool // gives a right to an own access
}

// IssuedCode is the record of one code; the code itself is nowhere.
type IssuedCode struct {
	ID, LeaseID string
	Channel     Channel
	Address     string // where it went: the e-mail address, or the lines of the letter
	ConsentID   string
	BatchID     string
	By          string // label, see PersonCard.Names
	IssuedAt    time.Time
	ExpiresAt   time.Time
	PrintedAt   time.Time
	UsedAt      time.Time
	RevokedAt   time.Time
	RevokedBy   string
	Reason      string // catalogue key of why it was revoked, "" when it was not
}

// PersonCard is all that staff see of a person's access.
type PersonCard struct {
	Person     portfolio.Person
	Leases     []PersonLease
	Brief      bool // for the caretaker: without login, consent and all records
	State      State
	Since      time.Time
	Until      time.Time
	Channel    Channel
	Login      string                 // the e-mail address registered with, "" for none
	Consent    *notifications.Consent // to e-mails, nil for none
	Codes      []IssuedCode           // newest first
	Deliveries []notifications.Delivery
	History    []audit.Entry     // newest first
	Names      map[string]string // of staff, by the labels in By, RevokedBy and History
}

// Person returns a person with leases, state, history of access, mails and
// consent (K1, W10). A limited staff member sees the leases of his properties
// only, and of somebody who has others too the codes, mails and history of his
// own alone; a caretaker nothing of how somebody comes in. It needs
// ReadPortfolio.
func (s *Service) Person(ctx context.Context, by actor.Actor, personID string) (c PersonCard, err error) {
	if err := by.Must(actor.ReadPortfolio); err != nil {
		return c, err
	}
	err = s.db.Read(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		h, err := within(tx, by, personID)
		if err != nil {
			return err
		}
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		a, err := loadAccess(tx, personID)
		if err != nil {
			return err
		}
		now := s.now()
		today := o.Today(now)
		c = PersonCard{Person: h.Person, State: StateOf(a, now, h.ended(today)), Since: a.Since, Until: a.Until, Channel: a.Channel}
		for i := range h.places {
			if p := &h.places[i]; by.MayProperty(p.Unit.PropertyID) {
				c.Leases = append(c.Leases, p.card(o, today))
			}
		}
		if c.Brief = by.Role() == actor.Caretaker; c.Brief {
			return nil
		}
		if err := c.records(tx, by, personID); err != nil || len(c.Leases) == len(h.places) {
			return err
		}
		return c.narrow(by)
	})
	return c, err
}

// narrow leaves of mails and history what belongs to the leases and codes that
// the card shows, and what the member did himself.
func (c *PersonCard) narrow(by actor.Actor) error {
	c.Deliveries = slices.DeleteFunc(c.Deliveries, func(d notifications.Delivery) bool {
		return !slices.ContainsFunc(c.Codes, func(k IssuedCode) bool { return k.ID == d.Args["code"] })
	})
	var failed error
	c.History = slices.DeleteFunc(c.History, func(e audit.Entry) bool {
		var about struct{ Lease string }
		if err := json.Unmarshal([]byte(e.Detail), &about); err != nil {
			failed = err
		}
		return e.Actor != by.Label() && !slices.ContainsFunc(c.Leases, func(l PersonLease) bool { return l.LeaseID == about.Lease })
	})
	return failed
}

func (p *place) card(o orgs.Org, today string) PersonLease {
	return PersonLease{LeaseID: p.LeaseID, Ref: p.Lease.Ref, Role: p.Role, From: max(p.Lease.StartsOn, p.FromDay), To: p.last(), Over: p.over(today),
		Unit: p.Unit, Building: p.Building, PropertyID: p.Unit.PropertyID, Property: p.Property, PortalOn: o.PortalOn && p.PortalOn,
		Entitled: mayRegister(p.Role, o.Settings.WhoMayRegister)}
}

// records reads what was sent, used, revoked and agreed to.
func (c *PersonCard) records(tx *store.Tx, by actor.Actor, personID string) error {
	type row struct {
		IssuedCode
		issued, expires, used, revoked, printed int64
	}
	all, properties := limits(by)
	rows, err := store.All(tx, issuedCodes, func(r *row) []any {
		return []any{&r.ID, &r.LeaseID, &r.Channel, &r.Address, &r.ConsentID, &r.BatchID, &r.By, &r.issued, &r.expires, &r.used, &r.revoked, &r.RevokedBy, &r.Reason, &r.printed}
	}, personID, all, properties)
	if err != nil {
		return err
	}
	for _, r := range rows {
		x := r.IssuedCode
		x.IssuedAt, x.ExpiresAt, x.UsedAt = store.Time(r.issued), store.Time(r.expires), store.Time(r.used)
		x.RevokedAt, x.PrintedAt = store.Time(r.revoked), store.Time(r.printed)
		if x.Reason != "" {
			x.Reason = "access.code.revoked." + x.Reason
		}
		c.Codes = append(c.Codes, x)
	}
	if l, ok, err := loginOf(tx, personID); err != nil {
		return err
	} else if ok {
		c.Login = l.Email
	}
	if consent, ok, err := notifications.ActiveConsent(tx, personID, string(ByEmail)); err != nil {
		return err
	} else if ok {
		c.Consent = &consent
	}
	if c.Deliveries, err = notifications.Of(tx, personID, 50); err != nil {
		return err
	}
	if c.History, err = audit.Of(tx, "person:"+personID, 50); err != nil {
		return err
	}
	type name struct{ id, name string }
	names, err := store.All(tx, staffNames, func(n *name) []any { return []any{&n.id, &n.name} })
	c.Names = make(map[string]string, len(names))
	for _, n := range names {
		c.Names["staff:"+n.id] = n.name
	}
	return err
}
