package access

import (
	"context"
	"errors"
	"strings"
	"testing"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

// Staff with the right look as a resident: read only, noted, for half an hour.
func TestW13_StaffLookAsAResident(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		e := newEstate(t, db)
		e.house("14")
		marlene := e.dwells(dweller{unit: "5", first: "Marlene", last: "Brandt"})
		ctx := t.Context()
		boss := e.member("chefin@a.example", actor.Administrator)
		if _, err := e.StartView(ctx, e.clerk, marlene); !errors.Is(err, fault.ErrDenied) {
			t.Errorf("a clerk looks as a resident: %v", err)
		}
		v, err := e.StartView(ctx, boss, marlene)
		if err != nil {
			t.Fatal(err)
		}
		ticket := v.Path[strings.LastIndex(v.Path, "/")+1:]
		if _, _, err := e.Authenticate(ctx, storetest.Org, ResidentSite, ticket); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("the ticket is a session: %v", err)
		}
		token, err := e.TakeView(ctx, storetest.Org, ticket)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.TakeView(ctx, storetest.Org, ticket); !errors.Is(err, fault.ErrGone) {
			t.Errorf("a ticket works twice: %v", err)
		}
		by, n, err := e.Authenticate(ctx, storetest.Org, ResidentSite, token)
		if err != nil || !by.Views() || len(by.Persons()) != 1 || by.Persons()[0] != marlene || n.View != marlene {
			t.Fatalf("%+v %v", n, err)
		}
		if _, _, err := e.Authenticate(ctx, storetest.Org, StaffSite, token); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("a view is good for the staff's side: %v", err)
		}
		// What is written is gone, and nobody is told so.
		if err := e.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
			_, err := store.Exec(tx, setOrg, `{}`, false)
			return err
		}); err != nil {
			t.Error(err)
		}
		if _, _, err := e.Authenticate(ctx, storetest.Org, ResidentSite, token); err != nil {
			t.Errorf("a view wrote: %v", err)
		}
		if list, err := e.Sessions(ctx, boss, ""); err != nil || len(list) != 0 {
			t.Errorf("the view stands among the own devices: %d, %v", len(list), err)
		}
		e.later(ViewLife)
		if _, _, err := e.Authenticate(ctx, storetest.Org, ResidentSite, token); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("a view has no end: %v", err)
		}
		var noted int
		e.write(func(tx *store.Tx) (err error) {
			noted, err = store.Value[int](tx, viewsNoted)
			return err
		})
		if noted != 1 {
			t.Errorf("%d audit rows", noted)
		}
	})
}

var viewsNoted = store.Scoped(`SELECT count(*) FROM audit_entry WHERE org_id = $1 AND action = 'access.view'`)

// A view ends with the right to it, and limits hold in it.
func TestW13_AViewEndsWithTheRight(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		e := newEstate(t, db)
		e.house("14")
		e.house("16")
		here := e.dwells(dweller{unit: "5"})
		there := e.dwells(dweller{house: "16", unit: "1"})
		gone := e.dwells(dweller{unit: "7", from: "2001-01-01", to: "2002-01-01"})
		ctx := t.Context()
		boss := e.member("chefin@a.example", actor.Administrator)
		limited := e.member("lim@a.example", actor.Administrator, "14")
		if _, err := e.StartView(ctx, limited, there); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("a limited member looks elsewhere: %v", err)
		}
		var conflict *fault.Conflict
		if _, err := e.StartView(ctx, boss, gone); !errors.As(err, &conflict) {
			t.Errorf("somebody without anything to see: %v", err)
		}
		v, err := e.StartView(ctx, limited, here)
		if err != nil {
			t.Fatal(err)
		}
		token, err := e.TakeView(ctx, storetest.Org, v.Path[strings.LastIndex(v.Path, "/")+1:])
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := e.Authenticate(ctx, storetest.Org, ResidentSite, token); err != nil {
			t.Fatal(err)
		}
		e.write(func(tx *store.Tx) error {
			_, err := store.Exec(tx, disableStaff, limited.ID(), store.Micros(e.now()))
			return err
		})
		if _, _, err := e.Authenticate(ctx, storetest.Org, ResidentSite, token); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("somebody disabled looks on: %v", err)
		}
	})
}

var (
	limitStaff   = store.Scoped(`UPDATE staff SET limited = TRUE WHERE org_id = $1 AND id = $2`)
	limitStaffTo = store.Scoped(`INSERT INTO staff_property (org_id, staff_id, property_id) VALUES ($1, $2, $3)`)
)

var disableStaff = store.Scoped(`UPDATE staff SET disabled_at = $3 WHERE org_id = $1 AND id = $2`)

// member adds a staff member with an account.
func (e *estate) member(email string, role actor.Role, properties ...string) actor.Actor {
	e.t.Helper()
	id, err := e.InviteStaff(e.t.Context(), operator(), orgs.NewStaff{Email: email, StaffChange: orgs.StaffChange{Name: "Inga Boss", Role: role}})
	if err != nil {
		e.t.Fatal(err)
	}
	for _, p := range properties {
		e.exec(limitStaff, id)
		e.exec(limitStaffTo, id, p)
	}
	link, err := e.InvitationLink(e.t.Context(), operator(), id)
	if err != nil {
		e.t.Fatal(err)
	}
	if _, err := e.AcceptInvitation(e.t.Context(), e.anon, link[strings.LastIndex(link, "/")+1:], another); err != nil {
		e.t.Fatal(err)
	}
	var a account
	e.read(func(tx *store.Tx) (err error) {
		a, _, err = findAccount(tx, accountOfStaff, id)
		return err
	})
	return actor.NewStaff(storetest.Org, a.ID, id, "Inga Boss", role, len(properties) > 0, properties)
}

// dwells adds somebody and forgets the lease.
func (e *estate) dwells(d dweller) string {
	person, _ := e.add(d)
	return person
}
