package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

//go:embed migrations/*.sql
var migrations embed.FS

func (db *DB) provider() (*goose.Provider, error) {
	dialect := database.DialectSQLite3
	if db.engine == Postgres {
		dialect = database.DialectPostgres
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(dialect, db.write, files)
}

// Migrate brings the schema up to this program's version and, on PostgreSQL,
// puts every table behind row-level security. It refuses a schema that is
// newer than the program.
func (db *DB) Migrate(ctx context.Context) error {
	p, err := db.provider()
	if err != nil {
		return err
	}
	if err := db.refuseNewer(ctx, p); err != nil {
		return err
	}
	if db.engine == Postgres {
		return db.migratePostgres(ctx, p)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return db.teach(ctx)
}

// migratePostgres holds an advisory lock, so that several processes that start
// together migrate once.
func (db *DB) migratePostgres(ctx context.Context, p *goose.Provider) error {
	conn, err := db.write.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock(470707)"); err != nil {
		return err
	}
	defer conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock(470707)")
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return guard(ctx, conn)
}

func (db *DB) refuseNewer(ctx context.Context, p *goose.Provider) error {
	have, err := p.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	sources := p.ListSources()
	if want := sources[len(sources)-1].Version; have > want {
		return fmt.Errorf("the database has schema %d, this program knows %d: start the newer program, or restore a backup", have, want)
	}
	return nil
}

// Current tells whether the schema is the one that this program expects: false
// when Migrate has work to do, an error when a newer program was here.
func (db *DB) Current(ctx context.Context) (bool, error) {
	p, err := db.provider()
	if err != nil {
		return false, err
	}
	if err := db.refuseNewer(ctx, p); err != nil {
		return false, err
	}
	pending, err := p.HasPending(ctx)
	return !pending, err
}

// HashMigrations writes all migrations to w, so that a test can tell whether a
// template database is stale.
func HashMigrations(w io.Writer) {
	names, _ := fs.Glob(migrations, "migrations/*.sql") // the pattern is a constant
	for _, n := range names {
		data, _ := fs.ReadFile(migrations, n) // embedded: cannot fail
		fmt.Fprintln(w, n, len(data))
		w.Write(data)
	}
}

// guard gives every table with an org_id row-level security that even its
// owner is bound by (FORCE), one policy for the role that serves requests and
// one for the listed Global queries. It is derived from the catalogue, so a
// new table cannot be forgotten.
func guard(ctx context.Context, conn *sql.Conn) error {
	for _, s := range []string{
		`DO $$ BEGIN CREATE ROLE foyer_app NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`,
		`DO $$ BEGIN CREATE ROLE foyer_global NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`,
		`DO $$ BEGIN EXECUTE format('GRANT foyer_app, foyer_global TO %I', current_user); END $$`,
		`GRANT USAGE ON SCHEMA public TO foyer_app, foyer_global`,
	} {
		if _, err := conn.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("roles for row-level security: %w", err)
		}
	}
	tables, err := orgTables(ctx, conn)
	if err != nil {
		return err
	}
	for _, t := range tables {
		for _, s := range []string{
			`ALTER TABLE %[1]s ENABLE ROW LEVEL SECURITY`,
			`ALTER TABLE %[1]s FORCE ROW LEVEL SECURITY`,
			`DROP POLICY IF EXISTS of_org ON %[1]s`,
			`CREATE POLICY of_org ON %[1]s TO foyer_app USING (org_id = current_setting('foyer.org', true)) WITH CHECK (org_id = current_setting('foyer.org', true))`,
			`DROP POLICY IF EXISTS of_all ON %[1]s`,
			`CREATE POLICY of_all ON %[1]s TO foyer_global USING (true) WITH CHECK (true)`,
			`GRANT SELECT, INSERT, UPDATE, DELETE ON %[1]s TO foyer_app, foyer_global`,
		} {
			if _, err := conn.ExecContext(ctx, fmt.Sprintf(s, t)); err != nil {
				return fmt.Errorf("row-level security of %s: %w", t, err)
			}
		}
	}
	return nil
}

func orgTables(ctx context.Context, conn *sql.Conn) ([]string, error) {
	rows, err := conn.QueryContext(ctx, `SELECT table_name FROM information_schema.columns
		WHERE table_schema = 'public' AND column_name = 'org_id' ORDER BY table_name`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var t string
		if err := rows.Scan(&t); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, rows.Err()
}
