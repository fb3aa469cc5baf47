package integration

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"foyer/internal/integration/residentlist"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/store"
)

// Options of an import by command.
type Options struct {
	Mapping    residentlist.Mapping // what is given wins over what is recognised
	Complete   bool                 // the list names everybody in its properties
	EndMissing bool                 // with Complete: end what is missing
	DryRun     bool                 // only tell
}

// ImportFile brings a list in without jobs: it checks, and applies unless the
// run is dry. It uses the same code and takes the same turns as the pages; what
// it did is a run like any other, and the next call goes on behind what a
// killed one has written. A file that cannot be read is a fault.Invalid of
// "file", a mapping without sense one of the columns. While another run writes
// it is a Conflict of OtherWrites, as a rule before the file is read.
func (s *Service) ImportFile(ctx context.Context, by actor.Actor, file io.Reader, name string, o Options) (Run, error) {
	if err := by.Must(actor.EditPortfolio); err != nil {
		return Run{}, err
	}
	if !o.DryRun {
		if err := s.read(ctx, by, func(tx *store.Tx) error {
			_, alive, err := s.writer(tx)
			if err == nil && alive {
				err = fault.Conflicting(OtherWrites)
			}
			return err
		}); err != nil {
			return Run{}, err
		}
	}
	id, err := s.Start(ctx, by, file, name)
	if err != nil {
		return Run{}, err
	}
	err = s.write(ctx, by, func(tx *store.Tx) error {
		r, err := mine(tx, by, id)
		if err != nil {
			return err
		}
		return s.begin(tx, r, Choice{Mapping: residentlist.Merge(r.Mapping, o.Mapping), Complete: o.Complete})
	})
	if err != nil {
		return Run{}, s.abandon(ctx, by, id, err)
	}
	if err := s.runCheck(ctx, by, id); err != nil {
		return Run{}, s.abandon(ctx, by, id, err)
	}
	r, err := s.Run(ctx, by, id)
	if err != nil {
		return r, err
	}
	if r.State == Failed && r.Problem != nil {
		return r, invalid("file", *r.Problem)
	}
	if o.DryRun {
		r.EndMissing = o.EndMissing && o.Complete
		return r, s.Cancel(ctx, by, id)
	}
	return s.applyFile(ctx, by, r, o.EndMissing)
}

func (s *Service) applyFile(ctx context.Context, by actor.Actor, r Run, endMissing bool) (Run, error) {
	err := s.write(ctx, by, func(tx *store.Tx) error {
		if err := s.beginApply(tx, by, r.ID, endMissing); err != nil {
			return err
		}
		_, err := store.Exec(tx, takeHold, r.ID, store.Micros(s.now().Add(holdLife)))
		return err
	})
	if store.IsUnique(err) {
		err = fault.Conflicting(OtherWrites)
	}
	if err != nil {
		return r, s.abandon(ctx, by, r.ID, err)
	}
	if err := s.applyHere(ctx, by, r.ID); err != nil {
		return r, fmt.Errorf("apply the list: %w", err)
	}
	r, err = s.Run(ctx, by, r.ID)
	if err == nil && r.State != Applied {
		err = fault.Conflicting("import.run.pushed_aside")
	}
	return r, err
}

// abandon gives a run up after an error and returns the error.
func (s *Service) abandon(ctx context.Context, by actor.Actor, id string, cause error) error {
	if ctx.Err() == nil {
		if err := s.Cancel(ctx, by, id); err != nil {
			return fmt.Errorf("%w (and the run stays: %w)", cause, err)
		}
	}
	return cause
}

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

// WriteJSON writes Result as one JSON object with the list "rejections", row by
// row, however many there are.
func (s *Service) WriteJSON(ctx context.Context, by actor.Actor, r Run, p *i18n.Printer, w io.Writer) error {
	head, err := json.Marshal(r.Result())
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "%s,\"rejections\":[", head[:len(head)-1]); err != nil {
		return err
	}
	comma := ""
	err = s.Rejections(ctx, by, r, p, func(x Rejection) error {
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
	_, err = io.WriteString(w, "]}\n")
	return err
}

// mostRejections is how many rejected rows WriteText lists.
const mostRejections = 50

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
	listed := 0
	return s.Rejections(ctx, by, r, p, func(x Rejection) error {
		if listed++; listed > mostRejections {
			return nil
		}
		key := "import.result.rejection_at"
		if x.Column == "" {
			key = "import.result.rejection"
		}
		_, err := fmt.Fprintln(w, p.T(key, "row", rowArg(x.Row), "column", x.Column, "reason", x.Reason))
		return err
	})
}
