package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"
	"modernc.org/sqlite"
)

// Engine tells the two databases apart where a test or a report must.
type Engine string

// The engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// DB is an open database. It is safe for concurrent use.
type DB struct {
	engine Engine
	read   *sql.DB
	write  *sql.DB
	woken  chan struct{}
	grown  growth
	writes sync.Map // organisation → *atomic.Uint64, for Memo
	// Slow is called for a Write that held the writer longer than a second.
	Slow func(d time.Duration)
}

// Open opens a database: "sqlite:PATH" (made when missing) or a
// "postgres://…" URL. It does not migrate.
func Open(ctx context.Context, target string) (*DB, error) {
	switch {
	case strings.HasPrefix(target, "sqlite:"):
		return openSQLite(ctx, strings.TrimPrefix(target, "sqlite:"))
	case strings.HasPrefix(target, "postgres://"), strings.HasPrefix(target, "postgresql://"):
		return openPostgres(ctx, target)
	}
	return nil, fmt.Errorf("FOYER_DATABASE must be sqlite:PATH or postgres://…, got %q", firstWord(target))
}

// firstWord keeps passwords of a mistyped URL out of the error.
func firstWord(s string) string {
	if i := strings.IndexAny(s, ":@/"); i >= 0 {
		return s[:i] + "…"
	}
	return s
}

// pragmas go into the DSN, each once: modernc runs them in lexicographic order
// and the last of two values of one pragma would win.
func dsn(path, mode string) string {
	v := url.Values{}
	for _, p := range []string{"busy_timeout(5000)", "cache_size(-2048)", "foreign_keys(1)", "journal_mode(WAL)", "mmap_size(1073741824)", "synchronous(FULL)"} {
		v.Add("_pragma", p)
	}
	if mode == "read" {
		v.Add("_pragma", "query_only(1)")
	} else {
		v.Add("_pragma", "temp_store(2)") // in memory: a file for what undoes a failed statement cost an import a twentieth
		v.Set("_txlock", "immediate")
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + v.Encode()
}

func pool(path, mode string) (*sql.DB, error) {
	c, err := sqlite.NewConnector(dsn(path, mode))
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(keeping{c}), nil
}

func openSQLite(ctx context.Context, path string) (*DB, error) {
	if err := private(path); err != nil {
		return nil, fmt.Errorf("open SQLite database: %w", err)
	}
	w, err := pool(path, "write")
	if err != nil {
		return nil, err
	}
	w.SetMaxOpenConns(1)
	if err := w.PingContext(ctx); err != nil {
		w.Close()
		return nil, fmt.Errorf("open SQLite database: %w", err)
	}
	r, err := pool(path, "read")
	if err != nil {
		w.Close()
		return nil, err
	}
	r.SetMaxOpenConns(max(2, runtime.NumCPU()))
	r.SetMaxIdleConns(max(2, runtime.NumCPU()))
	return &DB{engine: SQLite, read: r, write: w, woken: make(chan struct{}, 1)}, nil
}

// private makes a missing database file, readable for its owner alone; SQLite
// would make it readable for everybody, and gives the files beside it the same
// mode. A file that is there is not opened: closing it again would drop the
// locks that SQLite holds on it in this process.
func private(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

func openPostgres(ctx context.Context, target string) (*DB, error) {
	p, err := sql.Open("pgx", target)
	if err != nil {
		return nil, fmt.Errorf("open PostgreSQL: %w", redact(err, target))
	}
	p.SetMaxOpenConns(16)
	p.SetMaxIdleConns(16)
	if err := p.PingContext(ctx); err != nil {
		p.Close()
		return nil, fmt.Errorf("open PostgreSQL: %w", redact(err, target))
	}
	db := &DB{engine: Postgres, read: p, write: p, woken: make(chan struct{}, 1)}
	if err := db.checkServer(ctx); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// checkServer refuses a server that acknowledges commits before they are on
// disk (with synchronous_commit=off acknowledged writes were lost in a crash)
// and a database that does not hold UTF-8 or does not sort it by code point, as
// SQLite does.
func (db *DB) checkServer(ctx context.Context) error {
	var commit, collate, encoding string
	if err := db.read.QueryRowContext(ctx, "SHOW synchronous_commit").Scan(&commit); err != nil {
		return err
	}
	if commit == "off" {
		return errors.New("PostgreSQL runs with synchronous_commit=off: acknowledged changes can be lost; set it to on")
	}
	const q = "SELECT datcollate, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()"
	if err := db.read.QueryRowContext(ctx, q).Scan(&collate, &encoding); err != nil {
		return err
	}
	switch collate {
	case "C", "POSIX", "C.UTF-8", "C.utf8":
		if encoding == "UTF8" {
			return nil
		}
	}
	return fmt.Errorf("the database sorts by %q and holds %s; create it with: CREATE DATABASE foyer TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'", collate, encoding)
}

func redact(err error, target string) error {
	u, perr := url.Parse(target)
	if perr != nil || u.User == nil {
		return errors.New("the connection failed; check FOYER_DATABASE")
	}
	if pw, ok := u.User.Password(); ok && pw != "" {
		return errors.New(strings.ReplaceAll(err.Error(), pw, "xxxxx"))
	}
	return err
}

// Woken receives after a commit whose transaction called Wake. Several wakes
// may arrive as one.
func (db *DB) Woken() <-chan struct{} { return db.woken }

// Engine tells which engine this is.
func (db *DB) Engine() Engine { return db.engine }

// Close closes all connections.
func (db *DB) Close() error {
	if db.read != db.write {
		return errors.Join(db.read.Close(), db.write.Close())
	}
	return db.write.Close()
}

// Ping tells whether the database answers.
func (db *DB) Ping(ctx context.Context) error { return db.read.PingContext(ctx) }

// Check runs the engine's own integrity check: quick_check on SQLite, a plain
// round trip on PostgreSQL.
func (db *DB) Check(ctx context.Context) error {
	if db.engine == Postgres {
		return db.Ping(ctx)
	}
	var res string
	if err := db.read.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&res); err != nil {
		return err
	}
	if res != "ok" {
		return fmt.Errorf("SQLite quick_check: %s", res)
	}
	return nil
}

func (db *DB) slow(start time.Time) {
	if d := time.Since(start); d > time.Second {
		if db.Slow != nil {
			db.Slow(d)
			return
		}
		slog.Warn("slow write", "ms", d.Milliseconds())
	}
}
