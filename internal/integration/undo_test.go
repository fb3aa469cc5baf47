package integration

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

// undo takes a run back through its job.
func (w *testWorld) undo(id string) Run {
	w.t.Helper()
	if err := w.Undo(w.t.Context(), operator, id); err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.queue.Drain(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	r, err := w.Run(w.t.Context(), operator, id)
	if err != nil || r.State != Undone {
		w.t.Fatal(r.State, err)
	}
	return r
}

func (w *testWorld) kept(id string) string {
	w.t.Helper()
	list, err := w.Kept(w.t.Context(), operator, id, 0, 100)
	if err != nil {
		w.t.Fatal(err)
	}
	var out []string
	for _, k := range list {
		if k.Day != "" {
			k.Label += ", " + k.Day
		}
		if p := w.texts.Printer("de"); !p.Has(k.Reason) || !p.Has(k.Fix()) {
			w.t.Errorf("no text or advice for %+v", k)
		}
		out = append(out, fmt.Sprintf("%s %s: %s", k.Kind, k.Label, strings.TrimPrefix(k.Reason, "import.undo.")))
	}
	return strings.Join(out, "\n")
}

func TestW14_TheLastImportCanBeUndone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		w.rows = 2
		empty := w.everything()
		first := w.list(csv(small, whole()...), Options{})
		before := w.everything()
		next := append(edit(whole()[:3], "0", "Brandt;;", "Brandt;m@post.example;030 1", "2", "1.1.2020;;", "1.1.2020;30.11.2026;", "2", "Whg 2", "Whg 22"),
			"P;;A;1;1;B;2;Whg 22;;;L9;1.12.2026;;;M9;;Ines;Albrecht;;", "R;;D;1;1;B;1;Whg 1;;;L10;1.12.2026;;;M10;;Ole;Berg;;")
		second := w.list(csv(small, next...), Options{Complete: true, EndMissing: true})
		w.want("second", second, "2+2~1=0-")
		if second.run.Counts.Ended != 1 || w.everything() == before {
			t.Fatalf("%+v", second.run.Counts)
		}
		if err := w.Undo(t.Context(), operator, first.run.ID); !isConflict(err, "import.run.not_the_last") {
			t.Errorf("undo of the first: %v", err)
		}
		if id, err := w.Undoable(t.Context(), operator); err != nil || id != second.run.ID {
			t.Errorf("undoable: %q, %v", id, err)
		}
		if r := w.undo(second.run.ID); r.Counts.Kept != 0 || r.Counts.Restored == 0 {
			t.Errorf("kept:\n%s", w.kept(r.ID))
		}
		if got := w.everything(); got != before {
			t.Errorf("after undoing the second:\n%s\nwant:\n%s", got, before)
		}
		w.undo(first.run.ID)
		if got := w.everything(); got != empty {
			t.Errorf("after undoing the first:\n%s", got)
		}
		if err := w.Undo(t.Context(), operator, first.run.ID); !isConflict(err, "import.run.not_the_last") {
			t.Errorf("undo twice: %v", err)
		}
		w.want("once more", w.list(csv(small, whole()...), Options{}), "6+0~0=0-")
	})
}

func isConflict(err error, key string) bool {
	c, ok := err.(*fault.Conflict)
	return ok && c.Key == key
}

// What somebody has begun to use, or has changed, stays and is listed.
func TestW14_UndoLeavesWhatIsInUse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		w.list(csv(small, whole()[:3]...), Options{})
		run := w.list(csv(small, append(edit(whole()[:3], "0", "Brandt;;", "Brandt;;030 1", "2", "Kaya;;", "Kaya;;030 2"), whole()[5],
			"P;;A;1;1;B;7;Whg 7;;;L7;1.1.2020;;;M7;;Ole;Berg;;", "P;;A;1;1;B;8;Whg 8;;;L8;1.1.2020;;;M8;;Ines;Albrecht;;")...), Options{}).run
		code := w.strings(personByRef, "M7")[0]
		w.exec(insertCode, "code-7", code, w.strings(leaseByRef, "L7")[0])
		w.register("M8", "m8@post.example")
		w.exec(store.Scoped(`UPDATE person SET phone = '030 9' WHERE org_id = $1 AND ref = 'M3'`))
		w.exec(store.Scoped(`UPDATE property SET portal_on = TRUE WHERE org_id = $1 AND ref = 'Q'`))
		if r := w.undo(run.ID); r.Counts.Kept != 7 || r.Counts.Restored == 0 {
			t.Errorf("%d stay, %d are taken back", r.Counts.Kept, r.Counts.Restored)
		}
		want := "lease Whg 7, 2020-01-01: in_use\nmembership Ole Berg: in_use\nperson Ines Albrecht: in_use\nperson Lea Kaya: changed_since\nperson Ole Berg: in_use\nproperty Q: in_use\nunit Whg 7: in_use"
		if got := strings.ReplaceAll(w.kept(run.ID), "property C 1", "property Q"); got != want {
			t.Errorf("kept:\n%s", got)
		}
		persons := strings.Join(w.strings(dumpPersons), "\n")
		if strings.Contains(persons, "030 1") || !strings.Contains(persons, "030 9") || strings.Contains(persons, "Öztürk") {
			t.Errorf("persons:\n%s", persons)
		}
	})
}

// A period that is taken by now does not come back.
func TestW14_UndoMakesNoOverlap(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		w.list(csv(small, whole()[2]), Options{})
		run := w.list(csv(small, edit(whole(), "2", "1.1.2020;;", "1.1.2020;30.11.2026;")[2], "P;;A;1;1;B;2;Whg 2;;;L9;1.12.2026;;;M9;;Ines;Albrecht;;"), Options{}).run
		w.exec(insertCode, "code-9", w.strings(personByRef, "M9")[0], w.strings(leaseByRef, "L9")[0])
		w.undo(run.ID)
		if got := w.kept(run.ID); !strings.Contains(got, "lease Whg 2, 2020-01-01: overlap") || !strings.Contains(got, "lease Whg 2, 2026-12-01: in_use") {
			t.Errorf("kept:\n%s", got)
		}
	})
}

// Consents that came with the list go with it; what they replaced is back.
func TestW14_UndoTakesConsentsBack(t *testing.T) {
	const header = "unit_ref;lease_start;person_ref;last_name;email;email_consent_on"
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		w.list(csv(header, "1;1.1.2020;M1;Brandt;m@post.example;1.3.2025"), Options{})
		before := w.everything()
		run := w.list(csv(header, "1;1.1.2020;M1;Brandt;n@post.example;1.4.2025", "2;1.1.2020;M2;Feld;f@post.example;1.4.2025"), Options{}).run
		if len(w.strings(dumpConsents)) != 3 {
			t.Fatal(w.strings(dumpConsents))
		}
		w.undo(run.ID)
		if got := w.everything(); got != before {
			t.Errorf("after:\n%s", got)
		}
	})
}

// An undo that could take nothing back counts nothing as taken back.
func TestW14_UndoThatLeavesEverythingSaysSo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		w.list(csv(small, house12()...), Options{})
		run := w.list(csv(small, edit(house12(), "2", "Feld;aaron@post.example;", "Feld;aaron@post.example;030 1")...), Options{}).run
		w.exec(store.Scoped(`UPDATE person SET phone = '030 9' WHERE org_id = $1 AND ref = 'M3'`))
		if r := w.undo(run.ID); r.Counts.Kept != 1 || r.Counts.Restored != 0 {
			t.Errorf("%+v, kept: %s", r.Counts, w.kept(run.ID))
		}
	})
}

// What a check announced does not hold when another import has written since:
// it is told, and checked again without the file being handed in again.
func TestW14_AnOldCheckIsOutdatedAndCheckedAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		id, err := w.Start(t.Context(), operator, strings.NewReader(csv(small, append(house12(), "P1;;Weg;1;12623;Berlin;X;;;;L9;31.2.2020;;;M9;;;Neu;;", "P1;;Weg;1;12623;Berlin;Y;;;;L8;1.2.2020;;;M8;;;Alt;;x")...)), "a.csv")
		if err != nil {
			t.Fatal(err)
		}
		run := func() Run {
			r, err := w.Run(t.Context(), operator, id)
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		outdated := func(want bool) {
			t.Helper()
			if got, err := w.Outdated(t.Context(), operator, id); err != nil || got != want {
				t.Errorf("outdated: %v, %v", got, err)
			}
		}
		if err := w.Check(t.Context(), operator, id, Choice{Mapping: run().Mapping}); err != nil {
			t.Fatal(err)
		}
		drain := func() {
			if _, err := w.queue.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		drain()
		first := run().Counts
		if first.New != 5 || first.Rejected != 1 || first.Warnings != 1 {
			t.Fatalf("%+v", first)
		}
		outdated(false)
		w.later(time.Minute)
		w.list(csv(small, house12()[:3]...), Options{DryRun: true})
		outdated(false) // a dry run of somebody else changes nothing
		other := w.list(csv(small, house12()[:3]...), Options{}).run
		outdated(true)
		recheck := func() {
			t.Helper()
			w.later(time.Minute)
			if err := w.Recheck(t.Context(), operator, id); err != nil {
				t.Fatal(err)
			}
			drain()
			outdated(false)
		}
		recheck()
		if n := run().Counts; n.New != 2 || n.Unchanged != 3 || n.Rejected != 1 || n.Warnings != 1 || n.Rows != 6 {
			t.Errorf("checked again: %+v", n)
		}
		w.later(time.Minute)
		w.undo(other.ID)
		outdated(true)
		recheck()
		if n := run().Counts; n != first {
			t.Errorf("after the undo: %+v, at first %+v", n, first)
		}
		if err := w.Apply(t.Context(), operator, id, false); err != nil {
			t.Fatal(err)
		}
		drain()
		if r := run(); r.State != Applied || r.Counts.New != 5 || r.Counts.Rejected != 1 {
			t.Errorf("%+v", r.Counts)
		}
		if err := w.Recheck(t.Context(), operator, id); !isConflict(err, "import.run.moved_on") {
			t.Errorf("an applied run is checked again: %v", err)
		}
	})
}
