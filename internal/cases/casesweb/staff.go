package casesweb

import (
	"errors"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"foyer/internal/cases"
	"foyer/internal/conversations"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

const boardPath = staffPath + "/tafel"

func (h *Handlers) staffRoutes() []web.Route {
	one := staffPath + "/{id}"
	read := func(pattern string, handle web.Handler) web.Route {
		return web.Route{Pattern: "GET " + pattern, Right: actor.ReadCases, Handle: handle}
	}
	write := func(pattern, page string, handle web.Handler) web.Route {
		return web.Route{Pattern: "POST " + pattern, Right: actor.AnswerCases, Handle: handle, Body: 256 << 10}.On(page)
	}
	respond := web.Route{Pattern: "POST " + one, Right: actor.AnswerCases, Handle: h.respond, Body: upload}
	return []web.Route{
		read(staffPath, h.office), read(boardPath, h.board), read(one, h.staffShow), respond,
		write(staffPath+"/mehrere", staffPath, h.bulk),
		write(one+"/bearbeitung", one, h.change),
		write(one+"/uebernehmen", one, h.take),
		write(one+"/zusammenlegen", one, h.merge),
		write(one+"/trennen", one, h.split),
		write(one+"/termin", one, h.arrange),
		write(one+"/termin/{termin}/absagen", one, h.cancelMeeting),
		write(one+"/antwort-entfaellt", one, h.settle),
	}
}

// Open counts what is not done, for the navigation of staff.
func (h *Handlers) Open(c *web.Ctx) (int, error) {
	if !c.Actor.Has(actor.ReadCases) {
		return 0, nil
	}
	n, err := h.Cases.Count(c, c.Actor)
	return n.Open, err
}

// officeView is the list of staff, or the board.
type officeView struct {
	filter                cases.Filter
	board                 bool
	mine, filtered        bool
	statuses, topics      []ui.Option
	properties, assignees []ui.Option
	table                 ui.TableProps
	columns               []columnView
	figures, done         string
	pages                 ui.Pages
	mayChange             bool
	empty                 bool
	views                 []ui.NavItem
	colleagues            []ui.Option
	invalid               *fault.Invalid
}

type columnView struct {
	title, note string
	cards       []cardView
}

type cardView struct {
	title, url, urgent, who string
	meta                    []string
	number                  string
}

var staffDone = map[string]string{"gesendet": "casesweb.s.done.sent", "notiz": "casesweb.s.done.note", "gespeichert": "casesweb.s.done.saved", "eingetragen": "casesweb.s.done.recorded",
	"termin": "casesweb.s.done.meeting", "zusammen": "casesweb.s.done.merged", "geaendert": "casesweb.s.done.bulk"}

func (h *Handlers) office(c *web.Ctx) error {
	v, err := h.listing(c)
	if err != nil {
		return err
	}
	return c.Page(ui.Head{Title: c.T("casesweb.title"), Printed: c.Today()}, officePage(v))
}

func (h *Handlers) board(c *web.Ctx) error {
	v, tree, err := h.filters(c, true)
	if err != nil {
		return err
	}
	cols, err := h.Cases.Board(c, c.Actor, v.filter)
	if err != nil {
		return err
	}
	for _, st := range cases.Statuses {
		rows, ok := cols[st]
		if !ok {
			continue
		}
		col := columnView{title: statusText(c, st)}
		if st == cases.Done {
			col.note = c.T("casesweb.s.last_days", "count", cases.ReopenDays)
		}
		for _, r := range rows {
			col.cards = append(col.cards, cardView{title: r.Subject, url: r.StaffURL(), urgent: urgent(c, r.Case), who: who(c, r), number: r.Number() + " · " + when(c, r.TouchedAt),
				meta: compact(r.Place, tree.Name(r.TopicID, c.Lang()))})
		}
		v.columns = append(v.columns, col)
	}
	return c.Page(ui.Head{Title: c.T("casesweb.title"), Printed: c.Today()}, officePage(v))
}

func who(c *web.Ctx, r cases.Row) string {
	if r.Assignee == "" {
		return c.T("casesweb.s.nobody")
	}
	return r.Assignee
}

func urgent(c *web.Ctx, x cases.Case) string {
	if x.Urgency == cases.Now && x.Status != cases.Done {
		return c.T("casesweb.s.urgent")
	}
	return ""
}

// statusText names a status for staff.
func statusText(c *web.Ctx, s cases.Status) string {
	if s == cases.Waiting {
		return c.T("casesweb.s.waiting")
	}
	return c.T(s.Key())
}

// filters reads the filters and what can be chosen in them.
func (h *Handlers) filters(c *web.Ctx, board bool) (v officeView, tree cases.Tree, err error) {
	if tree, err = h.Cases.Tree(c, c.Actor); err != nil {
		return v, tree, err
	}
	v = officeView{board: board, mayChange: c.Actor.Has(actor.AnswerCases), filter: cases.Filter{Status: c.Query("status"), Property: c.Query("liegenschaft"), Category: c.Query("thema"), Assignee: c.Query("zustaendig"),
		Overdue: c.Query("frist") != "", Query: c.Query("q"), Sort: c.Query("sortierung")}}
	if at, id, ok := strings.Cut(c.Query("nach"), "_"); ok {
		v.filter.After = cases.Cursor{At: at, ID: id}
	}
	f := v.filter
	v.filtered = f.Status+f.Property+f.Category+f.Assignee+f.Query != "" || f.Overdue
	if f.Assignee == "ich" {
		v.mine, v.filter.Assignee = true, c.Actor.ID()
	}
	v.statuses = []ui.Option{{Value: "", Label: c.T("casesweb.s.not_done")}}
	for _, s := range cases.Statuses {
		v.statuses = append(v.statuses, ui.Option{Value: string(s), Label: statusText(c, s)})
	}
	v.statuses = append(v.statuses, ui.Option{Value: "all", Label: c.T("casesweb.s.all")})
	v.topics = []ui.Option{{Value: "", Label: c.T("casesweb.s.all")}}
	for _, k := range []cases.CategoryKind{cases.Damage, cases.Topic} {
		for _, x := range tree.Tops(k) {
			v.topics = append(v.topics, ui.Option{Value: x.ID, Label: x.Name(c.Lang())})
		}
	}
	list, err := h.Cases.AllColleagues(c, c.Actor)
	if err != nil {
		return v, tree, err
	}
	v.assignees = []ui.Option{{Value: "", Label: c.T("casesweb.s.all")}, {Value: "ich", Label: c.T("casesweb.s.me")}, {Value: "-", Label: c.T("casesweb.s.nobody_of")}}
	v.colleagues = []ui.Option{{Value: "", Label: c.T("casesweb.s.unchanged")}}
	for _, x := range list {
		v.colleagues = append(v.colleagues, ui.Option{Value: x.ID, Label: x.Name})
		if x.ID != c.Actor.ID() {
			v.assignees = append(v.assignees, ui.Option{Value: x.ID, Label: x.Name})
		}
	}
	q := c.R.URL.Query()
	q.Del("nach")
	tail := ""
	if len(q) > 0 {
		tail = "?" + q.Encode()
	}
	v.views = []ui.NavItem{{Label: c.T("casesweb.s.list"), URL: staffPath + tail, Icon: ui.IconLayoutList, Current: !board}, {Label: c.T("casesweb.s.board"), URL: boardPath + tail, Icon: ui.IconColumns3, Current: board}}
	return v, tree, nil
}

func (h *Handlers) listing(c *web.Ctx) (v officeView, err error) {
	v, tree, err := h.filters(c, false)
	if err != nil {
		return v, err
	}
	l, err := h.Cases.List(c, c.Actor, v.filter)
	if err != nil {
		return v, err
	}
	n, err := h.Cases.Count(c, c.Actor)
	if err != nil {
		return v, err
	}
	v.figures = c.T("casesweb.s.figures", "count", n.Open, "urgent", n.Urgent)
	if key := staffDone[c.Query("ok")]; key != "" {
		v.done = c.T(key)
	}
	v.empty = len(l.Rows) == 0
	v.table = ui.TableProps{Caption: c.T("casesweb.title"), Stack: true}
	for _, key := range []string{"case", "status", "place", "topic", "assignee", "last"} {
		v.table.Columns = append(v.table.Columns, ui.Column{Label: c.T("casesweb.s.col." + key)})
	}
	for _, r := range l.Rows {
		tone, icon := toneOf(r.Status)
		v.table.Rows = append(v.table.Rows, ui.Row{caseCell(r, urgent(c, r.Case), meta(c, r), v.mayChange), ui.Status(tone, icon, statusText(c, r.Status)), ui.Text(r.Place),
			ui.Text(tree.Name(r.TopicID, c.Lang())), ui.Text(who(c, r)), ui.Nowrap(when(c, r.TouchedAt))})
	}
	q := c.R.URL.Query()
	to := func(after string) string {
		if q.Del("nach"); after != "" {
			q.Set("nach", after)
		}
		return staffPath + "?" + q.Encode()
	}
	if c.Query("nach") != "" {
		v.pages.PrevURL = to("")
	}
	if l.Next.ID != "" {
		v.pages.NextURL = to(l.Next.At + "_" + l.Next.ID)
	}
	return v, nil
}

func meta(c *web.Ctx, r cases.Row) string {
	reports := ""
	if r.Reports > 1 {
		reports = c.T("casesweb.s.reports", "count", r.Reports)
	}
	due := ""
	if r.DueOn != "" && r.Status != cases.Done {
		due = c.T("casesweb.s.due_on", "day", c.Printer().DayMonth(r.DueOn))
	}
	return strings.Join(compact(r.Number(), r.Who, reports, due), " · ")
}

func (h *Handlers) bulk(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	in := cases.Change{}
	if s := cases.Status(f.Text("status")); s != "" {
		in.Status = &s
	}
	if s := f.Text("assignee"); s != "" {
		in.AssigneeID = &s
	}
	if s := f.Text("due"); s != "" {
		in.DueOn = &s
	}
	_, err = h.Cases.Bulk(c, c.Actor, f.List("id"), in)
	if bad := fault.AsInvalid(err); bad != nil {
		v, err := h.listing(c)
		if err != nil {
			return err
		}
		v.invalid = bad
		return c.Again(ui.Head{Title: c.T("casesweb.title")}, officePage(v))
	}
	if err != nil {
		return err
	}
	return c.Redirect(staffPath + "?ok=geaendert")
}

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

// Today is what waits on the page Heute.
func (h *Handlers) Today(c *web.Ctx) (out []ui.TodayItem, err error) {
	if !c.Actor.Has(actor.ReadCases) {
		return nil, nil
	}
	w, err := h.Cases.Today(c, c.Actor)
	if err != nil {
		return nil, err
	}
	add := func(group ui.TodayGroup, rows []cases.Row, icon ui.IconName) {
		for _, r := range rows {
			i := ui.TodayItem{Group: group, Icon: icon, Title: r.Subject, URL: r.StaffURL(), Text: strings.Join(compact(r.Place, r.Who), " · "), Urgent: r.Urgency == cases.Now,
				Meta: compact(when(c, r.CreatedAt), who(c, r))}
			if group == ui.TodayAnswer && r.InText != "" {
				i.Text = r.InName + ": " + r.InText
			}
			out = append(out, i)
		}
	}
	add(ui.TodayFirst, w.Urgent, ui.IconSiren)
	add(ui.TodayAnswer, w.Answer, ui.IconMessageSquareText)
	add(ui.TodayTodo, w.Absent, ui.IconUserX)
	return out, nil
}

// TodayCount counts what Today lists.
func (h *Handlers) TodayCount(c *web.Ctx) (int, error) {
	if !c.Actor.Has(actor.ReadCases) {
		return 0, nil
	}
	return h.Cases.CountToday(c, c.Actor)
}

// TodaySide is the appointments of today.
func (h *Handlers) TodaySide(c *web.Ctx) (templ.Component, error) {
	if !c.Actor.Has(actor.ReadCases) {
		return nil, nil
	}
	list, err := h.Cases.Meetings(c, c.Actor, c.Today())
	if err != nil || len(list) == 0 {
		return nil, err
	}
	var rows []rowView
	for _, m := range list {
		rows = append(rows, rowView{icon: ui.IconCalendarClock, title: m.From + "–" + m.Till + " " + m.Who, url: staffPath + "/" + m.CaseID, meta: compact(m.Place, m.Subject)})
	}
	return meetingsPanel(rows), nil
}
