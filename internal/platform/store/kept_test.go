package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

var (
	keptSelf = store.Scoped(`SELECT id FROM property WHERE org_id = $1 ORDER BY id LIMIT $2`)
	keptAdd  = store.Scoped(`INSERT INTO property (org_id, id, ref, name, postcode, city, country, portal_on, uvi_service, created_at, updated_at)
		VALUES ($1, $2, '', $2, '', '', '', TRUE, TRUE, 0, 0)`)
)

// A statement that is being read is asked again inside of its own rows; the
// answers do not mix. More statements than are kept come and go.
func TestKeptStatementsAnswerInsideEachOther(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		scope := store.OrgScope(storetest.Org)
		if err := db.Write(t.Context(), scope, func(ctx context.Context, tx *store.Tx) error {
			for i := range 5 {
				if _, err := store.Exec(tx, keptAdd, fmt.Sprintf("k%d", i)); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if db.Engine() == store.Postgres {
			return // a PostgreSQL connection reads one answer at a time
		}
		for range 3 {
			if err := db.Read(t.Context(), scope, func(ctx context.Context, tx *store.Tx) error {
				var id string
				n := 0
				return store.Each(tx, keptSelf, []any{&id}, func() error {
					inner, err := store.List[string](tx, keptSelf, 3)
					if err == nil && (len(inner) != 3 || inner[0] != "k0" || id != fmt.Sprintf("k%d", n)) {
						err = fmt.Errorf("%q inside %q, row %d", inner, id, n)
					}
					n++
					return err
				}, 5)
			}); err != nil {
				t.Fatal(err)
			}
		}
		for i := range 600 {
			q := store.Scoped(fmt.Sprintf(`SELECT id FROM property WHERE org_id = $1 AND id <> 'x%d' ORDER BY id LIMIT $2`, i%300))
			if err := db.Read(t.Context(), scope, func(ctx context.Context, tx *store.Tx) error {
				got, err := store.List[string](tx, q, 2)
				if err == nil && len(got) != 2 {
					err = fmt.Errorf("%q", got)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// A statement that failed is as good as new.
func TestAKeptStatementSurvivesItsErrors(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		scope := store.OrgScope(storetest.Org)
		add := func(id string) error {
			return db.Write(t.Context(), scope, func(ctx context.Context, tx *store.Tx) error {
				_, err := store.Exec(tx, keptAdd, id)
				return err
			})
		}
		for i := range 3 {
			if err := add(fmt.Sprintf("n%d", i)); err != nil {
				t.Fatal(err)
			}
			if err := add(fmt.Sprintf("n%d", i)); !store.IsUnique(err) {
				t.Fatalf("the same again: %v", err)
			}
		}
	})
}

func TestMemoHoldsUntilSomethingIsWritten(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		scope, other := store.OrgScope(storetest.Org), store.OrgScope(storetest.Twin)
		now := time.Date(2026, 11, 12, 9, 0, 0, 0, time.UTC)
		var memo store.Memo[string, int]
		asked := 0
		get := func(s store.Scope, key string) int {
			t.Helper()
			v, err := memo.Get(db.State(s), key, now, func() (int, error) { asked++; return asked, nil })
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		write := func(s store.Scope, err error) {
			t.Helper()
			if got := db.Write(t.Context(), s, func(context.Context, *store.Tx) error { return err }); !errors.Is(got, err) {
				t.Fatal(got)
			}
		}
		step := func(what string, want int) {
			t.Helper()
			if got := get(scope, "a"); got != want {
				t.Errorf("%s: %d, want %d", what, got, want)
			}
		}
		step("first", 1)
		step("again", 1)
		get(scope, "b")
		get(other, "a")
		step("other keys and organisations", 1)
		write(other, nil)
		write(scope, errors.New("rolled back"))
		step("nothing was written here", 1)
		write(scope, nil)
		step("after a write", 4)
		now = now.Add(11 * time.Second)
		step("after ten seconds", 5)
		now = now.Add(-time.Hour)
		step("the clock was set back", 6)
		if _, err := memo.Get(db.State(scope), "bad", now, func() (int, error) { return 0, errors.New("boom") }); err == nil {
			t.Error("an error was held")
		}
		// A snapshot from before a write answers for itself alone.
		if err := db.Read(t.Context(), scope, func(ctx context.Context, tx *store.Tx) error {
			before := tx.State()
			_, err := memo.Get(before, "a", now, func() (int, error) { return -1, nil })
			return err
		}); err != nil {
			t.Fatal(err)
		}
		old := db.State(scope)
		write(scope, nil)
		if _, err := memo.Get(old, "a", now, func() (int, error) { return -1, nil }); err != nil {
			t.Fatal(err)
		}
		step("what an old snapshot saw", 7)
	})
}
