package noticeboardweb

import (
	"embed"

	"github.com/a-h/templ"

	"foyer/internal/noticeboard"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/web"
	"foyer/internal/portfolio"
)

// Texts are the texts of this package.
//
//go:embed text/*.json
var Texts embed.FS

// Addresses of the pages.
const (
	Path      = noticeboard.Path
	StaffPath = web.StaffPrefix + "/aushaenge"
	TabPath   = "/aushaenge" // behind the address of a property
)

// Deps is what New needs. All fields are required.
type Deps struct {
	Board     *noticeboard.Service
	Portfolio *portfolio.Service
	// PropertyHead is what stands above the pages of a property.
	PropertyHead func(c *web.Ctx, propertyID, tab string) (templ.Component, error)
}

// Handlers are the pages.
type Handlers struct{ Deps }

// New returns the pages.
func New(d Deps) *Handlers { return &Handlers{d} }

// Routes returns the pages of both sides.
func (h *Handlers) Routes() []web.Route {
	read := func(pattern string, handle web.Handler) web.Route {
		return web.Route{Pattern: pattern, Right: actor.ReadPortfolio, Handle: handle}
	}
	// A GET of a form writes nothing: who may not publish is told so by the POST
	// and by the use-case.
	write := func(pattern string, handle web.Handler) web.Route {
		return web.Route{Pattern: pattern, Right: actor.PublishNotices, Handle: handle}
	}
	one := StaffPath + "/{id}"
	return []web.Route{
		{Pattern: "GET " + Path, Right: actor.Self, Handle: h.board},
		{Pattern: "GET " + Path + "/{id}", Right: actor.Self, Handle: h.open},

		read("GET "+StaffPath, h.list),
		read("GET "+web.StaffPrefix+"/liegenschaften/{id}"+TabPath, h.ofProperty),
		read("GET "+StaffPath+"/neu", h.newNotice),
		write("POST "+StaffPath+"/neu", h.writeNotice),
		read("GET "+one, h.one),
		read("GET "+one+"/aendern", h.editNotice),
		write("POST "+one+"/aendern", h.changeNotice),
		write("POST "+one+"/freigeben", h.release).On(one),
		read("GET "+one+"/zurueckziehen", h.askWithdraw),
		write("POST "+one+"/zurueckziehen", h.withdraw),
		read("GET "+one+"/verwerfen", h.askDiscard),
		write("POST "+one+"/verwerfen", h.discard),
		write("POST "+one+"/aufbewahren", h.keep).On(one),
	}
}
