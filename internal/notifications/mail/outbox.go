package mail

import (
	"context"
	"sync"
	"time"
)

// OutboxSize is how many messages an Outbox keeps.
const OutboxSize = 200

// Caught is a message in an Outbox.
type Caught struct {
	Message
	// At is when it was sent.
	At time.Time
}

// Outbox keeps the newest messages in memory instead of sending them. The demo
// shows them.
type Outbox struct {
	now func() time.Time

	mu   sync.Mutex
	ring []Caught
	next int
}

// NewOutbox makes an empty Outbox; now gives the time of each message.
func NewOutbox(now func() time.Time) *Outbox { return &Outbox{now: now} }

// Send keeps m, or refuses it just as SMTP would.
func (o *Outbox) Send(ctx context.Context, m Message) error {
	if err := ctx.Err(); err != nil {
		return classify(ctx, StageConnect, m.To.Addr, err)
	}
	m, err := m.checked()
	if err != nil {
		return composeError(err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	c := Caught{Message: m, At: o.now()}
	if len(o.ring) < OutboxSize {
		o.ring = append(o.ring, c)
		return nil
	}
	o.ring[o.next] = c
	o.next = (o.next + 1) % OutboxSize
	return nil
}

// Messages returns what was sent, the newest first.
func (o *Outbox) Messages() []Caught {
	o.mu.Lock()
	defer o.mu.Unlock()
	out := make([]Caught, 0, len(o.ring))
	for i := range o.ring {
		out = append(out, o.ring[(o.next+len(o.ring)-1-i)%len(o.ring)])
	}
	return out
}

// Find returns the newest message with this Message-ID.
func (o *Outbox) Find(messageID string) (Caught, bool) {
	for _, c := range o.Messages() {
		if c.MessageID == messageID {
			return c, true
		}
	}
	return Caught{}, false
}
