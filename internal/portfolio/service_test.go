package portfolio

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

func service(db *store.DB) *Service { return New(db, func() time.Time { return noon }) }

func staff(role actor.Role, properties ...string) actor.Actor {
	return actor.NewStaff(storetest.Org, "account", "staff-1", "Jette Petersen", role, len(properties) > 0, properties)
}

var (
	addStaff = store.Scoped(`INSERT INTO staff (org_id, id, name, email, role, limited, language, created_at) VALUES ($1, $2, 'Jette', 'j@a.example', 'manager', TRUE, 'de', 1)`)
	addLimit = store.Scoped(`INSERT INTO staff_property (org_id, staff_id, property_id) VALUES ($1, $2, $3)`)
	settings = store.Scoped(`UPDATE org SET settings = $2 WHERE org_id = $1`)
)

// limit limits the staff member staff-1 to one property.
func limit(t *testing.T, db *store.DB, property string) {
	write(t, db, func(tx *store.Tx) error {
		if _, err := store.Exec(tx, addStaff, "staff-1"); err != nil {
			return err
		}
		_, err := store.Exec(tx, addLimit, "staff-1", property)
		return err
	})
}

func names(l Listing) string {
	return strings.Join(ids(l.Rows, func(r PropertyRow) string { return r.Name }), "|")
}

func TestPropertiesAreListedFilteredAndPaged(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, by := service(db), staff(actor.ReadOnly)
		for i := range 30 {
			h := newHouse(fmt.Sprint(i+1), 0)
			h.property.PortalOn, h.property.UVIService = i%2 == 0, i < 3
			write(t, db, h.put)
		}
		var seen []string
		f := Filter{}
		for pages := 1; ; pages++ {
			l, err := s.Properties(t.Context(), by, f)
			if err != nil {
				t.Fatal(err)
			}
			seen = append(seen, strings.Split(names(l), "|")...)
			if l.Whole {
				t.Error("one page of two is not the whole")
			}
			if f.After = l.Next; l.Next == "" {
				if pages != 2 || len(l.Rows) != 5 {
					t.Errorf("%d pages, %d rows on the last", pages, len(l.Rows))
				}
				break
			}
		}
		for i, name := range seen {
			if want := fmt.Sprintf("Ahornallee %d", i+1); name != want {
				t.Fatalf("row %d is %s, want %s", i, name, want)
			}
		}
		for _, c := range []struct {
			f    Filter
			want string
		}{
			{Filter{Text: "ahornallee 30"}, "Ahornallee 30"},
			{Filter{Text: " 30 BERLIN "}, "Ahornallee 30"},
			{Filter{Text: "P-29"}, "Ahornallee 29"},
			{Filter{Text: "Ahorn-Allee 27"}, "Ahornallee 27"},
			{Filter{Text: "100 %"}, ""},
			{Filter{UVI: true}, "Ahornallee 1|Ahornallee 2|Ahornallee 3"},
			{Filter{UVI: true, Portal: "on"}, "Ahornallee 1|Ahornallee 3"},
			{Filter{UVI: true, Portal: "off"}, "Ahornallee 2"},
			{Filter{Text: "Zwillingsmarke"}, ""},
		} {
			l, err := s.Properties(t.Context(), by, c.f)
			if err != nil || names(l) != c.want || !l.Whole {
				t.Errorf("%+v: %s, %v, want %s", c.f, names(l), err, c.want)
			}
		}
		for _, after := range []string{"%%%", "YWJj", strings.Repeat("A", 4000)} {
			if _, err := s.Properties(t.Context(), by, Filter{After: after}); !errors.Is(err, fault.ErrNotFound) {
				t.Errorf("cursor %.10q: %v", after, err)
			}
		}
	})
}

func TestPropertyRowsCountWhoIsThere(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse("14", 4)
		h.leases[0].EndsOn = "2026-11-11" // yesterday
		h.leases[1].EndsOn = "2026-11-12" // today
		h.leases[2].StartsOn = "2027-01-01"
		h.members[2].FromDay = "2027-01-01"
		h.members = append(h.members, Membership{h.leases[3].ID, h.persons[1].ID, CoResident, "2024-09-01", Forever})
		write(t, db, h.put)
		got, err := service(db).Property(t.Context(), staff(actor.Clerk), h.property.ID)
		if err != nil || got.Units != 4 || got.Persons != 3 || got.Plate != "14" || len(got.Buildings) != 1 {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

// K8: exactly the properties for which the service is on, and on again at once
// when it is switched.
func TestK8_TheListShowsExactlyThePropertiesWithTheService(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, by := service(db), staff(actor.Manager)
		on, off := newHouse("1", 1), newHouse("2", 1)
		off.property.UVIService = false
		write(t, db, on.put)
		write(t, db, off.put)
		check := func(want string) {
			t.Helper()
			l, err := s.Properties(t.Context(), by, Filter{UVI: true})
			if err != nil || names(l) != want {
				t.Errorf("%s, %v, want %s", names(l), err, want)
			}
		}
		check("Ahornallee 1")
		if err := s.SetUVIService(t.Context(), by, "2", true); err != nil {
			t.Fatal(err)
		}
		check("Ahornallee 1|Ahornallee 2")
		if err := s.SetUVIService(t.Context(), by, "1", false); err != nil {
			t.Fatal(err)
		}
		check("Ahornallee 2")
		if err := s.SetUVIService(t.Context(), staff(actor.Clerk), "1", true); !errors.Is(err, fault.ErrDenied) {
			t.Errorf("a clerk switched the service: %v", err)
		}
		check("Ahornallee 2")
	})
}

func TestK16_UVINeededIsAFlagOfTheUnit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, h := service(db), newHouse("14", 2)
		write(t, db, h.put)
		for range 2 { // setting what is set is no change
			if err := s.SetUVINeeded(t.Context(), staff(actor.Manager), h.units[0].ID, false); err != nil {
				t.Fatal(err)
			}
		}
		read(t, db, func(tx *store.Tx) error {
			units, err := UnitsOf(tx, []string{h.property.ID})
			if err != nil || units[0].UVINeeded || !units[1].UVINeeded {
				t.Errorf("%+v", units)
			}
			log, err := audit.Of(tx, "unit:"+h.units[0].ID, 10)
			if len(log) != 1 || log[0].Action != "portfolio.uvi_needed" {
				t.Errorf("audit %+v", log)
			}
			return err
		})
		for _, c := range []struct {
			by   actor.Actor
			unit string
			want error
		}{
			{staff(actor.ReadOnly), h.units[1].ID, fault.ErrDenied}, {staff(actor.Caretaker), "nothing", fault.ErrDenied},
			{staff(actor.Manager, "other"), h.units[1].ID, fault.ErrNotFound}, {staff(actor.Manager), "twin-unit", fault.ErrNotFound},
		} {
			if err := s.SetUVINeeded(t.Context(), c.by, c.unit, false); !errors.Is(err, c.want) {
				t.Errorf("%s %s: %v, want %v", c.by.Role(), c.unit, err, c.want)
			}
		}
	})
}

func TestE7_ThePortalOfAPropertyIsReleasedOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse("14", 1)
		write(t, db, h.put)
		set := func(by actor.Actor, id string, on bool) (first bool, err error) {
			err = db.Write(t.Context(), by.Scope(), func(_ context.Context, tx *store.Tx) error {
				first, err = SetPortal(tx, noon, by, id, on)
				return err
			})
			return first, err
		}
		for i, c := range []struct{ on, first bool }{{true, true}, {true, false}, {false, false}, {true, false}} {
			first, err := set(staff(actor.Manager), h.property.ID, c.on)
			if err != nil || first != c.first {
				t.Errorf("step %d: first %v, %v", i, first, err)
			}
		}
		got, err := service(db).Property(t.Context(), staff(actor.Manager), h.property.ID)
		if err != nil || !got.PortalOn || got.ReleasedAt != store.Micros(noon) {
			t.Errorf("%+v, %v", got.Property, err)
		}
		read(t, db, func(tx *store.Tx) error {
			log, err := audit.Of(tx, "property:"+h.property.ID, 10)
			if len(log) != 3 {
				t.Errorf("%d audit lines", len(log))
			}
			return err
		})
		if _, err := set(staff(actor.Clerk), h.property.ID, false); !errors.Is(err, fault.ErrDenied) {
			t.Errorf("a clerk: %v", err)
		}
		if _, err := set(staff(actor.Manager, "other"), h.property.ID, false); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("a manager of another property: %v", err)
		}
		if _, err := set(staff(actor.Manager), "twin-property", true); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("the twin's property: %v", err)
		}
	})
}

func TestT1_LimitedStaffSeeTheirPropertiesOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := service(db)
		write(t, db, newHouse("1", 1).put)
		write(t, db, newHouse("2", 1).put)
		limit(t, db, "2")
		by := staff(actor.Manager, "2")
		l, err := s.Properties(t.Context(), by, Filter{})
		if err != nil || names(l) != "Ahornallee 2" {
			t.Errorf("list %s, %v", names(l), err)
		}
		if _, err := s.Property(t.Context(), by, "2"); err != nil {
			t.Errorf("own property: %v", err)
		}
		foreign := s.SetUVIService(t.Context(), by, "1", false)
		_, shown := s.Property(t.Context(), by, "1")
		_, twin := s.Property(t.Context(), staff(actor.Proprietor), "twin-property")
		for i, err := range []error{foreign, shown, twin} {
			if !errors.Is(err, fault.ErrNotFound) {
				t.Errorf("%d: %v", i, err)
			}
		}
		for _, by := range []actor.Actor{actor.NewAnonymous(storetest.Org), actor.NewResident(storetest.Org, "a", []string{"1-p0"})} {
			_, list := s.Properties(t.Context(), by, Filter{})
			_, one := s.Property(t.Context(), by, "1")
			if !errors.Is(list, fault.ErrDenied) || !errors.Is(one, fault.ErrDenied) {
				t.Errorf("%s: %v, %v", by.Kind(), list, one)
			}
		}
		write(t, db, func(tx *store.Tx) error {
			all, err := ForLimits(tx)
			same(t, "choice of limits", all, []orgs.Property{{ID: "1", Name: "Ahornallee 1"}, {ID: "2", Name: "Ahornallee 2"}})
			return err
		})
	})
}

// E14: the switcher lists every lease of the login, the present flat first.
func TestE14_AllLeasesOfALogin(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse("14", 6)
		me := h.persons[0].ID
		h.units[1].Usage, h.units[1].Label = Parking, "Stellplatz 7"
		h.units[1].Place(h.building)
		h.leases[2].StartsOn = "2027-02-01"                                   // will move
		h.leases[3].StartsOn, h.leases[3].EndsOn = "2020-01-01", "2025-12-31" // has moved out
		h.leases[4].StartsOn, h.leases[4].EndsOn = "2010-01-01", "2024-11-11" // too long ago
		h.members = nil
		for i := range 5 {
			h.members = append(h.members, Membership{h.leases[i].ID, me, ContractParty, h.leases[i].StartsOn, Forever})
		}
		h.members = append(h.members, Membership{h.leases[5].ID, h.persons[5].ID, ContractParty, "2024-09-01", Forever})
		write(t, db, h.put)
		list, err := service(db).LeasesOf(t.Context(), actor.NewResident(storetest.Org, "account", []string{me}))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, x := range list {
			got = append(got, fmt.Sprintf("%s %s %s", x.Unit.Plate(x.Building), x.Unit.Label, x.State))
		}
		want := []string{"14 Wohnung 1 current", "P7 Stellplatz 7 current", "14 Wohnung 3 future", "14 Wohnung 4 ended"}
		if !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		if list[0].Lease != h.leases[0] || list[0].Property.Name != h.property.Name || !list[0].Party {
			t.Errorf("%+v", list[0])
		}
		none, err := service(db).LeasesOf(t.Context(), actor.NewResident(storetest.Org, "account", nil))
		if err != nil || len(none) != 0 {
			t.Errorf("a login without persons: %v, %v", none, err)
		}
		if _, err := service(db).LeasesOf(t.Context(), staff(actor.Proprietor)); !errors.Is(err, fault.ErrDenied) {
			t.Errorf("staff: %v", err)
		}
	})
}

// A co-resident sees that there is a lease, not what is in it; an owner sees
// nothing of the renter's.
func TestOnlyPartiesSeeTheContract(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse("14", 2)
		h.leases[1].Kind = Ownership
		h.persons = append(h.persons, Person{ID: "child"}, Person{ID: "owner"})
		h.members = append(h.members, Membership{h.leases[0].ID, "child", CoResident, "2025-01-01", Forever},
			Membership{h.leases[1].ID, "owner", Owner, "2024-09-01", Forever}, Membership{h.leases[0].ID, "owner", Owner, "2024-09-01", Forever})
		write(t, db, h.put)
		rule := Rule{Today: "2026-11-12"}
		read(t, db, func(tx *store.Tx) error {
			list, err := Tenancies(tx, rule, []string{"child"})
			if err != nil {
				return err
			}
			same(t, "co-resident's lease", list[0].Lease, Lease{ID: h.leases[0].ID, UnitID: h.units[0].ID, Kind: Rental, StartsOn: "2025-01-01"})
			list, err = Tenancies(tx, rule, []string{"owner"})
			if err != nil {
				return err
			}
			for _, x := range list {
				if own := x.Lease.Kind == Ownership; x.Party != own || (x.Lease.RentNet != 0) != own {
					t.Errorf("owner: %+v", x)
				}
			}
			return nil
		})
	})
}

func TestX14_EndedLeasesFollowTheSetting(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse("14", 1)
		h.leases[0].EndsOn = "2026-10-12"
		write(t, db, h.put)
		by := actor.NewResident(storetest.Org, "account", []string{h.persons[0].ID})
		for _, c := range []struct {
			json string
			want int
		}{
			{`{}`, 1}, {`{"moved_out_access":"none"}`, 0}, {`{"moved_out_access":"own_period_read_only","moved_out_months":1}`, 1},
		} {
			write(t, db, func(tx *store.Tx) error { _, err := store.Exec(tx, settings, c.json); return err })
			list, err := service(db).LeasesOf(t.Context(), by)
			if err != nil || len(list) != c.want {
				t.Errorf("%s: %d leases, %v", c.json, len(list), err)
			}
		}
		next := New(db, func() time.Time { return noon.AddDate(0, 0, 1) })
		list, err := next.LeasesOf(t.Context(), by)
		if err != nil || len(list) != 0 {
			t.Errorf("a day after the month: %d leases, %v", len(list), err)
		}
	})
}

// A13: what was promised within working days is counted by the holidays of the
// property's region.
func TestA13_WorkingDaysFollowThePropertysRegion(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, h := service(db), newHouse("14", 1)
		write(t, db, h.put)
		due := func() string {
			p, err := s.Property(t.Context(), staff(actor.Manager), h.property.ID)
			if err != nil {
				t.Fatal(err)
			}
			return p.Workdays("DE").After("2026-11-12", 4)
		}
		if got := due(); got != "2026-11-18" {
			t.Errorf("without a region: %s", got)
		}
		if err := s.SetRegion(t.Context(), staff(actor.Manager), h.property.ID, "DE-SN"); err != nil {
			t.Fatal(err)
		}
		if got := due(); got != "2026-11-19" { // Buß- und Bettag
			t.Errorf("in Saxony: %s", got)
		}
		for _, c := range []struct {
			by     actor.Actor
			region string
			want   error
		}{{staff(actor.Clerk), "DE-BY", fault.ErrDenied}, {actor.NewStaff(storetest.Org, "a", "s", "", actor.Manager, true, nil), "DE-BY", fault.ErrNotFound}} {
			if err := s.SetRegion(t.Context(), c.by, h.property.ID, c.region); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		}
		if err := s.SetRegion(t.Context(), staff(actor.Manager), h.property.ID, "DE-XX"); fault.AsInvalid(err) == nil {
			t.Errorf("an unknown region: %v", err)
		}
	})
}
