package conversations

import (
	"context"
	"time"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/search"
	"foyer/internal/platform/store"
)

// draftLife is how long an unfinished text is kept.
const draftLife = 90 * 24 * time.Hour

var (
	expired = store.Scoped(`SELECT c.id FROM conversation c WHERE c.org_id = $1 AND c.kind = 'message' AND c.last_at < $2 AND c.hold = FALSE
		ORDER BY c.last_at, c.id LIMIT $3`)
	dropBroadcasts = store.Scoped(`DELETE FROM broadcast WHERE org_id = $1 AND message_id IN
		(SELECT m.id FROM message m WHERE m.org_id = $1 AND m.conversation_id IN ($2...))`)
	dropMessages      = store.Scoped(`DELETE FROM message WHERE org_id = $1 AND conversation_id IN ($2...)`)
	dropSeen          = store.Scoped(`DELETE FROM conversation_seen WHERE org_id = $1 AND conversation_id IN ($2...)`)
	dropConversations = store.Scoped(`DELETE FROM conversation WHERE org_id = $1 AND id IN ($2...)`)
	dropDrafts        = store.Scoped(`DELETE FROM draft WHERE org_id = $1 AND updated_at < $2`)
)

// Delete removes conversations with all that hangs on them. The caller has
// judged that they may go.
func Delete(tx *store.Tx, ids ...string) error {
	if len(ids) == 0 {
		return nil
	}
	for _, q := range []store.Query{dropBroadcasts, dropMessages, dropSeen, dropConversations} {
		if _, err := store.Exec(tx, q, store.Spread(ids)); err != nil {
			return err
		}
	}
	return search.Delete(tx, searchKind, ids...)
}

// expirePart is how many conversations go in one transaction.
const expirePart = 200

// expire is the daily job that ends messages by the organisation's retention,
// and drafts that nobody finished.
func (s *Service) expire(ctx context.Context, by actor.Actor, _ jobs.Job) error {
	for n := expirePart; n == expirePart; {
		err := s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
			n = 0
			now := s.Now()
			if _, err := store.Exec(tx, dropDrafts, store.Micros(now.Add(-draftLife))); err != nil {
				return err
			}
			o, err := orgs.Load(tx)
			if err != nil {
				return err
			}
			months := o.Settings.Retention[orgs.RetainMessages]
			if months == 0 {
				return nil // kept until somebody decides
			}
			ids, err := store.List[string](tx, expired, store.Micros(now.AddDate(0, -months, 0)), expirePart)
			if err != nil || len(ids) == 0 {
				return err
			}
			n = len(ids)
			if err := Delete(tx, ids...); err != nil {
				return err
			}
			return audit.Note(tx, now, by, "conversation.expire", "organisation", map[string]any{"count": n})
		})
		if err != nil {
			return err
		}
	}
	return nil
}
