package mail

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
)

func TestOutboxKeepsTheNewest(t *testing.T) {
	o, m := NewOutbox(aNow), aMessage(t)
	if got := o.Messages(); len(got) != 0 {
		t.Fatalf("a new outbox holds %d", len(got))
	}
	for i := range OutboxSize + 7 {
		m.MessageID = fmt.Sprintf("m%d@foyer.example", i)
		if err := o.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		if newest := o.Messages()[0]; newest.MessageID != m.MessageID || !newest.At.Equal(aDate) {
			t.Fatalf("after %d the newest is %s", i, newest.MessageID)
		}
	}
	got := o.Messages()
	if len(got) != OutboxSize || got[len(got)-1].MessageID != "m7@foyer.example" {
		t.Errorf("%d messages, the oldest is %s", len(got), got[len(got)-1].MessageID)
	}
	if _, ok := o.Find("m6@foyer.example"); ok {
		t.Error("a dropped message is found")
	}
	if c, ok := o.Find("m7@foyer.example"); !ok || c.Subject != m.Subject {
		t.Error("a kept message is not found")
	}
}

func TestOutboxRefusesWhatSMTPRefuses(t *testing.T) {
	o := NewOutbox(aNow)
	m := aMessage(t)
	m.Subject = "a\r\nBcc: eve@evil.example"
	var fail *SendError
	if err := o.Send(t.Context(), m); !errors.As(err, &fail) || !fail.Permanent {
		t.Errorf("err = %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := o.Send(ctx, aMessage(t)); !errors.As(err, &fail) || !fail.Temporary() || !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: err = %v", err)
	}
	if len(o.Messages()) != 0 {
		t.Error("a refused message is kept")
	}
}

func TestOutboxConcurrently(t *testing.T) {
	o, first := NewOutbox(aNow), aMessage(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 100 {
				m := first
				m.MessageID = fmt.Sprintf("m%d-%d@foyer.example", i, j)
				if err := o.Send(t.Context(), m); err != nil {
					t.Error(err)
				}
				o.Messages()
			}
		})
	}
	wg.Wait()
	seen := map[string]bool{}
	for _, c := range o.Messages() {
		seen[c.MessageID] = true
	}
	if len(seen) != OutboxSize {
		t.Errorf("%d different messages, want %d", len(seen), OutboxSize)
	}
}
