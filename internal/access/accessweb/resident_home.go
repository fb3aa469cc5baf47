package accessweb

import (
	"context"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"foyer/internal/orgs"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
	"foyer/internal/portfolio"
)

// Addresses of the residents' places.
const (
	homePath   = "/"
	morePath   = "/mehr"
	switchPath = "/mietverhaeltnis"
)

// Panel is a part of the residents' home page that another capability fills:
// what is new, open cases, notices. Panels stand in the order of Deps.Panels.
type Panel struct {
	Side bool // in the narrow column
	// Body returns the panel for all leases of a resident, of which chosen is the
	// one that the switcher shows; nil when there is nothing to show.
	Body func(c *web.Ctx, mine portfolio.Mine, chosen portfolio.Tenancy) (templ.Component, error)
}

type mineKey struct{}

// Mine returns the resident's own leases, read once per request, and the one
// that the switcher shows; the zero Tenancy when there is none at all.
func (h *Handlers) Mine(c *web.Ctx) (portfolio.Mine, portfolio.Tenancy, error) { return h.mine(c) }

// mine returns the resident's own leases, read once per request, and the
// chosen one among them; the zero Tenancy when there is none at all.
func (h *Handlers) mine(c *web.Ctx) (m portfolio.Mine, chosen portfolio.Tenancy, err error) {
	m, ok := c.Value(mineKey{}).(portfolio.Mine)
	if !ok {
		if m, err = h.Portfolio.MineOf(c, c.Actor); err != nil {
			return m, chosen, err
		}
		// One lease may come with several of the account's persons.
		seen := map[string]bool{}
		m.Tenancies = slices.DeleteFunc(m.Tenancies, func(t portfolio.Tenancy) bool {
			twice := seen[t.Lease.ID]
			seen[t.Lease.ID] = true
			return twice
		})
		c.Context = context.WithValue(c.Context, mineKey{}, m)
	}
	for _, t := range m.Tenancies {
		if t.Lease.ID == c.Session.Choice {
			return m, t, nil
		}
	}
	if len(m.Tenancies) > 0 {
		chosen = m.Tenancies[0]
	}
	return m, chosen, nil
}

// ResidentShell frames the pages of a signed-in resident: the places that
// exist, the switcher of leases, the own initials.
func (h *Handlers) ResidentShell(c *web.Ctx) (ui.ResidentShell, error) {
	m, chosen, err := h.mine(c)
	if err != nil {
		return ui.ResidentShell{}, err
	}
	path := c.R.URL.Path
	s := ui.ResidentShell{Shell: c.Shell(), SettingsURL: SettingsPath, Current: chosen.Lease.ID, SwitchURL: switchPath, Here: homePath,
		Nav: []ui.NavItem{{Label: c.T("accessweb.r.nav.home"), URL: homePath, Icon: ui.IconHouse, Current: path == homePath}}}
	more := ui.NavItem{Label: c.T("accessweb.r.nav.more"), URL: morePath, Icon: ui.IconMenu, Current: path == morePath || strings.HasPrefix(path, "/einstellungen/")}
	for _, p := range h.ResidentPlaces {
		item, err := navItem(c, p)
		if err != nil {
			return ui.ResidentShell{}, err
		}
		if item.Current {
			s.Here = p.Path
		}
		s.Nav = append(s.Nav, item)
	}
	s.Nav = append(s.Nav, more)
	s.Langs = nil                                 // the language is a setting of the account
	if path == morePath || path == SettingsPath { // these are the same for every lease
		s.Here = path
	}
	if who := personOf(m, chosen); who.ID != "" {
		s.UserName, s.UserInitials = who.DisplayName(), who.Initials()
		s.View = viewBanner(c, who)
	}
	for _, t := range m.Tenancies {
		s.Tenancies = append(s.Tenancies, ui.Tenancy{ID: t.Lease.ID, Plate: t.Unit.Plate(t.Building), Address: t.Building.AddressLine(), Unit: t.Unit.Location(c.Printer())})
	}
	return s, nil
}

// navItem is a place as an entry of the navigation.
func navItem(c *web.Ctx, p Place) (ui.NavItem, error) {
	item := ui.NavItem{Label: c.T(p.Label), URL: p.Path, Icon: p.Icon, Current: stands(c.R.URL.Path, p.Path), Wide: p.Wide}
	if p.Count == nil {
		return item, nil
	}
	var err error
	item.Count, err = p.Count(c)
	return item, err
}

// homeView is the residents' home page.
type homeView struct {
	greeting string
	done     string // catalogue key of what has just happened, "" for nothing
	chosen   tenancyView
	all      []tenancyView // none with a single lease
	facts    []ui.Fact
	shell    ui.Shell
	mail     string // of the office
	login    string // the resident's user name
	main     []templ.Component
	side     []templ.Component
}

// tenancyView is a lease as a row.
type tenancyView struct {
	id, plate, address, unit string
	when                     string // "seit 1. Mai 2019"
	state                    portfolio.State
	current                  bool
}

func (h *Handlers) home(c *web.Ctx) error {
	m, chosen, err := h.mine(c)
	if err != nil {
		return err
	}
	v := homeView{greeting: c.T("accessweb.r.home.title"), shell: c.Shell()}
	if !c.Actor.Views() { // whose login is none of theirs who look
		me, err := h.Access.MyAccount(c, c.Actor)
		if err != nil {
			return err
		}
		v.login = me.Email
	}
	if who := personOf(m, chosen); who.ID != "" {
		v.greeting = greeting(c.Printer(), who)
	}
	switch what := c.Query("ok"); what {
	case "willkommen", "vertrag":
		v.done = "accessweb.r.home.done." + what
	}
	if o, ok := c.Org.Value.(orgs.Org); ok {
		v.mail = o.Settings.Email
	}
	if chosen.Lease.ID != "" {
		v.chosen, v.facts = tenancyOf(c.Printer(), chosen, true), leaseFacts(c.Printer(), chosen)
	}
	if len(m.Tenancies) > 1 {
		for _, t := range m.Tenancies {
			v.all = append(v.all, tenancyOf(c.Printer(), t, t.Lease.ID == chosen.Lease.ID))
		}
	}
	for _, p := range h.Panels {
		body, err := p.Body(c, m, chosen)
		switch {
		case err != nil:
			return err
		case body != nil && p.Side:
			v.side = append(v.side, body)
		case body != nil:
			v.main = append(v.main, body)
		}
	}
	return c.Page(ui.Head{Title: c.T("accessweb.r.home.title"), Printed: c.Today()}, homePage(v))
}

// personOf is the person of a lease, or the first of the account.
func personOf(m portfolio.Mine, t portfolio.Tenancy) portfolio.Person {
	if p := m.Person(t.PersonID); p.ID != "" || len(m.Persons) == 0 {
		return p
	}
	return m.Persons[0]
}

// greeting is how the page greets a person: a human by name, a company not.
func greeting(p *i18n.Printer, who portfolio.Person) string {
	if strings.TrimSpace(who.LastName) == "" {
		return p.T("accessweb.r.home.hello_all")
	}
	who.CompanyName = ""
	return p.T("accessweb.r.home.hello", "name", who.Formal(p))
}

func tenancyOf(p *i18n.Printer, t portfolio.Tenancy, current bool) tenancyView {
	v := tenancyView{id: t.Lease.ID, plate: t.Unit.Plate(t.Building), address: t.Building.AddressLine(), unit: t.Unit.Location(p), state: t.State, current: current}
	switch t.State {
	case portfolio.Ended:
		v.when = p.T("accessweb.r.home.until", "day", p.Day(t.To))
	case portfolio.Future:
		v.when = p.T("accessweb.r.home.from", "day", p.Day(t.From))
	default:
		v.when = p.T("accessweb.r.home.since", "day", p.Day(t.From))
	}
	return v
}

// leaseFacts is what a resident may know of the lease at a glance. What the
// list does not say is left out.
func leaseFacts(p *i18n.Printer, t portfolio.Tenancy) []ui.Fact {
	b := t.Building
	start := "accessweb.r.fact.start"
	if t.Lease.Kind == portfolio.Ownership {
		start = "accessweb.r.fact.owned"
	}
	facts := []ui.Fact{
		{Term: p.T("accessweb.r.fact.address"), Text: strings.Trim(b.AddressLine()+", "+strings.TrimSpace(b.Postcode+" "+b.City), ", ")},
		{Term: p.T("accessweb.r.fact.unit"), Text: t.Unit.Location(p)},
		{Term: p.T(start), Text: p.Day(t.From)},
	}
	add := func(key, text string) { facts = append(facts, ui.Fact{Term: p.T(key), Text: text}) }
	if t.To != portfolio.Forever {
		add("accessweb.r.fact.end", p.Day(t.To))
	}
	if t.Unit.AreaCM2 > 0 {
		add("accessweb.r.fact.area", p.Decimal(t.Unit.AreaCM2, 2, 0)+"\u00a0m²")
	}
	if t.Unit.RoomsTenth > 0 {
		add("accessweb.r.fact.rooms", p.Decimal(t.Unit.RoomsTenth, 1, 0))
	}
	add("accessweb.r.fact.ref", t.Lease.Ref)
	add("accessweb.r.fact.notice", t.Lease.NoticePeriod)
	add("accessweb.r.fact.role", p.T("accessweb.r.role."+t.Role))
	return facts
}

// choose switches to another of the own leases (E14).
func (h *Handlers) choose(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	if f.Text("vertrag") == "" {
		return fault.NotFound("lease")
	}
	if err := h.Access.ChooseLease(c, c.Actor, c.Session.ID, f.Text("vertrag")); err != nil {
		return err
	}
	return c.Redirect(web.LocalPath(f.Text("weiter"), homePath))
}

// moreView is the page "Mehr".
type moreView struct {
	shell  ui.Shell
	places []Place
}

func (h *Handlers) more(c *web.Ctx) error {
	v := moreView{shell: c.Shell()}
	for _, p := range h.ResidentPlaces {
		if p.Wide {
			v.places = append(v.places, p)
		}
	}
	return c.Page(ui.Head{Title: c.T("accessweb.r.nav.more"), Narrow: true}, morePage(v))
}

// contactFacts are the ways to the manager.
func contactFacts(ctx context.Context, v homeView) []ui.Fact {
	var facts []ui.Fact
	if v.shell.Phone.TelURL() != "" {
		facts = append(facts, ui.Fact{Term: i18n.T(ctx, "accessweb.r.home.phone"), Node: ui.PhoneLink(v.shell.Phone)}, ui.Fact{Term: i18n.T(ctx, "accessweb.r.home.hours"), Text: v.shell.Hours})
	}
	if v.mail != "" {
		facts = append(facts, ui.Fact{Term: i18n.T(ctx, "accessweb.r.email"), Node: mailLink(v.mail)})
	}
	return facts
}

// placeText is the line below a place on the page Mehr.
func placeText(ctx context.Context, p Place) string {
	if p.Text == "" {
		return ""
	}
	return i18n.T(ctx, p.Text)
}
