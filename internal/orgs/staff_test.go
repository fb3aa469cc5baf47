package orgs_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

func (w *world) add(t *testing.T, by actor.Actor, in orgs.NewStaff) (id string, err error) {
	t.Helper()
	err = w.db.Write(t.Context(), by.Scope(), func(_ context.Context, tx *store.Tx) (err error) {
		id, err = w.AddStaff(tx, by, in)
		return err
	})
	return id, err
}

func (w *world) mustAdd(t *testing.T, email string, role actor.Role, limits ...string) (string, actor.Actor) {
	t.Helper()
	id, err := w.add(t, operator(), orgs.NewStaff{Email: email, StaffChange: orgs.StaffChange{Name: email, Role: role, Limited: len(limits) > 0, Properties: limits}})
	if err != nil {
		t.Fatal(err)
	}
	return id, actor.NewStaff(storetest.Org, "account", id, email, role, len(limits) > 0, limits)
}

// The table of requirements.md, section Decided: only proprietors and
// administrators deal with staff, and administrators not with proprietors.
func TestRolesThatMayBeGiven(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.mustAdd(t, "keeper@a.example", actor.Proprietor)
		grants := map[actor.Role]string{ // in the order of actor.Roles
			actor.Proprietor: "xxxxxx", actor.Administrator: "-xxxxx", actor.Manager: "------", actor.Clerk: "------", actor.Caretaker: "------", actor.ReadOnly: "------",
		}
		for _, own := range actor.Roles {
			by := staff(own)
			for i, role := range actor.Roles {
				may := grants[own][i] == 'x'
				email := string(own) + "-" + string(role) + "@a.example"
				in := orgs.NewStaff{Email: email, StaffChange: orgs.StaffChange{Name: "Neu", Role: role}}
				_, err := w.add(t, by, in)
				check(t, may, err, own, "adds", role)
				id, _ := w.mustAdd(t, "given-"+email, role)
				check(t, may, w.UpdateStaff(t.Context(), by, id, orgs.StaffChange{Name: "Anders", Role: role}), own, "changes", role)
				check(t, may, w.DisableStaff(t.Context(), by, id), own, "disables", role)
				check(t, may, w.EnableStaff(t.Context(), by, id), own, "enables", role)
				low, _ := w.mustAdd(t, "low-"+email, actor.ReadOnly)
				check(t, may, w.UpdateStaff(t.Context(), by, low, orgs.StaffChange{Name: "Hoch", Role: role}), own, "raises to", role)
			}
		}
	})
}

func check(t *testing.T, may bool, err error, own actor.Role, verb string, role actor.Role) {
	t.Helper()
	if may && err != nil || !may && !errors.Is(err, fault.ErrDenied) {
		t.Errorf("%s %s %s: %v", own, verb, role, err)
	}
}

func TestTheLastProprietorStays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		ctx := t.Context()
		first, firstActor := w.mustAdd(t, "eins@a.example", actor.Proprietor)
		key := func(err error) string {
			var c *fault.Conflict
			if errors.As(err, &c) {
				return c.Key
			}
			return "no conflict"
		}
		for name, err := range map[string]error{
			"disabled": w.DisableStaff(ctx, operator(), first),
			"demoted":  w.UpdateStaff(ctx, operator(), first, orgs.StaffChange{Name: "Eins", Role: actor.Manager}),
			"limited":  w.UpdateStaff(ctx, operator(), first, orgs.StaffChange{Name: "Eins", Role: actor.Proprietor, Limited: true, Properties: []string{"p1"}}),
		} {
			if key(err) != "orgs.staff.last_proprietor" {
				t.Errorf("the last proprietor was %s: %v", name, err)
			}
		}
		w.mustAdd(t, "begrenzt@a.example", actor.Proprietor, "p1")
		if err := w.DisableStaff(ctx, operator(), first); key(err) != "orgs.staff.last_proprietor" {
			t.Errorf("only a limited proprietor is left: %v", err)
		}
		second, secondActor := w.mustAdd(t, "zwei@a.example", actor.Proprietor)
		for name, err := range map[string]error{
			"disabled": w.DisableStaff(ctx, firstActor, first),
			"demoted":  w.UpdateStaff(ctx, firstActor, first, orgs.StaffChange{Name: "Eins", Role: actor.Clerk}),
		} {
			if key(err) != "orgs.staff.self" {
				t.Errorf("%s himself: %v", name, err)
			}
		}
		if err := w.UpdateStaff(ctx, firstActor, first, orgs.StaffChange{Name: "Eins Neu", Role: actor.Proprietor, Language: "en"}); err != nil {
			t.Errorf("own name: %v", err)
		}
		// Each shuts the other out at the same moment: one of them stays.
		done := make(chan error, 2)
		go func() { done <- w.DisableStaff(ctx, firstActor, second) }()
		go func() { done <- w.DisableStaff(ctx, secondActor, first) }()
		a, b := <-done, <-done
		if (a == nil) == (b == nil) {
			t.Errorf("both or none: %v, %v", a, b)
		}
	})
}

func TestLimitsOfStaff(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		ctx := t.Context()
		w.mustAdd(t, "keeper@a.example", actor.Proprietor)
		free, _ := w.mustAdd(t, "frei@a.example", actor.Clerk)
		p1, _ := w.mustAdd(t, "p1@a.example", actor.Clerk, "p1", "p1")
		other, _ := w.mustAdd(t, "p2@a.example", actor.Clerk, "p2")
		_, admin := w.mustAdd(t, "admin@a.example", actor.Administrator, "p1")
		for _, c := range []struct {
			name string
			err  error
			want error
		}{
			{"an unlimited member", w.UpdateStaff(ctx, admin, free, orgs.StaffChange{Name: "x", Role: actor.Clerk, Limited: true, Properties: []string{"p1"}}), fault.ErrDenied},
			{"a member of another property", w.DisableStaff(ctx, admin, other), fault.ErrDenied},
			{"lifting a limit", w.UpdateStaff(ctx, admin, p1, orgs.StaffChange{Name: "x", Role: actor.Clerk}), fault.ErrDenied},
			{"another property", w.UpdateStaff(ctx, admin, p1, orgs.StaffChange{Name: "x", Role: actor.Clerk, Limited: true, Properties: []string{"p1", "p2"}}), fault.ErrNotFound},
			{"a foreign property", w.UpdateStaff(ctx, operator(), p1, orgs.StaffChange{Name: "x", Role: actor.Clerk, Limited: true, Properties: []string{"twin-property"}}), fault.ErrNotFound},
			{"a foreign member", w.DisableStaff(ctx, operator(), "twin-staff"), fault.ErrNotFound},
			{"own reach", w.UpdateStaff(ctx, admin, p1, orgs.StaffChange{Name: "Neu", Role: actor.Manager, Limited: true, Properties: []string{"p1"}}), nil},
		} {
			if !errors.Is(c.err, c.want) || c.want == nil && c.err != nil {
				t.Errorf("%s: %v", c.name, c.err)
			}
		}
		list, err := w.LimitChoices(ctx, admin)
		if diff := cmp.Diff([]orgs.Property{{ID: "p1", Name: "p1"}}, list); err != nil || diff != "" {
			t.Errorf("choices of a limited administrator: %v %s", err, diff)
		}
		m, err := w.StaffMember(ctx, operator(), p1)
		if diff := cmp.Diff(orgs.Staff{ID: p1, Name: "Neu", Email: "p1@a.example", Role: actor.Manager, Limited: true, Properties: []string{"p1"}, Language: "de", CreatedAt: now}, m); err != nil || diff != "" {
			t.Errorf("%v %s", err, diff)
		}
	})
}

func TestDisabledStaffLosesSessions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		ctx := t.Context()
		id, _ := w.mustAdd(t, "clerk@a.example", actor.Clerk)
		for range 2 { // the second time nothing happens
			if err := w.DisableStaff(ctx, operator(), id); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff([]string{id}, w.ended); diff != "" {
			t.Errorf("ended sessions: %s", diff)
		}
		m, err := w.StaffMember(ctx, operator(), id)
		if err != nil || m.Active() || !m.DisabledAt.Equal(now) {
			t.Errorf("%v %+v", err, m)
		}
		if err := w.EnableStaff(ctx, operator(), id); err != nil {
			t.Fatal(err)
		}
		list, err := w.StaffList(ctx, operator())
		if err != nil || len(list) != 1 || !list[0].Active() {
			t.Errorf("%v %+v", err, list)
		}
	})
}

func TestNewStaffIsChecked(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.mustAdd(t, "jette@a.example", actor.Clerk)
		for _, c := range []struct {
			in   orgs.NewStaff
			want map[string]string
		}{
			{orgs.NewStaff{Email: "JETTE@a.example", StaffChange: orgs.StaffChange{Name: "J", Role: actor.Clerk}}, map[string]string{"email": "orgs.staff.email_taken"}},
			{orgs.NewStaff{Email: "x", StaffChange: orgs.StaffChange{Name: "", Phone: "x", Role: "king", Language: "tlh", Limited: true}},
				map[string]string{"email": "email.no_at", "name": "orgs.staff.name_missing", "phone": "orgs.phone", "role": "orgs.choice", "language": "orgs.choice", "properties": "orgs.staff.no_property"}},
			{orgs.NewStaff{StaffChange: orgs.StaffChange{Name: "J", Role: actor.Clerk}}, map[string]string{"email": "orgs.staff.email_missing"}},
		} {
			_, err := w.add(t, operator(), c.in)
			if diff := cmp.Diff(c.want, fields(t, err)); diff != "" {
				t.Errorf("%+v: %s", c.in, diff)
			}
		}
		if _, err := w.StaffList(t.Context(), staff(actor.Manager)); !errors.Is(err, fault.ErrDenied) {
			t.Errorf("manager lists staff: %v", err)
		}
	})
}
