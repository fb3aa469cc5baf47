package store_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

var emptyCount atomic.Int64

// empty makes an empty database of each engine and runs fn with its address.
func empty(t *testing.T, fn func(t *testing.T, engine store.Engine, target string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		fn(t, store.SQLite, "sqlite:"+filepath.Join(t.TempDir(), "foyer.db"))
	})
	t.Run("postgres", func(t *testing.T) {
		u, err := url.Parse(os.Getenv("FOYER_TEST_POSTGRES"))
		must(t, err)
		admin := rawDB(t, u.String())
		name := fmt.Sprintf("foyer_empty_%d_%d", os.Getpid(), emptyCount.Add(1))
		_, err = admin.Exec("CREATE DATABASE " + name + " TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")
		must(t, err)
		t.Cleanup(func() {
			if _, err := admin.Exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
				t.Error(err)
			}
		})
		u.Path = "/" + name
		fn(t, store.Postgres, u.String())
	})
}

func open(t *testing.T, target string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), target)
	must(t, err)
	t.Cleanup(func() { db.Close() })
	return db
}

func TestManyProcessesMigrateOnce(t *testing.T) {
	empty(t, func(t *testing.T, engine store.Engine, target string) {
		var wg sync.WaitGroup
		for range 6 {
			db := open(t, target)
			wg.Go(func() {
				if err := db.Migrate(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if ok, err := open(t, target).Current(t.Context()); !ok || err != nil {
			t.Errorf("after migrating: current %v, %v", ok, err)
		}
	})
}

func TestANewerSchemaIsRefused(t *testing.T) {
	empty(t, func(t *testing.T, engine store.Engine, target string) {
		db := open(t, target)
		must(t, db.Migrate(t.Context()))
		raw := rawDB(t, target)
		_, err := raw.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, TRUE)")
		must(t, err)
		if err := db.Migrate(t.Context()); err == nil || !strings.Contains(err.Error(), "newer program") {
			t.Errorf("%v", err)
		}
		if ok, err := db.Current(t.Context()); ok {
			t.Errorf("a newer schema counts as current (%v)", err)
		}
	})
}

func TestEveryOlderSchemaUpgrades(t *testing.T) {
	want := map[store.Engine][]string{
		store.SQLite:   describe(t, store.SQLite, storetest.SQLite(t).URL),
		store.Postgres: describe(t, store.Postgres, storetest.Postgres(t).URL),
	}
	empty(t, func(t *testing.T, engine store.Engine, target string) {
		versions, err := open(t, target).Versions()
		must(t, err)
		for _, v := range versions {
			db := open(t, target)
			must(t, db.UpTo(t.Context(), v)) // where an older program stopped, the next version goes on
			if ok, err := db.Current(t.Context()); ok != (v == versions[len(versions)-1]) || err != nil {
				t.Errorf("at version %d: current %v, %v", v, ok, err)
			}
		}
		must(t, open(t, target).Migrate(t.Context()))
		if diff := cmp.Diff(want[engine], describe(t, engine, target)); diff != "" {
			t.Error(diff)
		}
	})
}

// A process that starts must not take the rows away from those that run.
func TestMigratingAgainDisturbsNobody(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		must(t, addProp(db, t.Context(), "1"))
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for ctx.Err() == nil {
					n := 0
					err := db.Read(t.Context(), a(), func(ctx context.Context, tx *store.Tx) (err error) {
						n, err = store.Value[int](tx, countProps)
						return err
					})
					if err != nil || n != 1 {
						t.Errorf("%d rows, %v", n, err)
						return
					}
				}
			})
		}
		for range 8 {
			must(t, db.Migrate(t.Context()))
		}
		cancel()
		wg.Wait()
	})
}
