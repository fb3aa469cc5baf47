package access

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"foyer/internal/notifications"
	"foyer/internal/orgs"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

var (
	readerPersons = store.Scoped(`SELECT ` + holderColumns + `, coalesce(a.id, ''), coalesce(a.email, ''), coalesce(a.language, ''),
			coalesce(a.password_hash, '') <> ''
		FROM person pe
		LEFT JOIN account_person ap ON ap.org_id = pe.org_id AND ap.person_id = pe.id
		LEFT JOIN account a ON a.org_id = ap.org_id AND a.id = ap.account_id AND a.closed_at = 0
		WHERE pe.org_id = $1 AND pe.id IN ($2...)`)
	readerConsents = store.Scoped(`SELECT person_id, address FROM consent WHERE org_id = $1 AND channel = 'email' AND withdrawn_at = 0 AND person_id IN ($2...)`)
)

// readerRow is a person with the login.
type readerRow struct {
	portfolio.Person
	account, login, lang string
	confirmed            bool
}

func (r *readerRow) dest() []any {
	return append(personDest(&r.Person), &r.account, &r.login, &r.lang, &r.confirmed)
}

// readerChunk is how many persons are read at once.
const readerChunk = 500

// Readers tells how persons can be reached, in the order of persons; those who
// are none are left out. Each is addressed by the best lease: one that runs, a
// flat before a parking space.
func (s *Service) Readers(tx *store.Tx, o orgs.Org, now time.Time, persons []string) ([]notifications.Reader, error) {
	return s.ReadersFor(tx, o, now, persons, portfolio.Audience{})
}

// ReadersFor is Readers of an item: whoever has several leases is addressed by
// the one that the audience means.
func (s *Service) ReadersFor(tx *store.Tx, o orgs.Org, now time.Time, persons []string, a portfolio.Audience) ([]notifications.Reader, error) {
	out := make([]notifications.Reader, 0, len(persons))
	for part := range slices.Chunk(persons, readerChunk) {
		list, err := s.readers(tx, o, now, part, a)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

func (s *Service) readers(tx *store.Tx, o orgs.Org, now time.Time, persons []string, a portfolio.Audience) ([]notifications.Reader, error) {
	rows, err := store.All(tx, readerPersons, (*readerRow).dest, store.Spread(persons))
	if err != nil {
		return nil, err
	}
	// Letters go where the person wishes, once that holds; those with codes do not.
	listed := make([]portfolio.Person, len(rows))
	for i := range rows {
		listed[i] = rows[i].Person
	}
	holds, err := portfolio.Effective(tx, o.Today(now), o.Settings.Country, listed)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		rows[i].Person = holds[i]
	}
	type consent struct{ person, address string }
	consents, err := store.All(tx, readerConsents, func(c *consent) []any { return []any{&c.person, &c.address} }, store.Spread(persons))
	if err != nil {
		return nil, err
	}
	agreed := map[string]string{}
	for _, c := range consents {
		agreed[c.person] = c.address
	}
	tenancies, err := portfolio.Tenancies(tx, portfolio.RuleOf(o, now), persons)
	if err != nil {
		return nil, err
	}
	homes := map[string][]portfolio.Tenancy{}
	for _, t := range tenancies {
		homes[t.PersonID] = append(homes[t.PersonID], t)
	}
	byID := map[string]notifications.Reader{}
	home := s.texts.Printer(o.Language())
	for _, r := range rows {
		byID[r.ID] = s.reader(o, home, r, agreed[r.ID], homes[r.ID], a)
	}
	var out []notifications.Reader
	for _, id := range persons {
		if r, ok := byID[id]; ok {
			out = append(out, r)
		}
	}
	return out, nil
}

// reader makes a Reader of a person, an address with consent and the leases,
// best first.
func (s *Service) reader(o orgs.Org, home *i18n.Printer, r readerRow, consent string, leases []portfolio.Tenancy, a portfolio.Audience) notifications.Reader {
	out := notifications.Reader{PersonID: r.ID, Lang: s.language(o, cmp.Or(r.lang, r.Language)), Name: r.DisplayName(),
		Contact: cmp.Or(consent, r.Email), Consent: consent != ""}
	open := slices.ContainsFunc(leases, func(t portfolio.Tenancy) bool { return t.Property.PortalOn })
	if r.confirmed && o.PortalOn && open {
		out.AccountID, out.Login = r.account, r.login
	}
	if len(leases) == 0 {
		return out
	}
	t := leases[0]
	for _, x := range leases {
		if meant(x, a) {
			t = x
			break
		}
	}
	out.LeaseID, out.Party, out.PropertyID = t.Lease.ID, t.Party, t.Property.ID
	out.Where = strings.Join(nonEmpty(t.Unit.Plate(t.Building), t.Unit.Name(home)), " · ")
	out.MayRegister = out.Login == "" && o.PortalOn && t.Property.PortalOn && t.State != portfolio.Ended && mayRegister(t.Role, o.Settings.WhoMayRegister)
	out.Lines = r.AddressLines(home, t.Unit, t.Building, o.Settings.Country)
	names := r.AddressNames(home)
	out.NameLines = len(names)
	if r.PostName == "" && r.CompanyName == "" {
		out.Line = strings.Join(names, " ")
	}
	return out
}

// meant tells whether an audience means that lease.
func meant(t portfolio.Tenancy, a portfolio.Audience) bool {
	switch a.Kind {
	case portfolio.ToLease:
		return t.Lease.ID == a.ID
	case portfolio.ToUnit:
		return t.Unit.ID == a.ID
	case portfolio.ToStairwell:
		return portfolio.StairwellID(t.Building.ID, t.Unit.Stairwell) == a.ID
	case portfolio.ToBuilding:
		return t.Building.ID == a.ID
	case portfolio.ToProperty, portfolio.ToOwners:
		return t.Property.ID == a.ID
	}
	return false
}

// PolicyOf is what an organisation has decided about telling people.
func PolicyOf(o orgs.Org) notifications.Policy {
	set := o.Settings
	first := o.PortalOn && slices.Contains(set.InviteTriggers, orgs.OnFirstMessage)
	return notifications.Policy{
		FullText: set.MailContent == orgs.MailFullText, TransactionalBasis: set.TransactionalMailBasis,
		InviteByEmail: first && slices.Contains(set.InviteChannels, orgs.ByEmail), InviteByPost: first && slices.Contains(set.InviteChannels, orgs.ByPost),
		Couples: string(set.Couples), QuietFrom: set.QuietFrom, QuietTo: set.QuietTo, DigestAt: set.DigestAt, Zone: o.Location(),
	}
}
