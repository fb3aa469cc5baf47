package integration

import (
	"context"

	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// A list that is whole tells what ends: leases, and persons in leases, of the
// properties that it names, that run today or later and that it does not have.
// An ending day is yesterday, for the list is from today; the day before the
// next lease where one waits; and for what has not begun, its first day, on
// which then nobody is in it.

var (
	unitsAfter = store.Scoped(`SELECT u.id, u.sort_key FROM unit u WHERE u.org_id = $1 AND u.property_id = $2 AND (u.sort_key, u.id) > ($3, $4)
		ORDER BY u.sort_key, u.id LIMIT $5`)
	insertEndings = store.Scoped(`INSERT INTO import_ending (org_id, run_id, lease_id, person_id, whole, was_until, ends_on, place, who, state) VALUES $rows`)
)

// unitAt is a unit in the order of a walk through its property.
type unitAt struct{ id, key string }

// endings looks through the properties that the file names.
func (c *comparison) endings(ctx context.Context) error {
	c.claimed.done()
	for id := range c.claimed.named {
		last := unitAt{}
		for {
			rows, next, err := c.endingPage(ctx, id, last)
			if err != nil {
				return err
			}
			if next == last {
				break
			}
			last = next
			err = c.s.write(ctx, c.by, func(tx *store.Tx) error {
				if err := moved(store.Exec(tx, alive, c.run.ID, string(Checking), 1000, store.Micros(c.s.now()))); err != nil {
					return err
				}
				_, err := store.InsertAll(tx, insertEndings, rows)
				return err
			})
			if err != nil {
				return err
			}
			c.s.between()
		}
	}
	return nil
}

// endingPage finds what is missing in the next units of a property.
func (c *comparison) endingPage(ctx context.Context, property string, from unitAt) (rows [][]any, next unitAt, err error) {
	next = from
	err = c.s.read(ctx, c.by, func(tx *store.Tx) error {
		page, err := store.All(tx, unitsAfter, func(u *unitAt) []any { return []any{&u.id, &u.key} }, property, from.key, from.id, c.s.rows)
		if err != nil || len(page) == 0 {
			return err
		}
		next = page[len(page)-1]
		ids := make([]string, len(page))
		for i, u := range page {
			ids[i] = u.id
		}
		h, err := loadHouse(tx, ids, c.set.today)
		if err != nil {
			return err
		}
		for _, l := range h.leases {
			rows = append(rows, c.endingOf(h, l)...)
		}
		return nil
	})
	return rows, next, err
}

// house is what runs in some units.
type house struct {
	units     map[string]unit
	buildings map[string]building
	leases    []lease
	members   map[string][]membership // by lease
	persons   map[string]person
}

func loadHouse(tx *store.Tx, unitIDs []string, today string) (h house, err error) {
	h = house{units: map[string]unit{}, buildings: map[string]building{}, members: map[string][]membership{}, persons: map[string]person{}}
	units, err := portfolio.UnitsByID(tx, unitIDs)
	if err != nil {
		return h, err
	}
	var buildingIDs, leaseIDs, personIDs []string
	for _, u := range units {
		h.units[u.ID] = u
		buildingIDs = append(buildingIDs, u.BuildingID)
	}
	buildings, err := portfolio.BuildingsByID(tx, buildingIDs)
	if err != nil {
		return h, err
	}
	for _, b := range buildings {
		h.buildings[b.ID] = b
	}
	leases, err := portfolio.LeasesOfUnits(tx, unitIDs)
	if err != nil {
		return h, err
	}
	for _, l := range leases {
		if l.Until() >= today {
			h.leases = append(h.leases, l)
			leaseIDs = append(leaseIDs, l.ID)
		}
	}
	members, err := portfolio.MembershipsOfLeases(tx, leaseIDs)
	if err != nil {
		return h, err
	}
	for _, m := range members {
		if m.ToDay >= today {
			h.members[m.LeaseID] = append(h.members[m.LeaseID], m)
			personIDs = append(personIDs, m.PersonID)
		}
	}
	persons, err := portfolio.PersonsByID(tx, personIDs)
	for _, p := range persons {
		h.persons[p.ID] = p
	}
	return h, err
}

// endingOf returns the rows about one running lease: one for each person that
// the file does not have in it.
func (c *comparison) endingOf(h house, l lease) (rows [][]any) {
	u := h.units[l.UnitID]
	if c.x.hidden(&u, l) {
		return nil
	}
	yesterday := dayBefore(c.set.today)
	place := placeOfUnit(h.buildings[u.BuildingID], u)
	put := func(m membership, whole bool, wasUntil, endsOn string) {
		rows = append(rows, []any{c.run.ID, l.ID, m.PersonID, whole, wasUntil, endsOn, place, h.persons[m.PersonID].DisplayName(), "found"})
	}
	if c.claimed.mentions(c.x.hash('L', l.ID)) {
		for _, m := range h.members[l.ID] {
			if !c.claimed.mentions(c.x.hash('M', l.ID, m.PersonID)) && !c.x.hiddenPerson(h.persons[m.PersonID]) {
				put(m, false, m.ToDay, max(m.FromDay, yesterday))
			}
		}
		c.counts.Ending += len(rows)
		return rows
	}
	for _, m := range h.members[l.ID] {
		if c.x.hiddenPerson(h.persons[m.PersonID]) {
			return nil
		}
	}
	endsOn := max(l.StartsOn, yesterday)
	if next, ok := c.claimed.waits[l.ID]; ok {
		endsOn = dayBefore(next)
	}
	for _, m := range h.members[l.ID] {
		put(m, true, l.Until(), endsOn)
	}
	if len(rows) == 0 {
		if l.Until() <= endsOn { // it was ended before, or ends by itself
			return nil
		}
		put(membership{}, true, l.Until(), endsOn)
	}
	c.counts.Ending += len(rows)
	c.counts.EndingLeases++
	return rows
}

// missing is one row of import_ending.
type missing struct {
	lease, person, wasUntil, endsOn string
	whole                           bool
}

var (
	nextEndings = store.Scoped(`SELECT lease_id, person_id, was_until, ends_on, whole FROM import_ending
		WHERE org_id = $1 AND run_id = $2 AND state = 'found' ORDER BY lease_id, person_id LIMIT $3`)
	setEnding = store.Scoped(`UPDATE import_ending SET state = $4 WHERE org_id = $1 AND run_id = $2 AND lease_id = $3 AND state = 'found'`)
)

// endSome ends the next missing leases and persons, and notes in the batch what
// was there before. done tells that there are none left.
func (s *Service) endSome(tx *store.Tx, r *Run, today string) (b *batch, done bool, err error) {
	b = &batch{}
	list, err := store.All(tx, nextEndings, func(m *missing) []any { return []any{&m.lease, &m.person, &m.wasUntil, &m.endsOn, &m.whole} }, r.ID, s.rows+groupRows)
	if err != nil || len(list) == 0 {
		return b, true, err
	}
	done = len(list) < s.rows+groupRows
	if last := list[len(list)-1].lease; !done { // a lease is ended whole: the next time
		for n := len(list); n > 0 && list[n-1].lease == last; n-- {
			list = list[:n-1]
		}
	}
	ids := make([]string, len(list))
	for i, m := range list {
		ids[i] = m.lease
	}
	leases, err := portfolio.LeasesByID(tx, ids)
	if err != nil {
		return b, false, err
	}
	members, err := portfolio.MembershipsOfLeases(tx, ids)
	if err != nil {
		return b, false, err
	}
	e := ender{today: today, leases: map[string]lease{}, members: map[portfolio.MembershipKey]membership{}, batch: b, refused: map[string]bool{}}
	for _, l := range leases {
		e.leases[l.ID] = l
	}
	for _, m := range members {
		e.members[m.Key()] = m
	}
	for _, m := range list {
		e.end(m)
	}
	for i, id := range ids {
		if i > 0 && ids[i-1] == id {
			continue
		}
		state := "ended"
		if e.refused[id] {
			state = "refused"
		}
		n, err := store.Exec(tx, setEnding, r.ID, id, state)
		if err != nil {
			return b, false, err
		}
		if state == "ended" {
			r.Counts.Ended += int(n)
		}
	}
	return b, done, b.write(tx, s.now())
}

// ender ends leases and memberships in memory.
type ender struct {
	today   string
	leases  map[string]lease
	members map[portfolio.MembershipKey]membership
	batch   *batch
	refused map[string]bool // leases that are no longer what they were
}

func (e *ender) end(m missing) {
	l, ok := e.leases[m.lease]
	key := portfolio.MembershipKey{LeaseID: m.lease, PersonID: m.person}
	was, isIn := e.members[key]
	switch {
	case !ok || e.refused[m.lease]:
		e.refused[m.lease] = true
		return
	case m.whole && l.Until() != m.wasUntil || m.person != "" && !isIn || !m.whole && was.ToDay != m.wasUntil:
		e.refused[m.lease] = true
		e.batch.dropLease(m.lease)
		return
	}
	if m.whole && l.EndsOn != m.endsOn {
		after := l
		after.EndsOn = m.endsOn
		e.batch.Leases.change(l.ID, l, after)
	}
	switch {
	case !isIn:
	case max(was.FromDay, l.StartsOn) >= e.today:
		e.batch.Removed = append(e.batch.Removed, was)
	case !m.whole:
		after := was
		after.ToDay = m.endsOn
		e.batch.Memberships.change(memberID(was), was, after)
	}
}
