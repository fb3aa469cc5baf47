package sheet

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// xmlBuffer is also the longest tag.
const xmlBuffer = 64 << 10

type xmlKind int

const (
	xmlStart xmlKind = iota
	xmlEmpty         // <a/>
	xmlEnd
)

// xmlScanner walks through XML tag by tag in constant memory and without
// allocating: the standard decoder keeps whole tokens and takes ten times as
// long for a million rows. It knows what workbooks use, ignores name spaces,
// refuses document types, so there are no entities but the five and numbers.
type xmlScanner struct {
	in       io.Reader
	buf      []byte
	pos, end int
	eof      bool

	name  []byte // of the last tag, without prefix; valid until the next call
	attrs []byte // of the last tag, raw; valid until the next call
}

func newXMLScanner(in io.Reader) *xmlScanner {
	return &xmlScanner{in: in, buf: make([]byte, xmlBuffer)}
}

func (s *xmlScanner) fill() error {
	if s.eof {
		return io.EOF
	}
	s.end = copy(s.buf, s.buf[s.pos:s.end])
	s.pos = 0
	if s.end == len(s.buf) {
		return errBroken()
	}
	for range 100 {
		n, err := s.in.Read(s.buf[s.end:])
		s.end += n
		if err != nil {
			s.eof = true
			if !errors.Is(err, io.EOF) {
				return err
			}
			if n == 0 {
				return io.EOF
			}
		}
		if n > 0 {
			return nil
		}
	}
	return io.ErrNoProgress
}

// next skips to the next tag. io.EOF is returned at the end of the document.
func (s *xmlScanner) next() (xmlKind, error) {
	for {
		if err := s.skipTo('<'); err != nil {
			return 0, err
		}
		if err := s.want(3); err != nil {
			return 0, errUnless(err)
		}
		switch s.buf[s.pos+1] {
		case '?':
			if err := s.skipPast("?>"); err != nil {
				return 0, errUnless(err)
			}
		case '!':
			if err := s.skipDeclaration(); err != nil {
				return 0, errUnless(err)
			}
		default:
			return s.tag()
		}
	}
}

// errUnless turns an early end into damage.
func errUnless(err error) error {
	if errors.Is(err, io.EOF) {
		return errBroken()
	}
	return err
}

func (s *xmlScanner) skipTo(b byte) error {
	if s.pos < s.end && s.buf[s.pos] == b {
		return nil
	}
	for {
		if i := bytes.IndexByte(s.buf[s.pos:s.end], b); i >= 0 {
			s.pos += i
			return nil
		}
		s.pos = s.end
		if err := s.fill(); err != nil {
			return err
		}
	}
}

// want makes sure that n bytes are in the buffer.
func (s *xmlScanner) want(n int) error {
	for s.end-s.pos < n {
		if err := s.fill(); err != nil {
			return err
		}
	}
	return nil
}

func (s *xmlScanner) skipPast(mark string) error {
	for {
		if i := bytes.Index(s.buf[s.pos:s.end], []byte(mark)); i >= 0 {
			s.pos += i + len(mark)
			return nil
		}
		s.pos = max(s.pos, s.end-len(mark)+1)
		if err := s.fill(); err != nil {
			return err
		}
	}
}

// skipDeclaration passes a comment or a CDATA section that nobody asked for. A
// document type is refused: workbooks have none, attacks have.
func (s *xmlScanner) skipDeclaration() error {
	if err := s.want(9); err != nil {
		return err
	}
	switch b := s.buf[s.pos:s.end]; {
	case bytes.HasPrefix(b, []byte("<!--")):
		s.pos += 4
		return s.skipPast("-->")
	case bytes.HasPrefix(b, []byte("<![CDATA[")):
		return s.skipPast("]]>")
	case len(b) >= 9 && bytes.EqualFold(b[:9], []byte("<!doctype")):
		return fileProblem(KeyDocumentType)
	}
	return errBroken()
}

// tag reads the tag at pos.
func (s *xmlScanner) tag() (xmlKind, error) {
	to, err := s.tagEnd()
	if err != nil {
		return 0, errUnless(err)
	}
	b := s.buf[s.pos+1 : to]
	s.pos = to + 1
	kind := xmlStart
	switch {
	case len(b) > 0 && b[0] == '/':
		kind, b = xmlEnd, b[1:]
	case len(b) > 0 && b[len(b)-1] == '/':
		kind, b = xmlEmpty, b[:len(b)-1]
	}
	n, from := 0, 0
	for n < len(b) && b[n] > ' ' {
		if b[n] == ':' {
			from = n + 1
		}
		n++
	}
	s.name, s.attrs = b[from:n], b[n:]
	if len(s.name) == 0 {
		return 0, errBroken()
	}
	return kind, nil
}

// tagEnd finds the closing bracket, which may also stand inside an attribute.
func (s *xmlScanner) tagEnd() (int, error) {
	from := 1
	var quote byte
	for {
		for i, b := range s.buf[s.pos+from : s.end] {
			switch {
			case quote != 0:
				if b == quote {
					quote = 0
				}
			case b == '"' || b == '\'':
				quote = b
			case b == '>':
				return s.pos + from + i, nil
			}
		}
		from = s.end - s.pos
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
}

// text appends the character data up to the next tag to dst, at most limit
// bytes of it; over says that there was more.
func (s *xmlScanner) text(dst []byte, limit int) (out []byte, over bool, err error) {
	limit += len(dst)
	for {
		i := bytes.IndexByte(s.buf[s.pos:s.end], '<')
		piece := s.buf[s.pos:s.end]
		if i >= 0 {
			piece = piece[:i]
		} else if n := bytes.LastIndexByte(piece, '&'); n >= 0 && len(piece)-n < 12 && !s.eof {
			piece = piece[:n] // the rest of the reference is still to come
		}
		s.pos += len(piece)
		if len(dst) < limit {
			dst = unescape(dst, piece)
		} else {
			over = over || len(piece) > 0
		}
		if i >= 0 {
			more, err := s.cdata(&dst, limit)
			if err != nil || !more {
				over = over || len(dst) > limit
				return dst[:min(len(dst), limit)], over, err
			}
			continue
		}
		if err := s.fill(); err != nil {
			return dst, over, errUnless(err)
		}
	}
}

// cdata takes a CDATA section or skips a comment in the middle of text.
func (s *xmlScanner) cdata(dst *[]byte, limit int) (more bool, err error) {
	if err := s.want(2); err != nil {
		return false, errUnless(err)
	}
	if s.buf[s.pos+1] != '!' {
		return false, nil
	}
	if err := s.want(9); err != nil {
		return false, errUnless(err)
	}
	if !bytes.HasPrefix(s.buf[s.pos:s.end], []byte("<![CDATA[")) {
		return true, errUnless(s.skipDeclaration())
	}
	s.pos += 9
	for {
		i := bytes.Index(s.buf[s.pos:s.end], []byte("]]>"))
		n := i
		if i < 0 {
			n = max(0, s.end-s.pos-2)
		}
		if len(*dst) <= limit {
			*dst = append(*dst, s.buf[s.pos:s.pos+n]...)
		}
		s.pos += n
		if i >= 0 {
			s.pos += 3
			return true, nil
		}
		if err := s.fill(); err != nil {
			return false, errUnless(err)
		}
	}
}

// attr returns the raw value of the attribute of the last tag whose name ends
// in name, whatever its prefix; nil without one.
func (s *xmlScanner) attr(name string) []byte {
	for rest := s.attrs; ; {
		key, value, more := nextAttr(rest)
		if key == nil {
			return nil
		}
		if i := bytes.IndexByte(key, ':'); i >= 0 {
			key = key[i+1:]
		}
		if string(key) == name {
			return value
		}
		rest = more
	}
}

func (s *xmlScanner) attrText(name string) string {
	return strings.ToValidUTF8(string(unescape(nil, s.attr(name))), "\uFFFD")
}

// nextAttr takes one attribute off the front of b.
func nextAttr(b []byte) (key, value, rest []byte) {
	b = trimBlanks(b)
	eq := 0
	for eq < len(b) && b[eq] != '=' {
		eq++
	}
	if eq == 0 || eq == len(b) {
		return nil, nil, nil
	}
	for key = b[:eq]; len(key) > 1 && key[len(key)-1] <= ' '; {
		key = key[:len(key)-1]
	}
	b = trimBlanks(b[eq+1:])
	if len(b) < 2 || b[0] != '"' && b[0] != '\'' {
		return nil, nil, nil
	}
	to := bytes.IndexByte(b[1:], b[0])
	if to < 0 {
		return nil, nil, nil
	}
	return key, b[1 : to+1], b[to+2:]
}

func trimBlanks(b []byte) []byte {
	for len(b) > 0 && b[0] <= ' ' {
		b = b[1:]
	}
	return b
}

var xmlEntities = map[string]rune{"amp": '&', "lt": '<', "gt": '>', "quot": '"', "apos": '\''}

// unescape appends text with its references resolved. Unknown ones stay as
// they are.
func unescape(dst, text []byte) []byte {
	for {
		i := bytes.IndexByte(text, '&')
		if i < 0 {
			return append(dst, text...)
		}
		dst = append(dst, text[:i]...)
		text = text[i:]
		end := bytes.IndexByte(text[:min(len(text), 12)], ';')
		if end < 0 {
			dst, text = append(dst, '&'), text[1:]
			continue
		}
		if r, ok := reference(string(text[1:end])); ok {
			dst = utf8.AppendRune(dst, r)
		} else {
			dst = append(dst, text[:end+1]...)
		}
		text = text[end+1:]
	}
}

func reference(name string) (rune, bool) {
	if r, ok := xmlEntities[name]; ok {
		return r, true
	}
	digits, base := strings.TrimPrefix(name, "#"), 10
	if digits == name {
		return 0, false
	}
	if strings.HasPrefix(digits, "x") {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n > utf8.MaxRune {
		return 0, false
	}
	return rune(n), true
}
