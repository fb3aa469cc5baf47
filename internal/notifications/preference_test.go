package notifications_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"foyer/internal/notifications"
	"foyer/internal/notifications/letter"
	"foyer/internal/notifications/mail"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/blob"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

// lend gives the service what the layers above would.
func (b *bench) lend(t *testing.T) *bench {
	t.Helper()
	keys, err := seal.New(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	texts, err := i18n.New(i18n.Texts, notifications.Texts)
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	b.svc.Use(notifications.Around{Texts: texts, Keys: keys, Blobs: blobs,
		Origin: func(context.Context, actor.Actor) (string, error) { return "https://portal.lindhof.example", nil },
		Letterhead: func(context.Context, actor.Actor) (letter.Sender, string, error) {
			return letter.Sender{Name: "Lindhof Hausverwaltung", Street: "Hafenweg 1", PostcodeCity: "20457 Hamburg"}, "de", nil
		},
		Readers: func(_ *store.Tx, _ time.Time, persons []string) (out []notifications.Reader, err error) {
			for _, p := range persons {
				if r, ok := b.people[p]; ok {
					out = append(out, r)
				}
			}
			return out, nil
		},
		Zone: func(*store.Tx) (*time.Location, error) { return berlin, nil },
		Frame: func(context.Context, actor.Actor, string) (notifications.Mail, error) {
			palette, err := mail.BrandPalette("#17565f")
			return notifications.Mail{From: mail.Address{Addr: "portal@lindhof.example"}, Layout: mail.Layout{Palette: palette, OrgName: "Lindhof", Footer: []mail.Line{{Text: "Lindhof"}}}}, err
		}})
	return b
}

func ada() actor.Actor { return actor.NewResident(storetest.Org, "a-ada", []string{"ada"}) }

func (b *bench) preferences(t *testing.T, by actor.Actor) notifications.Preferences {
	t.Helper()
	p, err := b.svc.Preferences(t.Context(), by)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestA16_NothingIsTickedThatWasNotChosen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(db).lend(t)
		b.people = map[string]notifications.Reader{"ada": confirmed("ada")}
		if p := b.preferences(t, ada()); p.Chosen || len(p.Topics) != 0 || p.Login != "ada@post.example" {
			t.Errorf("before any choice: %+v", p)
		}
		want := map[notifications.Topic]notifications.Choice{
			notifications.Cases: {Email: true}, notifications.Messages: {Post: true, Push: true}, notifications.Notices: {}, notifications.Documents: {}, notifications.Contact: {}}
		if err := b.svc.Choose(t.Context(), ada(), want); err != nil {
			t.Fatal(err)
		}
		p := b.preferences(t, ada())
		if d := cmp.Diff(want, p.Topics); d != "" || !p.Chosen {
			t.Error(d)
		}
		if p := b.preferences(t, actor.NewResident(storetest.Org, "a-eva", []string{"eva"})); p.Chosen {
			t.Error("somebody else has chosen too")
		}
		if _, err := b.svc.Preferences(t.Context(), actor.NewStaff(storetest.Org, "x", "s", "J", actor.Proprietor, false, nil)); !errors.Is(err, fault.ErrDenied) {
			t.Errorf("staff read it: %v", err)
		}
	})
}

func TestA16_AMailCanBeUnsubscribedFromWithoutSigningIn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := setup(db).withLetters().lend(t)
		a := to(notifications.Messages, "message:1", confirmed("ada"))
		a.Thread = "conversation:1"
		b.announce(t, policy(), a)
		a.Key = "message:2"
		b.announce(t, policy(), a)
		b.tell(t, news("p", "k"))
		b.drain(t)
		if len(b.sender.sent) != 3 {
			t.Fatalf("%d mails", len(b.sender.sent))
		}
		first, second, other := b.sender.sent[0], b.sender.sent[1], b.sender.sent[2]
		if first.Thread == "" || first.Thread != second.Thread || first.MessageID == second.MessageID {
			t.Errorf("the mails of a conversation: %q %q", first.Thread, second.Thread)
		}
		if other.Unsubscribe != "" || other.Thread != "" {
			t.Error("a mail about the login can be unsubscribed from")
		}
		token, ok := strings.CutPrefix(first.Unsubscribe, "https://portal.lindhof.example"+notifications.UnsubscribePath)
		if !ok {
			t.Fatalf("unsubscribe at %q", first.Unsubscribe)
		}
		visitor := actor.NewAnonymous(storetest.Org)
		for _, bad := range []string{"", token + "x", strings.Replace(token, "messages", "cases", 1), "a-eva" + strings.TrimPrefix(token, "a-ada"), "..", strings.Replace(token, ".messages.", ".other.", 1)} {
			if _, err := b.svc.Unsubscribe(t.Context(), visitor, bad); !errors.Is(err, fault.ErrNotFound) {
				t.Errorf("token %q: %v", bad, err)
			}
		}
		if _, err := b.svc.Unsubscribe(t.Context(), actor.NewAnonymous(storetest.Twin), token); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("in the other organisation: %v", err)
		}
		if topic, err := b.svc.Unsubscribes(visitor, token); err != nil || topic != notifications.Messages {
			t.Errorf("%q, %v", topic, err)
		}
		if b.preferences(t, ada()).Chosen {
			t.Error("asking has changed something")
		}
		if _, err := b.svc.Unsubscribe(t.Context(), visitor, token); err != nil {
			t.Fatal(err)
		}
		got := b.preferences(t, ada()).Topics
		want := map[notifications.Topic]notifications.Choice{notifications.Cases: {Email: true}, notifications.Messages: {}, notifications.Notices: {},
			notifications.Documents: {Email: true}, notifications.Contact: {Email: true}}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	})
}
