package app

import (
	"context"

	"foyer/internal/access/accessweb"
	"foyer/internal/cases"
	"foyer/internal/cases/casesweb"
	"foyer/internal/contactchanges/contactchangesweb"
	"foyer/internal/conversations"
	"foyer/internal/conversations/conversationsweb"
	"foyer/internal/documents/documentsweb"
	"foyer/internal/noticeboard/noticeboardweb"
	"foyer/internal/notifications/notificationsweb"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
	"foyer/internal/portfolio"
)

// rooms are the pages of the capabilities that show parts on each other's.
type rooms struct {
	access    *accessweb.Handlers
	talk      *conversationsweb.Handlers
	cases     *casesweb.Handlers
	told      *notificationsweb.Handlers
	documents *documentsweb.Handlers
	board     *noticeboardweb.Handlers
	contacts  *contactchangesweb.Handlers
}

// rooms makes the pages. Those of access stand in the middle: they frame the
// others, which bring them their places, panels, tabs and things to do.
func (a *App) rooms() rooms {
	in := accessweb.New(accessweb.Deps{Access: a.Access, Portfolio: a.Portfolio, Notifications: a.Notifications, Texts: a.Texts})
	r := rooms{
		access:    in,
		talk:      conversationsweb.New(conversationsweb.Deps{Conversations: a.Conversations, Portfolio: a.Portfolio, Mine: in.Mine, ReportPath: casesweb.ReportPath, Keys: a.keys}),
		cases:     casesweb.New(casesweb.Deps{Cases: a.Cases, Documents: a.Documents, Portfolio: a.Portfolio, Mine: in.Mine}),
		told:      notificationsweb.New(notificationsweb.Deps{Notifications: a.Notifications, SettingsNav: in.SettingsNav, PropertyNames: a.propertyNames}),
		documents: documentsweb.New(documentsweb.Deps{Documents: a.Documents, Mine: in.Mine, PropertyHead: in.PropertyHead}),
		board:     noticeboardweb.New(noticeboardweb.Deps{Board: a.Noticeboard, Portfolio: a.Portfolio, PropertyHead: in.PropertyHead}),
	}
	r.contacts = contactchangesweb.New(contactchangesweb.Deps{Contacts: a.Contacts, Access: a.Access, Mine: in.Mine, SettingsNav: in.SettingsNav,
		MessageURL: conversationsweb.NewPath, AskURL: func(personID string) string { return conversationsweb.PersonAction + personID }})
	r.furnish(&in.Deps)
	return r
}

// furnish brings what the capabilities show on each other's pages together. The
// order here is the order on the page; one line is one thing.
func (r rooms) furnish(d *accessweb.Deps) {
	d.Panels = []accessweb.Panel{
		{Body: r.board.Warnings},
		{Body: r.cases.Buttons},
		{Body: r.talk.News},
		{Body: r.cases.Panel},
		{Body: r.documents.NewPanel},
		{Side: true, Body: r.board.Panel},
	}
	d.MessagesPath = conversations.Path
	d.ResidentPlaces = []accessweb.Place{
		{Label: "conversationsweb.nav", Text: "conversationsweb.nav_text", Path: conversations.Path, Icon: ui.IconMail, Count: r.talk.Unread},
		{Label: "casesweb.nav", Text: "casesweb.nav_text", Path: cases.Path, Icon: ui.IconClipboardList, Count: r.cases.Unread},
		{Label: "documentsweb.r.title", Text: "documentsweb.r.place_text", Path: documentsweb.Path, Icon: ui.IconFileText, Wide: true},
		{Label: "documentsweb.c.title", Text: "documentsweb.c.place_text", Path: documentsweb.ContractPath, Icon: ui.IconKeyRound, Wide: true},
	}
	d.SettingsPlaces = []accessweb.Place{
		{Label: "contactchangesweb.nav", Path: contactchangesweb.Path, Icon: ui.IconUser},
		{Label: "notificationsweb.preferences.title", Path: notificationsweb.PreferencesPath, Icon: ui.IconBell},
	}
	d.StaffPlaces.Daily = []accessweb.Place{
		{Label: "casesweb.nav", Path: cases.StaffPath, Icon: ui.IconClipboardList, Right: actor.ReadCases, Count: r.cases.Open},
		{Label: "conversationsweb.nav", Path: conversations.StaffPath, Icon: ui.IconMail, Right: actor.ReadMessages, Count: r.talk.Waiting},
		{Label: "contactchangesweb.nav_staff", Path: contactchangesweb.StaffPath, Icon: ui.IconUserPen, Right: actor.EditPortfolio, Count: r.contacts.Waiting},
	}
	d.StaffPlaces.Stock = []accessweb.Place{
		{Label: "documentsweb.s.title", Path: documentsweb.StaffPath, Icon: ui.IconFileText, Right: actor.ReadDocuments},
		{Label: "noticeboardweb.s.title", Path: noticeboardweb.StaffPath, Icon: ui.IconMegaphone, Right: actor.ReadPortfolio},
	}
	d.PersonActions = []accessweb.Place{
		{Label: "conversationsweb.s.compose", Path: conversationsweb.PersonAction, Icon: ui.IconMail, Right: actor.AnswerMessages},
		{Label: "documentsweb.s.for_person", Path: documentsweb.PersonAction, Icon: ui.IconFileText, Right: actor.PublishDocuments},
	}
	d.PersonPanels = []accessweb.PersonPart{r.talk.PersonPanel}
	d.Today = []accessweb.TodayPart{{Items: r.cases.Today, Count: r.cases.TodayCount, Side: r.cases.TodaySide}, {Items: r.talk.Today, Count: r.talk.Waiting}}
	d.StaffPlaces.Rare = append(d.StaffPlaces.Rare,
		accessweb.Place{Label: "notificationsweb.outbox.title", Path: notificationsweb.OutboxPath, Icon: ui.IconPrinter, Right: actor.IssueAccess, Count: r.told.Waiting})
	d.Today = append(d.Today, accessweb.TodayPart{Items: r.contacts.Today, Count: r.contacts.TodayCount}, accessweb.TodayPart{Items: r.told.Today, Count: r.told.TodayCount})
	d.PersonPanels = append(d.PersonPanels, r.contacts.Person, r.told.PersonPanel)
	d.PropertyTabs = []accessweb.Place{
		{Label: "documentsweb.s.title", Path: documentsweb.Tab, Right: actor.ReadDocuments},
		{Label: "noticeboardweb.tab", Path: noticeboardweb.TabPath, Right: actor.ReadPortfolio},
	}
}

// routes are the pages of all rooms.
func (r rooms) routes() [][]web.Route {
	return [][]web.Route{
		accessweb.ResidentRoutes(r.access),
		accessweb.StaffRoutes(r.access),
		r.talk.Routes(),
		r.cases.Routes(),
		r.told.Routes(),
		documentsweb.Routes(r.documents),
		r.board.Routes(),
		contactchangesweb.Routes(r.contacts),
	}
}

// propertyNames names properties on pages of capabilities that know their ids
// only.
func (a *App) propertyNames(c *web.Ctx, ids []string) (map[string]string, error) {
	names := map[string]string{}
	err := a.DB.Read(c, c.Actor.Scope(), func(_ context.Context, tx *store.Tx) error {
		list, err := portfolio.PropertiesByID(tx, ids)
		for _, p := range list {
			if c.Actor.MayProperty(p.ID) {
				names[p.ID] = p.Name
			}
		}
		return err
	})
	return names, err
}
