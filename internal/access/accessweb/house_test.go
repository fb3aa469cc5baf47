package accessweb_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"foyer/internal/access"
	"foyer/internal/access/accessweb"
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

// house is the pages behind a real front door, with the real services over a
// fresh database, a clock to turn and a mailbox.
type house struct {
	http.Handler
	t      testing.TB
	db     *store.DB
	mu     sync.Mutex
	clock  time.Time
	access *access.Service
	orgs   *orgs.Service
	texts  *i18n.Bundle
	queue  *jobs.Queue
	outbox *mail.Outbox
	log    bytes.Buffer
	hashes *seal.Passwords
	panels []accessweb.Panel
}

func newHouse(t testing.TB, db *store.DB, secure bool) *house {
	t.Helper()
	h := &house{t: t, db: db, clock: time.Date(2026, 11, 12, 9, 0, 0, 0, time.UTC), hashes: seal.NewPasswords()}
	keys, err := seal.New(bytes.Repeat([]byte{7}, 32))
	check(t, err)
	h.texts, err = i18n.New(i18n.Texts, ui.Texts, web.Texts, email.Texts, orgs.Texts, portfolio.Texts, notifications.Texts, access.Texts, accessweb.Texts)
	check(t, err)
	blobs, err := blob.Open(t.TempDir())
	check(t, err)
	h.orgs, err = orgs.New(orgs.Deps{DB: db, Now: h.now, Blobs: blobs, Languages: []string{"de", "en"}, BaseURL: "https://foyer.example",
		Properties: func(*store.Tx) ([]orgs.Property, error) { return nil, nil }, EndSessions: access.EndStaffSessions})
	check(t, err)
	h.access = access.New(access.Deps{DB: db, Now: h.now, Keys: keys, Passwords: h.hashes, Blobs: blobs, Texts: h.texts, Orgs: h.orgs,
		Sender: mail.Address{Addr: "portal@foyer.example"}})
	h.queue = jobs.New(db, h.now, h.logger())
	h.outbox = mail.NewOutbox(h.now)
	h.access.Register(h.queue, notifications.New(db, h.now, h.outbox, h.queue))
	h.open(secure)
	h.settle()
	return h
}

// open puts the pages behind a front door.
func (h *house) open(secure bool) {
	h.t.Helper()
	pages := accessweb.New(accessweb.Deps{Access: h.access, Portfolio: portfolio.New(h.db, h.now), Texts: h.texts, Panels: h.panels, MessagesPath: "/nachrichten"})
	mux, err := web.NewMux(accessweb.ResidentRoutes(pages))
	check(h.t, err)
	h.Handler, err = web.New(web.Config{Mux: mux, Texts: h.texts, Log: h.logger(), Now: h.now, Secure: secure,
		Host: h.host,
		Session: func(ctx context.Context, org string, site web.Site, token string) (actor.Actor, web.Session, error) {
			by, n, err := h.access.Authenticate(ctx, org, access.Site(site), token)
			return by, web.Session{ID: n.ID, Lang: n.Lang, AuthAt: n.AuthAt, Choice: n.Lease}, err
		},
		ResidentShell: pages.ResidentShell,
		StaffShell:    func(c *web.Ctx) (ui.StaffShell, error) { return ui.StaffShell{Shell: c.Shell()}, nil },
		Ready:         func(context.Context) error { return nil },
	})
	check(h.t, err)
}

func (h *house) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(&h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (h *house) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.clock
}

func (h *house) later(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clock = h.clock.Add(d)
}

// host serves one organisation: by its own host, and by that of a test server.
func (h *house) host(ctx context.Context, name string) (web.Org, error) {
	if strings.HasPrefix(name, "127.0.0.1:") {
		name = "a.example"
	}
	o, _, err := h.orgs.ByHost(ctx, name)
	if err != nil {
		return web.Org{}, err
	}
	s := o.Settings
	shell := ui.Shell{OrgName: o.Name, BrandHex: s.Brand, Phone: ui.Phone{Number: s.Phone}, Hours: s.Hours, ImprintURL: s.ImprintURL,
		PrivacyURL: accessweb.PrivacyPath, AccessibilityURL: accessweb.AccessibilityPath}
	for _, n := range s.EmergencyNumbers {
		shell.Emergency = append(shell.Emergency, ui.Phone{Label: n.Label, Number: n.Number, Note: n.Note})
	}
	return web.Org{ID: o.ID, Origin: h.orgs.Origin(o), Langs: h.texts.Offered(s.Languages), Zone: o.Location(), PortalOn: o.PortalOn,
		Sites: []web.Site{web.ResidentSite, web.StaffSite}, Shell: shell, Value: o}, nil
}

func (h *house) write(fn func(tx *store.Tx) error) {
	h.t.Helper()
	check(h.t, h.db.Write(h.t.Context(), store.OrgScope(storetest.Org), func(_ context.Context, tx *store.Tx) error { return fn(tx) }))
}

// drain does the jobs that are due, mails included.
func (h *house) drain() {
	h.t.Helper()
	_, err := h.queue.Drain(h.t.Context())
	check(h.t, err)
}

var setOrg = store.Scoped(`UPDATE org SET settings = $2 WHERE org_id = $1`)

// settle fills the organisation: its numbers, a house with two flats, a
// parking space and a storage room, and three persons.
func (h *house) settle() {
	h.t.Helper()
	houses := []portfolio.Building{
		{ID: "b14", PropertyID: "p1", Street: "Ahornallee", HouseNumber: "14", Postcode: "12623", City: "Berlin", Country: "DE"},
		{ID: "b3", PropertyID: "p1", Street: "Werkhof", HouseNumber: "3", Postcode: "12623", City: "Berlin", Country: "DE"},
	}
	units := []portfolio.Unit{
		{ID: "u5", Label: "5", Floor: "2. OG links", Usage: portfolio.Flat, AreaCM2: 6840, RoomsTenth: 25, UVINeeded: true},
		{ID: "u6", Label: "6", Floor: "2. OG rechts", Usage: portfolio.Flat},
		{ID: "u7", Label: "Stellplatz 7", Usage: portfolio.Parking},
		{ID: "u12", Label: "Lagerraum 12", Usage: portfolio.Storage},
	}
	for i := range units {
		b := houses[0]
		if units[i].ID == "u12" {
			b = houses[1]
		}
		units[i].Place(b)
	}
	now := h.now()
	h.write(func(tx *store.Tx) error {
		_, err := store.Exec(tx, setOrg, `{"phone":"030 23125 100","hours":"Mo–Fr 8–16 Uhr","imprint_url":"https://lindhof.example/impressum",
			"emergency_numbers":[{"label":"Notdienst der Verwaltung","number":"030 23125 900","note":"Tag und Nacht"},{"label":"Aufzug","number":"030 5557700","note":""}]}`)
		return err
	})
	h.write(func(tx *store.Tx) error {
		return first(
			portfolio.PutProperties(tx, now, []portfolio.Property{{ID: "p1", Ref: "1", Name: "Ahornallee 10–16", Postcode: "12623", City: "Berlin", Country: "DE", PortalOn: true, UVIService: true, ReleasedAt: 1}}),
			portfolio.PutBuildings(tx, houses), portfolio.PutUnits(tx, units),
			portfolio.PutPersons(tx, now, []portfolio.Person{
				{ID: "marlene", Ref: "M-1", Salutation: portfolio.Mrs, FirstName: "Marlene", LastName: "Brandt", Language: "de"},
				{ID: "jonas", Ref: "M-2", Salutation: portfolio.Mr, FirstName: "Jonas", LastName: "Brandt", Language: "de"},
				{ID: "samira", Ref: "M-3", Salutation: portfolio.Mrs, Title: "Dr.", FirstName: "Samira", LastName: "Haddad", Language: "en"},
			}),
			portfolio.PutLeases(tx, now, []portfolio.Lease{
				{ID: "l5", UnitID: "u5", Kind: portfolio.Rental, Ref: "V-2019-5", StartsOn: "2019-05-01", Currency: "EUR"},
				{ID: "l7", UnitID: "u7", Kind: portfolio.Rental, Ref: "V-2021-7", StartsOn: "2021-03-01", Currency: "EUR"},
				{ID: "l12", UnitID: "u12", Kind: portfolio.Rental, Ref: "V-2022-12", StartsOn: "2022-01-01", EndsOn: "2026-06-30", Currency: "EUR"},
				{ID: "l6", UnitID: "u6", Kind: portfolio.Rental, Ref: "V-2020-6", StartsOn: "2020-02-01", Currency: "EUR"},
			}),
			portfolio.PutMemberships(tx, []portfolio.Membership{
				{LeaseID: "l5", PersonID: "marlene", Role: portfolio.ContractParty, FromDay: "2019-05-01", ToDay: portfolio.Forever},
				{LeaseID: "l5", PersonID: "jonas", Role: portfolio.ContractParty, FromDay: "2019-05-01", ToDay: portfolio.Forever},
				{LeaseID: "l7", PersonID: "marlene", Role: portfolio.ContractParty, FromDay: "2021-03-01", ToDay: portfolio.Forever},
				{LeaseID: "l12", PersonID: "marlene", Role: portfolio.ContractParty, FromDay: "2022-01-01", ToDay: portfolio.Forever},
				{LeaseID: "l6", PersonID: "samira", Role: portfolio.ContractParty, FromDay: "2020-02-01", ToDay: portfolio.Forever},
			}))
	})
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

var (
	addAccount = store.Scoped(`INSERT INTO account (org_id, id, site, email, password_hash, staff_id, language, created_at, password_at) VALUES ($1, $2, 'resident', $3, $4, '', $5, $6, $6)`)
	addPerson  = store.Scoped(`INSERT INTO account_person (org_id, account_id, person_id, since) VALUES ($1, $2, $3, 1)`)
)

// account gives persons a login, as if they had registered last year.
func (h *house) account(address, password, lang string, persons ...string) {
	h.t.Helper()
	hash, err := h.hashes.Hash(h.t.Context(), password)
	check(h.t, err)
	h.write(func(tx *store.Tx) error {
		if _, err := store.Exec(tx, addAccount, "acc-"+address, address, hash, lang, store.Micros(h.now().AddDate(-1, 0, 0))); err != nil {
			return err
		}
		for _, p := range persons {
			if _, err := store.Exec(tx, addPerson, "acc-"+address, p); err != nil {
				return err
			}
		}
		return nil
	})
}

// mailTo returns the newest mail to an address.
func (h *house) mailTo(address string) mail.Message {
	h.t.Helper()
	for _, c := range h.outbox.Messages() {
		if c.Message.To.Addr == address {
			return c.Message
		}
	}
	h.t.Fatalf("no mail to %s", address)
	return mail.Message{}
}

// dump is everything that the organisation's tables of access hold, as text.
func (h *house) dump() string {
	h.t.Helper()
	var out strings.Builder
	for _, q := range dumped {
		check(h.t, h.db.Read(h.t.Context(), store.OrgScope(storetest.Org), func(_ context.Context, tx *store.Tx) error {
			list, err := store.List[string](tx, q)
			fmt.Fprintln(&out, list)
			return err
		}))
	}
	return out.String()
}

var dumped = []store.Query{
	store.Scoped(`SELECT id || password_hash || language || password_at || closed_at FROM account WHERE org_id = $1 ORDER BY id`),
	store.Scoped(`SELECT account_id || person_id FROM account_person WHERE org_id = $1 ORDER BY account_id, person_id`),
	store.Scoped(`SELECT id || token_hash || seen_at || expires_at FROM session WHERE org_id = $1 ORDER BY id`),
	store.Scoped(`SELECT id || used_at || revoked_at || expires_at FROM access_code WHERE org_id = $1 ORDER BY id`),
	store.Scoped(`SELECT id || pin_hash || link_hash || pin_tries || verified_at || ended_at FROM registration WHERE org_id = $1 ORDER BY id`),
	store.Scoped(`SELECT id || used_at || expires_at FROM access_link WHERE org_id = $1 ORDER BY id`),
	store.Scoped(`SELECT kind || key || tries || last_at FROM throttle WHERE org_id = $1 ORDER BY kind, key`),
	store.Scoped(`SELECT person_id || state || since || until FROM person_access WHERE org_id = $1 ORDER BY person_id`),
	store.Scoped(`SELECT id || kind || state FROM job WHERE org_id = $1 ORDER BY id`),
	store.Scoped(`SELECT id || action || object FROM audit_entry WHERE org_id = $1 ORDER BY id`),
}

var saveChecklist = store.Scoped(`INSERT INTO checklist (org_id, property_id, confirmed_by, confirmed_at) VALUES ($1, 'p1', 'x', 1) ON CONFLICT DO NOTHING`)

// code issues a code for a person: typed, and the path that the QR code opens.
func (h *house) code(person string) (typed, path string) {
	h.t.Helper()
	h.write(func(tx *store.Tx) error { _, err := store.Exec(tx, saveChecklist); return err })
	typed, link, err := h.access.CodeInHand(h.t.Context(), actor.NewOperator(storetest.Org), person)
	check(h.t, err)
	path, ok := strings.CutPrefix(link, "https://a.example")
	if !ok {
		h.t.Fatalf("the QR code opens %q", link)
	}
	return typed, path
}

var (
	mailPIN  = regexp.MustCompile(`\b(\d{3}) (\d{3})\b`)
	mailLink = regexp.MustCompile(`https://a\.example(/r/mail/[A-Za-z0-9_-]+)`)
)

// confirmation sends the mails that are due and returns number and link of the
// newest one to an address.
func (h *house) confirmation(address string) (pin, path string) {
	h.t.Helper()
	h.drain()
	text := h.mailTo(address).Text
	p, l := mailPIN.FindStringSubmatch(text), mailLink.FindStringSubmatch(text)
	if p == nil || l == nil {
		h.t.Fatalf("no number or no link in the mail:\n%s", text)
	}
	return p[1] + p[2], l[1]
}
