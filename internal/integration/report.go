package integration

import (
	"context"
	"strings"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// Line is one row of the file that is new, changed or rejected.
type Line struct {
	Row     int    // as a spreadsheet shows it
	State   string // LineNew, LineChanged, LineRejected or LineWaits
	Place   string // the unit: "Ahornallee 12 · Whg 3"
	Who     string // the person
	Changes []Change
	Reasons []Reason // why it was rejected or waits
}

// The states of lines.
const (
	LineNew      = "new"
	LineChanged  = "changed"
	LineRejected = "rejected"
	LineWaits    = "waits" // for the end of a lease that is missing in a whole list
)

var (
	linesOf = store.Scoped(`SELECT row_no, state, place, who, changes, problems FROM import_result
		WHERE org_id = $1 AND run_id = $2 AND state = $3 ORDER BY row_no LIMIT $4 OFFSET $5`)
	linesAfter = store.Scoped(`SELECT row_no, state, place, who, changes, problems FROM import_result
		WHERE org_id = $1 AND run_id = $2 AND state = $3 AND row_no > $4 ORDER BY row_no LIMIT $5`)
	notesOf = store.Scoped(`SELECT row_no, person_id, place, who, problem FROM import_note
		WHERE org_id = $1 AND run_id = $2 AND kind = $3 ORDER BY row_no, n LIMIT $4 OFFSET $5`)
	endingsOf = store.Scoped(`SELECT lease_id, person_id, whole, ends_on, place, who, state FROM import_ending
		WHERE org_id = $1 AND run_id = $2 ORDER BY place, lease_id, person_id LIMIT $3 OFFSET $4`)
	keptOf = store.Scoped(`SELECT kind, object_id, label, reason FROM import_kept WHERE org_id = $1 AND run_id = $2 ORDER BY kind, label, object_id LIMIT $3 OFFSET $4`)
)

type lineRow struct {
	l                 Line
	changes, problems string
}

func (r *lineRow) dest() []any {
	return []any{&r.l.Row, &r.l.State, &r.l.Place, &r.l.Who, &r.changes, &r.problems}
}

func (r lineRow) line() (l Line, err error) {
	l = r.l
	if l.Changes, err = decode[[]Change](r.changes); err == nil {
		l.Reasons, err = decodeReasons(r.problems)
	}
	return l, err
}

func allLines(tx *store.Tx, q store.Query, args ...any) ([]Line, error) {
	rows, err := store.All(tx, q, (*lineRow).dest, args...)
	if err != nil {
		return nil, err
	}
	out := make([]Line, len(rows))
	for i, r := range rows {
		if out[i], err = r.line(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Lines returns rows of a run in one state, by row number, at most limit from
// offset on.
func (s *Service) Lines(ctx context.Context, by actor.Actor, id, state string, offset, limit int) (out []Line, err error) {
	err = s.look(ctx, by, id, func(tx *store.Tx) error {
		out, err = allLines(tx, linesOf, id, state, limit, offset)
		return err
	})
	return out, err
}

// look reads from a run that the actor may see.
func (s *Service) look(ctx context.Context, by actor.Actor, id string, fn func(tx *store.Tx) error) error {
	return s.read(ctx, by, func(tx *store.Tx) error {
		if _, err := mine(tx, by, id); err != nil {
			return err
		}
		return fn(tx)
	})
}

// Note is a warning about an accepted row, or another e-mail address for a
// registered person.
type Note struct {
	Row      int
	PersonID string // of a conflict
	Place    string
	Who      string
	Reason   Reason
}

// Warnings and Conflicts return what there is to look at in the accepted rows.
// A conflict is not a warning here.
func (s *Service) Warnings(ctx context.Context, by actor.Actor, id string, offset, limit int) ([]Note, error) {
	return s.notesOf(ctx, by, id, "warning", offset, limit)
}

// Conflicts returns the registered persons for whom the list has another e-mail
// address than their login. Nothing was changed: the resident decides.
func (s *Service) Conflicts(ctx context.Context, by actor.Actor, id string, offset, limit int) ([]Note, error) {
	return s.notesOf(ctx, by, id, "conflict", offset, limit)
}

func (s *Service) notesOf(ctx context.Context, by actor.Actor, id, kind string, offset, limit int) (out []Note, err error) {
	type noteRow struct {
		n    Note
		text string
	}
	err = s.look(ctx, by, id, func(tx *store.Tx) error {
		rows, err := store.All(tx, notesOf, func(r *noteRow) []any { return []any{&r.n.Row, &r.n.PersonID, &r.n.Place, &r.n.Who, &r.text} }, id, kind, limit, offset)
		if err != nil {
			return err
		}
		out = make([]Note, len(rows))
		for i, r := range rows {
			list, err := decodeReasons("[" + r.text + "]")
			if err != nil {
				return err
			}
			out[i] = r.n
			out[i].Reason = list[0]
		}
		return nil
	})
	return out, err
}

// Ending is somebody who is in a lease of the list's properties, but not in the
// list, which is whole.
type Ending struct {
	LeaseID  string
	PersonID string // "" = a lease in which nobody is
	Whole    bool   // the lease is missing, not only the person
	EndsOn   string // last day, if it is ended
	Place    string
	Who      string
	State    string // found, ended, or refused because it was changed since the check
}

// Endings returns who is missing in a whole list, by unit.
func (s *Service) Endings(ctx context.Context, by actor.Actor, id string, offset, limit int) (out []Ending, err error) {
	err = s.look(ctx, by, id, func(tx *store.Tx) error {
		out, err = store.All(tx, endingsOf, func(e *Ending) []any {
			return []any{&e.LeaseID, &e.PersonID, &e.Whole, &e.EndsOn, &e.Place, &e.Who, &e.State}
		}, id, limit, offset)
		return err
	})
	return out, err
}

// Kept is an object that stayed when its import was undone.
type Kept struct {
	Kind   string // property, building, unit, lease, person or membership
	ID     string
	Label  string
	Day    string // first day of a lease, "" for others
	Reason string // KeptInUse, KeptChanged or KeptOverlap
}

// Fix is the text key of what to do about it.
func (k Kept) Fix() string {
	if k.Reason != KeptInUse {
		return k.Reason + ".fix"
	}
	switch k.Kind {
	case "person", "membership", "lease":
		return KeptInUse + "." + k.Kind + ".fix"
	}
	return KeptInUse + ".place.fix"
}

// Kept returns what undoing a run had to leave.
func (s *Service) Kept(ctx context.Context, by actor.Actor, id string, offset, limit int) (out []Kept, err error) {
	err = s.look(ctx, by, id, func(tx *store.Tx) error {
		out, err = store.All(tx, keptOf, func(k *Kept) []any { return []any{&k.Kind, &k.ID, &k.Label, &k.Reason} }, id, limit, offset)
		return err
	})
	for i, k := range out { // leaseLabel wrote "Whg 3 · 2026-12-01"
		at := strings.LastIndex(k.Label, labelDay)
		if k.Kind == "lease" && at >= 0 && portfolio.ValidDay(k.Label[at+len(labelDay):]) {
			out[i].Label, out[i].Day = k.Label[:at], k.Label[at+len(labelDay):]
		}
	}
	return out, err
}
