package integration

import (
	"context"
	"time"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
)

// How long the rows of a list are kept. They are personal data: after this time
// they, the file and the before-images are forgotten, and the import cannot be
// undone any more.
const (
	keepApplied = 30 * 24 * time.Hour
	keepOther   = 7 * 24 * time.Hour
	// giveUpAfter is how long a busy run may be silent before it counts as dead:
	// far longer than a job pauses between two attempts.
	giveUpAfter = 24 * time.Hour
)

var (
	buryDead = store.Scoped(`UPDATE import_run SET state = CASE WHEN state = 'checking' THEN 'cancelled' ELSE 'stopped' END
		WHERE org_id = $1 AND state IN ('checking', 'applying', 'undoing') AND worked_at < $2`)
	oldRuns = store.Scoped(`SELECT ` + runColumns + ` FROM import_run WHERE org_id = $1 AND blob <> '' AND state NOT IN ('checking', 'applying', 'undoing')
		AND (state = 'cancelled' OR worked_at < $2 OR state NOT IN ('applied', 'stopped') AND worked_at < $3) ORDER BY created_at, id LIMIT 100`)
	runBlobs    = store.Scoped(`SELECT blob FROM import_run WHERE org_id = $1 AND blob <> ''`)
	dropRows    = store.Scoped(`DELETE FROM import_row WHERE org_id = $1 AND run_id = $2 AND row_no <= $3`)
	topRow      = store.Scoped(`SELECT coalesce(max(row_no), 0) FROM import_row WHERE org_id = $1 AND run_id = $2`)
	dropBatches = store.Scoped(`DELETE FROM import_batch WHERE org_id = $1 AND run_id = $2`)
	dropKept    = store.Scoped(`DELETE FROM import_kept WHERE org_id = $1 AND run_id = $2`)
	eraseRun    = store.Scoped(`UPDATE import_run SET blob = '', headings = '{}', limits = CASE WHEN limits = '' THEN '' ELSE '[]' END,
		state = CASE WHEN state IN ('columns', 'checked') THEN 'cancelled' ELSE state END WHERE org_id = $1 AND id = $2`)
)

// sweep forgets the rows of old runs. A run whose command was killed has no job
// that would end it; it is ended here, or its rows would stay for ever.
func (s *Service) sweep(ctx context.Context, by actor.Actor) error {
	now := s.now()
	err := s.write(ctx, by, func(tx *store.Tx) error {
		_, err := store.Exec(tx, buryDead, store.Micros(now.Add(-giveUpAfter)))
		return err
	})
	if err != nil {
		return err
	}
	var list []Run
	err = s.read(ctx, by, func(tx *store.Tx) error {
		rows, err := store.All(tx, oldRuns, (*runRow).dest, store.Micros(now.Add(-keepApplied)), store.Micros(now.Add(-keepOther)))
		if err != nil {
			return err
		}
		list = make([]Run, len(rows))
		for i, w := range rows {
			if list[i], err = w.run(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, r := range list {
		if err := s.erase(ctx, by, r); err != nil {
			return err
		}
	}
	return nil
}

// erase forgets one run's rows, a bounded piece at a time, the file last.
func (s *Service) erase(ctx context.Context, by actor.Actor, r Run) error {
	if err := s.forgetComparison(ctx, by, r.ID); err != nil {
		return err
	}
	var top int
	if err := s.read(ctx, by, func(tx *store.Tx) (err error) {
		top, err = store.Value[int](tx, topRow, r.ID)
		return err
	}); err != nil {
		return err
	}
	for upTo := 5 * s.rows; upTo-5*s.rows <= top; upTo += 5 * s.rows {
		if err := s.write(ctx, by, func(tx *store.Tx) error {
			_, err := store.Exec(tx, dropRows, r.ID, upTo)
			return err
		}); err != nil {
			return err
		}
	}
	err := s.write(ctx, by, func(tx *store.Tx) error {
		if _, err := store.Exec(tx, dropNotes, r.ID, 0); err != nil {
			return err
		}
		for _, q := range []store.Query{dropEndings, dropBatches, dropKept, dropHold, eraseRun} {
			if _, err := store.Exec(tx, q, r.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.blobs.Delete(by.Org(), r.blob)
}

// Blobs returns the keys of all files that the package's rows point to.
func Blobs(tx *store.Tx) ([]string, error) { return store.List[string](tx, runBlobs) }
