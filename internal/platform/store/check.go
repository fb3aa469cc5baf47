package store

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// checkScoped makes sure that no row of another organisation can take part in
// a statement: each table must be tied to $1 by an equality of org_id that
// always holds. It follows SELECT by SELECT, each with its own names: a tie
// counts for the SELECT whose WHERE or ON it stands in, not below an OR, not
// in a subquery, and in the ON of a LEFT JOIN only for the table joined there.
// It is a check of form; a statement that it cannot follow is refused and has
// to be written more plainly.
func checkScoped(text string) error {
	nodes, err := parse(text)
	if err != nil {
		return err
	}
	c := &check{}
	if err := c.statement(nodes, nil, nil); err != nil {
		return err
	}
	if c.tables == 0 {
		return fmt.Errorf("no table found")
	}
	return nil
}

// check counts the tables that it has seen.
type check struct{ tables int }

// names is a set of table aliases, or of common table expressions.
type names map[string]bool

func (n names) with(more ...string) names {
	out := maps.Clone(n)
	if out == nil {
		out = names{}
	}
	for _, m := range more {
		out[m] = true
	}
	return out
}

// statement checks a whole statement or subquery. outer are the tied tables
// that a subquery may refer to, ctes the names that WITH has defined.
func (c *check) statement(nodes []node, outer, ctes names) error {
	nodes, ctes, err := c.with(nodes, ctes)
	if err != nil {
		return err
	}
	if first(nodes) == "insert" { // a UNION in it belongs to its SELECT
		return c.insert(nodes, ctes)
	}
	start := 0
	for i := 0; i <= len(nodes); i++ {
		if i < len(nodes) && nodes[i].word != "union" && nodes[i].word != "intersect" && nodes[i].word != "except" {
			continue
		}
		part := nodes[start:i]
		if first(part) == "all" {
			part = part[1:]
		}
		if err := c.block(part, outer, ctes); err != nil {
			return err
		}
		start = i + 1
	}
	return nil
}

// with checks the common table expressions before a statement. A name counts
// from its definition on, with RECURSIVE also in it.
func (c *check) with(nodes []node, ctes names) ([]node, names, error) {
	if first(nodes) != "with" {
		return nodes, ctes, nil
	}
	nodes = nodes[1:]
	recursive := first(nodes) == "recursive"
	if recursive {
		nodes = nodes[1:]
	}
	for {
		name := first(nodes)
		if len(nodes) > 0 {
			nodes = nodes[1:]
		}
		if len(nodes) > 0 && nodes[0].group != nil {
			nodes = nodes[1:] // the column names
		}
		if len(nodes) > 1 && nodes[0].word == "as" && nodes[1].word == "materialized" {
			nodes = append([]node{nodes[0]}, nodes[2:]...) // says how, not what
		}
		if !plainName.MatchString(name) || first(nodes) != "as" || len(nodes) < 2 || nodes[1].group == nil {
			return nil, nil, fmt.Errorf("WITH %s is not plain enough to follow", name)
		}
		inside := ctes
		if recursive {
			inside = ctes.with(name)
		}
		if err := c.statement(nodes[1].group, nil, inside); err != nil {
			return nil, nil, err
		}
		ctes = ctes.with(name)
		if nodes = nodes[2:]; first(nodes) != "," {
			return nodes, ctes, nil
		}
		nodes = nodes[1:]
	}
}

// block checks one SELECT, UPDATE or DELETE.
func (c *check) block(nodes []node, outer, ctes names) error {
	switch {
	case len(nodes) == 1 && isSelect(nodes[0].group):
		return c.statement(nodes[0].group, outer, ctes)
	case first(nodes) == "values":
		return c.inside(nodes, outer, ctes)
	}
	parts, err := clauses(nodes)
	if err != nil {
		return err
	}
	tables, err := sources(parts["from"])
	if err != nil {
		return err
	}
	switch first(nodes) {
	case "select":
		if slices.ContainsFunc(nodes, func(n node) bool { return n.word == "into" }) {
			return fmt.Errorf("SELECT INTO")
		}
	case "delete":
		ctes = without(ctes, tables) // what is changed is a table, whatever WITH has defined
	case "update":
		target, rest, err := oneSource(append(slices.Clone(parts["update"]), node{word: "on"}))
		if err != nil || len(rest) != 1 {
			return fmt.Errorf("UPDATE is not plain enough to follow")
		}
		if err := keepsOrg(parts["set"]); err != nil {
			return err
		}
		ctes = without(ctes, []source{target})
		tables = append([]source{target}, tables...)
	default:
		return fmt.Errorf("%q is not plain enough to follow", first(nodes))
	}
	known, err := c.tie(tables, parts["where"], outer, ctes)
	if err != nil {
		return err
	}
	delete(parts, "from")
	for _, part := range parts {
		if err := c.inside(part, known, ctes); err != nil {
			return err
		}
	}
	return nil
}

func without(ctes names, tables []source) names {
	out := ctes.with()
	for _, t := range tables {
		delete(out, t.table)
	}
	return out
}

// tie checks that each table is tied to $1 and returns the tables that
// subqueries may refer to.
func (c *check) tie(tables []source, where []node, outer, ctes names) (names, error) {
	visible, sole := outer.with(), ""
	seen := names{}
	for _, t := range tables {
		if seen[t.alias] {
			return nil, fmt.Errorf("two tables are called %q", t.alias)
		}
		seen[t.alias] = true
		delete(visible, t.alias) // hides a table of the same name outside
		sole = t.alias
	}
	if len(tables) != 1 {
		sole = ""
	}
	tied := ties(tables, where, sole, visible.with("$1"))
	known := visible.with()
	for _, t := range tables {
		switch {
		case t.derived != nil:
			if err := c.statement(t.derived, outer, ctes); err != nil {
				return nil, err
			}
		case ctes[t.table]:
		case !tied[t.alias]:
			return nil, fmt.Errorf("table %s (as %s) is not tied to the organisation", t.table, t.alias)
		default:
			c.tables++
			known[t.alias] = true
		}
	}
	for _, t := range tables {
		if err := c.inside(t.on, known, ctes); err != nil {
			return nil, err
		}
	}
	return known, nil
}

// ties adds to tied the tables that the conditions tie to it, directly or
// through one another.
func ties(tables []source, where []node, sole string, tied names) names {
	type tie struct{ a, b string }
	var both, one []tie
	for _, eq := range equalities(where, sole) {
		both = append(both, tie{eq[0], eq[1]})
	}
	for _, t := range tables {
		for _, eq := range equalities(t.on, "") {
			switch {
			case !t.left:
				both = append(both, tie{eq[0], eq[1]})
			case eq[0] == t.alias:
				one = append(one, tie{eq[1], t.alias})
			case eq[1] == t.alias:
				one = append(one, tie{eq[0], t.alias})
			}
		}
	}
	for _, t := range both {
		one = append(one, t, tie{t.b, t.a})
	}
	for range tables {
		for _, t := range one {
			tied[t.b] = tied[t.b] || tied[t.a]
		}
	}
	return tied
}

// equalities returns the pairs of "$1" and aliases whose org_id a condition
// holds equal whenever it is true. sole is the table of an org_id without
// alias.
func equalities(cond []node, sole string) (out [][2]string) {
	if slices.ContainsFunc(cond, func(n node) bool { return n.word == "or" }) {
		return nil
	}
	start, between := 0, false
	for i := 0; i <= len(cond); i++ {
		if i < len(cond) && cond[i].word == "between" {
			between = true
		}
		if i < len(cond) && (cond[i].word != "and" || between) {
			between = between && cond[i].word != "and"
			continue
		}
		part := cond[start:i]
		start = i + 1
		switch {
		case len(part) == 1 && part[0].group != nil && !isSelect(part[0].group):
			out = append(out, equalities(part[0].group, sole)...)
		case len(part) == 3 && part[1].word == "=":
			a, b := orgOf(part[0].word, sole), orgOf(part[2].word, sole)
			if a != "" && b != "" {
				out = append(out, [2]string{a, b})
			}
		}
	}
	return out
}

func orgOf(word, sole string) string {
	switch word {
	case "$1":
		return word
	case "org_id":
		return sole
	}
	alias, ok := strings.CutSuffix(word, ".org_id")
	if !ok {
		return ""
	}
	return alias
}

// inside checks the subqueries of an expression.
func (c *check) inside(nodes []node, known, ctes names) error {
	for _, n := range nodes {
		if n.group == nil {
			continue
		}
		var err error
		if isSelect(n.group) {
			err = c.statement(n.group, known, ctes)
		} else {
			err = c.inside(n.group, known, ctes)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// keepsOrg refuses an assignment to org_id: a row never changes hands.
func keepsOrg(set []node) error {
	isOrg := func(n node) bool { return n.word == "org_id" || strings.HasSuffix(n.word, ".org_id") }
	for _, part := range split(set, ",") {
		if len(part) > 0 && (isOrg(part[0]) || slices.ContainsFunc(part[0].group, isOrg)) {
			return fmt.Errorf("org_id is assigned")
		}
	}
	return nil
}
