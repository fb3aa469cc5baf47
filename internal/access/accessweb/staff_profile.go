package accessweb

import (
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

// profileView is what a staff member sees of the own access.
type profileView struct {
	name, email, role string
	limits            string // "alle Liegenschaften", or how many
	since             string // when the password was set
	lang              string
	langs             []ui.Option
	sessions          []sessionView
	others            bool // there is a session beside this one
	done              string
	badPassword       *fault.Invalid
	badLang           *fault.Invalid
}

type sessionView struct {
	id, device, seen string
	current          bool
}

// profileDone translates what has just been done.
var profileDone = map[string]string{
	"passwort": "accessweb.s.profile.done.password", "sprache": "accessweb.s.profile.done.language",
	"beendet": "accessweb.s.profile.done.ended", "andere": "accessweb.s.profile.done.others",
}

func (h *Handlers) profile(c *web.Ctx) error {
	v, err := h.profileView(c)
	if err != nil {
		return err
	}
	if key := profileDone[c.Query("ok")]; key != "" {
		v.done = c.T(key)
	}
	return c.Page(ui.Head{Title: c.T("accessweb.s.profile.title"), Narrow: true}, profilePage(v))
}

func (h *Handlers) profileView(c *web.Ctx) (profileView, error) {
	info, err := h.Access.MyAccount(c, c.Actor)
	if err != nil {
		return profileView{}, err
	}
	v := profileView{name: c.Actor.Name(), email: info.Email, role: c.T("accessweb.s.role." + string(c.Actor.Role())), lang: info.Lang,
		since: c.Printer().Day(dayOf(c, info.PasswordAt)), limits: c.T("accessweb.s.profile.all")}
	if c.Actor.Limited() {
		v.limits = c.T("accessweb.s.profile.some", "count", len(c.Actor.Properties()))
	}
	if v.lang == "" {
		v.lang = c.Lang()
	}
	for _, l := range c.Org.Langs {
		v.langs = append(v.langs, ui.Option{Value: l, Label: c.T("i18n.language." + l)})
	}
	list, err := h.Access.Sessions(c, c.Actor, c.Session.ID)
	for _, s := range list {
		device := s.Device
		if device == "" {
			device = c.T("accessweb.s.profile.device")
		}
		v.sessions = append(v.sessions, sessionView{id: s.ID, device: device, seen: moment(c, s.SeenAt), current: s.Current})
		v.others = v.others || !s.Current
	}
	return v, err
}

func (h *Handlers) changeStaffPassword(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	in, err := h.Access.ChangePassword(c, c.Actor, c.Session.ID, f.Raw("current"), f.Raw("password"))
	if bad := fault.AsInvalid(err); bad != nil {
		return h.profileAgain(c, func(v *profileView) { v.badPassword = bad })
	}
	if err != nil {
		return err
	}
	h.staffEntered(c, in)
	return c.Redirect(profilePath + "?ok=passwort")
}

func (h *Handlers) profileAgain(c *web.Ctx, set func(v *profileView)) error {
	v, err := h.profileView(c)
	if err != nil {
		return err
	}
	set(&v)
	return c.Again(ui.Head{Title: c.T("accessweb.s.profile.title"), Narrow: true}, profilePage(v))
}

func (h *Handlers) setStaffLanguage(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	err = h.Access.SetLanguage(c, c.Actor, f.Text("language"))
	if bad := fault.AsInvalid(err); bad != nil {
		return h.profileAgain(c, func(v *profileView) { v.badLang = bad })
	}
	if err != nil {
		return err
	}
	return c.Redirect(profilePath + "?ok=sprache")
}

func (h *Handlers) endStaffSession(c *web.Ctx) error {
	id := c.Path("id")
	if err := h.Access.EndSession(c, c.Actor, id); err != nil {
		return err
	}
	if id == c.Session.ID {
		c.SignOut()
		return c.Redirect(web.StaffSignIn + "?ok=abgemeldet")
	}
	return c.Redirect(profilePath + "?ok=beendet")
}

func (h *Handlers) endOtherStaffSessions(c *web.Ctx) error {
	if err := h.Access.EndOtherSessions(c, c.Actor, c.Session.ID); err != nil {
		return err
	}
	return c.Redirect(profilePath + "?ok=andere")
}

// profileRoutes are the pages of the own access.
func (h *Handlers) profileRoutes() []web.Route {
	self := func(pattern string, handle web.Handler) web.Route {
		return web.Route{Pattern: pattern, Right: actor.StaffSelf, Handle: handle}
	}
	return []web.Route{
		self("GET "+profilePath, h.profile),
		self("POST "+profilePath+"/passwort", h.changeStaffPassword).On(profilePath),
		self("POST "+profilePath+"/sprache", h.setStaffLanguage).On(profilePath),
		self("POST "+profilePath+"/sitzungen/andere-beenden", h.endOtherStaffSessions).On(profilePath),
		self("POST "+profilePath+"/sitzungen/{id}/beenden", h.endStaffSession).On(profilePath),
	}
}
