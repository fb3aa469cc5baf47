package integration

import (
	"time"

	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// undoing takes one batch back.
type undoing struct {
	tx  *store.Tx
	run *Run
	b   *batch
	// stayed counts the objects of the batch that stay.
	stayed int
	now    time.Time
}

// restore returns the before-images of the objects that are still as the
// import left them, and lists the others.
func restore[T comparable](u *undoing, kind string, m images[T], find func(*store.Tx, []string) ([]T, error), id, label func(T) string) (out []T, err error) {
	ids := make([]string, len(m.List))
	for i, x := range m.List {
		ids[i] = id(x.After)
	}
	list, err := find(u.tx, ids)
	if err != nil {
		return nil, err
	}
	now := map[string]T{}
	for _, v := range list {
		now[id(v)] = v
	}
	for _, x := range m.List {
		if v, ok := now[id(x.After)]; ok && v == x.After {
			out = append(out, x.Before)
		} else if ok && v != x.Before {
			if err := u.keep(kind, id(x.After), label(v), KeptChanged); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// remove removes new objects and lists those that stay.
func remove[T any](u *undoing, kind string, ids []string, used map[string]bool, take func(*store.Tx, []string) ([]string, error),
	find func(*store.Tx, []string) ([]T, error), id, label func(T) string) error {
	gone, err := take(u.tx, without(ids, used))
	if err != nil || len(gone) == len(ids) {
		return err
	}
	removed := map[string]bool{}
	for _, x := range gone {
		removed[x] = true
	}
	stay, err := find(u.tx, without(ids, removed))
	if err != nil {
		return err
	}
	for _, v := range stay {
		if err := u.keep(kind, id(v), label(v), KeptInUse); err != nil {
			return err
		}
	}
	return nil
}

// leases removes the new ones first: the old ones may get their days back only
// where nothing else has taken them.
func (u *undoing) leases() error {
	used, err := u.set(u.b.NewLeases.IDs, usedLeases...)
	if err != nil {
		return err
	}
	id, label := func(l lease) string { return l.ID }, u.leaseLabel
	if err := remove(u, "lease", u.b.NewLeases.IDs, used, portfolio.RemoveLeases, portfolio.LeasesByID, id, label); err != nil {
		return err
	}
	put, err := restore(u, "lease", u.b.Leases, portfolio.LeasesByID, id, label)
	if err != nil || len(put) == 0 {
		return err
	}
	var units []string
	before := map[string]lease{}
	for _, l := range put {
		units = append(units, l.UnitID)
		before[l.ID] = l
	}
	list, err := portfolio.LeasesOfUnits(u.tx, units)
	if err != nil {
		return err
	}
	var free []lease
	for _, l := range put {
		if !overlapsAny(l, list, before) {
			free = append(free, l)
		} else if err := u.keep("lease", l.ID, label(l), KeptOverlap); err != nil {
			return err
		}
	}
	return portfolio.PutLeases(u.tx, u.now, free)
}

// overlapsAny compares with the leases as they will be.
func overlapsAny(l lease, list []lease, before map[string]lease) bool {
	for _, o := range list {
		if b, ok := before[o.ID]; ok {
			o = b
		}
		if l.Overlaps(o) {
			return true
		}
	}
	return false
}

// labelDay stands between unit and start.
const labelDay = " · "

// leaseLabel names a lease by its unit and start.
func (u *undoing) leaseLabel(l lease) string {
	units, err := portfolio.UnitsByID(u.tx, []string{l.UnitID})
	if err != nil || len(units) == 0 {
		return labelDay + l.StartsOn
	}
	return units[0].Label + labelDay + l.StartsOn
}

func (u *undoing) persons() error {
	used, err := u.set(u.b.NewPersons.IDs, usedPersons...)
	if err != nil {
		return err
	}
	id, label := func(p person) string { return p.ID }, person.DisplayName
	if err := remove(u, "person", u.b.NewPersons.IDs, used, portfolio.RemovePersons, portfolio.PersonsByID, id, label); err != nil {
		return err
	}
	put, err := restore(u, "person", u.b.Persons, portfolio.PersonsByID, id, label)
	if err != nil {
		return err
	}
	return portfolio.PutPersons(u.tx, u.now, put)
}

// units, buildings and properties are restored before the new ones go: a unit
// may have to move out of a new building first.
func (u *undoing) units() error {
	id, label := func(x unit) string { return x.ID }, func(x unit) string { return x.Label }
	put, err := restore(u, "unit", u.b.Units, portfolio.UnitsByID, id, label)
	if err != nil {
		return err
	}
	if err := portfolio.PutUnits(u.tx, put); err != nil {
		return err
	}
	return remove(u, "unit", u.b.NewUnits.IDs, nil, portfolio.RemoveUnits, portfolio.UnitsByID, id, label)
}

func (u *undoing) buildings() error {
	id, label := func(x building) string { return x.ID }, building.AddressLine
	put, err := restore(u, "building", u.b.Buildings, portfolio.BuildingsByID, id, label)
	if err != nil {
		return err
	}
	if err := portfolio.PutBuildings(u.tx, put); err != nil {
		return err
	}
	return remove(u, "building", u.b.NewBuildings.IDs, nil, portfolio.RemoveBuildings, portfolio.BuildingsByID, id, label)
}

func (u *undoing) properties() error {
	used, err := u.set(u.b.NewProperties.IDs, usedProperties...)
	if err != nil {
		return err
	}
	id, label := func(x property) string { return x.ID }, func(x property) string { return x.Name }
	put, err := restore(u, "property", u.b.Properties, portfolio.PropertiesByID, id, label)
	if err != nil {
		return err
	}
	if err := portfolio.PutProperties(u.tx, u.now, put); err != nil {
		return err
	}
	return remove(u, "property", u.b.NewProperties.IDs, used, portfolio.RemoveProperties, portfolio.PropertiesByID, id, label)
}
