package accessweb

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"foyer/internal/access"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
	"foyer/internal/portfolio"
)

// propertyHead is what stands above every page of a property.
type propertyHead struct {
	id, name, lead, plate string
	tabs                  []ui.NavItem
	done, doneText        string // what has just been done; "" for nothing
}

// residentsView is the table of a property's residents and what stands around
// it.
type residentsView struct {
	propertyHead
	filter   access.Filter
	path     string
	list     access.Residents
	rows     []ui.Row
	total    string
	pages    ui.Pages
	states   []ui.Option
	legend   []ui.LegendRow
	need     needView
	filtered bool
}

// needView is the box above the table (K15).
type needView struct {
	kind     string // "" for none, "orgoff", "off", "checklist", "letters", "again", "working"
	count    int    // who needs a letter
	pending  int    // who has a code that still runs
	mayOpen  bool   // may switch on what is off: the property, or the organisation's portal
	batch    string // id of the letters being written
	property string
}

// needed is the value of "schreiben" that shows only whom the button above the
// table would write to: the list behind the entry of expired codes on Heute.
const needed = "noetig"

// propertyDone translates what has just been done.
var propertyDone = map[string]string{
	"email": "accessweb.s.done.email", "brief": "accessweb.s.done.letter", "entzogen": "accessweb.s.done.revoked",
	"zurueckgesetzt": "accessweb.s.done.reset", "freigegeben": "accessweb.s.done.released", "geschlossen": "accessweb.s.done.closed",
	"checkliste": "accessweb.s.done.checklist", "uvi": "accessweb.s.done.uvi", "feiertage": "accessweb.s.done.region", "einheit": "accessweb.s.done.unit",
	"einverstaendnis": "accessweb.s.done.consent", "widerrufen": "accessweb.s.done.withdrawn",
}

func (h *Handlers) residents(c *web.Ctx) error {
	page, _ := strconv.Atoi(c.Query("seite")) // anything else is the first
	f := access.Filter{Text: strings.TrimSpace(c.Query("q")), Stairwell: c.Query("aufgang"), State: access.State(c.Query("zugang")), Need: c.Query("schreiben") == needed, Page: page}
	if !f.State.Valid() {
		f.State = ""
	}
	p, err := h.Portfolio.Head(c, c.Actor, c.Path("id"))
	if err != nil {
		return err
	}
	list, err := h.Access.Residents(c, c.Actor, p.ID, f)
	if err != nil {
		return err
	}
	p.Units, p.Persons = list.Units, list.Persons
	v := residentsView{propertyHead: h.headOf(c, p, ""), filter: f, path: propertyPath(p.ID), list: list, legend: stateLegend(c),
		filtered: f.Text != "" || f.Stairwell != "" || f.State != "" || f.Need}
	v.need = needOf(c, list)
	for i, r := range list.Rows {
		v.rows = append(v.rows, v.row(c, i, r))
	}
	v.states = stateOptions(c, list.States)
	v.total = v.sum(c)
	v.pages = ui.Pages{Page: list.Page, Of: list.Pages, Total: v.total}
	if list.Page > 1 {
		v.pages.PrevURL = v.url(list.Page - 1)
	}
	if list.Page < list.Pages {
		v.pages.NextURL = v.url(list.Page + 1)
	}
	return c.Page(ui.Head{Title: p.Name, Printed: c.Today()}, residentsPage(v))
}

// PropertyHead is what stands above every page of a property: its name and its
// tabs, of which tab (the path behind the property's address) is open. A
// property outside the limits of the staff member is fault.NotFound.
func (h *Handlers) PropertyHead(c *web.Ctx, propertyID, tab string) (templ.Component, error) {
	p, err := h.Portfolio.Head(c, c.Actor, propertyID)
	if err != nil {
		return nil, err
	}
	return propertyTop(h.headOf(c, p, tab)), nil
}

// headOf is the head of a property's pages; tab is the path of the one that is
// open, "-" for none.
func (h *Handlers) headOf(c *web.Ctx, p portfolio.Overview, tab string) propertyHead {
	v := propertyHead{id: p.ID, name: p.Name, plate: p.Plate}
	parts := []string{}
	for _, s := range []string{p.Place(), c.T("accessweb.s.list.units", "count", p.Units), c.T("accessweb.s.list.persons", "count", p.Persons)} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	v.lead = strings.Join(parts, " · ")
	tabs := []Place{{Label: "accessweb.s.property.tab.bewohner", Right: actor.ReadPortfolio}, {Label: "accessweb.s.property.tab.einheiten", Path: "/einheiten", Right: actor.ReadPortfolio}}
	tabs = slices.Concat(tabs, h.PropertyTabs, []Place{{Label: "accessweb.s.property.tab.einstellungen", Path: "/einstellungen", Right: actor.EditPortfolio}})
	for _, t := range tabs {
		if c.Actor.Has(t.Right) {
			v.tabs = append(v.tabs, ui.NavItem{Label: c.T(t.Label), URL: propertyPath(p.ID) + t.Path, Current: t.Path == tab})
		}
	}
	v.done, v.doneText = doneOf(c)
	return v
}

// doneOf says what the page before has done, from a fixed list.
func doneOf(c *web.Ctx) (title, text string) {
	key := propertyDone[c.Query("ok")]
	if key == "" {
		return "", ""
	}
	return c.T(key), c.T(key + "_text")
}

// needOf decides what the box above the table offers.
func needOf(c *web.Ctx, l access.Residents) needView {
	v := needView{count: l.Need, pending: l.NeedMore - l.Need, mayOpen: c.Actor.Has(actor.EditPortfolio), property: l.PropertyID}
	atWork := slices.IndexFunc(l.Batches, func(b access.Batch) bool { return b.State == access.BatchQueued || b.State == access.BatchRunning })
	switch {
	case !c.Org.PortalOn:
		v.kind, v.mayOpen = "orgoff", c.Actor.Has(actor.ManageOrg)
	case !l.PortalOn:
		v.kind = "off"
	case !c.Actor.Has(actor.IssueAccess):
	case atWork >= 0:
		v.kind, v.batch = "working", l.Batches[atWork].ID
	case l.NeedMore == 0:
	case !l.Checklist:
		v.kind = "checklist"
	case l.Need == 0:
		v.kind = "again"
	default:
		v.kind = "letters"
	}
	return v
}

// row is one person in one lease.
func (v residentsView) row(c *web.Ctx, i int, r access.Resident) ui.Row {
	unit := ui.TitleCell(cmp.Or(r.Unit.Door(r.Building), r.Unit.Name(c.Printer())), "", unitBelow(c, r))
	uvi := ui.Quiet(c.T("accessweb.s.no"))
	if r.Unit.UVINeeded {
		uvi = ui.Tick(c.T("accessweb.s.yes"))
	}
	return ui.Row{
		unit,
		ui.TitleCell(r.Name(), withBack(personPath(r.Person.ID), v.here()), roleNote(c, r.Role)),
		uvi,
		ui.SubCell(stateMark(c, r.State), residentNote(c, r, v.list.PortalOn)),
		ui.RowMenu(ui.MenuProps{ID: "m" + strconv.Itoa(i), Label: c.T("accessweb.s.menu.label", "name", r.Name()), Title: r.Name(),
			Items: accessMenu(c, who{person: r.Person.ID, lease: r.LeaseID, state: r.State, entitled: r.Entitled, open: v.list.PortalOn, back: v.here()})}),
	}
}

// unitBelow is the second line of the first cell, unless the first says it.
func unitBelow(c *web.Ctx, r access.Resident) string {
	if r.Unit.Door(r.Building) == "" {
		return ""
	}
	return r.Unit.Name(c.Printer())
}

// roleNote names a role that is not the usual one.
func roleNote(c *web.Ctx, role string) string {
	if role == portfolio.ContractParty {
		return ""
	}
	return c.T("accessweb.s.role_in_lease." + role)
}

// residentNote is the line below the state: its date, or why there is none.
// open tells whether the portal of the property is on: a code or a password
// that leads to a closed door is said to.
func residentNote(c *web.Ctx, r access.Resident, open bool) string {
	if r.State == access.NoAccess && !r.Entitled {
		return c.T("accessweb.s.state.not_entitled")
	}
	if r.State == access.NoAccess && r.From > c.Today() {
		return c.T("accessweb.s.state.from", "day", day(c, r.From))
	}
	note := stateNote(c, r.State, r.Since, r.Until, r.Channel, r.To)
	if waits := r.State == access.Pending || r.State == access.Confirmed; waits && !open {
		return c.T("accessweb.s.state.closed", "note", note)
	}
	return note
}

// stateOptions are the choices of the filter by state, with how many there are.
func stateOptions(c *web.Ctx, counts map[access.State]int) []ui.Option {
	list := []ui.Option{{Label: c.T("accessweb.s.all")}}
	for _, s := range access.States {
		if n := counts[s]; n > 0 {
			list = append(list, ui.Option{Value: string(s), Label: c.T("accessweb.s.state_option", "state", c.T(s.Label()), "n", n)})
		} else {
			list = append(list, ui.Option{Value: string(s), Label: c.T(s.Label())})
		}
	}
	return list
}

// sum says how much the table shows, and by which filters.
func (v residentsView) sum(c *web.Ctx) string {
	parts := []string{c.T("accessweb.s.residents.rows", "count", v.list.Total)}
	if v.filter.Stairwell != "" {
		parts = append(parts, c.T("accessweb.s.residents.stairwell", "stairwell", v.filter.Stairwell))
	}
	if v.filter.State != "" {
		parts = append(parts, c.T(v.filter.State.Label()))
	}
	if v.filter.Need {
		parts = append(parts, c.T("accessweb.s.residents.needed"))
	}
	return strings.Join(parts, " · ")
}

// url is the table with its filters at a page.
func (v residentsView) url(page int) string {
	q := url.Values{}
	for name, value := range map[string]string{"q": v.filter.Text, "aufgang": v.filter.Stairwell, "zugang": string(v.filter.State)} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if v.filter.Need {
		q.Set("schreiben", needed)
	}
	if page > 1 {
		q.Set("seite", strconv.Itoa(page))
	}
	return withQuery(v.path, q)
}

// here is the table as it is shown, to come back to.
func (v residentsView) here() string { return v.url(v.list.Page) }

func (v residentsView) reset() string {
	if v.filtered {
		return v.path
	}
	return ""
}

func (v residentsView) stairwellOptions(all string) []ui.Option {
	list := []ui.Option{{Label: all}}
	for _, s := range v.list.Stairwells {
		if s != "" {
			list = append(list, ui.Option{Value: s, Label: s})
		}
	}
	return list
}

// settingsOf are the organisation's settings.
func settingsOf(c *web.Ctx) orgs.Settings {
	o, ok := c.Org.Value.(orgs.Org)
	if !ok {
		return orgs.Defaults()
	}
	return o.Settings
}
