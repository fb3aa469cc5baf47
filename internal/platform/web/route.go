package web

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"sort"
	"strings"

	"foyer/internal/platform/actor"
)

// Site is one of the two entrances of an organisation.
type Site string

// The sites. AnySite routes are the same on both (assets, start pages of
// hosts).
const (
	ResidentSite Site = "resident"
	StaffSite    Site = "staff"
)

// StaffPrefix is where the staff site begins on every host that serves it.
const StaffPrefix = "/verwaltung"

// Handler answers one request, or says why not.
type Handler func(c *Ctx) error

// Route is one line of the table.
type Route struct {
	Pattern string      // "GET /verwaltung/liegenschaften/{id}", as net/http.ServeMux takes it
	Right   actor.Right // whoever lacks it gets the sign-in page, or 404 when signed in
	Handle  Handler
	Body    int64 // largest body in bytes, 0 = 64 KiB
	Open    bool  // answers residents while the portal is switched off
	Fresh   bool  // asks for the password again when it was given more than 15 minutes ago
	Own     bool  // about the visitor's own account: not for staff who look as a resident
	View    bool  // a form that staff who look as a resident may send: it changes their view only
	// Page is where the form of a POST stands, with the wildcards of the pattern:
	// "/verwaltung/liegenschaften/{id}". Who opens the address of the POST itself,
	// by reloading or from a bookmark, is led there, unless there is a GET for it.
	Page string
}

// On returns the route with the page that holds its form, see Route.Page.
func (r Route) On(page string) Route {
	r.Page = page
	return r
}

// form is the GET that leads from a POST's address to the page with its form. It
// looks at nothing and so may answer everybody alike: the page itself judges.
func (r Route) form() Route {
	_, path, _ := strings.Cut(r.Pattern, " ")
	return Route{Pattern: http.MethodGet + " " + path, Right: actor.Everyone, Open: r.Open, Handle: func(c *Ctx) error {
		return c.Redirect(wildcard.ReplaceAllStringFunc(r.Page, func(w string) string { return url.PathEscape(c.Path(w[1 : len(w)-1])) }))
	}}
}

var wildcard = regexp.MustCompile(`\{\w+\}`)

// Site tells which entrance a route belongs to, by its path.
func (r Route) Site() Site {
	_, path, _ := strings.Cut(r.Pattern, " ")
	if path == StaffPrefix || strings.HasPrefix(path, StaffPrefix+"/") {
		return StaffSite
	}
	return ResidentSite
}

// check refuses at start what the rules forbid: a route without a method or a
// right, a GET with a right to change things, a staff right on the residents'
// side and the reverse.
func (r Route) check() error {
	method, path, ok := strings.Cut(r.Pattern, " ")
	switch {
	case !ok || (method != http.MethodGet && method != http.MethodPost) || !strings.HasPrefix(path, "/"):
		return fmt.Errorf("route %q: want GET or POST and a path", r.Pattern)
	case r.Right == actor.None:
		return fmt.Errorf("route %q has no right", r.Pattern)
	case method == http.MethodGet && r.Right.Writes():
		return fmt.Errorf("route %q: a GET with the writing right %s", r.Pattern, r.Right)
	case r.Right == actor.Operate || r.Right == actor.System:
		return fmt.Errorf("route %q: right %s is not for people", r.Pattern, r.Right)
	case r.Right != actor.Everyone && (r.Right == actor.Self) != (r.Site() == ResidentSite):
		return fmt.Errorf("route %q: right %s on the wrong site", r.Pattern, r.Right)
	case r.Handle == nil:
		return fmt.Errorf("route %q has no handler", r.Pattern)
	case r.Page != "" && (method != http.MethodPost || !strings.HasPrefix(r.Page, "/")):
		return fmt.Errorf("route %q: a page is the path of a POST's form", r.Pattern)
	}
	for _, w := range wildcard.FindAllString(r.Page, -1) {
		if !strings.Contains(path, w) {
			return fmt.Errorf("route %q: its page has the unknown %s", r.Pattern, w)
		}
	}
	return nil
}

// Mux is the finished table.
type Mux struct {
	routes []Route
	mux    *http.ServeMux
	forms  []Route // the ways from a POST's address to its form
}

// NewMux checks the routes and builds the table; a faulty one is an error at
// start, before the first request.
func NewMux(groups ...[]Route) (*Mux, error) {
	m := &Mux{mux: http.NewServeMux()}
	seen := map[string]bool{}
	for _, g := range groups {
		for _, r := range g {
			if err := r.check(); err != nil {
				return nil, err
			}
			if seen[r.Pattern] {
				return nil, fmt.Errorf("route %q stands twice", r.Pattern)
			}
			seen[r.Pattern] = true
			m.routes = append(m.routes, r)
		}
	}
	for _, r := range m.routes {
		if f := r.form(); r.Page != "" && !seen[f.Pattern] {
			m.forms = append(m.forms, f)
		}
	}
	sort.Slice(m.routes, func(i, j int) bool { return m.routes[i].Pattern < m.routes[j].Pattern })
	return m, nil
}

// Routes returns the table, sorted by pattern, for tests that try each.
func (m *Mux) Routes() []Route { return append([]Route{}, m.routes...) }
