package accessweb

import (
	"errors"
	"net/http"
	"strings"

	"foyer/internal/access"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

// newPasswordPath is the clean address behind a reset link.
const newPasswordPath = "/passwort-neu"

// forgotView asks for the address; sent says that a mail is on its way if
// there is an account.
type forgotView struct {
	shell ui.Shell
	email string
	sent  bool
	bad   *fault.Invalid
}

func forgotHead(c *web.Ctx) ui.Head {
	return ui.Head{Title: c.T("accessweb.r.forgot.title")}
}

func (h *Handlers) forgot(c *web.Ctx) error {
	return c.Page(forgotHead(c), forgotPage(forgotView{shell: c.Shell(), sent: c.Query("ok") == "gesendet"}))
}

// doForgot answers alike for every address that can be one (T12).
func (h *Handlers) doForgot(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	v := forgotView{shell: c.Shell(), email: f.Text("email")}
	err = h.Access.RequestReset(c, c.Actor, access.ResidentSite, access.ResetRequest{Email: v.email, IP: c.IP})
	if v.bad = fault.AsInvalid(err); v.bad != nil {
		return c.Again(forgotHead(c), forgotPage(v))
	}
	if err != nil {
		return err
	}
	return c.Redirect(ForgotPath + "?ok=gesendet")
}

// resetView sets a new password by a link.
type resetView struct {
	suggestion string
	bad        *fault.Invalid
}

func resetHead(c *web.Ctx) ui.Head {
	return ui.Head{Title: c.T("accessweb.r.reset.title")}
}

// openReset takes the secret of a link out of the address and changes nothing
// else: mail scanners open links too.
func (h *Handlers) openReset(c *web.Ctx) error {
	keepLink(c, linkReset, c.Path("token"))
	return c.Redirect(newPasswordPath)
}

func (h *Handlers) reset(c *web.Ctx) error {
	if _, err := h.Access.LookAtReset(c, c.Actor, access.ResidentSite, openedLink(c, linkReset)); err != nil {
		return resetGone(c, err)
	}
	return c.Page(resetHead(c), resetPage(resetView{suggestion: access.SuggestPassphrase(c.Lang())}))
}

func (h *Handlers) doReset(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	device, err := h.Access.Reset(c, c.Actor, access.ResidentSite, openedLink(c, linkReset), f.Raw("password"))
	if bad := fault.AsInvalid(err); bad != nil {
		return c.Again(resetHead(c), resetPage(resetView{suggestion: access.SuggestPassphrase(c.Lang()), bad: bad}))
	}
	if err != nil {
		return resetGone(c, err)
	}
	c.DropCookie(web.LinkCookie)
	known(c, device)
	return c.Redirect(signInPath + "?ok=passwort")
}

// resetGone shows what to do when a link no longer works, or never did.
func resetGone(c *web.Ctx, err error) error {
	if !errors.Is(err, fault.ErrGone) {
		return err
	}
	return c.PageStatus(http.StatusGone, ui.Head{Title: c.T("accessweb.r.reset.gone")}, resetGonePage(c.Shell()))
}

// The kinds of opened links.
const (
	linkReset = "reset"
	linkCode  = "code"
	linkMail  = "mail"
	linkTyped = "typed" // a code that was typed, not opened
)

// keepLink remembers the secret of an opened link for as long as such a page
// may stay open.
func keepLink(c *web.Ctx, kind, token string) {
	if len(token) > 100 || !tokenForm(token) {
		c.DropCookie(web.LinkCookie)
		return
	}
	c.SetCookie(web.LinkCookie, kind+"."+token, access.ResetLife)
}

// tokenForm tells whether a text has only characters of our tokens.
func tokenForm(token string) bool {
	return !strings.ContainsFunc(token, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '_'
	})
}

// openedLink returns the secret of the link of that kind which this browser
// opened last, "" for none.
func openedLink(c *web.Ctx, kind string) string {
	token, ok := strings.CutPrefix(c.Cookie(web.LinkCookie), kind+".")
	if !ok {
		return ""
	}
	return token
}
