package access

import (
	"errors"
	"testing"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/portfolio"
)

func staffAs(role actor.Role, properties ...string) actor.Actor {
	return actor.NewStaff(storetest.Org, "acc", "somebody", "Jonas Kern", role, len(properties) > 0, properties)
}

func (e *estate) today(by actor.Actor) Today {
	e.t.Helper()
	today, err := e.Today(e.t.Context(), by)
	if err != nil {
		e.t.Fatal(err)
	}
	return today
}

var portalOf = store.Scoped(`UPDATE property SET portal_on = $3 WHERE org_id = $1 AND id = $2`)

// A person is one figure on Heute, in the state that the table shows.
func TestK6_TodayCountsPersonsByTheirState(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		e.house("16")
		want := map[State]int{NoAccess: 1, Requested: 2, Pending: 1, Confirmed: 2, Expired: 1, Revoked: 3}
		for s, n := range want {
			for range n {
				p, l := e.add(dweller{})
				e.bring(p, l, s)
				e.add(dweller{house: "16", person: p}) // a second lease is no second person
			}
		}
		e.add(dweller{to: "2026-11-11"})                 // moved out
		_, never := e.add(dweller{leaves: "2027-02-01"}) // leaves before the lease begins
		e.exec(store.Scoped(`UPDATE lease SET starts_on = '2027-03-01' WHERE org_id = $1 AND id = $2`), never)
		e.add(dweller{house: "16", to: "2025-12-31", person: "old"}) // moved out, still in a list
		for _, by := range []actor.Actor{e.clerk, staffAs(actor.Clerk, "14"), staffAs(actor.Caretaker)} {
			d := e.today(by)
			got := map[State]int{NoAccess: d.None, Requested: d.Requested, Pending: d.Pending, Confirmed: d.Confirmed, Expired: d.Lapsed, Revoked: d.Revoked}
			for s, n := range want {
				if got[s] != n {
					t.Errorf("%s: %d %s, want %d", by.Role(), got[s], s, n)
				}
			}
		}
	})
}

// Expired codes stand on Heute for whom the button of their property would
// write to, once each.
func TestK15_ExpiredCodesOnTodayAreThoseThatTheButtonReplaces(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		e.house("16")
		e.house("18")
		both, l := e.add(dweller{})
		e.bring(both, l, Expired)
		e.add(dweller{house: "16", person: both})
		one, l := e.add(dweller{})
		e.bring(one, l, Expired)
		for _, d := range []dweller{{noUVI: true}, {house: "18"}} { // the button would not write to them
			p, l := e.add(d)
			e.bring(p, l, Expired)
		}
		soon, l := e.add(dweller{from: "2026-12-14"})
		e.bring(soon, l, Expired)
		child, l := e.add(dweller{role: portfolio.CoResident})
		e.bring(child, l, Expired)
		done, l := e.add(dweller{})
		e.bring(done, l, Confirmed)
		e.exec(portalOf, "18", false)
		got := func(by actor.Actor) (list []TodayProperty) { return e.today(by).Expired }
		if all := got(e.clerk); len(all) != 1 || all[0].PropertyID != "14" || all[0].Persons != 2 {
			t.Errorf("%+v", all)
		}
		if r, err := e.Residents(t.Context(), e.clerk, "14", Filter{}); err != nil || r.Need != 2 {
			t.Errorf("the button writes to %d, %v", r.Need, err)
		}
		// The entry leads to a list of the very same persons.
		list, err := e.Residents(t.Context(), e.clerk, "14", Filter{State: Expired, Need: true})
		if err != nil || list.Total != 2 || len(list.Rows) != 2 || list.Rows[0].Person.ID != both || list.Rows[1].Person.ID != one {
			t.Errorf("the list behind the entry: %+v %v", list.Rows, err)
		}
		if all, err := e.Residents(t.Context(), e.clerk, "14", Filter{Need: true}); err != nil || all.Total != 2 {
			t.Errorf("of all states: %d, %v", all.Total, err)
		}
		if all, err := e.Residents(t.Context(), e.clerk, "14", Filter{State: Expired}); err != nil || all.Total != 5 {
			t.Errorf("all expired ones: %d, %v", all.Total, err)
		}
		if some := got(staffAs(actor.Clerk, "16", "18")); len(some) != 1 || some[0].PropertyID != "16" || some[0].Persons != 1 {
			t.Errorf("within limits: %+v", some)
		}
		if d := e.today(e.clerk); d.Lapsed != 6 {
			t.Errorf("the figure has %d", d.Lapsed)
		}
		e.settings("", false)
		if off := got(e.clerk); len(off) != 0 {
			t.Errorf("with the portal off: %+v", off)
		}
	})
}

// Nothing waits for somebody who cannot do it, and the navigation agrees.
func TestT1_NothingWaitsForWhoMayNotDoIt(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		for _, s := range []State{Expired, Requested} {
			p, l := e.add(dweller{})
			e.bring(p, l, s)
		}
		e.add(dweller{first: "田中", last: "葵"})
		if _, err := e.StartLetters(t.Context(), e.clerk, "14", false); err != nil {
			t.Fatal(err)
		}
		p, l := e.add(dweller{})
		e.bring(p, l, Requested)
		e.drain()
		for _, role := range actor.Roles {
			by := staffAs(role)
			n, err := e.Waiting(t.Context(), by)
			if err != nil {
				t.Fatal(err)
			}
			if d := e.today(by); n != d.Items() || (n > 0) != by.Has(actor.IssueAccess) {
				t.Errorf("%s: the navigation counts %d, Heute has %d", role, n, d.Items())
			}
		}
	})
}

// A caretaker sees who lives where, not how somebody comes in.
func TestT1_ACaretakerSeesNoLogin(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		p, l := e.add(dweller{email: "list@post.example"})
		if err := e.RecordConsent(t.Context(), e.clerk, p, marlene, *consentNow); err != nil {
			t.Fatal(err)
		}
		e.register(e.code(p, l), marlene)
		for _, role := range actor.Roles {
			c, err := e.Person(t.Context(), staffAs(role), p)
			if err != nil {
				t.Fatal(err)
			}
			if c.State != Confirmed || c.Person.Email != "list@post.example" || len(c.Leases) != 1 {
				t.Errorf("%s: %+v", role, c)
			}
			brief := role == actor.Caretaker
			if c.Brief != brief || (c.Login == "") != brief || (c.Consent == nil) != brief || (len(c.Codes) == 0) != brief || (len(c.History) == 0) != brief || (len(c.Deliveries) == 0) != brief {
				t.Errorf("%s: %+v", role, c)
			}
		}
	})
}

// Persons counts each person once, however many leases and houses she has.
func TestE14_APersonWithSeveralLeasesCountsOnce(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		e.house("16")
		p, _ := e.add(dweller{})
		e.add(dweller{person: p})
		e.add(dweller{house: "16", person: p})
		e.add(dweller{house: "16"})
		e.add(dweller{house: "16", to: "2026-11-11"})
		count := func(by actor.Actor, ids ...string) int {
			n, err := e.Persons(t.Context(), by, ids)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := count(e.clerk, "14", "16", "none", "twin-property"); n != 2 {
			t.Errorf("%d persons", n)
		}
		if a, b := count(e.clerk, "14"), count(staffAs(actor.Clerk, "14"), "16", "14"); a != 1 || b != 1 {
			t.Errorf("%d in one house, %d within limits", a, b)
		}
		if n := count(staffAs(actor.Clerk, "18"), "16", "14"); n != 0 {
			t.Errorf("%d outside of the limits", n)
		}
		if d := e.today(e.clerk); d.None != 2 {
			t.Errorf("Heute has %d", d.None)
		}
		e.add(dweller{}) // what is held does not outlive a change
		if n := count(e.clerk, "14", "16"); n != 3 {
			t.Errorf("%d after a third moved in", n)
		}
		if _, err := e.Persons(t.Context(), e.anon, []string{"14"}); !errors.Is(err, fault.ErrDenied) {
			t.Errorf("a visitor: %v", err)
		}
	})
}

// The one release that makes letters is not used up while nobody could use
// them.
func TestA4_E7_NoFirstReleaseWhileTheOrganisationsPortalIsOff(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		e.add(dweller{})
		e.write(func(tx *store.Tx) error {
			return portfolio.PutProperties(tx, e.now(), []portfolio.Property{{ID: "14", Name: "Ahornallee 14", City: "Berlin", Country: "DE"}})
		})
		ctx, by := t.Context(), managerOf()
		batches := func() int {
			t.Helper()
			list, err := e.Batches(ctx, by, "14", 9)
			if err != nil {
				t.Fatal(err)
			}
			return len(list)
		}
		e.settings("", false)
		e.want("first release", e.SetPropertyPortal(ctx, by, "14", true), "access.letters.portal_off")
		e.settings("", true)
		if err := e.SetPropertyPortal(ctx, by, "14", true); err != nil || batches() != 1 {
			t.Errorf("the letters are lost: %d, %v", batches(), err)
		}
		// What is no first release, or makes no letters, is nobody's loss.
		e.settings("", false)
		for _, on := range []bool{false, true} {
			e.want("again", e.SetPropertyPortal(ctx, by, "14", on), "")
		}
		e.settings(`"invite_triggers":["manual"]`, false)
		e.write(func(tx *store.Tx) error {
			return portfolio.PutProperties(tx, e.now(), []portfolio.Property{{ID: "14", Name: "Ahornallee 14", City: "Berlin", Country: "DE"}})
		})
		e.want("without letters", e.SetPropertyPortal(ctx, by, "14", true), "")
		if batches() != 1 {
			t.Errorf("%d batches", batches())
		}
	})
}

// MayInvite says before the form what Invite would say after it.
func TestX5_WhetherAnEMailMayBeSentIsKnownBefore(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		e.house("16")
		fresh, _ := e.add(dweller{})
		lost, l := e.add(dweller{})
		e.bring(lost, l, Expired)
		in, l := e.add(dweller{})
		e.bring(in, l, Confirmed)
		may := func(id string) error { return e.MayInvite(t.Context(), e.clerk, id, "") }
		e.want("first", may(fresh), "")
		e.want("lost", may(lost), "")
		e.want("confirmed", may(in), "access.state.confirmed_already")
		e.settings(`"reissue_channel":"post_only"`, true)
		e.want("first", may(fresh), "")
		e.want("lost, by post only", may(lost), "access.invite.reissue_by_post")
		e.settings(`"invite_channels":["post"]`, true)
		e.want("by post only", may(fresh), "access.invite.channel_off")
		e.settings("", false)
		e.want("portal off", may(fresh), "access.code.portal_off")
		if err := e.MayInvite(t.Context(), staffAs(actor.Clerk, "16"), fresh, ""); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("a foreign person: %v", err)
		}
		if err := e.MayInvite(t.Context(), staffAs(actor.Caretaker), fresh, ""); !errors.Is(err, fault.ErrDenied) {
			t.Errorf("a caretaker: %v", err)
		}
	})
}
