package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"foyer/internal/platform/fault"
)

// Scope says whose data a transaction may touch. The zero Scope is an error.
type Scope struct {
	org    string
	global bool
	look   bool
}

// Looking returns the scope of somebody who only looks: what Write does in it is
// rolled back at the end, without an error. So a page that notes that it was
// seen shows itself and leaves no trace.
func (s Scope) Looking() Scope {
	s.look = true
	return s
}

// OrgScope is the scope of one organisation. Only actor and the listed
// platform packages make one (arch_test.go).
func OrgScope(org string) Scope { return Scope{org: org} }

// Org returns the organisation, "" for none.
func (s Scope) Org() string { return s.org }

// Tx is one transaction. It must not outlive its closure.
type Tx struct {
	ctx   context.Context
	tx    *sql.Tx
	scope Scope
	write bool
	lite  bool // the engine is SQLite
	wake  bool
	grown map[string]int64 // rows inserted per table, for learn
	state State
}

// Wake asks that whoever listens to DB.Woken is woken when this transaction
// has been committed.
func (tx *Tx) Wake() { tx.wake = true }

// Org returns the organisation whose transaction this is.
func (tx *Tx) Org() string { return tx.scope.org }

type inside struct{}

// Read runs fn on one snapshot of the organisation's data. A transaction
// inside a transaction is an error: enough of them at once would wait for each
// other's connections for ever.
func (db *DB) Read(ctx context.Context, s Scope, fn func(ctx context.Context, tx *Tx) error) error {
	return db.run(ctx, s, false, fn)
}

// Write runs fn in one serializable transaction and commits when it returns
// nil. fn may run more than once. What the database cannot do now (lost
// connection, full disk, held by another process) is a fault.ErrUnavailable.
func (db *DB) Write(ctx context.Context, s Scope, fn func(ctx context.Context, tx *Tx) error) error {
	return db.run(ctx, s, true, fn)
}

// ReadGlobal is Read for Global queries.
func (db *DB) ReadGlobal(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	return db.run(ctx, Scope{global: true}, false, fn)
}

// WriteGlobal is Write for Global queries. On PostgreSQL it runs at READ
// COMMITTED: its users claim rows with SKIP LOCKED, which SERIALIZABLE aborts.
func (db *DB) WriteGlobal(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	return db.run(ctx, Scope{global: true}, true, fn)
}

const maxTries = 20

func (db *DB) run(ctx context.Context, s Scope, write bool, fn func(context.Context, *Tx) error) error {
	if s.org == "" && !s.global {
		return errors.New("store: transaction without a scope")
	}
	if ctx.Value(inside{}) != nil {
		return errors.New("store: a transaction inside a transaction; pass the transaction on instead")
	}
	inner := context.WithValue(ctx, inside{}, true)
	var err error
	for try := range maxTries {
		if err = db.once(ctx, inner, s, write, fn); err == nil || !retryable(err) {
			return judge(ctx, err)
		}
		// A short, growing pause lets the other transaction finish; it is not
		// the same for all, or they would meet again.
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(rand.Int64N(int64(try*try+1) * int64(2*time.Millisecond)))):
		}
	}
	return fault.Unavailable(fmt.Errorf("store: gave up after %d tries: %w", maxTries, err))
}

func (db *DB) once(ctx, inner context.Context, s Scope, write bool, fn func(context.Context, *Tx) error) (err error) {
	pool := db.read
	if write {
		pool = db.write
	}
	state := db.State(s) // before the transaction's snapshot
	stx, err := pool.BeginTx(ctx, db.options(s, write))
	if err != nil {
		return err
	}
	start := time.Now()
	tx := &Tx{ctx: inner, tx: stx, scope: s, write: write, lite: db.engine == SQLite, state: state}
	defer func() { // last of all: the transaction is over
		if err == nil && len(tx.grown) > 0 {
			db.learn(ctx, tx.grown)
		}
	}()
	defer func() {
		stx.Rollback() // nothing after a commit; also when fn panics
		if write {
			db.slow(start)
		}
	}()
	if db.engine == Postgres {
		if err = enter(ctx, stx, s); err != nil {
			return err
		}
	}
	if err = fn(inner, tx); err != nil {
		return err
	}
	if s.look && write {
		tx.grown = nil
		return nil
	}
	err = stx.Commit()
	if write {
		db.written(s.org).Add(1) // also when the answer to a commit was lost
	}
	if err == nil && tx.wake {
		select {
		case db.woken <- struct{}{}:
		default: // somebody is about to look anyway
		}
	}
	return err
}

func (db *DB) options(s Scope, write bool) *sql.TxOptions {
	switch {
	case db.engine == SQLite:
		return nil
	case !write:
		return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	case s.global:
		return &sql.TxOptions{Isolation: sql.LevelReadCommitted}
	}
	return &sql.TxOptions{Isolation: sql.LevelSerializable}
}

// enter gives up the rights of the connecting role for this transaction:
// foyer_app sees the rows of one organisation, foyer_global those of all.
func enter(ctx context.Context, tx *sql.Tx, s Scope) error {
	role := "foyer_app"
	if s.global {
		role = "foyer_global"
	}
	_, err := tx.ExecContext(ctx, "SELECT set_config('foyer.org', $1, true), set_config('role', $2, true)", s.org, role)
	return err
}

func (tx *Tx) prepare(q Query, args []any) (string, []any, error) {
	switch {
	case q.text == "":
		return "", nil, errors.New("store: empty query")
	case q.rows:
		return "", nil, errors.New("store: a query with $rows runs through InsertAll")
	case q.global != tx.scope.global:
		return "", nil, errors.New("store: a Global query needs a global transaction, a Scoped one that of an organisation")
	case !q.global:
		args = append([]any{tx.scope.org}, args...)
	}
	text, args, err := q.expand(args)
	if tx.lite && q.spread > 0 && err == nil {
		text, args = positional(text, args)
	}
	return text, args, err
}

// Exec runs a changing statement and returns how many rows it touched.
func Exec(tx *Tx, q Query, args ...any) (int64, error) {
	text, full, err := tx.prepare(q, args)
	if err != nil {
		return 0, err
	}
	if !tx.write {
		return 0, errors.New("store: Exec in a Read")
	}
	res, err := tx.tx.ExecContext(tx.ctx, text, full...)
	if err != nil {
		return 0, fmt.Errorf("%w in %.60q", err, q.text)
	}
	n, err := res.RowsAffected()
	tx.inserted(q, n)
	return n, err
}

// Each calls fn for every row of the answer; dest gives the scan targets.
func Each(tx *Tx, q Query, dest []any, fn func() error, args ...any) error {
	rows, err := query(tx, q, args)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return fmt.Errorf("%w in %.60q", err, q.text)
		}
		if err := fn(); err != nil {
			return err
		}
	}
	return rows.Err()
}

func query(tx *Tx, q Query, args []any) (*sql.Rows, error) {
	text, full, err := tx.prepare(q, args)
	if err != nil {
		return nil, err
	}
	rows, err := tx.tx.QueryContext(tx.ctx, text, full...)
	if err != nil {
		return nil, fmt.Errorf("%w in %.60q", err, q.text)
	}
	return rows, nil
}

// All returns every row; dest names the fields of T in column order.
func All[T any](tx *Tx, q Query, dest func(*T) []any, args ...any) ([]T, error) {
	var out []T
	var row T
	err := Each(tx, q, dest(&row), func() error {
		out = append(out, row)
		var zero T
		row = zero
		return nil
	}, args...)
	return out, err
}

// ErrNoRow says that Get found nothing. Capabilities turn it into
// fault.NotFound with the noun's name.
var ErrNoRow = sql.ErrNoRows

// Get returns the first row, ErrNoRow when there is none.
func Get[T any](tx *Tx, q Query, dest func(*T) []any, args ...any) (T, error) {
	var row T
	rows, err := query(tx, q, args)
	if err != nil {
		return row, err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return row, err
		}
		return row, ErrNoRow
	}
	if err := rows.Scan(dest(&row)...); err != nil {
		return row, fmt.Errorf("%w in %.60q", err, q.text)
	}
	return row, nil
}

// Value returns the first column of the first row, ErrNoRow when there is
// none.
func Value[T any](tx *Tx, q Query, args ...any) (T, error) {
	return Get(tx, q, func(v *T) []any { return []any{v} }, args...)
}

// List returns the first column of every row.
func List[T any](tx *Tx, q Query, args ...any) ([]T, error) {
	return All(tx, q, func(v *T) []any { return []any{v} }, args...)
}
