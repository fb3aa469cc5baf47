package cases_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"foyer/internal/access"
	"foyer/internal/cases"
	"foyer/internal/conversations"
	"foyer/internal/documents"
	"foyer/internal/notifications"
	"foyer/internal/notifications/mail"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/blob"
	"foyer/internal/platform/email"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/upload"
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
	svc    *cases.Service
	talk   *conversations.Service
	files  *documents.Service
	queue  *jobs.Queue
	outbox *mail.Outbox
	notify *notifications.Service
	access *access.Service
	orgs   *orgs.Service
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
	texts, err := i18n.New(i18n.Texts, ui.Texts, web.Texts, email.Texts, orgs.Texts, portfolio.Texts, notifications.Texts, access.Texts, documents.Texts, upload.Texts, conversations.Texts, cases.Texts)
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
	w.talk = conversations.New(conversations.Deps{DB: db, Now: w.now, Texts: texts, Orgs: org, Notifications: w.notify, Access: w.access}, w.queue)
	w.files = documents.New(documents.Deps{DB: db, Now: w.now, Keys: keys, Blobs: blobs, Desk: upload.New(blobs, nil)})
	w.orgs = org
	w.svc = cases.New(cases.Deps{DB: db, Now: w.now, Texts: texts, Orgs: org, Notifications: w.notify, Access: w.access, Conversations: w.talk, Documents: w.files}, w.queue)
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
			{ID: "p7", BuildingID: "b14", Label: "Stellplatz 7", Usage: portfolio.Parking}, {ID: "u11", BuildingID: "b3", Label: "Wohnung 11", Usage: portfolio.Flat}},
		persons: []portfolio.Person{{ID: "marlene", Salutation: "mrs", FirstName: "Marlene", LastName: "Brandt", Language: "de"}, {ID: "jonas", FirstName: "Jonas", LastName: "Brandt", Language: "de"},
			{ID: "samira", FirstName: "Samira", LastName: "Haddad"}, {ID: "giulia", FirstName: "Giulia", LastName: "Ferri"}, {ID: "old", FirstName: "Otto", LastName: "Alt"}},
		leases: []portfolio.Lease{{ID: "l5", UnitID: "u5", Kind: portfolio.Rental, StartsOn: "2019-05-01", Currency: "EUR"}, {ID: "l7", UnitID: "p7", Kind: portfolio.Rental, StartsOn: "2020-01-01", Currency: "EUR"},
			{ID: "l2", UnitID: "u2", Kind: portfolio.Rental, StartsOn: "2021-01-01", Currency: "EUR"}, {ID: "l11", UnitID: "u11", Kind: portfolio.Rental, StartsOn: "2021-01-01", Currency: "EUR"},
			{ID: "l2old", UnitID: "u2", Kind: portfolio.Rental, StartsOn: "2015-01-01", EndsOn: "2020-12-31", Currency: "EUR"}, {ID: "l11old", UnitID: "u11", Kind: portfolio.Rental, StartsOn: "2015-01-01", EndsOn: "2020-12-31", Currency: "EUR"}},
		members: []portfolio.Membership{{LeaseID: "l5", PersonID: "marlene", Role: portfolio.ContractParty, FromDay: "2019-05-01", ToDay: portfolio.Forever},
			{LeaseID: "l5", PersonID: "jonas", Role: portfolio.ContractParty, FromDay: "2019-05-01", ToDay: portfolio.Forever},
			{LeaseID: "l7", PersonID: "marlene", Role: portfolio.ContractParty, FromDay: "2020-01-01", ToDay: portfolio.Forever},
			{LeaseID: "l2", PersonID: "samira", Role: portfolio.ContractParty, FromDay: "2021-01-01", ToDay: portfolio.Forever},
			{LeaseID: "l11", PersonID: "giulia", Role: portfolio.ContractParty, FromDay: "2021-01-01", ToDay: portfolio.Forever},
			{LeaseID: "l2old", PersonID: "old", Role: portfolio.ContractParty, FromDay: "2015-01-01", ToDay: portfolio.Forever}},
	}
	w.write(func(tx *store.Tx) error { return r.put(tx, w.now()) })
	w.write(func(tx *store.Tx) error {
		for _, s := range []struct {
			id, name, role string
			limit          string
		}{{"jette", "Jette Petersen", "manager", ""}, {"klaus", "Klaus Holm", "clerk", ""}, {"werk", "Wanda Werk", "clerk", "p2"}, {"read", "Rita Lese", "readonly", ""}, {"haus", "Hanno Wart", "caretaker", ""}} {
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
	case "haus":
		return actor.NewStaff(storetest.Org, "a-haus", "haus", "Hanno Wart", actor.Caretaker, false, nil)
	case "boss":
		return actor.NewStaff(storetest.Org, "a-jette", "jette", "Jette Petersen", actor.Administrator, false, nil)
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

// reports lets a resident report about a lease.
func (w *world) reports(who, lease, category, text string) string {
	w.t.Helper()
	w.later(time.Minute)
	out, err := w.svc.Report(w.t.Context(), resident(who), cases.Report{Key: store.NewID(), LeaseID: lease, CategoryID: category, Spot: "Bad", Text: text})
	check(w.t, err)
	return out.ID
}

func (w *world) answers(who, id string, in cases.Reply) {
	w.t.Helper()
	w.later(time.Minute)
	check(w.t, w.svc.Respond(w.t.Context(), staff(who), id, in))
}

func (w *world) read(who, id string) cases.File {
	w.t.Helper()
	f, err := w.svc.Read(w.t.Context(), resident(who), id)
	check(w.t, err)
	return f
}

func (w *world) get(who, id string) cases.StaffFile {
	w.t.Helper()
	f, err := w.svc.Get(w.t.Context(), staff(who), id)
	check(w.t, err)
	return f
}

// mine lists a resident's cases, done ones last.
func (w *world) mine(who string) (out []string) {
	w.t.Helper()
	for _, done := range []bool{false, true} {
		l, err := w.svc.Mine(w.t.Context(), resident(who), "", done, cases.Cursor{})
		check(w.t, err)
		for _, r := range l.Rows {
			out = append(out, r.Subject)
		}
	}
	return out
}

func (w *world) list(who string, f cases.Filter) (out []string) {
	w.t.Helper()
	l, err := w.svc.List(w.t.Context(), staff(who), f)
	check(w.t, err)
	for _, r := range l.Rows {
		out = append(out, r.Subject)
	}
	return out
}

func texts(f cases.File) (out []string) {
	for _, p := range f.Posts {
		out = append(out, p.Text)
	}
	return out
}

func want(t testing.TB, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	storetest.Each(t, func(t *testing.T, db *store.DB) { fn(t, open(t, db)) })
}

func invalid(t testing.TB, err error, field string) {
	t.Helper()
	bad := fault.AsInvalid(err)
	if bad == nil {
		t.Errorf("no complaint about %s: %v", field, err)
		return
	}
	for _, f := range bad.Fields {
		if f.Name == field {
			return
		}
	}
	t.Errorf("no complaint about %s: %v", field, err)
}

func notFound(t testing.TB, what string, err error) {
	t.Helper()
	if !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("%s: %v", what, err)
	}
}
