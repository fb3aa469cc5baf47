package orgsweb

import (
	"slices"
	"strings"
	"time"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

// teamView is the list of staff.
type teamView struct {
	list   []orgs.Staff
	access map[string]Access
	names  map[string]string // of the properties that the actor may see
	by     actor.Actor
	saved  string
	now    time.Time
	zone   *time.Location
}

func (p *pages) team(c *web.Ctx) error {
	v := teamView{by: c.Actor, saved: savedText(c), names: map[string]string{}, now: c.Now(), zone: c.Org.Zone}
	var err error
	if v.list, err = p.Orgs.StaffList(c, c.Actor); err != nil {
		return err
	}
	if v.access, err = p.StaffAccess(c, c.Actor); err != nil {
		return err
	}
	known, err := p.Orgs.LimitChoices(c, c.Actor)
	if err != nil {
		return err
	}
	for _, k := range known {
		v.names[k.ID] = k.Name
	}
	return c.Page(ui.Head{Title: c.T("orgsweb.team.title")}, teamPage(v))
}

// may tells whether the actor may change a member of the team.
func (v teamView) may(m orgs.Staff) bool { return orgs.MayTouch(v.by, m) }

// self tells whether a member is the actor himself.
func (v teamView) self(m orgs.Staff) bool { return v.by.ID() == m.ID }

// memberView is the form of one member of the team, or of a new one.
type memberView struct {
	m       orgs.Staff // zero for a new one
	self    bool       // own rights are shown, not offered
	waits   bool       // has no password yet: the address may be corrected
	roles   []actor.Role
	choices []orgs.Property
	langs   []string
	form    *web.Form // what was typed; nil for nothing
	bad     *fault.Invalid
}

// memberView fills in what the form offers.
func (p *pages) memberView(c *web.Ctx, m orgs.Staff) (memberView, error) {
	o, err := p.Orgs.Current(c, c.Actor)
	if err != nil {
		return memberView{}, err
	}
	choices, err := p.Orgs.LimitChoices(c, c.Actor)
	return memberView{m: m, self: m.ID != "" && m.ID == c.Actor.ID(), roles: orgs.GrantableRoles(c.Actor), choices: choices, langs: o.Settings.Languages}, err
}

// text returns what a field shows: what was typed, else what is stored.
func (v memberView) text(name, stored string) string {
	if v.form != nil {
		return v.form.Text(name)
	}
	return stored
}

// limited tells whether the switch of limits is on.
func (v memberView) limited(mustBe bool) bool {
	if v.form != nil {
		return v.form.On("limited")
	}
	return v.m.Limited || mustBe
}

// has tells whether a property's box is ticked.
func (v memberView) has(id string) bool {
	if v.form != nil {
		return v.form.On("property_" + id)
	}
	return slices.Contains(v.m.Properties, id)
}

// invalid puts the complaint about the limits at the switch.
func (v memberView) invalid() *fault.Invalid {
	if v.bad == nil {
		return nil
	}
	out := &fault.Invalid{}
	for _, f := range v.bad.Fields {
		if f.Name == "properties" {
			f.Name = "limited"
		}
		out.Fields = append(out.Fields, f)
	}
	return out
}

// change reads the form. Each property has a box of its own name, so that no
// limit on repeated fields cuts a long list.
func (v memberView) change(f web.Form) orgs.StaffChange {
	in := orgs.StaffChange{Name: f.Text("name"), Phone: f.Text("phone"), Language: f.Text("language")}
	if v.self {
		in.Role, in.Limited, in.Properties = v.m.Role, v.m.Limited, v.m.Properties
		return in
	}
	in.Role, in.Limited = actor.Role(f.Text("role")), f.On("limited")
	for _, c := range v.choices {
		if f.On("property_" + c.ID) {
			in.Properties = append(in.Properties, c.ID)
		}
	}
	return in
}

func (p *pages) newMember(c *web.Ctx) error {
	v, err := p.memberView(c, orgs.Staff{Role: actor.Clerk})
	if err != nil {
		return err
	}
	return c.Page(ui.Head{Title: c.T("orgsweb.team.invite"), Narrow: true}, memberPage(v))
}

func (p *pages) invite(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	v, err := p.memberView(c, orgs.Staff{Role: actor.Clerk})
	if err != nil {
		return err
	}
	err = p.InviteStaff(c, c.Actor, orgs.NewStaff{Email: f.Text("email"), StaffChange: v.change(f)})
	if v.bad = fault.AsInvalid(err); v.bad != nil {
		v.form = &f
		return c.Again(ui.Head{Title: c.T("orgsweb.team.invite"), Narrow: true}, memberPage(v))
	}
	if err != nil {
		return err
	}
	return saved(c, TeamPath, "eingeladen")
}

// one loads the member of the path, if the actor may change him.
func (p *pages) one(c *web.Ctx) (memberView, error) {
	m, err := p.Orgs.StaffMember(c, c.Actor, c.Path("id"))
	if err != nil {
		return memberView{}, err
	}
	if !orgs.MayTouch(c.Actor, m) {
		return memberView{}, fault.Denied("staff member")
	}
	v, err := p.memberView(c, m)
	if err != nil {
		return memberView{}, err
	}
	access, err := p.StaffAccess(c, c.Actor)
	v.waits = m.Active() && access[m.ID].Since.IsZero()
	return v, err
}

func (p *pages) member(c *web.Ctx) error {
	v, err := p.one(c)
	if err != nil {
		return err
	}
	return c.Page(ui.Head{Title: v.m.Name, Narrow: true}, memberPage(v))
}

func (p *pages) updateMember(c *web.Ctx) error {
	f, err := c.Form()
	if err != nil {
		return err
	}
	v, err := p.one(c)
	if err != nil {
		return err
	}
	done := "team"
	if address := f.Text("email"); v.waits {
		err = p.ReaddressStaff(c, c.Actor, v.m.ID, address)
		if !strings.EqualFold(address, v.m.Email) {
			done = "eingeladen"
		}
	}
	if err == nil {
		err = p.Orgs.UpdateStaff(c, c.Actor, v.m.ID, v.change(f))
	}
	if v.bad = fault.AsInvalid(err); v.bad != nil {
		v.form = &f
		return c.Again(ui.Head{Title: v.m.Name, Narrow: true}, memberPage(v))
	}
	if err != nil {
		return err
	}
	return saved(c, TeamPath, done)
}

func (p *pages) reinvite(c *web.Ctx) error {
	v, err := p.one(c)
	if err != nil {
		return err
	}
	if err := p.ReinviteStaff(c, c.Actor, v.m.ID); err != nil {
		return err
	}
	return saved(c, TeamPath, "eingeladen")
}

func (p *pages) askDisable(c *web.Ctx) error {
	v, err := p.one(c)
	if err != nil {
		return err
	}
	title := c.T("orgsweb.team.disable_title", "name", v.m.Name)
	return c.Page(ui.Head{Title: title, Narrow: true}, disablePage(title, v.m))
}

func (p *pages) disable(c *web.Ctx) error {
	if err := p.Orgs.DisableStaff(c, c.Actor, c.Path("id")); err != nil {
		return err
	}
	return saved(c, TeamPath, "gesperrt")
}

func (p *pages) enable(c *web.Ctx) error {
	if err := p.Orgs.EnableStaff(c, c.Actor, c.Path("id")); err != nil {
		return err
	}
	return saved(c, TeamPath, "freigegeben")
}
