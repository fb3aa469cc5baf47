package integration

import (
	"context"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

var (
	writtenSince = store.Scoped(`SELECT count(*) FROM import_run WHERE org_id = $1 AND id <> $2 AND worked_at > $3
		AND (state IN ('applying', 'applied', 'undoing', 'undone') OR state = 'stopped' AND applied_at > 0)`)
	rowsStaged   = store.Scoped(`SELECT count(*) FROM import_row WHERE org_id = $1 AND run_id = $2`)
	unreadable   = store.Scoped(`SELECT count(*) FROM import_row WHERE org_id = $1 AND run_id = $2 AND problems <> ''`)
	readWarnings = store.Scoped(`SELECT count(*) FROM import_note WHERE org_id = $1 AND run_id = $2 AND n < $3`)
	startRecheck = store.Scoped(`UPDATE import_run SET state = 'checking', step = 'compare', done = 0, counts = $3, worked_at = $4
		WHERE org_id = $1 AND id = $2 AND state = 'checked'`)
)

// Outdated tells whether another import was applied or taken back since a run
// was checked: what the check announced may not hold any more.
func (s *Service) Outdated(ctx context.Context, by actor.Actor, id string) (yes bool, err error) {
	err = s.read(ctx, by, func(tx *store.Tx) error {
		r, err := mine(tx, by, id)
		if err != nil || r.State != Checked {
			return err
		}
		n, err := store.Value[int](tx, writtenSince, id, store.Micros(r.CheckedAt))
		yes = n > 0
		return err
	})
	return yes, err
}

// Recheck lets a job compare the rows of a checked run again; the file is not
// read again.
func (s *Service) Recheck(ctx context.Context, by actor.Actor, id string) error {
	return s.write(ctx, by, func(tx *store.Tx) error {
		r, err := mine(tx, by, id)
		if err != nil {
			return err
		}
		if r.State != Checked || r.Erased {
			return fault.Conflicting("import.run.moved_on")
		}
		var n Counts
		if n.Rows, err = store.Value[int](tx, rowsStaged, id); err != nil {
			return err
		}
		if n.Rejected, err = store.Value[int](tx, unreadable, id); err != nil {
			return err
		}
		if n.Warnings, err = store.Value[int](tx, readWarnings, id, comparedNote); err != nil {
			return err
		}
		now := s.now()
		if err := moved(store.Exec(tx, startRecheck, id, encode(n), store.Micros(now))); err != nil {
			return err
		}
		return enqueue(tx, now, checkJob, id)
	})
}
