package documents

import (
	"context"
	"errors"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

// PublishBatch publishes what has its place, in parts: what one part fails on
// the others do not lose, and called again it goes on. The batch is done when
// nothing waits any more. It returns how many were published now.
func (s *Service) PublishBatch(ctx context.Context, by actor.Actor, id string, quiet bool) (n int, err error) {
	defer fault.Wrap(&err, "publish batch %s", id)
	for {
		part := 0
		err = s.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
			part = 0
			b, err := batch(tx, by, id)
			if err != nil {
				return err
			}
			items, err := store.All(tx, itemsOf, (*BatchItem).dest, id)
			if err != nil {
				return err
			}
			left := 0
			for _, i := range items {
				switch {
				case i.Ready() && part < batchPart:
					if err := s.publishItem(tx, by, b, i, quiet); err != nil {
						return err
					}
					part++
				case i.DocumentID == "" && !i.LeftOut:
					left++
				}
			}
			if left > 0 || b.State == BatchDone || len(items) == 0 {
				return nil
			}
			_, err = store.Exec(tx, endBatch, id, store.Micros(s.now()))
			return err
		})
		n += part
		if err != nil || part < batchPart {
			return n, err
		}
	}
}

// publishItem makes the document of one file. A place that is gone meanwhile is
// taken back, for people to choose another.
func (s *Service) publishItem(tx *store.Tx, by actor.Actor, b Batch, i BatchItem, quiet bool) error {
	f := Facts{Kind: b.Kind, Title: b.Title, Day: b.Day}
	a := f.audience(b.Target, i.MatchID)
	t, err := placed(tx, by, a)
	if errors.Is(err, fault.ErrNotFound) || err == nil && t.PropertyID != b.PropertyID {
		i.MatchID, i.How = "", ""
		return i.put(tx, b.ID)
	}
	if err != nil {
		return err
	}
	d := Document{ID: store.IDFrom("document", b.ID, i.ID), Kind: b.Kind, Title: b.Title, Day: b.Day, Audience: a, PropertyID: t.PropertyID, FileID: i.FileID, State: Published, BatchID: b.ID}
	if _, err := store.Exec(tx, moveFiles, batchOwner, b.ID, documentOwner, d.ID, store.Spread([]string{i.FileID})); err != nil {
		return err
	}
	if err := s.put(tx, by, &d, !quiet); err != nil {
		return err
	}
	i.DocumentID = d.ID
	return i.put(tx, b.ID)
}

// DropBatch ends a batch: files that were not published are removed, those that
// were stay.
func (s *Service) DropBatch(ctx context.Context, by actor.Actor, id string) (err error) {
	defer fault.Wrap(&err, "drop batch %s", id)
	return s.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		if _, err := batch(tx, by, id); err != nil {
			return err
		}
		if err := s.Drop(tx, batchOwner, []string{id}); err != nil {
			return err
		}
		for _, q := range []store.Query{dropItems, dropBatch} {
			if _, err := store.Exec(tx, q, id); err != nil {
				return err
			}
		}
		return audit.Note(tx, s.now(), by, "document.batch_drop", "batch:"+id, nil)
	})
}
