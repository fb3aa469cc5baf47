package portfolio

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"foyer/internal/orgs"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

// Items for the lists stand in audit_entry, the one table whose columns are
// free texts; the statement gives them the names that packages use.
var (
	putItem = store.Scoped(`INSERT INTO audit_entry (org_id, id, at, actor, action, object, detail) VALUES $rows`)

	items = `item AS (SELECT e.org_id AS org_id, e.id AS id, e.actor AS aud_kind, e.object AS aud_id, e.action AS aud_day, e.detail AS aud_author
		FROM audit_entry e WHERE e.org_id = $1)`
	listItems  = store.Scoped(`WITH ` + MayCTE(4) + `, ` + items + ` SELECT i.id FROM item i WHERE i.org_id = $1 AND ` + AudienceSQL("item", "i") + ` ORDER BY i.id`)
	listShared = store.Scoped(`WITH ` + MayCTE(4) + `, ` + items + ` SELECT i.id FROM item i WHERE i.org_id = $1 AND ` + SharedSQL("item", "i") + ` ORDER BY i.id`)
)

// TestT3_AudienceAgainstAnOracle compares the one place that says who may see
// an item with an oracle that knows nothing of it: 20 worlds × 50 persons × 10
// items, asked singly, from the item's side and as lists.
func TestT3_AudienceAgainstAnOracle(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		pairs, seen := 0, 0
		kinds := map[Kind]int{}
		for n := range 20 {
			w := newWorld(n, 20261121)
			write(t, db, w.put)
			if n%2 == 1 {
				write(t, db, w.remove)
			}
			list := make([]Audience, 10)
			for i := range list {
				list[i] = w.randomAudience()
			}
			write(t, db, func(tx *store.Tx) error { return w.putItems(tx, list) })
			read(t, db, func(tx *store.Tx) error {
				o := oracle{world: w, rule: w.randomRule()}
				for i, a := range list {
					o.rule = w.randomRule()
					p, s, err := asked(t, tx, o, a)
					if err != nil {
						return fmt.Errorf("item %d: %w", i, err)
					}
					pairs, seen = pairs+p, seen+s
					kinds[a.Kind] += s
				}
				return listed(t, tx, o, list)
			})
		}
		if pairs < 10_000 || seen < pairs/40 || len(kinds) != 8 {
			t.Errorf("%d pairs, %d seen, by kind %v: the worlds are too plain", pairs, seen, kinds)
		}
		for k, n := range kinds {
			if n < 10 {
				t.Errorf("only %d persons see an item for a %s", n, k)
			}
		}
	})
}

// asked compares CanSee and Recipients with the oracle for every person.
func asked(t *testing.T, tx *store.Tx, o oracle, a Audience) (pairs, seen int, err error) {
	t.Helper()
	var want []string
	for _, p := range o.world.persons {
		should := o.sees(p.ID, a)
		if should {
			want = append(want, p.ID)
		}
		got, err := CanSee(tx, o.rule, []string{p.ID}, a)
		if err != nil {
			return 0, 0, err
		}
		if got != should {
			t.Errorf("%s and %+v under %+v: sees %v, oracle %v; parts %+v", p.ID, a, o.rule, got, should, o.parts(p.ID))
		}
	}
	slices.Sort(want)
	got, err := Recipients(tx, o.rule, a)
	if err != nil {
		return 0, 0, err
	}
	if a.Kind == ToEveryone { // of all earlier worlds too
		got = slices.DeleteFunc(got, func(id string) bool { return !strings.HasPrefix(id, o.world.id+"-") })
	}
	if !slices.Equal(got, want) {
		t.Errorf("recipients of %+v under %+v: %v, oracle %v", a, o.rule, got, want)
	}
	if among, err := Among(tx, o.rule, Audience{Kind: a.Kind, ID: a.ID, Day: a.Day}, append(slices.Clone(want), "nobody")); err != nil {
		return 0, 0, err
	} else if alone := slices.DeleteFunc(slices.Clone(want), func(p string) bool {
		return !o.sees(p, Audience{Kind: a.Kind, ID: a.ID, Day: a.Day})
	}); !slices.Equal(among, alone) {
		t.Errorf("among the recipients of %+v under %+v: %v, oracle %v", a, o.rule, among, alone)
	}
	all, err := CanSee(tx, o.rule, ids(o.world.persons, func(p Person) string { return p.ID }), a)
	if err == nil && all != (len(want) > 0) {
		t.Errorf("all persons together and %+v: %v, oracle %v", a, all, want)
	}
	return len(o.world.persons), len(want), err
}

func (w world) putItems(tx *store.Tx, list []Audience) error {
	rows := make([][]any, len(list))
	for i, a := range list {
		rows[i] = []any{fmt.Sprintf("%s-i%02d", w.id, i), 0, string(a.Kind), a.Day, a.ID, a.Author}
	}
	_, err := store.InsertAll(tx, putItem, rows)
	return err
}

// toAll are the items of all worlds that are for everyone: also for those of a
// later world.
var toAll = store.Scoped(`SELECT e.id FROM audit_entry e WHERE e.org_id = $1 AND e.actor = 'everyone'`)

// without leaves out what earlier worlds have told everyone.
func (w world) without(list []string) []string {
	return slices.DeleteFunc(list, func(id string) bool { return w.told[id] && !strings.HasPrefix(id, w.id+"-") })
}

// listed compares the lists of a person, and of an account with three persons,
// with the oracle. Items of all earlier worlds are in the table too.
func listed(t *testing.T, tx *store.Tx, o oracle, list []Audience) error {
	t.Helper()
	today, since, err := o.rule.Args()
	if err != nil {
		return err
	}
	told, err := store.List[string](tx, toAll)
	if err != nil {
		return err
	}
	o.world.told = map[string]bool{}
	for _, id := range told {
		o.world.told[id] = true
	}
	for i := 0; i < len(o.world.persons); i += 3 {
		account := []string{o.world.persons[i].ID}
		if i%2 == 0 {
			account = append(account, o.world.persons[(i+7)%50].ID, o.world.persons[(i+23)%50].ID)
		}
		var want, shared []string
		for n, a := range list {
			id := fmt.Sprintf("%s-i%02d", o.world.id, n)
			alone := a
			alone.Author = ""
			if slices.ContainsFunc(account, func(p string) bool { return o.sees(p, alone) }) {
				want = append(want, id)
			}
			if slices.ContainsFunc(account, func(p string) bool { return o.sees(p, a) }) {
				shared = append(shared, id)
			}
		}
		got, err := store.List[string](tx, listItems, today, since, store.Spread(account))
		if err != nil {
			return err
		}
		if got = o.world.without(got); !slices.Equal(got, want) {
			t.Errorf("list of %v under %+v: %v, oracle %v", account, o.rule, got, want)
		}
		if got, err = store.List[string](tx, listShared, today, since, store.Spread(account)); err != nil {
			return err
		}
		if got = o.world.without(got); !slices.Equal(got, shared) {
			t.Errorf("shared list of %v under %+v: %v, oracle %v", account, o.rule, got, shared)
		}
	}
	return nil
}

// The sentences of the decision table that people quarrel about, one by one.
func TestT3_AudienceExamples(t *testing.T) {
	keep := orgs.MovedOutOwnPeriod
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse("14", 1)
		h.leases[0].EndsOn = "2026-03-31"
		next := Lease{ID: "next", UnitID: h.units[0].ID, Kind: Rental, StartsOn: "2026-04-01", Currency: "EUR"}
		owned := Lease{ID: "owned", UnitID: h.units[0].ID, Kind: Ownership, StartsOn: "2020-01-01", Currency: "EUR"}
		h.leases = append(h.leases, next, owned)
		for _, id := range []string{"successor", "child", "owner", "left", "late", "stranger"} {
			h.persons = append(h.persons, Person{ID: id, LastName: id})
		}
		h.members = append(h.members, Membership{"next", "successor", ContractParty, "2026-04-01", Forever},
			Membership{"next", "child", CoResident, "2026-04-01", Forever}, Membership{"owned", "owner", Owner, "2020-01-01", Forever},
			Membership{h.leases[0].ID, "left", ContractParty, "2024-09-01", "2025-06-30"},
			Membership{h.leases[0].ID, "late", ContractParty, "2025-01-01", "2025-06-30"})
		write(t, db, h.put)
		old, unit := h.persons[0].ID, h.units[0].ID
		for _, c := range []struct {
			name   string
			person string
			a      Audience
			rule   Rule
			want   bool
		}{
			{"moved out: own consumption", old, Audience{ToUnit, unit, "2026-03-31", ""}, Rule{"2026-11-12", keep, 24}, true},
			{"moved out: consumption of the day after", old, Audience{ToUnit, unit, "2026-04-01", ""}, Rule{"2026-11-12", keep, 24}, false},
			{"moved out: final statement comes later", old, Audience{ToLease, h.leases[0].ID, "2027-10-01", ""}, Rule{"2027-10-02", keep, 24}, true},
			{"moved out: a personal letter comes later", old, Audience{ToPerson, old, "2026-10-01", ""}, Rule{"2026-11-12", keep, 24}, true},
			{"moved out: no new notices", old, Audience{ToBuilding, h.building.ID, "2026-10-01", ""}, Rule{"2026-11-12", keep, 24}, false},
			{"moved out: house rules of today are not theirs", old, Audience{ToProperty, h.property.ID, "", ""}, Rule{"2026-11-12", keep, 24}, false},
			{"moved out: last day of the months", old, Audience{ToUnit, unit, "2026-01-01", ""}, Rule{"2026-09-30", keep, 6}, true},
			{"moved out: after the months", old, Audience{ToUnit, unit, "2026-01-01", ""}, Rule{"2026-10-01", keep, 6}, false},
			{"moved out: setting none", old, Audience{ToPerson, old, "2026-01-01", ""}, Rule{"2026-04-01", orgs.MovedOutNone, 24}, false},
			{"last day: setting none", old, Audience{ToPerson, old, "2026-01-01", ""}, Rule{"2026-03-31", orgs.MovedOutNone, 24}, true},
			{"left early: later items are of those who stayed", "left", Audience{ToLease, h.leases[0].ID, "2025-07-01", ""}, Rule{"2026-01-01", keep, 24}, false},
			{"left early: own time", "left", Audience{ToLease, h.leases[0].ID, "2025-06-30", ""}, Rule{"2026-01-01", keep, 24}, true},
			{"left early: on the last day still all of the lease", "left", Audience{ToLease, h.leases[0].ID, "2025-07-01", ""}, Rule{"2025-06-30", keep, 24}, true},
			{"joined late: on the last day still all of the lease", "late", Audience{ToLease, h.leases[0].ID, "2024-10-01", ""}, Rule{"2025-06-30", keep, 24}, true},
			{"joined late, moved out: only the own time", "late", Audience{ToLease, h.leases[0].ID, "2024-10-01", ""}, Rule{"2025-07-01", keep, 24}, false},
			{"successor: not the month before", "successor", Audience{ToUnit, unit, "2026-03-31", ""}, Rule{"2026-11-12", keep, 24}, false},
			{"successor: not the predecessor's lease", "successor", Audience{ToLease, h.leases[0].ID, "2026-11-01", ""}, Rule{"2026-11-12", keep, 24}, false},
			{"successor: own contract, signed before the first day", "successor", Audience{ToLease, "next", "2026-02-01", ""}, Rule{"2026-03-01", keep, 24}, true},
			{"successor: house rules", "successor", Audience{ToProperty, h.property.ID, "", ""}, Rule{"2026-11-12", keep, 24}, true},
			{"co-resident: notices", "child", Audience{ToStairwell, h.building.ID + "/", "2026-11-01", ""}, Rule{"2026-11-12", keep, 24}, true},
			{"co-resident: not the lease", "child", Audience{ToLease, "next", "2026-11-01", ""}, Rule{"2026-11-12", keep, 24}, false},
			{"co-resident: own case, shared with the lease", "child", Audience{ToLease, "next", "2026-11-01", "child"}, Rule{"2026-11-12", keep, 24}, true},
			{"co-resident: not the consumption", "child", Audience{ToUnit, unit, "2026-11-01", ""}, Rule{"2026-11-12", keep, 24}, false},
			{"party: a co-resident's own message is not theirs", "successor", Audience{ToPerson, "child", "2026-11-01", ""}, Rule{"2026-11-12", keep, 24}, false},
			{"owner: site statements", "owner", Audience{ToOwners, h.property.ID, "2026-11-01", ""}, Rule{"2026-11-12", keep, 24}, true},
			{"owner: own lease", "owner", Audience{ToLease, "owned", "2026-11-01", ""}, Rule{"2026-11-12", keep, 24}, true},
			{"owner: never the renter's lease", "owner", Audience{ToLease, "next", "2026-11-01", ""}, Rule{"2026-11-12", keep, 24}, false},
			{"owner: never the renter's consumption", "owner", Audience{ToUnit, unit, "2026-11-01", ""}, Rule{"2026-11-12", keep, 24}, false},
			{"renter: not the owners' statements", "successor", Audience{ToOwners, h.property.ID, "2026-11-01", ""}, Rule{"2026-11-12", keep, 24}, false},
			{"in no lease: not even what is addressed to them", "stranger", Audience{ToPerson, "stranger", "2026-11-01", ""}, Rule{"2026-11-12", keep, 24}, false},
		} {
			read(t, db, func(tx *store.Tx) error {
				got, err := CanSee(tx, c.rule, []string{c.person}, c.a)
				if got != c.want {
					t.Errorf("%s: sees %v", c.name, got)
				}
				return err
			})
		}
	})
}

func TestT3_ARemovedPersonIsOutAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse("14", 2)
		write(t, db, h.put)
		rule := Rule{Today: "2026-11-12", MovedOut: orgs.MovedOutOwnPeriod, Months: 24}
		audience := Audience{Kind: ToBuilding, ID: h.building.ID, Day: "2026-11-01"}
		check := func(want int) {
			t.Helper()
			read(t, db, func(tx *store.Tx) error {
				list, err := Tenancies(tx, rule, []string{h.persons[0].ID})
				if err != nil {
					return err
				}
				ok, err := CanSee(tx, rule, []string{h.persons[0].ID}, audience)
				if len(list) != want || ok != (want == 1) {
					t.Errorf("%d leases, sees the notice: %v; want %d", len(list), ok, want)
				}
				return err
			})
		}
		check(1)
		write(t, db, func(tx *store.Tx) error {
			_, err := RemoveMemberships(tx, []MembershipKey{h.members[0].Key()})
			return err
		})
		check(0)
	})
}

func TestAnAudienceWithoutSenseIsRefused(t *testing.T) {
	db := storetest.SQLite(t).DB
	rule := Rule{Today: "2026-11-12"}
	read(t, db, func(tx *store.Tx) error {
		for _, a := range []Audience{{}, {Kind: "flat", ID: "x"}, {Kind: ToUnit}, {Kind: ToUnit, ID: "x", Day: "12.11.2026"}} {
			if _, err := CanSee(tx, rule, []string{"p"}, a); err == nil {
				t.Errorf("%+v was accepted", a)
			}
			if _, err := Recipients(tx, rule, a); err == nil {
				t.Errorf("recipients of %+v", a)
			}
		}
		if _, err := CanSee(tx, Rule{}, []string{"p"}, Audience{Kind: ToUnit, ID: "x"}); err == nil {
			t.Error("a rule without a day was accepted")
		}
		return nil
	})
}
