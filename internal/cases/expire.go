package cases

import (
	"context"

	"foyer/internal/conversations"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
)

// expirePart is how many cases go in one transaction.
const expirePart = 100

// expire is the daily job that ends cases by the organisation's retention,
// counted from when they were done.
func (s *Service) expire(ctx context.Context, by actor.Actor, _ jobs.Job) error {
	for n := expirePart; n == expirePart; {
		err := s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
			n = 0
			now := s.Now()
			o, err := orgs.Load(tx)
			if err != nil {
				return err
			}
			months := o.Settings.Retention[orgs.RetainCases]
			if months == 0 {
				return nil // kept until somebody decides
			}
			ids, err := store.List[string](tx, expired, store.Micros(now.AddDate(0, -months, 0)), expirePart)
			if err != nil || len(ids) == 0 {
				return err
			}
			n = len(ids)
			if err := s.remove(tx, ids); err != nil {
				return err
			}
			return audit.Note(tx, now, by, "case.expire", "organisation", map[string]any{"count": n})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// remove deletes cases with all that hangs on them. Reports under them that stay
// stand for themselves.
func (s *Service) remove(tx *store.Tx, ids []string) error {
	posts, err := store.List[string](tx, postIDs, store.Spread(ids))
	if err != nil {
		return err
	}
	if err := s.Documents.Drop(tx, FileOwner, posts); err != nil {
		return err
	}
	for _, x := range []struct {
		q    store.Query
		list []string
	}{{freeReports, ids}, {dropCopies, posts}, {dropOrigins, posts}, {dropEvents, ids}, {dropMeetings, ids}, {dropCases, ids}} {
		if _, err := store.Exec(tx, x.q, store.Spread(x.list)); err != nil {
			return err
		}
	}
	return conversations.Delete(tx, ids...)
}
