package documents

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"foyer/internal/access"
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
	"foyer/internal/portfolio"
)

// house is the service over one database, with a clock that the test moves.
type house struct {
	*Service
	t     *testing.T
	db    *store.DB
	blobs *blob.Dir
	at    time.Time
	queue *jobs.Queue
	notes *notifications.Service
	out   *mail.Outbox
}

func newHouse(t *testing.T, db *store.DB) *house {
	t.Helper()
	blobs, err := blob.Open(filepath.Join(t.TempDir(), "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { blobs.Close() })
	keys, err := seal.New(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, db: db, blobs: blobs, at: time.Date(2026, 11, 12, 9, 0, 0, 0, time.UTC)}
	now := func() time.Time { return h.at }
	h.queue = jobs.New(db, now, slog.New(slog.DiscardHandler))
	h.out = mail.NewOutbox(now)
	h.notes = notifications.New(db, now, h.out, h.queue)
	texts, err := i18n.New(i18n.Texts, ui.Texts, email.Texts, notifications.Texts, orgs.Texts, portfolio.Texts, access.Texts, upload.Texts, Texts)
	if err != nil {
		t.Fatal(err)
	}
	org, err := orgs.New(orgs.Deps{DB: db, Now: now, Blobs: blobs, Languages: texts.Languages(), BaseURL: "https://a.example"})
	if err != nil {
		t.Fatal(err)
	}
	acc := access.New(access.Deps{DB: db, Now: now, Keys: keys, Passwords: seal.NewPasswords(), Blobs: blobs, Texts: texts, Orgs: org, Sender: mail.Address{Addr: "portal@a.example"}})
	acc.Register(h.queue, h.notes)
	h.Service = New(Deps{DB: db, Now: func() time.Time { return h.at }, Keys: keys, Blobs: blobs, Desk: upload.New(blobs, nil),
		Access: acc, Notifications: h.notes})
	h.Register(h.queue)
	return h
}

func (h *house) write(fn func(tx *store.Tx) error) {
	h.t.Helper()
	if err := h.db.Write(h.t.Context(), boss.Scope(), func(_ context.Context, tx *store.Tx) error { return fn(tx) }); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) read(fn func(tx *store.Tx) error) {
	h.t.Helper()
	if err := h.db.Read(h.t.Context(), boss.Scope(), func(_ context.Context, tx *store.Tx) error { return fn(tx) }); err != nil {
		h.t.Fatal(err)
	}
}

// people: Anna lives in flat 1 since 2024, Bert lived there before, Carl is the
// neighbour, Dora owns flat 1.
var (
	boss    = actor.NewStaff(storetest.Org, "acc-boss", "boss", "Jette Petersen", actor.Manager, false, nil)
	reader  = actor.NewStaff(storetest.Org, "acc-reader", "reader", "Leser", actor.ReadOnly, false, nil)
	keeper  = actor.NewStaff(storetest.Org, "acc-keeper", "keeper", "Hausmeister", actor.Caretaker, false, nil)
	limited = actor.NewStaff(storetest.Org, "acc-limited", "limited", "Andere", actor.Manager, true, []string{"p2"})
	anna    = actor.NewResident(storetest.Org, "acc-anna", []string{"anna"})
	bert    = actor.NewResident(storetest.Org, "acc-bert", []string{"bert"})
	carl    = actor.NewResident(storetest.Org, "acc-carl", []string{"carl"})
	dora    = actor.NewResident(storetest.Org, "acc-dora", []string{"dora"})
)

func (h *house) settle() {
	h.t.Helper()
	h.write(func(tx *store.Tx) error {
		units := []portfolio.Unit{
			{ID: "u1", PropertyID: "p1", BuildingID: "b1", Ref: "W-001", Label: "Whg 1", Stairwell: "14", Usage: portfolio.Flat},
			{ID: "u2", PropertyID: "p1", BuildingID: "b1", Ref: "W-002", Label: "Whg 2", Stairwell: "16", Usage: portfolio.Flat},
			{ID: "u3", PropertyID: "p2", BuildingID: "b2", Ref: "X-001", Label: "Whg 1", Usage: portfolio.Flat},
		}
		buildings := []portfolio.Building{{ID: "b1", PropertyID: "p1", Street: "Ahornallee", HouseNumber: "14", Postcode: "12623", City: "Berlin", Country: "DE"},
			{ID: "b2", PropertyID: "p2", Street: "Seestraße", HouseNumber: "2", Postcode: "13353", City: "Berlin", Country: "DE"}}
		units[0].Place(buildings[0])
		units[1].Place(buildings[0])
		units[2].Place(buildings[1])
		persons := []portfolio.Person{}
		for _, n := range []string{"anna", "bert", "carl", "dora", "emil"} {
			persons = append(persons, portfolio.Person{ID: n, FirstName: n, LastName: "Test"})
		}
		return errors.Join(
			portfolio.PutProperties(tx, h.at, []portfolio.Property{{ID: "p1", Ref: "P1", Name: "Ahornallee 14", Country: "DE", PortalOn: true}, {ID: "p2", Ref: "P2", Name: "Seestraße 2", Country: "DE", PortalOn: true}}),
			portfolio.PutBuildings(tx, buildings), portfolio.PutUnits(tx, units), portfolio.PutPersons(tx, h.at, persons),
			portfolio.PutLeases(tx, h.at, []portfolio.Lease{
				{ID: "l-bert", UnitID: "u1", Kind: portfolio.Rental, Ref: "V-1", StartsOn: "2019-01-01", EndsOn: "2025-12-31", SignedOn: "2018-11-20", Currency: "EUR"},
				{ID: "l-anna", UnitID: "u1", Kind: portfolio.Rental, Ref: "V-2", StartsOn: "2026-01-01", SignedOn: "2025-11-20", Currency: "EUR"},
				{ID: "l-carl", UnitID: "u2", Kind: portfolio.Rental, Ref: "V-3", StartsOn: "2020-01-01", Currency: "EUR"},
				{ID: "l-dora", UnitID: "u1", Kind: portfolio.Ownership, Ref: "V-4", StartsOn: "2015-01-01", Currency: "EUR"},
				{ID: "l-emil", UnitID: "u3", Kind: portfolio.Rental, Ref: "V-5", StartsOn: "2015-01-01", Currency: "EUR"}}),
			portfolio.PutMemberships(tx, []portfolio.Membership{
				{LeaseID: "l-bert", PersonID: "bert", Role: portfolio.ContractParty, FromDay: "2019-01-01", ToDay: portfolio.Forever},
				{LeaseID: "l-anna", PersonID: "anna", Role: portfolio.ContractParty, FromDay: "2026-01-01", ToDay: portfolio.Forever},
				{LeaseID: "l-carl", PersonID: "carl", Role: portfolio.ContractParty, FromDay: "2020-01-01", ToDay: portfolio.Forever},
				{LeaseID: "l-dora", PersonID: "dora", Role: portfolio.Owner, FromDay: "2015-01-01", ToDay: portfolio.Forever},
				{LeaseID: "l-emil", PersonID: "emil", Role: portfolio.ContractParty, FromDay: "2015-01-01", ToDay: portfolio.Forever}}))
	})
}

func pdf(t testing.TB, text string) []byte {
	t.Helper()
	p := fpdf.New("P", "mm", "A4", "")
	p.AddPage()
	p.SetFont("Helvetica", "", 12)
	p.Cell(40, 10, text)
	var b bytes.Buffer
	if err := p.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func photo(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 900, 600))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// hang takes a file in and hangs it on an item.
func (h *house) hang(by actor.Actor, kind, owner, name string, data []byte) (f File) {
	h.t.Helper()
	r, err := h.Take(h.t.Context(), by, "", name, bytes.NewReader(data))
	if err != nil {
		h.t.Fatal(err)
	}
	h.write(func(tx *store.Tx) error {
		f, err = h.Add(tx, by, kind, owner, r)
		return err
	})
	return f
}

func content(t *testing.T, o Opened, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer o.Body.Close()
	data, err := io.ReadAll(o.Body)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func isNotFound(err error) bool {
	return errors.Is(err, fault.ErrNotFound) || errors.Is(err, fault.ErrDenied)
}

// publish puts a small PDF to an audience.
func (h *house) publish(by actor.Actor, kind Kind, title, day string, to portfolio.Kind, target string, more ...func(*Draft)) Document {
	h.t.Helper()
	f, err := h.Keep(h.t.Context(), by, "datei", title+".pdf", bytes.NewReader(pdf(h.t, title)))
	if err != nil {
		h.t.Fatal(err)
	}
	in := Draft{FileID: f.ID, Facts: Facts{Kind: kind, Title: title, Day: day}, Audience: to, TargetID: target}
	for _, m := range more {
		m(&in)
	}
	d, err := h.Publish(h.t.Context(), by, in)
	if err != nil {
		h.t.Fatal(err)
	}
	return d
}

func standing(in *Draft) { in.Facts.Standing = true }

// titles are what a resident sees.
func (h *house) titles(by actor.Actor) (out []string) {
	h.t.Helper()
	shelf, err := h.Mine(h.t.Context(), by)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, e := range shelf.Entries {
		out = append(out, e.Title)
	}
	slices.Sort(out)
	return out
}
