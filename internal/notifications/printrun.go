package notifications

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
)

// RunState is how far a print run is.
type RunState string

// The states of a print run.
const (
	RunQueued RunState = "queued" // the file is being written
	RunReady  RunState = "ready"  // to print and to post
	RunPosted RunState = "posted"
	RunFailed RunState = "failed" // nothing was written; the letters wait again
)

// PrintRun is a number of letters that are printed together.
type PrintRun struct {
	ID         string
	State      RunState
	Properties []string // of its letters; "" stands for the organisation itself
	Total      int      // letters when the run began
	Failed     int      // of these, letters that could not be written
	CreatedBy  string   // actor label
	CreatedAt  time.Time
	ReadyAt    time.Time
	FetchedAt  time.Time
	PostedAt   time.Time
	pdf, list  string
}

// Available tells whether the files can be fetched.
func (r PrintRun) Available() bool { return r.pdf != "" }

// WaitingLetters are the letters of one property in the print outbox.
type WaitingLetters struct {
	PropertyID string // "" for those of no property
	Count      int    // envelopes
	Since      time.Time
}

// FailedLetter is a letter that could not be written.
type FailedLetter struct {
	DeliveryID, PersonID, PropertyID string
	Name                             string // of the person, "" when unknown
	Key, Char                        string // catalogue key of the reason and its placeholder {char}
	At                               time.Time
}

const (
	jobPrint      = "notifications.print"
	jobPrintErase = "notifications.print.erase"
	// runMost is how many letters one file holds.
	runMost = 5000
	// runKept is how long the files can be fetched after the letters were posted.
	runKept = 7 * 24 * time.Hour

	runColumns = `id, state, properties, total, failed, blob, manifest_blob, created_by, created_at, ready_at, fetched_at, posted_at`
)

var (
	waitingLetters = store.Scoped(`SELECT property_id, count(*), min(created_at) FROM delivery
		WHERE org_id = $1 AND channel = 'letter' AND state = 'queued' AND shared_id = '' AND ($2 OR property_id IN ($3...))
		GROUP BY property_id ORDER BY property_id`)
	lettersToPrint = store.Scoped(`SELECT id, property_id FROM delivery
		WHERE org_id = $1 AND channel = 'letter' AND state = 'queued' AND shared_id = '' AND property_id IN ($3...)
		ORDER BY property_id, created_at, id LIMIT $2`)
	takeLetter = store.Scoped(`UPDATE delivery SET state = 'sending', print_id = $3, position = $4, attempts = attempts + 1
		WHERE org_id = $1 AND (id = $2 OR shared_id = $2) AND state = 'queued' AND channel = 'letter'`)
	insertRun = store.Scoped(`INSERT INTO print_run (org_id, id, state, properties, total, created_by, created_at) VALUES ($1, $2, 'queued', $3, $4, $5, $6)`)
	runByID   = store.Scoped(`SELECT ` + runColumns + ` FROM print_run WHERE org_id = $1 AND id = $2`)
	runList   = store.Scoped(`SELECT ` + runColumns + ` FROM print_run WHERE org_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2`)
	fetchRun  = store.Scoped(`UPDATE print_run SET fetched_at = $3 WHERE org_id = $1 AND id = $2 AND fetched_at = 0`)
	postRun   = store.Scoped(`UPDATE print_run SET state = 'posted', posted_at = $3, posted_by = $4 WHERE org_id = $1 AND id = $2 AND state = 'ready'`)
	postAll   = store.Scoped(`UPDATE delivery SET state = 'sent', sent_at = $3 WHERE org_id = $1 AND print_id = $2 AND state = 'sending'`)
	eraseRun  = store.Scoped(`UPDATE print_run SET blob = '', manifest_blob = '' WHERE org_id = $1 AND id = $2 AND state = 'posted'`)
	failed    = store.Scoped(`SELECT id, person_id, property_id, reason, failed_at FROM delivery
		WHERE org_id = $1 AND channel = 'letter' AND state = 'failed' AND dismissed_at = 0 AND shared_id = '' AND ($2 OR property_id IN ($3...))
		ORDER BY failed_at DESC, id DESC LIMIT 50`)
	outboxCount = store.Scoped(`SELECT count(*) FROM delivery WHERE org_id = $1 AND channel = 'letter' AND shared_id = ''
		AND (state = 'queued' OR (state = 'failed' AND dismissed_at = 0)) AND ($2 OR property_id IN ($3...))`)
	failedLetter = store.Scoped(`SELECT property_id FROM delivery WHERE org_id = $1 AND id = $2 AND channel = 'letter' AND state = 'failed' AND dismissed_at = 0`)
	requeue      = store.Scoped(`UPDATE delivery SET state = 'queued', print_id = '', position = 0, reason = '', failed_at = 0
		WHERE org_id = $1 AND (id = $2 OR shared_id = $2) AND state = 'failed'`)
	dismissLetters = store.Scoped(`UPDATE delivery SET dismissed_at = $3 WHERE org_id = $1 AND (id = $2 OR shared_id = $2) AND state = 'failed'`)
	runBlobs       = store.Scoped(`SELECT blob FROM print_run WHERE org_id = $1 AND blob <> ''`)
	manifestBlobs  = store.Scoped(`SELECT manifest_blob FROM print_run WHERE org_id = $1 AND manifest_blob <> ''`)
)

// Blobs lists the files that rows of this package point to.
func Blobs(tx *store.Tx) ([]string, error) {
	one, err := store.List[string](tx, runBlobs)
	if err != nil {
		return nil, err
	}
	two, err := store.List[string](tx, manifestBlobs)
	return append(one, two...), err
}

type runRow struct {
	PrintRun
	properties                      string
	created, ready, fetched, posted int64
}

func (r *runRow) dest() []any {
	return []any{&r.ID, &r.State, &r.properties, &r.Total, &r.Failed, &r.pdf, &r.list, &r.CreatedBy, &r.created, &r.ready, &r.fetched, &r.posted}
}

func (r *runRow) run() PrintRun {
	out := r.PrintRun
	out.Properties = strings.Split(r.properties, ",")
	out.CreatedAt, out.ReadyAt, out.FetchedAt, out.PostedAt = store.Time(r.created), store.Time(r.ready), store.Time(r.fetched), store.Time(r.posted)
	return out
}

// mayRun tells whether a staff member's limits include all letters of a run.
func mayRun(by actor.Actor, r PrintRun) bool {
	return !slices.ContainsFunc(r.Properties, func(p string) bool { return !by.MayProperty(p) })
}

func runWithin(tx *store.Tx, by actor.Actor, id string) (PrintRun, error) {
	row, err := store.Get(tx, runByID, (*runRow).dest, id)
	if errors.Is(err, store.ErrNoRow) {
		return PrintRun{}, fault.NotFound("print run")
	}
	r := row.run()
	if err == nil && !mayRun(by, r) {
		err = fault.NotFound("print run")
	}
	return r, err
}

// Outbox is the page "Druckausgang".
type Outbox struct {
	Waiting []WaitingLetters
	Failed  []FailedLetter
	Runs    []PrintRun // newest first
}

// Outbox returns the letters that wait, those that could not be written, and
// the newest print runs, within the limits of the staff member. It needs
// IssueAccess.
func (s *Service) Outbox(ctx context.Context, by actor.Actor) (out Outbox, err error) {
	defer fault.Wrap(&err, "read the print outbox")
	if err := by.Must(actor.IssueAccess); err != nil {
		return out, err
	}
	err = s.db.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		out = Outbox{}
		if out.Waiting, err = waiting(tx, by); err != nil {
			return err
		}
		if out.Failed, err = s.failedLetters(tx, by); err != nil {
			return err
		}
		rows, err := store.All(tx, runList, (*runRow).dest, 50)
		for i := range rows {
			if r := rows[i].run(); mayRun(by, r) {
				out.Runs = append(out.Runs, r)
			}
		}
		return err
	})
	return out, err
}

// OutboxCount is how many envelopes wait in the outbox or could not be written,
// within the limits of the staff member. It needs IssueAccess.
func (s *Service) OutboxCount(ctx context.Context, by actor.Actor) (n int, err error) {
	if err := by.Must(actor.IssueAccess); err != nil {
		return 0, err
	}
	err = s.db.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		n, err = store.Value[int](tx, outboxCount, !by.Limited(), store.Spread(by.Properties()))
		return err
	})
	return n, err
}

func waiting(tx *store.Tx, by actor.Actor) ([]WaitingLetters, error) {
	type row struct {
		w  WaitingLetters
		at int64
	}
	rows, err := store.All(tx, waitingLetters, func(r *row) []any { return []any{&r.w.PropertyID, &r.w.Count, &r.at} }, !by.Limited(), store.Spread(by.Properties()))
	out := make([]WaitingLetters, len(rows))
	for i, r := range rows {
		out[i] = r.w
		out[i].Since = store.Time(r.at)
	}
	return out, err
}

func (s *Service) failedLetters(tx *store.Tx, by actor.Actor) ([]FailedLetter, error) {
	type row struct {
		f      FailedLetter
		reason string
		at     int64
	}
	rows, err := store.All(tx, failed, func(r *row) []any { return []any{&r.f.DeliveryID, &r.f.PersonID, &r.f.PropertyID, &r.reason, &r.at} }, !by.Limited(), store.Spread(by.Properties()))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	var persons []string
	for _, r := range rows {
		persons = append(persons, r.f.PersonID)
	}
	names := map[string]string{}
	if s.around != nil {
		readers, err := s.around.Readers(tx, s.now(), persons)
		if err != nil {
			return nil, err
		}
		for _, r := range readers {
			names[r.PersonID] = r.Name
		}
	}
	out := make([]FailedLetter, len(rows))
	for i, r := range rows {
		out[i] = r.f
		out[i].At, out[i].Name = store.Time(r.at), names[r.f.PersonID]
		out[i].Key, out[i].Char = LetterReason(r.reason)
	}
	return out, nil
}

// LetterReason takes the reason of a letter that failed apart: the catalogue key
// of the sentence and its placeholder {char}.
func LetterReason(reason string) (key, char string) {
	key, char, _ = strings.Cut(reason, " ")
	return key, char
}

// PrintLetters begins a print run of the letters that wait for some properties
// ("" is that of none), in one file. Each letter is in one run only. It needs
// IssueAccess.
func (s *Service) PrintLetters(ctx context.Context, by actor.Actor, properties []string) (id string, err error) {
	defer fault.Wrap(&err, "print letters")
	if err := by.Must(actor.IssueAccess); err != nil {
		return "", err
	}
	for _, p := range properties {
		if !by.MayProperty(p) {
			return "", fault.NotFound("property")
		}
	}
	err = s.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		type letterRow struct{ id, property string }
		list, err := store.All(tx, lettersToPrint, func(r *letterRow) []any { return []any{&r.id, &r.property} }, runMost, store.Spread(properties))
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return fault.Conflicting("notifications.outbox.nothing")
		}
		now := s.now()
		id = store.NewID()
		var of []string
		for i, l := range list {
			if !slices.Contains(of, l.property) {
				of = append(of, l.property)
			}
			if _, err := store.Exec(tx, takeLetter, l.id, id, i+1); err != nil {
				return err
			}
		}
		if _, err := store.Exec(tx, insertRun, id, strings.Join(of, ","), len(list), by.Label(), store.Micros(now)); err != nil {
			return err
		}
		if err := audit.Note(tx, now, by, "letters.print", "print:"+id, map[string]any{"letters": len(list)}); err != nil {
			return err
		}
		return jobs.Enqueue(tx, jobPrint, id, map[string]string{"run": id}, now)
	})
	return id, err
}

// Posted notes that the letters of a run are on their way; only once. It needs
// IssueAccess.
func (s *Service) Posted(ctx context.Context, by actor.Actor, id string) error {
	if err := by.Must(actor.IssueAccess); err != nil {
		return err
	}
	return s.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		if _, err := runWithin(tx, by, id); err != nil {
			return err
		}
		now := s.now()
		n, err := store.Exec(tx, postRun, id, store.Micros(now), by.Label())
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.Conflicting("notifications.outbox.not_ready")
		}
		if _, err := store.Exec(tx, postAll, id, store.Micros(now)); err != nil {
			return err
		}
		if err := audit.Note(tx, now, by, "letters.posted", "print:"+id, nil); err != nil {
			return err
		}
		return jobs.Enqueue(tx, jobPrintErase, id, map[string]string{"run": id}, now.Add(runKept))
	})
}

// PrintAgain puts a letter that could not be written back into the outbox,
// after its address or text was mended. It needs IssueAccess.
func (s *Service) PrintAgain(ctx context.Context, by actor.Actor, deliveryID string) error {
	return s.onFailed(ctx, by, deliveryID, "letter.again", func(tx *store.Tx, _ time.Time) error {
		_, err := store.Exec(tx, requeue, deliveryID)
		return err
	})
}

// DismissLetter takes a letter that could not be written off Heute. It needs
// IssueAccess.
func (s *Service) DismissLetter(ctx context.Context, by actor.Actor, deliveryID string) error {
	return s.onFailed(ctx, by, deliveryID, "letter.dismiss", func(tx *store.Tx, now time.Time) error {
		_, err := store.Exec(tx, dismissLetters, deliveryID, store.Micros(now))
		return err
	})
}

func (s *Service) onFailed(ctx context.Context, by actor.Actor, id, action string, fn func(tx *store.Tx, now time.Time) error) error {
	if err := by.Must(actor.IssueAccess); err != nil {
		return err
	}
	return s.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		property, err := store.Value[string](tx, failedLetter, id)
		if errors.Is(err, store.ErrNoRow) || err == nil && !by.MayProperty(property) {
			return fault.NotFound("letter")
		}
		if err != nil {
			return err
		}
		now := s.now()
		if err := fn(tx, now); err != nil {
			return err
		}
		return audit.Note(tx, now, by, action, "delivery:"+id, nil)
	})
}
