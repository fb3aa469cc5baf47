package app

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"foyer/internal/notifications/mail"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

var caughtDelivery = store.Scoped(`INSERT INTO delivery (org_id, id, kind, key, channel, address, language, args, state, created_at)
	VALUES ($1, 'm1', 'x', 'x', 'email', 'marlene@post.example', 'de', '{}', 'sent', 1)`)

// The demo's mailbox shows when a mail was caught by the clock of the
// organisation, not of the server.
func TestTheMailboxShowsTheOrganisationsTime(t *testing.T) {
	now := func() time.Time { return time.Date(2026, 7, 3, 22, 30, 0, 0, time.UTC) }
	d := &demoRun{App: &App{DB: storetest.SQLite(t).DB}, outbox: mail.NewOutbox(now)}
	if err := d.DB.Write(t.Context(), store.OrgScope(storetest.Org), func(_ context.Context, tx *store.Tx) error {
		_, err := store.Exec(tx, caughtDelivery)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	sender := mail.Address{Addr: "portal@lindhof.example"}
	if err := d.outbox.Send(t.Context(), mail.Message{From: sender, To: mail.Address{Addr: "marlene@post.example"}, MessageID: "m1@lindhof.example", Lang: "de", Subject: "Ihr Zugang", Text: "Guten Tag"}); err != nil {
		t.Fatal(err)
	}
	texts, err := i18n.New(i18n.Texts, ui.Texts, web.Texts, Texts)
	if err != nil {
		t.Fatal(err)
	}
	mux, err := web.NewMux(d.routes(nil))
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	o := orgs.Org{Settings: orgs.Settings{SenderAddress: sender.Addr}}
	front, err := web.New(web.Config{Mux: mux, Texts: texts, Log: slog.New(slog.DiscardHandler), Now: now,
		Host: func(context.Context, string) (web.Org, error) {
			return web.Org{ID: "org-a", Origin: "http://localhost", Langs: texts.Offered([]string{"de", "en"}), Zone: zone, PortalOn: true,
				Sites: []web.Site{web.ResidentSite, web.StaffSite}, Value: o}, nil
		},
		Session: func(context.Context, string, web.Site, string) (actor.Actor, web.Session, error) {
			return actor.NewAnonymous(storetest.Org), web.Session{}, nil
		},
		StaffShell:    func(c *web.Ctx) (ui.StaffShell, error) { return ui.StaffShell{}, nil },
		ResidentShell: func(c *web.Ctx) (ui.ResidentShell, error) { return ui.ResidentShell{}, nil },
		Ready:         func(context.Context) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/demo/outbox", nil)
	r.Host = "localhost"
	front.ServeHTTP(w, r)
	if page := w.Body.String(); w.Code != 200 || !strings.Contains(page, "4. Juli 2026, 00:30 Uhr") {
		t.Errorf("%d %s", w.Code, page)
	}
}
