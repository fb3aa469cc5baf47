package integration

import (
	"encoding/binary"
	"hash/fnv"
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
// registered person, unless the list has not changed its mind or follows a
// change that the person has asked for.
func (w *world) proposeEmail(l *line) {
	login, registered := w.logins[l.person.id]
	if registered && l.row.Email != "" && l.row.Email != login && l.row.Email != l.person.before.Email && l.row.Email != w.wanted[l.person.id] {
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
