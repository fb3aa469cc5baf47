// Package storetest runs a test on both engines, each time on a fresh database
// that holds the schema, an empty organisation to work in (Org) and a second,
// look-alike organisation (Twin) with a row in every table. After the test the
// twin must be byte for byte what it was, and its marker must not have reached
// anything that the test collected.
package storetest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	_ "embed"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"foyer/internal/platform/store"
)

// Org is the id of the organisation that tests work in; Twin is the look-alike
// that must never be touched; TwinMark stands in every text of the twin.
const (
	Org      = "org-a"
	Twin     = "org-twin"
	TwinMark = "Zwillingsmarke"
)

//go:embed twin.sql
var twinSQL string

const orgSQL = `INSERT INTO org (org_id, slug, name, portal_on, settings, created_at, updated_at)
	VALUES ('org-a', 'a', 'Lindhof Hausverwaltung', TRUE, '{}', 1, 1);
INSERT INTO org_host (org_id, host, site, canonical) VALUES ('org-a', 'a.example', 'both', TRUE);`

// Each runs fn as the subtests "sqlite" and "postgres". The PostgreSQL server
// is the one of FOYER_TEST_POSTGRES (scripts/test starts a private one).
func Each(t *testing.T, fn func(t *testing.T, db *store.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { run(t, SQLite(t), fn) })
	t.Run("postgres", func(t *testing.T) { run(t, Postgres(t), fn) })
}

// Fresh is a database together with the way to look at it from outside.
type Fresh struct {
	DB  *store.DB
	URL string // as FOYER_DATABASE takes it
	raw *sql.DB
}

func run(t *testing.T, f Fresh, fn func(t *testing.T, db *store.DB)) {
	t.Helper()
	before := f.Digest(t, Twin)
	for table, d := range before {
		if d == "" {
			t.Fatalf("the twin has no row in %s: add one to twin.sql", table)
		}
	}
	fn(t, f.DB)
	f.SameTwin(t, before)
}

// SameTwin fails the test when the twin's rows are not those of before.
func (f Fresh) SameTwin(t *testing.T, before map[string]string) {
	t.Helper()
	after := f.Digest(t, Twin)
	for table, d := range before {
		if after[table] != d {
			t.Errorf("the test changed the other organisation's rows in %s", table)
		}
	}
}

// Digest returns a digest of the organisation's rows per table, "" for none.
func (f Fresh) Digest(t *testing.T, org string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, table := range f.tables(t) {
		rows, err := f.raw.Query("SELECT * FROM "+table+" WHERE org_id = $1", org)
		if err != nil {
			t.Fatal(err)
		}
		out[table] = digest(t, rows)
	}
	return out
}

func (f Fresh) tables(t *testing.T) []string {
	t.Helper()
	q := `SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c ON c.name = 'org_id' WHERE m.type = 'table'`
	if f.DB.Engine() == store.Postgres {
		q = `SELECT table_name FROM information_schema.columns WHERE column_name = 'org_id' AND table_schema = 'public'`
	}
	rows, err := f.raw.Query(q)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	sort.Strings(out)
	return out
}

// Columns calls fn for each column of each table with an org_id.
func (f Fresh) Columns(t *testing.T, fn func(table, column string)) {
	t.Helper()
	for _, table := range f.tables(t) {
		rows, err := f.raw.Query("SELECT * FROM " + table + " LIMIT 0")
		if err != nil {
			t.Fatal(err)
		}
		names, err := rows.Columns()
		rows.Close()
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			fn(table, name)
		}
	}
}

func digest(t *testing.T, rows *sql.Rows) string {
	t.Helper()
	defer rows.Close()
	cols, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for rows.Next() {
		vals := make([]any, len(cols))
		for i := range vals {
			vals[i] = new(any)
		}
		if err := rows.Scan(vals...); err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for i := range vals {
			fmt.Fprintf(&b, "%s=%v|", cols[i], *(vals[i].(*any)))
		}
		lines = append(lines, b.String())
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	if len(lines) == 0 {
		return ""
	}
	sort.Strings(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:])
}

// Dump returns all rows of all tables as one text, to look for secrets in.
func (f Fresh) Dump(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, table := range f.tables(t) {
		rows, err := f.raw.Query("SELECT * FROM " + table)
		if err != nil {
			t.Fatal(err)
		}
		cols, _ := rows.Columns()
		for rows.Next() {
			vals := make([]any, len(cols))
			for i := range vals {
				vals[i] = new(any)
			}
			if err := rows.Scan(vals...); err != nil {
				t.Fatal(err)
			}
			b.WriteString(table)
			for i := range vals {
				fmt.Fprintf(&b, "|%s=%v", cols[i], *(vals[i].(*any)))
			}
			b.WriteByte('\n')
		}
		rows.Close()
	}
	return b.String()
}

var sqliteTemplate = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "foyer-template")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "t.db")
	if err := fill("sqlite:"+path, "sqlite", "file:"+path); err != nil {
		return "", err
	}
	return path, nil
})

// fill migrates a database and adds the two organisations.
func fill(target, driver, dsn string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	db, err := store.Open(ctx, target)
	if err != nil {
		return err
	}
	err = db.Migrate(ctx)
	if cerr := db.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	raw, err := sql.Open(driver, dsn)
	if err != nil {
		return err
	}
	defer raw.Close()
	for _, text := range []string{orgSQL, twinSQL} {
		if _, err := raw.Exec(text); err != nil {
			return fmt.Errorf("fill template: %w", err)
		}
	}
	return nil
}

// SQLite returns a fresh SQLite database.
func SQLite(t testing.TB) Fresh {
	t.Helper()
	tmpl, err := sqliteTemplate()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(tmpl)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "foyer.db")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return open(t, "sqlite:"+path, "sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
}

func open(t testing.TB, target, driver, dsn string) Fresh {
	t.Helper()
	db, err := store.Open(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { raw.Close(); db.Close() })
	return Fresh{DB: db, URL: target, raw: raw}
}

// Copy fills an organisation with the twin's data under other names: "own-…"
// for "twin-…" with prefix "own", and mark instead of the twin's. The
// organisation and its host must exist.
func (f Fresh) Copy(t testing.TB, org, prefix, mark string) {
	t.Helper()
	text := strings.NewReplacer(Twin, org, "twin-", prefix+"-", "twin.example", prefix+".example", TwinMark, mark).Replace(twinSQL)
	for stmt := range strings.SplitSeq(text, ";\n") {
		if strings.Contains(stmt, "INSERT INTO org (") || strings.Contains(stmt, "INSERT INTO org_host") || strings.TrimSpace(stmt) == "" {
			continue
		}
		if _, err := f.raw.Exec(stmt); err != nil {
			t.Fatalf("%v in %s", err, stmt)
		}
	}
}
