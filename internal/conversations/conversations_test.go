package conversations_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"foyer/internal/conversations"
	"foyer/internal/orgs"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/portfolio"
)

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	storetest.Each(t, func(t *testing.T, db *store.DB) { fn(t, open(t, db)) })
}

func want(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestE1_E4_E16_ResidentsWriteAndReply(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.begin("marlene", "l5", "Neue Bankverbindung", "Unser Konto wechselt zum 1. Dezember.")
		c := w.read("marlene", id)
		if len(c.Posts) != 1 || c.Posts[0].AuthorName != "Marlene Brandt" || c.Place != "Ahornallee 14 · Wohnung 5" || !c.MayReply {
			t.Errorf("%+v", c)
		}
		check(t, w.svc.Respond(t.Context(), staff("jette"), id, conversations.Reply{Text: "Vielen Dank, das reicht.", Last: c.Last}))
		again, err := w.svc.Answer(t.Context(), resident("marlene"), id, conversations.Reply{Text: "Schön."})
		check(t, err)
		want(t, "the answer is in the same conversation", again, id)
		c = w.read("marlene", id)
		want(t, "messages", len(c.Posts), 3)
		want(t, "sides", []conversations.Side{c.Posts[0].Side, c.Posts[1].Side, c.Posts[2].Side}, []conversations.Side{"resident", "staff", "resident"})
		for field, in := range map[string]conversations.NewMessage{"subject": {LeaseID: "l5", Text: "x"}, "text": {LeaseID: "l5", Subject: "x"}, "lease": {LeaseID: "l2", Subject: "x", Text: "x"}} {
			_, err := w.svc.Write(t.Context(), resident("marlene"), in)
			if bad := fault.AsInvalid(err); bad == nil || len(bad.Fields) != 1 || bad.Fields[0].Name != field {
				t.Errorf("want a complaint about %s: %v", field, err)
			}
		}
		_, err = w.svc.Write(t.Context(), resident("marlene"), conversations.NewMessage{LeaseID: "l5", Subject: strings.Repeat("ü", 121), Text: strings.Repeat("ä", 10001)})
		if bad := fault.AsInvalid(err); bad == nil || len(bad.Fields) != 2 {
			t.Errorf("too long: %v", err)
		}
	})
}

func TestE5_E17_SentAndInboxOnBothSides(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		own := w.begin("marlene", "l5", "Frage", "Wann kommt die Abrechnung?")
		w.sends("jette", portfolio.ToPerson, "marlene", "Ihr Schlüssel")
		list := func(box conversations.Box) []string {
			p, err := w.svc.List(t.Context(), staff("jette"), conversations.Filter{Box: box})
			check(t, err)
			return subjects(p)
		}
		want(t, "staff: inbox", list(conversations.Inbox), []string{"Frage"})
		want(t, "staff: sent", list(conversations.Outbox), []string{"Ihr Schlüssel"})
		want(t, "resident: inbox", w.box("marlene", conversations.Inbox), []string{"Ihr Schlüssel"})
		want(t, "resident: sent", w.box("marlene", conversations.Outbox), []string{"Frage"})
		w.later(time.Minute)
		check(t, w.svc.Respond(t.Context(), staff("jette"), own, conversations.Reply{Text: "Im Dezember."}))
		want(t, "staff: sent after the answer", list(conversations.Outbox), []string{"Frage", "Ihr Schlüssel"})
		want(t, "resident: inbox after the answer", w.box("marlene", conversations.Inbox), []string{"Frage", "Ihr Schlüssel"})
		want(t, "unread", w.unread("marlene"), 2)
		check(t, w.svc.Look(t.Context(), resident("marlene"), w.read("marlene", own)))
		want(t, "unread after a look", w.unread("marlene"), 1)
	})
}

func TestE13_OthersSeeNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.begin("marlene", "l5", "Privat", "Nur für die Verwaltung")
		house := w.sends("jette", portfolio.ToStairwell, portfolio.StairwellID("b14", "14"), "Treppenhaus 14")
		for _, who := range []string{"jonas", "samira", "giulia", "old"} {
			if _, err := w.svc.Read(t.Context(), resident(who), id); !errors.Is(err, fault.ErrNotFound) {
				t.Errorf("%s reads it: %v", who, err)
			}
			if _, err := w.svc.Answer(t.Context(), resident(who), id, conversations.Reply{Text: "Hallo"}); !errors.Is(err, fault.ErrNotFound) {
				t.Errorf("%s answers it: %v", who, err)
			}
			if err := w.svc.Look(t.Context(), resident(who), conversations.Thread{Conversation: conversations.Conversation{ID: id, LastAt: w.now()}}); !errors.Is(err, fault.ErrNotFound) {
				t.Errorf("%s leaves a mark on it: %v", who, err)
			}
		}
		want(t, "jonas", w.box("jonas", conversations.Inbox), []string{"Treppenhaus 14"})
		want(t, "samira of the other stairwell", w.box("samira", conversations.Inbox), []string(nil))
		want(t, "old", w.unread("old"), 0)
		if _, err := w.svc.Get(t.Context(), staff("werk"), house); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("staff of another property read it: %v", err)
		}
		for _, by := range []string{"read", "werk"} {
			if err := w.svc.Respond(t.Context(), staff(by), id, conversations.Reply{Text: "x"}); err == nil {
				t.Errorf("%s answers", by)
			}
		}
		if _, err := w.svc.List(t.Context(), resident("marlene"), conversations.Filter{}); !errors.Is(err, fault.ErrDenied) {
			t.Errorf("a resident lists the office's messages: %v", err)
		}
		shared, err := w.svc.Write(t.Context(), resident("marlene"), conversations.NewMessage{Key: "k", LeaseID: "l5", Subject: "Gemeinsam", Text: "Für beide", Shared: true})
		check(t, err)
		want(t, "jonas reads what is shared with the lease", len(w.read("jonas", shared).Posts), 1)
		want(t, "jonas has not sent it", w.box("jonas", conversations.Outbox), []string(nil))
	})
}

// A message to a house is one conversation; who answers opens an own one.
func TestE4_AnAnswerToAHouseIsPrivate(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		house := w.sends("jette", portfolio.ToProperty, "p1", "Anstrich ab 23. November")
		p, err := w.svc.List(t.Context(), staff("jette"), conversations.Filter{Box: conversations.Outbox})
		check(t, err)
		want(t, "one row for the house", subjects(p), []string{"Anstrich ab 23. November"})
		first, err := w.svc.Answer(t.Context(), resident("marlene"), house, conversations.Reply{Text: "Mein Fahrrad?"})
		check(t, err)
		second, err := w.svc.Answer(t.Context(), resident("marlene"), house, conversations.Reply{Text: "Und der Kinderwagen?"})
		check(t, err)
		other, err := w.svc.Answer(t.Context(), resident("samira"), house, conversations.Reply{Text: "Danke"})
		check(t, err)
		if first == house || first != second || other == first {
			t.Errorf("house %s, answers %s %s %s", house, first, second, other)
		}
		want(t, "the house's messages", len(w.read("samira", house).Posts), 1)
		want(t, "own answers of marlene", len(w.read("marlene", first).Posts), 2)
		if _, err := w.svc.Read(t.Context(), resident("samira"), first); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("a neighbour reads the answer: %v", err)
		}
		s, err := w.svc.Get(t.Context(), staff("jette"), house)
		check(t, err)
		if len(s.Answers) != 2 || s.Conversation.Answers != 2 || s.Waits() {
			t.Errorf("%d answers, counted %d, waits %v", len(s.Answers), s.Conversation.Answers, s.Waits())
		}
		want(t, "own answers are named", w.read("marlene", house).Own[0].ID, first)
		closed, err := w.svc.Send(t.Context(), staff("jette"), conversations.NewSending{To: conversations.Target{Kind: portfolio.ToEveryone, ID: portfolio.Everyone}, Subject: "Nur zur Kenntnis", Text: "x"})
		check(t, err)
		c := w.read("giulia", closed)
		want(t, "why not", c.Why, "conversations.no_replies")
		if _, err := w.svc.Answer(t.Context(), resident("giulia"), closed, conversations.Reply{Text: "x"}); err == nil || c.MayReply {
			t.Error("an answer that staff did not allow")
		}
	})
}

func TestE14_TheChosenLeaseDecidesWhatIsListed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		flat := w.begin("marlene", "l5", "Wohnung", "x")
		space := w.begin("marlene", "l7", "Stellplatz", "x")
		for _, id := range []string{flat, space} {
			check(t, w.svc.Respond(t.Context(), staff("jette"), id, conversations.Reply{Text: "Antwort"}))
			w.later(time.Minute)
		}
		w.sends("jette", portfolio.ToStairwell, portfolio.StairwellID("b14", "14"), "Treppenhaus")
		w.sends("jette", portfolio.ToPerson, "marlene", "Persönlich")
		w.sends("jette", portfolio.ToEveryone, portfolio.Everyone, "An alle")
		m, err := portfolio.New(w.db, w.now).MineOf(t.Context(), resident("marlene"))
		check(t, err)
		for _, x := range m.Tenancies {
			p, err := w.svc.Mine(t.Context(), resident("marlene"), conversations.Inbox, x, conversations.Cursor{})
			check(t, err)
			switch x.Lease.ID {
			case "l5":
				want(t, "flat", subjects(p), []string{"An alle", "Persönlich", "Treppenhaus", "Wohnung"})
			case "l7":
				want(t, "parking space", subjects(p), []string{"An alle", "Persönlich", "Stellplatz"})
			}
		}
		news, err := w.svc.News(t.Context(), resident("marlene"), 10)
		check(t, err)
		want(t, "news of all leases", len(news), 5)
	})
}

func TestE11_StaffGetAMailOnAReply(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		to := func() (out []string) {
			w.drain()
			for _, m := range slices.Backward(w.outbox.Messages()) {
				if strings.HasSuffix(m.Message.To.Addr, "@lindhof.example") {
					out = append(out, m.Message.To.Addr)
				}
			}
			return out
		}
		id := w.begin("giulia", "l11", "Frage", "Geheimer Text")
		want(t, "who looks after the property", to(), []string{"werk@lindhof.example"})
		m := w.outbox.Messages()[0].Message
		if !strings.Contains(m.Text, "https://a.example/verwaltung/nachrichten/"+id) || strings.Contains(m.Text+m.HTML, "Geheimer Text") || !strings.Contains(m.Subject, "Giulia Ferri: Frage") {
			t.Errorf("%s\n%s", m.Subject, m.Text)
		}
		check(t, w.svc.Respond(t.Context(), staff("klaus"), id, conversations.Reply{Text: "Antwort"}))
		_, err := w.svc.Answer(t.Context(), resident("giulia"), id, conversations.Reply{Text: "Noch etwas"})
		check(t, err)
		want(t, "who has written", to()[1:], []string{"klaus@lindhof.example"})
		check(t, w.svc.Assign(t.Context(), staff("klaus"), id, "jette"))
		w.set(func(s *orgs.Settings) { s.MailContent = orgs.MailFullText })
		_, err = w.svc.Answer(t.Context(), resident("giulia"), id, conversations.Reply{Text: "Und zuletzt"})
		check(t, err)
		want(t, "the assignee", to()[2:], []string{"jette@lindhof.example"})
		if m := w.outbox.Messages()[0].Message; !strings.Contains(m.Text, "Und zuletzt") {
			t.Errorf("full text is set, but: %s", m.Text)
		}
		w.begin("marlene", "l5", "Ohne eigene Leute", "x")
		want(t, "the office", len(to()[3:]), 2)
	})
}

// Two members of staff answer at once: the second gets the words back.
func TestTwoAnswersAtOnceMeet(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.begin("marlene", "l5", "Frage", "x")
		c, err := w.svc.Get(t.Context(), staff("jette"), id)
		check(t, err)
		check(t, w.svc.Respond(t.Context(), staff("klaus"), id, conversations.Reply{Key: "1", Text: "Von Klaus", Last: c.Last}))
		err = w.svc.Respond(t.Context(), staff("jette"), id, conversations.Reply{Key: "2", Text: "Von Jette", Last: c.Last})
		var meanwhile *conversations.Inbetween
		if !errors.As(err, &meanwhile) || len(meanwhile.Posts) != 1 || meanwhile.Posts[0].Text != "Von Klaus" {
			t.Fatalf("%v", err)
		}
		check(t, w.svc.Respond(t.Context(), staff("jette"), id, conversations.Reply{Key: "2", Text: "Von Jette", Last: meanwhile.Posts[0].ID}))
		check(t, w.svc.Respond(t.Context(), staff("jette"), id, conversations.Reply{Key: "2", Text: "Von Jette", Last: c.Last})) // the click's echo
		want(t, "messages", len(w.read("marlene", id).Posts), 3)
	})
}

func TestADoubleClickMakesOne(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		in := conversations.NewMessage{Key: "form-1", LeaseID: "l5", Subject: "Frage", Text: "x"}
		first, err := w.svc.Write(t.Context(), resident("marlene"), in)
		check(t, err)
		second, err := w.svc.Write(t.Context(), resident("marlene"), in)
		check(t, err)
		want(t, "the same conversation", second, first)
		for range 2 {
			_, err := w.svc.Answer(t.Context(), resident("marlene"), first, conversations.Reply{Key: "form-2", Text: "Nachtrag"})
			check(t, err)
		}
		want(t, "messages", len(w.read("marlene", first).Posts), 2)
		out := conversations.NewSending{Key: "form-3", To: conversations.Target{Kind: portfolio.ToLease, ID: "l5"}, Subject: "An beide", Text: "x", Replies: true}
		a, err := w.svc.Send(t.Context(), staff("jette"), out)
		check(t, err)
		b, err := w.svc.Send(t.Context(), staff("jette"), out)
		check(t, err)
		want(t, "one sending", a, b)
		other, err := w.svc.Write(t.Context(), resident("samira"), conversations.NewMessage{Key: "form-1", LeaseID: "l2", Subject: "Frage", Text: "x"})
		check(t, err)
		if other == first {
			t.Error("somebody else's form made the same conversation")
		}
	})
}

func TestInternalNotesAreForStaffAlone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.begin("marlene", "l5", "Frage", "x")
		before := w.read("marlene", id)
		check(t, w.svc.Respond(t.Context(), staff("jette"), id, conversations.Reply{Text: "Geheime Notiz", Internal: true}))
		after := w.read("marlene", id)
		want(t, "the resident's view", cmp.Equal(before, after), true)
		want(t, "nothing new", w.unread("marlene"), 0)
		s, err := w.svc.Get(t.Context(), staff("klaus"), id)
		check(t, err)
		if len(s.Posts) != 2 || !s.Posts[1].Internal || !s.Waits() {
			t.Errorf("%+v", s)
		}
	})
}

func TestX14_FormerResidentsReadTheirOwnTimeOnly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.clock = time.Date(2020, 11, 1, 9, 0, 0, 0, time.UTC)
		id := w.begin("old", "l2old", "Auszug", "x")
		check(t, w.svc.Respond(t.Context(), staff("jette"), id, conversations.Reply{Text: "Antwort"}))
		w.clock = time.Date(2021, 3, 1, 9, 0, 0, 0, time.UTC)
		w.sends("jette", portfolio.ToBuilding, "b14", "Nach dem Auszug")
		c := w.read("old", id)
		if c.MayReply || c.Why != "conversations.lease_ended" {
			t.Errorf("%v %s", c.MayReply, c.Why)
		}
		if _, err := w.svc.Answer(t.Context(), resident("old"), id, conversations.Reply{Text: "x"}); err == nil {
			t.Error("an answer from a lease that has ended")
		}
		if _, err := w.svc.Write(t.Context(), resident("old"), conversations.NewMessage{LeaseID: "l2old", Subject: "x", Text: "x"}); fault.AsInvalid(err) == nil {
			t.Errorf("a new message from a lease that has ended: %v", err)
		}
		want(t, "inbox", w.box("old", conversations.Inbox), []string{"Auszug"})
		w.clock = time.Date(2023, 3, 1, 9, 0, 0, 0, time.UTC) // more than 24 months
		if _, err := w.svc.Read(t.Context(), resident("old"), id); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("after the months: %v", err)
		}
	})
}

func TestX6_ContactModeCasesTakesNoFreeMessages(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.set(func(s *orgs.Settings) { s.ContactMode = orgs.ContactCases })
		if _, err := w.svc.Write(t.Context(), resident("marlene"), conversations.NewMessage{LeaseID: "l5", Subject: "x", Text: "x"}); !errors.Is(err, fault.ErrDenied) {
			t.Errorf("%v", err)
		}
		id := w.sends("jette", portfolio.ToPerson, "marlene", "Frage an Sie")
		_, err := w.svc.Answer(t.Context(), resident("marlene"), id, conversations.Reply{Text: "Antwort"})
		check(t, err)
		w.set(func(s *orgs.Settings) { s.ContactMode = orgs.ContactMessages })
		w.begin("marlene", "l5", "Frei", "x")
	})
}
