package accessweb_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"foyer/internal/access"
	"foyer/internal/access/accessweb"
	"foyer/internal/notifications/mail"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/platform/ui"
	"foyer/internal/portfolio"
)

// poison breaks out of tags, attributes, scripts and comments where something
// is not escaped.
const poison = `"'></title></textarea></script></style></noscript></template>--><img src=x onerror=alert(1)><svg onload=alert(2)><xss style=x onclick=y>`

// harmless fails on anything that a page of ours never draws.
func harmless(t *testing.T, what string, w *httptest.ResponseRecorder) {
	t.Helper()
	page, err := html.Parse(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	for n := range page.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		attrs := map[string]string{}
		for _, a := range n.Attr {
			attrs[a.Key] = a.Val
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") || (a.Key == "href" || a.Key == "action" || a.Key == "src") && strings.HasPrefix(strings.TrimSpace(strings.ToLower(a.Val)), "javascript") {
				t.Errorf("%s: <%s %s=%q>", what, n.Data, a.Key, a.Val)
			}
		}
		if n.Data == "xss" || n.Data == "style" || n.Data == "img" || n.Data == "script" && attrs["src"] != ui.Asset("foyer.js") {
			t.Errorf("%s: <%s %v>", what, n.Data, attrs)
		}
	}
}

func TestT18_HostileTextStaysTextOnStaffPages(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t).DB)
	ids := o.estate()
	person := portfolio.Person{ID: ids["Brandt"], Ref: poison, FirstName: poison, LastName: poison, Email: "m@post.example", Phone: poison, Language: "<xss>", PostName: poison, PostStreet: poison, PostCity: poison}
	o.write(func(tx *store.Tx) error { return portfolio.PutPersons(tx, o.now(), []portfolio.Person{person}) })
	must(t, o.Invite(t.Context(), o.clerk(), access.ByMail{PersonID: ids["Brandt"], Address: "m@post.example", Consent: &access.ConsentGiven{On: "2026-01-01", Wording: poison}}))
	o.fails = &mail.SendError{Stage: mail.StageRecipient, Permanent: true, Code: 550, Reason: poison}
	batch := o.as("manager").post("/verwaltung/liegenschaften/p1/schreiben", "ausstehend", "on").Header().Get("Location")
	o.drain()
	for _, q := range []string{`UPDATE unit SET label = $2, floor = $2, stairwell = $2 WHERE org_id = $1`, `UPDATE org SET name = $2 WHERE org_id = $1`, `UPDATE property SET name = $2, city = $2 WHERE org_id = $1`,
		`UPDATE building SET street = $2, house_number = $2 WHERE org_id = $1`, `UPDATE lease SET ref = $2 WHERE org_id = $1 AND id = 'l-` + ids["Brandt"] + `'`, `UPDATE delivery SET reason = $2 WHERE org_id = $1 AND state = 'failed'`} {
		o.write(func(tx *store.Tx) error { _, err := store.Exec(tx, store.Scoped(q), poison); return err })
	}
	fill := strings.NewReplacer("{unit}", "u-p1-14-5", "{token}", "AAAAAAAAAAAAAAAAAAAAAA", "{person}", ids["Brandt"])
	query := "?weiter=/verwaltung/" + url.QueryEscape(poison) + "&von=/verwaltung/liegenschaften/" + url.QueryEscape(poison) + "&q=" + url.QueryEscape(poison) + "&aufgang=" + url.QueryEscape(poison) +
		"&zugang=" + url.QueryEscape(poison) + "&portal=" + url.QueryEscape(poison) + "&ok=" + url.QueryEscape(poison) + "&vertrag=" + url.QueryEscape(poison)
	shown := 0
	for _, r := range accessweb.StaffRoutes(accessweb.New(accessweb.Deps{})) {
		method, path, _ := strings.Cut(r.Pattern, " ")
		id := "p1"
		if strings.Contains(path, "/personen/{id}") {
			id = ids["Brandt"]
		}
		if strings.Contains(path, "/schreiben/{id}") {
			path = strings.Replace(path, "/verwaltung/schreiben/{id}", batch, 1)
		}
		path = fill.Replace(strings.ReplaceAll(path, "{id}", id))
		for _, b := range []*browser{o.as("manager"), o.browser()} {
			for _, q := range []string{"", query} {
				if method == "GET" {
					w := b.get(path + q)
					shown += strings.Count(w.Body.String(), "&lt;xss")
					harmless(t, path+q, w)
				} else if !strings.HasSuffix(path, "/abmelden") && q == "" {
					w := b.post(path, "email", poison, "password", poison, "current", poison, "consent", "on", "consent_on", poison, "wording", poison, "language", poison, "weiter", poison, "checkliste", "1", "seite", poison)
					if !strings.HasPrefix(w.Body.String(), "%PDF") && !strings.Contains(w.Header().Get("Content-Type"), "csv") {
						harmless(t, "POST "+path, w)
					}
				}
			}
		}
	}
	if shown < 100 {
		t.Errorf("the hostile text was shown only %d times", shown)
	}
}

// What a GET shows it does not change: every page is opened twice and the
// database is the same afterwards.
func TestStaffPagesChangeNothing(t *testing.T) {
	fresh := storetest.SQLite(t)
	o := newOffice(t, fresh.DB)
	ids := o.estate()
	batch := o.as("manager").post("/verwaltung/liegenschaften/p1/schreiben").Header().Get("Location")
	o.drain()
	before := fresh.Digest(t, storetest.Org)
	b := o.as("manager")
	for _, r := range accessweb.StaffRoutes(accessweb.New(accessweb.Deps{})) {
		path, ok := strings.CutPrefix(r.Pattern, "GET ")
		if !ok {
			continue
		}
		id := "p1"
		if strings.Contains(path, "/personen/") {
			id = ids["Haddad"]
		}
		path = strings.Replace(path, "/verwaltung/schreiben/{id}", batch, 1)
		b.get(strings.NewReplacer("{id}", id, "{token}", "AAAAAAAAAAAAAAAAAAAAAA").Replace(path))
	}
	for table, d := range fresh.Digest(t, storetest.Org) {
		if d != before[table] {
			t.Errorf("opening pages changed %s", table)
		}
	}
}
