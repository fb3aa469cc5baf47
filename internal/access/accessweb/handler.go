package accessweb

import (
	"embed"

	"github.com/a-h/templ"

	"foyer/internal/access"
	"foyer/internal/notifications"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
	"foyer/internal/portfolio"
)

// Texts are the texts of this package.
//
//go:embed text/*.json
var Texts embed.FS

// Deps is what the pages need.
type Deps struct {
	Access        *access.Service
	Portfolio     *portfolio.Service
	Notifications *notifications.Service
	Texts         *i18n.Bundle
	Panels        []Panel // of the residents' home page; may be empty

	MessagesPath string // the place of messages, where residents may arrive (X12); "" for none

	// What other capabilities bring, in the order in which it stands. All may be
	// empty.
	ResidentPlaces []Place      // between Start and Mehr
	SettingsPlaces []Place      // before Mein Zugang
	StaffPlaces    StaffPlaces  // beside those of this package
	PropertyTabs   []Place      // of a property's page; Path is what follows the property's address
	PersonActions  []Place      // of a person's page; Path is followed by the person's id
	PersonPanels   []PersonPart // of a person's page
	Today          []TodayPart  // of Heute
}

// Place is a place of a navigation.
type Place struct {
	Label string // catalogue key
	Text  string // catalogue key of what one finds there, for the page Mehr; "" for none
	Path  string
	Icon  ui.IconName
	Right actor.Right // of staff; None for residents
	Wide  bool        // residents: in the bar of wide screens, on small ones on the page Mehr
	// Count tells how much waits there; nil for a place that counts nothing.
	Count func(c *web.Ctx) (int, error)
}

// StaffPlaces are places by the rhythm in which staff need them.
type StaffPlaces struct{ Daily, Stock, Rare []Place }

// PersonPart is a panel of a person's page; nil when there is nothing to show.
type PersonPart func(c *web.Ctx, personID string) (templ.Component, error)

// TodayPart is what another capability has on Heute. Any of the three may be nil.
type TodayPart struct {
	Items func(c *web.Ctx) ([]ui.TodayItem, error)
	Count func(c *web.Ctx) (int, error)             // how many items wait, cheaply: it stands on every page
	Side  func(c *web.Ctx) (templ.Component, error) // in the narrow column; nil when there is nothing to show
}

// Handlers are the pages of residents and staff.
type Handlers struct {
	Deps
}

// New returns the pages.
func New(d Deps) *Handlers { return &Handlers{Deps: d} }
