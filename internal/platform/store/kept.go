package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"strings"
)

// Preparing a statement costs SQLite between 20 and 300 µs, more than running
// most of ours, and database/sql prepares anew each time. So each connection
// keeps what it has prepared. (pgx does the same by itself.) This sits below
// database/sql, where a connection is used by one goroutine at a time; above it
// a statement could only be prepared beside a transaction, on the writer that
// this very transaction holds (docs/adr/0002).

const (
	keptMost = 256      // statements per connection
	keptText = 16 << 10 // bytes of the longest statement that is kept
)

// keeping is a connector whose connections keep their statements.
type keeping struct{ driver.Connector }

func (k keeping) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := k.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	lite, ok := c.(liteConn)
	if !ok {
		return nil, errors.Join(errors.New("store: the SQLite driver lacks an interface"), c.Close())
	}
	return &keptConn{liteConn: lite, kept: map[string]*keptStmt{}}, nil
}

// liteConn is what the driver's connections can do.
type liteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// liteStmt is what its statements can do.
type liteStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

type keptStmt struct {
	liteStmt
	used int64 // the connection's turn at which it was used last
	busy bool  // its answer is still being read
}

type keptConn struct {
	liteConn
	kept map[string]*keptStmt
	turn int64
}

// Close ends the statements before the connection: SQLite does not close a
// connection that has some.
func (c *keptConn) Close() error {
	var errs []error
	for _, s := range c.kept {
		errs = append(errs, s.Close())
	}
	clear(c.kept)
	return errors.Join(append(errs, c.liteConn.Close())...)
}

func (c *keptConn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.liteConn.ExecContext(ctx, text, args)
	}
	return s.ExecContext(ctx, args)
}

func (c *keptConn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.liteConn.QueryContext(ctx, text, args)
	}
	rows, err := s.QueryContext(ctx, args)
	if err != nil {
		return nil, err
	}
	s.busy = true
	return &keptRows{Rows: rows, of: s}, nil
}

// keptRows gives its statement free when it is closed.
type keptRows struct {
	driver.Rows
	of *keptStmt
}

func (r *keptRows) Close() error {
	r.of.busy = false
	return r.Rows.Close()
}

// statement returns the kept statement for a text, prepared when it is new, or
// nil when the text is not one to keep or its statement is being read.
func (c *keptConn) statement(ctx context.Context, text string) (*keptStmt, error) {
	c.turn++
	if s := c.kept[text]; s != nil {
		if s.busy {
			return nil, nil
		}
		s.used = c.turn
		return s, nil
	}
	if len(text) > keptText || !keepable(text) {
		return nil, nil
	}
	if err := c.makeRoom(); err != nil {
		return nil, err
	}
	s, err := c.liteConn.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	lite, ok := s.(liteStmt)
	if !ok {
		return nil, errors.Join(errors.New("store: the SQLite driver lacks an interface"), s.Close())
	}
	kept := &keptStmt{liteStmt: lite, used: c.turn}
	c.kept[strings.Clone(text)] = kept
	return kept, nil
}

// keepable tells reading and changing rows, which comes again, from what
// changes schema or settings.
func keepable(text string) bool {
	word := text[:min(len(text), 6)]
	return strings.EqualFold(word, "SELECT") || strings.EqualFold(word, "INSERT") || strings.EqualFold(word, "UPDATE") ||
		strings.EqualFold(word, "DELETE") || strings.EqualFold(word[:min(len(word), 4)], "WITH")
}

// makeRoom ends the statement that has not been used for longest.
func (c *keptConn) makeRoom() error {
	if len(c.kept) < keptMost {
		return nil
	}
	oldest := ""
	for text, s := range c.kept {
		if !s.busy && (oldest == "" || s.used < c.kept[oldest].used) {
			oldest = text
		}
	}
	if oldest == "" {
		return nil
	}
	s := c.kept[oldest]
	delete(c.kept, oldest)
	return s.Close()
}
