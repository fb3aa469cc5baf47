package letter

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// TestSubset draws glyphs from a subset as from the whole font, composed ones
// with all their parts, and finds the others empty.
func TestSubset(t *testing.T) {
	for _, fc := range faces() {
		used := make([]bool, len(fc.width))
		for _, r := range "aäßŻǻữẞ4" {
			used[fc.glyph(r)] = true
		}
		tables, err := readTables(fc.subset(used))
		if err != nil {
			t.Fatal(err)
		}
		// The reader wants tables that PDF does without.
		whole := maps.Clone(fc.tables)
		maps.Copy(whole, tables)
		cut, err := sfnt.Parse(assemble(whole))
		if err != nil {
			t.Fatal(err)
		}
		outline := func(f *sfnt.Font, r rune) sfnt.Segments {
			var buf sfnt.Buffer
			s, err := f.LoadGlyph(&buf, sfnt.GlyphIndex(fc.glyph(r)), fixed.I(unitsPerEm), nil)
			if err != nil {
				t.Fatalf("%c: %v", r, err)
			}
			return s
		}
		for _, r := range "aäßŻǻữẞ4" {
			if diff := cmp.Diff(outline(fc.sfnt, r), outline(cut, r)); diff != "" {
				t.Errorf("%s: %c differs", fc.name, r)
			}
		}
		if s := outline(cut, 'Q'); len(s) != 0 {
			t.Errorf("%s: Q is in a subset without it", fc.name)
		}
	}
}
