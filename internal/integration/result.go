package integration

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/store"
)

// Result is what a command reports about a run. The first counts are rows of
// the file, the last four distinct accepted objects; Ending counts persons in
// leases that a whole list does not have.
type Result struct {
	DryRun     bool `json:"dry_run"`
	Rows       int  `json:"rows"`
	New        int  `json:"new"`
	Changed    int  `json:"changed"`
	Unchanged  int  `json:"unchanged"`
	Ending     int  `json:"ending"`
	Rejected   int  `json:"rejected"`
	Warnings   int  `json:"warnings"`
	Properties int  `json:"properties"`
	Units      int  `json:"units"`
	Leases     int  `json:"leases"`
	Persons    int  `json:"persons"`
}

// Rejection is a rejected row: where and why.
type Rejection struct {
	Row    int    `json:"row"`    // as a spreadsheet shows it
	Column string `json:"column"` // its heading in the file, our label for one that the file lacks, or its letter; "" for the whole row
	Reason string `json:"reason"`
}

// EndingLine is somebody who is missing in a whole list, as a command tells it.
type EndingLine struct {
	Unit   string `json:"unit"`   // "Ahornallee 12 · Whg 3"
	Person string `json:"person"` // "" for a lease in which nobody is
	Until  string `json:"until"`  // YYYY-MM-DD: the last day if it is ended
	State  string `json:"state"`  // found, ended, or refused because it was changed since the check
}

// Result sums the run up. Rows that wait for the end of a missing lease count
// as rejected unless the missing is ended.
func (r Run) Result() Result {
	c := r.Counts
	out := Result{DryRun: r.AppliedAt.IsZero(), Rows: c.Rows, New: c.New, Changed: c.Changed, Unchanged: c.Unchanged, Ending: c.Ending,
		Rejected: c.Rejected, Warnings: c.Warnings, Properties: c.Properties, Units: c.Units, Leases: c.Leases, Persons: c.Persons}
	if r.EndMissing {
		out.New, out.Changed = out.New+c.WaitingNew, out.Changed+c.WaitingChanged
	} else {
		out.Rejected += c.WaitingNew + c.WaitingChanged
	}
	return out
}

// Rejections calls fn for every rejected row, by row number, its reason in the
// printer's language.
func (s *Service) Rejections(ctx context.Context, by actor.Actor, r Run, p *i18n.Printer, fn func(Rejection) error) error {
	return s.eachRejected(ctx, by, r, r.EndMissing, func(l Line) error {
		out := Rejection{Row: l.Row, Column: places(l.Reasons, p)}
		out.Reason, _ = sentences(l.Reasons, p)
		return fn(out)
	})
}

// resultPage is how many warnings or endings are held in memory.
const resultPage = 1000

var notesAfter = store.Scoped(`SELECT row_no, n, problem FROM import_note
	WHERE org_id = $1 AND run_id = $2 AND (row_no > $3 OR row_no = $3 AND n > $4) ORDER BY row_no, n LIMIT $5`)

// EachWarning calls fn for every warning, conflicts with a login included, by row
// number. The row was taken nevertheless.
func (s *Service) EachWarning(ctx context.Context, by actor.Actor, r Run, p *i18n.Printer, fn func(Rejection) error) error {
	type noteRow struct {
		row, n int
		text   string
	}
	var at noteRow
	for {
		var page []noteRow
		err := s.look(ctx, by, r.ID, func(tx *store.Tx) (err error) {
			page, err = store.All(tx, notesAfter, func(r *noteRow) []any { return []any{&r.row, &r.n, &r.text} }, r.ID, at.row, at.n, resultPage)
			return err
		})
		if err != nil || len(page) == 0 {
			return err
		}
		for _, at = range page {
			list, err := decodeReasons("[" + at.text + "]")
			if err != nil {
				return err
			}
			if err := fn(Rejection{Row: at.row, Column: list[0].At(p), Reason: list[0].Text(p)}); err != nil {
				return err
			}
		}
	}
}

// EachEnding calls fn for everybody who is missing in a whole list, by unit.
func (s *Service) EachEnding(ctx context.Context, by actor.Actor, r Run, fn func(EndingLine) error) error {
	for from := 0; ; from += resultPage {
		page, err := s.Endings(ctx, by, r.ID, from, resultPage)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, e := range page {
			if err := fn(EndingLine{Unit: e.Place, Person: e.Who, Until: e.EndsOn, State: e.State}); err != nil {
				return err
			}
		}
	}
}

// WriteJSON writes Result as one JSON object with the lists "rejections" and
// "warning_list", by row, and "ending_list", by unit, however long they are.
func (s *Service) WriteJSON(ctx context.Context, by actor.Actor, r Run, p *i18n.Printer, w io.Writer) error {
	head, err := json.Marshal(r.Result())
	if err != nil {
		return err
	}
	if _, err := w.Write(head[:len(head)-1]); err != nil {
		return err
	}
	if err := writeList(w, "rejections", func(fn func(Rejection) error) error { return s.Rejections(ctx, by, r, p, fn) }); err != nil {
		return err
	}
	if err := writeList(w, "warning_list", func(fn func(Rejection) error) error { return s.EachWarning(ctx, by, r, p, fn) }); err != nil {
		return err
	}
	if err := writeList(w, "ending_list", func(fn func(EndingLine) error) error { return s.EachEnding(ctx, by, r, fn) }); err != nil {
		return err
	}
	_, err = io.WriteString(w, "}\n")
	return err
}

// writeList writes a list as a further member of an object.
func writeList[T any](w io.Writer, name string, each func(func(T) error) error) error {
	if _, err := fmt.Fprintf(w, ",%q:[", name); err != nil {
		return err
	}
	comma := ""
	err := each(func(x T) error {
		line, err := json.Marshal(x)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w, "%s%s", comma, line)
		comma = ","
		return err
	})
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, "]")
	return err
}

// mostListed is how many lines of each kind WriteText lists.
const mostListed = 50

// WriteText writes the result for a person at a terminal.
func (s *Service) WriteText(ctx context.Context, by actor.Actor, r Run, p *i18n.Printer, w io.Writer) error {
	n := r.Result()
	state := "import.result.applied"
	if n.DryRun {
		state = "import.result.dry"
	}
	for _, line := range []struct {
		key   string
		count int
		show  bool
	}{{state, n.Rows, true}, {"import.result.new", n.New, true}, {"import.result.changed", n.Changed, true}, {"import.result.unchanged", n.Unchanged, true},
		{"import.result.rejected", n.Rejected, true}, {"import.result.ending", n.Ending, r.Complete}, {"import.result.warnings", n.Warnings, n.Warnings > 0}} {
		if !line.show {
			continue
		}
		if _, err := fmt.Fprintln(w, p.T(line.key, "count", line.count)); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintln(w, p.T("import.result.objects", "properties", n.Properties, "units", n.Units, "leases", n.Leases, "persons", n.Persons)); err != nil {
		return err
	}
	at := func(key string) func(Rejection) string {
		return func(x Rejection) string {
			if x.Column != "" {
				return p.T(key+"_at", "row", rowArg(x.Row), "column", x.Column, "reason", x.Reason)
			}
			return p.T(key, "row", rowArg(x.Row), "reason", x.Reason)
		}
	}
	if err := writeLines(w, p, at("import.result.rejection"), func(fn func(Rejection) error) error { return s.Rejections(ctx, by, r, p, fn) }); err != nil {
		return err
	}
	if err := writeLines(w, p, at("import.result.warning"), func(fn func(Rejection) error) error { return s.EachWarning(ctx, by, r, p, fn) }); err != nil {
		return err
	}
	return writeLines(w, p, func(e EndingLine) string {
		return p.T("import.result.ending_"+e.State, "unit", e.Unit, "person", cmp.Or(e.Person, "–"), "day", p.DayShort(e.Until))
	}, func(fn func(EndingLine) error) error { return s.EachEnding(ctx, by, r, fn) })
}

// writeLines writes the first lines of a list, and how many more there are.
func writeLines[T any](w io.Writer, p *i18n.Printer, line func(T) string, each func(func(T) error) error) error {
	n := 0
	err := each(func(x T) error {
		if n++; n > mostListed {
			return nil
		}
		_, err := fmt.Fprintln(w, line(x))
		return err
	})
	if err == nil && n > mostListed {
		_, err = fmt.Fprintln(w, p.T("import.result.more", "count", n-mostListed))
	}
	return err
}
