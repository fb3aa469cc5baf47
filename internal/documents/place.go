package documents

import (
	"slices"
	"strings"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// Target is one to whom a document can go: what staff choose from.
type Target struct {
	Kind       portfolio.Kind
	ID         string
	PropertyID string
	Property   string // its name
	Building   portfolio.Building
	Unit       portfolio.Unit
	Lease      portfolio.Lease
	Names      []string // of the persons: one of a person, those of a lease
	Stairwell  string
}

// Title names a target in one line, from the small to the large: "Whg 5 ·
// Brandt · Ahornallee 14".
func (t Target) Title() string {
	var parts []string
	switch t.Kind {
	case portfolio.ToPerson:
		parts = []string{strings.Join(t.Names, ", "), t.Unit.Label, t.Building.AddressLine()}
	case portfolio.ToLease:
		parts = []string{t.Unit.Label, strings.Join(t.Names, ", "), t.Building.AddressLine()}
	case portfolio.ToUnit:
		parts = []string{t.Unit.Label, t.Building.AddressLine()}
	case portfolio.ToStairwell:
		parts = []string{t.Stairwell, t.Building.AddressLine()}
	case portfolio.ToBuilding:
		parts = []string{t.Building.AddressLine()}
	default:
		parts = []string{t.Property}
	}
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, " · ")
}

// estate is the part of the portfolio that some audiences are about.
type estate struct {
	properties map[string]portfolio.Property
	buildings  map[string]portfolio.Building
	units      map[string]portfolio.Unit
	leases     map[string]portfolio.Lease
	persons    map[string]portfolio.Person
	members    map[string][]portfolio.Membership // by lease
	of         map[string][]portfolio.Membership // by person
}

func index[T any](list []T, err error, id func(T) string) (map[string]T, error) {
	out := make(map[string]T, len(list))
	for _, v := range list {
		out[id(v)] = v
	}
	return out, err
}

func propertyID(p portfolio.Property) string { return p.ID }
func buildingID(b portfolio.Building) string { return b.ID }
func unitID(u portfolio.Unit) string         { return u.ID }
func leaseID(l portfolio.Lease) string       { return l.ID }
func personID(p portfolio.Person) string     { return p.ID }

func keys[T any](m map[string]T, more func(T) string) (out []string) {
	for _, v := range m {
		out = append(out, more(v))
	}
	return out
}

// ids sorts the audiences' ids by their kinds.
func ids(list []portfolio.Audience) map[portfolio.Kind][]string {
	out := map[portfolio.Kind][]string{}
	for _, a := range list {
		switch a.Kind {
		case portfolio.ToStairwell:
			building, _, _ := strings.Cut(a.ID, "/")
			out[portfolio.ToBuilding] = append(out[portfolio.ToBuilding], building)
		case portfolio.ToOwners:
			out[portfolio.ToProperty] = append(out[portfolio.ToProperty], a.ID)
		default:
			out[a.Kind] = append(out[a.Kind], a.ID)
		}
	}
	return out
}

// around loads what some audiences are about, from the persons up to the
// properties.
func around(tx *store.Tx, list []portfolio.Audience) (e estate, err error) {
	by := ids(list)
	of, err := portfolio.MembershipsOfPersons(tx, by[portfolio.ToPerson])
	if err != nil {
		return e, err
	}
	e.of, e.members = map[string][]portfolio.Membership{}, map[string][]portfolio.Membership{}
	leases := by[portfolio.ToLease]
	for _, m := range of {
		e.of[m.PersonID] = append(e.of[m.PersonID], m)
		leases = append(leases, m.LeaseID)
	}
	found, err := portfolio.LeasesByID(tx, leases)
	if e.leases, err = index(found, err, leaseID); err != nil {
		return e, err
	}
	members, err := portfolio.MembershipsOfLeases(tx, by[portfolio.ToLease])
	if err != nil {
		return e, err
	}
	persons := by[portfolio.ToPerson]
	for _, m := range members {
		e.members[m.LeaseID] = append(e.members[m.LeaseID], m)
		persons = append(persons, m.PersonID)
	}
	people, err := portfolio.PersonsByID(tx, persons)
	if e.persons, err = index(people, err, personID); err != nil {
		return e, err
	}
	return e, e.house(tx, by)
}

// house loads units, buildings and properties of what is known so far.
func (e *estate) house(tx *store.Tx, by map[portfolio.Kind][]string) (err error) {
	units, err := portfolio.UnitsByID(tx, append(by[portfolio.ToUnit], keys(e.leases, func(l portfolio.Lease) string { return l.UnitID })...))
	if e.units, err = index(units, err, unitID); err != nil {
		return err
	}
	buildings, err := portfolio.BuildingsByID(tx, append(by[portfolio.ToBuilding], keys(e.units, func(u portfolio.Unit) string { return u.BuildingID })...))
	if e.buildings, err = index(buildings, err, buildingID); err != nil {
		return err
	}
	properties, err := portfolio.PropertiesByID(tx, append(by[portfolio.ToProperty], keys(e.buildings, func(b portfolio.Building) string { return b.PropertyID })...))
	e.properties, err = index(properties, err, propertyID)
	return err
}

// target describes an audience; ok is false when what it names is gone.
func (e *estate) target(a portfolio.Audience) (t Target, ok bool) {
	t = Target{Kind: a.Kind, ID: a.ID}
	switch a.Kind {
	case portfolio.ToProperty, portfolio.ToOwners:
		t.PropertyID = a.ID
	case portfolio.ToBuilding, portfolio.ToStairwell:
		id, stairwell, _ := strings.Cut(a.ID, "/")
		t.Building, t.Stairwell = e.buildings[id], stairwell
		t.PropertyID = t.Building.PropertyID
	case portfolio.ToUnit:
		t.fill(e, a.ID)
	case portfolio.ToLease:
		t.Lease = e.leases[a.ID]
		members := slices.Clone(e.members[a.ID])
		slices.SortStableFunc(members, func(a, b portfolio.Membership) int { return roleRank(a.Role) - roleRank(b.Role) })
		for _, m := range members {
			t.Names = append(t.Names, e.persons[m.PersonID].DisplayName())
		}
		t.fill(e, t.Lease.UnitID)
	case portfolio.ToPerson:
		if _, ok := e.persons[a.ID]; !ok {
			return t, false
		}
		t.Names = []string{e.persons[a.ID].DisplayName()}
		for _, m := range e.of[a.ID] {
			if t.Lease.ID == "" || e.leases[m.LeaseID].StartsOn > t.Lease.StartsOn {
				t.Lease = e.leases[m.LeaseID]
			}
		}
		t.fill(e, t.Lease.UnitID)
		t.Property = e.properties[t.PropertyID].Name
		return t, true
	}
	p, ok := e.properties[t.PropertyID]
	t.Property = p.Name
	return t, ok
}

// roleRank puts who signed before who lives there too.
func roleRank(role string) int {
	if role == portfolio.CoResident {
		return 1
	}
	return 0
}

func (t *Target) fill(e *estate, unitID string) {
	t.Unit = e.units[unitID]
	t.Building = e.buildings[t.Unit.BuildingID]
	t.PropertyID = t.Unit.PropertyID
}

// propertiesOf returns the properties of a person's leases.
func (e *estate) propertiesOf(person string) (out []string) {
	seen := map[string]bool{}
	for _, m := range e.of[person] {
		if id := e.units[e.leases[m.LeaseID].UnitID].PropertyID; id != "" && !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

// placed checks that staff may address an audience, and tells to which
// property the document belongs: "" for a person with leases in several. What
// lies outside the limits is fault.NotFound.
func placed(tx *store.Tx, by actor.Actor, a portfolio.Audience) (Target, error) {
	e, err := around(tx, []portfolio.Audience{a})
	if err != nil {
		return Target{}, err
	}
	t, ok := e.target(a)
	if !ok {
		return Target{}, fault.NotFound("audience")
	}
	if a.Kind == portfolio.ToStairwell {
		if ok, err = hasStairwell(tx, t); err != nil || !ok {
			return Target{}, fault.NotFound("stairwell")
		}
	}
	if a.Kind == portfolio.ToPerson {
		list := e.propertiesOf(a.ID)
		t.PropertyID = ""
		for _, id := range list {
			if len(list) == 1 || by.Limited() && by.MayProperty(id) {
				t.PropertyID = id
				break
			}
		}
	}
	if !within(by, t.PropertyID) {
		return Target{}, fault.NotFound("audience")
	}
	return t, nil
}

func hasStairwell(tx *store.Tx, t Target) (bool, error) {
	units, err := portfolio.UnitsOf(tx, []string{t.PropertyID})
	for _, u := range units {
		if u.BuildingID == t.Building.ID && u.Stairwell == t.Stairwell {
			return true, err
		}
	}
	return false, err
}
