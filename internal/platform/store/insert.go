package store

import (
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// maxParams stays below SQLite's limit of 32,766 bound values per statement.
const maxParams = 30_000

// InsertAll runs an INSERT written "VALUES $rows" for many rows in as few
// statements as the engines allow. A row holds the values of all columns after
// org_id, in the order of the column list; all rows have the same length.
func InsertAll(tx *Tx, q Query, rows [][]any) (int64, error) {
	if !q.rows || q.global {
		return 0, errors.New("store: InsertAll needs a Scoped query with VALUES $rows")
	}
	if !tx.write || tx.scope.org == "" {
		return 0, errors.New("store: InsertAll needs a Write of an organisation")
	}
	for i, row := range rows {
		if len(row) != len(rows[0]) {
			return 0, fmt.Errorf("store: row %d has %d values, the first has %d", i, len(row), len(rows[0]))
		}
	}
	if tx.lite {
		return insertLite(tx, q, rows)
	}
	var total int64
	for len(rows) > 0 {
		n := min(len(rows), max(1, maxParams/max(1, len(rows[0]))), 500)
		text, args := q.expandRows(tx.scope.org, rows[:n])
		touched, err := affected(tx.tx.ExecContext(tx.ctx, text, args...))
		if err != nil {
			return total, fmt.Errorf("%w in %.60q", err, q.text)
		}
		total += touched
		tx.inserted(q, touched)
		rows = rows[n:]
	}
	return total, nil
}

func affected(res sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// liteRows is how many rows go into one statement on SQLite. There is no round
// trip to save; preparing costs as much per row as half an insert, so a short
// statement that the connection keeps is the fastest.
const liteRows = 50

func insertLite(tx *Tx, q Query, rows [][]any) (int64, error) {
	var total int64
	for len(rows) > 0 {
		n := min(len(rows), liteRows)
		times := len(rows) / n
		touched, err := insertTimes(tx, q, rows[:n*times], n)
		total += touched
		if err != nil {
			return total, fmt.Errorf("%w in %.60q", err, q.text)
		}
		rows = rows[n*times:]
	}
	return total, nil
}

// insertTimes runs the statement for n rows for all of them.
func insertTimes(tx *Tx, q Query, rows [][]any, n int) (int64, error) {
	one := "(?" + strings.Repeat(",?", len(rows[0])) + ")"
	text := strings.Replace(q.text, rowsMark, one+strings.Repeat(","+one, n-1), 1)
	var total int64
	args := make([]any, 0, n*(len(rows[0])+1))
	for ; len(rows) > 0; rows = rows[n:] {
		args = args[:0]
		for _, row := range rows[:n] {
			args = append(append(args, tx.scope.org), row...)
		}
		touched, err := affected(tx.tx.ExecContext(tx.ctx, text, args...))
		if err != nil {
			return total, err
		}
		total += touched
	}
	return total, nil
}

func (q Query) expandRows(org string, rows [][]any) (string, []any) {
	var b strings.Builder
	args := []any{org}
	for i, row := range rows {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("($1")
		for range row {
			b.WriteString(",$")
			b.WriteString(strconv.Itoa(len(args) + 1))
			args = append(args, nil)
		}
		b.WriteByte(')')
		copy(args[len(args)-len(row):], row)
	}
	return strings.Replace(q.text, rowsMark, b.String(), 1), args
}
