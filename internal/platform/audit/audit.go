// Package audit keeps one line per change: who did what to which object, in
// the same transaction as the change itself.
package audit

import (
	"encoding/json"
	"fmt"
	"time"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
)

// Entry is one line of the log.
type Entry struct {
	ID     string
	At     time.Time
	Actor  string // "staff:018f…"
	Action string // "access.revoke"
	Object string // "person:018f…"
	Detail string // JSON
}

var (
	insert = store.Scoped(`INSERT INTO audit_entry (org_id, id, at, actor, action, object, detail) VALUES ($1, $2, $3, $4, $5, $6, $7)`)
	list   = store.Scoped(`SELECT id, at, actor, action, object, detail FROM audit_entry
		WHERE org_id = $1 AND object = $2 ORDER BY id DESC LIMIT $3`)
)

// Note writes one line. object is "kind:id"; detail is put down as JSON and
// must not hold secrets, or personal data that the object itself does not
// hold.
func Note(tx *store.Tx, now time.Time, by actor.Actor, action, object string, detail any) error {
	data := []byte("{}")
	if detail != nil {
		var err error
		if data, err = json.Marshal(detail); err != nil {
			return fmt.Errorf("audit detail of %s: %w", action, err)
		}
	}
	_, err := store.Exec(tx, insert, store.NewID(), store.Micros(now), by.Label(), action, object, string(data))
	return err
}

// Of returns the newest lines about an object, at most limit.
func Of(tx *store.Tx, object string, limit int) ([]Entry, error) {
	type row struct {
		Entry
		at int64
	}
	rows, err := store.All(tx, list, func(r *row) []any {
		return []any{&r.ID, &r.at, &r.Actor, &r.Action, &r.Object, &r.Detail}
	}, object, limit)
	out := make([]Entry, len(rows))
	for i, r := range rows {
		r.At = store.Time(r.at)
		out[i] = r.Entry
	}
	return out, err
}
