package contactchangesweb

import (
	"errors"
	"net/http"
	"strings"

	"foyer/internal/contactchanges"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

// The kinds of opened links in the cookie.
const (
	linkVerify = "contact"
	linkCancel = "contact-cancel"
)

// keep moves the secret of a link from the address into a cookie: nothing else
// happens, however often mail scanners open it.
func keep(c *web.Ctx, kind, token string) {
	bad := strings.ContainsFunc(token, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '_'
	})
	if bad || len(token) > 100 {
		c.DropCookie(web.LinkCookie)
		return
	}
	c.SetCookie(web.LinkCookie, kind+"."+token, contactchanges.LinkLife)
}

func opened(c *web.Ctx, kind string) string {
	token, ok := strings.CutPrefix(c.Cookie(web.LinkCookie), kind+".")
	if !ok {
		return ""
	}
	return token
}

// linkView is what a link is about, before or after its button.
type linkView struct {
	shell  ui.Shell
	facts  []ui.Fact
	atOnce bool
	moved  bool
	due    string
}

func (h *Handlers) openVerify(c *web.Ctx) error {
	keep(c, linkVerify, c.Path("token"))
	return c.Redirect(verifyPath)
}

func (h *Handlers) verify(c *web.Ctx) error {
	p, err := h.Contacts.LookAtLink(c, c.Actor, opened(c, linkVerify))
	if err != nil {
		return gone(c, err)
	}
	return c.Page(ui.Head{Title: c.T("contactchangesweb.verify.title"), Narrow: true}, verifyPage(linkView{shell: c.Shell(), atOnce: p.AtOnce,
		facts: []ui.Fact{{Term: c.T("contactchangesweb.field.email"), Text: p.Value}}}))
}

func (h *Handlers) doVerify(c *web.Ctx) error {
	p, err := h.Contacts.ConfirmLink(c, c.Actor, opened(c, linkVerify))
	var conflict *fault.Conflict
	if errors.As(err, &conflict) {
		c.DropCookie(web.LinkCookie)
		return err
	}
	if err != nil {
		return gone(c, err)
	}
	c.DropCookie(web.LinkCookie)
	return c.Page(ui.Head{Title: c.T("contactchangesweb.verified.title"), Narrow: true}, verifiedPage(linkView{shell: c.Shell(), atOnce: p.AtOnce, due: c.Printer().Day(p.DueOn)}))
}

func (h *Handlers) openCancel(c *web.Ctx) error {
	keep(c, linkCancel, c.Path("token"))
	return c.Redirect(cancelPath)
}

func (h *Handlers) cancel(c *web.Ctx) error {
	v, err := h.Contacts.LookAtCancel(c, c.Actor, opened(c, linkCancel))
	if err != nil {
		return gone(c, err)
	}
	view := linkView{shell: c.Shell(), moved: v.Moved}
	for _, x := range v.Changes {
		view.facts = append(view.facts, ui.Fact{Term: c.T("contactchangesweb.field." + string(x.Field)), Text: shown(c, x.Field, x.Value)})
	}
	return c.Page(ui.Head{Title: c.T("contactchangesweb.cancel.title"), Narrow: true}, cancelPage(view))
}

func (h *Handlers) doCancel(c *web.Ctx) error {
	v, err := h.Contacts.Cancel(c, c.Actor, opened(c, linkCancel))
	if err != nil {
		return gone(c, err)
	}
	c.DropCookie(web.LinkCookie)
	return c.Page(ui.Head{Title: c.T("contactchangesweb.cancelled.title"), Narrow: true}, cancelledPage(linkView{shell: c.Shell(), moved: v.Moved}))
}

// gone shows what to do when a link no longer works, or never did.
func gone(c *web.Ctx, err error) error {
	if !errors.Is(err, fault.ErrGone) {
		return err
	}
	return c.PageStatus(http.StatusGone, ui.Head{Title: c.T("contactchangesweb.gone.title"), Narrow: true}, gonePage(c.Shell()))
}
