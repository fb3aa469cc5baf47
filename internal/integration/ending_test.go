package integration

import (
	"fmt"
	"strings"
	"testing"

	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

// whole is two properties with five leases, one of them in the future, and one
// that has ended.
func whole() []string {
	return []string{
		"P;;A;1;1;B;1;Whg 1;;;L1;1.1.2020;;;M1;;Marlene;Brandt;;",
		"P;;A;1;1;B;1;Whg 1;;;L1;1.1.2020;;;M2;co_resident;Jonas;Brandt;;",
		"P;;A;1;1;B;2;Whg 2;;;L2;1.1.2020;;;M3;;Lea;Kaya;;",
		"P;;A;1;1;B;3;Whg 3;;;L3;1.1.2027;;;M4;;Petra;Sommer;;",
		"P;;A;1;1;B;4;Whg 4;;;L4;1.1.2010;31.12.2019;;M5;;Aaron;Feld;;",
		"Q;;C;1;1;B;1;Whg 1;;;L5;1.1.2020;;;M6;;Deniz;Öztürk;;",
	}
}

func (w *testWorld) endings(o outcome) string {
	w.t.Helper()
	list, err := w.Endings(w.t.Context(), operator, o.run.ID, 0, 100)
	if err != nil {
		w.t.Fatal(err)
	}
	var out []string
	for _, e := range list {
		what := "person"
		if e.Whole {
			what = "lease"
		}
		out = append(out, fmt.Sprintf("%s %s, %s: %s %s", what, e.Place, e.Who, e.EndsOn, e.State))
	}
	return strings.Join(out, "\n")
}

func TestW14_WhatIsMissingInAWholeListIsReported(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		w.list(csv(small, whole()...), Options{})
		before := w.everything()
		rest := []string{whole()[0]}

		got := w.list(csv(small, rest...), Options{})
		if got.Ending != 0 || w.endings(got) != "" {
			t.Errorf("a list that is not whole ends %d", got.Ending)
		}
		got = w.list(csv(small, rest...), Options{Complete: true})
		w.want("whole", got, "0+0~1=0-")
		want := "person A 1 · Whg 1, Jonas Brandt: 2026-11-11 found\nlease A 1 · Whg 2, Lea Kaya: 2026-11-11 found\nlease A 1 · Whg 3, Petra Sommer: 2027-01-01 found"
		if got.Ending != 3 || got.run.Counts.EndingLeases != 2 || w.endings(got) != want {
			t.Errorf("%d endings, %d leases:\n%s", got.Ending, got.run.Counts.EndingLeases, w.endings(got))
		}
		if w.everything() != before {
			t.Error("what is missing was ended without being asked")
		}

		dry := w.list(csv(small, rest...), Options{Complete: true, EndMissing: true, DryRun: true})
		if dry.Ending != 3 || w.everything() != before {
			t.Error("a dry run ended something")
		}
		got = w.list(csv(small, rest...), Options{Complete: true, EndMissing: true})
		if got.run.Counts.Ended != 3 || strings.Contains(w.endings(got), "found") {
			t.Errorf("%d ended:\n%s", got.run.Counts.Ended, w.endings(got))
		}
		days := strings.Join(w.strings(memberDays), "\n")
		want = "M1 2020-01-01 9999-12-31 9999-12-31\nM2 2020-01-01 2026-11-11 9999-12-31\nM3 2020-01-01 9999-12-31 2026-11-11\n" +
			"M5 2010-01-01 9999-12-31 2019-12-31\nM6 2020-01-01 9999-12-31 9999-12-31"
		if days != want { // M4's lease is in the future: nobody is in it any more
			t.Errorf("days:\n%s", days)
		}
		got = w.list(csv(small, rest...), Options{Complete: true, EndMissing: true})
		if got.Ending != 0 || got.New+got.Changed != 0 {
			t.Errorf("again: %+v", got.Result)
		}
		// Who is in the list again is in the lease again.
		w.want("back", w.list(csv(small, whole()...), Options{Complete: true, EndMissing: true}), "1+2~3=0-")
		if w.everything() != before {
			t.Errorf("back:\n%s", w.everything())
		}
	})
}

// A rejected row names somebody who is there: nothing of it ends.
func TestW14_RejectedRowsEndNobody(t *testing.T) {
	for name, row := range map[string]string{
		"by unit":     "P;;;;;;2;;;;;31.2.2020;;;;;;Unleserlich;;",
		"by lease":    "P;;;;;;;;;;L2;31.2.2020;;;;;;Unleserlich;;",
		"by person":   "P;;;;;;;;;;;31.2.2020;;;M3;;;Unleserlich;;",
		"by name":     "P;;;;;;;;;;;31.2.2020;;;;;Lea;Kaya;;",
		"in the file": "P;;A;1;1;B;2;Whg 2;;;L2;1.1.2021;;;M1;;Anders;Meyer;;", // contradicts row 2
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				w := newTest(t, db)
				w.list(csv(small, whole()[:3]...), Options{})
				got := w.list(csv(small, append(whole()[:2], row)...), Options{Complete: true, EndMissing: true})
				w.want(name, got, "0+0~2=1-")
				if got.Ending != 0 {
					t.Errorf("ends:\n%s", w.endings(got))
				}
			})
		})
	}
}

// A change of residents in a whole list: the old lease is missing and in the
// way of the new one. It ends the day before, when that is asked for.
func TestW14_ANewLeaseWaitsForTheEndOfAMissingOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		w.list(csv(small, whole()[0], whole()[2]), Options{})
		next := csv(small, whole()[0], "P;;A;1;1;B;2;Whg 2;;;L9;1.12.2026;;;M9;;Ines;Albrecht;;")
		w.want("part of a list", w.list(next, Options{DryRun: true}), "0+0~1=1-")
		got := w.list(next, Options{Complete: true})
		w.want("nobody asked", got, "0+0~1=1-")
		if r := got.Rejections[0]; r.Row != 3 || !strings.Contains(r.Reason, "missing in the list") {
			t.Errorf("%+v", r)
		}
		w.want("dry run", w.list(next, Options{Complete: true, EndMissing: true, DryRun: true}), "1+0~1=0-")
		got = w.list(next, Options{Complete: true, EndMissing: true})
		w.want("ended", got, "1+0~1=0-")
		if w.endings(got) != "lease A 1 · Whg 2, Lea Kaya: 2026-11-30 ended" {
			t.Error(w.endings(got))
		}
		days := strings.Join(w.strings(memberDays), "\n")
		if days != "M1 2020-01-01 9999-12-31 9999-12-31\nM3 2020-01-01 9999-12-31 2026-11-30\nM9 2026-12-01 9999-12-31 9999-12-31" {
			t.Errorf("days:\n%s", days)
		}
		w.want("again", w.list(next, Options{Complete: true, EndMissing: true}), "0+0~2=0-")
	})
}

// An end that stands in the file is counted, so that the page can say what the
// import does to access.
func TestW14_LeasesThatTheFileEndsAreCounted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		w.list(csv(small, whole()...), Options{})
		ends := edit(whole(), "0", "1.1.2020;;", "1.1.2020;30.11.2026;", "1", "1.1.2020;;", "1.1.2020;30.11.2026;", "4", "31.12.2019", "30.12.2019")
		got := w.list(csv(small, append(ends, "Q;;C;1;1;B;2;Whg 2;;;L8;1.1.2026;31.12.2027;;M8;;Ole;Berg;;")...), Options{})
		w.want("ends", got, "1+2~4=0-")
		if n := got.run.Counts.Leaving; n != 2 { // L1 and L4; L8 is new
			t.Errorf("%d leases end", n)
		}
		if n := w.list(csv(small, whole()...), Options{}).run.Counts.Leaving; n != 0 { // open again, and a day longer
			t.Errorf("%d leases end", n)
		}
	})
}

// Rows without a contract number that contradict each other are told by the
// unit.
func TestW14_ContradictionsWithoutAContractNumberNameTheUnit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		got := w.list(csv(small, "P;;A;1;1;B;1;Whg 1;;;;1.1.2020;31.12.2030;;M1;;Marlene;Brandt;;", "P;;A;1;1;B;1;Whg 1;;;;1.1.2020;31.12.2031;;M2;;Jonas;Brandt;;"), Options{})
		w.want("two ends", got, "1+0~0=1-")
		if r := got.Rejections[0].Reason; r != "Lease “Whg 1” contradicts row 2 in column “lease_end”." {
			t.Error(r)
		}
	})
}

// The text for a terminal lists warnings and who is missing, each list bounded.
func TestW14_TheTextListsWarningsAndEndings(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		rows := make([]string, 60)
		for i := range rows {
			rows[i] = fmt.Sprintf("P;;A;1;10115;B;%d;Whg %d;;;L%d;1.1.2020;;;M%d;;Lea;Kaya;;", i+1, i+1, i+1, i+1)
		}
		w.list(csv(small, rows...), Options{})
		text := func(o outcome, lang string) string {
			var b strings.Builder
			if err := w.WriteText(t.Context(), operator, o.run, w.texts.Printer(lang), &b); err != nil {
				t.Fatal(err)
			}
			return b.String()
		}
		doubtful := make([]string, 55)
		for i := range doubtful {
			doubtful[i] = rows[i] + "on request"
		}
		en := text(w.list(csv(small, doubtful...), Options{}), "en")
		if n := strings.Count(en, "\nWarning for row "); n != mostListed || !strings.Contains(en, "\nWarning for row 51, column “phone”: ") || !strings.HasSuffix(en, "\n… and 5 more. --json lists all.\n") {
			t.Errorf("%d warnings listed:\n%s", n, en)
		}
		got := w.list(csv(small, rows[0]), Options{Complete: true})
		en = text(got, "en")
		de := text(got, "de")
		if n := strings.Count(en, "\nMissing in the list: A 1 · Whg "); n != mostListed || !strings.Contains(en, "\n… and 9 more. --json lists all.\n") {
			t.Errorf("%d of %d listed:\n%s", n, len(got.EndingList), en)
		}
		if !strings.Contains(de, "\nFehlt in der Liste: A 1 · Whg 10, Lea Kaya (letzter Tag wäre der 11.11.2026)\n") {
			t.Error(de)
		}
		got = w.list(csv(small, rows[0]), Options{Complete: true, EndMissing: true})
		if en := text(got, "en"); !strings.Contains(en, "\nEnded: A 1 · Whg 10, Lea Kaya (last day 11/11/2026)\n") {
			t.Error(en)
		}
	})
}
