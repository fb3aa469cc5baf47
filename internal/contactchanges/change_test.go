package contactchanges

import (
	"errors"
	"slices"
	"testing"
	"time"

	"foyer/internal/access"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/portfolio"
)

// A11, A13: a change is asked for under Kontaktdaten, waits for the
// organisation's own system and shows its promised day; the imported fields are
// never written.
func TestA11_A13_AChangeWaitsForTheERP(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		by, _, wish := w.marlene()
		wish.Mobile, wish.Phone = "0171 39200 63", "030 23125 877"
		wish.Post, wish.PostOn = portfolio.PostAddress{Street: "Via Esempio 4", Postcode: "39100", City: "Bozen", Country: "IT"}, "2026-12-01"
		w.asks(by, wish)
		m, err := w.Mine(t.Context(), by, "person1")
		w.must(err)
		if len(m.Open) != 3 || m.Mobile != "0171 39200 14" || m.Phone != "" || m.Post.Street != "" {
			t.Fatalf("%+v", m)
		}
		for _, c := range m.Open {
			if c.State != Requested || c.DueOn != "2026-11-18" || !c.Verified() {
				t.Errorf("%+v", c)
			}
		}
		_, listed := w.holds()
		q, err := w.Queue(t.Context(), w.manager(), Waits, 1)
		w.must(err)
		if q.All != 3 || q.Fresh != 3 || len(q.Rows) != 3 || q.Rows[0].Name != "Marlene Brandt" {
			t.Fatalf("%+v", q)
		}
		var ids []string
		for _, r := range q.Rows {
			ids = append(ids, r.ID)
		}
		out, err := w.Confirm(t.Context(), w.manager(), ids)
		w.must(err)
		now, after := w.holds()
		if out.Confirmed != 3 || now[portfolio.ContactMobile] != "0171 39200 63" || now[portfolio.ContactPhone] != "030 23125 877" || now[portfolio.ContactPost] != "" {
			t.Errorf("%+v, %v", out, now)
		}
		if after != listed {
			t.Errorf("an imported field was written: %+v", after)
		}
		w.later(20 * 24 * time.Hour)
		if now, _ := w.holds(); portfolio.ParsePost(now[portfolio.ContactPost]).City != "Bozen" {
			t.Errorf("the postal address does not hold from its day on: %v", now)
		}
		w.write(func(tx *store.Tx) error {
			o, err := orgs.Load(tx)
			if err != nil {
				return err
			}
			r, err := w.Access.Readers(tx, o, w.now(), []string{"person1"})
			if err != nil || len(r) != 1 || !slices.Contains(r[0].Lines, "39100 Bozen") {
				t.Errorf("letters go to %+v, %v", r, err)
			}
			return nil
		})
		// The list follows: it says the same, then something newer.
		w.listSays(func(p *portfolio.Person) { p.Phone = "0171 39200 63" })
		w.listSays(func(p *portfolio.Person) { p.Phone = "0171 555" })
		if now, _ := w.holds(); now[portfolio.ContactMobile] != "0171 555" {
			t.Errorf("a newer list does not win: %v", now)
		}
		w.drain()
		w.clean()
	})
}

// A12: the e-mail address is the user name. Sign-in stays on the old one until
// the new one is effective; then the login changes, other sessions end and both
// addresses are told.
func TestA12_TheLoginMovesWithTheAddress(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		_, elsewhere := w.mustSignIn(oldAddress, password)
		_, asked := w.asksForAddress()
		if got := len(w.mails(oldAddress)); got == 0 {
			t.Error("the old address was not told at once")
		}
		if _, err := w.LookAtLink(t.Context(), w.anon, w.token(newAddress, VerifyPath)); err != nil {
			t.Fatal(err)
		}
		if w.last().Verified() {
			t.Fatal("looking at the link confirms it")
		}
		p := w.proves()
		if p.AtOnce || p.DueOn != "2026-11-18" || w.login() != oldAddress {
			t.Errorf("%+v, login %s", p, w.login())
		}
		if _, _, err := w.signIn(newAddress, password); err == nil {
			t.Error("the new address signs in before it is effective")
		}
		_, _ = w.mustSignIn(oldAddress, password)
		w.confirmsLast()
		if w.login() != newAddress {
			t.Fatal("the login did not move")
		}
		if _, _, err := w.signIn(oldAddress, password); err == nil {
			t.Error("the old address still signs in")
		}
		w.mustSignIn(newAddress, password)
		for token, want := range map[string]bool{elsewhere.Token: false, asked.Token: true} {
			_, _, err := w.Access.Authenticate(t.Context(), storetest.Org, access.ResidentSite, token)
			if (err == nil) != want {
				t.Errorf("a session after the login moved: %v", err)
			}
		}
		for address, subject := range map[string]string{oldAddress: "Ihre Anmeldung hat eine neue E-Mail-Adresse", newAddress: "Ihre neue E-Mail-Adresse gilt"} {
			if got := w.mails(address)[0].Subject; got != subject {
				t.Errorf("%s was told %q", address, got)
			}
		}
		if _, p := w.holds(); p.Email != oldAddress {
			t.Error("the imported address was written")
		}
		w.clean()
	})
}

// X1: the three rules, and that a change is seen by both sides in each state.
func TestX1_TheRuleOfTheOrganisation(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.mode(orgs.ChangeLocked)
		by, in, wish := w.marlene()
		wish.Email = newAddress
		var conflict *fault.Conflict
		if _, err := w.Request(t.Context(), by, wish); !errors.As(err, &conflict) || conflict.Key != "contactchanges.locked" {
			t.Errorf("locked: %v", err)
		}
		w.mode(orgs.ChangeAtOnce)
		wish.Mobile = "0171 1234567"
		w.asks(by, wish)
		if now, _ := w.holds(); now[portfolio.ContactMobile] != "0171 1234567" || w.login() != oldAddress {
			t.Errorf("at once: %v, login %s", now, w.login())
		}
		if p := w.proves(); !p.AtOnce || w.login() != newAddress {
			t.Errorf("the login does not move once the mailbox is proved: %+v", p)
		}
		// Staff still have to carry both over.
		if v, err := w.Waiting(t.Context(), w.manager()); err != nil || v.All != 2 {
			t.Errorf("%+v, %v", v, err)
		}
		w.listSays(func(p *portfolio.Person) { p.Email, p.Phone = newAddress, "+49 171 1234567" })
		if v, _ := w.Waiting(t.Context(), w.manager()); v.All != 0 {
			t.Errorf("the list has them: %+v", v)
		}
		w.mode(orgs.ChangeByERP)
		wish = w.wish(in)
		wish.Email, wish.Mobile = newAddress, "0171 99999"
		w.asks(by, wish)
		w.isState(Requested, "")
		file, err := w.Export(t.Context(), w.manager(), true)
		if err != nil || file.Len() != 1 {
			t.Fatalf("%d, %v", file.Len(), err)
		}
		w.isState(Exported, "")
		w.must(w.Reject(t.Context(), w.manager(), w.last().ID, "Die Nummer ist unvollständig."))
		m, err := w.Mine(t.Context(), by, "person1")
		if err != nil || len(m.Open) != 0 || m.Recent[0].State != Rejected || m.Recent[0].Reason != "Die Nummer ist unvollständig." {
			t.Errorf("%+v, %v", m, err)
		}
		w.asks(by, Wish{Person: "person1", Session: in.Session.ID, AuthAt: w.now(), Email: newAddress, Mobile: "0171 88888"})
		w.must(w.Withdraw(t.Context(), by, w.last().ID))
		w.isState(Withdrawn, whyResident)
		w.drain()
		w.clean()
	})
}

// E19: with a locked address the way is to take the access back, to correct the
// list and to invite again; nothing else changes the login.
func TestE19_ALockedAddressChangesByUnenrolling(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.mode(orgs.ChangeLocked)
		w.listSays(func(p *portfolio.Person) { p.Email = newAddress })
		if w.login() != oldAddress {
			t.Fatal("a list moves the login")
		}
		clerk := actor.NewStaff(storetest.Org, "a", "s", "Jette Petersen", actor.Clerk, false, nil)
		w.must(w.Access.Revoke(t.Context(), clerk, "person1"))
		if w.login() != "" {
			t.Error("the login is still open")
		}
		w.must(w.Access.Invite(t.Context(), clerk, access.ByMail{PersonID: "person1", Address: newAddress, Consent: &access.ConsentGiven{On: "2026-11-01", Wording: "am Telefon"}}))
		w.drain()
		if w.token(newAddress, "/r/") == "" {
			t.Error("no invitation")
		}
	})
}

func TestX1_TheFormSaysWhatIsWrong(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t).DB)
	by, _, wish := w.marlene()
	wish.Email, wish.Mobile, wish.Post, wish.PostOn = "keine", "anrufen", portfolio.PostAddress{City: "Bozen", Country: "XX"}, "bald"
	_, err := w.Request(t.Context(), by, wish)
	bad := fault.AsInvalid(err)
	if bad == nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, f := range bad.Fields {
		got[f.Name] = true
	}
	for _, f := range []string{"email", "mobile", "post_street", "post_postcode", "post_country", "post_on"} {
		if !got[f] {
			t.Errorf("no complaint about %s", f)
		}
	}
	if n, err := w.Check(t.Context(), by, w.wish(access.SignedIn{})); n != 0 || err != nil {
		t.Errorf("an unchanged form makes %d changes, %v", n, err)
	}
}

// A form that is sent twice makes one change; a newer wish replaces the older.
func TestA11_SentTwiceIsOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		by, _, wish := w.marlene()
		wish.Email = newAddress
		w.asks(by, wish)
		w.asks(by, wish)
		if n := len(w.mails(newAddress)); n != 1 {
			t.Errorf("%d mails", n)
		}
		first := w.last().ID
		wish.Key, wish.Email = "other", "third@mail.example"
		w.asks(by, wish)
		m, err := w.Mine(t.Context(), by, "person1")
		if err != nil || len(m.Open) != 1 || m.Open[0].ID == first {
			t.Errorf("%+v, %v", m.Open, err)
		}
	})
}
