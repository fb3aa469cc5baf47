package access

import (
	"strings"
	"testing"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

func TestW5_TwoPersonsOneMailbox(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		p1, l1 := e.add(dweller{email: marlene})
		p2, l2 := e.add(dweller{email: marlene, first: "Jonas"})
		first, second := e.code(p1, l1), e.code(p2, l2)
		in := e.register(first, marlene)
		// The visitor sees the same as with a new address; only the mail tells.
		browser, err := e.StartRegistration(t.Context(), e.anon, Start{Entered: entered(second), Email: "Marlene@POST.example", Password: another, Lang: "de"})
		if err != nil {
			t.Fatal(err)
		}
		e.drain()
		m := e.last(marlene)
		mustBeClean(t, m)
		if !strings.Contains(m.Subject, "schon einen Zugang") || pinForm.MatchString(m.Text) {
			t.Fatalf("%s\n%s", m.Subject, m.Text)
		}
		if r, err := e.Registration(t.Context(), e.anon, browser); err != nil || r.Confirmed || r.TriesLeft != pinTries {
			t.Fatalf("%+v %v", r, err)
		}
		// Signed in, the same human adds the code: two persons, one account (E14).
		by, _ := e.mustBe(ResidentSite, in.Token)
		w, err := e.LookAtCode(t.Context(), by, entered(second))
		if err != nil || w.Name != "Jonas Brandt2" {
			t.Fatalf("%+v %v", w, err)
		}
		if err := e.RedeemSignedIn(t.Context(), by, entered(second)); err != nil {
			t.Fatal(err)
		}
		by, _ = e.mustBe(ResidentSite, in.Token)
		if len(by.Persons()) != 2 || e.state(p2) != Confirmed {
			t.Fatalf("%v %s", by.Persons(), e.state(p2))
		}
		e.want("the code again", e.RedeemSignedIn(t.Context(), by, entered(second)), "access.code.unknown")
		e.want("by a visitor", e.RedeemSignedIn(t.Context(), e.anon, entered(second)), "denied")
	})
}

func TestW15_TheAddressOnRecordLearnsOfARegistrationWithAnother(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		p, l := e.add(dweller{email: "record@post.example"})
		e.register(e.code(p, l), marlene)
		e.drain()
		m := e.last("record@post.example")
		mustBeClean(t, m)
		if strings.Contains(m.Text, marlene) || strings.Contains(m.Text, "Brandt") {
			t.Errorf("the notice tells more than that it happened:\n%s", m.Text)
		}
		p2, l2 := e.add(dweller{email: "same@post.example"})
		e.register(e.code(p2, l2), "same@post.example")
		e.drain()
		if n := len(e.mails("same@post.example")); n != 1 {
			t.Errorf("%d mails to an address that is the login itself", n)
		}
	})
}

func TestT5_ThatIsNotMeVoidsTheCodeAndReachesStaff(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		p, l := e.add(dweller{})
		sec := e.code(p, l)
		browser := e.begin(sec, marlene)
		e.want("before the mail", e.NotMe(t.Context(), e.anon, browser), "access.registration.unconfirmed")
		if err := e.ConfirmByPIN(t.Context(), e.anon, browser, e.pin(marlene)); err != nil {
			t.Fatal(err)
		}
		if err := e.NotMe(t.Context(), e.anon, browser); err != nil {
			t.Fatal(err)
		}
		if e.state(p) != Revoked {
			t.Errorf("state %s", e.state(p))
		}
		_, err := e.StartRegistration(t.Context(), e.anon, Start{Entered: entered(sec), Email: marlene, Password: secret})
		e.want("the code", err, "access.code.unknown")
		today, err := e.Today(t.Context(), e.clerk)
		if err != nil || len(today.NotMe) != 1 || today.NotMe[0].PersonID != p {
			t.Fatalf("%+v %v", today.NotMe, err)
		}
		if err := e.DismissNotMe(t.Context(), e.clerk, p); err != nil {
			t.Fatal(err)
		}
		if today, _ = e.Today(t.Context(), e.clerk); len(today.NotMe) != 0 {
			t.Error("still on Heute")
		}
	})
}

func TestE7_NothingRegistersWhileThePortalIsOff(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		p, l := e.add(dweller{})
		sec := e.code(p, l)
		e.settings("", false)
		_, err := e.StartRegistration(t.Context(), e.anon, Start{Entered: entered(sec), Email: marlene, Password: secret})
		e.want("register", err, "access.code.portal_closed")
		_, err = e.LetterFor(t.Context(), e.clerk, p, l)
		e.want("letter", err, "access.code.portal_off")
		_, err = e.StartLetters(t.Context(), e.clerk, "14", false)
		e.want("letters", err, "access.code.portal_off")
		e.want("invite", e.Invite(t.Context(), e.clerk, ByMail{PersonID: p, Address: marlene, Consent: &ConsentGiven{On: "2026-11-01"}}), "access.code.portal_off")
		e.settings("", true)
		e.exec(store.Scoped(`UPDATE property SET portal_on = FALSE WHERE org_id = $1 AND id = '14'`))
		_, err = e.LetterFor(t.Context(), e.clerk, p, l)
		e.want("letter, property off", err, "access.code.property_off")
		e.drain()
		if len(e.outbox.Messages()) != 0 {
			t.Error("a mail left")
		}
	})
}

// A property that is switched off answers each genuine code alike, on every
// page on which one can be entered, and tells nobody else anything.
func TestE7_APropertyThatIsSwitchedOffTakesNoCode(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		p, l := e.add(dweller{})
		sec := e.code(p, l)
		half := e.begin(sec, "half@post.example") // waits for the number of the mail
		p2, l2 := e.add(dweller{})
		ready := e.begin(e.code(p2, l2), "ready@post.example")
		if err := e.ConfirmByPIN(t.Context(), e.anon, ready, e.pin("ready@post.example")); err != nil {
			t.Fatal(err)
		}
		p3, l3 := e.add(dweller{})
		used := e.code(p3, l3)
		e.register(used, marlene)
		e.drain()
		if err := e.SetPropertyPortal(t.Context(), managerOf(), "14", false); err != nil {
			t.Fatal(err)
		}
		before := len(e.outbox.Messages())
		for what, in := range map[string]struct {
			Entered
			key string
		}{
			"typed": {entered(sec), "access.code.portal_closed"}, "link": {Entered{Link: sec.Link, Visit: visitor}, "access.code.portal_closed"},
			"used": {entered(used), "access.code.unknown"}, "never made": {Entered{Code: newSecret().Typed, Visit: visitor}, "access.code.unknown"},
		} {
			_, err := e.StartRegistration(t.Context(), e.anon, Start{Entered: in.Entered, Email: "x@post.example", Password: secret})
			e.want(what+", form", err, in.key)
			e.want(what+", look", e.LookAtLink(t.Context(), e.anon, in.Entered), in.key)
			_, err = e.MyCodeExpired(t.Context(), e.anon, in.Entered)
			e.want(what+", new code", err, in.key)
		}
		if err := e.ConfirmByPIN(t.Context(), e.anon, half, e.pin("half@post.example")); err != nil {
			t.Errorf("the mailbox is proved all the same: %v", err)
		}
		for _, browser := range []string{half, ready} {
			_, err := e.Registration(t.Context(), e.anon, browser)
			e.want("name and address", err, "gone")
			_, err = e.Accept(t.Context(), e.anon, browser, false, visitor)
			e.want("accept", err, "gone")
		}
		for _, address := range []string{marlene, "nobody@post.example"} {
			if err := e.RequestReset(t.Context(), e.anon, ResidentSite, ResetRequest{Email: address, IP: visitor.IP}); err != nil {
				t.Errorf("reset for %s: %v", address, err)
			}
		}
		e.drain()
		if n := len(e.outbox.Messages()) - before; n != 0 {
			t.Errorf("%d mails left", n)
		}
		if err := e.SetPropertyPortal(t.Context(), managerOf(), "14", true); err != nil {
			t.Fatal(err)
		}
		if _, err := e.Accept(t.Context(), e.anon, half, false, visitor); err != nil {
			t.Errorf("switched on again: %v", err)
		}
	})
}

func TestT1_RolesAndLimitsOfTheCodeHalf(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		e.house("16")
		p, l := e.add(dweller{})
		elsewhere := actor.NewStaff(storetest.Org, "a", "s", "S", actor.Clerk, true, []string{"16"})
		reader := actor.NewStaff(storetest.Org, "a", "r", "R", actor.ReadOnly, false, nil)
		resident := actor.NewResident(storetest.Org, "acc", []string{p})
		ctx := t.Context()
		for what, fn := range map[string]func(by actor.Actor, p, l, property string) error{
			"letter": func(by actor.Actor, p, l, _ string) error { _, err := e.LetterFor(ctx, by, p, l); return err },
			"invite": func(by actor.Actor, p, l, _ string) error {
				return e.Invite(ctx, by, ByMail{PersonID: p, LeaseID: l, Address: marlene})
			},
			"revoke": func(by actor.Actor, p, _, _ string) error { return e.Revoke(ctx, by, p) },
			"reset":  func(by actor.Actor, p, l, _ string) error { _, err := e.ResetAccess(ctx, by, p, l); return err },
			"batch":  func(by actor.Actor, _, _, id string) error { _, err := e.StartLetters(ctx, by, id, false); return err },
			"check":  func(by actor.Actor, _, _, id string) error { return e.ConfirmChecklist(ctx, by, id, true, true, true) },
			"consent": func(by actor.Actor, p, _, _ string) error {
				return e.RecordConsent(ctx, by, p, marlene, ConsentGiven{On: "2026-11-01"})
			},
			"withdraw": func(by actor.Actor, p, _, _ string) error { return e.WithdrawConsent(ctx, by, p) },
			"not me":   func(by actor.Actor, p, _, _ string) error { return e.DismissNotMe(ctx, by, p) },
		} {
			for _, by := range []actor.Actor{reader, resident, e.anon, {}} {
				if got := key(fn(by, p, l, "14")); got != "denied" {
					t.Errorf("%s by %s: %s", what, by.Label(), got)
				}
			}
			e.want(what+" beyond the limits", fn(elsewhere, p, l, "14"), "not found")
			e.want(what+" of the twin", fn(e.clerk, "twin-person", "twin-lease", "twin-property"), "not found")
		}
		for what, fn := range map[string]func(by actor.Actor, p, property, batch string) error{
			"list":    func(by actor.Actor, _, id, _ string) error { _, err := e.Residents(ctx, by, id, Filter{}); return err },
			"person":  func(by actor.Actor, p, _, _ string) error { _, err := e.Person(ctx, by, p); return err },
			"batches": func(by actor.Actor, _, id, _ string) error { _, err := e.Batches(ctx, by, id, 5); return err },
			"a batch": func(by actor.Actor, _, _, b string) error { _, err := e.Batch(ctx, by, b); return err },
		} {
			e.want(what+" by a resident", fn(resident, p, "14", ""), "denied")
			e.want(what+" of the twin", fn(e.clerk, "twin-person", "twin-property", "twin-batch"), "not found")
			if what != "a batch" {
				e.want(what+" beyond the limits", fn(elsewhere, p, "14", ""), "not found")
			}
		}
		if e.state(p) != NoAccess {
			t.Errorf("a refused step changed the state to %s", e.state(p))
		}
	})
}
