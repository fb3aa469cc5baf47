package store

import (
	"fmt"
	"regexp"
	"strings"
)

// node is a word, an operator or a parameter of a statement, or what stands in
// a pair of parentheses. CASE … END counts as parentheses: an AND or OR in it
// is none of the condition around it.
type node struct {
	word  string // lower case, names with their qualifier: "lp.org_id"; "" for a group
	group []node
}

var word = regexp.MustCompile(`'(?:[^']|'')*'|--[^\n]*|\$\w*(?:\.\.\.)?|[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*|[0-9][0-9.]*|<>|<=|>=|!=|\|\||\S`)

var parameter = regexp.MustCompile(`^\$(?:[1-9][0-9]*(?:\.\.\.)?|rows)$`)

// parse reads a statement as nested words. It knows no grammar, only what
// could hide one: quoted names, comments in between and second statements are
// refused.
func parse(text string) ([]node, error) {
	stack := [][]node{nil}
	var open []string
	push := func(n node) { stack[len(stack)-1] = append(stack[len(stack)-1], n) }
	shut := func(what string) error {
		if len(open) == 0 || open[len(open)-1] != what {
			return fmt.Errorf("%q ends what was not begun", what)
		}
		group := stack[len(stack)-1]
		stack, open = stack[:len(stack)-1], open[:len(open)-1]
		if what == "end" {
			group = append([]node{{word: "case"}}, group...)
		}
		push(node{group: group})
		return nil
	}
	for _, w := range word.FindAllString(text, -1) {
		w = strings.ToLower(strings.Join(strings.Fields(w), ""))
		var err error
		switch {
		case strings.HasPrefix(w, "--"):
		case w == "(", w == "case":
			stack, open = append(stack, nil), append(open, map[string]string{"(": ")", "case": "end"}[w])
		case w == ")", w == "end":
			err = shut(w)
		case strings.HasPrefix(w, "'"):
			push(node{word: "''"})
		case w == "", strings.ContainsAny(w, "\"`[];\\#@?"), w[0] == '$' && !parameter.MatchString(w):
			err = fmt.Errorf("%q is not plain enough to follow", w)
		default:
			push(node{word: w})
		}
		if err != nil {
			return nil, err
		}
	}
	if len(open) > 0 {
		return nil, fmt.Errorf("%q is missing", open[len(open)-1])
	}
	return stack[0], nil
}

// first returns the first word of nodes, "" when there is none.
func first(nodes []node) string {
	if len(nodes) == 0 {
		return ""
	}
	return nodes[0].word
}

func isSelect(nodes []node) bool {
	switch first(nodes) {
	case "select", "with", "values":
		return true
	}
	return false
}

// split cuts nodes at a word.
func split(nodes []node, at string) (parts [][]node) {
	start := 0
	for i, n := range nodes {
		if n.word == at {
			parts = append(parts, nodes[start:i])
			start = i + 1
		}
	}
	return append(parts, nodes[start:])
}

// clauses cuts one SELECT, UPDATE or DELETE into its parts, by their first
// word. A part that comes twice is refused.
func clauses(nodes []node) (map[string][]node, error) {
	out := map[string][]node{}
	name, start := "", 0
	for i, n := range nodes {
		if !clauseWord[n.word] || n.word == "from" && i > 0 && nodes[i-1].word == "distinct" {
			continue
		}
		if name != "" {
			out[name] = nodes[start:i]
		}
		if _, ok := out[n.word]; ok {
			return nil, fmt.Errorf("a second %q", n.word)
		}
		name, start = n.word, i+1
	}
	if name != "" {
		out[name] = nodes[start:]
	}
	return out, nil
}

var clauseWord = map[string]bool{"select": true, "update": true, "delete": true, "set": true, "from": true, "where": true, "group": true,
	"having": true, "order": true, "limit": true, "returning": true, "for": true, "window": true}

// source is one table of a FROM clause.
type source struct {
	table, alias string
	derived      []node // the SELECT in parentheses that stands for a table
	left         bool   // LEFT JOIN: its ON keeps the rows of the tables before it
	on           []node
}

var joinWord = map[string]bool{"join": true, "left": true, "inner": true, "cross": true, "right": true, "full": true, "natural": true, ",": true}

// sources reads the tables of a FROM clause.
func sources(nodes []node) (out []source, err error) {
	left := false
	for len(nodes) > 0 {
		s, rest, err := oneSource(nodes)
		if err != nil {
			return nil, err
		}
		s.left = left
		end := 0
		for end < len(rest) && !(joinWord[rest[end].word] && (end+1 == len(rest) || rest[end+1].group == nil)) {
			end++
		}
		if end > 0 {
			if first(rest) != "on" {
				return nil, fmt.Errorf("%q after table %s", first(rest), s.table)
			}
			s.on = rest[1:end]
		}
		out = append(out, s)
		if nodes, left, err = joined(rest[end:]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// oneSource reads a table, or a SELECT in parentheses, and its alias.
func oneSource(nodes []node) (s source, rest []node, err error) {
	s.table, s.derived, rest = nodes[0].word, nodes[0].group, nodes[1:]
	switch {
	case s.derived != nil && !isSelect(s.derived):
		return s, nil, fmt.Errorf("parentheses around tables")
	case s.derived == nil && (!plainName.MatchString(s.table) || s.table == "lateral" || len(rest) > 0 && rest[0].group != nil):
		return s, nil, fmt.Errorf("%q where a table is expected", s.table)
	}
	if first(rest) == "as" {
		rest = rest[1:]
	}
	s.alias = s.table
	if a := first(rest); plainName.MatchString(a) && !joinWord[a] && a != "on" && a != "using" {
		s.alias, rest = a, rest[1:]
	}
	return s, rest, nil
}

var plainName = regexp.MustCompile(`^[a-z_]\w*$`)

// joined reads the words between two tables. RIGHT and FULL joins keep rows
// that no condition has tied, NATURAL and the comma hide the condition.
func joined(nodes []node) (rest []node, left bool, err error) {
	if len(nodes) == 0 {
		return nil, false, nil
	}
	text := ""
	for len(nodes) > 0 && (joinWord[nodes[0].word] || nodes[0].word == "outer") {
		text += nodes[0].word + " "
		nodes = nodes[1:]
	}
	switch text {
	case "join ", "inner join ", "cross join ":
	case "left join ", "left outer join ":
		left = true
	default:
		return nil, false, fmt.Errorf("tables tied by %q: write JOIN or LEFT JOIN", strings.TrimSpace(text))
	}
	if len(nodes) == 0 {
		return nil, false, fmt.Errorf("no table after %q", text)
	}
	return nodes, left, nil
}
