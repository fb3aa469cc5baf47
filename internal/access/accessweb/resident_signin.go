package accessweb

import (
	"errors"
	"net/http"

	"foyer/internal/access"
	"foyer/internal/orgs"
	"foyer/internal/platform/email"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

// signInView is the residents' sign-in page.
type signInView struct {
	shell    ui.Shell
	done     string // what has just happened, "" for nothing
	email    string
	remember bool
	next     string // where to go afterwards
	wait     string // when to try again, "in 30 Sekunden"
	bad      *fault.Invalid
}

func (h *Handlers) signIn(c *web.Ctx) error {
	next := web.LocalPath(c.Query("weiter"), "/")
	if c.SignedIn() {
		return c.Redirect(next)
	}
	v := signInView{shell: c.Shell(), next: next}
	switch what := c.Query("ok"); what {
	case "abgemeldet", "passwort", "nicht-ich":
		v.done = "accessweb.r.signin.done." + what
	}
	return c.Page(signInHead(c), signInPage(v))
}

func signInHead(c *web.Ctx) ui.Head {
	return ui.Head{Title: c.T("accessweb.r.signin.title"), Calls: true}
}

func (h *Handlers) doSignIn(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	v := signInView{shell: c.Shell(), email: f.Text("email"), remember: f.On("remember"), next: web.LocalPath(f.Text("weiter"), "/")}
	if v.bad = signInBlanks(v.email, f.Raw("password")); v.bad != nil {
		return c.Again(signInHead(c), signInPage(v))
	}
	in, err := h.Access.SignIn(c, c.Actor, access.ResidentSite, access.SignIn{Email: v.email, Password: f.Raw("password"), Remember: v.remember, Visit: visit(c)})
	if v.wait = tooMany(c, err); v.wait != "" {
		return c.PageStatus(http.StatusTooManyRequests, signInHead(c), signInPage(v))
	}
	if v.bad = fault.AsInvalid(err); v.bad != nil {
		return c.Again(signInHead(c), signInPage(v))
	}
	if err != nil {
		return err
	}
	entered(c, in)
	if v.next == homePath {
		v.next = h.arrival(c)
	}
	return c.Redirect(v.next)
}

// arrival is where residents arrive who have not asked for a page (X12).
func (h *Handlers) arrival(c *web.Ctx) string {
	if o, ok := c.Org.Value.(orgs.Org); ok && o.Settings.Landing == orgs.LandMessages && h.MessagesPath != "" {
		return h.MessagesPath
	}
	return homePath
}

// signInBlanks says what is missing or cannot be an address (A8). It looks at
// the form alone, so it tells nothing about accounts.
func signInBlanks(address, password string) *fault.Invalid {
	var bad fault.Invalid
	if _, err := email.Canonical(address); err != nil {
		bad.Add("email", email.Key(err))
	}
	if password == "" {
		bad.Add("password", "accessweb.r.signin.password_empty")
	}
	if len(bad.Fields) == 0 {
		return nil
	}
	return &bad
}

// visit is what a request tells of its browser.
func visit(c *web.Ctx) access.Visit {
	return access.Visit{IP: c.IP, UserAgent: c.R.UserAgent(), Previous: c.SessionToken(), Known: c.Cookie(web.KnownCookie)}
}

// entered gives the browser what a sign-in brings.
func entered(c *web.Ctx, in access.SignedIn) {
	c.SignIn(in.Token, in.Life)
	known(c, in.Known)
}

// known gives the browser the cookie of a device that has signed in.
func known(c *web.Ctx, value string) {
	if value != "" {
		c.SetCookie(web.KnownCookie, value, access.KnownLife)
	}
}

// signOut ends the session of this browser. Who has none sees the same page.
func (h *Handlers) signOut(c *web.Ctx) error {
	if c.SignedIn() {
		if err := h.Access.EndSession(c, c.Actor, c.Session.ID); err != nil && !errors.Is(err, fault.ErrNotFound) {
			return err
		}
	}
	c.SignOut()
	return c.Redirect(signInPath + "?ok=abgemeldet")
}

// residentReauthView asks for the password again.
type residentReauthView struct {
	next string
	bad  *fault.Invalid
}

func residentReauthHead(c *web.Ctx) ui.Head {
	return ui.Head{Title: c.T("accessweb.r.reauth.title"), Narrow: true}
}

func (h *Handlers) reauth(c *web.Ctx) error {
	return c.Page(residentReauthHead(c), residentReauthPage(residentReauthView{next: web.LocalPath(c.Query("weiter"), "/")}))
}

func (h *Handlers) doReauth(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	v := residentReauthView{next: web.LocalPath(f.Text("weiter"), "/")}
	in, err := h.Access.Reauthenticate(c, c.Actor, c.Session.ID, f.Raw("password"))
	if v.bad = fault.AsInvalid(err); v.bad != nil {
		return c.Again(residentReauthHead(c), residentReauthPage(v))
	}
	if err != nil {
		return err
	}
	entered(c, in)
	return c.Redirect(v.next)
}
