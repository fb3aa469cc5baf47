package integration

import (
	"cmp"
	"context"
	"hash/maphash"
	"slices"
	"strings"

	"foyer/internal/integration/residentlist"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fold"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// index says which rows of a file speak of the same unit, lease or person. It
// is made in one pass over the staged rows and holds some sixteen bytes for
// each of them; keys are kept as hashes with a seed of their own, so that
// nobody can hand in a file whose keys collide.
//
// A row is named by its place in the file, counted from 0.
type index struct {
	seed   maphash.Seed
	rows   []int32 // row number by place, ascending
	order  []int32 // places in the order of processing: by unit, units as they first occur
	unit   []int32 // place of the first row about the same unit, by place
	person []int32 // place of the first row about the same person, by place

	fellows   map[int32][]int32 // persons with several rows: the first place → all of them
	elsewhere map[int32]int32   // place → first place that uses the same lease_ref for another unit
	mailTwin  map[int32]int32   // place → first place with the same e-mail address and another person
	names     map[uint64]named  // property_ref → what the list calls it
	shelters  map[uint64]struct{}
}

// named is the first row that gives a property a name.
type named struct {
	place int32
	name  uint64
}

// keyAt is a hashed key and where it stands.
type keyAt struct {
	key   uint64
	place int32
}

// gather are the keys of all rows while the index is being made.
type gather struct {
	index
	units, leases, persons, mail []keyAt
}

func (x *index) hash(kind byte, parts ...string) uint64 {
	var h maphash.Hash
	h.SetSeed(x.seed)
	h.WriteByte(kind)
	for _, p := range parts {
		h.WriteString(p)
		h.WriteByte(separator[0])
	}
	return h.Sum64()
}

var stagedRows = store.Scoped(`SELECT row_no, data, problems <> '' FROM import_row WHERE org_id = $1 AND run_id = $2 ORDER BY row_no`)

// makeIndex reads all staged rows of a run.
func (s *Service) makeIndex(ctx context.Context, by actor.Actor, run string) (*index, error) {
	g := &gather{index: index{seed: maphash.MakeSeed(), names: map[uint64]named{}, shelters: map[uint64]struct{}{}}}
	err := s.read(ctx, by, func(tx *store.Tx) error {
		var no int
		var data string
		var bad bool
		return store.Each(tx, stagedRows, []any{&no, &data, &bad}, func() error {
			row, err := unpack(no, data)
			if err == nil {
				g.add(&row, bad)
			}
			return err
		}, run)
	})
	if err != nil {
		return nil, err
	}
	return g.finish(), nil
}

func (g *gather) add(row *residentlist.Row, bad bool) {
	place := int32(len(g.rows))
	g.rows = append(g.rows, int32(row.Number))
	if bad {
		g.shelter(row)
		return
	}
	property := propertyKey(row)
	g.units = append(g.units, keyAt{g.hash('u', property, unitKey(row)), place})
	if row.LeaseRef != "" {
		g.leases = append(g.leases, keyAt{g.hash('l', row.LeaseRef), place})
	}
	if row.Email != "" {
		g.mail = append(g.mail, keyAt{g.hash('e', row.Email), place})
	}
	if row.PersonRef != "" {
		g.persons = append(g.persons, keyAt{g.hash('r', row.PersonRef), place})
	} else if row.Email != "" || row.Phone != "" {
		name := personKey(row)
		if row.Email != "" {
			g.persons = append(g.persons, keyAt{g.hash('m', name, row.Email), place})
		}
		if row.Phone != "" {
			g.persons = append(g.persons, keyAt{g.hash('p', name, phoneKey(row.Phone)), place})
		}
	}
	if row.PropertyRef != "" && row.PropertyName != "" {
		key := g.hash('o', row.PropertyRef)
		if _, ok := g.names[key]; !ok {
			g.names[key] = named{place, g.hash('n', fold.Text(row.PropertyName))}
		}
	}
}

// propertyKey is what a row says about its property, "" when it only follows
// from unit or address.
func propertyKey(row *residentlist.Row) string {
	switch {
	case row.PropertyRef != "":
		return "r" + row.PropertyRef
	case row.PropertyName != "":
		return "n" + fold.Natural(row.PropertyName)
	}
	return ""
}

// unitKey names the unit inside its property.
func unitKey(row *residentlist.Row) string {
	if row.UnitRef != "" {
		return "r" + row.UnitRef
	}
	return "k" + matchKey(row)
}

// matchKey is the key by which a unit without a reference is found again.
func matchKey(row *residentlist.Row) string {
	u := portfolio.Unit{Label: row.UnitLabel, Stairwell: row.Stairwell}
	u.Place(buildingOf(row))
	return u.MatchKey
}

func buildingOf(row *residentlist.Row) portfolio.Building {
	return portfolio.Building{Street: row.Street, HouseNumber: row.HouseNumber, Postcode: row.Postcode, City: row.City, Country: row.Country}
}

func personKey(row *residentlist.Row) string {
	return portfolio.Person{FirstName: row.FirstName, LastName: row.LastName, CompanyName: row.Company}.NameKey()
}

// trunk are the country codes that are taken off a number, longest first.
var trunk = []string{"423", "352", "420", "358", "49", "43", "41", "45", "33", "39", "31", "32", "46", "47", "48"}

// phoneKey leaves the digits in which two spellings of one number agree:
// "+49 89 123456", "0049 (89) 123456" and "089/123456" are 89123456.
func phoneKey(s string) string {
	b := make([]byte, 0, len(s))
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			b = append(b, s[i])
		}
	}
	digits := string(b)
	if international := strings.HasPrefix(digits, "00"); international || strings.HasPrefix(strings.TrimSpace(s), "+") {
		digits = strings.TrimLeft(digits, "0")
		for _, code := range trunk {
			if rest, ok := strings.CutPrefix(digits, code); ok {
				digits = rest
				break
			}
		}
	}
	return strings.TrimLeft(digits, "0")
}

func byKey(a, b keyAt) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.place, b.place)) }

// each calls fn for every set of places that share a key, in file order.
func each(list []keyAt, fn func(same []keyAt)) {
	slices.SortFunc(list, byKey)
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[n].key == list[0].key {
			n++
		}
		if n > 1 {
			fn(list[:n])
		}
		list = list[n:]
	}
}

// own returns places that each point at themselves.
func own(n int) []int32 {
	list := make([]int32, n)
	for i := range list {
		list[i] = int32(i)
	}
	return list
}

func (g *gather) finish() *index {
	x := &g.index
	n := len(x.rows)
	x.unit, x.person, x.order = own(n), own(n), own(n)
	each(g.units, func(same []keyAt) {
		for _, k := range same {
			x.unit[k.place] = same[0].place
		}
	})
	g.units = nil
	slices.SortFunc(x.order, func(a, b int32) int { return cmp.Or(cmp.Compare(x.unit[a], x.unit[b]), cmp.Compare(a, b)) })
	x.elsewhere = map[int32]int32{}
	each(g.leases, func(same []keyAt) {
		for _, k := range same[1:] {
			if x.unit[k.place] != x.unit[same[0].place] {
				x.elsewhere[k.place] = same[0].place
			}
		}
	})
	g.leases = nil
	g.joinPersons()
	x.mailTwin = map[int32]int32{}
	each(g.mail, func(same []keyAt) {
		for _, k := range same[1:] {
			if x.person[k.place] != x.person[same[0].place] {
				x.mailTwin[k.place] = same[0].place
			}
		}
	})
	return x
}

// joinPersons makes one person of all rows that are connected by a key: a row
// with two keys ties two others together.
func (g *gather) joinPersons() {
	x := &g.index
	root := func(p int32) int32 {
		for x.person[p] != p {
			x.person[p] = x.person[x.person[p]]
			p = x.person[p]
		}
		return p
	}
	var several []int32
	each(g.persons, func(same []keyAt) {
		for _, k := range same {
			a, b := root(same[0].place), root(k.place)
			x.person[max(a, b)] = min(a, b)
			several = append(several, k.place)
		}
	})
	g.persons = nil
	x.fellows = map[int32][]int32{}
	slices.Sort(several)
	for _, p := range slices.Compact(several) {
		x.person[p] = root(p)
		x.fellows[x.person[p]] = append(x.fellows[x.person[p]], p)
	}
}
