package email

import (
	"errors"
	"strings"
	"testing"
)

func TestCanonical(t *testing.T) {
	for in, want := range map[string]string{
		"jette@post.example":             "jette@post.example",
		"  Jette.Holm@POST.Example\t":    "jette.holm@post.example",
		"jette+foyer@post.example":       "jette+foyer@post.example",
		"o'neill@post.example":           "o'neill@post.example",
		"jette@bücher.example":           "jette@xn--bcher-kva.example",
		"jette@BÜCHER.example":           "jette@xn--bcher-kva.example",
		"jette@xn--bcher-kva.example":    "jette@xn--bcher-kva.example",
		"jette@straße.example":           "jette@xn--strae-oqa.example",
		"jette@post\u3002example":        "jette@post.example", // ideographic full stop is a dot in IDNA
		strings.Repeat("a", 64) + "@b.c": strings.Repeat("a", 64) + "@b.c",
	} {
		got, err := Canonical(in)
		if err != nil || got != want {
			t.Errorf("%q: %q %v, want %q", in, got, err, want)
		}
		if again, err := Canonical(got); err != nil || again != got {
			t.Errorf("%q is not stable: %q %v", in, again, err)
		}
	}
}

// T9: what could reach a second mailbox, or look like somebody else.
func TestT9_HostileAddressesAreRefused(t *testing.T) {
	hostile := map[string]error{
		"": ErrEmpty, "  ": ErrEmpty, "jette": ErrNoAt, "post.example": ErrNoAt,
		"\u212Aai@post.example":                ErrLocal, // Kelvin sign
		"ma\u017Fter@post.example":             ErrLocal, // long s
		"j\u00E9tte@post.example":              ErrLocal,
		"jet\u200Bte@post.example":             ErrLocal,
		"a@x.example,b@y.example":              ErrLocal,
		"a@x.example;b@y.example":              ErrLocal,
		"a@x.example b@y.example":              ErrLocal,
		"a@x.example\r\nBcc: b@y.example":      ErrLocal,
		"a\n@x.example":                        ErrLocal,
		"a@x.example\r\n":                      ErrDomain,
		"a@x.example\x00":                      ErrDomain,
		"\"a b\"@x.example":                    ErrLocal,
		"Jette <a@x.example>":                  ErrLocal,
		"<a@x.example>":                        ErrLocal,
		"a(comment)@x.example":                 ErrLocal,
		"a@b@x.example":                        ErrLocal,
		".a@x.example":                         ErrLocal,
		"a.@x.example":                         ErrLocal,
		"a..b@x.example":                       ErrLocal,
		"@x.example":                           ErrLocal,
		strings.Repeat("a", 65) + "@x.example": ErrLocal,
		"a@":                                   ErrDomain,
		"a@localhost":                          ErrDomain,
		"a@x..example":                         ErrDomain,
		"a@.example":                           ErrDomain,
		"a@x.example.":                         ErrDomain,
		"a@-x.example":                         ErrDomain,
		"a@x_y.example":                        ErrDomain,
		"a@x y.example":                        ErrDomain,
		"a@[127.0.0.1]":                        ErrDomain,
		"a@127.0.0.1":                          ErrDomain,
		"a@x.example>":                         ErrDomain,
		"a@x.example%0d%0a":                    ErrDomain,
		"a@" + strings.Repeat("b.", 130) + "example":  ErrDomain,
		"a@" + strings.Repeat("b", 64) + ".example":   ErrDomain,
		"a@" + strings.Repeat("ü", 100_000) + ".test": ErrDomain,
	}
	for in, want := range hostile {
		if got, err := Canonical(in); !errors.Is(err, want) {
			t.Errorf("%.60q: %q %v, want %v", in, got, err, want)
		}
	}
}

func FuzzCanonical(f *testing.F) {
	f.Add("Jette@Bücher.example")
	f.Add("a@x.example\r\nBcc: b@y.example")
	f.Fuzz(func(t *testing.T, in string) {
		out, err := Canonical(in)
		if err != nil {
			if Key(err) == "" || out != "" {
				t.Fatalf("%q: %q", in, out)
			}
			return
		}
		for i := range len(out) {
			if out[i] <= ' ' || out[i] > '~' || strings.IndexByte(`,;<>()[]"\`, out[i]) >= 0 {
				t.Fatalf("%q gives %q", in, out)
			}
		}
		if again, err := Canonical(out); err != nil || again != out || strings.Count(out, "@") != 1 {
			t.Fatalf("%q: %q, then %q %v", in, out, again, err)
		}
	})
}

func TestMask(t *testing.T) {
	if got := Mask("jette@post.example"); got != "j…@post.example" {
		t.Error(got)
	}
	if got := Mask("@x"); got != "…" {
		t.Error(got)
	}
}
