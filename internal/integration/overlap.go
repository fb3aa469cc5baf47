package integration

import (
	"cmp"
	"slices"
	"strings"

	"foyer/internal/integration/residentlist"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

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
	var taken []claimed
	for _, n := range list {
		inTheWay, missing := obstacle(n.after, taken, others)
		switch {
		case inTheWay == nil:
		case missing != nil && w.complete && !broken && w.canWait(n, missing) && !sheltered(u, missing):
			w.wait(lines, n, missing)
		default:
			w.collide(lines, n, *inTheWay)
			if n.before != nil {
				taken = append(taken, claimed{n, *n.before, false})
			}
			continue
		}
		taken = append(taken, claimed{n, n.after, true})
	}
}

// claimed is a lease as it claims its unit: as the file has it, or as the
// database does.
type claimed struct {
	*node[lease]
	lease  lease
	byFile bool
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
func obstacle(l lease, taken []claimed, others []*node[lease]) (found *claimed, missing *node[lease]) {
	for i := range taken {
		if l.Overlaps(taken[i].lease) {
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
		found, missing = &claimed{o, *o.before, false}, o
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

// collide rejects the rows of a lease and says what stands in its way: a row of
// the file, or a lease that is there already.
func (w *world) collide(lines []*line, n *node[lease], with claimed) {
	row := 0
	if with.byFile {
		row = firstRow(lines, with.node)
	}
	for _, l := range lines {
		if !l.rejected() && l.lease == n {
			w.collided = append(w.collided, collision{l, with})
			w.overlapping(l, with, row, with.lease.Ref)
		}
	}
}

// collision is a row that was rejected for a lease in its way.
type collision struct {
	*line
	with claimed
}

// overlapping gives the reason: row is that of the other lease, 0 for one of
// the database, and name what the database calls it.
func (w *world) overlapping(l *line, with claimed, row int, name string) {
	keys := [2]string{KeyOverlap, KeyOverlapOpen}
	args := []any{"start", with.lease.StartsOn, "end", with.lease.EndsOn}
	switch {
	case row > 0:
		keys = [2]string{KeyOverlapRow, KeyOverlapRowOpen}
		args = append(args, "row", rowArg(row))
	case name != "":
		keys = [2]string{KeyOverlapLease, KeyOverlapLeaseOpen}
		args = append(args, "lease", name)
	}
	key := keys[0]
	if with.lease.EndsOn == "" {
		key = keys[1]
	}
	l.reject(w, residentlist.LeaseStart, key, args...)
}

// nameCollided says who lives in the leases of the database that stand in the
// way of rows.
func (w *world) nameCollided(tx *store.Tx) error {
	persons := map[string][]string{} // by lease
	var list []collision
	for _, c := range w.collided {
		if !c.with.byFile {
			list = append(list, c)
			persons[c.with.id] = nil
		}
	}
	if len(list) == 0 {
		return nil
	}
	var ids []string
	for key := range w.members {
		if _, ok := persons[key.LeaseID]; ok {
			persons[key.LeaseID] = append(persons[key.LeaseID], key.PersonID)
			ids = append(ids, key.PersonID)
		}
	}
	found, err := portfolio.PersonsByID(tx, ids)
	if err != nil {
		return err
	}
	names := make(map[string]string, len(found))
	for _, p := range found {
		names[p.ID] = p.DisplayName()
	}
	for _, c := range list {
		c.line.reasons = nil
		w.overlapping(c.line, c.with, 0, leaseName(c.with.lease.Ref, persons[c.with.id], names))
	}
	return nil
}

// mostNamed is how many persons of a lease a reason names.
const mostNamed = 3

// leaseName names a lease by its reference and its persons.
func leaseName(ref string, persons []string, names map[string]string) string {
	var list []string
	for _, id := range persons {
		if names[id] != "" {
			list = append(list, names[id])
		}
	}
	slices.Sort(list)
	if len(list) > mostNamed {
		list = append(list[:mostNamed], "…")
	}
	if ref != "" {
		list = slices.Insert(list, 0, ref)
	}
	return strings.Join(list, " · ")
}

// firstRow is the number of the first row about a lease, 0 for none.
func firstRow(lines []*line, n *node[lease]) (row int) {
	for _, l := range lines {
		if !l.rejected() && l.lease == n && (row == 0 || l.row.Number < row) {
			row = l.row.Number
		}
	}
	return row
}
