package integration

import (
	"context"
	"errors"
	"time"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
)

var (
	topResult    = store.Scoped(`SELECT coalesce(max(seq), 0) FROM import_result WHERE org_id = $1 AND run_id = $2`)
	dropResults  = store.Scoped(`DELETE FROM import_result WHERE org_id = $1 AND run_id = $2 AND seq <= $3`)
	dropNotes    = store.Scoped(`DELETE FROM import_note WHERE org_id = $1 AND run_id = $2 AND n >= $3`)
	dropEndings  = store.Scoped(`DELETE FROM import_ending WHERE org_id = $1 AND run_id = $2`)
	insertResult = store.Scoped(`INSERT INTO import_result (org_id, run_id, seq, row_no, grp, state, kind, fresh, own, sig, data, place, who, changes, problems) VALUES $rows`)
	alive        = store.Scoped(`UPDATE import_run SET done = $4, worked_at = $5 WHERE org_id = $1 AND id = $2 AND state = $3`)
	finishCheck  = store.Scoped(`UPDATE import_run SET state = 'checked', step = '', done = 0, counts = $3, checked_at = $4, worked_at = $4
		WHERE org_id = $1 AND id = $2 AND state = 'checking'`)
)

// comparedNote is the first number of the notes that comparing makes.
const comparedNote = 100

// runCheck is the job behind Check. Reading goes on where it stopped, comparing
// starts again: it writes nothing that counts.
func (s *Service) runCheck(ctx context.Context, by actor.Actor, id string) error {
	var r Run
	var o orgs.Org
	err := s.read(ctx, by, func(tx *store.Tx) (err error) {
		if r, err = load(tx, id); err != nil {
			return err
		}
		o, err = orgs.Load(tx)
		return err
	})
	if err != nil || r.State != Checking {
		return err
	}
	if r.Step == "read" {
		err = s.stage(ctx, by, &r, o)
	}
	if err == nil && r.State == Checking {
		err = s.compare(ctx, by, r, o)
	}
	if errors.Is(err, errMoved) {
		return nil
	}
	return err
}

// settings are what holds for a run now.
func (s *Service) settings(tx *store.Tx, by actor.Actor, r Run, o orgs.Org) (settings, error) {
	now := s.now()
	set := settings{run: r.ID, mapping: r.Mapping, complete: r.Complete, endMissing: r.EndMissing, limited: r.limited, limits: map[string]bool{},
		today: o.Today(now), tomorrow: o.Today(now.AddDate(0, 0, 1)), zone: o.Location(), by: by,
		country: r.Mapping["country"] != "", leaseEnd: r.Mapping["lease_end"] != "",
		unnamed: s.texts.Printer(o.Language()).T("import.property_unnamed")}
	for _, id := range r.limits {
		set.limits[id] = true
	}
	return set, set.bare(tx)
}

// comparison is the state of one comparing.
type comparison struct {
	s       *Service
	by      actor.Actor
	run     Run
	set     settings
	x       *index
	m       *merger
	claimed *claims
	seq     int
	counts  Counts
}

// compare finds out what each staged row would do.
func (s *Service) compare(ctx context.Context, by actor.Actor, r Run, o orgs.Org) error {
	if err := s.forgetComparison(ctx, by, r.ID); err != nil {
		return err
	}
	c := &comparison{s: s, by: by, run: r, counts: r.Counts}
	err := s.read(ctx, by, func(tx *store.Tx) (err error) {
		c.set, err = s.settings(tx, by, r, o)
		return err
	})
	if err != nil {
		return err
	}
	if c.x, err = s.makeIndex(ctx, by, r.ID); err != nil {
		return err
	}
	c.claimed = newClaims(c.x)
	c.m = &merger{run: r.ID, x: c.x, persons: map[int32]*union{}, called: map[int32]string{}}
	if err := c.batches(ctx); err != nil {
		return err
	}
	if r.Complete {
		if err := c.endings(ctx); err != nil {
			return err
		}
	}
	return s.write(ctx, by, func(tx *store.Tx) error {
		return moved(store.Exec(tx, finishCheck, r.ID, encode(c.counts), store.Micros(s.now())))
	})
}

// forgetComparison removes what an earlier, broken comparing left, a bounded
// piece at a time.
func (s *Service) forgetComparison(ctx context.Context, by actor.Actor, run string) error {
	var top int
	if err := s.read(ctx, by, func(tx *store.Tx) (err error) {
		top, err = store.Value[int](tx, topResult, run)
		return err
	}); err != nil {
		return err
	}
	// Notes and endings may be there without a result: rows that change nothing
	// have warnings too.
	for upTo := 5 * s.rows; top > 0 && upTo-5*s.rows <= top; upTo += 5 * s.rows {
		if err := s.write(ctx, by, func(tx *store.Tx) error {
			_, err := store.Exec(tx, dropResults, run, upTo)
			return err
		}); err != nil {
			return err
		}
	}
	return s.write(ctx, by, func(tx *store.Tx) error {
		if _, err := store.Exec(tx, dropNotes, run, comparedNote); err != nil {
			return err
		}
		_, err := store.Exec(tx, dropEndings, run)
		return err
	})
}

// found is what comparing a batch found, on its way into the database.
type found struct {
	results, notes [][]any
	done           int
	err            error
}

// batches compares all rows. One goroutine reads and compares, this one writes.
func (c *comparison) batches(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	out := make(chan found, 1)
	go func() {
		defer close(out)
		for from := 0; from < len(c.x.order); {
			to, part := c.x.cut(from, c.s.rows)
			f := c.batch(ctx, c.x.order[from:to], part)
			f.done = to * 1000 / len(c.x.order)
			select {
			case out <- f:
			case <-ctx.Done():
				return
			}
			if f.err != nil {
				return
			}
			from = to
		}
	}()
	for f := range out {
		if f.err != nil {
			return f.err
		}
		err := c.s.write(ctx, c.by, func(tx *store.Tx) error {
			if err := moved(store.Exec(tx, alive, c.run.ID, string(Checking), f.done, store.Micros(c.s.now()))); err != nil {
				return err
			}
			if _, err := store.InsertAll(tx, insertResult, f.results); err != nil {
				return err
			}
			_, err := store.InsertAll(tx, insertNotes, f.notes)
			return err
		})
		if err != nil {
			return err
		}
		c.s.between()
	}
	return ctx.Err()
}

// cut returns the end of the batch that begins at from: whole units, but never
// more than groupRows of one. part is how many rows of the first unit lie in
// earlier batches.
func (x *index) cut(from, rows int) (to, part int) {
	for p := from; p > 0 && x.unit[x.order[p-1]] == x.unit[x.order[from]] && part < groupRows; p-- {
		part++
	}
	for to = from + 1; to < len(x.order); to++ {
		full := to-from >= rows
		if x.unit[x.order[to]] == x.unit[x.order[to-1]] {
			full = full && part >= groupRows || to-from >= rows+groupRows
		}
		if full {
			break
		}
	}
	return to, part
}

// batch compares some rows with each other and with the database.
func (c *comparison) batch(ctx context.Context, places []int32, part int) (f found) {
	w := newWorld(c.set)
	c.m.w = w
	f.err = c.s.read(ctx, c.by, func(tx *store.Tx) error {
		lines, bad, err := c.lines(tx, places, part)
		if err != nil {
			return err
		}
		groups := byGroup(lines)
		for _, g := range groups {
			c.m.unitRows(g)
		}
		for _, l := range lines {
			if err := c.m.propertyRow(tx, l); err != nil {
				return err
			}
		}
		if err := c.m.personRows(tx, lines); err != nil {
			return err
		}
		good := accepted(lines)
		if err := w.load(tx, good); err != nil {
			return err
		}
		for _, l := range good {
			w.resolve(l)
		}
		for _, g := range groups {
			w.overlaps(g, c.x.sheltered)
		}
		if err := w.nameCollided(tx); err != nil {
			return err
		}
		c.settle(w, lines, bad, &f)
		return nil
	})
	return f
}

// lines are the rows of a batch in the order of processing; those that were
// rejected when they were read come in bad.
func (c *comparison) lines(tx *store.Tx, places []int32, part int) (lines []*line, bad map[*line]string, err error) {
	numbers := make([]int, len(places))
	for i, p := range places {
		numbers[i] = int(c.x.rows[p])
	}
	rows, err := fetch(tx, c.run.ID, numbers)
	if err != nil {
		return nil, nil, err
	}
	bad = map[*line]string{}
	for i, p := range places {
		r, ok := rows[numbers[i]]
		if !ok {
			return nil, nil, errPacked
		}
		l := &line{place: p, group: int(c.x.unit[p]) + 1, fresh: numbers[i], raw: r.data}
		if l.row, err = unpack(numbers[i], r.data); err != nil {
			return nil, nil, err
		}
		if r.problems != "" {
			bad[l] = r.problems
			l.reasons = []Reason{{Key: "read"}}
		} else if part >= groupRows && c.x.unit[p] == c.x.unit[places[0]] {
			l.reject(c.m.w, "unit_ref", KeyManyRows, "max", groupRows)
		}
		lines = append(lines, l)
	}
	return lines, bad, nil
}

func accepted(lines []*line) (good []*line) {
	for _, l := range lines {
		if !l.rejected() {
			good = append(good, l)
		}
	}
	return good
}

// byGroup parts lines by unit.
func byGroup(lines []*line) (groups [][]*line) {
	for from := 0; from < len(lines); {
		to := from + 1
		for to < len(lines) && lines[to].group == lines[from].group {
			to++
		}
		groups = append(groups, lines[from:to])
		from = to
	}
	return groups
}

// dayBefore returns the day before a day.
func dayBefore(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, -1).Format(time.DateOnly)
}
