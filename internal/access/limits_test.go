package access

import (
	"testing"
	"time"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

func clerkOf(properties ...string) actor.Actor {
	return actor.NewStaff(storetest.Org, "a", "clerk-"+properties[0], "S", actor.Clerk, true, properties)
}

var failedMail = store.Scoped(`INSERT INTO delivery (org_id, id, kind, key, channel, person_id, address, language, args, state, reason, created_at, failed_at)
	VALUES ($1, $2, 'access.invitation', $2, 'email', $3, 'x@post.example', 'de', '{}', 'failed', '550', 5, 6)`)

func TestT1_FailedMailsAreDismissedByTheirOwnStaff(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		e.house("16")
		here, _ := e.add(dweller{house: "14"})
		there, _ := e.add(dweller{house: "16"})
		moved, _ := e.add(dweller{house: "14", to: "2025-12-31"})
		for _, d := range [][2]string{{"here", here}, {"there", there}, {"moved", moved}, {"staff", ""}} {
			e.exec(failedMail, d[0], d[1])
		}
		ctx, clerk := t.Context(), clerkOf("14")
		for _, id := range []string{"there", "staff", "twin-delivery", "nothing"} {
			e.want(id, e.DismissMail(ctx, clerk, id), "not found")
		}
		for _, by := range []actor.Actor{e.anon, actor.NewStaff(storetest.Org, "a", "r", "R", actor.ReadOnly, false, nil)} {
			e.want("by "+by.Label(), e.DismissMail(ctx, by, "here"), "denied")
		}
		if today, err := e.Today(ctx, e.clerk); err != nil || len(today.Mails) != 4 {
			t.Fatalf("%+v %v", today.Mails, err)
		}
		for id, by := range map[string]actor.Actor{"here": clerk, "moved": clerk, "there": e.clerk, "staff": e.clerk} {
			e.want(id, e.DismissMail(ctx, by, id), "")
			e.want(id+" again", e.DismissMail(ctx, by, id), "not found")
		}
		if today, err := e.Today(ctx, e.clerk); err != nil || len(today.Mails) != 0 {
			t.Errorf("%+v %v", today.Mails, err)
		}
	})
}

// Somebody with leases in two properties: the clerk of one must not end what the
// other's clerk has given.
func TestT1_ALimitedClerkEndsNoAccessOfOtherProperties(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		const elsewhere = "access.limits.elsewhere"
		e.house("14")
		e.house("16")
		p, l := e.add(dweller{house: "14", unit: "u1"})
		_, far := e.add(dweller{house: "16", unit: "u2", person: p})
		ctx, clerk, both := t.Context(), clerkOf("14"), clerkOf("14", "16")
		if err := e.RecordConsent(ctx, clerk, p, marlene, ConsentGiven{On: "2026-11-01", Wording: "x"}); err != nil {
			t.Fatal(err)
		}
		in := e.register(e.code(p, l), marlene)
		e.want("revoke", e.Revoke(ctx, clerk, p), elsewhere)
		e.want("withdraw", e.WithdrawConsent(ctx, clerk, p), elsewhere)
		_, err := e.ResetAccess(ctx, clerk, p, l)
		e.want("reset", err, elsewhere)
		_, err = e.ResetAccess(ctx, clerk, p, far)
		e.want("reset by the foreign lease", err, "not found")
		_, err = e.LetterFor(ctx, clerk, p, far)
		e.want("letter for the foreign lease", err, "not found")
		e.want("mail for the foreign lease", e.Invite(ctx, clerk, ByMail{PersonID: p, LeaseID: far, Address: marlene}), "not found")
		e.mustBe(ResidentSite, in.Token)
		if c, err := e.Person(ctx, e.clerk, p); err != nil || c.Consent == nil || c.State != Confirmed {
			t.Fatalf("%+v %v", c, err)
		}
		e.want("withdraw by the clerk of both", e.WithdrawConsent(ctx, both, p), "")
		if _, err = e.ResetAccess(ctx, both, p, l); err != nil {
			t.Errorf("reset by the clerk of both: %v", err)
		}
		e.want("the new code, revoked by one", e.Revoke(ctx, clerk, p), elsewhere)
		e.want("by both", e.Revoke(ctx, both, p), "")

		// A lease that is over counts no more, unless there is no other.
		q, m := e.add(dweller{house: "14"})
		e.add(dweller{house: "16", person: q, to: "2025-12-31"})
		e.bring(q, m, Confirmed)
		e.want("moved here", e.Revoke(ctx, clerk, q), "")
		gone, old := e.add(dweller{house: "14", to: "2025-12-31"})
		e.add(dweller{house: "16", person: gone, to: "2025-12-31"})
		e.bring(gone, old, Confirmed)
		e.want("gone from both", e.Revoke(ctx, clerk, gone), elsewhere)
	})
}

// A person has one code at a time: who looks after one of her properties sees
// what belongs to it, and does not void what the others' staff have sent.
func TestT1_X5_ALimitedClerkSeesAndVoidsOnlyCodesOfOwnProperties(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		const elsewhere = "access.limits.code_elsewhere"
		e.house("14")
		e.house("16")
		p, near := e.add(dweller{house: "14"})
		_, far := e.add(dweller{house: "16", person: p})
		ctx, clerk, other := t.Context(), clerkOf("14"), clerkOf("16")
		sent := ByMail{PersonID: p, LeaseID: far, Address: marlene, Consent: consentNow}
		if err := e.Invite(ctx, other, sent); err != nil {
			t.Fatal(err)
		}
		e.drain()
		link := e.link(marlene)
		if c, err := e.Person(ctx, clerk, p); err != nil || len(c.Codes)+len(c.Deliveries)+len(c.History) != 0 || len(c.Leases) != 1 || c.State != Pending || c.Consent == nil {
			t.Errorf("%+v %v", c, err)
		}
		_, err := e.LetterFor(ctx, clerk, p, "")
		e.want("letter", err, elsewhere)
		sent.LeaseID, sent.Consent = near, nil
		e.want("mail", e.Invite(ctx, clerk, sent), elsewhere)
		e.want("before the form", e.MayInvite(ctx, clerk, p, near), elsewhere)
		_, err = e.StartLetters(ctx, clerk, "14", true)
		e.want("all letters", err, NobodyNeedsALetter)
		if err := e.LookAtLink(ctx, e.anon, Entered{Link: link, Visit: visitor}); err != nil {
			t.Errorf("the other property's code is void: %v", err)
		}
		for _, by := range []actor.Actor{other, e.clerk, clerkOf("16", "14")} {
			want := [3]int{1, 1, 2} // the consent was recorded with the mail
			if c, err := e.Person(ctx, by, p); err != nil || [3]int{len(c.Codes), len(c.Deliveries), len(c.History)} != want {
				t.Errorf("%s sees %d codes, %d mails, %d entries, %v", by.Label(), len(c.Codes), len(c.Deliveries), len(c.History), err)
			}
		}
		// Once it has run out it is in nobody's way, and stays where it belongs.
		e.later(8 * 24 * time.Hour)
		if _, err := e.LetterFor(ctx, clerk, p, near); err != nil {
			t.Fatal(err)
		}
		if c, err := e.Person(ctx, clerk, p); err != nil || len(c.Codes) != 1 || c.Codes[0].LeaseID != near || len(c.Deliveries) != 0 || len(c.History) != 1 {
			t.Errorf("%+v %v", c, err)
		}
		if c, err := e.Person(ctx, other, p); err != nil || len(c.Codes) != 1 || c.Codes[0].LeaseID != far || len(c.Deliveries) != 1 {
			t.Errorf("%+v %v", c, err)
		}
		_, err = e.LetterFor(ctx, other, p, far)
		e.want("letter of the other", err, elsewhere)
		if _, err := e.LetterFor(ctx, e.clerk, p, far); err != nil {
			t.Errorf("by whoever looks after all: %v", err)
		}
	})
}

// One login may stand for two numbers in the list of residents: a reset ends it
// for both.
func TestT43_AResetCountsEverybodyBehindTheLogin(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		e.house("16")
		p, l := e.add(dweller{house: "14"})
		q, m := e.add(dweller{house: "16"})
		in := e.register(e.code(p, l), marlene)
		by, _ := e.mustBe(ResidentSite, in.Token)
		if err := e.RedeemSignedIn(t.Context(), by, entered(e.code(q, m))); err != nil {
			t.Fatal(err)
		}
		_, err := e.ResetAccess(t.Context(), clerkOf("14"), p, l)
		e.want("reset", err, "access.limits.elsewhere")
		e.mustBe(ResidentSite, in.Token)
		e.want("revoking takes this one off only", e.Revoke(t.Context(), clerkOf("14"), p), "")
		if by, _ := e.mustBe(ResidentSite, in.Token); len(by.Persons()) != 1 || by.Persons()[0] != q {
			t.Errorf("in as %v", by.Persons())
		}
	})
}

func TestT5_AReportIsDismissedByTheStaffOfItsCode(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		e.house("16")
		p, l := e.add(dweller{house: "14"})
		e.add(dweller{house: "16", person: p})
		browser := e.begin(e.code(p, l), marlene)
		if err := e.ConfirmByPIN(t.Context(), e.anon, browser, e.pin(marlene)); err != nil {
			t.Fatal(err)
		}
		if err := e.NotMe(t.Context(), e.anon, browser); err != nil {
			t.Fatal(err)
		}
		e.want("by the other property's clerk", e.DismissNotMe(t.Context(), clerkOf("16"), p), "not found")
		e.want("by ours", e.DismissNotMe(t.Context(), clerkOf("14"), p), "")
	})
}
