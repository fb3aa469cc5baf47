package store

import (
	"context"
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
	if db.engine == Postgres {
		return db.migratePostgres(ctx, p)
	}
	if err := db.up(ctx, p); err != nil {
		return err
	}
	return db.teach(ctx)
}

// up runs what is missing. On SQLite, which has no lock for this, a second
// process may do the same at the same time: each step is one transaction, so
// one of the two fails and finds the step done when it looks again.
func (db *DB) up(ctx context.Context, p *goose.Provider) error {
	for last := int64(-1); ; {
		have, err := db.refuseNewer(ctx, p)
		if err == nil {
			_, err = p.Up(ctx)
		}
		if err == nil || have <= last || db.engine == Postgres {
			return err
		}
		last = have
	}
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
	if err := db.up(ctx, p); err != nil {
		return err
	}
	return guard(ctx, conn)
}

// refuseNewer returns the schema's version, an error when the program does not
// know it.
func (db *DB) refuseNewer(ctx context.Context, p *goose.Provider) (have int64, err error) {
	have, err = p.GetDBVersion(ctx)
	if err != nil {
		return 0, fmt.Errorf("read schema version: %w", err)
	}
	sources := p.ListSources()
	if want := sources[len(sources)-1].Version; have > want {
		return have, fmt.Errorf("the database has schema %d, this program knows %d: start the newer program, or restore a backup", have, want)
	}
	return have, nil
}

// Empty tells whether there is no schema at all: nobody has begun here.
func (db *DB) Empty(ctx context.Context) (bool, error) {
	p, err := db.provider()
	if err != nil {
		return false, err
	}
	have, err := db.refuseNewer(ctx, p)
	return err == nil && have == 0, err
}

// Current tells whether the schema is the one that this program expects: false
// when Migrate has work to do, an error when a newer program was here.
func (db *DB) Current(ctx context.Context) (bool, error) {
	p, err := db.provider()
	if err != nil {
		return false, err
	}
	if _, err := db.refuseNewer(ctx, p); err != nil {
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
