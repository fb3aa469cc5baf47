package access

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"foyer/internal/notifications/mail"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/blob"
	"foyer/internal/platform/email"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/portfolio"
)

// estate is a world with houses: properties, units and persons in leases.
type estate struct {
	*world
	clerk   actor.Actor
	blobDir string
	n       int
}

var setOrg = store.Scoped(`UPDATE org SET settings = $2, portal_on = $3 WHERE org_id = $1`)

func newEstate(t *testing.T, db *store.DB) *estate {
	t.Helper()
	e := &estate{world: newWorld(t, db), clerk: actor.NewStaff(storetest.Org, "acc-clerk", "clerk", "Jette Petersen", actor.Clerk, false, nil)}
	texts, err := i18n.New(i18n.Texts, email.Texts, orgs.Texts, portfolio.Texts, Texts)
	if err != nil {
		t.Fatal(err)
	}
	e.Service.texts = texts
	e.blobDir = t.TempDir()
	if e.Service.blobs, err = blob.Open(e.blobDir); err != nil {
		t.Fatal(err)
	}
	e.settings(`"phone":"030 23125 100","hours":"Montag bis Freitag, 8–16 Uhr","letter_contact":"Jette Petersen","street":"Werftstraße 8","postcode":"12459","city":"Berlin"`, true)
	return e
}

// settings replaces the organisation's settings by these and switches its
// portal.
func (e *estate) settings(inner string, on bool) {
	e.t.Helper()
	e.exec(setOrg, "{"+inner+"}", on)
}

// house adds a property with one building, portal on, checklist confirmed.
func (e *estate) house(id string) {
	e.t.Helper()
	e.write(func(tx *store.Tx) error {
		if err := portfolio.PutProperties(tx, e.now(), []portfolio.Property{{ID: id, Name: "Ahornallee " + id, Postcode: "12623", City: "Berlin", Country: "DE", PortalOn: true, UVIService: true}}); err != nil {
			return err
		}
		return portfolio.PutBuildings(tx, []portfolio.Building{{ID: "b-" + id, PropertyID: id, Street: "Ahornallee", HouseNumber: id, Postcode: "12623", City: "Berlin", Country: "DE"}})
	})
	if err := e.ConfirmChecklist(e.t.Context(), e.clerk, id, true, true, true); err != nil {
		e.t.Fatal(err)
	}
}

// dweller describes a person in a lease; the zero value is a party of a
// running rental of an own flat that needs UVI.
type dweller struct {
	house, unit, lease, person string // "" = a new one; house "" = "14"
	first, last, email         string
	lang, role                 string
	floor, stair, usage        string
	noUVI                      bool
	from, to                   string // days of the lease
	leaves                     string // last day of the person
}

// add writes a dweller down and returns the ids of person and lease.
func (e *estate) add(d dweller) (personID, leaseID string) {
	e.t.Helper()
	e.n++
	or := func(s *string, v string) {
		if *s == "" {
			*s = v
		}
	}
	or(&d.house, "14")
	or(&d.usage, portfolio.Flat)
	or(&d.role, portfolio.ContractParty)
	or(&d.from, "2024-01-01")
	or(&d.leaves, portfolio.Forever)
	or(&d.first, "Marlene")
	or(&d.last, fmt.Sprintf("Brandt%d", e.n))
	or(&d.unit, fmt.Sprintf("u%03d", e.n))
	or(&d.person, fmt.Sprintf("m%03d", e.n))
	or(&d.lease, "l-"+d.unit+d.from)
	e.write(func(tx *store.Tx) error {
		b := portfolio.Building{ID: "b-" + d.house, PropertyID: d.house, Street: "Ahornallee", HouseNumber: d.house, Postcode: "12623"}
		u := portfolio.Unit{ID: d.unit, Label: strings.TrimLeft(d.unit, "u0"), Usage: d.usage, Floor: d.floor, Stairwell: d.stair, UVINeeded: !d.noUVI}
		u.Place(b)
		if err := portfolio.PutUnits(tx, []portfolio.Unit{u}); err != nil {
			return err
		}
		p := portfolio.Person{ID: d.person, Salutation: portfolio.Mrs, FirstName: d.first, LastName: d.last, Email: d.email, Language: d.lang}
		if err := portfolio.PutPersons(tx, e.now(), []portfolio.Person{p}); err != nil {
			return err
		}
		l := portfolio.Lease{ID: d.lease, UnitID: d.unit, Kind: portfolio.KindOf(d.role), StartsOn: d.from, EndsOn: d.to, Ref: "V-" + d.lease, Currency: "EUR"}
		if err := portfolio.PutLeases(tx, e.now(), []portfolio.Lease{l}); err != nil {
			return err
		}
		return portfolio.PutMemberships(tx, []portfolio.Membership{{LeaseID: d.lease, PersonID: d.person, Role: d.role, FromDay: d.from, ToDay: d.leaves}})
	})
	return d.person, d.lease
}

// code issues a letter's code as LetterFor does, and returns it in clear.
func (e *estate) code(personID, leaseID string) codeSecret {
	e.t.Helper()
	sec := newSecret()
	e.write(func(tx *store.Tx) error {
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		return e.issue(tx, e.now(), e.clerk, grant{ID: store.NewID(), PersonID: personID, LeaseID: leaseID, Channel: ByLetter, Secret: sec, Until: letterUntil(o, e.now())})
	})
	return sec
}

// state reads a person's state as the staff's card shows it.
func (e *estate) state(personID string) State {
	e.t.Helper()
	c, err := e.Person(e.t.Context(), e.clerk, personID)
	if err != nil {
		e.t.Fatal(err)
	}
	return c.State
}

var visitor = Visit{IP: ip("192.0.2.9"), UserAgent: firefox}

func entered(sec codeSecret) Entered { return Entered{Code: sec.Typed, Visit: visitor} }

// begin starts a registration and sends its mail.
func (e *estate) begin(sec codeSecret, address string) (browser string) {
	e.t.Helper()
	browser, err := e.StartRegistration(e.t.Context(), e.anon, Start{Entered: entered(sec), Email: address, Password: secret, Lang: "de"})
	if err != nil {
		e.t.Fatal(err)
	}
	e.drain()
	return browser
}

var pinForm = regexp.MustCompile(`\b(\d{3}) (\d{3})\b`)

// pin reads the number of the newest mail to an address.
func (e *estate) pin(address string) string {
	e.t.Helper()
	m := pinForm.FindStringSubmatch(e.last(address).Text)
	if m == nil {
		e.t.Fatalf("no number in the mail:\n%s", e.last(address).Text)
	}
	return m[1] + m[2]
}

// last returns the newest mail to an address.
func (e *estate) last(address string) mail.Message {
	e.t.Helper()
	for _, c := range e.outbox.Messages() { // newest first
		if c.Message.To.Addr == address {
			return c.Message
		}
	}
	e.t.Fatalf("no mail to %s", address)
	return mail.Message{}
}

// link reads the token of the link in the newest mail to an address.
func (e *estate) link(address string) string {
	e.t.Helper()
	m := regexp.MustCompile(`https://a\.example/r/(?:mail/)?([A-Za-z0-9_-]{22})`).FindStringSubmatch(e.last(address).Text)
	if m == nil {
		e.t.Fatalf("no link in the mail:\n%s", e.last(address).Text)
	}
	return m[1]
}

// register goes the whole way.
func (e *estate) register(sec codeSecret, address string) SignedIn {
	e.t.Helper()
	browser := e.begin(sec, address)
	if err := e.ConfirmByPIN(e.t.Context(), e.anon, browser, e.pin(address)); err != nil {
		e.t.Fatal(err)
	}
	in, err := e.Accept(e.t.Context(), e.anon, browser, true, visitor)
	if err != nil {
		e.t.Fatal(err)
	}
	return in
}

// key returns the catalogue key by which an error refuses, "" for none.
func key(err error) string {
	var c *fault.Conflict
	if errors.As(err, &c) {
		return c.Key
	}
	if i := fault.AsInvalid(err); i != nil {
		return i.Fields[0].Key
	}
	switch {
	case err == nil:
		return ""
	case errors.Is(err, fault.ErrNotFound):
		return "not found"
	case errors.Is(err, fault.ErrDenied):
		return "denied"
	case errors.Is(err, fault.ErrGone):
		return "gone"
	}
	return err.Error()
}

func (e *estate) want(what string, err error, want string) {
	e.t.Helper()
	if got := key(err); got != want {
		e.t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func each(t *testing.T, fn func(t *testing.T, e *estate)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		e := newEstate(t, db)
		fn(t, e)
		for _, c := range e.outbox.Messages() { // T2
			if m := c.Message; strings.Contains(m.Subject+m.Text+m.HTML, storetest.TwinMark) {
				t.Errorf("a mail shows the other organisation:\n%s", m.Text)
			}
		}
	})
}

func (e *estate) read(fn func(tx *store.Tx) error) {
	e.t.Helper()
	if err := e.db.Read(e.t.Context(), e.anon.Scope(), func(_ context.Context, tx *store.Tx) error { return fn(tx) }); err != nil {
		e.t.Fatal(err)
	}
}

func day(t time.Time) string { return t.Format(time.DateOnly) }
