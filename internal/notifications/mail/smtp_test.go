package mail

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"foyer/internal/notifications/mail/mailtest"
)

// senderFor makes a sender that trusts the server's certificate.
func senderFor(t *testing.T, srv *mailtest.Server, change ...func(*Config)) *SMTP {
	t.Helper()
	cfg, err := ParseURL(srv.URL())
	if err != nil {
		t.Fatal(err)
	}
	cfg.RootCAs = srv.RootCAs()
	for _, c := range change {
		c(&cfg)
	}
	s := NewSMTP(cfg, aNow)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func numbered(t *testing.T, i int) Message {
	t.Helper()
	m := aMessage(t)
	m.MessageID = fmt.Sprintf("m%d@foyer.example", i)
	return m
}

func sendError(t *testing.T, err error) *SendError {
	t.Helper()
	var fail *SendError
	if !errors.As(err, &fail) {
		t.Fatalf("err = %v (%T), want a *SendError", err, err)
	}
	return fail
}

func TestSMTPDelivers(t *testing.T) {
	srv := mailtest.Start(t, mailtest.STARTTLS(), mailtest.Login("karla", "hunter 2 ä"))
	m := aMessage(t)
	if err := senderFor(t, srv, func(c *Config) { c.Helo = "app.foyer.example" }).Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	got := srv.WaitFor(1)[0]
	if got.From != "portal@foyer.example" || len(got.To) != 1 || got.To[0] != "marlene.brandt@post.example" {
		t.Errorf("envelope %q %q", got.From, got.To)
	}
	if !got.TLS || got.User != "karla" || got.Helo != "app.foyer.example" {
		t.Errorf("TLS %v, user %q, helo %q", got.TLS, got.User, got.Helo)
	}
	if got.Subject != m.Subject || got.Text != m.Text || got.HTML != m.HTML || got.MessageID() != m.MessageID {
		t.Error("the message changed on its way")
	}
}

// TestSMTPOutcomes: what each fault means, and that the next message gets through.
func TestSMTPOutcomes(t *testing.T) {
	const full = "<marlene.brandt@post.example>: mailbox full"
	tests := map[string]struct {
		fault mailtest.Fault
		want  SendError
	}{
		"4xx sender":       {mailtest.Reply(mailtest.AtSender, 451, "4.3.0", "try later"), SendError{Stage: StageSender, Code: 451, Enhanced: "4.3.0", Reason: "try later"}},
		"5xx sender":       {mailtest.Reply(mailtest.AtSender, 550, "5.7.1", "not for you"), SendError{Stage: StageSender, Code: 550, Enhanced: "5.7.1", Permanent: true, Reason: "not for you"}},
		"login wanted":     {mailtest.Reply(mailtest.AtSender, 530, "5.7.0", "sign in"), SendError{Stage: StageSender, Code: 530, Enhanced: "5.7.0", Reason: "sign in"}},
		"4xx recipient":    {mailtest.Reply(mailtest.AtRecipient, 452, "4.2.2", full), SendError{Stage: StageRecipient, Code: 452, Enhanced: "4.2.2", Reason: "<address>: mailbox full"}},
		"5xx recipient":    {mailtest.Reply(mailtest.AtRecipient, 550, "5.1.1", full), SendError{Stage: StageRecipient, Code: 550, Enhanced: "5.1.1", Permanent: true, Reason: "<address>: mailbox full"}},
		"no enhanced code": {mailtest.Reply(mailtest.AtRecipient, 553, "", "no"), SendError{Stage: StageRecipient, Code: 553, Permanent: true, Reason: "no"}},
		"closing":          {mailtest.Reply(mailtest.AtRecipient, 421, "4.3.2", "bye"), SendError{Stage: StageRecipient, Code: 421, Enhanced: "4.3.2", Reason: "bye"}},
		"4xx message":      {mailtest.Reply(mailtest.AtAccept, 451, "4.7.1", "greylisted"), SendError{Stage: StageAccept, Code: 451, Enhanced: "4.7.1", Reason: "greylisted"}},
		"5xx message":      {mailtest.Reply(mailtest.AtAccept, 554, "5.6.0", "spam"), SendError{Stage: StageAccept, Code: 554, Enhanced: "5.6.0", Permanent: true, Reason: "spam"}},
		"drop sender":      {mailtest.Drop(mailtest.AtSender), SendError{Stage: StageSender}},
		"drop recipient":   {mailtest.Drop(mailtest.AtRecipient), SendError{Stage: StageRecipient}},
		"drop at the end":  {mailtest.Drop(mailtest.AtAccept), SendError{Stage: StageAccept, Unknown: true}},
		"take and drop":    {mailtest.TakeAndDrop(), SendError{Stage: StageAccept, Unknown: true}},
		"slow recipient":   {mailtest.Slow(mailtest.AtRecipient, 500*time.Millisecond), SendError{Stage: StageRecipient}},
		"slow at the end":  {mailtest.Slow(mailtest.AtAccept, 1500*time.Millisecond), SendError{Stage: StageAccept, Unknown: true}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			srv := mailtest.Start(t)
			s := senderFor(t, srv)
			if strings.HasPrefix(name, "slow") {
				s.cfg.Timeout = 250 * time.Millisecond
			}
			srv.Script(tt.fault)
			err := s.Send(t.Context(), numbered(t, 1))
			got := *sendError(t, err)
			if got.Code == 0 && got.Reason == "" {
				t.Error("a broken connection without a reason")
			}
			got.cause = nil
			if got.Code == 0 {
				got.Reason = ""
			}
			if got != tt.want {
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
			if got.Temporary() == (tt.want.Permanent || tt.want.Unknown) {
				t.Error("Temporary contradicts the other two")
			}
			if strings.Contains(err.Error(), "marlene") {
				t.Errorf("the error names the recipient: %v", err)
			}
			s.cfg.Timeout = 5 * time.Second
			if err := s.Send(t.Context(), numbered(t, 2)); err != nil {
				t.Fatalf("the next message: %v", err)
			}
			if all := srv.Messages(); all[len(all)-1].MessageID() != "m2@foyer.example" {
				t.Errorf("the last message is %s", all[len(all)-1].MessageID())
			}
		})
	}
}

// TestT27_NothingInClearWhenTLSIsRequired: no offer, a false certificate and a
// broken login stop before the message, and none of them condemns it.
func TestT27_NothingInClearWhenTLSIsRequired(t *testing.T) {
	plain := func() *mailtest.Server { return mailtest.Start(t) }
	startTLS := func() *mailtest.Server { return mailtest.Start(t, mailtest.STARTTLS()) }
	tests := map[string]struct {
		srv    *mailtest.Server
		change func(*Config)
		sent   bool
		inTLS  bool
	}{
		"required, not offered":      {plain(), func(c *Config) { c.TLS = TLSRequired }, false, false},
		"required, offered":          {startTLS(), func(*Config) {}, true, true},
		"required, unknown issuer":   {startTLS(), func(c *Config) { c.RootCAs = nil }, false, false},
		"required, other name":       {startTLS(), func(c *Config) { c.Host = "127.0.0.2" }, false, false},
		"opportunistic, not offered": {plain(), func(c *Config) { c.TLS = TLSOpportunistic }, true, false},
		"opportunistic, offered":     {startTLS(), func(c *Config) { c.TLS = TLSOpportunistic }, true, true},
		"opportunistic, unknown":     {startTLS(), func(c *Config) { c.TLS, c.RootCAs = TLSOpportunistic, nil }, false, false},
		"none, offered":              {startTLS(), func(c *Config) { c.TLS = TLSNone }, true, false},
		"implicit":                   {mailtest.Start(t, mailtest.ImplicitTLS()), func(*Config) {}, true, true},
		"implicit, unknown issuer":   {mailtest.Start(t, mailtest.ImplicitTLS()), func(c *Config) { c.RootCAs = nil }, false, false},
		"implicit against plain":     {plain(), func(c *Config) { c.ImplicitTLS, c.TLS, c.Timeout = true, TLSRequired, 300*time.Millisecond }, false, false},
		"implicit with login": {mailtest.Start(t, mailtest.ImplicitTLS(), mailtest.Login("karla", "hunter2")),
			func(*Config) {}, true, true},
		"wrong password": {mailtest.Start(t, mailtest.STARTTLS(), mailtest.Login("karla", "hunter2")),
			func(c *Config) { c.login = &login{"karla", "hunter3"} }, false, false},
		"login not offered": {startTLS(), func(c *Config) { c.login = &login{"karla", "hunter2"} }, false, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := senderFor(t, tt.srv, tt.change)
			err := s.Send(t.Context(), aMessage(t))
			if !tt.sent {
				fail := sendError(t, err)
				if fail.Stage != StageConnect || !fail.Temporary() {
					t.Errorf("%+v: want a temporary failure while connecting", fail)
				}
				if strings.Contains(err.Error(), "hunter") || strings.Contains(err.Error(), "karla") {
					t.Errorf("the error holds the login: %v", err)
				}
				if tt.srv.Transactions() != 0 {
					t.Error("a mail transaction was begun")
				}
				if checkErr := s.Check(t.Context()); checkErr == nil {
					t.Error("Check finds nothing wrong")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := tt.srv.WaitFor(1)[0]; got.TLS != tt.inTLS {
				t.Errorf("encrypted: %v, want %v", got.TLS, tt.inTLS)
			}
			if err := s.Check(t.Context()); err != nil {
				t.Errorf("Check: %v", err)
			}
		})
	}
}

// TestT11_PasswordStaysHomeWithoutTLS: somebody on the way to a remote server takes
// the STARTTLS offer away; the password is not sent.
func TestT11_PasswordStaysHomeWithoutTLS(t *testing.T) {
	srv := mailtest.Start(t, mailtest.Login("karla", "hunter2"))
	cfg, err := ParseURL("smtp://karla:hunter2@mx.example?tls=opportunistic&from=portal@foyer.example")
	if err != nil {
		t.Fatal(err)
	}
	var wire recorder
	client, err := cfg.client(func(ctx context.Context, network, _ string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, srv.Addr())
		wire.Conn = conn
		return &wire, err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.DialToSMTPClientWithContext(t.Context()); err == nil {
		t.Fatal("signed in without encryption")
	}
	if sent := wire.sent.String(); !strings.HasPrefix(sent, "EHLO ") || strings.Contains(sent, "AUTH") {
		t.Errorf("sent: %q", sent)
	}
}

// recorder keeps what is written to a connection.
type recorder struct {
	net.Conn
	sent strings.Builder
}

func (r *recorder) Write(p []byte) (int, error) {
	r.sent.Write(p)
	return r.Conn.Write(p)
}

func TestSMTPWithoutServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	cfg, err := ParseURL("smtp://" + addr + "?from=portal@foyer.example")
	if err != nil {
		t.Fatal(err)
	}
	fail := sendError(t, NewSMTP(cfg, aNow).Send(t.Context(), aMessage(t)))
	if fail.Stage != StageConnect || !fail.Temporary() || !strings.Contains(fail.Reason, "refused") {
		t.Errorf("%+v", fail)
	}
}

// TestSMTPSilentServer: a server that accepts and says nothing holds nobody up.
func TestSMTPSilentServer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	cfg, err := ParseURL("smtp://" + l.Addr().String() + "?from=portal@foyer.example")
	if err != nil {
		t.Fatal(err)
	}
	cfg.Timeout = 100 * time.Millisecond
	fail := sendError(t, NewSMTP(cfg, aNow).Send(t.Context(), aMessage(t)))
	if fail.Stage != StageConnect || !fail.Temporary() {
		t.Errorf("%+v", fail)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	cfg.Timeout = time.Minute
	err = NewSMTP(cfg, aNow).Send(ctx, aMessage(t))
	if fail := sendError(t, err); !fail.Temporary() || !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %+v", fail)
	}
}

// TestT37_CancelAfterTheMessageIsUnknown: stopping the process while the reply is
// awaited leaves the outcome open.
func TestT37_CancelAfterTheMessageIsUnknown(t *testing.T) {
	srv := mailtest.Start(t)
	srv.Script(mailtest.Slow(mailtest.AtAccept, time.Second))
	s := senderFor(t, srv)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		srv.WaitFor(1)
		cancel()
	}()
	err := s.Send(ctx, aMessage(t))
	if fail := sendError(t, err); !fail.Unknown || !errors.Is(err, context.Canceled) {
		t.Errorf("%+v", fail)
	}
}

func TestSMTPReusesConnections(t *testing.T) {
	srv := mailtest.Start(t)
	s := senderFor(t, srv)
	for i := range maxPerSession + 1 {
		if i == 5 {
			// A refusal does not cost the connection.
			srv.Script(mailtest.Reply(mailtest.AtRecipient, 550, "5.1.1", "no"))
			sendError(t, s.Send(t.Context(), numbered(t, i)))
			continue
		}
		if err := s.Send(t.Context(), numbered(t, i)); err != nil {
			t.Fatal(err)
		}
	}
	if got := srv.Connections(); got != 2 {
		t.Errorf("%d connections for %d messages, want 2", got, maxPerSession+1)
	}
	srv.DropIdle()
	if err := s.Send(t.Context(), numbered(t, 999)); err != nil {
		t.Errorf("after the server closed the idle connection: %v", err)
	}
	if got := srv.Connections(); got != 3 {
		t.Errorf("%d connections, want 3", got)
	}
	_ = s.Close()
	if err := s.Send(t.Context(), numbered(t, 1000)); err != nil {
		t.Errorf("after Close: %v", err)
	}
	if len(s.idle) != 0 {
		t.Error("a connection is kept after Close")
	}
}

func TestSMTPBoundsConnections(t *testing.T) {
	srv := mailtest.Start(t)
	srv.Decide(func(mailtest.Transaction) mailtest.Fault { return mailtest.Slow(mailtest.AtSender, 5*time.Millisecond) })
	s := senderFor(t, srv)
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			if err := s.Send(t.Context(), numbered(t, i)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	srv.WaitFor(40)
	if got := srv.Connections(); got > maxSessions || got < 2 {
		t.Errorf("%d connections, want 2 to %d", got, maxSessions)
	}
	if len(s.slots) != 0 {
		t.Errorf("%d slots are still taken", len(s.slots))
	}
}

// TestT37_NothingLost sends through a peer with 10 % refusals and 5 % connections
// lost after the message, again until accepted or unknown outcomes are resent:
// none is lost, and duplicates, at most one per lost connection, share a Message-ID.
func TestT37_NothingLost(t *testing.T) {
	const messages = 200
	srv := mailtest.Start(t)
	lost := 0
	srv.Decide(func(tx mailtest.Transaction) mailtest.Fault {
		switch {
		case tx.Number%10 == 3:
			return mailtest.Reply(mailtest.AtAccept, 451, "4.3.0", "later")
		case tx.Number%20 == 7:
			lost++
			return mailtest.TakeAndDrop()
		}
		return mailtest.None()
	})
	s := senderFor(t, srv)
	unknown := 0
	for i := range messages {
		for {
			err := s.Send(t.Context(), numbered(t, i))
			if err == nil {
				break
			}
			fail := sendError(t, err)
			if fail.Permanent {
				t.Fatal(err)
			}
			if fail.Unknown {
				unknown++
			}
		}
	}
	got := srv.Messages()
	seen := map[string]int{}
	for _, m := range got {
		seen[m.MessageID()]++
	}
	if len(seen) != messages {
		t.Errorf("%d different messages came, want %d", len(seen), messages)
	}
	if lost == 0 || unknown != lost || len(got) != messages+lost {
		t.Errorf("%d connections lost, %d unknown outcomes, %d messages taken", lost, unknown, len(got))
	}
}
