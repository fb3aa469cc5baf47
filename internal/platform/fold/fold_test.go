package fold

import (
	"slices"
	"testing"
	"unicode/utf8"
)

func TestSpellingsOfOneNameMeet(t *testing.T) {
	for _, same := range [][]string{
		{"mueller luedenscheidt", "Müller-Lüdenscheidt", "MÜLLER  LÜDENSCHEIDT", "mu\u0308ller lu\u0308denscheidt", " Mueller/Luedenscheidt. "},
		{"strasse", "Straße", "STRASSE", "STRAẞE"},
		{"lea moreau", "Léa Moreau", "Le\u0301a Moreau"},
		{"oconnor", "O'Connor", "O’Connor", "O´Connor"},
		{"oeztuerk", "Öztürk", "ÖZTÜRK"},
		{"aarhus", "Århus", "Aarhus"},
		{"lodz", "Łódź"},
		{"istanbul", "İstanbul", "ıstanbul"},
		{"fi 2", "ﬁ ²"},
		{"", "", "  %_ ,;", "\u200b"},
		{"100", "100 %"},
	} {
		for _, s := range same[1:] {
			if got := Text(s); got != same[0] {
				t.Errorf("Text(%q) = %q, want %q", s, got, same[0])
			}
		}
	}
}

func TestNaturalCountsLikePeople(t *testing.T) {
	want := []string{"Haus 2", "Haus 9", "Haus 9a", "Haus 10", "Haus 10 b", "Haus 00011", "Haus 100"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, func(a, b string) int {
		if Natural(a) < Natural(b) {
			return -1
		}
		return 1
	})
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	for in, want := range map[string]string{"WE 05": "we 5", "we 5": "we 5", "0": "0", "00": "0", "a10b020": "a10b20"} {
		if got := Numbers(in); got != want {
			t.Errorf("Numbers(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"Müller-Lüdenscheidt", "ǅ", "\xff", "ﬃ", "a\u0345", "ŉ", "\xf5ŉ", "Ⅷ", "½", "K"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := Text(s)
		if again := Text(once); again != once {
			t.Errorf("Text(%q) = %q, and again %q", s, once, again)
		}
		for _, r := range once {
			if r == '%' || r == '_' || r == '\\' {
				t.Errorf("Text(%q) = %q holds a wildcard", s, once)
			}
		}
		if utf8.ValidString(s) && !utf8.ValidString(once) {
			t.Errorf("Text(%q) = %q is not valid", s, once)
		}
	})
}
