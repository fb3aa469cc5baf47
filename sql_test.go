package foyer

import (
	"database/sql"
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"strings"
	"testing"

	_ "foyer/internal/app" // all statements of the program
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

// T31: SQL is made when the program starts, of what stands in the source:
// store.Scoped and store.Global are called in package variables, or in a
// function that is itself called from package variables only. So nothing that
// somebody typed can be part of a statement.
func TestT31_StatementsAreMadeAtTheStart(t *testing.T) {
	type function struct{ pkg, name string }
	makers := map[function]token.Position{}
	files := sources(t)
	for _, s := range files {
		if s.test || s.pkg == "internal/platform/store" {
			continue
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || !mentions(f, "store", "Scoped", "Global") {
				continue
			}
			if f.Recv != nil || f.Name.IsExported() {
				t.Errorf("%s: %s makes a statement; only package variables and what they call may", s.fset.Position(f.Pos()), f.Name.Name)
			}
			makers[function{s.pkg, f.Name.Name}] = s.fset.Position(f.Pos())
		}
	}
	for _, s := range files {
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || s.test {
				continue
			}
			ast.Inspect(f.Body, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					if _, maker := makers[function{s.pkg, id.Name}]; maker {
						t.Errorf("%s: %s makes a statement while the program runs", s.fset.Position(id.Pos()), id.Name)
					}
				}
				return true
			})
		}
	}
}

func mentions(n ast.Node, pkg string, names ...string) (found bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == pkg {
				for _, name := range names {
					found = found || sel.Sel.Name == name
				}
			}
		}
		return !found
	})
	return found
}

var (
	tie     = regexp.MustCompile(`(?:\w+\.)?org_id\s*=\s*(?:\$1\b|\w+\.org_id)|\$1\s*=\s*(?:\w+\.)?org_id`)
	columns = regexp.MustCompile(`(?is)^insert\s+into\s+\w+\s*\(([^)]*)\)`)
	many    = regexp.MustCompile(`(\$\d+)\.\.\.`)
)

// T2: each tie to the organisation is one that the second belt would miss.
// Every one is taken out of every statement; the rest must be refused, unless
// another tie of the same tables makes it superfluous.
func TestT2_NoTieCanBeForgotten(t *testing.T) {
	tried, spare := 0, 0
	for _, q := range store.Queries() {
		if q.IsGlobal() {
			continue
		}
		for _, at := range tie.FindAllStringIndex(q.Text(), -1) {
			tried++
			mutant := q.Text()[:at[0]] + "1 = 1" + q.Text()[at[1]:]
			if !refused(mutant) {
				spare++
				t.Logf("superfluous tie at %d of:\n%s", at[0], q.Text())
			}
		}
		for _, m := range []string{q.Text() + " OR 1 = 1", strings.Replace(q.Text(), " AND ", " OR ", 1), strings.Replace(q.Text(), "VALUES ($1", "VALUES ($2", 1)} {
			where := regexp.MustCompile(`(?i)\bwhere\b`).FindAllString(q.Text(), -1)
			last := regexp.MustCompile(`(?i)\b(order|limit|group|returning|do)\b`).MatchString(q.Text())
			if m == q.Text() || strings.HasSuffix(m, "1 = 1") && (len(where) != 1 || last) || strings.Contains(m, " OR ") && !strings.Contains(q.Text(), "org_id = $1 AND") {
				continue
			}
			if !strings.HasSuffix(m, "1 = 1") && strings.Contains(m, " OR ") && !strings.Contains(m, "org_id = $1 OR") {
				continue // the OR stands elsewhere
			}
			tried++
			if !refused(m) {
				t.Errorf("accepted:\n%s", m)
			}
		}
	}
	if tried < 200 {
		t.Errorf("only %d mutants: the test does not see the statements", tried)
	}
	if spare > tried/20 {
		t.Errorf("%d of %d ties can go unnoticed", spare, tried)
	}
}

func refused(text string) (no bool) {
	defer func() { no = recover() != nil }()
	store.Scoped(text)
	return false
}

// Both engines understand every statement, with the tables and columns of
// today: one that no test runs is found here.
func TestBothEnginesKnowEveryStatement(t *testing.T) {
	for _, f := range []storetest.Fresh{storetest.SQLite(t), storetest.Postgres(t)} {
		driver, dsn := "pgx", f.URL
		if path, ok := strings.CutPrefix(f.URL, "sqlite:"); ok {
			driver, dsn = "sqlite", "file:"+path
		}
		raw, err := sql.Open(driver, dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer raw.Close()
		n := 0
		for _, q := range store.Queries() {
			text := many.ReplaceAllString(q.Text(), "$1")
			if m := columns.FindStringSubmatch(text); m != nil {
				var marks []string
				for i := range strings.Split(m[1], ",") {
					marks = append(marks, fmt.Sprintf("$%d", i+1))
				}
				text = strings.Replace(text, "$rows", "("+strings.Join(marks, ", ")+")", 1)
			}
			if driver == "sqlite" && strings.Contains(text, "SKIP LOCKED") {
				continue // PostgreSQL's half of a pair
			}
			stmt, err := raw.Prepare(text)
			if err != nil {
				t.Errorf("%s: %v in:\n%s", driver, err, text)
				continue
			}
			stmt.Close()
			n++
		}
		if n < 200 {
			t.Errorf("%s: only %d statements", driver, n)
		}
	}
}
