package store_test

import (
	"database/sql"
	"fmt"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

// What a database says of itself, a line each, the same on both engines:
// columns with type and nullability, keys, indexes, references.
var catalogue = map[store.Engine][]string{
	store.SQLite: {
		`SELECT 'column ' || m.name || '.' || c.name || ' ' || lower(c.type) || CASE WHEN c."notnull" = 1 THEN ' not null' ELSE '' END
			|| CASE WHEN c.dflt_value IS NULL THEN '' ELSE ' default ' || lower(c.dflt_value) END
			FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'`,
		`SELECT 'index ' || m.name || ' (' || (SELECT group_concat(i.name, ', ') FROM (SELECT name FROM pragma_index_info(l.name) ORDER BY seqno) i) || ')'
			|| CASE WHEN l."unique" = 1 THEN ' unique' ELSE '' END || CASE WHEN l.partial = 1 THEN ' partial' ELSE '' END
			FROM sqlite_master m JOIN pragma_index_list(m.name) l WHERE m.type = 'table'`,
		`SELECT 'reference ' || m.name || ' (' || group_concat(f."from", ', ') || ') ' || f."table" || ' (' || group_concat(f."to", ', ') || ')'
			FROM sqlite_master m JOIN (SELECT * FROM sqlite_master) x ON x.name = m.name JOIN pragma_foreign_key_list(m.name) f
			WHERE m.type = 'table' GROUP BY m.name, f.id`,
	},
	store.Postgres: {
		`SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || CASE WHEN is_nullable = 'NO' THEN ' not null' ELSE '' END
			|| CASE WHEN column_default IS NULL THEN '' ELSE ' default ' || lower(replace(column_default, '::text', '')) END
			FROM information_schema.columns WHERE table_schema = 'public'`,
		`SELECT 'index ' || t.relname || ' (' || (SELECT string_agg(a.attname, ', ' ORDER BY k.n) FROM unnest(i.indkey) WITH ORDINALITY k(att, n)
				JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.att) || ')'
			|| CASE WHEN i.indisunique THEN ' unique' ELSE '' END || CASE WHEN i.indpred IS NOT NULL THEN ' partial' ELSE '' END
			FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace s ON s.oid = t.relnamespace WHERE s.nspname = 'public'`,
		`SELECT 'reference ' || c.conrelid::regclass || ' (' || (SELECT string_agg(a.attname, ', ' ORDER BY k.n) FROM unnest(c.conkey) WITH ORDINALITY k(att, n)
				JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.att) || ') ' || c.confrelid::regclass || ' ('
			|| (SELECT string_agg(a.attname, ', ' ORDER BY k.n) FROM unnest(c.confkey) WITH ORDINALITY k(att, n)
				JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.att) || ')'
			FROM pg_constraint c WHERE c.contype = 'f'`,
	},
}

// describe reads the catalogue of a database, sorted, without goose's table.
func describe(t *testing.T, engine store.Engine, url string) (out []string) {
	t.Helper()
	raw := rawDB(t, url)
	for _, q := range catalogue[engine] {
		rows, err := raw.Query(q)
		must(t, err)
		for rows.Next() {
			var line string
			must(t, rows.Scan(&line))
			if !strings.Contains(line, "goose_") && !strings.Contains(line, "sqlite_") {
				out = append(out, line)
			}
		}
		must(t, rows.Err())
		must(t, rows.Close())
	}
	sort.Strings(out)
	return out
}

// rawDB opens a database beside the store, as its owner.
func rawDB(t *testing.T, url string) *sql.DB {
	t.Helper()
	driver, dsn := "pgx", url
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		driver, dsn = "sqlite", "file:"+path
	}
	raw, err := sql.Open(driver, dsn)
	must(t, err)
	t.Cleanup(func() { raw.Close() })
	return raw
}

func TestTheCataloguesOfBothEnginesAgree(t *testing.T) {
	lite := describe(t, store.SQLite, storetest.SQLite(t).URL)
	pg := describe(t, store.Postgres, storetest.Postgres(t).URL)
	if diff := cmp.Diff(lite, pg); diff != "" {
		t.Errorf("SQLite (-) and PostgreSQL (+) differ:\n%s", diff)
	}
	if len(lite) < 100 {
		t.Errorf("only %d lines: the test does not see the schema", len(lite))
	}
}

// T2: the third belt. A row is found by organisation first, and can refer to
// rows of its own organisation only.
func TestT2_KeysAndReferencesCarryTheOrganisation(t *testing.T) {
	tables, keyed := map[string]bool{}, map[string]bool{}
	for _, line := range describe(t, store.Postgres, storetest.Postgres(t).URL) {
		kind, rest, _ := strings.Cut(line, " ")
		switch kind {
		case "column":
			table, column, _ := strings.Cut(rest, ".")
			tables[table] = tables[table] || column == "org_id text not null"
		case "index":
			table, columns, _ := strings.Cut(rest, " (")
			if strings.HasPrefix(columns, "org_id") && strings.HasSuffix(columns, ") unique") {
				keyed[table] = true
			}
		case "reference":
			if from, to, _ := strings.Cut(rest, ") "); !strings.Contains(from, "(org_id") || !strings.Contains(to, "(org_id") {
				t.Errorf("%s: org_id must be the first column on both sides", line)
			}
		}
	}
	for table, ok := range tables {
		if !ok {
			t.Errorf("table %s has no org_id TEXT NOT NULL", table)
		}
		if !keyed[table] {
			t.Errorf("table %s has no key that begins with org_id", table)
		}
	}
	if len(tables) < 10 {
		t.Error(fmt.Errorf("%d tables only", len(tables)))
	}
}
