package accessweb

import (
	"slices"

	"foyer/internal/access"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/web"
)

// StaffRoutes are the pages of the staff's side.
func StaffRoutes(h *Handlers) []web.Route {
	return slices.Concat(h.signInRoutes(), h.profileRoutes())
}

// signInRoutes are the ways in and out.
func (h *Handlers) signInRoutes() []web.Route {
	open := func(pattern string, handle web.Handler) web.Route {
		return web.Route{Pattern: pattern, Right: actor.Everyone, Handle: handle}
	}
	return []web.Route{
		open("GET "+web.StaffSignIn, h.staffSignIn),
		open("POST "+web.StaffSignIn, h.doStaffSignIn),
		open("POST "+staffSignOutPath, h.staffSignOut),
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
