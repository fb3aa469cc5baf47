package notifications_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"foyer/internal/notifications"
	"foyer/internal/notifications/inbound"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

var machine = actor.NewOperator(storetest.Org)

// answering is a bench whose mails come back to portal@in.example, with a
// conversation that takes replies.
func answering(t *testing.T, db *store.DB) (b *bench, filed *[]notifications.InMail, refuse *error) {
	t.Helper()
	b = setup(db).withLetters().lend(t)
	in, err := notifications.ParseMailIn("portal@in.example")
	if err != nil {
		t.Fatal(err)
	}
	b.svc.ComeBack(in)
	filed, refuse = new([]notifications.InMail), new(error)
	b.svc.RegisterReply("conversation", func(_ context.Context, _ actor.Actor, m notifications.InMail) error {
		*filed = append(*filed, m)
		return *refuse
	})
	b.people = map[string]notifications.Reader{"ada": confirmed("ada")}
	a := to(notifications.Messages, "message:1", confirmed("ada"))
	a.Thread = "conversation:1"
	b.announce(t, policy(), a)
	b.drain(t)
	if len(b.sender.sent) != 1 || b.sender.sent[0].ReturnPath == nil || b.sender.sent[0].ReplyTo == nil {
		t.Fatalf("%+v", b.sender.sent)
	}
	return b, filed, refuse
}

func (b *bench) receive(t *testing.T, m inbound.Mail) {
	t.Helper()
	if err := b.svc.Receive(t.Context(), machine, m); err != nil {
		t.Fatal(err)
	}
}

func TestW10_AMailThatComesBackIsForStaffAndGoesByLetter(t *testing.T) {
	for _, c := range []struct {
		name, action, status string
		failed, bad, letter  bool
	}{
		{"no such mailbox", "failed", "5.1.1", true, true, true},
		{"Exim's unknown user", "failed", "5.0.0", true, true, true},
		{"full", "failed", "5.2.2", true, false, true},
		{"refused as spam", "failed", "5.7.1", true, false, true},
		{"given up", "failed", "4.4.1", true, false, true},
		{"late", "delayed", "4.4.1", false, false, false},
		{"arrived", "delivered", "2.0.0", false, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				b, _, _ := answering(t, db)
				m := inbound.Mail{Auto: true, To: []string{"x@y.example", strings.ToUpper(b.sender.sent[0].ReturnPath.Addr)},
					Report: &inbound.Report{Action: c.action, Status: c.status, Answer: "550 <ada@post.example>: no"}}
				b.receive(t, m)
				b.receive(t, m)
				rows := strings.Join(b.rows(t), "\n")
				if strings.Contains(rows, "email ada ada@post.example failed") != c.failed || strings.Count(rows, "letter ada") == 1 != c.letter {
					t.Errorf("rows:\n%s", rows)
				}
				if got := b.preferences(t, ada()).Bounces; got != c.bad {
					t.Errorf("the address bounces: %v", got)
				}
				list, err := b.svc.DeliveriesTo(t.Context(), clerk, "ada", 10)
				if err != nil {
					t.Fatal(err)
				}
				for _, d := range list {
					if strings.Contains(d.Reason, "ada@") {
						t.Errorf("the reason holds the address: %s", d.Reason)
					}
				}
			})
		})
	}
}

func TestW10_AnAddressThatBouncesIsNotWrittenToUntilItIsFreed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b, _, _ := answering(t, db)
		b.receive(t, inbound.Mail{To: []string{b.sender.sent[0].ReturnPath.Addr}, Report: &inbound.Report{Action: "failed", Status: "5.1.1"}})
		if got := ways(b.announce(t, policy(), to(notifications.Messages, "message:2", confirmed("ada")))); got[0] != "ada: portal letter" {
			t.Errorf("%q", got)
		}
		if err := db.Write(t.Context(), machine.Scope(), func(_ context.Context, tx *store.Tx) error {
			return notifications.FreeAddress(tx, "ada@post.example")
		}); err != nil {
			t.Fatal(err)
		}
		if got := ways(b.announce(t, policy(), to(notifications.Messages, "message:3", confirmed("ada")))); got[0] != "ada: portal email" {
			t.Errorf("%q", got)
		}
	})
}

func TestH11_OnlyTheConfirmedAddressFilesAReply(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b, filed, refuse := answering(t, db)
		at := b.sender.sent[0].ReplyTo.Addr
		reply := inbound.Mail{From: "Ada@Post.example", To: []string{at}, Subject: "Re", Text: "Ich bin da.", MessageID: "m1@post.example"}
		b.receive(t, reply)
		if len(*filed) != 1 || (*filed)[0].Text != "Ich bin da." || (*filed)[0].Delivery.Thread != "conversation:1" || (*filed)[0].AccountID != "a-ada" {
			t.Fatalf("%+v", *filed)
		}
		stranger, auto, forged, empty := reply, reply, reply, reply
		stranger.From, stranger.MessageID = "mallory@evil.example", "m2@evil.example"
		auto.Auto = true
		forged.To = []string{strings.Replace(at, "+r", "+ra", 1), at[:len(at)-len("x@in.example")] + "a@in.example", b.sender.sent[0].ReturnPath.Addr, "portal@in.example"}
		empty.Text = ""
		for _, m := range []inbound.Mail{stranger, stranger, auto, forged, empty} {
			b.receive(t, m)
		}
		b.drain(t)
		if len(*filed) != 1 {
			t.Errorf("%d filed", len(*filed))
		}
		if n := len(b.sender.sent); n != 2 || b.sender.sent[1].To.Addr != "mallory@evil.example" || !strings.Contains(b.sender.sent[1].Text, "https://portal.lindhof.example/") {
			t.Fatalf("%d mails", n)
		}
		if strings.Contains(b.sender.sent[1].Text, "ada") {
			t.Error("the answer to a stranger tells who was written to")
		}
		*refuse = fault.Denied("ended") // who has moved out cannot write any more
		reply.MessageID = "m3@post.example"
		b.receive(t, reply)
		*refuse = errors.New("disk full")
		if err := b.svc.Receive(t.Context(), machine, reply); err == nil {
			t.Error("a reply is lost")
		}
		b.drain(t)
		if n := len(b.sender.sent); n != 3 || b.sender.sent[2].To.Addr != "ada@post.example" {
			t.Errorf("%d mails after a refusal", n)
		}
		for i := range 6 {
			stranger.MessageID = strings.Repeat("x", i+1) + "@evil.example"
			b.receive(t, stranger)
		}
		b.drain(t)
		if n := len(b.sender.sent); n != 5 {
			t.Errorf("%d mails to somebody who floods", n)
		}
		if b.svc.Mine(storetest.Twin, []string{at}) || !b.svc.Mine(storetest.Org, []string{at}) {
			t.Error("the address belongs to the wrong organisation")
		}
	})
}

func TestMailInAddressLeavesRoomForTheToken(t *testing.T) {
	for in, ok := range map[string]bool{"": true, "portal@in.example": true, "a.very.long.name.x@in.example": true, "a.very.long.name.for.a.box@in.example": false, "portal+x@in.example": false, "portal": false, "Portal <p@in.example>": false} {
		if _, err := notifications.ParseMailIn(in); (err == nil) != ok {
			t.Errorf("%q: %v", in, err)
		}
	}
}
