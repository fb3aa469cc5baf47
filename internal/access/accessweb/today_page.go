package accessweb

import (
	"strings"

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
	todo           []taskView
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

// taskView is one thing to do.
type taskView struct {
	icon             ui.IconName
	title, url, text string
	meta             []string
	chevron          bool
	dismiss          string // where its button leads; "" for none
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
	v.lead = longDay(c) + " · " + c.T("accessweb.s.today.waiting", "count", t.Items())
	if t.Items() == 0 {
		v.lead = longDay(c)
	}
	if key := todayDone[c.Query("ok")]; key != "" {
		v.done, v.doneText = c.T(key), c.T(key+"_text")
	}
	for _, b := range t.Print {
		v.print = append(v.print, printOf(c, b))
	}
	v.todo = tasks(c, t)
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
func tasks(c *web.Ctx, t access.Today) []taskView {
	var list []taskView
	for _, p := range t.NotMe {
		list = append(list, taskView{icon: ui.IconUserX, title: c.T("accessweb.s.today.not_me", "name", p.Name), url: personPath(p.PersonID), text: c.T("accessweb.s.today.not_me_text"),
			meta: []string{p.Property, moment(c, p.At)}, dismiss: personPath(p.PersonID) + "/ablehnung-erledigt"})
	}
	for _, p := range t.Asked {
		list = append(list, taskView{icon: ui.IconKeyRound, title: c.T("accessweb.s.today.asked", "name", p.Name), url: personPath(p.PersonID),
			text: c.T("accessweb.s.today.asked_text"), meta: []string{p.Property, moment(c, p.At)}, chevron: true})
	}
	for _, f := range t.Letters {
		list = append(list, taskView{icon: ui.IconFileText, title: c.T("accessweb.s.today.letter", "name", f.Name), url: personPath(f.PersonID),
			text: c.T(f.Key, "char", f.Char), meta: []string{f.Property}, dismiss: batchPath(f.BatchID) + "/personen/" + f.PersonID + "/erledigt"})
	}
	for _, m := range t.Mails {
		task := taskView{icon: ui.IconMail, title: c.T("accessweb.s.today.mail_staff"), text: mailReason(c, m.Reason), meta: []string{mailKind(c, m.Kind), moment(c, m.At)},
			dismiss: web.StaffPrefix + "/zustellungen/" + m.DeliveryID + "/erledigt"}
		if m.PersonID != "" {
			task.title, task.url = c.T("accessweb.s.today.mail", "name", m.Name), personPath(m.PersonID)
		}
		list = append(list, task)
	}
	for _, p := range t.Expired {
		list = append(list, taskView{icon: ui.IconClockAlert, title: c.T("accessweb.s.today.expired", "count", p.Persons), url: propertyPath(p.PropertyID) + "?zugang=expired",
			text: c.T("accessweb.s.today.expired_text"), meta: []string{p.Property}, chevron: true})
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
	if !c.Actor.Has(actor.ReadPortfolio) {
		return 0, nil
	}
	return h.Access.Waiting(c, c.Actor)
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
