package access

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"foyer/internal/platform/fault"
)

func TestPasswordRules(t *testing.T) {
	const org, mail = "Lindhof Hausverwaltung", "jette.holm@post.example"
	for password, want := range map[string]string{
		"":                           "access.account.password_empty",
		"kurz":                       "access.account.password_short",
		"elf-zeichen":                "access.account.password_short",
		"zwölfzeichen":               "",
		"ein ganzer Satz geht auch.": "",
		"漢字漢字仮名交じり文章だ":               "",
		"👍🏽🐢🦊🍏🚲🎈🧦🔑🌧🪁🎺":                                  "",
		"correct horse battery":                         "",
		"Kiesel-Laterne-Segel-473":                      "",
		"xk4!Gw9$Lq2#":                                  "",
		"abend-brot-maus":                               "",
		strings.Repeat("xk4!Gw9$Lq2#mZ7&", 16):          "", // 256
		strings.Repeat("xk4!Gw9$Lq2#mZ7&", 16) + "x":    "access.account.password_long",
		strings.Repeat("a", 1<<20):                      "access.account.password_long",
		"e\u0301\u00e8qzwe\u0301k7\u00e8pxm":            "", // 14 code points as typed, 12 after NFKC
		"e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301abz": "access.account.password_short",
		"aaaaaaaaaaaa":                                  "access.account.password_common",
		"abababababab":                                  "access.account.password_common",
		"hallohallohallo":                               "access.account.password_common",
		"abcdefghijkl":                                  "access.account.password_common",
		"123456789012":                                  "access.account.password_common",
		"098765432109":                                  "access.account.password_common",
		"qwertzuiopü1":                                  "access.account.password_common",
		"Qwerty123456":                                  "access.account.password_common",
		"1qaz2wsx3edc":                                  "access.account.password_common",
		"Passwort1234":                                  "access.account.password_common",
		"PASSWORT2026!":                                 "access.account.password_common",
		"!!Sommer2026!!":                                "access.account.password_common",
		"Willkommen2026":                                "access.account.password_common",
		"Wahrscheinlich":                                "access.account.password_common",
		"ｐａｓｓｗｏｒｔ１２３４":                                  "access.account.password_common",
		"hallo-8371946203847":                           "",
		"lindhof12345":                                  "access.account.password_own",
		"LindhofHausverwaltung":                         "access.account.password_own",
		"jette.holm@post.example":                       "access.account.password_own",
		"JetteHolm2026":                                 "access.account.password_own",
		"jette mag lange Spaziergänge":                  "",
	} {
		err := CheckPassword("password", password, org, mail)
		got := ""
		if e := fault.AsInvalid(err); e != nil {
			got = e.Fields[0].Key
			if e.Fields[0].Name != "password" {
				t.Errorf("field %q", e.Fields[0].Name)
			}
		}
		if got != want {
			t.Errorf("%.40q: %q, want %q", password, got, want)
		}
	}
}

func TestCommonListIsSortedAndFound(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(commonList, "\n"), "\n")
	if !slices.IsSorted(lines) || len(lines) < 20_000 {
		t.Fatalf("%d lines, sorted: %v", len(lines), slices.IsSorted(lines))
	}
	for _, l := range lines {
		if !listed(l) {
			t.Fatalf("%q is in the list and not found", l)
		}
	}
	for _, s := range []string{"", "!", "zzzzzzzzzzzzzzzzzzzzz", "xk4!Gw9$Lq2#", "passwortx", "\U0010ffff"} {
		if listed(s) {
			t.Errorf("%q is not in the list", s)
		}
	}
}

func TestSuggestedPassphrases(t *testing.T) {
	for lang, list := range map[string]string{"de": germanWords, "en": englishWords} {
		words := strings.Fields(list)
		slices.Sort(words)
		n := len(slices.Compact(words))
		if bits := 4*math.Log2(float64(n)) + math.Log2(900); bits < 44 {
			t.Errorf("%s: %.1f bit", lang, bits)
		}
		seen := map[string]bool{}
		form := regexp.MustCompile(`^([A-Za-z]{4,9}-){4}[1-9]\d\d$`)
		for range 500 {
			p := SuggestPassphrase(lang)
			if !form.MatchString(p) || seen[p] {
				t.Fatalf("%s: %q", lang, p)
			}
			seen[p] = true
			if err := CheckPassword("password", p, "Lindhof Hausverwaltung"); err != nil {
				t.Errorf("%q: %v", p, err)
			}
		}
	}
	if !utf8.ValidString(commonList) {
		t.Error("the list is not UTF-8")
	}
}

func FuzzCheckPassword(f *testing.F) {
	f.Add("Passwort1234", "Lindhof")
	f.Add("\xff\xfe", "\xff")
	f.Fuzz(func(t *testing.T, password, own string) {
		if err := CheckPassword("p", password, own); err != nil && fault.AsInvalid(err) == nil {
			t.Fatal(err)
		}
		if len(checkable(password)) > maxPasswordBytes {
			t.Fatal("too long")
		}
	})
}
