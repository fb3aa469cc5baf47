package noticeboard

import (
	"context"
	"time"

	"foyer/internal/access"
	"foyer/internal/notifications"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// Service holds the use-cases. It is safe for concurrent use.
type Service struct{ Deps }

// Deps is what New needs. All fields are required.
type Deps struct {
	DB            *store.DB
	Now           func() time.Time
	Access        *access.Service
	Notifications *notifications.Service
}

// New returns the service and registers its jobs and mails.
func New(d Deps, queue *jobs.Queue) *Service {
	s := &Service{Deps: d}
	queue.Register(jobPublish, jobs.Kind{Run: s.publish})
	queue.Register(jobExpire, jobs.Kind{Run: s.expire, Every: 24 * time.Hour})
	s.Notifications.Register(newsKind, s.mail)
	return s
}

// Write keeps a new draft. key comes from the form: the same key twice is the
// same notice. It needs actor.PublishNotices, and returns the notice's id. A
// mistake is fault.Invalid with the fields of Input.
func (s *Service) Write(ctx context.Context, by actor.Actor, key string, in Input) (id string, err error) {
	defer fault.Wrap(&err, "write a notice")
	id = store.IDFrom("notice", by.ID(), key)
	err = s.change(ctx, by, in, func(tx *store.Tx, now time.Time, n Notice) error {
		done, err := store.Exec(tx, insertNotice, id, n.PropertyID, string(n.Audience.Kind), n.Audience.ID, n.Title, n.Body, n.Urgent, n.From, n.Until,
			string(n.Outage.Kind), store.Micros(n.Outage.From), store.Micros(n.Outage.To), by.ID(), store.Micros(now))
		if err != nil || done == 0 {
			return err
		}
		return audit.Note(tx, now, by, "notice.write", "notice:"+id, nil)
	})
	return id, err
}

// Change replaces a draft or a planned notice, which becomes a draft again.
// version is the one that was read: somebody else's change in between, and a
// notice that is locked, are fault.Conflict.
func (s *Service) Change(ctx context.Context, by actor.Actor, id string, version int, in Input) (err error) {
	defer fault.Wrap(&err, "change a notice")
	return s.change(ctx, by, in, func(tx *store.Tx, now time.Time, n Notice) error {
		old, err := s.load(tx, by, actor.PublishNotices, id)
		if err != nil {
			return err
		}
		if old.PropertyID != n.PropertyID {
			return fault.NotFound("notice")
		}
		if old.Locked() {
			return fault.Conflicting("noticeboard.locked")
		}
		done, err := store.Exec(tx, updateNotice, id, version, string(n.Audience.Kind), n.Audience.ID, n.Title, n.Body, n.Urgent, n.From, n.Until,
			string(n.Outage.Kind), store.Micros(n.Outage.From), store.Micros(n.Outage.To))
		if err != nil {
			return err
		}
		if done == 0 {
			return fault.Conflicting("noticeboard.changed")
		}
		return audit.Note(tx, now, by, "notice.change", "notice:"+id, nil)
	})
}

// change checks what was written within the organisation and the limits of the
// staff member, and hands it to then.
func (s *Service) change(ctx context.Context, by actor.Actor, in Input, then func(*store.Tx, time.Time, Notice) error) error {
	if err := by.Must(actor.PublishNotices); err != nil {
		return err
	}
	if !by.MayProperty(in.PropertyID) {
		return fault.NotFound("property")
	}
	return s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		now := s.Now()
		places, err := places(tx, in.PropertyID)
		if err != nil {
			return err
		}
		n, err := in.check(o.Today(now), o.Location())
		if bad := fault.AsInvalid(err); bad == nil && err == nil && !has(places, in.Place) {
			return fault.Wrong("place", "noticeboard.place")
		}
		if err != nil {
			return err
		}
		return then(tx, now, n)
	})
}

// Release plans a draft: it is published on the morning of its first day, at
// once when that is today. Releasing twice does nothing. A first day that has
// passed meanwhile is fault.Conflict.
func (s *Service) Release(ctx context.Context, by actor.Actor, id string) (err error) {
	defer fault.Wrap(&err, "release a notice")
	return s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		n, err := s.load(tx, by, actor.PublishNotices, id)
		if err != nil {
			return err
		}
		if n.State == Planned || n.State == Published {
			return nil
		}
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		now := s.Now()
		if n.State != Draft || n.Until < o.Today(now) {
			return fault.Conflicting("noticeboard.over")
		}
		if _, err := store.Exec(tx, setState, id, string(Planned), string(Draft)); err != nil {
			return err
		}
		if err := jobs.Enqueue(tx, jobPublish, id+":"+n.From, map[string]string{"notice": id}, later(now, morning(n.From, o.Location()))); err != nil {
			return err
		}
		return audit.Note(tx, now, by, "notice.release", "notice:"+id, nil)
	})
}

// Withdraw takes a planned or published notice down. Doing it twice does
// nothing.
func (s *Service) Withdraw(ctx context.Context, by actor.Actor, id string) (err error) {
	defer fault.Wrap(&err, "withdraw a notice")
	return s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		n, err := s.load(tx, by, actor.PublishNotices, id)
		if err != nil || n.State == Withdrawn {
			return err
		}
		if n.State == Draft {
			return fault.Conflicting("noticeboard.draft")
		}
		now := s.Now()
		if _, err := store.Exec(tx, setWithdrawn, id, store.Micros(now)); err != nil {
			return err
		}
		return audit.Note(tx, now, by, "notice.withdraw", "notice:"+id, nil)
	})
}

// Discard deletes a draft. One that is gone already is no mistake.
func (s *Service) Discard(ctx context.Context, by actor.Actor, id string) (err error) {
	defer fault.Wrap(&err, "discard a notice")
	return s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		n, err := s.load(tx, by, actor.PublishNotices, id)
		if err != nil {
			return err
		}
		if n.State != Draft {
			return fault.Conflicting("noticeboard.locked")
		}
		if _, err := store.Exec(tx, remove, id); err != nil {
			return err
		}
		return audit.Note(tx, s.Now(), by, "notice.discard", "notice:"+id, nil)
	})
}

// Keep puts a notice on hold, or takes the hold away: what is on hold is kept
// whatever the retention of the organisation says.
func (s *Service) Keep(ctx context.Context, by actor.Actor, id string, hold bool) (err error) {
	defer fault.Wrap(&err, "hold a notice")
	return s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		if _, err := s.load(tx, by, actor.PublishNotices, id); err != nil {
			return err
		}
		if _, err := store.Exec(tx, setHold, id, hold); err != nil {
			return err
		}
		return audit.Note(tx, s.Now(), by, "notice.hold", "notice:"+id, map[string]any{"on": hold})
	})
}

// load returns a notice within the limits of a staff member; any other is
// fault.NotFound.
func (s *Service) load(tx *store.Tx, by actor.Actor, r actor.Right, id string) (Notice, error) {
	if err := by.Must(r); err != nil {
		return Notice{}, err
	}
	row, err := store.Get(tx, noticeByID, (*noticeRow).dest, id)
	if err == store.ErrNoRow || err == nil && !by.MayProperty(row.n.PropertyID) {
		return Notice{}, fault.NotFound("notice")
	}
	return row.notice(), err
}

// morning is when a day's notices are published.
func morning(day string, zone *time.Location) time.Time {
	t, err := time.ParseInLocation(time.DateOnly+" 15", day+" 06", zone)
	if err != nil {
		return time.Time{}
	}
	return t
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// rule is who may see what today.
func rule(tx *store.Tx, now time.Time) (portfolio.Rule, orgs.Org, error) {
	o, err := orgs.Load(tx)
	return portfolio.RuleOf(o, now), o, err
}
