package accessweb

import (
	"embed"

	"foyer/internal/access"
	"foyer/internal/platform/i18n"
)

// Texts are the texts of this package.
//
//go:embed text/*.json
var Texts embed.FS

// Deps is what the pages need.
type Deps struct {
	Access *access.Service
	Texts  *i18n.Bundle
}

// Handlers are the pages of residents and staff.
type Handlers struct {
	Deps
}

// New returns the pages.
func New(d Deps) *Handlers { return &Handlers{Deps: d} }
