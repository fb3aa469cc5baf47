package portfolio

import (
	"fmt"
	"math/rand/v2"
	"time"

	"foyer/internal/orgs"
	"foyer/internal/platform/store"
)

// world is a random portfolio with a history.
type world struct {
	rng        *rand.Rand
	id         string
	properties []Property
	buildings  []Building
	units      []Unit
	persons    []Person
	leases     []Lease
	members    []Membership
	days       []string        // few days and their neighbours, so that edges meet
	told       map[string]bool // the items for everyone, of all worlds
}

func (w world) lease(id string) Lease {
	for _, l := range w.leases {
		if l.ID == id {
			return l
		}
	}
	panic("no lease " + id)
}

func (w world) unit(id string) Unit {
	for _, u := range w.units {
		if u.ID == id {
			return u
		}
	}
	panic("no unit " + id)
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// newWorld makes two properties, three buildings, a dozen units, 50 persons
// and about 90 memberships: roles mixed, leases that overlap, follow each
// other and end, people who come back into the same unit, join late, leave
// early, or are in a lease on no day at all.
func newWorld(n int, seed uint64) world {
	w := world{rng: rand.New(rand.NewPCG(seed, uint64(n))), id: fmt.Sprintf("w%d", n)}
	for range 4 {
		d := time.Date(2024+w.rng.IntN(3), time.Month(1+w.rng.IntN(12)), 1+w.rng.IntN(31), 0, 0, 0, 0, time.UTC)
		for off := -1; off <= 1; off++ {
			w.days = append(w.days, d.AddDate(0, 0, off).Format(time.DateOnly))
		}
	}
	w.days = append(w.days, "2024-02-29", "2025-02-28", "2025-08-31", "2026-12-31")
	for i := range 2 {
		w.properties = append(w.properties, Property{ID: fmt.Sprintf("%s-h%d", w.id, i), Name: "Haus"})
	}
	for i := range 3 {
		w.buildings = append(w.buildings, Building{ID: fmt.Sprintf("%s-b%d", w.id, i), PropertyID: w.properties[i%2].ID, Street: "Weg", HouseNumber: fmt.Sprint(i)})
	}
	for i := range 12 {
		u := Unit{ID: fmt.Sprintf("%s-u%d", w.id, i), Label: fmt.Sprint(i), Stairwell: pick(w.rng, []string{"", "A", "B"}), Usage: Flat}
		u.Place(pick(w.rng, w.buildings))
		w.units = append(w.units, u)
	}
	for i := range 50 {
		w.persons = append(w.persons, Person{ID: fmt.Sprintf("%s-p%d", w.id, i), LastName: "Muster"})
	}
	w.people()
	return w
}

func (w *world) people() {
	for i := range 40 {
		l := Lease{ID: fmt.Sprintf("%s-l%d", w.id, i), UnitID: pick(w.rng, w.units).ID, Kind: pick(w.rng, []string{Rental, Rental, Rental, Ownership}), StartsOn: pick(w.rng, w.days)}
		if i%4 == 3 { // somebody returns to the unit of the lease before
			l.UnitID = w.leases[i-1].UnitID
		}
		if end := pick(w.rng, w.days); end >= l.StartsOn && w.rng.IntN(4) > 0 {
			l.EndsOn = end
		}
		w.leases = append(w.leases, l)
		taken := map[string]bool{}
		for range 1 + w.rng.IntN(4) {
			m := Membership{LeaseID: l.ID, PersonID: pick(w.rng, w.persons).ID, Role: w.role(l), FromDay: l.StartsOn, ToDay: Forever}
			if i%4 == 3 && len(taken) == 0 {
				m.PersonID = w.members[len(w.members)-1].PersonID
			}
			if w.rng.IntN(3) == 0 {
				m.FromDay = pick(w.rng, w.days)
			}
			if to := pick(w.rng, w.days); w.rng.IntN(3) == 0 && to >= m.FromDay {
				m.ToDay = to
			}
			if l.EndsOn >= m.FromDay && w.rng.IntN(3) == 0 {
				m.ToDay = l.EndsOn // some lists write the lease's end again
			}
			if !taken[m.PersonID] {
				taken[m.PersonID] = true
				w.members = append(w.members, m)
			}
		}
	}
}

// role is mostly what fits the kind of lease; lists hold the rest as well.
func (w *world) role(l Lease) string {
	if l.Kind == Ownership && w.rng.IntN(4) > 0 {
		return Owner
	}
	return pick(w.rng, []string{ContractParty, ContractParty, CoResident, Owner})
}

func (w world) put(tx *store.Tx) error {
	if err := PutProperties(tx, noon, w.properties); err != nil {
		return err
	}
	if err := PutBuildings(tx, w.buildings); err != nil {
		return err
	}
	if err := PutUnits(tx, w.units); err != nil {
		return err
	}
	if err := PutPersons(tx, noon, w.persons); err != nil {
		return err
	}
	if err := PutLeases(tx, noon, w.leases); err != nil {
		return err
	}
	return PutMemberships(tx, w.members)
}

// remove takes some memberships away, as an undone import does.
func (w *world) remove(tx *store.Tx) error {
	var gone []MembershipKey
	var kept []Membership
	for _, m := range w.members {
		if w.rng.IntN(10) == 0 {
			gone = append(gone, m.Key())
		} else {
			kept = append(kept, m)
		}
	}
	w.members = kept
	n, err := RemoveMemberships(tx, gone)
	if err == nil && n != len(gone) {
		err = fmt.Errorf("removed %d of %d memberships", n, len(gone))
	}
	return err
}

func (w world) randomRule() Rule {
	today := pick(w.rng, w.days)
	if m := pick(w.rng, w.members); w.rng.IntN(3) == 0 && m.ToDay != Forever {
		today = m.ToDay // somebody's last day
	}
	return Rule{Today: today, MovedOut: pick(w.rng, []orgs.MovedOut{orgs.MovedOutNone, orgs.MovedOutOwnPeriod, orgs.MovedOutOwnPeriod, ""}), Months: w.rng.IntN(15)}
}

func (w world) randomAudience() Audience {
	a := Audience{Kind: pick(w.rng, []Kind{ToPerson, ToLease, ToLease, ToLease, ToUnit, ToUnit, ToStairwell, ToBuilding, ToProperty, ToOwners, ToEveryone}), Day: pick(w.rng, append(w.days, ""))}
	u := pick(w.rng, w.units)
	switch a.Kind {
	case ToPerson:
		a.ID = pick(w.rng, w.persons).ID
	case ToLease:
		a.ID = pick(w.rng, w.leases).ID
	case ToUnit:
		a.ID = u.ID
	case ToStairwell:
		a.ID = StairwellID(u.BuildingID, u.Stairwell)
	case ToBuilding:
		a.ID = u.BuildingID
	case ToProperty, ToOwners:
		a.ID = u.PropertyID
	case ToEveryone:
		a.ID = Everyone
	}
	if w.rng.IntN(5) == 0 {
		a.Author = pick(w.rng, w.persons).ID
	}
	return a
}
