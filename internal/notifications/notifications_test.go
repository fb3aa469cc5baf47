package notifications_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"foyer/internal/notifications"
	"foyer/internal/notifications/mail"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

// scripted answers each Send with the next error of its script.
type scripted struct {
	script []error
	sent   []mail.Message
}

func (s *scripted) Send(_ context.Context, m mail.Message) error {
	s.sent = append(s.sent, m)
	if len(s.script) == 0 {
		return nil
	}
	err := s.script[0]
	s.script = s.script[1:]
	return err
}

type bench struct {
	db     *store.DB
	queue  *jobs.Queue
	svc    *notifications.Service
	sender *scripted
	t      time.Time
	minted int
	people map[string]notifications.Reader
}

func setup(db *store.DB, script ...error) *bench {
	b := &bench{db: db, sender: &scripted{script: script}, t: time.Date(2026, 11, 12, 9, 0, 0, 0, time.UTC)}
	now := func() time.Time { return b.t }
	b.queue = jobs.New(db, now, slog.New(slog.DiscardHandler))
	b.svc = notifications.New(db, now, b.sender, b.queue)
	b.svc.Register("test", func(ctx context.Context, by actor.Actor, d notifications.Delivery) (notifications.Mail, error) {
		if d.Args["gone"] != "" {
			return notifications.Mail{}, notifications.Drop("gone")
		}
		if d.Args["broken"] != "" {
			return notifications.Mail{}, errors.New("no such text")
		}
		b.minted++
		palette, err := mail.BrandPalette("#17565f")
		if err != nil {
			return notifications.Mail{}, err
		}
		return notifications.Mail{From: mail.Address{Name: "Lindhof", Addr: "portal@lindhof.example"}, Subject: "Betreff",
			Layout: mail.Layout{Lang: "de", Palette: palette, OrgName: "Lindhof", Title: "Titel", Blocks: []mail.Block{mail.Paragraph("Text")}, Footer: []mail.Line{{Text: "Lindhof"}}}}, nil
	})
	return b
}

func (b *bench) tell(t *testing.T, n notifications.News) {
	t.Helper()
	if err := b.db.Write(t.Context(), store.OrgScope(storetest.Org), func(ctx context.Context, tx *store.Tx) error {
		return notifications.Tell(tx, b.t, n)
	}); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) drain(t *testing.T) {
	t.Helper()
	if _, err := b.queue.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) of(t *testing.T, person string) (out []notifications.Delivery) {
	t.Helper()
	if err := b.db.Read(t.Context(), store.OrgScope(storetest.Org), func(ctx context.Context, tx *store.Tx) (err error) {
		out, err = notifications.Of(tx, person, 10)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func news(person, key string) notifications.News {
	return notifications.News{Kind: "test", Key: key, PersonID: person, Address: "m@post.example", Lang: "de", Args: map[string]string{"a": "b"}}
}

func TestT37_NewsIsToldOnceAndRetriedUnderTheSameID(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(db, &mail.SendError{Code: 451}, &mail.SendError{Unknown: true})
		b.tell(t, news("p", "k"))
		b.tell(t, news("p", "k"))
		for range 4 {
			b.drain(t)
			b.t = b.t.Add(time.Hour)
		}
		if len(b.sender.sent) != 3 || b.minted != 3 {
			t.Fatalf("%d mails, %d rendered", len(b.sender.sent), b.minted)
		}
		for _, m := range b.sender.sent {
			if m.MessageID != b.sender.sent[0].MessageID {
				t.Error("a retry has another Message-ID")
			}
		}
		ds := b.of(t, "p")
		if len(ds) != 1 || ds[0].State != notifications.Sent || ds[0].Attempts != 3 || ds[0].SentAt.IsZero() {
			t.Fatalf("%+v", ds)
		}
	})
}

func TestPermanentFailuresAreForStaff(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(db, &mail.SendError{Permanent: true, Code: 550, Reason: "no such user"})
		b.tell(t, news("p", "k"))
		b.drain(t)
		b.t = b.t.Add(100 * time.Hour)
		b.drain(t)
		ds := b.of(t, "p")
		if len(b.sender.sent) != 1 || ds[0].State != notifications.Failed || ds[0].Reason == "" {
			t.Fatalf("%d sent, %+v", len(b.sender.sent), ds)
		}
		clerk := actor.NewStaff(storetest.Org, "a", "s", "J", actor.Clerk, false, nil)
		dismiss := func(id string) error {
			return db.Write(t.Context(), clerk.Scope(), func(ctx context.Context, tx *store.Tx) error {
				return notifications.Dismiss(tx, b.t, clerk, id)
			})
		}
		if err := dismiss(ds[0].ID); err != nil {
			t.Fatal(err)
		}
		if err := dismiss(ds[0].ID); !errors.Is(err, fault.ErrNotFound) {
			t.Fatalf("dismissed twice: %v", err)
		}
		if err := dismiss("twin-delivery"); !errors.Is(err, fault.ErrNotFound) {
			t.Fatalf("dismissed the twin's: %v", err)
		}
	})
}

func TestSendingGivesUpAfterThreeDays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var script []error
		for range 50 {
			script = append(script, &mail.SendError{Code: 421})
		}
		b := setup(db, script...)
		b.tell(t, news("p", "k"))
		start := b.t
		for b.of(t, "p")[0].State != notifications.Failed {
			if b.t.Sub(start) > 80*time.Hour {
				t.Fatal("still trying after 80 hours")
			}
			b.drain(t)
			b.t = b.t.Add(30 * time.Minute)
		}
		if got := b.t.Sub(start); got < 48*time.Hour {
			t.Errorf("gave up after %v only", got)
		}
	})
}

func TestARendererMayDropItsNews(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(db)
		gone := news("p", "k")
		gone.Args = map[string]string{"gone": "yes"}
		b.tell(t, gone)
		b.drain(t)
		if ds := b.of(t, "p"); ds[0].State != notifications.Dropped || len(b.sender.sent) != 0 {
			t.Fatalf("%+v", ds)
		}
	})
}

// A mail that we fail to make is not lost in silence: staff see it.
func TestAMailThatCannotBeMadeIsForStaff(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(db)
		broken := news("p", "k")
		broken.Args = map[string]string{"broken": "yes"}
		b.tell(t, broken)
		for range 12 {
			b.drain(t)
			b.t = b.t.Add(24 * time.Hour)
		}
		if ds := b.of(t, "p"); ds[0].State != notifications.Failed || ds[0].Reason == "" || ds[0].FailedAt.IsZero() || len(b.sender.sent) != 0 {
			t.Fatalf("%+v", ds)
		}
	})
}
