package app

import (
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"foyer/internal/platform/web"
)

// TestNoCookieForAMalformedToken opens every link route with texts that are no
// token of ours: nothing of them is kept.
func TestNoCookieForAMalformedToken(t *testing.T) {
	e := newEstate(t)
	tried := 0
	for _, r := range e.Mux.Routes() {
		method, path, _ := strings.Cut(r.Pattern, " ")
		if method != http.MethodGet || !strings.Contains(path, "{token}") {
			continue
		}
		for _, bad := range []string{"%E2%80%AE", "a%20b", strings.Repeat("a", 9000)} {
			tried++
			w := e.do(e.ids[0], method, strings.Replace(path, "{token}", bad, 1))
			for _, ck := range w.Result().Cookies() {
				if ck.MaxAge >= 0 {
					t.Errorf("%s with %.12q sets %s", r.Pattern, bad, ck.Name)
				}
			}
			if w.Code >= 500 {
				t.Errorf("%s with %.12q: %d", r.Pattern, bad, w.Code)
			}
		}
	}
	if tried < 9 {
		t.Errorf("only %d requests", tried)
	}
}

var cookieLine = regexp.MustCompile("(?m)^\\| `(foyer[a-z-]*)` \\|")

// TestCookiesAreDocumented compares the table of docs/security.md with the
// cookies that the code can set.
func TestCookiesAreDocumented(t *testing.T) {
	doc, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range cookieLine.FindAllStringSubmatch(string(doc), -1) {
		names = append(names, m[1])
	}
	want := slices.Sorted(slices.Values(web.CookieNames))
	slices.Sort(names)
	if !slices.Equal(names, want) {
		t.Errorf("docs/security.md lists %q, the code sets %q", names, want)
	}
}
