//go:build soak

package access

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"foyer/internal/platform/fault"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

// soakSamples is per class (security.md §6.7): a quarter of an hour on a quiet
// machine, so run with -timeout 60m.
const soakSamples = 5000

// T12: with the real hash no clock tells known from unknown. Classes are
// interleaved, so that a busy machine disturbs all alike. The control, an
// answer 300 µs late, must be found, else the test proves nothing.
func TestT12_Soak_TimingTellsNothing(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t).DB)
	w.resident(jette, secret)
	w.resident("void@post.example", "")
	w.Service.passwords = seal.NewPasswords()
	hash, err := w.Service.passwords.Hash(t.Context(), secret)
	if err != nil {
		t.Fatal(err)
	}
	w.exec(store.Scoped(`UPDATE account SET password_hash = $3 WHERE org_id = $1 AND email = $2`), jette, hash)
	signIn := func(address string) func(i int) {
		return func(i int) {
			if _, err := w.from(fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255), address, "falsch-falsch", ""); !failedNeutrally(err) {
				t.Fatal(err)
			}
			w.later(time.Hour) // no bucket fills up
		}
	}
	request := func(address string) func(i int) {
		return func(i int) {
			if err := w.RequestReset(t.Context(), w.anon, ResidentSite, ResetRequest{Email: address, IP: ip("192.0.2.7")}); err != nil {
				t.Fatal(err)
			}
			w.later(time.Hour)
			w.exec(store.Scoped(`DELETE FROM job WHERE org_id = $1`))
		}
	}
	late := func(i int) { time.Sleep(300 * time.Microsecond); signIn("nobody@post.example")(i) }
	for _, c := range []struct {
		name  string
		a, b  func(int)
		found bool
	}{
		{"sign-in, known or unknown", signIn(jette), signIn("nobody@post.example"), false},
		{"sign-in, void or unknown", signIn("void@post.example"), signIn("nobody@post.example"), false},
		{"reset, known or unknown", request(jette), request("nobody@post.example"), false},
		{"control", late, signIn("nobody@post.example"), true},
	} {
		score := welch(c.a, c.b)
		t.Logf("%s: t = %.2f", c.name, score)
		if (math.Abs(score) >= 4.5) != c.found {
			t.Errorf("%s: t = %.2f", c.name, score)
		}
	}
}

// welch measures both in turn, the order changing each time, and returns
// Welch's t of the lower nine tenths: what the scheduler adds at the top is
// noise.
func welch(a, b func(int)) float64 {
	var times [2][]float64
	for i := range soakSamples {
		for k := range 2 {
			which := (i + k) % 2
			start := time.Now()
			[2]func(int){a, b}[which](i*2 + which)
			times[which] = append(times[which], float64(time.Since(start)))
		}
	}
	limit := quantile(append(append([]float64{}, times[0]...), times[1]...), 0.9)
	var mean, variance, n [2]float64
	for k := range times {
		for _, v := range times[k] {
			if v <= limit {
				mean[k] += v
				n[k]++
			}
		}
		mean[k] /= n[k]
		for _, v := range times[k] {
			if v <= limit {
				variance[k] += (v - mean[k]) * (v - mean[k])
			}
		}
		variance[k] /= n[k] - 1
	}
	return (mean[0] - mean[1]) / math.Sqrt(variance[0]/n[0]+variance[1]/n[1])
}

func quantile(list []float64, q float64) float64 {
	slices.Sort(list)
	return list[int(q*float64(len(list)-1))]
}

// security.md §6.6: a hundred hands on one link, a thousand links, one winner
// each.
func TestT10_Soak_OneWinnerPerLink(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t).DB)
	w.resident(jette, secret)
	for round := range 1000 {
		var token string
		w.write(func(tx *store.Tx) error {
			a, _, err := findAccount(tx, accountByEmail, "resident", jette)
			if err == nil {
				token, err = w.makeLink(tx, linkReset, a.ID, "", ResetLife)
			}
			return err
		})
		wins := make(chan bool, 100)
		for i := range 100 {
			go func() {
				err := w.reset(token, fmt.Sprintf("%s-%d-%d", another, round, i))
				if err != nil && !errors.Is(err, fault.ErrGone) {
					t.Error(err)
				}
				wins <- err == nil
			}()
		}
		n := 0
		for range 100 {
			if <-wins {
				n++
			}
		}
		if n != 1 {
			t.Fatalf("round %d: %d winners", round, n)
		}
	}
}
