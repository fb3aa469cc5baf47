package residentlist

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A word that stood in two lists would mean now this, now that.
func TestWordsMeanOneThing(t *testing.T) {
	oneThing(t, usageWords)
	oneThing(t, roleWords)
	oneThing(t, yesNoWords)
	oneThing(t, salutationWords)
	oneThing(t, kindWords)
	oneThing(t, languageWords)
	oneThing(t, countryWords)
	oneThing(t, currencyWords)
}

func oneThing[T comparable](t *testing.T, lists map[T][]string) {
	t.Helper()
	seen := map[string]T{}
	for value, words := range lists {
		for _, w := range words {
			n := normal(w)
			if other, ok := seen[n]; ok && other != value || n == "" {
				t.Errorf("%q means %v and %v", w, value, other)
			}
			seen[n] = value
		}
	}
}

// Headings with two meanings are listed here, so that a new one is meant.
func TestHeadingsWithTwoMeanings(t *testing.T) {
	var got []string
	for _, g := range Headings() {
		for _, h := range g.Headings {
			if list := vocabulary.columns[normal(h)]; len(list) > 1 && list[0].columns[0] == g.Columns[0] && g.Columns[0] != UnitRef {
				got = append(got, fmt.Sprintf("%s: %s, %s", h, list[0].columns[0], list[1].columns[0]))
			}
			_, column := vocabulary.columns[normal(h)]
			if _, address := vocabulary.address[normal(h)]; column && address {
				t.Errorf("%q is an address and a column", h)
			}
		}
	}
	want := []string{"Lage: unit_label, floor", "Nutzungsart: usage, role", "Type of usage: usage, role", "Type of use: usage, role"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
