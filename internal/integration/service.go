package integration

import (
	"context"
	"time"

	"foyer/internal/contactchanges"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/blob"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
)

// Deps is what New needs. Every field is required.
type Deps struct {
	DB    *store.DB
	Now   func() time.Time
	Blobs *blob.Dir
	Texts *i18n.Bundle
	// Contacts are the residents' changes of contact data, which an import confirms.
	Contacts *contactchanges.Service
}

// Service holds the use-cases. It is safe for concurrent use.
type Service struct {
	db    *store.DB
	now   func() time.Time
	blobs *blob.Dir
	texts *i18n.Bundle

	contacts *contactchanges.Service
	// rows is how many rows go into one transaction, give or take the rest of a
	// unit. Tests make it small.
	rows int
	// between is called between two transactions of a long step; tests end the
	// step there.
	between func()
}

// The kinds of jobs.
const (
	checkJob = "integration.check"
	applyJob = "integration.apply"
	undoJob  = "integration.undo"
	sweepJob = "integration.sweep"
)

// batchSize is how many rows are staged, compared or applied in one
// transaction: enough to make its cost disappear, few enough that others who
// want to write do not wait long.
const batchSize = 1000

// attempts is how often a job is tried before its run is marked as stopped.
const attempts = 8

// New returns the service and registers its jobs.
func New(d Deps, queue *jobs.Queue) *Service {
	s := &Service{db: d.DB, now: d.Now, blobs: d.Blobs, texts: d.Texts, contacts: d.Contacts, rows: batchSize, between: func() {}}
	for kind, work := range map[string]func(context.Context, actor.Actor, string) error{checkJob: s.runCheck, applyJob: s.runApply, undoJob: s.runUndo} {
		queue.Register(kind, jobs.Kind{Attempts: attempts, Run: func(ctx context.Context, by actor.Actor, job jobs.Job) error {
			var args struct{ Run string }
			if err := job.Args(&args); err != nil {
				return err
			}
			err := work(ctx, by, args.Run)
			if err != nil && job.Attempt >= attempts && ctx.Err() == nil {
				if gaveUp := s.giveUp(ctx, by, args.Run); gaveUp != nil {
					return gaveUp
				}
			}
			return err
		}})
	}
	queue.Register(sweepJob, jobs.Kind{Every: 24 * time.Hour, Run: func(ctx context.Context, by actor.Actor, _ jobs.Job) error { return s.sweep(ctx, by) }})
	return s
}

func enqueue(tx *store.Tx, now time.Time, kind, run string) error {
	return jobs.Enqueue(tx, kind, run, map[string]string{"run": run}, now)
}

// write and read are transactions of the actor's organisation.
func (s *Service) write(ctx context.Context, by actor.Actor, fn func(tx *store.Tx) error) error {
	return s.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error { return fn(tx) })
}

func (s *Service) read(ctx context.Context, by actor.Actor, fn func(tx *store.Tx) error) error {
	return s.db.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error { return fn(tx) })
}
