package access

import (
	"context"
	"encoding/base64"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"time"

	"foyer/internal/notifications/letter"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/store"
)

// JobLetters is the kind of job that writes a batch; its key is the batch.
const JobLetters = "access.letters"

const (
	jobErase = "access.letters.erase"

	purposeSeed  = "access.letters.seed"
	purposeCodes = "access.letters.codes"

	letterAttempts = 8
)

// letterChunk is how many letters share a transaction; a variable for tests.
var letterChunk = 250

// errStale says that a person's state changed between reading and writing, so
// that a page of the file at hand has no code. The file is written anew.
var errStale = errors.New("a person's access changed while the letters were written")

// codeOf derives a person's code from the batch's secret, so that a batch that
// is continued after a crash prints the very codes whose hashes it has stored.
func (s *Service) codeOf(org string, seed []byte, personID string) codeSecret {
	random := s.keys.Stream(purposeCodes, org, string(seed), personID, seal.CodeLen-1+16)
	return codeSecret{Typed: seal.Code(random[:seal.CodeLen-1]), Link: base64.RawURLEncoding.EncodeToString(random[seal.CodeLen-1:])}
}

// writeLetters is the job of a batch. It can be stopped at any moment and run
// again: the letters are planned, their codes follow from the batch's secret,
// and each chunk of codes is stored at most once. Only the file is written
// from the start again.
func (s *Service) writeLetters(ctx context.Context, by actor.Actor, job jobs.Job) error {
	var args struct{ Batch string }
	if err := job.Args(&args); err != nil {
		return err
	}
	var err error
	for range 5 {
		if err = s.letterPass(ctx, by, args.Batch); !errors.Is(err, errStale) {
			break
		}
	}
	if err != nil && ctx.Err() == nil && job.Attempt >= letterAttempts {
		return errors.Join(err, s.giveUp(ctx, by, args.Batch))
	}
	return err
}

// letterRun is one pass over a batch.
type letterRun struct {
	s        *Service
	by       actor.Actor
	batch    Batch
	org      orgs.Org
	seed     []byte
	paper    *paper
	file     *letter.Batch
	pdf      *sealedFile
	list     *sealedFile
	manifest *csv.Writer
}

func (s *Service) letterPass(ctx context.Context, by actor.Actor, id string) error {
	r := &letterRun{s: s, by: by}
	err := s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) (err error) {
		if _, err := store.Exec(tx, startBatch, id); err != nil {
			return err
		}
		if r.batch, err = batchWithin(tx, by, id); err != nil {
			return err
		}
		r.org, err = orgs.Load(tx)
		return err
	})
	if err != nil || r.batch.State != BatchRunning {
		return err
	}
	sealed, err := base64.RawStdEncoding.DecodeString(r.batch.secret)
	if err == nil {
		r.seed, err = s.keys.Open(purposeSeed, by.Org(), sealed)
	}
	if err != nil {
		return fmt.Errorf("the batch's secret does not open: %w", err)
	}
	if r.paper, err = s.newPaper(r.org, r.batch.CreatedAt); err != nil {
		return err
	}
	return r.run(ctx)
}

// run writes both files and hands them over.
func (r *letterRun) run(ctx context.Context) (err error) {
	org, id := r.by.Org(), r.batch.ID
	r.pdf, r.list = r.s.newSealedFile(org, id+":pdf"), r.s.newSealedFile(org, id+":csv")
	open := []*sealedFile{r.pdf, r.list}
	defer func() {
		for _, f := range open {
			f.abandon()
		}
	}()
	home := r.s.texts.Printer(r.org.Language())
	if r.file, err = r.paper.begin(r.pdf, home.T("access.letters.title", "property", r.batch.Property), r.batch.CreatedAt); err != nil {
		return err
	}
	if r.manifest, err = r.s.beginManifest(r.list, home); err != nil {
		return err
	}
	for after := 0; after < r.batch.Total; after += letterChunk {
		if err := r.chunk(ctx, after); err != nil {
			return err
		}
	}
	if r.file.Pages() == 0 {
		return r.finish(ctx, "", "")
	}
	r.manifest.Flush()
	if err := errors.Join(r.file.Close(), r.manifest.Error()); err != nil {
		return err
	}
	open = []*sealedFile{r.list}
	pdf, err := r.pdf.finish()
	if err != nil {
		return err
	}
	open = nil
	list, err := r.list.finish()
	if err == nil {
		err = r.finish(ctx, pdf, list)
	}
	if err != nil {
		return errors.Join(err, r.s.blobs.Delete(org, pdf), r.s.blobs.Delete(org, list))
	}
	return nil
}

// errOvertaken says that another worker has finished the batch meanwhile.
var errOvertaken = errors.New("the batch was finished elsewhere")

func (r *letterRun) finish(ctx context.Context, pdf, list string) error {
	return r.s.db.Write(ctx, r.by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		now := r.s.now()
		erase := now.Add(fileHours * time.Hour)
		n, err := store.Exec(tx, finishBatch, r.batch.ID, pdf, list, store.Micros(now), store.Micros(erase))
		if err != nil {
			return err
		}
		if n == 0 {
			return errOvertaken
		}
		return jobs.Enqueue(tx, jobErase, r.batch.ID, map[string]string{"batch": r.batch.ID}, erase)
	})
}

// draft is one letter on its way through a chunk.
type draft struct {
	position           int
	personID, leaseID  string
	state              string
	access             Access
	accessUntil        int64
	expires, spent     int64
	page               page
	found              bool // the person is still in the lease
	address            string
	failKey, failArg   string
	unneeded, isWriten bool
}

// chunk reads the letters after a position, writes their pages and stores
// their codes.
func (r *letterRun) chunk(ctx context.Context, after int) error {
	now := r.s.now()
	var drafts []draft
	err := r.s.db.Read(ctx, r.by.Scope(), func(ctx context.Context, tx *store.Tx) (err error) {
		drafts, err = r.read(tx, after, after+letterChunk)
		return err
	})
	if err != nil {
		return err
	}
	today := r.org.Today(now)
	for i := range drafts {
		if err := r.write(&drafts[i], now, today); err != nil {
			return err
		}
	}
	return r.s.db.Write(ctx, r.by.Scope(), func(ctx context.Context, tx *store.Tx) error { return r.store(tx, drafts, now, after) })
}

// read loads the letters between two positions with everything that they say.
func (r *letterRun) read(tx *store.Tx, after, last int) ([]draft, error) {
	drafts, err := store.All(tx, lettersAfter, func(d *draft) []any {
		return []any{&d.position, &d.personID, &d.leaseID, &d.state, &d.access.State, &d.accessUntil, &d.expires, &d.spent}
	}, r.batch.ID, after, last)
	if err != nil || len(drafts) == 0 {
		return nil, err
	}
	type row struct {
		h holder
		p place
	}
	people, err := store.All(tx, letterPeople, func(x *row) []any { return append(x.h.dest(), x.p.dest()...) }, r.batch.ID, after, last)
	if err != nil {
		return nil, err
	}
	parties, err := store.All(tx, letterParties, (*portfolioPerson).dest, r.paper.day, r.batch.ID, after, last)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]*row, len(people))
	for i := range people {
		byID[people[i].h.ID] = &people[i]
	}
	others := map[string][]portfolioPerson{}
	for _, p := range parties {
		others[p.leaseID] = append(others[p.leaseID], p)
	}
	for i := range drafts {
		d := &drafts[i]
		d.access.Until = store.Time(d.accessUntil)
		x := byID[d.personID]
		if d.found = x != nil; !d.found {
			continue
		}
		d.page = page{holder: x.h.Person, place: x.p, lang: r.s.language(r.org, x.h.Language)}
		for _, p := range others[d.leaseID] {
			if p.ID != d.personID {
				d.page.others = append(d.page.others, p.DisplayName())
			}
		}
	}
	return drafts, nil
}

// write puts one letter into the file, or notes why not.
func (r *letterRun) write(d *draft, now time.Time, today string) error {
	fresh := d.state == "planned"
	switch {
	case !d.found || d.page.place.over(today):
		d.unneeded = true
	case fresh && !r.wanted(d.access, now):
		d.unneeded = true
	case !fresh && d.spent != 0: // revoked since its code was stored
		d.unneeded = true
	}
	if d.unneeded {
		return nil
	}
	d.page.secret = r.s.codeOf(r.by.Org(), r.seed, d.personID)
	d.page.until = r.paper.until
	if !fresh {
		d.page.until = store.Time(d.expires)
	}
	written := r.paper.write(d.page)
	if err := r.file.Add(written); err != nil {
		var mine bool
		if d.failKey, d.failArg, mine = failure(err); mine {
			return nil
		}
		return err
	}
	d.isWriten, d.address = true, strings.Join(written.To, "\n")
	return r.manifest.Write(r.manifestRow(d, written.To))
}

// wanted tells whether somebody in that state still is to get a letter.
func (r *letterRun) wanted(a Access, now time.Time) bool {
	switch StateOf(a, now, false) {
	case NoAccess, Requested, Expired:
		return true
	case Pending:
		return r.batch.IncludePending
	}
	return false
}
