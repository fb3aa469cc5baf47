package cases_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"foyer/internal/cases"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/portfolio"
)

// TestNobodyElseSeesACase lets random people move in and out of a flat and
// report about it, some with "alle im Vertrag", and compares list, count, page,
// search of staff and mails with a plain model: the author while any own lease
// still counts, and who shares the lease when it was shared.
func TestNobodyElseSeesACase(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		r := rand.New(rand.NewPCG(11, 4))
		w.set(func(s *orgs.Settings) { s.MovedOutAccess = orgs.MovedOutNone })
		var people []string
		var put rows
		lease := map[string]string{}
		for i := range 6 { // three couples follow each other in one flat
			id := fmt.Sprintf("r%d", i)
			people = append(people, id)
			lease[id] = fmt.Sprintf("rl%d", i/2)
			put.persons = append(put.persons, portfolio.Person{ID: id, FirstName: "Zufall", LastName: fmt.Sprint("Nummer", i)})
		}
		ends := []string{"2026-11-30", "2027-01-31", ""}
		starts := []string{"2020-01-01", "2026-12-01", "2027-02-01"}
		for i := range 3 {
			put.leases = append(put.leases, portfolio.Lease{ID: fmt.Sprintf("rl%d", i), UnitID: "u5b", Kind: portfolio.Rental, StartsOn: starts[i], EndsOn: ends[i], Currency: "EUR"})
		}
		put.buildings = []portfolio.Building{{ID: "b14", PropertyID: "p1", Street: "Ahornallee", HouseNumber: "14", Postcode: "12623", City: "Berlin", Country: "DE"}}
		put.units = []portfolio.Unit{{ID: "u5b", BuildingID: "b14", Label: "Wohnung 9", Usage: portfolio.Flat}}
		for _, id := range people {
			put.members = append(put.members, portfolio.Membership{LeaseID: lease[id], PersonID: id, Role: portfolio.ContractParty, FromDay: "2020-01-01", ToDay: portfolio.Forever})
		}
		w.write(func(tx *store.Tx) error {
			for _, id := range people {
				if _, err := store.Exec(tx, putAccount, "a-"+id, "resident", id+"@post.example", ""); err != nil {
					return err
				}
			}
			return put.put(tx, w.now())
		})
		type item struct {
			id, author string
			shared     bool
		}
		var items []item
		ended := func(id string) bool { // no own lease counts any more
			end := ends[id2(lease[id])]
			return end != "" && w.clock.Format("2006-01-02") > end
		}
		for range 24 {
			w.clock = w.clock.AddDate(0, 0, 1+r.IntN(9))
			who := people[r.IntN(len(people))]
			shared := r.IntN(2) == 0
			out, err := w.svc.Report(t.Context(), resident(who), cases.Report{LeaseID: lease[who], CategoryID: "std-else", Text: fmt.Sprint("Sache ", len(items)), Shared: shared})
			if ended(who) != (err != nil) {
				t.Fatalf("%s reports on %s: %v", who, w.clock, err)
			}
			if err == nil {
				items = append(items, item{out.ID, who, shared})
				if r.IntN(2) == 0 {
					w.answers("jette", out.ID, cases.Reply{Text: "Antwort"})
				}
			}
			for _, reader := range append(people, "marlene", "samira", "giulia") {
				n := 0
				for _, x := range items {
					may := !ended(reader) && (x.author == reader || x.shared && lease[x.author] == lease[reader] && lease[reader] != "")
					_, err := w.svc.Read(t.Context(), resident(reader), x.id)
					if may != (err == nil) {
						t.Fatalf("%s reads %+v on %s: %v", reader, x, w.clock, err)
					}
					if may {
						n++
					}
				}
				if got := len(w.mine(reader)); got != min(n, 25) {
					t.Fatalf("%s lists %d of %d on %s", reader, got, n, w.clock)
				}
			}
		}
		if len(items) < 10 {
			t.Fatalf("only %d cases: the test shows little", len(items))
		}
		check(t, w.db.Read(t.Context(), store.OrgScope(storetest.Org), func(_ context.Context, tx *store.Tx) error {
			var person, caseID string
			byCase := map[string]item{}
			for _, x := range items {
				byCase[x.id] = x
			}
			return store.Each(tx, toldOf, []any{&person, &caseID}, func() error {
				for id, x := range byCase {
					if strings.Contains(caseID, id) && x.author != person && !(x.shared && lease[x.author] == lease[person]) {
						t.Errorf("%s was told of the case of %s", person, x.author)
					}
				}
				return nil
			})
		}))
		twin := actor.NewStaff(storetest.Twin, "twin-account", "twin-staff", "Chefin", actor.Proprietor, false, nil)
		l, err := w.svc.List(t.Context(), twin, cases.Filter{Status: "all", Query: "sache"})
		check(t, err)
		want(t, "another organisation's search", len(l.Rows), 0)
	})
}

var toldOf = store.Scoped(`SELECT d.person_id, d.args FROM delivery d WHERE d.org_id = $1 AND d.kind = 'cases.news'`)

func id2(lease string) int {
	if len(lease) < 3 {
		return 2 // an open one
	}
	return int(lease[2] - '0')
}
