package contactchangesweb

import (
	"bytes"
	"strconv"

	"github.com/a-h/templ"

	"foyer/internal/contactchanges"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

// filterNames are the parts of the list in the address.
var filterNames = map[string]contactchanges.Filter{"": contactchanges.Waits, "unbestaetigt": contactchanges.Proving, "uebertragen": contactchanges.Done,
	"abgelehnt": contactchanges.Refused, "beendet": contactchanges.Finished}

// queueView is the page Kontaktänderungen.
type queueView struct {
	lead       string
	done       string
	doneText   string
	doneFailed bool
	tabs       []ui.NavItem
	filter     contactchanges.Filter
	caption    string
	columns    []ui.Column
	rows       []ui.Row
	pages      ui.Pages
	all, fresh int
}

func queueURL(name string, page int) string {
	url := StaffPath
	if name != "" {
		url += "?stand=" + name
	}
	if page > 1 {
		sep := "?"
		if name != "" {
			sep = "&"
		}
		url += sep + "seite=" + strconv.Itoa(page)
	}
	return url
}

func (h *Handlers) queue(c *web.Ctx) error {
	name := c.Query("stand")
	filter, ok := filterNames[name]
	if !ok {
		return fault.NotFound("part of the list")
	}
	page, _ := strconv.Atoi(c.Query("seite")) // anything else is the first
	list, err := h.Contacts.Queue(c, c.Actor, filter, page)
	if err != nil {
		return err
	}
	v := queueView{lead: c.T("contactchangesweb.queue.lead", "days", days(c)), filter: filter, all: list.All, fresh: list.Fresh, caption: c.T("contactchangesweb.filter." + string(filter))}
	for _, f := range contactchanges.Filters {
		for n, g := range filterNames {
			if g == f {
				label := c.T("contactchangesweb.filter." + string(f))
				if f == contactchanges.Waits {
					label += " (" + c.Printer().Int(int64(list.All)) + ")"
				}
				v.tabs = append(v.tabs, ui.NavItem{Label: label, URL: queueURL(n, 1), Current: f == filter})
			}
		}
	}
	v.says(c)
	for _, k := range []string{"person", "field", "values", "asked"} {
		v.columns = append(v.columns, ui.Column{Label: c.T("contactchangesweb.column." + k)})
	}
	switch filter {
	case contactchanges.Waits:
		v.columns = append(v.columns, ui.Column{Label: c.T("contactchangesweb.column.action"), Actions: true})
	case contactchanges.Proving:
	default:
		v.columns = append(v.columns, ui.Column{Label: c.T("contactchangesweb.column.state")})
	}
	for _, r := range list.Rows {
		v.rows = append(v.rows, h.row(c, filter, r))
	}
	v.pages = ui.Pages{Page: list.Page, Of: list.Pages, Total: c.T("contactchangesweb.total", "count", list.Total)}
	if list.Page > 1 {
		v.pages.PrevURL = queueURL(name, list.Page-1)
	}
	if list.Page < list.Pages {
		v.pages.NextURL = queueURL(name, list.Page+1)
	}
	return c.Page(ui.Head{Title: c.T("contactchangesweb.queue.title"), Printed: c.Today()}, queuePage(v))
}

// says fills in what has just been done.
func (v *queueView) says(c *web.Ctx) {
	n, _ := strconv.Atoi(c.Query("n"))
	left, _ := strconv.Atoi(c.Query("rest"))
	switch c.Query("ok") {
	case "uebertragen":
		v.done = c.T("contactchangesweb.done.confirmed", "count", n)
		if left > 0 {
			v.doneText, v.doneFailed = c.T("contactchangesweb.done.left", "count", left), n == 0
		}
	case "abgelehnt":
		v.done, v.doneText = c.T("contactchangesweb.done.rejected"), c.T("contactchangesweb.done.rejected_text")
	case "keine":
		v.done, v.doneFailed = c.T("contactchangesweb.done.none"), true
	}
}

func (h *Handlers) row(c *web.Ctx, f contactchanges.Filter, r contactchanges.Row) ui.Row {
	person := personCell{id: r.ID, name: r.Name, url: web.StaffPrefix + "/personen/" + r.PersonID, place: r.Place(c.Printer()),
		pick: c.T("contactchangesweb.pick", "name", r.Name, "field", c.T(r.Field.Label())), picks: f == contactchanges.Waits}
	row := ui.Row{nameCell(person), ui.Text(c.T(r.Field.Label())), valuesCell(shown(c, r.Field, r.Was), shown(c, r.Field, r.Value)), askedCell(h.asked(c, f, r))}
	switch f {
	case contactchanges.Waits:
		return append(row, h.actions(c, r))
	case contactchanges.Proving:
		return row
	}
	l := lines(c, []contactchanges.Change{r.Change})[0]
	sub := c.Printer().Day(local(c, r.EndedAt))
	if l.text != "" {
		sub += " · " + l.text
	}
	return append(row, ui.SubCell(ui.Status(l.tone, l.icon, l.state), sub))
}

// personCell names a row; picks: it can be ticked.
type personCell struct {
	id, name, url, place, pick string
	picks                      bool
}

// askedView is when a change was asked for, and by when it is promised.
type askedView struct {
	day  string
	tone ui.Tone
	due  string // a status, when the promised day has come
	subs []string
}

func (h *Handlers) asked(c *web.Ctx, f contactchanges.Filter, r contactchanges.Row) askedView {
	v := askedView{day: c.Printer().DayMonth(local(c, r.AskedAt))}
	if f != contactchanges.Waits {
		return v
	}
	switch today := c.Today(); {
	case r.DueOn < today:
		v.tone, v.due = ui.Danger, c.T("contactchangesweb.overdue", "day", c.Printer().DayMonth(r.DueOn))
	case r.DueOn == today:
		v.tone, v.due = ui.Warning, c.T("contactchangesweb.due_today")
	default:
		v.subs = append(v.subs, c.T("contactchangesweb.due", "day", c.Printer().DayMonth(r.DueOn)))
	}
	if r.FromDay != "" {
		v.subs = append(v.subs, c.T("contactchangesweb.from", "day", c.Printer().DayMonth(r.FromDay)))
	}
	switch {
	case r.State == contactchanges.Confirmed:
		v.subs = append(v.subs, c.T("contactchangesweb.holds"))
	case r.Field == contactchanges.Email:
		v.subs = append(v.subs, c.T("contactchangesweb.old_login"))
	}
	if r.State == contactchanges.Exported {
		v.subs = append(v.subs, c.T("contactchangesweb.exported", "day", c.Printer().DayMonth(local(c, r.ExportedAt))))
	}
	return v
}

// actions are the button and the menu of a row that waits.
func (h *Handlers) actions(c *web.Ctx, r contactchanges.Row) templ.Component {
	menu := ui.MenuProps{ID: "m-" + r.ID, Label: c.T("contactchangesweb.more", "name", r.Name), Title: r.Name}
	if h.AskURL != nil {
		menu.Items = append(menu.Items, ui.MenuItem{Label: c.T("contactchangesweb.ask"), Icon: ui.IconMail, URL: h.AskURL(r.PersonID)})
	}
	menu.Items = append(menu.Items, ui.MenuItem{Label: c.T("contactchangesweb.open_person"), Icon: ui.IconUserRound, URL: web.StaffPrefix + "/personen/" + r.PersonID})
	if r.Open() {
		menu.Items = append(menu.Items, ui.MenuItem{Label: c.T("contactchangesweb.reject.open"), Icon: ui.IconCircleX, URL: StaffPath + "/" + r.ID + "/ablehnen", Danger: true})
	}
	return actionCell(StaffPath+"/"+r.ID+"/uebertragen", c.T("contactchangesweb.confirm_one", "name", r.Name, "field", c.T(r.Field.Label())), menu)
}

func (h *Handlers) confirmOne(c *web.Ctx) error { return h.confirm(c, []string{c.Path("id")}) }

func (h *Handlers) confirmSome(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	ids := f.List("id")
	if len(ids) == 0 {
		return c.Redirect(StaffPath + "?ok=keine")
	}
	return h.confirm(c, ids)
}

func (h *Handlers) confirm(c *web.Ctx, ids []string) error {
	out, err := h.Contacts.Confirm(c, c.Actor, ids)
	if err != nil {
		return err
	}
	url := StaffPath + "?ok=uebertragen&n=" + strconv.Itoa(out.Confirmed)
	if out.Left > 0 {
		url += "&rest=" + strconv.Itoa(out.Left)
	}
	return c.Redirect(url)
}

// rejectView asks for the reason.
type rejectView struct {
	id, reason string
	lead       string
	facts      []ui.Fact
	bad        *fault.Invalid
}

func (h *Handlers) rejectView(c *web.Ctx) (rejectView, error) {
	r, err := h.Contacts.One(c, c.Actor, c.Path("id"))
	if err != nil {
		return rejectView{}, err
	}
	if !r.Open() {
		return rejectView{}, fault.Conflicting("contactchanges.moved_on")
	}
	return rejectView{id: r.ID, lead: r.Name + ", " + r.Place(c.Printer()), facts: []ui.Fact{{Term: c.T("contactchangesweb.column.field"), Text: c.T(r.Field.Label())},
		{Term: c.T("contactchangesweb.was"), Text: shown(c, r.Field, r.Was)}, {Term: c.T("contactchangesweb.new"), Text: shown(c, r.Field, r.Value)}}}, nil
}

func rejectHead(c *web.Ctx) ui.Head {
	return ui.Head{Title: c.T("contactchangesweb.reject.title"), Narrow: true}
}

func (h *Handlers) reject(c *web.Ctx) error {
	v, err := h.rejectView(c)
	if err != nil {
		return err
	}
	return c.Page(rejectHead(c), rejectPage(v))
}

func (h *Handlers) doReject(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	err = h.Contacts.Reject(c, c.Actor, c.Path("id"), f.Long("reason"))
	if bad := fault.AsInvalid(err); bad != nil {
		v, err := h.rejectView(c)
		if err != nil {
			return err
		}
		v.reason, v.bad = f.Long("reason"), bad
		return c.Again(rejectHead(c), rejectPage(v))
	}
	if err != nil {
		return err
	}
	return c.Redirect(StaffPath + "?ok=abgelehnt")
}

// export answers with the file for the organisation's own system.
func (h *Handlers) export(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	file, err := h.Contacts.Export(c, c.Actor, f.On("neu"))
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := file.Write(&b, c.Printer()); err != nil {
		return err
	}
	return c.File(c.T("contactchangesweb.file", "day", c.Today())+".csv", "text/csv; charset=utf-8", b.Bytes())
}
