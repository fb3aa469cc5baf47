package contactchanges

import (
	"context"

	"foyer/internal/notifications"
	"foyer/internal/notifications/mail"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/store"
)

// The kinds of news. None of the mails names a person, a number or an address.
const (
	mailVerify   = "contactchanges.verify"   // to the new address, with the link
	mailAsked    = "contactchanges.asked"    // to the old one, with the cancel link
	mailMoved    = "contactchanges.moved"    // to both: the login has moved
	mailRestored = "contactchanges.restored" // to both: it is as it was
	mailHolds    = "contactchanges.holds"    // a number or postal address holds
	mailRejected = "contactchanges.rejected"
	mailWaited   = "contactchanges.waited"  // nobody confirmed it
	mailDropped  = "contactchanges.dropped" // ended by a new password
)

// Paths of links in mails; the token follows. Page is where residents see it all.
const (
	VerifyPath = "/kontakt/bestaetigen/"
	CancelPath = "/kontakt/abbrechen/"
	Page       = "/einstellungen/kontakt"
)

const forgotPath = "/passwort-vergessen"

func (s *Service) registerMails(n *notifications.Service) {
	n.Register(mailVerify, s.renderVerify)
	n.Register(mailAsked, s.renderAsked)
	for kind, path := range map[string]string{mailHolds: Page, mailRejected: Page, mailWaited: Page, mailDropped: Page} {
		n.Register(kind, func(ctx context.Context, by actor.Actor, d notifications.Delivery) (notifications.Mail, error) {
			return s.notice(ctx, by, d, kind, path)
		})
	}
	both := map[string]string{mailMoved + ".old": Page, mailMoved + ".new": Page, mailRestored + ".old": forgotPath, mailRestored + ".new": Page}
	for _, kind := range []string{mailMoved, mailRestored} {
		n.Register(kind, func(ctx context.Context, by actor.Actor, d notifications.Delivery) (notifications.Mail, error) {
			kind := kind + "." + d.Args["to"]
			return s.notice(ctx, by, d, kind, both[kind])
		})
	}
}

// compose makes a mail of one paragraph, a button and a remark by the texts of a
// kind.
func (s *Service) compose(o orgs.Org, lang, kind, path string) notifications.Mail {
	p := s.Texts.Printer(lang)
	key := "contactchanges.mail." + kind[len("contactchanges."):]
	why := "contactchanges.mail.why"
	if kind == mailVerify {
		why = "contactchanges.mail.why_new"
	}
	m := s.Access.MailFrame(o, p, why)
	m.Subject = p.T(key+".subject", "org", o.Name)
	m.Layout.Title = p.T(key + ".title")
	m.Layout.Blocks = []mail.Block{mail.Paragraph(p.T(key+".text", "org", o.Name)), mail.Button(p.T(key+".button"), s.Orgs.Origin(o)+path), mail.Small(p.T(key + ".small"))}
	return m
}

func (s *Service) notice(ctx context.Context, by actor.Actor, d notifications.Delivery, kind, path string) (m notifications.Mail, err error) {
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		o, err := orgs.Load(tx)
		m = s.compose(o, d.Lang, kind, path)
		return err
	})
	return m, err
}

// renderVerify makes the link in the moment of sending; it voids earlier ones.
func (s *Service) renderVerify(ctx context.Context, by actor.Actor, d notifications.Delivery) (m notifications.Mail, err error) {
	err = s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		list, err := changes(tx, byID, d.Args["change"])
		if err != nil {
			return err
		}
		if len(list) == 0 || !list[0].Open() || list[0].Verified() || list[0].Value != d.Address {
			return notifications.Drop("nothing is left to be proved")
		}
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		_, ok, err := s.alive(tx, o, list[0])
		if err != nil {
			return err
		}
		token, proving, err := s.newLink(tx, list[0])
		if err != nil {
			return err
		}
		if !ok || !proving {
			return notifications.Drop("what asked for it is over")
		}
		m = s.compose(o, d.Lang, mailVerify, VerifyPath+token)
		return nil
	})
	return m, err
}

// renderAsked tells the old address, with the link that takes all back.
func (s *Service) renderAsked(ctx context.Context, by actor.Actor, d notifications.Delivery) (m notifications.Mail, err error) {
	err = s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		token := seal.Token()
		if _, err := store.Exec(tx, setCancel, d.Args["batch"], s.hash(tx.Org(), "cancel", token)); err != nil {
			return err
		}
		m = s.compose(o, d.Lang, mailAsked+"_"+d.Args["about"], CancelPath+token)
		return nil
	})
	return m, err
}
