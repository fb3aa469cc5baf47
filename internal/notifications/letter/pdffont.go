package letter

import (
	"bytes"
	"fmt"
)

// writeFont writes a face as a composite font whose codes are glyph numbers,
// with the outlines, widths and characters of the used glyphs.
// Source: ISO 32000-1, 9.7 (composite fonts), 9.10.3 (ToUnicode).
func (f *file) writeFont(id int, fc *face, used []bool) {
	descendant, descriptor, program, toUnicode := f.reserve(), f.reserve(), f.reserve(), f.reserve()
	// A subset's name carries six letters of its own; the glyphs may differ from file to file.
	name := subsetTag(used) + "+" + fc.name
	f.object(id, fmt.Sprintf("<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>",
		name, descendant, toUnicode))
	f.object(descendant, fmt.Sprintf("<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"+
		"/FontDescriptor %d 0 R/CIDToGIDMap/Identity/W[%s]>>", name, descriptor, widths(fc, used)))
	// StemV is asked for only where a viewer replaces the font; this one is embedded.
	f.object(descriptor, fmt.Sprintf("<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[%d %d %d %d]/ItalicAngle 0"+
		"/Ascent %d/Descent %d/CapHeight %d/StemV 80/FontFile2 %d 0 R>>",
		name, fc.box[0], fc.box[1], fc.box[2], fc.box[3], ascent, -descent, fc.capH, program))
	data := fc.subset(used)
	f.stream(program, fmt.Sprintf("/Length1 %d", len(data)), data)
	f.stream(toUnicode, "", toUnicodeMap(fc, used))
}

// subsetTag makes six capitals of the set of used glyphs, the same for the same set.
func subsetTag(used []bool) string {
	h := uint32(2166136261) // FNV-1a
	for g, u := range used {
		if u {
			h = (h ^ uint32(g)) * 16777619
		}
	}
	var tag [6]byte
	for i := range tag {
		tag[i] = 'A' + byte(h%26)
		h /= 26
	}
	return string(tag[:])
}

// widths lists the used glyphs' widths: "first [w w w] first [w] …".
func widths(fc *face, used []bool) string {
	var b bytes.Buffer
	open := false
	for g, u := range used {
		switch {
		case u && open:
			fmt.Fprintf(&b, " %d", fc.width[g])
		case u:
			fmt.Fprintf(&b, "%d[%d", g, fc.width[g])
		case open:
			b.WriteByte(']')
		}
		open = u
	}
	if open {
		b.WriteByte(']')
	}
	return b.String()
}

// toUnicodeMap tells which character each used glyph stands for, so that text
// can be searched, copied and read aloud.
func toUnicodeMap(fc *face, used []bool) []byte {
	var b bytes.Buffer
	b.WriteString("/CIDInit/ProcSet findresource begin 12 dict begin begincmap\n" +
		"/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n" +
		"/CMapName/Adobe-Identity-UCS def/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n")
	var lines []string
	for g, u := range used {
		if u && fc.rune[g] != 0 {
			lines = append(lines, fmt.Sprintf("<%04X><%04X>\n", g, fc.rune[g]))
		}
	}
	const block = 100 // the most a block may have
	for len(lines) > 0 {
		n := min(len(lines), block)
		fmt.Fprintf(&b, "%d beginbfchar\n", n)
		for _, l := range lines[:n] {
			b.WriteString(l)
		}
		b.WriteString("endbfchar\n")
		lines = lines[n:]
	}
	b.WriteString("endcmap CMapName currentdict/CMap defineresource pop end end\n")
	return b.Bytes()
}
