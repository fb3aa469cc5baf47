package access

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"foyer/internal/notifications"
	"foyer/internal/notifications/mail"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/email"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

const newsInvitation = "access.invitation"

// ByMail is the wish to send registration data by e-mail.
type ByMail struct {
	PersonID string
	LeaseID  string // "" = the person's best lease
	Address  string
	Consent  *ConsentGiven // a consent to record now; nil = there is one already
}

// ConsentGiven is what staff note when a person agrees to e-mails.
type ConsentGiven struct {
	On      string // day, YYYY-MM-DD
	Wording string // what was agreed to, or where the paper is
}

// Invite sends registration data by e-mail (K10–K13). It needs IssueAccess, an
// address and a recorded consent of the person for that address; without one
// nothing is queued (K11). The state is "Ausstehend" from now on; the link
// itself is made when the mail is sent and lives for seven days from then.
func (s *Service) Invite(ctx context.Context, by actor.Actor, in ByMail) error {
	if err := by.Must(actor.IssueAccess); err != nil {
		return err
	}
	address, err := email.Field("email", in.Address)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		now := s.now()
		o, h, p, err := s.sendable(tx, by, now, in.PersonID, in.LeaseID)
		if err != nil {
			return err
		}
		again, err := issuedBefore(tx, h.ID)
		if err != nil {
			return err
		}
		if err := mayInvite(o, ByEmail, again); err != nil {
			return err
		}
		consent, err := s.consentFor(tx, now, by, h.ID, address, in.Consent)
		if err != nil {
			return err
		}
		return s.inviteBy(tx, now, by, o, h, p, consent)
	})
}

// MayInvite tells whether Invite can be used for a person at all, before
// somebody fills in its form: it returns what Invite would refuse with,
// whatever the form says. It needs IssueAccess and writes nothing.
func (s *Service) MayInvite(ctx context.Context, by actor.Actor, personID, leaseID string) error {
	if err := by.Must(actor.IssueAccess); err != nil {
		return err
	}
	return s.db.Read(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		o, h, _, err := s.sendable(tx, by, s.now(), personID, leaseID)
		if err != nil {
			return err
		}
		again, err := issuedBefore(tx, h.ID)
		if err != nil {
			return err
		}
		return mayInvite(o, ByEmail, again)
	})
}

// inviteBy issues a code whose link the mail will bring, and queues the mail.
func (s *Service) inviteBy(tx *store.Tx, now time.Time, by actor.Actor, o orgs.Org, h *holder, p place, consent notifications.Consent) error {
	g := grant{ID: store.NewID(), PersonID: h.ID, LeaseID: p.LeaseID, Channel: ByEmail, Address: consent.Address, ConsentID: consent.ID, Until: now.AddDate(0, 0, emailDays)}
	if err := s.issue(tx, now, by, g); err != nil {
		return err
	}
	return notifications.Tell(tx, now, notifications.News{Kind: newsInvitation, Key: newsInvitation + ":" + g.ID, PersonID: h.ID,
		Address: consent.Address, Lang: s.language(o, h.Language), Args: map[string]string{"code": g.ID}})
}

// mayInvite holds a sending against the organisation's settings. again tells
// that the person had access data before: replacing lost data follows X5,
// everything else X4.
func mayInvite(o orgs.Org, by Channel, again bool) error {
	set := o.Settings
	channel := orgs.ByPost
	if by == ByEmail {
		channel = orgs.ByEmail
	}
	switch {
	case again && by == ByEmail && set.ReissueChannel == orgs.ReissuePost:
		return fault.Conflicting("access.invite.reissue_by_post")
	case again:
		return nil
	case !slices.Contains(set.InviteTriggers, orgs.ByHand):
		return fault.Conflicting("access.invite.not_by_hand")
	case !slices.Contains(set.InviteChannels, channel):
		return fault.Conflicting("access.invite.channel_off")
	}
	return nil
}

func issuedBefore(tx *store.Tx, personID string) (bool, error) {
	_, err := store.Get(tx, latestCode, (*codeRow).dest, personID)
	if errors.Is(err, store.ErrNoRow) {
		return false, nil
	}
	return err == nil, err
}

// consentFor returns the consent that covers the address, recording one first
// when staff bring it.
func (s *Service) consentFor(tx *store.Tx, now time.Time, by actor.Actor, personID, address string, given *ConsentGiven) (notifications.Consent, error) {
	if given != nil {
		_, err := notifications.RecordConsent(tx, now, by, notifications.Consent{PersonID: personID, Channel: string(ByEmail), Address: address,
			GivenOn: given.On, Wording: strings.TrimSpace(given.Wording), Source: "staff"})
		if err != nil {
			return notifications.Consent{}, err
		}
	}
	c, ok, err := notifications.ActiveConsent(tx, personID, string(ByEmail))
	switch {
	case err != nil:
		return c, err
	case !ok:
		return c, fault.Wrong("consent", "access.invite.consent_missing")
	case c.Address != address:
		return c, fault.Wrong("email", "access.invite.consent_other_address")
	}
	return c, nil
}

// RecordConsent notes that a person agrees to e-mails at an address. It needs
// IssueAccess.
func (s *Service) RecordConsent(ctx context.Context, by actor.Actor, personID, address string, given ConsentGiven) error {
	return s.aboutConsent(ctx, by, personID, func(tx *store.Tx) error {
		address, err := email.Field("email", address)
		if err != nil {
			return err
		}
		_, err = s.consentFor(tx, s.now(), by, personID, address, &given)
		return err
	})
}

// WithdrawConsent notes that a person no longer wants e-mails. What still waits
// to be sent because of the consent is dropped, and a code that never left is
// void. It is limited as Revoke is, and needs IssueAccess.
func (s *Service) WithdrawConsent(ctx context.Context, by actor.Actor, personID string) error {
	return s.aboutConsent(ctx, by, personID, func(tx *store.Tx) error {
		if _, err := s.wholly(tx, by, personID); err != nil {
			return err
		}
		now := s.now()
		if err := notifications.WithdrawConsent(tx, now, by, personID, string(ByEmail)); err != nil {
			return err
		}
		c, err := store.Get(tx, latestCode, (*codeRow).dest, personID)
		if errors.Is(err, store.ErrNoRow) {
			return nil
		}
		if err != nil {
			return err
		}
		return s.unsend(tx, now, by, c, reasonConsent)
	})
}

func (s *Service) aboutConsent(ctx context.Context, by actor.Actor, personID string, fn func(tx *store.Tx) error) error {
	if err := by.Must(actor.IssueAccess); err != nil {
		return err
	}
	return s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		if _, err := within(tx, by, personID); err != nil {
			return err
		}
		return fn(tx)
	})
}

// unsend takes back a code of an e-mail that was never sent: the person is
// where she was before. A code that has left is not touched.
func (s *Service) unsend(tx *store.Tx, now time.Time, by actor.Actor, c codeRow, reason string) error {
	if c.spent() || Channel(c.Channel) != ByEmail {
		return nil
	}
	sent, err := store.Value[bool](tx, codeHasLink, c.ID)
	if err != nil || sent {
		return err
	}
	if _, err := store.Exec(tx, revokeCodes, c.PersonID, store.Micros(now), by.Label(), reason); err != nil {
		return err
	}
	return move(tx, c.PersonID, unsent, now, time.Time{}, "")
}

// mailInvitation makes the mail of an invitation and, in the same moment, its
// link. A second try makes a new link; the one before is then void.
func (s *Service) mailInvitation(ctx context.Context, by actor.Actor, d notifications.Delivery) (m notifications.Mail, err error) {
	var drop, url string
	var o orgs.Org
	var h *holder
	var until time.Time
	err = s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) (err error) {
		now := s.now()
		drop = ""
		c, err := store.Get(tx, codeByID, (*codeRow).dest, d.Args["code"])
		if err != nil {
			return err
		}
		if o, err = orgs.Load(tx); err != nil {
			return err
		}
		if h, err = loadHolder(tx, c.PersonID); err != nil {
			return err
		}
		if drop, err = s.whyNotSend(tx, o, h, c, now); err != nil {
			return err
		}
		if drop != "" {
			return s.unsend(tx, now, by, c, reasonConsent)
		}
		token := newSecret().Link
		until = now.AddDate(0, 0, emailDays)
		url = s.address(o, ResidentSite, PathCode+token)
		if _, err := store.Exec(tx, sealCode, c.ID, s.keys.Hash(purposeLink, by.Org(), token), store.Micros(until)); err != nil {
			return err
		}
		_, err = store.Exec(tx, extendAccess, c.PersonID, store.Micros(until))
		return err
	})
	if err != nil {
		return m, err
	}
	if drop != "" {
		return m, notifications.Drop(drop)
	}
	p := s.texts.Printer(d.Lang)
	m = s.codeMail(o, p, "access.invite.mail",
		mail.Paragraph(h.Greeting(p)+","),
		mail.Paragraph(p.T("access.invite.mail.text", "org", o.Name)),
		mail.Button(p.T("access.invite.mail.button"), url),
		mail.Small(p.T("access.invite.mail.valid", "until", p.Moment(until.In(o.Location())))),
		mail.Small(p.T("access.invite.mail.nothing")))
	return m, nil
}

// whyNotSend tells why an invitation is not to be sent any more, "" to send.
func (s *Service) whyNotSend(tx *store.Tx, o orgs.Org, h *holder, c codeRow, now time.Time) (string, error) {
	if c.spent() {
		return "the code was revoked", nil
	}
	consent, ok, err := notifications.ActiveConsent(tx, c.PersonID, string(ByEmail))
	if err != nil {
		return "", err
	}
	_, entitled := h.entitled(o, o.Today(now), c.LeaseID)
	switch {
	case !ok || consent.Address != c.Address:
		return "the consent was withdrawn", nil
	case !o.PortalOn:
		return "the portal is off", nil
	case !entitled:
		return "the person may not register any more", nil
	}
	return "", nil
}
