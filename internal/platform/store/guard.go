package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// orgRule is the row-level security of the role that serves requests, as
// PostgreSQL writes it down.
const orgRule = `(org_id = current_setting('foyer.org'::text, true))`

// guard gives every table with an org_id row-level security that even its
// owner is bound by (FORCE), one policy for the role that serves requests and
// one for the listed Global queries. It is derived from the catalogue, so a
// new table cannot be forgotten. A table that has all this is left alone, and
// the others change in one step: processes that serve meanwhile never see a
// table without its policies, which would be one without rows.
func guard(ctx context.Context, conn *sql.Conn) error {
	if err := guardRoles(ctx, conn); err != nil {
		return fmt.Errorf("roles for row-level security: %w", err)
	}
	tables, err := firstColumn(ctx, conn, unguarded, orgRule)
	if err != nil {
		return err
	}
	for _, t := range tables {
		if err := guardTable(ctx, conn, t); err != nil {
			return fmt.Errorf("row-level security of %s: %w", t, err)
		}
	}
	return nil
}

// guardRoles makes the two roles, unless somebody else has, and refuses ones
// that row-level security does not bind.
func guardRoles(ctx context.Context, conn *sql.Conn) error {
	for _, role := range []string{"foyer_app", "foyer_global"} {
		for _, s := range []string{
			`DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '%[1]s') THEN CREATE ROLE %[1]s NOLOGIN; END IF;
				EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`,
			`DO $$ BEGIN IF NOT pg_has_role(current_user, '%[1]s', 'MEMBER') THEN EXECUTE format('GRANT %[1]s TO %%I', current_user); END IF; END $$`,
			`DO $$ BEGIN IF NOT has_schema_privilege('%[1]s', 'public', 'USAGE') THEN GRANT USAGE ON SCHEMA public TO %[1]s; END IF; END $$`,
		} {
			if _, err := conn.ExecContext(ctx, fmt.Sprintf(s, role)); err != nil {
				return err
			}
		}
	}
	free, err := firstColumn(ctx, conn, `SELECT rolname FROM pg_roles WHERE rolname IN ('foyer_app', 'foyer_global') AND (rolsuper OR rolbypassrls) ORDER BY rolname`)
	if err != nil {
		return err
	}
	if len(free) > 0 {
		return errors.New(free[0] + " is a superuser or has BYPASSRLS; take that away, it must see one organisation at a time")
	}
	return nil
}

// unguarded lists the tables with an org_id that lack a part of their guard.
const unguarded = `SELECT c.relname FROM pg_class c
	JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
	JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'org_id' AND NOT a.attisdropped
	WHERE c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity
		AND EXISTS (SELECT 1 FROM pg_policies p WHERE p.schemaname = 'public' AND p.tablename = c.relname AND p.policyname = 'of_org'
			AND p.roles = '{foyer_app}' AND p.cmd = 'ALL' AND p.qual = $1 AND p.with_check = $1)
		AND EXISTS (SELECT 1 FROM pg_policies p WHERE p.schemaname = 'public' AND p.tablename = c.relname AND p.policyname = 'of_all'
			AND p.roles = '{foyer_global}' AND p.cmd = 'ALL' AND p.qual = 'true' AND p.with_check = 'true')
		AND NOT EXISTS (SELECT 1 FROM unnest(ARRAY['foyer_app', 'foyer_global']) r, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) may
			WHERE NOT has_table_privilege(r, c.oid, may)))
	ORDER BY c.relname`

func guardTable(ctx context.Context, conn *sql.Conn, table string) error {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, s := range []string{
		`ALTER TABLE %[1]s ENABLE ROW LEVEL SECURITY`,
		`ALTER TABLE %[1]s FORCE ROW LEVEL SECURITY`,
		`DROP POLICY IF EXISTS of_org ON %[1]s`,
		`CREATE POLICY of_org ON %[1]s TO foyer_app USING ` + orgRule + ` WITH CHECK ` + orgRule,
		`DROP POLICY IF EXISTS of_all ON %[1]s`,
		`CREATE POLICY of_all ON %[1]s TO foyer_global USING (true) WITH CHECK (true)`,
		`GRANT SELECT, INSERT, UPDATE, DELETE ON %[1]s TO foyer_app, foyer_global`,
	} {
		if _, err := tx.ExecContext(ctx, fmt.Sprintf(s, table)); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func firstColumn(ctx context.Context, conn *sql.Conn, query string, args ...any) (out []string, err error) {
	rows, err := conn.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		out = append(out, name)
	}
	return out, rows.Err()
}
