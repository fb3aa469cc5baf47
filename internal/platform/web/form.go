package web

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"foyer/internal/platform/fault"
)

// Form is a posted form. Handlers name each field that they read; there is no
// binding by name, so nothing can be set that no handler asked for.
type Form struct{ values url.Values }

// NewForm makes a form of values, for tests.
func NewForm(v url.Values) Form { return Form{values: v} }

// Text returns a field's only value without surrounding space and control
// characters. A field that was sent twice counts as empty: which of the two
// was meant nobody knows (the reset of CVE-2023-7028 went to both).
func (f Form) Text(name string) string {
	return strings.TrimSpace(clean(f.only(name), false))
}

// Long returns a field of several lines; line breaks are "\n".
func (f Form) Long(name string) string {
	return strings.TrimSpace(clean(strings.ReplaceAll(f.only(name), "\r\n", "\n"), true))
}

// Raw returns a field's only value as it was sent, for passwords. NUL and
// broken UTF-8, which nobody can type, count as empty.
func (f Form) Raw(name string) string {
	if v := f.only(name); isText(v) {
		return v
	}
	return ""
}

func (f Form) only(name string) string {
	if v := f.values[name]; len(v) == 1 && utf8.ValidString(v[0]) {
		return v[0]
	}
	return ""
}

func isText(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// On tells whether a tick box is ticked.
func (f Form) On(name string) bool { return f.Raw(name) != "" }

// Has tells whether the field was sent at all.
func (f Form) Has(name string) bool { return len(f.values[name]) > 0 }

// List returns the values of a field that may come several times, at most 200,
// without those that are no text.
func (f Form) List(name string) []string {
	out := []string{}
	for _, v := range f.values[name] {
		if isText(v) && len(out) < 200 {
			out = append(out, v)
		}
	}
	return out
}

// Limit adds a complaint when the value is longer than max characters.
func Limit(e *fault.Invalid, name, value string, max int) {
	if utf8.RuneCountInString(value) > max {
		e.Add(name, "web.too_long", "max", max)
	}
}

func clean(s string, lines bool) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' && lines || r == '\t' {
			return r
		}
		if r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' || (r >= '\u202a' && r <= '\u202e') || (r >= '\u2066' && r <= '\u2069') {
			return -1
		}
		return r
	}, s)
}

// disposition is the header of a download with a name in any script: an ASCII
// fallback and the name in RFC 8187 form.
func disposition(name string) string {
	ascii := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(`"\/%;`, r) {
			return '-'
		}
		return r
	}, name)
	return `attachment; filename="` + ascii + `"; filename*=UTF-8''` + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
}

// maxFields bounds the text fields of a multipart form, and maxField one of
// them in bytes.
const (
	maxFields = 500
	maxField  = 64 << 10
)

// Multipart reads a form with files: each file goes to take as it arrives, in
// the order of the page, so that none is held in memory; a field without a
// chosen file is passed over. What take returns ends the reading. The answer is
// the form's text, which c.Form returns from then on. A form without files may
// also come without multipart.
func (c *Ctx) Multipart(take func(field string, file Upload) error) (Form, error) {
	if !strings.HasPrefix(c.R.Header.Get("Content-Type"), "multipart/") {
		return c.Form()
	}
	parts, err := c.R.MultipartReader()
	if err != nil {
		return Form{}, fault.Wrong("", "web.form_broken")
	}
	values := url.Values{}
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		var large *http.MaxBytesError
		switch {
		case errors.Is(err, io.EOF):
			c.form = Form{values: values}
			return c.form, nil
		case errors.As(err, &large):
			return Form{}, err
		case err != nil || n > 10*maxFields:
			return Form{}, fault.Wrong("", "web.form_broken")
		case part.FileName() != "":
			if err := take(part.FormName(), Upload{Name: clean(part.FileName(), false), Reader: part}); err != nil {
				return Form{}, err
			}
		case part.Header.Get("Content-Type") == "" && len(values) < maxFields:
			data, err := io.ReadAll(io.LimitReader(part, maxField+1))
			if errors.As(err, &large) {
				return Form{}, err
			}
			if err != nil || len(data) > maxField {
				return Form{}, fault.Wrong("", "web.form_broken")
			}
			values.Add(part.FormName(), string(data))
		}
	}
}

// Upload is a file on its way in. Read it to the end before answering.
type Upload struct {
	Name string // as the browser gave it: to show, never to use as a path
	io.Reader
}

// Upload returns the file of a multipart form's field. The fields before it
// are dropped; a form without a file fails with fault.Invalid at the field.
func (c *Ctx) Upload(field string) (Upload, error) {
	parts, err := c.R.MultipartReader()
	if err != nil {
		return Upload{}, fault.Wrong("", "web.form_broken")
	}
	for range 20 {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return Upload{}, err
		}
		if err != nil {
			return Upload{}, fault.Wrong("", "web.form_broken")
		}
		if part.FormName() == field && part.FileName() != "" {
			return Upload{Name: clean(part.FileName(), false), Reader: part}, nil
		}
	}
	return Upload{}, fault.Wrong(field, "web.file_missing")
}
