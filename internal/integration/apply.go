package integration

import (
	"context"
	"errors"
	"time"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

// silence is how long a run that writes may give no sign of life before
// another one may push it aside: longer than a job's lease.
const silence = 2 * time.Minute

var (
	startApply = store.Scoped(`UPDATE import_run SET state = 'applying', step = 'end', done = 0, end_missing = $3, limits = $4, counts = $5,
		applied_by = $6, applied_at = $7, worked_at = $7 WHERE org_id = $1 AND id = $2 AND state IN ('checked', 'stopped')`)
	continueApply = store.Scoped(`UPDATE import_run SET state = 'applying', worked_at = $3 WHERE org_id = $1 AND id = $2 AND state = 'stopped'`)
	stopRun       = store.Scoped(`UPDATE import_run SET state = 'stopped', worked_at = $3 WHERE org_id = $1 AND id = $2 AND state IN ('applying', 'undoing')`)
	appliedSome   = store.Scoped(`UPDATE import_run SET step = $5, position = $4, done = $6, counts = $7, worked_at = $8
		WHERE org_id = $1 AND id = $2 AND state = 'applying' AND position = $3`)
	finishApply = store.Scoped(`UPDATE import_run SET state = 'applied', step = '', done = 1000, worked_at = $3 WHERE org_id = $1 AND id = $2 AND state = 'applying'`)
	nextResults = store.Scoped(`SELECT q.seq, q.row_no, q.grp, q.kind, q.fresh, q.own, q.sig, CASE WHEN q.data = '' THEN w.data ELSE q.data END
		FROM import_result q JOIN import_row w ON w.org_id = q.org_id AND w.run_id = q.run_id AND w.row_no = q.row_no
		WHERE q.org_id = $1 AND q.run_id = $2 AND q.seq > $3 AND (q.state IN ('new', 'changed') OR $4 AND q.state = 'waits') ORDER BY q.seq LIMIT $5`)
	refuseRow   = store.Scoped(`UPDATE import_result SET state = 'rejected', problems = $4 WHERE org_id = $1 AND run_id = $2 AND seq = $3`)
	insertBatch = store.Scoped(`INSERT INTO import_batch (org_id, run_id, n, data) VALUES ($1, $2, $3, $4)`)
	lastBatch   = store.Scoped(`SELECT coalesce(max(n), 0) FROM import_batch WHERE org_id = $1 AND run_id = $2`)
)

// Apply lets a job write the good rows of a checked run, and end what is
// missing in a whole list when endMissing is true. A run that was stopped goes
// on where it was. While another run of the organisation writes it is a
// Conflict.
func (s *Service) Apply(ctx context.Context, by actor.Actor, id string, endMissing bool) error {
	err := s.write(ctx, by, func(tx *store.Tx) error {
		if err := s.beginApply(tx, by, id, endMissing); err != nil {
			return err
		}
		return enqueue(tx, s.now(), applyJob, id)
	})
	if store.IsUnique(err) {
		return fault.Conflicting("import.run.other_writes")
	}
	return err
}

// beginApply moves a run from checked to applying.
func (s *Service) beginApply(tx *store.Tx, by actor.Actor, id string, endMissing bool) error {
	r, err := mine(tx, by, id)
	if err != nil {
		return err
	}
	if err := s.clearWay(tx); err != nil {
		return err
	}
	now := s.now()
	if r.State == Stopped && r.Step != "undo" {
		return moved(store.Exec(tx, continueApply, id, store.Micros(now)))
	}
	if r.State != Checked {
		return fault.Conflicting("import.run.moved_on")
	}
	limits := ""
	switch {
	case by.Limited(): // they may have changed since the list was handed in
		limits = encode(append([]string{}, by.Properties()...))
	case r.limited:
		limits = encode(append([]string{}, r.limits...))
	}
	n := r.Counts
	endMissing = endMissing && r.Complete
	if endMissing {
		n.New, n.Changed = n.New+n.WaitingNew, n.Changed+n.WaitingChanged
		n.WaitingNew, n.WaitingChanged = 0, 0
	}
	if _, err := store.Exec(tx, startApply, id, endMissing, limits, encode(n), by.Label(), store.Micros(now)); err != nil {
		return err
	}
	return audit.Note(tx, now, by, "import.apply", "import:"+id, map[string]any{"rows": n.New + n.Changed, "end_missing": endMissing})
}

// clearWay refuses while another run writes, and stops one that is silent.
func (s *Service) clearWay(tx *store.Tx) error {
	row, err := store.Get(tx, writingRun, (*runRow).dest)
	if errors.Is(err, store.ErrNoRow) {
		return nil
	}
	if err != nil {
		return err
	}
	if s.now().Sub(store.Time(row.workedAt)) < silence {
		return fault.Conflicting("import.run.other_writes")
	}
	_, err = store.Exec(tx, stopRun, row.r.ID, store.Micros(s.now()))
	return err
}

// runApply is the job behind Apply.
func (s *Service) runApply(ctx context.Context, by actor.Actor, id string) error {
	a := applying{s: s, by: by, id: id}
	for {
		done, err := a.step(ctx)
		if errors.Is(err, errMoved) {
			return nil
		}
		if done || err != nil {
			return err
		}
		s.between()
	}
}

// applying is one job's view of a run that is applied.
type applying struct {
	s    *Service
	by   actor.Actor
	id   string
	top  int      // highest seq
	bare settings // what the database had without references at the start
	warm bool
	size int // rows at once; shrinks when a batch meets an unexpected conflict
}

// step does the next piece of work in one transaction.
func (a *applying) step(ctx context.Context) (done bool, err error) {
	size := max(a.size, 1)
	if a.size == 0 {
		size = batchSize
	}
	err = a.s.write(ctx, a.by, func(tx *store.Tx) error {
		r, err := load(tx, a.id)
		if err != nil {
			return err
		}
		if r.State != Applying {
			return errMoved
		}
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		if r.Step == "end" {
			done = false
			return a.s.applyEndings(tx, r, o.Today(a.s.now()))
		}
		done, err = a.rows(tx, r, o, size)
		return err
	})
	if store.IsUnique(err) && size > 1 {
		// Two rows want the same reference in a way that comparing did not
		// foresee: smaller batches find out which.
		a.size = size / 8
		return false, nil
	}
	if store.IsUnique(err) {
		return false, a.refuseNext(ctx)
	}
	if err == nil {
		a.size = 0
	}
	return done, err
}

func (s *Service) applyEndings(tx *store.Tx, r Run, today string) error {
	next := "apply"
	if r.EndMissing {
		b, done, err := s.endSome(tx, &r, today)
		if err != nil {
			return err
		}
		if err := s.remember(tx, r.ID, b); err != nil {
			return err
		}
		if !done {
			next = "end"
		}
	}
	return moved(store.Exec(tx, appliedSome, r.ID, r.position, r.position, next, 0, encode(r.Counts), store.Micros(s.now())))
}

// remember keeps a batch for Undo.
func (s *Service) remember(tx *store.Tx, run string, b *batch) error {
	if b.empty() {
		return nil
	}
	n, err := store.Value[int](tx, lastBatch, run)
	if err != nil {
		return err
	}
	_, err = store.Exec(tx, insertBatch, run, n+1, encode(b))
	return err
}

// nextLines reads the next rows to apply: about size of them, whole units.
func (a *applying) nextLines(tx *store.Tx, r Run, size int) (lines []*line, err error) {
	type stored struct {
		l    line
		no   int
		sig  int64
		data string
	}
	rows, err := store.All(tx, nextResults, func(q *stored) []any {
		return []any{&q.l.seq, &q.no, &q.l.group, &q.l.kind, &q.l.fresh, &q.l.own, &q.sig, &q.data}
	}, r.ID, r.position, r.EndMissing, size+groupRows)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		q := &rows[i]
		if len(lines) >= size && q.l.group != lines[len(lines)-1].group {
			break
		}
		if q.l.row, err = unpack(q.no, q.data); err != nil {
			return nil, err
		}
		q.l.announced = q.sig
		lines = append(lines, &q.l)
	}
	return lines, nil
}

// rows applies the next rows: it plans them again and writes those whose plan
// is still the announced one.
func (a *applying) rows(tx *store.Tx, r Run, o orgs.Org, size int) (done bool, err error) {
	lines, err := a.nextLines(tx, r, size)
	if err != nil {
		return false, err
	}
	now := a.s.now()
	if len(lines) == 0 {
		if err := moved(store.Exec(tx, finishApply, r.ID, store.Micros(now))); err != nil {
			return false, err
		}
		return true, audit.Note(tx, now, a.by, "import.applied", "import:"+r.ID, map[string]any{"new": r.Counts.New, "changed": r.Counts.Changed, "ended": r.Counts.Ended})
	}
	w, err := a.world(tx, r, o)
	if err != nil {
		return false, err
	}
	if err := w.load(tx, lines); err != nil {
		return false, err
	}
	replan(w, lines)
	b := &batch{}
	b.collect(w, lines)
	if err := b.nameProperties(tx, w, lines); err != nil {
		return false, err
	}
	if err := b.write(tx, now); err != nil {
		return false, err
	}
	if err := b.recordConsents(tx, now, w, a.by, lines, a.s.texts.Printer(o.Language()).T("import.consent_wording", "file", r.Name)); err != nil {
		return false, err
	}
	if err := a.s.remember(tx, r.ID, b); err != nil {
		return false, err
	}
	if err := refuse(tx, &r, lines); err != nil {
		return false, err
	}
	last := lines[len(lines)-1].seq
	if a.top == 0 {
		if a.top, err = store.Value[int](tx, topResult, r.ID); err != nil {
			return false, err
		}
	}
	return false, moved(store.Exec(tx, appliedSome, r.ID, r.position, last, "apply", last*1000/max(a.top, 1), encode(r.Counts), store.Micros(now)))
}

// world is an empty world for a batch; what is true for the whole run is asked
// once.
func (a *applying) world(tx *store.Tx, r Run, o orgs.Org) (*world, error) {
	if !a.warm {
		set, err := a.s.settings(tx, a.by, r, o)
		if err != nil {
			return nil, err
		}
		set.complete = false // what was to end has ended; nothing waits any more
		a.bare, a.warm = set, true
	}
	return newWorld(a.bare), nil
}

// refuse writes down the reasons of the rows that were not applied after all.
func refuse(tx *store.Tx, r *Run, lines []*line) error {
	for _, l := range lines {
		if !l.rejected() {
			continue
		}
		if _, err := store.Exec(tx, refuseRow, r.ID, l.seq, encode(l.reasons)); err != nil {
			return err
		}
		r.Counts.Rejected++
		if l.kind == "new" {
			r.Counts.New--
		} else {
			r.Counts.Changed--
		}
	}
	return nil
}

// refuseNext refuses the one row that the database does not take.
func (a *applying) refuseNext(ctx context.Context) error {
	return a.s.write(ctx, a.by, func(tx *store.Tx) error {
		r, err := load(tx, a.id)
		if err != nil {
			return err
		}
		lines, err := a.nextLines(tx, r, 1)
		if err != nil || len(lines) == 0 {
			return err
		}
		w := newWorld(settings{mapping: r.Mapping})
		for _, l := range lines {
			l.reject(w, "", KeyStale)
		}
		if err := refuse(tx, &r, lines); err != nil {
			return err
		}
		last := lines[len(lines)-1].seq
		return moved(store.Exec(tx, appliedSome, r.ID, r.position, last, "apply", r.Done, encode(r.Counts), store.Micros(a.s.now())))
	})
}

// giveUp marks a run whose job has failed for the last time.
func (s *Service) giveUp(ctx context.Context, by actor.Actor, id string) error {
	return s.write(ctx, by, func(tx *store.Tx) error {
		now := store.Micros(s.now())
		if _, err := store.Exec(tx, stopRun, id, now); err != nil {
			return err
		}
		_, err := store.Exec(tx, failRun, id, encode(Reason{Key: "import.run.gave_up"}), now)
		return err
	})
}
