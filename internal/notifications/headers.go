package notifications

import (
	"context"
	"fmt"

	"foyer/internal/notifications/mail"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
)

// envelope is what a mail gets besides its content.
type envelope struct {
	thread      string        // id of the conversation's root
	unsubscribe string        // URL
	returnPath  *mail.Address // where servers report
	replyTo     *mail.Address // where a reply is filed
}

// headers adds to a mail what mail programs sort and unsubscribe by, and where
// reports and replies go.
func (s *Service) headers(ctx context.Context, by actor.Actor, d Delivery, m *envelope) error {
	if s.around == nil {
		return nil
	}
	if s.back.On() {
		a, err := s.returnTo(by.Org(), bounceMark, d.ID)
		if err != nil {
			return err
		}
		m.returnPath = &a
	}
	if d.Topic == "" {
		return nil
	}
	if d.Thread != "" {
		// The root is a mail that nobody has sent: every mail of the conversation
		// refers to it, so that they stand together whichever of them is kept.
		m.thread = store.IDFrom(by.Org(), d.Thread, login(Reader{AccountID: d.AccountID, PersonID: d.PersonID}))
	}
	if d.AccountID == "" {
		return nil
	}
	if s.back.On() && s.handlerOf(d) != nil {
		a, err := s.returnTo(by.Org(), replyMark, d.ID)
		if err != nil {
			return err
		}
		m.replyTo = &a
	}
	origin, err := s.around.Origin(ctx, by)
	if err != nil {
		return fmt.Errorf("origin of links: %w", err)
	}
	m.unsubscribe = origin + UnsubscribePath + s.around.unsubscribeToken(by.Org(), d.AccountID, d.Topic)
	return nil
}
