package accessweb

import (
	"errors"
	"net/http"

	"foyer/internal/access"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

// confirmView asks for the number of the mail.
type confirmView struct {
	shell ui.Shell
	email string
	again bool // a new mail is on its way
	spent bool // only a new mail helps
	wait  string
	bad   *fault.Invalid
}

func confirmHead(c *web.Ctx) ui.Head {
	return ui.Head{Title: c.T("accessweb.r.confirm.title")}
}

// registration is this browser's registration.
func (h *Handlers) registration(c *web.Ctx) (access.Registration, error) {
	return h.Access.Registration(c, c.Actor, c.Cookie(web.RegistrationCookie))
}

// over shows how to begin again when a registration has ended or run out.
func over(c *web.Ctx, err error) error {
	if !errors.Is(err, fault.ErrGone) {
		return err
	}
	return c.PageStatus(http.StatusGone, ui.Head{Title: c.T("accessweb.r.over.title")}, overPage(c.Shell()))
}

func (h *Handlers) confirm(c *web.Ctx) error {
	v, next, err := h.confirmView(c)
	if err != nil || next != "" {
		return leave(c, next, err)
	}
	v.again = c.Query("ok") == "gesendet"
	return c.Page(confirmHead(c), confirmPage(v))
}

// confirmView reads where this browser's registration stands; next is where it
// goes on when the mailbox is proved already.
func (h *Handlers) confirmView(c *web.Ctx) (v confirmView, next string, err error) {
	r, err := h.registration(c)
	if err == nil && r.Confirmed {
		next = whomPath
	}
	return confirmView{shell: c.Shell(), email: r.Email, spent: r.TriesLeft == 0}, next, err
}

func leave(c *web.Ctx, next string, err error) error {
	if err != nil {
		return over(c, err)
	}
	return c.Redirect(next)
}

func (h *Handlers) doConfirm(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	err = h.Access.ConfirmByPIN(c, c.Actor, c.Cookie(web.RegistrationCookie), f.Text("pin"))
	bad := fault.AsInvalid(err)
	if bad == nil {
		return leave(c, whomPath, err)
	}
	v, next, err := h.confirmView(c)
	if err != nil || next != "" {
		return leave(c, next, err)
	}
	v.bad = bad
	return c.Again(confirmHead(c), confirmPage(v))
}

func (h *Handlers) sendAgain(c *web.Ctx) error {
	err := h.Access.SendAgain(c, c.Actor, c.Cookie(web.RegistrationCookie))
	if wait := tooMany(c, err); wait != "" {
		v, next, err := h.confirmView(c)
		if err != nil || next != "" {
			return leave(c, next, err)
		}
		v.wait = wait
		return c.PageStatus(http.StatusTooManyRequests, confirmHead(c), confirmPage(v))
	}
	return leave(c, confirmPath+"?ok=gesendet", err)
}

// openConfirm takes the secret of the mail's link out of the address. Only the
// button on the next page proves the mailbox: scanners open links, too.
func (h *Handlers) openConfirm(c *web.Ctx) error {
	keepLink(c, linkMail, c.Path("token"))
	return c.Redirect(confirmLinkPath)
}

func (h *Handlers) confirmLink(c *web.Ctx) error {
	if openedLink(c, linkMail) == "" {
		return over(c, fault.Gone("link"))
	}
	return c.Page(confirmHead(c), confirmLinkPage())
}

func (h *Handlers) doConfirmLink(c *web.Ctx) error {
	here, err := h.Access.ConfirmByLink(c, c.Actor, openedLink(c, linkMail), c.Cookie(web.RegistrationCookie))
	if err != nil {
		return over(c, err)
	}
	if here {
		return c.Redirect(whomPath)
	}
	return c.Redirect(continuePath)
}

// carryOnView lets a registration go on in the browser in which the mail's
// link was opened.
type carryOnView struct {
	shell ui.Shell
	bad   *fault.Invalid
}

func carryOnHead(c *web.Ctx) ui.Head {
	return ui.Head{Title: c.T("accessweb.r.carry.title")}
}

func (h *Handlers) carryOn(c *web.Ctx) error {
	if openedLink(c, linkMail) == "" {
		return over(c, fault.Gone("link"))
	}
	return c.Page(carryOnHead(c), carryOnPage(carryOnView{shell: c.Shell()}))
}

func (h *Handlers) doCarryOn(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	browser, err := h.Access.Continue(c, c.Actor, openedLink(c, linkMail), f.Raw("password"))
	if bad := fault.AsInvalid(err); bad != nil {
		return c.Again(carryOnHead(c), carryOnPage(carryOnView{shell: c.Shell(), bad: bad}))
	}
	if err != nil {
		return over(c, err)
	}
	c.SetCookie(web.RegistrationCookie, browser, registrationLife)
	return c.Redirect(whomPath)
}

// whomView shows for whom the access is: only here, after the mailbox is
// proved, a name and an address stand on a page.
type whomView struct {
	name    string
	address []string
}

func whomHead(c *web.Ctx) ui.Head {
	return ui.Head{Title: c.T("accessweb.r.whom.title")}
}

// proved is this browser's registration when its mailbox is proved; next is
// where to go while it is not.
func (h *Handlers) proved(c *web.Ctx) (r access.Registration, next string, err error) {
	if r, err = h.registration(c); err == nil && !r.Confirmed {
		next = confirmPath
	}
	return r, next, err
}

func (h *Handlers) whom(c *web.Ctx) error {
	r, next, err := h.proved(c)
	if err != nil || next != "" {
		return leave(c, next, err)
	}
	return c.Page(whomHead(c), whomPage(whomView{name: r.Name, address: r.Address}))
}

// accept is "ja, das bin ich".
func (h *Handlers) accept(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	in, err := h.Access.Accept(c, c.Actor, c.Cookie(web.RegistrationCookie), f.On("remember"), visit(c))
	if err != nil {
		return over(c, err)
	}
	c.DropCookie(web.RegistrationCookie)
	c.DropCookie(web.LinkCookie)
	entered(c, in)
	return c.Redirect("/?ok=willkommen")
}

func (h *Handlers) notMe(c *web.Ctx) error {
	_, next, err := h.proved(c)
	if err != nil || next != "" {
		return leave(c, next, err)
	}
	return c.Page(ui.Head{Title: c.T("accessweb.r.notme.title")}, notMePage(notMePath, whomPath))
}

func (h *Handlers) doNotMe(c *web.Ctx) error {
	if err := h.Access.NotMe(c, c.Actor, c.Cookie(web.RegistrationCookie)); err != nil {
		return over(c, err)
	}
	c.DropCookie(web.RegistrationCookie)
	c.DropCookie(web.LinkCookie)
	return c.Redirect(signInPath + "?ok=nicht-ich")
}

// codeView redeems a further code in the own access: another lease (E14), or
// another number of the same person in the manager's list (W5).
type codeView struct {
	link string
	code string
	wait string
	bad  *fault.Invalid
	whom access.Whom
}

func moreCodeHead(c *web.Ctx) ui.Head {
	return ui.Head{Title: c.T("accessweb.r.more.code"), Narrow: true}
}

func (h *Handlers) moreCode(c *web.Ctx) error {
	return c.Page(moreCodeHead(c), moreCodePage(codeView{link: openedLink(c, linkCode)}))
}

// doMoreCode looks whose code it is; nothing is used up yet.
func (h *Handlers) doMoreCode(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	v := codeView{link: f.Text("link"), code: f.Text("code")}
	if v.link == "" {
		if v.bad = codeForm("code", v.code); v.bad != nil {
			return c.Again(moreCodeHead(c), moreCodePage(v))
		}
	}
	_, err = h.Access.LookAtCode(c, c.Actor, access.Entered{Code: v.code, Link: v.link, Visit: visit(c)})
	if v.bad = fault.AsInvalid(err); v.bad != nil {
		forgetLink(c, v.link, v.bad)
		v.link = "" // a link that is not good: the code can still be typed
		return c.Again(moreCodeHead(c), moreCodePage(v))
	}
	if v.wait = tooMany(c, err); v.wait != "" {
		return c.PageStatus(http.StatusTooManyRequests, moreCodeHead(c), moreCodePage(v))
	}
	if err != nil {
		return err
	}
	if v.link == "" {
		keepTyped(c, v.code)
	}
	return c.Redirect(moreWhomPath)
}

// entry is the code that the visitor has brought to the pages below.
func entry(c *web.Ctx) access.Entered {
	return access.Entered{Link: openedLink(c, linkCode), Code: openedLink(c, linkTyped), Visit: visit(c)}
}

// backToCode leads to the form when the code is not good (any more).
func backToCode(c *web.Ctx, err error) error {
	if fault.AsInvalid(err) != nil {
		return c.Redirect(moreCodePath)
	}
	return err
}

func (h *Handlers) moreWhom(c *web.Ctx) error {
	w, err := h.Access.LookAtCode(c, c.Actor, entry(c))
	if err != nil {
		return backToCode(c, err)
	}
	return c.Page(moreCodeHead(c), moreWhomPage(codeView{whom: w}))
}

func (h *Handlers) moreAccept(c *web.Ctx) error {
	if err := h.Access.RedeemSignedIn(c, c.Actor, entry(c)); err != nil {
		return backToCode(c, err)
	}
	c.DropCookie(web.LinkCookie)
	return c.Redirect("/?ok=vertrag")
}

func (h *Handlers) moreNotMe(c *web.Ctx) error {
	if _, err := h.Access.LookAtCode(c, c.Actor, entry(c)); err != nil {
		return backToCode(c, err)
	}
	return c.Page(ui.Head{Title: c.T("accessweb.r.notme.title"), Narrow: true}, notMePage(moreNotMePath, moreWhomPath))
}

func (h *Handlers) doMoreNotMe(c *web.Ctx) error {
	if err := h.Access.NotMeSignedIn(c, c.Actor, entry(c)); err != nil {
		return backToCode(c, err)
	}
	c.DropCookie(web.LinkCookie)
	return c.Redirect(SettingsPath + "?ok=nicht-ich")
}

// keepTyped remembers a typed code between two pages, for an hour at most.
func keepTyped(c *web.Ctx, code string) {
	code, _ = seal.ParseCode(code)
	c.SetCookie(web.LinkCookie, linkTyped+"."+code, access.ResetLife)
}
