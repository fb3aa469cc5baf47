package app

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"foyer/internal/platform/store/storetest"
)

// The address of a form that was sent stands in the browser when its page comes
// back with complaints. Reloading it, or coming back to it by a bookmark, leads
// to the page that holds the form, whoever asks and whatever ids it has: no
// address that a browser ever shows is a dead end.
func TestReloadingAnAddressThatTakesFormsLeadsToTheForm(t *testing.T) {
	e := newEstate(t)
	get := map[string]bool{}
	for _, r := range e.Mux.Routes() {
		if method, path, _ := strings.Cut(r.Pattern, " "); method == http.MethodGet {
			get[strings.TrimSuffix(path, "{$}")] = true
		}
	}
	before, led := e.fresh.Digest(t, storetest.Org), 0
	for _, r := range e.Mux.Routes() {
		method, path, _ := strings.Cut(r.Pattern, " ")
		if method != http.MethodPost || get[path] {
			continue
		}
		if !get[r.Page] {
			t.Errorf("%s: say by Page where its form stands, %q is no page", r.Pattern, r.Page)
			continue
		}
		led++
		for _, owner := range []string{"own", "twin", "neighbour", "a%2Fb"} {
			from, _ := fillPath(t, r.Pattern, owner)
			to, _ := fillPath(t, "GET "+r.Page, owner)
			for _, id := range e.ids {
				w := e.do(id, http.MethodGet, from+"?ok=x")
				if got, err := url.Parse(w.Header().Get("Location")); err != nil || w.Code != http.StatusSeeOther || got.EscapedPath() != to || got.RawQuery != "" {
					t.Fatalf("GET %s as %s: %d %s, want 303 to %s", from, id.name, w.Code, got, to)
				}
			}
		}
	}
	if led < 30 {
		t.Errorf("only %d addresses", led)
	}
	for table, d := range e.fresh.Digest(t, storetest.Org) {
		if before[table] != d && table != "session" { // seen_at
			t.Errorf("a GET has changed %s", table)
		}
	}
}
