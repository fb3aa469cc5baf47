package access

import (
	"strings"
	"sync"
	"testing"
	"time"

	"foyer/internal/platform/store"
)

const marlene = "marlene@post.example"

func TestK4_K5_ConfirmedOnlyWithAnOwnPasswordAndAtOnce(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		p, l := e.add(dweller{})
		if got := e.state(p); got != NoAccess { // E6
			t.Fatalf("before anything: %s", got)
		}
		sec := e.code(p, l)
		browser := e.begin(sec, marlene)
		if got := e.state(p); got != Pending {
			t.Fatalf("after the form: %s", got)
		}
		r, err := e.Registration(t.Context(), e.anon, browser)
		if err != nil || r.Confirmed || r.Name != "" || r.Address != nil {
			t.Fatalf("name and address before the mailbox is proved: %+v %v", r, err)
		}
		_, err = e.Accept(t.Context(), e.anon, browser, true, visitor)
		e.want("accept before the mail", err, "access.registration.unconfirmed")
		if err := e.ConfirmByPIN(t.Context(), e.anon, browser, " "+e.pin(marlene)[:3]+" "+e.pin(marlene)[3:]); err != nil {
			t.Fatal(err)
		}
		r, err = e.Registration(t.Context(), e.anon, browser)
		if err != nil || !r.Confirmed || r.Name != "Marlene Brandt1" || len(r.Address) != 2 || r.Address[0] != "Ahornallee 14, Wohnung 1" {
			t.Fatalf("%+v %v", r, err)
		}
		in, err := e.Accept(t.Context(), e.anon, browser, true, visitor)
		if err != nil {
			t.Fatal(err)
		}
		if got := e.state(p); got != Confirmed {
			t.Fatalf("after accepting: %s", got)
		}
		by, _ := e.mustBe(ResidentSite, in.Token)
		if ids := by.Persons(); len(ids) != 1 || ids[0] != p {
			t.Fatalf("signed in as %v", ids)
		}
		e.mustSignIn(ResidentSite, marlene, secret) // A6: the own password works from now on
		_, err = e.Accept(t.Context(), e.anon, browser, true, visitor)
		e.want("accept twice", err, "gone")
		_, err = e.StartRegistration(t.Context(), e.anon, Start{Entered: entered(sec), Email: "b@post.example", Password: secret})
		e.want("the used code", err, "access.code.unknown")
	})
}

func TestT5_HundredParallelRedemptionsGiveOneAccount(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		p, l := e.add(dweller{})
		sec := e.code(p, l)
		const n = 100
		browsers := make([]string, n)
		for i := range browsers {
			browsers[i] = e.begin(sec, address(i))
			if err := e.ConfirmByPIN(t.Context(), e.anon, browsers[i], e.pin(address(i))); err != nil {
				t.Fatal(err)
			}
		}
		var wg sync.WaitGroup
		var mu sync.Mutex
		won := 0
		for _, b := range browsers {
			wg.Go(func() {
				_, err := e.Accept(t.Context(), e.anon, b, true, visitor)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won++
				} else if key(err) != "gone" {
					t.Errorf("a loser was told: %v", err)
				}
			})
		}
		wg.Wait()
		if won != 1 {
			t.Fatalf("%d accounts from one code", won)
		}
		e.read(func(tx *store.Tx) error {
			accounts, err := store.Value[int](tx, store.Scoped(`SELECT count(*) FROM account WHERE org_id = $1`))
			if err != nil || accounts != 1 {
				t.Errorf("%d accounts, %v", accounts, err)
			}
			return err
		})
	})
}

func address(i int) string { return string(rune('a'+i/26)) + string(rune('a'+i%26)) + "@post.example" }

func TestT5_UnknownUsedRevokedAndForeignCodesAreOneAnswer(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		p, l := e.add(dweller{})
		old := e.code(p, l)
		replaced := e.code(p, l)
		if err := e.Revoke(t.Context(), e.clerk, p); err != nil {
			t.Fatal(err)
		}
		p2, l2 := e.add(dweller{})
		used := e.code(p2, l2)
		e.register(used, marlene)
		p3, l3 := e.add(dweller{})
		out := e.code(p3, l3)
		e.exec(testRemove, p3) // taken out of the lease
		p4, l4 := e.add(dweller{to: "2026-11-20"})
		over := e.code(p4, l4)
		e.later(9 * 24 * time.Hour)
		for what, in := range map[string]Entered{
			"replaced": entered(old), "revoked": entered(replaced), "used": entered(used), "removed": entered(out), "lease over": entered(over),
			"never made": {Code: newSecret().Typed, Visit: visitor}, "no code": {Code: "KX7M", Visit: visitor}, "no link": {Link: "x", Visit: visitor},
			"the twin's": {Link: "twin-link", Visit: visitor},
		} {
			e.later(time.Hour) // slow answers are another test's
			_, err := e.StartRegistration(t.Context(), e.anon, Start{Entered: in, Email: "x@post.example", Password: secret, Lang: "de"})
			e.want(what, err, "access.code.unknown")
		}
		if n := len(e.mails("x@post.example")); n != 0 {
			t.Errorf("%d mails after refused codes", n)
		}
	})
}

func TestT6_WrongCodesSlowDownButLockNoCode(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		p, l := e.add(dweller{})
		sec := e.code(p, l)
		slow := 0
		for range 40 {
			_, err := e.StartRegistration(t.Context(), e.anon, Start{Entered: Entered{Code: newSecret().Typed, Visit: visitor}, Email: "x@post.example", Password: secret})
			if strings.HasPrefix(key(err), "too many") {
				slow++
			}
		}
		if slow < 20 {
			t.Fatalf("40 wrong codes in one second, %d were told to wait", slow)
		}
		elsewhere := Entered{Code: sec.Typed, Visit: Visit{IP: ip("198.51.100.4")}}
		if _, err := e.StartRegistration(t.Context(), e.anon, Start{Entered: elsewhere, Email: marlene, Password: secret}); err != nil {
			t.Fatalf("the right code from another network: %v", err)
		}
	})
}

func TestT7_AnExpiredCodeSaysSoAndSendsOnlyToTheAddressOnFile(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		p, l := e.add(dweller{})
		sec := e.code(p, l) // 12 November + 60 days: the whole of 11 January still counts
		e.clock = time.Date(2027, 1, 11, 22, 59, 59, 999_999_000, time.UTC)
		if err := e.LookAtLink(t.Context(), e.anon, Entered{Link: sec.Link, Visit: visitor}); err != nil {
			t.Fatalf("in the last microsecond of the last day: %v", err)
		}
		e.later(time.Microsecond)
		start := Start{Entered: entered(sec), Email: "thief@post.example", Password: secret, Lang: "de"}
		_, err := e.StartRegistration(t.Context(), e.anon, start)
		e.want("at midnight", err, "access.code.expired")
		if got := e.state(p); got != Expired {
			t.Fatalf("state %s", got)
		}
		r, err := e.MyCodeExpired(t.Context(), e.anon, Entered{Link: sec.Link, Visit: visitor})
		if err != nil || r != (Replacement{Channel: ByLetter}) {
			t.Fatalf("%+v %v", r, err)
		}
		if got := e.state(p); got != Requested {
			t.Fatalf("after asking: %s", got)
		}
		r, err = e.MyCodeExpired(t.Context(), e.anon, entered(sec))
		if err != nil || !r.Already {
			t.Fatalf("asking again: %+v %v", r, err)
		}
		today, err := e.Today(t.Context(), e.clerk)
		if err != nil || len(today.Asked) != 1 || today.Asked[0].PersonID != p {
			t.Fatalf("Heute: %+v %v", today.Asked, err)
		}
		if len(e.outbox.Messages()) != 0 {
			t.Fatal("a mail left for somebody without consent")
		}
		_, err = e.MyCodeExpired(t.Context(), e.anon, Entered{Code: newSecret().Typed, Visit: visitor})
		e.want("a code that never was", err, "access.code.unknown")
	})
}

func TestW8_WithConsentTheNewCodeComesByMailToThatAddress(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		p, l := e.add(dweller{})
		sec := e.code(p, l)
		if err := e.RecordConsent(t.Context(), e.clerk, p, marlene, ConsentGiven{On: "2026-11-01", Wording: "Formular"}); err != nil {
			t.Fatal(err)
		}
		e.later(70 * 24 * time.Hour)
		r, err := e.MyCodeExpired(t.Context(), e.anon, entered(sec))
		if err != nil || r.Channel != ByEmail || e.state(p) != Pending {
			t.Fatalf("%+v %v", r, err)
		}
		e.drain()
		link := Entered{Link: e.link(marlene), Visit: visitor}
		if err := e.LookAtLink(t.Context(), e.anon, link); err != nil {
			t.Fatal(err)
		}
		e.settings(`"reissue_channel":"post_only"`, true) // X5
		e.later(8 * 24 * time.Hour)
		r, err = e.MyCodeExpired(t.Context(), e.anon, link)
		if err != nil || r.Channel != ByLetter {
			t.Fatalf("by post only: %+v %v", r, err)
		}
	})
}

// T6: looking at a link is not counted, but who has tried too many codes does
// not look at links either.
func TestT6_WhoWaitsMayNotLookEither(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		p, l := e.add(dweller{})
		sec := e.code(p, l)
		look := func() error {
			return e.LookAtLink(t.Context(), e.anon, Entered{Link: sec.Link, Visit: visitor})
		}
		for range 3 * perGuess.free {
			e.want("a wrong link", e.LookAtLink(t.Context(), e.anon, Entered{Link: newSecret().Link, Visit: visitor}), "access.code.unknown")
		}
		if err := look(); err != nil {
			t.Errorf("after many wrong links: %v", err)
		}
		for range perGuess.free {
			if _, err := e.MyCodeExpired(t.Context(), e.anon, Entered{Code: newSecret().Typed, Visit: visitor}); err == nil {
				t.Fatal("a wrong code was taken")
			}
		}
		if err := look(); !waiting(err) {
			t.Errorf("after many wrong codes: %v", err)
		}
	})
}

func TestT10_OpeningLinksUsesNothingUp(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		p, l := e.add(dweller{})
		sec := e.code(p, l)
		for range 20 {
			if err := e.LookAtLink(t.Context(), e.anon, Entered{Link: sec.Link, Visit: visitor}); err != nil {
				t.Fatal(err)
			}
		}
		browser := e.begin(sec, marlene)
		link := e.link(marlene)
		e.later(60*time.Minute - time.Microsecond)
		here, err := e.ConfirmByLink(t.Context(), e.anon, link, browser)
		if err != nil || !here {
			t.Fatalf("just before 60 minutes: %v %v", here, err)
		}
		again := e.begin(sec, "late@post.example")
		late := e.link("late@post.example")
		e.later(60 * time.Minute)
		_, err = e.ConfirmByLink(t.Context(), e.anon, late, again)
		e.want("after 60 minutes", err, "gone")
		e.want("its number", e.ConfirmByPIN(t.Context(), e.anon, again, e.pin("late@post.example")), "gone")
	})
}

func TestALinkOpenedElsewhereGoesOnWithThePasswordOnly(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		p, l := e.add(dweller{})
		browser := e.begin(e.code(p, l), marlene)
		link := e.link(marlene)
		here, err := e.ConfirmByLink(t.Context(), e.anon, link, "")
		if err != nil || here {
			t.Fatalf("%v %v", here, err)
		}
		_, err = e.Continue(t.Context(), e.anon, link, another)
		e.want("a stranger's guess", err, "access.registration.password_wrong")
		other, err := e.Continue(t.Context(), e.anon, link, secret)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = e.Registration(t.Context(), e.anon, browser); key(err) != "gone" {
			t.Fatalf("the first browser still goes on: %v", err)
		}
		if _, err := e.Accept(t.Context(), e.anon, other, false, visitor); err != nil {
			t.Fatal(err)
		}
	})
}

func TestFiveWrongNumbersNeedANewMail(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		p, l := e.add(dweller{})
		browser := e.begin(e.code(p, l), marlene)
		right := e.pin(marlene)
		wrong := "000000"
		if right == wrong {
			wrong = "000001"
		}
		for i := range 5 {
			want := "access.registration.pin_wrong"
			if i == 4 {
				want = "access.registration.pin_spent"
			}
			e.want("wrong number", e.ConfirmByPIN(t.Context(), e.anon, browser, wrong), want)
		}
		e.want("the right one, too late", e.ConfirmByPIN(t.Context(), e.anon, browser, right), "access.registration.pin_spent")
		if err := e.SendAgain(t.Context(), e.anon, browser); err != nil {
			t.Fatal(err)
		}
		e.drain()
		if e.pin(marlene) != right {
			e.want("the old number", e.ConfirmByPIN(t.Context(), e.anon, browser, right), "access.registration.pin_wrong")
		}
		if err := e.ConfirmByPIN(t.Context(), e.anon, browser, e.pin(marlene)); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			e.want("after confirming", e.SendAgain(t.Context(), e.anon, browser), "access.registration.confirmed_already")
		}
	})
}

func TestT27_ConfirmationsToOneAddressAreFew(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		p, l := e.add(dweller{})
		sec := e.code(p, l)
		for range 20 {
			_, _ = e.StartRegistration(t.Context(), e.anon, Start{Entered: entered(sec), Email: "victim@post.example", Password: secret})
		}
		e.drain()
		if n := len(e.mails("victim@post.example")); n != mailsPerHour {
			t.Fatalf("%d mails in an hour", n)
		}
	})
}
