package residentlist

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the generated parts of docs/import.md")

const docsFile = "../../../docs/import.md"

// docs/import.md lists every column, every recognised heading and every word.
// With -update its generated parts are written anew.
func TestDocsListEverythingThatIsRecognised(t *testing.T) {
	data, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	text := replaceBlock(t, string(data), "headings", headingsBlock())
	text = replaceBlock(t, text, "words", wordsBlock())
	if *update {
		if err := os.WriteFile(docsFile, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if text != string(data) {
		t.Error("docs/import.md is not up to date; run this test with -update")
	}
	for _, g := range Headings() {
		for _, h := range g.Headings {
			if !strings.Contains(text, "`"+h+"`") {
				t.Errorf("heading %q is not in docs/import.md", h)
			}
		}
	}
	for _, c := range Columns() {
		if !strings.Contains(text, "\n| `"+string(c)+"` | ") {
			t.Errorf("column %s is not in docs/import.md", c)
		}
	}
}

func replaceBlock(t *testing.T, text, name, content string) string {
	t.Helper()
	open, end := "<!-- "+name+" -->\n", "<!-- /"+name+" -->"
	i, j := strings.Index(text, open), strings.Index(text, end)
	if i < 0 || j < i {
		t.Fatalf("docs/import.md has no part %q", name)
	}
	return text[:i+len(open)] + content + text[j:]
}

func code(list []string) string { return "`" + strings.Join(list, "` `") + "`" }

func headingsBlock() string {
	var b strings.Builder
	b.WriteString("| Columns | Headings |\n|---|---|\n")
	for _, g := range Headings() {
		names := make([]string, len(g.Columns))
		for i, c := range g.Columns {
			names[i] = string(c)
		}
		fmt.Fprintf(&b, "| %s | %s |\n", code(names), code(g.Headings))
	}
	building, post, person := Qualifiers()
	fmt.Fprintf(&b, "\nBefore or behind a heading of the building's address, with or without \"der\", \"des\", \"of the\" (`Objekt-PLZ`, `Ort der Liegenschaft`): %s.\n", code(building))
	fmt.Fprintf(&b, "\nThe same for the postal address (`Straße Mieter`): %s.\n", code(post))
	fmt.Fprintf(&b, "\nThe same for salutation, title, names, company, language, e-mail and phone (`Vorname Mieter`): %s.\n", code(person))
	return b.String()
}

func wordsBlock() string {
	var b strings.Builder
	b.WriteString("| Column | Meaning | Words |\n|---|---|---|\n")
	wordRows(&b, "usage", usageWords, []Usage{Flat, Commercial, Parking, Storage}, func(v Usage) string { return string(v) })
	wordRows(&b, "role", roleWords, []Role{ContractParty, CoResident, Owner}, func(v Role) string { return string(v) })
	wordRows(&b, "uvi_needed", yesNoWords, []Tri{Yes, No}, func(v Tri) string { return map[Tri]string{Yes: "yes", No: "no"}[v] })
	wordRows(&b, "salutation", salutationWords, []string{"mr", "mrs", "family", "company", ""}, func(v string) string { return map[string]string{"": "none"}[v] + v })
	wordRows(&b, "person_kind", kindWords, []bool{true, false}, func(v bool) string { return map[bool]string{true: "company", false: "person"}[v] })
	id := func(v string) string { return v }
	wordRows(&b, "language", languageWords, slices.Sorted(maps.Keys(languageWords)), id)
	wordRows(&b, "country", countryWords, slices.Sorted(maps.Keys(countryWords)), id)
	wordRows(&b, "currency", currencyWords, slices.Sorted(maps.Keys(currencyWords)), id)
	fmt.Fprintf(&b, "| `last_name` | vacancy | %s |\n", code(vacancyWords[true]))
	return b.String()
}

func wordRows[T comparable](b *strings.Builder, column string, words map[T][]string, order []T, name func(T) string) {
	for _, v := range order {
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", column, name(v), code(words[v]))
	}
}
