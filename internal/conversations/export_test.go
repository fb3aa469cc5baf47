package conversations

import (
	"context"

	"foyer/internal/notifications"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
)

// FileReply is what happens to a reply by mail.
func (s *Service) FileReply(ctx context.Context, by actor.Actor, m notifications.InMail) error {
	return s.fileReply(ctx, by, m)
}

// OnPiece calls fn after each piece of a broadcast.
func (s *Service) OnPiece(fn func()) { s.piece = fn }

// TellAll announces whatever waits to be announced, without sending it.
func (s *Service) TellAll(ctx context.Context, by actor.Actor) error {
	var list []tellArgs
	err := s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) (err error) {
		list, err = store.All(tx, untold, func(a *tellArgs) []any { return []any{&a.Conversation, &a.Message} })
		return err
	})
	for _, a := range list {
		for more := true; more && err == nil; {
			err = s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) (err error) {
				more, err = s.tellSome(tx, by, a)
				return err
			})
		}
	}
	return err
}

var untold = store.Scoped(`SELECT m.conversation_id, m.id FROM broadcast b JOIN message m ON m.org_id = b.org_id AND m.id = b.message_id WHERE b.org_id = $1 AND b.done_at = 0`)
