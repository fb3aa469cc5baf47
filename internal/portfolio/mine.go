package portfolio

import (
	"context"
	"slices"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

// OpenTenancies is Tenancies without the leases in properties whose portal is
// switched off (E7).
func OpenTenancies(tx *store.Tx, r Rule, persons []string) ([]Tenancy, error) {
	list, err := Tenancies(tx, r, persons)
	return slices.DeleteFunc(list, func(t Tenancy) bool { return !t.Property.PortalOn }), err
}

// Mine is what a signed-in resident's pages are about.
type Mine struct {
	Persons   []Person  // whom the account stands for, by id
	Tenancies []Tenancy // OpenTenancies
}

// Person returns the person with an id, the zero Person when it is none of
// them.
func (m Mine) Person(id string) Person {
	for _, p := range m.Persons {
		if p.ID == id {
			return p
		}
	}
	return Person{}
}

// MineOf returns the signed-in resident's own persons and open leases in one
// transaction.
func (s *Service) MineOf(ctx context.Context, by actor.Actor) (m Mine, err error) {
	defer fault.Wrap(&err, "load a resident's own leases")
	if err := by.Must(actor.Self); err != nil {
		return Mine{}, err
	}
	err = s.db.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		if m.Persons, err = PersonsByID(tx, by.Persons()); err != nil {
			return err
		}
		m.Tenancies, err = OpenTenancies(tx, RuleOf(o, s.now()), by.Persons())
		return err
	})
	return m, err
}
