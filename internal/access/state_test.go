package access

import (
	"math/rand/v2"
	"testing"
	"time"
)

func TestStateOf(t *testing.T) {
	now := time.Date(2026, 11, 12, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name  string
		a     Access
		ended bool
		want  State
	}{
		{"nothing", Access{}, false, NoAccess},
		{"asked", Access{State: Requested}, false, Requested},
		{"sent", Access{State: Pending, Until: now.Add(time.Nanosecond)}, false, Pending},
		{"sent, just over", Access{State: Pending, Until: now}, false, Expired},
		{"registered", Access{State: Confirmed, Until: now.Add(-time.Hour)}, false, Confirmed},
		{"taken back", Access{State: Revoked}, false, Revoked},
		{"moved out", Access{State: Confirmed}, true, Ended},
		{"moved out unseen", Access{}, true, Ended},
	} {
		if got := StateOf(c.a, now, c.ended); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestSec1b_NoStepIsSkipped walks 10,000 random ways and holds each against a
// plain table of what may follow what.
func TestSec1b_NoStepIsSkipped(t *testing.T) {
	allowed := map[event]map[State]State{
		issued:    {NoAccess: Pending, Requested: Pending, Pending: Pending, Expired: Pending, Revoked: Pending},
		asked:     {Expired: Requested},
		redeemed:  {Pending: Confirmed, Expired: Confirmed, Requested: Confirmed}, // begun in time, finished just after
		takenBack: {Requested: Revoked, Pending: Revoked, Expired: Revoked, Confirmed: Revoked},
		detached:  {Confirmed: NoAccess},
		unsent:    {Pending: NoAccess, Expired: NoAccess},
	}
	events := []event{issued, asked, redeemed, takenBack, detached, unsent}
	rng := rand.New(rand.NewPCG(1, 2))
	seen := map[State]int{}
	for range 10_000 {
		now := time.Date(2026, 11, 12, 9, 0, 0, 0, time.UTC)
		var a Access
		sent := false // a code was issued since access last began from nothing or was lost
		for range 12 {
			now = now.Add(time.Duration(rng.IntN(20*24)) * time.Hour)
			before := StateOf(a, now, false)
			e := events[rng.IntN(len(events))]
			next, err := a.after(e, now, now.AddDate(0, 0, 14), ByLetter)
			want, may := allowed[e][before]
			if may != (err == nil) {
				t.Fatalf("%s from %s: %v", e, before, err)
			}
			if err != nil {
				if next != a {
					t.Fatalf("%s refused from %s changed something", e, before)
				}
				continue
			}
			switch e {
			case issued:
				sent = true
			case takenBack, detached, unsent:
				sent = false
			}
			got := StateOf(next, now, false)
			if got != want {
				t.Fatalf("%s from %s leads to %s, want %s", e, before, got, want)
			}
			if got == Confirmed && !sent {
				t.Fatal("confirmed without a code")
			}
			seen[got]++
			a = next
		}
	}
	for _, s := range []State{NoAccess, Requested, Pending, Confirmed, Revoked} {
		if seen[s] < 1000 {
			t.Errorf("the walk reached %s only %d times", s, seen[s])
		}
	}
}
