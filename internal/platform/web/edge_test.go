package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strings"
	"testing"
	"time"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/ui"
)

func everyone(pattern string, h Handler) Route {
	return Route{Pattern: pattern, Right: actor.Everyone, Handle: h}
}

// What breaks after the answer has begun must look broken to the browser: a
// list that ends in the middle is worse than none.
func TestAnAnswerThatBreaksNeverLooksWhole(t *testing.T) {
	routes := []Route{
		everyone("GET /lang", func(c *Ctx) error {
			c.W.Header().Set("Content-Type", "text/csv")
			for range 4000 { // more than any buffer on the way
				fmt.Fprintln(c.W, "Zeile um Zeile um Zeile")
			}
			panic("im Satz")
		}),
		everyone("GET /datei", func(c *Ctx) error {
			return c.Stream("liste.csv", "text/csv", io.NopCloser(io.MultiReader(strings.NewReader(strings.Repeat("Zeile\n", 40000)), broken{})))
		}),
	}
	srv := httptest.NewServer(anyHost(door(t, nil, routes...)))
	defer srv.Close()
	for _, p := range []string{"/lang", "/datei"} {
		for _, zip := range []bool{true, false} {
			req, err := http.NewRequestWithContext(t.Context(), "GET", srv.URL+p, nil)
			if err != nil {
				t.Fatal(err)
			}
			if !zip {
				req.Header.Set("Accept-Encoding", "identity")
			}
			res, err := srv.Client().Do(req)
			if err != nil {
				continue // broken off even before the headers
			}
			_, err = io.ReadAll(res.Body)
			res.Body.Close()
			if err == nil {
				t.Errorf("%s (compressed %v) ended as if it were whole", p, zip)
			}
		}
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("the disk is gone") }

// anyHost lets a test server's own address stand for a.example.
func anyHost(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Host = "a.example"
		h.ServeHTTP(w, r)
	})
}

// An error page is a page, whatever its handler had begun to say.
func TestAnErrorPageForgetsTheHandlersHeaders(t *testing.T) {
	h := door(t, nil, everyone("GET /datei", func(c *Ctx) error {
		c.W.Header().Set("Content-Disposition", "attachment")
		c.W.Header().Set("Content-Type", "application/pdf")
		c.W.Header().Set("Cache-Control", "public, max-age=31536000")
		c.W.Header().Set("Content-Length", "7")
		panic("geheim")
	}), everyone("GET /fehler", func(c *Ctx) error {
		c.W.Header().Set("Content-Disposition", "attachment")
		c.W.Header().Set("Cache-Control", "public, max-age=31536000")
		return fault.NotFound("file")
	}))
	for _, p := range []string{"/datei", "/fehler"} {
		hd := do(h, ask{path: p}).Header()
		if hd.Get("Content-Disposition") != "" || !strings.HasPrefix(hd.Get("Content-Type"), "text/html") || hd.Get("Cache-Control") != "no-store" ||
			hd.Get("Content-Length") != "" || hd.Get("Content-Security-Policy") != csp {
			t.Errorf("%s: %v", p, hd)
		}
	}
}

// PostgreSQL takes neither NUL nor broken UTF-8; no address made of them can
// be one of ours, and none may become an error of the server.
func TestBrokenLettersAreNoAddressOfOurs(t *testing.T) {
	reached := 0
	h := door(t, nil, everyone("GET /p/{id}", func(c *Ctx) error {
		reached++
		if strings.ContainsRune(c.Path("id")+c.Query("q"), 0) {
			t.Errorf("%q %q", c.Path("id"), c.Query("q"))
		}
		return nil
	}), everyone("POST /f", func(c *Ctx) error {
		f, err := c.Form()
		if err != nil {
			return err
		}
		if got := f.List("id"); len(got) != 2 || got[0] != "a" || got[1] != "b" {
			t.Errorf("a list with broken values: %q", got)
		}
		if f.Raw("nul") != "" || f.Text("nul") != "a" || f.Long("bad") != "" {
			t.Errorf("%q %q %q", f.Raw("nul"), f.Text("nul"), f.Long("bad"))
		}
		return nil
	}))
	for _, p := range []string{"/p/%00", "/p/a%00b", "/p/%ff", "/p/a?q=%00", "/p/a?q=%ff", "/p/a?%00=1", "/p/%c3%28"} {
		if w := do(h, ask{path: p}); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", p, w.Code)
		}
	}
	for _, p := range []string{"/p/%C3%A4", "/p/a?q=%C3%A4&q=2", "/p/a?q=a;b"} {
		if w := do(h, ask{path: p}); w.Code != http.StatusOK {
			t.Errorf("%s: %d", p, w.Code)
		}
	}
	if reached != 3 {
		t.Errorf("%d requests reached the handler", reached)
	}
	do(h, ask{method: "POST", path: "/f", body: "id=a&id=%00&id=b&id=%ff&nul=a%00&bad=%ff"})
}

func TestTooMuchIsSaidWithItsLimit(t *testing.T) {
	form := func(c *Ctx) error { _, err := c.Form(); return err }
	file := func(c *Ctx) error {
		up, err := c.Upload("datei")
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, up)
		return err
	}
	big := everyone("POST /gross", file)
	big.Body = 3 << 20
	h := door(t, nil, everyone("POST /f", form), big)
	w := do(h, ask{method: "POST", path: "/f", body: "a=" + strings.Repeat("x", 70<<10)})
	if w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), "64 KB") {
		t.Errorf("form: %d %s", w.Code, w.Body.String())
	}
	for _, at := range []int{1, 2} { // the file itself, or what stands before it
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		for i := 1; i <= 2; i++ {
			part, err := m.CreateFormFile(map[bool]string{true: "datei", false: "x"}[i == 2], "liste.csv")
			if err != nil {
				t.Fatal(err)
			}
			part.Write(bytes.Repeat([]byte("x"), map[bool]int{true: 4 << 20, false: 10}[i == at]))
		}
		m.Close()
		w = do(h, ask{method: "POST", path: "/gross", body: b.String(), header: map[string]string{"Content-Type": m.FormDataContentType()}})
		if w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), "3 MB") {
			t.Errorf("file, too large at part %d: %d", at, w.Code)
		}
	}
}

func TestOnlyAVisitorWhoHasGoneGetsNoAnswer(t *testing.T) {
	route := everyone("GET /x", func(c *Ctx) error { return fmt.Errorf("inner: %w", context.Canceled) })
	if w := do(door(t, nil, route), ask{path: "/x"}); w.Code != http.StatusInternalServerError {
		t.Errorf("cancelled by ourselves: %d", w.Code)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var log bytes.Buffer
	h := door(t, func(c *Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) }, route)
	r := httptest.NewRequestWithContext(ctx, "GET", "/x", nil)
	r.Host = "a.example"
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Body.Len() != 0 || strings.Contains(log.String(), "ERROR") || strings.Contains(log.String(), "status=200") {
		t.Errorf("%d %q\n%s", w.Code, w.Body.String(), log.String())
	}
}

// T38: an outage is for the operator to see, and no fault of the visitor.
func TestT38_OutagesAreLoggedAndSaid(t *testing.T) {
	var log bytes.Buffer
	h := door(t, func(c *Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) },
		everyone("GET /x", func(c *Ctx) error { return fault.Unavailable(errors.New("disk full")) }))
	w := do(h, ask{path: "/x"})
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || !strings.Contains(log.String(), "disk full") {
		t.Errorf("%d %v\n%s", w.Code, w.Header(), log.String())
	}
}

// Every file of the kit has a type of its own here: what the machine's own
// tables know, and whether it has any, must not matter.
func TestAssetsHaveTypesOnEveryMachine(t *testing.T) {
	h := door(t, nil)
	if err := fs.WalkDir(ui.AssetFS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, ".json") {
			return err
		}
		w := do(h, ask{path: ui.AssetPath + name})
		if ext := path.Ext(name); ext == ".br" || ext == ".gz" {
			if w.Code != http.StatusNotFound {
				t.Errorf("%s: %d, want 404: the packed twin is no page of its own", name, w.Code)
			}
			return nil
		}
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != kinds[path.Ext(name)] {
			t.Errorf("%s: %d %q", name, w.Code, w.Header().Get("Content-Type"))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	name := strings.TrimPrefix(ui.Asset("foyer.css"), ui.AssetPath)
	for accept, want := range map[string]string{"br": "br", "gzip, deflate, br": "br", "gzip;q=1.0": "gzip", "br;q=0, gzip": "gzip", "x-br": "", "": "", "identity": ""} {
		w := do(h, ask{path: ui.AssetPath + name, header: map[string]string{"Accept-Encoding": accept}})
		if got := w.Header().Get("Content-Encoding"); got != want && !(want == "" && got == "gzip") {
			t.Errorf("Accept-Encoding %q: %q", accept, got)
		}
	}
}

// HEAD is GET without a body; no other method reaches a route.
func TestMethods(t *testing.T) {
	h := door(t, nil, everyone("GET /lesen", say(strings.Repeat("Text ", 1000))), everyone("POST /tun", say("getan")))
	for _, c := range []struct {
		method, path string
		want         int
	}{
		{"HEAD", "/lesen", 200}, {"GET", "/lesen", 200}, {"POST", "/lesen", 404}, {"PUT", "/lesen", 404}, {"DELETE", "/lesen", 404}, {"OPTIONS", "/lesen", 404},
		{"GET", "/tun", 404}, {"HEAD", "/tun", 404}, {"POST", "/tun", 200}, {"PATCH", "/tun", 404}, {"TRACE", "/lesen", 404}, {"POST", "/assets/x.css", 404},
	} {
		if w := do(h, ask{method: c.method, path: c.path}); w.Code != c.want {
			t.Errorf("%s %s: %d, want %d", c.method, c.path, w.Code, c.want)
		}
	}
	srv := httptest.NewServer(anyHost(h))
	defer srv.Close()
	res, err := http.Head(srv.URL + "/lesen")
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatal(res, err)
	}
	res.Body.Close()
}

// Redirects that the table makes itself stay on the host that was asked, and
// come after the host has been checked.
func TestRedirectsStayHere(t *testing.T) {
	h := door(t, nil, everyone("GET /a/{$}", say("a")), everyone("GET /weiter", func(c *Ctx) error { return c.Redirect(c.Query("weiter")) }))
	for _, p := range []string{"//evil.example/x", "/../evil.example", "/a/../../evil.example", "/%2f%2fevil.example", "/\\evil.example", "/.//evil.example/", "/a"} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Host, r.RequestURI = "a.example", p
		r.URL.Path, r.URL.RawPath = p, ""
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if loc := w.Header().Get("Location"); strings.HasPrefix(loc, "//") || strings.HasPrefix(loc, "/\\") || strings.Contains(loc, ":") {
			t.Errorf("%s leads to %q", p, loc)
		}
		r.Host = "b.example"
		w = httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusMisdirectedRequest {
			t.Errorf("%s at an unknown host: %d", p, w.Code)
		}
	}
	for _, to := range []string{"https://evil.example", "//evil.example", "/\\evil.example", "\\/evil.example", "/\t/evil.example", "/\n/evil.example", "javascript:alert(1)",
		"", "evil.example", " //evil.example", "/..//evil.example", "/.//evil.example", "/%09/evil.example", "///evil.example", "/x\r\nSet-Cookie: a=b"} {
		w := do(h, ask{path: "/weiter?weiter=" + queryEscape(to)})
		loc := w.Header().Get("Location")
		if w.Code != http.StatusSeeOther || !strings.HasPrefix(loc, "/") || strings.HasPrefix(loc, "//") || strings.HasPrefix(loc, "/\\") || w.Header().Get("Set-Cookie") != "" {
			t.Errorf("%q leads to %d %q", to, w.Code, loc)
		}
	}
}

// The way back from a form is a page of this host, whatever Referer says.
func TestTheWayBackStaysHere(t *testing.T) {
	h := door(t, nil, Route{Pattern: "POST /eigen", Right: actor.Self, Handle: say("x")})
	for referer, want := range map[string]string{
		"https://a.example/profil?x=1":             "/anmelden?weiter=%2Fprofil%3Fx%3D1",
		"https://a.example":                        "/anmelden",
		"https://a.example.evil.example/x":         "/anmelden",
		"https://a.example@evil.example/x":         "/anmelden",
		"https://a.example//evil.example/x":        "/anmelden",
		"https://a.example/\\evil.example":         "/anmelden",
		"https://evil.example/https://a.example/x": "/anmelden",
		"": "/anmelden",
	} {
		w := do(h, ask{method: "POST", path: "/eigen", header: map[string]string{"Referer": referer}})
		if got := w.Header().Get("Location"); got != want {
			t.Errorf("Referer %q: %q", referer, got)
		}
	}
}

// The links to other languages keep what the page was asked for.
func TestLanguageLinksKeepTheQuery(t *testing.T) {
	var got string
	h := door(t, nil, everyone("GET /anmelden", func(c *Ctx) error { got = c.Shell().Langs[0].URL; return nil }))
	do(h, ask{path: "/anmelden?weiter=%2Fprofil&lang=de"})
	if got != "?lang=en&weiter=%2Fprofil" {
		t.Errorf("%q", got)
	}
}

func TestAddressesWithPortsAndZones(t *testing.T) {
	h := door(t, nil, everyone("GET /ip", func(c *Ctx) error { _, err := io.WriteString(c.W, c.IP.String()); return err }))
	for forwarded, want := range map[string]string{
		"198.51.100.7:4711": "198.51.100.7", "[2001:db8::7]:4711": "2001:db8::7", "[2001:db8::7]": "2001:db8::7", "2001:db8::7%evil": "2001:db8::7", "::ffff:198.51.100.7": "198.51.100.7",
		"198.51.100.7, 10.0.0.9:80": "198.51.100.7", "10.0.0.1": "10.0.0.1",
	} {
		r := httptest.NewRequest("GET", "/ip", nil)
		r.Host, r.RemoteAddr = "a.example", "10.0.0.2:1"
		r.Header.Set("X-Forwarded-For", forwarded)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Body.String() != want {
			t.Errorf("%s: %s, want %s", forwarded, w.Body.String(), want)
		}
	}
}

// T11: the log names routes, never addresses: codes and names stand in them.
func TestT11_TheLogNamesRoutesNotAddresses(t *testing.T) {
	var log bytes.Buffer
	h := door(t, func(c *Config) {
		c.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	},
		everyone("GET /r/{code}", say("x")), everyone("GET /kaputt/{code}", func(c *Ctx) error { panic("geheim") }),
		everyone("POST /f", func(c *Ctx) error { _, err := c.Form(); return err }))
	for _, p := range []string{"/r/geheim", "/r/geheim/", "/r//geheim", "/geheim", "/r/x?q=geheim", "/kaputt/geheim", "/r/%67eheim%00", "/healthz?geheim"} {
		do(h, ask{path: p, cookie: "foyer=geheim", header: map[string]string{"Referer": "https://a.example/geheim", "User-Agent": "geheim"}})
	}
	do(h, ask{method: "POST", path: "/f", body: "geheim=%zz"})
	do(h, ask{path: "/x", header: map[string]string{"Host": "geheim.example"}})
	if strings.Contains(log.String(), "geheim") {
		t.Error(log.String())
	}
	if n := strings.Count(log.String(), "msg=request"); n != 10 {
		t.Errorf("%d requests logged, want 10", n)
	}
}

// The tab says what the page says.
func TestAnErrorPagesTitleFollowsItsStatus(t *testing.T) {
	for _, lang := range []string{"de", "en"} {
		for status, err := range map[int]error{404: fault.NotFound("page"), 410: fault.Gone("letter"), 429: &fault.TooMany{After: time.Minute}} {
			h := door(t, nil, Route{Pattern: "GET /verwaltung/x", Right: actor.StaffSelf, Handle: func(*Ctx) error { return err }})
			w := do(h, ask{path: "/verwaltung/x", cookie: "foyer-staff=s", header: map[string]string{"Accept-Language": lang}})
			heading := regexp.MustCompile(`<h1[^>]*>([^<]+)</h1>`).FindStringSubmatch(w.Body.String())
			if w.Code != status || len(heading) != 2 || !strings.Contains(w.Body.String(), "<title>"+heading[1]) {
				t.Errorf("%s: %d, heading %q: %s", lang, w.Code, heading, regexp.MustCompile(`<title>[^<]*`).FindString(w.Body.String()))
			}
		}
	}
}

// E7: who used the portal yesterday reads the same page as who never did, and
// finds whom to call.
func TestE7_AClosedPortalSaysWhomToCall(t *testing.T) {
	closed := func(phone, hours string) http.Handler {
		return door(t, func(c *Config) {
			c.Host = func(context.Context, string) (Org, error) {
				return Org{ID: "org-a", Origin: "https://a.example", Langs: []string{"de", "en"}, Zone: time.UTC, Sites: []Site{ResidentSite}, Shell: ui.Shell{OrgName: "Lindhof",
					Phone: ui.Phone{Number: phone}, Hours: hours, Emergency: []ui.Phone{{Label: "Feuerwehr", Number: "112"}}}}, nil
			}
		}, everyone("GET /{$}", say("offen")))
	}
	for _, cookie := range []string{"", "foyer=r"} {
		w := do(closed("030 23125 0", "Mo–Fr 9–16 Uhr"), ask{path: "/", cookie: cookie})
		for _, s := range []string{"Das Portal ist zurzeit geschlossen", "bleibt er erhalten", "tel:030231250", "Mo–Fr 9–16 Uhr", "tel:112"} {
			if !strings.Contains(w.Body.String(), s) {
				t.Errorf("cookie %q: %q is missing", cookie, s)
			}
		}
		if w.Code != 404 || strings.Contains(w.Body.String(), "noch nicht geöffnet") {
			t.Errorf("%d: %s", w.Code, w.Body)
		}
	}
	if w := do(closed("", ""), ask{path: "/"}); strings.Contains(w.Body.String(), "Rufen Sie") {
		t.Error("it names a number that is not set")
	}
}
