package access

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/portfolio"
)

var codeForm = regexp.MustCompile(`\b[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}\b`)

func TestK14_OneLetterForOnePerson(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		p, l := e.add(dweller{unit: "u5", floor: "2. OG links"})
		e.add(dweller{unit: "u5", floor: "2. OG links", lease: l, first: "Jonas", last: "Adler"})
		pdf, err := e.LetterFor(t.Context(), e.clerk, p, l)
		if err != nil {
			t.Fatal(err)
		}
		text := pages(t, pdf)
		if len(text) != 1 {
			t.Fatalf("%d pages", len(text))
		}
		for _, want := range []string{"Frau Marlene Brandt1 Ahornallee 14, Wohnung 5 12623 Berlin", "Guten Tag, Frau Brandt1,", "Wohnung 5, 2. OG links",
			"Jonas Adler steht auch im Vertrag", "bis zum 11. Januar 2027", "a.example", "a.example/hilfe", "Dann müssen Sie nichts tun",
			"030 23125 100", "8–16 Uhr", "The portal is also available in English.", "nie nach Ihrer Bankverbindung", "Jette Petersen"} {
			if !strings.Contains(strings.ReplaceAll(text[0], "\u00a0", " "), want) {
				t.Errorf("the letter lacks %q:\n%s", want, text[0])
			}
		}
		code := codeForm.FindString(text[0])
		if code == "" || strings.Count(text[0], code) != 1 {
			t.Fatalf("no code:\n%s", text[0])
		}
		if e.state(p) != Pending {
			t.Errorf("state %s", e.state(p))
		}
		e.later(againTime)
		again, err := e.LetterFor(t.Context(), e.clerk, p, l) // A7: lost letters are written anew
		if err != nil {
			t.Fatal(err)
		}
		_, err = e.StartRegistration(t.Context(), e.anon, Start{Entered: Entered{Code: code, Visit: visitor}, Email: marlene, Password: secret})
		e.want("the code of the first letter", err, "access.code.unknown")
		// A6: typed as people type.
		second := strings.ToLower(strings.ReplaceAll(codeForm.FindString(pages(t, again)[0]), "-", " "))
		e.register(codeSecret{Typed: second}, marlene)
		_, err = e.LetterFor(t.Context(), e.clerk, p, l)
		e.want("a confirmed person", err, "access.state.confirmed_already")
	})
}

// Of two clicks the browser shows the second answer, of two tabs either: the
// letter in hand must be the one whose code counts.
func TestK14_ASecondClickGivesTheSameLetter(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		p, l := e.add(dweller{})
		code := func(by actor.Actor, lease string) string {
			t.Helper()
			pdf, err := e.LetterFor(t.Context(), by, p, lease)
			if err != nil {
				t.Fatal(err)
			}
			return codeForm.FindString(pages(t, pdf)[0])
		}
		var group sync.WaitGroup
		files := make([][]byte, 4)
		for i := range files {
			group.Go(func() {
				pdf, err := e.LetterFor(t.Context(), e.clerk, p, l)
				if err != nil {
					t.Errorf("at once: %v", err)
				}
				files[i] = pdf
			})
		}
		group.Wait()
		e.later(time.Minute)
		pdf, err := e.LetterFor(t.Context(), e.clerk, p, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if !bytes.Equal(f, pdf) {
				t.Error("a second click gives another file")
			}
		}
		first := codeForm.FindString(pages(t, pdf)[0])
		other := code(clerkOf("14"), l)
		if other == first || code(e.clerk, l) == first {
			t.Error("somebody else has written meanwhile, and the void letter comes again")
		}
		e.later(againTime)
		last := code(e.clerk, l)
		if err := e.Revoke(t.Context(), e.clerk, p); err != nil {
			t.Fatal(err)
		}
		if code(e.clerk, l) == last {
			t.Error("a code that was taken back is printed again")
		}
		e.later(againTime)
		e.write(func(tx *store.Tx) error { return jobs.Enqueue(tx, jobCleanup, "schedule", nil, e.now()) })
		e.drain()
		e.read(func(tx *store.Tx) error {
			n, err := store.Value[int](tx, store.Scoped(`SELECT count(*) FROM access_code WHERE org_id = $1 AND sealed <> ''`))
			if err != nil || n != 0 {
				t.Errorf("%d codes are kept in clear beyond their minutes, %v", n, err)
			}
			return nil
		})
	})
}

func TestLettersSpeakThePersonsLanguage(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		p, l := e.add(dweller{lang: "en"})
		e.settings(`"letters":{"en":{"intro":"Dear all of you.\n\nSecond **paragraph**.","closing":"Cheers\nThe office"}}`, true)
		pdf, err := e.LetterFor(t.Context(), e.clerk, p, l)
		if err != nil {
			t.Fatal(err)
		}
		text := pages(t, pdf)[0]
		for _, want := range []string{"valid until 11 January 2027", "Dear all of you. Second **paragraph**.", "Cheers The office", "Das Portal gibt es auch auf Deutsch."} {
			if !strings.Contains(text, want) {
				t.Errorf("lacks %q:\n%s", want, text)
			}
		}
	})
}

const noGlyph = "\u05e9\u05dc\u05d5\u05dd"

func TestALetterThatCannotBePrintedIssuesNoCode(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		p, l := e.add(dweller{last: noGlyph})
		sec := e.code(p, l)
		_, err := e.LetterFor(t.Context(), e.clerk, p, l)
		e.want("letter", err, "access.letter.failed.glyph")
		if err := e.LookAtLink(t.Context(), e.anon, Entered{Link: sec.Link, Visit: visitor}); err != nil {
			t.Errorf("the code from before is gone: %v", err)
		}
		q, _ := e.add(dweller{last: noGlyph})
		long, _ := e.add(dweller{last: strings.Repeat("Langername", 30)})
		good, _ := e.add(dweller{})
		b, pdf := e.letters("14", false)
		if b.State != BatchReady || b.Done != 1 || b.Failed != 2 || len(pages(t, pdf)) != 1 || e.state(good) != Pending {
			t.Errorf("%+v", b)
		}
		today, err := e.Today(t.Context(), e.clerk)
		if err != nil || len(today.Letters) != 2 || today.Letters[0].PersonID != q || today.Letters[0].Char != "ש" || today.Letters[1].Key != "access.letter.failed.long" {
			t.Fatalf("%+v %v", today.Letters, err)
		}
		if e.state(q) != NoAccess || e.state(long) != NoAccess {
			t.Errorf("without a letter: %s, %s", e.state(q), e.state(long))
		}
		if err := e.DismissLetter(t.Context(), e.clerk, b.ID, q); err != nil {
			t.Fatal(err)
		}
		if err := e.MarkPrinted(t.Context(), e.clerk, b.ID); err != nil {
			t.Fatal(err)
		}
		if today, _ = e.Today(t.Context(), e.clerk); len(today.Letters) != 1 || len(today.Print) != 0 {
			t.Errorf("%+v", today)
		}
	})
}

func TestBatchWithNoPrintableLetterHasNoFile(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		e.add(dweller{last: noGlyph})
		id, err := e.StartLetters(t.Context(), e.clerk, "14", false)
		if err != nil {
			t.Fatal(err)
		}
		e.drain()
		b := e.batch(id)
		if b.State != BatchReady || b.HasFile() || b.Failed != 1 || len(e.files()) != 0 {
			t.Errorf("%+v %v", b, e.files())
		}
		_, err = e.Letters(t.Context(), e.clerk, id)
		e.want("its file", err, "not found")
	})
}

func TestABatchThatCannotBeWrittenIsGivenUp(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		p, _ := e.add(dweller{})
		id, err := e.StartLetters(t.Context(), e.clerk, "14", false)
		if err != nil {
			t.Fatal(err)
		}
		e.settings(`"brand":"no colour"`, true)
		for range letterAttempts {
			e.drain()
			e.later(10 * time.Minute)
		}
		if b := e.batch(id); b.State != BatchFailed || b.secret != "" || e.state(p) != NoAccess {
			t.Fatalf("%+v, %s", b, e.state(p))
		}
		e.settings("", true)
		if b, _ := e.letters("14", false); b.Done != 1 {
			t.Errorf("the next one: %+v", b)
		}
	})
}

func TestA4_X4_ReleaseMakesTheLetters(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		e.add(dweller{person: "party"})
		e.add(dweller{person: "owner", role: portfolio.Owner})
		e.add(dweller{person: "no-uvi", noUVI: true})
		e.add(dweller{person: "child", role: portfolio.CoResident})
		has, l := e.add(dweller{person: "has"})
		e.bring(has, l, Confirmed)
		release := func() {
			t.Helper()
			if err := e.db.Write(t.Context(), e.clerk.Scope(), func(ctx context.Context, tx *store.Tx) error {
				return e.OnRelease(tx, e.now(), e.clerk, "14")
			}); err != nil {
				t.Fatal(err)
			}
			e.drain()
		}
		e.settings(`"invite_triggers":["manual"]`, true)
		release()
		if today, err := e.Today(t.Context(), e.clerk); err != nil || len(today.Print) != 0 {
			t.Fatalf("letters although the organisation invites by hand: %+v %v", today.Print, err)
		}
		e.settings(`"invite_triggers":["release"]`, true)
		release()
		today, err := e.Today(t.Context(), e.clerk)
		if err != nil || len(today.Print) != 1 {
			t.Fatalf("%+v %v", today.Print, err)
		}
		b := today.Print[0]
		got, _ := e.planned(b.ID)
		if strings.Join(got, " ") != "party owner no-uvi" || b.Reason != ForRelease || b.State != BatchReady {
			t.Errorf("%v %+v", got, b)
		}
		other := actor.NewStaff(storetest.Org, "a", "s", "S", actor.Clerk, true, []string{"16"})
		if today, err = e.Today(t.Context(), other); err != nil || len(today.Print) != 0 {
			t.Errorf("a clerk of another property sees them: %+v %v", today.Print, err)
		}
		e.later(25 * time.Hour) // nobody fetched them: Heute goes on reminding
		e.drain()
		if today, _ = e.Today(t.Context(), e.clerk); len(today.Print) != 1 || today.Print[0].State != BatchErased {
			t.Errorf("%+v", today.Print)
		}
	})
}

func TestT43_ResetGoesToTheLeaseAddressAndTellsTheOldMailbox(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		p, l := e.add(dweller{})
		q, m := e.add(dweller{})
		_, err := e.ResetAccess(t.Context(), e.clerk, p, l)
		e.want("not confirmed", err, "access.letter.reset_unconfirmed")
		in := e.register(e.code(p, l), marlene)
		by, _ := e.mustBe(ResidentSite, in.Token)
		if err := e.RedeemSignedIn(t.Context(), by, entered(e.code(q, m))); err != nil {
			t.Fatal(err)
		}
		pdf, err := e.ResetAccess(t.Context(), e.clerk, p, l)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := e.ResetAccess(t.Context(), e.clerk, p, l); err != nil || !bytes.Equal(again, pdf) {
			t.Errorf("a second click gives another letter, %v", err)
		}
		if e.state(p) != Pending || e.state(q) != NoAccess {
			t.Errorf("states %s, %s", e.state(p), e.state(q))
		}
		if _, _, err := e.who(ResidentSite, in.Token); err == nil {
			t.Error("the old session lives on")
		}
		if _, err := e.signIn(ResidentSite, marlene, secret); err == nil {
			t.Error("the old password still opens")
		}
		e.drain()
		notice := e.last(marlene)
		mustBeClean(t, notice)
		if !strings.Contains(notice.Subject, "zurückgesetzt") || codeForm.MatchString(notice.Text) {
			t.Errorf("%s\n%s", notice.Subject, notice.Text)
		}
		// The new letter works, with the same address or another; only this
		// person is in.
		code := codeForm.FindString(pages(t, pdf)[0])
		e.later(2 * time.Hour)
		again := e.register(codeSecret{Typed: code}, marlene)
		by, _ = e.mustBe(ResidentSite, again.Token)
		if ids := by.Persons(); len(ids) != 1 || ids[0] != p {
			t.Errorf("in as %v", ids)
		}
	})
}

func TestRevokeIsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		p, l := e.add(dweller{})
		e.want("nothing to revoke", e.Revoke(t.Context(), e.clerk, p), "access.state.nothing_to_revoke")
		in := e.register(e.code(p, l), marlene)
		if err := e.Revoke(t.Context(), e.clerk, p); err != nil {
			t.Fatal(err)
		}
		if _, _, err := e.who(ResidentSite, in.Token); err == nil || e.state(p) != Revoked {
			t.Errorf("still in, state %s", e.state(p))
		}
		if list, _ := e.Residents(t.Context(), e.clerk, "14", Filter{}); list.Need != 0 {
			t.Error("who was revoked on purpose is not in the batch")
		}
		e.register(e.code(p, l), marlene) // invited again, with the same address
	})
}
