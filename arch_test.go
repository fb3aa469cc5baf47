package foyer

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// layer is the dependency table: what a package may import of this module. A
// new edge is a reviewed line here. "x/..." covers x and all below it.
var layer = map[string][]string{
	"internal/platform/fold":   {},
	"internal/platform/fault":  {},
	"internal/platform/email":  {"internal/platform/fault"},
	"internal/platform/i18n":   {},
	"internal/platform/store":  {"internal/platform/fault"},
	"internal/platform/seal":   {"internal/platform/fault"},
	"internal/platform/blob":   {"internal/platform/fault", "internal/platform/store"},
	"internal/platform/actor":  {"internal/platform/fault", "internal/platform/store"},
	"internal/platform/jobs":   lower,
	"internal/platform/audit":  lower,
	"internal/platform/search": {"internal/platform/fold", "internal/platform/store"},
	"internal/platform/upload": lower,
	"internal/platform/ui":     append([]string{"internal/platform/ui/..."}, lower...),
	"internal/platform/web":    append([]string{"internal/platform/ui"}, lower...),

	"internal/platform/workday": {},

	"internal/notifications/mail":    append([]string{"internal/platform/ui"}, lower...),
	"internal/notifications/letter":  {},
	"internal/notifications/inbound": {},
	"internal/notifications/push":    lower,
	"internal/notifications":         append([]string{"internal/notifications/mail", "internal/notifications/letter", "internal/notifications/inbound", "internal/notifications/push"}, platform...),
	"internal/orgs":                  append([]string{"internal/notifications/...", "internal/notifications"}, platform...),
	"internal/portfolio":             append([]string{"internal/notifications/...", "internal/notifications", "internal/orgs"}, platform...),
	"internal/access":                append([]string{"internal/notifications/...", "internal/notifications", "internal/orgs", "internal/portfolio"}, platform...),

	"internal/conversations":              append([]string{"internal/notifications/...", "internal/notifications", "internal/orgs", "internal/portfolio", "internal/access", "internal/documents"}, platform...),
	"internal/cases":                      append([]string{"internal/notifications/...", "internal/notifications", "internal/orgs", "internal/portfolio", "internal/access", "internal/documents", "internal/conversations"}, platform...),
	"internal/cases/casesweb":             append([]string{"internal/cases", "internal/conversations", "internal/documents", "internal/orgs", "internal/portfolio", "internal/access", "internal/notifications", "internal/platform/ui", "internal/platform/web"}, platform...),
	"internal/documents":                  append([]string{"internal/notifications", "internal/notifications/mail", "internal/orgs", "internal/portfolio", "internal/access", "internal/platform/upload"}, platform...),
	"internal/documents/documentsweb":     append([]string{"internal/documents", "internal/orgs", "internal/portfolio", "internal/access", "internal/notifications", "internal/platform/upload", "internal/platform/ui", "internal/platform/web"}, platform...),
	"internal/noticeboard":                append([]string{"internal/notifications/...", "internal/notifications", "internal/orgs", "internal/portfolio", "internal/access"}, platform...),
	"internal/noticeboard/noticeboardweb": append([]string{"internal/noticeboard", "internal/portfolio", "internal/platform/ui", "internal/platform/web"}, platform...),

	"internal/contactchanges/contactchangesweb": append([]string{"internal/contactchanges", "internal/access", "internal/orgs", "internal/portfolio", "internal/platform/ui", "internal/platform/web"}, platform...),
	"internal/contactchanges":                   append([]string{"internal/notifications", "internal/notifications/mail", "internal/orgs", "internal/portfolio", "internal/access"}, platform...),

	"internal/integration/sheet":        {"internal/platform/fault"},
	"internal/integration/residentlist": {"internal/integration/sheet", "internal/platform/email", "internal/platform/fold"},
	"internal/integration":              append([]string{"internal/integration/...", "internal/notifications", "internal/orgs", "internal/portfolio", "internal/access", "internal/contactchanges"}, platform...),

	"internal/notifications/notificationsweb": append([]string{"internal/notifications", "internal/platform/ui", "internal/platform/web"}, platform...),

	"internal/orgs/orgsweb":                   append([]string{"internal/orgs", "internal/platform/ui", "internal/platform/web"}, platform...),
	"internal/conversations/conversationsweb": append([]string{"internal/conversations", "internal/orgs", "internal/portfolio", "internal/access", "internal/notifications", "internal/documents", "internal/platform/ui", "internal/platform/web"}, platform...),
	"internal/access/accessweb":               append([]string{"internal/access", "internal/orgs", "internal/portfolio", "internal/notifications", "internal/platform/ui", "internal/platform/web"}, platform...),
	"internal/integration/integrationweb":     append([]string{"internal/integration", "internal/integration/...", "internal/orgs", "internal/platform/ui", "internal/platform/web"}, platform...),
}

var (
	lower    = []string{"internal/platform/fault", "internal/platform/store", "internal/platform/actor", "internal/platform/i18n", "internal/platform/seal", "internal/platform/blob", "internal/platform/fold", "internal/platform/email"}
	platform = append([]string{"internal/platform/jobs", "internal/platform/audit", "internal/platform/search", "internal/platform/workday"}, lower...)
)

// free packages may import everything: the wiring and what tests need.
func free(pkg string) bool {
	return pkg == "" || pkg == "internal/app" || strings.HasPrefix(pkg, "internal/app/") || strings.HasPrefix(pkg, "cmd/") || strings.HasPrefix(pkg, "bench") ||
		strings.HasPrefix(pkg, "internal/browser") || strings.HasSuffix(pkg, "test") || strings.HasPrefix(pkg, "scripts/") || strings.Contains(pkg, "/gen") || strings.HasPrefix(pkg, "internal/platform/ui/assets")
}

// source is one parsed Go file of ours.
type source struct {
	path, pkg string
	file      *ast.File
	fset      *token.FileSet
	test      bool
	lines     int
}

func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules" || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_templ.go") {
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, path, data, parser.ParseComments)
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(filepath.Dir(path))
		if pkg == "." {
			pkg = ""
		}
		out = append(out, source{path: filepath.ToSlash(path), pkg: pkg, file: f, fset: fset, test: strings.HasSuffix(path, "_test.go"), lines: strings.Count(string(data), "\n")})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (s source) imports() (out []string) {
	for _, i := range s.file.Imports {
		out = append(out, strings.Trim(i.Path.Value, `"`))
	}
	return out
}

func allowed(pkg, imp string) bool {
	for _, a := range layer[pkg] {
		if a == imp || strings.HasSuffix(a, "/...") && strings.HasPrefix(imp, strings.TrimSuffix(a, "...")) {
			return true
		}
	}
	return false
}

func TestDependencies(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || free(s.pkg) {
			continue
		}
		if _, ok := layer[s.pkg]; !ok {
			t.Errorf("%s: package %s is not in the dependency table", s.path, s.pkg)
			continue
		}
		for _, imp := range s.imports() {
			own, ok := strings.CutPrefix(imp, "foyer/")
			if ok && !allowed(s.pkg, own) {
				t.Errorf("%s may not import %s", s.path, own)
			}
			if imp == "database/sql" && s.pkg != "internal/platform/store" {
				t.Errorf("%s: database/sql belongs to platform/store", s.path)
			}
			if imp == "net/http" && s.pkg != "internal/platform/web" && !strings.HasSuffix(s.pkg, "web") && s.pkg != "internal/notifications/push" {
				t.Errorf("%s: net/http belongs to platform/web, the web packages and app (and to push, which calls others)", s.path)
			}
		}
	}
}

// callers lists who may call what makes the isolation of organisations strong.
var callers = map[string][]string{
	"store.OrgScope":     {"internal/platform/actor"},
	"store.Global":       {"internal/platform/jobs", "internal/access", "internal/orgs", "internal/app"},
	"actor.NewResident":  {"internal/access"},
	"actor.NewStaff":     {"internal/access"},
	"actor.NewViewer":    {"internal/access"},
	"actor.NewJob":       {"internal/platform/jobs"},
	"actor.NewOperator":  {"internal/app", "bench"},
	"actor.NewAnonymous": {"internal/platform/web", "internal/access", "internal/app"},
}

// banned calls have an injected substitute.
var banned = map[string]string{
	"time.Now":           "take now func() time.Time",
	"time.Since":         "take now func() time.Time",
	"context.Background": "pass the caller's context on",
	"context.TODO":       "pass the caller's context on",
}

// bannedFree may use a banned call; the reason stands at the call.
var bannedFree = []string{"internal/platform/store/values.go", "internal/platform/store/tx.go", "internal/platform/store/store.go"}

func TestCalls(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || strings.HasSuffix(s.pkg, "test") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			x, ok := sel.X.(*ast.Ident)
			if !ok {
				return true
			}
			name := x.Name + "." + sel.Sel.Name
			if who, ok := callers[name]; ok && !slices.Contains(who, s.pkg) {
				t.Errorf("%s: %s may be called in %v only", s.fset.Position(n.Pos()), name, who)
			}
			if why, ok := banned[name]; ok && !free(s.pkg) && !slices.Contains(bannedFree, s.path) {
				t.Errorf("%s: no %s here: %s", s.fset.Position(n.Pos()), name, why)
			}
			return true
		})
	}
}

func TestPackagesAndExportedNamesAreDocumented(t *testing.T) {
	docs := map[string]bool{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		docs[s.pkg] = docs[s.pkg] || s.file.Doc != nil
		for _, d := range s.file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && d.Doc == nil && receiverExported(d) {
					t.Errorf("%s: %s has no comment", s.fset.Position(d.Pos()), d.Name.Name)
				}
			case *ast.GenDecl:
				checkGen(t, s, d)
			}
		}
	}
	for pkg, ok := range docs {
		if !ok {
			t.Errorf("package %s has no package comment", pkg)
		}
	}
}

func receiverExported(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	typ := d.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	id, ok := typ.(*ast.Ident)
	return ok && id.IsExported()
}

func checkGen(t *testing.T, s source, d *ast.GenDecl) {
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if spec.Name.IsExported() && d.Doc == nil && spec.Doc == nil {
				t.Errorf("%s: %s has no comment", s.fset.Position(spec.Pos()), spec.Name.Name)
			}
		case *ast.ValueSpec:
			for _, n := range spec.Names {
				if n.IsExported() && d.Doc == nil && spec.Doc == nil && spec.Comment == nil {
					t.Errorf("%s: %s has no comment", s.fset.Position(spec.Pos()), n.Name)
				}
			}
		}
	}
}

var bannedWord = regexp.MustCompile(`(?i)tenant`)

func TestBannedWordsInIdentifiers(t *testing.T) {
	for _, s := range sources(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && bannedWord.MatchString(id.Name) {
				t.Errorf("%s: %q: a customer is an org, a contract a lease, a human a person or resident", s.fset.Position(id.Pos()), id.Name)
			}
			return true
		})
	}
}

// long lists files and functions that may be longer, with the reason.
var long = map[string]string{
	"internal/platform/ui/icons_gen.go":                           "generated",
	"internal/platform/store/check.go tie":                        "one pass over a statement's words",
	"internal/access/accessweb/resident_routes.go ResidentRoutes": "a table, a line per route",
	"internal/access/accessweb/staff_routes.go StaffRoutes":       "a table, a line per route",
}

func TestFilesAndFunctionsStayShort(t *testing.T) {
	for _, s := range sources(t) {
		if s.lines > 400 && long[s.path] == "" {
			t.Errorf("%s has %d lines, at most 400", s.path, s.lines)
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			max := 60
			if s.test {
				max = 120
			}
			n := s.fset.Position(f.End()).Line - s.fset.Position(f.Pos()).Line + 1
			if n > max && long[s.path+" "+f.Name.Name] == "" {
				t.Errorf("%s: %s has %d lines, at most %d", s.fset.Position(f.Pos()), f.Name.Name, n, max)
			}
		}
	}
}

func TestNoTestIsSkipped(t *testing.T) {
	for _, s := range sources(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && (sel.Sel.Name == "Skip" || sel.Sel.Name == "SkipNow" || sel.Sel.Name == "Skipf") && s.test {
				t.Errorf("%s: a skipped test proves nothing", s.fset.Position(n.Pos()))
			}
			return true
		})
	}
}

var direct = regexp.MustCompile(`(?m)^\s+(\S+) v\S+$`)

// TestDirectDependenciesHaveReasons compares go.mod with docs/dependencies.md.
func TestDirectDependenciesHaveReasons(t *testing.T) {
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile("docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range direct.FindAllStringSubmatch(string(mod), -1) {
		if !strings.Contains(string(doc), "`"+m[1]+"`") {
			t.Errorf("%s has no reason in docs/dependencies.md", m[1])
		}
	}
}
