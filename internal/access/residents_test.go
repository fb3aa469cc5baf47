package access

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/portfolio"
)

func TestK6_EveryStateHasALegend(t *testing.T) {
	b, err := i18n.New(i18n.Texts, portfolio.Texts, Texts)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"de", "en"} {
		p := b.Printer(lang)
		seen := map[string]bool{}
		for _, s := range States {
			for _, text := range []string{p.T(s.Label()), p.T(s.Legend())} {
				if strings.HasPrefix(text, "[") || seen[text] {
					t.Errorf("%s %s: %q", lang, s, text)
				}
				seen[text] = true
			}
		}
		for _, reason := range []string{reasonReplaced, reasonStaff, reasonNotMe, reasonNotMeOK, reasonUsed, reasonEnded, reasonReset, reasonConsent, reasonBatch} {
			if !p.Has("access.code.revoked." + reason) {
				t.Errorf("no text for %s", reason)
			}
		}
	}
	if m := b.Missing("en"); len(m) > 0 {
		t.Error(m)
	}
}

// TestK5_K16_TheListAgreesWithTheStates draws residents in all states and holds
// rows, figures, filters and pages against StateOf.
func TestK5_K16_TheListAgreesWithTheStates(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		rng := rand.New(rand.NewPCG(5, 16))
		e.house("14")
		e.house("16")
		e.add(dweller{house: "16", person: "elsewhere", unit: "u900"})
		states := []State{NoAccess, Requested, Pending, Confirmed, Expired, Revoked, Ended}
		want := map[string]State{}
		stair := map[string]string{}
		for range 60 {
			d := dweller{stair: []string{"", "B"}[rng.IntN(2)], noUVI: rng.IntN(2) == 0}
			s := states[rng.IntN(len(states))]
			if s == Ended {
				d.to = "2026-11-11"
			}
			p, l := e.add(d)
			if s != Ended {
				e.bring(p, l, s)
			}
			want[p], stair[p] = s, map[string]string{"": "14", "B": "B"}[d.stair]
		}
		live := 0
		count := map[State]int{}
		for _, s := range want {
			count[s]++
			if s != Ended {
				live++
			}
		}
		var got []string
		for page := 1; ; page++ {
			list, err := e.Residents(t.Context(), e.clerk, "14", Filter{Page: page})
			if err != nil {
				t.Fatal(err)
			}
			if list.Persons != live || list.Total != live || list.Pages != (live+24)/25 || !slices.Equal(list.Stairwells, []string{"14", "B"}) {
				t.Fatalf("%+v, want %d", list, live)
			}
			for s, n := range count {
				if list.States[s] != n {
					t.Errorf("%s: %d, want %d", s, list.States[s], n)
				}
			}
			for _, r := range list.Rows {
				got = append(got, r.Person.ID)
				if r.State != want[r.Person.ID] || r.Name() != r.Person.FirstName+" "+r.Person.LastName || r.State != NoAccess && r.Date().IsZero() {
					t.Errorf("%+v, want %s", r, want[r.Person.ID])
				}
			}
			if page == list.Pages {
				break
			}
		}
		slices.Sort(got)
		if len(slices.Compact(got)) != live {
			t.Errorf("%d rows on all pages, want %d", len(got), live)
		}
		for _, s := range states {
			for _, st := range []string{"", "14", "B", "C"} {
				n := 0
				for p := range want {
					if want[p] == s && (st == "" || stair[p] == st) {
						n++
					}
				}
				list, err := e.Residents(t.Context(), e.clerk, "14", Filter{State: s, Stairwell: st})
				if err != nil || list.Total != n {
					t.Errorf("%s in %q: %d, want %d, %v", s, st, list.Total, n, err)
				}
			}
		}
	})
}

func TestResidentsAreFoundByWordsOfTheirName(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		e.add(dweller{first: "Jörg", last: "Müller-Lüdenscheidt", unit: "u7"})
		e.add(dweller{first: "Anna", last: "Weiß", unit: "u8"})
		for text, want := range map[string]int{"mueller": 1, "LÜDEN": 1, "denscheidt": 0, "jorg": 0, "Jörg Mü": 1, "weiss": 1, "7": 1, "100%": 0, "": 2, "'": 2} {
			list, err := e.Residents(t.Context(), e.clerk, "14", Filter{Text: text})
			if err != nil || list.Total != want {
				t.Errorf("%q finds %d, want %d, %v", text, list.Total, want, err)
			}
		}
	})
}

func TestThePersonsCardTellsTheWholeHistory(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		e.house("16")
		p, l := e.add(dweller{})
		e.add(dweller{house: "16", person: p, unit: "u77"})
		e.code(p, l)
		e.later(time.Hour)
		e.register(e.code(p, l), marlene)
		c, err := e.Person(t.Context(), e.clerk, p)
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Codes) != 2 || c.Codes[0].UsedAt.IsZero() || c.Codes[1].Reason != "access.code.revoked.replaced" || c.Codes[1].By != "staff:clerk" {
			t.Errorf("%+v", c.Codes)
		}
		if c.Login != marlene || len(c.Leases) != 2 || len(c.History) < 3 || len(c.Deliveries) != 1 {
			t.Errorf("%+v", c)
		}
		limited := actor.NewStaff(storetest.Org, "a", "s", "S", actor.ReadOnly, true, []string{"16"})
		if c, err = e.Person(t.Context(), limited, p); err != nil || len(c.Leases) != 1 || c.Leases[0].PropertyID != "16" {
			t.Errorf("within limits: %+v %v", c.Leases, err)
		}
	})
}

func TestTodayShowsMailsThatFailedAndExpiredCodes(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		e.house("16")
		for i := range 3 {
			p, l := e.add(dweller{house: []string{"14", "14", "16"}[i]})
			e.bring(p, l, Expired)
		}
		p, _ := e.add(dweller{})
		e.exec(store.Scoped(`INSERT INTO delivery (org_id, id, kind, key, channel, person_id, address, language, args, state, reason, created_at, failed_at)
			VALUES ($1, 'd1', 'access.invitation', 'k', 'email', $2, 'x@post.example', 'de', '{}', 'failed', '550', 5, 6)`), p)
		for who, want := range map[string][2]int{"": {2, 1}, "16": {1, 0}} {
			by := e.clerk
			if who != "" {
				by = actor.NewStaff(storetest.Org, "a", "s", "S", actor.Clerk, true, []string{who})
			}
			today, err := e.Today(t.Context(), by)
			if err != nil || len(today.Expired) != want[0] || len(today.Mails) != want[1] {
				t.Errorf("%q: %+v %v", who, today, err)
			}
			if who == "" && (today.Lapsed != 3 || today.None != 1 || today.Expired[0].Persons != 2 || today.Mails[0].Name == "") {
				t.Errorf("%+v", today)
			}
		}
	})
}

func TestT7_CodesEndWithTheLeaseAndOldOnesGo(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		out, lo := e.add(dweller{to: "2026-11-20"})
		stays, ls := e.add(dweller{})
		e.code(out, lo)
		sec := e.code(stays, ls)
		browser := e.begin(sec, marlene)
		cleanAt := func(at time.Time) {
			t.Helper()
			e.clock = at
			if err := e.clean(t.Context(), actor.NewJob(storetest.Org, jobClean), jobs.Job{}); err != nil {
				t.Fatal(err)
			}
		}
		count := func(table string) (n int) {
			e.read(func(tx *store.Tx) (err error) {
				n, err = store.Value[int](tx, store.Scoped(fmt.Sprintf(`SELECT count(*) FROM %s WHERE org_id = $1`, table)))
				return err
			})
			return n
		}
		start := e.now()
		cleanAt(time.Date(2026, 11, 20, 22, 0, 0, 0, time.UTC)) // the last day still
		if e.state(out) != Pending {
			t.Errorf("on the last day: %s", e.state(out))
		}
		if count("registration") != 0 {
			t.Error("a registration outlived its day")
		}
		cleanAt(time.Date(2026, 11, 20, 23, 0, 0, 0, time.UTC)) // midnight in Berlin
		c, err := e.Person(t.Context(), e.clerk, out)
		if err != nil || c.State != Ended || c.Codes[0].Reason != "access.code.revoked.lease_over" {
			t.Errorf("%s %+v %v", c.State, c.Codes, err)
		}
		if _, err := e.Registration(t.Context(), e.anon, browser); key(err) != "gone" {
			t.Errorf("the registration: %v", err)
		}
		end := time.Date(2027, 1, 11, 23, 0, 0, 0, time.UTC) // of both codes
		cleanAt(end.AddDate(0, 0, 30))
		if n := count("access_code"); n != 2 {
			t.Errorf("%d codes on the thirtieth day", n)
		}
		cleanAt(end.AddDate(0, 0, 30).Add(time.Microsecond))
		if n := count("access_code"); n != 0 {
			t.Errorf("%d codes after the thirtieth day", n)
		}
		if e.state(stays) != Expired {
			t.Errorf("the list forgot: %s", e.state(stays))
		}
		e.clock = start
	})
}
