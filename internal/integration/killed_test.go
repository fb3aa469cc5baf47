package integration

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

const killedList = "unit_ref;property_ref;lease_start;last_name\nU1;P1;01.03.2024;Sommer\nU2;P1;01.03.2024;Winter\n"

var (
	makeState = store.Scoped(`UPDATE import_run SET state = $2 WHERE org_id = $1`)
	stateOf   = store.Scoped(`SELECT state FROM import_run WHERE org_id = $1 ORDER BY created_at, id`)
	keptRows  = store.Scoped(`SELECT state FROM import_result WHERE org_id = $1`)
)

// A command that was killed leaves a busy run without a job. The sweep ends it
// after a day, and its rows, which are personal data, are forgotten in time.
func TestT36_RowsOfAKilledImportAreForgotten(t *testing.T) {
	for _, c := range []struct {
		killedIn, becomes string
		keep              time.Duration
	}{{"checking", "cancelled", giveUpAfter}, {"applying", "stopped", keepApplied}, {"undoing", "stopped", keepApplied}} {
		t.Run(c.killedIn, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				w := newTest(t, db)
				w.list(killedList, Options{})
				w.exec(makeState, c.killedIn)
				w.sweepNow()
				if got := strings.Join(w.strings(stateOf), " "); got != c.killedIn {
					t.Errorf("a run at work became %s", got)
				}
				w.later(giveUpAfter + time.Hour)
				w.sweepNow()
				if got := strings.Join(w.strings(stateOf), " "); got != c.becomes {
					t.Errorf("a dead run is %s, want %s", got, c.becomes)
				}
				w.later(c.keep)
				w.sweepNow()
				if n := len(w.strings(keptRows)); n != 0 {
					t.Errorf("%d rows are kept", n)
				}
			})
		})
	}
}

func (w *testWorld) sweepNow() {
	w.t.Helper()
	if err := w.sweep(w.t.Context(), operator); err != nil {
		w.t.Fatal(err)
	}
}

// While another import writes, a command gives up before it has begun, and
// leaves nothing.
func TestT36_ACommandThatHasToWaitLeavesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		w.list(killedList, Options{})
		w.exec(makeState, "applying")
		w.later(time.Second)
		w.refused(Options{})
		if got := strings.Join(w.strings(stateOf), " "); got != "applying" {
			t.Errorf("runs: %s", got)
		}
		if _, err := w.ImportFile(w.t.Context(), operator, strings.NewReader(killedList), "liste.csv", Options{DryRun: true}); err != nil {
			t.Errorf("a dry run has nobody to wait for: %v", err)
		}
		w.later(silence)
		if _, err := w.ImportFile(w.t.Context(), operator, strings.NewReader(killedList), "liste.csv", Options{}); err != nil {
			t.Errorf("after the silence: %v", err)
		}
	})
}

// refused tries an import that another one keeps waiting.
func (w *testWorld) refused(o Options) {
	w.t.Helper()
	_, err := w.ImportFile(w.t.Context(), operator, strings.NewReader(killedList+"U3;P1;01.03.2024;Lenz\n"), "liste.csv", o)
	if conflict := (*fault.Conflict)(nil); !errors.As(err, &conflict) || conflict.Key != OtherWrites {
		w.t.Errorf("got %v", err)
	}
}

// manyRows is a list of more rows than one transaction takes.
func manyRows() string {
	var b strings.Builder
	b.WriteString("unit_ref;property_ref;lease_start;last_name\n")
	for i := range 30 {
		fmt.Fprintf(&b, "V%d;P2;01.03.2024;Sommer\n", i)
	}
	return b.String()
}

// What a command writes is held for seconds: a killed one keeps the next
// waiting no longer, and the next goes on behind what it has written.
func TestT36_AKilledCommandIsSoonPushedAside(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		w.rows = 10
		var killed error
		w.onTheWay(func() { // another command, while the first is at work, and after it has fallen silent
			w.refused(Options{})
			w.later(holdLife - time.Second)
			w.refused(Options{})
			w.later(time.Second)
			if got := w.list(manyRows(), Options{}); got.run.State != Applied || got.New == 0 {
				w.t.Errorf("the next one: %s, %+v", got.run.State, got.Result)
			}
		})
		_, killed = w.ImportFile(t.Context(), operator, strings.NewReader(manyRows()), "liste.csv", Options{})
		if conflict := (*fault.Conflict)(nil); !errors.As(killed, &conflict) || conflict.Key != "import.run.pushed_aside" {
			t.Errorf("the first one, which lived after all, says %v", killed)
		}
		if got := strings.Join(w.strings(stateOf), " "); got != "stopped applied" {
			t.Errorf("runs: %s", got)
		}
		if n := len(w.strings(holds)); n != 0 {
			t.Errorf("%d holds are left", n)
		}
		if got := w.list(manyRows(), Options{}); got.Unchanged != 30 {
			t.Errorf("once more: %+v", got.Result)
		}
	})
}

// onTheWay calls fn once, when an import by command has written its first rows.
func (w *testWorld) onTheWay(fn func()) {
	calls := 0
	w.between = func() {
		if len(w.strings(holds)) == 0 {
			return
		}
		if calls++; calls == 2 { // the first is the end of the step before
			w.between = func() {}
			fn()
		}
	}
}

var holds = store.Scoped(`SELECT run_id FROM import_hold WHERE org_id = $1`)

// A command that is broken off in order (Ctrl-C) keeps nobody waiting at all,
// and one that works long renews its hold.
func TestT36_AHoldIsRenewedAndGivenBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		w.rows = 10
		ctx, stop := context.WithCancel(t.Context())
		w.onTheWay(func() {
			w.later(holdLife - time.Second)
			for end := time.Now().Add(5 * holdEvery); w.heldTill() < store.Micros(w.now().Add(holdLife)); time.Sleep(20 * time.Millisecond) {
				if time.Now().After(end) {
					t.Error("the hold was not renewed")
					break
				}
			}
			stop()
		})
		if _, err := w.ImportFile(ctx, operator, strings.NewReader(manyRows()), "liste.csv", Options{}); !errors.Is(err, context.Canceled) {
			t.Errorf("broken off: %v", err)
		}
		if got := strings.Join(w.strings(stateOf), " "); got != "stopped" || len(w.strings(holds)) != 0 {
			t.Errorf("runs: %s, holds: %v", got, w.strings(holds))
		}
		if got := w.list(manyRows(), Options{}); got.New == 0 || got.New == 30 || got.New+got.Unchanged != 30 {
			t.Errorf("at once after it: %+v", got.Result)
		}
	})
}

var tillOf = store.Scoped(`SELECT till FROM import_hold WHERE org_id = $1`)

func (w *testWorld) heldTill() (till int64) {
	w.t.Helper()
	if err := w.read(w.t.Context(), operator, func(tx *store.Tx) (err error) {
		till, err = store.Value[int64](tx, tillOf)
		return err
	}); err != nil {
		w.t.Fatal(err)
	}
	return till
}
