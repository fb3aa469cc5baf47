package notificationsweb

import (
	"time"

	"foyer/internal/notifications"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

// preferencesView is the page "Benachrichtigungen".
type preferencesView struct {
	nav     []ui.NavItem
	done    string // catalogue key, "" for nothing
	p       notifications.Preferences
	devices []deviceView
}

type deviceView struct{ id, name, seen string }

func preferencesHead(c *web.Ctx) ui.Head {
	return ui.Head{Title: c.T("notificationsweb.preferences.title")}
}

func (h *Handlers) preferences(c *web.Ctx) error {
	p, err := h.Notifications.Preferences(c, c.Actor)
	if err != nil {
		return err
	}
	v := preferencesView{nav: h.SettingsNav(c), p: p}
	switch what := c.Query("ok"); what {
	case "gespeichert", "geraet":
		v.done = "notificationsweb.preferences.done." + what
	}
	for _, d := range p.Devices {
		x := deviceView{id: d.ID, name: d.Name, seen: c.Printer().Day(d.Since.In(c.Org.Zone).Format(time.DateOnly))}
		if x.name == "" {
			x.name = c.T("notificationsweb.push.unknown")
		}
		v.devices = append(v.devices, x)
	}
	return c.Page(preferencesHead(c), preferencesPage(v))
}

// box is the field of a topic and channel.
func box(t notifications.Topic, channel notifications.Channel) string {
	return string(t) + "_" + string(channel)
}

func (h *Handlers) choose(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	choice := map[notifications.Topic]notifications.Choice{}
	for _, t := range notifications.Topics {
		choice[t] = notifications.Choice{Post: f.On(box(t, notifications.ByLetter)), Email: f.On(box(t, notifications.ByEmail)), Push: f.On(box(t, notifications.ByPush))}
	}
	if err := h.Notifications.Choose(c, c.Actor, choice); err != nil {
		return err
	}
	return c.Redirect(PreferencesPath + "?ok=gespeichert")
}

func (h *Handlers) removeDevice(c *web.Ctx) error {
	if err := h.Notifications.RemoveDevice(c, c.Actor, c.Path("id")); err != nil {
		return err
	}
	return c.Redirect(PreferencesPath + "?ok=geraet")
}

// unsubscribe asks: reading a link must not change anything, and mail programs
// open links by themselves.
func (h *Handlers) unsubscribe(c *web.Ctx) error {
	t, err := h.Notifications.Unsubscribes(c.Actor, c.Path("token"))
	if err != nil {
		return err
	}
	return c.Page(ui.Head{Title: c.T("notificationsweb.unsubscribe.title"), Narrow: true}, unsubscribePage(c.R.URL.Path, t, false))
}

// doUnsubscribe answers the button of the page, and mail programs that send
// List-Unsubscribe=One-Click (RFC 8058).
func (h *Handlers) doUnsubscribe(c *web.Ctx) error {
	t, err := h.Notifications.Unsubscribe(c, c.Actor, c.Path("token"))
	if err != nil {
		return err
	}
	return c.Page(ui.Head{Title: c.T("notificationsweb.unsubscribe.done"), Narrow: true}, unsubscribePage("", t, true))
}
