package notifications

import (
	"context"
	"errors"
	"io"
	"time"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
)

// PrintFile is a file of a print run on its way to staff. Close Body.
type PrintFile struct {
	Name string // "briefe-2026-11-12.pdf"
	Type string // media type
	Body io.ReadCloser
}

// PrintFile opens the letters of a run, or their list as CSV. The files are the
// same however often they are fetched, until a week after the letters were
// posted; then they are fault.ErrGone. It needs IssueAccess.
func (s *Service) PrintFile(ctx context.Context, by actor.Actor, id string, list bool) (PrintFile, error) {
	if err := by.Must(actor.IssueAccess); err != nil {
		return PrintFile{}, err
	}
	a, err := s.lent()
	if err != nil {
		return PrintFile{}, err
	}
	var r PrintRun
	var zone *time.Location
	err = s.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) (err error) {
		if r, err = runWithin(tx, by, id); err != nil {
			return err
		}
		switch {
		case r.State == RunQueued:
			return fault.Conflicting("notifications.outbox.not_ready")
		case r.pdf == "":
			return fault.Gone("letters")
		}
		if zone, err = a.Zone(tx); err != nil {
			return err
		}
		now := s.now()
		if _, err := store.Exec(tx, fetchRun, id, store.Micros(now)); err != nil {
			return err
		}
		return audit.Note(tx, now, by, "letters.fetch", "print:"+id, nil)
	})
	if err != nil {
		return PrintFile{}, err
	}
	key, media, ext := r.pdf, "application/pdf", "pdf"
	if list {
		key, media, ext = r.list, "text/csv; charset=utf-8", "csv"
	}
	body, err := a.Blobs.Get(by.Org(), key)
	if err != nil {
		return PrintFile{}, err
	}
	return PrintFile{Name: "briefe-" + r.CreatedAt.In(zone).Format(time.DateOnly) + "." + ext, Type: media, Body: body}, nil
}

// eraseRun removes the files of a run that was posted a week ago.
func (s *Service) eraseRun(ctx context.Context, by actor.Actor, job jobs.Job) error {
	var args struct{ Run string }
	if err := job.Args(&args); err != nil {
		return err
	}
	var r PrintRun
	err := s.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) (err error) {
		if r, err = runWithin(tx, by, args.Run); err != nil {
			return err
		}
		_, err = store.Exec(tx, eraseRun, args.Run)
		return err
	})
	if err != nil || s.around == nil {
		return err
	}
	for _, key := range []string{r.pdf, r.list} {
		if key != "" {
			err = errors.Join(err, s.around.Blobs.Delete(by.Org(), key))
		}
	}
	return err
}
