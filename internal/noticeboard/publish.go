package noticeboard

import (
	"context"
	"errors"
	"slices"
	"time"

	"foyer/internal/access"
	"foyer/internal/notifications"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

const (
	jobPublish = "noticeboard.publish"
	jobExpire  = "noticeboard.expire"
	newsKind   = "noticeboard.notice"
)

// Path is where residents read notices; the id follows.
const Path = "/aushaenge"

// chunk is how many persons are told in one transaction.
const chunk = 500

// publish is the job of a released notice: it hangs from now on, and everybody
// who may read it is told. A second run tells nobody twice, for each piece of
// news has a key of its own.
func (s *Service) publish(ctx context.Context, by actor.Actor, job jobs.Job) error {
	var args struct{ Notice string }
	if err := job.Args(&args); err != nil {
		return err
	}
	n, persons, err := s.hang(ctx, by, args.Notice)
	if err != nil || len(persons) == 0 {
		return err
	}
	for part := range slices.Chunk(persons, chunk) {
		if err := s.announce(ctx, by, n, part); err != nil {
			return err
		}
	}
	return nil
}

// hang publishes a notice whose day has come and returns whom to tell: nobody
// when it was withdrawn or changed in the meantime.
func (s *Service) hang(ctx context.Context, by actor.Actor, id string) (n Notice, persons []string, err error) {
	err = s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		persons = nil
		row, err := store.Get(tx, noticeByID, (*noticeRow).dest, id)
		if errors.Is(err, store.ErrNoRow) {
			return nil
		}
		if err != nil {
			return err
		}
		n = row.notice()
		now := s.Now()
		r, _, err := rule(tx, now)
		if err != nil {
			return err
		}
		if n.State != Planned && n.State != Published || n.From > r.Today || n.Until < r.Today {
			return nil
		}
		if persons, err = portfolio.Recipients(tx, r, n.Audience); err != nil {
			return err
		}
		_, err = store.Exec(tx, setPublished, id, store.Micros(now), len(persons))
		return err
	})
	return n, persons, err
}

func (s *Service) announce(ctx context.Context, by actor.Actor, n Notice, persons []string) error {
	return s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		readers, err := s.Access.ReadersFor(tx, o, s.Now(), persons, n.Audience)
		if err != nil {
			return err
		}
		_, err = s.Notifications.Announce(tx, s.Now(), access.PolicyOf(o), notifications.Announcement{
			Topic: notifications.Notices, Kind: newsKind, Key: "notice:" + n.ID, Args: map[string]string{"notice": n.ID},
			Readers: readers, Urgent: n.Urgent, PropertyID: n.PropertyID})
		return err
	})
}

var (
	plainWording  = access.Wording{Subject: "noticeboard.mail.subject", Title: "noticeboard.mail.title", Text: "noticeboard.mail.text", Button: "noticeboard.mail.button", Why: "noticeboard.mail.why"}
	urgentWording = access.Wording{Subject: "noticeboard.mail.urgent.subject", Title: "noticeboard.mail.urgent.title", Text: "noticeboard.mail.text", Button: "noticeboard.mail.button", Why: "noticeboard.mail.why"}
)

// mail renders the news of a notice while it still hangs.
func (s *Service) mail(ctx context.Context, by actor.Actor, d notifications.Delivery) (m notifications.Mail, err error) {
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		row, err := store.Get(tx, noticeByID, (*noticeRow).dest, d.Args["notice"])
		if errors.Is(err, store.ErrNoRow) {
			return notifications.Drop("the notice is gone")
		}
		if err != nil {
			return err
		}
		n := row.notice()
		if !n.Hangs(o.Today(s.Now())) {
			return notifications.Drop("the notice does not hang any more")
		}
		w := plainWording
		if n.Urgent {
			w = urgentWording
		}
		var full []string
		if d.Full {
			full = append([]string{n.Title}, Paragraphs(n.Body)...)
		}
		m = s.Access.NewsMail(o, d.Lang, access.ResidentSite, w, Path+"/"+n.ID, full)
		return nil
	})
	return m, err
}

// expire deletes what the organisation does not keep any longer: notices that
// have hung until so many months ago and are not on hold.
func (s *Service) expire(ctx context.Context, by actor.Actor, _ jobs.Job) error {
	for {
		n, err := s.expireSome(ctx, by)
		if err != nil || n == 0 {
			return err
		}
	}
}

func (s *Service) expireSome(ctx context.Context, by actor.Actor) (n int, err error) {
	err = s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		o, err := orgs.Load(tx)
		months := o.Settings.Retention[orgs.RetainNotices]
		if err != nil || months == 0 {
			n = 0
			return err
		}
		day := s.Now().In(o.Location()).AddDate(0, -months, 0).Format(time.DateOnly)
		ids, err := store.List[string](tx, dueToEnd, day)
		if n = len(ids); err != nil || n == 0 {
			return err
		}
		if _, err := store.Exec(tx, forget, store.Spread(ids)); err != nil {
			return err
		}
		_, err = store.Exec(tx, forgetAll, store.Spread(ids))
		return err
	})
	return n, err
}
