package integration

import (
	"cmp"

	"foyer/internal/integration/residentlist"
	"foyer/internal/platform/fold"
	"foyer/internal/platform/store"
)

// groupRows is how many rows one unit may have. A real unit has a handful; a
// column under the wrong heading makes one unit of a whole list.
const groupRows = 2000

// rememberedPersons bounds how many completed persons are kept in memory.
const rememberedPersons = 5000

// merger completes rows from their fellow rows and finds contradictions inside
// the file.
type merger struct {
	run     string
	x       *index
	w       *world
	persons map[int32]*union
	called  map[int32]string // property names by place
}

// unitRows completes the rows about one unit: what one says about the unit or
// the lease holds for all.
func (m *merger) unitRows(lines []*line) {
	u := newUnion(unitFields)
	for i, l := range lines {
		if i >= groupRows {
			l.reject(m.w, residentlist.UnitRef, KeyManyRows, "max", groupRows)
		}
		if l.rejected() {
			continue
		}
		if first, ok := m.x.elsewhere[l.place]; ok {
			l.reject(m.w, residentlist.LeaseRef, KeyLeaseElsewhere, "ref", l.row.LeaseRef, "row", rowArg(m.x.rows[first]))
		}
		if l.rejected() {
			continue
		}
		hard, soft := u.take(&l.row)
		if hard != nil {
			ref := l.row.UnitRef
			if ref == "" {
				ref = l.row.UnitLabel
			}
			l.reject(m.w, hard.field.column, KeyOtherUnit, "ref", ref, "row", rowArg(hard.row))
		}
		m.differ(l, soft)
	}
	for _, l := range lines {
		if !l.rejected() {
			u.give(&l.row)
		}
	}
	m.leaseRows(lines)
}

func (m *merger) differ(l *line, soft []clash) {
	for _, c := range soft {
		l.note(m.w, c.field.column, KeyDiffers, "row", rowArg(c.row))
	}
}

// contract is a lease as the rows of one unit describe it.
type contract struct {
	*union
	lines []*line
}

// leaseRows does for the leases of a unit what unitRows does for the unit.
// Rows belong to one lease by its reference, rows without one by kind and
// start.
func (m *merger) leaseRows(lines []*line) {
	var list []*contract
	for _, withRef := range []bool{true, false} {
		for _, l := range lines {
			if !l.rejected() && (l.row.LeaseRef != "") == withRef {
				list = m.intoContract(list, l)
			}
		}
	}
	for _, c := range list {
		for _, l := range c.lines {
			c.give(&l.row)
		}
	}
}

func (m *merger) intoContract(list []*contract, l *line) []*contract {
	for _, c := range list {
		if l.row.LeaseRef != "" {
			if c.row.LeaseRef != l.row.LeaseRef {
				continue
			}
		} else if c.row.LeaseStart != l.row.LeaseStart || kindOf(c.lines[0].rowp()) != kindOf(&l.row) {
			continue
		}
		if twice := m.twice(c, l); twice != nil {
			l.reject(m.w, m.w.personColumn(), KeyDuplicate, "row", rowArg(twice.row.Number))
			return list
		}
		hard, soft := c.take(&l.row)
		if hard != nil {
			l.reject(m.w, hard.field.column, KeyOtherLease, "ref", cmp.Or(l.row.LeaseRef, l.row.UnitLabel, l.row.UnitRef), "row", rowArg(hard.row))
			return list
		}
		m.differ(l, soft)
		c.lines = append(c.lines, l)
		return list
	}
	c := &contract{newUnion(leaseFields), []*line{l}}
	c.take(&l.row)
	return append(list, c)
}

func (l *line) rowp() *residentlist.Row { return &l.row }

// twice returns the row that puts the same person into the same lease.
func (m *merger) twice(c *contract, l *line) *line {
	for _, o := range c.lines {
		if m.x.person[o.place] == m.x.person[l.place] {
			return o
		}
		if (o.row.PersonRef == "" || l.row.PersonRef == "") && personKey(&o.row) == personKey(&l.row) {
			return o
		}
	}
	return nil
}

// personRows completes rows from the other rows about the same person,
// wherever they stand in the file.
func (m *merger) personRows(tx *store.Tx, lines []*line) error {
	if err := m.gatherPersons(tx, lines); err != nil {
		return err
	}
	for _, l := range lines {
		first := m.x.person[l.place]
		l.fresh = int(m.x.rows[first])
		if l.rejected() || len(m.x.fellows[first]) < 2 {
			continue
		}
		u, err := m.personOf(tx, first)
		if err != nil {
			return err
		}
		one := *u // taking a row a second time changes nothing, unless it clashes
		one.said = append([]int(nil), u.said...)
		hard, soft := takePerson(&one, &l.row)
		if hard != nil {
			l.reject(m.w, hard.field.column, KeyOtherPerson, "ref", l.row.PersonRef, "row", rowArg(hard.row))
			continue
		}
		m.differ(l, soft)
		u.give(&l.row)
	}
	return nil
}

// gatherPersons completes the persons of a batch with a few statements instead
// of one for each.
func (m *merger) gatherPersons(tx *store.Tx, lines []*line) error {
	if len(m.persons) > rememberedPersons {
		clear(m.persons)
	}
	var numbers []int
	var firsts []int32
	asked := map[int32]bool{}
	for _, l := range lines {
		first := m.x.person[l.place]
		n := len(m.x.fellows[first])
		if l.rejected() || n < 2 || n > batchSize || asked[first] || m.persons[first] != nil || len(numbers) > 10*batchSize {
			continue
		}
		asked[first] = true
		firsts = append(firsts, first)
		for _, p := range m.x.fellows[first] {
			numbers = append(numbers, int(m.x.rows[p]))
		}
	}
	rows, err := fetch(tx, m.run, numbers)
	if err != nil {
		return err
	}
	for _, first := range firsts {
		u := newUnion(personFields)
		if err := m.addPerson(u, rows, m.x.fellows[first]); err != nil {
			return err
		}
		m.persons[first] = u
	}
	return nil
}

func (m *merger) addPerson(u *union, rows map[int]stagedRow, places []int32) error {
	for _, p := range places {
		no := int(m.x.rows[p])
		r, err := unpack(no, rows[no].data)
		if err != nil {
			return err
		}
		takePerson(u, &r)
	}
	return nil
}

// personOf completes the person that a place stands for from all its rows.
func (m *merger) personOf(tx *store.Tx, first int32) (*union, error) {
	if u := m.persons[first]; u != nil {
		return u, nil
	}
	u := newUnion(personFields)
	places := m.x.fellows[first]
	for len(places) > 0 {
		part := places[:min(len(places), batchSize)]
		places = places[len(part):]
		numbers := make([]int, len(part))
		for i, p := range part {
			numbers[i] = int(m.x.rows[p])
		}
		rows, err := fetch(tx, m.run, numbers)
		if err != nil {
			return nil, err
		}
		if err := m.addPerson(u, rows, part); err != nil {
			return nil, err
		}
	}
	m.persons[first] = u
	return u, nil
}

// takePerson adds what a row says about a person. Where the whole name is the
// same, it does not matter how it is spread over the columns.
func takePerson(u *union, r *residentlist.Row) (hard *clash, soft []clash) {
	if u.said[0]+u.said[2] > 0 && personKey(&u.row) == personKey(r) {
		c := *r
		c.FirstName, c.LastName, c.Company = u.row.FirstName, u.row.LastName, u.row.Company
		r = &c
	}
	return u.take(r)
}

// propertyRow completes the name of a property and finds rows that call the
// same reference something else.
func (m *merger) propertyRow(tx *store.Tx, l *line) error {
	if l.rejected() || l.row.PropertyRef == "" {
		return nil
	}
	n, ok := m.x.names[m.x.hash('o', l.row.PropertyRef)]
	if !ok || n.place == l.place {
		return nil
	}
	if l.row.PropertyName != "" && m.x.hash('n', fold.Text(l.row.PropertyName)) != n.name {
		l.reject(m.w, residentlist.PropertyName, KeyOtherProperty, "ref", l.row.PropertyRef, "row", rowArg(m.x.rows[n.place]))
		return nil
	}
	name, ok := m.called[n.place]
	if !ok {
		no := int(m.x.rows[n.place])
		rows, err := fetch(tx, m.run, []int{no})
		if err != nil {
			return err
		}
		r, err := unpack(no, rows[no].data)
		if err != nil {
			return err
		}
		name = r.PropertyName
		if len(m.called) >= rememberedPersons {
			clear(m.called)
		}
		m.called[n.place] = name
	}
	l.row.PropertyName = name
	return nil
}
