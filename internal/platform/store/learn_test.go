package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"testing"

	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

// The first rows of a table must not wait for PostgreSQL's own housekeeping.
func TestPostgresLooksAtTablesThatHaveJustBeenFilled(t *testing.T) {
	f := storetest.Postgres(t)
	if err := f.DB.Write(t.Context(), a(), func(ctx context.Context, tx *store.Tx) error {
		rows := make([][]any, 100)
		for i := range rows {
			rows[i] = prop(fmt.Sprint(i))
		}
		_, err := store.InsertAll(tx, insertProps, rows)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	raw, err := sql.Open("pgx", f.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	var known float64
	if err := raw.QueryRow(`SELECT reltuples FROM pg_class WHERE relname = 'property'`).Scan(&known); err != nil {
		t.Fatal(err)
	}
	if known < 100 {
		t.Errorf("PostgreSQL knows of %v rows in a table of 101", known)
	}
}
