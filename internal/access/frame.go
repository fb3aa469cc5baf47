package access

import (
	"strings"

	"foyer/internal/notifications"
	"foyer/internal/notifications/mail"
	"foyer/internal/orgs"
	"foyer/internal/platform/i18n"
)

// frame is what all our mails of an organisation have in common.
type frame struct {
	from    mail.Address
	replyTo *mail.Address
	layout  mail.Layout // language, colours, name, footer; Title and Blocks are the mail's own
}

// frame prepares a mail in the printer's language. why is the catalogue key of
// the sentence that says why one got it; the footer also names who to call.
func (s *Service) frame(o orgs.Org, p *i18n.Printer, why string) frame {
	set := o.Settings
	palette, err := mail.BrandPalette(set.Brand)
	if err != nil { // orgs keeps only colours; a mail must not fail over one
		palette, _ = mail.BrandPalette(orgs.DefaultBrand)
	}
	f := frame{from: s.sender, layout: mail.Layout{Lang: p.Lang(), Palette: palette, OrgName: o.Name}}
	if set.SenderAddress != "" {
		f.from = mail.Address{Addr: set.SenderAddress}
	} else if set.Email != "" {
		f.replyTo = &mail.Address{Name: o.Name, Addr: set.Email}
	}
	if f.from.Name = set.SenderName; f.from.Name == "" {
		f.from.Name = o.Name
	}
	f.layout.Footer = append(f.layout.Footer, mail.Line{Text: p.T(why, "org", o.Legal())})
	if set.Phone != "" {
		key := "access.account.mail.call"
		if set.Hours != "" {
			key = "access.account.mail.call_hours"
		}
		f.layout.Footer = append(f.layout.Footer, mail.Line{Text: p.T(key, "phone", set.Phone, "hours", set.Hours)})
	}
	if strings.HasPrefix(set.ImprintURL, "https://") { // mails link to nothing else
		f.layout.Footer = append(f.layout.Footer, mail.Line{Text: p.T("access.account.mail.imprint"), URL: set.ImprintURL})
	}
	return f
}

// MailFrame returns a mail with what all mails of an organisation have in
// common (sender, colours, footer), for the capabilities above. why is the
// catalogue key of the sentence that says why one got it, with {org}.
func (s *Service) MailFrame(o orgs.Org, p *i18n.Printer, why string) notifications.Mail {
	f := s.frame(o, p, why)
	return notifications.Mail{From: f.from, ReplyTo: f.replyTo, Layout: f.layout}
}
