package casesweb_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"foyer/internal/access"
	"foyer/internal/access/accessweb"
	"foyer/internal/cases"
	"foyer/internal/cases/casesweb"
	"foyer/internal/conversations"
	"foyer/internal/documents"
	"foyer/internal/documents/documentsweb"
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

// house is the pages behind a real front door over a fresh database. Who comes
// is told by the cookie: "as:marlene".
type house struct {
	http.Handler
	t     testing.TB
	db    *store.DB
	mu    sync.Mutex
	clock time.Time
	svc   *cases.Service
	orgs  *orgs.Service
	texts *i18n.Bundle
	queue *jobs.Queue
	gone  map[string]bool // whose session has ended
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB, db *store.DB) *house {
	t.Helper()
	h := &house{t: t, db: db, clock: time.Date(2026, 11, 12, 9, 0, 0, 0, time.UTC), gone: map[string]bool{}}
	keys, err := seal.New(bytes.Repeat([]byte{7}, 32))
	check(t, err)
	h.texts, err = i18n.New(i18n.Texts, ui.Texts, web.Texts, email.Texts, orgs.Texts, portfolio.Texts, notifications.Texts, access.Texts, accessweb.Texts, documents.Texts, documentsweb.Texts, upload.Texts, conversations.Texts, cases.Texts, casesweb.Texts)
	check(t, err)
	blobs, err := blob.Open(t.TempDir())
	check(t, err)
	h.orgs, err = orgs.New(orgs.Deps{DB: db, Now: h.now, Blobs: blobs, Languages: []string{"de", "en"}, BaseURL: "https://foyer.example", Properties: portfolio.ForLimits, EndSessions: access.EndStaffSessions})
	check(t, err)
	log := slog.New(slog.DiscardHandler)
	h.queue = jobs.New(db, h.now, log)
	notify := notifications.New(db, h.now, mail.NewOutbox(h.now), h.queue)
	acc := access.New(access.Deps{DB: db, Now: h.now, Keys: keys, Passwords: seal.NewPasswords(), Blobs: blobs, Texts: h.texts, Orgs: h.orgs, Sender: mail.Address{Addr: "portal@foyer.example"}})
	acc.Register(h.queue, notify)
	talk := conversations.New(conversations.Deps{DB: db, Now: h.now, Texts: h.texts, Orgs: h.orgs, Notifications: notify, Access: acc}, h.queue)
	files := documents.New(documents.Deps{DB: db, Now: h.now, Keys: keys, Blobs: blobs, Desk: upload.New(blobs, nil)})
	h.svc = cases.New(cases.Deps{DB: db, Now: h.now, Texts: h.texts, Orgs: h.orgs, Notifications: notify, Access: acc, Conversations: talk, Documents: files}, h.queue)
	port := portfolio.New(db, h.now)
	var pages *accessweb.Handlers
	own := casesweb.New(casesweb.Deps{Cases: h.svc, Documents: files, Portfolio: port, Mine: func(c *web.Ctx) (portfolio.Mine, portfolio.Tenancy, error) { return pages.Mine(c) }})
	pages = accessweb.New(accessweb.Deps{Access: acc, Portfolio: port, Notifications: notify, Texts: h.texts,
		ResidentPlaces: []accessweb.Place{{Label: "casesweb.nav", Text: "casesweb.nav_text", Path: cases.Path, Icon: ui.IconClipboardList, Count: own.Unread}},
		Panels:         []accessweb.Panel{{Body: own.Buttons}, {Body: own.Panel}},
		StaffPlaces:    accessweb.StaffPlaces{Daily: []accessweb.Place{{Label: "casesweb.nav", Path: cases.StaffPath, Icon: ui.IconClipboardList, Right: actor.ReadCases, Count: own.Open}}},
		Today:          []accessweb.TodayPart{{Items: own.Today, Count: own.TodayCount, Side: own.TodaySide}}})
	mux, err := web.NewMux(own.Routes(), accessweb.ResidentRoutes(pages), accessweb.StaffRoutes(pages), documentsweb.Routes(documentsweb.New(documentsweb.Deps{Documents: files, Mine: pages.Mine})))
	check(t, err)
	h.Handler, err = web.New(web.Config{Mux: mux, Texts: h.texts, Log: log, Now: h.now, Host: h.host, Session: h.session,
		ResidentShell: pages.ResidentShell, StaffShell: pages.StaffShell, Ready: func(context.Context) error { return nil }})
	check(t, err)
	h.settle()
	return h
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

func (h *house) session(_ context.Context, _ string, site web.Site, token string) (actor.Actor, web.Session, error) {
	who, ok := strings.CutPrefix(token, "as:")
	h.mu.Lock()
	gone := h.gone[who]
	h.mu.Unlock()
	if !ok || gone {
		return actor.Actor{}, web.Session{}, fault.NotFound("session")
	}
	s := web.Session{ID: "s-" + who, AuthAt: h.now()}
	who, s.Choice, _ = strings.Cut(who, "@")
	if site == web.ResidentSite {
		return resident(who), s, nil
	}
	return staff(who), s, nil
}

func resident(who string) actor.Actor {
	return actor.NewResident(storetest.Org, "a-"+who, []string{who})
}

func staff(who string) actor.Actor {
	switch who {
	case "read":
		return actor.NewStaff(storetest.Org, "a-read", "read", "Rita Lese", actor.ReadOnly, false, nil)
	case "chef":
		return actor.NewStaff(storetest.Org, "a-chef", "chef", "Carla Chef", actor.Proprietor, false, nil)
	case "klaus":
		return actor.NewStaff(storetest.Org, "a-klaus", "klaus", "Klaus Holm", actor.Clerk, false, nil)
	case "werk":
		return actor.NewStaff(storetest.Org, "a-werk", "werk", "Wanda Werk", actor.Clerk, true, []string{"p2"})
	}
	return actor.NewStaff(storetest.Org, "a-jette", "jette", "Jette Petersen", actor.Manager, false, nil)
}

func (h *house) host(ctx context.Context, name string) (web.Org, error) {
	if strings.HasPrefix(name, "127.0.0.1:") {
		name = "a.example"
	}
	o, _, err := h.orgs.ByHost(ctx, name)
	if err != nil {
		return web.Org{}, err
	}
	return web.Org{ID: o.ID, Origin: h.orgs.Origin(o), Langs: h.texts.Offered(o.Settings.Languages), Zone: o.Location(), PortalOn: o.PortalOn, Sites: []web.Site{web.ResidentSite, web.StaffSite},
		Shell: ui.Shell{OrgName: o.Name, BrandHex: o.Settings.Brand, Phone: ui.Phone{Number: "030 23125 100"}, PrivacyURL: accessweb.PrivacyPath, AccessibilityURL: accessweb.AccessibilityPath}, Value: o}, nil
}

func (h *house) write(fn func(tx *store.Tx) error) {
	h.t.Helper()
	check(h.t, h.db.Write(h.t.Context(), store.OrgScope(storetest.Org), func(_ context.Context, tx *store.Tx) error { return fn(tx) }))
}

var (
	setSettings = store.Scoped(`UPDATE org SET settings = $2 WHERE org_id = $1`)
	putStaff    = store.Scoped(`INSERT INTO staff (org_id, id, name, email, role, limited, language, created_at) VALUES ($1, $2, $3, $4, $5, $6, 'de', 1)`)
	putLimit    = store.Scoped(`INSERT INTO staff_property (org_id, staff_id, property_id) VALUES ($1, $2, $3)`)
	putAccount  = store.Scoped(`INSERT INTO account (org_id, id, site, email, password_hash, staff_id, created_at, password_at) VALUES ($1, $2, $3, $4, 'x', $5, 1, 1)`)
	putOwn      = store.Scoped(`INSERT INTO account_person (org_id, account_id, person_id, since) VALUES ($1, $2, $3, 1)`)
)

func (h *house) set(change func(s *orgs.Settings)) {
	h.t.Helper()
	s := orgs.Defaults()
	change(&s)
	data, err := json.Marshal(s)
	check(h.t, err)
	h.write(func(tx *store.Tx) error {
		_, err := store.Exec(tx, setSettings, string(data))
		return err
	})
}

func (h *house) settle() {
	h.t.Helper()
	now := h.now()
	houses := []portfolio.Building{{ID: "b14", PropertyID: "p1", Street: "Ahornallee", HouseNumber: "14", Postcode: "12623", City: "Berlin", Country: "DE"},
		{ID: "b3", PropertyID: "p2", Street: "Werkhof", HouseNumber: "3", Postcode: "12623", City: "Berlin", Country: "DE"}}
	units := []portfolio.Unit{{ID: "u5", PropertyID: "p1", BuildingID: "b14", Label: "Wohnung 5", Stairwell: "14", Floor: "2. OG", Usage: portfolio.Flat}, {ID: "u2", PropertyID: "p1", BuildingID: "b14", Label: "Wohnung 2", Stairwell: "14", Usage: portfolio.Flat},
		{ID: "s7", PropertyID: "p1", BuildingID: "b14", Label: "Stellplatz 7", Usage: portfolio.Parking}, {ID: "u11", PropertyID: "p2", BuildingID: "b3", Label: "Wohnung 11", Usage: portfolio.Flat}}
	for i := range units {
		units[i].Place(houses[i/3])
	}
	persons := []portfolio.Person{{ID: "marlene", Salutation: "mrs", FirstName: "Marlene", LastName: "Brandt", Language: "de"}, {ID: "samira", FirstName: "Samira", LastName: "Haddad"}, {ID: "giulia", FirstName: "Giulia", LastName: "Ferri"}}
	h.write(func(tx *store.Tx) error {
		for _, err := range []error{portfolio.PutProperties(tx, now, []portfolio.Property{{ID: "p1", Name: "Ahornallee 10–16", Country: "DE", PortalOn: true}, {ID: "p2", Name: "Werkhof", Country: "DE", PortalOn: true}}),
			portfolio.PutBuildings(tx, houses), portfolio.PutUnits(tx, units), portfolio.PutPersons(tx, now, persons),
			portfolio.PutLeases(tx, now, []portfolio.Lease{{ID: "l5", UnitID: "u5", Kind: portfolio.Rental, StartsOn: "2019-05-01", Currency: "EUR"}, {ID: "l7", UnitID: "s7", Kind: portfolio.Rental, StartsOn: "2020-01-01", Currency: "EUR"},
				{ID: "l2", UnitID: "u2", Kind: portfolio.Rental, StartsOn: "2021-01-01", Currency: "EUR"}, {ID: "l11", UnitID: "u11", Kind: portfolio.Rental, StartsOn: "2021-01-01", Currency: "EUR"}}),
			portfolio.PutMemberships(tx, []portfolio.Membership{{LeaseID: "l5", PersonID: "marlene", Role: portfolio.ContractParty, FromDay: "2019-05-01", ToDay: portfolio.Forever},
				{LeaseID: "l7", PersonID: "marlene", Role: portfolio.ContractParty, FromDay: "2020-01-01", ToDay: portfolio.Forever},
				{LeaseID: "l2", PersonID: "samira", Role: portfolio.ContractParty, FromDay: "2021-01-01", ToDay: portfolio.Forever}, {LeaseID: "l11", PersonID: "giulia", Role: portfolio.ContractParty, FromDay: "2021-01-01", ToDay: portfolio.Forever}})} {
			if err != nil {
				return err
			}
		}
		for _, s := range [][3]string{{"jette", "Jette Petersen", "manager"}, {"klaus", "Klaus Holm", "clerk"}, {"read", "Rita Lese", "readonly"}, {"chef", "Carla Chef", "proprietor"}, {"werk", "Wanda Werk", "clerk"}} {
			if _, err := store.Exec(tx, putStaff, s[0], s[1], s[0]+"@lindhof.example", s[2], s[0] == "werk"); err != nil {
				return err
			}
			if _, err := store.Exec(tx, putAccount, "a-"+s[0], "staff", s[0]+"@lindhof.example", s[0]); err != nil {
				return err
			}
		}
		if _, err := store.Exec(tx, putLimit, "werk", "p2"); err != nil {
			return err
		}
		for _, p := range persons {
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

// reports lets a resident report about a lease.
func (h *house) reports(who, lease, category, text string) string {
	h.t.Helper()
	h.later(time.Minute)
	out, err := h.svc.Report(h.t.Context(), resident(who), cases.Report{Key: store.NewID(), LeaseID: lease, CategoryID: category, Spot: "Bad, unter dem Fenster", Text: text})
	check(h.t, err)
	return out.ID
}

func (h *house) answers(who, id, text string) {
	h.t.Helper()
	h.later(time.Minute)
	check(h.t, h.svc.Respond(h.t.Context(), staff(who), id, cases.Reply{Text: text}))
}

// answer is a page as it came.
type answer struct {
	*httptest.ResponseRecorder
	t    testing.TB
	what string
}

func (h *house) do(who, method, path string, form url.Values) answer {
	h.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Host, r.RemoteAddr = "a.example", "192.0.2.7:1"
	r.Header.Set("Cookie", "foyer=as:"+who+"; foyer-staff=as:"+who)
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Referer", "https://a.example"+strings.SplitN(path, "?", 2)[0])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	a := answer{w, h.t, method + " " + path + " as " + who}
	if s := w.Body.String(); strings.Contains(s, storetest.TwinMark) || strings.Contains(s, "[conversations") || strings.Contains(s, "[access") {
		h.t.Errorf("%s shows the other organisation or lacks a text", a.what)
	}
	return a
}

func (h *house) get(who, path string) answer {
	h.t.Helper()
	return h.do(who, "GET", path, nil)
}

func (h *house) post(who, path string, pairs ...string) answer {
	h.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return h.do(who, "POST", path, form)
}

func (a answer) words() string {
	var b strings.Builder
	root, err := html.Parse(strings.NewReader(a.Body.String()))
	check(a.t, err)
	for n := range root.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func (a answer) shows(status int, texts ...string) answer {
	a.t.Helper()
	if a.Code != status {
		a.t.Errorf("%s: %d, want %d\n%s", a.what, a.Code, status, a.words())
	}
	for _, s := range texts {
		if !strings.Contains(a.words(), s) && !strings.Contains(a.Body.String(), s) {
			a.t.Errorf("%s does not show %q:\n%s", a.what, s, a.words())
		}
	}
	return a
}

func (a answer) hides(texts ...string) answer {
	a.t.Helper()
	for _, s := range texts {
		if strings.Contains(a.Body.String(), s) || strings.Contains(a.words(), s) {
			a.t.Errorf("%s shows %q", a.what, s)
		}
	}
	return a
}

func (a answer) goes(prefix string) string {
	a.t.Helper()
	to := a.Header().Get("Location")
	if a.Code != http.StatusSeeOther || !strings.HasPrefix(to, prefix) {
		a.t.Fatalf("%s: %d %q, want 303 %q…\n%s", a.what, a.Code, to, prefix, a.words())
	}
	return to
}

// value is what stands in the field with that name.
func (a answer) value(name string) string {
	root, err := html.Parse(strings.NewReader(a.Body.String()))
	check(a.t, err)
	for n := range root.Descendants() {
		attr := map[string]string{}
		for _, x := range n.Attr {
			attr[x.Key] = x.Val
		}
		if attr["name"] != name {
			continue
		}
		if n.Data == "textarea" && n.FirstChild != nil {
			return strings.TrimSpace(n.FirstChild.Data)
		}
		return attr["value"]
	}
	a.t.Errorf("%s has no field %s", a.what, name)
	return ""
}
