package accessweb

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"foyer/internal/access"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

// Where staff come in.
const (
	staffForgotPath     = access.StaffForgotPath
	staffResetPath      = web.StaffPrefix + "/passwort-neu"
	staffInvitationPath = web.StaffPrefix + "/einladung"
	staffSignOutPath    = web.StaffPrefix + "/abmelden"
)

// staffSignInView is the sign-in page of the staff's side.
type staffSignInView struct {
	org       string
	email     string
	next      string // where to go afterwards
	done      string // what has just been done, translated; "" for nothing
	note      string
	residents bool // this host has a residents' side too
	bad       *fault.Invalid
}

func (h *Handlers) staffSignIn(c *web.Ctx) error {
	if c.SignedIn() {
		return c.Redirect(staffNext(c.Query("weiter")))
	}
	v := h.staffSignInView(c)
	v.next = staffNext(c.Query("weiter"))
	switch c.Query("ok") {
	case "passwort":
		v.done, v.note = c.T("accessweb.s.signin.password_set"), c.T("accessweb.s.signin.password_set_text")
	case "abgemeldet":
		v.done = c.T("accessweb.s.signin.out")
	}
	return c.Page(staffSignInHead(c), staffSignInPage(v))
}

func (h *Handlers) staffSignInView(c *web.Ctx) staffSignInView {
	return staffSignInView{org: c.Org.Shell.OrgName, residents: slices.Contains(c.Org.Sites, web.ResidentSite)}
}

func staffSignInHead(c *web.Ctx) ui.Head {
	return ui.Head{Title: c.T("accessweb.s.signin.title"), Calls: true}
}

// staffNext is a path of the staff's side and nothing else.
func staffNext(path string) string {
	p := web.LocalPath(path, web.StaffPrefix)
	if p != web.StaffPrefix && !strings.HasPrefix(p, web.StaffPrefix+"/") && !strings.HasPrefix(p, web.StaffPrefix+"?") {
		return web.StaffPrefix
	}
	return p
}

func (h *Handlers) doStaffSignIn(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	in, err := h.Access.SignIn(c, c.Actor, access.StaffSite, access.SignIn{Email: f.Text("email"), Password: f.Raw("password"), Visit: h.staffVisit(c)})
	if bad := fault.AsInvalid(err); bad != nil {
		v := h.staffSignInView(c)
		v.email, v.next, v.bad = f.Text("email"), staffNext(f.Text("weiter")), bad
		return c.Again(staffSignInHead(c), staffSignInPage(v))
	}
	if err != nil {
		return err
	}
	h.staffEntered(c, in)
	return c.Redirect(staffNext(f.Text("weiter")))
}

// staffVisit tells what this request says of its browser.
func (h *Handlers) staffVisit(c *web.Ctx) access.Visit {
	return access.Visit{IP: c.IP, UserAgent: c.R.UserAgent(), Previous: c.SessionToken(), Known: c.Cookie(web.StaffKnownCookie)}
}

// staffEntered hands the browser what a sign-in brings.
func (h *Handlers) staffEntered(c *web.Ctx, in access.SignedIn) {
	c.SignIn(in.Token, in.Life)
	if in.Known != "" {
		c.SetCookie(web.StaffKnownCookie, in.Known, access.KnownLife)
	}
}

// staffSignOut ends the session of this browser. Without one there is nothing
// to end, and the page is the same.
func (h *Handlers) staffSignOut(c *web.Ctx) error {
	if c.SignedIn() {
		if err := h.Access.EndSession(c, c.Actor, c.Session.ID); err != nil && !errors.Is(err, fault.ErrNotFound) {
			return err
		}
	}
	c.SignOut()
	return c.Redirect(web.StaffSignIn + "?ok=abgemeldet")
}

// staffForgot asks for the address.
func (h *Handlers) staffForgot(c *web.Ctx) error {
	head := ui.Head{Title: c.T("accessweb.s.forgot.title")}
	if c.Query("ok") == "gesendet" {
		head.Title = c.T("accessweb.s.forgot.done")
		return c.Page(head, staffForgotDonePage())
	}
	return c.Page(head, staffForgotPage("", nil))
}

// doStaffForgot answers alike for every address.
func (h *Handlers) doStaffForgot(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	err = h.Access.RequestReset(c, c.Actor, access.StaffSite, access.ResetRequest{Email: f.Text("email"), IP: c.IP})
	if bad := fault.AsInvalid(err); bad != nil {
		return c.Again(ui.Head{Title: c.T("accessweb.s.forgot.title")}, staffForgotPage(f.Text("email"), bad))
	}
	if err != nil {
		return err
	}
	return c.Redirect(staffForgotPath + "?ok=gesendet")
}

// takeStaffLink moves the token of a mailed link from the address into a
// cookie, so that neither history nor referrer keep it, and leads to the clean
// page. Mail scanners may follow the link as often as they like.
func takeStaffLink(c *web.Ctx, path string) error {
	token := c.Path("token")
	if token == "" || len(token) > maxToken || !tokenForm(token) {
		return fault.Gone("link")
	}
	c.SetCookie(web.StaffLinkCookie, token, 0)
	return c.Redirect(path)
}

// maxToken is longer than any token that we make.
const maxToken = 128

func (h *Handlers) takeStaffReset(c *web.Ctx) error { return takeStaffLink(c, staffResetPath) }
func (h *Handlers) takeStaffInvitation(c *web.Ctx) error {
	return takeStaffLink(c, staffInvitationPath)
}

// passwordView is a page on which somebody chooses a password by a link.
type passwordView struct {
	title, lead string
	email       string // the user name, "" when it is not shown
	until       string // "12. November 2026, 9:12 Uhr"
	action      string
	verb        string
	bad         *fault.Invalid
}

func (h *Handlers) staffReset(c *web.Ctx) error { return h.showStaffReset(c, nil) }

func (h *Handlers) showStaffReset(c *web.Ctx, bad *fault.Invalid) error {
	until, err := h.Access.LookAtReset(c, c.Actor, access.StaffSite, c.Cookie(web.StaffLinkCookie))
	if err != nil {
		return linkOver(c, err, linkOverView{text: c.T("accessweb.s.reset.over"), label: c.T("accessweb.s.reset.again"), url: staffForgotPath})
	}
	return showPassword(c, passwordView{title: c.T("accessweb.s.reset.title"), until: moment(c, until), action: staffResetPath,
		verb: c.T("accessweb.s.reset.verb"), bad: bad})
}

// linkOverView says that a link works no more, and what helps.
type linkOverView struct{ text, label, url string }

// linkOver answers a link that does not work, whatever the reason; other
// errors pass.
func linkOver(c *web.Ctx, err error, v linkOverView) error {
	if !errors.Is(err, fault.ErrGone) {
		return err
	}
	return c.PageStatus(http.StatusGone, ui.Head{Title: c.T("accessweb.s.link_over")}, linkOverPage(v))
}

func showPassword(c *web.Ctx, v passwordView) error {
	if v.bad != nil {
		return c.Again(ui.Head{Title: v.title}, choosePasswordPage(v))
	}
	return c.Page(ui.Head{Title: v.title}, choosePasswordPage(v))
}

func (h *Handlers) doStaffReset(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	known, err := h.Access.Reset(c, c.Actor, access.StaffSite, c.Cookie(web.StaffLinkCookie), f.Raw("password"))
	if bad := fault.AsInvalid(err); bad != nil {
		return h.showStaffReset(c, bad)
	}
	if errors.Is(err, fault.ErrGone) {
		return h.showStaffReset(c, nil) // says so
	}
	if err != nil {
		return err
	}
	return passwordChosen(c, known)
}

// passwordChosen leads to the sign-in: whoever holds a mailbox is not yet
// whoever sits here.
func passwordChosen(c *web.Ctx, known string) error {
	c.DropCookie(web.StaffLinkCookie)
	if known != "" { // the first of two clicks
		c.SetCookie(web.StaffKnownCookie, known, access.KnownLife)
	}
	return c.Redirect(web.StaffSignIn + "?ok=passwort")
}

func (h *Handlers) staffInvitation(c *web.Ctx) error { return h.showStaffInvitation(c, nil) }

func (h *Handlers) showStaffInvitation(c *web.Ctx, bad *fault.Invalid) error {
	i, err := h.Access.LookAtInvitation(c, c.Actor, c.Cookie(web.StaffLinkCookie))
	if err != nil {
		return linkOver(c, err, linkOverView{text: c.T("accessweb.s.invitation.over"), label: c.T("accessweb.s.forgot.back"), url: web.StaffSignIn})
	}
	return showPassword(c, passwordView{title: c.T("accessweb.s.invitation.title"),
		lead:  c.T("accessweb.s.invitation.lead", "name", i.Name, "org", c.Org.Shell.OrgName),
		email: i.Email, until: moment(c, i.Until), action: staffInvitationPath, verb: c.T("accessweb.s.invitation.verb"), bad: bad})
}

func (h *Handlers) doStaffInvitation(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	known, err := h.Access.AcceptInvitation(c, c.Actor, c.Cookie(web.StaffLinkCookie), f.Raw("password"))
	if bad := fault.AsInvalid(err); bad != nil {
		return h.showStaffInvitation(c, bad)
	}
	if errors.Is(err, fault.ErrGone) {
		return h.showStaffInvitation(c, nil) // says so
	}
	if err != nil {
		return err
	}
	return passwordChosen(c, known)
}

// staffReauth asks for the password once more before a sensitive step.
func (h *Handlers) staffReauth(c *web.Ctx) error {
	return c.Page(ui.Head{Title: c.T("accessweb.s.reauth.title"), Narrow: true}, reauthPage(staffNext(c.Query("weiter")), nil))
}

func (h *Handlers) doStaffReauth(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	next := staffNext(f.Text("weiter"))
	in, err := h.Access.Reauthenticate(c, c.Actor, c.Session.ID, f.Raw("password"))
	if bad := fault.AsInvalid(err); bad != nil {
		return c.Again(ui.Head{Title: c.T("accessweb.s.reauth.title"), Narrow: true}, reauthPage(next, bad))
	}
	if err != nil {
		return err
	}
	h.staffEntered(c, in)
	return c.Redirect(next)
}

// withNext adds where to go on to a path.
func withNext(path, next string) string { return path + "?weiter=" + url.QueryEscape(next) }
