package contactchanges

import (
	"errors"
	"net/netip"
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

// The five ways of "Pre-hijacked accounts" (Sudhodanan, Paverd, USENIX Security
// 2022), each as far as an attacker comes here. There is no sign-in by another
// service; where the paper has one, the source of an address that proves nothing
// is the code of another person or the resident list.

const attacker = "mallory@evil.example"

var visit = access.Visit{IP: netip.MustParseAddr("192.0.2.66"), UserAgent: "Mozilla/5.0"}

// resets sets a new password by the mailbox of the user name.
func (w *world) resets(address string) {
	w.t.Helper()
	w.later(2 * time.Hour)
	w.must(w.Access.RequestReset(w.t.Context(), w.anon, access.ResidentSite, access.ResetRequest{Email: address, IP: netip.MustParseAddr("192.0.2.9")}))
	w.drain()
	_, err := w.Access.Reset(w.t.Context(), w.anon, access.ResidentSite, w.token(address, access.ResetPath), another)
	w.must(err)
	w.drain()
}

// keepsOut fails when the attacker has any way in: the old password, the own
// address, a session, a reset link to the own mailbox.
func (w *world) keepsOut(sessions ...string) {
	w.t.Helper()
	for _, address := range []string{oldAddress, newAddress, attacker} {
		if _, _, err := w.signIn(address, password); err == nil {
			w.t.Errorf("the attacker signs in as %s", address)
		}
	}
	if _, _, err := w.signIn(attacker, another); err == nil {
		w.t.Error("the attacker's address is a way in")
	}
	for _, token := range sessions {
		if _, _, err := w.Access.Authenticate(w.t.Context(), storetest.Org, access.ResidentSite, token); err == nil {
			w.t.Error("a session of the attacker is alive")
		}
	}
	before := len(w.mails(attacker))
	w.must(w.Access.RequestReset(w.t.Context(), w.anon, access.ResidentSite, access.ResetRequest{Email: attacker, IP: netip.MustParseAddr("192.0.2.66")}))
	w.drain()
	if len(w.mails(attacker)) != before {
		w.t.Error("the attacker gets a reset link")
	}
	if w.login() != oldAddress {
		w.t.Errorf("the login is %q", w.login())
	}
}

// 1. Classic-federated merge: an account that the attacker began under the
// victim's address becomes one with the victim's own. Here: the attacker, who has
// a code of his own, registers with the victim's address and a password of his.
func TestT13_ARegistrationUnderAForeignAddressIsNeverMerged(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		op := actor.NewOperator(storetest.Org)
		w.must(w.Access.Revoke(t.Context(), op, "person1"))
		w.must(w.Access.Revoke(t.Context(), op, "person2"))
		w.later(time.Minute)
		mallory, _, err := w.Access.CodeInHand(t.Context(), op, "person1")
		w.must(err)
		reg, err := w.Access.StartRegistration(t.Context(), w.anon, access.Start{Entered: access.Entered{Code: mallory, Visit: visit}, Email: "victim@post.example", Password: password})
		w.must(err)
		w.drain()
		// The victim, who reads that mailbox, does not confirm what she did not begin.
		if _, _, err := w.signIn("victim@post.example", password); err == nil {
			t.Error("an unconfirmed registration signs in")
		}
		if _, err := w.Access.Accept(t.Context(), w.anon, reg, false, visit); err == nil {
			t.Error("the attacker completes the registration without the mailbox")
		}
	})
}

// 2. Unexpired session: the attacker stays signed in while the victim recovers
// the account.
func TestT13_NoSessionSurvivesARecovery(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		_, one := w.mustSignIn(oldAddress, password)
		_, two := w.mustSignIn(oldAddress, password)
		w.resets(oldAddress)
		w.keepsOut(one.Token, two.Token)
		w.mustSignIn(oldAddress, another)
	})
}

// 3. Trojan identifier: the attacker adds something of his own to the account by
// which he comes back. Here: his address as the next login, his number, his
// postal address.
func TestT13_NothingAddedBeforeARecoveryRemains(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		by, in, wish := w.marlene()
		wish.Email, wish.Phone = attacker, "0666 666666"
		wish.Post = portfolio.PostAddress{Street: "Postfach 66", Postcode: "10115", City: "Berlin"}
		w.asks(by, wish)
		_, err := w.ConfirmLink(t.Context(), w.anon, w.token(attacker, VerifyPath))
		w.must(err)
		open, err := w.Queue(t.Context(), w.manager(), Waits, 1)
		w.must(err)
		w.resets(oldAddress)
		var ids []string
		for _, r := range open.Rows {
			ids = append(ids, r.ID)
		}
		out, err := w.Confirm(t.Context(), w.manager(), ids)
		if err != nil || out.Confirmed != 0 || out.Left != 3 {
			t.Errorf("%+v, %v", out, err)
		}
		w.listSays(func(p *portfolio.Person) { p.Email, p.Phone = attacker, "0666 666666" })
		if now, _ := w.holds(); now[portfolio.ContactPost] != "" {
			t.Error("the attacker's postal address holds")
		}
		w.keepsOut(in.Token)
	})
}

// 4. Unexpired e-mail change: the attacker begins a change to his own address and
// completes it after the victim has recovered the account.
func TestT13_AnEmailChangeDoesNotOutliveARecovery(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for name, recover := range map[string]func(w *world){
			"password forgotten": func(w *world) { w.resets(oldAddress) },
			"password changed": func(w *world) {
				by, in := w.mustSignIn(oldAddress, password)
				_, err := w.Access.ChangePassword(w.t.Context(), by, in.Session.ID, password, another)
				w.must(err)
			},
		} {
			t.Run(name, func(t *testing.T) {
				w := newWorld(t, storetest.SQLite(t).DB)
				by, in, wish := w.marlene()
				wish.Email = attacker
				w.asks(by, wish)
				link := w.token(attacker, VerifyPath)
				recover(w)
				w.isState(Withdrawn, whyPassword)
				for _, try := range []func() error{
					func() error { _, err := w.LookAtLink(t.Context(), w.anon, link); return err },
					func() error { _, err := w.ConfirmLink(t.Context(), w.anon, link); return err },
				} {
					if err := try(); !errors.Is(err, fault.ErrGone) {
						t.Errorf("the link works: %v", err)
					}
				}
				if err := w.Resend(t.Context(), by, w.last().ID); err == nil {
					t.Error("a new link is sent")
				}
				w.keepsOut(in.Token)
			})
		}
	})
}

// 5. Non-verifying identity provider: an address comes from a source that has not
// proved it. Here: the resident list, and a change that nobody has proved.
func TestT13_AnAddressThatNobodyProvedIsNoLogin(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		by, _, wish := w.marlene()
		wish.Email = attacker
		w.asks(by, wish)
		w.listSays(func(p *portfolio.Person) { p.Email = attacker })
		if _, err := w.Confirm(t.Context(), w.manager(), []string{w.last().ID}); err == nil {
			t.Error("staff confirm an address that nobody has proved")
		}
		if w.login() != oldAddress {
			t.Error("an unproved address became the login")
		}
		w.mode(orgs.ChangeAtOnce)
		w.sweeps()
		if w.login() != oldAddress {
			t.Error("an unproved address became the login")
		}
		w.later(61 * time.Minute)
		w.sweeps()
		w.isState(TimedOut, whyLink)
		if _, _, err := w.signIn(attacker, password); err == nil {
			t.Error("the attacker's address signs in")
		}
	})
}

// What else ends a change that waits: the access is revoked or reset, the lease
// ends, the old mailbox says no.
func TestT13_APendingChangeDiesWithWhatItStoodOn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		op := actor.NewOperator(storetest.Org)
		for name, c := range map[string]struct {
			cut  func(w *world)
			why  string
			swap bool // found by the job or at the next step, not at once
		}{
			"revoked": {func(w *world) { w.must(w.Access.Revoke(t.Context(), op, "person1")) }, whyAccess, false},
			"reset": {func(w *world) {
				w.write(func(tx *store.Tx) error { return w.cut(tx, w.now(), op, access.Cut{Account: "account1"}) })
			}, whyAccess, false},
			"lease over": {func(w *world) {
				w.write(func(tx *store.Tx) error {
					return portfolio.PutLeases(tx, w.now(), []portfolio.Lease{{ID: "l1", UnitID: "u1", Kind: portfolio.Rental, StartsOn: "2020-01-01", EndsOn: "2026-11-11", Currency: "EUR"}})
				})
			}, whyAccess, true},
			"taken out of the lease": {func(w *world) {
				w.write(func(tx *store.Tx) error {
					_, err := portfolio.RemoveMemberships(tx, []portfolio.MembershipKey{{LeaseID: "l1", PersonID: "person1"}})
					return err
				})
			}, whyAccess, true},
			"old mailbox": {func(w *world) {
				_, err := w.Cancel(t.Context(), w.anon, w.token(oldAddress, CancelPath))
				w.must(err)
			}, whyMailbox, false},
		} {
			t.Run(name, func(t *testing.T) {
				w := newWorld(t, storetest.SQLite(t).DB)
				w.asksForAddress()
				w.proves()
				c.cut(w)
				if c.swap {
					out, err := w.Confirm(t.Context(), w.manager(), []string{w.last().ID})
					if err != nil || out.Left != 1 {
						t.Errorf("%+v, %v", out, err)
					}
				}
				w.isState(Withdrawn, c.why)
				if w.login() == newAddress {
					t.Error("the login moved")
				}
			})
		}
	})
}

// The old mailbox takes a change back that holds already: whoever moved the login
// knew the password, so it fits no longer either.
func TestT13_TheOldMailboxTakesTheLoginBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.mode(orgs.ChangeAtOnce)
		by, in, wish := w.marlene()
		wish.Email = attacker
		w.asks(by, wish)
		_, err := w.ConfirmLink(t.Context(), w.anon, w.token(attacker, VerifyPath))
		w.must(err)
		w.drain()
		if w.login() != attacker {
			t.Fatal("the login did not move")
		}
		cancel := w.token(oldAddress, CancelPath)
		v, err := w.LookAtCancel(t.Context(), w.anon, cancel)
		if err != nil || !v.Moved || w.login() != attacker {
			t.Fatalf("%+v, %v", v, err)
		}
		_, err = w.Cancel(t.Context(), w.anon, cancel)
		w.must(err)
		w.drain()
		w.keepsOut(in.Token)
		if _, err := w.Cancel(t.Context(), w.anon, cancel); !errors.Is(err, fault.ErrGone) {
			t.Errorf("the link works twice: %v", err)
		}
		w.resets(oldAddress)
		w.mustSignIn(oldAddress, another)
		w.clean()
		// A week later a link is no way back any more.
		w2 := newWorld(t, storetest.SQLite(t).DB)
		w2.mode(orgs.ChangeAtOnce)
		w2.asksForAddress()
		w2.proves()
		w2.later(UndoLife)
		if _, err := w2.Cancel(t.Context(), w2.anon, w2.token(oldAddress, CancelPath)); !errors.Is(err, fault.ErrGone) {
			t.Errorf("the link works after a week: %v", err)
		}
	})
}

// The password must have been given just now, and an address that belongs to
// somebody else is not told to who only types it.
func TestT13_WhoAsksGaveThePasswordAndLearnsNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		by, _, wish := w.marlene()
		wish.Email = "jonas@post.example"
		w.later(FreshFor + time.Second)
		if _, err := w.Request(t.Context(), by, wish); !errors.Is(err, fault.ErrDenied) {
			t.Errorf("an old password: %v", err)
		}
		wish.AuthAt = w.now()
		w.asks(by, wish) // as for any address
		link := w.token("jonas@post.example", VerifyPath)
		_, err := w.ConfirmLink(t.Context(), w.anon, link)
		w.must(err)
		out, err := w.Confirm(t.Context(), w.manager(), []string{w.last().ID})
		if err != nil || out.Left != 1 {
			t.Errorf("%+v, %v", out, err)
		}
		w.isState(Rejected, whyTaken)
		other, _ := w.mustSignIn("jonas@post.example", password)
		for _, err := range []error{w.Withdraw(t.Context(), other, w.last().ID), w.Resend(t.Context(), other, w.last().ID)} {
			if !errors.Is(err, fault.ErrNotFound) {
				t.Errorf("a neighbour reaches a change: %v", err)
			}
		}
		if _, err := w.Mine(t.Context(), other, "person1"); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("a neighbour sees it: %v", err)
		}
	})
}

// The link works for 60 minutes, once.
func TestT13_TheLinkOfAnAddressWorksForAnHourOnce(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t).DB)
	w.asksForAddress()
	link := w.token(newAddress, VerifyPath)
	w.later(LinkLife - time.Second)
	if _, err := w.LookAtLink(t.Context(), w.anon, link); err != nil {
		t.Errorf("before the end: %v", err)
	}
	w.later(time.Second)
	if _, err := w.ConfirmLink(t.Context(), w.anon, link); !errors.Is(err, fault.ErrGone) {
		t.Errorf("after 60 minutes: %v", err)
	}
	w.asksForAddress()
	w.proves()
	if _, err := w.ConfirmLink(t.Context(), w.anon, w.token(newAddress, VerifyPath)); !errors.Is(err, fault.ErrGone) {
		t.Errorf("a second time: %v", err)
	}
}
