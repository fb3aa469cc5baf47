package notifications

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"foyer/internal/notifications/letter"
	"foyer/internal/notifications/mail"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
)

// Service sends what Tell has written.
type Service struct {
	db        *store.DB
	now       func() time.Time
	sender    mail.Sender
	renderers map[string]Renderer
	letters   map[string]LetterRenderer
	replies   map[string]ReplyHandler
	around    *Around
	push      Pusher
	back      MailIn
}

// New returns the service and registers its job. Register all renderers before
// the queue runs.
func New(db *store.DB, now func() time.Time, sender mail.Sender, queue *jobs.Queue) *Service {
	s := &Service{db: db, now: now, sender: sender, renderers: map[string]Renderer{}, letters: map[string]LetterRenderer{}, replies: map[string]ReplyHandler{}}
	queue.Register(jobKind, jobs.Kind{Run: s.deliver, Attempts: renderings})
	s.Register(newsRefused, s.renderRefused)
	queue.Register(jobPrint, jobs.Kind{Run: s.print, Attempts: printAttempts})
	queue.Register(jobPrintErase, jobs.Kind{Run: s.eraseRun})
	queue.Register(jobDigest, jobs.Kind{Run: s.deliverDigest, Attempts: renderings})
	return s
}

// Register names the renderer of a kind of news. It panics on a kind taken.
func (s *Service) Register(kind string, r Renderer) {
	if _, ok := s.renderers[kind]; ok {
		panic("notifications: kind registered twice: " + kind)
	}
	s.renderers[kind] = r
}

// LetterRenderer makes the letter of a delivery when it is printed. Its To may
// stay empty: the address is that of the delivery. It returns Drop(…) when there
// is nothing to print any more.
type LetterRenderer func(ctx context.Context, by actor.Actor, d Delivery) (letter.Letter, error)

// RegisterLetter names the renderer of a kind's letters. It panics on a kind
// taken.
func (s *Service) RegisterLetter(kind string, r LetterRenderer) {
	if _, ok := s.letters[kind]; ok {
		panic("notifications: letter registered twice: " + kind)
	}
	s.letters[kind] = r
}

// InMail is a reply that came by e-mail to something that was told. It is from
// the confirmed address of the account that was told, or the handler does not
// see it.
type InMail struct {
	Delivery  Delivery // what it answers; its Thread names the conversation
	AccountID string
	Persons   []string // whom the account stands for
	Subject   string
	Text      string // without the quotation of our mail; never empty
	MessageID string // of the reply, for doing the same once
}

// ReplyHandler files a reply. fault.NotFound, Denied and Conflict answer the
// sender with the link instead; every other error is tried again.
type ReplyHandler func(ctx context.Context, by actor.Actor, m InMail) error

// RegisterReply names who files the replies to deliveries whose Thread begins
// with prefix and a colon, "conversation". It panics on a prefix taken.
func (s *Service) RegisterReply(prefix string, h ReplyHandler) {
	if _, ok := s.replies[prefix]; ok {
		panic("notifications: replies registered twice: " + prefix)
	}
	s.replies[prefix] = h
}

// renderings is how often a mail that cannot be made is tried.
const renderings = 10

// deliver is the job of one delivery: mark, render, send, note the outcome. A
// run after a crash finds the state "sending" and sends again, under the same
// Message-ID.
func (s *Service) deliver(ctx context.Context, by actor.Actor, job jobs.Job) error {
	var args struct{ Delivery string }
	if err := job.Args(&args); err != nil {
		return err
	}
	d, todo, err := s.begin(ctx, by, args.Delivery)
	if err != nil || !todo {
		return err
	}
	m, err := s.render(ctx, by, d)
	var gone *dropped
	if errors.As(err, &gone) {
		return s.end(ctx, by, d, outcome{state: Dropped, reason: gone.reason})
	}
	if err != nil && job.Attempt >= renderings && ctx.Err() == nil {
		o := outcome{state: Failed, reason: "the mail could not be made"}
		return errors.Join(err, s.end(ctx, by, d, o)) // staff see it; the job keeps the reason
	}
	if err != nil {
		return err // ours: the job is tried again
	}
	sendErr := s.sender.Send(ctx, m)
	return s.end(context.WithoutCancel(ctx), by, d, s.judge(d, m, sendErr))
}

func (s *Service) begin(ctx context.Context, by actor.Actor, id string) (d Delivery, todo bool, err error) {
	err = s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		n, err := store.Exec(tx, startSending, id)
		if err != nil || n == 0 {
			todo = false
			return err
		}
		row, err := store.Get(tx, deliveryByID, (*deliveryRow).dest, id)
		if err != nil {
			return err
		}
		todo = true
		d, err = row.delivery()
		return err
	})
	return d, todo, err
}

func (s *Service) render(ctx context.Context, by actor.Actor, d Delivery) (mail.Message, error) {
	r, ok := s.renderers[d.Kind]
	if !ok {
		return mail.Message{}, fmt.Errorf("no renderer for news of kind %q", d.Kind)
	}
	m, err := r(ctx, by, d)
	if err != nil {
		return mail.Message{}, err
	}
	return s.compose(ctx, by, d, m)
}

// compose makes the message of a rendered mail.
func (s *Service) compose(ctx context.Context, by actor.Actor, d Delivery, m Mail) (mail.Message, error) {
	m.Layout.Lang = d.Lang
	html, text, err := mail.Render(m.Layout)
	if err != nil {
		return mail.Message{}, fmt.Errorf("mail of kind %s: %w", d.Kind, err)
	}
	var e envelope
	if err := s.headers(ctx, by, d, &e); err != nil {
		return mail.Message{}, err
	}
	out := mail.Message{From: m.From, To: mail.Address{Addr: d.Address}, ReplyTo: m.ReplyTo, Subject: m.Subject, Text: text, HTML: html,
		MessageID: mail.NewMessageID(d.ID, m.From), Lang: d.Lang, AutoSubmitted: true, Unsubscribe: e.unsubscribe, Private: d.Full, ReturnPath: e.returnPath}
	if e.replyTo != nil {
		e.replyTo.Name = m.From.Name
		out.ReplyTo = e.replyTo
	}
	if e.thread != "" {
		out.Thread = mail.NewMessageID(e.thread, m.From)
	}
	return out, nil
}

type outcome struct {
	state     State
	reason    string
	messageID string
	again     time.Duration
}

// judge turns the sender's answer into the delivery's next state.
func (s *Service) judge(d Delivery, m mail.Message, err error) outcome {
	if err == nil {
		return outcome{state: Sent, messageID: m.MessageID}
	}
	o := outcome{state: Queued, reason: "", messageID: m.MessageID}
	var se *mail.SendError
	if errors.As(err, &se) {
		o.reason = se.Error()
	} else {
		o.reason = "the mail could not be sent"
	}
	wait, more := mail.Backoff(d.Attempts, rand.Float64)
	if (se != nil && se.Permanent) || !more {
		o.state = Failed
		return o
	}
	o.again = wait
	return o
}

// end notes the outcome of a delivery and, when it is to be tried again, writes
// the job for it: the running job ends with this run.
func (s *Service) end(ctx context.Context, by actor.Actor, d Delivery, o outcome) error {
	return s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		now := s.now()
		if err := write(tx, now, d, o); err != nil || o.state != Queued {
			return err
		}
		return jobs.Enqueue(tx, jobKind, d.ID, map[string]string{"delivery": d.ID}, now.Add(o.again))
	})
}

// write notes the outcome of a delivery.
func write(tx *store.Tx, now time.Time, d Delivery, o outcome) error {
	var sent, failed int64
	switch o.state {
	case Sent:
		sent = store.Micros(now)
	case Failed:
		failed = store.Micros(now)
	}
	_, err := store.Exec(tx, setState, d.ID, string(o.state), o.reason, o.messageID, sent, failed)
	return err
}
