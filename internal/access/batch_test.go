package access

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/portfolio"
)

// letters runs a batch to its end and returns its PDF.
func (e *estate) letters(property string, pending bool) (Batch, []byte) {
	e.t.Helper()
	id, err := e.StartLetters(e.t.Context(), e.clerk, property, pending)
	if err != nil {
		e.t.Fatal(err)
	}
	e.drain()
	return e.batch(id), e.fetch(id)
}

func (e *estate) batch(id string) Batch {
	e.t.Helper()
	b, err := e.Batch(e.t.Context(), e.clerk, id)
	if err != nil {
		e.t.Fatal(err)
	}
	return b
}

func (e *estate) fetch(id string) []byte {
	e.t.Helper()
	f, err := e.Letters(e.t.Context(), e.clerk, id)
	if err != nil {
		e.t.Fatal(err)
	}
	defer f.Body.Close()
	data, err := io.ReadAll(f.Body)
	if err != nil {
		e.t.Fatal(err)
	}
	return data
}

// pages returns the text of each page of a PDF, words parted by one space.
func pages(t *testing.T, pdf []byte) []string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-enc", "UTF-8", path, "-").Output()
	if err != nil {
		t.Fatalf("pdftotext (Debian: poppler-utils): %v", err)
	}
	list := strings.Split(string(out), "\f")
	list = list[:len(list)-1]
	for i := range list {
		list[i] = strings.Join(strings.Fields(list[i]), " ")
		if strings.Contains(list[i], storetest.TwinMark) {
			t.Errorf("a letter shows the other organisation: %s", list[i])
		}
	}
	return list
}

// planned returns the persons of a batch's letters in order, with their state.
func (e *estate) planned(id string) (persons []string, states map[string]string) {
	e.t.Helper()
	states = map[string]string{}
	e.read(func(tx *store.Tx) error {
		type row struct{ person, state, reason string }
		rows, err := store.All(tx, store.Scoped(`SELECT person_id, state, reason FROM letter WHERE org_id = $1 AND batch_id = $2 ORDER BY position`),
			func(r *row) []any { return []any{&r.person, &r.state, &r.reason} }, id)
		for _, r := range rows {
			persons = append(persons, r.person)
			states[r.person] = r.state + r.reason
		}
		return err
	})
	return persons, states
}

// bring puts a person into a state.
func (e *estate) bring(personID, leaseID string, s State) {
	switch s {
	case Pending:
		e.code(personID, leaseID)
	case Expired, Requested:
		e.code(personID, leaseID)
		e.exec(store.Scoped(`UPDATE person_access SET until = $3 WHERE org_id = $1 AND person_id = $2`), personID, store.Micros(e.now()))
		if s == Requested {
			e.write(func(tx *store.Tx) error { return move(tx, personID, asked, e.now(), time.Time{}, "") })
		}
	case Revoked:
		e.code(personID, leaseID)
		if err := e.Revoke(e.t.Context(), e.clerk, personID); err != nil {
			e.t.Fatal(err)
		}
	case Confirmed:
		e.code(personID, leaseID)
		e.write(func(tx *store.Tx) error {
			id, err := e.createAccount(tx, ResidentSite, personID+"@post.example", "hash of "+secret, "", "de")
			if err == nil {
				err = e.linkPerson(tx, id, personID)
			}
			if err == nil {
				err = move(tx, personID, redeemed, e.now(), time.Time{}, "")
			}
			return err
		})
	}
}

// TestK15_ExactlyThoseWhoNeedOne draws random houses and holds batch and
// figures against the rule in plain words.
func TestK15_ExactlyThoseWhoNeedOne(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		rng := rand.New(rand.NewPCG(15, 15))
		states := []State{NoAccess, NoAccess, Requested, Pending, Confirmed, Expired, Revoked}
		roles := []string{portfolio.ContractParty, portfolio.ContractParty, portfolio.CoResident, portfolio.Owner}
		for round := range 4 {
			house := fmt.Sprintf("%d", 10+round)
			e.house(house)
			plus, pending := round%2 == 1, round >= 2
			rule := "contract_parties"
			if plus {
				rule = "plus_listed_residents"
			}
			e.settings(`"who_may_register":"`+rule+`"`, true)
			var want []string
			for range 45 {
				d := dweller{house: house, role: roles[rng.IntN(len(roles))], noUVI: rng.IntN(4) == 0, leaves: portfolio.Forever}
				span := rng.IntN(8)
				switch span {
				case 0:
					d.to = "2026-11-11" // over since yesterday
				case 1:
					d.to = "2026-11-12" // ends today
				case 2:
					d.from = "2026-12-13" // begins in 31 days
				case 3:
					d.from = "2026-12-14" // later
				case 4:
					d.leaves = "2026-11-11" // moved out of a lease that goes on
				}
				s := states[rng.IntN(len(states))]
				p, l := e.add(d)
				e.bring(p, l, s)
				may := d.role != portfolio.CoResident || plus
				needs := s == NoAccess || s == Requested || s == Expired || s == Pending && pending
				if may && needs && !d.noUVI && span != 0 && span != 3 && span != 4 {
					want = append(want, p)
				}
			}
			list, err := e.Residents(t.Context(), e.clerk, house, Filter{})
			if err != nil {
				t.Fatal(err)
			}
			need := list.Need
			if pending {
				need = list.NeedMore
			}
			if need != len(want) {
				t.Errorf("round %d: the button says %d, want %d", round, need, len(want))
			}
			b, pdf := e.letters(house, pending)
			got, how := e.planned(b.ID)
			slices.Sort(got)
			slices.Sort(want)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("round %d: %s", round, diff)
			}
			if n := len(pages(t, pdf)); n != len(want) || b.Done != n || b.Failed != 0 || b.State != BatchReady {
				t.Errorf("round %d: %d pages, %+v", round, n, b)
			}
			for p, s := range how {
				if s != "done" || e.state(p) != Pending {
					t.Errorf("%s: %s, %s", p, s, e.state(p))
				}
			}
			e.clock = e.clock.Add(againTime) // before that it would be a second click
			_, err = e.StartLetters(t.Context(), e.clerk, house, false)
			e.want("a second batch", err, "access.letters.nobody")
		}
	})
}

func TestK15_ALetterPerPersonInTheOrderOfAWalk(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		e.add(dweller{unit: "u3", person: "dg", floor: "DG"})
		e.add(dweller{unit: "u10", person: "og10", floor: "1. OG"})
		e.add(dweller{unit: "u9", person: "og9", floor: "1. OG"})
		e.add(dweller{unit: "u1", person: "eg", floor: "EG"})
		e.add(dweller{unit: "u1", lease: "l-u12024-01-01", person: "eg2", floor: "EG", last: "Adler", role: portfolio.ContractParty})
		e.add(dweller{unit: "u99", person: "eg", floor: "Keller", usage: portfolio.Storage, noUVI: true}) // the same human
		e.add(dweller{unit: "u50", person: "dg", floor: "EG", stair: "B"})                                // a second flat: one letter
		b, pdf := e.letters("14", false)
		got, _ := e.planned(b.ID)
		if want := []string{"eg2", "eg", "og9", "og10", "dg"}; !slices.Equal(got, want) {
			t.Fatalf("order %v, want %v", got, want)
		}
		text := pages(t, pdf)
		if !strings.Contains(text[0], "Adler") || !strings.Contains(text[0], "Marlene Brandt6 steht auch im Vertrag") || strings.Contains(text[2], "auch im Vertrag") {
			t.Errorf("first page: %s\nthird page: %s", text[0], text[2])
		}
	})
}

// A second click on the button leads to the first one's letters: a new batch
// would void every code of the first.
func TestK15_ASecondClickLeadsToTheSameLetters(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		p, l := e.add(dweller{house: "14"})
		e.code(p, l)
		first, _ := e.letters("14", true)
		again, err := e.StartLetters(t.Context(), e.clerk, "14", true)
		if err != nil || again != first.ID {
			t.Fatalf("%q %v, want %q", again, err, first.ID)
		}
		_, err = e.StartLetters(t.Context(), e.clerk, "14", false)
		e.want("another choice", err, NobodyNeedsALetter)
		other, err := e.StartLetters(t.Context(), clerkOf("14"), "14", true)
		if err != nil || other == first.ID {
			t.Errorf("somebody else gets %q %v", other, err)
		}
		e.drain()
		e.clock = e.clock.Add(againTime)
		later, err := e.StartLetters(t.Context(), e.clerk, "14", true)
		if err != nil || later == first.ID || later == other {
			t.Errorf("two minutes later: %q %v", later, err)
		}
	})
}

// Heute asks nobody to print letters whose codes are all worth nothing.
func TestK15_LettersWithoutALiveCodeAreNotOffered(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		used, _ := e.add(dweller{})
		taken, _ := e.add(dweller{})
		replaced, l := e.add(dweller{})
		b, _ := e.letters("14", false)
		offered := func() int {
			t.Helper()
			_, ok, err := e.Unfetched(t.Context(), e.clerk, "14")
			if n := len(e.today(e.clerk).Print); err != nil || ok != (n > 0) {
				t.Fatalf("Heute has %d, the property %t, %v", n, ok, err)
			}
			return len(e.today(e.clerk).Print)
		}
		e.exec(store.Scoped(`UPDATE letter_batch SET fetched_at = 0 WHERE org_id = $1`))
		e.exec(store.Scoped(`UPDATE access_code SET used_at = 1 WHERE org_id = $1 AND person_id = $2`), used)
		if err := e.Revoke(t.Context(), e.clerk, taken); err != nil {
			t.Fatal(err)
		}
		if offered() != 1 {
			t.Error("one letter still counts, and Heute has forgotten it")
		}
		if _, err := e.LetterFor(t.Context(), e.clerk, replaced, l); err != nil {
			t.Fatal(err)
		}
		if offered() != 0 {
			t.Error("Heute offers letters that are worth nothing")
		}
		e.later(25 * time.Hour)
		e.drain()
		if e.batch(b.ID).State != BatchErased || len(e.today(e.clerk).Print) != 0 {
			t.Error("Heute misses letters that were worth nothing")
		}
	})
}
