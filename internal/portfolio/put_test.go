package portfolio

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

var noon = time.Date(2026, 11, 12, 12, 0, 0, 0, time.UTC)

func write(t testing.TB, db *store.DB, fn func(tx *store.Tx) error) {
	t.Helper()
	err := db.Write(t.Context(), store.OrgScope(storetest.Org), func(_ context.Context, tx *store.Tx) error { return fn(tx) })
	if err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, db *store.DB, fn func(tx *store.Tx) error) {
	t.Helper()
	err := db.Read(t.Context(), store.OrgScope(storetest.Org), func(_ context.Context, tx *store.Tx) error { return fn(tx) })
	if err != nil {
		t.Fatal(err)
	}
}

// house is a small property: one building, units and their leases, for tests
// to start from.
type house struct {
	property Property
	building Building
	units    []Unit
	persons  []Person
	leases   []Lease
	members  []Membership
}

// newHouse makes n flats with one contract party each. id keeps several houses
// apart.
func newHouse(id string, n int) house {
	h := house{
		property: Property{ID: id, Ref: "P-" + id, Name: "Ahornallee " + id, Postcode: "12623", City: "Berlin", Country: "DE", UVIService: true},
		building: Building{ID: id + "-b", PropertyID: id, Street: "Ahornallee", HouseNumber: id, Postcode: "12623", City: "Berlin", Country: "DE"},
	}
	for i := range n {
		u := Unit{ID: fmt.Sprintf("%s-u%d", id, i), Ref: fmt.Sprintf("%s-%d", id, i), Label: fmt.Sprintf("Wohnung %d", i+1),
			Floor: fmt.Sprintf("%d. OG links", i), Usage: Flat, AreaCM2: 6800, RoomsTenth: 30, UVINeeded: true}
		u.Place(h.building)
		p := Person{ID: fmt.Sprintf("%s-p%d", id, i), Ref: fmt.Sprintf("%s-M%d", id, i), Salutation: Mrs, FirstName: "Marlene",
			LastName: fmt.Sprintf("Brandt %s %d", id, i), Email: "marlene@post.example"}
		l := Lease{ID: fmt.Sprintf("%s-l%d", id, i), UnitID: u.ID, Kind: Rental, Ref: fmt.Sprintf("%s-L%d", id, i), StartsOn: "2024-09-01",
			RentNet: 74800, Currency: "EUR", NoticePeriod: "3 Monate"}
		h.units, h.persons, h.leases = append(h.units, u), append(h.persons, p), append(h.leases, l)
		h.members = append(h.members, Membership{LeaseID: l.ID, PersonID: p.ID, Role: ContractParty, FromDay: l.StartsOn, ToDay: Forever})
	}
	return h
}

func (h house) put(tx *store.Tx) error {
	steps := []func() error{
		func() error { return PutProperties(tx, noon, []Property{h.property}) },
		func() error { return PutBuildings(tx, []Building{h.building}) },
		func() error { return PutUnits(tx, h.units) },
		func() error { return PutPersons(tx, noon, h.persons) },
		func() error { return PutLeases(tx, noon, h.leases) },
		func() error { return PutMemberships(tx, h.members) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// fresh gives all rows ids as the product makes them.
func (h *house) fresh() {
	h.property.ID, h.building.ID = store.NewID(), store.NewID()
	h.building.PropertyID = h.property.ID
	for i := range h.units {
		h.units[i].ID, h.persons[i].ID, h.leases[i].ID = store.NewID(), store.NewID(), store.NewID()
		h.units[i].Place(h.building)
		h.leases[i].UnitID = h.units[i].ID
		h.members[i].LeaseID, h.members[i].PersonID = h.leases[i].ID, h.persons[i].ID
	}
}

func ids[T any](list []T, id func(T) string) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = id(v)
	}
	return out
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func TestPutLookUpRestoreRemove(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse("14", 3)
		write(t, db, h.put)
		read(t, db, func(tx *store.Tx) error { return lookedUp(t, tx, h) })

		// A change, and back to the before-image.
		after := h.persons[1]
		after.LastName, after.Phone = "Öztürk", "030 1"
		write(t, db, func(tx *store.Tx) error { return PutPersons(tx, noon, []Person{after}) })
		read(t, db, func(tx *store.Tx) error {
			got, err := PersonsByName(tx, []string{"marlene oeztuerk"})
			same(t, "changed person", got, []Person{after})
			return err
		})
		write(t, db, func(tx *store.Tx) error { return PutPersons(tx, noon, []Person{h.persons[1]}) })
		read(t, db, func(tx *store.Tx) error { return lookedUp(t, tx, h) })

		// The same reference twice is refused.
		twice := h.persons[0]
		twice.ID = "other"
		err := db.Write(t.Context(), store.OrgScope(storetest.Org), func(_ context.Context, tx *store.Tx) error {
			return PutPersons(tx, noon, []Person{twice})
		})
		if !store.IsUnique(err) {
			t.Errorf("two persons with one reference: %v", err)
		}
		write(t, db, func(tx *store.Tx) error { return removed(t, tx, h) })
	})
}

func lookedUp(t *testing.T, tx *store.Tx, h house) error {
	t.Helper()
	props, err := PropertiesByRef(tx, []string{h.property.Ref, "", "P-1"}) // P-1 is the twin's
	if err != nil {
		return err
	}
	same(t, "property", props, []Property{h.property})
	bs, err := BuildingsByKey(tx, []string{"ahornallee 14 12623"})
	if err != nil {
		return err
	}
	same(t, "building", bs, []Building{h.building})
	refs := ids(h.units, func(u Unit) string { return u.Ref })
	units, err := UnitsByRef(tx, append(refs, refs...))
	if err != nil {
		return err
	}
	same(t, "units by ref", units, h.units)
	if units, err = UnitsByKey(tx, ids(h.units, func(u Unit) string { return u.MatchKey })); err != nil {
		return err
	}
	same(t, "units by key", units, h.units)
	persons, err := PersonsByRef(tx, ids(h.persons, func(p Person) string { return p.Ref }))
	if err != nil {
		return err
	}
	same(t, "persons", persons, h.persons)
	leases, err := LeasesOfUnits(tx, ids(h.units, func(u Unit) string { return u.ID }))
	if err != nil {
		return err
	}
	same(t, "leases", leases, h.leases)
	ms, err := MembershipsOfPersons(tx, ids(h.persons, func(p Person) string { return p.ID }))
	same(t, "memberships", ms, h.members)
	return err
}

// removed takes the house back except the first lease, which stays with all
// that it stands on.
func removed(t *testing.T, tx *store.Tx, h house) error {
	keys := make([]MembershipKey, 0, len(h.members))
	for _, m := range h.members[1:] {
		keys = append(keys, m.Key())
	}
	n, err := RemoveMemberships(tx, keys)
	if err != nil {
		return err
	}
	same(t, "memberships", n, 2)
	for _, c := range []struct {
		what string
		fn   func(*store.Tx, []string) ([]string, error)
		all  []string
		want int
	}{
		{"leases", RemoveLeases, ids(h.leases, func(l Lease) string { return l.ID }), 2},
		{"persons", RemovePersons, ids(h.persons, func(p Person) string { return p.ID }), 2},
		{"units", RemoveUnits, ids(h.units, func(u Unit) string { return u.ID }), 2},
		{"buildings", RemoveBuildings, []string{h.building.ID, "twin-building"}, 0},
		{"properties", RemoveProperties, []string{h.property.ID, "twin-property"}, 0},
	} {
		gone, err := c.fn(tx, c.all)
		if err != nil {
			return err
		}
		if len(gone) != c.want {
			t.Errorf("%s: removed %v, want %d", c.what, gone, c.want)
		}
	}
	return nil
}

func TestAUnitMustBePlaced(t *testing.T) {
	db := storetest.SQLite(t).DB
	err := db.Write(t.Context(), store.OrgScope(storetest.Org), func(_ context.Context, tx *store.Tx) error {
		return PutUnits(tx, []Unit{{ID: "u", Usage: Flat}})
	})
	if err == nil {
		t.Error("a unit without a building was put")
	}
}

// BenchmarkPut writes fresh list rows: a unit, a person, a lease and a
// membership each, in batches of 500, with the look-ups that an import makes.
func BenchmarkPut(b *testing.B) {
	db := storetest.SQLite(b).DB
	n := 0
	for b.Loop() {
		h := newHouse(fmt.Sprint(n), 500)
		h.fresh()
		n++
		write(b, db, func(tx *store.Tx) error {
			if _, err := PersonsByRef(tx, ids(h.persons, func(p Person) string { return p.Ref })); err != nil {
				return err
			}
			if _, err := UnitsByRef(tx, ids(h.units, func(u Unit) string { return u.Ref })); err != nil {
				return err
			}
			if _, err := LeasesByRef(tx, ids(h.leases, func(l Lease) string { return l.Ref })); err != nil {
				return err
			}
			return h.put(tx)
		})
	}
	b.ReportMetric(float64(n*500)/b.Elapsed().Seconds(), "rows/s")
}
