package store_test

import (
	"testing"

	"foyer/internal/platform/store"
)

// T1, T2: what may not become a statement, because rows of another
// organisation could take part.
var leaky = []string{
	// no tie at all, or not to $1
	`SELECT id FROM person WHERE id = $1`,
	`SELECT id FROM person WHERE org_id = 'x' AND id = $1`,
	`SELECT id FROM person WHERE org_id = $2 AND id = $1`,
	`SELECT id FROM person WHERE org_id = org_id AND $1 <> ''`,
	`SELECT id FROM person WHERE org_id <> $1`,
	`SELECT id FROM person p WHERE $1 >= p.org_id`,
	`SELECT id FROM person WHERE org_id IN ($1, $2)`,
	`SELECT id FROM person WHERE NOT (org_id = $1)`,
	`SELECT id FROM person WHERE NOT org_id = $1`,
	`SELECT id FROM person WHERE (org_id = $1) = $2`,
	`SELECT id FROM person WHERE $2 BETWEEN $3 AND org_id = $1`,
	`SELECT org_id = $1 FROM person`,
	`SELECT CASE WHEN org_id = $1 THEN id END FROM person WHERE id = $2`,
	`SELECT count(*) FROM person GROUP BY org_id HAVING org_id = $1 OR count(*) > 1`,
	`SELECT id FROM person ORDER BY org_id = $1`,
	`SELECT p.id FROM person p JOIN lease_person lp ON lp.person_id = p.id WHERE p.org_id = $1`,
	`SELECT p.id FROM person p JOIN lease_person lp ON lp.org_id = p.org_id AND lp.person_id = p.id WHERE p.id = $2 AND $1 <> ''`,
	// an OR that opens the condition
	`SELECT id FROM person WHERE org_id = $1 AND ref = $2 OR id = $3`,
	`SELECT id FROM person WHERE org_id = $1 OR $2`,
	`SELECT id FROM person WHERE (org_id = $1 AND ref = $2 OR id = $3) AND email <> ''`,
	`SELECT p.id FROM person p JOIN lease_person lp ON lp.org_id = p.org_id AND lp.person_id = p.id OR lp.role = $2 WHERE p.org_id = $1`,
	`DELETE FROM person WHERE org_id = $1 AND id = $2 OR id = $3`,
	// the tie stands in another SELECT
	`SELECT p.id FROM person p WHERE p.org_id = $1 AND EXISTS (SELECT 1 FROM account_person ap WHERE ap.person_id = p.id)`,
	`SELECT p.id FROM person p WHERE NOT EXISTS (SELECT 1 FROM lease_person lp WHERE lp.org_id = p.org_id AND p.org_id = $1 AND lp.org_id = $1)`,
	`SELECT x.id FROM person x WHERE x.org_id = $1 UNION ALL SELECT x.id FROM lease x WHERE x.ref = $2`,
	`SELECT (SELECT count(*) FROM lease x WHERE x.ref = p.ref) FROM person p JOIN unit x ON x.org_id = p.org_id WHERE p.org_id = $1`,
	`SELECT p.id FROM person p WHERE p.org_id = $1 AND p.id IN (SELECT p.person_id FROM lease_person p WHERE p.role = $2)`,
	`WITH x AS (SELECT id, org_id FROM person) SELECT x.id FROM x WHERE x.org_id = $1`,
	`WITH x AS MATERIALIZED (SELECT id, org_id FROM person) SELECT x.id FROM x WHERE x.org_id = $1`,
	`WITH person AS (SELECT id FROM person) SELECT id FROM person`,
	`WITH person AS (SELECT $1 AS id) DELETE FROM person WHERE id = $2`,
	`WITH person AS (SELECT $1 AS id) UPDATE person SET ref = '' WHERE id = $2`,
	`SELECT s.id FROM (SELECT id FROM person) s WHERE $1 <> ''`,
	`SELECT p.id FROM person p JOIN (SELECT $2 AS org_id) x ON x.org_id = p.org_id WHERE $1 <> ''`,
	// joins whose ON does not take rows away
	`SELECT p.id FROM person p LEFT JOIN lease_person lp ON lp.org_id = p.org_id AND lp.person_id = p.id AND p.org_id = $1`,
	`SELECT l.id FROM person p RIGHT JOIN lease l ON l.org_id = p.org_id WHERE l.id = $2 AND $1 <> ''`,
	`SELECT p.id FROM person p FULL JOIN lease l ON l.org_id = p.org_id AND p.org_id = $1`,
	`SELECT p.id FROM person p NATURAL JOIN lease l WHERE p.org_id = $1`,
	`SELECT p.id FROM person p JOIN lease l USING (org_id, id) WHERE p.org_id = $1`,
	// tables that hide
	`SELECT p.id FROM person p, lease l WHERE p.org_id = $1 AND l.org_id = p.org_id`,
	`SELECT p.id FROM person p JOIN unit u ON u.org_id = p.org_id, lease l WHERE p.org_id = $1`,
	`SELECT p.id FROM person p JOIN "lease" l ON l.id = p.ref WHERE p.org_id = $1`,
	`SELECT p.id FROM person p JOIN public.lease l ON l.id = p.ref WHERE p.org_id = $1`,
	`SELECT p.id FROM person p JOIN/**/lease l ON l.id = p.ref WHERE p.org_id = $1`,
	`SELECT p.id FROM person p JOIN (lease l JOIN unit u ON u.id = l.unit_id) ON l.id = p.ref WHERE p.org_id = $1`,
	`SELECT p.id FROM person p JOIN json_each($2) j ON j.value = p.id WHERE p.org_id = $1`,
	`SELECT id FROM person WHERE org_id = $1; DELETE FROM person`,
	`SELECT id FROM person WHERE org_id = $1 UNION TABLE lease`,
	`SELECT id INTO copy FROM person WHERE org_id = $1`,
	`DELETE FROM person p USING lease l WHERE p.org_id = $1 AND l.id = $2`,
	`SELECT id FROM person WHERE org_id = $1 AND ref = E'\' OR 1=1 --'`,
	`SELECT id FROM person WHERE org_id = $tag$ OR $tag$`,
	// changes
	`UPDATE person SET ref = '' WHERE id = $2 AND $1 <> ''`,
	`UPDATE person SET org_id = $1 WHERE id = $2`,
	`UPDATE person SET org_id = $2 WHERE org_id = $1`,
	`UPDATE person SET (org_id, ref) = ($2, '') WHERE org_id = $1`,
	`UPDATE person SET ref = x.ref FROM lease x WHERE person.org_id = $1 AND x.id = person.id`,
	`DELETE FROM person WHERE id = $2 AND $1 = $1`,
	`INSERT INTO person (id, org_id) VALUES ($2, $1)`,
	`INSERT INTO person (org_id, id) VALUES ($2, $1)`,
	`INSERT INTO person (org_id, id) VALUES ($1, $2), ($3, $4)`,
	`INSERT INTO person (org_id, id) VALUES ($1 || $3, $2)`,
	`INSERT INTO person (org_id, id) SELECT $1, x.id FROM lease x`,
	`INSERT INTO person (org_id, id) SELECT $2, x.id FROM lease x WHERE x.org_id = $1`,
	`INSERT INTO person (org_id, id) SELECT $1, x.id FROM lease x WHERE x.org_id = $1 UNION SELECT $2, x.id FROM lease x WHERE x.org_id = $1`,
	`INSERT INTO org_host (org_id, host) VALUES ($1, $2) ON CONFLICT (host) DO UPDATE SET site = 'both'`,
	`INSERT INTO person (org_id, id) VALUES ($1, $2) ON CONFLICT (org_id, id) DO UPDATE SET org_id = $3`,
	`INSERT INTO person (org_id, id) VALUES ($1, (SELECT id FROM person WHERE ref = $2))`,
	`INSERT INTO person (org_id, id) VALUES ($1, $2) RETURNING (SELECT count(*) FROM person)`,
	// not portable, not a statement
	`SELECT now() FROM person WHERE org_id = $1`,
	`SELECT id::text FROM person WHERE org_id = $1`,
	`SELECT id FROM person WHERE org_id = ?1`,
	`SELECT id FROM person WHERE org_id = $1 AND id NOT IN ($2...)`,
	`SELECT 1`,
	`SELECT id FROM person WHERE org_id = $1)`,
	`SELECT id FROM (person WHERE org_id = $1`,
	`DROP TABLE person`,
	"SELECT id FROM person WHERE org_id = $1\v",
	``,
}

var tight = []string{
	`SELECT p.id FROM person p JOIN lease_person lp ON lp.org_id = p.org_id AND lp.person_id = p.id WHERE p.org_id = $1 AND p.id = $2`,
	`SELECT p.id FROM person AS p LEFT JOIN lease_person lp ON (lp.org_id = p.org_id AND lp.person_id = p.id) WHERE ($2 OR p.id = $3) AND p.org_id = $1`,
	`SELECT p.id FROM person p CROSS JOIN org o WHERE p.org_id = $1 AND o.org_id = p.org_id`,
	`SELECT p.id FROM person p LEFT JOIN account_person ap ON ap.org_id = $1 AND ap.person_id = p.id
		LEFT OUTER JOIN account a ON a.org_id = ap.org_id AND a.id = ap.account_id WHERE $1 = p.org_id ORDER BY p.id LIMIT $2 OFFSET $3`,
	`SELECT id FROM person WHERE org_id = $1 AND CASE WHEN $2 = '' OR $3 THEN id = '' ELSE ref BETWEEN $2 AND $3 END AND NOT (id = $4 OR id = $5)`,
	`SELECT p.id FROM person p WHERE p.org_id = $1 AND ($2 OR EXISTS (SELECT 1 FROM lease_person lp WHERE lp.org_id = p.org_id AND lp.person_id = p.id))`,
	`SELECT count(*) FROM (SELECT id FROM person WHERE org_id = $1 UNION ALL SELECT id FROM lease WHERE org_id = $1) both_kinds`,
	`WITH x AS (SELECT id FROM person WHERE org_id = $1), y (id) AS (SELECT id FROM x) SELECT id FROM y JOIN lease l ON l.org_id = $1 AND l.id = y.id ORDER BY l.id`,
	`WITH x AS MATERIALIZED (SELECT id FROM person WHERE org_id = $1), k AS (VALUES ('a'), ('b')) SELECT x.id FROM x CROSS JOIN k`,
	`WITH RECURSIVE x AS (SELECT id FROM person WHERE org_id = $1 UNION SELECT id FROM x WHERE id < $2) SELECT id FROM x`,
	`SELECT max(p.id) FILTER (WHERE p.ref <> '') FROM person p WHERE p.org_id = $1 -- OR nothing`,
	`SELECT id FROM person WHERE org_id = $1 AND ref IS DISTINCT FROM $2 FOR UPDATE`,
	`INSERT INTO person (org_id, id) VALUES ($1, $2) ON CONFLICT (org_id, id) DO UPDATE SET ref = excluded.ref WHERE person.ref = '' RETURNING id`,
	`INSERT INTO person (org_id, id) VALUES ($1, $2), ($1, $3) ON CONFLICT DO NOTHING`,
	`INSERT INTO person (org_id, id) VALUES $rows ON CONFLICT (org_id, id) DO NOTHING`,
	`INSERT INTO person (org_id, id) SELECT $1, x.id FROM lease x JOIN unit u ON u.org_id = x.org_id WHERE x.org_id = $1 RETURNING id`,
	`DELETE FROM person WHERE org_id = $1 AND id = $2 AND NOT EXISTS (SELECT 1 FROM lease_person lp WHERE lp.org_id = person.org_id AND lp.person_id = person.id)`,
	`UPDATE person SET ref = 'FROM somewhere OR', email = (SELECT max(email) FROM account WHERE org_id = $1) WHERE org_id = $1`,
	`UPDATE person AS p SET ref = l.ref FROM lease l WHERE l.org_id = p.org_id AND p.org_id = $1`,
}

func TestT2_ScopedRefusesWhatForgetsTheOrganisation(t *testing.T) {
	for _, text := range leaky {
		if !panics(func() { store.Scoped(text) }) {
			t.Errorf("accepted: %s", text)
		}
	}
	for _, text := range tight {
		if err := panicked(func() { store.Scoped(text) }); err != nil {
			t.Errorf("refused: %v", err)
		}
	}
	if !panics(func() { store.Global(`SELECT 1`, " ") }) {
		t.Error("a global query without a reason was accepted")
	}
}

func panics(fn func()) bool { return panicked(fn) != nil }

func panicked(fn func()) (p any) {
	defer func() { p = recover() }()
	fn()
	return nil
}

func FuzzScopedNeverFails(f *testing.F) {
	for _, text := range append(append([]string{}, leaky...), tight...) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		defer func() {
			if p := recover(); p != nil {
				if _, ok := p.(string); !ok { // its own refusal is a sentence
					t.Fatalf("%q: %v", text, p)
				}
			}
		}()
		store.Scoped(text)
	})
}
