package access

import (
	"context"
	"strings"
	"testing"
	"time"

	"foyer/internal/notifications"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/portfolio"
)

var consentNow = &ConsentGiven{On: "2026-11-10", Wording: "Formular vom 10.11."}

func (e *estate) queued() (n int) {
	e.t.Helper()
	e.read(func(tx *store.Tx) (err error) {
		n, err = store.Value[int](tx, store.Scoped(`SELECT count(*) FROM delivery WHERE org_id = $1`))
		return err
	})
	return n
}

func TestK11_WithoutConsentNothingIsSent(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		p, l := e.add(dweller{email: marlene})
		by := ByMail{PersonID: p, LeaseID: l, Address: marlene}
		e.want("no consent", e.Invite(t.Context(), e.clerk, by), "access.invite.consent_missing")
		by.Address = "no address"
		e.want("no address", e.Invite(t.Context(), e.clerk, by), "email.no_at")
		if err := e.RecordConsent(t.Context(), e.clerk, p, "other@post.example", *consentNow); err != nil {
			t.Fatal(err)
		}
		by.Address = marlene
		e.want("consent for another address", e.Invite(t.Context(), e.clerk, by), "access.invite.consent_other_address")
		by.Consent = &ConsentGiven{On: "soon"}
		e.want("a consent without a day", e.Invite(t.Context(), e.clerk, by), "notifications.consent.day_missing")
		if e.queued() != 0 || e.state(p) != NoAccess {
			t.Errorf("%d mails queued, %s", e.queued(), e.state(p))
		}
	})
}

func TestE10_K10_K12_K13_InvitationByEmail(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		p, l := e.add(dweller{})
		letter := e.code(p, l)
		if err := e.Invite(t.Context(), e.clerk, ByMail{PersonID: p, Address: "Marlene@POST.example", Consent: consentNow}); err != nil {
			t.Fatal(err)
		}
		if e.state(p) != Pending { // K13: from that moment
			t.Errorf("state %s before the mail has left", e.state(p))
		}
		e.want("the letter's code", e.LookAtLink(t.Context(), e.anon, Entered{Link: letter.Link, Visit: visitor}), "access.code.unknown") // X5
		e.later(3 * time.Hour)
		e.drain()
		m := e.last(marlene)
		mustBeClean(t, m)
		for _, want := range []string{"Guten Tag, Frau Brandt1", "Dann müssen Sie nichts tun", "https://a.example/hilfe", "19. November 2026, 13:00"} {
			if !strings.Contains(strings.Join(strings.Fields(m.Text), " "), want) {
				t.Errorf("the mail lacks %q:\n%s", want, m.Text)
			}
		}
		link := Entered{Link: e.link(marlene), Visit: visitor}
		e.later(7*24*time.Hour - time.Microsecond)
		if err := e.LookAtLink(t.Context(), e.anon, link); err != nil {
			t.Errorf("in the last microsecond of seven days: %v", err)
		}
		browser, err := e.StartRegistration(t.Context(), e.anon, Start{Entered: link, Email: marlene, Password: secret, Lang: "de"})
		if err != nil {
			t.Fatal(err)
		}
		e.later(time.Microsecond)
		e.want("after seven days", e.LookAtLink(t.Context(), e.anon, link), "access.code.expired")
		e.drain()
		if err := e.ConfirmByPIN(t.Context(), e.anon, browser, e.pin(marlene)); err != nil { // begun in time
			t.Fatal(err)
		}
		if _, err := e.Accept(t.Context(), e.anon, browser, true, visitor); err != nil {
			t.Fatal(err)
		}
		e.want("a confirmed person", e.Invite(t.Context(), e.clerk, ByMail{PersonID: p, Address: marlene}), "access.state.confirmed_already")
	})
}

func TestK11_WithdrawalStopsQueuedMails(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		p, _ := e.add(dweller{})
		q, _ := e.add(dweller{})
		for _, id := range []string{p, q} {
			if err := e.Invite(t.Context(), e.clerk, ByMail{PersonID: id, Address: id + "@post.example", Consent: consentNow}); err != nil {
				t.Fatal(err)
			}
		}
		if err := e.WithdrawConsent(t.Context(), e.clerk, p); err != nil {
			t.Fatal(err)
		}
		e.exec(store.Scoped(`UPDATE consent SET withdrawn_at = 5 WHERE org_id = $1 AND person_id = $2`), q) // behind our back
		e.drain()
		if n := len(e.outbox.Messages()); n != 0 {
			t.Errorf("%d mails after the withdrawal", n)
		}
		for _, id := range []string{p, q} {
			if e.state(id) != NoAccess {
				t.Errorf("%s is %s", id, e.state(id))
			}
			c, err := e.Person(t.Context(), e.clerk, id)
			if err != nil || len(c.Deliveries) != 1 || c.Deliveries[0].State != notifications.Dropped {
				t.Errorf("%+v %v", c.Deliveries, err)
			}
		}
	})
}

func TestT37_ARetriedInvitationVoidsTheLinkBefore(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		p, _ := e.add(dweller{})
		if err := e.Invite(t.Context(), e.clerk, ByMail{PersonID: p, Address: marlene, Consent: consentNow}); err != nil {
			t.Fatal(err)
		}
		e.drain()
		first := e.link(marlene)
		var d notifications.Delivery
		e.read(func(tx *store.Tx) error {
			list, err := notifications.Of(tx, p, 1)
			d = list[0]
			return err
		})
		m, err := e.mailInvitation(t.Context(), e.anon, d)
		if err != nil || strings.Contains(m.Subject, first) {
			t.Fatal(err)
		}
		e.want("the first link", e.LookAtLink(t.Context(), e.anon, Entered{Link: first, Visit: visitor}), "access.code.unknown")
		if err := e.Revoke(t.Context(), e.clerk, p); err != nil {
			t.Fatal(err)
		}
		if _, err := e.mailInvitation(t.Context(), e.anon, d); err == nil || !strings.Contains(err.Error(), "dropped") {
			t.Errorf("a revoked invitation was sent: %v", err)
		}
	})
}

func TestA7_X4_X5_ChannelsAndTriggers(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		fresh, lf := e.add(dweller{})
		lost, ll := e.add(dweller{})
		e.bring(lost, ll, Expired)
		invite := func(id string) error {
			return e.Invite(t.Context(), e.clerk, ByMail{PersonID: id, Address: id + "@post.example", Consent: consentNow})
		}
		letter := func(id, lease string) error { _, err := e.LetterFor(t.Context(), e.clerk, id, lease); return err }

		e.settings(`"invite_triggers":["release"]`, true)
		e.want("by hand, first", invite(fresh), "access.invite.not_by_hand")
		e.want("letter by hand, first", letter(fresh, lf), "access.invite.not_by_hand")
		e.want("a lost code is replaced all the same", letter(lost, ll), "")
		e.settings(`"invite_channels":["email"]`, true)
		e.want("by letter", letter(fresh, lf), "access.invite.channel_off")
		e.settings(`"invite_channels":["post"]`, true)
		e.want("by e-mail", invite(fresh), "access.invite.channel_off")
		e.settings(`"reissue_channel":"post_only"`, true)
		e.want("lost, by e-mail", invite(lost), "access.invite.reissue_by_post")
		e.want("first, by e-mail", invite(fresh), "")
		e.settings("", true)
		e.want("lost, both ways", invite(lost), "")
	})
}

func TestA21_X8_OthersGetNoCode(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		party, lp := e.add(dweller{unit: "u1"})
		owner, lo := e.add(dweller{unit: "u2", role: portfolio.Owner})
		co, lc := e.add(dweller{unit: "u1", lease: lp, role: portfolio.CoResident})
		gone, lg := e.add(dweller{unit: "u3", to: "2026-11-11"})
		left, ll := e.add(dweller{unit: "u4", leaves: "2026-11-11"})
		letter := func(id, lease string) error { _, err := e.LetterFor(t.Context(), e.clerk, id, lease); return err }
		e.want("a contract party", letter(party, lp), "")
		e.want("an owner", letter(owner, lo), "") // A4
		e.want("a co-resident", letter(co, lc), "access.code.not_entitled")
		e.want("a co-resident by e-mail", e.Invite(t.Context(), e.clerk, ByMail{PersonID: co, Address: marlene, Consent: consentNow}), "access.code.not_entitled")
		e.want("somebody whose lease is over", letter(gone, lg), "access.code.lease_over")
		e.want("somebody who left the lease", letter(left, ll), "access.code.lease_over")
		e.want("a person by a lease of another", letter(co, lo), "not found")
		e.settings(`"who_may_register":"plus_listed_residents"`, true)
		e.want("a listed resident", letter(co, lc), "") // E10
		sec := e.code(co, lc)
		e.settings("", true) // the organisation narrows the circle again
		e.want("the code from before", e.LookAtLink(t.Context(), e.anon, Entered{Link: sec.Link, Visit: visitor}), "access.code.unknown")
	})
}

func TestK3_ChecklistBeforeTheFirstSending(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		e.exec(store.Scoped(`DELETE FROM checklist WHERE org_id = $1`))
		p, l := e.add(dweller{})
		ctx := t.Context()
		_, err := e.LetterFor(ctx, e.clerk, p, l)
		e.want("letter", err, "access.checklist.open")
		_, err = e.StartLetters(ctx, e.clerk, "14", false)
		e.want("letters", err, "access.checklist.open")
		e.want("mail", e.Invite(ctx, e.clerk, ByMail{PersonID: p, Address: marlene, Consent: consentNow}), "access.checklist.open")
		err = e.db.Write(ctx, e.clerk.Scope(), func(ctx context.Context, tx *store.Tx) error { return e.OnRelease(tx, e.now(), e.clerk, "14") })
		e.want("release", err, "access.checklist.open")
		e.want("half a checklist", e.ConfirmChecklist(ctx, e.clerk, "14", true, false, true), "access.checklist.tick")
		if err := e.ConfirmChecklist(ctx, e.clerk, "14", true, true, true); err != nil {
			t.Fatal(err)
		}
		if _, err = e.LetterFor(ctx, e.clerk, p, l); err != nil {
			t.Error(err)
		}
		list, err := e.Residents(ctx, e.clerk, "14", Filter{})
		if err != nil || !list.Checklist {
			t.Errorf("%+v %v", list, err)
		}
	})
}

func TestT20_SecretsAreNowhereInTheDatabase(t *testing.T) {
	f := storetest.SQLite(t)
	e := newEstate(t, f.DB)
	e.house("14")
	p, l := e.add(dweller{})
	sec := e.code(p, l)
	q, _ := e.add(dweller{})
	if err := e.Invite(t.Context(), e.clerk, ByMail{PersonID: q, Address: "q@post.example", Consent: consentNow}); err != nil {
		t.Fatal(err)
	}
	r, _ := e.add(dweller{})
	b, _ := e.letters("14", false)
	batched := e.codeOf(storetest.Org, e.seedOf(b.ID), r)
	browser := e.begin(sec, marlene)
	dump := f.Dump(t)
	for what, s := range map[string]string{"typed code": sec.Typed, "link": sec.Link, "mailed link": e.link("q@post.example"), "batch code": batched.Typed,
		"batch link": batched.Link, "number": "|" + e.pin(marlene), "confirm link": e.link(marlene), "browser": browser} {
		if strings.Contains(dump, s) {
			t.Errorf("the database holds the %s in clear", what)
		}
	}
}
