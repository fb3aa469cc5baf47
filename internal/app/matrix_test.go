package app

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"foyer/internal/access"
	"foyer/internal/notifications/mail"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/platform/web"
	"foyer/internal/portfolio"
)

// identity is one kind of visitor, as a browser: its cookies at the host of
// org-a.
type identity struct {
	name    string
	site    web.Site // where it is signed in, "" for nowhere
	role    actor.Role
	cookie  string
	alien   bool // a cookie of the other organisation
	limited bool // to a property that nothing of "own" belongs to
}

const matrixPassword = "Segel-Walnuss-Harfe-31"

// estate is the whole product over two look-alike organisations.
type estate struct {
	*App
	fresh storetest.Fresh
	log   *strings.Builder
	ids   []identity
}

var setPassword = store.Scoped(`UPDATE account SET password_hash = $2 WHERE org_id = $1`)

func newEstate(t *testing.T) *estate {
	t.Helper()
	return estateOn(t, storetest.SQLite(t))
}

// eachEstate runs a test on an estate of each engine.
func eachEstate(t *testing.T, fn func(t *testing.T, e *estate)) {
	t.Run("sqlite", func(t *testing.T) { fn(t, newEstate(t)) })
	t.Run("postgres", func(t *testing.T) { fn(t, estateOn(t, storetest.Postgres(t))) })
}

func estateOn(t *testing.T, fresh storetest.Fresh) *estate {
	t.Helper()
	e := &estate{fresh: fresh, log: &strings.Builder{}}
	e.fresh.Copy(t, storetest.Org, "own", "Eigenmarke")
	dir := t.TempDir()
	cfg := Config{Database: e.fresh.URL, Blobs: filepath.Join(dir, "blobs"), SecretFile: filepath.Join(dir, "secret"), BaseURL: "https://a.example", LogLevel: "info", LogFormat: "text"}
	a, err := Open(t.Context(), cfg, Options{Log: e.log, Sender: mail.NewOutbox(time.Now), From: mail.Address{Addr: "portal@a.example"}})
	if err != nil {
		t.Fatal(err)
	}
	e.App = a
	t.Cleanup(func() { a.Close() })
	a.ready.Store(true)
	hash, err := seal.NewPasswords().Hash(t.Context(), matrixPassword)
	if err != nil {
		t.Fatal(err)
	}
	e.ids = []identity{{name: "anonymous"}}
	for _, org := range []string{storetest.Org, storetest.Twin} {
		if err := a.DB.Write(t.Context(), store.OrgScope(org), func(ctx context.Context, tx *store.Tx) error {
			_, err := store.Exec(tx, setPassword, hash)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		alien := org == storetest.Twin
		e.add(t, org, identity{name: "resident of " + org, site: web.ResidentSite, alien: alien}, "marlene@post.example")
		for _, role := range actor.Roles {
			email := string(role) + "@verwaltung.example"
			e.invite(t, org, email, role)
			e.add(t, org, identity{name: string(role) + " of " + org, site: web.StaffSite, role: role, alien: alien}, email)
		}
	}
	if err := a.DB.Write(t.Context(), store.OrgScope(storetest.Org), func(ctx context.Context, tx *store.Tx) error {
		return portfolio.PutProperties(tx, time.Now(), []portfolio.Property{{ID: "other-property", Name: "Andere", Country: "DE"}})
	}); err != nil {
		t.Fatal(err)
	}
	e.neighbour(t)
	e.invite(t, storetest.Org, "limited@verwaltung.example", actor.Manager, "other-property")
	e.add(t, storetest.Org, identity{name: "manager of another property", site: web.StaffSite, role: actor.Manager, limited: true}, "limited@verwaltung.example")
	return e
}

var neighbours = []store.Query{
	store.Scoped(`INSERT INTO account (org_id, id, site, email, password_hash, created_at, password_at)
		VALUES ($1, 'neighbour-account', 'resident', 'neighbour@post.example', 'x', 1, 1)`),
	store.Scoped(`INSERT INTO session (org_id, id, account_id, token_hash, device, remember, created_at, auth_at, seen_at, expires_at)
		VALUES ($1, 'neighbour-session', 'neighbour-account', 'neighbour-token-hash', 'Firefox', TRUE, 1, 1, 1, 9999999999999999)`),
}

// neighbour adds what belongs to another account of the same organisation.
func (e *estate) neighbour(t *testing.T) {
	t.Helper()
	if err := e.DB.Write(t.Context(), store.OrgScope(storetest.Org), func(_ context.Context, tx *store.Tx) error {
		for _, q := range neighbours {
			if _, err := store.Exec(tx, q); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func (e *estate) invite(t *testing.T, org, email string, role actor.Role, limits ...string) {
	t.Helper()
	by := actor.NewOperator(org)
	id, err := e.Access.InviteStaff(t.Context(), by, orgs.NewStaff{Email: email, StaffChange: orgs.StaffChange{Name: "Mitarbeit", Role: role, Limited: len(limits) > 0, Properties: limits}})
	if err != nil {
		t.Fatal(err)
	}
	link, err := e.Access.InvitationLink(t.Context(), by, id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Access.AcceptInvitation(t.Context(), actor.NewAnonymous(org), last(link), matrixPassword); err != nil {
		t.Fatal(err)
	}
}

func (e *estate) add(t *testing.T, org string, id identity, email string) {
	t.Helper()
	in, err := e.Access.SignIn(t.Context(), actor.NewAnonymous(org), access.Site(id.site), access.SignIn{Email: email, Password: matrixPassword, Visit: access.Visit{IP: netip.MustParseAddr("192.0.2.7")}})
	if err != nil {
		t.Fatalf("%s: %v", id.name, err)
	}
	name := "__Host-foyer"
	if id.site == web.StaffSite {
		name = "__Host-foyer-staff"
	}
	id.cookie = name + "=" + in.Token
	e.ids = append(e.ids, id)
}

func (e *estate) do(id identity, method, path string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(""))
	r.Host = "a.example"
	r.RemoteAddr = "192.0.2.7:999"
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if id.cookie != "" {
		r.Header.Set("Cookie", id.cookie)
	}
	w := httptest.NewRecorder()
	e.Handler.ServeHTTP(w, r)
	return w
}

var wildcard = regexp.MustCompile(`\{(\w+)(\.\.\.)?\}`)

// kinds tells what a wildcard stands for, by the path before it. A new route
// with a wildcard must be added here, or the test fails.
var kinds = []struct{ before, kind string }{
	{"/liegenschaften/", "property"}, {"/personen/", "person"}, {"/einheiten/", "unit"}, {"/schreiben/", "batch"}, {"/team/", "staff"},
	{"/sitzungen/", "session"}, {"/geraete/", "session"}, {"/import/", "run"}, {"/zustellungen/", "delivery"}, {"/mails/", "delivery"}, {"/logo/", "logo"}, {"/aushaenge/", "notice"}, {"/briefe/", "person"}, {"/absagen/", "person"}, {"/meldungen/", "person"},
	{"/dateien/", "file"}, {"-file/", "token"}, {"5feae805b/", "token"}, {"/dokumente/", "document"}, {"/dokumentenstapel/", "documents"}, {"/zeilen/", "item"},
	{"/nachrichten/", "conversation"}, {"/vorgaenge/", "case"}, {"/termin/", "appointment"}, {"/kategorien/", "category"}, {"/firmen/", "provider"},
	{"/r/", "token"}, {"/r/mail/", "token"}, {"/passwort-neu/", "token"}, {"/einladung/", "token"}, {"/bestaetigen/", "token"}, {"/ansicht/", "token"}, {"/abbestellen/", "token"}, {"/druckausgang/", "print"}, {"/druckausgang/fehler/", "delivery"},
	{"/einstellungen/kontakt/", "change"}, {"/kontaktaenderungen/", "change"}, {"/kontakt/bestaetigen/", "token"}, {"/kontakt/abbrechen/", "token"},
}

// fill puts ids of one owner ("own", "twin", or a stranger's UUID) into a
// pattern's wildcards.
func fillPath(t *testing.T, pattern, owner string) (path string, has bool) {
	t.Helper()
	_, path, _ = strings.Cut(strings.TrimSuffix(pattern, "{$}"), " ")
	for m := wildcard.FindStringSubmatchIndex(path); m != nil; m = wildcard.FindStringSubmatchIndex(path) {
		kind := ""
		for _, k := range kinds {
			if strings.HasSuffix(path[:m[0]], k.before) {
				kind = k.kind
			}
		}
		if kind == "" {
			t.Fatalf("route %q: say in kinds what its wildcard stands for", pattern)
		}
		has = has || kind != "token"
		path = path[:m[0]] + owner + "-" + kind + path[m[1]:]
	}
	return path, has
}

// TestT1_EveryRouteForEveryIdentity calls every route as everybody with own,
// foreign and made-up ids. The expectation comes from the route's right and
// the table of roles: no right is 404 (303 to the sign-in page for who is not
// signed in here), a foreign id is 404, nothing is ever 500, and nothing of
// the other organisation is ever shown. Foreign is what belongs to the other
// organisation ("twin"), to nobody, or to somebody else in this one
// ("neighbour"); to who is limited to another property so is all of "own", by
// reading and by writing.
func TestT1_EveryRouteForEveryIdentity(t *testing.T) { eachEstate(t, everyRoute) }

func everyRoute(t *testing.T, e *estate) {
	before := e.fresh.Digest(t, storetest.Twin)
	kept := e.fresh.Digest(t, storetest.Org)
	tried := 0
	for _, route := range e.Mux.Routes() {
		method, _, _ := strings.Cut(route.Pattern, " ")
		for _, id := range e.ids {
			for _, owner := range []string{"twin", "01a1fc1a-c2b2-7000-831c-bfc5feae805b", "neighbour", "own"} {
				path, has := fillPath(t, route.Pattern, owner)
				if owner != "own" && !has || owner == "own" && method == http.MethodPost && !(has && id.limited) {
					continue // own objects are changed by the tests of their pages
				}
				w := e.do(id, method, path)
				tried++
				if err := judge(route, id, owner != "own" || has && id.limited, w); err != nil {
					t.Errorf("%s %s as %s: %v", method, path, id.name, err)
				}
			}
		}
	}
	t.Logf("%d requests", tried)
	e.fresh.SameTwin(t, before)
	after := e.fresh.Digest(t, storetest.Org)
	for _, table := range []string{"property", "unit", "lease", "person", "consent", "checklist", "delivery", "access_code", "person_access", "account_person",
		"letter_batch", "letter", "contact_change", "person_contact", "import_run", "staff", "staff_property", "conversation", "message"} {
		if after[table] != kept[table] {
			t.Errorf("a request that was refused has changed %s", table)
		}
	}
	if strings.Contains(e.log.String(), storetest.TwinMark) || strings.Contains(e.log.String(), "Eigenmarke") || strings.Contains(e.log.String(), "@post.example") {
		t.Error("personal data in the log")
	}
}

func judge(route web.Route, id identity, foreign bool, w *httptest.ResponseRecorder) error {
	body, _ := io.ReadAll(w.Result().Body)
	switch {
	case strings.Contains(string(body), storetest.TwinMark):
		return fmt.Errorf("shows the other organisation (%d)", w.Code)
	case w.Code >= 500:
		return fmt.Errorf("status %d", w.Code)
	}
	inside := id.site == route.Site() && !id.alien
	may := route.Right == actor.Everyone || inside && (route.Right == actor.Self && id.site == web.ResidentSite || route.Right == actor.StaffSelf || actor.RoleHas(id.role, route.Right))
	switch {
	case !inside && !may:
		if w.Code != http.StatusSeeOther || !strings.Contains(w.Header().Get("Location"), "/anmelden") {
			return fmt.Errorf("not signed in here, but %d %s", w.Code, w.Header().Get("Location"))
		}
	case !may:
		if w.Code != http.StatusNotFound {
			return fmt.Errorf("lacks %s, but %d", route.Right, w.Code)
		}
	case foreign:
		if w.Code != http.StatusNotFound && !(route.Fresh && w.Code == http.StatusSeeOther) {
			return fmt.Errorf("a foreign id gives %d", w.Code)
		}
	}
	return nil
}

// TestT17_NothingIsWrittenAcrossSitesOrByReading sends every POST as another
// site would, and every GET twice: the database stays as it is, but for listed
// observations.
func TestT17_NothingIsWrittenAcrossSitesOrByReading(t *testing.T) { eachEstate(t, nothingIsWritten) }

func nothingIsWritten(t *testing.T, e *estate) {
	observed := map[string]bool{"session": true, "audit_entry": true, "throttle": true, "notice_seen": true, "conversation_seen": true} // seen_at; who fetched what; see below
	before := e.fresh.Digest(t, storetest.Org)
	for _, route := range e.Mux.Routes() {
		method, page, _ := strings.Cut(route.Pattern, " ")
		path, _ := fillPath(t, route.Pattern, "own")
		counted := e.fresh.Digest(t, storetest.Org)["throttle"]
		for _, id := range e.ids {
			if method == http.MethodGet {
				e.do(id, method, path)
				e.do(id, http.MethodHead, path)
				continue
			}
			for _, header := range [][2]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "null"}, {"Origin", "https://evil.example"}} {
				r := httptest.NewRequest(method, path, strings.NewReader(url.Values{"confirm": {"1"}}.Encode()))
				r.Host = "a.example"
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				r.Header.Set(header[0], header[1])
				r.Header.Set("Cookie", id.cookie)
				w := httptest.NewRecorder()
				e.Handler.ServeHTTP(w, r)
				if w.Code != http.StatusForbidden {
					t.Errorf("%s with %s: %s gives %d", route.Pattern, header[0], header[1], w.Code)
				}
			}
		}
		// A signed-in resident's typed code is judged on the page that shows for
		// whom it is; a wrong one counts there too.
		if e.fresh.Digest(t, storetest.Org)["throttle"] != counted && !strings.HasPrefix(page, "/einstellungen/zugang/code/") {
			t.Errorf("%s counts a failure", route.Pattern)
		}
	}
	after := e.fresh.Digest(t, storetest.Org)
	for table, d := range before {
		if after[table] != d && !observed[table] {
			t.Errorf("table %s was changed by reading or from another site", table)
		}
	}
}
