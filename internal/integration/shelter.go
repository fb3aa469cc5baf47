package integration

import "foyer/internal/integration/residentlist"

// A rejected row does name somebody. Until it is put right, nothing that it
// names is taken for missing in a whole list.

func (x *index) shelter(r *residentlist.Row) {
	put := func(kind byte, parts ...string) { x.shelters[x.hash(kind, parts...)] = struct{}{} }
	if r.UnitRef != "" {
		put('U', r.UnitRef)
	}
	if r.UnitRef == "" && r.Street != "" && r.UnitLabel != "" {
		put('K', matchKey(r))
	}
	if r.LeaseRef != "" {
		put('C', r.LeaseRef)
	}
	if r.PersonRef != "" {
		put('P', r.PersonRef)
	} else if key := personKey(r); key != "" {
		put('N', key)
	}
}

func (x *index) hides(kind byte, key string) bool {
	if key == "" || len(x.shelters) == 0 {
		return false
	}
	_, ok := x.shelters[x.hash(kind, key)]
	return ok
}

// sheltered tells whether a rejected row names the unit or the lease.
func (x *index) sheltered(u *node[unit], l *node[lease]) bool {
	return x.hidden(u.before, *l.before)
}

func (x *index) hidden(u *unit, l lease) bool {
	return x.hides('C', l.Ref) || u != nil && (x.hides('U', u.Ref) || x.hides('K', u.MatchKey))
}

// hiddenPerson tells whether a rejected row names the person.
func (x *index) hiddenPerson(p person) bool {
	return x.hides('P', p.Ref) || x.hides('N', p.NameKey())
}
