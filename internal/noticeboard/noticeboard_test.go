package noticeboard

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/portfolio"
)

func TestE20_ANoticeHangsFromItsFirstToItsLastDay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.lives("marlene", "u1", portfolio.ContractParty, "2020-01-01", portfolio.Forever)
		by := w.enrolled("marlene")
		id := w.hangs(Input{PropertyID: "p1", Place: "stairwell:b1/A", From: "2026-11-14", Until: "2026-11-16"})
		for day, want := range map[string]string{"2026-11-12": "", "2026-11-13": ""} {
			w.set(day)
			if got := w.titles(by); got != want {
				t.Errorf("%s: %q", day, got)
			}
		}
		w.set("2026-11-14")
		w.drain()
		if got := w.titles(by); got != "Gelbe Tonne" {
			t.Errorf("on the first day: %q", got)
		}
		n, err := w.One(t.Context(), w.clerk, id)
		if err != nil || n.State != Published || n.Reach != 1 || n.Read != 0 {
			t.Errorf("%+v %v", n, err)
		}
		w.set("2026-11-17")
		if got := w.titles(by); got != "" {
			t.Errorf("after the last day: %q", got)
		}
		if _, err := w.Open(t.Context(), by, id); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("opened after the last day: %v", err)
		}
	})
}

func TestW10_ReadFiguresCountPersonsOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.lives("marlene", "u1", portfolio.ContractParty, "2020-01-01", portfolio.Forever)
		w.lives("ole", "u3", portfolio.ContractParty, "2020-01-01", portfolio.Forever)
		w.lives("fremd", "u4", portfolio.ContractParty, "2020-01-01", portfolio.Forever)
		id := w.hangs(Input{PropertyID: "p1", Place: "property", From: "2026-11-12", Until: "2026-11-16"})
		for range 2 {
			if _, err := w.Open(t.Context(), resident("marlene"), id); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := w.Open(t.Context(), resident("fremd"), id); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("somebody of another property opened it: %v", err)
		}
		n, err := w.One(t.Context(), w.clerk, id)
		if err != nil || n.Read != 1 || n.Reach != 2 {
			t.Errorf("read %d of %d, %v", n.Read, n.Reach, err)
		}
	})
}

// An ordinary notice waits for the choice of the person, an urgent one goes out
// at once; a second run of the job tells nobody twice.
func TestA15_ReadersAreToldAsTheyChose(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.lives("marlene", "u1", portfolio.ContractParty, "2020-01-01", portfolio.Forever)
		w.lives("ole", "u3", portfolio.ContractParty, "2020-01-01", portfolio.Forever)
		w.enrolled("marlene")
		w.hangs(Input{PropertyID: "p1", Place: "building:b1", From: "2026-11-12", Until: "2026-11-16"})
		if n := len(w.outbox.Messages()); n != 0 {
			t.Errorf("%d mails of an ordinary notice that nobody asked for", n)
		}
		id := w.hangs(Input{PropertyID: "p1", Place: "building:b1", Title: "Rohrbruch im Keller", Urgent: true, From: "2026-11-12", Until: "2026-11-16"})
		list := w.outbox.Messages()
		if len(list) != 1 || list[0].To.Addr != "marlene@post.example" {
			t.Fatalf("mails of an urgent notice: %d", len(list))
		}
		if m := list[0]; strings.Contains(m.Subject+m.Text, "Rohrbruch") || !strings.Contains(m.Text, "/aushaenge/"+id) {
			t.Errorf("%s\n%s", m.Subject, m.Text)
		}
		w.write(func(tx *store.Tx) error {
			_, err := store.Exec(tx, again)
			return err
		})
		w.drain()
		if n := len(w.outbox.Messages()); n != 1 {
			t.Errorf("%d mails after the job ran twice", n)
		}
	})
}

// again lets every job of notices run once more.
var again = store.Scoped(`UPDATE job SET state = 'queued', run_at = 1 WHERE org_id = $1 AND kind = 'noticeboard.publish'`)

func TestD9_ANoticeIsLockedOncePublished(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		ctx := t.Context()
		in := Input{PropertyID: "p1", Place: "property", Title: "Eins", Body: "Text", From: "2026-11-13", Until: "2026-11-20"}
		id, err := w.Write(ctx, w.clerk, "k", in)
		w.ok(err)
		if second, err := w.Write(ctx, w.clerk, "k", in); err != nil || second != id {
			t.Errorf("a double click made two: %v", err)
		}
		w.ok(w.Release(ctx, w.clerk, id))
		in.Title = "Zwei"
		w.ok(w.Change(ctx, w.clerk, id, 2, in)) // planned: a draft again
		var conflict *fault.Conflict
		if err := w.Change(ctx, w.clerk, id, 2, in); !errors.As(err, &conflict) {
			t.Errorf("somebody else's change was overwritten: %v", err)
		}
		w.set("2026-11-13")
		w.drain()
		if n, _ := w.One(ctx, w.clerk, id); n.State != Draft {
			t.Errorf("a draft was published: %s", n.State)
		}
		w.ok(w.Release(ctx, w.clerk, id))
		w.drain()
		if err := w.Change(ctx, w.clerk, id, 5, in); !errors.As(err, &conflict) || conflict.Key != "noticeboard.locked" {
			t.Errorf("published and changed: %v", err)
		}
		if err := w.Discard(ctx, w.clerk, id); !errors.As(err, &conflict) {
			t.Errorf("published and discarded: %v", err)
		}
		w.ok(w.Withdraw(ctx, w.clerk, id))
		w.ok(w.Withdraw(ctx, w.clerk, id))
		if n, _ := w.One(ctx, w.clerk, id); n.State != Withdrawn || n.Title != "Zwei" {
			t.Errorf("%+v", n)
		}
	})
}

func TestMistakesOfANoticeAreTold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		_, err := w.Write(t.Context(), w.clerk, "k", Input{PropertyID: "p1", Place: "building:b3", Title: " ", Body: strings.Repeat("x", MaxBody+1), From: "2026-11-11", Until: "2026-02-31", Outage: "moon", OutageFrom: "morgens", OutageTo: "2026-11-12T10:00"})
		bad := fault.AsInvalid(err)
		if bad == nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range bad.Fields {
			got = append(got, f.Name+" "+f.Key)
		}
		want := []string{"title noticeboard.title.missing", "body noticeboard.too_long", "from noticeboard.past", "until noticeboard.day", "outage noticeboard.choice", "outage_from noticeboard.time"}
		if !slices.Equal(got, want) {
			t.Errorf("%q", got)
		}
		// A building of another property.
		_, err = w.Write(t.Context(), w.clerk, "k", Input{PropertyID: "p1", Place: "building:b3", Title: "T", Body: "B", From: "2026-11-12", Until: "2026-11-12"})
		if bad := fault.AsInvalid(err); bad == nil || bad.Fields[0].Name != "place" {
			t.Errorf("a place of another property: %v", err)
		}
	})
}

func TestT1_LimitedStaffKeepToTheirProperties(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		ctx := t.Context()
		other := w.hangs(Input{PropertyID: "p2", Place: "property", From: "2026-11-12", Until: "2026-11-20"})
		own := w.hangs(Input{PropertyID: "p1", Place: "property", Title: "Eigen", From: "2026-11-12", Until: "2026-11-20"})
		list, err := w.List(ctx, w.limited, "", "")
		if err != nil || len(list.Rows) != 1 || list.Rows[0].ID != own {
			t.Errorf("%+v %v", list, err)
		}
		_, one := w.One(ctx, w.limited, other)
		_, places := w.Places(ctx, w.limited, "p2")
		_, write := w.Write(ctx, w.limited, "k", Input{PropertyID: "p2", Place: "property", Title: "T", Body: "B", From: "2026-11-12", Until: "2026-11-12"})
		_, of := w.List(ctx, w.limited, "p2", "")
		for i, err := range []error{one, places, write, of, w.Withdraw(ctx, w.limited, other), w.Release(ctx, w.limited, other), w.Discard(ctx, w.limited, other), w.Keep(ctx, w.limited, other, true),
			w.Change(ctx, w.limited, other, 1, Input{PropertyID: "p1", Place: "property", Title: "T", Body: "B", From: "2026-11-12", Until: "2026-11-12"})} {
			if !errors.Is(err, fault.ErrNotFound) {
				t.Errorf("%d: %v", i, err)
			}
		}
		if _, err := w.Board(ctx, w.clerk); !errors.Is(err, fault.ErrDenied) {
			t.Errorf("staff read the residents' board: %v", err)
		}
	})
}

// Random timelines against a naive oracle: nobody but who lives in the place
// today sees a notice, on no day before or after.
func TestT3_OnlyWhoLivesThereTodaySeesANotice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		rng := rand.New(rand.NewPCG(7, 9))
		day := func() string {
			return time.Date(2026, 11, 12+rng.IntN(12), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		}
		span := func() (string, string) {
			a, b := day(), day()
			return min(a, b), max(a, b)
		}
		at := map[string][]string{"u1": {"property:p1", "building:b1", "stairwell:b1/A"}, "u2": {"property:p1", "building:b1", "stairwell:b1/B"}, "u3": {"property:p1", "building:b2"}, "u4": {"property:p2"}}
		type stay struct{ person, unit, role, from, to string }
		var stays []stay
		for i := range 40 {
			from, to := span()
			s := stay{fmt.Sprintf("m%d", i%15), []string{"u1", "u2", "u3", "u4"}[rng.IntN(4)], []string{portfolio.ContractParty, portfolio.CoResident, portfolio.Owner}[rng.IntN(3)], from, to}
			stays = append(stays, s)
			w.lives(s.person, s.unit, s.role, s.from, s.to)
		}
		notices := map[string][3]string{} // title → place, from, until
		for i := range 12 {
			from, until := span()
			place := []string{"property:p1", "building:b1", "building:b2", "stairwell:b1/A", "stairwell:b1/B", "property:p2"}[rng.IntN(6)]
			in := Input{PropertyID: "p1", Place: place, Title: fmt.Sprintf("n%d", i), From: from, Until: until}
			if strings.HasPrefix(place, "property:") {
				in.PropertyID, in.Place = strings.TrimPrefix(place, "property:"), "property"
			}
			w.hangs(in)
			notices[in.Title] = [3]string{place, from, until}
		}
		looked := 0
		for d := range 14 {
			today := time.Date(2026, 11, 11+d, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
			w.set(today)
			w.drain()
			for p := range 15 {
				person := fmt.Sprintf("m%d", p)
				var want []string
				for title, n := range notices {
					lives := slices.ContainsFunc(stays, func(s stay) bool {
						return s.person == person && s.role != portfolio.Owner && s.from <= today && today <= s.to && slices.Contains(at[s.unit], n[0])
					})
					if lives && n[1] <= today && today <= n[2] {
						want = append(want, title)
					}
				}
				got := strings.FieldsFunc(w.titles(resident(person)), func(r rune) bool { return r == ',' })
				slices.Sort(got)
				slices.Sort(want)
				if !slices.Equal(got, want) {
					t.Fatalf("%s on %s sees %v, may see %v", person, today, got, want)
				}
				looked += len(want)
			}
		}
		if looked < 50 {
			t.Errorf("the timelines show too little: %d", looked)
		}
	})
}

func TestNoticesEndAfterTheirRetentionUnlessHeld(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.lives("marlene", "u1", portfolio.ContractParty, "2020-01-01", portfolio.Forever)
		gone := w.hangs(Input{PropertyID: "p1", Place: "property", From: "2026-11-12", Until: "2026-11-20"})
		held := w.hangs(Input{PropertyID: "p1", Place: "property", From: "2026-11-12", Until: "2026-11-20"})
		_, err := w.Open(t.Context(), resident("marlene"), gone)
		w.ok(err)
		w.ok(w.Keep(t.Context(), w.clerk, held, true))
		months := orgs.DefaultRetention()[orgs.RetainNotices]
		w.set(time.Date(2026, 11+time.Month(months), 20, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
		w.ok(w.expire(t.Context(), actor.NewJob(storetest.Org, jobExpire), jobs.Job{}))
		if _, err := w.One(t.Context(), w.clerk, gone); err != nil {
			t.Errorf("a day too early: %v", err)
		}
		w.set(time.Date(2026, 11+time.Month(months), 22, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
		w.ok(w.expire(t.Context(), actor.NewJob(storetest.Org, jobExpire), jobs.Job{}))
		if _, err := w.One(t.Context(), w.clerk, gone); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("kept too long: %v", err)
		}
		if _, err := w.One(t.Context(), w.clerk, held); err != nil {
			t.Errorf("a hold did not hold: %v", err)
		}
	})
}
