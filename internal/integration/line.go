package integration

import (
	"foyer/internal/integration/residentlist"
	"foyer/internal/platform/store"
)

// The objects that a row can decide about, as bits.
const (
	ownProperty = 1 << iota
	ownBuilding
	ownUnit
	ownLease
	ownPerson
)

// line is one row on its way through comparing and applying.
type line struct {
	place int32 // in the file; only while comparing
	group int   // rows about one unit have the same
	fresh int   // names the person of the file: row number of the first row about it
	seq   int   // in import_result; only while applying
	row   residentlist.Row
	raw   string // as it was staged

	reasons []Reason // why it is rejected
	notes   []Reason
	waits   *node[lease] // the missing lease whose end it waits for
	login   string       // of a registered person with another e-mail address than the list's

	property *node[property]
	building *node[building]
	unit     *node[unit]
	lease    *node[lease]
	person   *node[person]
	member   membership
	own      int      // bits of the objects it decides about
	changes  []Change // of these
	consent  bool     // the e-mail address and its consent are to be recorded

	announced int64  // digest of the announced changes; only while applying
	kind      string // new or changed, as announced
}

// reset makes the row as it was before it met a database, for another try.
func (l *line) reset() {
	l.reasons, l.notes, l.changes = nil, nil, nil
	l.waits, l.login, l.consent = nil, "", false
	l.property, l.building, l.unit, l.lease, l.person = nil, nil, nil, nil, nil
}

func (l *line) rejected() bool { return len(l.reasons) > 0 }

// reject notes why the row is not taken; the first reason decides.
func (l *line) reject(w *world, c residentlist.Column, key string, args ...any) {
	if !l.rejected() {
		l.reasons = append(l.reasons, w.reason(c, key, args...))
	}
}

func (l *line) note(w *world, c residentlist.Column, key string, args ...any) {
	l.notes = append(l.notes, w.reason(c, key, args...))
}

var (
	rowsBetween = store.Scoped(`SELECT row_no, data, problems FROM import_row WHERE org_id = $1 AND run_id = $2 AND row_no BETWEEN $3 AND $4`)
	rowsAt      = store.Scoped(`SELECT row_no, data, problems FROM import_row WHERE org_id = $1 AND run_id = $2 AND row_no IN ($3...)`)
)

// stagedRow is a row as it stands in import_row.
type stagedRow struct {
	no             int
	data, problems string
}

func (r *stagedRow) dest() []any { return []any{&r.no, &r.data, &r.problems} }

// fetch returns staged rows by row number. Rows that lie close together are
// read in one sweep.
func fetch(tx *store.Tx, run string, numbers []int) (map[int]stagedRow, error) {
	out := make(map[int]stagedRow, len(numbers))
	for len(numbers) > 0 {
		n := min(len(numbers), 1000)
		part := numbers[:n]
		first, last := part[0], part[0]
		for _, no := range part {
			first, last = min(first, no), max(last, no)
		}
		q, args := rowsBetween, []any{run, first, last}
		if last-first > 2*n {
			q, args = rowsAt, []any{run, store.Spread(part)}
		}
		rows, err := store.All(tx, q, (*stagedRow).dest, args...)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			out[r.no] = r
		}
		numbers = numbers[n:]
	}
	return out, nil
}
