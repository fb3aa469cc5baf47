package notificationsweb_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"foyer/internal/browsertest"
	"foyer/internal/notifications"
	"foyer/internal/notifications/letter"
	"foyer/internal/notifications/mail"
	"foyer/internal/notifications/notificationsweb"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/blob"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

// desk is the pages behind a real front door, with a resident and a clerk who
// are signed in, over a fresh database. Jobs run when a test says so.
type desk struct {
	*notifications.Service
	t      testing.TB
	db     *store.DB
	queue  *jobs.Queue
	outbox *mail.Outbox
	url    string
	people map[string]notifications.Reader
	mu     sync.Mutex
	clock  time.Time
}

var (
	clerk    = actor.NewStaff(storetest.Org, "a1", "s1", "Jette Petersen", actor.Clerk, false, nil)
	resident = actor.NewResident(storetest.Org, "a-ada", []string{"ada"})
)

func newDesk(t testing.TB) *desk {
	t.Helper()
	d := &desk{t: t, db: storetest.SQLite(t).DB, clock: time.Date(2026, 11, 12, 9, 0, 0, 0, time.UTC), people: map[string]notifications.Reader{}}
	blobs, err := blob.Open(t.TempDir())
	must(t, err)
	keys, err := seal.New(bytes.Repeat([]byte{7}, 32))
	must(t, err)
	texts, err := i18n.New(i18n.Texts, ui.Texts, web.Texts, notifications.Texts, notificationsweb.Texts)
	must(t, err)
	d.queue = jobs.New(d.db, d.now, slog.New(slog.DiscardHandler))
	d.outbox = mail.NewOutbox(d.now)
	d.Service = notifications.New(d.db, d.now, d.outbox, d.queue)
	d.lend(texts, keys, blobs)
	pages := notificationsweb.New(notificationsweb.Deps{Notifications: d.Service, SettingsNav: func(c *web.Ctx) []ui.NavItem {
		return []ui.NavItem{{Label: c.T("notificationsweb.preferences.title"), URL: notificationsweb.PreferencesPath, Icon: ui.IconBell, Current: true}}
	}, PropertyNames: func(*web.Ctx, []string) (map[string]string, error) {
		return map[string]string{"p1": "Wohnanlage Ahornallee 10–16", "p2": "Hafenweg 3"}, nil
	}})
	mux, err := web.NewMux(pages.Routes())
	must(t, err)
	handler, err := web.New(web.Config{Mux: mux, Texts: texts, Log: slog.New(slog.DiscardHandler), Now: d.now,
		Host: func(_ context.Context, host string) (web.Org, error) {
			return web.Org{ID: storetest.Org, Origin: "http://" + host, Langs: texts.Offered([]string{"de", "en"}), Zone: time.UTC, PortalOn: true,
				Sites: []web.Site{web.ResidentSite, web.StaffSite}, Shell: ui.Shell{OrgName: "Lindhof Hausverwaltung", OrgShort: "Lindhof"}}, nil
		},
		Session: func(_ context.Context, _ string, site web.Site, _ string) (actor.Actor, web.Session, error) {
			if site == web.StaffSite {
				return clerk, web.Session{ID: "s", Lang: "de", AuthAt: d.now()}, nil
			}
			return resident, web.Session{ID: "s", Lang: "de", AuthAt: d.now()}, nil
		},
		StaffShell: func(c *web.Ctx) (ui.StaffShell, error) {
			return ui.StaffShell{Shell: c.Shell(), UserName: c.Actor.Name(), Initials: "JP", SignOutURL: "/verwaltung/abmelden",
				Groups: [][]ui.NavItem{{{Label: "Heute", URL: "/verwaltung", Icon: ui.IconSun}}}}, nil
		},
		ResidentShell: func(c *web.Ctx) (ui.ResidentShell, error) {
			return ui.ResidentShell{Shell: c.Shell(), UserInitials: "AB", UserName: "Ada Brandt", SettingsURL: notificationsweb.PreferencesPath}, nil
		},
		Ready: func(context.Context) error { return nil }})
	must(t, err)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.AddCookie(&http.Cookie{Name: "foyer-staff", Value: "jette"})
		r.AddCookie(&http.Cookie{Name: "foyer", Value: "ada"})
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	d.url = s.URL
	return d
}

func (d *desk) lend(texts *i18n.Bundle, keys *seal.Keys, blobs *blob.Dir) {
	frame := func(context.Context, actor.Actor, string) (notifications.Mail, error) {
		palette, err := mail.BrandPalette("#17565f")
		return notifications.Mail{From: mail.Address{Name: "Lindhof", Addr: "portal@lindhof.example"}, Subject: "Neue Nachricht", Layout: mail.Layout{Palette: palette, OrgName: "Lindhof",
			Title: "Neue Nachricht", Blocks: []mail.Block{mail.Paragraph("Im Portal steht etwas Neues.")}, Footer: []mail.Line{{Text: "Lindhof"}}}}, err
	}
	d.Use(notifications.Around{Texts: texts, Keys: keys, Blobs: blobs, Frame: frame,
		Origin: func(context.Context, actor.Actor) (string, error) { return d.url, nil },
		Letterhead: func(context.Context, actor.Actor) (letter.Sender, string, error) {
			return letter.Sender{Name: "Lindhof Hausverwaltung", Street: "Hafenweg 1", PostcodeCity: "20457 Hamburg"}, "de", nil
		},
		Readers: func(_ *store.Tx, _ time.Time, persons []string) (out []notifications.Reader, err error) {
			for _, p := range persons {
				if r, ok := d.people[p]; ok {
					out = append(out, r)
				}
			}
			return out, nil
		},
		Zone: func(*store.Tx) (*time.Location, error) { return time.UTC, nil }})
	d.Register("test", func(ctx context.Context, by actor.Actor, _ notifications.Delivery) (notifications.Mail, error) {
		return frame(ctx, by, "de")
	})
	d.RegisterLetter("test", func(context.Context, actor.Actor, notifications.Delivery) (letter.Letter, error) {
		return letter.Letter{Lang: "de", Subject: "Ablesung am 3. Dezember", Salutation: "Guten Tag,", Intro: []string{"am 3. Dezember kommt die Firma Ista."}, Closing: []string{"Mit freundlichen Grüßen", "Lindhof"}}, nil
	})
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

// announce tells readers something that may go by letter.
func (d *desk) announce(key string, readers ...notifications.Reader) {
	d.t.Helper()
	must(d.t, d.db.Write(d.t.Context(), store.OrgScope(storetest.Org), func(_ context.Context, tx *store.Tx) error {
		_, err := d.Announce(tx, d.now(), notifications.Policy{Couples: "all"}, notifications.Announcement{Topic: notifications.Messages, Kind: "test", Key: key, Letter: true, Readers: readers})
		return err
	}))
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
			p.Shot("benachrichtigungen-" + name)
		}
	}
	p.Look(w)
	p.Quiet()
}
