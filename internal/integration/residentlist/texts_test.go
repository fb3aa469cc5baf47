package residentlist

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"foyer/internal/platform/i18n"
)

func TestEveryKeyHasATextAndAdvice(t *testing.T) {
	b, err := i18n.New(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	if missing := b.Missing("en"); len(missing) > 0 {
		t.Error(missing)
	}
	for _, key := range Keys() {
		for _, k := range []string{key, key + ".fix"} {
			if !b.Printer("de").Has(k) {
				t.Errorf("no text for %s", k)
			}
		}
	}
}

// The texts of all problems that one bad row can have are complete sentences:
// no placeholder is left without a value.
func TestW14_ReasonsAreComplete(t *testing.T) {
	b, err := i18n.New(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	open := regexp.MustCompile(`\{[a-z_]+\}|\[import`)
	seen := map[string]bool{}
	for _, in := range [][]string{
		minimal("lease_end", "1.1.1999", "lease_signed_on", "31.2.2024", "rent_net", "x", "rent_service", "-1", "rent_heating", "999999999999", "area_m2", "12.345", "uvi_needed", "?", "role", "?", "usage", "?", "currency", "?", "email", "x", "email_consent_on", "ja",
			"salutation", "?", "language", "?", "country", "?", "phone", "x", "postcode", "1067", "person_kind", "?", "title", strings.Repeat("x", 100), "first_name", "a\x01", "company", "\uFFFD", "notice_period", "d:2026-03-01", "property_ref", "e:#REF!", "deposit", "1.1"),
		minimal("email", "", "email_consent_on", "1.1.2024", "phone", "n:1511234567", "postcode", "ABC", "lease_signed_on", "x", "lease_end", "31.12.2500"),
		minimal("email", "a@x.example;b@x.example", "city", "KÃ¶ln", "person_ref", "Mar-01"),
		{"unit_ref", "", "lease_start", "1.1.2024", "last_name", "S"},
		{"unit_ref", "", "street", "", "unit_label", "1", "city", "", "lease_start", "", "last_name", ""},
		{"unit_ref", "1", "lease_start", "1.1.2024", "last_name", "Leerstand"},
		{"street", "", "unit_label", "1", "city", "x", "lease_start", "1.1.2024", "last_name", "S"},
	} {
		var headings []string
		row := sheetRow(in, &headings)
		p, _ := NewParser(headings, Recognise(headings).Mapping, Options{})
		_, found := p.Parse(row)
		for _, f := range found {
			seen[f.Key] = true
			for _, lang := range []string{"de", "en"} {
				for _, key := range []string{f.Key, f.Hint} {
					if text := b.Printer(lang).T(key, f.Pairs()...); open.MatchString(text) {
						t.Errorf("%s: %s", lang, text)
					}
				}
			}
		}
	}
	for _, key := range Keys() {
		if !seen[key] && !strings.HasPrefix(key, "import.mapping") && !strings.HasPrefix(key, "import.header") {
			t.Errorf("%s did not occur", key)
		}
	}
}
