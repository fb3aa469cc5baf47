package mail

import (
	"context"
	"sync"
	"time"
)

// Bounds of the connections kept to one server. Servers close long or idle
// connections; we are politely ahead of them.
const (
	maxSessions   = 4
	maxPerSession = 100
	maxIdle       = 20 * time.Second
)

// SMTP sends over an SMTP server. A run of messages shares up to four
// connections, each for at most 100 messages; an idle one is closed after 20
// seconds. Close it at shutdown.
type SMTP struct {
	cfg   Config
	now   func() time.Time
	slots chan struct{}

	mu     sync.Mutex
	idle   []*session
	closed bool
}

// NewSMTP makes a sender for cfg without connecting yet. now dates the messages.
func NewSMTP(cfg Config, now func() time.Time) *SMTP {
	return &SMTP{cfg: cfg, now: now, slots: make(chan struct{}, maxSessions)}
}

// Send hands m to the server and waits for its reply. It returns nil when the
// server took the message, else a *SendError. Cancelling ctx breaks the
// connection; after the last byte of the message that means an unknown outcome.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	m, err := m.checked()
	if err != nil {
		return composeError(err)
	}
	raw, err := m.compose(s.now())
	if err != nil {
		return composeError(err)
	}
	sess, fail := s.open(ctx, m.To.Addr)
	if fail != nil {
		return fail
	}
	from := m.From.Addr
	if m.ReturnPath != nil {
		from = m.ReturnPath.Addr
	}
	if m.Private && !sess.secure() && !s.cfg.loopback() {
		s.release(sess)
		return &SendError{Stage: StageConnect, Permanent: true, Reason: "the way to the mail server is not encrypted"}
	}
	fail = sess.deliver(ctx, from, m.To.Addr, raw)
	s.release(sess)
	if fail != nil {
		return fail
	}
	return nil
}

// Check connects, encrypts and signs in as the configuration says, and sends
// nothing. Its error is a *SendError of StageConnect.
func (s *SMTP) Check(ctx context.Context) error {
	sess, fail := s.open(ctx, "")
	if fail != nil {
		return fail
	}
	s.release(sess)
	return nil
}

// Close ends the idle connections; those in use end after their message.
func (s *SMTP) Close() error {
	s.mu.Lock()
	idle := s.idle
	s.idle, s.closed = nil, true
	s.mu.Unlock()
	for _, sess := range idle {
		sess.expiry.Stop()
		sess.quit()
	}
	return nil
}

// open waits for a free slot and gives a connection that answers: an idle one
// that still does, or a new one.
func (s *SMTP) open(ctx context.Context, to string) (*session, *SendError) {
	select {
	case s.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, classify(ctx, StageConnect, to, ctx.Err())
	}
	for sess := s.takeIdle(); sess != nil; sess = s.takeIdle() {
		if sess.alive(ctx) {
			return sess, nil
		}
		sess.drop()
	}
	sess, err := s.dial(ctx)
	if err != nil {
		<-s.slots
		return nil, classify(ctx, StageConnect, to, err)
	}
	return sess, nil
}

// takeIdle removes the most recently used idle connection, nil when there is none.
func (s *SMTP) takeIdle() *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.idle)
	if n == 0 {
		return nil
	}
	sess := s.idle[n-1]
	s.idle = s.idle[:n-1]
	sess.expiry.Stop()
	return sess
}

// release frees the slot and keeps the connection for the next message if it
// may be used again.
func (s *SMTP) release(sess *session) {
	defer func() { <-s.slots }()
	if sess.broken {
		sess.drop()
		return
	}
	s.mu.Lock()
	keep := !s.closed && sess.sent < maxPerSession
	if keep {
		sess.expiry = time.AfterFunc(maxIdle, func() { s.expire(sess) })
		s.idle = append(s.idle, sess)
	}
	s.mu.Unlock()
	if !keep {
		sess.quit()
	}
}

// expire closes a connection that is still idle.
func (s *SMTP) expire(sess *session) {
	s.mu.Lock()
	found := false
	for i, other := range s.idle {
		if other == sess {
			s.idle = append(s.idle[:i], s.idle[i+1:]...)
			found = true
			break
		}
	}
	s.mu.Unlock()
	if found {
		sess.quit()
	}
}
