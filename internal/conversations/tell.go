package conversations

import (
	"context"
	"slices"
	"strings"
	"time"

	"foyer/internal/access"
	"foyer/internal/notifications"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
)

// mailStaff is the mail to staff about a message of a resident.
const mailStaff = "conversations.staff"

// Addresses of the pages.
const (
	Path          = "/nachrichten"
	CasePath      = "/vorgaenge"
	StaffPath     = staffPrefix + Path
	StaffCasePath = staffPrefix + CasePath
	staffPrefix   = "/verwaltung"
)

// ResidentURL is the path of a conversation on the residents' side.
func (c Conversation) ResidentURL() string {
	if c.Kind == Case {
		return CasePath + "/" + c.ID
	}
	return Path + "/" + c.ID
}

// StaffURL is the path of a conversation on the side of staff.
func (c Conversation) StaffURL() string {
	if c.Kind == Case {
		return StaffCasePath + "/" + c.ID
	}
	return StaffPath + "/" + c.ID
}

func (s *Service) register() {
	s.Notifications.Register(mailStaff, s.renderStaff)
	s.Notifications.Register(mailMessage, s.renderMessage)
	s.Notifications.RegisterLetter(mailMessage, s.renderLetter)
	s.Notifications.RegisterReply(threadPrefix, s.fileReply)
}

// colleague is a staff member as mails need it.
type colleague struct{ id, name, email, lang string }

func (c *colleague) dest() []any { return []any{&c.id, &c.name, &c.email, &c.lang} }

// concerned returns the staff whom a resident's message concerns (E11): the
// assignee, else who has written in the conversation, else who looks after the
// property, else the office, else who leads the organisation.
func concerned(tx *store.Tx, c Conversation) ([]colleague, error) {
	for _, ask := range []struct {
		q    store.Query
		args []any
	}{
		{activeStaff, []any{c.AssigneeID, c.PropertyID}}, {writers, []any{c.ID, c.PropertyID}},
		{lookAfter, []any{c.PropertyID}}, {office, nil}, {heads, nil},
	} {
		list, err := store.All(tx, ask.q, (*colleague).dest, ask.args...)
		if err != nil || len(list) > 0 {
			return list, err
		}
	}
	return nil, nil
}

// tellStaff writes the mails about a message of a resident.
func tellStaff(tx *store.Tx, now time.Time, c Conversation, p NewPost) error {
	list, err := concerned(tx, c)
	if err != nil {
		return err
	}
	o, err := orgs.Load(tx)
	if err != nil {
		return err
	}
	for _, m := range list {
		if !slices.Contains(o.Settings.Languages, m.lang) {
			m.lang = o.Language()
		}
		if err := notifications.Tell(tx, now, notifications.News{Kind: mailStaff, Key: "conversations.staff:" + p.ID + ":" + m.id, StaffID: m.id, Address: m.email, Lang: m.lang,
			Args: map[string]string{"conversation": c.ID, "message": p.ID}}); err != nil {
			return err
		}
	}
	return nil
}

var staffWording = access.Wording{Subject: "conversations.mail.staff.subject", Title: "conversations.mail.staff.title", Text: "conversations.mail.staff.text",
	Button: "conversations.mail.staff.button", Why: "conversations.mail.staff.why"}

// renderStaff makes the mail to staff: who wrote, about what, and the link. The
// text comes with it only where mails of the organisation carry texts.
func (s *Service) renderStaff(ctx context.Context, by actor.Actor, d notifications.Delivery) (m notifications.Mail, err error) {
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		c, post, o, err := s.about(tx, d)
		if err != nil {
			return err
		}
		staff, err := orgs.StaffByID(tx, d.StaffID)
		if isNotFound(err) || err == nil && (!staff.Active() || staff.Email != d.Address || staff.Limited && !slices.Contains(staff.Properties, c.PropertyID)) {
			return notifications.Drop("no longer for this address")
		}
		if err != nil {
			return err
		}
		var full []string
		if o.Settings.MailContent == orgs.MailFullText {
			full = paragraphs(post.Text)
		}
		m = s.Access.NewsMail(o, d.Lang, access.StaffSite, staffWording, c.StaffURL(), full, "name", post.AuthorName, "subject", c.Subject, "place", c.Place)
		return nil
	})
	return m, err
}

// paragraphs are the parts of a text that blank lines divide.
func paragraphs(text string) (out []string) {
	for part := range strings.SplitSeq(text, "\n\n") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// about loads what a delivery is about; gone conversations drop it.
func (s *Service) about(tx *store.Tx, d notifications.Delivery) (c Conversation, p Post, o orgs.Org, err error) {
	c, err = ByID(tx, d.Args["conversation"])
	if err == nil {
		var r postRow
		r, err = store.Get(tx, postByID, (*postRow).dest, d.Args["message"])
		p = r.post()
	}
	if isNotFound(err) || isNoRow(err) {
		return c, p, o, notifications.Drop("the message is gone")
	}
	if err == nil {
		o, err = orgs.Load(tx)
	}
	return c, p, o, err
}
