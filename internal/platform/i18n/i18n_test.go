package i18n

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func bundle(t *testing.T, de, en string) *Bundle {
	t.Helper()
	b, err := New(Texts, fstest.MapFS{"text/de.json": {Data: []byte(de)}, "text/en.json": {Data: []byte(en)}})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTextsPluralsAndPlaceholders(t *testing.T) {
	b := bundle(t, `{"a":"Hallo {name}","n":{"one":"{count} Person","other":"{count} Personen"}}`,
		`{"a":"Hello {name}","n":{"one":"{count} person","other":"{count} people"}}`)
	de, en := b.Printer("de"), b.Printer("en")
	for _, c := range []struct{ got, want string }{
		{de.T("a", "name", "{name} Ä"), "Hallo {name} Ä"},
		{de.T("n", "count", 1), "1 Person"},
		{de.T("n", "count", 12345), "12.345 Personen"},
		{en.T("n", "count", 0), "0 people"},
		{de.T("nothing"), "[nothing]"},
		{b.Printer("xx").Lang(), "de"},
		{de.Day("2026-11-12"), "12. November 2026"},
		{en.Day("2026-11-12"), "12 November 2026"},
		{de.DayShort("2026-01-02"), "02.01.2026"},
		{de.Day("soon"), "soon"},
		{de.Moment(time.Date(2026, 3, 1, 9, 5, 0, 0, time.UTC)), "1. März 2026, 09:05 Uhr"},
		{de.Decimal(5405, 2, 0), "54,05"}, {de.Decimal(5400, 2, 0), "54"}, {en.Decimal(106450, 2, 1), "1,064.5"},
		{de.Money(1226, "EUR"), "12,26\u00a0€"}, {en.Money(1226, "EUR"), "€12.26"},
		{en.Money(-1226, "EUR"), "-€12.26"}, {de.Money(-5, "EUR"), "-0,05\u00a0€"}, {de.Money(123456789012345, "EUR"), "1.234.567.890.123,45\u00a0€"},
		{en.Money(-1226, "SEK"), "SEK\u00a0-12.26"}, {de.Int(-1234), "-1.234"}, {de.T("n", "count", -1), "-1 Person"}, {de.T("n", "count", int64(1)), "1 Person"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	if got := strings.Join(b.Languages(), ","); got != "de,en" {
		t.Errorf("languages %s", got)
	}
}

func TestAnIncompleteLanguageIsNotOffered(t *testing.T) {
	b := bundle(t, `{"a":"Hallo {name}","b":"x"}`, `{"a":"Hello {nome}"}`)
	if got := b.Languages(); len(got) != 1 || got[0] != "de" {
		t.Fatalf("offered %v", got)
	}
	if m := b.Missing("en"); len(m) != 2 {
		t.Fatalf("missing %v", m)
	}
}

func TestAKeyBelongsToOnePackage(t *testing.T) {
	one := fstest.MapFS{"text/de.json": {Data: []byte(`{"a":"x"}`)}}
	if _, err := New(Texts, one, one); err == nil {
		t.Fatal("a key defined twice was accepted")
	}
}

// Numbers go through floating point on their way; none may change on it.
func TestNumbersKeepEveryDigit(t *testing.T) {
	de := bundle(t, `{}`, `{}`).Printer("de")
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		places := rnd.IntN(5)
		n := rnd.Int64N(1_000_000_000_000_000) >> rnd.IntN(50)
		if rnd.IntN(2) == 0 {
			n = -n
		}
		got := strings.NewReplacer(".", "", ",", "").Replace(de.Decimal(n, places, places))
		want := fmt.Sprintf("%0*d", places+1, max(n, -n))
		if n < 0 {
			want = "-" + want
		}
		if got != want {
			t.Fatalf("%d with %d places: %s", n, places, de.Decimal(n, places, places))
		}
	}
}

func TestSpansOfTime(t *testing.T) {
	b, err := New(Texts)
	if err != nil {
		t.Fatal(err)
	}
	from := time.Date(2026, 11, 17, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct{ lang, same, over string }{
		{"de", "Dienstag, 17. November, 09:00–13:30 Uhr", "Dienstag, 17. November, 09:00 Uhr bis Mittwoch, 18. November, 01:00 Uhr"},
		{"en", "Tuesday, 17 November, 09:00–13:30", "Tuesday, 17 November, 09:00 to Wednesday, 18 November, 01:00"},
	} {
		p := b.Printer(c.lang)
		if got := p.Span(from, from.Add(4*time.Hour+30*time.Minute)); got != c.same {
			t.Errorf("%s: %s", c.lang, got)
		}
		if got := p.Span(from, from.Add(16*time.Hour)); got != c.over {
			t.Errorf("%s: %s", c.lang, got)
		}
	}
}
