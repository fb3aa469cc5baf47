package app

import (
	"foyer/internal/access/accessweb"
	"foyer/internal/notifications/notificationsweb"
	"foyer/internal/platform/ui"
)

// places brings what the capabilities show on each other's pages together: the
// navigations of both sides, the home page, Heute, the pages of a property and
// of a person. The order here is the order on the page.
func (a *App) places(d accessweb.Deps) accessweb.Deps {
	d.SettingsPlaces = append(d.SettingsPlaces,
		accessweb.Place{Label: "notificationsweb.preferences.title", Path: notificationsweb.PreferencesPath, Icon: ui.IconBell})
	return d
}
