package integration

import (
	"context"
	"fmt"
	"io"

	"foyer/internal/integration/residentlist"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

// Options of an import by command.
type Options struct {
	Mapping    residentlist.Mapping // what is given wins over what is recognised
	Complete   bool                 // the list names everybody in its properties
	EndMissing bool                 // with Complete: end what is missing
	DryRun     bool                 // only tell
}

// ImportFile brings a list in without jobs: it checks, and applies unless the
// run is dry. It uses the same code and takes the same turns as the pages; what
// it did is a run like any other, and the next call goes on behind what a
// killed one has written. A file that cannot be read is a fault.Invalid of
// "file", a mapping without sense one of the columns. While another run writes
// it is a Conflict of OtherWrites, as a rule before the file is read.
func (s *Service) ImportFile(ctx context.Context, by actor.Actor, file io.Reader, name string, o Options) (Run, error) {
	if err := by.Must(actor.EditPortfolio); err != nil {
		return Run{}, err
	}
	if !o.DryRun {
		if err := s.read(ctx, by, func(tx *store.Tx) error {
			_, alive, err := s.writer(tx)
			if err == nil && alive {
				err = fault.Conflicting(OtherWrites)
			}
			return err
		}); err != nil {
			return Run{}, err
		}
	}
	id, err := s.Start(ctx, by, file, name)
	if err != nil {
		return Run{}, err
	}
	err = s.write(ctx, by, func(tx *store.Tx) error {
		r, err := mine(tx, by, id)
		if err != nil {
			return err
		}
		return s.begin(tx, r, Choice{Mapping: residentlist.Merge(r.Mapping, o.Mapping), Complete: o.Complete})
	})
	if err != nil {
		return Run{}, s.abandon(ctx, by, id, err)
	}
	if err := s.runCheck(ctx, by, id); err != nil {
		return Run{}, s.abandon(ctx, by, id, err)
	}
	r, err := s.Run(ctx, by, id)
	if err != nil {
		return r, err
	}
	if r.State == Failed && r.Problem != nil {
		return r, invalid("file", *r.Problem)
	}
	if o.DryRun {
		r.EndMissing = o.EndMissing && o.Complete
		return r, s.Cancel(ctx, by, id)
	}
	return s.applyFile(ctx, by, r, o.EndMissing)
}

func (s *Service) applyFile(ctx context.Context, by actor.Actor, r Run, endMissing bool) (Run, error) {
	err := s.write(ctx, by, func(tx *store.Tx) error {
		if err := s.beginApply(tx, by, r.ID, endMissing); err != nil {
			return err
		}
		_, err := store.Exec(tx, takeHold, r.ID, store.Micros(s.now().Add(holdLife)))
		return err
	})
	if store.IsUnique(err) {
		err = fault.Conflicting(OtherWrites)
	}
	if err != nil {
		return r, s.abandon(ctx, by, r.ID, err)
	}
	if err := s.applyHere(ctx, by, r.ID); err != nil {
		return r, fmt.Errorf("apply the list: %w", err)
	}
	r, err = s.Run(ctx, by, r.ID)
	if err == nil && r.State != Applied {
		err = fault.Conflicting("import.run.pushed_aside")
	}
	return r, err
}

// abandon gives a run up after an error and returns the error.
func (s *Service) abandon(ctx context.Context, by actor.Actor, id string, cause error) error {
	if ctx.Err() == nil {
		if err := s.Cancel(ctx, by, id); err != nil {
			return fmt.Errorf("%w (and the run stays: %w)", cause, err)
		}
	}
	return cause
}
