package notifications

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"foyer/internal/notifications/push"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
)

// Pusher sends push messages; push.Sender does.
type Pusher interface {
	PublicKey() string
	Check(t push.Target) error
	Send(ctx context.Context, t push.Target, payload []byte, topic string) error
}

// PathArg is the argument of an announcement that names the page which a push
// message opens, "/nachrichten/018f…"; without it the home page.
const PathArg = "path"

// maxDevices is how many devices of one account take messages; a further one
// replaces the oldest.
const maxDevices = 10

var (
	addDevice = store.Scoped(`INSERT INTO push_device (org_id, id, account_id, endpoint, p256dh, auth, device, created_at, seen_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
		ON CONFLICT (org_id, endpoint) DO UPDATE SET account_id = excluded.account_id, p256dh = excluded.p256dh, auth = excluded.auth, device = excluded.device, seen_at = excluded.seen_at`)
	oldDevices    = store.Scoped(`SELECT id FROM push_device WHERE org_id = $1 AND account_id = $2 ORDER BY seen_at DESC, id DESC LIMIT 100 OFFSET $3`)
	forgetDevices = store.Scoped(`DELETE FROM push_device WHERE org_id = $1 AND id IN ($2...)`)
	targetsOf     = store.Scoped(`SELECT id, endpoint, p256dh, auth FROM push_device WHERE org_id = $1 AND account_id = $2 ORDER BY id`)
	seenDevices   = store.Scoped(`UPDATE push_device SET seen_at = $2 WHERE org_id = $1 AND id IN ($3...)`)
	endDevice     = store.Scoped(`DELETE FROM push_device WHERE org_id = $1 AND account_id = $2 AND endpoint = $3`)
)

// pushAttempts is how often a push message is tried: what is late is of no use,
// the portal has it.
const pushAttempts = 6

// Push switches push messages on. Call it once, before the queue runs.
func (s *Service) Push(q *jobs.Queue, p Pusher) {
	s.push = p
	q.Register(jobPush, jobs.Kind{Run: s.deliverPush, Attempts: pushAttempts})
}

// PushKey is the key with which browsers subscribe (applicationServerKey), ""
// while push messages are off.
func (s *Service) PushKey() string {
	if s.push == nil {
		return ""
	}
	return s.push.PublicKey()
}

// AddDevice lets a device of the signed-in resident take push messages; name is
// "Firefox · Android". The same device twice is one. It needs Self.
func (s *Service) AddDevice(ctx context.Context, by actor.Actor, t push.Target, name string) error {
	if err := by.Must(actor.Self); err != nil {
		return err
	}
	if s.push == nil {
		return fault.NotFound("push")
	}
	if err := s.push.Check(t); err != nil {
		return fault.Wrong("endpoint", "notifications.push.endpoint")
	}
	return s.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		if _, err := store.Exec(tx, addDevice, store.NewID(), by.Account(), t.Endpoint, t.P256dh, t.Auth, name, store.Micros(s.now())); err != nil {
			return err
		}
		old, err := store.List[string](tx, oldDevices, by.Account(), maxDevices)
		if err == nil && len(old) > 0 {
			_, err = store.Exec(tx, forgetDevices, store.Spread(old))
		}
		return err
	})
}

// EndDevice ends the push messages to an endpoint of the signed-in resident, as
// the browser does when it is switched off or signed out. It needs Self.
func (s *Service) EndDevice(ctx context.Context, by actor.Actor, endpoint string) error {
	if err := by.Must(actor.Self); err != nil {
		return err
	}
	return s.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		_, err := store.Exec(tx, endDevice, by.Account(), endpoint)
		return err
	})
}

// pushTarget is a device with its id.
type pushTarget struct {
	id string
	push.Target
}

// deliverPush is the job of one push message: to every device of the account.
// It carries no personal content: whose organisation, which topic, which page.
func (s *Service) deliverPush(ctx context.Context, by actor.Actor, job jobs.Job) error {
	var args struct{ Delivery string }
	if err := job.Args(&args); err != nil {
		return err
	}
	d, todo, err := s.begin(ctx, by, args.Delivery)
	if err != nil || !todo {
		return err
	}
	payload, err := s.payload(ctx, by, d)
	if err != nil {
		return err
	}
	var list []pushTarget
	if err := s.db.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) (err error) {
		list, err = store.All(tx, targetsOf, func(t *pushTarget) []any { return []any{&t.id, &t.Endpoint, &t.P256dh, &t.Auth} }, d.AccountID)
		return err
	}); err != nil {
		return err
	}
	var took, gone []string
	var failure error
	for _, t := range list {
		switch err := s.push.Send(ctx, t.Target, payload, strings.ReplaceAll(d.ID, "-", "")); {
		case err == nil:
			took = append(took, t.id)
		case errors.Is(err, push.ErrGone):
			gone = append(gone, t.id)
		default:
			failure = err
		}
	}
	if failure != nil && len(took) == 0 && !errors.Is(failure, push.ErrRefused) && job.Attempt < pushAttempts {
		return errors.Join(failure, s.forget(ctx, by, nil, gone))
	}
	return s.endPush(context.WithoutCancel(ctx), by, d, took, gone)
}

// payload is what the service worker shows.
func (s *Service) payload(ctx context.Context, by actor.Actor, d Delivery) ([]byte, error) {
	a, err := s.lent()
	if err != nil {
		return nil, err
	}
	frame, err := a.Frame(ctx, by, d.Lang)
	if err != nil {
		return nil, err
	}
	path := d.Args[PathArg]
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") {
		path = "/"
	}
	return json.Marshal(map[string]string{"title": frame.Layout.OrgName, "body": a.Texts.Printer(d.Lang).T("notifications.push." + string(d.Topic)), "url": path, "tag": d.ID, "lang": d.Lang})
}

// endPush notes the outcome. A message that no device takes is of no use to
// anybody but the portal's own list: it is dropped, not failed.
func (s *Service) endPush(ctx context.Context, by actor.Actor, d Delivery, took, gone []string) error {
	o := outcome{state: Sent}
	if len(took) == 0 {
		o = outcome{state: Dropped, reason: "no device takes it"}
	}
	return s.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		if err := s.devices(tx, took, gone); err != nil {
			return err
		}
		return write(tx, s.now(), d, o)
	})
}

func (s *Service) forget(ctx context.Context, by actor.Actor, took, gone []string) error {
	return s.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error { return s.devices(tx, took, gone) })
}

func (s *Service) devices(tx *store.Tx, took, gone []string) error {
	if len(took) > 0 {
		if _, err := store.Exec(tx, seenDevices, store.Micros(s.now()), store.Spread(took)); err != nil {
			return err
		}
	}
	if len(gone) == 0 {
		return nil
	}
	_, err := store.Exec(tx, forgetDevices, store.Spread(gone))
	return err
}
