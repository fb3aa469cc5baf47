package letter

import (
	"fmt"
	"net/url"
	"strings"

	"golang.org/x/net/idna"
	"rsc.io/qr/coding"
)

// composed is a letter whose characters are all known to have glyphs and whose
// parts are complete: only its places on the page are still open.
type composed struct {
	lang       string
	to         [][]atom
	info       [][2][]atom
	subject    []atom
	salutation []atom
	intro      [][]atom
	boxTitle   []atom
	steps      []composedStep
	code       []atom
	qr         *coding.Code
	after      [][]atom
	closing    []atom
	note       []atom
	number     string
}

type composedStep struct {
	number, text []atom
	showCode     bool
}

// compose checks a letter and turns its texts into glyphs. The result holds
// until the next letter.
func (s *compositor) compose(l *Letter) (*composed, error) {
	if err := check(l); err != nil {
		return nil, err
	}
	s.atoms, s.err = s.atoms[:0], nil
	c := &composed{
		lang:       l.Lang,
		number:     l.Number,
		to:         s.plain(l.To, "to"),
		subject:    s.set(l.Subject, "subject", bold, false),
		salutation: s.set(l.Salutation, "text", regular, false),
		intro:      s.paragraphs(l.Intro),
		boxTitle:   s.set(l.BoxTitle, "text", bold, false),
		code:       s.set(l.Code, "code", bold, false),
		after:      s.paragraphs(l.After),
		closing:    s.set(strings.Join(l.Closing, "\n"), "text", regular, false),
		note:       s.set(l.Note, "text", regular, false),
	}
	for _, row := range l.Info {
		c.info = append(c.info, [2][]atom{s.set(row[0], "info", regular, false), s.set(row[1], "info", regular, false)})
	}
	for i, step := range l.Steps {
		c.steps = append(c.steps, composedStep{
			number: s.set(fmt.Sprintf("%d.", i+1), "text", regular, false),
			text:   s.set(step.Text, "text", regular, true), showCode: step.ShowCode,
		})
	}
	if s.err != nil {
		return nil, s.err
	}
	if l.URL != "" {
		code, err := s.codes.encode(l.URL, qrSide)
		if err != nil {
			return nil, err
		}
		c.qr = code
	}
	return c, nil
}

// compositor sets the texts of a letter and keeps the first error.
type compositor struct {
	atoms []atom // of all texts of the letter, one piece of memory for all letters
	err   error
	codes qrEncoder
}

func (s *compositor) set(text, field string, w weight, marks bool) []atom {
	if s.err != nil || text == "" {
		return nil
	}
	start := len(s.atoms)
	s.atoms, s.err = set(s.atoms, text, field, w, marks)
	return s.atoms[start:len(s.atoms):len(s.atoms)]
}

func (s *compositor) plain(texts []string, field string) [][]atom {
	var out [][]atom
	for _, t := range texts {
		if t = strings.TrimSpace(t); t != "" {
			out = append(out, s.set(t, field, regular, false))
		}
	}
	return out
}

func (s *compositor) paragraphs(texts []string) [][]atom {
	out := make([][]atom, 0, len(texts))
	for _, t := range texts {
		out = append(out, s.set(t, "text", regular, true))
	}
	return out
}

// check finds what a letter lacks. The URL's host must stand in the text in
// words, so that nobody has to trust a QR code unseen.
func check(l *Letter) error {
	missing := func(what string) error { return fmt.Errorf("%w: %s", ErrIncomplete, what) }
	shown := 0
	for _, s := range l.Steps {
		if s.ShowCode {
			shown++
		}
	}
	switch {
	case !language(l.Lang):
		return missing("language")
	case strings.TrimSpace(strings.Join(l.To, "")) == "":
		return missing("address")
	case strings.TrimSpace(l.Subject) == "":
		return missing("subject")
	case (l.Code == "") != (shown == 0):
		return missing("code and the step that shows it")
	case l.Number != "" && !numbered(l.Number):
		return missing("the page number's form")
	case shown > 1:
		return missing("one step that shows the code")
	case (l.URL == "") != (len(l.Steps) == 0):
		return missing("url and steps")
	}
	for _, line := range l.To {
		if strings.Contains(line, "\n") {
			return ErrGlyph{Rune: '\n', Field: "to"}
		}
	}
	if l.URL == "" {
		return nil
	}
	u, err := url.Parse(l.URL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" {
		return missing("url") // never the URL itself: it holds the code
	}
	if !names(l, u.Hostname()) {
		return missing("the url's host in the text")
	}
	return nil
}

// numbered tells if a form of page numbers takes two numbers and nothing else.
func numbered(form string) bool {
	return strings.Count(form, "%d") == 2 && strings.Count(form, "%") == 2
}

// names tells if the body of a letter holds the host, in ASCII or in the
// characters of its language.
func names(l *Letter, host string) bool {
	spellings := []string{host}
	if u, err := idna.ToUnicode(host); err == nil {
		spellings = append(spellings, u)
	}
	in := func(text string) bool {
		for _, h := range spellings {
			if strings.Contains(text, h) {
				return true
			}
		}
		return false
	}
	for _, s := range l.Steps {
		if in(s.Text) {
			return true
		}
	}
	for _, texts := range [][]string{l.Intro, l.After} {
		for _, t := range texts {
			if in(t) {
				return true
			}
		}
	}
	return false
}

// language tells if s looks like a language tag: the file repeats it unescaped.
func language(s string) bool {
	for _, r := range s {
		if r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return false
		}
	}
	return len(s) >= 2 && len(s) <= 35
}
