package notifications

import (
	"context"
	"crypto/hmac"
	"errors"
	"strings"
	"time"

	"foyer/internal/notifications/inbound"
	"foyer/internal/notifications/mail"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/email"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
)

func hmacEqual(a, b []byte) bool { return hmac.Equal(a, b) }

var (
	bounceDelivery = store.Scoped(`UPDATE delivery SET state = 'failed', reason = $3, failed_at = $4
		WHERE org_id = $1 AND id = $2 AND channel = 'email' AND state IN ('sent', 'queued', 'sending')`)
	setBouncing = store.Scoped(`INSERT INTO bouncing (org_id, address, delivery_id, status, reason, since) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (org_id, address) DO NOTHING`)
	freeAddress = store.Scoped(`DELETE FROM bouncing WHERE org_id = $1 AND address = $2`)
)

// newsRefused is the mail to somebody whose reply was not filed.
const newsRefused = "notifications.reply_refused"

// refusedMost is how many such mails an address gets in a day.
const refusedMost = 3

// Mine tells whether a mail to these addresses is about something that the
// organisation has sent.
func (s *Service) Mine(org string, to []string) bool {
	for _, a := range to {
		if _, _, ok := s.readReturn(org, a); ok {
			return true
		}
	}
	return false
}

// Receive takes in a mail that has come back: a report ends the delivery that it
// is about, a reply goes to who has registered for it. Mails that are neither,
// or of no consequence, are dropped. An error means that the same mail should
// come again; taking it twice does no harm.
func (s *Service) Receive(ctx context.Context, by actor.Actor, m inbound.Mail) error {
	if _, err := s.lent(); err != nil {
		return err
	}
	for _, a := range m.To {
		mark, id, ok := s.readReturn(by.Org(), a)
		switch {
		case ok && mark == bounceMark && m.Report != nil:
			return s.bounced(ctx, by, id, *m.Report)
		case ok && mark == replyMark && !m.Auto && m.Report == nil:
			return s.replied(ctx, by, id, m)
		case ok:
			return nil // a holiday note, a delay without a report
		}
	}
	return nil
}

// bounced notes that a mail did not arrive. A bad address is not written to any
// more until it is freed or changed; news goes by letter instead where it can.
func (s *Service) bounced(ctx context.Context, by actor.Actor, id string, r inbound.Report) error {
	if r.Action != "failed" {
		return nil
	}
	return s.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		row, err := store.Get(tx, deliveryByID, (*deliveryRow).dest, id)
		if errors.Is(err, store.ErrNoRow) {
			return nil // erased meanwhile
		}
		if err != nil {
			return err
		}
		d, err := row.delivery()
		if err != nil {
			return err
		}
		now := s.now()
		reason := mail.Returned(r.Status, r.Answer, d.Address).Error()
		n, err := store.Exec(tx, bounceDelivery, id, reason, store.Micros(now))
		if err != nil || n == 0 {
			return err
		}
		if badAddress(r.Status) {
			if _, err := store.Exec(tx, setBouncing, d.Address, id, r.Status, reason, store.Micros(now)); err != nil {
				return err
			}
		}
		if err := audit.Note(tx, now, by, "delivery.bounce", "delivery:"+id, map[string]string{"status": r.Status}); err != nil {
			return err
		}
		return s.letterInstead(tx, now, d)
	})
}

// badAddress tells whether a status (RFC 3463) is about the address itself: no
// such mailbox or domain, or one that is switched off. A full mailbox or a
// refused text may do better next time. Exim says 5.0.0 of unknown users.
func badAddress(status string) bool {
	return strings.HasPrefix(status, "5.1.") || status == "5.2.1" || status == "5.0.0" || status == "5.4.4"
}

// letterInstead puts the letter of a mail that did not arrive into the outbox.
func (s *Service) letterInstead(tx *store.Tx, now time.Time, d Delivery) error {
	if d.Topic == "" || d.PersonID == "" || s.letters[d.Kind] == nil {
		return nil
	}
	readers, err := s.around.Readers(tx, now, []string{d.PersonID})
	if err != nil || len(readers) == 0 || len(readers[0].Lines) == 0 {
		return err
	}
	r := readers[0]
	r.LeaseID = d.LeaseID
	key, _, _ := strings.Cut(d.Key, ":"+string(ByEmail)+":")
	rows, err := fresh(tx, []row{{id: store.NewID(), key: key + ":" + string(ByLetter) + ":" + d.PersonID, channel: string(ByLetter),
		address: strings.Join(r.Lines, "\n"), reader: r, state: Queued}})
	if err != nil {
		return err
	}
	return insertRows(tx, now, Announcement{Topic: d.Topic, Kind: d.Kind, Args: d.Args, Thread: d.Thread, PropertyID: d.PropertyID}, rows)
}

// FreeAddress lets mails go to an address again that came back before, when
// somebody has confirmed that it works.
func FreeAddress(tx *store.Tx, address string) error {
	_, err := store.Exec(tx, freeAddress, address)
	return err
}

// replied files a reply. It counts only from the address with which the account
// signs in: anybody else is answered with the link, and so is who may not write
// there any more.
func (s *Service) replied(ctx context.Context, by actor.Actor, id string, m inbound.Mail) error {
	from, err := email.Canonical(m.From)
	if err != nil || m.Text == "" {
		return nil // nobody to answer, or nothing said
	}
	in, handler, err := s.reply(ctx, by, id, from, m)
	if err != nil {
		return err
	}
	if handler != nil {
		err := handler(ctx, by, in)
		var conflict *fault.Conflict
		switch {
		case err == nil:
			return nil
		case !errors.Is(err, fault.ErrNotFound) && !errors.Is(err, fault.ErrDenied) && !errors.As(err, &conflict) && fault.AsInvalid(err) == nil:
			return err
		}
	}
	return s.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		now := s.now()
		n, err := Recent(tx, from, newsRefused, now.Add(-24*time.Hour))
		if err != nil || n >= refusedMost {
			return err
		}
		lang := in.Delivery.Lang
		if lang == "" {
			lang = "de"
		}
		return Tell(tx, now, News{Kind: newsRefused, Key: newsRefused + ":" + store.IDFrom(id, m.MessageID, from), Address: from, Lang: lang})
	})
}

// reply prepares a reply; handler is nil when it must not be filed.
func (s *Service) reply(ctx context.Context, by actor.Actor, id, from string, m inbound.Mail) (in InMail, handler ReplyHandler, err error) {
	err = s.db.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		handler = nil
		row, err := store.Get(tx, deliveryByID, (*deliveryRow).dest, id)
		if errors.Is(err, store.ErrNoRow) {
			return nil
		}
		if err != nil {
			return err
		}
		d, err := row.delivery()
		if err != nil {
			return err
		}
		in = InMail{Delivery: d, AccountID: d.AccountID, Subject: m.Subject, Text: m.Text, MessageID: m.MessageID}
		readers, err := s.around.Readers(tx, s.now(), []string{d.PersonID})
		if err != nil || len(readers) == 0 || d.AccountID == "" || readers[0].AccountID != d.AccountID || readers[0].Login != from {
			return err
		}
		in.Persons = []string{d.PersonID}
		handler = s.handlerOf(d)
		return nil
	})
	return in, handler, err
}

// handlerOf is who files the replies to a delivery, nil for nobody.
func (s *Service) handlerOf(d Delivery) ReplyHandler {
	prefix, _, ok := strings.Cut(d.Thread, ":")
	if !ok {
		return nil
	}
	return s.replies[prefix]
}

// renderRefused tells somebody that a reply by mail did not arrive, and where to
// write instead. It says nothing about what was replied to.
func (s *Service) renderRefused(ctx context.Context, by actor.Actor, d Delivery) (Mail, error) {
	a, err := s.lent()
	if err != nil {
		return Mail{}, err
	}
	m, err := a.Frame(ctx, by, d.Lang)
	if err != nil {
		return Mail{}, err
	}
	origin, err := a.Origin(ctx, by)
	if err != nil {
		return Mail{}, err
	}
	p := a.Texts.Printer(d.Lang)
	m.Subject = p.T("notifications.refused.subject")
	m.Layout.Title = p.T("notifications.refused.title")
	m.Layout.Blocks = []mail.Block{mail.Paragraph(p.T("notifications.refused.text")), mail.Button(p.T("notifications.refused.button"), origin+"/")}
	return m, nil
}

const (
	jobInbox   = "notifications.inbox"
	inboxEvery = 2 * time.Minute
)

// Fetch visits the mailbox every two minutes. Call it once, before the queue
// runs.
func (s *Service) Fetch(q *jobs.Queue, box *inbound.Mailbox) {
	q.Register(jobInbox, jobs.Kind{Every: inboxEvery, Run: func(ctx context.Context, by actor.Actor, _ jobs.Job) error {
		return box.Poll(ctx, func(to []string) bool { return s.Mine(by.Org(), to) }, func(m inbound.Mail) error { return s.Receive(ctx, by, m) })
	}})
}
