package letter

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// read turns lines of atoms back into text.
func read(lines [][]atom) []string {
	var out []string
	for _, l := range lines {
		var b strings.Builder
		for _, a := range l {
			b.WriteRune(faces()[a.weight].rune[a.gid])
		}
		out = append(out, b.String())
	}
	return out
}

func TestWrap(t *testing.T) {
	tests := []struct {
		name, text string
		limit      string // as wide as this text
		cut        bool
		want       []string // nil: does not fit
	}{
		{"one line", "ein Wort", "ein Wort", false, []string{"ein Wort"}},
		{"at the space", "eins zwei drei", "eins zweix", false, []string{"eins zwei", "drei"}},
		{"trailing space", "eins zwei ", "eins zwei", false, []string{"eins zwei"}},
		{"no-break space", "telefon 030\u00a023 an", "telefon 030 2", false, []string{"telefon", "030 23 an"}},
		{"hyphen between letters", "Brandt-Wisniewska", "Brandt-Wisnie", false, []string{"Brandt-", "Wisniewska"}},
		{"hyphen before a digit", "KX7M-4QPD", "KX7M-4Q", false, nil},
		{"no-break hyphen", "AB\u2011CD EF", "AB-CD", false, []string{"AB-CD", "EF"}},
		{"hyphen of a host", "an haus-wart.example", "an haus-wart.exam", true, []string{"an", "haus-wart", ".example"}},
		{"soft hyphen", "Ver\u00adwal\u00adtung", "Verwaltung", false, []string{"Verwaltung"}},
		{"new line", "eins\nzwei\n\ndrei", "eins zwei", false, []string{"eins", "zwei", "", "drei"}},
		{"word too wide", "Donaudampfschiff", "Donaudampf", false, nil},
		{"word cut", "Donaudampfschiff", "Donaudampf", true, []string{"Donaudampf", "schiff"}},
		{"address cut", "petersen@hausverwaltung.example", "petersen@hausv", true, []string{"petersen@", "hausverwaltung", ".example"}},
		{"company", "eins zwei drei vier fünf sechs ab", "eins zwei drei vier fünf sechs", false, []string{"eins zwei drei vier fünf", "sechs ab"}},
		{"empty", "", "x", false, []string{""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := ruler{faces: faces()}
			text, err := set(nil, tt.text, "text", regular, true)
			if err != nil {
				t.Fatal(err)
			}
			ref, err := set(nil, tt.limit, "text", regular, true)
			if err != nil {
				t.Fatal(err)
			}
			lines, ok := m.wrap(text, m.width(ref), tt.cut)
			if ok != (tt.want != nil) {
				t.Fatalf("ok = %v: %q", ok, read(lines))
			}
			if diff := cmp.Diff(tt.want, read(lines)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestSet(t *testing.T) {
	for in, want := range map[string]string{
		"a\u0308o\u0308":            "äö",
		"O\u02bcConnor":             "O’Connor",
		"8\u2060–\u206016\u202fUhr": "8–16 Uhr",
		"\u200eJan\u200f":           "Jan",
		"a\tb":                      "a b",
	} {
		atoms, err := set(nil, in, "text", regular, false)
		if err != nil {
			t.Errorf("%q: %v", in, err)
		} else if got := read([][]atom{atoms})[0]; got != want {
			t.Errorf("%q prints as %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]rune{"日本": '日', "a\x00": 0, "Δ": 'Δ', "😀": '😀', "\xff": '\ufffd', "\r": '\r', "ابن": 'ا', "I\u0316": '\u0316'} {
		_, err := set(nil, in, "text", regular, false)
		if !errors.Is(err, ErrGlyph{want, "text"}) {
			t.Errorf("%q: %v, want no glyph for %U", in, err, want)
		}
	}
}

// TestFontsAgree: what one weight can print the other can too, so bold type
// never fails where plain type does not.
func TestFontsAgree(t *testing.T) {
	fs := faces()
	n := 0
	for r := range rune(maxRune) {
		if (fs[regular].glyph(r) == 0) != (fs[bold].glyph(r) == 0) {
			t.Errorf("only one weight has %U", r)
		}
		if fs[regular].glyph(r) != 0 {
			n++
		}
	}
	if n < 480 {
		t.Errorf("%d characters, want at least 480", n)
	}
	for _, r := range "ÄÖÜäöüßẞ€„“”‚‘’–—…·§°½ĄąĘęŁłŻżŹźŚśĆćŃńİıŞşĞğȘșȚțĂăÂâÎîČčĆćĐđŠšŽžÆæØøÅåÞþÐðŐőŰűŽŠĀāĒēĪīŪūĢģĶķĻļŅņĖėĮįŲųŒœŸÿĦħĠġĊċẀẁŴŵŶŷ" {
		if fs[regular].glyph(r) == 0 {
			t.Errorf("no glyph for %c", r)
		}
	}
}
