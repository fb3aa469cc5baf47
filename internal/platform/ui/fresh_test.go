package ui

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ/generator"
	"github.com/a-h/templ/parser/v2"

	"foyer/internal/platform/i18n"
)

// What is compiled is what the templates say.
func TestTemplatesAreFresh(t *testing.T) {
	files, err := filepath.Glob("*.templ")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		tf, err := parser.Parse(f)
		if err != nil {
			t.Fatal(err)
		}
		var want bytes.Buffer
		if _, err := generator.Generate(tf, &want, generator.WithFileName(f)); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(strings.TrimSuffix(f, ".templ") + "_templ.go")
		if err != nil || squeeze(got) != squeeze(want.Bytes()) {
			t.Errorf("%s is not generated (%v): run go generate", f, err)
		}
	}
}

var (
	comment = regexp.MustCompile(`(?m)^//.*$`)
	blank   = regexp.MustCompile(`[\s]+`)
	path    = regexp.MustCompile("FileName: `[^`]*`")
)

// squeeze takes out what differs between the tool and the library: the header,
// formatting, the folder.
func squeeze(text []byte) string {
	text = comment.ReplaceAll(text, nil)
	text = path.ReplaceAll(text, nil)
	return string(blank.ReplaceAll(text, nil))
}

func TestTextsAreCompleteAndUsed(t *testing.T) {
	b, err := i18n.New(i18n.Texts, Texts)
	if err != nil {
		t.Fatal(err)
	}
	if missing := b.Missing("en"); len(missing) > 0 {
		t.Errorf("English: %v", missing)
	}
	var source strings.Builder
	for _, pattern := range []string{"*.templ", "*.go"} {
		files, _ := filepath.Glob(pattern)
		for _, f := range files {
			if strings.HasSuffix(f, "_templ.go") || strings.HasSuffix(f, "_test.go") {
				continue
			}
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			source.Write(text)
		}
	}
	keys := b.Keys("de")
	for _, k := range keys {
		if !strings.HasPrefix(k, "ui.") || strings.HasPrefix(k, "ui.error.") && regexp.MustCompile(`\d{3}`).MatchString(k) {
			continue
		}
		if !strings.Contains(source.String(), `"`+k+`"`) {
			t.Errorf("nobody uses %s", k)
		}
	}
	for _, m := range regexp.MustCompile(`"(ui\.[a-z0-9_.]*[a-z0-9])"`).FindAllStringSubmatch(source.String(), -1) {
		if !slices.Contains(keys, m[1]) && !strings.HasPrefix(m[1], "ui.error") {
			t.Errorf("no text for %s", m[1])
		}
	}
	for _, status := range []int{403, 404, 410, 421, 429, 500, 503, 418} {
		k := ErrorInfo{Status: status}.key()
		if !slices.Contains(keys, k+".title") || !slices.Contains(keys, k+".text") {
			t.Errorf("%d has no text", status)
		}
	}
}
