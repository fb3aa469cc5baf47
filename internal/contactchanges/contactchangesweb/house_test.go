package contactchangesweb_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"foyer/internal/access"
	"foyer/internal/access/accessweb"
	"foyer/internal/contactchanges"
	"foyer/internal/contactchanges/contactchangesweb"
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

const (
	oldAddress = "marlene.brandt@post.example"
	newAddress = "marlene.brandt@mail.example"
	password   = "Kiesel-Laterne-473"
)

// house is the pages of both sides behind a real front door, with the real
// services, a clock to turn and a mailbox.
type house struct {
	http.Handler
	t        testing.TB
	db       *store.DB
	mu       sync.Mutex
	clock    time.Time
	contacts *contactchanges.Service
	orgs     *orgs.Service
	access   *access.Service
	texts    *i18n.Bundle
	queue    *jobs.Queue
	outbox   *mail.Outbox
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newHouse(t testing.TB, db *store.DB) *house {
	t.Helper()
	h := &house{t: t, db: db, clock: time.Date(2026, 11, 12, 9, 0, 0, 0, time.UTC)}
	keys, err := seal.New(bytes.Repeat([]byte{7}, 32))
	must(t, err)
	h.texts, err = i18n.New(i18n.Texts, ui.Texts, web.Texts, email.Texts, orgs.Texts, portfolio.Texts, notifications.Texts, access.Texts, accessweb.Texts, contactchanges.Texts, contactchangesweb.Texts)
	must(t, err)
	blobs, err := blob.Open(t.TempDir())
	must(t, err)
	h.orgs, err = orgs.New(orgs.Deps{DB: db, Now: h.now, Blobs: blobs, Languages: []string{"de", "en"}, BaseURL: "https://foyer.example",
		Properties: func(*store.Tx) ([]orgs.Property, error) { return nil, nil }, EndSessions: access.EndStaffSessions})
	must(t, err)
	h.access = access.New(access.Deps{DB: db, Now: h.now, Keys: keys, Passwords: seal.NewPasswords(), Blobs: blobs, Texts: h.texts, Orgs: h.orgs, Sender: mail.Address{Addr: "portal@foyer.example"}})
	h.queue = jobs.New(db, h.now, slog.New(slog.DiscardHandler))
	h.outbox = mail.NewOutbox(h.now)
	told := notifications.New(db, h.now, h.outbox, h.queue)
	h.access.Register(h.queue, told)
	h.contacts = contactchanges.New(contactchanges.Deps{DB: db, Now: h.now, Keys: keys, Texts: h.texts, Orgs: h.orgs, Access: h.access})
	h.contacts.Register(h.queue, told)
	h.open()
	h.settle()
	return h
}

// open puts the pages behind a front door.
func (h *house) open() {
	h.t.Helper()
	in := accessweb.New(accessweb.Deps{Access: h.access, Portfolio: portfolio.New(h.db, h.now), Texts: h.texts})
	pages := contactchangesweb.New(contactchangesweb.Deps{Contacts: h.contacts, Access: h.access, Mine: in.Mine, SettingsNav: in.SettingsNav, MessageURL: "/nachrichten/neu",
		AskURL: func(id string) string { return "/verwaltung/nachrichten/verfassen?an=person:" + id }})
	in.SettingsPlaces = []accessweb.Place{{Label: "contactchangesweb.nav", Path: contactchangesweb.Path, Icon: ui.IconUser}}
	in.StaffPlaces.Daily = []accessweb.Place{{Label: "contactchangesweb.nav_staff", Path: contactchangesweb.StaffPath, Icon: ui.IconUserPen, Right: actor.EditPortfolio, Count: pages.Waiting}}
	in.Deps.Today = []accessweb.TodayPart{{Items: pages.Today, Count: pages.TodayCount}}
	in.PersonPanels = []accessweb.PersonPart{pages.Person}
	mux, err := web.NewMux(accessweb.ResidentRoutes(in), accessweb.StaffRoutes(in), contactchangesweb.Routes(pages))
	must(h.t, err)
	h.Handler, err = web.New(web.Config{Mux: mux, Texts: h.texts, Log: slog.New(slog.DiscardHandler), Now: h.now, Host: h.host, Session: h.session,
		ResidentShell: in.ResidentShell, StaffShell: in.StaffShell, Ready: func(context.Context) error { return nil }})
	must(h.t, err)
}

func (h *house) host(ctx context.Context, name string) (web.Org, error) {
	origin := "http://" + name
	o, _, err := h.orgs.ByHost(ctx, "a.example")
	if err != nil {
		return web.Org{}, err
	}
	return web.Org{ID: o.ID, Origin: origin, Langs: h.texts.Offered(o.Settings.Languages), Zone: o.Location(), PortalOn: o.PortalOn, Sites: []web.Site{web.ResidentSite, web.StaffSite},
		Shell: ui.Shell{OrgName: o.Name, Phone: ui.Phone{Number: o.Settings.Phone}}, Value: o}, nil
}

// session is a real one on the residents' side; staff are who they say.
func (h *house) session(ctx context.Context, org string, site web.Site, token string) (actor.Actor, web.Session, error) {
	who, pretended := strings.CutPrefix(token, "as:")
	if !pretended || site != web.StaffSite {
		by, n, err := h.access.Authenticate(ctx, org, access.Site(site), token)
		return by, web.Session{ID: n.ID, Lang: n.Lang, AuthAt: n.AuthAt, Choice: n.Lease}, err
	}
	limited := who == "limited"
	role := actor.Role(who)
	if limited {
		role = actor.Manager
	}
	return actor.NewStaff(org, "account-"+who, "staff-"+who, "Jette Petersen", role, limited, []string{"p2"}), web.Session{ID: "session", AuthAt: h.now()}, nil
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

func (h *house) write(fn func(tx *store.Tx) error) {
	h.t.Helper()
	must(h.t, h.db.Write(h.t.Context(), store.OrgScope(storetest.Org), func(_ context.Context, tx *store.Tx) error { return fn(tx) }))
}

func (h *house) drain() {
	h.t.Helper()
	_, err := h.queue.Drain(h.t.Context())
	must(h.t, err)
}

var (
	made        = sync.OnceValues(func() (string, error) { return seal.NewPasswords().Hash(context.Background(), password) })
	setSettings = store.Scoped(`UPDATE org SET settings = $2 WHERE org_id = $1`)
	addAccount  = store.Scoped(`INSERT INTO account (org_id, id, site, email, password_hash, created_at, password_at) VALUES ($1, $2, 'resident', $3, $4, 1, 1)`)
	addPerson   = store.Scoped(`INSERT INTO account_person (org_id, account_id, person_id, since) VALUES ($1, $2, $3, 1)`)
)

// mode sets by which rule contact data change.
func (h *house) mode(m orgs.EmailChange) {
	h.t.Helper()
	h.write(func(tx *store.Tx) error {
		_, err := store.Exec(tx, setSettings, `{"phone":"030 23125 100","email_change":"`+string(m)+`","erp_days":4}`)
		return err
	})
}

// people are who live in the house, as in the mock-up.
var people = []struct{ id, first, last, address, street, number, unit, phone string }{
	{"nils", "Nils", "Hagedorn", "nils@post.example", "Ahornallee", "10", "2", "0171 39200 41"},
	{"marlene", "Marlene", "Brandt", oldAddress, "Ahornallee", "14", "5", "0171 39200 14"},
	{"giulia", "Giulia", "Ferri", "giulia@post.example", "Werkhof", "3", "11", ""},
	{"bo", "Bo", "Lindqvist", "bo@post.example", "Seestraße", "27", "4", ""},
}

func (h *house) settle() {
	h.t.Helper()
	h.mode(orgs.ChangeByERP)
	hash, err := made()
	must(h.t, err)
	h.write(func(tx *store.Tx) error {
		for _, p := range []string{"p1", "p2"} {
			if err := portfolio.PutProperties(tx, h.now(), []portfolio.Property{{ID: p, Name: "Liegenschaft " + p, Country: "DE", Region: "DE-BE", PortalOn: true, ReleasedAt: 1}}); err != nil {
				return err
			}
		}
		for _, x := range people {
			b := portfolio.Building{ID: "b-" + x.id, PropertyID: "p1", Street: x.street, HouseNumber: x.number, Postcode: "12459", City: "Berlin", Country: "DE"}
			u := portfolio.Unit{ID: "u-" + x.id, Label: x.unit, Usage: portfolio.Flat}
			u.Place(b)
			for _, err := range []error{
				portfolio.PutBuildings(tx, []portfolio.Building{b}), portfolio.PutUnits(tx, []portfolio.Unit{u}),
				portfolio.PutPersons(tx, h.now(), []portfolio.Person{{ID: x.id, FirstName: x.first, LastName: x.last, Language: "de", Email: x.address, Phone: x.phone}}),
				portfolio.PutLeases(tx, h.now(), []portfolio.Lease{{ID: "l-" + x.id, UnitID: u.ID, Kind: portfolio.Rental, StartsOn: "2020-01-01", Currency: "EUR"}}),
				portfolio.PutMemberships(tx, []portfolio.Membership{{LeaseID: "l-" + x.id, PersonID: x.id, Role: portfolio.ContractParty, FromDay: "2020-01-01", ToDay: portfolio.Forever}}),
			} {
				if err != nil {
					return err
				}
			}
			if _, err := store.Exec(tx, addAccount, "a-"+x.id, x.address, hash); err != nil {
				return err
			}
			if _, err := store.Exec(tx, addPerson, "a-"+x.id, x.id); err != nil {
				return err
			}
		}
		return nil
	})
}

// wishes lets somebody ask for something behind the pages.
func (h *house) wishes(id string, change func(w *contactchanges.Wish)) {
	h.t.Helper()
	for _, x := range people {
		if x.id == id {
			w := contactchanges.Wish{Person: id, AuthAt: h.now(), Email: x.address, Mobile: x.phone}
			change(&w)
			_, err := h.contacts.Request(h.t.Context(), actor.NewResident(storetest.Org, "a-"+id, []string{id}), w)
			must(h.t, err)
		}
	}
	h.drain()
}

var linkForm = regexp.MustCompile(`https://a\.example(/kontakt/[a-z]+/[A-Za-z0-9_-]{22})`)

// mailed returns the path of the link in the newest mail to an address.
func (h *house) mailed(address string) string {
	h.t.Helper()
	for _, c := range h.outbox.Messages() {
		if l := linkForm.FindStringSubmatch(c.Message.Text); l != nil && c.Message.To.Addr == address {
			return l[1]
		}
	}
	h.t.Fatalf("no link to %s", address)
	return ""
}

// proves confirms an address by the mailed link, behind the pages.
func (h *house) proves(address string) {
	h.t.Helper()
	link := h.mailed(address)
	_, err := h.contacts.ConfirmLink(h.t.Context(), actor.NewAnonymous(storetest.Org), link[strings.LastIndex(link, "/")+1:])
	must(h.t, err)
	h.drain()
}

// visitor is a browser without script.
type visitor struct {
	h       *house
	cookies map[string]string
}

func (h *house) visitor() *visitor { return &visitor{h, map[string]string{}} }

func (h *house) as(role string) *visitor {
	return &visitor{h, map[string]string{"foyer-staff": "as:" + role}}
}

func (v *visitor) signIn(address string) {
	v.h.t.Helper()
	if w := v.post("/anmelden", "email", address, "password", password); w.Code != http.StatusSeeOther {
		v.h.t.Fatalf("sign-in: %d", w.Code)
	}
}

func (v *visitor) do(method, path string, form url.Values) *httptest.ResponseRecorder {
	v.h.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Host, r.RemoteAddr = "a.example", "192.0.2.7:1"
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for name, value := range v.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	v.h.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(v.cookies, c.Name)
		} else {
			v.cookies[c.Name] = c.Value
		}
	}
	body := w.Body.String()
	if strings.Contains(body, storetest.TwinMark) || strings.Contains(body, "[contactchanges") {
		v.h.t.Errorf("%s %s shows the other organisation, or lacks a text", method, path)
	}
	return w
}

func (v *visitor) get(path string) *httptest.ResponseRecorder {
	v.h.t.Helper()
	return v.do("GET", path, nil)
}

func (v *visitor) post(path string, pairs ...string) *httptest.ResponseRecorder {
	v.h.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return v.do("POST", path, form)
}

// to follows a redirect that must lead somewhere.
func (v *visitor) to(w *httptest.ResponseRecorder, path string) *httptest.ResponseRecorder {
	v.h.t.Helper()
	if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || got != path {
		v.h.t.Fatalf("%d %q, want 303 %q\n%s", w.Code, got, path, words(w))
	}
	return v.get(path)
}

// shows fails unless the answer has the status and each text; "!text" must be
// missing.
func (v *visitor) shows(w *httptest.ResponseRecorder, status int, texts ...string) {
	v.h.t.Helper()
	if w.Code != status {
		v.h.t.Errorf("%d, want %d\n%s", w.Code, status, words(w))
	}
	for _, s := range texts {
		s, not := strings.CutPrefix(s, "!")
		if has := strings.Contains(words(w), s) || strings.Contains(w.Body.String(), s); has == not {
			v.h.t.Errorf("%q: %v\n%s", s, has, words(w))
		}
	}
}

func words(w *httptest.ResponseRecorder) string {
	var b strings.Builder
	root, err := html.Parse(strings.NewReader(w.Body.String()))
	if err != nil {
		return err.Error()
	}
	for n := range root.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

var pickForm = regexp.MustCompile(`type="checkbox" name="id" value="([^"]+)"`)

// changeIDs are the changes that a page of the list offers, in their order.
func changeIDs(page string) (out []string) {
	for _, m := range pickForm.FindAllStringSubmatch(page, -1) {
		out = append(out, m[1])
	}
	return out
}

func (h *house) manager() actor.Actor {
	return actor.NewStaff(storetest.Org, "a", "s", "Jette Petersen", actor.Manager, false, nil)
}
