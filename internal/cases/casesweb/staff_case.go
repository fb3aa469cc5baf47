package casesweb

import (
	"errors"
	"net/http"
	"strings"

	"foyer/internal/cases"
	"foyer/internal/conversations"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

// staffView is a case as staff work on it.
type staffView struct {
	id, title, lead, urgent      string
	tone                         ui.Tone
	mark                         ui.IconName
	status, done, meanwhile      string
	entries                      []entryView
	meetings                     []meetingView
	mayWork, mayAll, waits       bool
	key, last, text, as          string
	kept                         []fileView
	targets                      []ui.Choice
	statuses, assignees          []ui.Option
	providers, urgencies         []ui.Option
	categories                   []ui.Option
	now                          string
	c                            cases.Case
	contact                      []ui.Fact
	contactTitle                 string
	house                        []rowView
	mergeable                    []ui.Option
	report                       string // the address of the leading case
	invalid, badWork, badMeeting *fault.Invalid
	reason                       string
}

func (h *Handlers) staffShow(c *web.Ctx) error {
	v, head, err := h.staffLoad(c, true)
	if err != nil {
		return err
	}
	return c.Page(head, staffPage(v))
}

func (h *Handlers) staffLoad(c *web.Ctx, look bool) (v staffView, head ui.Head, err error) {
	f, err := h.Cases.Get(c, c.Actor, c.Path("id"))
	if err != nil {
		return v, head, err
	}
	if look {
		if err := h.Cases.Look(c, c.Actor, f.File); err != nil {
			return v, head, err
		}
	}
	v = staffView{id: f.ID, title: f.Subject, urgent: urgent(c, f.Case), status: statusText(c, f.Status), entries: timeline(c, f.File), meetings: meetings(c, f.Appointments), mayWork: f.MayReply,
		mayAll: f.MayReply && c.Actor.Role() != actor.Caretaker, waits: f.Waits(), key: store.NewID(), last: f.Last, c: f.Case, now: string(f.Status), contactTitle: f.Who}
	v.tone, v.mark = toneOf(f.Status)
	v.lead = strings.Join(compact(v.urgent, f.Number(), f.Tree.Name(f.CategoryID, c.Lang()), f.Place, f.Who), " · ")
	if key := staffDone[c.Query("ok")]; key != "" {
		v.done = c.T(key)
	}
	if f.LeadID != "" {
		v.report = staffPath + "/" + f.LeadID
	}
	h.choices(c, &v, f)
	add := func(key, text string) {
		if text != "" {
			v.contact = append(v.contact, ui.Fact{Term: c.T("casesweb." + key), Text: text})
		}
	}
	add("phone.number", f.Phone)
	add("s.reach", f.Reach)
	if f.Phone != "" {
		key := "casesweb.s.release_no"
		if f.Release {
			key = "casesweb.s.release_yes"
		}
		add("s.release", c.T(key))
	}
	add("fact.spot", f.Spot)
	cat, _ := f.Tree.Effective(f.CategoryID)
	for _, x := range cat.Fields {
		if a := f.Fields[x.Key]; a != "" {
			v.contact = append(v.contact, ui.Fact{Term: x.Label(c.Lang()), Text: answerText(c, x, a)})
		}
	}
	if f.Rating > 0 {
		add("s.rating", strings.Repeat("★", f.Rating)+" "+f.RatingText)
	}
	return v, ui.Head{Title: f.Subject, Printed: c.Today()}, nil
}

// choices fills in what can be chosen on a case.
func (h *Handlers) choices(c *web.Ctx, v *staffView, f cases.StaffFile) {
	all := f.Who
	if len(f.ReportsOf) > 0 {
		all = c.T("casesweb.s.to_all", "count", len(f.ReportsOf)+1)
	}
	v.targets = []ui.Choice{{Value: "", Label: all, Icon: ui.IconMessageSquareText}, {Value: "note", Label: c.T("casesweb.s.only_internal"), Icon: ui.IconLock}}
	for _, r := range f.ReportsOf {
		v.targets = append(v.targets, ui.Choice{Value: r.ID, Label: c.T("casesweb.s.only_to", "name", r.Who), Icon: ui.IconUser})
	}
	for _, s := range cases.Statuses {
		if s != cases.Open || f.Status == cases.Open || f.Status == cases.Done {
			v.statuses = append(v.statuses, ui.Option{Value: string(s), Label: statusText(c, s)})
		}
	}
	v.assignees = []ui.Option{{Value: "", Label: c.T("casesweb.s.nobody_of")}}
	for _, x := range f.Colleagues {
		v.assignees = append(v.assignees, ui.Option{Value: x.ID, Label: x.Name})
	}
	v.providers = []ui.Option{{Value: "", Label: c.T("casesweb.s.no_provider")}}
	for _, x := range f.Providers {
		v.providers = append(v.providers, ui.Option{Value: x.ID, Label: x.Name})
	}
	for _, u := range cases.Urgencies {
		v.urgencies = append(v.urgencies, ui.Option{Value: string(u), Label: c.T(u.Key())})
	}
	for _, x := range f.Tree.List {
		if x.Active || x.ID == f.CategoryID {
			v.categories = append(v.categories, ui.Option{Value: x.ID, Label: f.Tree.Name(x.ID, c.Lang())})
		}
	}
	for _, r := range f.House {
		x := rowView{icon: iconFor(f.Tree, r.Case), title: r.Subject, url: r.StaffURL(), status: statusText(c, r.Status), meta: compact(r.Number(), r.Place)}
		x.tone, x.mark = toneOf(r.Status)
		v.house = append(v.house, x)
		if r.Status != cases.Done && f.LeadID == "" {
			v.mergeable = append(v.mergeable, ui.Option{Value: r.ID, Label: r.Number() + " · " + r.Subject})
		}
	}
}

func (h *Handlers) respond(c *web.Ctx) error {
	if _, err := h.Cases.Get(c, c.Actor, c.Path("id")); err != nil {
		return err
	}
	f, err := h.receive(c)
	if err != nil {
		return err
	}
	in := cases.Reply{Key: f.Text(ui.KeyField), Text: f.Long("text"), Files: f.files, Last: f.Text("last")}
	switch as := f.Text("as"); as {
	case "", "note":
		in.Internal = as == "note"
	default:
		in.OnlyTo = as
	}
	bad := f.bad
	if bad == nil {
		err = h.Cases.Respond(c, c.Actor, c.Path("id"), in)
		bad = fault.AsInvalid(err)
	}
	var meanwhile *conversations.Inbetween
	if bad != nil || errors.As(err, &meanwhile) {
		v, head, err := h.staffLoad(c, false)
		if err != nil {
			return err
		}
		kept, err := h.Documents.Drafts(c, c.Actor, f.files)
		if err != nil {
			return err
		}
		v.invalid, v.text, v.key, v.as, v.kept = bad, in.Text, in.Key, f.Text("as"), fileViews(c, kept)
		if meanwhile != nil {
			v.meanwhile = c.T("casesweb.s.meanwhile", "name", meanwhile.Posts[len(meanwhile.Posts)-1].AuthorName)
		}
		head.Invalid = true
		return c.PageStatus(http.StatusUnprocessableEntity, head, staffPage(v))
	}
	if err != nil {
		return err
	}
	ok := "gesendet"
	if in.Internal {
		ok = "notiz"
	}
	return c.Redirect(staffPath + "/" + c.Path("id") + "?ok=" + ok)
}

// then leads back to the case, or shows it once more with what was wrong.
func (h *Handlers) then(c *web.Ctx, err error, ok string, set func(v *staffView, bad *fault.Invalid)) error {
	if bad := fault.AsInvalid(err); bad != nil {
		v, head, err := h.staffLoad(c, false)
		if err != nil {
			return err
		}
		set(&v, bad)
		return c.Again(head, staffPage(v))
	}
	if err != nil {
		return err
	}
	return c.Redirect(staffPath + "/" + c.Path("id") + "?ok=" + ok)
}

func work(v *staffView, bad *fault.Invalid) { v.badWork = bad }

func (h *Handlers) change(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	in := cases.Change{Reason: f.Long("reason")}
	for name, to := range map[string]**string{"assignee": &in.AssigneeID, "category": &in.CategoryID, "provider": &in.ProviderID, "due": &in.DueOn} {
		if f.Has(name) {
			s := f.Text(name)
			*to = &s
		}
	}
	if s := cases.Status(f.Text("status")); s != "" {
		in.Status = &s
	}
	if u := cases.Urgency(f.Text("urgency")); u != "" {
		in.Urgency = &u
	}
	return h.then(c, h.Cases.Change(c, c.Actor, c.Path("id"), in), "gespeichert", func(v *staffView, bad *fault.Invalid) {
		v.badWork, v.reason, v.now = bad, in.Reason, f.Text("status")
	})
}

func (h *Handlers) take(c *web.Ctx) error {
	return h.then(c, h.Cases.Take(c, c.Actor, c.Path("id")), "gespeichert", work)
}

func (h *Handlers) settle(c *web.Ctx) error {
	return h.then(c, h.Cases.Settle(c, c.Actor, c.Path("id")), "gespeichert", work)
}

func (h *Handlers) split(c *web.Ctx) error {
	return h.then(c, h.Cases.Split(c, c.Actor, c.Path("id")), "gespeichert", work)
}

func (h *Handlers) merge(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	return h.then(c, h.Cases.Merge(c, c.Actor, c.Path("id"), f.List("report")), "zusammen", work)
}

func (h *Handlers) arrange(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	a := cases.Appointment{Day: f.Text("day"), From: f.Text("from"), Till: f.Text("till"), Who: f.Text("who"), Phone: f.Text("phone"), Note: f.Long("note")}
	return h.then(c, h.Cases.Arrange(c, c.Actor, c.Path("id"), f.Text(ui.KeyField), a), "termin", func(v *staffView, bad *fault.Invalid) { v.badMeeting = bad })
}

func (h *Handlers) cancelMeeting(c *web.Ctx) error {
	return h.then(c, h.Cases.Cancel(c, c.Actor, c.Path("id"), c.Path("termin")), "termin", work)
}
