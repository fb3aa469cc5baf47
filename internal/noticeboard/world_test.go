package noticeboard

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"foyer/internal/access"
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
	"foyer/internal/portfolio"
)

// world is the service over a fresh database with two properties: p1 with the
// buildings b1 (stairwells A and B) and b2, p2 with b3.
type world struct {
	*Service
	t       *testing.T
	mu      sync.Mutex
	clock   time.Time
	queue   *jobs.Queue
	outbox  *mail.Outbox
	clerk   actor.Actor
	limited actor.Actor // may p1 only
}

var (
	addStaff = store.Scoped(`INSERT INTO staff (org_id, id, name, email, role, limited, language, created_at) VALUES ($1, $2, $3, $4, $5, $6, 'de', 1)`)
	limit    = store.Scoped(`INSERT INTO staff_property (org_id, staff_id, property_id) VALUES ($1, $2, $3)`)
	login    = store.Scoped(`INSERT INTO account (org_id, id, site, email, password_hash, created_at, password_at) VALUES ($1, $2, 'resident', $3, 'x', 1, 1)`)
	link     = store.Scoped(`INSERT INTO account_person (org_id, account_id, person_id, since) VALUES ($1, $2, $3, 1)`)
	portal   = store.Scoped(`UPDATE org SET portal_on = TRUE WHERE org_id = $1`)
)

func newWorld(t *testing.T, db *store.DB) *world {
	t.Helper()
	w := &world{t: t, clock: time.Date(2026, 11, 12, 9, 0, 0, 0, time.UTC), clerk: actor.NewStaff(storetest.Org, "acc-clerk", "clerk", "Jette Petersen", actor.Clerk, false, nil),
		limited: actor.NewStaff(storetest.Org, "acc-timo", "timo", "Timo Krüger", actor.Caretaker, true, []string{"p1"})}
	texts, err := i18n.New(i18n.Texts, email.Texts, notifications.Texts, orgs.Texts, portfolio.Texts, access.Texts, Texts)
	w.ok(err)
	keys, err := seal.New(bytes.Repeat([]byte{7}, 32))
	w.ok(err)
	blobs, err := blob.Open(t.TempDir())
	w.ok(err)
	o, err := orgs.New(orgs.Deps{DB: db, Now: w.now, Blobs: blobs, Languages: []string{"de", "en"}, BaseURL: "https://foyer.example",
		Properties: func(*store.Tx) ([]orgs.Property, error) { return nil, nil }, EndSessions: access.EndStaffSessions})
	w.ok(err)
	w.queue = jobs.New(db, w.now, slog.New(slog.DiscardHandler))
	w.outbox = mail.NewOutbox(w.now)
	told := notifications.New(db, w.now, w.outbox, w.queue)
	a := access.New(access.Deps{DB: db, Now: w.now, Keys: keys, Passwords: seal.NewPasswords(), Blobs: blobs, Texts: texts, Orgs: o, Sender: mail.Address{Addr: "portal@foyer.example"}})
	a.Register(w.queue, told)
	w.Service = New(Deps{DB: db, Now: w.now, Access: a, Notifications: told}, w.queue)
	w.settle()
	return w
}

func (w *world) settle() {
	houses := []portfolio.Building{
		{ID: "b1", PropertyID: "p1", Street: "Ahornallee", HouseNumber: "12", City: "Berlin", Country: "DE"},
		{ID: "b2", PropertyID: "p1", Street: "Ahornallee", HouseNumber: "14", City: "Berlin", Country: "DE"},
		{ID: "b3", PropertyID: "p2", Street: "Werkhof", HouseNumber: "3", City: "Berlin", Country: "DE"}}
	units := []portfolio.Unit{{ID: "u1", Label: "1", Stairwell: "A", Usage: portfolio.Flat}, {ID: "u2", Label: "2", Stairwell: "B", Usage: portfolio.Flat},
		{ID: "u3", Label: "3", Usage: portfolio.Flat}, {ID: "u4", Label: "4", Usage: portfolio.Flat}}
	for i, b := range []int{0, 0, 1, 2} {
		units[i].Place(houses[b])
	}
	w.write(func(tx *store.Tx) error {
		for _, s := range [][]any{{"clerk", "Jette Petersen", "jette@a.example", "clerk", false}, {"timo", "Timo Krüger", "timo@a.example", "caretaker", true}} {
			if _, err := store.Exec(tx, addStaff, s...); err != nil {
				return err
			}
		}
		if _, err := store.Exec(tx, portal); err != nil {
			return err
		}
		for _, err := range []error{
			portfolio.PutProperties(tx, w.now(), []portfolio.Property{{ID: "p1", Name: "Ahornallee 12–14", City: "Berlin", Country: "DE", PortalOn: true}, {ID: "p2", Name: "Werkhof 3", City: "Berlin", Country: "DE", PortalOn: true}}),
			portfolio.PutBuildings(tx, houses), portfolio.PutUnits(tx, units)} {
			if err != nil {
				return err
			}
		}
		_, err := store.Exec(tx, limit, "timo", "p1")
		return err
	})
}

// lives puts a person into a unit for a time, as contract party of an own lease.
func (w *world) lives(person, unit, role, from, to string) {
	w.t.Helper()
	w.write(func(tx *store.Tx) error {
		l := store.NewID()
		ends := to
		if to == portfolio.Forever {
			ends = ""
		}
		if old, err := portfolio.PersonsByID(tx, []string{person}); err != nil {
			return err
		} else if len(old) == 0 {
			if err := portfolio.PutPersons(tx, w.now(), []portfolio.Person{{ID: person, LastName: person, Language: "de"}}); err != nil {
				return err
			}
		}
		if err := portfolio.PutLeases(tx, w.now(), []portfolio.Lease{{ID: l, UnitID: unit, Kind: portfolio.Rental, StartsOn: from, EndsOn: ends, Currency: "EUR"}}); err != nil {
			return err
		}
		return portfolio.PutMemberships(tx, []portfolio.Membership{{LeaseID: l, PersonID: person, Role: role, FromDay: from, ToDay: to}})
	})
}

// enrolled gives a person a confirmed login.
func (w *world) enrolled(person string) actor.Actor {
	w.t.Helper()
	w.write(func(tx *store.Tx) error {
		if _, err := store.Exec(tx, login, "acc-"+person, person+"@post.example"); err != nil {
			return err
		}
		_, err := store.Exec(tx, link, "acc-"+person, person)
		return err
	})
	return resident(person)
}

func resident(persons ...string) actor.Actor {
	return actor.NewResident(storetest.Org, "acc-"+strings.Join(persons, "-"), persons)
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.clock
}

func (w *world) set(day string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t, err := time.Parse(time.DateOnly, day)
	w.ok(err)
	w.clock = t.Add(11 * time.Hour)
}

func (w *world) write(fn func(tx *store.Tx) error) {
	w.t.Helper()
	w.ok(w.DB.Write(w.t.Context(), store.OrgScope(storetest.Org), func(_ context.Context, tx *store.Tx) error { return fn(tx) }))
}

func (w *world) drain() {
	w.t.Helper()
	_, err := w.queue.Drain(w.t.Context())
	w.ok(err)
}

// hangs writes and releases a notice.
func (w *world) hangs(in Input) string {
	w.t.Helper()
	if in.Title == "" {
		in.Title = "Gelbe Tonne"
	}
	if in.Body == "" {
		in.Body = "Abholung jetzt mittwochs."
	}
	id, err := w.Write(w.t.Context(), w.clerk, store.NewID(), in)
	w.ok(err)
	w.ok(w.Release(w.t.Context(), w.clerk, id))
	w.drain()
	return id
}

// titles are what hangs for a resident.
func (w *world) titles(by actor.Actor) string {
	w.t.Helper()
	list, err := w.Board(w.t.Context(), by)
	w.ok(err)
	var out []string
	for _, n := range list {
		out = append(out, n.Title)
	}
	return strings.Join(out, ",")
}
