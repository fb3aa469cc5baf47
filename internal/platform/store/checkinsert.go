package store

import "fmt"

// insert checks INSERT INTO table (org_id, …): the first value of each row
// must be $1 itself, and an upsert must find the row that it changes by
// org_id, so that it cannot reach another organisation's.
func (c *check) insert(nodes []node, ctes names) error {
	if len(nodes) < 4 || nodes[1].word != "into" || !plainName.MatchString(nodes[2].word) {
		return fmt.Errorf("INSERT is not plain enough to follow")
	}
	table := nodes[2].word
	nodes = nodes[3:]
	alias := table
	if first(nodes) == "as" && len(nodes) > 1 {
		alias, nodes = nodes[1].word, nodes[2:]
	}
	if len(nodes) < 2 || first(nodes[0].group) != "org_id" {
		return fmt.Errorf("the first column of INSERT INTO %s must be org_id", table)
	}
	c.tables++
	nodes = nodes[1:]
	source, conflict := nodes, []node(nil)
	for i := range nodes {
		if nodes[i].word == "on" && i+1 < len(nodes) && nodes[i+1].word == "conflict" {
			source, conflict = nodes[:i], nodes[i+2:]
			break
		}
	}
	if conflict == nil {
		for i := range nodes {
			if nodes[i].word == "returning" {
				source, conflict = nodes[:i], nodes[i:]
				break
			}
		}
	}
	if err := c.rows(source, table, ctes); err != nil {
		return err
	}
	return c.conflict(conflict, names{}.with(alias, "excluded"), ctes)
}

// rows checks where the rows of an INSERT come from.
func (c *check) rows(source []node, table string, ctes names) error {
	forgot := fmt.Errorf("the first value of INSERT INTO %s must be $1", table)
	switch first(source) {
	case "values":
		if len(source) == 2 && source[1].word == rowsMark {
			return nil
		}
		for _, row := range split(source[1:], ",") {
			if len(row) != 1 || first(row[0].group) != "$1" || len(row[0].group) > 1 && row[0].group[1].word != "," {
				return forgot
			}
		}
		return c.inside(source, nil, ctes)
	case "select":
		for i, n := range source {
			begins := n.word == "select"
			if begins && (i+2 >= len(source) || source[i+1].word != "$1" || source[i+2].word != ",") {
				return forgot
			}
		}
		return c.statement(source, nil, ctes)
	}
	return fmt.Errorf("INSERT INTO %s takes VALUES or SELECT", table)
}

// conflict checks what follows ON CONFLICT, and RETURNING.
func (c *check) conflict(nodes []node, known, ctes names) error {
	for i, n := range nodes {
		if n.word != "update" {
			continue
		}
		if first(nodes[0].group) != "org_id" {
			return fmt.Errorf("ON CONFLICT … DO UPDATE must name org_id first")
		}
		parts, err := clauses(nodes[i:])
		if err != nil {
			return err
		}
		if err := keepsOrg(parts["set"]); err != nil {
			return err
		}
	}
	return c.inside(nodes, known, ctes)
}
