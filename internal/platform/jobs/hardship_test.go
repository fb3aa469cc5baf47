package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

var (
	states   = store.Scoped(`SELECT state FROM job WHERE org_id = $1 ORDER BY id`)
	markLost = store.Scoped(`UPDATE job SET state = 'running', worker = 'gone', attempt = $2, lease_till = 1 WHERE org_id = $1`)
)

func jobStates(t *testing.T, db *store.DB) string {
	t.Helper()
	var list []string
	if err := db.Read(t.Context(), store.OrgScope(storetest.Org), func(ctx context.Context, tx *store.Tx) (err error) {
		list, err = store.List[string](tx, states)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return strings.Join(list, " ")
}

func drain(t *testing.T, q *jobs.Queue, want int) {
	t.Helper()
	if n, err := q.Drain(t.Context()); n != want || err != nil {
		t.Errorf("drained %d, want %d: %v", n, want, err)
	}
}

// A heartbeat may be late, behind a long Write or a clock that was set: a
// process never takes a job over from itself.
func TestAProcessDoesNotTakeOverItsOwnJob(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		q, c := queue(db)
		started, block := make(chan struct{}), make(chan struct{})
		var mu sync.Mutex
		runs := 0
		q.Register("long", jobs.Kind{Run: func(ctx context.Context, by actor.Actor, j jobs.Job) error {
			mu.Lock()
			runs++
			first := runs == 1
			mu.Unlock()
			if first {
				close(started)
				<-block
			}
			return nil
		}})
		enqueue(t, db, "long", "", c.now())
		var wg sync.WaitGroup
		wg.Go(func() { drain(t, q, 1) })
		<-started
		c.add(time.Hour)
		drain(t, q, 0)
		close(block)
		wg.Wait()
		drain(t, q, 0)
		if runs != 1 || jobStates(t, db) != "" {
			t.Errorf("%d runs, left %q", runs, jobStates(t, db))
		}
	})
}

// While a job runs the same may be asked for again. When the first then fails,
// one of them waits, not two and not none.
func TestAFailedJobMakesWayForTheOneThatWaits(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		q, c := queue(db)
		runs := 0
		q.Register("a", jobs.Kind{Run: func(ctx context.Context, by actor.Actor, j jobs.Job) error {
			if runs++; runs > 1 {
				return nil
			}
			enqueue(t, db, "a", "k", c.now().Add(time.Minute))
			return errors.New("boom")
		}})
		enqueue(t, db, "a", "k", c.now())
		drain(t, q, 1)
		if got := jobStates(t, db); got != "waiting" {
			t.Errorf("left %q", got)
		}
		c.add(time.Hour)
		drain(t, q, 1)
		if runs != 2 || jobStates(t, db) != "" {
			t.Errorf("%d runs, left %q", runs, jobStates(t, db))
		}
	})
}

func TestAnErrorInAnyLettersIsKept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		q, c := queue(db)
		q.Register("a", jobs.Kind{Attempts: 1, Run: func(ctx context.Context, by actor.Actor, j jobs.Job) error {
			return errors.New("\x00\xff" + strings.Repeat("x", 296) + "ää")
		}})
		enqueue(t, db, "a", "", c.now())
		drain(t, q, 1)
		if got := jobStates(t, db); got != "dead" {
			t.Errorf("left %q", got)
		}
	})
}

// A process that stops gives its jobs back; that is no failed attempt.
func TestAStopIsNoFailure(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		q, c := queue(db)
		ctx, cancel := context.WithCancel(t.Context())
		q.Register("a", jobs.Kind{Attempts: 1, Run: func(ctx context.Context, by actor.Actor, j jobs.Job) error {
			cancel()
			<-ctx.Done()
			return errors.New("sending: " + ctx.Err().Error())
		}})
		enqueue(t, db, "a", "", c.now())
		if _, err := q.Drain(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("a stopped drain says %v", err)
		}
		if got := jobStates(t, db); got != "waiting" {
			t.Errorf("left %q", got)
		}
		other, attempt := jobs.New(db, c.now, slog.New(slog.DiscardHandler)), 0
		other.Register("a", jobs.Kind{Attempts: 1, Run: func(ctx context.Context, by actor.Actor, j jobs.Job) error {
			attempt = j.Attempt
			return nil
		}})
		drain(t, other, 1)
		if attempt != 1 {
			t.Errorf("attempt %d", attempt)
		}
	})
}

// A job that takes its process down each time must not do so for ever.
func TestAJobThatIsLostTooOftenIsGivenUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		q, c := queue(db)
		runs := 0
		q.Register("a", jobs.Kind{Attempts: 3, Run: func(ctx context.Context, by actor.Actor, j jobs.Job) error { runs++; return nil }})
		lost := func(attempt int) {
			enqueue(t, db, "a", "", c.now())
			if err := db.Write(t.Context(), store.OrgScope(storetest.Org), func(ctx context.Context, tx *store.Tx) error {
				_, err := store.Exec(tx, markLost, attempt)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		lost(4) // more kills than attempts: kills are not the job's fault
		drain(t, q, 1)
		if runs != 1 {
			t.Errorf("%d runs", runs)
		}
		lost(9)
		drain(t, q, 1)
		if got := jobStates(t, db); runs != 1 || got != "dead" {
			t.Errorf("%d runs, left %q", runs, got)
		}
	})
}

// A schedule that fails is tried again soon, and counts afresh after a success.
func TestAScheduleThatFailsIsTriedAgainSoon(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		q, c := queue(db)
		var attempts []int
		q.Register("tick", jobs.Kind{Every: 24 * time.Hour, Run: func(ctx context.Context, by actor.Actor, j jobs.Job) error {
			if by.Org() == storetest.Twin {
				return nil
			}
			if attempts = append(attempts, j.Attempt); len(attempts) < 3 {
				return errors.New("boom")
			}
			return nil
		}})
		if err := q.Plan(t.Context()); err != nil {
			t.Fatal(err)
		}
		for range 60 {
			if _, err := q.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
			c.add(time.Minute)
		}
		c.add(24 * time.Hour)
		if _, err := q.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(attempts) != 4 || attempts[2] != 3 || attempts[3] != 1 {
			t.Errorf("attempts %v", attempts)
		}
		removeTwinJobs(t, db)
	})
}

// A command runs what it has made itself, a lost job of it included, and leaves
// the rest to the server.
func TestDrainKeyLeavesOtherJobsAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		q, c := queue(db)
		var ran []string
		run := jobs.Kind{Run: func(ctx context.Context, by actor.Actor, j jobs.Job) error {
			ran = append(ran, j.Kind+j.Key)
			return nil
		}}
		q.Register("a", run)
		q.Register("b", run)
		enqueue(t, db, "a", "1", c.now())
		enqueue(t, db, "a", "2", c.now())
		enqueue(t, db, "a", "", c.now())
		enqueue(t, db, "b", "2", c.now())
		for _, own := range []struct {
			org, key string
			want     int
		}{{storetest.Twin, "2", 0}, {storetest.Org, "3", 0}, {storetest.Org, "2", 1}, {storetest.Org, "2", 0}} {
			if n, err := q.DrainKey(t.Context(), own.org, "a", own.key); n != own.want || err != nil {
				t.Errorf("%+v: drained %d: %v", own, n, err)
			}
		}
		if got := strings.Join(ran, " "); got != "a2" || jobStates(t, db) != "waiting waiting waiting" {
			t.Errorf("ran %q, left %q", got, jobStates(t, db))
		}
		if err := db.Write(t.Context(), store.OrgScope(storetest.Org), func(ctx context.Context, tx *store.Tx) error {
			_, err := store.Exec(tx, markLost, 1)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if n, err := q.DrainKey(t.Context(), storetest.Org, "b", "2"); n != 1 || err != nil {
			t.Errorf("a lost job: drained %d: %v", n, err)
		}
		if got := strings.Join(ran, " "); got != "a2 b2" {
			t.Errorf("ran %q", got)
		}
	})
}
