package cases

import (
	"context"
	"slices"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

// Work is what waits on the page Heute.
type Work struct {
	Urgent []Row // not done and urgent
	Answer []Row // residents wait for longer than the organisation's CaseDays
	Absent []Row // of colleagues who are away, for whom the actor stands in or nobody does
}

// Total is how much it is.
func (w Work) Total() int { return len(w.Urgent) + len(w.Answer) + len(w.Absent) }

// Today returns what waits for the actor. Each case stands in one part only. It
// needs ReadCases.
func (s *Service) Today(ctx context.Context, by actor.Actor) (w Work, err error) {
	defer fault.Wrap(&err, "list what waits")
	if err := by.Must(actor.ReadCases); err != nil {
		return Work{}, err
	}
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		w = Work{}
		seen := map[string]bool{}
		pick := func(rows []row, keep func(Row) bool) (out []Row) {
			for _, r := range rowsOf(rows) {
				if MayStaff(by, r.Case) && !seen[r.ID] && keep(r) {
					seen[r.ID] = true
					out = append(out, r)
				}
			}
			return out
		}
		rows, err := store.All(tx, urgentOpen, (*row).destStaff, int64(urgentFirst))
		if err != nil {
			return err
		}
		w.Urgent = pick(rows, func(Row) bool { return true })
		if rows, err = store.All(tx, waitLong, (*row).destStaff); err != nil {
			return err
		}
		late := s.Now().AddDate(0, 0, -o.Settings.CaseDays)
		w.Answer = pick(rows, func(r Row) bool { return r.WaitsSince.Before(late) || r.AssigneeID == by.ID() })
		away, err := orgs.Absences(tx, o.Today(s.Now()))
		if err != nil || len(away) == 0 {
			return err
		}
		var ids []string
		for id, a := range away {
			if id != by.ID() && (a.DeputyID == "" || a.DeputyID == by.ID() || away[a.DeputyID].StaffID != "") {
				ids = append(ids, id)
			}
		}
		slices.Sort(ids)
		if rows, err = store.All(tx, ofAbsent, (*row).destStaff, store.Spread(ids)); err != nil {
			return err
		}
		w.Absent = pick(rows, func(Row) bool { return true })
		return nil
	})
	return w, err
}

// CountToday counts what Today lists; it stands on every page of staff.
func (s *Service) CountToday(ctx context.Context, by actor.Actor) (int, error) {
	if err := by.Must(actor.ReadCases); err != nil {
		return 0, err
	}
	return s.todays.Get(s.DB.State(by.Scope()), by.Label(), s.Now(), func() (int, error) {
		w, err := s.Today(ctx, by)
		return w.Total(), err
	})
}

// Board returns the cases of a filter by status, for the view in columns: 25 at
// most of each, and of those that are done the ones of the last 14 days. It
// needs ReadCases.
func (s *Service) Board(ctx context.Context, by actor.Actor, f Filter) (out map[Status][]Row, err error) {
	out = map[Status][]Row{}
	for _, st := range Statuses {
		if f.Status != "" && f.Status != "all" && f.Status != string(st) {
			continue
		}
		if st == Done {
			continue
		}
		g := f
		g.Status, g.Sort, g.After = string(st), "", Cursor{}
		l, err := s.List(ctx, by, g)
		if err != nil {
			return nil, err
		}
		out[st] = l.Rows
	}
	if f.Status != "" && f.Status != "all" && f.Status != string(Done) {
		return out, nil
	}
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		rows, err := store.All(tx, recentlyDone, (*row).destStaff, store.Micros(s.Now().AddDate(0, 0, -ReopenDays)))
		list := slices.DeleteFunc(rowsOf(rows), func(r Row) bool {
			return !MayStaff(by, r.Case) || f.Property != "" && r.PropertyID != f.Property || f.Category != "" && r.CategoryID != f.Category && r.TopicID != f.Category ||
				f.Assignee == "-" && r.AssigneeID != "" || f.Assignee != "" && f.Assignee != "-" && r.AssigneeID != f.Assignee
		})
		out[Done] = list[:min(len(list), pageSize)]
		return err
	})
	return out, err
}
