package access

import (
	"time"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

// Login is a resident's account as the capabilities above see it.
type Login struct {
	ID         string
	Email      string // the user name, canonical
	Lang       string // of mails; offered
	PasswordAt time.Time
	Persons    []string // whom it stands for and who still has a lease to show
}

// LoginByID returns a resident's account through which somebody may come in
// now; ok is false when there is none.
func (s *Service) LoginByID(tx *store.Tx, o orgs.Org, accountID string) (l Login, ok bool, err error) {
	a, ok, err := findAccount(tx, accountByID, accountID)
	if err != nil || !ok || a.Site != ResidentSite || a.hash == "" {
		return Login{}, false, err
	}
	l = Login{ID: a.ID, Email: a.Email, Lang: s.language(o, a.Lang), PasswordAt: a.PasswordAt}
	l.Persons, err = s.livingPersons(tx, o, a.ID)
	return l, err == nil && len(l.Persons) > 0, err
}

// Cut is a break in the life of a resident's account: what somebody began
// before with the account must not come to its end after.
type Cut struct {
	Account  string
	Person   string // only this person left the account; "" = it concerns all
	Password bool   // a new password was set
}

// OnCut registers what is to be ended when an account is cut: by a new
// password, by revoking or resetting the access. It runs in the transaction of
// the cut. Register before the first request.
func (s *Service) OnCut(end func(*store.Tx, time.Time, actor.Actor, Cut) error) {
	s.cut = append(s.cut, end)
}

func (s *Service) isCut(tx *store.Tx, now time.Time, by actor.Actor, c Cut) error {
	for _, end := range s.cut {
		if err := end(tx, now, by, c); err != nil {
			return err
		}
	}
	return nil
}

var (
	moveLogin   = store.Scoped(`UPDATE account SET email = $4 WHERE org_id = $1 AND id = $2 AND email = $3 AND site = 'resident' AND closed_at = 0 AND password_hash <> ''`)
	lockOut     = store.Scoped(`UPDATE account SET password_hash = $3, password_at = $4 WHERE org_id = $1 AND id = $2`)
	noPassword  = "!" // fits no password, at the same cost; only a reset through the mailbox helps
	loginExists = store.Scoped(`SELECT count(*) FROM account WHERE org_id = $1 AND site = 'resident' AND email = $2 AND closed_at = 0`)
)

// MoveLogin makes another address the user name of a resident's account (A12),
// whose mailbox the caller has proved. All sessions end but the one of keep, and
// every link. It is a fault.Conflict of KeyAddressTaken when the address belongs
// to another account, of another key when the account is not what it was.
func (s *Service) MoveLogin(tx *store.Tx, now time.Time, by actor.Actor, accountID, from, to, keep string) error {
	if n, err := store.Value[int](tx, loginExists, to); err != nil {
		return err
	} else if n > 0 {
		return fault.Conflicting(KeyAddressTaken)
	}
	n, err := store.Exec(tx, moveLogin, accountID, from, to)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.Conflicting("access.account.changed_meanwhile")
	}
	if _, err := store.Exec(tx, deleteOtherSessions, accountID, keep); err != nil {
		return err
	}
	if _, err := store.Exec(tx, dropAccountLinks, accountID); err != nil {
		return err
	}
	return audit.Note(tx, now, by, "access.login", "account:"+accountID, nil)
}

// KeyAddressTaken says that an address is the user name of another account.
const KeyAddressTaken = "access.account.address_taken"

// RestoreLogin takes MoveLogin back on the word of who reads the old mailbox:
// the old address is the user name again, everybody is signed out, and the
// password fits no longer, since whoever moved the login knew it. A reset
// through the old mailbox sets a new one.
func (s *Service) RestoreLogin(tx *store.Tx, now time.Time, by actor.Actor, accountID, from, to string) error {
	if err := s.MoveLogin(tx, now, by, accountID, from, to, ""); err != nil {
		return err
	}
	if _, err := store.Exec(tx, lockOut, accountID, noPassword, store.Micros(now)); err != nil {
		return err
	}
	return s.isCut(tx, now, by, Cut{Account: accountID, Password: true})
}

// EndSessionsOf signs everybody out of an account and voids its links.
func EndSessionsOf(tx *store.Tx, accountID string) error { return endSessions(tx, accountID) }
