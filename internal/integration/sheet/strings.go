package sheet

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"strings"
)

const (
	stringsInMemory = 8 << 20  // bytes; a larger table goes to a temporary file
	stringBlock     = 64       // strings between two entries of the index
	maxStrings      = 40 << 20 // a million rows with 40 different texts each
	maxStringBytes  = 1 << 30
	blocksKept      = 1024    // blocks of a table on disk that stay in memory …
	blockBytesKept  = 8 << 20 // … and how large they may be together
)

// stringTable holds the shared strings of a workbook. Each is stored as a
// length and its bytes; a length of MaxCell+1 says that it was longer. Large
// tables live in a temporary file that has no name, so nothing is left behind.
type stringTable struct {
	data  []byte
	file  *os.File
	size  int64
	index []int64 // where every stringBlock-th string begins
	count int

	cache  map[int][]string // by block
	cached int              // bytes in cache
	raw    []byte
}

func (t *stringTable) close() error {
	if t == nil || t.file == nil {
		return nil
	}
	f := t.file
	t.file = nil
	return f.Close()
}

func readStrings(a *archive, part string) (*stringTable, error) {
	t := &stringTable{cache: map[int][]string{}}
	in, err := a.open(part, maxInflated)
	if err == nil {
		err = t.read(newXMLScanner(in))
	}
	if err == nil {
		err = t.spill(t.file != nil)
	}
	if err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

func (t *stringTable) read(x *xmlScanner) error {
	var text []byte
	for {
		kind, err := x.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if string(x.name) != "si" || kind == xmlEnd {
			continue
		}
		text = text[:0]
		if kind == xmlStart {
			if text, err = richText(x, text, "si"); err != nil {
				return err
			}
		}
		if err := t.add(text); err != nil {
			return err
		}
	}
}

// richText collects the text of an element up to its end tag: all runs, but not
// the phonetic ones. It keeps at most MaxCell+1 bytes.
func richText(x *xmlScanner, dst []byte, end string) ([]byte, error) {
	phonetic := false
	for {
		kind, err := x.next()
		if err != nil {
			return dst, errUnless(err)
		}
		switch name := string(x.name); {
		case name == end && kind == xmlEnd:
			return dst, nil
		case name == "rPh":
			phonetic = kind == xmlStart
		case name == "t" && kind == xmlStart && !phonetic:
			if dst, _, err = x.text(dst, MaxCell+1-len(dst)); err != nil {
				return dst, err
			}
		}
	}
}

func (t *stringTable) add(text []byte) error {
	if t.count >= maxStrings || t.size > maxStringBytes {
		return fileProblem(KeyBomb)
	}
	if t.count%stringBlock == 0 {
		t.index = append(t.index, t.size+int64(len(t.data)))
	}
	t.count++
	t.data = binary.AppendUvarint(t.data, uint64(len(text)))
	t.data = append(t.data, text...)
	return t.spill(len(t.data) > stringsInMemory)
}

// spill moves what is in memory to the file.
func (t *stringTable) spill(now bool) error {
	if !now {
		return nil
	}
	if t.file == nil {
		f, err := os.CreateTemp("", "foyer-strings-")
		if err != nil {
			return err
		}
		t.file = f
		if err := os.Remove(f.Name()); err != nil {
			return err
		}
	}
	n, err := t.file.Write(t.data)
	t.size += int64(n)
	t.data = t.data[:0]
	return err
}

// get returns a string; long says that it had more than MaxCell bytes. An index
// that the table does not have is damage.
func (t *stringTable) get(i int) (text string, long bool, err error) {
	if i < 0 || i >= t.count {
		return "", false, errBroken()
	}
	block, ok := t.cache[i/stringBlock]
	if !ok {
		if block, err = t.load(i / stringBlock); err != nil {
			return "", false, err
		}
	}
	text = block[i%stringBlock]
	return text, len(text) > MaxCell, nil
}

func (t *stringTable) load(n int) ([]string, error) {
	from, to := t.index[n], t.size+int64(len(t.data))
	if n+1 < len(t.index) {
		to = t.index[n+1]
	}
	raw := t.data
	if t.file == nil {
		raw = t.data[from:to]
	} else {
		if int64(cap(t.raw)) < to-from {
			t.raw = make([]byte, to-from)
		}
		raw = t.raw[:to-from]
		if _, err := t.file.ReadAt(raw, from); err != nil {
			return nil, err
		}
	}
	var block []string
	all := string(raw)
	for len(raw) > 0 {
		length, used := binary.Uvarint(raw)
		end := used + int(length)
		s := all[used:end]
		block = append(block, strings.ToValidUTF8(unescapeX(s), "\uFFFD"))
		raw, all = raw[end:], all[end:]
	}
	if len(t.cache) >= blocksKept || t.cached > blockBytesKept {
		clear(t.cache)
		t.cached = 0
	}
	t.cache[n] = block
	t.cached += int(to - from)
	return block, nil
}

// unescapeX resolves _xHHHH_, which stands for a character that XML cannot hold.
func unescapeX(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for {
		i := strings.Index(s, "_x")
		if i < 0 || len(s)-i < 7 {
			b.WriteString(s)
			return b.String()
		}
		if r, ok := reference("#x" + s[i+2:i+6]); ok && s[i+6] == '_' {
			b.WriteString(s[:i])
			b.WriteRune(r)
			s = s[i+7:]
		} else {
			b.WriteString(s[:i+2])
			s = s[i+2:]
		}
	}
}
