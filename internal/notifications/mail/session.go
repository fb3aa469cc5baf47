package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"time"

	gomail "github.com/wneessen/go-mail"
	gosmtp "github.com/wneessen/go-mail/smtp"
)

// session is one open connection, used by one goroutine at a time.
type session struct {
	client  *gosmtp.Client
	raw     net.Conn
	timeout time.Duration
	// sent counts the messages tried on this connection.
	sent int
	// broken connections are closed without QUIT: their state is unknown.
	broken bool
	// expiry closes the connection while it is idle.
	expiry *time.Timer
}

const (
	// replyFactor lengthens the wait for the reply after the message: giving up
	// there costs an unknown outcome, and RFC 5321 4.5.3.2.6 allows ten minutes.
	replyFactor = 4
	// quitTimeout is how long good manners may take.
	quitTimeout = 2 * time.Second
	// codeClosing is the reply of a server that closes the connection.
	codeClosing = 421
)

// dial connects, encrypts and signs in.
func (s *SMTP) dial(ctx context.Context) (*session, error) {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	var raw net.Conn
	stop := func() bool { return true }
	client, err := s.cfg.client(func(dialCtx context.Context, network, _ string) (net.Conn, error) {
		var d net.Dialer
		conn, err := d.DialContext(dialCtx, network, s.cfg.addr())
		if err != nil {
			return nil, err
		}
		raw = conn
		// The library heeds ctx while dialling only, not during greeting and login.
		stop = context.AfterFunc(ctx, func() { _ = conn.Close() })
		if !s.cfg.ImplicitTLS {
			return conn, nil
		}
		secure := tls.Client(conn, s.cfg.tls())
		return secure, secure.HandshakeContext(dialCtx)
	})
	if err != nil {
		return nil, err
	}
	conn, err := client.DialToSMTPClientWithContext(ctx)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		if raw != nil {
			_ = raw.Close()
		}
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			err = fmt.Errorf("no connection within %v: %w", s.cfg.Timeout, ctx.Err())
		}
		return nil, err
	}
	return &session{client: conn, raw: raw, timeout: s.cfg.Timeout}, nil
}

// client sets up the library; one client makes one connection.
func (c Config) client(dial gomail.DialContextFunc) (*gomail.Client, error) {
	opts := []gomail.Option{
		gomail.WithPort(c.Port),
		gomail.WithTimeout(c.Timeout),
		gomail.WithHELO(c.Helo),
		gomail.WithTLSConfig(c.tls()),
		gomail.WithDialContextFunc(dial),
		gomail.WithoutSMTPUTF8(), // all addresses are ASCII
	}
	switch {
	case c.ImplicitTLS:
		opts = append(opts, gomail.WithSSL())
	case c.TLS == TLSNone:
		opts = append(opts, gomail.WithTLSPolicy(gomail.NoTLS))
	case c.TLS == TLSOpportunistic:
		opts = append(opts, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	default:
		opts = append(opts, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if c.login != nil {
		opts = append(opts, gomail.WithUsername(c.login.user), gomail.WithPassword(c.login.password),
			// PLAIN and LOGIN refuse an unencrypted way to anything but localhost.
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1,
				gomail.SMTPAuthPlain, gomail.SMTPAuthLogin, gomail.SMTPAuthCramMD5))
	}
	return gomail.NewClient(c.Host, opts...)
}

// tls verifies the server under its configured name, TLS 1.2 at least.
func (c Config) tls() *tls.Config {
	return &tls.Config{ServerName: c.Host, RootCAs: c.RootCAs, MinVersion: tls.VersionTLS12}
}

// secure tells whether the connection is encrypted.
func (c *session) secure() bool {
	_, ok := c.client.TLSConnectionState()
	return ok
}

// alive asks an idle connection whether it still answers.
func (c *session) alive(ctx context.Context) bool {
	stop := context.AfterFunc(ctx, func() { _ = c.raw.Close() })
	defer stop()
	return c.client.UpdateDeadline(c.timeout) == nil && c.client.Noop() == nil
}

// deliver hands over one message and says how it ended. It drives the commands
// one by one, for what a failure means depends on the command.
func (c *session) deliver(ctx context.Context, from, to string, raw []byte) *SendError {
	stop := context.AfterFunc(ctx, func() { _ = c.raw.Close() })
	c.sent++
	stage, err := c.transfer(from, to, raw)
	if !stop() {
		c.broken = true
	}
	if err == nil {
		return nil
	}
	fail := classify(ctx, stage, to, err)
	c.settle(stage, err)
	return fail
}

// transfer runs one mail transaction (RFC 5321 3.3) and returns the stage at which
// it stopped.
func (c *session) transfer(from, to string, raw []byte) (Stage, error) {
	if err := c.client.UpdateDeadline(c.timeout); err != nil {
		return StageSender, err
	}
	if err := c.client.Mail("<" + from + ">"); err != nil {
		return StageSender, err
	}
	if err := c.client.UpdateDeadline(c.timeout); err != nil {
		return StageRecipient, err
	}
	if err := c.client.Rcpt("<" + to + ">"); err != nil {
		return StageRecipient, err
	}
	if err := c.client.UpdateDeadline(c.timeout); err != nil {
		return StageContent, err
	}
	w, err := c.client.Data()
	if err != nil {
		return StageContent, err
	}
	if _, err := w.Write(raw); err != nil {
		return StageContent, err
	}
	if err := c.client.UpdateDeadline(replyFactor * c.timeout); err != nil {
		return StageContent, err
	}
	// Close writes the final dot and reads the reply; from here on the server
	// may have the message whatever happens.
	return StageAccept, w.Close()
}

// settle makes the connection fit for the next message after a refusal, or
// marks it broken: nothing may follow an answer that did not come.
func (c *session) settle(stage Stage, err error) {
	var reply *textproto.Error
	if !errors.As(err, &reply) || reply.Code == codeClosing || reply.Code < 400 {
		c.broken = true
		return
	}
	if stage != StageAccept && c.client.Reset() != nil {
		c.broken = true
	}
}

// quit says goodbye and closes.
func (c *session) quit() {
	if c.client.UpdateDeadline(quitTimeout) == nil {
		_ = c.client.Quit()
	}
	c.drop()
}

// drop closes without a word.
func (c *session) drop() { _ = c.raw.Close() }
