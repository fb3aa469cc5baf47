package notifications_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"foyer/internal/notifications"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

var (
	clerk   = actor.NewStaff(storetest.Org, "a", "s", "Jette", actor.Clerk, false, nil)
	limited = actor.NewStaff(storetest.Org, "a2", "s2", "Kai", actor.Clerk, true, []string{"p2"})
	reader  = actor.NewStaff(storetest.Org, "a3", "s3", "Lea", actor.ReadOnly, false, nil)
)

func (b *bench) outbox(t *testing.T, by actor.Actor) notifications.Outbox {
	t.Helper()
	o, err := b.svc.Outbox(t.Context(), by)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func (b *bench) fetch(t *testing.T, id string, list bool) []byte {
	t.Helper()
	f, err := b.svc.PrintFile(t.Context(), clerk, id, list)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Body.Close()
	data, err := io.ReadAll(f.Body)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func waits(o notifications.Outbox) (out []string) {
	for _, w := range o.Waiting {
		out = append(out, fmt.Sprint(w.PropertyID, " ", w.Count))
	}
	return out
}

// postbox is a bench in which four people are told by letter: a couple, one
// whose name cannot be printed, one in another property.
func postbox(t *testing.T, db *store.DB) *bench {
	b := setup(db).withLetters().lend(t)
	b.people = map[string]notifications.Reader{}
	eva, ole, odd, far := listed("eva"), listed("ole"), listed("odd"), listed("far")
	ole.LeaseID = eva.LeaseID
	odd.Lines[1] = "東"
	far.PropertyID = "p2"
	for _, r := range []notifications.Reader{eva, ole, odd, far} {
		b.people[r.PersonID] = r
	}
	b.announce(t, policy(), to(notifications.Messages, "message:1", eva, ole, odd, far))
	return b
}

func TestW9_LettersArePrintedTogetherAndNeverTwice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := postbox(t, db)
		if got := fmt.Sprint(waits(b.outbox(t, clerk)), waits(b.outbox(t, limited))); got != "[p1 2 p2 1] [p2 1]" {
			t.Fatalf("waiting: %s", got)
		}
		id, err := b.svc.PrintLetters(t.Context(), clerk, []string{"p1"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.svc.PrintLetters(t.Context(), clerk, []string{"p1"}); !conflicts(err) {
			t.Errorf("printed twice: %v", err)
		}
		if err := b.svc.Posted(t.Context(), clerk, id); !conflicts(err) {
			t.Errorf("posted before it was printed: %v", err)
		}
		b.drain(t)
		pdf, list := b.fetch(t, id, false), string(b.fetch(t, id, true))
		if !bytes.HasPrefix(pdf, []byte("%PDF-")) || !bytes.Equal(pdf, b.fetch(t, id, false)) {
			t.Error("not the same PDF twice")
		}
		if !strings.Contains(list, "Frau eva, Frau ole, Ahornallee 14, 12623 Berlin") || strings.Count(list, "\r\n") != 2 {
			t.Errorf("list: %q", list)
		}
		o := b.outbox(t, clerk)
		if len(o.Failed) != 1 || o.Failed[0].PersonID != "odd" || o.Failed[0].Key != "notifications.letter.glyph" || o.Failed[0].Char != "東" || o.Failed[0].Name != "odd" {
			t.Errorf("failed: %+v", o.Failed)
		}
		if len(o.Runs) != 1 || o.Runs[0].State != notifications.RunReady || o.Runs[0].Total != 2 || o.Runs[0].Failed != 1 || len(b.outbox(t, limited).Runs) != 0 {
			t.Errorf("runs: %+v", o.Runs)
		}
		if err := b.svc.Posted(t.Context(), clerk, id); err != nil {
			t.Fatal(err)
		}
		if err := b.svc.Posted(t.Context(), clerk, id); !conflicts(err) {
			t.Errorf("posted twice: %v", err)
		}
		for _, r := range b.rows(t) {
			want := map[string]string{"far": "queued", "eva": "sent", "ole": "sent", "odd": "failed"}[strings.Fields(r)[1]]
			if !strings.HasSuffix(r, want) {
				t.Errorf("%s, want %s", r, want)
			}
		}
		b.t = b.t.Add(8 * 24 * time.Hour)
		b.drain(t)
		if _, err := b.svc.PrintFile(t.Context(), clerk, id, false); !errors.Is(err, fault.ErrGone) {
			t.Errorf("after a week: %v", err)
		}
	})
}

func TestW9_ALetterThatFailedIsPrintedOnceItsAddressIsMended(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := postbox(t, db)
		if _, err := b.svc.PrintLetters(t.Context(), clerk, []string{"p1"}); err != nil {
			t.Fatal(err)
		}
		b.drain(t)
		bad := b.outbox(t, clerk).Failed[0].DeliveryID
		for _, by := range []actor.Actor{limited, reader} {
			if err := b.svc.PrintAgain(t.Context(), by, bad); err == nil {
				t.Errorf("%s prints it again", by.Name())
			}
		}
		mended := b.people["odd"]
		mended.Lines = []string{"Frau", "Azuma", "Ahornallee 14", "12623 Berlin"}
		b.people["odd"] = mended
		if err := b.svc.PrintAgain(t.Context(), clerk, bad); err != nil {
			t.Fatal(err)
		}
		id, err := b.svc.PrintLetters(t.Context(), clerk, []string{"p1"})
		if err != nil {
			t.Fatal(err)
		}
		b.drain(t)
		if list := string(b.fetch(t, id, true)); !strings.Contains(list, "Azuma") {
			t.Errorf("list: %q", list)
		}
		if o := b.outbox(t, clerk); len(o.Failed) != 0 {
			t.Errorf("still failed: %+v", o.Failed)
		}
	})
}

func TestW9_OnlyWhoMaySendLettersSeesTheOutbox(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := postbox(t, db)
		if _, err := b.svc.Outbox(t.Context(), reader); !errors.Is(err, fault.ErrDenied) {
			t.Errorf("read-only: %v", err)
		}
		id, err := b.svc.PrintLetters(t.Context(), clerk, []string{"p1"})
		if err != nil {
			t.Fatal(err)
		}
		b.drain(t)
		for what, err := range map[string]error{
			"prints another property": second(b.svc.PrintLetters(t.Context(), limited, []string{"p1"})),
			"fetches":                 second(b.svc.PrintFile(t.Context(), limited, id, false)),
			"posts":                   b.svc.Posted(t.Context(), limited, id),
			"the twin's":              b.svc.Posted(t.Context(), clerk, "twin-print"),
		} {
			if !errors.Is(err, fault.ErrNotFound) {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }

func conflicts(err error) bool {
	var c *fault.Conflict
	return errors.As(err, &c)
}
