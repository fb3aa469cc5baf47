package access

import (
	"context"
	"time"

	"foyer/internal/notifications"
	"foyer/internal/notifications/mail"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/store"
)

const jobClean = "access.codes.clean"

// registerCodeJobs names the jobs of the code half.
func (s *Service) registerCodeJobs(q *jobs.Queue) {
	q.Register(JobLetters, jobs.Kind{Run: s.writeLetters, Attempts: letterAttempts})
	q.Register(jobErase, jobs.Kind{Run: s.eraseLetters})
	q.Register(jobClean, jobs.Kind{Run: s.clean, Every: 24 * time.Hour})
}

// registerCodeMails names the renderers of the code half.
func (s *Service) registerCodeMails(n *notifications.Service) {
	n.Register(newsInvitation, s.mailInvitation)
	n.Register(newsConfirm, s.mailConfirm)
	n.Register(newsRegistered, s.mailRegistered)
	n.Register(newsReset, s.mailReset)
}

// mailConfirm makes the mail that proves a mailbox and, in the same moment, its
// number and link. An address that has an account already is told so instead:
// only its owner learns it.
func (s *Service) mailConfirm(ctx context.Context, by actor.Actor, d notifications.Delivery) (m notifications.Mail, err error) {
	var o orgs.Org
	var drop, pin, link string
	taken := false
	err = s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) (err error) {
		now := s.now()
		drop = ""
		if o, err = orgs.Load(tx); err != nil {
			return err
		}
		r, err := store.Get(tx, registrationByID, (*registrationRow).dest, d.Args["registration"])
		if err != nil {
			return err
		}
		if r.ended != 0 || r.verified != 0 || store.Micros(now) >= r.expires || r.Email != d.Address {
			drop = "the registration is over"
			return nil
		}
		if _, taken, err = findAccount(tx, accountByEmail, string(ResidentSite), r.Email); err != nil || taken {
			return err
		}
		pin, link = seal.Digits(6), seal.Token()
		_, err = store.Exec(tx, mintRegistration, r.ID, s.keys.Hash(purposePIN, tx.Org(), r.ID+":"+pin), s.keys.Hash(purposeConfirm, tx.Org(), link),
			store.Micros(now.Add(confirmFor)))
		return err
	})
	if err != nil {
		return m, err
	}
	if drop != "" {
		return m, notifications.Drop(drop)
	}
	p := s.texts.Printer(d.Lang)
	if taken {
		return s.codeMail(o, p, "access.registration.mail.taken",
			mail.Paragraph(p.T("access.registration.mail.taken.text", "org", o.Name)),
			mail.Button(p.T("access.registration.mail.taken.button"), s.address(o, ResidentSite, "/")),
			mail.Small(p.T("access.registration.mail.taken.small"))), nil
	}
	return s.codeMail(o, p, "access.registration.mail.confirm",
		mail.Paragraph(p.T("access.registration.mail.confirm.text", "org", o.Name)),
		mail.Code(pin[:3]+" "+pin[3:]),
		mail.Paragraph(p.T("access.registration.mail.confirm.or")),
		mail.Button(p.T("access.registration.mail.confirm.button"), s.address(o, ResidentSite, PathConfirm+link)),
		mail.Small(p.T("access.registration.mail.confirm.small"))), nil
}

// mailRegistered tells the address on record that somebody has registered with
// another one.
func (s *Service) mailRegistered(ctx context.Context, by actor.Actor, d notifications.Delivery) (notifications.Mail, error) {
	return s.codeNotice(ctx, by, d, "access.registration.mail.registered")
}

// mailReset tells the old login address that its access was reset.
func (s *Service) mailReset(ctx context.Context, by actor.Actor, d notifications.Delivery) (notifications.Mail, error) {
	return s.codeNotice(ctx, by, d, "access.registration.mail.reset")
}

func (s *Service) codeNotice(ctx context.Context, by actor.Actor, d notifications.Delivery, key string) (notifications.Mail, error) {
	var o orgs.Org
	err := s.db.Read(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) (err error) {
		o, err = orgs.Load(tx)
		return err
	})
	if err != nil {
		return notifications.Mail{}, err
	}
	p := s.texts.Printer(d.Lang)
	return s.codeMail(o, p, key, mail.Paragraph(p.T(key+".text", "org", o.Name)), mail.Paragraph(p.T(key+".small"))), nil
}

// codeMail makes a mail of the keys below key: its subject, title and why.
func (s *Service) codeMail(o orgs.Org, p *i18n.Printer, key string, blocks ...mail.Block) notifications.Mail {
	f := s.frame(o, p, "access.code.mail_why")
	f.layout.Title = p.T(key + ".title")
	f.layout.Blocks = blocks
	f.layout.Footer = append(f.layout.Footer, mail.Line{Text: p.T("access.code.help"), URL: s.address(o, ResidentSite, PathHelp)})
	return notifications.Mail{From: f.from, ReplyTo: f.replyTo, Subject: p.T(key+".subject", "org", o.Name), Layout: f.layout}
}
