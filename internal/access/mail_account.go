package access

import (
	"context"
	"errors"
	"slices"

	"foyer/internal/notifications"
	"foyer/internal/notifications/mail"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/store"
)

// The kinds of news of the account half.
const (
	mailReset           = "access.reset"
	mailPasswordChanged = "access.password_changed"
	mailNewDevice       = "access.new_device"
	mailInvitation      = "access.staff_invitation"
)

// The paths of links in mails; the token follows. The pages are those of
// accessweb.
const (
	ResetPath           = "/passwort-neu/"
	StaffResetPath      = "/verwaltung/passwort-neu/"
	StaffInvitationPath = "/verwaltung/einladung/"
	ForgotPath          = "/passwort-vergessen"
	StaffForgotPath     = "/verwaltung/passwort-vergessen"
)

// registerAccountMails names the renderers of the account half.
func (s *Service) registerAccountMails(n *notifications.Service) {
	n.Register(mailReset, s.renderReset)
	n.Register(mailPasswordChanged, s.renderPasswordChanged)
	n.Register(mailNewDevice, s.renderNewDevice)
	n.Register(mailInvitation, s.renderInvitation)
}

// tell writes news to an account's own address, in its language.
func (s *Service) tell(tx *store.Tx, o orgs.Org, a account, n notifications.News) error {
	n.Address, n.Lang = a.Email, a.Lang
	if a.Site == StaffSite {
		m, err := orgs.StaffByID(tx, a.StaffID)
		if err != nil {
			return err
		}
		n.StaffID = m.ID
		if n.Lang == "" {
			n.Lang = m.Language
		}
	} else {
		persons, err := s.livingPersons(tx, o, a.ID)
		if err != nil {
			return err
		}
		if len(persons) > 0 {
			n.PersonID = persons[0]
		}
	}
	if offered := s.texts.Offered(o.Settings.Languages); !slices.Contains(offered, n.Lang) {
		n.Lang = offered[0]
	}
	return notifications.Tell(tx, s.now(), n)
}

var (
	resetWording = Wording{"access.account.mail.reset.subject", "access.account.mail.reset.title", "access.account.mail.reset.text",
		"access.account.mail.reset.button", "access.account.mail.reset.small", "access.account.mail.why"}
	changedWording = Wording{"access.account.mail.changed.subject", "access.account.mail.changed.title", "access.account.mail.changed.text",
		"access.account.mail.changed.button", "access.account.mail.changed.small", "access.account.mail.why"}
	deviceWording = Wording{"access.account.mail.device.subject", "access.account.mail.device.title", "access.account.mail.device.text",
		"access.account.mail.device.button", "access.account.mail.device.small", "access.account.mail.why"}
	invitationWording = Wording{"access.account.mail.invitation.subject", "access.account.mail.invitation.title", "access.account.mail.invitation.text",
		"access.account.mail.invitation.button", "access.account.mail.invitation.small", "access.account.mail.why_invited"}
)

// compose makes a mail of its wording and one link.
func (s *Service) compose(o orgs.Org, p *i18n.Printer, w Wording, link string) notifications.Mail {
	f := s.frame(o, p, w.Why)
	f.layout.Title = p.T(w.Title, "org", o.Name)
	f.layout.Blocks = []mail.Block{mail.Paragraph(p.T(w.Text, "org", o.Name)), mail.Button(p.T(w.Button), link), mail.Small(p.T(w.Small))}
	return notifications.Mail{From: f.from, ReplyTo: f.replyTo, Subject: p.T(w.Subject, "org", o.Name), Layout: f.layout}
}

var errAccountGone = notifications.Drop("the account is gone")

// renderReset makes the link in the moment of sending; it voids earlier ones.
func (s *Service) renderReset(ctx context.Context, by actor.Actor, d notifications.Delivery) (m notifications.Mail, err error) {
	err = s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		a, ok, err := findAccount(tx, accountByID, d.Args["account"])
		if err != nil {
			return err
		}
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		if ok {
			ok, err = s.open(tx, o, a)
		}
		if err != nil {
			return err
		}
		if !ok || a.Email != d.Address {
			return errAccountGone
		}
		token, err := s.makeLink(tx, linkReset, a.ID, "", ResetLife)
		if err != nil {
			return err
		}
		path := ResetPath
		if a.Site == StaffSite {
			path = StaffResetPath
		}
		m = s.compose(o, s.texts.Printer(d.Lang), resetWording, s.address(o, a.Site, path+token))
		return nil
	})
	return m, err
}

func (s *Service) renderInvitation(ctx context.Context, by actor.Actor, d notifications.Delivery) (m notifications.Mail, err error) {
	err = s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		staff, err := orgs.StaffByID(tx, d.StaffID)
		if errors.Is(err, fault.ErrNotFound) {
			return errAccountGone
		}
		if err != nil {
			return err
		}
		_, has, err := findAccount(tx, accountOfStaff, staff.ID)
		if err != nil {
			return err
		}
		if has || !staff.Active() || staff.Email != d.Address {
			return notifications.Drop("the invitation is needless")
		}
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		token, err := s.makeLink(tx, linkInvitation, "", staff.ID, InvitationLife)
		if err != nil {
			return err
		}
		m = s.compose(o, s.texts.Printer(d.Lang), invitationWording, s.address(o, StaffSite, StaffInvitationPath+token))
		return nil
	})
	return m, err
}

// renderPasswordChanged and renderNewDevice say nothing that a stranger in the
// mailbox could use; the button leads to a new password.
func (s *Service) renderPasswordChanged(ctx context.Context, by actor.Actor, d notifications.Delivery) (notifications.Mail, error) {
	return s.notice(ctx, by, d, changedWording)
}

func (s *Service) renderNewDevice(ctx context.Context, by actor.Actor, d notifications.Delivery) (notifications.Mail, error) {
	return s.notice(ctx, by, d, deviceWording)
}

func (s *Service) notice(ctx context.Context, by actor.Actor, d notifications.Delivery, w Wording) (m notifications.Mail, err error) {
	err = s.db.Read(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		site, path := ResidentSite, ForgotPath
		if d.StaffID != "" {
			site, path = StaffSite, StaffForgotPath
		}
		m = s.compose(o, s.texts.Printer(d.Lang), w, s.address(o, site, path))
		return nil
	})
	return m, err
}
