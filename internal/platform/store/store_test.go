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

func TestScopedRefusesWhatForgetsTheOrganisation(t *testing.T) {
	bad := []string{
		`SELECT id FROM person WHERE id = $1`,
		`SELECT id FROM person WHERE org_id = 'x' AND id = $1`,
		`SELECT p.id FROM person p JOIN lease_person lp ON lp.person_id = p.id WHERE p.org_id = $1`,
		`SELECT p.id FROM person p WHERE p.org_id = $1 AND EXISTS (SELECT 1 FROM account_person ap WHERE ap.person_id = p.id)`,
		`SELECT p.id FROM person p, lease l WHERE p.org_id = $1 AND l.org_id = p.org_id`,
		`UPDATE person SET ref = '' WHERE id = $2 AND $1 <> ''`,
		`DELETE FROM person WHERE id = $2 AND $1 = $1`,
		`INSERT INTO person (id, org_id) VALUES ($2, $1)`,
		`INSERT INTO person (org_id, id) SELECT $1, x.id FROM lease x`,
		`SELECT now() FROM person WHERE org_id = $1`,
		`SELECT id::text FROM person WHERE org_id = $1`,
		`SELECT 1`,
	}
	for _, text := range bad {
		if !panics(func() { store.Scoped(text) }) {
			t.Errorf("accepted: %s", text)
		}
	}
	good := []string{
		`SELECT p.id FROM person p JOIN lease_person lp ON lp.org_id = p.org_id AND lp.person_id = p.id WHERE p.org_id = $1 AND p.id = $2`,
		`WITH x AS (SELECT id FROM person WHERE org_id = $1) SELECT id FROM x ORDER BY id`,
		`INSERT INTO person (org_id, id) VALUES ($1, $2) ON CONFLICT (org_id, id) DO UPDATE SET ref = ''`,
		`DELETE FROM person WHERE org_id = $1 AND id = $2`,
		`UPDATE person SET ref = 'FROM somewhere' WHERE org_id = $1`,
	}
	for _, text := range good {
		if panics(func() { store.Scoped(text) }) {
			t.Errorf("refused: %s", text)
		}
	}
	if !panics(func() { store.Global(`SELECT 1`, " ") }) {
		t.Error("a global query without a reason was accepted")
	}
}

func panics(fn func()) (p bool) {
	defer func() { p = recover() != nil }()
	fn()
	return
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
