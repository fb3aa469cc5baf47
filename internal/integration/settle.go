package integration

import (
	"slices"
)

// claims remember which objects earlier rows of the file decide about, and
// which of the database's leases and persons the file names.
type claims struct {
	x          *index
	properties map[string]bool
	buildings  map[string]bool
	persons    map[int]bool // by first row, of persons with several rows
	named      map[string]bool
	mentioned  []uint64 // hashed leases, and persons in leases
	waits      map[string]string
}

func newClaims(x *index) *claims {
	return &claims{x: x, properties: map[string]bool{}, buildings: map[string]bool{}, persons: map[int]bool{}, named: map[string]bool{}, waits: map[string]string{}}
}

// claim gives a row the objects that no earlier row decides about, and counts
// them.
func (c *claims) claim(l *line, n *Counts) {
	property := ident(l.property, "")
	if !c.properties[property] {
		c.properties[property] = true
		l.own |= ownProperty
		n.Properties++
	}
	building := ident(l.building, property)
	if !c.buildings[building] {
		c.buildings[building] = true
		l.own |= ownBuilding
	}
	if l.unit.owner == nil {
		l.unit.owner = l
		l.own |= ownUnit
		n.Units++
	}
	if l.lease.owner == nil {
		l.lease.owner = l
		l.own |= ownLease
		n.Leases++
	}
	if l.person.owner == nil && !c.persons[l.fresh] {
		l.person.owner = l
		l.own |= ownPerson
		n.Persons++
		if len(c.x.fellows[c.x.person[l.place]]) > 1 {
			c.persons[l.fresh] = true
		}
	}
	if !l.property.isNew() {
		c.named[l.property.id] = true
	}
	if !l.lease.isNew() {
		c.mentioned = append(c.mentioned, c.x.hash('L', l.lease.id))
		if !l.person.isNew() {
			c.mentioned = append(c.mentioned, c.x.hash('M', l.lease.id, l.person.id))
		}
	}
}

// ident names an object across batches, in which new ones have other ids.
func ident[T any](n *node[T], within string) string {
	if !n.isNew() {
		return n.id
	}
	key := n.key
	if within != "" && len(key) > 36 { // the id of the property in front of the address
		key = key[36:]
	} else if within != "" {
		key = ""
	}
	return "+" + within + separator + key
}

// mentions tells whether the file named something, after done was called.
func (c *claims) mentions(key uint64) bool {
	_, ok := slices.BinarySearch(c.mentioned, key)
	return ok
}

func (c *claims) done() { slices.Sort(c.mentioned) }

// settle turns the compared rows of a batch into results and counts.
func (c *comparison) settle(w *world, lines []*line, bad map[*line]string, f *found) {
	for _, l := range lines {
		if why, ok := bad[l]; ok {
			c.add(f, l, resultOf(l, "rejected", "", why))
			continue
		}
		if l.rejected() {
			c.counts.Rejected++
			c.x.shelter(&l.row)
			c.add(f, l, resultOf(l, "rejected", "", encode(l.reasons)))
			continue
		}
		c.claimed.claim(l, &c.counts)
		w.announce(l)
		c.take(f, w, l)
		c.notes(f, w, l)
	}
}

func (c *comparison) take(f *found, w *world, l *line) {
	kind := ""
	switch {
	case w.isNew(l):
		kind = "new"
	case len(l.changes) > 0:
		kind = "changed"
	default:
		c.counts.Unchanged++
		return
	}
	state, why := kind, ""
	if l.waits != nil {
		c.claimed.waits[l.waits.id] = min(l.lease.after.StartsOn, orForever(c.claimed.waits[l.waits.id]))
		state, why = "waits", encode([]Reason{w.reason("lease_start", KeyWaits, "start", l.waits.before.StartsOn)})
	}
	switch {
	case state == "waits" && kind == "new":
		c.counts.WaitingNew++
	case state == "waits":
		c.counts.WaitingChanged++
	case kind == "new":
		c.counts.New++
	default:
		c.counts.Changed++
	}
	for _, change := range l.changes {
		if change.Field == "lease_end" && change.After != "" && (change.Before == "" || change.After < change.Before) {
			c.counts.Leaving++
		}
	}
	r := resultOf(l, state, kind, why)
	r[resultSig] = w.digest(l)
	r[resultChanges] = encode(l.changes)
	r[resultPlace] = placeOfUnit(l.building.after, l.unit.after)
	r[resultWho] = l.person.after.DisplayName()
	if packed := pack(&l.row); packed != l.raw {
		r[resultData] = packed
	}
	c.add(f, l, r)
}

func orForever(day string) string {
	if day == "" {
		return "9999-12-31"
	}
	return day
}

// Places in a row of insertResult.
const (
	resultSeq     = 1
	resultSig     = 8
	resultData    = 9
	resultPlace   = 10
	resultWho     = 11
	resultChanges = 12
)

func resultOf(l *line, state, kind, why string) []any {
	return []any{"", 0, l.row.Number, l.group, state, kind, l.fresh, l.own, int64(0), "", placeOf(&l.row), nameOf(&l.row), "[]", why}
}

func (c *comparison) add(f *found, l *line, result []any) {
	c.seq++
	result[0], result[resultSeq] = c.run.ID, c.seq
	f.results = append(f.results, result)
}

// notes collects the warnings and the conflict of an accepted row.
func (c *comparison) notes(f *found, w *world, l *line) {
	if twin, ok := c.x.mailTwin[l.place]; ok {
		l.note(w, "email", KeySharedEmail, "row", rowArg(c.x.rows[twin]))
	}
	place, who := placeOfUnit(l.building.after, l.unit.after), l.person.after.DisplayName()
	n := comparedNote
	put := func(kind, person string, r Reason) {
		f.notes = append(f.notes, []any{c.run.ID, l.row.Number, n, kind, person, place, who, encode(r)})
		n++
		c.counts.Warnings++
	}
	for _, r := range l.notes {
		put("warning", "", r)
	}
	if l.login != "" {
		c.counts.Conflicts++
		put("conflict", l.person.id, w.reason("email", KeyLoginConflict, "login", l.login, "value", l.row.Email))
	}
}
