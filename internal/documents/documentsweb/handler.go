package documentsweb

import (
	"embed"

	"foyer/internal/documents"
	"foyer/internal/platform/web"
)

// Texts are the texts of these pages.
//
//go:embed text/*.json
var Texts embed.FS

// Deps is what the pages stand on.
type Deps struct {
	Documents *documents.Service
}

// Handlers are the pages of residents and staff.
type Handlers struct{ Deps }

// New returns the pages.
func New(d Deps) *Handlers { return &Handlers{Deps: d} }

// Routes returns the table of all pages.
func Routes(h *Handlers) []web.Route {
	return h.fileRoutes()
}
