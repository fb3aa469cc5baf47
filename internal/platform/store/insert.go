package store

import (
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
	var total int64
	for len(rows) > 0 {
		n := min(len(rows), max(1, maxParams/max(1, len(rows[0]))), 500)
		text, args, err := q.expandRows(tx.scope.org, rows[:n])
		if err != nil {
			return total, err
		}
		res, err := tx.tx.ExecContext(tx.ctx, text, args...)
		if err != nil {
			return total, fmt.Errorf("%w in %.60q", err, q.text)
		}
		touched, err := res.RowsAffected()
		if err != nil {
			return total, err
		}
		total += touched
		rows = rows[n:]
	}
	return total, nil
}

func (q Query) expandRows(org string, rows [][]any) (string, []any, error) {
	var b strings.Builder
	args := []any{org}
	for i, row := range rows {
		if len(row) != len(rows[0]) {
			return "", nil, fmt.Errorf("row %d has %d values, the first has %d", i, len(row), len(rows[0]))
		}
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
	return strings.Replace(q.text, rowsMark, b.String(), 1), args, nil
}
