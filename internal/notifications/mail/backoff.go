package mail

import "time"

// Horizon is the longest time over which sending is tried again.
const Horizon = 72 * time.Hour

// MaxAttempts is how often a message is tried before it is given up: the first
// time and once after each wait of Backoff.
const MaxAttempts = 18

const (
	firstWait = time.Minute
	maxWait   = 6 * time.Hour
	// jitter is the share by which a wait may be shorter or longer, so that the
	// mails of one outage do not all come back in the same second.
	jitter = 0.2
)

// Backoff is the wait after the attempt-th failed attempt (1, 2, 3 …): one
// minute, doubling up to six hours, each 20 % shorter to 20 % longer. random
// gives numbers from 0 to below 1. ok is false after MaxAttempts; all waits
// together stay below Horizon.
func Backoff(attempt int, random func() float64) (wait time.Duration, ok bool) {
	if attempt >= MaxAttempts {
		return 0, false
	}
	wait = firstWait
	for i := 1; i < attempt && wait < maxWait; i++ {
		wait *= 2
	}
	wait = min(wait, maxWait)
	factor := 1 - jitter + 2*jitter*random()
	return time.Duration(float64(wait) * factor), true
}
