package access

import (
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"time"

	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

// T14: the documented figures, by an attacker who tries again the moment that
// he may. Each figure is attempts in the first hour and in the tenth.
func TestT14_AttemptsPerHour(t *testing.T) {
	start := time.Date(2026, 11, 12, 9, 0, 0, 0, time.UTC)
	attempts := func(r rule) (hours [11]int) {
		var tries int64
		last := time.Time{}
		for now := start; now.Before(start.Add(11 * time.Hour)); now = now.Add(time.Second) {
			for !last.Add(r.wait(r.level(tries, last, now))).After(now) {
				tries, last = r.level(tries, last, now)+1, now
				hours[now.Sub(start)/time.Hour]++
			}
		}
		return hours
	}
	for _, c := range []struct {
		name         string
		rule         rule
		first, tenth int
	}{{"one network, one account", perPair, 15, 1}, {"all networks, one account", perAccount, 56, 4}, {"one network, all accounts", perNetwork, 164, 60},
		{"codes and requests", perGuess, 74, 60}, {"a known device", perDevice, 30, 12}} {
		h := attempts(c.rule)
		if h[0] > c.first || h[0] < c.first*8/10 || h[9] > c.tenth {
			t.Errorf("%s: %v, documented %d and %d", c.name, h, c.first, c.tenth)
		}
	}
}

func TestWaitsGrow(t *testing.T) {
	for tries, want := range map[int64]time.Duration{0: 0, 4: 0, 5: 2 * time.Second, 6: 4 * time.Second, 10: 64 * time.Second, 15: 2048 * time.Second, 16: time.Hour, 1 << 40: time.Hour} {
		if got := perPair.wait(tries); got != want {
			t.Errorf("after %d: %v, want %v", tries, got, want)
		}
	}
	now := time.Date(2026, 11, 12, 9, 0, 0, 0, time.UTC)
	if got := perPair.level(3, now.Add(-2*time.Hour), now); got != 1 {
		t.Errorf("level %d", got)
	}
	if got := perPair.level(3, time.Time{}, now); got != 0 {
		t.Errorf("level %d", got)
	}
}

func TestNetworks(t *testing.T) {
	for in, want := range map[string]string{"192.0.2.7": "192.0.2.7", "::ffff:192.0.2.7": "192.0.2.7", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64"} {
		if got := network(netip.MustParseAddr(in)); got != want {
			t.Errorf("%s: %s", in, got)
		}
	}
	if network(netip.Addr{}) == "" {
		t.Error("the unknown address has no name")
	}
}

func (w *world) from(addr, address, password, known string) (SignedIn, error) {
	return w.SignIn(w.t.Context(), w.anon, ResidentSite, SignIn{Email: address, Password: password, Visit: Visit{IP: ip(addr), Known: known}})
}

func waiting(err error) bool {
	var e *fault.TooMany
	return errors.As(err, &e) && e.After >= time.Second
}

// T14: a thousand wrong passwords a second do not keep the owner out: not on a
// new device elsewhere, not on his own device in the attacker's network.
func TestT14_VictimGetsInWithinThreeTries(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.resident(jette, secret)
		known := w.mustSignIn(ResidentSite, jette, secret).Known
		w.exec(store.Scoped(`DELETE FROM throttle WHERE org_id = $1`))
		w.hashes.take()
		judged := 0
		for i := range 1000 {
			_, err := w.from("203.0.113.66", jette, fmt.Sprintf("geraten-%d", i), "")
			if failedNeutrally(err) {
				judged++
			} else if !waiting(err) {
				t.Fatal(err)
			}
			w.later(time.Millisecond)
		}
		if judged > 6 || w.hashes.take() != judged {
			t.Errorf("%d of 1000 attempts in a second were judged", judged)
		}
		within := func(addr, cookie, what string) {
			t.Helper()
			for try := range 3 {
				if _, err := w.from(addr, jette, secret, cookie); err == nil {
					return
				} else if try == 2 {
					t.Errorf("%s: %v", what, err)
				}
			}
		}
		within("198.51.100.1", "", "new device elsewhere")
		within("203.0.113.66", known, "own device in the attacker's network")
		// Fifty networks together bring the account to its limit.
		judged = 0
		for i := range 300 {
			if _, err := w.from(fmt.Sprintf("203.0.113.%d", i%50+100), jette, fmt.Sprintf("geraten-%d", i), ""); failedNeutrally(err) {
				judged++
			}
		}
		if judged > 56 {
			t.Errorf("%d judged", judged)
		}
		if _, err := w.from("198.51.100.99", jette, secret, ""); !waiting(err) {
			t.Errorf("an unknown place at the limit: %v", err)
		}
		within("198.51.100.99", known, "own device at the account's limit")
		// Without a known device the way is a new password.
		if err := w.RequestReset(t.Context(), w.anon, ResidentSite, ResetRequest{Email: jette, IP: ip("198.51.100.99")}); err != nil {
			t.Fatal(err)
		}
		w.drain()
		cookie, err := w.Reset(t.Context(), w.anon, ResidentSite, w.token(jette), another)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.from("198.51.100.99", jette, another, cookie); err != nil {
			t.Errorf("after the reset: %v", err)
		}
	})
}

// A device cookie is worth nothing for another login, and cannot be made up.
func TestT14_DeviceCookieFitsItsLoginOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.resident(jette, secret)
		w.resident("kai@post.example", secret)
		known := w.mustSignIn(ResidentSite, jette, secret).Known
		for _, c := range []struct {
			site          Site
			email, cookie string
			want          bool
			otherOrg      string
		}{
			{ResidentSite, jette, known, true, storetest.Org}, {ResidentSite, "kai@post.example", known, false, storetest.Org}, {StaffSite, jette, known, false, storetest.Org},
			{ResidentSite, jette, known, false, storetest.Twin}, {ResidentSite, jette, "", false, storetest.Org}, {ResidentSite, jette, ".", false, storetest.Org},
			{ResidentSite, jette, "x" + known, false, storetest.Org}, {ResidentSite, jette, known + "x", false, storetest.Org},
		} {
			if g := w.gateFor(c.otherOrg, c.site, c.email, SignIn{Visit: Visit{IP: ip("192.0.2.7"), Known: c.cookie}}); g.known != c.want {
				t.Errorf("%+v", c)
			}
		}
	})
}

// The same for addresses that exist and that do not, in the database so that
// several processes share it, and hotter when the whole organisation is tried.
func TestT12_T14_WaitingIsAlikeForAll(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.resident(jette, secret)
		for _, address := range []string{jette, "nobody@post.example", "kein at-zeichen"} {
			w.exec(store.Scoped(`DELETE FROM throttle WHERE org_id = $1`))
			var waits []time.Duration
			for range 7 {
				_, err := w.from("203.0.113.66", address, "falsch-falsch", "")
				var e *fault.TooMany
				if errors.As(err, &e) {
					waits = append(waits, e.After)
				}
			}
			if len(waits) != 2 || waits[0] != 3*time.Second {
				t.Errorf("%s: waits %v", address, waits)
			}
		}
		twin := New(Deps{DB: db, Now: w.now, Keys: w.keys, Passwords: nil, Blobs: w.blobs, Texts: w.texts, Orgs: w.orgs})
		if _, err := twin.SignIn(t.Context(), w.anon, ResidentSite, SignIn{Email: "kein at-zeichen", Visit: Visit{IP: ip("203.0.113.66")}}); !waiting(err) {
			t.Errorf("in another process: %v", err)
		}
		// 200 failures in the organisation: a network has few free attempts left.
		for i := range hot {
			w.from(fmt.Sprintf("198.18.%d.%d", i/250, i%250), fmt.Sprintf("nobody%d@post.example", i), "x", "")
		}
		judged := 0
		for i := range 15 {
			if _, err := w.from("203.0.113.99", fmt.Sprintf("someone%d@post.example", i), "x", ""); failedNeutrally(err) {
				judged++
			}
		}
		if judged != strict {
			t.Errorf("%d attempts of a new network while the organisation is hot", judged)
		}
		if _, err := w.from("203.0.113.98", jette, secret, ""); err != nil {
			t.Errorf("a right password while the organisation is hot: %v", err)
		}
	})
}

// Many residents of one office sign in at the same moment, all with the right
// password: nobody is sent away, and nothing stays counted.
func TestT14_SharedNetworksDoNotSuffer(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		const people = 40
		for i := range people {
			w.resident(fmt.Sprintf("jette%d@post.example", i), secret)
		}
		var wg sync.WaitGroup
		for i := range people {
			wg.Go(func() {
				if _, err := w.from("192.0.2.7", fmt.Sprintf("jette%d@post.example", i), secret, ""); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, row := range w.counted() {
			if row != "sign-in address 0" {
				t.Errorf("left over: %s", row)
			}
		}
	})
}
