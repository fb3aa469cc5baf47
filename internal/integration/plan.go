package integration

import (
	"cmp"
	"encoding/binary"
	"hash/fnv"
	"slices"
	"time"

	"foyer/internal/integration/residentlist"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// Change is one field that a row changes, or a whole object that it makes:
// then Field is property, building, unit, lease, person or membership and
// Before is "". Other fields are columns of the resident list; values are as
// the database keeps them (days, minor units, hundredths), a lease is written
// "first day/last day", see FormatValue.
type Change struct {
	Field  string `json:"f"`
	Before string `json:"b,omitempty"`
	After  string `json:"a,omitempty"`
}

// overlaps rejects rows whose lease would claim the unit on a day on which
// another lease does. lines are all rows about one unit. In a whole list, a
// lease that stands in the way and is missing in the list makes them wait.
func (w *world) overlaps(lines []*line, sheltered func(*node[unit], *node[lease]) bool) {
	var list []*node[lease]
	var u *node[unit]
	broken := false
	for _, l := range lines {
		if l.rejected() {
			broken = true
			continue
		}
		u = l.unit
		if l.lease.after.Kind == portfolio.Rental && !slices.Contains(list, l.lease) {
			list = append(list, l.lease)
		}
	}
	if u == nil || len(list) == 0 {
		return
	}
	slices.SortStableFunc(list, func(a, b *node[lease]) int { return cmp.Compare(claimRank(a), claimRank(b)) })
	var others []*node[lease]
	for _, n := range w.leasesIn[u.id] {
		if !slices.Contains(list, n) {
			others = append(others, n)
		}
	}
	var taken []lease
	for _, n := range list {
		inTheWay, missing := obstacle(n.after, taken, others)
		switch {
		case inTheWay == nil:
		case missing != nil && w.complete && !broken && w.canWait(n, missing) && !sheltered(u, missing):
			w.wait(lines, n, missing)
		default:
			w.collide(lines, n, *inTheWay)
			if n.before != nil {
				taken = append(taken, *n.before)
			}
			continue
		}
		taken = append(taken, n.after)
	}
}

// claimRank: leases whose days stay as they are come first, new ones last.
func claimRank(n *node[lease]) int {
	switch {
	case n.isNew():
		return 2
	case n.before.StartsOn == n.after.StartsOn && n.before.EndsOn == n.after.EndsOn:
		return 0
	}
	return 1
}

// obstacle returns a lease that overlaps with l; missing is its node when it is
// the only one and the list does not name it.
func obstacle(l lease, taken []lease, others []*node[lease]) (found *lease, missing *node[lease]) {
	for i := range taken {
		if l.Overlaps(taken[i]) {
			return &taken[i], nil
		}
	}
	for _, o := range others {
		if !l.Overlaps(*o.before) {
			continue
		}
		if found != nil {
			return found, nil
		}
		found, missing = o.before, o
	}
	return found, missing
}

// canWait: the missing lease runs, and can end on the day before.
func (w *world) canWait(n, missing *node[lease]) bool {
	return missing.before.Until() >= w.today && missing.before.StartsOn < n.after.StartsOn
}

func (w *world) wait(lines []*line, n, missing *node[lease]) {
	for _, l := range lines {
		if !l.rejected() && l.lease == n {
			l.waits = missing
		}
	}
}

func (w *world) collide(lines []*line, n *node[lease], with lease) {
	for _, l := range lines {
		if !l.rejected() && l.lease == n {
			if with.EndsOn == "" {
				l.reject(w, residentlist.LeaseStart, KeyOverlapOpen, "start", with.StartsOn)
			} else {
				l.reject(w, residentlist.LeaseStart, KeyOverlap, "start", with.StartsOn, "end", with.EndsOn)
			}
		}
	}
}

// announce works out what a row changes: the objects that it owns, the
// membership, the consent.
func (w *world) announce(l *line) {
	l.changes = l.changes[:0]
	if l.own&ownProperty != 0 {
		add(l, l.property, "property", l.property.after.Name)
	}
	if l.own&ownBuilding != 0 {
		if !l.building.isNew() || l.own&ownProperty == 0 || !l.property.isNew() {
			add(l, l.building, "building", l.building.after.AddressLine())
		}
	}
	if l.own&ownUnit != 0 {
		add(l, l.unit, "unit", l.unit.after.Label)
		w.nameBuildings(l)
	}
	if l.own&ownLease != 0 {
		add(l, l.lease, "lease", l.lease.after.StartsOn+"/"+l.lease.after.EndsOn)
	}
	if l.own&ownPerson != 0 {
		add(l, l.person, "person", l.person.after.DisplayName())
		w.proposeEmail(l)
		w.wantConsent(l)
	}
	if old, ok := w.members[l.member.Key()]; ok {
		for _, c := range portfolio.Diff(old, l.member) {
			l.changes = append(l.changes, Change(c))
		}
	} else if l.own&ownPerson == 0 || !l.person.isNew() {
		l.changes = append(l.changes, Change{Field: "membership", After: l.person.after.DisplayName()})
	}
}

func add[R portfolio.Row](l *line, n *node[R], kind, label string) {
	if n.isNew() {
		l.changes = append(l.changes, Change{Field: kind, After: label})
		return
	}
	for _, c := range portfolio.Diff(*n.before, n.after) {
		l.changes = append(l.changes, Change(c))
	}
}

// nameBuildings writes addresses instead of ids where a unit moves.
func (w *world) nameBuildings(l *line) {
	for i, c := range l.changes {
		if c.Field == "building" && c.Before != "" {
			if b := w.buildings[c.Before]; b != nil {
				l.changes[i].Before = b.before.AddressLine()
			}
			l.changes[i].After = l.building.after.AddressLine()
		}
	}
}

// proposeEmail notes that the list has another address than the login of a
// registered person, unless the list has not changed its mind.
func (w *world) proposeEmail(l *line) {
	login, registered := w.logins[l.person.id]
	if registered && l.row.Email != "" && l.row.Email != login && l.row.Email != l.person.before.Email {
		l.login = login
	}
}

// wantConsent decides whether the list's consent is news. One that the person
// has withdrawn comes back only when it was given again after that day; what
// the person said here weighs more than an older list.
func (w *world) wantConsent(l *line) {
	given := l.row.EmailConsentOn
	l.consent = false
	if given == "" || l.row.Email == "" || l.person.after.Email != l.row.Email {
		return
	}
	if given > w.tomorrow {
		l.note(w, residentlist.EmailConsentOn, KeyConsentFuture, "value", given)
		return
	}
	c, ok := w.consents[l.person.id]
	before := ""
	switch {
	case !ok:
	case c.withdrawnAt > 0:
		if given <= store.Time(c.withdrawnAt).In(w.zone).Format(time.DateOnly) {
			return
		}
	case given > c.givenOn:
		before = c.givenOn
	case c.address == l.row.Email || c.source != "import":
		return
	default: // the same consent, and the list has a new address for it
		before = c.givenOn
	}
	l.consent = true
	l.changes = append(l.changes, Change{Field: string(residentlist.EmailConsentOn), Before: before, After: given})
}

// isNew tells whether the row puts somebody into a lease who was not in it.
func (w *world) isNew(l *line) bool {
	_, ok := w.members[l.member.Key()]
	return !ok
}

// digest stands for the announced changes: when it is the same at applying, so
// is everything that the row relies on.
func (w *world) digest(l *line) int64 {
	h := fnv.New64a()
	put := func(s string) {
		h.Write(binary.AppendUvarint(nil, uint64(len(s))))
		h.Write([]byte(s))
	}
	for _, c := range l.changes {
		put(c.Field)
		put(c.Before)
		put(c.After)
	}
	if w.isNew(l) {
		put("new")
	}
	return int64(h.Sum64())
}
