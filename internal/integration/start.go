package integration

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"foyer/internal/integration/residentlist"
	"foyer/internal/integration/sheet"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/blob"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

// samples is how many rows of a file are shown beside its headings, and
// sampleSize how much of a cell.
const (
	samples    = 3
	sampleSize = 40
)

// MaxFile is the largest file that Start takes, in bytes.
const MaxFile = sheet.MaxFile

var (
	insertRun = store.Scoped(`INSERT INTO import_run (org_id, id, name, blob, size, state, headings, mapping, complete, end_missing, limits, problem,
		step, done, staged, position, counts, created_by, created_at, worked_at, checked_at, applied_by, applied_at, undone_by, undone_at)
		VALUES ($1, $2, $3, $4, $5, 'columns', $6, $7, FALSE, FALSE, $8, '', '', 0, 0, 0, '{}', $9, $10, $10, 0, '', 0, '', 0)`)
	savedMapping = store.Scoped(`SELECT mapping FROM import_mapping WHERE org_id = $1 AND headings = $2`)
	saveMapping  = store.Scoped(`INSERT INTO import_mapping (org_id, headings, mapping, used_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (org_id, headings) DO UPDATE SET mapping = excluded.mapping, used_at = excluded.used_at`)
	startCheck = store.Scoped(`UPDATE import_run SET state = 'checking', mapping = $3, complete = $4, step = 'read', done = 0, worked_at = $5
		WHERE org_id = $1 AND id = $2 AND state = 'columns'`)
	cancelRun = store.Scoped(`UPDATE import_run SET state = 'cancelled', worked_at = $3 WHERE org_id = $1 AND id = $2 AND state IN ('columns', 'checked', 'checking')`)
)

// Start takes a file in, at most MaxFile bytes, and returns the id of its run.
// A file that is no table is a fault.Invalid of the field "file".
func (s *Service) Start(ctx context.Context, by actor.Actor, file io.Reader, name string) (id string, err error) {
	if err := by.Must(actor.EditPortfolio); err != nil {
		return "", err
	}
	key, size, err := s.blobs.Put(by.Org(), file, MaxFile)
	if errors.Is(err, blob.ErrTooLarge) {
		return "", invalid("file", Reason{Key: sheet.KeyTooLarge, Args: map[string]any{"max": MaxFile >> 20}})
	}
	if err != nil {
		return "", fmt.Errorf("keep the file: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.blobs.Delete(by.Org(), key))
		}
	}()
	t, err := s.headings(by.Org(), key)
	if err != nil {
		return "", err
	}
	limits := ""
	if by.Limited() {
		limits = encode(append([]string{}, by.Properties()...))
	}
	id = store.NewID()
	return id, s.write(ctx, by, func(tx *store.Tx) error {
		m, err := proposal(tx, t.Headings)
		if err != nil {
			return err
		}
		now := s.now()
		if _, err := store.Exec(tx, insertRun, id, shortName(name), key, size, encode(t), encode(m), limits, by.Label(), store.Micros(now)); err != nil {
			return err
		}
		return audit.Note(tx, now, by, "import.start", "import:"+id, map[string]any{"size": size})
	})
}

// shortName keeps the last part of a file's name.
func shortName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), "\\", "/"))
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, name)
	if r := []rune(name); len(r) > 120 {
		name = string(r[len(r)-120:])
	}
	return name
}

// open opens a stored file as a table. The caller closes both.
func (s *Service) open(org, key string) (*blob.File, *sheet.File, error) {
	f, err := s.blobs.Get(org, key)
	if err != nil {
		return nil, nil, err
	}
	size, err := f.Size()
	if err == nil {
		var t *sheet.File
		if t, err = sheet.Open(f, size, ""); err == nil {
			return f, t, nil
		}
	}
	return nil, nil, errors.Join(err, f.Close())
}

// headings reads the headings of a stored file and the first rows below them.
func (s *Service) headings(org, key string) (t table, err error) {
	f, in, err := s.open(org, key)
	if err != nil {
		var p *sheet.Problem
		if errors.As(err, &p) {
			return t, invalid("file", reasonOf(residentlist.FromSheet(p)))
		}
		return t, err
	}
	defer f.Close()
	defer in.Close()
	t.Headings = in.Header()
	for tries := 0; len(t.Samples) < samples && tries < 10*samples; tries++ {
		row, err := in.Next()
		var p *sheet.Problem
		if errors.As(err, &p) && !p.Fatal {
			continue
		}
		if err != nil {
			break // reading the rows tells what is wrong
		}
		cells := make([]string, len(row.Cells))
		for i, c := range row.Cells {
			cells[i] = shorten(c.Text)
		}
		t.Samples = append(t.Samples, cells)
	}
	return t, nil
}

func shorten(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "")), " ")
	if r := []rune(s); len(r) > sampleSize {
		return string(r[:sampleSize-1]) + "…"
	}
	return s
}

// headingSet names a row of headings.
func headingSet(headings []string) string {
	h := sha256.New()
	for _, x := range headings {
		fmt.Fprintf(h, "%d:%s,", len(x), x)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// proposal is what somebody chose the last time for these headings, else what
// is recognised.
func proposal(tx *store.Tx, headings []string) (residentlist.Mapping, error) {
	text, err := store.Value[string](tx, savedMapping, headingSet(headings))
	if errors.Is(err, store.ErrNoRow) {
		return residentlist.Recognise(headings).Mapping, nil
	}
	if err != nil {
		return nil, err
	}
	return decode[residentlist.Mapping](text)
}

// Choice is what somebody decides before a list is read.
type Choice struct {
	// Mapping says under which heading each column stands; a column without one
	// is not read.
	Mapping residentlist.Mapping
	// Complete says that the list names everybody in its properties.
	Complete bool
}

// Check fixes the columns of a run and lets a job read and compare it. What the
// mapping cannot mean is a fault.Invalid, its fields named after the columns.
func (s *Service) Check(ctx context.Context, by actor.Actor, id string, c Choice) error {
	return s.write(ctx, by, func(tx *store.Tx) error {
		r, err := mine(tx, by, id)
		if err != nil {
			return err
		}
		if err := s.begin(tx, r, c); err != nil {
			return err
		}
		return enqueue(tx, s.now(), checkJob, id)
	})
}

// begin moves a run from the choice of columns to checking.
func (s *Service) begin(tx *store.Tx, r Run, c Choice) error {
	if r.State != Columns {
		return fault.Conflicting("import.run.moved_on")
	}
	used := residentlist.Mapping{}
	for column, heading := range c.Mapping {
		if heading != "" {
			used[column] = heading
		}
	}
	if _, problems := residentlist.NewParser(r.Headings, used, residentlist.Options{}); len(problems) > 0 {
		var e fault.Invalid
		for _, p := range problems {
			e.Add(string(p.Column), p.Key, p.Pairs()...)
		}
		return e.Err()
	}
	now := store.Micros(s.now())
	if _, err := store.Exec(tx, saveMapping, headingSet(r.Headings), encode(used), now); err != nil {
		return err
	}
	n, err := store.Exec(tx, startCheck, r.ID, encode(used), c.Complete, now)
	if err == nil && n == 0 {
		return fault.Conflicting("import.run.moved_on")
	}
	return err
}

// Cancel gives a run up before it was applied. Its rows are forgotten with the
// next sweep.
func (s *Service) Cancel(ctx context.Context, by actor.Actor, id string) error {
	return s.write(ctx, by, func(tx *store.Tx) error {
		if _, err := mine(tx, by, id); err != nil {
			return err
		}
		n, err := store.Exec(tx, cancelRun, id, store.Micros(s.now()))
		if err == nil && n == 0 {
			return fault.Conflicting("import.run.moved_on")
		}
		return err
	})
}
