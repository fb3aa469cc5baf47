package accessweb

import (
	"slices"
	"time"

	"foyer/internal/access"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
	"foyer/internal/portfolio"
)

// askView says what looking as a resident means before it begins (W13).
func (h *Handlers) askView(c *web.Ctx) error {
	card, err := h.Access.Person(c, c.Actor, c.Path("id"))
	if err != nil {
		return err
	}
	at := personPath(card.Person.ID)
	return c.Page(ui.Head{Title: c.T("accessweb.s.view.title"), Narrow: true}, ui.ConfirmPage(ui.ConfirmProps{Title: c.T("accessweb.s.view.title"),
		Text: c.T("accessweb.s.view.text", "name", card.Person.DisplayName(), "minutes", int(access.ViewLife/time.Minute)), Verb: c.T("accessweb.s.view.verb"), Action: at + "/ansicht", CancelURL: at}))
}

// startView leads to the residents' side. Where that is another host, a link
// does: a form may not lead to another site.
func (h *Handlers) startView(c *web.Ctx) error {
	v, err := h.Access.StartView(c, c.Actor, c.Path("id"))
	if err != nil {
		return err
	}
	if slices.Contains(c.Org.Sites, web.ResidentSite) {
		return c.Redirect(v.Path)
	}
	return c.Page(ui.Head{Title: c.T("accessweb.s.view.title"), Narrow: true}, viewLink(v.URL))
}

// openView shows the button that opens a view; opening the address does not.
func (h *Handlers) openView(c *web.Ctx) error {
	return c.Plain(200, ui.Head{Title: c.T("accessweb.s.view.title"), Narrow: true}, viewButton(access.PathView+"/"+c.Path("token")))
}

// takeView signs the browser in to the view.
func (h *Handlers) takeView(c *web.Ctx) error {
	token, err := h.Access.TakeView(c, c.Org.ID, c.Path("token"))
	if err != nil {
		return err
	}
	c.SignIn(token, 0)
	return c.Redirect(homePath)
}

// viewBanner tells on every page that it is a view.
func viewBanner(c *web.Ctx, who portfolio.Person) ui.View {
	if !c.Actor.Views() {
		return ui.View{}
	}
	return ui.View{Name: who.DisplayName(), Until: c.Printer().Clock(local(c, c.Session.Ends)), EndURL: signOutPath}
}
