package accessweb

import (
	"slices"

	"foyer/internal/access"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/web"
)

// StaffRoutes are the pages of the staff's side.
func StaffRoutes(h *Handlers) []web.Route {
	return slices.Concat(h.signInRoutes(), h.profileRoutes(), h.todayRoutes(), h.propertyRoutes(), h.personRoutes())
}

// signInRoutes are the ways in and out.
func (h *Handlers) signInRoutes() []web.Route {
	open := func(pattern string, handle web.Handler) web.Route {
		return web.Route{Pattern: pattern, Right: actor.Everyone, Handle: handle}
	}
	return []web.Route{
		open("GET "+web.StaffSignIn, h.staffSignIn),
		open("POST "+web.StaffSignIn, h.doStaffSignIn),
		open("POST "+staffSignOutPath, h.staffSignOut).On(web.StaffSignIn),
		open("GET "+staffForgotPath, h.staffForgot),
		open("POST "+staffForgotPath, h.doStaffForgot),
		open("GET "+access.StaffResetPath+"{token}", h.takeStaffReset),
		open("GET "+staffResetPath, h.staffReset),
		open("POST "+staffResetPath, h.doStaffReset),
		open("GET "+access.StaffInvitationPath+"{token}", h.takeStaffInvitation),
		open("GET "+staffInvitationPath, h.staffInvitation),
		open("POST "+staffInvitationPath, h.doStaffInvitation),
		{Pattern: "GET " + web.StaffReauth, Right: actor.StaffSelf, Handle: h.staffReauth},
		{Pattern: "POST " + web.StaffReauth, Right: actor.StaffSelf, Handle: h.doStaffReauth},
	}
}

// read, edit and issue are routes by the right that they need; fresh ones ask
// for the password again.
func read(pattern string, handle web.Handler) web.Route {
	return web.Route{Pattern: pattern, Right: actor.ReadPortfolio, Handle: handle}
}

func edit(pattern string, handle web.Handler) web.Route {
	return web.Route{Pattern: pattern, Right: actor.EditPortfolio, Handle: handle}
}

func issue(pattern string, handle web.Handler) web.Route {
	return web.Route{Pattern: pattern, Right: actor.IssueAccess, Handle: handle}
}

func fresh(pattern string, handle web.Handler) web.Route {
	return web.Route{Pattern: pattern, Right: actor.IssueAccess, Handle: handle, Fresh: true}
}

func (h *Handlers) todayRoutes() []web.Route {
	return []web.Route{
		read("GET "+todayPath, h.today),
		issue("POST "+web.StaffPrefix+"/zustellungen/{id}/erledigt", h.dismissMail).On(todayPath),
		read("GET "+lettersPath+"/{id}", h.letters),
		fresh("POST "+lettersPath+"/{id}/pdf", h.lettersPDF).On(lettersPath + "/{id}"),
		fresh("POST "+lettersPath+"/{id}/liste", h.lettersList).On(lettersPath + "/{id}"),
		issue("POST "+lettersPath+"/{id}/gedruckt", h.lettersPrinted).On(lettersPath + "/{id}"),
		issue("POST "+lettersPath+"/{id}/personen/{person}/erledigt", h.dismissLetter).On(lettersPath + "/{id}"),
	}
}

func (h *Handlers) propertyRoutes() []web.Route {
	one := propertiesPath + "/{id}"
	return []web.Route{
		read("GET "+propertiesPath, h.properties),
		read("GET "+uviPath, h.uvi),
		read("GET "+one, h.residents),
		fresh("POST "+one+"/schreiben", h.startLetters).On(one),
		issue("GET "+one+"/checkliste", h.checklist),
		issue("POST "+one+"/checkliste", h.confirmChecklist),
		read("GET "+one+"/einheiten", h.units),
		edit("POST "+one+"/einheiten/{unit}/uvi", h.saveUVINeeded).On(one + "/einheiten"),
		edit("GET "+one+"/einstellungen", h.propertySettings),
		edit("POST "+one+"/uvi", h.saveUVIService).On(one + "/einstellungen"),
		edit("POST "+one+"/feiertage", h.saveRegion).On(one + "/einstellungen"),
		edit("GET "+one+"/freigeben", h.release),
		edit("POST "+one+"/freigeben", h.doRelease),
		edit("GET "+one+"/ausschalten", h.closeProperty),
		edit("POST "+one+"/ausschalten", h.doCloseProperty),
	}
}

func (h *Handlers) personRoutes() []web.Route {
	one := personsPath + "/{id}"
	return []web.Route{
		read("GET "+one, h.person),
		{Pattern: "GET " + one + "/ansicht", Right: actor.ViewAsResident, Handle: h.askView},
		{Pattern: "POST " + one + "/ansicht", Right: actor.ViewAsResident, Handle: h.startView, Fresh: true},
		issue("GET "+one+"/einladen", h.askEmail),
		issue("POST "+one+"/einladen", h.sendEmail),
		issue("GET "+one+"/brief", h.ask(askLetter)),
		issue("POST "+one+"/brief", h.makeLetter),
		issue("GET "+one+"/zuruecksetzen", h.ask(askReset)),
		issue("POST "+one+"/zuruecksetzen", h.resetAccess),
		issue("GET "+one+"/entziehen", h.ask(askRevoke)),
		issue("POST "+one+"/entziehen", h.revoke),
		issue("GET "+one+"/einverstaendnis", h.askConsent),
		issue("POST "+one+"/einverstaendnis", h.recordConsent),
		issue("GET "+one+"/einverstaendnis/zuruecknehmen", h.ask(askWithdraw)),
		issue("POST "+one+"/einverstaendnis/zuruecknehmen", h.withdrawConsent),
		issue("POST "+one+"/ablehnung-erledigt", h.dismissNotMe).On(one),
	}
}
