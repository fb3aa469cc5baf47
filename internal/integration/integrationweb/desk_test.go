package integrationweb_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"foyer/internal/browsertest"
	"foyer/internal/contactchanges"
	"foyer/internal/integration"
	"foyer/internal/integration/integrationweb"
	"foyer/internal/notifications"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/blob"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
	"foyer/internal/portfolio"
)

// desk is the pages behind a real front door and a manager who is signed in,
// over a fresh database, with a clock to turn. Jobs run when a test says so.
type desk struct {
	*integration.Service
	t     testing.TB
	db    *store.DB
	queue *jobs.Queue
	url   string
	lang  string // of the manager
	mu    sync.Mutex
	clock time.Time
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	d := &desk{t: t, lang: "de", db: storetest.SQLite(t).DB, clock: time.Date(2026, 11, 12, 9, 0, 0, 0, time.UTC)}
	blobs, err := blob.Open(t.TempDir())
	must(t, err)
	texts, err := i18n.New(i18n.Texts, ui.Texts, web.Texts, orgs.Texts, notifications.Texts, portfolio.Texts, integration.Texts, integrationweb.Texts)
	must(t, err)
	d.queue = jobs.New(d.db, d.now, slog.New(slog.DiscardHandler))
	d.Service = integration.New(integration.Deps{DB: d.db, Now: d.now, Blobs: blobs, Texts: texts,
		Contacts: contactchanges.New(contactchanges.Deps{DB: d.db, Now: d.now, Texts: texts})}, d.queue)
	mux, err := web.NewMux(integrationweb.Routes(d.Service))
	must(t, err)
	handler, err := web.New(web.Config{Mux: mux, Texts: texts, Log: slog.New(slog.DiscardHandler), Now: d.now,
		Host: func(_ context.Context, host string) (web.Org, error) {
			return web.Org{ID: storetest.Org, Origin: "http://" + host, Langs: texts.Offered([]string{"de", "en"}), Zone: time.UTC, PortalOn: true,
				Sites: []web.Site{web.ResidentSite, web.StaffSite}, Shell: ui.Shell{OrgName: "Lindhof Hausverwaltung", OrgShort: "Lindhof"}}, nil
		},
		Session: func(context.Context, string, web.Site, string) (actor.Actor, web.Session, error) {
			return manager, web.Session{ID: "session", Lang: d.lang, AuthAt: d.now()}, nil
		},
		StaffShell: func(c *web.Ctx) (ui.StaffShell, error) {
			return ui.StaffShell{Shell: c.Shell(), UserName: c.Actor.Name(), Initials: "JP", SignOutURL: "/verwaltung/abmelden",
				Groups: [][]ui.NavItem{{{Label: "Heute", URL: "/verwaltung", Icon: ui.IconSun}}, {{Label: "Import", URL: integrationweb.Path, Icon: ui.IconFileInput, Current: true}}}}, nil
		},
		ResidentShell: func(c *web.Ctx) (ui.ResidentShell, error) { return ui.ResidentShell{Shell: c.Shell()}, nil },
		Ready:         func(context.Context) error { return nil }})
	must(t, err)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.AddCookie(&http.Cookie{Name: "foyer-staff", Value: "jette"})
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	d.url = s.URL
	return d
}

var manager = actor.NewStaff(storetest.Org, "a1", "s1", "Jette Petersen", actor.Manager, false, nil)

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

// drain runs the jobs that are due.
func (d *desk) drain() {
	d.t.Helper()
	_, err := d.queue.Drain(context.WithoutCancel(d.t.Context()))
	must(d.t, err)
}

// exec does something behind the pages' back.
func (d *desk) exec(query string, args ...any) {
	d.t.Helper()
	must(d.t, d.db.Write(d.t.Context(), store.OrgScope(storetest.Org), func(_ context.Context, tx *store.Tx) error {
		_, err := store.Exec(tx, store.Scoped(query), args...)
		return err
	}))
}

// bring brings a list in and applies it without the pages.
func (d *desk) bring(text string) integration.Run {
	d.t.Helper()
	r, err := d.ImportFile(d.t.Context(), manager, strings.NewReader(text), "bestand.csv", integration.Options{})
	must(d.t, err)
	return r
}

// file writes a file that a browser can hand in.
func file(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	must(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// looked checks the page that is open: narrow and light, wide and dark; where
// pictures are asked for, in every width and both colour schemes. The page ends
// as it was.
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
			p.Shot("import-" + name)
		}
	}
	p.Look(w)
	p.Quiet()
}

// register gives a person a login, as registering does.
func (d *desk) register(ref, email string) {
	d.t.Helper()
	id := store.NewID()
	d.exec(`INSERT INTO account (org_id, id, site, email, password_hash, created_at, password_at) VALUES ($1, $2, 'resident', $3, 'x', 1, 1)`, id, email)
	d.exec(`INSERT INTO account_person (org_id, account_id, person_id, since) VALUES ($1, $2, $3, 1)`, id, d.person(ref))
}

// person returns the id of the person with a reference.
func (d *desk) person(ref string) (id string) {
	d.t.Helper()
	must(d.t, d.db.Read(d.t.Context(), store.OrgScope(storetest.Org), func(_ context.Context, tx *store.Tx) (err error) {
		id, err = store.Value[string](tx, store.Scoped(`SELECT id FROM person WHERE org_id = $1 AND ref = $2`), ref)
		return err
	}))
	return id
}
