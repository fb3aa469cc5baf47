package accessweb

import (
	"slices"
	"strings"
	"time"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

// Addresses of the staff's places.
const (
	propertiesPath = web.StaffPrefix + "/liegenschaften"
	uviPath        = web.StaffPrefix + "/uvi"
	personsPath    = web.StaffPrefix + "/personen"
	lettersPath    = web.StaffPrefix + "/schreiben"
	profilePath    = web.StaffPrefix + "/profil"
	// Places of other packages that the navigation leads to.
	importPath = web.StaffPrefix + "/import"
	orgPath    = web.StaffPrefix + "/organisation"
	// orgPortalPath is where the portal of the organisation is switched.
	orgPortalPath = orgPath + "#portal"
)

// staffPlaces are the groups of the side navigation by rhythm: daily work, the
// stock, what is rare. Only what exists stands here.
func (h *Handlers) staffPlaces() [][]Place {
	return [][]Place{
		slices.Concat([]Place{{Label: "accessweb.s.nav.today", Path: web.StaffPrefix, Icon: ui.IconSun, Right: actor.StaffSelf}}, h.StaffPlaces.Daily),
		slices.Concat([]Place{{Label: "accessweb.s.nav.properties", Path: propertiesPath, Icon: ui.IconBuilding2, Right: actor.ReadPortfolio},
			{Label: "accessweb.s.nav.uvi", Path: uviPath, Icon: ui.IconGauge, Right: actor.ReadPortfolio}}, h.StaffPlaces.Stock),
		slices.Concat(h.StaffPlaces.Rare, []Place{{Label: "accessweb.s.nav.import", Path: importPath, Icon: ui.IconFileInput, Right: actor.EditPortfolio},
			{Label: "accessweb.s.nav.org", Path: orgPath, Icon: ui.IconSettings, Right: actor.ManageOrg}}),
	}
}

// StaffShell frames the pages of a signed-in staff member: the places that the
// rights allow, what waits on Heute, the own menu.
func (h *Handlers) StaffShell(c *web.Ctx) (ui.StaffShell, error) {
	waiting, err := h.waiting(c)
	if err != nil {
		return ui.StaffShell{}, err
	}
	s := ui.StaffShell{Shell: c.Shell(), UserName: c.Actor.Name(), Initials: initials(c.Actor.Name()), SignOutURL: staffSignOutPath,
		UserMenu: []ui.MenuItem{{Label: c.T("accessweb.s.nav.profile"), Icon: ui.IconUserRound, URL: profilePath}}}
	for _, group := range h.staffPlaces() {
		var items []ui.NavItem
		for _, p := range group {
			if !c.Actor.Has(p.Right) {
				continue
			}
			item, err := navItem(c, p)
			if err != nil {
				return ui.StaffShell{}, err
			}
			if p.Path == web.StaffPrefix {
				item.Count = waiting
			}
			items = append(items, item)
		}
		s.Groups = append(s.Groups, items)
	}
	return s, nil
}

// stands tells whether a page belongs to a place.
func stands(path, place string) bool {
	switch {
	case place == web.StaffPrefix:
		return path == place || strings.HasPrefix(path, lettersPath)
	case place == propertiesPath && strings.HasPrefix(path, personsPath+"/"):
		return true // persons are reached through their property
	}
	return path == place || strings.HasPrefix(path, place+"/")
}

// initials are up to two letters of a name.
func initials(name string) string {
	words := strings.Fields(name)
	out := ""
	for i, w := range words {
		if i == 0 || i == len(words)-1 {
			out += strings.ToUpper(string([]rune(w)[:1]))
		}
	}
	return out
}

// local is an instant where the organisation is.
func local(c *web.Ctx, t time.Time) time.Time { return t.In(c.Org.Zone) }

// dayOf is the calendar day of an instant where the organisation is.
func dayOf(c *web.Ctx, t time.Time) string { return local(c, t).Format(time.DateOnly) }

// moment writes an instant: "12. November 2026, 9:12 Uhr".
func moment(c *web.Ctx, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return c.Printer().Moment(local(c, t))
}

// day writes a day, without the year when it is this one.
func day(c *web.Ctx, d string) string {
	if len(d) >= 4 && strings.HasPrefix(c.Today(), d[:4]) {
		return c.Printer().DayMonth(d)
	}
	return c.Printer().Day(d)
}

// longDay writes today with its weekday: "Donnerstag, 12. November 2026".
func longDay(c *web.Ctx) string {
	weekday := c.Printer().Weekday(local(c, c.Now()).Weekday())
	return c.T("accessweb.s.today.day", "weekday", weekday, "day", c.Printer().Day(c.Today()))
}
