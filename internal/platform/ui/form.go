package ui

import (
	"bytes"
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"

	"foyer/internal/platform/fault"
	"foyer/internal/platform/i18n"
)

// FormProps is a form. It always works without script: method POST unless Get
// is set, answered by 303 or by the same page with complaints.
type FormProps struct {
	ID     string
	Action string
	Get    bool
	// Prefix starts the ids of the fields, "f" when empty: a page with two forms
	// gives one of them another. The field "email" has the id "f-email".
	Prefix string
	// Invalid holds the complaints about what was sent; nil when there are none.
	// The form lists them on top, linked to its fields, and each field shows its
	// own.
	Invalid   *fault.Invalid
	Key       string // idempotency key, sent as "_key"; none when empty
	Multipart bool   // has a FileInput
	InSheet   bool   // is the body of a Sheet
	Label     string // aria-label, when no heading says what the form is for
	// After is for a form that is answered by a file: the page to go to once the
	// file is saved, because this one is then out of date. Without script the
	// page stays.
	After string
	// Uploads is for a form with a field for many files: with script each is sent
	// by itself, and the page goes on to Done. The text tells how far it is
	// ("{done}", "{all}"), Failed which files did not arrive ("{names}").
	Uploads, Failed, Done string
	HX                    HX
}

// KeyField is the name under which a form sends its idempotency key.
const KeyField = "_key"

// formState is what a form knows while its fields are drawn.
type formState struct {
	prefix  string
	invalid *fault.Invalid
	labels  []Problem // fields in drawing order: ID and Label
	names   []string
}

type formKey struct{}

// Problem is one complaint of an ErrorSummary: the id of the field it leads to
// (empty for the whole form), the field's label, the sentence.
type Problem struct{ ID, Label, Text string }

// stateOf returns the form around a field; a zero state outside of forms.
func stateOf(ctx context.Context) *formState {
	if s, ok := ctx.Value(formKey{}).(*formState); ok {
		return s
	}
	return &formState{prefix: "f"}
}

// register notes a field for the summary and returns its id and complaint.
func register(ctx context.Context, id, name, label, complaint string) (string, string) {
	s := stateOf(ctx)
	if id == "" {
		id = s.prefix + "-" + ident(name)
	}
	if complaint == "" {
		complaint = Complaint(ctx, s.invalid, name)
	}
	s.labels = append(s.labels, Problem{ID: id, Label: label})
	s.names = append(s.names, name)
	return id, complaint
}

// Complaint is the sentence about the field name, empty when there is none.
func Complaint(ctx context.Context, inv *fault.Invalid, name string) string {
	if inv == nil {
		return ""
	}
	for _, f := range inv.Fields {
		if f.Name == name {
			return i18n.T(ctx, f.Key, f.Args...)
		}
	}
	return ""
}

// problems are the complaints in the order of the fields, then those that
// belong to no field that was drawn.
func (s *formState) problems(ctx context.Context) []Problem {
	if s.invalid == nil {
		return nil
	}
	var list []Problem
	drawn := map[string]bool{}
	for i, l := range s.labels {
		if drawn[s.names[i]] {
			continue
		}
		drawn[s.names[i]] = true
		if text := Complaint(ctx, s.invalid, s.names[i]); text != "" {
			list = append(list, Problem{ID: l.ID, Label: l.Label, Text: text})
		}
	}
	for _, f := range s.invalid.Fields {
		if !drawn[f.Name] {
			list = append(list, Problem{Text: i18n.T(ctx, f.Key, f.Args...)})
		}
	}
	return list
}

// Form draws a form around its fields. The fields are drawn first, so that the
// summary on top can lead to each of them.
func Form(p FormProps) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		state := &formState{prefix: p.Prefix, invalid: p.Invalid}
		if state.prefix == "" {
			state.prefix = "f"
		}
		fields := templ.GetChildren(ctx)
		inner := context.WithValue(templ.ClearChildren(ctx), formKey{}, state)
		var buf bytes.Buffer
		if err := fields.Render(inner, &buf); err != nil {
			return err
		}
		drawn := templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
			_, err := w.Write(buf.Bytes())
			return err
		})
		return form(p, state.problems(ctx)).Render(templ.WithChildren(ctx, drawn), w)
	})
}

// ident makes a name fit for an id: letters, digits, hyphens.
func ident(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '-'
	}, name)
}

// busyText is what a button says while its form is being sent.
func busyText(ctx context.Context, text string) string {
	if text != "" {
		return text
	}
	return i18n.T(ctx, "ui.busy")
}

// describedBy joins the ids of hint and complaint.
func describedBy(id string, hint, complaint bool) string {
	switch {
	case hint && complaint:
		return id + "-h " + id + "-e"
	case hint:
		return id + "-h"
	case complaint:
		return id + "-e"
	}
	return ""
}
