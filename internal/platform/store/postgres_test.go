package store_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

// T2: the fourth belt. The roles that serve requests own nothing, get nothing
// but rows, and row-level security binds them, whoever connects.
func TestT2_TheServingRolesCannotStepAside(t *testing.T) {
	f := storetest.Postgres(t)
	raw := rawDB(t, f.URL)
	one := func(q string, args ...any) (n int) {
		t.Helper()
		must(t, raw.QueryRow(q, args...).Scan(&n))
		return n
	}
	for _, role := range []string{"foyer_app", "foyer_global"} {
		for what, q := range map[string]string{
			"may log in, bypass row-level security or manage": `SELECT count(*) FROM pg_roles WHERE rolname = $1 AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication OR rolcanlogin)`,
			"owns a table":             `SELECT count(*) FROM pg_class WHERE relowner = $1::regrole`,
			"owns a function":          `SELECT count(*) FROM pg_proc WHERE proowner = $1::regrole`,
			"owns a schema":            `SELECT count(*) FROM pg_namespace WHERE nspowner = $1::regrole`,
			"is a member of another":   `SELECT count(*) FROM pg_auth_members WHERE member = $1::regrole`,
			"may create in the schema": `SELECT count(*) WHERE has_schema_privilege($1, 'public', 'CREATE')`,
			"may truncate or reference": `SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r'
				AND (has_table_privilege($1, c.oid, 'TRUNCATE') OR has_table_privilege($1, c.oid, 'REFERENCES') OR has_table_privilege($1, c.oid, 'TRIGGER'))`,
			"may read the schema's past": `SELECT count(*) WHERE has_table_privilege($1, 'goose_db_version', 'SELECT, INSERT, UPDATE, DELETE')`,
			"reads a table without forced row-level security": `SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
				AND has_table_privilege($1, c.oid, 'SELECT') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)`,
		} {
			if n := one(q, role); n != 0 {
				t.Errorf("%s %s (%d)", role, what, n)
			}
		}
	}
	if n := one(`SELECT count(*) FROM pg_policies WHERE schemaname = 'public' AND NOT (
		policyname = 'of_org' AND roles = '{foyer_app}' AND qual LIKE '%foyer.org%' OR policyname = 'of_all' AND roles = '{foyer_global}')`); n != 0 {
		t.Errorf("%d policies besides the two of each table", n)
	}
}

// Even a statement that forgot the organisation reaches one organisation only.
func TestT2_RowLevelSecurityRepeatsTheRule(t *testing.T) {
	f := storetest.Postgres(t)
	raw := rawDB(t, f.URL)
	as := func(org string, fn func(tx *sql.Tx)) {
		t.Helper()
		tx, err := raw.Begin()
		must(t, err)
		defer tx.Rollback()
		_, err = tx.Exec("SELECT set_config('foyer.org', $1, true), set_config('role', 'foyer_app', true)", org)
		must(t, err)
		fn(tx)
	}
	for table := range f.Digest(t, storetest.Twin) {
		as(storetest.Org, func(tx *sql.Tx) {
			var n int
			must(t, tx.QueryRow("SELECT count(*) FROM "+table+" WHERE org_id <> $1", storetest.Org).Scan(&n))
			if n != 0 {
				t.Errorf("%s shows %d rows of another organisation", table, n)
			}
			res, err := tx.Exec("DELETE FROM " + table + " WHERE org_id = '" + storetest.Twin + "'")
			must(t, err)
			if n, _ := res.RowsAffected(); n != 0 {
				t.Errorf("%s lost %d rows of another organisation", table, n)
			}
		})
		as("", func(tx *sql.Tx) {
			var n int
			must(t, tx.QueryRow("SELECT count(*) FROM "+table).Scan(&n))
			if n != 0 {
				t.Errorf("%s shows %d rows without an organisation", table, n)
			}
		})
	}
	for _, s := range []string{
		"INSERT INTO throttle (org_id, kind, key, tries, last_at) VALUES ('org-twin', 'x', 'y', 1, 1)",
		"UPDATE org SET org_id = 'org-b'",
		"CREATE TABLE x (a TEXT)",
		"ALTER TABLE org DISABLE ROW LEVEL SECURITY",
		"DROP POLICY of_org ON org",
		"SELECT count(*) FROM goose_db_version",
		"TRUNCATE audit_entry",
	} {
		as(storetest.Org, func(tx *sql.Tx) {
			if _, err := tx.Exec(s); err == nil {
				t.Errorf("allowed: %s", s)
			}
		})
	}
}

var whoAmI = store.Global(`SELECT current_user || ' ' || coalesce(current_setting('foyer.org', true), '')`, "looks at the role itself")

// A pooled connection carries neither role nor organisation from one
// transaction into the next, however the first one ended.
func TestT2_ConnectionsForgetWhomTheyServed(t *testing.T) {
	f := storetest.Postgres(t)
	outer, cancel := context.WithCancel(t.Context())
	for _, end := range []func(context.Context, *store.Tx) error{
		func(context.Context, *store.Tx) error { return nil },
		func(context.Context, *store.Tx) error { return context.Canceled },
		func(ctx context.Context, tx *store.Tx) error { _, err := store.Exec(tx, touchProp, nil); return err },
		func(ctx context.Context, tx *store.Tx) error {
			cancel()
			_, err := store.Exec(tx, touchProp, "1")
			return err
		},
	} {
		for range 4 {
			_ = f.DB.Write(outer, a(), end)
		}
		must(t, f.DB.ReadGlobal(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			who, err := store.Value[string](tx, whoAmI)
			if strings.TrimSpace(who) != "foyer_global" {
				t.Errorf("a global transaction runs as %q", who)
			}
			return err
		}))
		if n := countAll(t, f.DB); n != 0 {
			t.Errorf("%d rows", n)
		}
	}
}
