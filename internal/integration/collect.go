package integration

import (
	"slices"
	"time"

	"foyer/internal/notifications"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// replan makes the plan of the rows again and refuses those for which it is
// not the announced one.
func replan(w *world, lines []*line) {
	for _, l := range lines {
		w.resolve(l)
	}
	for _, g := range byGroup(lines) {
		w.overlaps(g, nil)
	}
	for _, l := range accepted(lines) {
		w.announce(l)
		if w.digest(l) != l.announced {
			l.reject(w, "", KeyStale)
			continue
		}
		l.takeOwn()
	}
	// A new object exists only by the row that makes it.
	for again := true; again; {
		again = false
		for _, l := range accepted(lines) {
			if orphan(l.property) || orphan(l.building) || orphan(l.unit) || orphan(l.lease) || orphan(l.person) {
				l.reject(w, "", KeyStale)
				again = true
			}
		}
	}
}

func (l *line) takeOwn() {
	if l.own&ownProperty != 0 {
		l.property.owner = l
	}
	if l.own&ownBuilding != 0 {
		l.building.owner = l
	}
	if l.own&ownUnit != 0 {
		l.unit.owner = l
	}
	if l.own&ownLease != 0 {
		l.lease.owner = l
	}
	if l.own&ownPerson != 0 {
		l.person.owner = l
	}
}

func orphan[T any](n *node[T]) bool {
	return n.isNew() && (n.owner == nil || n.owner.rejected())
}

// collect gathers what the accepted rows own.
func (b *batch) collect(w *world, lines []*line) {
	for _, l := range accepted(lines) {
		collect(l, l.property, &b.NewProperties, &b.Properties)
		collect(l, l.building, &b.NewBuildings, &b.Buildings)
		collect(l, l.unit, &b.NewUnits, &b.Units)
		collect(l, l.person, &b.NewPersons, &b.Persons)
		collect(l, l.lease, &b.NewLeases, &b.Leases)
		if old, ok := w.members[l.member.Key()]; !ok {
			b.NewMemberships.add(memberID(l.member), l.member)
			w.members[l.member.Key()] = l.member
		} else if old != l.member {
			b.Memberships.change(memberID(old), old, l.member)
		}
	}
}

func collect[T comparable](l *line, n *node[T], fresh *made[T], changed *images[T]) {
	switch {
	case n.owner != l:
	case n.isNew():
		fresh.add(n.id, n.after)
	case *n.before != n.after:
		changed.change(n.id, *n.before, n.after)
	}
}

// nameProperties renames properties that are called after their buildings and
// get more of them: "Ahornallee 10" becomes "Ahornallee 10–16".
func (b *batch) nameProperties(tx *store.Tx, w *world, lines []*line) error {
	fresh := map[string][]building{} // by property
	for _, x := range b.NewBuildings.list {
		fresh[x.PropertyID] = append(fresh[x.PropertyID], x)
	}
	for _, l := range lines {
		if l.row.PropertyName != "" && l.property != nil {
			delete(fresh, l.property.id)
		}
	}
	ids := make([]string, 0, len(fresh))
	for id := range fresh {
		ids = append(ids, id)
	}
	there, err := portfolio.BuildingsOf(tx, ids)
	if err != nil {
		return err
	}
	for i := range b.NewProperties.list {
		p := &b.NewProperties.list[i]
		if list := fresh[p.ID]; len(list) > 1 && p.Name == portfolio.NameOf(list[:1]) {
			p.Name = portfolio.NameOf(list)
		}
	}
	for _, id := range ids {
		n := w.properties[id]
		if n == nil || n.isNew() {
			continue
		}
		old := slices.DeleteFunc(slices.Clone(there), func(x building) bool { return x.PropertyID != id })
		was, now := *n.before, *n.before
		if i, ok := b.Properties.at[id]; ok {
			now = b.Properties.List[i].After
		}
		if len(old) > 0 && now.Name == portfolio.NameOf(old) {
			now.Name = portfolio.NameOf(slices.Concat(old, fresh[id]))
			b.Properties.change(id, was, now)
		}
	}
	return nil
}

func (b *batch) recordConsents(tx *store.Tx, now time.Time, w *world, by actor.Actor, lines []*line, wording string) (err error) {
	var list []notifications.Consent
	for _, l := range accepted(lines) {
		if l.consent && l.person.owner == l {
			list = append(list, notifications.Consent{PersonID: l.person.id, Channel: "email", Address: l.row.Email, GivenOn: l.row.EmailConsentOn,
				Wording: wording, Source: "import"})
		}
	}
	b.Consents, b.Replaced, err = notifications.RecordConsents(tx, now, by, list)
	return err
}
