package integration

import (
	"maps"

	"foyer/internal/contactchanges"
	"foyer/internal/platform/fold"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// load looks up everything that the rows of a batch may mean. It asks with a
// handful of statements for any number of rows.
func (w *world) load(tx *store.Tx, lines []*line) error {
	for _, step := range []func(*store.Tx, []*line) error{w.loadPlaces, w.loadBuildings, w.loadLeases, w.loadPersons} {
		if err := step(tx, lines); err != nil {
			return err
		}
	}
	return nil
}

// ask collects what to look up.
type ask struct{ propertyRefs, propertyNames, unitRefs, unitKeys, addresses []string }

func (w *world) asked(lines []*line) (a ask) {
	for _, l := range lines {
		r := &l.row
		if r.PropertyRef != "" {
			a.propertyRefs = append(a.propertyRefs, r.PropertyRef)
		} else if r.PropertyName != "" {
			a.propertyNames = append(a.propertyNames, fold.Natural(r.PropertyName))
		} else {
			a.propertyNames = append(a.propertyNames, fold.Natural(w.unnamed))
		}
		if r.UnitRef != "" {
			a.unitRefs = append(a.unitRefs, r.UnitRef)
		}
		if r.UnitRef == "" || w.bareUnits && r.UnitLabel != "" {
			a.unitKeys = append(a.unitKeys, matchKey(r))
		}
		if r.Street != "" {
			a.addresses = append(a.addresses, w.addressKey(r))
		}
	}
	return a
}

func (w *world) loadPlaces(tx *store.Tx, lines []*line) error {
	a := w.asked(lines)
	seen := func(n *node[property]) {
		if n.before.Ref != "" {
			w.propertyRef[n.before.Ref] = n
		}
		key := fold.Natural(n.before.Name)
		w.propertyName[key] = append(w.propertyName[key], n)
	}
	add := func(list []property, err error) error {
		w.properties.add(list, func(p property) string { return p.ID }, seen)
		return err
	}
	if err := add(portfolio.PropertiesByRef(tx, a.propertyRefs)); err != nil {
		return err
	}
	if err := add(portfolio.PropertiesByName(tx, a.propertyNames)); err != nil {
		return err
	}
	for _, find := range []func() ([]unit, error){
		func() ([]unit, error) { return portfolio.UnitsByRef(tx, a.unitRefs) },
		func() ([]unit, error) { return portfolio.UnitsByKey(tx, a.unitKeys) },
	} {
		list, err := find()
		if err != nil {
			return err
		}
		w.units.add(list, func(u unit) string { return u.ID }, func(n *node[unit]) {
			if n.before.Ref != "" {
				w.unitRef[n.before.Ref] = append(w.unitRef[n.before.Ref], n)
			}
			w.unitAt[n.before.MatchKey] = append(w.unitAt[n.before.MatchKey], n)
		})
	}
	list, err := portfolio.BuildingsByKey(tx, a.addresses)
	if err != nil {
		return err
	}
	w.addBuildings(list)
	var ids []string
	for _, n := range w.units {
		ids = append(ids, n.before.PropertyID)
	}
	for _, n := range w.buildings {
		ids = append(ids, n.before.PropertyID)
	}
	return add(portfolio.PropertiesByID(tx, w.properties.missing(ids)))
}

// missing returns the ids that are not there yet.
func (m nodes[T]) missing(ids []string) (out []string) {
	for _, id := range ids {
		if m[id] == nil {
			out = append(out, id)
		}
	}
	return out
}

func (w *world) addBuildings(list []building) {
	w.buildings.add(list, func(b building) string { return b.ID }, func(n *node[building]) {
		key := n.before.AddressKey()
		w.buildingAt[key] = append(w.buildingAt[key], n)
	})
}

// loadBuildings brings in the houses of the units, and all houses of a property
// for rows whose address leaves open which one it is.
func (w *world) loadBuildings(tx *store.Tx, lines []*line) error {
	var ids []string
	for _, n := range w.units {
		ids = append(ids, n.before.BuildingID)
	}
	list, err := portfolio.BuildingsByID(tx, w.buildings.missing(ids))
	if err != nil {
		return err
	}
	w.addBuildings(list)
	var whole []string
	for _, l := range lines {
		if l.row.Street != "" && l.row.Postcode != "" {
			continue
		}
		if n := w.propertyRef[l.row.PropertyRef]; n != nil {
			whole = append(whole, n.id)
		}
		name := l.row.PropertyName
		if name == "" {
			name = w.unnamed
		}
		for _, n := range w.propertyName[fold.Natural(name)] {
			whole = append(whole, n.id)
		}
	}
	if list, err = portfolio.BuildingsOf(tx, whole); err != nil {
		return err
	}
	w.addBuildings(list)
	for _, b := range list {
		w.buildingsOf[b.PropertyID] = append(w.buildingsOf[b.PropertyID], w.buildings[b.ID])
	}
	return nil
}

func (w *world) loadLeases(tx *store.Tx, lines []*line) error {
	var refs, units []string
	for _, l := range lines {
		refs = append(refs, l.row.LeaseRef)
	}
	for id := range w.units {
		units = append(units, id)
	}
	for _, find := range []func() ([]lease, error){
		func() ([]lease, error) { return portfolio.LeasesOfUnits(tx, units) },
		func() ([]lease, error) { return portfolio.LeasesByRef(tx, refs) },
	} {
		list, err := find()
		if err != nil {
			return err
		}
		w.leases.add(list, func(l lease) string { return l.ID }, func(n *node[lease]) {
			if n.before.Ref != "" {
				w.leaseRef[n.before.Ref] = n
			}
			w.leasesIn[n.before.UnitID] = append(w.leasesIn[n.before.UnitID], n)
		})
	}
	ids := make([]string, 0, len(w.leases))
	for id := range w.leases {
		ids = append(ids, id)
	}
	members, err := portfolio.MembershipsOfLeases(tx, ids)
	for _, m := range members {
		w.members[m.Key()] = m
	}
	return err
}

func (w *world) loadPersons(tx *store.Tx, lines []*line) error {
	var refs, names []string
	consent := false
	for _, l := range lines {
		refs = append(refs, l.row.PersonRef)
		if l.row.PersonRef == "" || w.barePerson {
			names = append(names, personKey(&l.row))
		}
		consent = consent || l.row.EmailConsentOn != ""
	}
	for _, find := range []func() ([]person, error){
		func() ([]person, error) { return portfolio.PersonsByRef(tx, refs) },
		func() ([]person, error) { return portfolio.PersonsByName(tx, names) },
	} {
		list, err := find()
		if err != nil {
			return err
		}
		w.persons.add(list, func(p person) string { return p.ID }, func(n *node[person]) {
			if n.before.Ref != "" {
				w.personRef[n.before.Ref] = n
			}
			key := n.before.NameKey()
			w.personName[key] = append(w.personName[key], n)
		})
	}
	return w.loadAccess(tx, consent)
}

var (
	loginsOf = store.Scoped(`SELECT ap.person_id, a.email FROM account_person ap JOIN account a ON a.org_id = ap.org_id AND a.id = ap.account_id
		WHERE ap.org_id = $1 AND a.site = 'resident' AND a.closed_at = 0 AND ap.person_id IN ($2...)`)
	consentsOf = store.Scoped(`SELECT person_id, address, given_on, source, withdrawn_at, recorded_at, id FROM consent
		WHERE org_id = $1 AND channel = 'email' AND person_id IN ($2...)`)
)

// consentState is the newest consent of a person.
type consentState struct {
	person, address, givenOn, source, id string
	withdrawnAt, recordedAt              int64
}

// loadAccess finds out which persons have a login, and what is recorded about
// their consent.
func (w *world) loadAccess(tx *store.Tx, consent bool) error {
	ids := make([]string, 0, len(w.persons))
	for id := range w.persons {
		ids = append(ids, id)
	}
	for len(ids) > 0 {
		part := ids[:min(len(ids), 1000)]
		ids = ids[len(part):]
		wanted, err := contactchanges.Wanted(tx, part)
		if err != nil {
			return err
		}
		maps.Copy(w.wanted, wanted)
		var id, login string
		if err := store.Each(tx, loginsOf, []any{&id, &login}, func() error { w.logins[id] = login; return nil }, store.Spread(part)); err != nil {
			return err
		}
		if !consent {
			continue
		}
		var c consentState
		err = store.Each(tx, consentsOf, []any{&c.person, &c.address, &c.givenOn, &c.source, &c.withdrawnAt, &c.recordedAt, &c.id}, func() error {
			if old, ok := w.consents[c.person]; !ok || c.recordedAt > old.recordedAt || c.recordedAt == old.recordedAt && c.id > old.id {
				w.consents[c.person] = c
			}
			return nil
		}, store.Spread(part))
		if err != nil {
			return err
		}
	}
	return nil
}

// bare tells whether the database has units and persons without references,
// which a row with a new reference may take over.
func (s *settings) bare(tx *store.Tx) error {
	units, err := store.List[int](tx, bareUnit)
	if err != nil {
		return err
	}
	persons, err := store.List[int](tx, barePerson)
	s.bareUnits, s.barePerson = len(units) > 0, len(persons) > 0
	return err
}

var (
	bareUnit   = store.Scoped(`SELECT 1 FROM unit WHERE org_id = $1 AND ref = '' LIMIT 1`)
	barePerson = store.Scoped(`SELECT 1 FROM person WHERE org_id = $1 AND ref = '' LIMIT 1`)
)
