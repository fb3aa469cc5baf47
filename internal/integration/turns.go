package integration

import (
	"context"
	"time"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
)

// OtherWrites is the key of the fault.Conflict that says that another run of the
// organisation is being applied or undone.
const OtherWrites = "import.run.other_writes"

// silence is how long a run that a job writes may give no sign of life before
// another one may push it aside: longer than a job's lease. What a command
// writes is held, see hold.go.
const silence = 2 * time.Minute

var stopRun = store.Scoped(`UPDATE import_run SET state = 'stopped', worked_at = $3 WHERE org_id = $1 AND id = $2 AND state IN ('applying', 'undoing')`)

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
