package accessweb

import (
	"slices"
	"time"

	"foyer/internal/access"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

// Addresses of the settings.
const (
	SettingsPath    = "/einstellungen/zugang"
	languagePath    = "/einstellungen/sprache"
	passwordPath    = SettingsPath + "/passwort"
	devicesPath     = SettingsPath + "/geraete"
	moreCodePath    = SettingsPath + "/code"
	moreWhomPath    = moreCodePath + "/sind-sie-das"
	moreNotMePath   = moreCodePath + "/das-bin-ich-nicht"
	endOthersPath   = devicesPath + "/alle-anderen"
	endSessionRoute = devicesPath + "/{id}"
)

// settingsView is the page "Mein Zugang".
type settingsView struct {
	nav       []ui.NavItem
	shell     ui.Shell
	done      string // catalogue key of what has been done, "" for nothing
	email     string
	changed   string // day on which the password was last set
	devices   []deviceView
	languages []ui.Option // none when there is only one
	lang      string
	bad       *fault.Invalid // of the choice of a language
}

// deviceView is one place where the visitor is signed in.
type deviceView struct {
	id, name, seen string
	phone          bool
	current        bool
}

// SettingsNav is the navigation between the pages of the settings.
func (h *Handlers) SettingsNav(c *web.Ctx) []ui.NavItem {
	var list []ui.NavItem
	for _, p := range h.SettingsPlaces {
		list = append(list, ui.NavItem{Label: c.T(p.Label), URL: p.Path, Icon: p.Icon, Current: stands(c.R.URL.Path, p.Path)})
	}
	return append(list, ui.NavItem{Label: c.T("accessweb.r.settings.access"), URL: SettingsPath, Icon: ui.IconLock, Current: stands(c.R.URL.Path, SettingsPath) || c.R.URL.Path == languagePath})
}

func settingsHead(c *web.Ctx) ui.Head {
	return ui.Head{Title: c.T("accessweb.r.settings.access")}
}

func (h *Handlers) settings(c *web.Ctx) error {
	v, err := h.settingsView(c)
	if err != nil {
		return err
	}
	switch what := c.Query("ok"); what {
	case "passwort", "sprache", "geraet", "geraete", "nicht-ich":
		v.done = "accessweb.r.settings.done." + what
	}
	return c.Page(settingsHead(c), settingsPage(v))
}

func (h *Handlers) settingsView(c *web.Ctx) (settingsView, error) {
	me, err := h.Access.MyAccount(c, c.Actor)
	if err != nil {
		return settingsView{}, err
	}
	list, err := h.Access.Sessions(c, c.Actor, c.Session.ID)
	if err != nil {
		return settingsView{}, err
	}
	v := settingsView{nav: h.SettingsNav(c), shell: c.Shell(), email: me.Email, changed: me.PasswordAt.In(c.Org.Zone).Format(time.DateOnly), lang: c.Lang()}
	for _, n := range list {
		v.devices = append(v.devices, deviceOf(c, n))
	}
	slices.SortStableFunc(v.devices, func(a, b deviceView) int { // this one first
		switch {
		case a.current == b.current:
			return 0
		case a.current:
			return -1
		}
		return 1
	})
	if len(c.Org.Langs) > 1 {
		for _, l := range c.Org.Langs {
			v.languages = append(v.languages, ui.Option{Value: l, Label: c.T("i18n.language." + l)})
		}
	}
	return v, nil
}

func deviceOf(c *web.Ctx, n access.Session) deviceView {
	d := deviceView{id: n.ID, name: n.Device, current: n.Current, seen: c.Printer().Moment(n.SeenAt.In(c.Org.Zone))}
	if d.name == "" {
		d.name = c.T("accessweb.r.settings.device_unknown")
	}
	for _, mobile := range []string{"iPhone", "iPad", "Android"} {
		d.phone = d.phone || n.Device != "" && len(n.Device) >= len(mobile) && n.Device[len(n.Device)-len(mobile):] == mobile
	}
	return d
}

// setLanguage notes the language in which the account reads pages and mails.
func (h *Handlers) setLanguage(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	lang := f.Text("language")
	if !slices.Contains(c.Org.Langs, lang) {
		return h.settingsAgain(c, &fault.Invalid{Fields: []fault.Field{{Name: "language", Key: "access.account.language_unknown"}}})
	}
	err = h.Access.SetLanguage(c, c.Actor, lang)
	if bad := fault.AsInvalid(err); bad != nil {
		return h.settingsAgain(c, bad)
	}
	if err != nil {
		return err
	}
	c.ChooseLang(lang) // so that the sign-in page speaks it too
	return c.Redirect(SettingsPath + "?ok=sprache")
}

func (h *Handlers) settingsAgain(c *web.Ctx, bad *fault.Invalid) error {
	v, err := h.settingsView(c)
	if err != nil {
		return err
	}
	v.bad = bad
	return c.Again(settingsHead(c), settingsPage(v))
}

// changePasswordView changes the password.
type changePasswordView struct {
	email      string
	suggestion string
	bad        *fault.Invalid
}

func changePasswordHead(c *web.Ctx) ui.Head {
	return ui.Head{Title: c.T("accessweb.r.settings.password_change"), Narrow: true}
}

func (h *Handlers) changePasswordView(c *web.Ctx, bad *fault.Invalid) (changePasswordView, error) {
	me, err := h.Access.MyAccount(c, c.Actor)
	return changePasswordView{email: me.Email, suggestion: access.SuggestPassphrase(c.Lang()), bad: bad}, err
}

func (h *Handlers) password(c *web.Ctx) error {
	v, err := h.changePasswordView(c, nil)
	if err != nil {
		return err
	}
	return c.Page(changePasswordHead(c), changePasswordPage(v))
}

func (h *Handlers) changePassword(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	in, err := h.Access.ChangePassword(c, c.Actor, c.Session.ID, f.Raw("current"), f.Raw("password"))
	if bad := fault.AsInvalid(err); bad != nil {
		v, err := h.changePasswordView(c, bad)
		if err != nil {
			return err
		}
		return c.Again(changePasswordHead(c), changePasswordPage(v))
	}
	if err != nil {
		return err
	}
	entered(c, in)
	return c.Redirect(SettingsPath + "?ok=passwort")
}

// endDevice is the question before one sign-in ends.
func (h *Handlers) endDevice(c *web.Ctx) error {
	list, err := h.Access.Sessions(c, c.Actor, c.Session.ID)
	if err != nil {
		return err
	}
	for _, n := range list {
		if n.ID == c.Path("id") && !n.Current {
			return c.Page(ui.Head{Title: c.T("accessweb.r.settings.end_title"), Narrow: true}, endDevicePage(deviceOf(c, n)))
		}
	}
	return fault.NotFound("session")
}

func (h *Handlers) doEndDevice(c *web.Ctx) error {
	if c.Path("id") == c.Session.ID {
		return h.signOut(c)
	}
	if err := h.Access.EndSession(c, c.Actor, c.Path("id")); err != nil {
		return err
	}
	return c.Redirect(SettingsPath + "?ok=geraet")
}

func (h *Handlers) endOthers(c *web.Ctx) error {
	return c.Page(ui.Head{Title: c.T("accessweb.r.settings.end_others"), Narrow: true}, endOthersPage())
}

func (h *Handlers) doEndOthers(c *web.Ctx) error {
	if err := h.Access.EndOtherSessions(c, c.Actor, c.Session.ID); err != nil {
		return err
	}
	return c.Redirect(SettingsPath + "?ok=geraete")
}
