package portfolio

import (
	"cmp"
	"slices"
	"strings"

	"foyer/internal/platform/store"
)

// lookupSize bounds the list of one IN (…).
const lookupSize = 1000

// lookup runs q for a list of any length in statements of bounded size. Empty
// and repeated values are not asked for. The rows come in the order of compare.
func lookup[T any](tx *store.Tx, q store.Query, dest func(*T) []any, compare func(a, b T) int, list []string) ([]T, error) {
	seen := make(map[string]bool, len(list))
	ask := make([]string, 0, len(list))
	for _, v := range list {
		if v != "" && !seen[v] {
			seen[v] = true
			ask = append(ask, v)
		}
	}
	var out []T
	for len(ask) > 0 {
		n := min(len(ask), lookupSize)
		rows, err := store.All(tx, q, dest, store.Spread(ask[:n]))
		if err != nil {
			return nil, err
		}
		if out == nil {
			out = rows
		} else {
			out = append(out, rows...)
		}
		ask = ask[n:]
	}
	slices.SortFunc(out, compare)
	return out, nil
}

func propertyOrder(a, b Property) int { return strings.Compare(a.ID, b.ID) }
func buildingOrder(a, b Building) int { return strings.Compare(a.ID, b.ID) }
func unitOrder(a, b Unit) int         { return strings.Compare(a.ID, b.ID) }
func personOrder(a, b Person) int     { return strings.Compare(a.ID, b.ID) }

func buildingWalk(a, b Building) int {
	return cmp.Or(strings.Compare(a.sortKey(), b.sortKey()), strings.Compare(a.ID, b.ID))
}

func unitWalk(a, b Unit) int {
	return cmp.Or(strings.Compare(a.SortKey, b.SortKey), strings.Compare(a.ID, b.ID))
}

func leaseOrder(a, b Lease) int {
	return cmp.Or(strings.Compare(a.UnitID, b.UnitID), strings.Compare(a.StartsOn, b.StartsOn), strings.Compare(a.ID, b.ID))
}

func membershipOrder(a, b Membership) int {
	return cmp.Or(strings.Compare(a.LeaseID, b.LeaseID), strings.Compare(a.PersonID, b.PersonID))
}

// The look-ups below take a list of any length with any repetitions and run in
// the caller's transaction, reading or writing. What is not there is missing
// from the answer; empty values find nothing. They judge no rights: whoever
// calls them has checked the actor and the limits to properties. Rows come by
// id where nothing else is said.

// PropertiesByID returns the properties with these ids.
func PropertiesByID(tx *store.Tx, ids []string) ([]Property, error) {
	return lookup(tx, propertiesByID, (*Property).dest, propertyOrder, ids)
}

// PropertiesByRef returns the properties with these references, at most one
// for each.
func PropertiesByRef(tx *store.Tx, refs []string) ([]Property, error) {
	return lookup(tx, propertiesByRef, (*Property).dest, propertyOrder, refs)
}

// PropertiesByName returns the properties whose names have these keys, made by
// fold.Natural. There may be several for one.
func PropertiesByName(tx *store.Tx, keys []string) ([]Property, error) {
	return lookup(tx, propertiesByName, (*Property).dest, propertyOrder, keys)
}

// BuildingsByID returns the buildings with these ids.
func BuildingsByID(tx *store.Tx, ids []string) ([]Building, error) {
	return lookup(tx, buildingsByID, (*Building).dest, buildingOrder, ids)
}

// BuildingsByKey returns the buildings with these Building.AddressKey: at most
// one in a property, but several properties may share an address.
func BuildingsByKey(tx *store.Tx, keys []string) ([]Building, error) {
	return lookup(tx, buildingsByKey, (*Building).dest, buildingOrder, keys)
}

// BuildingsOf returns the buildings of these properties in the order of a
// walk.
func BuildingsOf(tx *store.Tx, properties []string) ([]Building, error) {
	return lookup(tx, buildingsOf, (*Building).dest, buildingWalk, properties)
}

// UnitsByID returns the units with these ids.
func UnitsByID(tx *store.Tx, ids []string) ([]Unit, error) {
	return lookup(tx, unitsByID, (*Unit).dest, unitOrder, ids)
}

// UnitsByRef returns the units with these references. A reference is unique
// within a property only, so there may be several for one.
func UnitsByRef(tx *store.Tx, refs []string) ([]Unit, error) {
	return lookup(tx, unitsByRef, (*Unit).dest, unitOrder, refs)
}

// UnitsByKey returns the units with these Unit.MatchKey (address, stairwell
// and label), for lists without references. There may be several for one.
func UnitsByKey(tx *store.Tx, keys []string) ([]Unit, error) {
	return lookup(tx, unitsByKey, (*Unit).dest, unitOrder, keys)
}

// UnitsOf returns the units of these properties in the order of a walk.
func UnitsOf(tx *store.Tx, properties []string) ([]Unit, error) {
	return lookup(tx, unitsOf, (*Unit).dest, unitWalk, properties)
}

// PersonsByID returns the persons with these ids.
func PersonsByID(tx *store.Tx, ids []string) ([]Person, error) {
	return lookup(tx, personsByID, (*Person).dest, personOrder, ids)
}

// PersonsByRef returns the persons with these references, at most one for
// each.
func PersonsByRef(tx *store.Tx, refs []string) ([]Person, error) {
	return lookup(tx, personsByRef, (*Person).dest, personOrder, refs)
}

// PersonsByName returns the persons with these Person.NameKey. A name alone
// identifies nobody: compare a second thing, the e-mail address or, through
// MembershipsOfPersons and LeasesByID, the unit.
func PersonsByName(tx *store.Tx, keys []string) ([]Person, error) {
	return lookup(tx, personsByName, (*Person).dest, personOrder, keys)
}

// LeasesByID returns the leases with these ids, by unit and start.
func LeasesByID(tx *store.Tx, ids []string) ([]Lease, error) {
	return lookup(tx, leasesByID, (*Lease).dest, leaseOrder, ids)
}

// LeasesByRef returns the leases with these references, at most one for each.
func LeasesByRef(tx *store.Tx, refs []string) ([]Lease, error) {
	return lookup(tx, leasesByRef, (*Lease).dest, leaseOrder, refs)
}

// LeasesOfUnits returns all leases of these units, past ones too, by unit and
// start.
func LeasesOfUnits(tx *store.Tx, units []string) ([]Lease, error) {
	return lookup(tx, leasesOfUnits, (*Lease).dest, leaseOrder, units)
}

// MembershipsOfLeases returns who is in these leases.
func MembershipsOfLeases(tx *store.Tx, leases []string) ([]Membership, error) {
	return lookup(tx, membershipsLease, (*Membership).dest, membershipOrder, leases)
}

// MembershipsOfPersons returns the leases that these persons are in.
func MembershipsOfPersons(tx *store.Tx, persons []string) ([]Membership, error) {
	return lookup(tx, membershipsPerson, (*Membership).dest, membershipOrder, persons)
}
