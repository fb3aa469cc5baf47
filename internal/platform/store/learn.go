package store

import (
	"context"
	"database/sql"
	"strings"
)

// PostgreSQL that has never looked at a table takes every condition for equally
// good and joins four tables of two hundred rows by trying all combinations:
// minutes instead of a millisecond. Its own housekeeping looks for the first
// time up to a minute after a first import, which is when everybody is looking
// at the result. So the first rows make us ask it to look at once; from then on
// its housekeeping is enough.

const firstLook = 64 // rows written by this process before the first look

// learn is called after a commit on PostgreSQL that touched n rows. Each look comes after
// twice as many rows as the one before, so that tables which were still empty
// get their turn.
func (db *DB) learn(ctx context.Context, n int64) {
	rows := db.touched.Add(n)
	next := max(firstLook, db.lookAt.Load())
	if rows < next || !db.lookAt.CompareAndSwap(db.lookAt.Load(), 2*rows) {
		return
	}
	tables, err := unseen(ctx, db.write)
	if err != nil || len(tables) == 0 {
		return // the data is committed and right; only a plan may be slow
	}
	_, _ = db.write.ExecContext(ctx, "ANALYZE "+strings.Join(tables, ", "))
}

// unseen returns our tables that hold rows and that PostgreSQL has never looked
// at.
func unseen(ctx context.Context, pool *sql.DB) (tables []string, err error) {
	rows, err := pool.QueryContext(ctx, `SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.reltuples <= 0 AND pg_relation_size(c.oid) > 0 ORDER BY c.relname`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		tables = append(tables, `"`+name+`"`)
	}
	return tables, rows.Err()
}
