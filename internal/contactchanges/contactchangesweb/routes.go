package contactchangesweb

import (
	"embed"

	"github.com/a-h/templ"

	"foyer/internal/access"
	"foyer/internal/contactchanges"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
	"foyer/internal/portfolio"
)

// Texts are the texts of this package.
//
//go:embed text/*.json
var Texts embed.FS

// Addresses of the two places.
const (
	Path      = contactchanges.Page
	StaffPath = web.StaffPrefix + "/kontaktaenderungen"
)

const (
	verifyPath = "/kontakt/bestaetigen"
	cancelPath = "/kontakt/abbrechen"
)

// Deps is what the pages need.
type Deps struct {
	Contacts *contactchanges.Service
	Access   *access.Service
	// Mine returns the resident's own leases and the chosen one, SettingsNav the
	// navigation of the settings.
	Mine        func(c *web.Ctx) (portfolio.Mine, portfolio.Tenancy, error)
	SettingsNav func(c *web.Ctx) []ui.NavItem
	// MessageURL is where residents write to the organisation; "" for nowhere.
	MessageURL string
	// AskURL is where staff write to a person; nil for nowhere.
	AskURL func(personID string) string
}

// Handlers are the pages.
type Handlers struct{ Deps }

// New returns the pages.
func New(d Deps) *Handlers { return &Handlers{d} }

// Routes are the routes of both sides.
func Routes(h *Handlers) []web.Route {
	self := func(pattern string, handle web.Handler) web.Route {
		return web.Route{Pattern: pattern, Right: actor.Self, Handle: handle}
	}
	open := func(pattern string, handle web.Handler) web.Route { // also while the portal is off
		return web.Route{Pattern: pattern, Right: actor.Everyone, Handle: handle, Open: true}
	}
	edit := func(pattern string, handle web.Handler) web.Route {
		return web.Route{Pattern: pattern, Right: actor.EditPortfolio, Handle: handle}
	}
	return []web.Route{
		self("GET "+Path, h.mine),
		self("POST "+Path, h.change),
		self("GET "+Path+"/{id}/zurueckziehen", h.withdraw),
		self("POST "+Path+"/{id}/zurueckziehen", h.doWithdraw),
		self("POST "+Path+"/{id}/link", h.resend).On(Path),

		open("GET "+verifyPath+"/{token}", h.openVerify),
		open("GET "+verifyPath, h.verify),
		open("POST "+verifyPath, h.doVerify),
		open("GET "+cancelPath+"/{token}", h.openCancel),
		open("GET "+cancelPath, h.cancel),
		open("POST "+cancelPath, h.doCancel),

		edit("GET "+StaffPath, h.queue),
		edit("POST "+StaffPath+"/uebertragen", h.confirmSome).On(StaffPath),
		edit("POST "+StaffPath+"/{id}/uebertragen", h.confirmOne).On(StaffPath),
		edit("GET "+StaffPath+"/{id}/ablehnen", h.reject),
		edit("POST "+StaffPath+"/{id}/ablehnen", h.doReject),
		{Pattern: "POST " + StaffPath + "/csv", Right: actor.EditPortfolio, Handle: h.export, Fresh: true, Page: StaffPath},
	}
}

// Waiting counts what staff have to carry over, for the navigation.
func (h *Handlers) Waiting(c *web.Ctx) (int, error) {
	w, err := h.Contacts.Waiting(c, c.Actor)
	return w.All, err
}

// Today is what stands on Heute: one item when a promised day has come.
func (h *Handlers) Today(c *web.Ctx) ([]ui.TodayItem, error) {
	if !c.Actor.Has(actor.EditPortfolio) {
		return nil, nil
	}
	w, err := h.Contacts.Waiting(c, c.Actor)
	if err != nil || w.Overdue+w.Today == 0 {
		return nil, err
	}
	item := ui.TodayItem{Group: ui.TodayTodo, Icon: ui.IconUserPen, URL: StaffPath, Title: c.T("contactchangesweb.today.title", "count", w.All)}
	if w.Overdue > 0 {
		item.Urgent, item.Text = true, c.T("contactchangesweb.today.overdue", "count", w.Overdue)
	} else {
		item.Text = c.T("contactchangesweb.today.due", "count", w.Today)
	}
	return []ui.TodayItem{item}, nil
}

// TodayCount is how many items Today has.
func (h *Handlers) TodayCount(c *web.Ctx) (int, error) {
	list, err := h.Today(c)
	return len(list), err
}

// Person is the panel of a person's page: what was asked for lately. It is nil
// for who may not change contact data, and when there is nothing.
func (h *Handlers) Person(c *web.Ctx, personID string) (templ.Component, error) {
	if !c.Actor.Has(actor.EditPortfolio) {
		return nil, nil
	}
	list, err := h.Contacts.OfPerson(c, c.Actor, personID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return personPanel(lines(c, list[:min(5, len(list))])), nil
}
