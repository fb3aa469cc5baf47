package accessweb

import (
	"embed"

	"foyer/internal/access"
	"foyer/internal/notifications"
	"foyer/internal/platform/i18n"
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
}

// Handlers are the pages of residents and staff.
type Handlers struct {
	Deps
}

// New returns the pages.
func New(d Deps) *Handlers { return &Handlers{Deps: d} }
