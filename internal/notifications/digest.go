package notifications

import (
	"context"
	"errors"
	"fmt"

	"foyer/internal/notifications/mail"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
)

const (
	jobDigest = "notifications.digest"
	jobPush   = "notifications.push"
)

// digestArgs name the collected notices of one account until one moment.
type digestArgs struct {
	Account string
	At      int64 // microseconds
}

var (
	digestOf = store.Scoped(`SELECT ` + deliveryColumns + ` FROM delivery
		WHERE org_id = $1 AND account_id = $2 AND digest_at = $3 AND digest_at <> 0 AND state = 'queued' AND channel = 'email' ORDER BY created_at, id LIMIT 50`)
	// countDigest leaves the state: a digest that is interrupted is found again.
	countDigest = store.Scoped(`UPDATE delivery SET attempts = attempts + 1 WHERE org_id = $1 AND state = 'queued' AND id IN ($2...)`)
)

// deliverDigest is the job of an account's collected notices: one mail with all
// of them. A single one goes as it is. Those that cannot be made wait for the
// next run; after the last they have failed.
func (s *Service) deliverDigest(ctx context.Context, by actor.Actor, job jobs.Job) error {
	var args digestArgs
	if err := job.Args(&args); err != nil {
		return err
	}
	list, err := s.collected(ctx, by, args)
	if err != nil || len(list) == 0 {
		return err
	}
	parts, ready, err := s.parts(ctx, by, list, job.Attempt >= renderings)
	if len(ready) == 0 {
		return err
	}
	m, mailErr := s.compose(ctx, by, ready[0], s.combine(parts, ready[0].Lang))
	if mailErr != nil {
		return errors.Join(err, mailErr)
	}
	sendErr := s.sender.Send(ctx, m)
	return errors.Join(err, s.endDigest(context.WithoutCancel(ctx), by, job, ready, m, sendErr))
}

// endDigest notes the outcome for all that went in one mail.
func (s *Service) endDigest(ctx context.Context, by actor.Actor, job jobs.Job, list []Delivery, m mail.Message, sendErr error) error {
	o := s.judge(list[0], m, sendErr)
	var args digestArgs
	if err := job.Args(&args); err != nil {
		return err
	}
	return s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		now := s.now()
		for _, d := range list {
			if err := write(tx, now, d, o); err != nil {
				return err
			}
		}
		if o.state != Queued {
			return nil
		}
		return jobs.Enqueue(tx, jobDigest, job.Key, args, now.Add(o.again))
	})
}

// collected marks the notices as being sent and returns them.
func (s *Service) collected(ctx context.Context, by actor.Actor, args digestArgs) (list []Delivery, err error) {
	err = s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		list = nil
		rows, err := store.All(tx, digestOf, (*deliveryRow).dest, args.Account, args.At)
		if err != nil {
			return err
		}
		for i := range rows {
			d, err := rows[i].delivery()
			if err != nil {
				return err
			}
			d.Attempts++
			list = append(list, d)
		}
		_, err = store.Exec(tx, countDigest, store.Spread(idsOf(list)))
		return err
	})
	return list, err
}

func idsOf(list []Delivery) []string {
	out := make([]string, len(list))
	for i, d := range list {
		out[i] = d.ID
	}
	return out
}

// parts renders each notice. What is not to be sent any more is dropped, what
// cannot be made stays; last tells that it has failed then.
func (s *Service) parts(ctx context.Context, by actor.Actor, list []Delivery, last bool) (parts []Mail, ready []Delivery, err error) {
	for _, d := range list {
		r, ok := s.renderers[d.Kind]
		if !ok {
			err = errors.Join(err, fmt.Errorf("no renderer for news of kind %q", d.Kind))
			continue
		}
		m, renderErr := r(ctx, by, d)
		var gone *dropped
		switch {
		case renderErr == nil:
			parts, ready = append(parts, m), append(ready, d)
		case errors.As(renderErr, &gone):
			err = errors.Join(err, s.end(ctx, by, d, outcome{state: Dropped, reason: gone.reason}))
		case last && ctx.Err() == nil:
			err = errors.Join(err, renderErr, s.end(ctx, by, d, outcome{state: Failed, reason: "the mail could not be made"}))
		default:
			err = errors.Join(err, renderErr)
		}
	}
	return parts, ready, err
}

// combine makes one mail of several: the title of each above its blocks.
func (s *Service) combine(parts []Mail, lang string) Mail {
	out := parts[0]
	if len(parts) == 1 {
		return out
	}
	out.Layout.Blocks = nil
	for _, p := range parts {
		out.Layout.Blocks = append(out.Layout.Blocks, mail.Paragraph(p.Layout.Title))
		out.Layout.Blocks = append(out.Layout.Blocks, p.Layout.Blocks...)
	}
	if s.around != nil {
		p := s.around.Texts.Printer(lang)
		out.Subject = p.T("notifications.digest.subject", "count", len(parts), "org", out.Layout.OrgName)
		out.Layout.Title = p.T("notifications.digest.title", "count", len(parts))
	}
	return out
}
