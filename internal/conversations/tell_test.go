package conversations_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"foyer/internal/conversations"
	"foyer/internal/notifications"
	"foyer/internal/orgs"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

var (
	checklist    = store.Scoped(`INSERT INTO checklist (org_id, property_id, confirmed_by, confirmed_at) VALUES ($1, $2, 'x', 1)`)
	channels     = store.Scoped(`SELECT d.channel || ' ' || d.state FROM delivery d WHERE d.org_id = $1 AND d.person_id = $2 AND d.topic <> '' ORDER BY d.channel, d.id`)
	stateOf      = store.Scoped(`SELECT COALESCE(max(pa.state), '') FROM person_access pa WHERE pa.org_id = $1 AND pa.person_id = $2`)
	lettersTo    = store.Scoped(`SELECT count(*) FROM letter le JOIN letter_batch b ON b.org_id = le.org_id AND b.id = le.batch_id WHERE le.org_id = $1 AND le.person_id = $2 AND b.reason = 'first_message'`)
	allTold      = store.Scoped(`SELECT count(*) FROM delivery d WHERE d.org_id = $1 AND d.channel = $2 AND d.topic = 'messages'`)
	tellingState = store.Scoped(`SELECT count(*) FROM broadcast b WHERE b.org_id = $1 AND b.done_at = 0`)
)

// told lists by which channels a person was told, and how far each is.
func (w *world) told(person string) (out []string) {
	w.t.Helper()
	w.write(func(tx *store.Tx) (err error) {
		out, err = store.List[string](tx, channels, person)
		return err
	})
	return out
}

func (w *world) value(q store.Query, args ...any) (out string) {
	w.t.Helper()
	w.write(func(tx *store.Tx) error {
		n, err := store.Value[any](tx, q, args...)
		out = fmt.Sprint(n)
		return err
	})
	return out
}

// consents notes that a person agrees to e-mails.
func (w *world) consents(person, address string) {
	w.t.Helper()
	w.write(func(tx *store.Tx) error {
		_, err := notifications.RecordConsent(tx, w.now(), staff("jette"), notifications.Consent{PersonID: person, Channel: "email", Address: address, GivenOn: "2026-11-01", Wording: "ja", Source: "staff"})
		return err
	})
}

func TestE8_E9_X4_TheFirstMessageInvites(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.write(func(tx *store.Tx) error {
			_, err := store.Exec(tx, checklist, "p1")
			return err
		})
		w.sends("jette", portfolio.ToPerson, "ole", "Willkommen")
		w.drain()
		want(t, "told", w.told("ole"), []string{"letter queued"})
		want(t, "an access letter is planned", w.value(lettersTo, "ole"), "1")
		w.sends("jette", portfolio.ToPerson, "ole", "Noch eine")
		w.drain()
		want(t, "one invitation only", w.value(lettersTo, "ole"), "1")
		want(t, "those with access get none", w.value(lettersTo, "marlene"), "0")
	})
}

func TestX4_InvitationByEmailWithConsentOnly(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.write(func(tx *store.Tx) error {
			_, err := store.Exec(tx, checklist, "p1")
			return err
		})
		w.consents("ole", "ole@post.example")
		w.sends("jette", portfolio.ToPerson, "ole", "Willkommen")
		w.drain()
		want(t, "state", w.value(stateOf, "ole"), "pending")
		if m := w.outbox.Messages(); len(m) != 1 || m[0].Message.To.Addr != "ole@post.example" || strings.Contains(m[0].Message.Text, "der Text") {
			t.Errorf("%d mails", len(m))
		}
	})
	each(t, func(t *testing.T, w *world) {
		w.set(func(s *orgs.Settings) { s.InviteTriggers = []orgs.Trigger{orgs.ByHand} })
		w.consents("ole", "ole@post.example")
		w.sends("jette", portfolio.ToPerson, "ole", "Willkommen")
		w.drain()
		want(t, "no trigger, no invitation", w.value(stateOf, "ole"), "")
	})
}

// E18: the text is readable in the mail, and cannot be answered from there.
func TestE18_E12_X9_WithoutAccessTheTextIsInTheMail(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.set(func(s *orgs.Settings) {
			s.MailContent, s.InviteTriggers = orgs.MailFullText, []orgs.Trigger{orgs.ByHand}
		})
		w.consents("ole", "ole@post.example")
		id := w.sends("jette", portfolio.ToPerson, "ole", "Schlüssel")
		w.drain()
		m := w.outbox.Messages()
		if len(m) != 1 || !strings.Contains(m[0].Message.Text, "Schlüssel: der Text") || !strings.Contains(m[0].Message.Text, "Auf diese E-Mail können Sie nicht antworten") || strings.Contains(m[0].Message.Text, "/nachrichten/") {
			t.Fatalf("%+v", m)
		}
		if _, err := w.svc.Answer(t.Context(), resident("nobody"), id, conversations.Reply{Text: "x"}); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("somebody without the person answers: %v", err)
		}
		w.sends("jette", portfolio.ToPerson, "marlene", "An Marlene")
		w.drain()
		if m := w.outbox.Messages()[0].Message; strings.Contains(m.Text, "der Text") || !strings.Contains(m.Text, "/nachrichten/") {
			t.Errorf("no consent of hers, but the text: %s", m.Text)
		}
	})
}

func TestX7_WithoutConsentItGoesByPost(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.set(func(s *orgs.Settings) { s.MailContent, s.InviteTriggers = orgs.MailFullText, nil })
		w.sends("jette", portfolio.ToPerson, "ole", "Post")
		w.drain()
		want(t, "told", w.told("ole"), []string{"letter queued"})
		w.set(func(s *orgs.Settings) {
			s.MailContent, s.TransactionalMailBasis, s.InviteTriggers = orgs.MailFullText, true, nil
		})
		w.sends("jette", portfolio.ToPerson, "ole", "Mail")
		w.drain()
		want(t, "told on the transactional basis", w.told("ole"), []string{"email sent", "letter queued"})
	})
}

func TestAHouseIsToldOnceWithFigures(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, err := w.svc.Preview(t.Context(), staff("jette"), conversations.Target{Kind: portfolio.ToProperty, ID: "p1"})
		check(t, err)
		want(t, "preview", []int{p.Persons, p.Portal, p.Email, p.Letter, len(p.First)}, []int{4, 3, 3, 1, 4})
		if _, err := w.svc.Preview(t.Context(), staff("werk"), conversations.Target{Kind: portfolio.ToProperty, ID: "p1"}); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("a foreign house: %v", err)
		}
		id := w.sends("jette", portfolio.ToProperty, "p1", "Anstrich")
		w.drain()
		s, err := w.svc.Get(t.Context(), staff("jette"), id)
		check(t, err)
		want(t, "figures", []any{s.Sent.Done, s.Sent.Persons, s.Sent.Portal, s.Sent.Email, s.Sent.Letter, s.Sent.Seen}, []any{true, 4, 3, 3, 1, 0})
		check(t, w.svc.Look(t.Context(), resident("samira"), w.read("samira", id)))
		s, err = w.svc.Get(t.Context(), staff("jette"), id)
		check(t, err)
		want(t, "read by", s.Sent.Seen, 1)
		for _, m := range w.outbox.Messages() {
			if strings.Contains(m.Message.Text+m.Message.HTML, "der Text") {
				t.Errorf("a mail carries the text: %s", m.Message.Text)
			}
		}
	})
}

func TestD8_AnAnswerByMailIsFiled(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		id := w.sends("jette", portfolio.ToProperty, "p1", "Anstrich")
		err := w.svc.FileReply(t.Context(), job(), notifications.InMail{Delivery: notifications.Delivery{Args: map[string]string{"conversation": id}}, AccountID: "a-samira", Persons: []string{"samira"},
			Text: "Per Mail geantwortet", MessageID: "1@post.example"})
		check(t, err)
		p, err := w.svc.List(t.Context(), staff("jette"), conversations.Filter{})
		check(t, err)
		if len(p.Rows) != 1 || p.Rows[0].InText != "Per Mail geantwortet" || p.Rows[0].RootID != id {
			t.Fatalf("%+v", p.Rows)
		}
		want(t, "how it came", w.read("samira", p.Rows[0].ID).Posts[0].Source, conversations.Mail)
		err = w.svc.FileReply(t.Context(), job(), notifications.InMail{Delivery: notifications.Delivery{Args: map[string]string{"conversation": id}}, AccountID: "a-giulia", Persons: []string{"giulia"}, Text: "x", MessageID: "2"})
		if !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("somebody else's reply: %v", err)
		}
	})
}

// town has many leases of couples in many houses, all with an access.
func (w *world) town(leases int) {
	w.t.Helper()
	now := w.now()
	for from := 0; from < leases; from += 500 {
		var r rows
		var accounts, own [][]any
		for i := from; i < min(from+500, leases); i++ {
			n := fmt.Sprintf("%06d", i)
			if i%50 == 0 {
				r.properties = append(r.properties, portfolio.Property{ID: "tp" + n, Name: "Haus " + n, Country: "DE", PortalOn: true})
				r.buildings = append(r.buildings, portfolio.Building{ID: "tb" + n, PropertyID: "tp" + n, Street: "Weg", HouseNumber: n, Postcode: "12623", City: "Berlin", Country: "DE"})
			}
			house := fmt.Sprintf("%06d", i/50*50)
			r.units = append(r.units, portfolio.Unit{ID: "tu" + n, BuildingID: "tb" + house, Label: "Wohnung " + n, Usage: portfolio.Flat})
			r.leases = append(r.leases, portfolio.Lease{ID: "tl" + n, UnitID: "tu" + n, Kind: portfolio.Rental, StartsOn: "2020-01-01", Currency: "EUR"})
			for _, x := range []string{"a", "b"} {
				id := "t" + n + x
				r.persons = append(r.persons, portfolio.Person{ID: id, FirstName: "Tom", LastName: "Winter " + n})
				r.members = append(r.members, portfolio.Membership{LeaseID: "tl" + n, PersonID: id, Role: portfolio.ContractParty, FromDay: "2020-01-01", ToDay: portfolio.Forever})
				accounts = append(accounts, []any{"a-" + id, "resident", id + "@post.example", "x", "", 1, 1})
				own = append(own, []any{"a-" + id, id, 1})
			}
		}
		w.write(func(tx *store.Tx) error {
			if err := r.put(tx, now); err != nil {
				return err
			}
			if _, err := store.InsertAll(tx, manyAccounts, accounts); err != nil {
				return err
			}
			_, err := store.InsertAll(tx, manyOwn, own)
			return err
		})
	}
}

var (
	manyAccounts = store.Scoped(`INSERT INTO account (org_id, id, site, email, password_hash, staff_id, created_at, password_at) VALUES $rows`)
	manyOwn      = store.Scoped(`INSERT INTO account_person (org_id, account_id, person_id, since) VALUES $rows`)
)

// A message to everyone goes through all houses in pieces; a process that dies
// in the middle is followed by another one that goes on, and nobody is told
// twice.
func TestABroadcastSurvivesItsProcess(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.town(700)
		w.sends("jette", portfolio.ToEveryone, portfolio.Everyone, "An alle")
		ctx, stop := context.WithCancel(t.Context())
		tells := 0
		w.svc.OnPiece(func() {
			if tells++; tells == 2 {
				stop()
			}
		})
		_, _ = w.queue.Drain(ctx)
		if got := w.value(tellingState); got != "1" {
			t.Fatalf("the broadcast was not interrupted: %s at work", got)
		}
		w.svc.OnPiece(nil)
		w.later(time.Hour)
		w.drain()
		want(t, "at work", w.value(tellingState), "0")
		want(t, "told in the portal", w.value(allTold, "portal"), fmt.Sprint(1400+4))
		want(t, "told by e-mail", w.value(allTold, "email"), fmt.Sprint(1400+4))
	})
}
