package integration

import (
	"strings"

	"foyer/internal/integration/residentlist"
	"foyer/internal/platform/fold"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// The functions below find the object that a row means, or make a new one;
// docs/import.md, "How rows are matched", says the same in words. They reject
// the row when several objects fit.

// resolve finds property, building, unit, lease and person of a row.
func (w *world) resolve(l *line) {
	p := w.propertyOf(l)
	if l.rejected() {
		return
	}
	if w.limited && (p.isNew() || !w.limits[p.id]) {
		l.reject(w, residentlist.PropertyRef, KeyNotYours)
		return
	}
	u := w.unitOf(l, p)
	if l.rejected() {
		return
	}
	l.property, l.unit = p, u
	if !u.set {
		w.becomeUnit(u, p, &l.row)
	}
	l.building = w.houses[u]
	l.lease = w.leaseOf(l, u)
	if l.rejected() {
		return
	}
	if !l.lease.set {
		w.becomeLease(l, u)
	}
	l.person = w.personOf(l)
	if l.rejected() {
		return
	}
	if !l.person.set {
		w.becomePerson(l)
	}
	if !l.rejected() {
		w.becomeMember(l)
	}
}

func one[T any](list []*node[T]) *node[T] {
	if len(list) == 1 {
		return list[0]
	}
	return nil
}

// make1 returns the new object of that key, made at the first call.
func make1[T any](m map[string]*node[T], key string) *node[T] {
	n := m[key]
	if n == nil {
		n = &node[T]{id: store.NewID(), key: key}
		m[key] = n
	}
	return n
}

func (w *world) propertyOf(l *line) *node[property] {
	r := &l.row
	at := w.propertiesAt(r)
	switch {
	case r.PropertyRef != "":
		if n := w.propertyRef[r.PropertyRef]; n != nil {
			return n
		}
		if n := one(bare(at)); n != nil { // it had no reference so far
			return n
		}
	case r.PropertyName != "":
		list := w.propertyName[fold.Natural(r.PropertyName)]
		if len(list) > 1 {
			if both := common(list, at); len(both) > 0 {
				list = both
			}
		}
		if len(list) > 1 {
			l.reject(w, residentlist.PropertyName, KeyManyProperties)
			return nil
		}
		if n := one(list); n != nil {
			return n
		}
		if n := one(bare(at)); n != nil {
			return n
		}
	default:
		return w.propertyByUnit(l, at)
	}
	return make1(w.newProperties, propertyKey(r))
}

// propertyByUnit finds the property of a row that does not name it: that of the
// only unit with this reference, else that of the address.
func (w *world) propertyByUnit(l *line, at []*node[property]) *node[property] {
	r := &l.row
	var byUnit []*node[property]
	for _, u := range w.unitRef[r.UnitRef] {
		byUnit = append(byUnit, w.properties[u.before.PropertyID])
	}
	if len(byUnit) > 1 {
		if both := common(byUnit, at); len(both) > 0 {
			byUnit = both
		}
	}
	if len(byUnit) > 1 {
		l.reject(w, residentlist.UnitRef, KeyManyUnits)
		return nil
	}
	if n := one(byUnit); n != nil {
		return n
	}
	if len(at) > 1 {
		l.reject(w, residentlist.Street, KeyManyProperties)
		return nil
	}
	if n := one(at); n != nil {
		return n
	}
	if r.Street == "" {
		if n := one(w.propertyName[fold.Natural(w.unnamed)]); n != nil {
			return n
		}
		return make1(w.newProperties, "")
	}
	return make1(w.newProperties, "a"+w.addressKey(r))
}

// propertiesAt lists the properties that have a building at the row's address.
func (w *world) propertiesAt(r *residentlist.Row) (list []*node[property]) {
	if r.Street == "" {
		return nil
	}
	for _, b := range w.buildingAt[w.addressKey(r)] {
		list = append(list, w.properties[b.before.PropertyID])
	}
	return list
}

func bare(list []*node[property]) (out []*node[property]) {
	for _, n := range list {
		if n.before.Ref == "" {
			out = append(out, n)
		}
	}
	return out
}

func common(a, b []*node[property]) (out []*node[property]) {
	for _, x := range a {
		for _, y := range b {
			if x == y {
				out = append(out, x)
				break
			}
		}
	}
	return out
}

func (w *world) unitOf(l *line, p *node[property]) *node[unit] {
	r := &l.row
	if r.UnitRef != "" {
		for _, n := range w.unitRef[r.UnitRef] {
			if n.before.PropertyID == p.id {
				return n
			}
		}
	}
	if r.UnitRef == "" || w.bareUnits && r.UnitLabel != "" {
		var fit []*node[unit]
		for _, n := range w.unitAt[matchKey(r)] {
			if n.before.PropertyID == p.id && (r.UnitRef == "" || n.before.Ref == "") {
				fit = append(fit, n)
			}
		}
		if len(fit) > 1 {
			l.reject(w, residentlist.UnitLabel, KeyManyUnits)
			return nil
		}
		if len(fit) == 1 {
			return fit[0]
		}
	}
	n := make1(w.newUnits, p.id+unitKey(r))
	if !n.set {
		n.after.PropertyID = p.id
	}
	return n
}

// houseOf finds the house of a unit: the one that it is in when the row
// has no address, else the one at the address.
func (w *world) houseOf(p *node[property], u *node[unit], r *residentlist.Row) *node[building] {
	if r.Street == "" {
		if !u.isNew() {
			return w.buildings[u.before.BuildingID]
		}
		list := w.buildingsOf[p.id]
		for _, n := range list {
			if n.before.Street == "" {
				return n
			}
		}
		if n := one(list); n != nil {
			return n
		}
		return make1(w.newBuildings, p.id)
	}
	key := w.addressKey(r)
	for _, n := range w.buildingAt[key] {
		if n.before.PropertyID == p.id {
			return n
		}
	}
	if r.Postcode == "" {
		var fit []*node[building]
		for _, n := range w.buildingsOf[p.id] {
			b := *n.before
			if sameAddress(&residentlist.Row{Street: b.Street, HouseNumber: b.HouseNumber}, r) && (r.City == "" || fold.Text(r.City) == fold.Text(b.City)) {
				fit = append(fit, n)
			}
		}
		if n := one(fit); n != nil {
			return n
		}
	}
	return make1(w.newBuildings, p.id+key)
}

func (w *world) leaseOf(l *line, u *node[unit]) *node[lease] {
	r := &l.row
	kind := kindOf(r)
	if r.LeaseRef != "" {
		if n := w.leaseRef[r.LeaseRef]; n != nil {
			if n.before.UnitID != u.id || n.before.Kind != kind {
				l.reject(w, residentlist.LeaseRef, KeyLeaseTaken, "ref", r.LeaseRef)
			}
			return n
		}
	}
	var fit *node[lease]
	for _, n := range w.leasesIn[u.id] {
		if n.before.Kind != kind || n.before.StartsOn != r.LeaseStart || r.LeaseRef != "" && n.before.Ref != "" {
			continue
		}
		if fit == nil || w.isIn(n.id, r) && !w.isIn(fit.id, r) {
			fit = n
		}
	}
	if fit != nil {
		return fit
	}
	key := u.id + kind + r.LeaseStart
	if r.LeaseRef != "" {
		key = u.id + "r" + r.LeaseRef
	}
	n := make1(w.newLeases, key)
	if !n.set {
		n.after.UnitID = u.id
	}
	return n
}

// isIn tells whether the person of a row, by reference, is in a lease.
func (w *world) isIn(leaseID string, r *residentlist.Row) bool {
	n := w.personRef[r.PersonRef]
	if n == nil {
		return false
	}
	_, ok := w.members[portfolio.MembershipKey{LeaseID: leaseID, PersonID: n.id}]
	return ok
}

// personOf finds a person by reference; without one by name and a second thing:
// the lease, the e-mail address or the phone number, the first that fits anybody.
func (w *world) personOf(l *line) *node[person] {
	r := &l.row
	if r.PersonRef != "" {
		if n := w.personRef[r.PersonRef]; n != nil {
			return n
		}
	}
	if r.PersonRef == "" || w.barePerson {
		phone := phoneKey(r.Phone)
		for _, second := range []func(*node[person]) bool{
			func(n *node[person]) bool {
				_, ok := w.members[portfolio.MembershipKey{LeaseID: l.lease.id, PersonID: n.id}]
				return ok
			},
			func(n *node[person]) bool { return r.Email != "" && n.before.Email == r.Email },
			func(n *node[person]) bool { return phone != "" && phoneKey(n.before.Phone) == phone },
		} {
			var fit []*node[person]
			for _, n := range w.personName[personKey(r)] {
				if (r.PersonRef == "" || n.before.Ref == "") && second(n) {
					fit = append(fit, n)
				}
			}
			if len(fit) > 1 {
				l.reject(w, residentlist.LastName, KeyManyPersons)
				return nil
			}
			if len(fit) == 1 {
				return fit[0]
			}
		}
	}
	return make1(w.newPersons, rowArg(l.fresh))
}

// stranger tells whether two persons have no word of their names in common: a
// reference that was given to somebody else.
func stranger(a, b person) bool {
	for _, x := range strings.Fields(a.NameKey()) {
		for _, y := range strings.Fields(b.NameKey()) {
			if x == y {
				return false
			}
		}
	}
	return true
}
