package conversationsweb

import (
	"strconv"
	"strings"
	"time"

	"foyer/internal/conversations"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
	"foyer/internal/portfolio"
)

// Deps is what the pages need.
type Deps struct {
	Conversations *conversations.Service
	Portfolio     *portfolio.Service
	// Mine returns the signed-in resident's leases and the one that the switcher
	// shows.
	Mine func(c *web.Ctx) (portfolio.Mine, portfolio.Tenancy, error)
	// Keys seal whose form a form is.
	Keys *seal.Keys
	// ReportPath is where residents report damage, "" where they cannot.
	ReportPath string
}

// Handlers are the pages.
type Handlers struct{ Deps }

// New returns the pages.
func New(d Deps) *Handlers { return &Handlers{d} }

// Addresses of the pages.
const (
	path      = conversations.Path
	newPath   = path + "/neu"
	staffPath = conversations.StaffPath
	writePath = staffPath + "/verfassen"
)

// NewPath is where residents write a message.
const NewPath = newPath

// Routes are the pages of both sides.
func (h *Handlers) Routes() []web.Route {
	self := func(pattern string, handle web.Handler) web.Route {
		return web.Route{Pattern: pattern, Right: actor.Self, Handle: handle, Body: 256 << 10}
	}
	read := func(pattern string, handle web.Handler) web.Route {
		return web.Route{Pattern: pattern, Right: actor.ReadMessages, Handle: handle}
	}
	write := func(pattern string, handle web.Handler) web.Route {
		return web.Route{Pattern: pattern, Right: actor.AnswerMessages, Handle: handle, Body: 256 << 10}
	}
	return []web.Route{
		self("GET "+path, h.list),
		self("GET "+newPath, h.begin),
		self("POST "+newPath, h.doBegin),
		self("GET "+path+"/{id}", h.show),
		self("POST "+path+"/{id}", h.answer),
		self("POST "+path+"/entwurf", h.keepOwn).On(newPath),

		read("GET "+staffPath, h.office),
		read("GET "+staffPath+"/{id}", h.staffShow),
		write("POST "+staffPath+"/{id}", h.respond),
		write("POST "+staffPath+"/{id}/zustaendig", h.assign).On(staffPath + "/{id}"),
		write("POST "+staffPath+"/{id}/erledigt", h.settle).On(staffPath + "/{id}"),
		{Pattern: "POST " + staffPath + "/{id}/aufbewahren", Right: actor.ManageOrg, Handle: h.hold, Page: staffPath + "/{id}"},
		read("GET "+writePath, h.compose),
		write("POST "+writePath, h.doCompose),
		write("POST "+staffPath+"/entwurf", h.keepStaff).On(writePath),
	}
}

// Unread counts what is new for a resident, for the navigation.
func (h *Handlers) Unread(c *web.Ctx) (int, error) { return h.Conversations.Unread(c, c.Actor) }

// Waiting counts what waits for an answer of staff, for the navigation.
func (h *Handlers) Waiting(c *web.Ctx) (int, error) {
	if !c.Actor.Has(actor.ReadMessages) {
		return 0, nil
	}
	return h.Conversations.CountWaiting(c, c.Actor)
}

// cursor reads where a page of a list begins; what is no place is the start.
func cursor(s string) conversations.Cursor {
	at, id, ok := strings.Cut(s, "-")
	us, err := strconv.ParseInt(at, 10, 64)
	if !ok || err != nil || us <= 0 || us >= 1<<53 {
		return conversations.Cursor{}
	}
	return conversations.Cursor{At: time.UnixMicro(us).UTC(), ID: id}
}

func cursorText(c conversations.Cursor) string {
	if c.ID == "" {
		return ""
	}
	return strconv.FormatInt(c.At.UnixMicro(), 10) + "-" + c.ID
}

// when writes an instant in a list: "9:12" today, "gestern", "10. November",
// or the day with its year.
func when(c *web.Ctx, t time.Time) string {
	local := t.In(c.Org.Zone)
	day := local.Format(time.DateOnly)
	switch now := c.Now().In(c.Org.Zone); {
	case day == now.Format(time.DateOnly):
		return c.Printer().Clock(local)
	case day == now.AddDate(0, 0, -1).Format(time.DateOnly):
		return c.T("conversationsweb.yesterday")
	case day[:4] == now.Format(time.DateOnly)[:4]:
		return c.Printer().DayMonth(day)
	}
	return c.Printer().DayShort(day)
}

// moment writes an instant in a conversation.
func moment(c *web.Ctx, t time.Time) string { return c.Printer().Moment(t.In(c.Org.Zone)) }

// initials are up to two letters of a name.
func initials(name string) string {
	words := strings.Fields(name)
	out := ""
	for i, w := range words {
		if i == 0 || i == len(words)-1 {
			out += strings.ToUpper(string([]rune(w)[:1]))
		}
	}
	return out
}

// readers says to whom a message of staff went, when not to one person alone.
func readers(c *web.Ctx, x conversations.Conversation) string {
	key := "conversationsweb.to." + string(x.Audience.Kind)
	if x.Audience.Kind == portfolio.ToPerson || !c.Printer().Has(key) {
		return ""
	}
	return c.T(key, "place", x.Place)
}

// iconOf is the mark of a conversation in a list.
func iconOf(x conversations.Conversation) ui.IconName {
	switch {
	case x.Kind == conversations.Case:
		return ui.IconWrench
	case x.House():
		return ui.IconMegaphone
	}
	return ui.IconMail
}

// compact leaves out what is empty.
func compact(list ...string) (out []string) {
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// sideOf is the actor's own side.
func sideOf(by actor.Actor) conversations.Side {
	if by.Kind() == actor.Staff {
		return conversations.ByStaff
	}
	return conversations.ByResident
}
