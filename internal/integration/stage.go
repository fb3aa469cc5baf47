package integration

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync/atomic"

	"foyer/internal/integration/residentlist"
	"foyer/internal/integration/sheet"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

var (
	insertRows  = store.Scoped(`INSERT INTO import_row (org_id, run_id, row_no, data, problems) VALUES $rows`)
	insertNotes = store.Scoped(`INSERT INTO import_note (org_id, run_id, row_no, n, kind, person_id, place, who, problem) VALUES $rows`)
	staged      = store.Scoped(`UPDATE import_run SET staged = $4, done = $5, counts = $6, worked_at = $7
		WHERE org_id = $1 AND id = $2 AND state = 'checking' AND staged = $3`)
	nextStep = store.Scoped(`UPDATE import_run SET step = $3, done = 0, worked_at = $4 WHERE org_id = $1 AND id = $2 AND state = $5`)
	failRun  = store.Scoped(`UPDATE import_run SET state = 'failed', problem = $3, worked_at = $4 WHERE org_id = $1 AND id = $2 AND state = 'checking'`)
)

// errMoved says that the run is no longer in the state that the step is for:
// it was cancelled, or another worker has taken it over.
var errMoved = errors.New("integration: the run has moved on")

// parcel is some rows of the file, typed and packed, on their way into the
// database.
type parcel struct {
	rows, notes [][]any
	last        int // row number of the last
	rejected    int
	done        int // of the file, in thousandths
	failed      *Reason
	err         error
}

// stage reads the file into import_row, from the row behind the last one that
// is there already. One goroutine reads and types, this one writes.
func (s *Service) stage(ctx context.Context, by actor.Actor, r *Run, o orgs.Org) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	parcels := make(chan parcel, 2)
	go func() {
		defer close(parcels)
		s.readFile(ctx, by.Org(), *r, o, parcels)
	}()
	for p := range parcels {
		if p.err != nil {
			return p.err
		}
		if p.failed != nil {
			return s.fail(ctx, by, r, *p.failed)
		}
		if err := s.keep(ctx, by, r, p); err != nil {
			return err
		}
		s.between()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.write(ctx, by, func(tx *store.Tx) error {
		return moved(store.Exec(tx, nextStep, r.ID, "compare", store.Micros(s.now()), string(Checking)))
	})
}

func moved(n int64, err error) error {
	if err == nil && n == 0 {
		return errMoved
	}
	return err
}

func (s *Service) keep(ctx context.Context, by actor.Actor, r *Run, p parcel) error {
	counts := r.Counts
	counts.Rows += len(p.rows)
	counts.Rejected += p.rejected
	counts.Warnings += len(p.notes)
	err := s.write(ctx, by, func(tx *store.Tx) error {
		if err := moved(store.Exec(tx, staged, r.ID, r.staged, p.last, p.done, encode(counts), store.Micros(s.now()))); err != nil {
			return err
		}
		if _, err := store.InsertAll(tx, insertRows, p.rows); err != nil {
			return err
		}
		_, err := store.InsertAll(tx, insertNotes, p.notes)
		return err
	})
	if err == nil {
		r.Counts, r.staged = counts, p.last
	}
	return err
}

// fail ends a run whose file cannot be read to its end.
func (s *Service) fail(ctx context.Context, by actor.Actor, r *Run, why Reason) error {
	return s.write(ctx, by, func(tx *store.Tx) error {
		if err := moved(store.Exec(tx, failRun, r.ID, encode(why), store.Micros(s.now()))); err != nil {
			return err
		}
		r.State, r.Problem = Failed, &why
		return nil
	})
}

// reached notes how far into the file somebody has read.
type reached struct {
	io.ReaderAt
	size, far int64
	permille  atomic.Int64
}

func (f *reached) ReadAt(p []byte, off int64) (int, error) {
	n, err := f.ReaderAt.ReadAt(p, off)
	// A workbook's directory stands at its end: it does not count.
	if end := off + int64(n); end > f.far && end < f.size {
		f.far = end
		f.permille.Store(end * 1000 / f.size)
	}
	return n, err
}

// readFile types the rows of the file behind r.staged and sends them off.
func (s *Service) readFile(ctx context.Context, org string, r Run, o orgs.Org, out chan<- parcel) {
	send := func(p parcel) bool {
		select {
		case out <- p:
			return true
		case <-ctx.Done():
			return false
		}
	}
	f, err := s.blobs.Get(org, r.blob)
	if err != nil {
		send(parcel{err: err})
		return
	}
	defer f.Close()
	size, err := f.Size()
	if err != nil {
		send(parcel{err: err})
		return
	}
	at := &reached{ReaderAt: f, size: size}
	in, err := sheet.Open(at, size, "")
	if err != nil {
		send(broken(err))
		return
	}
	defer in.Close()
	parser, problems := residentlist.NewParser(in.Header(), r.Mapping, residentlist.Options{Country: o.Settings.Country, Currency: o.Settings.Currency})
	if len(problems) > 0 {
		why := reasonOf(problems[0])
		send(parcel{failed: &why})
		return
	}
	p := headingNotes(r, in, parser)
	for {
		row, problems, err := nextRow(in, parser)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			send(broken(err))
			return
		}
		if row.Number <= r.staged {
			continue
		}
		p.add(r.ID, &row, problems)
		if len(p.rows) == s.rows {
			p.done = int(at.permille.Load())
			if !send(p) {
				return
			}
			p = parcel{}
		}
	}
	if len(p.rows) > 0 {
		p.done = 1000
		send(p)
	}
}

// broken tells a file that cannot be read from a disk that cannot.
func broken(err error) parcel {
	var p *sheet.Problem
	if errors.As(err, &p) {
		why := reasonOf(residentlist.FromSheet(p))
		return parcel{failed: &why}
	}
	return parcel{err: err}
}

// nextRow types the next row. A row that the table reader refused is a row with
// that problem.
func nextRow(in *sheet.File, parser *residentlist.Parser) (residentlist.Row, []residentlist.Problem, error) {
	src, err := in.Next()
	var p *sheet.Problem
	if errors.As(err, &p) && !p.Fatal {
		return residentlist.Row{Number: p.Row}, []residentlist.Problem{residentlist.FromSheet(p)}, nil
	}
	if err != nil {
		return residentlist.Row{}, nil, err
	}
	row, problems := parser.Parse(src)
	return row, problems, nil
}

// headingNotes begins a parcel with what there is to say about the headings, at
// their row, unless rows below them are kept already.
func headingNotes(r Run, in *sheet.File, parser *residentlist.Parser) (p parcel) {
	row := in.HeaderRow()
	if r.staged > row {
		return p
	}
	for i, x := range parser.Repeated(row, in.Repeated()) {
		p.notes = append(p.notes, []any{r.ID, row, i, "warning", "", "", "", encode(reasonOf(x))})
	}
	return p
}

func (p *parcel) add(run string, row *residentlist.Row, problems []residentlist.Problem) {
	why := ""
	if len(problems) > 0 {
		if residentlist.Rejected(problems) {
			var list []Reason
			for _, x := range problems {
				if x.Severity == residentlist.Reject {
					list = append(list, reasonOf(x))
				}
			}
			why = encode(list)
			p.rejected++
		} else {
			for i, x := range problems {
				p.notes = append(p.notes, []any{run, row.Number, i, "warning", "", placeOf(row), nameOf(row), encode(reasonOf(x))})
			}
		}
	}
	p.rows = append(p.rows, []any{run, row.Number, pack(row), why})
	p.last = row.Number
}

// placeOf names a row's unit as a person finds it again in the list.
func placeOf(r *residentlist.Row) string {
	address := strings.TrimSpace(r.Street + " " + r.HouseNumber)
	if address == "" {
		address = r.PropertyName
	}
	unit := r.UnitLabel
	if unit == "" {
		unit = r.UnitRef
	}
	if address == "" || unit == "" {
		return address + unit
	}
	return address + " · " + unit
}

func nameOf(r *residentlist.Row) string {
	return portfolio.Person{FirstName: r.FirstName, LastName: r.LastName, CompanyName: r.Company}.DisplayName()
}
