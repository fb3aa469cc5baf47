package documentsweb

import (
	"embed"

	"github.com/a-h/templ"

	"foyer/internal/documents"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/web"
	"foyer/internal/portfolio"
)

// Texts are the texts of these pages.
//
//go:embed text/*.json
var Texts embed.FS

// Deps is what the pages stand on. All fields are required.
type Deps struct {
	Documents *documents.Service
	// Mine returns a resident's leases and the one that the switcher shows.
	Mine func(c *web.Ctx) (portfolio.Mine, portfolio.Tenancy, error)
	// PropertyHead draws what stands above a property's pages; tab is the path
	// of the open one.
	PropertyHead func(c *web.Ctx, propertyID, tab string) (templ.Component, error)
}

// Handlers are the pages of residents and staff.
type Handlers struct{ Deps }

// New returns the pages.
func New(d Deps) *Handlers { return &Handlers{Deps: d} }

// maxForm is the largest form with one file, maxFiles that with many: fifty of
// twenty megabytes.
const (
	maxForm  = 24 << 20
	maxFiles = 1000 << 20
)

// Routes returns the table of all pages.
func Routes(h *Handlers) []web.Route {
	own := func(pattern string, fn web.Handler) web.Route {
		return web.Route{Pattern: pattern, Right: actor.Self, Handle: fn}
	}
	read := func(pattern string, fn web.Handler) web.Route {
		return web.Route{Pattern: pattern, Right: actor.ReadDocuments, Handle: fn}
	}
	write := func(pattern string, body int64, fn web.Handler) web.Route {
		return web.Route{Pattern: pattern, Right: actor.PublishDocuments, Handle: fn, Body: body}
	}
	routes := append(h.fileRoutes(), h.batchRoutes()...)
	return append(routes,
		own("GET "+Path, h.shelf),
		own("GET "+ContractPath, h.contract),
		read("GET "+StaffPath, h.list),
		read("GET "+propertiesPath+"{id}"+Tab, h.propertyList),
		read("GET "+newPath, h.begin),
		write("POST "+newPath, maxForm, h.publish),
		read("GET "+StaffPath+"/{id}", h.document),
		write("POST "+StaffPath+"/{id}", 0, h.describe),
		write("POST "+StaffPath+"/{id}/datei", maxForm, h.replace).On(StaffPath+"/{id}"),
		read("GET "+StaffPath+"/{id}/zurueckziehen", h.askWithdraw),
		write("POST "+StaffPath+"/{id}/zurueckziehen", 0, h.withdraw),
		write("POST "+StaffPath+"/{id}/anzeigen", 0, h.restore).On(StaffPath+"/{id}"),
	)
}

// from names the page that holds the form of a route.
func from(page string, r web.Route) web.Route {
	r.Page = page
	return r
}
