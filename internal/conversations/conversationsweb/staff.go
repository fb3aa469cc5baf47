package conversationsweb

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"foyer/internal/conversations"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
	"foyer/internal/portfolio"
)

// The folders of staff as addresses name them.
const (
	folderSent   = "gesendet"
	folderDrafts = "entwuerfe"
)

// officeView is a folder of the office.
type officeView struct {
	folder   string
	folders  []ui.NavItem
	rows     []rowView
	pages    ui.Pages
	mayWrite bool
	text     string
	mine     bool
	waiting  bool
	filtered bool
	done     string
}

var officeDone = map[string]string{"erledigt": "conversationsweb.s.done.settled", "entwurf": "conversationsweb.s.done.draft"}

func (h *Handlers) office(c *web.Ctx) error {
	v := officeView{folder: c.Query("ordner"), mayWrite: c.Actor.Has(actor.AnswerMessages), text: strings.TrimSpace(c.Query("q")),
		mine: c.Query("zustaendig") == "ich", waiting: c.Query("offen") != ""}
	waiting, err := h.Conversations.CountWaiting(c, c.Actor)
	if err != nil {
		return err
	}
	v.folders = []ui.NavItem{{Label: c.T("conversationsweb.s.inbox"), URL: staffPath, Count: waiting, Current: v.folder != folderSent && v.folder != folderDrafts},
		{Label: c.T("conversationsweb.sent"), URL: staffPath + "?ordner=" + folderSent, Current: v.folder == folderSent}}
	if v.mayWrite {
		v.folders = append(v.folders, ui.NavItem{Label: c.T("conversationsweb.s.drafts"), URL: staffPath + "?ordner=" + folderDrafts, Current: v.folder == folderDrafts})
	}
	if key := officeDone[c.Query("ok")]; key != "" {
		v.done = c.T(key)
	}
	if v.folder == folderDrafts {
		if v.rows, err = h.drafts(c); err != nil {
			return err
		}
	} else if err := h.folder(c, &v); err != nil {
		return err
	}
	return c.Page(ui.Head{Title: c.T("conversationsweb.title")}, officePage(v))
}

// folder fills a list of conversations with its filters.
func (h *Handlers) folder(c *web.Ctx, v *officeView) error {
	f := conversations.Filter{Query: v.text, Waiting: v.waiting, After: cursor(c.Query("nach"))}
	q := url.Values{}
	if v.folder == folderSent {
		f.Box, f.Waiting, v.waiting = conversations.Outbox, false, false
		q.Set("ordner", folderSent)
	}
	if v.mine {
		f.Assignee = c.Actor.ID()
		q.Set("zustaendig", "ich")
	}
	if v.waiting {
		q.Set("offen", "1")
	}
	if v.text != "" {
		q.Set("q", v.text)
	}
	v.filtered = v.mine || v.waiting || v.text != ""
	p, err := h.Conversations.List(c, c.Actor, f)
	if err != nil {
		return err
	}
	for _, r := range p.Rows {
		v.rows = append(v.rows, staffRow(c, r, f.Box == conversations.Outbox))
	}
	v.pages = pages(staffPath, q, c.Query("nach") != "", p.Next)
	return nil
}

// reset is the folder without filters.
func (v officeView) reset() string {
	switch {
	case !v.filtered:
		return ""
	case v.folder == folderSent:
		return staffPath + "?ordner=" + folderSent
	}
	return staffPath
}

func staffRow(c *web.Ctx, r conversations.Row, outbox bool) rowView {
	v := rowView{icon: iconOf(r.Conversation), url: r.StaffURL(), title: r.Subject, text: r.InText, when: when(c, r.InAt), unread: r.InAt.After(r.SeenAt)}
	if outbox {
		v.text, v.when, v.unread = r.OutText, when(c, r.OutAt), false
	}
	if r.Who != "" {
		v.title = r.Who + ": " + r.Subject
	}
	place := r.Place
	if to := readers(c, r.Conversation); to != "" && r.Who == "" {
		place = to
	}
	waits, answers, reply := "", "", ""
	if r.Waits() && !outbox {
		waits = c.T("conversationsweb.s.waits")
	}
	if r.Answers > 0 {
		answers = c.T("conversationsweb.s.answers", "count", r.Answers)
	}
	if r.RootID != "" {
		reply = c.T("conversationsweb.s.is_answer")
	}
	v.meta = compact(waits, caseOf(c, r.Conversation), place, reply, answers, files(c, r.Files))
	return v
}

// drafts are what somebody of staff has begun to write to residents.
func (h *Handlers) drafts(c *web.Ctx) ([]rowView, error) {
	list, err := h.Conversations.Drafts(c, c.Actor, "compose:")
	if err != nil {
		return nil, err
	}
	var out []rowView
	for _, d := range list {
		title := d.Fields["subject"]
		if title == "" {
			title = c.T("conversationsweb.s.no_subject")
		}
		q := url.Values{"entwurf": {strings.TrimPrefix(d.Place, "compose:")}}
		out = append(out, rowView{icon: ui.IconPencil, title: title, url: writePath + "?" + q.Encode(), text: d.Fields["text"], when: when(c, d.SavedAt)})
	}
	return out, nil
}

// staffView is a conversation as staff read it.
type staffView struct {
	id, subject, lead string
	entries           []entryView
	facts             []ui.Fact
	answers           []rowView
	root              string
	done              string
	waits             bool
	mayAnswer         bool
	mayHold, held     bool
	assignee          string
	colleagues        []ui.Option
	personal          bool // with one person: calls and letters can be put down
	key, last, text   string
	internal          bool
	source            string
	kept              bool
	figures           []ui.Fact // how the newest message of staff got on
	telling           bool
	whose             string
	meanwhile         string // others have written: what to do
	invalid           *fault.Invalid
}

var staffDone = map[string]string{"gesendet": "conversationsweb.s.done.sent", "notiz": "conversationsweb.s.done.note", "zustaendig": "conversationsweb.s.done.assigned",
	"eingetragen": "conversationsweb.s.done.recorded", "aufbewahren": "conversationsweb.s.done.held", "verschickt": "conversationsweb.s.done.told"}

func (h *Handlers) staffShow(c *web.Ctx) error {
	v, head, err := h.staffThread(c, true)
	if err != nil {
		return err
	}
	return c.Page(head, staffPage(v))
}

func (h *Handlers) staffThread(c *web.Ctx, look bool) (v staffView, head ui.Head, err error) {
	t, err := h.Conversations.Get(c, c.Actor, c.Path("id"))
	if err != nil {
		return v, head, err
	}
	if look {
		if err := h.Conversations.Look(c, c.Actor, t.Thread); err != nil {
			return v, head, err
		}
	}
	v = staffView{id: t.ID, subject: t.Subject, waits: t.Waits(), mayAnswer: t.MayReply, mayHold: c.Actor.Has(actor.ManageOrg), held: t.Hold, assignee: t.AssigneeID,
		personal: t.PersonID != "", key: store.NewID(), last: t.Last, whose: h.whose(c, "reply:"+t.ID)}
	v.lead = strings.Join(compact(t.Who, t.Place), " · ")
	if t.House() {
		v.lead = readers(c, t.Conversation)
	}
	if key := staffDone[c.Query("ok")]; key != "" {
		v.done = c.T(key)
	}
	for _, p := range t.Posts {
		v.entries = append(v.entries, entryOf(c, p, t.SeenAt.Before(p.At) && !isMine(c, p)))
	}
	for _, r := range t.Answers {
		v.answers = append(v.answers, staffRow(c, r, false))
	}
	if t.Root.ID != "" {
		v.root = t.Root.StaffURL()
	}
	v.colleagues = []ui.Option{{Value: "", Label: c.T("conversationsweb.s.nobody")}}
	for _, x := range t.Colleagues {
		v.colleagues = append(v.colleagues, ui.Option{Value: x.ID, Label: x.Name})
	}
	v.facts = h.staffFacts(c, t)
	if t.Sent.Persons > 0 {
		v.figures, v.telling = figureFacts(c, t.Sent, true), !t.Sent.Done
	}
	d, ok, err := h.Conversations.Draft(c, c.Actor, "reply:"+t.ID)
	if err != nil {
		return v, head, err
	}
	if ok && t.MayReply {
		v.text, v.kept = d.Fields["text"], true
	}
	return v, ui.Head{Title: t.Subject, Printed: c.Today()}, nil
}

// staffFacts are what stands beside a conversation.
func (h *Handlers) staffFacts(c *web.Ctx, t conversations.StaffThread) []ui.Fact {
	var facts []ui.Fact
	add := func(key, text string) {
		if text != "" {
			facts = append(facts, ui.Fact{Term: c.T(key), Text: text})
		}
	}
	if t.PersonID != "" && t.Audience.Kind == portfolio.ToPerson {
		facts = append(facts, ui.Fact{Term: c.T("conversationsweb.s.person"), Node: ui.Link(t.Who, web.StaffPrefix+"/personen/"+t.PersonID)})
	} else {
		add("conversationsweb.s.person", t.Who)
	}
	add("conversationsweb.s.place", t.Place)
	add("conversationsweb.s.readers", readers(c, t.Conversation))
	if t.Assignee != "" {
		add("conversationsweb.s.assignee", t.Assignee)
	}
	if t.Waits() {
		add("conversationsweb.s.waits_since", moment(c, t.WaitsSince))
	}
	if t.ByStaff {
		key := "conversationsweb.s.replies_no"
		if t.Replies {
			key = "conversationsweb.s.replies_yes"
		}
		add("conversationsweb.s.replies", c.T(key))
	}
	return facts
}

func (h *Handlers) respond(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	in := conversations.Reply{Key: f.Text(ui.KeyField), Text: f.Long("text"), Last: f.Text("last"), Internal: f.Text("as") == "note"}
	if as := f.Text("as"); as == string(conversations.Phone) || as == string(conversations.Letter) || as == string(conversations.Visit) {
		in.Source = conversations.Source(as)
	}
	id := c.Path("id")
	err = h.Conversations.Respond(c, c.Actor, id, in)
	var meanwhile *conversations.Inbetween
	if bad := fault.AsInvalid(err); bad != nil || errors.As(err, &meanwhile) {
		v, head, err := h.staffThread(c, false)
		if err != nil {
			return err
		}
		v.invalid, v.text, v.key, v.source, v.kept = bad, in.Text, in.Key, f.Text("as"), false
		if meanwhile == nil {
			return c.Again(head, staffPage(v))
		}
		v.meanwhile = c.T("conversationsweb.s.meanwhile", "count", len(meanwhile.Posts), "name", meanwhile.Posts[len(meanwhile.Posts)-1].AuthorName)
		if err := h.Conversations.SaveDraft(c, c.Actor, "reply:"+id, map[string]string{"text": in.Text}); err != nil {
			return err
		}
		head.Invalid = true
		return c.PageStatus(http.StatusUnprocessableEntity, head, staffPage(v))
	}
	if err != nil {
		return err
	}
	if err := h.Conversations.Forget(c, c.Actor, "reply:"+id); err != nil {
		return err
	}
	ok := "gesendet"
	switch {
	case in.Internal:
		ok = "notiz"
	case in.Source != "":
		ok = "eingetragen"
	}
	return c.Redirect(staffPath + "/" + id + "?ok=" + ok)
}

func (h *Handlers) assign(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	if err := h.Conversations.Assign(c, c.Actor, c.Path("id"), f.Text("assignee")); err != nil {
		return err
	}
	return c.Redirect(staffPath + "/" + c.Path("id") + "?ok=zustaendig")
}

func (h *Handlers) settle(c *web.Ctx) error {
	if err := h.Conversations.Settle(c, c.Actor, c.Path("id")); err != nil {
		return err
	}
	return c.Redirect(staffPath + "?ok=erledigt")
}

func (h *Handlers) hold(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	if err := h.Conversations.Hold(c, c.Actor, c.Path("id"), f.On("hold")); err != nil {
		return err
	}
	return c.Redirect(staffPath + "/" + c.Path("id") + "?ok=aufbewahren")
}

// Today is what waits for an answer, on the page Heute.
func (h *Handlers) Today(c *web.Ctx) ([]ui.TodayItem, error) {
	if !c.Actor.Has(actor.ReadMessages) {
		return nil, nil
	}
	list, err := h.Conversations.Waiting(c, c.Actor, 8)
	if err != nil {
		return nil, err
	}
	var out []ui.TodayItem
	for _, r := range list {
		if r.Kind != conversations.Message {
			continue // cases speak for themselves
		}
		v := staffRow(c, r, false)
		item := ui.TodayItem{Group: ui.TodayAnswer, Icon: v.icon, Title: v.title, URL: v.url, Text: v.text, Meta: compact(r.Place, when(c, r.WaitsSince))}
		if c.Actor.Has(actor.AnswerMessages) {
			item.Dismiss, item.MayClose = staffPath+"/"+r.ID+"/erledigt", true
		}
		out = append(out, item)
	}
	return out, nil
}

// PersonPanel is what staff and a person have written to each other, on that
// person's page.
func (h *Handlers) PersonPanel(c *web.Ctx, personID string) (templ.Component, error) {
	if !c.Actor.Has(actor.ReadMessages) {
		return nil, nil
	}
	list, err := h.Conversations.OfPerson(c, c.Actor, personID, 5)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	var rows []rowView
	for _, r := range list {
		v := staffRow(c, r, r.OutAt.After(r.InAt))
		v.title, v.unread = r.Subject, false
		rows = append(rows, v)
	}
	return personPanel(rows), nil
}

// PersonAction is the address of a new message to a person; the id follows.
const PersonAction = writePath + "?an=person:"
