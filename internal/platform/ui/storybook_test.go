package ui

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"
)

// hostile is text that breaks out of tags, attributes, scripts, styles and
// comments where something is not escaped.
const hostile = `"'></title></textarea></script></style></noscript></template>--><img src=x onerror=alert(1)><svg onload=alert(2)><xss style=x onclick=y>{{7*7}}`

// hostileURLs are addresses that run code where a browser follows them.
var hostileURLs = []string{
	"javascript:alert(1)", " JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "data:text/html,<script>alert(1)</script>",
	"vbscript:x", "\x01javascript:alert(1)", `"><script>alert(1)</script>`, `javascript:alert(1)//"><xss>`,
}

// pages draws every page of a story in both languages.
func pages(t *testing.T, s story) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, lang := range []string{"de", "en"} {
		for _, name := range StorybookPages {
			c := s.page(name)
			if c == nil {
				t.Fatalf("no page %q", name)
			}
			var b strings.Builder
			if err := c.Render(speak(t, lang), &b); err != nil {
				t.Fatalf("page %q: %v", name, err)
			}
			all[lang+"/"+name] = b.String()
		}
	}
	return all
}

// elements parses a page and returns its elements, those inside noscript and
// template too.
func elements(t *testing.T, page string) []*html.Node {
	t.Helper()
	root, err := html.ParseWithOptions(strings.NewReader(page), html.ParseOptionEnableScripting(false))
	if err != nil {
		t.Fatal(err)
	}
	var list []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			list = append(list, n)
		}
	}
	return list
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// urlAttrs are the attributes that a browser follows.
var urlAttrs = map[string]bool{"href": true, "src": true, "action": true, "formaction": true, "hx-get": true, "hx-post": true, "poster": true, "data": true, "ping": true, "srcset": true}

// runs tells whether an address would run code or leave through a scheme of its
// own: browsers drop control characters and ignore case.
func runs(url string) bool {
	clean := strings.ToLower(strings.Map(func(r rune) rune {
		if r <= ' ' {
			return -1
		}
		return r
	}, url))
	for _, scheme := range []string{"javascript:", "data:", "vbscript:"} {
		if strings.HasPrefix(clean, scheme) {
			return true
		}
	}
	return false
}

// checkInert fails on everything the Content-Security-Policy would stop and on
// elements that the kit never draws.
func checkInert(t *testing.T, name, page string) {
	t.Helper()
	for _, n := range elements(t, page) {
		switch n.Data {
		case "xss", "style", "iframe", "object", "embed", "base":
			t.Errorf("%s: element <%s>", name, n.Data)
		case "script":
			if src, _ := attr(n, "src"); src != Asset("foyer.js") || n.FirstChild != nil {
				t.Errorf("%s: script %q", name, src)
			}
		case "img":
			if _, ok := attr(n, "alt"); !ok {
				t.Errorf("%s: an image that the kit did not draw: %v", name, n.Attr)
			}
		}
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Key, "hx-on") || a.Key == "srcdoc" {
				t.Errorf("%s: <%s %s=%q>", name, n.Data, a.Key, a.Val)
			}
			if urlAttrs[a.Key] && runs(a.Val) {
				t.Errorf("%s: <%s %s=%q> runs code", name, n.Data, a.Key, a.Val)
			}
			if a.Key == "hx-trigger" && strings.Contains(a.Val, "[") {
				t.Errorf("%s: hx-trigger %q has a condition, which is code", name, a.Val)
			}
		}
	}
}

func TestT18_NothingOnAPageRunsCode(t *testing.T) {
	for name, page := range pages(t, story{say: same, url: same}) {
		checkInert(t, name, page)
	}
}

func TestT18_HostileTextStaysText(t *testing.T) {
	plain := pages(t, story{say: same, url: same})
	for _, url := range hostileURLs {
		evil := story{
			say: func(s string) string { return s + hostile },
			url: func(string) string { return url },
		}
		for name, page := range pages(t, evil) {
			checkInert(t, name, page)
			if have, want := len(elements(t, page)), len(elements(t, plain[name])); have != want {
				t.Errorf("%s: %d elements with hostile text, %d without", name, have, want)
			}
		}
	}
}

func TestIDsAreUniqueAndReferencesHold(t *testing.T) {
	for name, page := range pages(t, story{say: same, url: same}) {
		ids := map[string]*html.Node{}
		all := elements(t, page)
		for _, n := range all {
			if id, ok := attr(n, "id"); ok {
				if id == "" || strings.ContainsAny(id, " \t\"'<>") {
					t.Errorf("%s: id %q", name, id)
				}
				if ids[id] != nil {
					t.Errorf("%s: id %q stands twice", name, id)
				}
				ids[id] = n
			}
		}
		for _, n := range all {
			for _, ref := range []string{"for", "aria-labelledby", "aria-describedby", "popovertarget", "commandfor", "data-dialog", "data-shows", "data-copies", "data-says", "data-fills"} {
				val, ok := attr(n, ref)
				if !ok {
					continue
				}
				for id := range strings.FieldsSeq(val) {
					if ids[id] == nil {
						t.Errorf("%s: <%s %s=%q> leads nowhere", name, n.Data, ref, id)
					}
				}
			}
			if href, ok := attr(n, "href"); ok && strings.HasPrefix(href, "#") && ids[href[1:]] == nil {
				t.Errorf("%s: link to %q leads nowhere", name, href)
			}
		}
	}
}

func TestEveryControlHasAName(t *testing.T) {
	for name, page := range pages(t, story{say: same, url: same}) {
		all := elements(t, page)
		labelled := map[string]bool{}
		for _, n := range all {
			if n.Data == "label" {
				if id, ok := attr(n, "for"); ok && words(n) != "" {
					labelled[id] = true
				}
			}
		}
		for _, n := range all {
			id, _ := attr(n, "id")
			aria, _ := attr(n, "aria-label")
			kind, _ := attr(n, "type")
			switch n.Data {
			case "input", "select", "textarea", "progress":
				if kind != "hidden" && !labelled[id] && aria == "" && !insideLabel(n) {
					t.Errorf("%s: <%s id=%q> has no label", name, n.Data, id)
				}
			case "button", "a":
				if aria == "" && words(n) == "" {
					t.Errorf("%s: <%s> without a word: %v", name, n.Data, n.Attr)
				}
				if n.Data == "button" && kind != "submit" && kind != "button" {
					t.Errorf("%s: button %q has no type", name, words(n))
				}
			case "nav", "search":
				if n.Data == "nav" && aria == "" {
					t.Errorf("%s: a navigation without a name", name)
				}
			}
		}
	}
}

// words is the text inside an element.
func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

func insideLabel(n *html.Node) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Data == "label" {
			return words(p) != ""
		}
	}
	return false
}

func TestEachPageHasOneHeadingAndOneMain(t *testing.T) {
	for name, page := range pages(t, story{say: same, url: same}) {
		count := map[string]int{}
		for _, n := range elements(t, page) {
			count[n.Data]++
		}
		for _, tag := range []string{"h1", "main", "title"} {
			if count[tag] != 1 {
				t.Errorf("%s: %d <%s>", name, count[tag], tag)
			}
		}
		lang, _, _ := strings.Cut(name, "/")
		if !strings.Contains(page, `<html lang="`+lang+`"`) {
			t.Errorf("%s: wrong lang", name)
		}
		if strings.Contains(page, "[ui.") {
			t.Errorf("%s: a text is missing", name)
		}
	}
}

// Stacked tables lose their roles to CSS, so the markup states them.
func TestStackedTablesKeepRolesAndLabels(t *testing.T) {
	rows := 0
	for _, n := range elements(t, pages(t, story{say: same, url: same})["de/verwaltung"]) {
		role, _ := attr(n, "role")
		want := map[string]string{"table": "table", "thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell"}[n.Data]
		if want != "" && role != want {
			t.Errorf("<%s> has role %q", n.Data, role)
		}
		class, _ := attr(n, "class")
		if n.Data == "td" && !strings.Contains(class, "f-table__menu") {
			rows++
			if l, _ := attr(n, "data-label"); l == "" {
				t.Errorf("a cell without label: %q", words(n))
			}
		}
	}
	if rows == 0 {
		t.Error("no cells")
	}
}

// drawnByOthers are components that another one always draws.
var drawnByOthers = map[string]bool{"Page": true, "Logo": true, "PrintHead": true, "Hidden": true, "Spinner": true, "ErrorSummary": true, "ErrorBody": true, "Urgent": true, "Icon": true}

func TestStorybookShowsEveryComponent(t *testing.T) {
	var book strings.Builder
	for _, f := range []string{"storybook.go", "storybook.templ", "storybook_parts.templ"} {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		book.Write(text)
	}
	seen := 0
	for _, name := range components(t) {
		if drawnByOthers[name] || name == "Storybook" {
			continue
		}
		seen++
		if !regexp.MustCompile(`\b` + name + `\(`).MatchString(book.String()) {
			t.Errorf("%s is not in the storybook", name)
		}
	}
	if seen < 60 {
		t.Errorf("only %d components found", seen)
	}
}

// components are the exported functions that return a templ.Component.
func components(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), f, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv != nil || !fn.Name.IsExported() || fn.Type.Results == nil {
				continue
			}
			if sel, ok := fn.Type.Results.List[0].Type.(*ast.SelectorExpr); ok && fmt.Sprint(sel.X, ".", sel.Sel) == "templ.Component" {
				names = append(names, fn.Name.Name)
			}
		}
	}
	return names
}

func TestIconsExist(t *testing.T) {
	if err := Icon("no-such-icon").Render(t.Context(), &strings.Builder{}); err == nil {
		t.Error("an unknown icon should be an error")
	}
	if got := render(t, Icon("")); got != "" {
		t.Errorf("no icon drew %q", got)
	}
	if got := render(t, Icon(IconMail, `x" onload="y`)); strings.Contains(got, `" onload`) {
		t.Error(got)
	}
	sprite, err := fs.ReadFile(AssetFS, strings.TrimPrefix(Asset("icons.svg"), AssetPath))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range iconNames {
		if strings.Count(string(sprite), `<symbol id="`+string(name)+`" `) != 1 {
			t.Errorf("icons.svg lacks %s", name)
		}
	}
	if strings.Contains(string(sprite), "<script") || strings.Contains(string(sprite), " on") {
		t.Error("icons.svg holds more than shapes")
	}
}

func TestPhoneNumbersDial(t *testing.T) {
	for in, want := range map[string]string{
		"030 23125 100": "tel:03023125100", "+49 (30) 231-25": "tel:+493023125",
		"": "", "keine": "", "javascript:alert(1)": "tel:1", "0+1": "tel:01",
	} {
		if got := (Phone{Number: in}).TelURL(); got != want {
			t.Errorf("%q dials %q, want %q", in, got, want)
		}
	}
}

// Only numbers that can be dialled make an emergency panel.
func TestCallsWithoutNumbersDrawNothing(t *testing.T) {
	if got := render(t, Calls([]Phone{{Label: "x"}})); got != "" {
		t.Error(got)
	}
	one := ResidentShell{Shell: Shell{OrgName: "L"}, Tenancies: []Tenancy{{ID: "a", Plate: "14", Address: "Ahornallee 14"}}}
	got := render(t, within(ResidentLayout(one, Head{Title: "x"}), templ.NopComponent))
	if strings.Contains(got, "popovertarget") || !strings.Contains(got, `<div class="f-tenancy">`) {
		t.Error("one tenancy is not a choice")
	}
}
