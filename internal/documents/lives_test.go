package documents

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/portfolio"
)

// life is a random story of some flats.
type life struct {
	leases  []portfolio.Lease
	members []portfolio.Membership
	persons []portfolio.Person
	docs    []Document
}

var places = map[string][3]string{"u1": {"p1", "b1", "b1/14"}, "u2": {"p1", "b1", "b1/16"}, "u3": {"p2", "b2", "b2/"}}

// oracle is the table of package portfolio once more, written down plainly.
func (l life) oracle(person, today, since string, a portfolio.Audience) bool {
	day := a.Day
	if day == "" {
		day = today
	}
	for _, m := range l.members {
		if m.PersonID != person {
			continue
		}
		le := l.leases[slices.IndexFunc(l.leases, func(x portfolio.Lease) bool { return x.ID == m.LeaseID })]
		first, last := max(m.FromDay, le.StartsOn), min(m.ToDay, le.Until())
		if first > last || last < since {
			continue
		}
		at, inside := places[le.UnitID], first <= day && day <= last
		lives := m.Role != portfolio.Owner
		switch {
		case a.Kind == portfolio.ToPerson && a.ID == person,
			a.Kind == portfolio.ToUnit && a.ID == le.UnitID && m.Role == portfolio.ContractParty && inside,
			a.Kind == portfolio.ToStairwell && a.ID == at[2] && lives && inside,
			a.Kind == portfolio.ToBuilding && a.ID == at[1] && lives && inside,
			a.Kind == portfolio.ToProperty && a.ID == at[0] && lives && inside,
			a.Kind == portfolio.ToOwners && a.ID == at[0] && !lives && inside:
			return true
		case a.Kind == portfolio.ToLease && a.ID == le.ID && (m.Role == portfolio.ContractParty || m.Role == portfolio.Owner && le.Kind == portfolio.Ownership):
			if last >= today || !(m.FromDay > le.StartsOn && day < m.FromDay) && !(m.ToDay < le.Until() && day > m.ToDay) {
				return true
			}
		}
	}
	return false
}

func randomLife(r *rand.Rand) (l life) {
	date := func(n int) string { return time.Date(2022, 1, 1+n, 0, 0, 0, 0, time.UTC).Format(time.DateOnly) }
	for u := range places {
		for at, n := r.IntN(400), 0; at < 2200 && n < 4; n++ {
			end := at + 100 + r.IntN(600)
			le := portfolio.Lease{ID: fmt.Sprintf("x-%s-%d", u, n), UnitID: u, Kind: portfolio.Rental, StartsOn: date(at), EndsOn: date(end), SignedOn: date(at), Currency: "EUR"}
			if end > 2000 {
				le.EndsOn = ""
			}
			role := portfolio.ContractParty
			if r.IntN(6) == 0 {
				le.Kind, role = portfolio.Ownership, portfolio.Owner
			}
			for k := range 1 + r.IntN(3) {
				if k > 0 && role == portfolio.ContractParty && r.IntN(2) == 0 {
					role = portfolio.CoResident
				}
				p := fmt.Sprintf("q%02d", r.IntN(9))
				if slices.ContainsFunc(l.members, func(m portfolio.Membership) bool { return m.LeaseID == le.ID && m.PersonID == p }) {
					continue
				}
				m := portfolio.Membership{LeaseID: le.ID, PersonID: p, Role: role, FromDay: le.StartsOn, ToDay: portfolio.Forever}
				if r.IntN(3) == 0 {
					m.FromDay = date(at + r.IntN(100))
				}
				if r.IntN(3) == 0 {
					m.ToDay = date(at + 100 + r.IntN(500))
				}
				l.members = append(l.members, m)
			}
			l.leases = append(l.leases, le)
			at = end + 1 + r.IntN(3)*40
		}
	}
	for i := range 9 {
		l.persons = append(l.persons, portfolio.Person{ID: fmt.Sprintf("q%02d", i), LastName: "Test"})
	}
	return l
}

func (l life) audience(r *rand.Rand) (a portfolio.Audience) {
	units := []string{"u1", "u2", "u3"}
	at := places[units[r.IntN(3)]]
	list := []portfolio.Audience{{Kind: portfolio.ToPerson, ID: fmt.Sprintf("q%02d", r.IntN(9))}, {Kind: portfolio.ToLease, ID: l.leases[r.IntN(len(l.leases))].ID}, {Kind: portfolio.ToUnit, ID: units[r.IntN(3)]},
		{Kind: portfolio.ToStairwell, ID: at[2]}, {Kind: portfolio.ToBuilding, ID: at[1]}, {Kind: portfolio.ToProperty, ID: at[0]}, {Kind: portfolio.ToOwners, ID: at[0]}}
	a = list[r.IntN(len(list))]
	if r.IntN(5) > 0 {
		a.Day = time.Date(2022, 1, 1+r.IntN(1800), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	}
	return a
}

// TestW7_RandomLivesLeakNothing: whoever lives where and when, a resident's list,
// its length and each file are exactly those of the rule; no predecessor,
// successor, neighbour or other organisation sees more.
func TestW7_RandomLivesLeakNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := rand.New(rand.NewPCG(7, 41))
		h := newHouse(t, db)
		h.settle()
		l := randomLife(r)
		h.write(func(tx *store.Tx) error {
			if err := portfolio.PutPersons(tx, h.at, l.persons); err != nil {
				return err
			}
			if err := portfolio.PutLeases(tx, h.at, l.leases); err != nil {
				return err
			}
			return portfolio.PutMemberships(tx, l.members)
		})
		base := h.hang(boss, draftOwner, boss.Account(), "x.pdf", pdf(t, "x"))
		h.write(func(tx *store.Tx) error {
			for i := range 150 {
				a := l.audience(r)
				d := Document{ID: fmt.Sprintf("doc-%03d", i), Kind: Other, Title: fmt.Sprintf("Nr %d", i), Day: "2026-01-01", Audience: a, PropertyID: "p1", FileID: fmt.Sprintf("f-%03d", i)}
				if _, err := store.Exec(tx, insertFile, d.FileID, documentOwner, d.ID, "x.pdf", base.Type, 10, base.Blob, "", 0, 0, 1, false, "x", 1); err != nil {
					return err
				}
				if err := h.put(tx, boss, &d, false); err != nil {
					return err
				}
				l.docs = append(l.docs, d)
			}
			return nil
		})
		seen := 0
		for _, months := range []int{0, 6, 24} {
			h.settings(fmt.Sprintf(`{"moved_out_months":%d}`, months))
			since := portfolioSince(t, h, months)
			for _, p := range l.persons {
				by := actor.NewResident(storetest.Org, "acc-"+p.ID, []string{p.ID})
				var want []string
				for _, d := range l.docs {
					see := l.oracle(p.ID, "2026-11-12", since, d.Audience)
					if see {
						want = append(want, d.Title)
					}
					if _, err := h.Link(t.Context(), by, "s", d.FileID); (err == nil) != see {
						t.Errorf("%s and the file of %+v: %v", p.ID, d.Audience, err)
					}
				}
				slices.Sort(want)
				if diff := cmp.Diff(want, h.titles(by)); diff != "" {
					t.Errorf("%s, %d months: %s", p.ID, months, diff)
				}
				seen += len(want)
				if got := h.titles(actor.NewResident(storetest.Twin, "acc-"+p.ID, []string{p.ID})); len(got) != 0 {
					t.Errorf("another organisation's %s sees %v", p.ID, got)
				}
			}
		}
		if seen < 100 {
			t.Errorf("only %d documents were seen: the story is too thin to prove anything", seen)
		}
	})
}

func portfolioSince(t *testing.T, h *house, months int) (since string) {
	t.Helper()
	since, err := portfolio.Rule{Today: "2026-11-12", MovedOut: orgs.MovedOutOwnPeriod, Months: months}.Since()
	if err != nil {
		t.Fatal(err)
	}
	return since
}
