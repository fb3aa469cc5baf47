package cases

import (
	"context"

	"foyer/internal/conversations"
	"foyer/internal/notifications"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// replyAs writes a reply that came by e-mail. The job that reads mails acts; who
// speaks is the person whom the mail was sent to, judged as if signed in.
func (s *Service) replyAs(ctx context.Context, by actor.Actor, m notifications.InMail, id string) (err error) {
	defer fault.Wrap(&err, "file a mail into case %s", id)
	return s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		r := portfolio.RuleOf(o, s.Now())
		c, err := Visible(tx, r, m.Persons, id)
		if err != nil {
			return err
		}
		if err := checkReply(Reply{Text: m.Text}); err != nil {
			return err
		}
		open, err := portfolio.OpenTenancies(tx, r, m.Persons)
		if err != nil {
			return err
		}
		author := ""
		for _, t := range open {
			if t.Lease.ID == c.LeaseID && author == "" {
				author = t.PersonID
			}
		}
		if author == "" {
			return fault.Denied("no lease of this case")
		}
		if err := s.Conversations.Calm(tx, author); err != nil {
			return err
		}
		who, err := conversations.PersonName(tx, author)
		if err != nil {
			return err
		}
		p := conversations.NewPost{ID: store.IDFrom("mail", id, m.AccountID, m.MessageID), ConversationID: id, Side: conversations.ByResident, AuthorID: author, AuthorName: who, Text: m.Text,
			Source: conversations.Mail}
		_, fresh, err := conversations.Append(tx, s.Now(), by, p)
		if err != nil || !fresh {
			return err
		}
		if c.Status == Waiting && c.LeadID == "" {
			return s.move(tx, by, c, InProgress, conversations.ByResident, who, "")
		}
		return s.touched(tx, c)
	})
}
