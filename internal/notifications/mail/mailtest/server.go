package mailtest

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Server is an SMTP server on loopback that lives as long as its test.
type Server struct {
	t          testing.TB
	srv        *smtp.Server
	addr       string
	roots      *x509.CertPool
	implicit   bool
	starttls   bool
	user, pass string

	mu       sync.Mutex
	changed  chan struct{}
	messages []Message
	open     map[string]net.Conn
	numbers  map[string]int
	tries    int
	script   []Fault
	decide   func(Transaction) Fault
}

// Transaction is what Decide decides about.
type Transaction struct {
	// Number counts transactions from 1 over all connections.
	Number int
	// From is the envelope sender.
	From string
}

// Option changes how a Server starts.
type Option func(*Server)

// STARTTLS offers encryption with a certificate that only RootCAs verifies.
func STARTTLS() Option { return func(s *Server) { s.starttls = true } }

// ImplicitTLS encrypts from the first byte, as smtps:// expects.
func ImplicitTLS() Option { return func(s *Server) { s.implicit = true } }

// Login demands this user and password (AUTH PLAIN) before a mail.
func Login(user, password string) Option {
	return func(s *Server) { s.user, s.pass = user, password }
}

// Start runs a server until the test ends. It offers neither encryption nor
// signing in unless an option says so.
func Start(t testing.TB, opts ...Option) *Server {
	t.Helper()
	s := &Server{t: t, changed: make(chan struct{}), open: map[string]net.Conn{}, numbers: map[string]int{}}
	for _, o := range opts {
		o(s)
	}
	s.srv = smtp.NewServer(smtp.BackendFunc(s.newSession))
	s.srv.Domain = "mailtest.example"
	s.srv.AllowInsecureAuth = true
	s.srv.MaxMessageBytes = 10 << 20
	s.srv.ErrorLog = log.New(io.Discard, "", 0)
	cert, roots := certificate(t)
	s.roots = roots
	conf := &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	if s.starttls {
		s.srv.TLSConfig = conf
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("mailtest: %v", err)
	}
	s.addr = l.Addr().String()
	l = &counter{Listener: l, s: s}
	if s.implicit {
		l = tls.NewListener(l, conf)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.srv.Serve(l)
	}()
	t.Cleanup(func() {
		_ = s.srv.Close()
		<-done
	})
	return s
}

// counter numbers connections by the address they come from.
type counter struct {
	net.Listener
	s *Server
}

func (c *counter) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err == nil {
		from := conn.RemoteAddr().String()
		c.s.mu.Lock()
		c.s.numbers[from] = len(c.s.numbers) + 1
		c.s.open[from] = conn
		c.s.mu.Unlock()
	}
	return conn, err
}

// Addr is host:port.
func (s *Server) Addr() string { return s.addr }

// RootCAs verify the server's certificate.
func (s *Server) RootCAs() *x509.CertPool { return s.roots }

// URL is the FOYER_SMTP_URL of this server, with its login and the policy that
// fits its encryption. A mail sender also needs RootCAs when it is encrypted.
func (s *Server) URL() string {
	u := url.URL{Scheme: "smtp", Host: s.addr}
	q := url.Values{"from": {"portal@foyer.example"}, "tls": {"none"}, "timeout": {"5s"}}
	if s.starttls {
		q.Set("tls", "required")
	}
	if s.implicit {
		u.Scheme = "smtps"
		q.Del("tls")
	}
	if s.user != "" {
		u.User = url.UserPassword(s.user, s.pass)
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// Script sets the faults of the next transactions, one each.
func (s *Server) Script(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script, s.decide = faults, nil
}

// Decide asks f for the fault of every transaction from now on.
func (s *Server) Decide(f func(Transaction) Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script, s.decide = nil, f
}

// Messages returns what was taken so far, in order.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Message(nil), s.messages...)
}

// Connections is how many connections were made so far.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.numbers)
}

// Transactions is how many times a MAIL command came so far.
func (s *Server) Transactions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tries
}

// DropIdle closes all connections, as a server does with idle ones.
func (s *Server) DropIdle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for from, conn := range s.open {
		_ = conn.Close()
		delete(s.open, from)
	}
}

// WaitFor returns the messages once there are n, and fails the test after ten
// seconds.
func (s *Server) WaitFor(n int) []Message {
	s.t.Helper()
	timeout := time.NewTimer(10 * time.Second)
	defer timeout.Stop()
	for {
		s.mu.Lock()
		got, changed := append([]Message(nil), s.messages...), s.changed
		s.mu.Unlock()
		if len(got) >= n {
			return got
		}
		select {
		case <-changed:
		case <-timeout.C:
			s.t.Fatalf("mailtest: %d messages came, %d were awaited", len(got), n)
		}
	}
}

// session is one connection.
type session struct {
	s     *Server
	conn  *smtp.Conn
	nr    int
	user  string
	from  string
	to    []string
	fault Fault
}

func (s *Server) newSession(c *smtp.Conn) (smtp.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &session{s: s, conn: c, nr: s.numbers[c.Conn().RemoteAddr().String()]}, nil
}

// AuthMechanisms offers PLAIN when a login is demanded.
func (c *session) AuthMechanisms() []string {
	if c.s.user == "" {
		return nil
	}
	return []string{sasl.Plain}
}

// Auth checks user and password.
func (c *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != c.s.user || password != c.s.pass {
			return smtp.ErrAuthFailed
		}
		c.user = user
		return nil
	}), nil
}

// Mail begins a transaction and takes the next fault.
func (c *session) Mail(from string, _ *smtp.MailOptions) error {
	if c.s.user != "" && c.user == "" {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Authentication required"}
	}
	c.from, c.to = from, nil
	c.s.mu.Lock()
	c.s.tries++
	c.fault = Fault{}
	switch {
	case c.s.decide != nil:
		c.fault = c.s.decide(Transaction{Number: c.s.tries, From: from})
	case len(c.s.script) > 0:
		c.fault, c.s.script = c.s.script[0], c.s.script[1:]
	}
	c.s.mu.Unlock()
	return c.fail(AtSender)
}

// Rcpt adds a recipient.
func (c *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.to = append(c.to, to)
	return c.fail(AtRecipient)
}

// Data reads the message and keeps it unless the fault forbids.
func (c *session) Data(r io.Reader) error {
	if err := c.fail(AtContent); err != nil {
		return err
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if c.fault.point != AtAccept || c.fault.keep || c.fault.delay > 0 {
		if err := c.keep(raw); err != nil {
			return err
		}
	}
	return c.fail(AtAccept)
}

// errDropped ends a transaction whose connection is gone; nobody reads it.
var errDropped = errors.New("dropped")

// fail does what the fault demands at this point.
func (c *session) fail(at Point) error {
	if c.fault.point != at {
		return nil
	}
	if c.fault.delay > 0 {
		time.Sleep(c.fault.delay)
	}
	if c.fault.drop {
		_ = c.conn.Conn().Close()
		return errDropped
	}
	if c.fault.reply != nil {
		return c.fault.reply
	}
	return nil
}

// keep parses and stores a message. What cannot be parsed fails the test.
func (c *session) keep(raw []byte) error {
	m, err := Parse(raw)
	if err != nil {
		c.s.t.Errorf("mailtest: a message that no mail program could read: %v", err)
		return err
	}
	_, m.TLS = c.conn.TLSConnectionState()
	m.From, m.To = c.from, append([]string(nil), c.to...)
	m.User, m.Helo, m.Conn = c.user, c.conn.Hostname(), c.nr
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.messages = append(c.s.messages, m)
	close(c.s.changed)
	c.s.changed = make(chan struct{})
	return nil
}

// Reset forgets the transaction.
func (c *session) Reset() { c.from, c.to = "", nil }

// Logout ends the connection.
func (c *session) Logout() error { return nil }
