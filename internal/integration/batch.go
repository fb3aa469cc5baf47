package integration

import (
	"slices"
	"time"

	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// image is an object before and after an import changed it.
type image[T any] struct {
	Before T `json:"b"`
	After  T `json:"a"`
}

// images are the changed objects of one kind, in the order of the rows.
type images[T any] struct {
	List []image[T] `json:"l,omitempty"`
	at   map[string]int
}

// change notes what an object was and becomes; a second change of the same one
// keeps what it was at first.
func (m *images[T]) change(id string, before, after T) {
	if m.at == nil {
		m.at = map[string]int{}
	}
	if i, ok := m.at[id]; ok {
		m.List[i].After = after
		return
	}
	m.at[id] = len(m.List)
	m.List = append(m.List, image[T]{before, after})
}

func (m *images[T]) after() []T {
	out := make([]T, len(m.List))
	for i := range m.List {
		out[i] = m.List[i].After
	}
	return out
}

// made are new objects of one kind: whole until they are written, by id for
// taking them back.
type made[T any] struct {
	IDs  []string `json:"i,omitempty"`
	list []T
}

func (m *made[T]) add(id string, v T) {
	m.IDs = append(m.IDs, id)
	m.list = append(m.list, v)
}

// batch is what one transaction of an import writes. Its JSON is the memory of
// Undo.
type batch struct {
	NewProperties  made[property]   `json:"np"`
	NewBuildings   made[building]   `json:"nb"`
	NewUnits       made[unit]       `json:"nu"`
	NewPersons     made[person]     `json:"npe"`
	NewLeases      made[lease]      `json:"nl"`
	NewMemberships made[membership] `json:"nm"`

	Properties  images[property]   `json:"p"`
	Buildings   images[building]   `json:"b"`
	Units       images[unit]       `json:"u"`
	Persons     images[person]     `json:"pe"`
	Leases      images[lease]      `json:"l"`
	Memberships images[membership] `json:"m"`
	Removed     []membership       `json:"r,omitempty"`

	Consents []string `json:"c,omitempty"`  // recorded
	Replaced []string `json:"cr,omitempty"` // ended by these
}

// memberID names a membership in a batch.
func memberID(m membership) string { return m.LeaseID + "/" + m.PersonID }

func memberKey(id string) portfolio.MembershipKey {
	const uuid = 36
	return portfolio.MembershipKey{LeaseID: id[:len(id)-uuid-1], PersonID: id[len(id)-uuid:]}
}

// write puts everything into the portfolio's tables, in the order of the
// references.
func (b *batch) write(tx *store.Tx, now time.Time) error {
	if err := portfolio.PutProperties(tx, now, slices.Concat(b.NewProperties.list, b.Properties.after())); err != nil {
		return err
	}
	if err := portfolio.PutBuildings(tx, slices.Concat(b.NewBuildings.list, b.Buildings.after())); err != nil {
		return err
	}
	if err := portfolio.PutUnits(tx, slices.Concat(b.NewUnits.list, b.Units.after())); err != nil {
		return err
	}
	if err := portfolio.PutPersons(tx, now, slices.Concat(b.NewPersons.list, b.Persons.after())); err != nil {
		return err
	}
	if err := portfolio.PutLeases(tx, now, slices.Concat(b.NewLeases.list, b.Leases.after())); err != nil {
		return err
	}
	if err := portfolio.PutMemberships(tx, slices.Concat(b.NewMemberships.list, b.Memberships.after())); err != nil {
		return err
	}
	keys := make([]portfolio.MembershipKey, len(b.Removed))
	for i, m := range b.Removed {
		keys[i] = m.Key()
	}
	_, err := portfolio.RemoveMemberships(tx, keys)
	return err
}

// empty tells whether there is nothing to take back.
func (b *batch) empty() bool {
	return len(b.NewProperties.IDs)+len(b.NewBuildings.IDs)+len(b.NewUnits.IDs)+len(b.NewPersons.IDs)+len(b.NewLeases.IDs)+
		len(b.NewMemberships.IDs)+len(b.Properties.List)+len(b.Buildings.List)+len(b.Units.List)+len(b.Persons.List)+
		len(b.Leases.List)+len(b.Memberships.List)+len(b.Removed)+len(b.Consents) == 0
}

// dropLease forgets what was to be done about a lease.
func (b *batch) dropLease(id string) {
	b.Leases.drop(id)
	for _, m := range slices.Clone(b.Memberships.List) {
		if m.Before.LeaseID == id {
			b.Memberships.drop(memberID(m.Before))
		}
	}
	b.Removed = slices.DeleteFunc(b.Removed, func(m membership) bool { return m.LeaseID == id })
}

func (m *images[T]) drop(id string) {
	i, ok := m.at[id]
	if !ok {
		return
	}
	m.List = slices.Delete(m.List, i, i+1)
	delete(m.at, id)
	for other, at := range m.at {
		if at > i {
			m.at[other] = at - 1
		}
	}
}
