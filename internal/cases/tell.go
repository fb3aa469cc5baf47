package cases

import (
	"context"
	"strings"

	"foyer/internal/access"
	"foyer/internal/conversations"
	"foyer/internal/notifications"
	"foyer/internal/notifications/letter"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// newsKind is the kind of deliveries to residents.
const newsKind = "cases.news"

// threadPrefix begins the thread of a case's mails.
const threadPrefix = "case"

// newsAnswer is news of a message; other news is named by a status, or
// "appointment" and "cancelled".
const newsAnswer = "answer"

// announce tells those who may see a case of what is new (H11): key is the
// message or event, once each. Urgent cases are told at once.
func (s *Service) announce(tx *store.Tx, o orgs.Org, c Case, key, what string) error {
	now := s.Now()
	persons, err := portfolio.Recipients(tx, portfolio.RuleOf(o, now), c.Audience)
	if err != nil || len(persons) == 0 {
		return err
	}
	readers, err := s.Access.ReadersFor(tx, o, now, persons, c.Audience)
	if err != nil {
		return err
	}
	_, err = s.Notifications.Announce(tx, now, access.PolicyOf(o), notifications.Announcement{Topic: notifications.Cases, Kind: newsKind, Key: "case:" + key,
		Args: map[string]string{"case": c.ID, "what": what, "key": key}, Readers: readers, Urgent: c.Urgency == Now, Letter: what != string(InProgress) && what != string(Open),
		Thread: threadPrefix + ":" + c.ID, PropertyID: c.PropertyID})
	return err
}

// announceAll tells of a status, also those who reported the same. That work
// has begun is seen in the portal; only the end is worth a mail.
func (s *Service) announceAll(tx *store.Tx, o orgs.Org, c Case, what string) error {
	if what != string(Done) {
		return nil
	}
	reports, err := s.reportsOf(tx, c.ID)
	if err != nil {
		return err
	}
	for _, x := range append([]Case{c}, reports...) {
		if err := s.announce(tx, o, x, store.NewID(), what); err != nil {
			return err
		}
	}
	return nil
}

// wordingOf returns the texts of a mail about a kind of news.
func wordingOf(what string) access.Wording {
	switch what {
	case string(Done), "appointment", "cancelled":
	default:
		what = newsAnswer
	}
	key := "cases.mail." + what + "."
	return access.Wording{Subject: key + "subject", Title: key + "title", Text: key + "text", Button: "cases.mail.button", Why: "cases.mail.why"}
}

// newsOf loads what a delivery is about.
func (s *Service) newsOf(tx *store.Tx, d notifications.Delivery) (c Case, text string, o orgs.Org, err error) {
	c, err = ByID(tx, d.Args["case"])
	if isNotFound(err) {
		return c, "", o, notifications.Drop("the case is gone")
	}
	if err != nil {
		return c, "", o, err
	}
	if o, err = orgs.Load(tx); err != nil {
		return c, "", o, err
	}
	ok, err := portfolio.CanSee(tx, portfolio.RuleOf(o, s.Now()), []string{d.PersonID}, c.Audience)
	if err == nil && !ok {
		err = notifications.Drop("no longer this person's")
	}
	if err != nil {
		return c, "", o, err
	}
	if d.Args["what"] == newsAnswer {
		p, ok, err := conversations.PostByID(tx, d.Args["key"])
		if err != nil {
			return c, "", o, err
		}
		if !ok || p.ID == "" {
			return c, "", o, notifications.Drop("the message is gone")
		}
		return c, p.Text, o, nil
	}
	text, err = s.whatText(tx, o, c, d)
	return c, text, o, err
}

// whatText says what became of a case or appointment, for readers of the text.
func (s *Service) whatText(tx *store.Tx, o orgs.Org, c Case, d notifications.Delivery) (string, error) {
	p := s.Texts.Printer(d.Lang)
	if d.Args["what"] == string(Done) {
		return p.T("cases.letter.done"), nil
	}
	list, err := events(tx, c.ID, false)
	if err != nil {
		return "", err
	}
	for _, e := range list {
		if e.ID == d.Args["key"] {
			return p.T("cases.letter."+d.Args["what"], "when", When(p, e.Detail)), nil
		}
	}
	return "", notifications.Drop("the appointment is gone")
}

// When writes an appointment's day and window, as an event keeps them.
func When(p *i18n.Printer, detail string) string {
	part := strings.Fields(detail)
	if len(part) != 3 {
		return ""
	}
	return p.T("cases.when", "day", p.LongDay(part[0]), "from", part[1], "till", part[2])
}

// renderNews makes the mail to a resident. Subject and place come with it only
// where the mail may carry texts.
func (s *Service) renderNews(ctx context.Context, by actor.Actor, d notifications.Delivery) (m notifications.Mail, err error) {
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		c, text, o, err := s.newsOf(tx, d)
		if err != nil {
			return err
		}
		var full []string
		if d.Full {
			full = append([]string{c.Subject}, paragraphs(text)...)
		}
		m = s.Access.NewsMail(o, d.Lang, access.ResidentSite, wordingOf(d.Args["what"]), c.ResidentURL(), full, "number", c.Ref)
		return nil
	})
	return m, err
}

// renderLetter makes the letter to a resident whom nothing else reaches.
func (s *Service) renderLetter(ctx context.Context, by actor.Actor, d notifications.Delivery) (l letter.Letter, err error) {
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		c, text, o, err := s.newsOf(tx, d)
		if err != nil {
			return err
		}
		persons, err := portfolio.PersonsByID(tx, []string{d.PersonID})
		if err != nil {
			return err
		}
		if len(persons) == 0 {
			return notifications.Drop("the person is gone")
		}
		p := s.Texts.Printer(d.Lang)
		l = s.Access.NewsLetter(o, d.Lang, s.Now())
		l.Subject = p.T("cases.letter.subject", "number", c.Ref, "subject", c.Subject)
		l.Salutation = persons[0].Greeting(p) + ","
		for _, part := range paragraphs(text) {
			l.Intro = append(l.Intro, letter.Plain(part))
		}
		if len(l.Intro) == 0 {
			l.Intro = []string{p.T("cases.letter.files")}
		}
		return nil
	})
	return l, err
}

// replyByMail files a mail of a resident into the case that it answers.
func (s *Service) replyByMail(ctx context.Context, by actor.Actor, m notifications.InMail) error {
	id, ok := strings.CutPrefix(m.Delivery.Thread, threadPrefix+":")
	if !ok {
		return nil
	}
	return s.replyAs(ctx, by, m, id)
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
