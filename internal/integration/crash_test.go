package integration

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

// start hands a list in and chooses the proposed columns.
func (w *testWorld) start(text string, complete bool) string {
	w.t.Helper()
	id, err := w.Start(w.t.Context(), operator, strings.NewReader(text), "liste.csv")
	if err != nil {
		w.t.Fatal(err)
	}
	r, err := w.Run(w.t.Context(), operator, id)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.Check(w.t.Context(), operator, id, Choice{Mapping: r.Mapping, Complete: complete}); err != nil {
		w.t.Fatal(err)
	}
	return id
}

func (w *testWorld) state(id string) Run {
	w.t.Helper()
	r, err := w.Run(w.t.Context(), operator, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// killed runs the queue until the work is done, ending it between two
// transactions, each time a step later: the process dies there, another one
// takes the job over. It returns how often it died.
func (w *testWorld) killed(limit int) (deaths int) {
	w.t.Helper()
	for ; deaths < limit; deaths++ {
		ctx, die := context.WithCancel(w.t.Context())
		steps := 0
		w.between = func() {
			// Later each time, for comparing begins anew after a death.
			if steps++; steps > deaths {
				die()
			}
		}
		_, err := w.queue.Drain(ctx)
		dead := ctx.Err() != nil
		die()
		w.between = func() {}
		if err != nil && !errors.Is(err, context.Canceled) {
			w.t.Fatal(err)
		}
		if !dead {
			return deaths
		}
		w.later(time.Minute)
	}
	w.t.Fatalf("not done after %d deaths", limit)
	return deaths
}

// many is a list of n rows in which persons, leases and units come back.
func many(n int) []string {
	var rows []string
	for i := range n {
		rows = append(rows, fmt.Sprintf("P%d;Park %d;A;%d;1;B;%d;Whg %d;;;L%d;1.1.2020;;10,00;M%d;;Vor%d;Nach%d;;030 %d", i/20, i/20, i/10, i/2, i/2, i/2, i%(n-n/4), i%(n-n/4), i%(n-n/4), i%(n-n/4)+100))
	}
	return rows
}

// A process that dies between any two transactions loses nothing and does
// nothing twice.
func TestW14_KilledAtEveryStepAndContinued(t *testing.T) {
	rows := many(40)
	next := append(edit(many(36), "3", "10,00", "20,00", "9", "Whg 4", "Whg 444", "8", "Whg 4", "Whg 444", "20", "1.1.2020;;", "1.1.2020;1.1.2027;", "21", "1.1.2020;;", "1.1.2020;1.1.2027;"),
		"P9;;A;9;1;B;900;Whg;;;L900;1.1.2020;;;M900;;Neu;Neu;;", "P9;;A;9;1;B;901;Whg;;;L901;1.1.2020;;;M900;;Neu;Neu;;")
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		// The same without any trouble, for comparison.
		calm := newTest(t, db)
		calm.rows = 3
		calm.want("calm", calm.list(csv(small, rows...), Options{}), "40+0~0=0-")
		want1 := calm.everything()
		second := calm.list(csv(small, next...), Options{Complete: true, EndMissing: true})
		want2 := calm.everything()
		for range 2 {
			id, err := calm.Undoable(t.Context(), operator)
			if err != nil {
				t.Fatal(err)
			}
			calm.undo(id)
		}

		w := newTest(t, db)
		w.rows = 3
		id := w.start(csv(small, rows...), false)
		checkDeaths := w.killed(500)
		if err := w.Apply(t.Context(), operator, id, false); err != nil {
			t.Fatal(err)
		}
		applyDeaths := w.killed(500)
		r := w.state(id)
		if r.State != Applied || r.Counts.New != 40 || w.everything() != want1 {
			t.Errorf("%s, %+v\n%s", r.State, r.Counts, w.everything())
		}
		id = w.start(csv(small, next...), true)
		w.killed(500)
		if err := w.Apply(t.Context(), operator, id, true); err != nil {
			t.Fatal(err)
		}
		w.killed(500)
		if r = w.state(id); r.State != Applied || r.Counts != second.run.Counts || w.everything() != want2 {
			t.Errorf("second: %s, %+v, want %+v\n%s", r.State, r.Counts, second.run.Counts, w.everything())
		}
		if err := w.Undo(t.Context(), operator, id); err != nil {
			t.Fatal(err)
		}
		undoDeaths := w.killed(500)
		if r = w.state(id); r.State != Undone || r.Counts.Kept != 0 || w.everything() != want1 {
			t.Errorf("undone: %s, %+v\n%s", r.State, r.Counts, w.everything())
		}
		if checkDeaths < 3 || applyDeaths < 3 || undoDeaths < 2 {
			t.Errorf("it died only %d, %d and %d times", checkDeaths, applyDeaths, undoDeaths)
		}
	})
}

// What was changed between check and apply is not overwritten.
func TestW14_ChangesSinceTheCheckAreNotOverwritten(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		w.list(csv(small, whole()[:4]...), Options{})
		rows := append(edit(whole()[:4], "0", "Brandt;;", "Brandt;;030 1", "2", "Kaya;;", "Kaya;;030 2", "3", "1.1.2027;;", "1.1.2027;31.12.2030;"),
			"P;;A;1;1;B;9;Whg 9;;;L9;1.1.2020;;;M9;;Ole;Berg;;")
		id := w.start(csv(small, rows...), true)
		if _, err := w.queue.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if r := w.state(id); r.State != Checked || r.Counts.Changed != 3 || r.Counts.New != 1 {
			t.Fatalf("%s %+v", r.State, r.Counts)
		}
		w.exec(store.Scoped(`UPDATE person SET phone = '030 9' WHERE org_id = $1 AND ref = 'M3'`)) // somebody was faster
		w.list(csv(small, rows[4]), Options{})                                                     // and another list too
		w.register("M1", "m1@post.example")
		if err := w.Apply(t.Context(), operator, id, false); err != nil {
			t.Fatal(err)
		}
		if _, err := w.queue.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		r := w.state(id)
		if r.State != Applied || r.Counts.Changed != 2 || r.Counts.New != 0 || r.Counts.Rejected != 2 {
			t.Fatalf("%s %+v", r.State, r.Counts)
		}
		out := w.outcome(r)
		if len(out.Rejections) != 2 || out.Rejections[0].Row != 4 || out.Rejections[1].Row != 6 || !strings.Contains(out.Rejections[0].Reason, "changed since") {
			t.Errorf("%+v", out.Rejections)
		}
		if got := strings.Join(w.strings(dumpPersons), "\n"); !strings.Contains(got, "030 9") || strings.Contains(got, "030 2") || !strings.Contains(got, "030 1") {
			t.Errorf("persons:\n%s", got)
		}
	})
}

// Two imports at once: one writes, the other is told to wait.
func TestW14_OnlyOneImportWritesAtATime(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		first, second := w.start(csv(small, whole()[:3]...), false), w.start(csv(small, whole()[5]), false)
		if _, err := w.queue.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		errs := make([]error, 2)
		for i, id := range []string{first, second} {
			wg.Go(func() { errs[i] = w.Apply(t.Context(), operator, id, false) })
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("both or neither may write: %v, %v", errs[0], errs[1])
		}
		loser, id := errs[0], first
		if loser == nil {
			loser, id = errs[1], second
		}
		if !isConflict(loser, "import.run.other_writes") {
			t.Errorf("the other one: %v", loser)
		}
		if _, err := w.ImportFile(t.Context(), operator, strings.NewReader(csv(small, whole()[4])), "x", Options{}); !isConflict(err, "import.run.other_writes") {
			t.Errorf("a third by command: %v", err)
		}
		if _, err := w.queue.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := w.Apply(t.Context(), operator, id, false); err != nil {
			t.Fatalf("after the first: %v", err)
		}
		if _, err := w.queue.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := w.strings(dumpLeases); len(got) != 4 {
			t.Errorf("leases: %q", got)
		}
	})
}

// A command that was killed while it wrote does not block the next one for
// ever, and running it again completes its work.
func TestW14_AKilledCommandIsRunAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		w.rows = 3
		ctx, die := context.WithCancel(t.Context())
		writes := 0
		w.between = func() {
			if len(w.strings(dumpLeases)) > 0 {
				if writes++; writes == 2 {
					die()
				}
			}
		}
		_, err := w.ImportFile(ctx, operator, strings.NewReader(csv(small, many(20)...)), "x", Options{})
		w.between = func() {}
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		there := len(w.strings(dumpLeases))
		if there == 0 || there == 20 {
			t.Fatalf("%d rows were written before the end", there)
		}
		w.later(time.Hour)
		again := w.list(csv(small, many(20)...), Options{})
		w.want("again", again, fmt.Sprintf("%d+0~%d=0-", 20-there, there))
	})
}

// A job that fails for the last time leaves a run that can go on or be undone.
func TestW14_AStoppedRunGoesOn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		w.rows = 3
		id := w.start(csv(small, many(20)...), false)
		if _, err := w.queue.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := w.Apply(t.Context(), operator, id, false); err != nil {
			t.Fatal(err)
		}
		steps := 0
		w.between = func() {
			if steps++; steps == 2 {
				panic("the disk is full")
			}
		}
		if _, err := w.queue.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.between = func() {}
		if err := w.giveUp(t.Context(), operator, id); err != nil {
			t.Fatal(err)
		}
		if r := w.state(id); r.State != Stopped || r.position == 0 {
			t.Fatalf("%s at %d", r.State, r.position)
		}
		if err := w.Apply(t.Context(), operator, id, false); err != nil {
			t.Fatal(err)
		}
		w.later(time.Hour)
		if _, err := w.queue.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if r := w.state(id); r.State != Applied || r.Counts.New != 20 || len(w.strings(dumpLeases)) != 20 {
			t.Fatalf("%s %+v", r.State, r.Counts)
		}
	})
}

// What is old is forgotten, rows first, and can no longer be undone.
func TestW14_OldRowsAreForgotten(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		applied := w.list(csv(small, whole()...), Options{}).run.ID
		w.list(csv(small, whole()...), Options{DryRun: true})
		waiting := w.start(csv(small, whole()...), false)
		w.queue.Drain(t.Context())
		rows := store.Scoped(`SELECT run_id FROM import_row WHERE org_id = $1 GROUP BY run_id`)
		sweep := func(want int) {
			t.Helper()
			if err := w.sweep(t.Context(), operator); err != nil {
				t.Fatal(err)
			}
			if got := w.strings(rows); len(got) != want {
				t.Errorf("rows of %d runs", len(got))
			}
		}
		sweep(2) // the cancelled dry run is gone at once
		w.later(8 * 24 * time.Hour)
		sweep(1)
		if r := w.state(waiting); r.State != Cancelled {
			t.Errorf("the waiting one is %s", r.State)
		}
		w.later(30 * 24 * time.Hour)
		sweep(0)
		if id, err := w.Undoable(t.Context(), operator); id != "" || err != nil {
			t.Errorf("undoable: %q, %v", id, err)
		}
		if r := w.state(applied); r.State != Applied || !r.Erased || r.Counts.New != 6 || len(r.Headings) != 0 {
			t.Errorf("%+v", r)
		}
	})
}
