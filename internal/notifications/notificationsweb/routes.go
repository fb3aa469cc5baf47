package notificationsweb

import (
	"foyer/internal/notifications"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

// Deps is what the pages need. Every field is required.
type Deps struct {
	Notifications *notifications.Service
	// SettingsNav is the navigation between the pages of the settings.
	SettingsNav func(c *web.Ctx) []ui.NavItem
	// PropertyNames names properties that the visitor may see.
	PropertyNames func(c *web.Ctx, ids []string) (map[string]string, error)
}

// Handlers are the pages.
type Handlers struct{ Deps }

// New returns the pages.
func New(d Deps) *Handlers { return &Handlers{d} }

// PreferencesPath is where residents choose how they are told.
const PreferencesPath = "/einstellungen/benachrichtigungen"

// Routes returns the table of the pages.
func (h *Handlers) Routes() []web.Route {
	token := notifications.UnsubscribePath + "{token}"
	device := PreferencesPath + "/geraete/{id}/entfernen"
	return append(h.outboxRoutes(), []web.Route{
		{Pattern: "GET " + PreferencesPath, Right: actor.Self, Handle: h.preferences},
		{Pattern: "POST " + PreferencesPath, Right: actor.Self, Handle: h.choose},
		{Pattern: "POST " + device, Right: actor.Self, Handle: h.removeDevice, Page: PreferencesPath},
		{Pattern: "GET " + token, Right: actor.Everyone, Handle: h.unsubscribe},
		{Pattern: "POST " + token, Right: actor.Everyone, Handle: h.doUnsubscribe},
	}...)
}
