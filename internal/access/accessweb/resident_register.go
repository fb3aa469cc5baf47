package accessweb

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"foyer/internal/access"
	"foyer/internal/platform/email"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

// Addresses of a registration, in the order of its steps.
const (
	RegisterPath     = "/registrieren"
	confirmPath      = RegisterPath + "/bestaetigen"
	sendAgainPath    = confirmPath + "/neu"
	confirmLinkPath  = confirmPath + "/link"
	continuePath     = confirmPath + "/weiter"
	whomPath         = RegisterPath + "/sind-sie-das"
	notMePath        = RegisterPath + "/das-bin-ich-nicht"
	codeExpiredPath  = RegisterPath + "/code-abgelaufen"
	otherCodePath    = RegisterPath + "/anderer-code"
	otherAddressPath = RegisterPath + "?adresse=neu" // from the step that waits for the mail
	registrationLife = 24 * time.Hour                // of the cookie; the service ends a registration earlier
)

// registerView is the first page of a registration.
type registerView struct {
	shell      ui.Shell
	link       string // the token of a QR code or link that is good, "" for a typed code
	dead       bool   // a link was opened that is not good
	code       string
	email      string
	suggestion string
	wait       string
	expired    bool // the code was good once
	bad        *fault.Invalid
}

func registerHead(c *web.Ctx) ui.Head {
	return ui.Head{Title: c.T("accessweb.r.register.title")}
}

// openCode takes the secret of a letter's QR code or of an e-mail's link out
// of the address. It looks nothing up and changes nothing.
func (h *Handlers) openCode(c *web.Ctx) error {
	keepLink(c, linkCode, c.Path("token"))
	return c.Redirect(RegisterPath)
}

// register shows the form. A link that is good fills the code in; one that has
// run out leads to a new one.
func (h *Handlers) register(c *web.Ctx) error {
	if c.SignedIn() {
		return c.Redirect(moreCodePath)
	}
	v := registerView{shell: c.Shell(), suggestion: access.SuggestPassphrase(c.Lang())}
	if c.Query("adresse") == "neu" {
		if err := h.begun(c, &v); err != nil {
			return err
		}
	}
	link := openedLink(c, linkCode)
	if link == "" {
		return c.Page(registerHead(c), registerPage(v))
	}
	err := h.Access.LookAtLink(c, c.Actor, access.Entered{Link: link, Visit: visit(c)})
	switch bad := fault.AsInvalid(err); {
	case hasKey(bad, "access.code.expired"):
		return c.Redirect(codeExpiredPath)
	case bad != nil:
		v.dead = true
	case err != nil:
		return err
	default:
		v.link = link
	}
	return c.Page(registerHead(c), registerPage(v))
}

// begun fills in what this browser has typed a moment ago, for whoever wants
// another address: never the password.
func (h *Handlers) begun(c *web.Ctx, v *registerView) error {
	r, err := h.registration(c)
	if errors.Is(err, fault.ErrGone) {
		return nil
	}
	if err != nil || r.Confirmed {
		return err
	}
	v.email = r.Email
	if code := openedLink(c, linkTyped); code != "" {
		v.code = seal.FormatCode(code)
	}
	return nil
}

// otherCode forgets the link that this browser has opened, so that a code can
// be typed: two people may share a telephone.
func (h *Handlers) otherCode(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	c.DropCookie(web.LinkCookie)
	if f.Text("von") == "abgelaufen" {
		return c.Redirect(codeExpiredPath)
	}
	return c.Redirect(RegisterPath)
}

// forgetLink is what a form keeps of a link after an answer: one that we do not
// know is dropped, so that a code can be typed instead.
func forgetLink(c *web.Ctx, link string, bad *fault.Invalid) string {
	if link == "" || !hasKey(bad, "access.code.unknown") {
		return link
	}
	c.DropCookie(web.LinkCookie)
	return ""
}

func hasKey(bad *fault.Invalid, key string) bool {
	if bad == nil {
		return false
	}
	for _, f := range bad.Fields {
		if f.Key == key {
			return true
		}
	}
	return false
}

func (h *Handlers) doRegister(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	v := registerView{shell: c.Shell(), link: f.Text("link"), code: f.Text("code"), email: f.Text("email"), suggestion: access.SuggestPassphrase(c.Lang())}
	in := access.Start{Entered: access.Entered{Code: v.code, Link: v.link, Visit: visit(c)}, Email: v.email, Password: f.Raw("password"), Lang: c.Lang()}
	if v.link == "" {
		v.bad = codeForm("code", v.code)
	}
	if v.bad != nil {
		otherBlanks(v.bad, c.Org.Shell.OrgName, v.email, f.Raw("password"))
		return c.Again(registerHead(c), registerPage(v))
	}
	browser, err := h.Access.StartRegistration(c, c.Actor, in)
	if v.bad = fault.AsInvalid(err); v.bad != nil {
		v.expired, v.link = hasKey(v.bad, "access.code.expired"), forgetLink(c, v.link, v.bad)
		return c.Again(registerHead(c), registerPage(v))
	}
	if v.wait = tooMany(c, err); v.wait != "" {
		return c.PageStatus(http.StatusTooManyRequests, registerHead(c), registerPage(v))
	}
	if err != nil {
		return err
	}
	if v.link == "" {
		keepTyped(c, v.code) // for another address, see begun
	}
	c.SetCookie(web.RegistrationCookie, browser, registrationLife)
	return c.Redirect(confirmPath)
}

// otherBlanks adds what is wrong with the other fields when the code's form is
// wrong already, so that one sees everything at once.
func otherBlanks(bad *fault.Invalid, org, address, password string) {
	address, err := email.Canonical(address)
	if err != nil {
		bad.Add("email", email.Key(err))
	}
	if wrong := fault.AsInvalid(access.CheckPassword("password", password, org, address)); wrong != nil {
		bad.Fields = append(bad.Fields, wrong.Fields...)
	}
}

// tooMany says when to try again, "" when err is nothing of that kind.
func tooMany(c *web.Ctx, err error) string {
	var many *fault.TooMany
	if !errors.As(err, &many) {
		return ""
	}
	c.W.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(many.After.Seconds()))))
	return c.Wait(many.After)
}

// codeForm says what is wrong with the form of a typed code: the number of
// characters, one that no code has, the check character. It knows no codes, so
// it tells nothing about them.
func codeForm(field, typed string) *fault.Invalid {
	if _, ok := seal.ParseCode(typed); ok {
		return nil
	}
	var bad fault.Invalid
	n, odd := 0, false
	for _, r := range strings.ToUpper(typed) {
		if strings.ContainsRune(" -.\u00a0\u2010\u2011\u2013\t", r) {
			continue
		}
		n++
		odd = odd || r > 127 || !strings.ContainsRune(seal.Alphabet, r)
	}
	switch {
	case n == 0:
		bad.Add(field, "access.code.missing")
	case odd:
		bad.Add(field, "accessweb.r.code.letters")
	case n != seal.CodeLen:
		bad.Add(field, "accessweb.r.code.length", "count", n, "want", seal.CodeLen)
	default:
		bad.Add(field, "accessweb.r.code.typo")
	}
	return &bad
}

// expiredView asks for the code that has run out (W8).
type expiredView struct {
	shell ui.Shell
	link  string
	code  string
	good  bool   // the code can still be used
	done  string // "brief", "email" or "unterwegs"
	wait  string
	bad   *fault.Invalid
}

func expiredHead(c *web.Ctx) ui.Head {
	return ui.Head{Title: c.T("accessweb.r.expired.title")}
}

func (h *Handlers) codeExpired(c *web.Ctx) error {
	v := expiredView{shell: c.Shell()}
	if link := openedLink(c, linkCode); link != "" {
		err := h.Access.LookAtLink(c, c.Actor, access.Entered{Link: link, Visit: visit(c)})
		bad := fault.AsInvalid(err)
		if v.wait = tooMany(c, err); bad == nil && v.wait == "" && err != nil {
			return err
		}
		if hasKey(bad, "access.code.expired") {
			v.link = link // any other cannot be replaced: the code is typed
		}
	}
	switch what := c.Query("ok"); what {
	case "brief", "email", "unterwegs":
		v.done = what
	}
	return c.Page(expiredHead(c), expiredPage(v))
}

func (h *Handlers) doCodeExpired(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	v := expiredView{shell: c.Shell(), link: f.Text("link"), code: f.Text("code")}
	if v.link == "" {
		if v.bad = codeForm("code", v.code); v.bad != nil {
			return c.Again(expiredHead(c), expiredPage(v))
		}
	}
	r, err := h.Access.MyCodeExpired(c, c.Actor, access.Entered{Code: v.code, Link: v.link, Visit: visit(c)})
	if v.bad = fault.AsInvalid(err); v.bad != nil {
		forgetLink(c, v.link, v.bad)
		v.link, v.good = "", hasKey(v.bad, "access.code.still_good")
		return c.Again(expiredHead(c), expiredPage(v))
	}
	if v.wait = tooMany(c, err); v.wait != "" {
		return c.PageStatus(http.StatusTooManyRequests, expiredHead(c), expiredPage(v))
	}
	if err != nil {
		return err
	}
	c.DropCookie(web.LinkCookie)
	what := "brief"
	switch {
	case r.Already:
		what = "unterwegs"
	case r.Channel == access.ByEmail:
		what = "email"
	}
	return c.Redirect(codeExpiredPath + "?ok=" + what)
}
