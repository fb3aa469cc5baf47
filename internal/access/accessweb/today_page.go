package accessweb

import (
	"strings"

	"github.com/a-h/templ"

	"foyer/internal/access"
	"foyer/internal/notifications"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

// todayPath is the page Heute, where staff begin.
const todayPath = web.StaffPrefix

// todayView is the work list.
type todayView struct {
	greeting, lead string
	done, doneText string
	print          []printView
	groups         []todayGroup
	side           []templ.Component
	mayIssue       bool
	access         accessFigures
	uvi            int // properties with consumption information
	properties     int
	mayImport      bool
}

// printView is a batch of letters on Heute.
type printView struct {
	id, title, url, text string
	working, hasFile     bool
	done, total          int
}

// todayTitles name the parts of the work list.
var todayTitles = map[ui.TodayGroup]string{ui.TodayFirst: "accessweb.s.today.group.first", ui.TodayAnswer: "accessweb.s.today.group.answer", ui.TodayTodo: "accessweb.s.today.todo"}

// todayGroup is a part of the work list.
type todayGroup struct {
	group ui.TodayGroup
	title string
	items []ui.TodayItem
}

// todayParts fills the work list with what this and other capabilities have,
// and tells how much it is.
func (h *Handlers) todayParts(c *web.Ctx, v *todayView, own []ui.TodayItem) (int, error) {
	items := own
	for _, part := range h.Today {
		if part.Items != nil {
			more, err := part.Items(c)
			if err != nil {
				return 0, err
			}
			items = append(items, more...)
		}
		if part.Side != nil {
			body, err := part.Side(c)
			if err != nil {
				return 0, err
			}
			if body != nil {
				v.side = append(v.side, body)
			}
		}
	}
	for _, g := range []ui.TodayGroup{ui.TodayFirst, ui.TodayAnswer, ui.TodayTodo} {
		of := todayGroup{group: g, title: c.T(todayTitles[g])}
		for _, i := range items {
			if i.Group == g {
				of.items = append(of.items, i)
			}
		}
		if len(of.items) > 0 {
			v.groups = append(v.groups, of)
		}
	}
	return len(items), nil
}

type accessFigures struct {
	confirmed, persons, percent int
	facts                       []ui.Fact
}

// todayDone translates what has just been done.
var todayDone = map[string]string{"gedruckt": "accessweb.s.letters.printed_done", "erledigt": "accessweb.s.today.dismissed"}

func (h *Handlers) today(c *web.Ctx) error {
	t, err := h.Access.Today(c, c.Actor)
	if err != nil {
		return err
	}
	n, err := h.Portfolio.Counts(c, c.Actor)
	if err != nil {
		return err
	}
	v := todayView{greeting: staffGreeting(c), mayIssue: c.Actor.Has(actor.IssueAccess), mayImport: c.Actor.Has(actor.EditPortfolio), uvi: n.UVI, properties: n.Properties}
	waiting, err := h.todayParts(c, &v, tasks(c, t))
	if err != nil {
		return err
	}
	v.lead = longDay(c)
	if waiting += len(t.Print); waiting > 0 {
		v.lead += " · " + c.T("accessweb.s.today.waiting", "count", waiting)
	}
	if key := todayDone[c.Query("ok")]; key != "" {
		v.done, v.doneText = c.T(key), c.T(key+"_text")
	}
	for _, b := range t.Print {
		v.print = append(v.print, printOf(c, b))
	}
	v.access = figuresOf(c, t)
	return c.Page(ui.Head{Title: c.T("accessweb.s.nav.today"), Printed: c.Today()}, todayPage(v))
}

// staffGreeting is by the organisation's clock and by first name.
func staffGreeting(c *web.Ctx) string {
	part := "day_greeting"
	switch hour := local(c, c.Now()).Hour(); {
	case hour < 11:
		part = "morning"
	case hour >= 18:
		part = "evening"
	}
	first, _, _ := strings.Cut(strings.TrimSpace(c.Actor.Name()), " ")
	return c.T("accessweb.s.today."+part, "name", first)
}

func printOf(c *web.Ctx, b access.Batch) printView {
	v := printView{id: b.ID, url: batchPath(b.ID), hasFile: b.HasFile(), done: b.Done + b.Failed, total: b.Total, working: b.State == access.BatchQueued || b.State == access.BatchRunning}
	v.text = c.T("accessweb.s.letters.reason."+string(b.Reason)) + ", " + moment(c, b.CreatedAt)
	key := map[access.BatchState]string{access.BatchErased: "accessweb.s.today.erased", access.BatchFailed: "accessweb.s.today.gave_up"}[b.State]
	n := b.Done
	if v.working {
		key, n = "accessweb.s.today.working", b.Total
	}
	if key == "" {
		key = "accessweb.s.today.print"
	}
	v.title = c.T(key, "count", n, "property", b.Property)
	return v
}

// tasks are the other things to do, the most urgent first.
func tasks(c *web.Ctx, t access.Today) []ui.TodayItem {
	var list []ui.TodayItem
	for _, p := range t.NotMe {
		list = append(list, ui.TodayItem{Icon: ui.IconUserX, Title: c.T("accessweb.s.today.not_me", "name", p.Name), URL: personPath(p.PersonID), Text: c.T("accessweb.s.today.not_me_text"),
			Meta: []string{p.Property, moment(c, p.At)}, Dismiss: personPath(p.PersonID) + "/ablehnung-erledigt"})
	}
	for _, p := range t.Asked {
		list = append(list, ui.TodayItem{Icon: ui.IconKeyRound, Title: c.T("accessweb.s.today.asked", "name", p.Name), URL: personPath(p.PersonID),
			Text: c.T("accessweb.s.today.asked_text"), Meta: []string{p.Property, moment(c, p.At)}})
	}
	for _, f := range t.Letters {
		list = append(list, ui.TodayItem{Icon: ui.IconFileText, Title: c.T("accessweb.s.today.letter", "name", f.Name), URL: personPath(f.PersonID),
			Text: c.T(f.Key, "char", f.Char), Meta: []string{f.Property}, Dismiss: batchPath(f.BatchID) + "/personen/" + f.PersonID + "/erledigt"})
	}
	for _, m := range t.Mails {
		task := ui.TodayItem{Icon: ui.IconMail, Title: c.T("accessweb.s.today.mail_staff"), Text: mailReason(c, m.Reason), Meta: []string{mailKind(c, m.Kind), moment(c, m.At)},
			Dismiss: web.StaffPrefix + "/zustellungen/" + m.DeliveryID + "/erledigt"}
		if m.PersonID != "" {
			task.Title, task.URL = c.T("accessweb.s.today.mail", "name", m.Name), personPath(m.PersonID)
		}
		list = append(list, task)
	}
	for _, p := range t.Expired {
		list = append(list, ui.TodayItem{Icon: ui.IconClockAlert, Title: c.T("accessweb.s.today.expired", "count", p.Persons), URL: propertyPath(p.PropertyID) + "?zugang=expired&schreiben=noetig",
			Text: c.T("accessweb.s.today.expired_text"), Meta: []string{p.Property}})
	}
	for i := range list {
		list[i].Group, list[i].MayClose = ui.TodayTodo, c.Actor.Has(actor.IssueAccess)
	}
	return list
}

func figuresOf(c *web.Ctx, t access.Today) accessFigures {
	f := accessFigures{confirmed: t.Confirmed, persons: t.Confirmed + t.Pending + t.None + t.Lapsed + t.Requested + t.Revoked}
	if f.persons > 0 {
		f.percent = f.confirmed * 100 / f.persons
	}
	for _, row := range []struct {
		state  access.State
		n      int
		seldom bool // shown only when there are some
	}{{access.Pending, t.Pending, false}, {access.NoAccess, t.None, false}, {access.Requested, t.Requested, true}, {access.Expired, t.Lapsed, false}, {access.Revoked, t.Revoked, true}} {
		if row.n > 0 || !row.seldom {
			f.facts = append(f.facts, ui.Fact{Term: c.T(row.state.Label()), Text: c.Printer().Int(int64(row.n))})
		}
	}
	return f
}

func (h *Handlers) dismissMail(c *web.Ctx) error {
	if err := h.Access.DismissMail(c, c.Actor, c.Path("id")); err != nil {
		return err
	}
	return c.Redirect(todayPath + "?ok=erledigt")
}

func (h *Handlers) dismissNotMe(c *web.Ctx) error {
	if err := h.Access.DismissNotMe(c, c.Actor, c.Path("id")); err != nil {
		return err
	}
	return c.Redirect(todayPath + "?ok=erledigt")
}

func (h *Handlers) waiting(c *web.Ctx) (int, error) {
	n := 0
	if c.Actor.Has(actor.ReadPortfolio) {
		var err error
		if n, err = h.Access.Waiting(c, c.Actor); err != nil {
			return 0, err
		}
	}
	for _, p := range h.Today {
		if p.Count == nil {
			continue
		}
		m, err := p.Count(c)
		if err != nil {
			return 0, err
		}
		n += m
	}
	return n, nil
}

// mailReason says why a mail did not arrive: what it means, then the answer of
// the mail server as it came, which an administrator can look up.
func mailReason(c *web.Ctx, kept string) string {
	stage, answer := notifications.ReadReason(kept)
	key := "accessweb.s.mail.stage." + stage
	if stage == "" || !c.Printer().Has(key) {
		return kept
	}
	if answer == "" {
		return c.T(key)
	}
	return c.T(key) + " " + c.T("accessweb.s.mail.answer", "text", answer)
}
