package conversations_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"foyer/internal/conversations"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/portfolio"
)

// TestT3_E13_NobodyElseSeesAConversation moves people in and out of two houses
// at random, lets staff and residents write along the way, and then compares
// what everybody finds in both folders, counts as new, reads and was told with
// portfolio.CanSee and Recipients, whose own test has an oracle.
func TestT3_E13_NobodyElseSeesAConversation(t *testing.T) {
	for _, seed := range []uint64{1, 2} {
		each(t, func(t *testing.T, w *world) {
			rng := rand.New(rand.NewPCG(seed, 7))
			w.set(func(s *orgs.Settings) { s.InviteTriggers = nil })
			people := w.moves(rng)
			var ids []string
			for day := range 18 {
				w.clock = time.Date(2024, 1, 5, 9, 0, 0, 0, time.UTC).AddDate(0, 2*day, 0)
				ids = append(ids, w.chatter(rng, people, day)...)
				check(t, w.svc.TellAll(t.Context(), job()))
			}
			seen, hidden := 0, 0
			for _, who := range people {
				s, h := w.compare(t, who, ids)
				seen, hidden = seen+s, hidden+h
			}
			if seen < 40 || hidden < 400 {
				t.Errorf("%d seen, %d hidden: the houses are too quiet", seen, hidden)
			}
		})
	}
}

// moves gives each of six flats a chain of leases with gaps, couples and
// co-residents.
func (w *world) moves(rng *rand.Rand) (people []string) {
	r := rows{}
	for u := range 6 {
		unit := portfolio.Unit{ID: fmt.Sprint("ru", u), BuildingID: []string{"b14", "b3"}[u/3], Label: fmt.Sprint("Flat ", u), Stairwell: fmt.Sprint("S", u%2), Usage: portfolio.Flat}
		r.buildings = []portfolio.Building{{ID: "b14", PropertyID: "p1", Street: "Ahornallee", HouseNumber: "14", Postcode: "12623", City: "Berlin", Country: "DE"},
			{ID: "b3", PropertyID: "p2", Street: "Werkhof", HouseNumber: "3", Postcode: "12623", City: "Berlin", Country: "DE"}}
		r.units = append(r.units, unit)
		at := time.Date(2023, 6, 1, 0, 0, 0, 0, time.UTC)
		for n := range 4 {
			from := at.AddDate(0, 0, rng.IntN(90))
			to := from.AddDate(0, 3+rng.IntN(9), 0)
			at = to.AddDate(0, 0, 1)
			id := fmt.Sprintf("rl%d-%d", u, n)
			end := to.Format(time.DateOnly)
			if n == 3 {
				end = ""
			}
			r.leases = append(r.leases, portfolio.Lease{ID: id, UnitID: unit.ID, Kind: portfolio.Rental, StartsOn: from.Format(time.DateOnly), EndsOn: end, Currency: "EUR"})
			for p := range 1 + rng.IntN(2) {
				person := fmt.Sprintf("rp%d-%d-%d", u, n, p)
				role := portfolio.ContractParty
				if p > 0 && rng.IntN(2) == 0 {
					role = portfolio.CoResident
				}
				people = append(people, person)
				r.persons = append(r.persons, portfolio.Person{ID: person, FirstName: "P", LastName: person})
				r.members = append(r.members, portfolio.Membership{LeaseID: id, PersonID: person, Role: role, FromDay: from.Format(time.DateOnly), ToDay: portfolio.Forever})
			}
		}
	}
	r.properties = nil
	w.write(func(tx *store.Tx) error {
		if err := r.put(tx, w.now()); err != nil {
			return err
		}
		for _, p := range people {
			if _, err := store.Exec(tx, putAccount, "a-"+p, "resident", p+"@post.example", ""); err != nil {
				return err
			}
			if _, err := store.Exec(tx, putOwn, "a-"+p, p); err != nil {
				return err
			}
		}
		return nil
	})
	return people
}

// chatter is one month: staff write to somebody or a house, residents write and
// answer.
func (w *world) chatter(rng *rand.Rand, people []string, month int) (ids []string) {
	ctx := w.t.Context()
	targets := []conversations.Target{{Kind: portfolio.ToEveryone, ID: portfolio.Everyone}, {Kind: portfolio.ToProperty, ID: "p1"}, {Kind: portfolio.ToBuilding, ID: "b3"},
		{Kind: portfolio.ToStairwell, ID: "b14/S0"}, {Kind: portfolio.ToLease, ID: fmt.Sprintf("rl%d-%d", rng.IntN(6), rng.IntN(4))}, {Kind: portfolio.ToPerson, ID: people[rng.IntN(len(people))]}}
	to := targets[month%len(targets)]
	id, err := w.svc.Send(ctx, staff("jette"), conversations.NewSending{To: to, Subject: fmt.Sprint("Geheim ", month), Text: "x", Replies: true})
	if err == nil {
		ids = append(ids, id)
		for range 3 {
			who := people[rng.IntN(len(people))]
			if own, err := w.svc.Answer(ctx, resident(who), id, conversations.Reply{Text: "Antwort"}); err == nil {
				ids = append(ids, own)
			}
		}
	} else if !errors.Is(err, fault.ErrNotFound) && fault.AsInvalid(err) == nil {
		check(w.t, err)
	}
	for range 3 {
		who := people[rng.IntN(len(people))]
		lease := "rl" + who[2:5]
		if own, err := w.svc.Write(ctx, resident(who), conversations.NewMessage{LeaseID: lease, Subject: fmt.Sprint("Eigenes ", month), Text: "x", Shared: rng.IntN(2) == 0}); err == nil {
			ids = append(ids, own)
			check(w.t, w.svc.Respond(ctx, staff("jette"), own, conversations.Reply{Text: "Antwort"}))
		}
	}
	return ids
}

var conversationTold = store.Scoped(`SELECT count(*) FROM delivery d WHERE d.org_id = $1 AND d.person_id = $2 AND d.topic = 'messages' AND d.thread = $3`)

// compare holds everything that one person finds against CanSee.
func (w *world) compare(t *testing.T, who string, ids []string) (seen, hidden int) {
	t.Helper()
	by := resident(who)
	listed := map[string]bool{}
	fresh := 0
	for _, box := range []conversations.Box{conversations.Inbox, conversations.Outbox} {
		for at := (conversations.Cursor{}); ; {
			p, err := w.svc.Mine(t.Context(), by, box, portfolio.Tenancy{}, at)
			check(t, err)
			for _, r := range p.Rows {
				listed[r.ID] = true
				if box == conversations.Inbox && r.OutAt.After(r.SeenAt) {
					fresh++
				}
			}
			if at = p.Next; at.ID == "" {
				break
			}
		}
	}
	want(t, who+": what counts as new", w.unread(who), fresh)
	for _, id := range ids {
		c, should, told := w.truth(t, who, id)
		_, err := w.svc.Read(t.Context(), by, id)
		switch reads := err == nil; {
		case reads != should, listed[id] && !should:
			t.Errorf("%s and %s (%+v): reads %v, listed %v, should %v", who, id, c.Audience, reads, listed[id], should)
		case told && !w.ever(t, by, c):
			t.Errorf("%s was told of %s (%+v)", who, id, c.Audience)
		case should:
			seen++
		default:
			hidden++
			if _, err := w.svc.Answer(t.Context(), by, id, conversations.Reply{Text: "x"}); !errors.Is(err, fault.ErrNotFound) {
				t.Errorf("%s answers %s: %v", who, id, err)
			}
		}
	}
	return seen, hidden
}

// truth asks portfolio.
func (w *world) truth(t *testing.T, who, id string) (c conversations.Conversation, sees, told bool) {
	t.Helper()
	w.look(func(tx *store.Tx) (err error) {
		if c, err = conversations.ByID(tx, id); err != nil {
			return err
		}
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		if sees, err = portfolio.CanSee(tx, portfolio.RuleOf(o, w.now()), []string{who}, c.Audience); err != nil {
			return err
		}
		n, err := store.Value[int](tx, conversationTold, who, "conversation:"+id)
		told = n > 0
		return err
	})
	return c, sees, told
}

// ever tells whether somebody could see a conversation on the day it began.
func (w *world) ever(t *testing.T, by actor.Actor, c conversations.Conversation) (ok bool) {
	t.Helper()
	w.look(func(tx *store.Tx) error {
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		for _, at := range []time.Time{c.CreatedAt, c.OutAt} {
			sees, err := portfolio.CanSee(tx, portfolio.RuleOf(o, at), by.Persons(), c.Audience)
			if err != nil {
				return err
			}
			ok = ok || sees
		}
		return nil
	})
	return ok
}

// A message to 20,000 residents: how long until all of it waits to be sent. Run
// with -bench Broadcast -benchtime 1x.
func BenchmarkBroadcast(b *testing.B) {
	w := open(b, storetest.SQLite(b).DB)
	w.town(10_000)
	for b.Loop() {
		w.sends("jette", portfolio.ToEveryone, portfolio.Everyone, "An alle")
		start := time.Now()
		check(b, w.svc.TellAll(b.Context(), job()))
		b.ReportMetric(time.Since(start).Seconds(), "s/20000")
	}
}

// Inbox of a resident among 20,000, and the search of the office.
func BenchmarkInbox(b *testing.B) {
	w := open(b, storetest.SQLite(b).DB)
	w.town(10_000)
	for i := range 200 {
		w.sends("jette", portfolio.ToProperty, fmt.Sprintf("tp%06d", i*50), fmt.Sprint("Rundschreiben ", i))
		w.begin("marlene", "l5", fmt.Sprint("Frage ", i), "Heizung")
		w.later(2 * time.Minute)
	}
	b.Run("resident", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			if _, err := w.svc.Mine(b.Context(), resident(fmt.Sprintf("t%06da", i%10_000)), conversations.Inbox, portfolio.Tenancy{}, conversations.Cursor{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("office", func(b *testing.B) {
		for b.Loop() {
			if _, err := w.svc.List(b.Context(), staff("jette"), conversations.Filter{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("search", func(b *testing.B) {
		for b.Loop() {
			if _, err := w.svc.List(b.Context(), staff("jette"), conversations.Filter{Query: "heiz frage 17"}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
