package integration

import (
	"context"
	"errors"
	"time"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

// silence is how long a run that writes may give no sign of life before
// another one may push it aside: longer than a job's lease.
const silence = 2 * time.Minute

var stopRun = store.Scoped(`UPDATE import_run SET state = 'stopped', worked_at = $3 WHERE org_id = $1 AND id = $2 AND state IN ('applying', 'undoing')`)

// clearWay refuses while another run writes, and stops one that is silent.
func (s *Service) clearWay(tx *store.Tx) error {
	row, err := store.Get(tx, writingRun, (*runRow).dest)
	if errors.Is(err, store.ErrNoRow) {
		return nil
	}
	if err != nil {
		return err
	}
	if s.now().Sub(store.Time(row.workedAt)) < silence {
		return fault.Conflicting("import.run.other_writes")
	}
	_, err = store.Exec(tx, stopRun, row.r.ID, store.Micros(s.now()))
	return err
}

// giveUp marks a run whose job has failed for the last time.
func (s *Service) giveUp(ctx context.Context, by actor.Actor, id string) error {
	return s.write(ctx, by, func(tx *store.Tx) error {
		now := store.Micros(s.now())
		if _, err := store.Exec(tx, stopRun, id, now); err != nil {
			return err
		}
		_, err := store.Exec(tx, failRun, id, encode(Reason{Key: "import.run.gave_up"}), now)
		return err
	})
}
