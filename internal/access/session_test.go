package access

import (
	"errors"
	"strings"
	"testing"
	"time"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

func (w *world) remembered(address, password, agent string) SignedIn {
	w.t.Helper()
	in, err := w.SignIn(w.t.Context(), w.anon, ResidentSite, SignIn{Email: address, Password: password, Remember: true,
		Visit: Visit{IP: ip("192.0.2.7"), UserAgent: agent}})
	if err != nil {
		w.t.Fatal(err)
	}
	return in
}

// Lives of sessions as Decided: 90 days sliding or 24 hours, staff 30 minutes
// idle and 12 hours at most.
func TestT16_SessionsEndInTime(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.resident(jette, secret)
		w.staff("jonas@a.example", secret, actor.Manager)
		own, visit := w.remembered(jette, secret, firefox), w.mustSignIn(ResidentSite, jette, secret)
		if own.Life < ResidentLife || visit.Life != 0 {
			t.Errorf("cookies live %v and %v", own.Life, visit.Life)
		}
		w.later(VisitorLife - time.Microsecond)
		w.mustBe(ResidentSite, visit.Token) // a visit does not slide
		w.later(time.Microsecond)
		if _, _, err := w.who(ResidentSite, visit.Token); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("visit after 24 hours: %v", err)
		}
		w.later(ResidentLife - VisitorLife - time.Microsecond)
		w.mustBe(ResidentSite, own.Token) // seen: slides
		w.later(ResidentLife - time.Microsecond)
		w.mustBe(ResidentSite, own.Token)
		w.later(ResidentLife)
		if _, _, err := w.who(ResidentSite, own.Token); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("90 days idle: %v", err)
		}
		staff := w.mustSignIn(StaffSite, "jonas@a.example", secret)
		for range 27 { // 27 * 26 minutes is more than 11 hours
			w.later(26 * time.Minute)
			if _, _, err := w.who(StaffSite, staff.Token); err != nil {
				t.Fatalf("at work after %v: %v", w.now().Sub(staff.Session.CreatedAt), err)
			}
		}
		w.later(StaffLife - 27*26*time.Minute - time.Microsecond)
		w.mustBe(StaffSite, staff.Token)
		w.later(time.Microsecond)
		if _, _, err := w.who(StaffSite, staff.Token); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("staff after 12 hours: %v", err)
		}
		staff = w.mustSignIn(StaffSite, "jonas@a.example", secret)
		w.later(StaffIdle)
		if _, _, err := w.who(StaffSite, staff.Token); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("staff idle for 30 minutes: %v", err)
		}
	})
}

// T16: the database holds no token, each sign-in has a new one, and the old one
// dies by sign-out, password change, reset, disabling.
func TestT16_OldTokensAreDead(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.resident(jette, secret)
		staffID := w.staff("jonas@a.example", secret, actor.Manager)
		dead := func(site Site, token, why string) {
			t.Helper()
			if _, _, err := w.who(site, token); !errors.Is(err, fault.ErrNotFound) {
				t.Errorf("%s: %v", why, err)
			}
		}
		a, b := w.mustSignIn(ResidentSite, jette, secret), w.mustSignIn(ResidentSite, jette, secret)
		if a.Token == b.Token || len(a.Token) != 22 {
			t.Errorf("tokens %q %q", a.Token, b.Token)
		}
		by, _ := w.mustBe(ResidentSite, a.Token)
		if err := w.EndSession(t.Context(), by, a.Session.ID); err != nil {
			t.Fatal(err)
		}
		dead(ResidentSite, a.Token, "signed out")
		w.mustBe(ResidentSite, b.Token)
		again, err := w.SignIn(t.Context(), w.anon, ResidentSite, SignIn{Email: jette, Password: secret, Visit: Visit{IP: ip("192.0.2.7"), Previous: b.Token}})
		if err != nil {
			t.Fatal(err)
		}
		dead(ResidentSite, b.Token, "signed in again in the same browser")
		by, _ = w.mustBe(ResidentSite, again.Token)
		fresh, err := w.Reauthenticate(t.Context(), by, again.Session.ID, secret)
		if err != nil {
			t.Fatal(err)
		}
		dead(ResidentSite, again.Token, "gave the password again")
		w.mustBe(ResidentSite, fresh.Token)
		staff := w.mustSignIn(StaffSite, "jonas@a.example", secret)
		if err := w.orgs.DisableStaff(t.Context(), operator(), staffID); err != nil {
			t.Fatal(err)
		}
		dead(StaffSite, staff.Token, "disabled")
		if _, err := w.signIn(StaffSite, "jonas@a.example", secret); fault.AsInvalid(err) == nil || fault.AsInvalid(err).Fields[0].Key != "access.account.ended_staff" {
			t.Errorf("disabled staff signs in: %v", err)
		}
		for _, token := range []string{"", "x", strings.Repeat("x", 1<<16), fresh.Token + "x"} {
			dead(ResidentSite, token, "no token of ours")
		}
		hashes := store.Scoped(`SELECT token_hash FROM session WHERE org_id = $1`)
		w.write(func(tx *store.Tx) error {
			list, err := store.List[string](tx, hashes)
			for _, h := range list {
				if h == fresh.Token || len(h) != 43 {
					t.Errorf("stored %q", h)
				}
			}
			if len(list) == 0 {
				t.Error("no session left to look at")
			}
			return err
		})
	})
}

// A10: the password is changed under Mein Zugang; other devices are out, a mail
// tells.
func TestA10_PasswordIsChangedByItsOwner(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.resident(jette, secret)
		here, there := w.remembered(jette, secret, firefox), w.remembered(jette, secret, chromeOn)
		by, n := w.mustBe(ResidentSite, here.Token)
		for _, c := range []struct{ current, password, field, key string }{
			{"falsch-falsch", another, "current", "access.account.password_wrong"},
			{"", another, "current", "access.account.password_wrong"},
			{secret, secret, "password", "access.account.password_same"},
			{secret, "kurz", "password", "access.account.password_short"},
			{secret, "Passwort1234", "password", "access.account.password_common"},
			{secret, "Lindhof-Hausverwaltung", "password", "access.account.password_own"},
			{secret, "Jette.Holm.2026", "password", "access.account.password_own"},
		} {
			_, err := w.ChangePassword(t.Context(), by, n.ID, c.current, c.password)
			if e := fault.AsInvalid(err); e == nil || e.Fields[0].Name != c.field || e.Fields[0].Key != c.key {
				t.Errorf("%+v: %v", c, err)
			}
		}
		w.later(time.Minute)
		out, err := w.ChangePassword(t.Context(), by, n.ID, secret, another)
		if err != nil {
			t.Fatal(err)
		}
		for _, old := range []string{here.Token, there.Token} {
			if _, _, err := w.who(ResidentSite, old); !errors.Is(err, fault.ErrNotFound) {
				t.Errorf("an old token: %v", err)
			}
		}
		_, n = w.mustBe(ResidentSite, out.Token)
		if !n.AuthAt.Equal(w.now()) || n.ID != here.Session.ID || !n.Remember || out.Life < ResidentLife {
			t.Errorf("session %+v, cookie for %v", n, out.Life)
		}
		if _, err := w.signIn(ResidentSite, jette, secret); !failedNeutrally(err) {
			t.Errorf("old password: %v", err)
		}
		w.mustSignIn(ResidentSite, jette, another)
		w.drain()
		found := false
		for _, m := range w.mails(jette) {
			found = found || m.Subject == "Ihr Passwort wurde geändert"
		}
		if !found {
			t.Error("the owner was not told")
		}
		if info, err := w.MyAccount(t.Context(), by); err != nil || !info.PasswordAt.Equal(w.now()) {
			t.Errorf("%+v %v", info, err)
		}
	})
}

// T42, C4: each sees where the own login is in use, and can end it there.
func TestT42_C4_SessionsAreListedAndEnded(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.resident(jette, secret)
		w.resident("kai@post.example", secret)
		here := w.remembered(jette, secret, firefox)
		w.later(time.Minute)
		there := w.remembered(jette, secret, chromeOn)
		third := w.remembered(jette, secret, "curl/8")
		kai := w.remembered("kai@post.example", secret, firefox)
		by, n := w.mustBe(ResidentSite, here.Token)
		list, err := w.Sessions(t.Context(), by, n.ID)
		if err != nil || len(list) != 3 || list[2].Device != "Firefox · Android" || !list[2].Current || list[0].Current || list[1].Device+list[0].Device != "Chrome · Windows" {
			t.Fatalf("%+v %v", list, err)
		}
		if err := w.EndSession(t.Context(), by, kai.Session.ID); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("ended somebody else's session: %v", err)
		}
		if err := w.EndSession(t.Context(), by, there.Session.ID); err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.who(ResidentSite, there.Token); err == nil {
			t.Error("still in")
		}
		if err := w.EndSession(t.Context(), by, there.Session.ID); err != nil {
			t.Errorf("a second click: %v", err)
		}
		w.seen(t.Context(), by, Session{ID: there.Session.ID, Site: ResidentSite, Remember: true}) // a request that was on its way
		if list, _ := w.Sessions(t.Context(), by, n.ID); len(list) != 2 {
			t.Errorf("the ended session is back: %+v", list)
		}
		if kaiBy, _ := w.mustBe(ResidentSite, kai.Token); !errors.Is(w.EndSession(t.Context(), kaiBy, there.Session.ID), fault.ErrNotFound) {
			t.Error("an ended session is told to somebody else")
		}
		if err := w.EndOtherSessions(t.Context(), by, n.ID); err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.who(ResidentSite, third.Token); err == nil {
			t.Error("still in")
		}
		w.mustBe(ResidentSite, here.Token)
		w.mustBe(ResidentSite, kai.Token)
		for _, err := range []error{w.EndSession(t.Context(), w.anon, n.ID), w.EndOtherSessions(t.Context(), w.anon, ""), w.SetLanguage(t.Context(), w.anon, "de")} {
			if !errors.Is(err, fault.ErrDenied) {
				t.Errorf("a stranger: %v", err)
			}
		}
	})
}

// A session is written as seen at most every five minutes.
func TestSeenIsWrittenSeldom(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.resident(jette, secret)
		in := w.remembered(jette, secret, firefox)
		for _, c := range []struct{ wait, lag time.Duration }{{4 * time.Minute, 4 * time.Minute}, {59 * time.Second, 299 * time.Second}, {time.Second, 0}, {time.Minute, time.Minute}} {
			w.later(c.wait)
			w.mustBe(ResidentSite, in.Token)
			if _, n := w.mustBe(ResidentSite, in.Token); w.now().Sub(n.SeenAt) != c.lag {
				t.Errorf("seen %v ago, want %v", w.now().Sub(n.SeenAt), c.lag)
			}
		}
	})
}

// A mistyped address is corrected as long as nobody has followed the
// invitation; afterwards it is a login and stays.
func TestStaffAddressIsCorrectedBeforeTheFirstPassword(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		ctx, admin := t.Context(), actor.NewStaff(storetest.Org, "acc-admin", "admin", "Inga", actor.Administrator, false, nil)
		const wrong, right = "jonsa@a.example", "jonas@a.example"
		id, err := w.InviteStaff(ctx, operator(), orgs.NewStaff{Email: wrong, StaffChange: orgs.StaffChange{Name: "Jonas Kern", Role: actor.Clerk}})
		if err != nil {
			t.Fatal(err)
		}
		w.drain()
		stray := w.token(wrong)
		if err := w.Readdress(ctx, admin, id, " JONSA@a.example "); err != nil { // nothing new
			t.Error(err)
		}
		if _, err := w.LookAtInvitation(ctx, w.anon, stray); err != nil {
			t.Errorf("the same address voided the link: %v", err)
		}
		if err := w.Readdress(ctx, admin, id, right); err != nil {
			t.Fatal(err)
		}
		if _, err := w.AcceptInvitation(ctx, w.anon, stray, secret); !errors.Is(err, fault.ErrGone) {
			t.Errorf("the link at the wrong address: %v", err)
		}
		w.drain()
		if n := len(w.mails(wrong)); n != 1 {
			t.Errorf("%d mails to the wrong address", n)
		}
		if _, err := w.AcceptInvitation(ctx, w.anon, w.token(right), secret); err != nil {
			t.Fatal(err)
		}
		in := w.mustSignIn(StaffSite, right, secret)
		var c *fault.Conflict
		if err := w.Readdress(ctx, admin, id, "evil@a.example"); !errors.As(err, &c) || c.Key != "access.account.login_stays" {
			t.Errorf("the login of somebody with a password: %v", err)
		}
		w.mustBe(StaffSite, in.Token)
		if m := w.mails("evil@a.example"); len(m) != 0 {
			t.Errorf("%d mails to a refused address", len(m))
		}
		boss, err := w.InviteStaff(ctx, operator(), orgs.NewStaff{Email: "chefin@a.example", StaffChange: orgs.StaffChange{Name: "Chefin", Role: actor.Proprietor}})
		if err != nil {
			t.Fatal(err)
		}
		for what, err := range map[string]error{"a proprietor's by an administrator": w.Readdress(ctx, admin, boss, "evil@a.example"),
			"by a manager": w.Readdress(ctx, managerOf(), boss, "evil@a.example")} {
			if !errors.Is(err, fault.ErrDenied) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if err := w.Readdress(ctx, admin, "twin-staff", "evil@a.example"); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("another organisation's: %v", err)
		}
	})
}

// Staff: the link of an invitation works for three days after its mail, once; a
// new one voids it; role and limits hold at the next request.
func TestStaffInvitation(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		const jonas = "jonas@a.example"
		id, err := w.InviteStaff(t.Context(), operator(), orgs.NewStaff{Email: jonas, StaffChange: orgs.StaffChange{Name: "Jonas Kern", Role: actor.Proprietor}})
		if err != nil {
			t.Fatal(err)
		}
		w.later(10 * 24 * time.Hour) // the mail waits; its link is made when it leaves
		w.drain()
		first := w.token(jonas)
		got, err := w.LookAtInvitation(t.Context(), w.anon, first)
		if err != nil || got.Name != "Jonas Kern" || got.Email != jonas || !got.Until.Equal(w.now().Add(InvitationLife)) {
			t.Fatalf("%+v %v", got, err)
		}
		if err := w.ResendInvitation(t.Context(), operator(), id); err != nil {
			t.Fatal(err)
		}
		w.drain()
		second := w.token(jonas)
		if _, err := w.AcceptInvitation(t.Context(), w.anon, first, secret); !errors.Is(err, fault.ErrGone) {
			t.Errorf("old link: %v", err)
		}
		if _, err := w.AcceptInvitation(t.Context(), w.anon, second, "JonasKern2026"); fault.AsInvalid(err) == nil {
			t.Errorf("own name as password: %v", err)
		}
		w.later(InvitationLife - time.Microsecond)
		if _, err := w.AcceptInvitation(t.Context(), w.anon, second, secret); err != nil {
			t.Fatal(err)
		}
		if _, err := w.AcceptInvitation(t.Context(), w.anon, second, another); !errors.Is(err, fault.ErrGone) {
			t.Errorf("twice: %v", err)
		}
		var c *fault.Conflict
		if err := w.ResendInvitation(t.Context(), operator(), id); !errors.As(err, &c) {
			t.Errorf("again for somebody with a password: %v", err)
		}
		in := w.mustSignIn(StaffSite, jonas, secret)
		by, _ := w.mustBe(StaffSite, in.Token)
		if by.Role() != actor.Proprietor || !by.Has(actor.ManageOrg) {
			t.Errorf("role %s", by.Role())
		}
		second2, err := w.InviteStaff(t.Context(), by, orgs.NewStaff{Email: "mia@a.example", StaffChange: orgs.StaffChange{Name: "Mia", Role: actor.Clerk}})
		if err != nil {
			t.Fatal(err)
		}
		w.drain()
		late := w.token("mia@a.example")
		w.later(InvitationLife)
		if _, err := w.AcceptInvitation(t.Context(), w.anon, late, secret); !errors.Is(err, fault.ErrGone) {
			t.Errorf("after three days: %v", err)
		}
		access, err := w.StaffAccesses(t.Context(), by)
		if err != nil || access[id].Since.IsZero() || access[second2].Invited.IsZero() || !access[second2].Since.IsZero() {
			t.Errorf("%+v %v", access, err)
		}
		mustBeClean(t, w.mails("mia@a.example")[0])
		clerk := actor.NewStaff(storetest.Org, "x", second2, "Mia", actor.Clerk, false, nil)
		if _, err := w.InviteStaff(t.Context(), clerk, orgs.NewStaff{Email: "x@a.example"}); !errors.Is(err, fault.ErrDenied) {
			t.Errorf("a clerk invites: %v", err)
		}
	})
}
