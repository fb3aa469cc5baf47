package store_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

var (
	insertPerson = store.Scoped(`INSERT INTO checklist (org_id, property_id, confirmed_by, confirmed_at) VALUES ($1, $2, $3, $4)`)
	insertProps  = store.Scoped(`INSERT INTO property (org_id, id, ref, name, postcode, city, country, portal_on, uvi_service, created_at, updated_at) VALUES $rows`)
	countProps   = store.Scoped(`SELECT count(*) FROM property WHERE org_id = $1`)
	propNames    = store.Scoped(`SELECT name FROM property WHERE org_id = $1 AND id IN ($2...) ORDER BY name, id`)
	touchProp    = store.Scoped(`UPDATE property SET updated_at = updated_at + 1 WHERE org_id = $1 AND id = $2`)
	updatedAt    = store.Scoped(`SELECT updated_at FROM property WHERE org_id = $1 AND id = $2`)
	allProps     = store.Global(`SELECT count(*) FROM property`, "test of the global role")
)

func a() store.Scope { return store.OrgScope(storetest.Org) }

func prop(id string) []any {
	return []any{id, "", "Haus " + id, "12623", "Berlin", "DE", true, true, 1, 1}
}

func TestAnOrganisationSeesOnlyItsRows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		err := db.Write(ctx, a(), func(ctx context.Context, tx *store.Tx) error {
			_, err := store.InsertAll(tx, insertProps, [][]any{prop("1"), prop("2"), prop("3")})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		var mine, all int
		var names, none []string
		err = db.Read(ctx, a(), func(ctx context.Context, tx *store.Tx) (err error) {
			if mine, err = store.Value[int](tx, countProps); err != nil {
				return err
			}
			if none, err = store.List[string](tx, propNames, store.Spread([]string{})); err != nil {
				return err
			}
			names, err = store.List[string](tx, propNames, store.Spread([]string{"3", "1", "twin-property"}))
			return err
		})
		if err != nil || mine != 3 || strings.Join(names, ",") != "Haus 1,Haus 3" || len(none) != 0 {
			t.Fatalf("mine %d names %v none %v err %v", mine, names, none, err)
		}
		err = db.ReadGlobal(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
			all, err = store.Value[int](tx, allProps)
			return err
		})
		if err != nil || all != 4 {
			t.Fatalf("all %d err %v", all, err)
		}
	})
}

func TestARowCannotPointIntoAnotherOrganisation(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		err := db.Write(t.Context(), a(), func(ctx context.Context, tx *store.Tx) error {
			_, err := store.Exec(tx, insertPerson, "twin-property", "x", 1)
			return err
		})
		if err == nil {
			t.Fatal("a checklist of org-a for a property of the twin was accepted")
		}
	})
}

func TestTransactionsRefuseMisuse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		nothing := func(ctx context.Context, tx *store.Tx) error { return nil }
		if db.Read(ctx, store.Scope{}, nothing) == nil {
			t.Error("a zero scope was accepted")
		}
		if db.Write(ctx, a(), func(ctx context.Context, tx *store.Tx) error { return db.Write(ctx, a(), nothing) }) == nil {
			t.Error("a Write inside a Write was accepted")
		}
		if db.Read(ctx, a(), func(ctx context.Context, tx *store.Tx) error {
			_, err := store.Value[int](tx, allProps)
			return err
		}) == nil {
			t.Error("a global query ran in an organisation's transaction")
		}
		if db.Read(ctx, a(), func(ctx context.Context, tx *store.Tx) error {
			_, err := store.Exec(tx, touchProp, "1")
			return err
		}) == nil {
			t.Error("a Read changed something")
		}
		boom := errors.New("boom")
		err := db.Write(ctx, a(), func(ctx context.Context, tx *store.Tx) error {
			if _, err := store.InsertAll(tx, insertProps, [][]any{prop("9")}); err != nil {
				return err
			}
			return boom
		})
		var n int
		db.Read(ctx, a(), func(ctx context.Context, tx *store.Tx) (err error) {
			n, err = store.Value[int](tx, countProps)
			return err
		})
		if !errors.Is(err, boom) || n != 0 {
			t.Errorf("after a failed Write: %d rows, err %v", n, err)
		}
	})
}

func TestConcurrentWritesLoseNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		must(t, db.Write(ctx, a(), func(ctx context.Context, tx *store.Tx) error {
			_, err := store.InsertAll(tx, insertProps, [][]any{prop("1")})
			return err
		}))
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 10 {
					if err := db.Write(ctx, a(), func(ctx context.Context, tx *store.Tx) error {
						if _, err := store.Value[int64](tx, updatedAt, "1"); err != nil { // read, then write
							return err
						}
						_, err := store.Exec(tx, touchProp, "1")
						return err
					}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		var v int64
		must(t, db.Read(ctx, a(), func(ctx context.Context, tx *store.Tx) (err error) {
			v, err = store.Value[int64](tx, updatedAt, "1")
			return err
		}))
		if v != 81 {
			t.Fatalf("%d, want 81: a write was lost", v)
		}
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestIDsGrow(t *testing.T) {
	last := ""
	for range 100_000 {
		id := store.NewID()
		if len(id) != 36 || id[14] != '7' || id <= last {
			t.Fatalf("%q after %q", id, last)
		}
		last = id
	}
}

func TestIDsOfTheSamePartsAreTheSame(t *testing.T) {
	a := store.IDFrom("account", "key")
	if a != store.IDFrom("account", "key") || a == store.IDFrom("accountk", "ey") || a == store.IDFrom("account", "key", "") {
		t.Error("ids do not follow their parts")
	}
	if len(a) != 36 || a[14] != '8' {
		t.Errorf("not a UUID version 8: %s", a)
	}
}
