package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/ui"
)

func door(t *testing.T, change func(*Config), routes ...Route) http.Handler {
	t.Helper()
	texts, err := i18n.New(i18n.Texts, ui.Texts, Texts)
	if err != nil {
		t.Fatal(err)
	}
	mux, err := NewMux(routes)
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{Mux: mux, Texts: texts, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return time.Date(2026, 11, 12, 9, 0, 0, 0, time.UTC) },
		Host: func(ctx context.Context, host string) (Org, error) {
			if host != "a.example" {
				return Org{}, fault.NotFound("host")
			}
			return Org{ID: "org-a", Origin: "https://a.example", Langs: []string{"de", "en"}, Zone: time.UTC, PortalOn: true,
				Sites: []Site{ResidentSite, StaffSite}, Shell: ui.Shell{OrgName: "Lindhof"}}, nil
		},
		Session: func(ctx context.Context, org string, site Site, token string) (actor.Actor, Session, error) {
			switch {
			case site == ResidentSite && token == "r":
				return actor.NewResident(org, "acc", nil), Session{AuthAt: time.Date(2026, 11, 12, 8, 0, 0, 0, time.UTC)}, nil
			case site == StaffSite && token == "s":
				return actor.NewStaff(org, "acc", "st", "J", actor.Clerk, false, nil), Session{AuthAt: time.Date(2026, 11, 12, 8, 59, 0, 0, time.UTC)}, nil
			}
			return actor.Actor{}, Session{}, fault.NotFound("session")
		},
		ResidentShell: func(c *Ctx) (ui.ResidentShell, error) { return ui.ResidentShell{Shell: c.Shell()}, nil },
		StaffShell:    func(c *Ctx) (ui.StaffShell, error) { return ui.StaffShell{Shell: c.Shell()}, nil },
		Ready:         func(ctx context.Context) error { return nil },
		Proxies:       []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")},
	}
	if change != nil {
		change(&cfg)
	}
	h, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func say(text string) Handler {
	return func(c *Ctx) error { _, err := io.WriteString(c.W, text); return err }
}

type ask struct {
	method, path, cookie, body string
	header                     map[string]string
}

func do(h http.Handler, a ask) *httptest.ResponseRecorder {
	if a.method == "" {
		a.method = "GET"
	}
	r := httptest.NewRequest(a.method, a.path, strings.NewReader(a.body))
	r.Host = "a.example"
	if a.cookie != "" {
		r.Header.Set("Cookie", a.cookie)
	}
	if a.method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for k, v := range a.header {
		if k == "Host" {
			r.Host = v
		} else {
			r.Header.Set(k, v)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestTheTableRefusesUnsafeRoutes(t *testing.T) {
	ok := say("")
	for _, r := range []Route{
		{Pattern: "GET /x", Handle: ok},
		{Pattern: "/x", Right: actor.Everyone, Handle: ok},
		{Pattern: "PUT /x", Right: actor.Everyone, Handle: ok},
		{Pattern: "GET /verwaltung/x", Right: actor.EditBadges, Handle: ok},
		{Pattern: "GET /x", Right: actor.ReadPortfolio, Handle: ok},
		{Pattern: "GET /verwaltung/x", Right: actor.Self, Handle: ok},
		{Pattern: "POST /x", Right: actor.Self, Handle: ok, Page: "https://evil.example"},
		{Pattern: "POST /x/{id}", Right: actor.Self, Handle: ok, Page: "/x/{other}"},
		{Pattern: "GET /x", Right: actor.Self, Handle: ok, Page: "/y"},
		{Pattern: "POST /verwaltung/x", Right: actor.Operate, Handle: ok},
		{Pattern: "GET /x", Right: actor.Everyone},
	} {
		if _, err := NewMux([]Route{r}); err == nil {
			t.Errorf("accepted %q with right %s", r.Pattern, r.Right)
		}
	}
	two := Route{Pattern: "GET /x", Right: actor.Everyone, Handle: ok}
	if _, err := NewMux([]Route{two}, []Route{two}); err == nil {
		t.Error("accepted the same route twice")
	}
}

func TestWhoMayPass(t *testing.T) {
	h := door(t, nil,
		Route{Pattern: "GET /{$}", Right: actor.Self, Handle: say("home")},
		Route{Pattern: "GET /offen", Right: actor.Everyone, Handle: say("open")},
		Route{Pattern: "POST /eigen", Right: actor.Self, Fresh: true, Handle: say("fresh")},
		Route{Pattern: "GET /verwaltung/liste", Right: actor.ReadPortfolio, Handle: say("list")},
		Route{Pattern: "POST /verwaltung/org", Right: actor.ManageOrg, Handle: say("org")},
		Route{Pattern: "GET /fehlt", Right: actor.Everyone, Handle: func(c *Ctx) error { return fault.Denied("x") }},
		Route{Pattern: "GET /kaputt", Right: actor.Everyone, Handle: func(c *Ctx) error { return errors.New("geheim@post.example") }},
		Route{Pattern: "GET /panik", Right: actor.Everyone, Handle: func(c *Ctx) error { panic("geheim") }},
		Route{Pattern: "GET /warten", Right: actor.Everyone, Handle: func(c *Ctx) error { return &fault.TooMany{After: 90 * time.Second} }},
	)
	for _, c := range []struct {
		ask
		status   int
		location string
	}{
		{ask{path: "/offen"}, 200, ""},
		{ask{path: "/"}, 303, "/anmelden"},
		{ask{path: "/", cookie: "foyer=r"}, 200, ""},
		{ask{path: "/", cookie: "foyer=s"}, 303, "/anmelden"},
		{ask{path: "/", cookie: "foyer-staff=s"}, 303, "/anmelden"},
		{ask{path: "/verwaltung/liste?seite=2", cookie: "foyer=r"}, 303, "/verwaltung/anmelden?weiter=%2Fverwaltung%2Fliste%3Fseite%3D2"},
		{ask{path: "/verwaltung/liste", cookie: "foyer-staff=s"}, 200, ""},
		{ask{path: "/verwaltung/org", method: "POST", cookie: "foyer-staff=s"}, 404, ""},
		{ask{path: "/eigen", method: "POST", cookie: "foyer=r"}, 303, "/passwort-bestaetigen?weiter=%2F"},
		{ask{path: "/nirgends", cookie: "foyer=r"}, 404, ""},
		{ask{path: "/fehlt"}, 404, ""},
		{ask{path: "/kaputt"}, 500, ""},
		{ask{path: "/panik"}, 500, ""},
		{ask{path: "/warten"}, 429, ""},
		{ask{path: "/offen", header: map[string]string{"Host": "b.example"}}, 421, ""},
		{ask{path: "/offen", header: map[string]string{"Host": "b.example", "X-Forwarded-Host": "a.example"}}, 421, ""},
		{ask{path: "/healthz", header: map[string]string{"Host": "b.example"}}, 200, ""},
		{ask{path: "/readyz", header: map[string]string{"Host": "b.example"}}, 200, ""},
		{ask{path: "/eigen", method: "POST", cookie: "foyer=r", header: map[string]string{"Sec-Fetch-Site": "cross-site"}}, 403, ""},
		{ask{path: "/eigen", method: "POST", cookie: "foyer=r", header: map[string]string{"Sec-Fetch-Site": "same-site"}}, 403, ""},
		{ask{path: "/eigen", method: "POST", cookie: "foyer=r", header: map[string]string{"Origin": "null"}}, 403, ""},
		{ask{path: "/eigen", method: "POST", cookie: "foyer=r", header: map[string]string{"Origin": "https://evil.example"}}, 403, ""},
		{ask{path: "/assets/../../etc/passwd"}, 307, ""},
		{ask{path: "/assets/manifest.json"}, 404, ""},
		{ask{path: "/assets/brand-17565f.css"}, 200, ""},
		{ask{path: "/assets/brand-zzzzzz.css"}, 404, ""},
		{ask{path: ui.Asset("foyer.css")}, 200, ""},
	} {
		w := do(h, c.ask)
		if w.Code != c.status || w.Header().Get("Location") != c.location && c.location != "" {
			t.Errorf("%s %s %v: %d %q, want %d %q", c.method, c.path, c.header, w.Code, w.Header().Get("Location"), c.status, c.location)
		}
		if w.Header().Get("Content-Security-Policy") == "" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: security headers are missing", c.path)
		}
		if strings.Contains(w.Body.String(), "geheim") {
			t.Errorf("%s shows an internal error", c.path)
		}
	}
	if w := do(h, ask{path: "/warten"}); w.Header().Get("Retry-After") != "90" || !strings.Contains(w.Body.String(), "2 Minuten") {
		t.Error("a visitor who must wait is not told how long")
	}
}

func TestLanguageIsChosen(t *testing.T) {
	h := door(t, nil, Route{Pattern: "GET /offen", Right: actor.Everyone, Handle: func(c *Ctx) error { _, err := io.WriteString(c.W, c.Lang()); return err }})
	for _, c := range []struct{ path, cookie, accept, want string }{
		{"/offen", "", "", "de"}, {"/offen", "", "fr-FR,en-GB;q=0.8,de;q=0.5", "en"}, {"/offen", "foyer-lang=en", "de", "en"},
		{"/offen?lang=en", "foyer-lang=de", "de", "en"}, {"/offen?lang=xx", "", "", "de"}, {"/offen", "foyer-lang=../x", "", "de"},
	} {
		w := do(h, ask{path: c.path, cookie: c.cookie, header: map[string]string{"Accept-Language": c.accept}})
		if w.Body.String() != c.want {
			t.Errorf("%+v: %s", c, w.Body.String())
		}
	}
}

func TestForwardedAddressesAreBelievedFromProxiesOnly(t *testing.T) {
	h := door(t, nil, Route{Pattern: "GET /ip", Right: actor.Everyone, Handle: func(c *Ctx) error { _, err := io.WriteString(c.W, c.IP.String()); return err }})
	for _, c := range []struct{ peer, forwarded, want string }{
		{"192.0.2.1:1", "198.51.100.7", "192.0.2.1"}, {"10.0.0.2:1", "198.51.100.7", "198.51.100.7"},
		{"10.0.0.2:1", "203.0.113.9, 198.51.100.7, 10.0.0.3", "198.51.100.7"}, {"10.0.0.2:1", "junk", "10.0.0.2"}, {"[2001:db8::1]:1", "", "2001:db8::1"},
	} {
		r := httptest.NewRequest("GET", "/ip", nil)
		r.Host, r.RemoteAddr = "a.example", c.peer
		r.Header.Set("X-Forwarded-For", c.forwarded)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Body.String() != c.want {
			t.Errorf("%+v: %s", c, w.Body.String())
		}
	}
}

func TestSecureCookiesAndTransport(t *testing.T) {
	route := Route{Pattern: "POST /rein", Right: actor.Everyone, Handle: func(c *Ctx) error { c.SignIn("t", time.Hour); return c.Redirect("//evil.example/x") }}
	w := do(door(t, func(c *Config) { c.Secure = true }, route), ask{path: "/rein", method: "POST"})
	ck := w.Header().Get("Set-Cookie")
	if !strings.HasPrefix(ck, "__Host-foyer=t; Path=/; Max-Age=3600; HttpOnly; Secure; SameSite=Lax") || w.Header().Get("Strict-Transport-Security") == "" {
		t.Errorf("%q", ck)
	}
	if w.Header().Get("Location") != "/" {
		t.Errorf("redirected to %q", w.Header().Get("Location"))
	}
}

func TestFormsReadWhatWasAskedFor(t *testing.T) {
	f := NewForm(url.Values{"email": {"a@x", "b@y"}, "name": {" Ole\u202eevil\x00 "}, "text": {"a\r\nb"}, "bad": {"\xff"}, "tick": {"on"}})
	if f.Text("email") != "" || f.Text("name") != "Oleevil" || f.Long("text") != "a\nb" || f.Text("bad") != "" || !f.On("tick") || f.On("none") {
		t.Errorf("%q %q %q %q", f.Text("email"), f.Text("name"), f.Long("text"), f.Text("bad"))
	}
	h := door(t, nil, Route{Pattern: "POST /f", Right: actor.Everyone, Body: 1 << 20, Handle: func(c *Ctx) error { _, err := c.Form(); return err }})
	if w := do(h, ask{path: "/f", method: "POST", body: "a=" + strings.Repeat("x", 2<<20)}); w.Code != 413 && w.Code != 422 {
		t.Errorf("a body over the limit: %d", w.Code)
	}
	if got := disposition("Schreiben \"Ä\"\r\n.pdf"); strings.ContainsAny(got, "\r\n") || !strings.Contains(got, "filename*=UTF-8''Schreiben%20%22%C3%84%22%0D%0A.pdf") {
		t.Errorf("%q", got)
	}
}
