package fault

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrNotFound says that a thing does not exist, or that the actor may not know
// that it does.
var ErrNotFound = errors.New("not found")

// ErrDenied says that the actor knows the thing but lacks the right. On a
// foreign object web answers it like ErrNotFound.
var ErrDenied = errors.New("denied")

// ErrUnavailable says that a part of the machine is down or full: the same
// request may succeed later.
var ErrUnavailable = errors.New("unavailable")

// ErrGone says that a link was good once and has run out.
var ErrGone = errors.New("gone")

// NotFound returns an ErrNotFound that names what was looked for. The name is
// a noun of the domain ("property"), never personal data.
func NotFound(what string) error { return fmt.Errorf("%s: %w", what, ErrNotFound) }

// Denied returns an ErrDenied that names the missing right or rule.
func Denied(why string) error { return fmt.Errorf("%s: %w", why, ErrDenied) }

// Unavailable wraps the cause of an outage.
func Unavailable(cause error) error { return fmt.Errorf("%w: %w", ErrUnavailable, cause) }

// Gone returns an ErrGone that names what has run out.
func Gone(what string) error { return fmt.Errorf("%s: %w", what, ErrGone) }

// Field is one wrong input: the form field's name and the catalogue key of the
// sentence that tells the person what to do. Args are alternating placeholder
// names and values for that sentence.
type Field struct {
	Name string
	Key  string
	Args []any
}

// Invalid says that input was wrong. A Field with an empty Name concerns the
// whole form.
type Invalid struct{ Fields []Field }

// Error lists field names and keys, never the values that were typed.
func (e *Invalid) Error() string {
	parts := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		parts[i] = f.Name + ":" + f.Key
	}
	return "invalid: " + strings.Join(parts, ", ")
}

// Add appends a wrong field.
func (e *Invalid) Add(name, key string, args ...any) {
	e.Fields = append(e.Fields, Field{Name: name, Key: key, Args: args})
}

// Err returns e as an error, or nil when no field is wrong.
func (e *Invalid) Err() error {
	if e == nil || len(e.Fields) == 0 {
		return nil
	}
	return e
}

// Wrong returns an Invalid with one field.
func Wrong(name, key string, args ...any) error {
	return &Invalid{Fields: []Field{{Name: name, Key: key, Args: args}}}
}

// AsInvalid finds an Invalid in the chain of err, or nil.
func AsInvalid(err error) *Invalid {
	var e *Invalid
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// Conflict says that the state changed meanwhile: somebody was faster, or the
// step was done already. Key is the catalogue key of the sentence to show.
type Conflict struct {
	Key  string
	Args []any
}

// Error names the key.
func (e *Conflict) Error() string { return "conflict: " + e.Key }

// Conflicting returns a Conflict.
func Conflicting(key string, args ...any) error { return &Conflict{Key: key, Args: args} }

// TooMany says that the same party tried too often. After tells when the next
// try makes sense.
type TooMany struct{ After time.Duration }

// Error names the waiting time.
func (e *TooMany) Error() string { return "too many attempts, retry after " + e.After.String() }

// Wrap adds what was attempted to *err, if there is an error. Use it deferred:
//
//	defer fault.Wrap(&err, "release property %s", id)
func Wrap(err *error, format string, args ...any) {
	if *err != nil {
		*err = fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), *err)
	}
}
