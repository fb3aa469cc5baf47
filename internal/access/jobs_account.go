package access

import (
	"context"
	"time"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
)

// throttleLife is after how long without a failure a bucket is surely empty:
// the slowest one forgets a failure per hour, up to some twenty of them.
const throttleLife = 48 * time.Hour

// registerAccountJobs names the jobs of the account half.
func (s *Service) registerAccountJobs(q *jobs.Queue) {
	q.Register(jobReset, jobs.Kind{Run: s.runReset})
	q.Register(jobCleanup, jobs.Kind{Run: s.cleanUp, Every: time.Hour})
}

// cleanUp removes what has run out: sessions, links, empty buckets, codes kept
// for a second click.
func (s *Service) cleanUp(ctx context.Context, by actor.Actor, job jobs.Job) error {
	return s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		now := s.now()
		for q, at := range map[store.Query]time.Time{deleteExpired: now, deleteExpiredLinks: now, deleteOldThrottle: now.Add(-throttleLife), forgetLetters: now.Add(-againTime)} {
			if _, err := store.Exec(tx, q, store.Micros(at)); err != nil {
				return err
			}
		}
		return nil
	})
}
