package inbound

import (
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// Where the quotation of our mail begins, in the words of common programs. A
// line that only looks like one costs the rest of the reply, so all of these
// are whole lines with more than one mark.
var quotation = []*regexp.Regexp{
	regexp.MustCompile(`(?i)^(am|on|le|il|el|op|den) .{4,200}(schrieb|wrote|a écrit|ha scritto|escribió|schreef|skrev).{0,120}:$`),
	regexp.MustCompile(`(?i)^-{2,} ?(ursprüngliche nachricht|original message|weitergeleitete nachricht|forwarded message|original-nachricht) ?-{2,}$`),
	regexp.MustCompile(`^_{20,}$`),
	regexp.MustCompile(`(?i)^(von|from): .*@.*$`),
}

// wrapped is a line that begins a quotation's heading which ends on the next.
var wrapped = regexp.MustCompile(`(?i)^(am|on|le) .{4,200}$`)

// Unquoted returns a reply without what it quotes and without the signature
// below "-- ". Quoted lines between the answers are dropped too.
func Unquoted(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r", ""), "\n")
	var out []string
	for i, l := range lines {
		trimmed := strings.TrimSpace(l)
		if l == "-- " || starts(trimmed) || i+1 < len(lines) && wrapped.MatchString(trimmed) && starts(trimmed+" "+strings.TrimSpace(lines[i+1])) {
			break
		}
		if !strings.HasPrefix(trimmed, ">") {
			out = append(out, strings.TrimRight(l, " \t"))
		}
	}
	return strings.TrimSpace(strings.ReplaceAll(strings.Join(out, "\n"), "\x00", ""))
}

func starts(line string) bool {
	for _, q := range quotation {
		if q.MatchString(line) {
			return true
		}
	}
	return false
}

// textOf is the text of an HTML part, without quotations that are marked as
// such.
func textOf(source string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(source))
	hidden := 0 // depth in what is not shown or quoted
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			if hidden == 0 {
				b.WriteString(strings.Join(strings.Fields(string(z.Text())), " "))
			}
		case html.StartTagToken:
			name, _ := z.TagName()
			switch string(name) {
			case "style", "script", "head", "title", "blockquote":
				hidden++
			case "br":
				b.WriteByte('\n')
			case "p", "div", "li", "tr", "h1", "h2", "h3":
				b.WriteByte('\n')
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			switch string(name) {
			case "style", "script", "head", "title", "blockquote":
				hidden = max(0, hidden-1)
			case "p", "div":
				b.WriteByte('\n')
			}
		case html.SelfClosingTagToken:
			if name, _ := z.TagName(); string(name) == "br" {
				b.WriteByte('\n')
			}
		}
	}
}
