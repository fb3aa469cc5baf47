package integration

import (
	"context"
	"errors"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

var (
	startApply = store.Scoped(`UPDATE import_run SET state = 'applying', step = 'end', done = 0, end_missing = $3, limits = $4, counts = $5,
		applied_by = $6, applied_at = $7, worked_at = $7 WHERE org_id = $1 AND id = $2 AND state IN ('checked', 'stopped')`)
	continueApply = store.Scoped(`UPDATE import_run SET state = 'applying', worked_at = $3 WHERE org_id = $1 AND id = $2 AND state = 'stopped'`)
	appliedSome   = store.Scoped(`UPDATE import_run SET step = $5, position = $4, done = $6, counts = $7, worked_at = $8
		WHERE org_id = $1 AND id = $2 AND state = 'applying' AND position = $3`)
	finishApply = store.Scoped(`UPDATE import_run SET state = 'applied', step = '', done = 1000, worked_at = $3 WHERE org_id = $1 AND id = $2 AND state = 'applying'`)
	nextResults = store.Scoped(`SELECT seq, row_no, grp, kind, fresh, own, sig, data FROM import_result
		WHERE org_id = $1 AND run_id = $2 AND seq > $3 AND (state IN ('new', 'changed') OR $4 AND state = 'waits')
		AND ($5 = 0 OR grp = $5 AND seq <= $6) ORDER BY seq LIMIT $7`)
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
		return fault.Conflicting(OtherWrites)
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
	if _, err := store.Exec(tx, dropHold, id); err != nil { // of a command that died long ago
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

// runApply is the job behind Apply.
func (s *Service) runApply(ctx context.Context, by actor.Actor, id string) error {
	a := applying{s: s, by: by}
	err := s.read(ctx, by, func(tx *store.Tx) (err error) {
		if a.run, err = load(tx, id); err != nil {
			return err
		}
		a.org, err = orgs.Load(tx)
		return err
	})
	if err == nil && a.run.State == Applying {
		if err = a.endings(ctx); err == nil {
			err = a.rows(ctx)
		}
	}
	if errors.Is(err, errMoved) {
		return nil
	}
	return err
}

// applying is one worker's view of a run that is applied. Each transaction
// checks that nobody else has moved the run on.
type applying struct {
	s   *Service
	by  actor.Actor
	run Run
	org orgs.Org
	set settings
	top int // highest seq
}

// endings ends what is missing, where that was asked for.
func (a *applying) endings(ctx context.Context) error {
	for a.run.Step == "end" {
		var r Run
		err := a.s.write(ctx, a.by, func(tx *store.Tx) (err error) {
			r = a.run
			r.Step, err = a.s.applyEndings(tx, &r, a.org.Today(a.s.now()))
			return err
		})
		if err != nil {
			return err
		}
		a.run = r
		a.s.between()
	}
	return nil
}

// rows applies all rows. While one batch is written the next is read.
func (a *applying) rows(ctx context.Context) error {
	err := a.s.read(ctx, a.by, func(tx *store.Tx) (err error) {
		if a.set, err = a.s.settings(tx, a.by, a.run, a.org); err != nil {
			return err
		}
		a.set.complete = false // what was to end has ended; nothing waits any more
		a.top, err = store.Value[int](tx, topResult, a.run.ID)
		return err
	})
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ahead := make(chan parcelOfLines, 1)
	go a.readAhead(ctx, a.run.position, ahead)
	for p := range ahead {
		if p.err != nil {
			return p.err
		}
		if err := a.apply(ctx, p.lines); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return a.finish(ctx)
}

type parcelOfLines struct {
	lines []*line
	err   error
}

// readAhead sends the rows behind a position, batch by batch, and closes out.
func (a *applying) readAhead(ctx context.Context, position int, out chan<- parcelOfLines) {
	defer close(out)
	for {
		var p parcelOfLines
		p.err = a.s.read(ctx, a.by, func(tx *store.Tx) (err error) {
			p.lines, err = a.nextLines(tx, position)
			return err
		})
		if len(p.lines) == 0 && p.err == nil {
			return
		}
		select {
		case out <- p:
		case <-ctx.Done():
			return
		}
		if p.err != nil {
			return
		}
		position = p.lines[len(p.lines)-1].seq
	}
}

// nextLines reads the rows behind a position: a batch of whole units.
func (a *applying) nextLines(tx *store.Tx, position int) (lines []*line, err error) {
	type stored struct {
		seq, no, group, fresh, own int
		sig                        int64
		kind, data                 string
	}
	dest := func(q *stored) []any {
		return []any{&q.seq, &q.no, &q.group, &q.kind, &q.fresh, &q.own, &q.sig, &q.data}
	}
	rows, err := store.All(tx, nextResults, dest, a.run.ID, position, a.run.EndMissing, 0, 0, a.s.rows)
	if err != nil {
		return nil, err
	}
	if len(rows) == a.s.rows { // the rest of the last unit
		last := rows[len(rows)-1]
		rest, err := store.All(tx, nextResults, dest, a.run.ID, last.seq, a.run.EndMissing, last.group, last.seq+groupRows, groupRows)
		if err != nil {
			return nil, err
		}
		rows = append(rows, rest...)
	}
	var numbers []int
	for _, q := range rows {
		if q.data == "" {
			numbers = append(numbers, q.no)
		}
	}
	staged, err := fetch(tx, a.run.ID, numbers)
	if err != nil {
		return nil, err
	}
	for _, q := range rows {
		l := &line{seq: q.seq, group: q.group, fresh: q.fresh, own: q.own, announced: q.sig, kind: q.kind}
		if q.data == "" {
			q.data = staged[q.no].data
		}
		if l.row, err = unpack(q.no, q.data); err != nil {
			return nil, err
		}
		lines = append(lines, l)
	}
	return lines, nil
}

// apply writes a batch. Where the database refuses two rows that want the same
// reference in a way that comparing did not foresee, halves find out which.
func (a *applying) apply(ctx context.Context, lines []*line) error {
	err := a.batch(ctx, lines, nil)
	if err == nil {
		a.s.between()
	}
	if !store.IsUnique(err) {
		return err
	}
	groups := byGroup(lines)
	if len(groups) == 1 {
		return a.batch(ctx, lines, &Reason{Key: KeyStale})
	}
	half := 0
	for _, g := range groups[:len(groups)/2] {
		half += len(g)
	}
	if err := a.apply(ctx, lines[:half]); err != nil {
		return err
	}
	return a.apply(ctx, lines[half:])
}

// batch plans rows again and writes those whose plan is still the announced
// one, all in one transaction. With a reason it refuses them all.
func (a *applying) batch(ctx context.Context, lines []*line, why *Reason) error {
	var r Run
	err := a.s.write(ctx, a.by, func(tx *store.Tx) error {
		r = a.run
		r.position = lines[len(lines)-1].seq
		w := newWorld(a.set)
		for _, l := range lines {
			l.reset()
			if why != nil {
				l.reasons = []Reason{*why}
			}
		}
		if why == nil {
			if err := a.change(tx, w, lines); err != nil {
				return err
			}
		}
		if err := refuse(tx, &r, lines); err != nil {
			return err
		}
		return moved(store.Exec(tx, appliedSome, r.ID, a.run.position, r.position, "apply", r.position*1000/max(a.top, 1), encode(r.Counts), store.Micros(a.s.now())))
	})
	if err == nil {
		a.run = r
	}
	return err
}

func (a *applying) change(tx *store.Tx, w *world, lines []*line) error {
	if err := w.load(tx, lines); err != nil {
		return err
	}
	replan(w, lines)
	b := &batch{}
	b.collect(w, lines)
	if err := b.nameProperties(tx, w, lines); err != nil {
		return err
	}
	now := a.s.now()
	if err := b.write(tx, now); err != nil {
		return err
	}
	wording := a.s.texts.Printer(a.org.Language()).T("import.consent_wording", "file", a.run.Name)
	if err := b.recordConsents(tx, now, w, a.by, lines, wording); err != nil {
		return err
	}
	return a.s.remember(tx, a.run.ID, b)
}

func (a *applying) finish(ctx context.Context) error {
	// Before the run is done, so that a broken one confirms when it goes on.
	if err := a.s.contacts.ConfirmCarried(ctx, a.by); err != nil {
		return err
	}
	return a.s.write(ctx, a.by, func(tx *store.Tx) error {
		now := a.s.now()
		if err := moved(store.Exec(tx, finishApply, a.run.ID, store.Micros(now))); err != nil {
			return err
		}
		n := a.run.Counts
		return audit.Note(tx, now, a.by, "import.applied", "import:"+a.run.ID, map[string]any{"new": n.New, "changed": n.Changed, "ended": n.Ended})
	})
}

// applyEndings ends the next missing leases and persons and returns the step
// that follows.
func (s *Service) applyEndings(tx *store.Tx, r *Run, today string) (next string, err error) {
	next = "apply"
	if r.EndMissing {
		b, done, err := s.endSome(tx, r, today)
		if err != nil {
			return "", err
		}
		if err := s.remember(tx, r.ID, b); err != nil {
			return "", err
		}
		if !done {
			next = "end"
		}
	}
	return next, moved(store.Exec(tx, appliedSome, r.ID, r.position, r.position, next, 0, encode(r.Counts), store.Micros(s.now())))
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
