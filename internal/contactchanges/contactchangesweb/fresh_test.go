package contactchangesweb_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ/generator"
	"github.com/a-h/templ/parser/v2"
)

// TestTemplatesAreFresh: what is compiled is what the templates say. Header and
// layout differ between the tool and the library.
func TestTemplatesAreFresh(t *testing.T) {
	drop := regexp.MustCompile("(?m)^//.*$|FileName: `[^`]*`|\\s+")
	files, err := filepath.Glob("*.templ")
	must(t, err)
	for _, f := range files {
		tf, err := parser.Parse(f)
		must(t, err)
		var fresh bytes.Buffer
		_, err = generator.Generate(tf, &fresh, generator.WithFileName(f))
		must(t, err)
		got, err := os.ReadFile(strings.TrimSuffix(f, ".templ") + "_templ.go")
		must(t, err)
		if !bytes.Equal(drop.ReplaceAll(got, nil), drop.ReplaceAll(fresh.Bytes(), nil)) {
			t.Errorf("%s is not generated: run go generate", f)
		}
	}
	if len(files) < 1 {
		t.Errorf("only %d templates found", len(files))
	}
}
