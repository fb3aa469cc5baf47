package letter

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// Flags of a component in a composite glyph.
// Source: ISO/IEC 14496-22, 5.3.3 (glyf).
const (
	componentWords    = 0x0001
	componentScale    = 0x0008
	componentMore     = 0x0020
	componentXYScale  = 0x0040
	component2x2      = 0x0080
	componentHeadSize = 10
)

// subset gives a TrueType file with the outlines of the used glyphs only. The
// glyphs keep their numbers and the others become empty, so the numbers in the
// page contents are right before it is known which glyphs a file will use: that
// is what lets pages leave before the font is written.
func (f *face) subset(used []bool) []byte {
	used = slices.Clone(used)
	used[0] = true // .notdef is mandatory
	offsets := f.offsets()
	for g := range used {
		if used[g] {
			f.useComponents(g, offsets, used)
		}
	}
	var glyf bytes.Buffer
	loca := make([]byte, 0, 4*(len(used)+1))
	for g := range used {
		loca = binary.BigEndian.AppendUint32(loca, uint32(glyf.Len()))
		if used[g] {
			glyf.Write(f.tables["glyf"][offsets[g]:offsets[g+1]])
			for glyf.Len()%4 != 0 {
				glyf.WriteByte(0)
			}
		}
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(glyf.Len()))
	head := bytes.Clone(f.tables["head"])
	binary.BigEndian.PutUint32(head[8:], 0)  // the whole file's checksum, not needed inside a PDF
	binary.BigEndian.PutUint16(head[50:], 1) // long offsets
	return assemble(map[string][]byte{
		"glyf": glyf.Bytes(), "head": head, "hhea": f.tables["hhea"], "hmtx": f.tables["hmtx"],
		"loca": loca, "maxp": f.tables["maxp"],
	})
}

// offsets gives where each glyph begins in the glyf table, and its end.
func (f *face) offsets() []int {
	long := binary.BigEndian.Uint16(f.tables["head"][50:]) == 1
	loca := f.tables["loca"]
	out := make([]int, len(f.width)+1)
	for i := range out {
		if long {
			out[i] = int(binary.BigEndian.Uint32(loca[4*i:]))
		} else {
			out[i] = 2 * int(binary.BigEndian.Uint16(loca[2*i:]))
		}
	}
	return out
}

// useComponents marks the glyphs that glyph g is composed of, at any depth.
func (f *face) useComponents(g int, offsets []int, used []bool) {
	data := f.tables["glyf"][offsets[g]:offsets[g+1]]
	if len(data) < componentHeadSize || int16(binary.BigEndian.Uint16(data)) >= 0 {
		return // empty or simple
	}
	data = data[componentHeadSize:]
	for more := true; more; {
		flags := binary.BigEndian.Uint16(data)
		part := int(binary.BigEndian.Uint16(data[2:]))
		if !used[part] {
			used[part] = true
			f.useComponents(part, offsets, used)
		}
		size := 6
		if flags&componentWords != 0 {
			size = 8
		}
		switch {
		case flags&componentScale != 0:
			size += 2
		case flags&componentXYScale != 0:
			size += 4
		case flags&component2x2 != 0:
			size += 8
		}
		data = data[size:]
		more = flags&componentMore != 0
	}
}

// assemble writes a TrueType file of the given tables, in the order of their
// names. Source: ISO/IEC 14496-22, 4.3.
func assemble(tables map[string][]byte) []byte {
	names := make([]string, 0, len(tables))
	for name := range tables {
		names = append(names, name)
	}
	slices.Sort(names)
	search, log := 1, 0
	for search*2 <= len(names) {
		search, log = search*2, log+1
	}
	out := binary.BigEndian.AppendUint32(nil, 0x00010000)
	for _, v := range []int{len(names), search * 16, log, (len(names) - search) * 16} {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	offset := 12 + 16*len(names)
	for _, name := range names {
		data := tables[name]
		out = append(out, name...)
		out = binary.BigEndian.AppendUint32(out, checksum(data))
		out = binary.BigEndian.AppendUint32(out, uint32(offset))
		out = binary.BigEndian.AppendUint32(out, uint32(len(data)))
		offset += (len(data) + 3) &^ 3
	}
	for _, name := range names {
		out = append(out, tables[name]...)
		for len(out)%4 != 0 {
			out = append(out, 0)
		}
	}
	return out
}

// checksum adds a table up as big-endian words, its end filled with zeros.
func checksum(data []byte) uint32 {
	var sum uint32
	for len(data) >= 4 {
		sum += binary.BigEndian.Uint32(data)
		data = data[4:]
	}
	var rest [4]byte
	copy(rest[:], data)
	return sum + binary.BigEndian.Uint32(rest[:])
}
