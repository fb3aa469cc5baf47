package access

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/portfolio"
)

func managerOf(properties ...string) actor.Actor {
	return actor.NewStaff(storetest.Org, "acc", "manager", "Jonas Kern", actor.Manager, len(properties) > 0, properties)
}

func TestA4_E7_ThePortalOfAPropertyAndItsRelease(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		e := newEstate(t, db)
		e.house("14")
		e.add(dweller{})
		e.write(func(tx *store.Tx) error {
			return portfolio.PutProperties(tx, e.now(), []portfolio.Property{{ID: "9", Name: "Kantweg 9"}})
		})
		e.write(func(tx *store.Tx) error {
			return portfolio.PutBuildings(tx, []portfolio.Building{{ID: "b-9", PropertyID: "9", Street: "Kantweg", HouseNumber: "9"}})
		})
		e.add(dweller{house: "9", noUVI: true})
		ctx := t.Context()
		for _, by := range []actor.Actor{e.clerk, actor.NewAnonymous(storetest.Org)} {
			if err := e.SetPropertyPortal(ctx, by, "9", true); !errors.Is(err, fault.ErrDenied) {
				t.Errorf("%s: %v", by.Label(), err)
			}
		}
		if err := e.SetPropertyPortal(ctx, managerOf("14"), "9", true); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("a foreign property: %v", err)
		}
		var open *fault.Conflict
		if err := e.SetPropertyPortal(ctx, managerOf(), "9", true); !errors.As(err, &open) || open.Key != "access.checklist.open" {
			t.Errorf("without the checklist: %v", err)
		}
		if r, err := e.Residents(ctx, e.clerk, "9", Filter{}); err != nil || r.PortalOn {
			t.Errorf("a refused release: %v %v", r.PortalOn, err)
		}
		if err := e.ConfirmChecklist(ctx, e.clerk, "9", true, true, true); err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second time is no release
			for _, on := range []bool{true, false} {
				if err := e.SetPropertyPortal(ctx, managerOf(), "9", on); err != nil {
					t.Fatal(err)
				}
			}
		}
		batches, err := e.Batches(ctx, e.clerk, "9", 9)
		if err != nil || len(batches) != 1 || batches[0].Reason != ForRelease || batches[0].Total != 1 {
			t.Errorf("%+v %v", batches, err)
		}
	})
}

func TestFiguresOfPropertiesAreThoseOfTheirPages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		e := newEstate(t, db)
		e.house("14")
		e.house("16")
		e.add(dweller{})
		both, _ := e.add(dweller{})
		e.add(dweller{house: "16", person: both})
		e.add(dweller{noUVI: true})
		e.add(dweller{role: portfolio.CoResident})
		e.add(dweller{to: "2025-01-31"})
		e.add(dweller{leaves: "2025-01-31"})
		sent, lease := e.add(dweller{})
		e.code(sent, lease)
		confirmed, lease := e.add(dweller{})
		e.code(confirmed, lease)
		e.exec(store.Scoped(`UPDATE person_access SET state = 'confirmed' WHERE org_id = $1 AND person_id = $2`), confirmed)
		ctx := t.Context()
		got, err := e.PropertyFigures(ctx, e.clerk, []string{"14", "16", "twin-property", "none"})
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]Figures{}
		for _, id := range []string{"14", "16"} {
			r, err := e.Residents(ctx, e.clerk, id, Filter{})
			if err != nil {
				t.Fatal(err)
			}
			want[id] = Figures{Persons: r.Persons, Confirmed: r.States[Confirmed], Need: r.Need}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		if got["14"] != (Figures{Persons: 6, Confirmed: 1, Need: 2}) || got["16"] != (Figures{Persons: 1, Need: 1}) {
			t.Errorf("%+v", got)
		}
		if few, err := e.PropertyFigures(ctx, managerOf("16"), []string{"14", "16"}); err != nil || len(few) != 1 {
			t.Errorf("limits: %v %v", few, err)
		}
		if none, err := e.PropertyFigures(ctx, managerOf("16"), []string{"14"}); err != nil || len(none) != 0 {
			t.Errorf("limits: %v %v", none, err)
		}
		if _, err := e.PropertyFigures(ctx, actor.NewAnonymous(storetest.Org), nil); !errors.Is(err, fault.ErrDenied) {
			t.Error("a visitor sees figures")
		}
	})
}

func TestTheNavigationCountsWhatTodayLists(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		e := newEstate(t, db)
		e.house("14")
		e.house("16")
		old, lease := e.add(dweller{})
		e.code(old, lease)
		e.add(dweller{house: "16", first: "田中", last: "葵"})
		e.add(dweller{house: "16"})
		if _, err := e.StartLetters(t.Context(), e.clerk, "16", false); err != nil {
			t.Fatal(err)
		}
		e.drain()
		e.later(90 * 24 * 3600e9)
		for name, by := range map[string]actor.Actor{"all": e.clerk, "14": managerOf("14"), "16": managerOf("16"), "none": managerOf("x")} {
			today, err := e.Today(t.Context(), by)
			if err != nil {
				t.Fatal(err)
			}
			n, err := e.Waiting(t.Context(), by)
			if err != nil || n != today.Items() || (n == 0) != (name == "none") {
				t.Errorf("%s: %d, Today has %d: %v", name, n, today.Items(), err)
			}
		}
		if _, err := e.Waiting(t.Context(), actor.NewAnonymous(storetest.Org)); !errors.Is(err, fault.ErrDenied) {
			t.Error("a visitor sees the count")
		}
	})
}

func TestE7_APropertyThatIsSwitchedOffClosesItsLogins(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		e := newEstate(t, db)
		account, person := e.resident(jette, secret)
		in := e.mustSignIn(ResidentSite, jette, secret)
		if err := e.SetPropertyPortal(t.Context(), managerOf(), "p1", false); err != nil {
			t.Fatal(err)
		}
		if _, _, err := e.who(ResidentSite, in.Token); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("the session goes on: %v", err)
		}
		_, err := e.signIn(ResidentSite, jette, secret)
		if bad := fault.AsInvalid(err); bad == nil || bad.Fields[0].Key != "access.account.ended" {
			t.Errorf("sign-in: %v", err)
		}
		// A lease in another property keeps the login open.
		e.house("16")
		e.add(dweller{house: "16", person: person})
		in = e.mustSignIn(ResidentSite, jette, secret)
		if by, _ := e.mustBe(ResidentSite, in.Token); by.Account() != account {
			t.Error("somebody else")
		}
	})
}
