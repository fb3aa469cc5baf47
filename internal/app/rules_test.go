package app

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/platform/web"
)

// post sends a form as the residents' own page would.
func (e *estate) post(path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Host = "a.example"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	w := httptest.NewRecorder()
	e.Handler.ServeHTTP(w, r)
	return w
}

func (e *estate) as(name string) identity {
	for _, id := range e.ids {
		if strings.HasPrefix(id.name, name) {
			return id
		}
	}
	panic("no identity " + name)
}

// There is no way in but a live code: no route makes an account or begins a
// registration without one.
func TestK2_NobodyRegistersWithoutACode(t *testing.T) {
	e := newEstate(t)
	before := e.fresh.Digest(t, storetest.Org)
	for _, code := range []string{"", "KX7M-4QPD-92TR", "2222-2222-2222", "twin-typed"} {
		w := e.post("/registrieren", url.Values{"code": {code}, "email": {"neu@post.example"}, "password": {"Vier-Worte-sind-lang-31"}})
		if w.Code != http.StatusUnprocessableEntity && w.Code != http.StatusTooManyRequests {
			t.Errorf("code %q: %d", code, w.Code)
		}
	}
	after := e.fresh.Digest(t, storetest.Org)
	for _, table := range []string{"account", "account_person", "registration", "delivery"} {
		if before[table] != after[table] {
			t.Errorf("without a code something was written into %s", table)
		}
	}
}

// One registration serves the browser and the app that is installed from it:
// there is one sign-in, and it does not ask what kind of device it is.
func TestK1_OneLoginForPortalAndApp(t *testing.T) {
	e := newEstate(t)
	for _, agent := range []string{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0.0.0", "Mozilla/5.0 (Android 15; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0"} {
		r := httptest.NewRequest(http.MethodPost, "/anmelden", strings.NewReader(url.Values{"email": {"marlene@post.example"}, "password": {matrixPassword}}.Encode()))
		r.Host = "a.example"
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("User-Agent", agent)
		w := httptest.NewRecorder()
		e.Handler.ServeHTTP(w, r)
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/" {
			t.Errorf("%s: %d to %q", agent, w.Code, w.Header().Get("Location"))
		}
	}
	signIns := 0
	for _, route := range e.Mux.Routes() {
		if route.Right == actor.Everyone && route.Site() == web.ResidentSite && strings.HasSuffix(route.Pattern, "/anmelden") && strings.HasPrefix(route.Pattern, "POST") {
			signIns++
		}
	}
	if signIns != 1 {
		t.Errorf("%d ways to sign in for residents", signIns)
	}
}

// Using the portal costs nothing: no page that a resident can open names a
// price or asks for a payment.
func TestA5_H3_UseIsFree(t *testing.T) {
	e := newEstate(t)
	resident := e.as("resident of " + storetest.Org)
	seen := 0
	for _, route := range e.Mux.Routes() {
		path, _ := fillPath(t, route.Pattern, "own")
		if !strings.HasPrefix(route.Pattern, "GET") || route.Site() != web.ResidentSite {
			continue
		}
		w := e.do(resident, http.MethodGet, path)
		if w.Code != http.StatusOK {
			continue
		}
		seen++
		for _, word := range []string{"€", "EUR", "Gebühr", "kostenpflichtig", "bezahlen"} {
			if strings.Contains(w.Body.String(), word) {
				t.Errorf("%s speaks of money: %q", path, word)
			}
		}
	}
	if seen < 5 {
		t.Errorf("only %d pages looked at", seen)
	}
}
