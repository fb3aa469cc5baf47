package foyer

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var (
	reqRow   = regexp.MustCompile(`(?m)^\| ([KHCEAXW]\d+|d\d+) \| (done|open|partly) \| ([^|]*) \| ([^|]*) \|$`)
	testName = regexp.MustCompile("`(Test[A-Za-z0-9_]+)`")
	lastOf   = map[string]int{"K": 18, "H": 13, "C": 18, "E": 20, "A": 21, "X": 15, "W": 18, "d": 12}
)

// TestRequirementsTableIsTrue reads docs/requirements.md: every id has a row,
// what is done names tests that exist and carry the id, and what is open names
// none.
func TestRequirementsTableIsTrue(t *testing.T) {
	data, err := os.ReadFile("docs/requirements.md")
	if err != nil {
		t.Fatal(err)
	}
	exists := map[string]bool{}
	for _, s := range sources(t) {
		if !s.test {
			continue
		}
		for _, m := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllStringSubmatch(read(t, s.path), -1) {
			exists[m[1]] = true
		}
	}
	rows := map[string]bool{}
	for _, m := range reqRow.FindAllStringSubmatch(string(data), -1) {
		id, state, tests := m[1], m[2], testName.FindAllStringSubmatch(m[4], -1)
		if rows[id] {
			t.Errorf("%s has two rows", id)
		}
		rows[id] = true
		carries := false
		for _, test := range tests {
			if !exists[test[1]] {
				t.Errorf("%s: test %s does not exist", id, test[1])
			}
			carries = carries || regexp.MustCompile(`(?:Test|_|[a-z0-9])`+id+`(?:_|[A-Z]|$)`).MatchString(test[1])
		}
		switch {
		case state == "done" && len(tests) == 0:
			t.Errorf("%s is done, but names no test", id)
		case state == "done" && !strings.HasPrefix(id, "d") && !carries:
			t.Errorf("%s: no test of its row carries the id in its name", id)
		case state == "open" && len(tests) > 0:
			t.Errorf("%s is open, but names a test", id)
		}
	}
	for letter, last := range lastOf {
		for i := 1; i <= last; i++ {
			if id := letter + strconv.Itoa(i); !rows[id] {
				t.Errorf("%s has no row", id)
			}
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
