package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"

	"github.com/jackc/pgx/v5/pgconn"

	"foyer/internal/platform/fault"
)

// retryable tells whether PostgreSQL undid a transaction only because of
// another one, so that running it again is right.
func retryable(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

// IsUnique tells whether err is a violated unique or primary key.
func IsUnique(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "23505"
	}
	var coder interface{ Code() int }
	if errors.As(err, &coder) { // SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY
		return coder.Code() == 2067 || coder.Code() == 1555
	}
	return false
}

// judge marks an outage as fault.ErrUnavailable: the same may succeed later,
// and nobody's input is to blame. What ends because ctx has ended says that.
func judge(ctx context.Context, err error) error {
	switch {
	case err == nil, !outage(err) && !errors.Is(err, sql.ErrTxDone), errors.Is(err, fault.ErrUnavailable):
		return err
	case ctx.Err() != nil:
		return fmt.Errorf("%w: %w", ctx.Err(), err)
	case errors.Is(err, sql.ErrTxDone): // our own mistake
		return err
	}
	return fault.Unavailable(err)
}

// outage tells whether the database, not the statement, is the reason. SQLite:
// BUSY and LOCKED (another process holds it), IOERR, FULL, CANTOPEN.
// PostgreSQL: the connection, or its classes 53 (resources), 57P (shutting
// down) and 58 (its system).
func outage(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code[:2] == "53" || pg.Code[:2] == "58" || pg.Code[:3] == "57P"
	}
	var coder interface{ Code() int }
	if errors.As(err, &coder) {
		switch coder.Code() & 0xff { // the rest of an extended code says more
		case 5, 6, 10, 13, 14:
			return true
		}
		return false
	}
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.Is(err, driver.ErrBadConn) || errors.As(err, &connect) || errors.As(err, &network) && !network.Timeout()
}
