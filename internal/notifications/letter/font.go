package letter

import (
	_ "embed"
	"encoding/binary"
	"fmt"
	"sync"
	"sync/atomic"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

//go:embed fonts/HankenGrotesk-Regular.ttf
var regularTTF []byte

//go:embed fonts/HankenGrotesk-Bold.ttf
var boldTTF []byte

// weight selects one of the two faces.
type weight uint8

const (
	regular weight = iota
	bold
	weights
)

// unitsPerEm is the design grid of both fonts; widths in PDF use the same
// thousandths, so no value is ever scaled or rounded.
const unitsPerEm = 1000

// Vertical metrics of both fonts in thousandths of the size.
const (
	ascent  = 1000
	descent = 303
)

// maxRune bounds the direct table from characters to glyphs; the fonts' last
// character is below it.
const maxRune = 0x2300

// kernSquare is the number of leading glyphs whose kerning is remembered. They
// are the ASCII and Latin-1 letters, which the font scripts put first.
const kernSquare = 256

// face is one weight, read once per process and shared by all batches.
type face struct {
	name   string // PostScript name
	tables map[string][]byte
	sfnt   *sfnt.Font
	gid    [maxRune]uint16 // 0: no glyph
	rune   []rune          // the first character of a glyph, for text extraction
	width  []int           // thousandths of the size
	box    [4]int          // left, bottom, right, top of all glyphs, thousandths
	capH   int             // height of capitals, thousandths
	kern   [kernSquare * kernSquare]atomic.Int32
}

// faces gives both weights. It panics if an embedded font is broken, which a
// test would show at once.
var faces = sync.OnceValue(func() *[weights]*face {
	return &[weights]*face{
		regular: mustFace("HankenGrotesk-Regular", regularTTF),
		bold:    mustFace("HankenGrotesk-Bold", boldTTF),
	}
})

func mustFace(name string, ttf []byte) *face {
	f, err := newFace(name, ttf)
	if err != nil {
		panic("letter: embedded font " + name + ": " + err.Error())
	}
	return f
}

func newFace(name string, ttf []byte) (*face, error) {
	parsed, err := sfnt.Parse(ttf)
	if err != nil {
		return nil, fmt.Errorf("parse: %w", err)
	}
	if parsed.UnitsPerEm() != unitsPerEm {
		return nil, fmt.Errorf("%d units per em, want %d", parsed.UnitsPerEm(), unitsPerEm)
	}
	tables, err := readTables(ttf)
	if err != nil {
		return nil, err
	}
	n := parsed.NumGlyphs()
	f := &face{name: name, tables: tables, sfnt: parsed, rune: make([]rune, n), width: make([]int, n)}
	for i := range f.box {
		f.box[i] = int(int16(binary.BigEndian.Uint16(tables["head"][36+2*i:])))
	}
	f.capH = int(binary.BigEndian.Uint16(tables["OS/2"][88:]))
	var buf sfnt.Buffer
	for g := range n {
		w, err := parsed.GlyphAdvance(&buf, sfnt.GlyphIndex(g), fixed.Int26_6(unitsPerEm), font.HintingNone)
		if err != nil {
			return nil, fmt.Errorf("width of glyph %d: %w", g, err)
		}
		f.width[g] = int(w)
	}
	for r := range rune(maxRune) {
		g, err := parsed.GlyphIndex(&buf, r)
		if err != nil {
			return nil, fmt.Errorf("glyph of %U: %w", r, err)
		}
		f.gid[r] = uint16(g)
		if g != 0 && f.rune[g] == 0 {
			f.rune[g] = r
		}
	}
	return f, nil
}

// glyph gives the glyph of r, 0 if the font has none.
func (f *face) glyph(r rune) uint16 {
	if r < 0 || r >= maxRune {
		return 0
	}
	return f.gid[r]
}

// kernKnown marks a remembered pair, so that 0 means "not looked up yet".
const kernKnown = 1 << 20

// kerning gives the correction between two glyphs in thousandths of the size.
// Corrections too small to see are left out: they only make the file larger.
func (f *face) kerning(buf *sfnt.Buffer, a, b uint16) int {
	if a >= kernSquare || b >= kernSquare {
		return f.lookupKern(buf, a, b)
	}
	slot := &f.kern[int(a)*kernSquare+int(b)]
	if v := slot.Load(); v != 0 {
		return int(v) - kernKnown
	}
	k := f.lookupKern(buf, a, b)
	slot.Store(int32(k + kernKnown))
	return k
}

func (f *face) lookupKern(buf *sfnt.Buffer, a, b uint16) int {
	// An error means that the font has no rule for the pair.
	k, err := f.sfnt.Kern(buf, sfnt.GlyphIndex(a), sfnt.GlyphIndex(b), fixed.Int26_6(unitsPerEm), font.HintingNone)
	if err != nil || (k > -8 && k < 8) {
		return 0
	}
	return int(k)
}

// readTables splits a TrueType file into its tables.
// Source: ISO/IEC 14496-22, 4.3 (table directory).
func readTables(ttf []byte) (map[string][]byte, error) {
	const header, entry = 12, 16
	if len(ttf) < header {
		return nil, fmt.Errorf("file of %d bytes", len(ttf))
	}
	n := int(binary.BigEndian.Uint16(ttf[4:]))
	if len(ttf) < header+n*entry {
		return nil, fmt.Errorf("table directory cut off")
	}
	tables := make(map[string][]byte, n)
	for i := range n {
		e := ttf[header+i*entry:]
		start, size := int(binary.BigEndian.Uint32(e[8:])), int(binary.BigEndian.Uint32(e[12:]))
		if start+size > len(ttf) {
			return nil, fmt.Errorf("table %q cut off", e[:4])
		}
		tables[string(e[:4])] = ttf[start : start+size]
	}
	return tables, nil
}
