package jobs

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
)

var (
	insert = store.Scoped(`INSERT INTO job (org_id, id, kind, key, args, state, run_at, created_at)
		VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $6) ON CONFLICT DO NOTHING`)
	insertGlobal = store.Global(`INSERT INTO job (org_id, id, kind, key, args, state, run_at, created_at)
		VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $6) ON CONFLICT DO NOTHING`, "schedules are planned for all organisations")
	unplanned = store.Global(`SELECT o.org_id FROM org o WHERE NOT EXISTS
		(SELECT 1 FROM job j WHERE j.org_id = o.org_id AND j.kind = $1 AND j.key = 'schedule' AND j.state <> 'dead') ORDER BY o.org_id`,
		"schedules are planned for all organisations")

	heartbeat = store.Global(`UPDATE job SET lease_till = $3 WHERE org_id = $1 AND id = $2 AND worker = $4 AND state = 'running'`, "workers serve all organisations")
	finish    = store.Global(`DELETE FROM job WHERE org_id = $1 AND id = $2 AND worker = $3`, "workers serve all organisations")
	// again puts a job back, unless the same already waits.
	again = store.Global(`UPDATE job SET state = $3, run_at = $4, error = $5, attempt = $6, worker = '' WHERE org_id = $1 AND id = $2 AND worker = $7
		AND NOT ($3 = 'waiting' AND key <> '' AND EXISTS (SELECT 1 FROM job w
			WHERE w.org_id = job.org_id AND w.kind = job.kind AND w.key = job.key AND w.state = 'waiting'))`, "workers serve all organisations")
	progress = store.Global(`UPDATE job SET done_part = $3, total_part = $4 WHERE org_id = $1 AND id = $2`, "workers serve all organisations")
	lonely   = store.Scoped(`SELECT count(*) FROM job WHERE org_id = $1 AND state = 'dead'`)
)

// one claims and runs one due job; did tells whether there was one.
func (q *Queue) one(ctx context.Context, of choice) (did bool, err error) {
	due, err := q.isDue(ctx, of)
	if err != nil || !due {
		return false, err
	}
	job, err := q.claim(ctx, of)
	if errors.Is(err, store.ErrNoRow) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer q.release(job)
	var o outcome
	if k := q.kind(job.Kind); k.Every == 0 && job.Attempt > lostTimes*k.Attempts {
		o = outcome{state: "dead", err: "lost with its process too often", attempt: job.Attempt}
		q.log.Error("jobs: given up", "kind", job.Kind, "job", job.ID, "org", job.Org, "err", o.err)
	} else {
		o = q.judge(ctx, job, q.runOne(ctx, job))
	}
	// The end is written even when ctx has ended meanwhile: work that is done
	// must not be done again.
	return true, q.end(context.WithoutCancel(ctx), job, o)
}

// lostTimes is how many times its attempts a job may be lost with its process.
// A kill is rarely a job's fault; a job that takes the process down each time
// must not do so for ever.
const lostTimes = 3

func (q *Queue) runOne(ctx context.Context, job Job) (err error) {
	k := q.kind(job.Kind)
	defer func() {
		if p := recover(); p != nil {
			q.log.Error("jobs: panic", "kind", job.Kind, "job", job.ID, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic in job %s", job.Kind)
		}
	}()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go q.beat(ctx, stop, job)
	return k.Run(ctx, actor.NewJob(job.Org, job.Kind), job)
}

// beat renews the lease. When the lease was lost to another worker the job's
// context ends.
func (q *Queue) beat(ctx context.Context, stop func(), job Job) {
	t := time.NewTicker(leaseTime / 3)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		var n int64
		err := q.db.WriteGlobal(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
			n, err = store.Exec(tx, heartbeat, job.Org, job.ID, store.Micros(q.now().Add(leaseTime)), job.hold)
			return err
		})
		if err == nil && n == 0 {
			stop()
			return
		}
	}
}

// outcome is how a run of a job ended.
type outcome struct {
	state   string // "" when there is nothing left to do
	at      time.Time
	attempt int // how many count already
	err     string
}

// judge decides how a job goes on. What fails because this process stops is
// put back as if it had not begun.
func (q *Queue) judge(ctx context.Context, job Job, err error) outcome {
	k := q.kind(job.Kind)
	switch {
	case err == nil && k.Every > 0:
		return outcome{state: "waiting", at: q.now().Add(k.Every)}
	case err == nil:
		return outcome{}
	case ctx.Err() != nil:
		return outcome{state: "waiting", at: q.now(), attempt: job.Attempt - 1}
	}
	o := outcome{state: "waiting", at: q.now().Add(k.Backoff(job.Attempt)), attempt: job.Attempt, err: short(err)}
	q.log.Warn("jobs: failed", "kind", job.Kind, "job", job.ID, "org", job.Org, "attempt", job.Attempt, "err", o.err)
	if next := q.now().Add(k.Every); k.Every > 0 && next.Before(o.at) {
		o.at = next
	}
	if k.Every == 0 && job.Attempt >= k.Attempts {
		o.state = "dead"
	}
	return o
}

// end writes the outcome. A job that was lost to another worker meanwhile is
// left alone.
func (q *Queue) end(ctx context.Context, job Job, o outcome) (err error) {
	for range 3 { // a twin that begins to wait in the same moment makes the first try fail
		err = q.db.WriteGlobal(ctx, func(ctx context.Context, tx *store.Tx) error {
			if o.state != "" {
				n, err := store.Exec(tx, again, job.Org, job.ID, o.state, store.Micros(o.at), o.err, o.attempt, job.hold)
				if err != nil || n > 0 {
					return err
				}
			}
			_, err := store.Exec(tx, finish, job.Org, job.ID, job.hold)
			return err
		})
		if !store.IsUnique(err) {
			break
		}
	}
	return err
}

// short is an error as the row keeps it: PostgreSQL takes no broken letters.
func short(err error) string {
	s := err.Error()
	if len(s) > 300 {
		s = s[:300]
	}
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "")
}

// Progress notes how far a long job is, for the page that shows it.
func (j Job) Progress(ctx context.Context, done, total int) error {
	return j.queue.db.WriteGlobal(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := store.Exec(tx, progress, j.Org, j.ID, done, total)
		return err
	})
}

// Dead counts the organisation's jobs that were given up.
func Dead(tx *store.Tx) (int, error) { return store.Value[int](tx, lonely) }
