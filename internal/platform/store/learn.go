package store

import (
	"context"
	"regexp"
	"strings"
	"sync"
)

// PostgreSQL plans by what it knew of a table when it last looked. Of a table
// that it saw empty or with a handful of rows it believes that every condition
// finds one row, and then joins four tables of two hundred rows by trying all
// combinations: minutes instead of a millisecond. Its own housekeeping looks
// again up to a minute later, which is when everybody is looking at the result
// of a first import. So we ask it to look as soon as a table has grown by what
// we inserted: at the first 64 rows, and then each time their number has
// doubled, unless the table held ten times as many anyway.

const firstLook = 64

// growth counts what this process has inserted per table.
type growth struct {
	sync.Mutex
	rows map[string]int64 // inserted by this process
	due  map[string]int64 // the next look
}

// add notes inserted rows and returns the tables that are due for a look, with
// how much each has grown.
func (g *growth) add(inserted map[string]int64) map[string]int64 {
	g.Lock()
	defer g.Unlock()
	if g.rows == nil {
		g.rows, g.due = map[string]int64{}, map[string]int64{}
	}
	var due map[string]int64
	for table, n := range inserted {
		g.rows[table] += n
		if rows := g.rows[table]; rows >= max(firstLook, g.due[table]) {
			if due == nil {
				due = map[string]int64{}
			}
			due[table], g.due[table] = rows, 2*rows
		}
	}
	return due
}

// learn is called after a commit on PostgreSQL with the rows it inserted per
// table. What goes wrong here makes a plan slow, never an answer wrong.
func (db *DB) learn(ctx context.Context, inserted map[string]int64) {
	var tables []string
	for table, grown := range db.grown.add(inserted) {
		var known float64
		err := db.write.QueryRowContext(ctx, `SELECT reltuples FROM pg_class WHERE oid = to_regclass($1)`, table).Scan(&known)
		if err == nil && known < 10*float64(grown) {
			tables = append(tables, table)
		}
	}
	if len(tables) > 0 {
		_, _ = db.write.ExecContext(ctx, "ANALYZE "+strings.Join(tables, ", "))
	}
}

var insertInto = regexp.MustCompile(`(?i)^\s*insert\s+into\s+([a-z_][a-z0-9_]*)`)

// target is the table that a statement inserts into, "" for none.
func target(text string) string {
	if m := insertInto.FindStringSubmatch(text); m != nil {
		return strings.ToLower(m[1])
	}
	return ""
}

// inserted notes n rows of a statement.
func (tx *Tx) inserted(q Query, n int64) {
	if tx.lite || q.into == "" || n <= 0 {
		return
	}
	if tx.grown == nil {
		tx.grown = map[string]int64{}
	}
	tx.grown[q.into] += n
}
