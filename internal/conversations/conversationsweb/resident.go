package conversationsweb

import (
	"net/url"

	"github.com/a-h/templ"

	"foyer/internal/conversations"
	"foyer/internal/orgs"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
	"foyer/internal/portfolio"
)

// rowView is a conversation in a list.
type rowView struct {
	icon             ui.IconName
	title, url, text string
	meta             []string
	when             string
	unread           bool
}

// listView is a folder of a resident.
type listView struct {
	outbox   bool
	folders  []ui.NavItem
	rows     []rowView
	pages    ui.Pages
	mayWrite bool
}

func (h *Handlers) list(c *web.Ctx) error {
	m, chosen, err := h.Mine(c)
	if err != nil {
		return err
	}
	if len(m.Tenancies) < 2 {
		chosen = portfolio.Tenancy{} // nothing to choose between
	}
	v := listView{outbox: c.Query("ordner") == "gesendet", mayWrite: mayWrite(c)}
	box := conversations.Inbox
	if v.outbox {
		box = conversations.Outbox
	}
	p, err := h.Conversations.Mine(c, c.Actor, box, chosen, cursor(c.Query("nach")))
	if err != nil {
		return err
	}
	fresh := 0
	for _, r := range p.Rows {
		row := residentRow(c, r, v.outbox)
		if row.unread {
			fresh++
		}
		v.rows = append(v.rows, row)
	}
	in := c.T("conversationsweb.inbox")
	if fresh > 0 && !v.outbox {
		in += " · " + c.T("conversationsweb.fresh", "count", fresh)
	}
	v.folders = []ui.NavItem{{Label: in, URL: path, Current: !v.outbox}, {Label: c.T("conversationsweb.sent"), URL: path + "?ordner=gesendet", Current: v.outbox}}
	q := url.Values{}
	if v.outbox {
		q.Set("ordner", "gesendet")
	}
	v.pages = pages(path, q, c.Query("nach") != "", p.Next)
	return c.Page(ui.Head{Title: c.T("conversationsweb.title"), Narrow: true, Printed: c.Today()}, listPage(v))
}

// pages leads to the next piece of a list and back to its beginning.
func pages(at string, q url.Values, later bool, next conversations.Cursor) (p ui.Pages) {
	to := func(nach string) string {
		if q.Del("nach"); nach != "" {
			q.Set("nach", nach)
		}
		if len(q) == 0 {
			return at
		}
		return at + "?" + q.Encode()
	}
	if later {
		p.PrevURL = to("")
	}
	if next.ID != "" {
		p.NextURL = to(cursorText(next))
	}
	return p
}

// mayWrite tells whether residents may begin a message (X6).
func mayWrite(c *web.Ctx) bool {
	o, ok := c.Org.Value.(orgs.Org)
	return ok && o.Settings.ContactMode != orgs.ContactCases
}

func residentRow(c *web.Ctx, r conversations.Row, outbox bool) rowView {
	v := rowView{icon: iconOf(r.Conversation), title: r.Subject, url: r.ResidentURL(), text: r.OutText, when: when(c, r.OutAt), unread: r.OutAt.After(r.SeenAt)}
	who := readers(c, r.Conversation)
	if who == "" || !r.ByStaff {
		who = r.OutName
	}
	if outbox {
		v.text, v.when, v.unread, who = r.InText, when(c, r.InAt), false, ""
	}
	v.meta = compact(who, caseOf(c, r.Conversation), more(c, r.Conversation), files(c, r.Files))
	return v
}

func caseOf(c *web.Ctx, x conversations.Conversation) string {
	if x.Ref == "" {
		return ""
	}
	return c.T("conversationsweb.case", "ref", x.Ref)
}

func more(c *web.Ctx, x conversations.Conversation) string {
	if x.Messages < 2 {
		return ""
	}
	return c.T("conversationsweb.messages", "count", x.Messages)
}

func files(c *web.Ctx, n int) string {
	if n == 0 {
		return ""
	}
	return c.T("conversationsweb.files", "count", n)
}

// entryView is a message of a conversation.
type entryView struct {
	id, initials, who, when string
	staff, fresh            bool
	kind                    ui.BubbleKind
	text                    string
	what                    string // how it came, when not by the portal
	internal                bool
}

// threadView is a conversation as a resident reads it.
type threadView struct {
	id, subject, lead  string
	entries            []entryView
	done               string
	why                string // no answer is possible, and why
	own                []rowView
	root               string // the address of the message to the house
	key, text, draftAt string
	kept               bool // an earlier draft stands in the form
	invalid            *fault.Invalid
	house              bool
	whose              string
}

var threadDone = map[string]string{"gesendet": "conversationsweb.done.sent"}

func (h *Handlers) show(c *web.Ctx) error {
	v, head, err := h.thread(c, true)
	if err != nil {
		return err
	}
	return c.Page(head, threadPage(v))
}

// thread loads a conversation for its page; look notes that it was seen.
func (h *Handlers) thread(c *web.Ctx, look bool) (v threadView, head ui.Head, err error) {
	t, err := h.Conversations.Read(c, c.Actor, c.Path("id"))
	if err != nil {
		return v, head, err
	}
	if look {
		if err := h.Conversations.Look(c, c.Actor, t); err != nil {
			return v, head, err
		}
	}
	v = threadView{id: t.ID, subject: t.Subject, lead: readers(c, t.Conversation), house: t.House(), key: store.NewID(), whose: h.whose(c, "reply:"+t.ID)}
	if v.lead == "" {
		v.lead = t.Place
	}
	if key := threadDone[c.Query("ok")]; key != "" {
		v.done = c.T(key)
	}
	if !t.MayReply {
		v.why = c.T(t.Why)
	}
	for _, p := range t.Posts {
		v.entries = append(v.entries, entryOf(c, p, t.SeenAt.Before(p.At)))
	}
	for _, r := range t.Own {
		v.own = append(v.own, residentRow(c, r, true))
	}
	if t.RootID != "" {
		v.root = path + "/" + t.RootID
	}
	d, ok, err := h.Conversations.Draft(c, c.Actor, "reply:"+t.ID)
	if err != nil {
		return v, head, err
	}
	if ok && t.MayReply {
		v.text, v.kept = d.Fields["text"], true
	}
	return v, ui.Head{Title: t.Subject, Narrow: true, Printed: c.Today()}, nil
}

// entryOf is a message as the visitor sees it.
func entryOf(c *web.Ctx, p conversations.Post, fresh bool) entryView {
	o, _ := c.Org.Value.(orgs.Org)
	v := entryView{id: p.ID, initials: initials(p.AuthorName), who: p.AuthorName, when: moment(c, p.At), staff: p.Side == conversations.ByStaff, text: p.Text, internal: p.Internal}
	own := p.Side == sideOf(c.Actor)
	switch {
	case p.Side == conversations.ByStaff && c.Actor.Kind() == "account":
		v.who += ", " + o.Name
		v.fresh = fresh
	case own && isMine(c, p):
		v.who = c.T("conversationsweb.you")
	case !own:
		v.fresh = fresh
	}
	if own {
		v.kind = ui.BubbleMine
	}
	if p.Internal {
		v.kind, v.what = ui.BubbleInternal, c.T("conversationsweb.internal")
	}
	if p.Source != conversations.Portal {
		v.what = c.T("conversationsweb.source." + string(p.Source))
	}
	return v
}

func isMine(c *web.Ctx, p conversations.Post) bool {
	if p.AuthorID == c.Actor.ID() {
		return true
	}
	for _, id := range c.Actor.Persons() {
		if id == p.AuthorID {
			return true
		}
	}
	return false
}

func (h *Handlers) answer(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	text := f.Long("text")
	id, err := h.Conversations.Answer(c, c.Actor, c.Path("id"), conversations.Reply{Key: f.Text(ui.KeyField), Text: text})
	if bad := fault.AsInvalid(err); bad != nil {
		v, head, err := h.thread(c, false)
		if err != nil {
			return err
		}
		v.invalid, v.text, v.key, v.kept = bad, text, f.Text(ui.KeyField), false
		return c.Again(head, threadPage(v))
	}
	if err != nil {
		return err
	}
	if err := h.Conversations.Forget(c, c.Actor, "reply:"+c.Path("id")); err != nil {
		return err
	}
	return c.Redirect(path + "/" + id + "?ok=gesendet")
}

// newView is the form of a new message.
type newView struct {
	leases                    []ui.Option
	lease, subject, text, key string
	shared, mayShare          bool
	kept                      bool
	report, whose             string
	invalid                   *fault.Invalid
}

const newDraft = "new"

func (h *Handlers) begin(c *web.Ctx) error {
	v, err := h.newForm(c)
	if err != nil {
		return err
	}
	d, ok, err := h.Conversations.Draft(c, c.Actor, newDraft)
	if err != nil {
		return err
	}
	if ok {
		v.kept, v.subject, v.text, v.shared = true, d.Fields["subject"], d.Fields["text"], d.Fields["shared"] != ""
		if d.Fields["lease"] != "" {
			v.lease = d.Fields["lease"]
		}
	}
	return c.Page(newHead(c), newPage(v))
}

func newHead(c *web.Ctx) ui.Head {
	return ui.Head{Title: c.T("conversationsweb.new"), Narrow: true}
}

func (h *Handlers) newForm(c *web.Ctx) (v newView, err error) {
	if !mayWrite(c) {
		return v, fault.NotFound("form")
	}
	m, chosen, err := h.Mine(c)
	if err != nil {
		return v, err
	}
	v = newView{lease: chosen.Lease.ID, key: store.NewID(), report: h.ReportPath, whose: h.whose(c, newDraft)}
	for _, t := range m.Tenancies {
		if t.State == portfolio.Ended {
			continue
		}
		v.leases = append(v.leases, ui.Option{Value: t.Lease.ID, Label: conversations.PlaceOf(t)})
		v.mayShare = v.mayShare || t.Role != portfolio.Owner
	}
	return v, nil
}

func (h *Handlers) doBegin(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	in := conversations.NewMessage{Key: f.Text(ui.KeyField), LeaseID: f.Text("lease"), Subject: f.Text("subject"), Text: f.Long("text"), Shared: f.On("shared")}
	id, err := h.Conversations.Write(c, c.Actor, in)
	if bad := fault.AsInvalid(err); bad != nil {
		v, err := h.newForm(c)
		if err != nil {
			return err
		}
		v.invalid, v.lease, v.subject, v.text, v.shared, v.key = bad, in.LeaseID, in.Subject, in.Text, in.Shared, in.Key
		return c.Again(newHead(c), newPage(v))
	}
	if err != nil {
		return err
	}
	if err := h.Conversations.Forget(c, c.Actor, newDraft); err != nil {
		return err
	}
	return c.Redirect(path + "/" + id + "?ok=gesendet")
}

// draftFields are the fields of our forms that a draft keeps.
var draftFields = []string{"lease", "subject", "text", "shared", "replies", "to"}

// keepOwn keeps what a resident is writing, while the page is open.
func (h *Handlers) keepOwn(c *web.Ctx) error { return h.keep(c) }

// keepStaff does the same for staff.
func (h *Handlers) keepStaff(c *web.Ctx) error { return h.keep(c) }

func (h *Handlers) keep(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	if err := h.Conversations.SaveDraft(c, c.Actor, f.Text("_place"), typed(f)); err != nil {
		return err
	}
	return c.Part(keptPart(c.T("conversationsweb.kept_at", "time", c.Printer().Clock(c.Now().In(c.Org.Zone)))))
}

// News is the panel "Neu für Sie" of the residents' home page.
func (h *Handlers) News(c *web.Ctx, _ portfolio.Mine, _ portfolio.Tenancy) (templ.Component, error) {
	list, err := h.Conversations.News(c, c.Actor, 5)
	if err != nil {
		return nil, err
	}
	var rows []rowView
	for _, r := range list {
		v := residentRow(c, r, false)
		v.text, v.meta = "", []string{v.when + sep(v.meta)}
		rows = append(rows, v)
	}
	return newsPanel(rows), nil
}

func sep(meta []string) string {
	if len(meta) == 0 {
		return ""
	}
	return " · " + meta[0]
}
