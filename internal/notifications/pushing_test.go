package notifications_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"foyer/internal/notifications"
	"foyer/internal/notifications/push"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

// pushes answers by endpoint.
type pushes struct {
	answers map[string]error
	sent    []string
	payload map[string]string
}

func (p *pushes) PublicKey() string { return "key" }

func (p *pushes) Check(t push.Target) error {
	if !strings.HasPrefix(t.Endpoint, "https://") {
		return push.ErrRefused
	}
	return nil
}

func (p *pushes) Send(_ context.Context, t push.Target, payload []byte, _ string) error {
	p.sent = append(p.sent, t.Endpoint)
	if err := json.Unmarshal(payload, &p.payload); err != nil {
		return err
	}
	return p.answers[t.Endpoint]
}

func TestA16_PushGoesToTheDevicesThatStillTakeIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(db).withLetters().lend(t)
		b.people = map[string]notifications.Reader{"ada": confirmed("ada")}
		p := &pushes{answers: map[string]error{"https://p.example/gone": push.ErrGone}}
		b.svc.Push(b.queue, p)
		if err := b.svc.AddDevice(t.Context(), ada(), push.Target{Endpoint: "http://p.example/x"}, "x"); fault.AsInvalid(err) == nil {
			t.Errorf("an endpoint that is none: %v", err)
		}
		for _, e := range []string{"https://p.example/1", "https://p.example/gone", "https://p.example/1"} {
			if err := b.svc.AddDevice(t.Context(), ada(), push.Target{Endpoint: e, P256dh: "x", Auth: "y"}, "Firefox · Android"); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.svc.Choose(t.Context(), ada(), map[notifications.Topic]notifications.Choice{notifications.Messages: {Push: true}}); err != nil {
			t.Fatal(err)
		}
		a := to(notifications.Messages, "message:1", confirmed("ada"))
		a.Args = map[string]string{notifications.PathArg: "/nachrichten/1"}
		b.announce(t, policy(), a)
		b.drain(t)
		if len(p.sent) != 2 || p.payload["url"] != "/nachrichten/1" || p.payload["title"] != "Lindhof" || p.payload["body"] != "Sie haben eine neue Nachricht." {
			t.Errorf("%q %q", p.sent, p.payload)
		}
		if d := b.preferences(t, ada()).Devices; len(d) != 1 || !b.preferences(t, ada()).Push {
			t.Errorf("devices: %+v", d)
		}
		// A service that is down is tried again, then given up without a word.
		p.answers["https://p.example/1"] = errors.New("down")
		b.announce(t, policy(), to(notifications.Messages, "message:2", confirmed("ada")))
		for range 8 {
			b.drain(t)
			b.t = b.t.Add(time.Hour)
		}
		if rows := strings.Join(b.rows(t), "\n"); strings.Count(rows, "push ada  sent") != 1 || strings.Count(rows, "push ada  dropped") != 1 || len(p.sent) != 2+6 {
			t.Errorf("%d sent, rows:\n%s", len(p.sent), rows)
		}
		for i := range 12 {
			if err := b.svc.AddDevice(t.Context(), ada(), push.Target{Endpoint: fmt.Sprint("https://p.example/m", i)}, ""); err != nil {
				t.Fatal(err)
			}
			b.t = b.t.Add(time.Minute)
		}
		if n := len(b.preferences(t, ada()).Devices); n != 10 {
			t.Errorf("%d devices", n)
		}
		eva := actor.NewResident(storetest.Org, "a-eva", []string{"eva"})
		if err := b.svc.EndDevice(t.Context(), eva, "https://p.example/m11"); err != nil || len(b.preferences(t, ada()).Devices) != 10 {
			t.Error("somebody else ends a device")
		}
		if err := b.svc.EndDevice(t.Context(), ada(), "https://p.example/m11"); err != nil || len(b.preferences(t, ada()).Devices) != 9 {
			t.Error("a device does not end")
		}
	})
}
