package access

import (
	"context"
	"errors"
	"slices"
	"time"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

// account is one login.
type account struct {
	ID         string
	Site       Site
	Email      string // canonical
	hash       string // "" = void: nobody can sign in or reset until it is registered again
	StaffID    string
	Lang       string
	CreatedAt  time.Time
	PasswordAt time.Time
}

type accountRow struct {
	account
	created, password int64
}

func (r *accountRow) dest() []any {
	return []any{&r.ID, &r.Site, &r.Email, &r.hash, &r.StaffID, &r.Lang, &r.created, &r.password}
}

// findAccount returns the account of a query, ok false when there is none.
func findAccount(tx *store.Tx, q store.Query, args ...any) (a account, ok bool, err error) {
	r, err := store.Get(tx, q, (*accountRow).dest, args...)
	if errors.Is(err, store.ErrNoRow) {
		return account{}, false, nil
	}
	a = r.account
	a.CreatedAt, a.PasswordAt = store.Time(r.created), store.Time(r.password)
	return a, err == nil, err
}

// myAccount returns the account of a signed-in actor.
func myAccount(tx *store.Tx, by actor.Actor) (account, error) {
	a, ok, err := findAccount(tx, accountByID, by.Account())
	if err == nil && !ok {
		err = fault.NotFound("account")
	}
	return a, err
}

// createAccount writes a new account. A second one with the same address on
// the same site fails with store.IsUnique.
func (s *Service) createAccount(tx *store.Tx, site Site, address, hash, staffID, lang string) (id string, err error) {
	id = store.NewID()
	_, err = store.Exec(tx, insertAccount, id, string(site), address, hash, staffID, lang, store.Micros(s.now()))
	return id, err
}

// linkPerson lets an account stand for one more person. A person that already
// has an account fails with store.IsUnique.
func (s *Service) linkPerson(tx *store.Tx, accountID, personID string) error {
	_, err := store.Exec(tx, insertAccountPerson, accountID, personID, store.Micros(s.now()))
	return err
}

// open tells whether somebody may come in with this account now: it has a
// password, and a resident's has a person with a lease to show, a staff
// member's is not disabled.
func (s *Service) open(tx *store.Tx, o orgs.Org, a account) (bool, error) {
	if a.hash == "" {
		return false, nil
	}
	if a.Site == StaffSite {
		m, err := orgs.StaffByID(tx, a.StaffID)
		return err == nil && m.Active(), err
	}
	persons, err := s.livingPersons(tx, o, a.ID)
	return len(persons) > 0, err
}

// livingPersons returns the persons for whom an account may look around: those
// with a membership that runs, is to come, or ended no longer ago than the
// organisation allows (X14), in a property whose portal is on (E7). Somebody
// taken out of a lease has none. What each of them sees is judged per lease and
// date by portfolio.
func (s *Service) livingPersons(tx *store.Tx, o orgs.Org, accountID string) ([]string, error) {
	return store.List[string](tx, livingPersons, accountID, s.since(o))
}

// since is the earliest last day of a membership that still counts (X14).
func (s *Service) since(o orgs.Org) string {
	since := s.now().In(o.Location())
	if o.Settings.MovedOutAccess == orgs.MovedOutOwnPeriod {
		since = since.AddDate(0, -o.Settings.MovedOutMonths, 0)
	}
	return since.Format(time.DateOnly)
}

// ownWords are what a password must not consist of: the organisation's name,
// the address, the names of whom the account is for.
func (s *Service) ownWords(tx *store.Tx, o orgs.Org, a account) ([]string, error) {
	words := []string{o.Name, a.Email}
	if a.Site == StaffSite {
		m, err := orgs.StaffByID(tx, a.StaffID)
		return append(words, m.Name), err
	}
	type row struct{ first, last, company string }
	names, err := store.All(tx, namesOfAccount, func(r *row) []any { return []any{&r.first, &r.last, &r.company} }, a.ID)
	for _, n := range names {
		words = append(words, n.first, n.last, n.company)
	}
	return words, err
}

// AccountInfo is what the page "Mein Zugang" shows.
type AccountInfo struct {
	ID         string
	Email      string // the user name
	Lang       string // "" = not chosen
	CreatedAt  time.Time
	PasswordAt time.Time // when the password was last changed
}

// MyAccount returns the signed-in actor's own account.
func (s *Service) MyAccount(ctx context.Context, by actor.Actor) (info AccountInfo, err error) {
	if err := mustHaveAccount(by); err != nil {
		return AccountInfo{}, err
	}
	err = s.db.Read(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		a, err := myAccount(tx, by)
		info = AccountInfo{ID: a.ID, Email: a.Email, Lang: a.Lang, CreatedAt: a.CreatedAt, PasswordAt: a.PasswordAt}
		return err
	})
	return info, err
}

// SetLanguage notes in which language the actor reads pages and mails.
func (s *Service) SetLanguage(ctx context.Context, by actor.Actor, lang string) error {
	if err := mustHaveAccount(by); err != nil {
		return err
	}
	return s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		if !slices.Contains(s.texts.Offered(o.Settings.Languages), lang) {
			return fault.Wrong("language", "access.account.language_unknown")
		}
		_, err = store.Exec(tx, setLanguage, by.Account(), lang)
		return err
	})
}

// mustHaveAccount lets residents and staff pass, each for what is their own.
func mustHaveAccount(by actor.Actor) error {
	if by.Has(actor.StaffSelf) && by.Account() != "" {
		return nil
	}
	return by.Must(actor.Self)
}

// siteOf returns the site on which an actor is signed in.
func siteOf(by actor.Actor) Site {
	if by.Kind() == actor.Staff {
		return StaffSite
	}
	return ResidentSite
}
