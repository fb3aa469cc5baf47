package documents

import (
	"context"
	"errors"
	"io"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/upload"
	"foyer/internal/portfolio"
)

// Batch is many files of one kind that find their flats or leases by their
// names.
type Batch struct {
	ID         string
	PropertyID string
	Kind       Kind
	Title      string // of each document
	Day        string
	Target     portfolio.Kind // ToUnit or ToLease
	State      BatchState
	CreatedBy  string
	CreatedAt  int64 // microseconds
	DoneAt     int64
}

// BatchState tells how far a batch is.
type BatchState string

// The states.
const (
	BatchOpen BatchState = "open"
	BatchDone BatchState = "done"
)

// BatchItem is one file of a batch.
type BatchItem struct {
	ID         string
	Name       string // of the file, as it was sent
	FileID     string // "" = it was refused
	Problem    string // catalogue key of why
	MatchID    string // unit or lease, "" = none
	How        string // HowName, HowHand, HowSeveral or ""
	LeftOut    bool
	DocumentID string // once it is published
	Target     Target // of MatchID
}

// How a file found its place.
const (
	HowName    = "name"
	HowHand    = "hand"
	HowSeveral = "several" // the name means more than one
)

// Ready tells whether a file can be published.
func (i BatchItem) Ready() bool {
	return i.FileID != "" && i.MatchID != "" && !i.LeftOut && i.DocumentID == ""
}

const (
	batchOwner = "batch"
	batchPart  = 50 // documents in one transaction
)

const (
	batchCols = `id, property_id, kind, title, day, target, state, created_by, created_at, done_at`
	itemCols  = `id, name, file_id, problem, match_id, how, left_out, document_id`
)

func (b *Batch) dest() []any {
	return []any{&b.ID, &b.PropertyID, &b.Kind, &b.Title, &b.Day, &b.Target, &b.State, &b.CreatedBy, &b.CreatedAt, &b.DoneAt}
}

func (i *BatchItem) dest() []any {
	return []any{&i.ID, &i.Name, &i.FileID, &i.Problem, &i.MatchID, &i.How, &i.LeftOut, &i.DocumentID}
}

var (
	insertBatch = store.Scoped(`INSERT INTO document_batch (org_id, id, property_id, kind, title, day, target, state, created_by, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', $8, $9) ON CONFLICT (org_id, id) DO NOTHING`)
	batchByID   = store.Scoped(`SELECT ` + batchCols + ` FROM document_batch WHERE org_id = $1 AND id = $2`)
	openBatches = store.Scoped(`SELECT ` + batchCols + ` FROM document_batch WHERE org_id = $1 AND state = 'open' ORDER BY created_at DESC, id DESC LIMIT 50`)
	endBatch    = store.Scoped(`UPDATE document_batch SET state = 'done', done_at = $3 WHERE org_id = $1 AND id = $2`)
	dropBatch   = store.Scoped(`DELETE FROM document_batch WHERE org_id = $1 AND id = $2`)
	dropItems   = store.Scoped(`DELETE FROM document_item WHERE org_id = $1 AND batch_id = $2`)
	itemsOf     = store.Scoped(`SELECT ` + itemCols + ` FROM document_item WHERE org_id = $1 AND batch_id = $2 ORDER BY name, id`)
	itemByID    = store.Scoped(`SELECT ` + itemCols + ` FROM document_item WHERE org_id = $1 AND batch_id = $2 AND id = $3`)
	putItem     = store.Scoped(`INSERT INTO document_item (org_id, batch_id, id, name, file_id, problem, match_id, how, left_out, document_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (org_id, batch_id, id) DO UPDATE SET file_id = excluded.file_id, problem = excluded.problem, match_id = excluded.match_id, how = excluded.how, left_out = excluded.left_out,
		document_id = excluded.document_id`)
)

func (i BatchItem) put(tx *store.Tx, batch string) error {
	_, err := store.Exec(tx, putItem, batch, i.ID, i.Name, i.FileID, i.Problem, i.MatchID, i.How, i.LeftOut, i.DocumentID)
	return err
}

// seesBatch tells who opens a file before it is published.
func (s *Service) seesBatch(tx *store.Tx, by actor.Actor, id string) (bool, error) {
	_, err := batch(tx, by, id)
	return err == nil, err
}

// batch loads a batch that staff may work on.
func batch(tx *store.Tx, by actor.Actor, id string) (Batch, error) {
	if err := by.Must(actor.PublishDocuments); err != nil {
		return Batch{}, err
	}
	b, err := store.Get(tx, batchByID, (*Batch).dest, id)
	if errors.Is(err, store.ErrNoRow) || err == nil && !within(by, b.PropertyID) {
		return Batch{}, fault.NotFound("batch")
	}
	return b, err
}

// BeginBatch begins a batch: what all of its documents have in common. Wrong
// input is fault.Invalid at art, titel, datum and fuer; sent twice with one key
// it is one batch.
func (s *Service) BeginBatch(ctx context.Context, by actor.Actor, key string, b Batch) (out Batch, err error) {
	defer fault.Wrap(&err, "begin a batch of documents")
	if err := by.Must(actor.PublishDocuments); err != nil {
		return Batch{}, err
	}
	bad := &fault.Invalid{}
	f := Facts{Kind: b.Kind, Title: b.Title, Day: b.Day}
	f.check(bad)
	if b.Target != portfolio.ToUnit && b.Target != portfolio.ToLease {
		bad.Add("fuer", "documents.target_missing")
	}
	if err := bad.Err(); err != nil {
		return Batch{}, err
	}
	b.ID = store.IDFrom("batch", by.Account(), key)
	err = s.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		if _, err := placed(tx, by, portfolio.Audience{Kind: portfolio.ToProperty, ID: b.PropertyID}); err != nil {
			return err
		}
		_, err := store.Exec(tx, insertBatch, b.ID, b.PropertyID, string(b.Kind), f.Title, b.Day, string(b.Target), by.Label(), store.Micros(s.now()))
		if err != nil {
			return err
		}
		out, err = batch(tx, by, b.ID)
		return err
	})
	return out, err
}

// AddToBatch takes one file into a batch and looks for its place. A file that
// is refused becomes a row that says why, and the others go on; the same name
// again takes the place of the first.
func (s *Service) AddToBatch(ctx context.Context, by actor.Actor, id, name string, r io.Reader) (item BatchItem, err error) {
	defer fault.Wrap(&err, "take a file into batch %s", id)
	err = s.db.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		b, err := batch(tx, by, id)
		if err == nil && b.State != BatchOpen {
			return fault.Conflicting("documents.batch_done")
		}
		return err
	})
	if err != nil {
		return BatchItem{}, err
	}
	res, err := s.Take(ctx, by, "datei", name, r)
	refused := fault.AsInvalid(err)
	if err != nil && refused == nil {
		return BatchItem{}, err
	}
	name = upload.CleanName(name)
	err = s.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		b, err := batch(tx, by, id)
		if err != nil {
			return err
		}
		item, err = store.Get(tx, itemByID, (*BatchItem).dest, id, store.IDFrom("item", id, name))
		switch {
		case errors.Is(err, store.ErrNoRow):
			item = BatchItem{ID: store.IDFrom("item", id, name), Name: name}
		case err != nil:
			return err
		case item.DocumentID != "":
			return nil // published already
		}
		if refused != nil {
			if item.FileID == "" {
				item.Problem = refused.Fields[0].Key
			}
			return item.put(tx, id)
		}
		return s.fit(tx, by, b, &item, res)
	})
	return item, err
}

// fit hangs the file on the batch and finds its place by its name, unless
// somebody has chosen one.
func (s *Service) fit(tx *store.Tx, by actor.Actor, b Batch, item *BatchItem, res upload.Result) error {
	if item.FileID != "" {
		if err := s.DropOne(tx, batchOwner, b.ID, item.FileID); err != nil {
			return err
		}
	}
	f, err := s.Add(tx, by, batchOwner, b.ID, res)
	if err != nil {
		return err
	}
	item.FileID, item.Problem = f.ID, ""
	if item.How != HowHand {
		list, err := candidates(tx, b.PropertyID, b.Target, b.Day)
		if err != nil {
			return err
		}
		var several bool
		item.MatchID, several = match(item.Name, list)
		item.How = ""
		switch {
		case several:
			item.How = HowSeveral
		case item.MatchID != "":
			item.How = HowName
		}
	}
	return item.put(tx, b.ID)
}

// BatchView is a batch with its files: what needs a hand first.
type BatchView struct {
	Batch
	Property string
	Items    []BatchItem
}

// Count tells how many files fulfil a condition.
func (v BatchView) Count(is func(BatchItem) bool) (n int) {
	for _, i := range v.Items {
		if is(i) {
			n++
		}
	}
	return n
}

// Batch returns a batch. It needs actor.PublishDocuments.
func (s *Service) Batch(ctx context.Context, by actor.Actor, id string) (v BatchView, err error) {
	defer fault.Wrap(&err, "show batch %s", id)
	err = s.db.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		b, err := batch(tx, by, id)
		if err != nil {
			return err
		}
		v = BatchView{Batch: b}
		if v.Items, err = store.All(tx, itemsOf, (*BatchItem).dest, id); err != nil {
			return err
		}
		auds := []portfolio.Audience{{Kind: portfolio.ToProperty, ID: b.PropertyID}}
		for _, i := range v.Items {
			if i.MatchID != "" {
				auds = append(auds, portfolio.Audience{Kind: b.Target, ID: i.MatchID})
			}
		}
		e, err := around(tx, auds)
		v.Property = e.properties[b.PropertyID].Name
		for i := range v.Items {
			if id := v.Items[i].MatchID; id != "" {
				v.Items[i].Target, _ = e.target(portfolio.Audience{Kind: b.Target, ID: id})
			}
		}
		return err
	})
	return v, err
}

// Batches lists the open batches within the limits, latest first.
func (s *Service) Batches(ctx context.Context, by actor.Actor) (out []Batch, err error) {
	defer fault.Wrap(&err, "list open batches")
	if err := by.Must(actor.PublishDocuments); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		list, err := store.All(tx, openBatches, (*Batch).dest)
		out = nil
		for _, b := range list {
			if within(by, b.PropertyID) {
				out = append(out, b)
			}
		}
		return err
	})
	return out, err
}

// MatchItem gives a file its place by hand, or leaves it out.
func (s *Service) MatchItem(ctx context.Context, by actor.Actor, id, itemID, matchID string, leaveOut bool) (err error) {
	defer fault.Wrap(&err, "match a file of batch %s", id)
	return s.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		b, err := batch(tx, by, id)
		if err != nil {
			return err
		}
		item, err := store.Get(tx, itemByID, (*BatchItem).dest, id, itemID)
		if errors.Is(err, store.ErrNoRow) {
			return fault.NotFound("file of the batch")
		}
		if err != nil {
			return err
		}
		if item.DocumentID != "" {
			return fault.Conflicting("documents.batch_published")
		}
		if item.LeftOut = leaveOut; leaveOut {
			return item.put(tx, id)
		}
		if matchID == "" {
			return fault.Wrong("ziel", "documents.target_missing")
		}
		t, err := placed(tx, by, portfolio.Audience{Kind: b.Target, ID: matchID})
		if err != nil {
			return err
		}
		if t.PropertyID != b.PropertyID {
			return fault.NotFound("audience")
		}
		item.MatchID, item.How = matchID, HowHand
		return item.put(tx, id)
	})
}
