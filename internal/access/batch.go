package access

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"slices"
	"time"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
)

// soonDays is how long before its first day a lease counts for a batch of
// letters: long enough to have the letter before moving in.
const soonDays = 31

// againTime is how long the same request for letters is taken for a second
// click on the first one's button.
const againTime = 2 * time.Minute

// fileHours is how long a batch's file can be fetched.
const fileHours = 24

// NobodyNeedsALetter is the key of the fault.Conflict that says so.
const NobodyNeedsALetter = "access.letters.nobody"

// BatchReason says what a batch was made for.
type BatchReason string

// The reasons.
const (
	ForDownload BatchReason = "download" // the button above the table (K15)
	ForRelease  BatchReason = "release"  // a property was released (A4)
	ForCommand  BatchReason = "command"  // foyer letters
	// ForFirstMessage is for those to whom a first message went (X4).
	ForFirstMessage BatchReason = "first_message"
)

// BatchState says how far a batch is.
type BatchState string

// The states of a batch.
const (
	BatchQueued  BatchState = "queued"
	BatchRunning BatchState = "running"
	BatchReady   BatchState = "ready"
	BatchErased  BatchState = "erased" // its 24 hours are over
	BatchFailed  BatchState = "failed" // given up; its codes are void
)

// Batch is one file of letters for a property.
type Batch struct {
	ID             string
	PropertyID     string
	Property       string // its name
	Reason         BatchReason
	State          BatchState
	IncludePending bool
	Total          int // letters planned
	Done           int // of them written
	Failed         int // of them impossible, or no longer needed
	CreatedBy      string
	CreatedAt      time.Time
	ReadyAt        time.Time
	FetchedAt      time.Time // first time, zero = never
	PrintedAt      time.Time // when staff said so
	EraseAt        time.Time // from then on the file is gone
	secret         string
	blob, manifest string
}

// HasFile tells whether there is a file to fetch: not when every letter failed.
func (b Batch) HasFile() bool { return b.State == BatchReady && b.blob != "" }

type batchRow struct {
	Batch
	created, ready, fetched, printed, erase int64
}

func (r *batchRow) dest() []any {
	return []any{&r.ID, &r.PropertyID, &r.Property, &r.Reason, &r.State, &r.IncludePending, &r.secret, &r.Total, &r.Done, &r.Failed, &r.blob, &r.manifest,
		&r.CreatedBy, &r.created, &r.ready, &r.fetched, &r.printed, &r.erase}
}

func (r *batchRow) batch() Batch {
	b := r.Batch
	b.CreatedAt, b.ReadyAt, b.FetchedAt = store.Time(r.created), store.Time(r.ready), store.Time(r.fetched)
	b.PrintedAt, b.EraseAt = store.Time(r.printed), store.Time(r.erase)
	return b
}

// batchWithin reads a batch that the actor's limits include.
func batchWithin(tx *store.Tx, by actor.Actor, id string) (Batch, error) {
	r, err := store.Get(tx, batchByID, (*batchRow).dest, id)
	if errors.Is(err, store.ErrNoRow) || err == nil && !by.MayProperty(r.PropertyID) {
		return Batch{}, fault.NotFound("batch of letters")
	}
	return r.batch(), err
}

// StartLetters begins the batch of letters of a property (K15): for exactly
// those who may register, have no access or an expired code, and whose unit
// needs consumption information; includePending adds those whose code still
// runs and becomes void, but for what Invite would refuse to limited staff. It returns the batch's id at once, a job writes the
// file. A batch of the property that is still being written is returned
// instead of beginning a second one, and so is one that the same member began
// with the same choice within the last two minutes: a second click must not void
// the codes of the first. It needs IssueAccess.
func (s *Service) StartLetters(ctx context.Context, by actor.Actor, propertyID string, includePending bool) (id string, err error) {
	if err := by.Must(actor.IssueAccess); err != nil {
		return "", err
	}
	reason := ForDownload
	if by.Kind() == actor.Operator {
		reason = ForCommand
	}
	err = s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) (err error) {
		p, err := propertyWithin(tx, by, propertyID)
		if err != nil {
			return err
		}
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		switch {
		case !o.PortalOn:
			return fault.Conflicting("access.code.portal_off")
		case !p.PortalOn:
			return fault.Conflicting("access.code.property_off")
		}
		now := s.now()
		if id, err = store.Value[string](tx, batchAtWork, propertyID); err == nil || !errors.Is(err, store.ErrNoRow) {
			return err
		}
		if reason == ForDownload {
			id, err = store.Value[string](tx, batchJustMade, propertyID, string(reason), includePending, by.Label(), store.Micros(now.Add(-againTime)))
			if err == nil || !errors.Is(err, store.ErrNoRow) {
				return err
			}
		}
		var n int
		if id, n, err = s.planLetters(tx, now, by, o, propertyID, reason, includePending); err == nil && n == 0 {
			err = fault.Conflicting(NobodyNeedsALetter)
		}
		return err
	})
	return id, err
}

// OnRelease is what a property's release for the portal brings with it (A4):
// where the organisation invites on release (X4), the letters of all contract
// parties and owners without access, ready to print on Heute. It runs in the
// transaction of the release and refuses it while the checklist is open (K3),
// and while the organisation's portal is off: there is one release only, and
// letters that nobody can use would use it up.
func (s *Service) OnRelease(tx *store.Tx, now time.Time, by actor.Actor, propertyID string) error {
	o, err := orgs.Load(tx)
	if err != nil {
		return err
	}
	if !slices.Contains(o.Settings.InviteTriggers, orgs.OnRelease) || !slices.Contains(o.Settings.InviteChannels, orgs.ByPost) {
		return nil
	}
	if !o.PortalOn {
		return fault.Conflicting("access.letters.portal_off")
	}
	_, _, err = s.planLetters(tx, now, by, o, propertyID, ForRelease, false)
	return err
}

// candidate is one letter to be planned.
type candidate struct {
	personID, leaseID string
	uvi               bool
}

// planLetters writes down a batch with its letters in the order of a walk
// through the house, and the job that will write them. Nobody to write to
// means no batch.
func (s *Service) planLetters(tx *store.Tx, now time.Time, by actor.Actor, o orgs.Org, propertyID string, reason BatchReason, includePending bool) (string, int, error) {
	if err := needChecklist(tx, propertyID); err != nil {
		return "", 0, err
	}
	all, err := store.All(tx, whoNeeds, func(c *candidate) []any { return []any{&c.personID, &c.leaseID, &c.uvi} },
		needsArgs(o, now, propertyID, reason == ForRelease, includePending)...)
	if err != nil {
		return "", 0, err
	}
	if by.Limited() && includePending { // see sendable
		others, err := store.List[string](tx, liveElsewhere, store.Micros(now), "", store.Spread(by.Properties()))
		if err != nil {
			return "", 0, err
		}
		all = slices.DeleteFunc(all, func(c candidate) bool { return slices.Contains(others, c.personID) })
	}
	chosen := onePerPerson(all)
	if len(chosen) == 0 {
		return "", 0, nil
	}
	seed := make([]byte, 32)
	rand.Read(seed)
	id := store.NewID()
	sealed := base64.RawStdEncoding.EncodeToString(s.keys.Seal(purposeSeed, by.Org(), seed))
	if _, err := store.Exec(tx, insertBatch, id, propertyID, string(reason), includePending, sealed, len(chosen), by.Label(), store.Micros(now)); err != nil {
		return "", 0, err
	}
	rows := make([][]any, len(chosen))
	for i, c := range chosen {
		rows[i] = []any{id, c.personID, c.leaseID, i + 1, "planned"}
	}
	if _, err := store.InsertAll(tx, insertLetters, rows); err != nil {
		return "", 0, err
	}
	if err := jobs.Enqueue(tx, JobLetters, id, map[string]string{"batch": id}, now); err != nil {
		return "", 0, err
	}
	return id, len(chosen), audit.Note(tx, now, by, "access.letters", "property:"+propertyID, map[string]any{"batch": id, "letters": len(chosen), "reason": reason})
}

// soon is the last day on which a lease may begin that counts for a batch.
func soon(o orgs.Org, now time.Time) string {
	return now.In(o.Location()).AddDate(0, 0, soonDays).Format(time.DateOnly)
}

// needsArgs are the arguments of whoNeeds.
func needsArgs(o orgs.Org, now time.Time, propertyID string, anyUnit, includePending bool) []any {
	return []any{propertyID, o.Today(now), soon(o, now),
		o.Settings.WhoMayRegister == orgs.PlusListedResidents, anyUnit, store.Micros(now), includePending}
}

// onePerPerson keeps one letter per person: for the first of her units that
// needs consumption information, else the first.
func onePerPerson(all []candidate) []candidate {
	best := map[string]candidate{}
	for _, c := range all {
		if b, ok := best[c.personID]; !ok || !b.uvi && c.uvi {
			best[c.personID] = c
		}
	}
	var out []candidate
	for _, c := range all {
		if best[c.personID] == c {
			out = append(out, c)
			delete(best, c.personID)
		}
	}
	return out
}

// Batch returns one batch, for the page that shows its progress. It needs
// ReadPortfolio.
func (s *Service) Batch(ctx context.Context, by actor.Actor, id string) (b Batch, err error) {
	if err := by.Must(actor.ReadPortfolio); err != nil {
		return b, err
	}
	err = s.db.Read(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		b, err = batchWithin(tx, by, id)
		return err
	})
	return b, err
}

// Batches returns a property's newest batches, at most limit. It needs
// ReadPortfolio.
func (s *Service) Batches(ctx context.Context, by actor.Actor, propertyID string, limit int) (out []Batch, err error) {
	if err := by.Must(actor.ReadPortfolio); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		if _, err := propertyWithin(tx, by, propertyID); err != nil {
			return err
		}
		rows, err := store.All(tx, batchesOf, (*batchRow).dest, propertyID, limit)
		out = make([]Batch, len(rows))
		for i := range rows {
			out[i] = rows[i].batch()
		}
		return err
	})
	return out, err
}

// Unfetched returns a property's newest batch that waits in vain: its file is
// there and nobody has fetched it. ok is false when there is none. It needs
// IssueAccess.
func (s *Service) Unfetched(ctx context.Context, by actor.Actor, propertyID string) (b Batch, ok bool, err error) {
	if err := by.Must(actor.IssueAccess); err != nil {
		return b, false, err
	}
	err = s.db.Read(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		if _, err := propertyWithin(tx, by, propertyID); err != nil {
			return err
		}
		r, err := store.Get(tx, unfetchedOf, (*batchRow).dest, propertyID, store.Micros(s.now()))
		if errors.Is(err, store.ErrNoRow) {
			return nil
		}
		b, ok = r.batch(), err == nil
		return err
	})
	return b, ok, err
}

// MarkFetched notes that a batch's file has arrived where it was wanted. For
// pages Letters itself does that; a command may die before its file is saved.
// It needs IssueAccess.
func (s *Service) MarkFetched(ctx context.Context, by actor.Actor, id string) error {
	return s.onBatch(ctx, by, id, "access.letters.saved", func(tx *store.Tx, b Batch, now time.Time) error {
		_, err := store.Exec(tx, fetchedBatch, id, store.Micros(now))
		return err
	})
}

// MarkPrinted notes that a batch's letters are on paper, which takes it off
// Heute; also one whose file was erased or whose writing failed. It needs
// IssueAccess.
func (s *Service) MarkPrinted(ctx context.Context, by actor.Actor, id string) error {
	return s.onBatch(ctx, by, id, "access.letters.printed", func(tx *store.Tx, b Batch, now time.Time) error {
		n, err := store.Exec(tx, printedBatch, id, store.Micros(now))
		if err == nil && n == 0 {
			err = fault.Conflicting("access.letters.not_ready")
		}
		return err
	})
}

// DismissLetter takes a failed letter off Heute: somebody has dealt with it.
// It needs IssueAccess.
func (s *Service) DismissLetter(ctx context.Context, by actor.Actor, batchID, personID string) error {
	return s.onBatch(ctx, by, batchID, "access.letters.dismiss", func(tx *store.Tx, b Batch, now time.Time) error {
		n, err := store.Exec(tx, dismissLetter, batchID, personID, store.Micros(now))
		if err == nil && n == 0 {
			err = fault.NotFound("failed letter")
		}
		return err
	})
}

func (s *Service) onBatch(ctx context.Context, by actor.Actor, id, action string, fn func(tx *store.Tx, b Batch, now time.Time) error) error {
	if err := by.Must(actor.IssueAccess); err != nil {
		return err
	}
	return s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		b, err := batchWithin(tx, by, id)
		if err != nil {
			return err
		}
		now := s.now()
		if err := fn(tx, b, now); err != nil {
			return err
		}
		return audit.Note(tx, now, by, action, "batch:"+id, nil)
	})
}
