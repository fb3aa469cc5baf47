package accessweb_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"foyer/internal/access/accessweb"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/platform/ui"
	"foyer/internal/portfolio"
)

// paths are all residents' pages that can be opened without anything before.
func (h *house) paths() (list []string) {
	for _, r := range accessweb.ResidentRoutes(accessweb.New(accessweb.Deps{})) {
		path, ok := strings.CutPrefix(r.Pattern, "GET ")
		if ok {
			list = append(list, strings.NewReplacer("{$}", "", "{token}", "AAAAAAAAAAAAAAAAAAAAAA", "{id}", "twin-session").Replace(path))
		}
	}
	return list
}

// evil breaks out of tags, attributes, scripts and comments where something is
// not escaped.
const evil = `"'></title></textarea></script></style></noscript></template>--><img src=x onerror=alert(1)><svg onload=alert(2)><xss style=x onclick=y>{{7*7}}`

// inert fails on anything that a page of ours never draws.
func (a answer) inert() {
	a.t.Helper()
	for _, n := range a.elements() {
		switch n.Data {
		case "xss", "style", "iframe", "object", "embed", "base":
			a.t.Errorf("%s: element <%s>", a.what, n.Data)
		case "script":
			if attr(n, "src") != ui.Asset("foyer.js") || n.FirstChild != nil {
				a.t.Errorf("%s: script %q", a.what, attr(n, "src"))
			}
		case "img":
			if attr(n, "src") == "x" {
				a.t.Errorf("%s: an image that we did not draw", a.what)
			}
		}
		for _, at := range n.Attr {
			if at.Key == "style" || strings.HasPrefix(at.Key, "on") {
				a.t.Errorf("%s: <%s %s=%q>", a.what, n.Data, at.Key, at.Val)
			}
		}
	}
}

// TestT18_HostileTextStaysText puts evil into everything that people and lists
// can fill in, and into every field of every form.
func TestT18_HostileTextStaysText(t *testing.T) {
	h := home(t)
	h.write(func(tx *store.Tx) error {
		return first(
			portfolio.PutPersons(tx, h.now(), []portfolio.Person{{ID: "marlene", Salutation: portfolio.Mrs, Title: evil, FirstName: evil, LastName: evil, Language: "de"}, {ID: "jonas", LastName: evil}}),
			portfolio.PutBuildings(tx, []portfolio.Building{{ID: "b14", PropertyID: "p1", Street: evil, HouseNumber: evil, Postcode: evil, City: evil, Country: "DE"}}),
			portfolio.PutLeases(tx, h.now(), []portfolio.Lease{{ID: "l5", UnitID: "u5", Kind: portfolio.Rental, Ref: evil, StartsOn: "2019-05-01", NoticePeriod: evil, Currency: "EUR"}}))
	})
	h.write(func(tx *store.Tx) error {
		for _, q := range []store.Query{store.Scoped(`UPDATE unit SET label = $2, floor = $2 WHERE org_id = $1`), store.Scoped(`UPDATE org SET name = $2 WHERE org_id = $1`)} {
			if _, err := store.Exec(tx, q, evil); err != nil {
				return err
			}
		}
		return nil
	})
	typed, _ := h.code("jonas")
	in, out := h.visitor(), h.visitor()
	in.signIn(marlene, password)
	out.post("/registrieren", "code", typed, "email", jonasMail, "password", newer).goes("/registrieren/bestaetigen")
	pin, _ := h.confirmation(jonasMail)
	out.get("/registrieren/bestaetigen").inert()
	out.post("/registrieren/bestaetigen", "pin", pin).goes("/registrieren/sind-sie-das")
	shown := 0
	for _, v := range []*visitor{in, out} {
		for _, path := range h.paths() {
			for _, query := range []string{"", "?weiter=" + strings.NewReplacer(" ", "%20", "<", "%3C", ">", "%3E", `"`, "%22", "#", "%23").Replace("/"+evil), "?ok=%3Cxss%3E", "?lang=%3Cxss%3E"} {
				a := v.get(path + query)
				a.inert()
				if strings.Contains(a.words(), "{{7*7}}") {
					shown++
				}
			}
		}
		for _, r := range accessweb.ResidentRoutes(accessweb.New(accessweb.Deps{})) {
			path, ok := strings.CutPrefix(r.Pattern, "POST ")
			if !ok || path == "/abmelden" || strings.HasSuffix(path, "das-bin-ich-nicht") || path == "/registrieren/sind-sie-das" {
				continue
			}
			var form []string
			for _, name := range []string{"email", "password", "current", "code", "link", "pin", "weiter", "vertrag", "language", "remember", "username"} {
				form = append(form, name, evil)
			}
			a := v.post(strings.ReplaceAll(path, "{id}", "x"), form...)
			a.inert()
			if to := a.Header().Get("Location"); strings.ContainsAny(to, "<>\"' ") || strings.HasPrefix(to, "//") {
				t.Errorf("%s leads to %q", a.what, to)
			}
		}
	}
	if shown < 20 {
		t.Errorf("only %d pages show the hostile text: the test looks at the wrong ones", shown)
	}
}

func TestT17_GETsChangeNothing(t *testing.T) {
	h := home(t)
	typed, _ := h.code("jonas")
	in, out := h.visitor(), h.visitor()
	in.signIn(marlene, password)
	out.post("/registrieren", "code", typed, "email", jonasMail, "password", newer).goes("/registrieren/bestaetigen")
	h.drain()
	for _, v := range []*visitor{in, out, h.visitor()} {
		for _, path := range h.paths() {
			if strings.HasPrefix(path, "/r/") || strings.Contains(path, "AAAA") {
				continue // see T10 and T11; they leave a cookie for the next page
			}
			before := h.dump()
			v.get(path)
			v.do("HEAD", path, nil)
			if h.dump() != before && !strings.HasPrefix(path, "/einstellungen/zugang/code/") {
				t.Errorf("GET %s changes the database", path)
			}
		}
	}
}

// T17: opening a link that is dead, as a mail scanner may a hundred times,
// writes nothing either.
func TestT17_ADeadLinkIsNotCounted(t *testing.T) {
	h := home(t)
	v := h.visitor()
	before := h.dump()
	for range 100 {
		v.get("/r/AAAAAAAAAAAAAAAAAAAAAA").goes("/registrieren")
		if a := v.get("/registrieren"); a.Code != 200 {
			t.Fatalf("a dead link gives %d", a.Code)
		}
	}
	if h.dump() != before {
		t.Error("opening a dead link changes the database")
	}
}

// TestT2_OtherOrganisationsStayOutside calls every page with the twin's ids.
func TestT2_OtherOrganisationsStayOutside(t *testing.T) {
	h := home(t)
	v := h.visitor()
	v.signIn(marlene, password)
	v.cookies["__Host-foyer-registration"], v.cookies["__Host-foyer-link"] = "twin-browser", "code.twin-link"
	for _, path := range h.paths() {
		v.get(path) // do looks for the twin's mark
	}
	v.cookies["__Host-foyer"] = "twin-token-hash"
	v.get("/").goes("/anmelden")
}

func TestPublicRoutesOfResidentsAreListed(t *testing.T) {
	want := map[string]bool{}
	for _, path := range []string{"/anmelden", "/abmelden", "/passwort-vergessen", "/passwort-neu", "/passwort-neu/{token}", "/r/{token}", "/r/mail/{token}", "/registrieren",
		"/registrieren/code-abgelaufen", "/registrieren/anderer-code", "/registrieren/bestaetigen", "/registrieren/bestaetigen/neu", "/registrieren/bestaetigen/link", "/registrieren/bestaetigen/weiter",
		"/registrieren/sind-sie-das", "/registrieren/das-bin-ich-nicht", "/ansicht/{token}", "/hilfe", "/datenschutz-cookies", "/barrierefreiheit"} {
		want[path] = true
	}
	for _, r := range accessweb.ResidentRoutes(accessweb.New(accessweb.Deps{})) {
		_, path, _ := strings.Cut(r.Pattern, " ")
		if (r.Right == actor.Everyone) != want[path] {
			t.Errorf("%s: right %s", r.Pattern, r.Right)
		}
	}
}

func TestEveryPageIsInTheVisitorsLanguage(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t).DB, true)
	h.account(marlene, password, "en", "marlene")
	v := h.visitor()
	v.lang = "en"
	german := regexp.MustCompile(`\b(und|oder|nicht|Sie|Ihre?|mit|für|wird|Passwort|Zugang)\b`)
	look := func(path string) {
		a := v.get(path)
		if a.Code >= 300 && a.Code < 400 {
			return
		}
		if !strings.Contains(a.text, `<html lang="en"`) {
			t.Errorf("%s is not in English", path)
		}
		if m := german.FindString(strings.ReplaceAll(mainOf(a), "Tag und Nacht", "")); m != "" {
			t.Errorf("%s says %q", path, m)
		}
	}
	for range 2 {
		for _, path := range h.paths() {
			look(path)
		}
		v.signIn(marlene, password)
	}
}

// mainOf is the text of a page's own content.
func mainOf(a answer) string {
	var b strings.Builder
	for _, n := range a.elements() {
		if n.Data != "main" {
			continue
		}
		for d := range n.Descendants() {
			if d.Type == html.TextNode {
				b.WriteString(d.Data + " ")
			}
		}
	}
	return b.String()
}

// TestResidentTextsAreUsed finds texts that no page speaks any more.
func TestResidentTextsAreUsed(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t).DB, true)
	if missing := h.texts.Missing("en"); len(missing) > 0 {
		t.Errorf("English: %v", missing)
	}
	var source strings.Builder
	for _, pattern := range []string{"resident_*.templ", "resident_*.go", "handler.go"} {
		files, err := filepath.Glob(pattern)
		check(t, err)
		for _, f := range files {
			if !strings.HasSuffix(f, "_templ.go") && !strings.HasSuffix(f, "_test.go") {
				text, err := os.ReadFile(f)
				check(t, err)
				source.Write(text)
			}
		}
	}
	made := regexp.MustCompile(`"(accessweb\.r\.[a-z0-9_.]*\.)"`) // keys that end in a value
	var prefixes []string
	for _, m := range made.FindAllStringSubmatch(source.String(), -1) {
		prefixes = append(prefixes, m[1])
	}
	for _, key := range h.texts.Keys("de") {
		if !strings.HasPrefix(key, "accessweb.r.") || strings.Contains(source.String(), `"`+key+`"`) {
			continue
		}
		used := false
		for _, p := range prefixes {
			used = used || strings.HasPrefix(key, p)
		}
		if !used {
			t.Errorf("nobody says %s", key)
		}
	}
}
