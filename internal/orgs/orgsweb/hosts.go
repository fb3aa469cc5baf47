package orgsweb

import (
	"slices"

	"foyer/internal/orgs"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

// hostView is the page of internet addresses.
type hostView struct {
	org       orgs.Org
	residents string // origins of links
	staff     string
	saved     string
	form      web.Form
	bad       *fault.Invalid
}

func (p *pages) hostView(c *web.Ctx) (hostView, error) {
	o, err := p.Orgs.Current(c, c.Actor)
	return hostView{org: o, residents: p.Orgs.Origin(o), staff: p.Orgs.StaffOrigin(o)}, err
}

func (p *pages) hosts(c *web.Ctx) error {
	v, err := p.hostView(c)
	if err != nil {
		return err
	}
	v.saved = savedText(c)
	return c.Page(ui.Head{Title: c.T("orgsweb.hosts.title")}, hostsPage(v))
}

func (p *pages) addHost(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	err = p.Orgs.AddHost(c, c.Actor, f.Text("host"), orgs.Site(f.Text("site")))
	if bad := fault.AsInvalid(err); bad != nil {
		v, err := p.hostView(c)
		if err != nil {
			return err
		}
		v.form, v.bad = f, bad
		return c.Again(ui.Head{Title: c.T("orgsweb.hosts.title")}, hostsPage(v))
	}
	if err != nil {
		return err
	}
	return saved(c, HostPath, "adressen")
}

func (p *pages) preferHost(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	if err := p.Orgs.PreferHost(c, c.Actor, f.Text("host")); err != nil {
		return err
	}
	return saved(c, HostPath, "adressen")
}

func (p *pages) askRemoveHost(c *web.Ctx) error {
	o, err := p.Orgs.Current(c, c.Actor)
	if err != nil {
		return err
	}
	host := c.Query("adresse")
	if !slices.ContainsFunc(o.Hosts, func(h orgs.Host) bool { return h.Name == host }) {
		return fault.NotFound("host")
	}
	title := c.T("orgsweb.hosts.remove_title", "host", host)
	return c.Page(ui.Head{Title: title, Narrow: true}, removeHostPage(title, host))
}

func (p *pages) removeHost(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	if err := p.Orgs.RemoveHost(c, c.Actor, f.Text("host")); err != nil {
		return err
	}
	return saved(c, HostPath, "adressen")
}
