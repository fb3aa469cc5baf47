package integration

import (
	"context"
	"errors"
	"time"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

// A command writes without a job and so without a job's lease. While it lives
// it renews a hold instead; when it is killed the hold runs out within seconds
// and the next import may go on. The hold has a table of its own, for the
// batches change the run's row all the time and would meet it there.
const (
	holdLife  = 10 * time.Second
	holdEvery = 2 * time.Second
)

var (
	takeHold = store.Scoped(`INSERT INTO import_hold (org_id, run_id, till) VALUES ($1, $2, $3)`)
	keepHold = store.Scoped(`UPDATE import_hold SET till = $3 WHERE org_id = $1 AND run_id = $2`)
	holdTill = store.Scoped(`SELECT till FROM import_hold WHERE org_id = $1 AND run_id = $2`)
	dropHold = store.Scoped(`DELETE FROM import_hold WHERE org_id = $1 AND run_id = $2`)
)

// applyHere applies a checked run in this process.
func (s *Service) applyHere(ctx context.Context, by actor.Actor, id string) error {
	beating, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() { defer close(ended); s.beat(beating, by, id) }()
	err := s.runApply(ctx, by, id)
	stop()
	<-ended
	return errors.Join(err, s.letGo(ctx, by, id))
}

// beat renews the hold until ctx ends or the hold is gone.
func (s *Service) beat(ctx context.Context, by actor.Actor, id string) {
	t := time.NewTicker(holdEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		var n int64
		err := s.write(ctx, by, func(tx *store.Tx) (err error) {
			n, err = store.Exec(tx, keepHold, id, store.Micros(s.now().Add(holdLife)))
			return err
		})
		if err == nil && n == 0 {
			return
		}
	}
}

// letGo gives the hold back, also when ctx has ended: an import that was broken
// off in order keeps nobody waiting.
func (s *Service) letGo(ctx context.Context, by actor.Actor, id string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), holdLife)
	defer cancel()
	return s.write(ctx, by, func(tx *store.Tx) error {
		n, err := store.Exec(tx, dropHold, id)
		if err != nil || n == 0 { // 0: pushed aside
			return err
		}
		_, err = store.Exec(tx, stopRun, id, store.Micros(s.now())) // one that is applied stays so
		return err
	})
}

// writer returns the run of the organisation that writes, and whether it gives
// signs of life; id is "" when none writes.
func (s *Service) writer(tx *store.Tx) (id string, alive bool, err error) {
	row, err := store.Get(tx, writingRun, (*runRow).dest)
	if errors.Is(err, store.ErrNoRow) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	now := s.now()
	till, err := store.Value[int64](tx, holdTill, row.r.ID)
	if errors.Is(err, store.ErrNoRow) { // a job writes
		return row.r.ID, now.Sub(store.Time(row.workedAt)) < silence, nil
	}
	return row.r.ID, store.Micros(now) < till, err
}

// clearWay refuses while another run writes, and stops one that is silent.
func (s *Service) clearWay(tx *store.Tx) error {
	id, alive, err := s.writer(tx)
	switch {
	case err != nil || id == "":
		return err
	case alive:
		return fault.Conflicting(OtherWrites)
	}
	if _, err := store.Exec(tx, stopRun, id, store.Micros(s.now())); err != nil {
		return err
	}
	_, err = store.Exec(tx, dropHold, id)
	return err
}
