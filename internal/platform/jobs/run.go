package jobs

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"time"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
)

const columns = `org_id, id, kind, key, args, attempt`

var (
	insert = store.Scoped(`INSERT INTO job (org_id, id, kind, key, args, state, run_at, created_at)
		VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $6) ON CONFLICT DO NOTHING`)
	insertGlobal = store.Global(`INSERT INTO job (org_id, id, kind, key, args, state, run_at, created_at)
		VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $6) ON CONFLICT DO NOTHING`, "schedules are planned for all organisations")
	unplanned = store.Global(`SELECT o.org_id FROM org o WHERE NOT EXISTS
		(SELECT 1 FROM job j WHERE j.org_id = o.org_id AND j.kind = $1 AND j.key = 'schedule' AND j.state <> 'dead') ORDER BY o.org_id`,
		"schedules are planned for all organisations")

	claimWaiting = claim(`state = 'waiting' AND run_at <= $1 AND kind IN ($4...)`)
	claimLost    = claim(`state = 'running' AND lease_till < $1 AND kind IN ($4...)`)

	heartbeat = store.Global(`UPDATE job SET lease_till = $3 WHERE org_id = $1 AND id = $2 AND worker = $4 AND state = 'running'`, "workers serve all organisations")
	finish    = store.Global(`DELETE FROM job WHERE org_id = $1 AND id = $2 AND worker = $3`, "workers serve all organisations")
	again     = store.Global(`UPDATE job SET state = $3, run_at = $4, error = $5, worker = '' WHERE org_id = $1 AND id = $2 AND worker = $6`, "workers serve all organisations")
	progress  = store.Global(`UPDATE job SET done_part = $3, total_part = $4 WHERE org_id = $1 AND id = $2`, "workers serve all organisations")
	lonely    = store.Scoped(`SELECT count(*) FROM job WHERE org_id = $1 AND state = 'dead'`)
)

// claim makes the claiming statement for each engine: PostgreSQL needs SKIP
// LOCKED, without it two workers took the same job; SQLite has one writer.
func claim(due string) map[store.Engine]store.Query {
	text := func(lock string) string {
		return `UPDATE job SET state = 'running', attempt = attempt + 1, lease_till = $2, worker = $3
		WHERE (org_id, id) = (SELECT org_id, id FROM job WHERE ` + due + ` ORDER BY run_at, id LIMIT 1` + lock + `)
		RETURNING ` + columns
	}
	const why = "workers serve all organisations"
	return map[store.Engine]store.Query{
		store.SQLite:   store.Global(text(""), why),
		store.Postgres: store.Global(text(" FOR UPDATE SKIP LOCKED"), why),
	}
}

// one claims and runs one due job; did tells whether there was one.
func (q *Queue) one(ctx context.Context) (did bool, err error) {
	due, err := q.isDue(ctx)
	if err != nil || !due {
		return false, err
	}
	job, err := q.claim(ctx)
	if errors.Is(err, store.ErrNoRow) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	runErr := q.runOne(ctx, job)
	// The end is written even when ctx has ended meanwhile: work that is done
	// must not be done again.
	return true, q.end(context.WithoutCancel(ctx), job, runErr)
}

var (
	dueWaiting = store.Global(`SELECT 1 FROM job WHERE state = 'waiting' AND run_at <= $1 AND kind IN ($2...) LIMIT 1`, "workers serve all organisations")
	dueLost    = store.Global(`SELECT 1 FROM job WHERE state = 'running' AND lease_till < $1 AND kind IN ($2...) LIMIT 1`, "workers serve all organisations")
)

// isDue looks on a read connection first, so that idle workers never take the
// writer.
func (q *Queue) isDue(ctx context.Context) (due bool, err error) {
	err = q.db.ReadGlobal(ctx, func(ctx context.Context, tx *store.Tx) error {
		for _, query := range []store.Query{dueWaiting, dueLost} {
			_, err := store.Value[int](tx, query, store.Micros(q.now()), store.Spread(q.names()))
			if !errors.Is(err, store.ErrNoRow) {
				due = err == nil
				return err
			}
		}
		return nil
	})
	return due, err
}

// names lists the kinds that this process can run; it leaves others alone.
func (q *Queue) names() []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	return slices.Collect(maps.Keys(q.kinds))
}

func (q *Queue) claim(ctx context.Context) (job Job, err error) {
	scan := func(j *Job) []any { return []any{&j.Org, &j.ID, &j.Kind, &j.Key, &j.args, &j.Attempt} }
	err = q.db.WriteGlobal(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		now := q.now()
		for _, c := range []map[store.Engine]store.Query{claimWaiting, claimLost} {
			job, err = store.Get(tx, c[q.db.Engine()], scan, store.Micros(now), store.Micros(now.Add(leaseTime)), q.worker, store.Spread(q.names()))
			if !errors.Is(err, store.ErrNoRow) {
				return err
			}
		}
		return err
	})
	job.queue = q
	return job, err
}

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
			n, err = store.Exec(tx, heartbeat, job.Org, job.ID, store.Micros(q.now().Add(leaseTime)), q.worker)
			return err
		})
		if err == nil && n == 0 {
			stop()
			return
		}
	}
}

func (q *Queue) end(ctx context.Context, job Job, runErr error) error {
	k := q.kind(job.Kind)
	return q.db.WriteGlobal(ctx, func(ctx context.Context, tx *store.Tx) error {
		if runErr == nil && k.Every == 0 {
			_, err := store.Exec(tx, finish, job.Org, job.ID, q.worker)
			return err
		}
		state, at, text := "waiting", q.now().Add(k.Every), ""
		if runErr != nil {
			text = short(runErr)
			q.log.Warn("jobs: failed", "kind", job.Kind, "job", job.ID, "org", job.Org, "attempt", job.Attempt, "err", text)
			if k.Every == 0 {
				at = q.now().Add(k.Backoff(job.Attempt))
				if job.Attempt >= k.Attempts {
					state = "dead"
				}
			}
		}
		_, err := store.Exec(tx, again, job.Org, job.ID, state, store.Micros(at), text, q.worker)
		return err
	})
}

func short(err error) string {
	s := err.Error()
	if len(s) > 300 {
		s = s[:300]
	}
	return s
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
