package cases_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"foyer/internal/cases"
	"foyer/internal/conversations"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

func TestStepsOfACase(t *testing.T) {
	now := time.Date(2026, 11, 12, 9, 0, 0, 0, time.UTC)
	done := now.AddDate(0, 0, -3)
	for _, c := range []struct {
		side     conversations.Side
		from, to cases.Status
		reason   string
		want     string
	}{
		{conversations.ByStaff, cases.Open, cases.InProgress, "", ""},
		{conversations.ByStaff, cases.Open, cases.Waiting, "", "cases.step.say_what"},
		{conversations.ByStaff, cases.InProgress, cases.Waiting, "Foto", ""},
		{conversations.ByStaff, cases.InProgress, cases.Open, "", "cases.step.begun"},
		{conversations.ByStaff, cases.InProgress, cases.Done, "", ""},
		{conversations.ByStaff, cases.Done, cases.InProgress, "", "cases.step.say_why"},
		{conversations.ByStaff, cases.Done, cases.Open, "Irrtum", ""},
		{conversations.ByStaff, cases.Open, "bogus", "", "cases.step.unknown"},
		{conversations.ByStaff, cases.Open, cases.Open, "", "cases.step.same"},
		{conversations.ByResident, cases.Waiting, cases.Done, "", ""},
		{conversations.ByResident, cases.Done, cases.Open, "", "cases.step.say_why"},
		{conversations.ByResident, cases.Done, cases.Open, "tropft", ""},
		{conversations.ByResident, cases.Done, cases.InProgress, "tropft", "cases.step.not_yours"},
		{conversations.ByResident, cases.Open, cases.InProgress, "", "cases.step.not_yours"},
		{conversations.ByResident, cases.Waiting, cases.InProgress, "", ""},
	} {
		if got := cases.Step(c.side, c.from, c.to, done, now, c.reason); got != c.want {
			t.Errorf("%s: %s to %s (%q): %q, want %q", c.side, c.from, c.to, c.reason, got, c.want)
		}
	}
	if got := cases.Step(conversations.ByResident, cases.Done, cases.Open, now.AddDate(0, 0, -14), now, "x"); got != "cases.step.too_late" {
		t.Errorf("after 14 days: %q", got)
	}
}

func TestStaffListsFiltersAndLimits(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.reports("marlene", "l5", "std-heating_off", "Heizung aus") // urgent by its category
		b := w.reports("giulia", "l11", "std-water", "Es tropft")
		c := w.reports("samira", "l2", "std-power", "Licht kaputt")
		check(t, w.svc.Change(t.Context(), staff("jette"), b, cases.Change{AssigneeID: ptr("werk"), DueOn: ptr("2026-11-20")}))
		w.later(time.Minute)
		check(t, w.svc.Change(t.Context(), staff("jette"), c, cases.Change{AssigneeID: ptr("haus"), DueOn: ptr("2026-11-11")}))
		w.later(time.Minute)
		check(t, w.svc.Finish(t.Context(), resident("samira"), w.reports("samira", "l2", "std-else", "Erledigtes")))
		for i, x := range []struct {
			by   string
			f    cases.Filter
			want []string
		}{
			{"jette", cases.Filter{}, []string{"Heizung aus", "Licht kaputt", "Es tropft"}},
			{"jette", cases.Filter{Status: "all", Sort: "last"}, []string{"Erledigtes", "Licht kaputt", "Es tropft", "Heizung aus"}},
			{"jette", cases.Filter{Sort: "due"}, []string{"Licht kaputt", "Es tropft", "Heizung aus"}},
			{"jette", cases.Filter{Overdue: true}, []string{"Licht kaputt"}},
			{"jette", cases.Filter{Status: "done"}, []string{"Erledigtes"}},
			{"jette", cases.Filter{Assignee: "-"}, []string{"Heizung aus"}},
			{"jette", cases.Filter{Assignee: "werk"}, []string{"Es tropft"}},
			{"jette", cases.Filter{Category: "std-heating"}, []string{"Heizung aus"}},
			{"jette", cases.Filter{Property: "p1"}, []string{"Heizung aus", "Licht kaputt"}},
			{"werk", cases.Filter{}, []string{"Es tropft"}},
			{"werk", cases.Filter{Query: "heizung"}, nil},
			{"haus", cases.Filter{}, []string{"Licht kaputt"}},
			{"haus", cases.Filter{Assignee: "werk"}, []string{"Licht kaputt"}},
			{"read", cases.Filter{Query: "brandt"}, []string{"Heizung aus"}},
		} {
			want(t, fmt.Sprint("list ", i), w.list(x.by, x.f), x.want)
		}
		_, err := w.svc.List(t.Context(), staff("werk"), cases.Filter{Property: "p1"})
		notFound(t, "a foreign property", err)
		for who, n := range map[string]cases.Counts{"jette": {Open: 3, Urgent: 1}, "werk": {Open: 1}, "haus": {Open: 1}} {
			got, err := w.svc.Count(t.Context(), staff(who))
			check(t, err)
			want(t, "count of "+who, got, n)
		}
		for _, who := range []string{"haus", "werk"} {
			_, err := w.svc.Get(t.Context(), staff(who), a)
			notFound(t, who, err)
			notFound(t, who, w.svc.Respond(t.Context(), staff(who), a, cases.Reply{Text: "x"}))
			notFound(t, who, w.svc.Take(t.Context(), staff(who), a))
		}
		invalid(t, w.svc.Change(t.Context(), staff("jette"), a, cases.Change{AssigneeID: ptr("werk")}), "assignee")
		w.answers("haus", c, cases.Reply{Text: "Lampe getauscht.", Status: cases.Done})
		want(t, "the caretaker's own", w.read("samira", c).Status, cases.Done)
		if err := w.svc.Respond(t.Context(), staff("read"), a, cases.Reply{Text: "x"}); !errors.Is(err, fault.ErrDenied) {
			t.Errorf("who only reads answers: %v", err)
		}
		if _, err := w.svc.Record(t.Context(), staff("haus"), cases.Record{}); !errors.Is(err, fault.ErrDenied) {
			t.Errorf("a caretaker records: %v", err)
		}
		board, err := w.svc.Board(t.Context(), staff("jette"), cases.Filter{})
		check(t, err)
		want(t, "board", []int{len(board[cases.Open]), len(board[cases.InProgress]), len(board[cases.Done])}, []int{2, 0, 2})
	})
}

func ptr[T any](v T) *T { return &v }

func TestBulkChangesAndPages(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var ids, all []string
		for i := range 30 {
			if i%15 == 0 {
				w.later(2 * time.Hour)
			}
			name := fmt.Sprint("Meldung ", i)
			ids, all = append(ids, w.reports("marlene", "l5", "std-else", name)), append([]string{name}, all...)
		}
		for _, sort := range []string{"", "last"} {
			var got []string
			for at := (cases.Cursor{}); ; {
				l, err := w.svc.List(t.Context(), staff("jette"), cases.Filter{Sort: sort, After: at})
				check(t, err)
				for _, r := range l.Rows {
					got = append(got, r.Subject)
				}
				if at = l.Next; at.ID == "" {
					break
				}
			}
			want(t, "pages by "+sort, got, all)
		}
		n, err := w.svc.Bulk(t.Context(), staff("jette"), ids[:10], cases.Change{AssigneeID: ptr("klaus"), DueOn: ptr("2026-12-01")})
		check(t, err)
		done := cases.Done
		m, err := w.svc.Bulk(t.Context(), staff("jette"), ids[:12], cases.Change{Status: &done})
		check(t, err)
		again, err := w.svc.Bulk(t.Context(), staff("jette"), ids[:12], cases.Change{Status: &done})
		check(t, err)
		want(t, "changed", []int{n, m, again}, []int{10, 12, 0})
		f := w.get("jette", ids[3])
		want(t, "one of them", []any{f.Status, f.Assignee, f.DueOn}, []any{cases.Done, "Klaus Holm", "2026-12-01"})
		_, err = w.svc.Bulk(t.Context(), staff("werk"), ids[13:14], cases.Change{Status: &done})
		notFound(t, "a foreign case", err)
		_, err = w.svc.Bulk(t.Context(), staff("jette"), nil, cases.Change{Status: &done})
		invalid(t, err, "id")
	})
}

func TestTwoAnsweringAtOnceSeeEachOther(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.reports("marlene", "l5", "std-else", "Frage")
		last := w.get("jette", id).Last
		w.answers("klaus", id, cases.Reply{Text: "Ich mache das.", Last: last})
		err := w.svc.Respond(t.Context(), staff("jette"), id, cases.Reply{Text: "Ich auch.", Last: last})
		var meanwhile *conversations.Inbetween
		if !errors.As(err, &meanwhile) || len(meanwhile.Posts) != 1 {
			t.Fatalf("%v", err)
		}
		want(t, "messages", len(w.get("jette", id).Posts), 2)
	})
}

func TestTodayAndAbsentColleagues(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.reports("marlene", "l5", "std-heating_off", "Heizung aus")
		b := w.reports("samira", "l2", "std-else", "Alte Frage")
		w.later(4 * 24 * time.Hour)
		c := w.reports("samira", "l2", "std-else", "Neue Frage")
		check(t, w.svc.Change(t.Context(), staff("jette"), c, cases.Change{AssigneeID: ptr("klaus")}))
		today := func(who string) []string {
			x, err := w.svc.Today(t.Context(), staff(who))
			check(t, err)
			n, err := w.svc.CountToday(t.Context(), staff(who))
			check(t, err)
			if n != x.Total() {
				t.Errorf("counts %d of %d", n, x.Total())
			}
			return []string{ids(x.Urgent), ids(x.Answer), ids(x.Absent)}
		}
		want(t, "Jette", today("jette"), []string{a, b, ""})
		want(t, "Klaus", today("klaus"), []string{a, b + c, ""})
		want(t, "Werkhof", today("werk"), []string{"", "", ""})
		invalid(t, w.orgs.SetAbsence(t.Context(), staff("klaus"), orgs.Absence{StaffID: "klaus", From: "2026-11-15", Till: "2026-11-10"}), "till")
		if err := w.orgs.SetAbsence(t.Context(), staff("klaus"), orgs.Absence{StaffID: "jette", From: "2026-11-15", Till: "2026-11-20"}); !errors.Is(err, fault.ErrDenied) {
			t.Errorf("Klaus sends Jette on holiday: %v", err)
		}
		check(t, w.orgs.SetAbsence(t.Context(), staff("klaus"), orgs.Absence{StaffID: "klaus", From: "2026-11-15", Till: "2026-11-20", DeputyID: "jette"}))
		want(t, "Jette stands in", today("jette"), []string{a, b, c})
		want(t, "Rita does not", today("read"), []string{a, b, ""})
		w.later(5 * 24 * time.Hour)
		want(t, "Klaus is back", today("jette")[2], "")
	})
}

func ids(rows []cases.Row) string {
	out := ""
	for _, r := range rows {
		out += r.ID
	}
	return out
}

func TestRecordedCallsAreAnsweredOnPaper(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.write(func(tx *store.Tx) error {
			_, err := store.Exec(tx, noLogin)
			return err
		})
		in := cases.Record{PersonID: "samira", Source: conversations.Phone, Report: cases.Report{Key: "k", CategoryID: "std-certificate", Text: "Braucht eine Bescheinigung", LeaseID: "l2"}}
		id, err := w.svc.Record(t.Context(), staff("jette"), in)
		check(t, err)
		again, err := w.svc.Record(t.Context(), staff("jette"), in)
		check(t, err)
		want(t, "a second click", again, id)
		_, err = w.svc.Record(t.Context(), staff("werk"), in)
		notFound(t, "somebody of another property", err)
		in.Key, in.Source = "k2", conversations.Portal
		_, err = w.svc.Record(t.Context(), staff("jette"), in)
		invalid(t, err, "source")
		f := w.get("jette", id)
		want(t, "recorded", []any{f.Who, f.Posts[0].Source, f.Posts[0].AuthorName, f.Status}, []any{"Samira Haddad", conversations.Phone, "Samira Haddad", cases.Open})
		w.answers("jette", id, cases.Reply{Text: "Die Bescheinigung kommt mit der Post."})
		n := 0
		w.write(func(tx *store.Tx) error {
			n, err = store.Value[int](tx, letters, "samira")
			return err
		})
		want(t, "letters in the print outbox", n, 1)
	})
}

var (
	noLogin = store.Scoped(`UPDATE account SET password_hash = '' WHERE org_id = $1 AND id = 'a-samira'`)
	letters = store.Scoped(`SELECT count(*) FROM delivery d WHERE d.org_id = $1 AND d.person_id = $2 AND d.channel = 'letter' AND d.kind = 'cases.news'`)
)

func TestAppointments(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.reports("marlene", "l5", "std-heating", "Heizung kalt")
		a := cases.Appointment{Day: "2026-11-16", From: "08:00", Till: "07:00", Who: "Firma Sander, Herr Yilmaz", Phone: "030 23125 310"}
		invalid(t, w.svc.Arrange(t.Context(), staff("jette"), id, "k", a), "till")
		a.Till = "10:00"
		check(t, w.svc.Arrange(t.Context(), staff("jette"), id, "k", a))
		check(t, w.svc.Arrange(t.Context(), staff("jette"), id, "k", a))
		f := w.read("marlene", id)
		want(t, "appointments", []any{len(f.Appointments), f.Status}, []any{1, cases.InProgress})
		x := f.Appointments[0]
		ics, err := w.svc.Calendar(t.Context(), resident("marlene"), id, x.ID)
		check(t, err)
		for _, line := range []string{"BEGIN:VCALENDAR\r\n", "DTSTART:20261116T070000Z\r\n", "DTEND:20261116T090000Z\r\n", `SUMMARY:Firma Sander\, Herr Yilmaz: Heizung kalt`, "SEQUENCE:1\r\n", "STATUS:CONFIRMED\r\n", "LOCATION:Ahornallee 14 · Wohnung 5\r\n"} {
			if !strings.Contains(string(ics), line) {
				t.Errorf("no %q in\n%s", line, ics)
			}
		}
		for _, line := range strings.Split(string(ics), "\r\n") {
			if len(line) > 75 {
				t.Errorf("a line of %d octets", len(line))
			}
		}
		_, err = w.svc.Calendar(t.Context(), resident("samira"), id, x.ID)
		notFound(t, "a neighbour", err)
		m, err := w.svc.Meetings(t.Context(), staff("jette"), "2026-11-16")
		check(t, err)
		none, err := w.svc.Meetings(t.Context(), staff("werk"), "2026-11-16")
		check(t, err)
		want(t, "meetings", []int{len(m), len(none)}, []int{1, 0})
		invalid(t, w.svc.Decline(t.Context(), resident("marlene"), id, x.ID, ""), "text")
		notFound(t, "a neighbour", w.svc.Decline(t.Context(), resident("samira"), id, x.ID, "x"))
		check(t, w.svc.Decline(t.Context(), resident("marlene"), id, x.ID, "Da bin ich verreist."))
		f = w.read("marlene", id)
		want(t, "declined", []any{f.Appointments[0].State, f.Posts[1].Text, f.Waits()}, []any{cases.Declined, "Da bin ich verreist.", true})
		x.Day = "2026-11-18"
		check(t, w.svc.Arrange(t.Context(), staff("jette"), id, "", x))
		check(t, w.svc.Cancel(t.Context(), staff("jette"), id, x.ID))
		got := w.read("marlene", id).Appointments[0]
		want(t, "moved and called off", []any{got.State, got.Day, got.Version}, []any{cases.Cancelled, "2026-11-18", 4})
	})
}

func TestOnlyTheResidentReleasesThePhone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.reports("marlene", "l5", "std-heating", "Heizung kalt")
		invalid(t, w.svc.SetPhone(t.Context(), resident("marlene"), id, "", "", true), "phone")
		check(t, w.svc.SetPhone(t.Context(), resident("marlene"), id, "0171 39200 14", "ab 16 Uhr", true))
		want(t, "released", w.get("jette", id).Release, true)
		notFound(t, "a neighbour", w.svc.SetPhone(t.Context(), resident("samira"), id, "0171", "", true))
		if err := w.svc.SetPhone(t.Context(), staff("jette"), id, "0171", "", true); !errors.Is(err, fault.ErrDenied) {
			t.Errorf("staff release it: %v", err)
		}
		check(t, w.svc.SetPhone(t.Context(), resident("marlene"), id, "0171 39200 14", "", false))
		want(t, "taken back", w.get("jette", id).Release, false)
	})
}

func TestOwnCategoriesBeginWithTheProductsTree(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		_, err := w.svc.SaveCategory(t.Context(), staff("boss"), cases.Category{Kind: cases.Damage})
		invalid(t, err, "name_de")
		id, err := w.svc.SaveCategory(t.Context(), staff("boss"), cases.Category{ParentID: "std-house", Texts: map[string]cases.Wording{"de": {Name: "Fahrradkeller"}}, AssigneeID: "haus", Active: true,
			Fields: []cases.Field{{Kind: cases.FieldText, Required: true, Labels: map[string]string{"de": "Welche Tür?"}}}})
		check(t, err)
		tree, err := w.svc.Tree(t.Context(), resident("marlene"))
		check(t, err)
		c, ok := tree.Effective(id)
		if !ok || !tree.Own || tree.Name(id, "en") != "Stairs, yard · Fahrradkeller" || c.Icon == "" || len(tree.Tops(cases.Topic)) != 6 {
			t.Errorf("the tree: %v %+v", tree.Own, c)
		}
		_, err = w.svc.SaveCategory(t.Context(), staff("boss"), cases.Category{ParentID: id, Texts: map[string]cases.Wording{"de": {Name: "Dritte Ebene"}}})
		invalid(t, err, "parent")
		out, err := w.svc.Report(t.Context(), resident("marlene"), cases.Report{LeaseID: "l5", CategoryID: id, Text: "Schloss klemmt", Fields: map[string]string{c.Fields[0].Key: "Hof"}})
		check(t, err)
		want(t, "the default assignee", w.get("jette", out.ID).Assignee, "Hanno Wart")
		check(t, w.orgs.SetAbsence(t.Context(), staff("haus"), orgs.Absence{StaffID: "haus", From: "2026-11-01", Till: "2026-11-30", DeputyID: "klaus"}))
		out, err = w.svc.Report(t.Context(), resident("marlene"), cases.Report{LeaseID: "l5", CategoryID: id, Text: "Schloss klemmt wieder", Fields: map[string]string{c.Fields[0].Key: "Hof"}})
		check(t, err)
		want(t, "the deputy", w.get("jette", out.ID).Assignee, "Klaus Holm")
	})
}

func TestCasesExpireUnlessHeld(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		old, held, open := w.reports("marlene", "l5", "std-else", "Alt"), w.reports("marlene", "l5", "std-else", "Strittig"), w.reports("marlene", "l5", "std-else", "Offen")
		for _, id := range []string{old, held} {
			check(t, w.svc.Finish(t.Context(), resident("marlene"), id))
		}
		check(t, w.svc.Hold(t.Context(), staff("boss"), held, true))
		if err := w.svc.Hold(t.Context(), staff("klaus"), old, true); !errors.Is(err, fault.ErrDenied) {
			t.Errorf("a clerk holds: %v", err)
		}
		w.clock = w.clock.AddDate(4, 0, 2)
		w.write(func(tx *store.Tx) error { return jobs.Enqueue(tx, "cases.expire", "schedule", nil, w.now()) })
		w.drain()
		for id, there := range map[string]bool{old: false, held: true, open: true} {
			if _, err := w.svc.Get(t.Context(), staff("jette"), id); (err == nil) != there {
				t.Errorf("%s: %v", id, err)
			}
		}
	})
}

func TestX14_ExResidentsWriteOnlyInTheirExistingCases(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.reports("samira", "l2", "std-else", "Vor dem Auszug")
		w.write(func(tx *store.Tx) error {
			_, err := store.Exec(tx, moveOut)
			return err
		})
		check(t, w.svc.Reply(t.Context(), resident("samira"), id, cases.Reply{Text: "Noch eine Frage."}))
		_, err := w.svc.Report(t.Context(), resident("samira"), cases.Report{LeaseID: "l2", CategoryID: "std-else", Text: "Neu"})
		invalid(t, err, "lease")
		w.set(func(s *orgs.Settings) { s.MovedOutAccess = orgs.MovedOutNone })
		_, err = w.svc.Read(t.Context(), resident("samira"), id)
		notFound(t, "after the end without access", err)
	})
}

var moveOut = store.Scoped(`UPDATE lease SET ends_on = '2026-11-01', until = '2026-11-01' WHERE org_id = $1 AND id = 'l2'`)

func TestOtherOrganisationsSeeNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.reports("marlene", "l5", "std-else", "Frage")
		twin := actor.NewStaff(storetest.Twin, "twin-account", "twin-staff", "Chefin", actor.Proprietor, false, nil)
		_, err := w.svc.Get(t.Context(), twin, id)
		notFound(t, "staff of another organisation", err)
		_, err = w.svc.Get(t.Context(), staff("jette"), "twin-case")
		notFound(t, "a case of another organisation", err)
		_, err = w.svc.Read(t.Context(), actor.NewResident(storetest.Twin, "twin-account", []string{"marlene"}), id)
		notFound(t, "a resident of another organisation", err)
	})
}
