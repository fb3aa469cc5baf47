package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.t }
func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func enqueue(t *testing.T, db *store.DB, kind, key string, at time.Time) {
	t.Helper()
	if err := db.Write(t.Context(), store.OrgScope(storetest.Org), func(ctx context.Context, tx *store.Tx) error {
		return jobs.Enqueue(tx, kind, key, map[string]string{"id": "1"}, at)
	}); err != nil {
		t.Fatal(err)
	}
}

func queue(db *store.DB) (*jobs.Queue, *clock) {
	c := &clock{t: time.Date(2026, 11, 12, 9, 0, 0, 0, time.UTC)}
	return jobs.New(db, c.now, slog.New(slog.DiscardHandler)), c
}

func TestJobsRunOnceWhenDueAndRetry(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		q, c := queue(db)
		ran, fail := 0, 2
		q.Register("a", jobs.Kind{Attempts: 3, Run: func(ctx context.Context, by actor.Actor, j jobs.Job) error {
			var args struct{ ID string }
			if err := j.Args(&args); err != nil || args.ID != "1" || by.Org() != storetest.Org {
				t.Errorf("args %+v by %s err %v", args, by.Label(), err)
			}
			if ran++; ran <= fail {
				return errors.New("boom")
			}
			return nil
		}})
		enqueue(t, db, "a", "k", c.now().Add(time.Minute))
		enqueue(t, db, "a", "k", c.now()) // the same key still waits: nothing new
		drain := func(want int) {
			t.Helper()
			if n, err := q.Drain(t.Context()); n != want || err != nil {
				t.Fatalf("drained %d, want %d, err %v", n, want, err)
			}
		}
		drain(0)
		c.add(time.Minute)
		drain(1)
		drain(0)
		c.add(time.Hour)
		drain(1)
		c.add(time.Hour)
		drain(1)
		c.add(time.Hour)
		drain(0)
		if ran != 3 {
			t.Fatalf("ran %d times", ran)
		}
		ran, fail = 0, 99
		enqueue(t, db, "a", "", c.now())
		for range 5 {
			q.Drain(t.Context())
			c.add(24 * time.Hour)
		}
		dead := 0
		db.Read(t.Context(), store.OrgScope(storetest.Org), func(ctx context.Context, tx *store.Tx) (err error) { dead, err = jobs.Dead(tx); return err })
		if ran != 3 || dead != 1 {
			t.Fatalf("after giving up: ran %d, dead %d", ran, dead)
		}
	})
}

func TestManyWorkersNeverShareAJob(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		q, c := queue(db)
		var mu sync.Mutex
		seen := map[string]int{}
		q.Register("a", jobs.Kind{Run: func(ctx context.Context, by actor.Actor, j jobs.Job) error {
			mu.Lock()
			defer mu.Unlock()
			seen[j.ID]++
			return nil
		}})
		const n = 100
		for range n {
			enqueue(t, db, "a", "", c.now())
		}
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		var wg sync.WaitGroup
		for range 3 { // three processes
			other := jobs.New(db, c.now, slog.New(slog.DiscardHandler))
			k := jobs.Kind{Run: func(ctx context.Context, by actor.Actor, j jobs.Job) error {
				mu.Lock()
				defer mu.Unlock()
				if seen[j.ID]++; len(seen) == n {
					cancel()
				}
				return nil
			}}
			other.Register("a", k)
			wg.Go(func() { other.Run(ctx, 4) })
		}
		wg.Wait()
		if len(seen) != n {
			t.Fatalf("%d of %d jobs ran", len(seen), n)
		}
		for id, times := range seen {
			if times != 1 {
				t.Errorf("job %s ran %d times", id, times)
			}
		}
	})
}

func TestALostJobIsTakenOverAndSchedulesRunOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		q, c := queue(db)
		block := make(chan struct{})
		started := make(chan struct{})
		runs := 0
		q.Register("slow", jobs.Kind{Run: func(ctx context.Context, by actor.Actor, j jobs.Job) error {
			if runs++; runs == 1 {
				close(started)
				<-block // a process that hangs
			}
			return nil
		}})
		enqueue(t, db, "slow", "", c.now())
		go q.Drain(context.WithoutCancel(t.Context()))
		<-started
		c.add(time.Minute) // the lease runs out
		other := jobs.New(db, c.now, slog.New(slog.DiscardHandler))
		took := false
		other.Register("slow", jobs.Kind{Run: func(ctx context.Context, by actor.Actor, j jobs.Job) error { took = j.Attempt == 2; return nil }})
		if _, err := other.Drain(t.Context()); err != nil || !took {
			t.Fatalf("not taken over: %v", err)
		}
		close(block)

		ticks := map[string]int{}
		other.Register("tick", jobs.Kind{Every: time.Hour, Run: func(ctx context.Context, by actor.Actor, j jobs.Job) error { ticks[by.Org()]++; return nil }})
		for range 3 {
			for range 2 { // planning twice changes nothing
				if err := other.Plan(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			other.Drain(t.Context())
			c.add(time.Hour)
		}
		if ticks[storetest.Org] != 3 || ticks[storetest.Twin] != 3 {
			t.Fatalf("ticks %v", ticks)
		}
		removeTwinJobs(t, db)
	})
}

var delTwin = store.Scoped(`DELETE FROM job WHERE org_id = $1 AND kind = 'tick'`)

// removeTwinJobs takes the schedule's row away again: planning it is the one
// thing that rightly reaches every organisation.
func removeTwinJobs(t *testing.T, db *store.DB) {
	t.Helper()
	if err := db.Write(t.Context(), store.OrgScope(storetest.Twin), func(ctx context.Context, tx *store.Tx) error {
		_, err := store.Exec(tx, delTwin)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
