package conversations

import (
	"context"
	"time"

	"foyer/internal/access"
	"foyer/internal/notifications"
	"foyer/internal/notifications/letter"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// mailMessage is the news of a message of staff to its readers.
const mailMessage = "conversations.message"

var (
	messageWording = access.Wording{Subject: "conversations.mail.message.subject", Title: "conversations.mail.message.title", Text: "conversations.mail.message.text",
		Button: "conversations.mail.message.button", Why: "conversations.mail.message.why"}
	// Somebody without access reads the text in the mail, but cannot answer it
	// (E12, E18).
	outsideWording = access.Wording{Subject: "conversations.mail.message.subject", Title: "conversations.mail.message.title", Text: "conversations.mail.outside.text",
		Button: "conversations.mail.outside.button", Small: "conversations.mail.outside.small", Why: "conversations.mail.outside.why"}
)

// renderMessage makes the mail to a reader, who must still be one. It carries
// the text only where the plan allowed it.
func (s *Service) renderMessage(ctx context.Context, by actor.Actor, d notifications.Delivery) (m notifications.Mail, err error) {
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		c, post, o, err := s.forReader(tx, d)
		if err != nil {
			return err
		}
		var full []string
		if d.Full {
			full = paragraphs(post.Text)
		}
		args := []any{"name", post.AuthorName, "subject", c.Subject}
		if d.AccountID == "" {
			m = s.Access.NewsMail(o, d.Lang, access.ResidentSite, outsideWording, access.PathHelp, full, args...)
			return nil
		}
		m = s.Access.NewsMail(o, d.Lang, access.ResidentSite, messageWording, c.ResidentURL(), full, args...)
		return nil
	})
	return m, err
}

// forReader loads what a delivery to a resident is about; it drops what the
// reader may not see any more.
func (s *Service) forReader(tx *store.Tx, d notifications.Delivery) (c Conversation, p Post, o orgs.Org, err error) {
	c, p, o, err = s.about(tx, d)
	if err != nil {
		return c, p, o, err
	}
	ok, err := portfolio.CanSee(tx, portfolio.RuleOf(o, s.Now()), []string{d.PersonID}, c.Audience)
	if err == nil && !ok {
		err = notifications.Drop("the message is no longer for this person")
	}
	return c, p, o, err
}

// renderLetter makes the letter to somebody whom nothing else reaches.
func (s *Service) renderLetter(ctx context.Context, by actor.Actor, d notifications.Delivery) (l letter.Letter, err error) {
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		c, post, o, err := s.forReader(tx, d)
		if err != nil {
			return err
		}
		list, err := portfolio.PersonsByID(tx, []string{d.PersonID})
		if err != nil {
			return err
		}
		p := s.Texts.Printer(d.Lang)
		day := post.At.In(o.Location()).Format(time.DateOnly)
		l = letter.Letter{Lang: d.Lang, Subject: c.Subject, Intro: paragraphs(post.Text), Closing: []string{p.T("conversations.letter.closing"), post.AuthorName},
			Info: [][2]string{{p.T("conversations.letter.date"), p.Day(day)}}, Salutation: p.T("conversations.letter.everybody")}
		if len(list) > 0 && !c.House() {
			l.Salutation = list[0].Greeting(p) + ","
		}
		return nil
	})
	return l, err
}

// fileReply takes an answer that came by e-mail from the confirmed address of a
// reader.
func (s *Service) fileReply(ctx context.Context, by actor.Actor, m notifications.InMail) error {
	return s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		_, err := s.answerAs(tx, by, party{m.AccountID, m.Persons}, m.Delivery.Args["conversation"], Reply{Key: "mail:" + m.MessageID, Text: m.Text, Source: Mail})
		return err
	})
}
