package documents

import (
	"context"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
)

// expirePart is how many documents end in one transaction.
const expirePart = 200

var (
	expiredDocuments = store.Scoped(`SELECT d.id FROM document d WHERE d.org_id = $1 AND d.hold = FALSE AND d.changed_at < $2
		AND (d.aud_day <> '' OR d.state = 'withdrawn') ORDER BY d.changed_at, d.id LIMIT $3`)
	dropReads     = store.Scoped(`DELETE FROM document_read WHERE org_id = $1 AND document_id IN ($2...)`)
	dropDocuments = store.Scoped(`DELETE FROM document WHERE org_id = $1 AND id IN ($2...)`)
)

// expire is the daily job that ends documents by the organisation's retention:
// so many months after they were published or replaced. What is under a legal
// hold stays, and so does a standing document, such as house rules, until it is
// withdrawn.
func (s *Service) expire(ctx context.Context, by actor.Actor, _ jobs.Job) error {
	for n := expirePart; n == expirePart; {
		err := s.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
			n = 0
			o, err := orgs.Load(tx)
			if err != nil {
				return err
			}
			months := o.Settings.Retention[orgs.RetainDocuments]
			if months == 0 {
				return nil // kept until somebody decides
			}
			list, err := store.List[string](tx, expiredDocuments, store.Micros(s.now().AddDate(0, -months, 0)), expirePart)
			if err != nil || len(list) == 0 {
				return err
			}
			n = len(list)
			for _, q := range []store.Query{dropReads, dropDocuments} {
				if _, err := store.Exec(tx, q, store.Spread(list)); err != nil {
					return err
				}
			}
			if err := s.Drop(tx, documentOwner, list); err != nil {
				return err
			}
			return audit.Note(tx, s.now(), by, "document.expire", "organisation", map[string]any{"count": n})
		})
		if err != nil {
			return err
		}
	}
	return nil
}
