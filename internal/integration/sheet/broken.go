package sheet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
)

// openSheet begins the type of spreadsheets, and of templates for them, that
// OpenDocument archives name in their first entry.
const openSheet = "application/vnd.oasis.opendocument.spreadsheet"

// brokenKind says what a damaged archive was, by the names in front of its
// entries: its directory stands at the end, and is what a transfer that broke
// off leaves out. Other errors stay as they are.
func brokenKind(r io.ReaderAt, size int64, err error) error {
	var p *Problem
	if !errors.As(err, &p) || p.Key != KeyBroken {
		return err
	}
	kind := KeyBrokenArchive
	const step, overlap = 256 << 10, 30 + 512
	for off := int64(0); off < size; off += step {
		b, err := readUpTo(r, off, min(size-off, step+overlap))
		if err != nil {
			return err
		}
		for i := bytes.Index(b, []byte(magicZip)); i >= 0 && i < step; {
			switch name, body := localEntry(b[i:]); {
			case strings.HasPrefix(name, "xl/"):
				return p
			case strings.HasPrefix(name, "word/"), strings.HasPrefix(name, "ppt/"):
				kind = KeyDocument
			case name == "mimetype" && bytes.HasPrefix(body, []byte(openSheet)):
				return fileProblem(KeyOpenDocument)
			case name == "mimetype" && bytes.HasPrefix(body, []byte("application/vnd.oasis.opendocument.")):
				kind = KeyDocument
			}
			next := bytes.Index(b[i+4:], []byte(magicZip))
			if next < 0 {
				break
			}
			i += 4 + next
		}
	}
	return fileProblem(kind)
}

// localEntry reads the name in front of an entry, and what of its content is at
// hand.
func localEntry(b []byte) (name string, body []byte) {
	const fixed = 30
	if len(b) < fixed {
		return "", nil
	}
	n, extra := int(binary.LittleEndian.Uint16(b[26:])), int(binary.LittleEndian.Uint16(b[28:]))
	if n > 512 || len(b) < fixed+n {
		return "", nil
	}
	return partName(string(b[fixed : fixed+n])), b[min(len(b), fixed+n+extra):]
}
