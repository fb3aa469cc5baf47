package conversations_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"foyer/internal/conversations"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

func TestStaffListsSearchAndLimits(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.begin("marlene", "l5", "Heizkörper im Bad", "wird nicht warm")
		w.begin("giulia", "l11", "Betriebskosten", "Warum ist die Straßenreinigung so teuer?")
		check(t, w.svc.Assign(t.Context(), staff("jette"), a, "klaus"))
		for i, c := range []struct {
			by   string
			f    conversations.Filter
			want []string
		}{
			{"jette", conversations.Filter{}, []string{"Betriebskosten", "Heizkörper im Bad"}},
			{"werk", conversations.Filter{}, []string{"Betriebskosten"}},
			{"jette", conversations.Filter{Property: "p1"}, []string{"Heizkörper im Bad"}},
			{"jette", conversations.Filter{Assignee: "klaus"}, []string{"Heizkörper im Bad"}},
			{"jette", conversations.Filter{Query: "strassen ferri"}, []string{"Betriebskosten"}},
			{"jette", conversations.Filter{Query: "ahornallee heizkoerper"}, []string{"Heizkörper im Bad"}},
			{"jette", conversations.Filter{Query: "brandt", Property: "p2"}, nil},
			{"werk", conversations.Filter{Query: "brandt"}, nil},
			{"jette", conversations.Filter{Query: "?!"}, nil},
			{"jette", conversations.Filter{Box: conversations.Outbox}, nil},
		} {
			p, err := w.svc.List(t.Context(), staff(c.by), c.f)
			check(t, err)
			want(t, fmt.Sprint("list ", i), subjects(p), c.want)
		}
		if _, err := w.svc.List(t.Context(), staff("werk"), conversations.Filter{Property: "p1"}); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("a foreign property: %v", err)
		}
		count := func(by string) int {
			n, err := w.svc.CountWaiting(t.Context(), staff(by))
			check(t, err)
			return n
		}
		want(t, "waiting", []int{count("jette"), count("werk")}, []int{2, 1})
		check(t, w.svc.Settle(t.Context(), staff("jette"), a))
		want(t, "waiting after one was settled", []int{count("jette"), count("werk")}, []int{1, 1})
		p, err := w.svc.List(t.Context(), staff("jette"), conversations.Filter{Waiting: true})
		check(t, err)
		want(t, "what waits", subjects(p), []string{"Betriebskosten"})
		if err := w.svc.Assign(t.Context(), staff("jette"), a, "werk"); fault.AsInvalid(err) == nil {
			t.Errorf("given to somebody who may not see it: %v", err)
		}
		list, err := w.svc.OfPerson(t.Context(), staff("werk"), "marlene", 5)
		check(t, err)
		want(t, "a person's conversations outside of the limits", len(list), 0)
	})
}

func TestListsGoOnPageByPage(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var all []string
		for i := range 60 {
			if i%30 == 0 {
				w.later(2 * time.Hour)
			}
			all = append([]string{fmt.Sprint("Frage ", i)}, all...)
			w.begin("marlene", "l5", all[0], "x")
		}
		var staffs, own []string
		for at := (conversations.Cursor{}); ; {
			p, err := w.svc.List(t.Context(), staff("jette"), conversations.Filter{After: at})
			check(t, err)
			staffs = append(staffs, subjects(p)...)
			if at = p.Next; at.ID == "" {
				break
			}
		}
		for at := (conversations.Cursor{}); ; {
			p, err := w.svc.Mine(t.Context(), resident("marlene"), conversations.Outbox, portfolio.Tenancy{}, at)
			check(t, err)
			own = append(own, subjects(p)...)
			if at = p.Next; at.ID == "" {
				break
			}
		}
		want(t, "staff", staffs, all)
		want(t, "resident", own, all)
	})
}

func TestSpeakingForOnesselfHasALimit(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var many *fault.TooMany
		for i := range 70 {
			_, err := w.svc.Write(t.Context(), resident("marlene"), conversations.NewMessage{LeaseID: "l5", Subject: "x", Text: "x"})
			if errors.As(err, &many) {
				want(t, "messages in an hour", i, 60)
				return
			}
			check(t, err)
		}
		t.Error("nobody stops a script")
	})
}

func TestMessagesExpireUnlessHeld(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		old := w.begin("marlene", "l5", "Alt", "einzigartig")
		held := w.begin("samira", "l2", "Strittig", "x")
		check(t, w.svc.Hold(t.Context(), staff2admin(), held, true))
		if err := w.svc.Hold(t.Context(), staff("jette"), old, true); !errors.Is(err, fault.ErrDenied) {
			t.Errorf("a manager holds: %v", err)
		}
		w.clock = w.clock.AddDate(0, 47, 0)
		fresh := w.begin("marlene", "l5", "Neu", "x")
		w.clock = w.clock.AddDate(0, 1, 2)
		w.write(func(tx *store.Tx) error {
			return jobs.Enqueue(tx, "conversations.expire", "schedule", nil, w.now())
		})
		w.drain()
		for id, there := range map[string]bool{old: false, held: true, fresh: true} {
			_, err := w.svc.Get(t.Context(), staff("jette"), id)
			if (err == nil) != there {
				t.Errorf("%s: %v", id, err)
			}
		}
		p, err := w.svc.List(t.Context(), staff("jette"), conversations.Filter{Query: "einzigartig"})
		check(t, err)
		want(t, "its words", len(p.Rows), 0)
	})
}

func TestDraftsAreKeptForTheirWriter(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		fields := map[string]string{"subject": "Halb", "text": "fertig"}
		check(t, w.svc.SaveDraft(t.Context(), resident("marlene"), "new", fields))
		fields["text"] = "fast fertig"
		check(t, w.svc.SaveDraft(t.Context(), resident("marlene"), "new", fields))
		d, ok, err := w.svc.Draft(t.Context(), resident("marlene"), "new")
		check(t, err)
		want(t, "draft", []any{ok, d.Fields["text"]}, []any{true, "fast fertig"})
		if _, ok, err := w.svc.Draft(t.Context(), resident("jonas"), "new"); ok || err != nil {
			t.Errorf("somebody else's draft: %v %v", ok, err)
		}
		for i := range 60 {
			w.later(time.Second)
			check(t, w.svc.SaveDraft(t.Context(), staff("jette"), fmt.Sprint("compose:", i), fields))
		}
		list, err := w.svc.Drafts(t.Context(), staff("jette"), "compose:")
		check(t, err)
		want(t, "the newest are kept", []any{len(list), list[0].Place}, []any{50, "compose:59"})
		check(t, w.svc.SaveDraft(t.Context(), resident("marlene"), "new", map[string]string{"text": ""}))
		if _, ok, _ := w.svc.Draft(t.Context(), resident("marlene"), "new"); ok {
			t.Error("an emptied form has a draft")
		}
		if err := w.svc.SaveDraft(t.Context(), resident("marlene"), "new", map[string]string{"text": strings.Repeat("x", 70_000)}); err == nil {
			t.Error("a draft without end")
		}
	})
}
