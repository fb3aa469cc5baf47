package cases_test

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"strings"
	"testing"
	"time"

	"foyer/internal/cases"
	"foyer/internal/conversations"
	"foyer/internal/orgs"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

func TestH9_A17_A18_AReportNeedsACategoryAndGetsANumber(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		in := cases.Report{Key: "k", LeaseID: "l5", Text: "Der Heizkörper im Bad bleibt kalt. Entlüften hat nichts geändert.", Spot: "Bad, unter dem Fenster"}
		_, err := w.svc.Report(t.Context(), resident("marlene"), in)
		invalid(t, err, "category")
		in.CategoryID, in.Text = "std-heating_cold", ""
		_, err = w.svc.Report(t.Context(), resident("marlene"), in)
		invalid(t, err, "text")
		in.Text, in.LeaseID = "Der Heizkörper im Bad bleibt kalt. Entlüften hat nichts geändert.", "l2"
		_, err = w.svc.Report(t.Context(), resident("marlene"), in)
		invalid(t, err, "lease")
		in.LeaseID = "l5"
		out, err := w.svc.Report(t.Context(), resident("marlene"), in)
		check(t, err)
		again, err := w.svc.Report(t.Context(), resident("marlene"), in)
		check(t, err)
		want(t, "a second click", again, out)
		f := w.read("marlene", out.ID)
		want(t, "case", []any{f.Number(), f.Subject, f.Status, f.Urgency, f.Place, f.Spot, f.TopicID}, []any{"2026-0001", "Der Heizkörper im Bad bleibt kalt", cases.Open, cases.Soon, "Ahornallee 14 · Wohnung 5", "Bad, unter dem Fenster", "std-heating"})
		w.reports("giulia", "l11", "std-water", "Es tropft in der Küche")
		w.clock = time.Date(2026, 12, 31, 23, 30, 0, 0, time.UTC) // already 2027 in Berlin
		f = w.read("giulia", w.reports("giulia", "l11", "std-water", "Es tropft wieder"))
		want(t, "number of a new year", f.Number(), "2027-0001")
		want(t, "own cases", w.mine("marlene"), []string{"Der Heizkörper im Bad bleibt kalt"})
		want(t, "cases of staff", w.list("jette", cases.Filter{Query: "heizkoerper fenster"}), []string{"Der Heizkörper im Bad bleibt kalt"})
		want(t, "by the category's name", w.list("jette", cases.Filter{Query: "heizung 2026-0001"}), []string{"Der Heizkörper im Bad bleibt kalt"})
	})
}

func TestH10_ACaseBeginsOpenAndIsInProgressOnceStaffWork(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		status := func(id string) cases.Status { return w.read("marlene", id).Status }
		a := w.reports("marlene", "l5", "std-heating", "Heizung kalt")
		want(t, "new", status(a), cases.Open)
		w.answers("jette", a, cases.Reply{Text: "Erst prüfen", Internal: true})
		want(t, "after a note", status(a), cases.Open)
		w.answers("jette", a, cases.Reply{Text: "Wir kümmern uns."})
		f := w.read("marlene", a)
		want(t, "after an answer", []any{f.Status, f.Assignee, texts(f)}, []any{cases.InProgress, "Jette Petersen", []string{"Heizung kalt", "Wir kümmern uns."}})
		b := w.reports("marlene", "l5", "std-heating", "Noch etwas")
		check(t, w.svc.Take(t.Context(), staff("klaus"), b))
		want(t, "taken", status(b), cases.InProgress)
		waiting := cases.Waiting
		invalid(t, w.svc.Change(t.Context(), staff("klaus"), b, cases.Change{Status: &waiting}), "reason")
		check(t, w.svc.Change(t.Context(), staff("klaus"), b, cases.Change{Status: &waiting, Reason: "Bitte schicken Sie ein Foto."}))
		f = w.read("marlene", b)
		want(t, "waits for the resident", []any{f.Status, texts(f)[1]}, []any{cases.Waiting, "Bitte schicken Sie ein Foto."})
		check(t, w.svc.Reply(t.Context(), resident("marlene"), b, cases.Reply{Text: "Hier ist es."}))
		want(t, "after the reply", status(b), cases.InProgress)
	})
}

func TestH11_AReplyIsToldByEmailAndInThePortal(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.set(func(s *orgs.Settings) {})
		w.write(func(tx *store.Tx) error {
			_, err := store.Exec(tx, portalOn)
			return err
		})
		id := w.reports("marlene", "l5", "std-heating", "Heizung kalt")
		w.drain()
		if !mailTo(w, "jette@lindhof.example") {
			t.Error("staff do not hear of a new case")
		}
		w.answers("jette", id, cases.Reply{Text: "Geheimnis: wir kommen.", Key: "k"})
		check(t, w.svc.Respond(t.Context(), staff("jette"), id, cases.Reply{Text: "Geheimnis: wir kommen.", Key: "k"}))
		w.drain()
		n := 0
		for _, m := range w.outbox.Messages() {
			if m.To.Addr == "marlene@post.example" {
				n++
				if strings.Contains(m.Text, "Geheimnis") || strings.Contains(m.Subject, "Heizung") {
					t.Error("the mail carries the text without the organisation's will")
				}
				if !strings.Contains(m.Text, "/vorgaenge/"+id) {
					t.Error("the mail does not lead to the case")
				}
			}
			if m.To.Addr == "jonas@post.example" || m.To.Addr == "samira@post.example" {
				t.Error("told to somebody else", m.To)
			}
		}
		want(t, "mails", n, 1)
		unread, err := w.svc.Unread(t.Context(), resident("marlene"))
		check(t, err)
		want(t, "new in the portal", unread, 1)
		check(t, w.svc.Look(t.Context(), resident("marlene"), w.read("marlene", id)))
		unread, err = w.svc.Unread(t.Context(), resident("marlene"))
		check(t, err)
		want(t, "seen", unread, 0)
	})
}

var portalOn = store.Scoped(`UPDATE org SET portal_on = TRUE WHERE org_id = $1`)

func mailTo(w *world, addr string) bool {
	for _, m := range w.outbox.Messages() {
		if m.To.Addr == addr {
			return true
		}
	}
	return false
}

func picture(t testing.TB) []byte {
	var b bytes.Buffer
	check(t, png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 40, 30))))
	return b.Bytes()
}

func TestH13_BothSidesExchangeMessagesAndFiles(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		keep := func(who string) string {
			by := staff(who)
			if who == "marlene" || who == "jonas" {
				by = resident(who)
			}
			f, err := w.files.Keep(t.Context(), by, "files", "bad.png", bytes.NewReader(picture(t)))
			check(t, err)
			return f.ID
		}
		out, err := w.svc.Report(t.Context(), resident("marlene"), cases.Report{Key: "k", LeaseID: "l5", CategoryID: "std-water", Text: "Es tropft", Files: []string{keep("marlene"), "fremd"}})
		check(t, err)
		w.answers("jette", out.ID, cases.Reply{Text: "", Files: []string{keep("jette")}})
		f := w.read("marlene", out.ID)
		want(t, "files", []int{len(f.Posts[0].Files), len(f.Posts[1].Files)}, []int{1, 1})
		for _, p := range f.Posts {
			if _, err := w.files.Look(t.Context(), resident("marlene"), p.Files[0].ID); err != nil {
				t.Errorf("the author's file: %v", err)
			}
			for who, by := range map[string]error{"jonas": lookAs(w, "jonas", p.Files[0].ID), "samira": lookAs(w, "samira", p.Files[0].ID)} {
				notFound(t, who, by)
			}
			if _, err := w.files.Look(t.Context(), staff("werk"), p.Files[0].ID); !errors.Is(err, fault.ErrNotFound) {
				t.Errorf("staff of another property: %v", err)
			}
		}
		w.answers("jette", out.ID, cases.Reply{Text: "Notiz", Internal: true, Files: []string{keep("jette")}})
		note := w.get("jette", out.ID).Posts[2]
		notFound(t, "a file of a note", lookAs(w, "marlene", note.Files[0].ID))
		invalid(t, w.svc.Respond(t.Context(), staff("jette"), out.ID, cases.Reply{Text: " "}), "text")
	})
}

func lookAs(w *world, who, id string) error {
	_, err := w.files.Look(w.t.Context(), resident(who), id)
	return err
}

func TestH12_A19_ProvidersAndHintsOfAProperty(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, p := range []cases.Provider{{Name: "Sander", Trade: "Wasser", Phone: "030 23125 310", Public: true, Active: true}, {Name: "Wiese", Phone: "030 1234", Public: true, Active: true, Properties: []string{"p2"}},
			{Name: "Intern", Active: true}, {Name: "Alt", Phone: "030 1", Public: false}} {
			_, err := w.svc.SaveProvider(t.Context(), staff("boss"), p)
			check(t, err)
		}
		_, err := w.svc.SaveProvider(t.Context(), staff("boss"), cases.Provider{Name: "Ohne Nummer", Public: true})
		invalid(t, err, "phone")
		_, err = w.svc.SaveProvider(t.Context(), staff("jette"), cases.Provider{Name: "x"})
		if !errors.Is(err, fault.ErrDenied) {
			t.Errorf("a manager writes providers: %v", err)
		}
		names := func(property string) (out []string) {
			list, err := w.svc.Helpers(t.Context(), resident("marlene"), property)
			check(t, err)
			for _, p := range list {
				out = append(out, p.Name)
			}
			return out
		}
		want(t, "Ahornallee", names("p1"), []string{"Sander"})
		want(t, "Werkhof", names("p2"), []string{"Sander", "Wiese"})
		tree, err := w.svc.Tree(t.Context(), resident("marlene"))
		check(t, err)
		c, _ := tree.Get("std-door")
		if !strings.Contains(c.Hint("de"), "Hauswart") || !strings.Contains(c.Hint("en"), "caretaker") {
			t.Error("small damage does not lead to the caretaker")
		}
	})
}

func TestX6_A14_TheTopicDecidesWhetherACaseOrAMessageIsOpened(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, c := range []struct {
			mode             orgs.ContactMode
			bank, other, dmg bool
		}{{orgs.ContactBoth, true, false, true}, {orgs.ContactCases, true, true, true}, {orgs.ContactMessages, false, false, true}} {
			w.set(func(s *orgs.Settings) { s.ContactMode = c.mode })
			var got []bool
			for _, cat := range []string{"std-bank", "std-other", "std-lift"} {
				out, err := w.svc.Report(t.Context(), resident("marlene"), cases.Report{LeaseID: "l5", CategoryID: cat, Text: "Bitte ändern."})
				check(t, err)
				got = append(got, out.Case)
				x, err := w.talk.Read(t.Context(), resident("marlene"), out.ID)
				check(t, err)
				if (x.Kind == conversations.Case) != out.Case || len(x.Posts) != 1 {
					t.Errorf("%s: %s is a %s with %d messages", c.mode, cat, x.Kind, len(x.Posts))
				}
			}
			want(t, string(c.mode), got, []bool{c.bank, c.other, c.dmg})
		}
		w.set(func(s *orgs.Settings) {})
		_, err := w.svc.Report(t.Context(), resident("marlene"), cases.Report{LeaseID: "l5", CategoryID: "std-certificate", Text: "Bitte."})
		invalid(t, err, "field_which")
		out, err := w.svc.Report(t.Context(), resident("marlene"), cases.Report{LeaseID: "l5", CategoryID: "std-certificate", Text: "Bitte.", Fields: map[string]string{"which": "Wohnungsgeber", "x": "y"}})
		check(t, err)
		want(t, "answers", w.read("marlene", out.ID).Fields, map[string]string{"which": "Wohnungsgeber"})
	})
}

func TestW11_ReportsOfOneFaultAreAnsweredTogether(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.reports("marlene", "l5", "std-lift", "Aufzug steht im 2. OG")
		b := w.reports("samira", "l2", "std-lift", "Der Lift geht nicht")
		other := w.reports("giulia", "l11", "std-lift", "Lift im Werkhof")
		invalid(t, w.svc.Merge(t.Context(), staff("jette"), a, []string{other}), "id")
		check(t, w.svc.Merge(t.Context(), staff("jette"), a, []string{b}))
		check(t, w.svc.Merge(t.Context(), staff("jette"), a, []string{b}))
		want(t, "one case", w.list("jette", cases.Filter{Property: "p1"}), []string{"Aufzug steht im 2. OG"})
		want(t, "found by the other's name", w.list("jette", cases.Filter{Query: "haddad"}), []string{"Aufzug steht im 2. OG"})
		w.answers("jette", a, cases.Reply{Text: "Der Techniker kommt morgen."})
		w.answers("jette", a, cases.Reply{Text: "Nur für Sie, Frau Haddad.", OnlyTo: b})
		check(t, w.svc.Reply(t.Context(), resident("samira"), b, cases.Reply{Text: "Danke!"}))
		want(t, "Marlene", texts(w.read("marlene", a)), []string{"Aufzug steht im 2. OG", "Der Techniker kommt morgen."})
		want(t, "Samira", texts(w.read("samira", b)), []string{"Der Lift geht nicht", "Der Techniker kommt morgen.", "Nur für Sie, Frau Haddad.", "Danke!"})
		f := w.get("jette", a)
		want(t, "staff", texts(f.File), []string{"Aufzug steht im 2. OG", "Der Lift geht nicht", "Der Techniker kommt morgen.", "Nur für Sie, Frau Haddad.", "Danke!"})
		want(t, "reports", []any{f.Reports, f.Posts[1].From}, []any{2, "Samira Haddad"})
		want(t, "Samira's status", w.read("samira", b).Status, cases.InProgress)
		for _, e := range w.read("samira", b).Events {
			if strings.Contains(e.Detail, "Brandt") || strings.Contains(e.Detail, "2026-0001") {
				t.Error("a reporter learns of another", e)
			}
		}
		if err := w.svc.Finish(t.Context(), resident("samira"), b); err == nil {
			t.Error("one of many calls the fault done for all")
		}
		done := cases.Done
		check(t, w.svc.Change(t.Context(), staff("jette"), a, cases.Change{Status: &done}))
		want(t, "done for all", []cases.Status{w.read("marlene", a).Status, w.read("samira", b).Status}, []cases.Status{cases.Done, cases.Done})
		check(t, w.svc.Reopen(t.Context(), resident("samira"), b, "k", "Bei mir hält er nicht."))
		want(t, "open again, for itself", []any{w.read("samira", b).Status, w.read("samira", b).LeadID, w.get("jette", a).Reports, w.read("marlene", a).Status}, []any{cases.Open, "", 1, cases.Done})
	})
}

func TestW12_RatingAndReopening(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.reports("marlene", "l5", "std-water", "Es tropft")
		if err := w.svc.Rate(t.Context(), resident("marlene"), id, 5, ""); err == nil {
			t.Error("rated before the end")
		}
		check(t, w.svc.Finish(t.Context(), resident("marlene"), id))
		check(t, w.svc.Finish(t.Context(), resident("marlene"), id))
		invalid(t, w.svc.Rate(t.Context(), resident("marlene"), id, 6, ""), "rating")
		check(t, w.svc.Rate(t.Context(), resident("marlene"), id, 4, "Ging schnell."))
		f := w.get("jette", id)
		want(t, "rating", []any{f.Rating, f.RatingText}, []any{4, "Ging schnell."})
		invalid(t, w.svc.Reopen(t.Context(), resident("marlene"), id, "k", " "), "text")
		check(t, w.svc.Reopen(t.Context(), resident("marlene"), id, "k", "Es tropft wieder."))
		check(t, w.svc.Reopen(t.Context(), resident("marlene"), id, "k", "Es tropft wieder."))
		f = w.get("jette", id)
		want(t, "opened again", []any{f.Status, f.Rating, len(f.Posts)}, []any{cases.Open, 0, 2})
		check(t, w.svc.Finish(t.Context(), resident("marlene"), id))
		w.later(14 * 24 * time.Hour)
		if f := w.read("marlene", id); f.MayReopen {
			t.Error("the page offers to open it after 14 days")
		}
		if err := w.svc.Reopen(t.Context(), resident("marlene"), id, "k2", "Zu spät"); err == nil {
			t.Error("opened after 14 days")
		}
	})
}
