package accessweb

import (
	"context"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"foyer/internal/access"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
	"foyer/internal/portfolio"
)

// propertyListView is the list of properties, all of them or those with
// consumption information.
type propertyListView struct {
	uvi       bool
	path      string
	text      string // of the filter
	portal    string // "on", "off", ""
	rows      []ui.Row
	total     string
	filtered  bool
	pages     ui.Pages
	mayImport bool
}

func (h *Handlers) properties(c *web.Ctx) error {
	return h.listProperties(c, propertyListView{path: propertiesPath})
}

// uvi is the list of the properties for which the consumption information is
// switched on, and of no other (K7, K8).
func (h *Handlers) uvi(c *web.Ctx) error {
	return h.listProperties(c, propertyListView{path: uviPath, uvi: true})
}

func (h *Handlers) listProperties(c *web.Ctx, v propertyListView) error {
	v.text, v.portal = strings.TrimSpace(c.Query("q")), c.Query("portal")
	if v.portal != "on" && v.portal != "off" {
		v.portal = ""
	}
	trail := trailOf(c.Query("nach"))
	list, err := h.Portfolio.Properties(c, c.Actor, portfolio.Filter{Text: v.text, Portal: v.portal, UVI: v.uvi, After: trail.last()})
	if err != nil {
		return err
	}
	ids := make([]string, len(list.Rows))
	for i, r := range list.Rows {
		ids[i] = r.ID
	}
	figures, err := h.Access.PropertyFigures(c, c.Actor, ids)
	if err != nil {
		return err
	}
	for _, r := range list.Rows {
		v.rows = append(v.rows, propertyRow(c, v, r, figures[r.ID]))
	}
	v.filtered, v.mayImport = v.text != "" || v.portal != "", c.Actor.Has(actor.EditPortfolio)
	if v.total, err = h.listTotal(c, list, ids); err != nil {
		return err
	}
	v.pages = ui.Pages{Total: v.total}
	if len(trail) > 0 {
		v.pages.PrevURL = v.url(trail[:len(trail)-1])
	}
	if list.Next != "" {
		v.pages.NextURL = v.url(append(trail, list.Next))
	}
	title := c.T("accessweb.s.nav.properties")
	if v.uvi {
		title = c.T("accessweb.s.uvi.title")
	}
	return c.Page(ui.Head{Title: title}, propertyListPage(v))
}

// propertyRow is a line of the list. Its first cell's link covers the row (K9).
func propertyRow(c *web.Ctx, v propertyListView, r portfolio.PropertyRow, f access.Figures) ui.Row {
	need := ui.Quiet(c.T("accessweb.s.list.nobody"))
	if f.Need > 0 {
		need = ui.Text(c.Printer().Int(int64(f.Need)))
	}
	row := ui.Row{
		ui.PlateCell(r.Plate, r.Name, propertyPath(r.ID), placeAndPortal(c, r)),
		ui.Text(c.Printer().Int(int64(r.Units))),
		confirmedCell(c, f),
		need,
	}
	if !v.uvi {
		row = append(row, uviCell(c, r.UVIService))
	}
	return append(row, ui.ArrowCell())
}

func confirmedCell(c *web.Ctx, f access.Figures) templ.Component {
	if f.Persons == 0 {
		return ui.Quiet(c.T("accessweb.s.list.empty_house"))
	}
	return ui.ShareCell(f.Confirmed, f.Persons)
}

// placeAndPortal is the line below a property's name: where it is, and that
// its portal is off.
func placeAndPortal(c *web.Ctx, r portfolio.PropertyRow) string {
	if r.PortalOn {
		return r.Place()
	}
	return strings.TrimPrefix(r.Place()+" · "+c.T("accessweb.s.list.portal_off"), " · ")
}

func uviCell(c *web.Ctx, on bool) templ.Component {
	if on {
		return tickWord(c.T("accessweb.s.on"))
	}
	return ui.Quiet(c.T("accessweb.s.off"))
}

// listTotal sums the list up when all of it is shown. Who lives in two of the
// properties is one person.
func (h *Handlers) listTotal(c *web.Ctx, l portfolio.Listing, ids []string) (string, error) {
	if !l.Whole {
		return "", nil
	}
	units := 0
	for _, r := range l.Rows {
		units += r.Units
	}
	persons, err := h.Access.Persons(c, c.Actor, ids)
	return strings.Join([]string{c.T("accessweb.s.list.properties", "count", len(l.Rows)), c.T("accessweb.s.list.units", "count", units),
		c.T("accessweb.s.list.persons", "count", persons)}, ", "), err
}

// url is the list with its filters at a page.
func (v propertyListView) url(t trail) string {
	q := url.Values{}
	for name, value := range map[string]string{"q": v.text, "portal": v.portal, "nach": strings.Join(t, ".")} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return withQuery(v.path, q)
}

// trail are the ends of the pages that were turned, so that one can turn back.
type trail []string

func trailOf(s string) trail {
	if s == "" || len(s) > 8000 {
		return nil
	}
	return strings.Split(s, ".")
}

func (t trail) last() string {
	if len(t) == 0 {
		return ""
	}
	return t[len(t)-1]
}

// propertyPath is the page of a property.
func propertyPath(id string) string { return propertiesPath + "/" + url.PathEscape(id) }

// personPath is the page of a person.
func personPath(id string) string { return personsPath + "/" + url.PathEscape(id) }

// withQuery puts a query behind a path, if there is one.
func withQuery(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func (v propertyListView) reset() string {
	if v.filtered {
		return v.path
	}
	return ""
}

func (v propertyListView) caption(ctx context.Context) string {
	if v.uvi {
		return i18n.T(ctx, "accessweb.s.uvi.title")
	}
	return i18n.T(ctx, "accessweb.s.nav.properties")
}

func (v propertyListView) columns(ctx context.Context) []ui.Column {
	list := []ui.Column{
		{Label: i18n.T(ctx, "accessweb.s.list.property")},
		{Label: i18n.T(ctx, "accessweb.s.list.unit_column"), Num: true},
		{Label: i18n.T(ctx, "accessweb.s.list.confirmed")},
		{Label: i18n.T(ctx, "accessweb.s.list.need"), Num: true},
	}
	if !v.uvi {
		list = append(list, ui.Column{Label: i18n.T(ctx, "accessweb.s.uvi_short")})
	}
	return append(list, ui.Column{Label: i18n.T(ctx, "accessweb.s.list.open"), Menu: true})
}
