package integration

import (
	"context"
	"errors"
	"time"

	"foyer/internal/integration/residentlist"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

// State is how far a run is; see the package comment.
type State string

// The states.
const (
	Columns   State = "columns"  // waits for somebody to confirm the columns
	Checking  State = "checking" // a job reads and compares
	Checked   State = "checked"
	Applying  State = "applying"
	Applied   State = "applied"
	Stopped   State = "stopped" // applying or undoing died on the way; Apply goes on, Undo takes back
	Undoing   State = "undoing"
	Undone    State = "undone"
	Failed    State = "failed" // the file as a whole cannot be read
	Cancelled State = "cancelled"
)

// Busy tells whether a job works on a run in this state.
func (s State) Busy() bool { return s == Checking || s == Applying || s == Undoing }

// Counts of a run. The first are rows of the file, as far as the run has come:
// Rows = New + Changed + Unchanged + Rejected + WaitingNew + WaitingChanged.
type Counts struct {
	Rows      int `json:"rows"`
	New       int `json:"new"`
	Changed   int `json:"changed"`
	Unchanged int `json:"unchanged"`
	Rejected  int `json:"rejected"`
	// Waiting rows are taken when what is missing in a whole list is ended:
	// their unit is still let to somebody who is not in the list.
	WaitingNew     int `json:"waiting_new,omitempty"`
	WaitingChanged int `json:"waiting_changed,omitempty"`

	Warnings  int `json:"warnings"`  // conflicts included
	Conflicts int `json:"conflicts"` // other e-mail addresses of registered persons
	// Ending counts persons in leases that are missing in a whole list,
	// EndingLeases the leases that are missing altogether.
	Ending       int `json:"ending"`
	EndingLeases int `json:"ending_leases"`
	Ended        int `json:"ended"` // of Ending, when the run was applied
	// Leaving counts the leases to which a row of the file gives an end, or an
	// earlier one.
	Leaving int `json:"leaving,omitempty"`

	// Distinct objects that the accepted rows name.
	Properties int `json:"properties"`
	Units      int `json:"units"`
	Leases     int `json:"leases"`
	Persons    int `json:"persons"`

	Kept     int `json:"kept"`               // objects that undoing had to leave
	Restored int `json:"restored,omitempty"` // objects that undoing took back
}

// ToApply returns how many rows applying would write.
func (c Counts) ToApply(endMissing bool) int {
	n := c.New + c.Changed
	if endMissing {
		n += c.WaitingNew + c.WaitingChanged
	}
	return n
}

// Run is one list on its way in.
type Run struct {
	ID         string
	Name       string // of the file, as the person calls it
	Size       int64  // bytes
	State      State
	Headings   []string
	Samples    [][]string // the first rows, as many cells as Headings
	Mapping    residentlist.Mapping
	Complete   bool // the list is whole
	EndMissing bool // what is missing in it is ended
	Problem    *Reason
	Step       string // of a busy run: read, compare, end, apply, undo
	Done       int    // of the step, in thousandths
	Counts     Counts
	CreatedBy  string // actor label
	CreatedAt  time.Time
	CheckedAt  time.Time
	AppliedBy  string
	AppliedAt  time.Time
	UndoneAt   time.Time
	Erased     bool // its rows and before-images were forgotten

	blob     string
	limits   []string // properties of a limited creator
	limited  bool
	staged   int
	position int
	workedAt time.Time
}

// table is what is kept about the headings of a file.
type table struct {
	Headings []string   `json:"headings"`
	Samples  [][]string `json:"samples"`
}

type runRow struct {
	r                                                   Run
	headings, mapping, limits, problem, counts          string
	createdAt, workedAt, checkedAt, appliedAt, undoneAt int64
}

const runColumns = `id, name, blob, size, state, headings, mapping, complete, end_missing, limits, problem, step, done, staged, position, counts,
	created_by, created_at, worked_at, checked_at, applied_by, applied_at, undone_at`

func (w *runRow) dest() []any {
	r := &w.r
	return []any{&r.ID, &r.Name, &r.blob, &r.Size, &r.State, &w.headings, &w.mapping, &r.Complete, &r.EndMissing, &w.limits, &w.problem, &r.Step,
		&r.Done, &r.staged, &r.position, &w.counts, &r.CreatedBy, &w.createdAt, &w.workedAt, &w.checkedAt, &r.AppliedBy, &w.appliedAt, &w.undoneAt}
}

func (w runRow) run() (Run, error) {
	r := w.r
	t, err1 := decode[table](w.headings)
	var err2, err3, err4, err5 error
	r.Headings, r.Samples = t.Headings, t.Samples
	r.Mapping, err2 = decode[residentlist.Mapping](w.mapping)
	r.limits, err3 = decode[[]string](w.limits)
	r.limited = w.limits != ""
	r.Problem, err4 = decode[*Reason](w.problem)
	r.Counts, err5 = decode[Counts](w.counts)
	r.Erased = r.blob == ""
	r.CreatedAt, r.workedAt, r.CheckedAt = store.Time(w.createdAt), store.Time(w.workedAt), store.Time(w.checkedAt)
	r.AppliedAt, r.UndoneAt = store.Time(w.appliedAt), store.Time(w.undoneAt)
	return r, errors.Join(err1, err2, err3, err4, err5)
}

var (
	runByID = store.Scoped(`SELECT ` + runColumns + ` FROM import_run WHERE org_id = $1 AND id = $2`)
	runList = store.Scoped(`SELECT ` + runColumns + ` FROM import_run
		WHERE org_id = $1 AND state <> 'cancelled' AND ($2 = '' OR created_by = $2) ORDER BY created_at DESC, id DESC LIMIT $3`)
	lastApplied = store.Scoped(`SELECT ` + runColumns + ` FROM import_run WHERE org_id = $1 AND applied_at > 0 AND undone_at = 0
		ORDER BY applied_at DESC, id DESC LIMIT 1`)
	writingRun = store.Scoped(`SELECT ` + runColumns + ` FROM import_run WHERE org_id = $1 AND state IN ('applying', 'undoing')`)
)

// load returns a run, also to jobs.
func load(tx *store.Tx, id string) (Run, error) {
	row, err := store.Get(tx, runByID, (*runRow).dest, id)
	if errors.Is(err, store.ErrNoRow) {
		return Run{}, fault.NotFound("import")
	}
	if err != nil {
		return Run{}, err
	}
	return row.run()
}

// mine returns a run that the actor may see: whoever is limited to properties
// sees only what he handed in himself, for a list names everybody in it.
func mine(tx *store.Tx, by actor.Actor, id string) (Run, error) {
	if err := by.Must(actor.EditPortfolio); err != nil {
		return Run{}, err
	}
	r, err := load(tx, id)
	if err == nil && by.Limited() && r.CreatedBy != by.Label() {
		return Run{}, fault.NotFound("import")
	}
	return r, err
}

// Run returns one run.
func (s *Service) Run(ctx context.Context, by actor.Actor, id string) (r Run, err error) {
	err = s.read(ctx, by, func(tx *store.Tx) error {
		r, err = mine(tx, by, id)
		return err
	})
	return r, err
}

// Runs returns the newest runs, at most limit, without those that were
// cancelled.
func (s *Service) Runs(ctx context.Context, by actor.Actor, limit int) (list []Run, err error) {
	if err := by.Must(actor.EditPortfolio); err != nil {
		return nil, err
	}
	only := ""
	if by.Limited() {
		only = by.Label()
	}
	err = s.read(ctx, by, func(tx *store.Tx) error {
		rows, err := store.All(tx, runList, (*runRow).dest, only, limit)
		if err != nil {
			return err
		}
		list = make([]Run, len(rows))
		for i, w := range rows {
			if list[i], err = w.run(); err != nil {
				return err
			}
		}
		return nil
	})
	return list, err
}

// Undoable returns the id of the run that Undo would take, "" for none: the
// last one that was applied, while its before-images are kept.
func (s *Service) Undoable(ctx context.Context, by actor.Actor) (id string, err error) {
	if err := by.Must(actor.EditPortfolio); err != nil {
		return "", err
	}
	err = s.read(ctx, by, func(tx *store.Tx) error {
		r, ok, err := undoable(tx)
		if ok && !(by.Limited() && r.CreatedBy != by.Label()) {
			id = r.ID
		}
		return err
	})
	return id, err
}

// undoable returns the last applied run; ok is false when there is none or its
// before-images are gone.
func undoable(tx *store.Tx) (r Run, ok bool, err error) {
	row, err := store.Get(tx, lastApplied, (*runRow).dest)
	if errors.Is(err, store.ErrNoRow) {
		return Run{}, false, nil
	}
	if err != nil {
		return Run{}, false, err
	}
	r, err = row.run()
	return r, err == nil && !r.Erased && (r.State == Applied || r.State == Stopped), err
}
