package orgsweb

import (
	"foyer/internal/orgs"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

// hostView is the page of internet addresses.
type hostView struct {
	org       orgs.Org
	residents string // origins of links
	staff     string
	saved     string
}

func (p *pages) hosts(c *web.Ctx) error {
	o, err := p.Orgs.Current(c, c.Actor)
	if err != nil {
		return err
	}
	v := hostView{org: o, residents: p.Orgs.Origin(o), staff: p.Orgs.StaffOrigin(o), saved: savedText(c)}
	return c.Page(ui.Head{Title: c.T("orgsweb.hosts.title")}, hostsPage(v))
}

// preferHost chooses among the addresses that the operator of the installation
// gave to the organisation; only he adds and removes them.
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
