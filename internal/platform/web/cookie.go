package web

import (
	"net/http"
	"time"
)

// Cookies of ours, all HttpOnly, SameSite=Lax, path "/". On https they carry
// the prefix __Host-, which browsers tie to this very host; on plain http,
// which is served on loopback only, they drop prefix and Secure.
const (
	residentCookie = "foyer"
	staffCookie    = "foyer-staff"
	langCookie     = "foyer-lang"
)

// Cookies that pages set. A Known cookie lets a browser that has signed in
// before try again however many strangers guess; it opens nothing. A Link
// cookie carries the secret of an opened link from its address to a clean one.
// The Registration cookie ties a registration to the browser that began it.
const (
	KnownCookie        = "foyer-known"
	StaffKnownCookie   = "foyer-staff-known"
	LinkCookie         = "foyer-link"
	StaffLinkCookie    = "foyer-staff-link"
	RegistrationCookie = "foyer-registration"
)

// CookieNames lists every cookie that the product can set, for the page on
// privacy and the test that compares it with real browsers.
var CookieNames = []string{residentCookie, staffCookie, langCookie, KnownCookie, StaffKnownCookie, LinkCookie, StaffLinkCookie, RegistrationCookie}

func (d *Door) cookieName(name string) string {
	if d.cfg.Secure {
		return "__Host-" + name
	}
	return name
}

// SetCookie sets one of the listed cookies. A zero lifetime ends with the
// browser.
func (c *Ctx) SetCookie(name, value string, life time.Duration) {
	http.SetCookie(c.W, &http.Cookie{Name: c.door.cookieName(name), Value: value, Path: "/", MaxAge: int(life.Seconds()),
		HttpOnly: true, Secure: c.door.cfg.Secure, SameSite: http.SameSiteLaxMode})
}

// DropCookie removes a cookie.
func (c *Ctx) DropCookie(name string) {
	http.SetCookie(c.W, &http.Cookie{Name: c.door.cookieName(name), Path: "/", MaxAge: -1,
		HttpOnly: true, Secure: c.door.cfg.Secure, SameSite: http.SameSiteLaxMode})
}

// Cookie returns a cookie's value, "" when it is missing.
func (c *Ctx) Cookie(name string) string {
	ck, err := c.R.Cookie(c.door.cookieName(name))
	if err != nil {
		return ""
	}
	return ck.Value
}

// ChooseLang keeps the visitor's language in the browser, for pages without a
// sign-in.
func (c *Ctx) ChooseLang(lang string) { c.SetCookie(langCookie, lang, 365*24*time.Hour) }

// SignIn gives the browser its session token for the route's site. A zero
// lifetime ends with the browser.
func (c *Ctx) SignIn(token string, life time.Duration) { c.SetCookie(c.sessionCookie(), token, life) }

// SignOut takes the session token away and asks the browser to forget what it
// kept of our pages.
func (c *Ctx) SignOut() {
	c.DropCookie(c.sessionCookie())
	c.W.Header().Set("Clear-Site-Data", `"cache", "storage"`)
}

// SessionToken returns the token of the route's site, "" for none.
func (c *Ctx) SessionToken() string { return c.Cookie(c.sessionCookie()) }

func (c *Ctx) sessionCookie() string {
	if c.route.Site() == StaffSite {
		return staffCookie
	}
	return residentCookie
}
