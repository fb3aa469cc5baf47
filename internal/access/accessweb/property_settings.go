package accessweb

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"foyer/internal/access"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/fold"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
	"foyer/internal/portfolio"
)

// propertySettingsView are the switches of a property.
type propertySettingsView struct {
	propertyHead
	portalOn, orgOn, uvi, checklist bool
	released                        string // day of the first release, "" for never
	region                          string
	regions                         []ui.Option // whose holidays may count; none when no calendar is known
	bad                             *fault.Invalid
}

func (h *Handlers) propertySettings(c *web.Ctx) error { return h.showPropertySettings(c, nil) }

func (h *Handlers) showPropertySettings(c *web.Ctx, bad *fault.Invalid) error {
	p, list, err := h.property(c)
	if err != nil {
		return err
	}
	v := propertySettingsView{propertyHead: h.headOf(c, p, "/einstellungen"), portalOn: p.PortalOn, orgOn: c.Org.PortalOn, uvi: p.UVIService, checklist: list.Checklist}
	if p.ReleasedAt != 0 {
		v.released = c.Printer().Day(dayOf(c, time.UnixMicro(p.ReleasedAt)))
	}
	v.region, v.regions, v.bad = p.Region, regionsOf(c, p.Property), bad
	if bad != nil {
		return c.Again(ui.Head{Title: p.Name}, propertySettingsPage(v))
	}
	return c.Page(ui.Head{Title: p.Name}, propertySettingsPage(v))
}

// regionsOf are the parts of a property's country that have holidays of their
// own, behind the country itself.
func regionsOf(c *web.Ctx, p portfolio.Property) []ui.Option {
	country := cmp.Or(p.Country, settingsOf(c).Country)
	var list []ui.Option
	for _, r := range portfolio.Regions(country) {
		if r != country {
			list = append(list, ui.Option{Value: r, Label: c.T("portfolio.region." + strings.ToLower(r))})
		}
	}
	slices.SortFunc(list, func(a, b ui.Option) int { return strings.Compare(fold.Text(a.Label), fold.Text(b.Label)) })
	if len(list) == 0 {
		return nil
	}
	return append([]ui.Option{{Label: c.T("accessweb.s.settings.region_default", "country", c.T("portfolio.country."+strings.ToLower(country)))}}, list...)
}

// saveRegion notes whose public holidays count for a property.
func (h *Handlers) saveRegion(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	err = h.Portfolio.SetRegion(c, c.Actor, c.Path("id"), f.Text("region"))
	if bad := fault.AsInvalid(err); bad != nil {
		return h.showPropertySettings(c, bad)
	}
	if err != nil {
		return err
	}
	return c.Redirect(propertyPath(c.Path("id")) + "/einstellungen?ok=feiertage")
}

func (h *Handlers) saveUVIService(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	if err := h.Portfolio.SetUVIService(c, c.Actor, c.Path("id"), f.On("uvi")); err != nil {
		return err
	}
	return c.Redirect(propertyPath(c.Path("id")) + "/einstellungen?ok=uvi")
}

// checklistView are the three points of K3.
type checklistView struct {
	head     propertyHead
	ticked   map[string]bool
	letters  bool // releasing makes letters (A4)
	orgOff   bool // the letters must wait until the organisation's portal is on
	mayOrg   bool // may switch that on
	first    bool // the property was never released before
	required bool // the points are still open and must be confirmed
	bad      *fault.Invalid
}

// checklistPoints are the points of K3 by the names of their boxes.
var checklistPoints = []string{"informed", "up_to_date", "wanted"}

func (h *Handlers) checklist(c *web.Ctx) error { return h.showChecklist(c, nil) }

func (h *Handlers) showChecklist(c *web.Ctx, bad *fault.Invalid) error {
	p, _, err := h.property(c)
	if err != nil {
		return err
	}
	v := checklistView{head: h.headOf(c, p, "-"), ticked: map[string]bool{}, bad: bad}
	head := ui.Head{Title: c.T("accessweb.s.checklist.title"), Narrow: true}
	if bad == nil {
		return c.Page(head, checklistPage(v))
	}
	if err := v.typed(c); err != nil {
		return err
	}
	return c.Again(head, checklistPage(v))
}

// typed keeps the boxes that were ticked.
func (v *checklistView) typed(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	for _, name := range checklistPoints {
		v.ticked[name] = f.On(name)
	}
	return nil
}

func (h *Handlers) confirmChecklist(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	err = h.Access.ConfirmChecklist(c, c.Actor, c.Path("id"), f.On("informed"), f.On("up_to_date"), f.On("wanted"))
	if bad := fault.AsInvalid(err); bad != nil {
		return h.showChecklist(c, bad)
	}
	if err != nil {
		return err
	}
	return c.Redirect(propertyPath(c.Path("id")) + "?ok=checkliste")
}

// release asks before a property is opened for the portal (A4).
func (h *Handlers) release(c *web.Ctx) error { return h.showRelease(c, nil) }

func (h *Handlers) showRelease(c *web.Ctx, bad *fault.Invalid) error {
	p, list, err := h.property(c)
	if err != nil {
		return err
	}
	set := settingsOf(c)
	v := checklistView{head: h.headOf(c, p, "-"), ticked: map[string]bool{}, bad: bad, first: p.ReleasedAt == 0}
	v.letters = v.first && slices.Contains(set.InviteTriggers, orgs.OnRelease) && slices.Contains(set.InviteChannels, orgs.ByPost)
	v.orgOff, v.mayOrg = v.letters && !c.Org.PortalOn, c.Actor.Has(actor.ManageOrg)
	v.required = v.letters && !list.Checklist
	head := ui.Head{Title: c.T("accessweb.s.release.title", "property", p.Name), Narrow: true}
	if bad == nil {
		return c.Page(head, releasePage(v))
	}
	if err := v.typed(c); err != nil {
		return err
	}
	return c.Again(head, releasePage(v))
}

// doRelease opens the property; letters that this makes wait on Heute. Open
// points of the checklist are confirmed with it.
func (h *Handlers) doRelease(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	id := c.Path("id")
	if f.Has("checkliste") {
		err := h.Access.ConfirmChecklist(c, c.Actor, id, f.On("informed"), f.On("up_to_date"), f.On("wanted"))
		if bad := fault.AsInvalid(err); bad != nil {
			return h.showRelease(c, bad)
		}
		if err != nil {
			return err
		}
	}
	if err := h.Access.SetPropertyPortal(c, c.Actor, id, true); err != nil {
		return err
	}
	return c.Redirect(propertyPath(id) + "?ok=freigegeben")
}

// closeProperty asks before a property's portal is switched off.
func (h *Handlers) closeProperty(c *web.Ctx) error {
	p, list, err := h.property(c)
	if err != nil {
		return err
	}
	title := c.T("accessweb.s.close.title", "property", p.Name)
	return c.Page(ui.Head{Title: title, Narrow: true}, ui.ConfirmPage(ui.ConfirmProps{Title: title, Text: c.T("accessweb.s.close.text", "count", list.States[access.Confirmed]),
		Verb: c.T("accessweb.s.close.verb"), Action: propertyPath(p.ID) + "/ausschalten", Danger: true, CancelURL: propertyPath(p.ID) + "/einstellungen"}))
}

func (h *Handlers) doCloseProperty(c *web.Ctx) error {
	if err := h.Access.SetPropertyPortal(c, c.Actor, c.Path("id"), false); err != nil {
		return err
	}
	return c.Redirect(propertyPath(c.Path("id")) + "/einstellungen?ok=geschlossen")
}

// unitsView are a property's units with their need for consumption information
// (K16).
type unitsView struct {
	propertyHead
	rows    []ui.Row
	pages   ui.Pages
	mayEdit bool
}

func (h *Handlers) units(c *web.Ctx) error {
	p, err := h.Portfolio.Property(c, c.Actor, c.Path("id"))
	if err != nil {
		return err
	}
	page, _ := strconv.Atoi(c.Query("seite")) // anything else is the first
	list, err := h.Portfolio.Units(c, c.Actor, p.ID, page)
	if err != nil {
		return err
	}
	v := unitsView{propertyHead: h.headOf(c, p, "/einheiten"), mayEdit: mayEdit(c)}
	for _, r := range list.Rows {
		v.rows = append(v.rows, unitRow(c, v, r, list.Page))
	}
	v.pages = ui.Pages{Page: list.Page, Of: list.Pages, Total: c.T("accessweb.s.list.units", "count", list.Total)}
	path := propertyPath(p.ID) + "/einheiten?seite="
	if list.Page > 1 {
		v.pages.PrevURL = path + strconv.Itoa(list.Page-1)
	}
	if list.Page < list.Pages {
		v.pages.NextURL = path + strconv.Itoa(list.Page+1)
	}
	return c.Page(ui.Head{Title: p.Name}, unitsPage(v))
}

func unitRow(c *web.Ctx, v unitsView, r portfolio.UnitRow, page int) ui.Row {
	name := r.Unit.Name(c.Printer())
	sub := name
	if r.Unit.Door(r.Building) == "" {
		sub = ""
	}
	need := ui.Quiet(c.T("accessweb.s.no"))
	if r.Unit.UVINeeded {
		need = tickWord(c.T("accessweb.s.yes"))
	}
	row := ui.Row{ui.TitleCell(cmp.Or(r.Unit.Door(r.Building), name), "", sub), ui.Text(r.Building.AddressLine()), ui.Text(c.T("portfolio.usage." + r.Unit.Usage)), areaCell(c, r.Unit), need}
	if v.mayEdit {
		row = append(row, unitSwitch(unitSwitchView{property: v.id, unit: r.Unit.ID, name: name, needed: r.Unit.UVINeeded, page: page}))
	}
	return row
}

// areaCell is a unit's area as far as it is known: "54,05 m²".
func areaCell(c *web.Ctx, u portfolio.Unit) templ.Component {
	if u.AreaCM2 == 0 {
		return ui.Quiet("–")
	}
	return ui.Nowrap(c.Printer().Decimal(u.AreaCM2, 2, 0) + "\u00a0m²")
}

// unitSwitchView is the button that says the opposite of a unit's flag.
type unitSwitchView struct {
	property, unit, name string
	needed               bool
	page                 int
}

func (h *Handlers) saveUVINeeded(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	id := c.Path("id")
	if _, err := h.Portfolio.Property(c, c.Actor, id); err != nil {
		return err
	}
	if err := h.Portfolio.SetUVINeeded(c, c.Actor, c.Path("unit"), f.Text("uvi") == "ja"); err != nil {
		return err
	}
	page, _ := strconv.Atoi(f.Text("seite"))
	return c.Redirect(propertyPath(id) + "/einheiten?ok=einheit&seite=" + strconv.Itoa(max(1, page)))
}

func (v unitsView) columns(ctx context.Context) []ui.Column {
	list := []ui.Column{
		{Label: i18n.T(ctx, "accessweb.s.residents.unit")},
		{Label: i18n.T(ctx, "accessweb.s.units.address"), Wide: true},
		{Label: i18n.T(ctx, "accessweb.s.units.usage")},
		{Label: i18n.T(ctx, "accessweb.s.units.area"), Num: true},
		{Label: i18n.T(ctx, "accessweb.s.residents.uvi")},
	}
	if v.mayEdit {
		list = append(list, ui.Column{Label: i18n.T(ctx, "accessweb.s.residents.actions"), Actions: true})
	}
	return list
}

// mayEdit tells whether the visitor may change properties.
func mayEdit(c *web.Ctx) bool { return c.Actor.Has(actor.EditPortfolio) }

// property loads the property of the path and what access knows of it.
func (h *Handlers) property(c *web.Ctx) (portfolio.Overview, access.Residents, error) {
	p, err := h.Portfolio.Property(c, c.Actor, c.Path("id"))
	if err != nil {
		return p, access.Residents{}, err
	}
	list, err := h.Access.Residents(c, c.Actor, p.ID, access.Filter{})
	return p, list, err
}
