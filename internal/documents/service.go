package documents

import (
	"context"
	"io"
	"time"

	"foyer/internal/access"
	"foyer/internal/notifications"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/blob"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/store"
	"foyer/internal/platform/upload"
)

// Deps is what the service stands on.
type Deps struct {
	DB            *store.DB
	Now           func() time.Time
	Keys          *seal.Keys
	Blobs         *blob.Dir
	Desk          *upload.Desk
	Access        *access.Service
	Notifications *notifications.Service
	Quota         int64 // bytes that an organisation may keep; 0 = no limit
}

// Service holds the use-cases. It is safe for concurrent use once everybody
// has registered.
type Service struct {
	db     *store.DB
	now    func() time.Time
	keys   *seal.Keys
	blobs  *blob.Dir
	desk   *upload.Desk
	access *access.Service
	notify *notifications.Service
	quota  int64
	owners map[string]Sees
}

// New returns the service.
func New(d Deps) *Service {
	s := &Service{db: d.DB, now: d.Now, keys: d.Keys, blobs: d.Blobs, desk: d.Desk, access: d.Access, notify: d.Notifications, quota: d.Quota, owners: map[string]Sees{}}
	s.RegisterOwner(draftOwner, func(_ *store.Tx, by actor.Actor, ownerID string) (bool, error) {
		return by.Account() != "" && by.Account() == ownerID, nil
	})
	s.RegisterOwner(documentOwner, s.sees)
	s.RegisterOwner(batchOwner, s.seesBatch)
	return s
}

// Sees tells whether the actor may see an item, and with it its files. It
// judges residents and staff, rights and limits alike.
type Sees func(tx *store.Tx, by actor.Actor, ownerID string) (visible bool, err error)

// RegisterOwner names a kind of item that files hang on, and who sees it. Call
// it at start, once for each kind.
func (s *Service) RegisterOwner(kind string, sees Sees) {
	if s.owners[kind] != nil {
		panic("documents: owner " + kind + " registered twice")
	}
	s.owners[kind] = sees
}

// Take lets one uploaded file in: it is checked and stored, but has no row yet.
// Hand the result to Add or Keep soon; what gets no row is swept away after a
// day. It needs a signed-in actor. Refusals are fault.Invalid at the field.
func (s *Service) Take(ctx context.Context, by actor.Actor, field, name string, r io.Reader) (upload.Result, error) {
	if by.Account() == "" {
		return upload.Result{}, fault.Denied("take a file of a stranger")
	}
	if err := s.db.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error { return s.room(tx, by, field, 1) }); err != nil {
		return upload.Result{}, err
	}
	return s.desk.Take(ctx, by.Org(), field, name, r)
}

// draftLife is how long a file waits for an item to hang on.
const draftLife = 7 * 24 * time.Hour

// Register hands the jobs to the queue.
func (s *Service) Register(q *jobs.Queue) {
	q.Register("documents.drafts", jobs.Kind{Every: 24 * time.Hour, Run: s.endDrafts})
	q.Register("documents.expire", jobs.Kind{Every: 24 * time.Hour, Run: s.expire})
	q.Register(tellJob, jobs.Kind{Run: s.tell})
	s.notify.Register(mailNew, s.render)
}

// endDrafts removes kept files that no item has taken over.
func (s *Service) endDrafts(ctx context.Context, by actor.Actor, _ jobs.Job) error {
	return s.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		sizes, err := store.List[int64](tx, oldDrafts, store.Micros(s.now().Add(-draftLife)))
		if err != nil {
			return err
		}
		return less(tx, sizes)
	})
}
