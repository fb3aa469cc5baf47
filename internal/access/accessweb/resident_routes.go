package accessweb

import (
	"foyer/internal/access"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/web"
)

// Addresses of the residents' pages that others link to.
const (
	HelpPath          = access.PathHelp
	PrivacyPath       = "/datenschutz-cookies"
	AccessibilityPath = "/barrierefreiheit"
)

// ResidentRoutes are the pages of the residents' side.
func ResidentRoutes(h *Handlers) []web.Route {
	open := func(pattern string, handle web.Handler) web.Route {
		return web.Route{Pattern: pattern, Right: actor.Everyone, Handle: handle}
	}
	legal := func(pattern string, handle web.Handler) web.Route { // every page links to them, that of a closed portal too
		return web.Route{Pattern: pattern, Right: actor.Everyone, Handle: handle, Open: true}
	}
	self := func(pattern string, handle web.Handler) web.Route {
		return web.Route{Pattern: pattern, Right: actor.Self, Handle: handle}
	}
	own := func(pattern string, handle web.Handler) web.Route {
		return web.Route{Pattern: pattern, Right: actor.Self, Handle: handle, Own: true}
	}
	fresh := func(pattern string, handle web.Handler) web.Route { // whose access the code goes to must be sure
		return web.Route{Pattern: pattern, Right: actor.Self, Handle: handle, Fresh: true, Own: true}
	}
	return []web.Route{
		open("GET "+signInPath, h.signIn),
		open("POST "+signInPath, h.doSignIn),
		looking(open("POST "+signOutPath, h.signOut)).On(signInPath),
		open("GET "+access.PathView+"/{token}", h.openView),
		looking(open("POST "+access.PathView+"/{token}", h.takeView)),
		open("GET "+ForgotPath, h.forgot),
		open("POST "+ForgotPath, h.doForgot),
		open("GET "+newPasswordPath+"/{token}", h.openReset),
		open("GET "+newPasswordPath, h.reset),
		open("POST "+newPasswordPath, h.doReset),
		own("GET "+web.ResidentReauth, h.reauth),
		own("POST "+web.ResidentReauth, h.doReauth),

		open("GET "+access.PathCode+"{token}", h.openCode),
		open("GET "+access.PathConfirm+"{token}", h.openConfirm),
		open("GET "+RegisterPath, h.register),
		open("POST "+RegisterPath, h.doRegister),
		open("POST "+otherCodePath, h.otherCode).On(RegisterPath),
		open("GET "+codeExpiredPath, h.codeExpired),
		open("POST "+codeExpiredPath, h.doCodeExpired),
		open("GET "+confirmPath, h.confirm),
		open("POST "+confirmPath, h.doConfirm),
		open("POST "+sendAgainPath, h.sendAgain).On(confirmPath),
		open("GET "+confirmLinkPath, h.confirmLink),
		open("POST "+confirmLinkPath, h.doConfirmLink),
		open("GET "+continuePath, h.carryOn),
		open("POST "+continuePath, h.doCarryOn),
		open("GET "+whomPath, h.whom),
		open("POST "+whomPath, h.accept),
		open("GET "+notMePath, h.notMe),
		open("POST "+notMePath, h.doNotMe),

		self("GET "+homePath+"{$}", h.home),
		self("GET "+morePath, h.more),
		looking(self("POST "+switchPath, h.choose)).On(homePath),
		own("GET "+SettingsPath, h.settings),
		own("POST "+languagePath, h.setLanguage).On(SettingsPath),
		own("GET "+passwordPath, h.password),
		own("POST "+passwordPath, h.changePassword),
		own("GET "+endOthersPath, h.endOthers),
		own("POST "+endOthersPath, h.doEndOthers),
		fresh("GET "+moreCodePath, h.moreCode),
		fresh("POST "+moreCodePath, h.doMoreCode),
		fresh("GET "+moreWhomPath, h.moreWhom),
		fresh("POST "+moreWhomPath, h.moreAccept),
		fresh("GET "+moreNotMePath, h.moreNotMe),
		fresh("POST "+moreNotMePath, h.doMoreNotMe),
		own("GET "+endSessionRoute, h.endDevice),
		own("POST "+endSessionRoute, h.doEndDevice),

		open("GET "+HelpPath, h.help),
		legal("GET "+PrivacyPath, h.privacy),
		legal("GET "+AccessibilityPath, h.accessibility),
	}
}

// Further addresses of the residents' side.
const (
	signInPath  = web.ResidentSignIn
	signOutPath = "/abmelden"
	ForgotPath  = access.ForgotPath
)

// looking marks a form that staff who look as a resident may send.
func looking(r web.Route) web.Route {
	r.View = true
	return r
}
