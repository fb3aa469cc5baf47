package store

import (
	"context"
	"fmt"
	"strings"
)

// SQLite without statistics takes any one equal column for as good as two, and
// since every statement names the organisation it would begin a property's page
// by reading all residents of the organisation. So after each migration we tell
// it, for every index, what holds in every installation: an organisation has
// very many rows, each further column leaves few, all columns of a unique index
// leave one. The same figures everywhere mean the same plans everywhere, on an
// empty database too. (ANALYZE would replace them by what it finds.)
const (
	allRows = 1_000_000
	ofOrg   = 50_000 // rows that have the first column of an index in common
	further = 8      // the first two columns; one eighth with each one more
)

// teach writes the figures into SQLite's table of statistics.
func (db *DB) teach(ctx context.Context) error {
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, "ANALYZE goose_db_version"); err != nil { // makes the table of statistics, without a walk through all others
		return fmt.Errorf("statistics: %w", err)
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM sqlite_stat1"); err != nil {
		return fmt.Errorf("statistics: %w", err)
	}
	rows, err := tx.QueryContext(ctx, `SELECT m.name, i.name, i."unique" AND NOT i.partial, (SELECT count(*) FROM pragma_index_info(i.name))
		FROM sqlite_schema m JOIN pragma_index_list(m.name) i WHERE m.type = 'table' ORDER BY m.name, i.name`)
	if err != nil {
		return fmt.Errorf("statistics: %w", err)
	}
	defer rows.Close()
	var lines [][3]string
	for rows.Next() {
		var table, index string
		var unique bool
		var columns int
		if err := rows.Scan(&table, &index, &unique, &columns); err != nil {
			return err
		}
		lines = append(lines, [3]string{table, index, figures(columns, unique)})
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, l := range lines {
		if _, err := tx.ExecContext(ctx, "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ($1, $2, $3)", l[0], l[1], l[2]); err != nil {
			return fmt.Errorf("statistics: %w", err)
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	_, err = db.write.ExecContext(ctx, "ANALYZE sqlite_schema") // take them in
	return err
}

// figures is the stat column of an index: all rows, then how many share each
// prefix of its columns.
func figures(columns int, unique bool) string {
	out := []string{fmt.Sprint(allRows)}
	n := ofOrg
	for i := range columns {
		if i == 1 {
			n = further
		} else if i > 1 {
			n = max(1, n/8)
		}
		if i == columns-1 && unique {
			n = 1
		}
		out = append(out, fmt.Sprint(n))
	}
	return strings.Join(out, " ")
}
