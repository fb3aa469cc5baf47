package upload

import (
	"encoding/binary"
	"io"
)

// orientation returns the EXIF orientation of a picture, 1 to 8; 1 when it
// says nothing that can be understood. Nothing else of the EXIF is read.
func orientation(kind string, f *io.SectionReader) int {
	out := 1
	try := func(r *io.SectionReader) bool {
		if o := tiffOrientation(r); o != 0 {
			out = o
			return true
		}
		return false
	}
	switch kind {
	case JPEG:
		jpegSegments(f, func(marker byte, body *io.SectionReader) bool {
			var head [6]byte
			if _, err := body.ReadAt(head[:], 0); marker != 0xe1 || err != nil || string(head[:]) != "Exif\x00\x00" {
				return marker == 0xda // the picture begins
			}
			return try(io.NewSectionReader(body, 6, body.Size()-6))
		})
	case PNG:
		chunks(f, 8, binary.BigEndian, true, func(name string, body *io.SectionReader) bool {
			return name == "eXIf" && try(body) || name == "IDAT"
		})
	default:
		chunks(f, 12, binary.LittleEndian, false, func(name string, body *io.SectionReader) bool {
			if name != "EXIF" {
				return false
			}
			var head [6]byte
			if _, err := body.ReadAt(head[:], 0); err == nil && string(head[:]) == "Exif\x00\x00" {
				body = io.NewSectionReader(body, 6, body.Size()-6)
			}
			return try(body)
		})
	}
	return out
}

// maxParts is how many segments or chunks are looked at.
const maxParts = 2000

// jpegSegments calls fn for each marker segment (ITU-T T.81, B.1.1.4) until it
// says that it has seen enough.
func jpegSegments(f *io.SectionReader, fn func(marker byte, body *io.SectionReader) (enough bool)) {
	at := int64(2)
	for range maxParts {
		var head [4]byte
		if _, err := f.ReadAt(head[:], at); err != nil || head[0] != 0xff {
			return
		}
		if head[1] == 0xff { // fill byte
			at++
			continue
		}
		size := int64(binary.BigEndian.Uint16(head[2:]))
		if size < 2 || fn(head[1], io.NewSectionReader(f, at+4, size-2)) {
			return
		}
		at += 2 + size
	}
}

// chunks calls fn for each chunk of a PNG (length before the name, checksum
// behind the body) or a RIFF file (name before the length, padded to even)
// until it says that it has seen enough.
func chunks(f *io.SectionReader, at int64, order binary.ByteOrder, isPNG bool, fn func(name string, body *io.SectionReader) (enough bool)) {
	for range maxParts {
		var head [8]byte
		if _, err := f.ReadAt(head[:], at); err != nil {
			return
		}
		name, size := string(head[:4]), int64(order.Uint32(head[4:]))
		extra := size % 2
		if isPNG {
			name, size, extra = string(head[4:]), int64(order.Uint32(head[:4])), 4
		}
		if at+8+size > f.Size() || fn(name, io.NewSectionReader(f, at+8, size)) {
			return
		}
		at += 8 + size + extra
	}
}

// tiffOrientation reads tag 0x0112 of the first directory of a TIFF structure
// (TIFF 6.0, section 2), 0 when there is none.
func tiffOrientation(r *io.SectionReader) int {
	var head [8]byte
	if _, err := r.ReadAt(head[:], 0); err != nil {
		return 0
	}
	var order binary.ByteOrder = binary.BigEndian
	switch string(head[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
	default:
		return 0
	}
	at := int64(order.Uint32(head[4:]))
	var count [2]byte
	if _, err := r.ReadAt(count[:], at); err != nil {
		return 0
	}
	for i := range min(int64(order.Uint16(count[:])), 200) {
		var entry [12]byte
		if _, err := r.ReadAt(entry[:], at+2+12*i); err != nil {
			return 0
		}
		if order.Uint16(entry[:]) != 0x0112 {
			continue
		}
		if v := int(order.Uint16(entry[8:])); order.Uint16(entry[2:]) == 3 && v >= 1 && v <= 8 {
			return v
		}
		return 0
	}
	return 0
}
