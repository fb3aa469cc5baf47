package conversations

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

// Limits of drafts.
const (
	maxDrafts = 50 // of one account; the oldest goes
	maxDraft  = 60_000
)

var (
	putDraft = store.Scoped(`INSERT INTO draft (org_id, id, account_id, place, fields, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (org_id, account_id, place) DO UPDATE SET fields = excluded.fields, updated_at = excluded.updated_at`)
	getDraft  = store.Scoped(`SELECT d.place, d.fields, d.updated_at FROM draft d WHERE d.org_id = $1 AND d.account_id = $2 AND d.place = $3`)
	allDrafts = store.Scoped(`SELECT d.place, d.fields, d.updated_at FROM draft d WHERE d.org_id = $1 AND d.account_id = $2 AND d.place >= $3 AND d.place < $4
		ORDER BY d.updated_at DESC, d.id DESC LIMIT 50`)
	dropDraft = store.Scoped(`DELETE FROM draft WHERE org_id = $1 AND account_id = $2 AND place = $3`)
	tooMany   = store.Scoped(`DELETE FROM draft WHERE org_id = $1 AND account_id = $2 AND id NOT IN
		(SELECT d.id FROM draft d WHERE d.org_id = $1 AND d.account_id = $2 ORDER BY d.updated_at DESC, d.id DESC LIMIT $3)`)
)

// Draft is what somebody has begun to write in a form.
type Draft struct {
	Place   string            // the form: "new", "reply:…", "compose:…"
	Fields  map[string]string // by field name
	SavedAt time.Time
}

type draftRow struct {
	d      Draft
	fields string
	at     int64
}

func (r *draftRow) dest() []any { return []any{&r.d.Place, &r.fields, &r.at} }

func (r *draftRow) draft() (Draft, error) {
	r.d.SavedAt = store.Time(r.at)
	return r.d, json.Unmarshal([]byte(r.fields), &r.d.Fields)
}

// SaveDraft keeps what the signed-in actor has written in the form of a place;
// without any text it forgets it. What is too large to be sent is not kept.
func (s *Service) SaveDraft(ctx context.Context, by actor.Actor, place string, fields map[string]string) error {
	return s.saveDraft(ctx, by, by.Account(), place, fields)
}

// RescueDraft keeps what was posted after the account's session had ended. The
// caller has proof that the form was made for that account.
func (s *Service) RescueDraft(ctx context.Context, by actor.Actor, account, place string, fields map[string]string) error {
	return s.saveDraft(ctx, by, account, place, fields)
}

func (s *Service) saveDraft(ctx context.Context, by actor.Actor, account, place string, fields map[string]string) (err error) {
	defer fault.Wrap(&err, "keep a draft")
	if account == "" || place == "" {
		return fault.Denied("a draft is somebody's own")
	}
	written := 0
	for _, v := range fields {
		written += len(v)
	}
	data, err := json.Marshal(fields)
	if err != nil {
		return fmt.Errorf("fields of a draft: %w", err)
	}
	if len(data) > maxDraft || len(place) > 200 {
		return fault.Wrong("text", "conversations.too_long", "max", MaxText)
	}
	return s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		if written == 0 {
			return DropDraft(tx, account, place)
		}
		if _, err := store.Exec(tx, putDraft, store.NewID(), account, place, string(data), store.Micros(s.Now())); err != nil {
			return err
		}
		_, err := store.Exec(tx, tooMany, account, maxDrafts)
		return err
	})
}

// Draft returns what the actor has begun to write in a form; ok is false when
// there is nothing.
func (s *Service) Draft(ctx context.Context, by actor.Actor, place string) (d Draft, ok bool, err error) {
	defer fault.Wrap(&err, "find a draft")
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		r, err := store.Get(tx, getDraft, (*draftRow).dest, by.Account(), place)
		if isNoRow(err) {
			ok = false
			return nil
		}
		if err != nil {
			return err
		}
		ok = true
		d, err = r.draft()
		return err
	})
	return d, ok, err
}

// Drafts lists the actor's drafts whose places begin with prefix, newest first.
func (s *Service) Drafts(ctx context.Context, by actor.Actor, prefix string) (list []Draft, err error) {
	defer fault.Wrap(&err, "list drafts")
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		rows, err := store.All(tx, allDrafts, (*draftRow).dest, by.Account(), prefix, prefix+"\U0010ffff")
		list = make([]Draft, len(rows))
		for i := range rows {
			if err == nil {
				list[i], err = rows[i].draft()
			}
		}
		return err
	})
	return list, err
}

// DropDraft forgets a draft, as when it was sent, in the caller's transaction.
func DropDraft(tx *store.Tx, account, place string) error {
	_, err := store.Exec(tx, dropDraft, account, place)
	return err
}

// Forget is DropDraft of the actor's own draft.
func (s *Service) Forget(ctx context.Context, by actor.Actor, place string) error {
	return s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error { return DropDraft(tx, by.Account(), place) })
}
