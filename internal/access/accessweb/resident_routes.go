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
	self := func(pattern string, handle web.Handler) web.Route {
		return web.Route{Pattern: pattern, Right: actor.Self, Handle: handle}
	}
	return []web.Route{
		open("GET "+signInPath, h.signIn),
		open("POST "+signInPath, h.doSignIn),
		open("POST "+signOutPath, h.signOut),
		open("GET "+ForgotPath, h.forgot),
		open("POST "+ForgotPath, h.doForgot),
		open("GET "+newPasswordPath+"/{token}", h.openReset),
		open("GET "+newPasswordPath, h.reset),
		open("POST "+newPasswordPath, h.doReset),
		self("GET "+web.ResidentReauth, h.reauth),
		self("POST "+web.ResidentReauth, h.doReauth),

		self("GET "+SettingsPath, h.settings),
		self("POST "+languagePath, h.setLanguage),
		self("GET "+passwordPath, h.password),
		self("POST "+passwordPath, h.changePassword),
		self("GET "+endOthersPath, h.endOthers),
		self("POST "+endOthersPath, h.doEndOthers),
		self("GET "+endSessionRoute, h.endDevice),
		self("POST "+endSessionRoute, h.doEndDevice),

		open("GET "+HelpPath, h.help),
		open("GET "+PrivacyPath, h.privacy),
		open("GET "+AccessibilityPath, h.accessibility),
	}
}

// Further addresses of the residents' side.
const (
	signInPath      = web.ResidentSignIn
	signOutPath     = "/abmelden"
	RegisterPath    = "/registrieren"
	ForgotPath      = "/passwort-vergessen"
	codeExpiredPath = RegisterPath + "/code-abgelaufen"
)
