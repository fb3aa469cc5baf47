package access

import (
	"context"
	"errors"
	"time"

	"foyer/internal/notifications"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

// InvitationLife is how long the link of a staff invitation works, from when
// its mail is sent.
const InvitationLife = 3 * 24 * time.Hour

// InviteStaff writes the row of a new staff member and mails the invitation to
// set a password. It needs ManageOrg; the rules of orgs say who may give which
// role. The first proprietor is invited by the operator.
func (s *Service) InviteStaff(ctx context.Context, by actor.Actor, in orgs.NewStaff) (staffID string, err error) {
	if err := by.Must(actor.ManageOrg); err != nil {
		return "", err
	}
	err = s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) (err error) {
		if staffID, err = s.orgs.AddStaff(tx, by, in); err != nil {
			return err
		}
		m, err := orgs.StaffByID(tx, staffID)
		if err != nil {
			return err
		}
		return s.tellInvitation(tx, by, m)
	})
	return staffID, err
}

// ResendInvitation mails a new link; the old one ends when the new mail is
// sent. It needs ManageOrg.
func (s *Service) ResendInvitation(ctx context.Context, by actor.Actor, staffID string) error {
	if err := by.Must(actor.ManageOrg); err != nil {
		return err
	}
	return s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		m, err := orgs.StaffByID(tx, staffID)
		if err != nil {
			return err
		}
		if !orgs.MayTouch(by, m) {
			return fault.Denied("staff of a higher role")
		}
		if _, has, err := findAccount(tx, accountOfStaff, staffID); err != nil {
			return err
		} else if has || !m.Active() {
			return fault.Conflicting("access.account.invitation_needless")
		}
		n, err := notifications.Recent(tx, m.Email, mailInvitation, s.now().Add(-time.Hour))
		if err != nil {
			return err
		}
		if n >= resetsPerHour {
			return &fault.TooMany{After: time.Hour}
		}
		return s.tellInvitation(tx, by, m)
	})
}

// Readdress corrects the e-mail address of a staff member who has not followed
// an invitation yet: the old one's link is void at once, and a new invitation
// goes to the right address. Nothing happens when the address is the same. Of
// somebody with a password it is refused. It needs ManageOrg.
func (s *Service) Readdress(ctx context.Context, by actor.Actor, staffID, address string) error {
	if err := by.Must(actor.ManageOrg); err != nil {
		return err
	}
	return s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		changed, err := s.orgs.Readdress(tx, by, staffID, address)
		if err != nil || !changed {
			return err
		}
		m, err := orgs.StaffByID(tx, staffID)
		if err != nil {
			return err
		}
		if _, has, err := findAccount(tx, accountOfStaff, staffID); err != nil {
			return err
		} else if has || !m.Active() {
			return fault.Conflicting("access.account.login_stays")
		}
		if _, err := store.Exec(tx, dropStaffLinks, staffID); err != nil {
			return err
		}
		return s.tellInvitation(tx, by, m)
	})
}

func (s *Service) tellInvitation(tx *store.Tx, by actor.Actor, m orgs.Staff) error {
	now := s.now()
	if err := audit.Note(tx, now, by, "access.invite_staff", "staff:"+m.ID, nil); err != nil {
		return err
	}
	return notifications.Tell(tx, now, notifications.News{Kind: mailInvitation, Key: mailInvitation + ":" + store.NewID(),
		StaffID: m.ID, Address: m.Email, Lang: m.Language, Args: map[string]string{"staff": m.ID}})
}

// Invitation is what the page of an invitation link shows.
type Invitation struct {
	Name  string
	Email string // the user name
	Until time.Time
}

// LookAtInvitation tells whose invitation a link is. It changes nothing.
// fault.ErrGone for every link that does not work.
func (s *Service) LookAtInvitation(ctx context.Context, by actor.Actor, token string) (Invitation, error) {
	l, m, err := s.invitation(ctx, by, token)
	return Invitation{Name: m.Name, Email: m.Email, Until: store.Time(l.expires)}, err
}

func (s *Service) invitation(ctx context.Context, by actor.Actor, token string) (l linkRow, m orgs.Staff, err error) {
	if err := by.Must(actor.Everyone); err != nil {
		return l, m, err
	}
	err = s.db.Read(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) (err error) {
		l, err = store.Get(tx, linkByToken, (*linkRow).dest, linkInvitation, s.linkHash(tx.Org(), linkInvitation, token), store.Micros(s.now()))
		if err != nil {
			return gone(err)
		}
		if m, err = orgs.StaffByID(tx, l.staff); err == nil && !m.Active() {
			err = fault.Gone("link")
		}
		return err
	})
	if err != nil {
		return linkRow{}, orgs.Staff{}, err
	}
	return l, m, nil
}

// AcceptInvitation uses an invitation: it makes the staff member's account with
// the password chosen and returns the device cookie (see SignedIn.Known) with
// which this browser signs in next. A wrong password (fault.Invalid, field
// "password") does not use the link up. A second click is no error, as for
// Reset.
func (s *Service) AcceptInvitation(ctx context.Context, by actor.Actor, token, password string) (known string, err error) {
	known, err = s.useInvitation(ctx, by, token, password)
	if errors.Is(err, fault.ErrGone) {
		err = s.doneBefore(ctx, by, StaffSite, linkInvitation, token, password)
	}
	return known, err
}

func (s *Service) useInvitation(ctx context.Context, by actor.Actor, token, password string) (known string, err error) {
	_, m, err := s.invitation(ctx, by, token)
	if err != nil {
		return "", err
	}
	a := account{Site: StaffSite, Email: m.Email, StaffID: m.ID, Lang: m.Language}
	if err := s.judge(ctx, by, a, password); err != nil {
		return "", err
	}
	hash, err := s.passwords.Hash(ctx, password)
	if err != nil {
		return "", err
	}
	err = s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		if _, err := store.Get(tx, useLink, (*linkRow).dest, linkInvitation, s.linkHash(tx.Org(), linkInvitation, token), store.Micros(s.now())); err != nil {
			return gone(err)
		}
		id, err := s.createAccount(tx, StaffSite, m.Email, hash, m.ID, m.Language)
		if err != nil {
			return err
		}
		return audit.Note(tx, s.now(), by, "access.accept_invitation", "staff:"+m.ID, map[string]string{"account": id})
	})
	if store.IsUnique(err) {
		err = fault.Gone("link")
	}
	if err != nil {
		return "", err
	}
	return s.newKnown(by.Org(), a), nil
}

// StaffAccess is how far a staff member's access is, for the list of staff. The
// zero value means that the invitation's mail has not been sent yet, or that
// its link ran out and was cleared away.
type StaffAccess struct {
	Since   time.Time // has an account since
	Invited time.Time // a link was mailed
	Until   time.Time // and works until
}

// StaffAccesses returns the accesses of all staff by staff id. It needs
// ManageOrg.
func (s *Service) StaffAccesses(ctx context.Context, by actor.Actor) (map[string]StaffAccess, error) {
	if err := by.Must(actor.ManageOrg); err != nil {
		return nil, err
	}
	out := map[string]StaffAccess{}
	err := s.db.Read(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		clear(out)
		var id string
		var from, to int64
		err := store.Each(tx, invitationsOf, []any{&id, &from, &to}, func() error {
			out[id] = StaffAccess{Invited: store.Time(from), Until: store.Time(to)}
			return nil
		})
		if err != nil {
			return err
		}
		return store.Each(tx, staffAccounts, []any{&id, &from}, func() error {
			out[id] = StaffAccess{Since: store.Time(from)}
			return nil
		})
	})
	return out, err
}

// InvitationLink makes the link of an invitation for an operator to hand over,
// where no mail server is configured yet; it voids the earlier one. It needs
// Operate. staffID is that of InviteStaff.
func (s *Service) InvitationLink(ctx context.Context, by actor.Actor, staffID string) (link string, err error) {
	if err := by.Must(actor.Operate); err != nil {
		return "", err
	}
	err = s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		token, err := s.makeLink(tx, linkInvitation, "", staffID, InvitationLife)
		if err != nil {
			return err
		}
		link = s.address(o, StaffSite, StaffInvitationPath+token)
		return audit.Note(tx, s.now(), by, "staff.invitation_link", "staff:"+staffID, nil)
	})
	return link, err
}
