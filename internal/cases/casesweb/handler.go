package casesweb

import (
	"context"
	"embed"
	"strings"
	"time"

	"foyer/internal/cases"
	"foyer/internal/conversations"
	"foyer/internal/documents"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
	"foyer/internal/portfolio"
)

// Texts are the sentences of the pages.
//
//go:embed text/*.json
var Texts embed.FS

// Deps is what the pages need.
type Deps struct {
	Cases     *cases.Service
	Documents *documents.Service
	Portfolio *portfolio.Service
	// Mine returns the signed-in resident's leases and the one that the switcher
	// shows.
	Mine func(c *web.Ctx) (portfolio.Mine, portfolio.Tenancy, error)
}

// Handlers are the pages.
type Handlers struct{ Deps }

// New returns the pages.
func New(d Deps) *Handlers { return &Handlers{d} }

// Addresses of the pages.
const (
	path        = cases.Path
	ReportPath  = path + "/schaden"
	ContactPath = path + "/anliegen"
	staffPath   = cases.StaffPath
)

// upload is the largest form with files.
const upload = 110 << 20

// Routes are the pages of both sides.
func (h *Handlers) Routes() []web.Route {
	self := func(pattern string, handle web.Handler) web.Route {
		return web.Route{Pattern: pattern, Right: actor.Self, Handle: handle, Body: 256 << 10}
	}
	one := path + "/{id}"
	with := func(r web.Route) web.Route { r.Body = upload; return r }
	return append([]web.Route{
		self("GET "+path, h.list),
		self("GET "+ReportPath, h.report), with(self("POST "+ReportPath, h.doReport)),
		self("GET "+ContactPath, h.contact), with(self("POST "+ContactPath, h.doContact)),
		self("GET "+one, h.show), with(self("POST "+one, h.reply)),
		self("POST "+one+"/erledigt", h.finish).On(one),
		self("POST "+one+"/oeffnen", h.reopen).On(one),
		self("POST "+one+"/bewerten", h.rate).On(one),
		self("POST "+one+"/telefon", h.phone).On(one),
		self("GET "+one+"/termin/{termin}", h.calendar),
		self("POST "+one+"/termin/{termin}/absagen", h.decline).On(one),
	}, h.staffRoutes()...)
}

// Unread counts what is new for a resident, for the navigation.
func (h *Handlers) Unread(c *web.Ctx) (int, error) { return h.Cases.Unread(c, c.Actor) }

func t(ctx context.Context, key string, args ...any) string {
	return i18n.T(ctx, "casesweb."+key, args...)
}

// toneOf is the colour of a status.
func toneOf(s cases.Status) (ui.Tone, ui.IconName) {
	switch s {
	case cases.InProgress:
		return ui.Info, ui.IconCircleDot
	case cases.Waiting:
		return ui.Warning, ui.IconHourglass
	case cases.Done:
		return ui.Success, ui.IconCircleCheck
	}
	return ui.Neutral, ui.IconCircle
}

// icons are the drawings that categories and providers may have.
var icons = map[string]ui.IconName{"thermometer": ui.IconThermometer, "droplets": ui.IconDroplets, "lightbulb": ui.IconLightbulb, "zap": ui.IconZap, "door-open": ui.IconDoorOpen,
	"building-2": ui.IconBuilding2, "arrow-up-down": ui.IconArrowUpDown, "circle-question-mark": ui.IconCircleQuestionMark, "credit-card": ui.IconCreditCard, "user-pen": ui.IconUserPen,
	"file-check": ui.IconFileCheck, "file-text": ui.IconFileText, "receipt": ui.IconReceipt, "message-square-text": ui.IconMessageSquareText, "wrench": ui.IconWrench, "key-round": ui.IconKeyRound}

func iconOf(name string) ui.IconName {
	if i, ok := icons[name]; ok {
		return i
	}
	return ui.IconWrench
}

// iconFor is the drawing of a case, by its category.
func iconFor(tree cases.Tree, c cases.Case) ui.IconName {
	cat, _ := tree.Effective(c.CategoryID)
	return iconOf(cat.Icon)
}

// when writes an instant in a list: "heute, 9:12", "gestern", "10. November".
func when(c *web.Ctx, at time.Time) string {
	local := at.In(c.Org.Zone)
	day := local.Format(time.DateOnly)
	switch now := c.Now().In(c.Org.Zone); {
	case day == now.Format(time.DateOnly):
		return c.T("casesweb.today", "clock", c.Printer().Clock(local))
	case day == now.AddDate(0, 0, -1).Format(time.DateOnly):
		return c.T("casesweb.yesterday")
	case day[:4] == now.Format(time.DateOnly)[:4]:
		return c.Printer().DayMonth(day)
	}
	return c.Printer().DayShort(day)
}

func dayOf(c *web.Ctx, at time.Time) string {
	return c.Printer().DayMonth(at.In(c.Org.Zone).Format(time.DateOnly))
}

func moment(c *web.Ctx, at time.Time) string { return c.Printer().Moment(at.In(c.Org.Zone)) }

func orgOf(c *web.Ctx) orgs.Org {
	o, _ := c.Org.Value.(orgs.Org)
	return o
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

// received is a form with files: the files that came, and those that came before.
type received struct {
	web.Form
	files []string
	bad   *fault.Invalid // what was wrong with a file
}

// receive reads a form with files; each becomes a draft of the account, so that
// it is not lost when something else is wrong.
func (h *Handlers) receive(c *web.Ctx) (r received, err error) {
	var fresh []string
	r.Form, err = c.Multipart(func(field string, up web.Upload) error {
		f, err := h.Documents.Keep(c, c.Actor, "files", up.Name, up)
		if bad := fault.AsInvalid(err); bad != nil && field == "files" {
			r.bad = &fault.Invalid{Fields: bad.Fields}
			return nil
		}
		fresh = append(fresh, f.ID)
		return err
	})
	if err != nil {
		return r, err
	}
	gone := r.List("drop")
	for _, id := range append(r.List("kept"), fresh...) {
		if !contains(gone, id) && !contains(r.files, id) && id != "" {
			r.files = append(r.files, id)
		}
	}
	return r, nil
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// fileView is a file of a message.
type fileView struct{ id, name, url, thumb, size string }

func fileViews(c *web.Ctx, list []documents.File) (out []fileView) {
	prefix := ""
	if c.Actor.Kind() == actor.Staff {
		prefix = web.StaffPrefix
	}
	for _, f := range list {
		v := fileView{id: f.ID, name: f.Name, url: prefix + "/dateien/" + f.ID, size: f.SizeText(c.Lang())}
		if f.Picture() {
			v.thumb = v.url + "/vorschau"
		}
		out = append(out, v)
	}
	return out
}

// entryView is a message or event of a case.
type entryView struct {
	icon                      ui.IconName
	initials, who, what, when string
	staff, fresh              bool
	kind                      ui.BubbleKind
	text                      string
	files                     []fileView
	at                        time.Time
	note                      bool
}

// timeline puts messages and events in the order of time.
func timeline(c *web.Ctx, f cases.File) (out []entryView) {
	own := conversations.ByResident
	if c.Actor.Kind() == actor.Staff {
		own = conversations.ByStaff
	}
	for i, p := range f.Posts {
		e := entryView{initials: initials(p.AuthorName), who: p.AuthorName, when: moment(c, p.At), staff: p.Side == conversations.ByStaff, text: p.Text, files: fileViews(c, p.Files), at: p.At}
		if p.Side == own {
			e.kind = ui.BubbleMine
		} else {
			e.fresh = f.SeenAt.Before(p.At)
		}
		if p.AuthorID == c.Actor.ID() || contains(c.Actor.Persons(), p.AuthorID) {
			e.who = c.T("casesweb.you")
		}
		switch {
		case p.Internal:
			e.kind, e.icon, e.what, e.note = ui.BubbleInternal, ui.IconLock, "· "+c.T("casesweb.internal"), true
		case p.Source != conversations.Portal:
			e.what = "· " + c.T("casesweb.source."+string(p.Source))
		case i == 0 && p.Side == conversations.ByResident:
			e.what = c.T("casesweb.reported")
			if e.who == c.T("casesweb.you") {
				e.what = c.T("casesweb.you_reported")
			}
		}
		if p.From != "" {
			e.what += " · " + c.T("casesweb.s.report")
		}
		out = append(out, e)
	}
	for _, x := range f.Events {
		key := "casesweb.event." + x.Kind
		if x.Kind == "status" {
			key += "." + x.Detail
		}
		if !c.Printer().Has(key) {
			continue
		}
		detail := x.Detail
		if w := cases.When(c.Printer(), x.Detail); w != "" {
			detail = w
		}
		out = append(out, entryView{icon: eventIcon(x), who: x.Who, what: c.T(key, "detail", detail), when: moment(c, x.At), at: x.At})
	}
	stable(out)
	return out
}

func stable(list []entryView) {
	for i := 1; i < len(list); i++ {
		for j := i; j > 0 && list[j].at.Before(list[j-1].at); j-- {
			list[j], list[j-1] = list[j-1], list[j]
		}
	}
}

func eventIcon(e cases.Event) ui.IconName {
	switch e.Kind {
	case "appointment", "cancelled", "declined":
		return ui.IconCalendarClock
	case "merged", "report":
		return ui.IconUsers
	case "status":
		_, icon := toneOf(cases.Status(e.Detail))
		return icon
	}
	return ui.IconCircleDot
}

// meetingView is an appointment on a page.
type meetingView struct {
	id, title, text, phone, note string
	state                        string
	off                          bool
}

func meetings(c *web.Ctx, list []cases.Appointment) (out []meetingView) {
	for _, a := range list {
		v := meetingView{id: a.ID, title: cases.When(c.Printer(), a.Day+" "+a.From+" "+a.Till), text: a.Who, phone: a.Phone, note: a.Note, off: a.State != cases.Set || a.Day < c.Today()}
		if a.State != cases.Set {
			v.state = c.T("casesweb.meeting." + a.State)
		}
		out = append(out, v)
	}
	return out
}

// steps are the words of a case's progress.
func steps(c *web.Ctx, f cases.Case) []ui.Step {
	list := []ui.Step{{Label: c.T(cases.Open.Key()), Note: dayOf(c, f.CreatedAt), State: ui.StepDone}, {Label: c.T(cases.InProgress.Key())}, {Label: c.T(cases.Done.Key()), Note: c.T("casesweb.not_yet")}}
	switch f.Status {
	case cases.Open:
		list[0].State = ui.StepNow
	case cases.Done:
		list[1].State, list[2].State, list[2].Note = ui.StepDone, ui.StepNow, dayOf(c, f.DoneAt)
	default:
		list[1].State, list[1].Note = ui.StepNow, c.T("casesweb.since", "day", dayOf(c, f.StatusAt))
		if f.Status == cases.Waiting {
			list[1].Label = c.T(cases.Waiting.Key())
		}
	}
	return list
}
