package integration

import (
	"errors"
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

// While another import writes, a command gives its own run up.
func TestT36_ACommandThatHasToWaitLeavesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		w.list(killedList, Options{})
		w.exec(makeState, "applying")
		w.later(time.Second)
		_, err := w.ImportFile(w.t.Context(), operator, strings.NewReader(killedList+"U3;P1;01.03.2024;Lenz\n"), "liste.csv", Options{})
		if conflict := (*fault.Conflict)(nil); !errors.As(err, &conflict) {
			t.Errorf("got %v", err)
		}
		if got := strings.Join(w.strings(stateOf), " "); got != "applying cancelled" {
			t.Errorf("runs: %s", got)
		}
		w.later(silence)
		if _, err := w.ImportFile(w.t.Context(), operator, strings.NewReader(killedList), "liste.csv", Options{}); err != nil {
			t.Errorf("after the silence: %v", err)
		}
	})
}
