package store_test

import (
	"database/sql"
	"strings"
	"testing"

	"foyer/internal/platform/store/storetest"
)

// A statement about one property must begin at the property, although every
// table of it names the organisation as well.
func TestSQLiteBeginsWhereFewRowsAre(t *testing.T) {
	f := storetest.SQLite(t)
	raw, err := sql.Open("sqlite", strings.TrimPrefix(f.URL, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	var missing int
	if err := raw.QueryRow(`SELECT count(*) FROM sqlite_schema m JOIN pragma_index_list(m.name) i
		WHERE m.type = 'table' AND i.name NOT IN (SELECT idx FROM sqlite_stat1)`).Scan(&missing); err != nil || missing > 0 {
		t.Fatalf("%d indexes without figures, %v", missing, err)
	}
	rows, err := raw.Query(`EXPLAIN QUERY PLAN SELECT pe.id FROM unit u JOIN lease l ON l.org_id = u.org_id AND l.unit_id = u.id
		JOIN lease_person lp ON lp.org_id = l.org_id AND lp.lease_id = l.id JOIN person pe ON pe.org_id = lp.org_id AND pe.id = lp.person_id
		WHERE u.org_id = $1 AND u.property_id = $2`, "a", "b")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var plan []string
	for rows.Next() {
		var id, parent, unused int
		var line string
		if err := rows.Scan(&id, &parent, &unused, &line); err != nil {
			t.Fatal(err)
		}
		plan = append(plan, line)
	}
	want := []string{"unit_list (org_id=? AND property_id=?)", "lease_unit (org_id=? AND unit_id=?)", "lease_person_1 (org_id=? AND lease_id=?)", "person_1 (org_id=? AND id=?)"}
	for i, w := range want {
		if i >= len(plan) || !strings.Contains(plan[i], w) {
			t.Fatalf("the plan is\n%s\nwant at %d: %s", strings.Join(plan, "\n"), i, w)
		}
	}
}
