package app

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/platform/web"
)

// Staff who look as a resident open every page of the residents' side, and leave
// nothing behind but when their session was seen; no form takes anything, and no
// page about the account itself opens.
func TestW13_AViewReadsEverythingAndWritesNothing(t *testing.T) {
	e := newEstate(t)
	at := slices.IndexFunc(e.ids, func(id identity) bool { return id.role == actor.Administrator && !id.alien })
	w := e.do(e.ids[at], http.MethodPost, "/verwaltung/personen/own-person/ansicht")
	if w.Code != http.StatusSeeOther {
		t.Fatalf("the view does not begin: %d", w.Code)
	}
	w = e.do(identity{}, http.MethodPost, w.Header().Get("Location"))
	if w.Code != http.StatusSeeOther {
		t.Fatalf("the view does not open: %d", w.Code)
	}
	cookie := w.Result().Cookies()[0]
	viewer := identity{name: "viewer", site: web.ResidentSite, cookie: cookie.Name + "=" + cookie.Value}
	before := e.fresh.Digest(t, storetest.Org)
	opened := 0
	for _, route := range e.Mux.Routes() {
		if route.Site() != web.ResidentSite || route.Right != actor.Self {
			continue
		}
		method, _, _ := strings.Cut(route.Pattern, " ")
		path, _ := fillPath(t, route.Pattern, "own")
		w := e.do(viewer, method, path)
		switch {
		case route.View:
			continue
		case (route.Own || method == http.MethodPost) && w.Code != http.StatusForbidden:
			t.Errorf("%s answers a view with %d", route.Pattern, w.Code)
		case !route.Own && method == http.MethodGet && w.Code == http.StatusOK:
			opened++
			if body := w.Body.String(); strings.Contains(w.Header().Get("Content-Type"), "html") && !strings.Contains(body, "Ansicht als") {
				t.Errorf("%s does not say that it is a view", route.Pattern)
			}
		case !route.Own && method == http.MethodGet && w.Code >= 500:
			t.Errorf("%s breaks in a view: %d", route.Pattern, w.Code)
		}
	}
	if opened < 3 {
		t.Errorf("only %d pages opened", opened)
	}
	for table, d := range e.fresh.Digest(t, storetest.Org) {
		if before[table] != d {
			t.Errorf("a view changed %s", table)
		}
	}
}
