package mail

import "context"

// Sender takes one message. It is implemented by SMTP and by Outbox, both safe
// for use by several goroutines.
type Sender interface {
	// Send returns nil once the message is accepted, else a *SendError.
	Send(ctx context.Context, m Message) error
}

var (
	_ Sender = (*SMTP)(nil)
	_ Sender = (*Outbox)(nil)
)
