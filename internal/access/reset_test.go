package access

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

// ask requests a link and has its mail sent.
func (w *world) ask(site Site, address string) {
	w.t.Helper()
	if err := w.RequestReset(w.t.Context(), w.anon, site, ResetRequest{Email: address, IP: ip("192.0.2.9")}); err != nil {
		w.t.Fatal(err)
	}
	w.drain()
}

func (w *world) reset(token, password string) error {
	_, err := w.Reset(w.t.Context(), w.anon, ResidentSite, token, password)
	return err
}

// H1: the link works for sixty minutes, to the microsecond, and is rejected
// afterwards.
func TestH1_ResetLinkLivesSixtyMinutes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.resident(jette, secret)
		for _, c := range []struct {
			age   time.Duration
			works bool
		}{{0, true}, {time.Hour - time.Millisecond, true}, {time.Hour - time.Microsecond, true}, {time.Hour, false}, {time.Hour + time.Second, false}, {90 * 24 * time.Hour, false}} {
			w.ask(ResidentSite, jette)
			token := w.token(jette)
			w.later(c.age)
			until, err := w.LookAtReset(t.Context(), w.anon, ResidentSite, token)
			if c.works != (err == nil) || !c.works && !errors.Is(err, fault.ErrGone) {
				t.Errorf("look after %v: %v", c.age, err)
			}
			if want := w.now().Add(time.Hour - c.age); c.works && !until.Equal(want) {
				t.Errorf("until %v, want %v", until, want)
			}
			err = w.reset(token, another)
			if c.works != (err == nil) || !c.works && !errors.Is(err, fault.ErrGone) {
				t.Errorf("use after %v: %v", c.age, err)
			}
			w.later(time.Hour)
		}
	})
}

// H1, T10: looking at a link uses nothing up, using it does, once.
func TestH1_LookingIsNotUsing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.resident(jette, secret)
		w.ask(ResidentSite, jette)
		token := w.token(jette)
		for range 40 {
			if _, err := w.LookAtReset(t.Context(), w.anon, ResidentSite, token); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.reset(token, "kurz"); fault.AsInvalid(err) == nil {
			t.Errorf("short password: %v", err)
		}
		if err := w.reset(token, "Jette-Holm-2026"); fault.AsInvalid(err) == nil {
			t.Errorf("own name: %v", err)
		}
		if err := w.reset(token, another); err != nil {
			t.Fatal(err)
		}
		if err := w.reset(token, secret); !errors.Is(err, fault.ErrGone) {
			t.Errorf("second use: %v", err)
		}
		for _, bad := range []string{"", "x", token[:21], token + "x", strings.ToUpper(token)} {
			if _, err := w.LookAtReset(t.Context(), w.anon, ResidentSite, bad); !errors.Is(err, fault.ErrGone) {
				t.Errorf("%q: %v", bad, err)
			}
		}
		if _, err := w.LookAtReset(t.Context(), actor.NewAnonymous(storetest.Twin), ResidentSite, token); !errors.Is(err, fault.ErrGone) {
			t.Errorf("in another organisation: %v", err)
		}
	})
}

// H2: a new link at any time; it voids the old one.
func TestH2_NewLinkVoidsTheOldOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.resident(jette, secret)
		w.ask(ResidentSite, jette)
		first := w.token(jette)
		w.later(time.Minute)
		w.ask(ResidentSite, jette)
		second := w.token(jette)
		if first == second {
			t.Fatal("the same token twice")
		}
		if err := w.reset(first, another); !errors.Is(err, fault.ErrGone) {
			t.Errorf("the old link: %v", err)
		}
		if err := w.reset(second, another); err != nil {
			t.Errorf("the new link: %v", err)
		}
		m := w.mails(jette)
		for _, part := range []string{"60 Minuten", "https://a.example/passwort-neu/"} {
			if !strings.Contains(m[1].Text, part) || !strings.Contains(m[1].HTML, part) {
				t.Errorf("the mail lacks %q:\n%s", part, m[1].Text)
			}
		}
		for _, mail := range m {
			mustBeClean(t, mail)
		}
	})
}

// T13, T16: after a reset nothing lives on that the old password had opened.
func TestT13_ResetEndsSessionsAndLinks(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.resident(jette, secret)
		in := w.mustSignIn(ResidentSite, jette, secret)
		w.ask(ResidentSite, jette)
		token := w.token(jette)
		if err := w.reset(token, another); err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.who(ResidentSite, in.Token); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("old session: %v", err)
		}
		if _, err := w.signIn(ResidentSite, jette, secret); !failedNeutrally(err) {
			t.Errorf("old password: %v", err)
		}
		w.drain()
		if m := w.mails(jette); m[0].Subject != "Ihr Passwort wurde geändert" || strings.Contains(m[0].Text, "passwort-neu") {
			t.Errorf("no notice, or one with a link: %s", m[0].Subject)
		}
		w.mustSignIn(ResidentSite, jette, another)
	})
}

// T9, T27: only the stored address is written to, at most five times an hour,
// however the request is spelt and however often it comes.
func TestT9_ResetGoesToTheStoredAddressOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.resident("kai@post.example", secret)
		w.resident("mass@post.example", secret)
		ask := func(address string, n int) error {
			return w.RequestReset(t.Context(), w.anon, ResidentSite, ResetRequest{Email: address, IP: ip(fmt.Sprintf("198.51.100.%d", n%250))})
		}
		n := 0
		for _, who := range []string{"kai@post.example", "mass@post.example"} {
			local, domain, _ := strings.Cut(who, "@")
			for _, hostile := range []string{
				"\u212Aai@" + domain, "ma\u017F\u017F@" + domain, "maß@" + domain, local + "@evil.example", who + ",evil@evil.example", who + ";evil@evil.example", who + " evil@evil.example",
				who + "\r\nBcc: evil@evil.example", who + "\nevil@evil.example", who + "%0aevil@evil.example", "evil@evil.example," + who, "<" + who + ">", "Kai <" + who + ">",
				who + "\x00", "\"" + local + "\"@" + domain, local + "(x)@" + domain, who + ".", local + "\u200b@" + domain, local + "@" + domain + ".evil.example", "." + who,
			} {
				n++
				ask(hostile, n) //nolint // refused or accepted, both are fine: the mails count
				w.drain()
			}
		}
		if got := len(w.outbox.Messages()); got != 0 {
			t.Errorf("%d mails for hostile spellings", got)
		}
		for range 200 {
			n++
			if err := ask(strings.ToUpper("kai")+"@POST.example", n); err != nil {
				t.Fatal(err)
			}
			w.drain()
			w.later(10 * time.Second)
		}
		if got := len(w.mails("kai@post.example")); got != resetsPerHour || len(w.outbox.Messages()) != got {
			t.Errorf("%d mails in half an hour", got)
		}
		w.later(time.Hour)
		w.ask(ResidentSite, "kai@post.example")
		if got := len(w.mails("kai@post.example")); got != resetsPerHour+1 {
			t.Errorf("%d mails, want one more an hour later", got)
		}
	})
}

// T43: an account that staff have shut cannot be brought back by its mailbox,
// neither by the link that is there nor by a new one.
func TestT43_ShutAccountsGetNoLink(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		account, _ := w.resident(jette, secret)
		in := w.mustSignIn(ResidentSite, jette, secret)
		w.drain()
		before := len(w.outbox.Messages())
		w.ask(ResidentSite, jette)
		token := w.token(jette)
		w.write(func(tx *store.Tx) error { return shut(tx, w.now(), account) })
		if err := w.reset(token, another); !errors.Is(err, fault.ErrGone) {
			t.Errorf("link of a shut account: %v", err)
		}
		if _, _, err := w.who(ResidentSite, in.Token); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("session of a shut account: %v", err)
		}
		w.ask(ResidentSite, jette)
		if n := len(w.outbox.Messages()); n != before+1 {
			t.Errorf("%d mails more", n-before)
		}
	})
}

// T10: one link, many hands, one winner.
func TestT10_ParallelResetsHaveOneWinner(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.resident(jette, secret)
		w.ask(ResidentSite, jette)
		token := w.token(jette)
		var wins, lost atomic.Int64
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				switch err := w.reset(token, fmt.Sprintf("%s-%d", another, i)); {
				case err == nil:
					wins.Add(1)
				case errors.Is(err, fault.ErrGone):
					lost.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if wins.Load() != 1 || lost.Load() != 19 {
			t.Errorf("%d won, %d lost", wins.Load(), lost.Load())
		}
	})
}

// A second click leads where the first did; it changes nothing, and nobody
// learns by a used link what the password is.
func TestH1_T10_ASecondClickOnALinkIsNoError(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.resident(jette, secret)
		if _, err := w.InviteStaff(t.Context(), operator(), orgs.NewStaff{Email: "mia@a.example", StaffChange: orgs.StaffChange{Name: "Mia", Role: actor.Clerk}}); err != nil {
			t.Fatal(err)
		}
		w.ask(ResidentSite, jette)
		link, invitation := w.token(jette), w.token("mia@a.example")
		uses := map[string]func(token, password string) (string, error){
			link: func(token, password string) (string, error) {
				return w.Reset(t.Context(), w.anon, ResidentSite, token, password)
			},
			invitation: func(token, password string) (string, error) {
				return w.AcceptInvitation(t.Context(), w.anon, token, password)
			},
		}
		for token, use := range uses {
			if known, err := use(token, another); err != nil || known == "" {
				t.Fatalf("%q %v", known, err)
			}
			w.drain()
			sent := len(w.outbox.Messages())
			for range 3 {
				if known, err := use(token, another); err != nil || known != "" {
					t.Errorf("a second click: %q, %v", known, err)
				}
			}
			w.drain()
			if len(w.outbox.Messages()) != sent {
				t.Error("a second click is told to the owner")
			}
			for range 30 {
				if known, err := use(token, secret); !errors.Is(err, fault.ErrGone) || known != "" {
					t.Errorf("another password: %q %v", known, err)
				}
			}
			if _, err := use(token, another); !errors.Is(err, fault.ErrGone) {
				t.Errorf("after 30 guesses: %v", err)
			}
			if _, err := use(token[:21]+"x", another); !errors.Is(err, fault.ErrGone) {
				t.Errorf("an unknown link: %v", err)
			}
		}
		if _, err := w.Reset(t.Context(), w.anon, StaffSite, link, another); !errors.Is(err, fault.ErrGone) {
			t.Errorf("on the other site: %v", err)
		}
		w.mustSignIn(ResidentSite, jette, another)
		w.mustSignIn(StaffSite, "mia@a.example", another)
		w.later(againTime)
		for token, use := range uses {
			if _, err := use(token, another); !errors.Is(err, fault.ErrGone) {
				t.Errorf("two minutes later: %v", err)
			}
		}
	})
}

// The mail of an English-speaking account, from an organisation with its own
// sender, in its own words and place.
func TestMailsFollowTheOrganisation(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		account, _ := w.resident(jette, secret)
		in := w.mustSignIn(ResidentSite, jette, secret)
		by, _ := w.mustBe(ResidentSite, in.Token)
		if err := w.orgs.Change(t.Context(), operator(), func(e *orgs.Edit) {
			e.Settings.Phone, e.Settings.Hours, e.Settings.SenderName = "030 23125 100", "Mo–Fr 8–16 Uhr", "Lindhof Portal"
			e.Settings.Email, e.Settings.ImprintURL = "post@lindhof.example", "https://lindhof.example/impressum"
		}); err != nil {
			t.Fatal(err)
		}
		if err := w.SetLanguage(t.Context(), by, "en"); err != nil {
			t.Fatal(err)
		}
		if err := w.SetLanguage(t.Context(), by, "xx"); fault.AsInvalid(err) == nil {
			t.Errorf("unknown language: %v", err)
		}
		w.ask(ResidentSite, jette)
		m := w.mails(jette)[0]
		if m.Subject != "A new password for your access" || m.From.Name != "Lindhof Portal" || m.From.Addr != "portal@foyer.example" || m.ReplyTo == nil || m.ReplyTo.Addr != "post@lindhof.example" {
			t.Errorf("%+v %+v %+v", m.Subject, m.From, m.ReplyTo)
		}
		for _, part := range []string{"Lindhof Hausverwaltung", "030 23125 100, Mo–Fr 8–16 Uhr", "https://lindhof.example/impressum", "60 minutes"} {
			if !strings.Contains(m.Text, part) {
				t.Errorf("no %q in\n%s", part, m.Text)
			}
		}
		if info, err := w.MyAccount(t.Context(), by); err != nil || info.Lang != "en" || info.Email != jette || info.ID != account {
			t.Errorf("%+v %v", info, err)
		}
		mustBeClean(t, m)
	})
}
