package conversations

import (
	"context"

	"foyer/internal/notifications"
	"foyer/internal/platform/actor"
)

// FileReply is what happens to a reply by mail.
func (s *Service) FileReply(ctx context.Context, by actor.Actor, m notifications.InMail) error {
	return s.fileReply(ctx, by, m)
}

// OnPiece calls fn after each piece of a broadcast.
func (s *Service) OnPiece(fn func()) { s.piece = fn }
