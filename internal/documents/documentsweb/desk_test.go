package documentsweb_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"github.com/a-h/templ"

	"foyer/internal/access"
	"foyer/internal/browsertest"
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

// desk is the pages behind a real front door: a manager and a resident who are
// signed in, over a fresh database with one house.
type desk struct {
	*documents.Service
	t        testing.TB
	db       *store.DB
	url      string
	mu       sync.Mutex
	clock    time.Time
	resident actor.Actor
	staff    actor.Actor
}

var (
	boss    = actor.NewStaff(storetest.Org, "acc-boss", "boss", "Jette Petersen", actor.Manager, false, nil)
	reader  = actor.NewStaff(storetest.Org, "acc-read", "read", "Leo Lesend", actor.ReadOnly, false, nil)
	marlene = actor.NewResident(storetest.Org, "acc-marlene", []string{"marlene"})
)

func newDesk(t testing.TB) *desk {
	t.Helper()
	d := &desk{t: t, db: storetest.SQLite(t).DB, clock: time.Date(2026, 11, 12, 9, 0, 0, 0, time.UTC), resident: marlene, staff: boss}
	blobs, err := blob.Open(t.TempDir())
	must(t, err)
	keys, err := seal.New(bytes.Repeat([]byte{7}, 32))
	must(t, err)
	texts, err := i18n.New(i18n.Texts, ui.Texts, web.Texts, email.Texts, notifications.Texts, orgs.Texts, portfolio.Texts, access.Texts, upload.Texts, documents.Texts, documentsweb.Texts)
	must(t, err)
	queue := jobs.New(d.db, d.now, slog.New(slog.DiscardHandler))
	notes := notifications.New(d.db, d.now, mail.NewOutbox(d.now), queue)
	org, err := orgs.New(orgs.Deps{DB: d.db, Now: d.now, Blobs: blobs, Languages: texts.Languages(), BaseURL: "https://a.example"})
	must(t, err)
	acc := access.New(access.Deps{DB: d.db, Now: d.now, Keys: keys, Passwords: seal.NewPasswords(), Blobs: blobs, Texts: texts, Orgs: org, Sender: mail.Address{Addr: "portal@a.example"}})
	acc.Register(queue, notes)
	d.Service = documents.New(documents.Deps{DB: d.db, Now: d.now, Keys: keys, Blobs: blobs, Desk: upload.New(blobs, nil), Access: acc, Notifications: notes})
	d.Register(queue)
	d.settle()
	d.serve(texts)
	return d
}

func (d *desk) serve(texts *i18n.Bundle) {
	t := d.t
	houses := portfolio.New(d.db, d.now)
	pages := documentsweb.New(documentsweb.Deps{Documents: d.Service,
		Mine: func(c *web.Ctx) (portfolio.Mine, portfolio.Tenancy, error) {
			m, err := houses.MineOf(c, c.Actor)
			if err != nil || len(m.Tenancies) == 0 {
				return m, portfolio.Tenancy{}, err
			}
			return m, m.Tenancies[0], nil
		},
		PropertyHead: func(c *web.Ctx, id, _ string) (templ.Component, error) {
			if id != "p1" {
				return nil, fault.NotFound("property")
			}
			return ui.PageHead(ui.PageHeadProps{Title: "Ahornallee 14"}), nil
		}})
	mux, err := web.NewMux(documentsweb.Routes(pages), []web.Route{{Pattern: "GET /{$}", Right: actor.Self, Handle: func(c *web.Ctx) error {
		panel, err := pages.NewPanel(c, portfolio.Mine{}, portfolio.Tenancy{})
		if err != nil {
			return err
		}
		if panel == nil {
			panel = ui.Lead("Nichts Neues")
		}
		return c.Page(ui.Head{Title: "Start"}, templ.Join(ui.PageHead(ui.PageHeadProps{Title: "Start"}), panel))
	}}})
	must(t, err)
	handler, err := web.New(web.Config{Mux: mux, Texts: texts, Log: slog.New(slog.DiscardHandler), Now: d.now,
		Host: func(_ context.Context, host string) (web.Org, error) {
			return web.Org{ID: storetest.Org, Origin: "http://" + host, Langs: texts.Offered([]string{"de", "en"}), Zone: time.UTC, PortalOn: true,
				Sites: []web.Site{web.ResidentSite, web.StaffSite}, Shell: ui.Shell{OrgName: "Lindhof Hausverwaltung", OrgShort: "Lindhof"}}, nil
		},
		Session: func(_ context.Context, _ string, site web.Site, _ string) (actor.Actor, web.Session, error) {
			d.mu.Lock()
			defer d.mu.Unlock()
			who := d.resident
			if site == web.StaffSite {
				who = d.staff
			}
			return who, web.Session{ID: "s-" + who.Account(), AuthAt: d.clock}, nil
		},
		StaffShell: func(c *web.Ctx) (ui.StaffShell, error) {
			return ui.StaffShell{Shell: c.Shell(), UserName: c.Actor.Name(), Initials: "JP", SignOutURL: "/verwaltung/abmelden",
				Groups: [][]ui.NavItem{{{Label: "Heute", URL: "/verwaltung", Icon: ui.IconSun}}, {{Label: "Dokumente", URL: documentsweb.StaffPath, Icon: ui.IconFileText, Current: true}}}}, nil
		},
		ResidentShell: func(c *web.Ctx) (ui.ResidentShell, error) {
			return ui.ResidentShell{Shell: c.Shell(), UserInitials: "MB", UserName: "Marlene Brandt", SettingsURL: "/einstellungen", Nav: []ui.NavItem{{Label: "Start", URL: "/", Icon: ui.IconHouse},
				{Label: "Dokumente", URL: documentsweb.Path, Icon: ui.IconFileText, Current: true}, {Label: "Mehr", URL: "/mehr", Icon: ui.IconMenu}}}, nil
		},
		Ready: func(context.Context) error { return nil }})
	must(t, err)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.AddCookie(&http.Cookie{Name: "foyer-staff", Value: "x"})
		r.AddCookie(&http.Cookie{Name: "foyer", Value: "x"})
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	d.url = s.URL
}

// settle fills the house: Marlene and Jonas Brandt rent flat 5, Giulia Ferri
// flat 6.
func (d *desk) settle() {
	must(d.t, d.db.Write(d.t.Context(), boss.Scope(), func(_ context.Context, tx *store.Tx) error {
		b := portfolio.Building{ID: "b1", PropertyID: "p1", Street: "Ahornallee", HouseNumber: "14", Postcode: "12623", City: "Berlin", Country: "DE"}
		units := []portfolio.Unit{{ID: "u5", PropertyID: "p1", BuildingID: "b1", Ref: "W-005", Label: "Wohnung 5", Stairwell: "14", Floor: "2. OG links", Usage: portfolio.Flat, AreaCM2: 6800, RoomsTenth: 30},
			{ID: "u6", PropertyID: "p1", BuildingID: "b1", Ref: "W-006", Label: "Wohnung 6", Stairwell: "14", Floor: "2. OG rechts", Usage: portfolio.Flat}}
		for i := range units {
			units[i].Place(b)
		}
		return errors.Join(
			portfolio.PutProperties(tx, d.clock, []portfolio.Property{{ID: "p1", Name: "Ahornallee 14", Country: "DE", PortalOn: true}}),
			portfolio.PutBuildings(tx, []portfolio.Building{b}), portfolio.PutUnits(tx, units),
			portfolio.PutPersons(tx, d.clock, []portfolio.Person{{ID: "marlene", FirstName: "Marlene", LastName: "Brandt"}, {ID: "jonas", FirstName: "Jonas", LastName: "Brandt"}, {ID: "giulia", FirstName: "Giulia", LastName: "Ferri"}}),
			portfolio.PutLeases(tx, d.clock, []portfolio.Lease{
				{ID: "l5", UnitID: "u5", Kind: portfolio.Rental, Ref: "14-05-2", StartsOn: "2024-09-01", SignedOn: "2024-08-12", RentNet: 74800, RentService: 13600, RentHeating: 9800, Deposit: 219000, Currency: "EUR", NoticePeriod: "3 Monate zum Monatsende"},
				{ID: "l6", UnitID: "u6", Kind: portfolio.Rental, Ref: "14-06-1", StartsOn: "2020-01-01", Currency: "EUR"}}),
			portfolio.PutMemberships(tx, []portfolio.Membership{
				{LeaseID: "l5", PersonID: "marlene", Role: portfolio.ContractParty, FromDay: "2024-09-01", ToDay: portfolio.Forever},
				{LeaseID: "l5", PersonID: "jonas", Role: portfolio.CoResident, FromDay: "2024-09-01", ToDay: portfolio.Forever},
				{LeaseID: "l6", PersonID: "giulia", Role: portfolio.ContractParty, FromDay: "2020-01-01", ToDay: portfolio.Forever}}))
	}))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (d *desk) now() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.clock
}

func (d *desk) later(by time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.clock = d.clock.Add(by)
}

func (d *desk) as(who actor.Actor) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if who.Kind() == actor.Staff {
		d.staff = who
	} else {
		d.resident = who
	}
}

var setSettings = store.Scoped(`UPDATE org SET settings = $2, version = version + 1 WHERE org_id = $1`)

func (d *desk) settings(json string) {
	d.t.Helper()
	must(d.t, d.db.Write(d.t.Context(), boss.Scope(), func(_ context.Context, tx *store.Tx) error {
		_, err := store.Exec(tx, setSettings, json)
		return err
	}))
}

func pdf(t testing.TB, text string) []byte {
	t.Helper()
	p := fpdf.New("P", "mm", "A4", "")
	p.AddPage()
	p.SetFont("Helvetica", "", 12)
	p.Cell(40, 10, text)
	var b bytes.Buffer
	must(t, p.Output(&b))
	return b.Bytes()
}

// publish puts a document without the pages.
func (d *desk) publish(kind documents.Kind, title, day string, to portfolio.Kind, target string, standing bool) documents.Document {
	d.t.Helper()
	f, err := d.Keep(d.t.Context(), boss, "datei", title+".pdf", bytes.NewReader(pdf(d.t, title)))
	must(d.t, err)
	doc, err := d.Publish(d.t.Context(), boss, documents.Draft{FileID: f.ID, Facts: documents.Facts{Kind: kind, Title: title, Day: day, Standing: standing}, Audience: to, TargetID: target})
	must(d.t, err)
	return doc
}

// file writes a file to choose in the browser.
func file(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	must(t, os.WriteFile(path, data, 0o600))
	return path
}

// looked checks the page that is open: narrow and light, wide and dark; where
// pictures are asked for, in every width and both colour schemes.
func looked(p *browsertest.Page, w browsertest.Window, name string) {
	pictures := os.Getenv("FOYER_SHOTS") != ""
	for _, dark := range []bool{false, true} {
		for _, width := range []int{320, 390, 1280} {
			if !pictures && dark != (width == 1280) {
				continue
			}
			p.Look(browsertest.Window{Width: width, Dark: dark, NoScript: w.NoScript})
			p.Fits()
			p.Axe()
			p.Shot("dokumente-" + name)
		}
	}
	p.Look(w)
	p.Quiet()
}
