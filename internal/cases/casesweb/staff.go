package casesweb

import (
	"strings"

	"foyer/internal/cases"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
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
