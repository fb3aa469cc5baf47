package store_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

var endless = store.Scoped(`WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000)
	SELECT count(*) FROM n JOIN property p ON p.org_id = $1`)

func addProp(db *store.DB, ctx context.Context, id string) error {
	return db.Write(ctx, a(), func(ctx context.Context, tx *store.Tx) error {
		_, err := store.InsertAll(tx, insertProps, [][]any{prop(id)})
		return err
	})
}

func countAll(t *testing.T, db *store.DB) (n int) {
	t.Helper()
	must(t, db.Read(t.Context(), a(), func(ctx context.Context, tx *store.Tx) (err error) {
		n, err = store.Value[int](tx, countProps)
		return err
	}))
	return n
}

func TestAPanicLeavesNoTransactionBehind(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		for range 20 { // more than any pool has connections
			if !panics(func() {
				_ = db.Read(ctx, a(), func(ctx context.Context, tx *store.Tx) error { panic("in a Read") })
			}) {
				t.Fatal("the panic was swallowed")
			}
		}
		panics(func() {
			_ = db.Write(ctx, a(), func(ctx context.Context, tx *store.Tx) error {
				_, _ = store.InsertAll(tx, insertProps, [][]any{prop("1")})
				panic("in a Write")
			})
		})
		must(t, addProp(db, ctx, "2"))
		if n := countAll(t, db); n != 1 {
			t.Fatalf("%d rows", n)
		}
	})
}

func TestNoTransactionInsideATransaction(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		nothing := func(ctx context.Context, tx *store.Tx) error { return nil }
		type run func(context.Context, func(context.Context, *store.Tx) error) error
		runs := map[string]run{
			"Read": func(ctx context.Context, fn func(context.Context, *store.Tx) error) error {
				return db.Read(ctx, a(), fn)
			},
			"Write": func(ctx context.Context, fn func(context.Context, *store.Tx) error) error {
				return db.Write(ctx, a(), fn)
			},
			"ReadGlobal": db.ReadGlobal, "WriteGlobal": db.WriteGlobal,
		}
		for outer, o := range runs {
			for inner, i := range runs {
				if o(t.Context(), func(ctx context.Context, tx *store.Tx) error { return i(ctx, nothing) }) == nil {
					t.Errorf("%s inside %s: enough of them at once wait for each other's connections for ever", inner, outer)
				}
			}
		}
	})
}

func TestACancelledTransactionEndsAndSpoilsNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		must(t, addProp(db, t.Context(), "0"))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(100*time.Millisecond, cancel)
		start := time.Now()
		err := db.Read(ctx, a(), func(ctx context.Context, tx *store.Tx) error {
			_, err := store.Value[int](tx, endless)
			return err
		})
		if !errors.Is(err, context.Canceled) || time.Since(start) > 10*time.Second {
			t.Fatalf("after %v: %v", time.Since(start), err)
		}
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				for j := range 25 {
					ctx, cancel := context.WithCancel(t.Context())
					time.AfterFunc(time.Duration(j*i)*100*time.Microsecond, cancel)
					err := db.Write(ctx, a(), func(ctx context.Context, tx *store.Tx) error {
						_, err := store.Exec(tx, touchProp, "0")
						return err
					})
					if err != nil && ctx.Err() == nil {
						t.Error(err)
					}
					if err != nil && ctx.Err() != nil && !errors.Is(err, ctx.Err()) {
						t.Errorf("a cancelled Write says %v", err)
					}
					cancel()
				}
			})
		}
		wg.Wait()
		must(t, addProp(db, t.Context(), "1"))
		if n := countAll(t, db); n != 2 {
			t.Errorf("%d rows", n)
		}
	})
}

// T38: what the database cannot do now is told apart from our own bugs.
func TestT38_OutagesAreUnavailable(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		f := storetest.SQLite(t)
		other, err := sql.Open("sqlite", "file:"+strings.TrimPrefix(f.URL, "sqlite:")+"?_txlock=immediate")
		must(t, err)
		defer other.Close()
		tx, err := other.BeginTx(t.Context(), nil) // another process at work
		must(t, err)
		if err := addProp(f.DB, t.Context(), "1"); !errors.Is(err, fault.ErrUnavailable) {
			t.Errorf("a locked database: %v", err)
		}
		must(t, tx.Rollback())
		must(t, addProp(f.DB, t.Context(), "1"))
		must(t, f.DB.Close())
		if err := addProp(f.DB, t.Context(), "2"); err == nil {
			t.Error("wrote into a closed database")
		}
	})
	t.Run("postgres", func(t *testing.T) {
		f := storetest.Postgres(t)
		admin, err := sql.Open("pgx", f.URL)
		must(t, err)
		defer admin.Close()
		err = f.DB.Write(t.Context(), a(), func(ctx context.Context, tx *store.Tx) error {
			if _, err := store.InsertAll(tx, insertProps, [][]any{prop("1")}); err != nil {
				return err
			}
			_, err := admin.Exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
			if err != nil {
				return err
			}
			_, err = store.Exec(tx, touchProp, "1")
			return err
		})
		if !errors.Is(err, fault.ErrUnavailable) {
			t.Errorf("a lost connection: %v", err)
		}
		must(t, addProp(f.DB, t.Context(), "1")) // the pool finds a new one by itself
	})
}
