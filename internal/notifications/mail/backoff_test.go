package mail

import (
	"testing"
	"time"
)

// TestT37_BackoffStaysBelow72Hours for the smallest, middle and largest jitter.
func TestT37_BackoffStaysBelow72Hours(t *testing.T) {
	for _, r := range []float64{0, 0.5, 0.999999} {
		var total, last time.Duration
		attempts := 1
		for {
			wait, ok := Backoff(attempts, func() float64 { return r })
			if !ok {
				break
			}
			if wait < last {
				t.Errorf("r=%v: wait %d is %v after %v", r, attempts, wait, last)
			}
			total, last = total+wait, wait
			attempts++
			if attempts > 1000 {
				t.Fatal("no end")
			}
		}
		if attempts != MaxAttempts {
			t.Errorf("%d attempts, want %d", attempts, MaxAttempts)
		}
		if total > Horizon || total < 40*time.Hour {
			t.Errorf("r=%v: all waits together are %v", r, total)
		}
	}
}

func TestBackoffValues(t *testing.T) {
	middle := func() float64 { return 0.5 }
	for attempt, want := range map[int]time.Duration{0: time.Minute, 1: time.Minute, 2: 2 * time.Minute, 5: 16 * time.Minute, 9: 256 * time.Minute, 10: 6 * time.Hour, 17: 6 * time.Hour} {
		if got, ok := Backoff(attempt, middle); got != want || !ok {
			t.Errorf("Backoff(%d) = %v, %v, want %v", attempt, got, ok, want)
		}
	}
	low, _ := Backoff(3, func() float64 { return 0 })
	if low != 192*time.Second {
		t.Errorf("shortest third wait %v, want 3m12s", low)
	}
	for _, attempt := range []int{MaxAttempts, MaxAttempts + 1, 1 << 40} {
		if wait, ok := Backoff(attempt, middle); ok || wait != 0 {
			t.Errorf("Backoff(%d) = %v, %v: it must end", attempt, wait, ok)
		}
	}
}
