package portfolio

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"foyer/internal/platform/store"
)

// The Put functions write whole rows: a new id is inserted, a known one
// replaced, so that the same function applies an import, changes a row and
// restores a before-image. They run a few statements for any number of rows,
// derive search and sort keys themselves, and judge no rights. The order is
// that of the references: properties, buildings, units, persons, leases,
// memberships.
//
// An id may occur once in a call (PostgreSQL refuses a second). A reference
// that another row already has is an error for which store.IsUnique is true.

// PutProperties inserts or replaces properties.
func PutProperties(tx *store.Tx, now time.Time, list []Property) error {
	at := store.Micros(now)
	return put(tx, putProperty, "properties", list, func(p Property) []any {
		return []any{p.ID, p.Ref, p.Name, p.Postcode, p.City, p.Country, p.Region, p.PortalOn, p.UVIService, p.ReleasedAt,
			p.sortKey(), p.search(), at, at}
	})
}

// PutBuildings inserts or replaces buildings. Their units must be placed and
// put again when the address changed.
func PutBuildings(tx *store.Tx, list []Building) error {
	return put(tx, putBuilding, "buildings", list, func(b Building) []any {
		return []any{b.ID, b.PropertyID, b.Street, b.HouseNumber, b.Postcode, b.City, b.Country, b.sortKey(), b.AddressKey()}
	})
}

// PutUnits inserts or replaces units, on each of which Place was called.
func PutUnits(tx *store.Tx, list []Unit) error {
	for _, u := range list {
		if u.SortKey == "" || u.BuildingID == "" {
			return errors.New("portfolio: a unit that was not placed in a building")
		}
	}
	return put(tx, putUnit, "units", list, func(u Unit) []any {
		return []any{u.ID, u.PropertyID, u.BuildingID, u.Ref, u.Label, u.Stairwell, u.Floor, u.Usage, u.AreaCM2, u.RoomsTenth,
			u.UVINeeded, u.SortKey, u.MatchKey}
	})
}

// PutPersons inserts or replaces persons.
func PutPersons(tx *store.Tx, now time.Time, list []Person) error {
	at := store.Micros(now)
	return put(tx, putPerson, "persons", list, func(p Person) []any {
		return []any{p.ID, p.Ref, p.Salutation, p.Title, p.FirstName, p.LastName, p.CompanyName, p.Language, p.Email, p.Phone,
			p.PostName, p.PostStreet, p.PostPostcode, p.PostCity, p.PostCountry, p.NameKey(), at, at}
	})
}

// PutLeases inserts or replaces leases. It does not look for overlaps: see
// Lease.Overlaps.
func PutLeases(tx *store.Tx, now time.Time, list []Lease) error {
	at := store.Micros(now)
	return put(tx, putLease, "leases", list, func(l Lease) []any {
		return []any{l.ID, l.UnitID, l.Kind, l.Ref, l.StartsOn, l.EndsOn, l.SignedOn, l.RentNet, l.RentService, l.RentHeating,
			l.Deposit, l.Currency, l.NoticePeriod, l.Until(), at, at}
	})
}

// PutMemberships inserts or replaces memberships by MembershipKey.
func PutMemberships(tx *store.Tx, list []Membership) error {
	return put(tx, putMembership, "memberships", list, func(m Membership) []any {
		return []any{m.LeaseID, m.PersonID, m.Role, m.FromDay, m.ToDay}
	})
}

func put[T any](tx *store.Tx, q store.Query, what string, list []T, row func(T) []any) error {
	if len(list) == 0 {
		return nil
	}
	rows := make([][]any, len(list))
	for i, v := range list {
		rows[i] = row(v)
	}
	if _, err := store.InsertAll(tx, q, rows); err != nil {
		return fmt.Errorf("put %d %s: %w", len(list), what, err)
	}
	return nil
}

// The Remove functions take back rows that an import made, in the reverse
// order of the references: memberships, leases, persons, units, buildings,
// properties. A row that something in the portfolio still refers to stays and
// is missing from the answer. Rows of other packages (codes, consents,
// accounts) are the caller's to ask about first: a row that they refer to
// makes the database refuse the whole transaction.

// RemoveMemberships takes persons out of leases and returns how many it found.
// Whoever is taken out sees nothing of the lease from the next request on.
func RemoveMemberships(tx *store.Tx, keys []MembershipKey) (int, error) {
	found := 0
	for _, k := range keys {
		n, err := store.Exec(tx, removeMembership, k.LeaseID, k.PersonID)
		if err != nil {
			return found, err
		}
		found += int(n)
	}
	return found, nil
}

// RemoveLeases removes leases without persons and returns the removed ids.
func RemoveLeases(tx *store.Tx, ids []string) ([]string, error) {
	return remove(tx, removeLeases, ids)
}

// RemovePersons removes persons without a lease and returns the removed ids.
func RemovePersons(tx *store.Tx, ids []string) ([]string, error) {
	return remove(tx, removePersons, ids)
}

// RemoveUnits removes units without a lease and returns the removed ids.
func RemoveUnits(tx *store.Tx, ids []string) ([]string, error) {
	return remove(tx, removeUnits, ids)
}

// RemoveBuildings removes buildings without units and returns the removed ids.
func RemoveBuildings(tx *store.Tx, ids []string) ([]string, error) {
	return remove(tx, removeBuildings, ids)
}

// RemoveProperties removes properties without buildings and without staff
// limited to them, and returns the removed ids.
func RemoveProperties(tx *store.Tx, ids []string) ([]string, error) {
	return remove(tx, removeProperties, ids)
}

func remove(tx *store.Tx, q store.Query, ids []string) ([]string, error) {
	return lookup(tx, q, func(s *string) []any { return []any{s} }, strings.Compare, ids)
}
