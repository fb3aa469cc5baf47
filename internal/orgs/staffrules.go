package orgs

import (
	"slices"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

// rank orders roles by power, 0 the most; an unknown role has the least.
func rank(r actor.Role) int {
	if i := slices.Index(actor.Roles, r); i >= 0 {
		return i
	}
	return len(actor.Roles)
}

// GrantableRoles returns the roles that an actor may give, most powerful first:
// his own and those below it. Somebody at the server may give all.
func GrantableRoles(by actor.Actor) []actor.Role {
	if !by.Has(actor.ManageOrg) {
		return nil
	}
	if by.Kind() != actor.Staff {
		return slices.Clone(actor.Roles)
	}
	return slices.Clone(actor.Roles[rank(by.Role()):])
}

// mayTouch tells whether an actor may make a staff member, or have one, with
// these rights: nobody deals with rights beyond his own, neither by role nor by
// property.
func mayTouch(by actor.Actor, m Staff) error {
	if !slices.Contains(GrantableRoles(by), m.Role) {
		return fault.Denied("staff of a higher role")
	}
	if by.Limited() && !m.Limited {
		return fault.Denied("staff beyond the actor's properties")
	}
	for _, p := range m.Properties {
		if !by.MayProperty(p) {
			return fault.Denied("staff beyond the actor's properties")
		}
	}
	return nil
}

// MayTouch tells whether the actor may change, disable or enable a staff
// member, for the pages that offer it.
func MayTouch(by actor.Actor, m Staff) bool { return by.Has(actor.ManageOrg) && mayTouch(by, m) == nil }

func isSelf(by actor.Actor, staffID string) bool {
	return by.Kind() == actor.Staff && by.ID() == staffID
}

// keepProprietor refuses what would leave the organisation without anybody who
// may do everything everywhere.
func keepProprietor(tx *store.Tx, was, will Staff) error {
	full := func(m Staff) bool { return m.Role == actor.Proprietor && !m.Limited && m.Active() }
	if !full(was) || full(will) {
		return nil
	}
	others, err := store.Value[int](tx, otherProprietors, was.ID)
	if err != nil {
		return err
	}
	if others == 0 {
		return fault.Conflicting("orgs.staff.last_proprietor")
	}
	return nil
}

// checkStaff checks what was typed and brings it into its stored form. What
// fails is told together with what bad holds already.
func (s *Service) checkStaff(tx *store.Tx, by actor.Actor, bad *fault.Invalid, c *StaffChange) error {
	line(bad, "name", &c.Name, 80)
	if c.Name == "" {
		bad.Add("name", "orgs.staff.name_missing")
	}
	if line(bad, "phone", &c.Phone, 40) && c.Phone != "" && !dialable(c.Phone) {
		bad.Add("phone", "orgs.phone")
	}
	if rank(c.Role) == len(actor.Roles) {
		bad.Add("role", "orgs.choice")
	}
	o, err := Load(tx)
	if err != nil {
		return err
	}
	if c.Language == "" {
		c.Language = o.Language()
	}
	one(bad, "language", c.Language, s.d.Languages)
	if !c.Limited {
		c.Properties = nil
		return bad.Err()
	}
	c.Properties = slices.Compact(slices.Sorted(slices.Values(c.Properties)))
	if len(c.Properties) == 0 {
		bad.Add("properties", "orgs.staff.no_property")
	}
	known, err := s.d.Properties(tx)
	if err != nil {
		return err
	}
	for _, id := range c.Properties {
		if !slices.ContainsFunc(known, func(p Property) bool { return p.ID == id }) || !by.MayProperty(id) {
			return fault.NotFound("property")
		}
	}
	return bad.Err()
}
