package orgsweb_test

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

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/ui"
)

// What is compiled is what the templates say; header, layout and folder differ
// between the tool and the library.
func TestTemplatesAreFresh(t *testing.T) {
	squeeze := func(text []byte) string {
		text = regexp.MustCompile(`(?m)^//.*$`).ReplaceAll(text, nil)
		text = regexp.MustCompile("FileName: `[^`]*`").ReplaceAll(text, nil)
		return string(regexp.MustCompile(`\s+`).ReplaceAll(text, nil))
	}
	files, err := filepath.Glob("*.templ")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		tf, err := parser.Parse(f)
		if err != nil {
			t.Fatal(err)
		}
		var fresh bytes.Buffer
		if _, err := generator.Generate(tf, &fresh, generator.WithFileName(f)); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(strings.TrimSuffix(f, ".templ") + "_templ.go")
		if err != nil || squeeze(got) != squeeze(fresh.Bytes()) {
			t.Errorf("%s is not generated (%v): run go generate", f, err)
		}
	}
}

func TestTextsAreCompleteAndUsed(t *testing.T) {
	h := newHouse(t)
	if missing := h.texts.Missing("en"); len(missing) > 0 {
		t.Errorf("English: %v", missing)
	}
	var source strings.Builder
	for _, pattern := range []string{"*.templ", "*.go", "../*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
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
	used := map[string]bool{}
	for _, m := range regexp.MustCompile(`"(orgs(?:web)?\.[A-Za-z0-9_.]*[A-Za-z0-9])"`).FindAllStringSubmatch(source.String(), -1) {
		used[m[1]] = true
	}
	for _, r := range actor.Roles {
		used["orgs.role."+string(r)], used["orgsweb.role."+string(r)] = true, true
	}
	for _, c := range orgs.Countries {
		used["orgsweb.country."+c] = true
	}
	for _, z := range orgs.Zones {
		used["orgsweb.zone."+z] = true
	}
	for _, s := range []orgs.Site{orgs.BothSites, orgs.ResidentSite, orgs.StaffSite} {
		used["orgsweb.site."+string(s)] = true
	}
	keys := h.texts.Keys("de")
	for _, k := range keys {
		if strings.HasPrefix(k, "orgs") && !used[k] && !strings.HasPrefix(k, "orgsweb.saved.") {
			t.Errorf("nobody uses %s", k)
		}
	}
	for k := range used {
		if !slices.Contains(keys, k) {
			t.Errorf("no text for %s", k)
		}
	}
}

func TestDefaultBrandIsTheKits(t *testing.T) {
	if orgs.DefaultBrand != ui.DefaultBrand {
		t.Errorf("%s, the kit has %s", orgs.DefaultBrand, ui.DefaultBrand)
	}
}
