package access

import (
	"foyer/internal/notifications"
	"foyer/internal/notifications/mail"
	"foyer/internal/orgs"
)

// Wording is the catalogue keys of a mail of one paragraph, a button and a
// remark. Each text knows {org} and what the caller adds.
type Wording struct {
	Subject, Title, Text, Button string
	Small                        string // the remark; "" for none
	Why                          string // why one got it, in the footer
}

// NewsMail makes the mail of another capability in the frame that all mails of
// an organisation share, in a language (one that the organisation does not offer
// becomes its own). path is where the button leads on the site. args are names
// and values of placeholders, in pairs; full paragraphs of text, when the mail
// may carry them, stand between the text and the button.
func (s *Service) NewsMail(o orgs.Org, lang string, site Site, w Wording, path string, full []string, args ...any) notifications.Mail {
	p := s.texts.Printer(s.language(o, lang))
	args = append([]any{"org", o.Name}, args...)
	f := s.frame(o, p, w.Why)
	f.layout.Title = p.T(w.Title, args...)
	f.layout.Blocks = []mail.Block{mail.Paragraph(p.T(w.Text, args...))}
	for _, text := range full {
		f.layout.Blocks = append(f.layout.Blocks, mail.Paragraph(text))
	}
	f.layout.Blocks = append(f.layout.Blocks, mail.Button(p.T(w.Button, args...), s.address(o, site, path)))
	if w.Small != "" {
		f.layout.Blocks = append(f.layout.Blocks, mail.Small(p.T(w.Small, args...)))
	}
	return notifications.Mail{From: f.from, ReplyTo: f.replyTo, Subject: p.T(w.Subject, args...), Layout: f.layout}
}
