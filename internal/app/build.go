package app

import (
	"context"
	"errors"
	"time"

	"foyer/internal/access"
	"foyer/internal/cases"
	"foyer/internal/contactchanges"
	"foyer/internal/conversations"
	"foyer/internal/integration"
	"foyer/internal/integration/integrationweb"
	"foyer/internal/noticeboard"
	"foyer/internal/notifications"
	"foyer/internal/orgs"
	"foyer/internal/orgs/orgsweb"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/web"
	"foyer/internal/portfolio"
)

// build makes the capabilities in the order in which they stand on each other.
func (a *App) build(context.Context, Options) (err error) {
	a.passwords = seal.NewPasswords()
	a.Queue = jobs.New(a.DB, a.now, a.Log)
	a.Notifications = notifications.New(a.DB, a.now, a.sender, a.Queue)
	a.Orgs, err = orgs.New(orgs.Deps{DB: a.DB, Now: a.now, Blobs: a.blobs, Languages: a.Texts.Languages(), BaseURL: a.cfg.BaseURL, Properties: portfolio.ForLimits,
		EndSessions: access.EndStaffSessions})
	if err != nil {
		return err
	}
	a.Portfolio = portfolio.New(a.DB, a.now)
	a.Access = access.New(access.Deps{DB: a.DB, Now: a.now, Keys: a.keys, Passwords: a.passwords, Blobs: a.blobs, Texts: a.Texts, Orgs: a.Orgs, Sender: a.from})
	a.Access.Register(a.Queue, a.Notifications)
	if err := errors.Join(a.openMailIn(), a.openPush()); err != nil {
		return err
	}
	if err := a.buildDocuments(); err != nil {
		return err
	}
	a.Conversations = conversations.New(conversations.Deps{DB: a.DB, Now: a.now, Texts: a.Texts, Orgs: a.Orgs, Notifications: a.Notifications, Access: a.Access}, a.Queue)
	a.Cases = cases.New(cases.Deps{DB: a.DB, Now: a.now, Texts: a.Texts, Orgs: a.Orgs, Notifications: a.Notifications, Access: a.Access, Conversations: a.Conversations, Documents: a.Documents}, a.Queue)
	a.Noticeboard = noticeboard.New(noticeboard.Deps{DB: a.DB, Now: a.now, Access: a.Access, Notifications: a.Notifications}, a.Queue)
	a.Contacts = contactchanges.New(contactchanges.Deps{DB: a.DB, Now: a.now, Keys: a.keys, Texts: a.Texts, Orgs: a.Orgs, Access: a.Access})
	a.Contacts.Register(a.Queue, a.Notifications)
	a.Integration = integration.New(integration.Deps{DB: a.DB, Now: a.now, Blobs: a.blobs, Texts: a.Texts, Contacts: a.Contacts}, a.Queue)
	a.Queue.Register("app.orphans", jobs.Kind{Every: 24 * time.Hour, Run: a.sweepOrphans})
	return nil
}

// mount puts all pages behind the front door.
func (a *App) mount(_ context.Context, o Options) (err error) {
	a.registerMetrics()
	r := a.rooms()
	groups := append(r.routes(), integrationweb.Routes(a.Integration),
		orgsweb.Routes(orgsweb.Deps{Orgs: a.Orgs, Languages: a.Texts.Languages(), SampleLetter: a.Access.SampleLetter,
			InviteStaff: func(ctx context.Context, by actor.Actor, in orgs.NewStaff) error {
				_, err := a.Access.InviteStaff(ctx, by, in)
				return err
			},
			ReinviteStaff: a.Access.ResendInvitation, ReaddressStaff: a.Access.Readdress, StaffAccess: a.staffAccess}))
	if o.Routes != nil {
		groups = append(groups, o.Routes(a))
	}
	if a.Mux, err = web.NewMux(groups...); err != nil {
		return err
	}
	proxies, err := a.cfg.proxies()
	if err != nil {
		return err
	}
	a.Handler, err = web.New(web.Config{Mux: a.Mux, Texts: a.Texts, Log: a.Log, Now: a.now, Metrics: a.metrics, Secure: a.cfg.secure(), Proxies: proxies,
		Host: a.host, Session: a.session, ResidentShell: r.access.ResidentShell, StaffShell: r.access.StaffShell, Ready: a.isReady, Lost: r.talk.Lost})
	return err
}

// staffAccess tells how far the access of each staff member is.
func (a *App) staffAccess(ctx context.Context, by actor.Actor) (map[string]orgsweb.Access, error) {
	list, err := a.Access.StaffAccesses(ctx, by)
	out := make(map[string]orgsweb.Access, len(list))
	for id, s := range list {
		out[id] = orgsweb.Access(s)
	}
	return out, err
}
