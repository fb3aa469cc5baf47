package mail

import (
	"strings"
	"unicode/utf8"
)

// textWidth is where the text version breaks its lines, in characters. Addresses
// are never broken.
const textWidth = 72

// text renders the same blocks as plain text.
func (l Layout) text() string {
	paragraphs := []string{wrap(l.OrgName, "", ""), wrap(l.Title, "", "")}
	for _, b := range l.Blocks {
		paragraphs = append(paragraphs, b.plain())
	}
	out := strings.Join(paragraphs, "\n\n") + "\n"
	if len(l.Footer) == 0 {
		return out
	}
	// Mail programs know this line and set apart what follows (RFC 3676 4.3).
	out += "\n-- \n"
	for _, line := range l.Footer {
		out += wrap(line.Text, "", "") + "\n"
		if line.URL != "" {
			out += line.URL + "\n"
		}
	}
	return out
}

func (b Block) plain() string {
	switch b.kind {
	case buttonBlock:
		return wrap(b.text+":", "", "") + "\n" + b.url
	case codeBlock:
		return "    " + strings.Join(lines(b.text), " ")
	case listBlock:
		points := make([]string, len(b.items))
		for i, item := range b.items {
			points[i] = wrap(item, "- ", "  ")
		}
		return strings.Join(points, "\n")
	}
	out := lines(b.text)
	for i, line := range out {
		out[i] = wrap(line, "", "")
	}
	return strings.Join(out, "\n")
}

// wrap breaks s at spaces into lines of textWidth; the first begins with first,
// the others with rest. A no-break space is no place to break.
func wrap(s, first, rest string) string {
	var out strings.Builder
	out.WriteString(first)
	width, begun := utf8.RuneCountInString(first), false
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\r' }) {
		n := utf8.RuneCountInString(word)
		switch {
		case !begun:
		case width+1+n > textWidth:
			out.WriteString("\n" + rest)
			width = utf8.RuneCountInString(rest)
		default:
			out.WriteByte(' ')
			width++
		}
		out.WriteString(word)
		width, begun = width+n, true
	}
	return out.String()
}
