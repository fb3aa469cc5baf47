package integration

import (
	"testing"

	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

func TestW14_ListIsCheckedAppliedAndTheSameAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		file := csv(small, house12()...)
		before := w.everything()
		dry := w.list(file, Options{DryRun: true})
		w.want("dry run", dry, "4+0~0=0-")
		if !dry.DryRun || dry.Rows != 4 || dry.Properties != 1 || dry.Units != 3 || dry.Leases != 3 || dry.Persons != 3 {
			t.Errorf("dry run: %+v", dry.Result)
		}
		if w.everything() != before {
			t.Error("the dry run changed the portfolio")
		}
		w.want("first", w.list(file, Options{}), "4+0~0=0-")
		after := w.everything()
		t.Log(after)
		w.want("again", w.list(file, Options{}), "0+0~4=0-")
		if w.everything() != after {
			t.Error("the same file a second time changed the portfolio")
		}
	})
}
