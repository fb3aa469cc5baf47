package jobs

import (
	"context"
	"errors"
	"maps"
	"slices"

	"foyer/internal/platform/store"
)

const (
	whyClaim = "workers serve all organisations"
	whyOwn   = "a command runs the jobs that it has made, by name"
	// nextJob finds the job that is due first; PostgreSQL needs SKIP LOCKED,
	// without it two workers took the same one. SQLite has one writer.
	claimNext = `UPDATE job SET state = 'running', attempt = attempt + 1, lease_till = $2, worker = $3
		WHERE (org_id, id) = (SELECT org_id, id FROM job WHERE state = 'waiting' AND run_at <= $1 AND kind IN ($4...) ORDER BY run_at, id LIMIT 1`
	claimed  = `) RETURNING org_id, id, kind, key, args, attempt`
	lostJobs = `SELECT org_id, id, worker FROM job WHERE state = 'running' AND lease_till < $1 AND kind IN ($2...) ORDER BY run_at, id LIMIT 50`
	skip     = ` FOR UPDATE SKIP LOCKED`
)

var (
	claimWaiting = map[store.Engine]store.Query{
		store.SQLite:   store.Global(claimNext+claimed, whyClaim),
		store.Postgres: store.Global(claimNext+skip+claimed, whyClaim),
	}
	findLost = map[store.Engine]store.Query{
		store.SQLite:   store.Global(lostJobs, whyClaim),
		store.Postgres: store.Global(lostJobs+skip, whyClaim),
	}
	takeOver = store.Global(`UPDATE job SET attempt = attempt + 1, lease_till = $3, worker = $4 WHERE org_id = $1 AND id = $2
		RETURNING org_id, id, kind, key, args, attempt`, whyClaim)
)

var (
	dueWaiting = store.Global(`SELECT 1 FROM job WHERE state = 'waiting' AND run_at <= $1 AND kind IN ($2...) LIMIT 1`, whyClaim)
	dueLost    = store.Global(`SELECT 1 FROM job WHERE state = 'running' AND lease_till < $1 AND kind IN ($2...) LIMIT 1`, whyClaim)
)

// A command that ends takes the jobs of one key only: those of others it would
// run with its own settings.
const (
	claimOwn = `UPDATE job SET state = 'running', attempt = attempt + 1, lease_till = $2, worker = $3
		WHERE org_id = $4 AND id = (SELECT id FROM job WHERE org_id = $4 AND kind = $5 AND key = $6 AND state = 'waiting' AND run_at <= $1 ORDER BY run_at, id LIMIT 1`
	lostOwn = `SELECT org_id, id, worker FROM job WHERE state = 'running' AND lease_till < $1 AND org_id = $2 AND kind = $3 AND key = $4 ORDER BY run_at, id LIMIT 50`
)

var (
	claimOwnWaiting = map[store.Engine]store.Query{
		store.SQLite:   store.Global(claimOwn+claimed, whyOwn),
		store.Postgres: store.Global(claimOwn+skip+claimed, whyOwn),
	}
	findOwnLost = map[store.Engine]store.Query{
		store.SQLite:   store.Global(lostOwn, whyOwn),
		store.Postgres: store.Global(lostOwn+skip, whyOwn),
	}
	dueOwnWaiting = store.Global(`SELECT 1 FROM job WHERE state = 'waiting' AND run_at <= $1 AND org_id = $2 AND kind = $3 AND key = $4 LIMIT 1`, whyOwn)
	dueOwnLost    = store.Global(`SELECT 1 FROM job WHERE state = 'running' AND lease_till < $1 AND org_id = $2 AND kind = $3 AND key = $4 LIMIT 1`, whyOwn)
)

// choice is the jobs that a worker takes.
type choice struct {
	due         [2]store.Query // waiting, lost
	claim, lost store.Query
	args        []any // the last ones of each
}

// all are the jobs of every organisation that this process can run.
func (q *Queue) all() choice {
	return choice{due: [2]store.Query{dueWaiting, dueLost}, claim: claimWaiting[q.db.Engine()], lost: findLost[q.db.Engine()], args: []any{store.Spread(q.names())}}
}

// own are the jobs of one key.
func (q *Queue) own(org, kind, key string) choice {
	return choice{due: [2]store.Query{dueOwnWaiting, dueOwnLost}, claim: claimOwnWaiting[q.db.Engine()], lost: findOwnLost[q.db.Engine()], args: []any{org, kind, key}}
}

// isDue looks on a read connection first, so that idle workers never take the
// writer.
func (q *Queue) isDue(ctx context.Context, of choice) (due bool, err error) {
	err = q.db.ReadGlobal(ctx, func(ctx context.Context, tx *store.Tx) error {
		for _, query := range of.due {
			_, err := store.Value[int](tx, query, append([]any{store.Micros(q.now())}, of.args...)...)
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

func (j *Job) dest() []any { return []any{&j.Org, &j.ID, &j.Kind, &j.Key, &j.args, &j.Attempt} }

// claim takes a due job into hand, under a name that no other claim has.
func (q *Queue) claim(ctx context.Context, of choice) (job Job, err error) {
	hold := store.NewID()
	err = q.db.WriteGlobal(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		now := q.now()
		till := store.Micros(now.Add(leaseTime))
		job, err = store.Get(tx, of.claim, (*Job).dest, append([]any{store.Micros(now), till, hold}, of.args...)...)
		if !errors.Is(err, store.ErrNoRow) {
			return err
		}
		lost, err := store.All(tx, of.lost, func(j *Job) []any { return []any{&j.Org, &j.ID, &j.hold} }, append([]any{store.Micros(now)}, of.args...)...)
		if err != nil {
			return err
		}
		for _, l := range lost {
			if !q.holds(l.hold) {
				job, err = store.Get(tx, takeOver, (*Job).dest, l.Org, l.ID, till, hold)
				return err
			}
		}
		return store.ErrNoRow
	})
	if err != nil {
		return job, err
	}
	job.queue, job.hold = q, hold
	q.mu.Lock()
	q.inHand[hold] = true
	q.mu.Unlock()
	return job, nil
}

// holds tells whether a job is in the hands of this very process. Its
// heartbeat may be late, behind a long Write or because the clock was set; the
// process knows better than the row that it is alive.
func (q *Queue) holds(hold string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.inHand[hold]
}

func (q *Queue) release(job Job) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.inHand, job.hold)
}
