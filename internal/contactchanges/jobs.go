package contactchanges

import (
	"context"
	"time"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

const sweepJob = "contactchanges.sweep"

// graceDays is after how many working days beyond the promised one a change
// times out that nobody has confirmed.
const graceDays = 20

// sweep ends what has run out: addresses that were not proved in time, changes
// whose account or lease is over, changes that nobody confirms. And it forgets
// what the organisation does not keep longer.
func (s *Service) sweep(ctx context.Context, by actor.Actor, _ jobs.Job) error {
	if err := s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		list, err := changes(tx, unproved, store.Micros(s.Now()))
		for _, c := range list {
			if err == nil {
				err = s.end(tx, s.Now(), by, c, TimedOut, whyLink)
			}
		}
		return err
	}); err != nil {
		return err
	}
	for last, next, more := "", "", true; more; last = next {
		if err := s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
			list, err := changes(tx, openAfter, last)
			if err != nil {
				return err
			}
			if more = len(list) > 0; more {
				next = list[len(list)-1].ID
			}
			return s.sweepOpen(tx, by, list)
		}); err != nil {
			return err
		}
	}
	return s.forget(ctx, by)
}

// sweepOpen judges changes that wait.
func (s *Service) sweepOpen(tx *store.Tx, by actor.Actor, list []Change) error {
	o, err := orgs.Load(tx)
	if err != nil {
		return err
	}
	now := s.Now()
	for _, c := range list {
		at, ok, err := s.alive(tx, o, c)
		if err != nil {
			return err
		}
		switch {
		case !ok:
			err = s.end(tx, now, by, c, Withdrawn, whyAccess)
		case lastDay(o, at.region, c) < o.Today(now):
			if err = s.end(tx, now, by, c, TimedOut, whyWaited); err == nil {
				err = s.tell(tx, now, o, c, mailWaited)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// lastDay is the last day on which a change can be confirmed.
func lastDay(o orgs.Org, p portfolio.Property, c Change) string {
	return max(p.Workdays(o.Settings.Country).After(c.DueOn, graceDays), c.FromDay)
}

// forget removes changes that ended longer ago than the organisation keeps them.
func (s *Service) forget(ctx context.Context, by actor.Actor) error {
	return s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		months := o.Settings.Retention[orgs.RetainContacts]
		if months == 0 {
			return nil
		}
		until := s.Now().In(o.Location()).AddDate(0, -months, 0)
		_, err = store.Exec(tx, forgetSome, store.Micros(until.Truncate(time.Second)))
		return err
	})
}
