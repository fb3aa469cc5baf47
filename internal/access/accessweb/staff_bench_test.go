package accessweb_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
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
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
	"foyer/internal/portfolio"
)

// office is the staff's side behind a real front door, over real services, with
// a clock to turn and a mailbox. The cookie "as:<role>" is somebody of that
// role who has just given the password, "as:limited" a manager of property p1
// alone, "as:stale" a manager whose password was given long ago; any other
// token is looked up.
type office struct {
	http.Handler
	*access.Service
	Portfolio *portfolio.Service
	t         *testing.T
	db        *store.DB
	texts     *i18n.Bundle
	queue     *jobs.Queue
	outbox    *mail.Outbox
	orgs      *orgs.Service
	mu        sync.Mutex
	clock     time.Time
	secure    bool
	fails     error // what the mail server answers; nil takes every mail
}

// noon is the moment at which the tests begin: 10:00 in Berlin.
var noon = time.Date(2026, 11, 12, 9, 0, 0, 0, time.UTC)

func newOffice(t *testing.T, db *store.DB) *office { return openOffice(t, db, true) }

// openOffice opens an office on https, or for a browser on plain http.
func openOffice(t *testing.T, db *store.DB, secure bool) *office {
	t.Helper()
	o := &office{t: t, db: db, clock: noon, secure: secure}
	keys, err := seal.New(bytes.Repeat([]byte{7}, 32))
	must(t, err)
	o.texts, err = i18n.New(i18n.Texts, ui.Texts, web.Texts, notifications.Texts, orgs.Texts, portfolio.Texts, access.Texts, accessweb.Texts)
	must(t, err)
	blobs, err := blob.Open(t.TempDir())
	must(t, err)
	o.orgs, err = orgs.New(orgs.Deps{DB: db, Now: o.now, Blobs: blobs, Languages: []string{"de", "en"}, BaseURL: "https://foyer.example",
		Properties: func(*store.Tx) ([]orgs.Property, error) { return nil, nil }, EndSessions: access.EndStaffSessions})
	must(t, err)
	o.Service = access.New(access.Deps{DB: db, Now: o.now, Keys: keys, Passwords: seal.NewPasswords(), Blobs: blobs, Texts: o.texts, Orgs: o.orgs,
		Sender: mail.Address{Addr: "portal@foyer.example"}})
	o.queue = jobs.New(db, o.now, slog.New(slog.DiscardHandler))
	o.outbox = mail.NewOutbox(o.now)
	told := notifications.New(db, o.now, o, o.queue)
	o.Register(o.queue, told)
	o.Portfolio = portfolio.New(db, o.now)
	h := accessweb.New(accessweb.Deps{Access: o.Service, Portfolio: o.Portfolio, Notifications: told, Texts: o.texts})
	mux, err := web.NewMux(accessweb.StaffRoutes(h))
	must(t, err)
	o.Handler, err = web.New(web.Config{Mux: mux, Texts: o.texts, Log: slog.New(slog.DiscardHandler), Now: o.now, Secure: secure,
		Host: o.host, Session: o.session, StaffShell: h.StaffShell, Ready: func(context.Context) error { return nil },
		ResidentShell: func(c *web.Ctx) (ui.ResidentShell, error) { return ui.ResidentShell{Shell: c.Shell()}, nil }})
	must(t, err)
	return o
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (o *office) now() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.clock
}

func (o *office) later(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.clock = o.clock.Add(d)
}

// Send is the mail server.
func (o *office) Send(ctx context.Context, m mail.Message) error {
	if o.fails != nil {
		return o.fails
	}
	return o.outbox.Send(ctx, m)
}

func (o *office) host(ctx context.Context, host string) (web.Org, error) {
	origin := "https://" + host
	if !o.secure {
		origin, host = "http://"+host, "a.example"
	}
	found, _, err := o.orgs.ByHost(ctx, host)
	return web.Org{ID: found.ID, Origin: origin, Langs: o.texts.Offered(found.Settings.Languages), Zone: found.Location(), PortalOn: found.PortalOn,
		Sites: []web.Site{web.ResidentSite, web.StaffSite}, Shell: ui.Shell{OrgName: found.Name}, Value: found}, err
}

func (o *office) session(ctx context.Context, org string, site web.Site, token string) (actor.Actor, web.Session, error) {
	s := web.Session{ID: "session", AuthAt: o.now()}
	who, pretended := strings.CutPrefix(token, "as:")
	if !pretended || site != web.StaffSite {
		by, n, err := o.Authenticate(ctx, org, access.Site(site), token)
		return by, web.Session{ID: n.ID, Lang: n.Lang, AuthAt: n.AuthAt, Choice: n.Lease}, err
	}
	role, limited := actor.Role(who), who == "limited"
	switch who {
	case "stale":
		s.AuthAt = o.now().Add(-time.Hour)
		role = actor.Manager
	case "limited":
		role = actor.Manager
	}
	return actor.NewStaff(org, "account-"+who, "staff-"+who, "Jette Petersen", role, limited, []string{"p1"}), s, nil
}

// write does something behind the pages' back.
func (o *office) write(fn func(tx *store.Tx) error) {
	o.t.Helper()
	must(o.t, o.db.Write(o.t.Context(), store.OrgScope(storetest.Org), func(_ context.Context, tx *store.Tx) error { return fn(tx) }))
}

// drain runs the jobs that are due, mails included.
func (o *office) drain() {
	o.t.Helper()
	_, err := o.queue.Drain(o.t.Context())
	must(o.t, err)
}

var mailedLink = regexp.MustCompile(`https://a\.example(/[a-z/-]+[A-Za-z0-9_-]{22})`)

// mailed returns the path of the link in the newest mail to an address.
func (o *office) mailed(address string) string {
	o.t.Helper()
	for _, c := range o.outbox.Messages() {
		if c.Message.To.Addr == address {
			if m := mailedLink.FindStringSubmatch(c.Message.Text); m != nil {
				return m[1]
			}
		}
	}
	o.t.Fatalf("no mail with a link to %s", address)
	return ""
}

// browser keeps cookies as a real one does.
type browser struct {
	o       *office
	cookies map[string]string
	htmx    bool
	lang    string
}

func (o *office) browser() *browser { return &browser{o: o, cookies: map[string]string{}} }

// as is a browser in which somebody of a role is signed in.
func (o *office) as(who string) *browser {
	b := o.browser()
	b.cookies["__Host-foyer-staff"] = "as:" + who
	return b
}

func (b *browser) do(method, path string, form url.Values) *httptest.ResponseRecorder {
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequest(method, path, body)
	r.Host, r.RemoteAddr = "a.example", "192.0.2.7:4000"
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if b.htmx {
		r.Header.Set("HX-Request", "true")
	}
	if b.lang != "" {
		r.Header.Set("Accept-Language", b.lang)
	}
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.o.ServeHTTP(w, r)
	for _, ck := range w.Result().Cookies() {
		if ck.MaxAge < 0 {
			delete(b.cookies, ck.Name)
		} else {
			b.cookies[ck.Name] = ck.Value
		}
	}
	if strings.Contains(w.Body.String(), storetest.TwinMark) {
		b.o.t.Errorf("%s %s shows the other organisation", method, path)
	}
	if m := missingText.FindString(w.Body.String()); m != "" {
		b.o.t.Errorf("%s %s lacks a text: %s", method, path, m)
	}
	return w
}

// missingText is how a key without text shows.
var missingText = regexp.MustCompile(`\[(access|accessweb|portfolio|orgs|notifications|web|ui|i18n)\.[A-Za-z0-9_.]+\]`)

func (b *browser) get(path string) *httptest.ResponseRecorder { return b.do("GET", path, nil) }

// post sends a form given as name, value, name, value …
func (b *browser) post(path string, fields ...string) *httptest.ResponseRecorder {
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return b.do("POST", path, form)
}

// want checks status and texts of an answer; a text after "!" must be missing.
func (b *browser) want(w *httptest.ResponseRecorder, status int, texts ...string) {
	b.o.t.Helper()
	if w.Code != status {
		b.o.t.Errorf("status %d to %q, want %d: %.600s", w.Code, w.Header().Get("Location"), status, squeeze(w.Body.String()))
	}
	for _, text := range texts {
		if not, ok := strings.CutPrefix(text, "!"); ok {
			if strings.Contains(w.Body.String(), not) {
				b.o.t.Errorf("shows %q", not)
			}
		} else if !strings.Contains(w.Body.String(), text) {
			b.o.t.Errorf("lacks %q: %.1500s", text, squeeze(w.Body.String()))
		}
	}
}

// squeeze is the visible part of a page for a failure.
func squeeze(page string) string {
	_, main, ok := strings.Cut(page, "<main")
	if !ok {
		main = page
	}
	main = regexp.MustCompile(`(?s)<svg.*?</svg>`).ReplaceAllString(main, "")
	return strings.Join(strings.Fields(main), " ")
}

// to checks that an answer leads elsewhere, and goes there.
func (b *browser) to(w *httptest.ResponseRecorder, location string) *httptest.ResponseRecorder {
	b.o.t.Helper()
	if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || got != location {
		b.o.t.Errorf("%d to %q, want %q: %.600s", w.Code, got, location, squeeze(w.Body.String()))
		return w
	}
	return b.get(location)
}
