package accessweb

import (
	"foyer/internal/platform/actor"
	"foyer/internal/platform/web"
)

// Addresses of the residents' pages that others link to.
const (
	HelpPath          = "/hilfe"
	PrivacyPath       = "/datenschutz-cookies"
	AccessibilityPath = "/barrierefreiheit"
)

// ResidentRoutes are the pages of the residents' side.
func ResidentRoutes(h *Handlers) []web.Route {
	open := func(pattern string, handle web.Handler) web.Route {
		return web.Route{Pattern: pattern, Right: actor.Everyone, Handle: handle}
	}
	return []web.Route{
		open("GET "+HelpPath, h.help),
		open("GET "+PrivacyPath, h.privacy),
		open("GET "+AccessibilityPath, h.accessibility),
	}
}

// Further addresses of the residents' side.
const (
	signInPath      = web.ResidentSignIn
	RegisterPath    = "/registrieren"
	ForgotPath      = "/passwort-vergessen"
	codeExpiredPath = RegisterPath + "/code-abgelaufen"
)
