package store

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Query is one checked SQL statement. Make it at package level with Scoped or
// Global; the zero Query is refused.
type Query struct {
	text   string
	global bool
	spread int    // the parameter number written as $N..., 0 when there is none
	rows   bool   // the text has VALUES $rows, filled by InsertAll
	into   string // the table that it inserts into, "" for none
}

// Text returns the statement, for tests and plans.
func (q Query) Text() string { return q.text }

// IsGlobal tells whether the statement may cross organisations.
func (q Query) IsGlobal() bool { return q.global }

// made are all statements of the program.
var made struct {
	sync.Mutex
	list []Query
}

// Queries returns all statements of the program, for tests that try each.
func Queries() []Query {
	made.Lock()
	defer made.Unlock()
	return slices.Clone(made.list)
}

// Scoped makes a statement for the data of one organisation. $1 is always the
// organisation and is filled in by the transaction; the caller's arguments
// start at $2. Each table of the statement must be tied to the organisation:
// by "x.org_id = $1", by "x.org_id = y.org_id" with a tied y or, in an INSERT,
// by org_id as its first column and $1 as its value (checkScoped). It panics
// when the text forgets one, which the first test of the package shows.
//
// A last parameter written "$N..." takes a list: All(tx, q, …, Spread(list)).
// "VALUES $rows" takes many rows: InsertAll(tx, q, rows).
func Scoped(text string) Query {
	if err := checkScoped(text); err != nil {
		panic(fmt.Sprintf("store.Scoped: %v in:\n%s", err, text))
	}
	return newQuery(text, false)
}

// Global makes a statement that may cross organisations, and records why that
// is right. Only the packages listed in arch_test.go may call it. It runs only
// in ReadGlobal and WriteGlobal.
func Global(text, why string) Query {
	if strings.TrimSpace(why) == "" {
		panic("store.Global: say why this statement may cross organisations:\n" + text)
	}
	return newQuery(text, true)
}

const rowsMark = "$rows"

var spreadMark = regexp.MustCompile(`\$(\d+)\.\.\.`)

func newQuery(text string, global bool) Query {
	q := Query{text: strings.TrimSpace(text), global: global, rows: strings.Contains(text, rowsMark), into: target(text)}
	if m := spreadMark.FindStringSubmatch(text); m != nil {
		fmt.Sscan(m[1], &q.spread)
	}
	if q.rows && strings.Contains(strings.Replace(text, rowsMark, "", 1), "$") {
		panic("store: a statement with $rows takes no other parameter:\n" + text)
	}
	for _, bad := range forbidden {
		if bad.MatchString(stripLiterals(text)) {
			panic(fmt.Sprintf("store: not portable (%s):\n%s", bad, text))
		}
	}
	made.Lock()
	defer made.Unlock()
	made.list = append(made.list, q)
	return q
}

// forbidden is what one of the two engines does not have, or does differently.
var forbidden = []*regexp.Regexp{
	regexp.MustCompile(`(?i)\bnow\(\)|\bcurrent_timestamp\b|\bdatetime\(`),
	regexp.MustCompile(`(?i)\bilike\b|\bglob\b|::|\bjson_|\bjsonb\b|->`),
	regexp.MustCompile(`(?i)\binsert\s+or\b|\breplace\s+into\b|\bautoincrement\b|\browid\b`),
	regexp.MustCompile(`\?`),
	regexp.MustCompile(`(?i)\bnot\s+in\s*\(\s*\$\d+\.\.\.`), // an empty list is written as NULL, of which nothing is known
	regexp.MustCompile(`[\w&]''`),                           // E'…' and its kin: what ends such a literal differs
}

var literal = regexp.MustCompile(`'(?:[^']|'')*'|--[^\n]*`)

func stripLiterals(text string) string { return literal.ReplaceAllString(text, "''") }

// spread is a list argument of a "$N..." parameter.
type spread []any

// Spread passes a list to the last parameter of a query written "$N...".
func Spread[T any](list []T) any {
	out := make(spread, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}

// expand writes the placeholders of a spread parameter. An empty list becomes
// NULL, which no row equals.
func (q Query) expand(args []any) (string, []any, error) {
	if q.spread == 0 {
		return q.text, args, nil
	}
	if len(args) != q.spread {
		return "", nil, fmt.Errorf("query takes %d arguments, got %d", q.spread, len(args))
	}
	list, ok := args[len(args)-1].(spread)
	if !ok {
		return "", nil, fmt.Errorf("argument %d must be a store.Spread", q.spread)
	}
	if len(list) == 0 {
		return spreadMark.ReplaceAllLiteralString(q.text, "NULL"), args[:len(args)-1], nil
	}
	marks := make([]string, len(list))
	for i := range list {
		marks[i] = fmt.Sprintf("$%d", q.spread+i)
	}
	text := spreadMark.ReplaceAllLiteralString(q.text, strings.Join(marks, ","))
	return text, append(append([]any{}, args[:len(args)-1]...), list...), nil
}

// positional rewrites $N as plain ? with one argument for each. SQLite takes
// $N for a name and looks every name up in a list, at preparing and again at
// binding, so that a statement with n of them costs n²: 500 rows took a second
// instead of milliseconds.
func positional(text string, args []any) (string, []any) {
	var b strings.Builder
	b.Grow(len(text))
	out := make([]any, 0, len(args))
	for i := 0; i < len(text); i++ {
		end := i + 1
		switch {
		case text[i] == '\'':
			for end < len(text) && text[end] != '\'' {
				end++
			}
			end = min(end+1, len(text))
		case strings.HasPrefix(text[i:], "--"):
			for end < len(text) && text[end] != '\n' {
				end++
			}
		case text[i] == '$':
			n := 0
			for end < len(text) && text[end] >= '0' && text[end] <= '9' {
				n = n*10 + int(text[end]-'0')
				end++
			}
			if n >= 1 && n <= len(args) {
				b.WriteByte('?')
				out = append(out, args[n-1])
				i = end - 1
				continue
			}
		}
		b.WriteString(text[i:end])
		i = end - 1
	}
	return b.String(), out
}
