package portfolio

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

// State tells where a tenancy stands today.
type State string

// The states of a tenancy.
const (
	Current State = "current"
	Future  State = "future"
	Ended   State = "ended" // still readable under X14, marked in the switcher
)

// Tenancy is one lease as one of its persons sees it: what the switcher lists
// and the resident's pages are about.
type Tenancy struct {
	Lease    Lease // without money, reference and signature unless Party is true
	Unit     Unit
	Building Building
	Property Property
	PersonID string // which of the account's persons is in the lease
	Role     string
	From, To string // first and last day of the person's own part; To is Forever when open
	State    State
	Party    bool // contract party, or owner of this ownership: sees all of the lease
}

type tenancyRow struct {
	l Lease
	u Unit
	b Building
	p Property
	m Membership
}

func (r *tenancyRow) dest() []any {
	return slices.Concat(r.l.dest(), r.u.dest(), r.b.dest(), r.p.dest(), r.m.dest())
}

// tenancies states its columns with their tables.
var tenancies = store.Scoped(`SELECT ` + strings.Join([]string{of("l", leaseCols), of("u", unitCols), of("b", buildingCols), of("p", propertyCols), of("lp", membershipCols)}, ", ") + `
	FROM lease_person lp
	JOIN lease l ON l.org_id = lp.org_id AND l.id = lp.lease_id
	JOIN unit u ON u.org_id = l.org_id AND u.id = l.unit_id
	JOIN building b ON b.org_id = u.org_id AND b.id = u.building_id
	JOIN property p ON p.org_id = u.org_id AND p.id = u.property_id
	WHERE lp.org_id = $1 AND lp.to_day >= $2 AND l.until >= $2 AND lp.from_day <= l.until AND l.starts_on <= lp.to_day
	AND lp.person_id IN ($3...)`)

// of puts a table's alias before each column of a list.
func of(alias, cols string) string {
	return alias + "." + strings.ReplaceAll(cols, ", ", ", "+alias+".")
}

// Tenancies returns the leases that the persons may see under a rule: current
// ones first (flats before parking spaces and storage rooms), then those that
// begin later, then those that have ended and are still readable.
func Tenancies(tx *store.Tx, r Rule, persons []string) ([]Tenancy, error) {
	since, err := r.Since()
	if err != nil {
		return nil, err
	}
	rows, err := store.All(tx, tenancies, (*tenancyRow).dest, since, store.Spread(persons))
	if err != nil {
		return nil, err
	}
	out := make([]Tenancy, len(rows))
	for i, row := range rows {
		out[i] = row.tenancy(r.Today)
	}
	slices.SortFunc(out, tenancyOrder)
	return out, nil
}

func (r *tenancyRow) tenancy(today string) Tenancy {
	t := Tenancy{Lease: r.l, Unit: r.u, Building: r.b, Property: r.p, PersonID: r.m.PersonID, Role: r.m.Role}
	t.From, t.To, _ = r.m.Period(r.l)
	switch {
	case t.To < today:
		t.State = Ended
	case t.From > today:
		t.State = Future
	default:
		t.State = Current
	}
	t.Party = r.m.Role == ContractParty || r.m.Role == Owner && r.l.Kind == Ownership
	if !t.Party {
		t.Lease = Lease{ID: r.l.ID, UnitID: r.l.UnitID, Kind: r.l.Kind, StartsOn: t.From, EndsOn: open(t.To)}
	}
	return t
}

// open is the reverse of until.
func open(day string) string {
	if day == Forever {
		return ""
	}
	return day
}

func tenancyOrder(a, b Tenancy) int {
	rank := func(s State) int { return slices.Index([]State{Current, Future, Ended}, s) }
	usage := func(u Unit) int { return slices.Index([]string{Flat, Commercial, Parking, Storage}, u.Usage) }
	c := cmp.Or(cmp.Compare(rank(a.State), rank(b.State)), cmp.Compare(usage(a.Unit), usage(b.Unit)))
	if a.State == Ended {
		c = cmp.Or(c, strings.Compare(b.To, a.To)) // the latest first
	}
	return cmp.Or(c, strings.Compare(a.From, b.From), strings.Compare(a.Unit.SortKey, b.Unit.SortKey),
		strings.Compare(a.Lease.ID, b.Lease.ID), strings.Compare(a.PersonID, b.PersonID))
}

// LeasesOf returns the tenancies of a signed-in resident (E14). A person who
// was taken out of a lease does not get it from the next call on.
func (s *Service) LeasesOf(ctx context.Context, by actor.Actor) (list []Tenancy, err error) {
	defer fault.Wrap(&err, "list the leases of a resident")
	if err := by.Must(actor.Self); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		list, err = Tenancies(tx, RuleOf(o, s.now()), by.Persons())
		return err
	})
	return list, err
}
