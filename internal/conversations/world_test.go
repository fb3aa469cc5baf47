package conversations_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	"foyer/internal/access"
	"foyer/internal/conversations"
	"foyer/internal/notifications"
	"foyer/internal/notifications/mail"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/blob"
	"foyer/internal/platform/email"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
	"foyer/internal/portfolio"
)

// world is the service over a fresh database with the Ahornallee: house 14 with
// the flats of Brandt (Marlene and Jonas, with Marlene's parking space) and
// Haddad, house 3 at the Werkhof with Ferri, and three people in the office.
type world struct {
	t      testing.TB
	db     *store.DB
	clock  time.Time
	svc    *conversations.Service
	queue  *jobs.Queue
	outbox *mail.Outbox
	notify *notifications.Service
	access *access.Service
}

var (
	setSettings = store.Scoped(`UPDATE org SET settings = $2 WHERE org_id = $1`)
	putStaff    = store.Scoped(`INSERT INTO staff (org_id, id, name, email, role, limited, language, created_at) VALUES ($1, $2, $3, $4, $5, $6, 'de', 1)`)
	putLimit    = store.Scoped(`INSERT INTO staff_property (org_id, staff_id, property_id) VALUES ($1, $2, $3)`)
	putAccount  = store.Scoped(`INSERT INTO account (org_id, id, site, email, password_hash, staff_id, created_at, password_at) VALUES ($1, $2, $3, $4, 'x', $5, 1, 1)`)
	putOwn      = store.Scoped(`INSERT INTO account_person (org_id, account_id, person_id, since) VALUES ($1, $2, $3, 1)`)
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB, db *store.DB) *world {
	t.Helper()
	w := &world{t: t, db: db, clock: time.Date(2026, 11, 12, 9, 0, 0, 0, time.UTC)}
	keys, err := seal.New(bytes.Repeat([]byte{7}, 32))
	check(t, err)
	texts, err := i18n.New(i18n.Texts, ui.Texts, web.Texts, email.Texts, orgs.Texts, portfolio.Texts, notifications.Texts, access.Texts, conversations.Texts)
	check(t, err)
	blobs, err := blob.Open(t.TempDir())
	check(t, err)
	org, err := orgs.New(orgs.Deps{DB: db, Now: w.now, Blobs: blobs, Languages: []string{"de", "en"}, BaseURL: "https://foyer.example", Properties: portfolio.ForLimits, EndSessions: access.EndStaffSessions})
	check(t, err)
	w.queue = jobs.New(db, w.now, slog.New(slog.DiscardHandler))
	w.outbox = mail.NewOutbox(w.now)
	w.notify = notifications.New(db, w.now, w.outbox, w.queue)
	w.access = access.New(access.Deps{DB: db, Now: w.now, Keys: keys, Passwords: seal.NewPasswords(), Blobs: blobs, Texts: texts, Orgs: org, Sender: mail.Address{Addr: "portal@foyer.example"}})
	w.access.Register(w.queue, w.notify)
	w.svc = conversations.New(conversations.Deps{DB: db, Now: w.now, Texts: texts, Orgs: org, Notifications: w.notify, Access: w.access}, w.queue)
	w.settle()
	return w
}

func (w *world) now() time.Time { return w.clock }

func (w *world) later(d time.Duration) { w.clock = w.clock.Add(d) }

func (w *world) write(fn func(tx *store.Tx) error) {
	w.t.Helper()
	check(w.t, w.db.Write(w.t.Context(), store.OrgScope(storetest.Org), func(_ context.Context, tx *store.Tx) error { return fn(tx) }))
}

// set changes settings of the organisation.
func (w *world) set(change func(s *orgs.Settings)) {
	w.t.Helper()
	s := orgs.Defaults()
	change(&s)
	data, err := json.Marshal(s)
	check(w.t, err)
	w.write(func(tx *store.Tx) error {
		_, err := store.Exec(tx, setSettings, string(data))
		return err
	})
}

type rows struct {
	properties []portfolio.Property
	buildings  []portfolio.Building
	units      []portfolio.Unit
	persons    []portfolio.Person
	leases     []portfolio.Lease
	members    []portfolio.Membership
}

func (r rows) put(tx *store.Tx, now time.Time) error {
	for i := range r.units {
		for _, b := range r.buildings {
			if b.ID == r.units[i].BuildingID {
				r.units[i].PropertyID = b.PropertyID
				r.units[i].Place(b)
			}
		}
	}
	for _, err := range []error{portfolio.PutProperties(tx, now, r.properties), portfolio.PutBuildings(tx, r.buildings), portfolio.PutUnits(tx, r.units),
		portfolio.PutPersons(tx, now, r.persons), portfolio.PutLeases(tx, now, r.leases), portfolio.PutMemberships(tx, r.members)} {
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *world) settle() {
	w.t.Helper()
	r := rows{
		properties: []portfolio.Property{{ID: "p1", Name: "Ahornallee 10–16", Country: "DE", PortalOn: true}, {ID: "p2", Name: "Werkhof", Country: "DE", PortalOn: true}},
		buildings: []portfolio.Building{{ID: "b14", PropertyID: "p1", Street: "Ahornallee", HouseNumber: "14", Postcode: "12623", City: "Berlin", Country: "DE"},
			{ID: "b3", PropertyID: "p2", Street: "Werkhof", HouseNumber: "3", Postcode: "12623", City: "Berlin", Country: "DE"}},
		units: []portfolio.Unit{{ID: "u5", BuildingID: "b14", Label: "Wohnung 5", Stairwell: "14", Usage: portfolio.Flat}, {ID: "u2", BuildingID: "b14", Label: "Wohnung 2", Stairwell: "14a", Usage: portfolio.Flat},
			{ID: "p7", BuildingID: "b14", Label: "Stellplatz 7", Usage: portfolio.Parking}, {ID: "u11", BuildingID: "b3", Label: "Wohnung 11", Usage: portfolio.Flat},
			{ID: "u3", BuildingID: "b14", Label: "Wohnung 3", Stairwell: "14a", Usage: portfolio.Flat}},
		persons: []portfolio.Person{{ID: "marlene", Salutation: "mrs", FirstName: "Marlene", LastName: "Brandt", Language: "de"}, {ID: "jonas", FirstName: "Jonas", LastName: "Brandt", Language: "de"},
			{ID: "ole", FirstName: "Ole", LastName: "Christensen", Salutation: "mr", Language: "de", Email: "ole@post.example"},
			{ID: "samira", FirstName: "Samira", LastName: "Haddad"}, {ID: "giulia", FirstName: "Giulia", LastName: "Ferri"}, {ID: "old", FirstName: "Otto", LastName: "Alt"}},
		leases: []portfolio.Lease{{ID: "l5", UnitID: "u5", Kind: portfolio.Rental, StartsOn: "2019-05-01", Currency: "EUR"}, {ID: "l7", UnitID: "p7", Kind: portfolio.Rental, StartsOn: "2020-01-01", Currency: "EUR"},
			{ID: "l3", UnitID: "u3", Kind: portfolio.Rental, StartsOn: "2021-01-01", Currency: "EUR"},
			{ID: "l2", UnitID: "u2", Kind: portfolio.Rental, StartsOn: "2021-01-01", Currency: "EUR"}, {ID: "l11", UnitID: "u11", Kind: portfolio.Rental, StartsOn: "2021-01-01", Currency: "EUR"},
			{ID: "l2old", UnitID: "u2", Kind: portfolio.Rental, StartsOn: "2015-01-01", EndsOn: "2020-12-31", Currency: "EUR"}, {ID: "l11old", UnitID: "u11", Kind: portfolio.Rental, StartsOn: "2015-01-01", EndsOn: "2020-12-31", Currency: "EUR"}},
		members: []portfolio.Membership{{LeaseID: "l5", PersonID: "marlene", Role: portfolio.ContractParty, FromDay: "2019-05-01", ToDay: portfolio.Forever},
			{LeaseID: "l5", PersonID: "jonas", Role: portfolio.ContractParty, FromDay: "2019-05-01", ToDay: portfolio.Forever},
			{LeaseID: "l7", PersonID: "marlene", Role: portfolio.ContractParty, FromDay: "2020-01-01", ToDay: portfolio.Forever},
			{LeaseID: "l3", PersonID: "ole", Role: portfolio.ContractParty, FromDay: "2021-01-01", ToDay: portfolio.Forever},
			{LeaseID: "l2", PersonID: "samira", Role: portfolio.ContractParty, FromDay: "2021-01-01", ToDay: portfolio.Forever},
			{LeaseID: "l11", PersonID: "giulia", Role: portfolio.ContractParty, FromDay: "2021-01-01", ToDay: portfolio.Forever},
			{LeaseID: "l2old", PersonID: "old", Role: portfolio.ContractParty, FromDay: "2015-01-01", ToDay: portfolio.Forever}},
	}
	w.write(func(tx *store.Tx) error { return r.put(tx, w.now()) })
	w.write(func(tx *store.Tx) error {
		for _, s := range []struct {
			id, name, role string
			limit          string
		}{{"jette", "Jette Petersen", "manager", ""}, {"klaus", "Klaus Holm", "clerk", ""}, {"werk", "Wanda Werk", "clerk", "p2"}, {"read", "Rita Lese", "readonly", ""}} {
			if _, err := store.Exec(tx, putStaff, s.id, s.name, s.id+"@lindhof.example", s.role, s.limit != ""); err != nil {
				return err
			}
			if s.limit != "" {
				if _, err := store.Exec(tx, putLimit, s.id, s.limit); err != nil {
					return err
				}
			}
			if _, err := store.Exec(tx, putAccount, "a-"+s.id, "staff", s.id+"@lindhof.example", s.id); err != nil {
				return err
			}
		}
		for _, p := range r.persons {
			if p.ID == "ole" {
				continue // has no access
			}
			if _, err := store.Exec(tx, putAccount, "a-"+p.ID, "resident", p.ID+"@post.example", ""); err != nil {
				return err
			}
			if _, err := store.Exec(tx, putOwn, "a-"+p.ID, p.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// resident is a signed-in resident; staff a signed-in member of the office.
func resident(id string) actor.Actor {
	return actor.NewResident(storetest.Org, "a-"+id, []string{id})
}

func staff(id string) actor.Actor {
	switch id {
	case "werk":
		return actor.NewStaff(storetest.Org, "a-werk", "werk", "Wanda Werk", actor.Clerk, true, []string{"p2"})
	case "klaus":
		return actor.NewStaff(storetest.Org, "a-klaus", "klaus", "Klaus Holm", actor.Clerk, false, nil)
	case "read":
		return actor.NewStaff(storetest.Org, "a-read", "read", "Rita Lese", actor.ReadOnly, false, nil)
	}
	return actor.NewStaff(storetest.Org, "a-jette", "jette", "Jette Petersen", actor.Manager, false, nil)
}

func (w *world) drain() {
	w.t.Helper()
	_, err := w.queue.Drain(w.t.Context())
	check(w.t, err)
}

// begin lets a resident write about a lease.
func (w *world) begin(who, lease, subject, text string) string {
	w.t.Helper()
	w.later(time.Minute)
	id, err := w.svc.Write(w.t.Context(), resident(who), conversations.NewMessage{Key: store.NewID(), LeaseID: lease, Subject: subject, Text: text})
	check(w.t, err)
	return id
}

// sends lets staff write to somebody.
func (w *world) sends(who string, kind portfolio.Kind, id, subject string) string {
	w.t.Helper()
	w.later(time.Minute)
	c, err := w.svc.Send(w.t.Context(), staff(who), conversations.NewSending{Key: store.NewID(), To: conversations.Target{Kind: kind, ID: id}, Subject: subject, Text: subject + ": der Text", Replies: true})
	check(w.t, err)
	return c
}

func subjects(p conversations.Page) (out []string) {
	for _, r := range p.Rows {
		out = append(out, r.Subject)
	}
	return out
}

// box lists a resident's folder.
func (w *world) box(who string, box conversations.Box) []string {
	w.t.Helper()
	p, err := w.svc.Mine(w.t.Context(), resident(who), box, portfolio.Tenancy{}, conversations.Cursor{})
	check(w.t, err)
	return subjects(p)
}

func (w *world) unread(who string) int {
	w.t.Helper()
	n, err := w.svc.Unread(w.t.Context(), resident(who))
	check(w.t, err)
	return n
}

func (w *world) read(who, id string) conversations.Thread {
	w.t.Helper()
	t, err := w.svc.Read(w.t.Context(), resident(who), id)
	check(w.t, err)
	return t
}

func staff2admin() actor.Actor {
	return actor.NewStaff(storetest.Org, "a-klaus", "klaus", "Klaus Holm", actor.Administrator, false, nil)
}

func job() actor.Actor { return actor.NewJob(storetest.Org, "test") }

func (w *world) look(fn func(tx *store.Tx) error) {
	w.t.Helper()
	check(w.t, w.db.Read(w.t.Context(), store.OrgScope(storetest.Org), func(_ context.Context, tx *store.Tx) error { return fn(tx) }))
}
