package accessweb

import (
	"context"
	"strings"

	"foyer/internal/platform/i18n"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

// helpView is what the public pages say of the organisation.
type helpView struct {
	shell    ui.Shell
	host     string // "portal.lindhof.example", as people type it
	signedIn bool
}

func (h *Handlers) helpView(c *web.Ctx) helpView {
	_, host, _ := strings.Cut(c.Org.Origin, "://")
	return helpView{shell: c.Shell(), host: host, signedIn: c.SignedIn()}
}

// help is the page that letters and mails name (K18).
func (h *Handlers) help(c *web.Ctx) error {
	return c.Page(ui.Head{Title: c.T("accessweb.r.help.title"), Narrow: true, Calls: true}, helpPage(h.helpView(c)))
}

func (h *Handlers) privacy(c *web.Ctx) error {
	return c.Page(ui.Head{Title: c.T("accessweb.r.privacy.title"), Narrow: true}, privacyPage(h.helpView(c)))
}

func (h *Handlers) accessibility(c *web.Ctx) error {
	return c.Page(ui.Head{Title: c.T("accessweb.r.a11y.title"), Narrow: true}, accessibilityPage(h.helpView(c)))
}

// helpSteps are the steps of a registration, in order.
var helpSteps = []string{"letter", "open", "form", "mail", "you"}

// helpCases are the questions that people have, in the order in which they
// come up.
var helpCases = []string{"code", "expired", "mail", "forgot", "address", "mailbox", "several", "leases", "paper", "real"}

// cookieRow is a cookie on the page about privacy.
type cookieRow struct{ name, what, life string }

// cookieRows are the cookies of the residents' side; those of staff are the
// same with another name.
var cookieRows = []cookieRow{
	{"foyer", "accessweb.r.privacy.cookie.session", "accessweb.r.privacy.life.session"},
	{web.KnownCookie, "accessweb.r.privacy.cookie.known", "accessweb.r.privacy.life.known"},
	{web.LinkCookie, "accessweb.r.privacy.cookie.link", "accessweb.r.privacy.life.hour"},
	{web.RegistrationCookie, "accessweb.r.privacy.cookie.registration", "accessweb.r.privacy.life.day"},
	{"foyer-lang", "accessweb.r.privacy.cookie.lang", "accessweb.r.privacy.life.year"},
}

// cookieTable are the rows of the table of cookies.
func cookieTable(ctx context.Context) []ui.Row {
	var rows []ui.Row
	for _, c := range cookieRows {
		rows = append(rows, ui.Row{ui.Text(c.name), ui.Text(i18n.T(ctx, c.what)), ui.Text(i18n.T(ctx, c.life))})
	}
	return rows
}
