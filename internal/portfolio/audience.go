package portfolio

import (
	"fmt"
	"slices"
	"strings"

	"foyer/internal/platform/store"
)

// Kind says to whom an item is addressed.
type Kind string

// The kinds of an audience, with what its ID is.
const (
	ToPerson    Kind = "person"    // one person: a message, a personal document
	ToLease     Kind = "lease"     // the parties of a lease: contract, invoice, final statement
	ToUnit      Kind = "unit"      // who held the unit on the item's day: readings, monthly consumption
	ToStairwell Kind = "stairwell" // StairwellID: notices and house documents
	ToBuilding  Kind = "building"  // notices and house documents
	ToProperty  Kind = "property"  // notices and house documents
	ToOwners    Kind = "owners"    // a property's owners: site statements
	ToEveryone  Kind = "everyone"  // Everyone: all residents of the organisation
)

// Everyone is the ID of a ToEveryone audience.
const Everyone = "all"

// Audience is the address of an item. Packages keep it with the item in the
// columns aud_kind, aud_id and aud_day, and aud_author where an author counts.
type Audience struct {
	Kind Kind
	ID   string
	// Day is the item's date, YYYY-MM-DD: when it was published, or the last
	// day of the period that it speaks about. "" is an item without a date
	// that holds until it is replaced, such as house rules: it is judged as
	// of today.
	Day string
	// Author is a person who sees the item besides: a resident's message is
	// addressed to that person; shared with "alle im Vertrag" it is addressed
	// to the lease with its author here, who may be a co-resident. "" = none.
	Author string
}

// StairwellID returns the ID of a ToStairwell audience.
func StairwellID(buildingID, stairwell string) string { return buildingID + "/" + stairwell }

// Check tells whether an audience is complete: a known kind, an ID, and a day
// or none.
func (a Audience) Check() error {
	if _, ok := recipients[a.Kind]; !ok || a.ID == "" || a.Day != "" && !ValidDay(a.Day) {
		return fmt.Errorf("portfolio: not an audience: kind %q, day %q", a.Kind, a.Day)
	}
	return nil
}

// The two ways to a membership: from the persons, or from the house. SQLite
// keeps the order of a CROSS JOIN, and without it would read the memberships
// of the whole organisation to find those of one house.
const (
	fromPersons = `lease_person lp CROSS JOIN lease l CROSS JOIN unit u`
	fromLeases  = `lease l CROSS JOIN unit u CROSS JOIN lease_person lp`
	fromUnits   = `unit u CROSS JOIN lease l CROSS JOIN lease_person lp`
)

// memberCTE lists the memberships that count under a rule, as rows with the
// first and last day that membership and lease have in common. where narrows
// them down to persons or to the persons of one house.
func memberCTE(from, where string) string {
	return `member AS MATERIALIZED (
	SELECT lp.person_id AS person, lp.role AS role, l.id AS lease, l.kind AS lease_kind, l.unit_id AS unit,
		u.building_id AS building, u.building_id || '/' || u.stairwell AS stairwell, u.property_id AS property,
		lp.from_day AS from_day, lp.to_day AS to_day, l.starts_on AS starts_on, l.until AS until,
		CASE WHEN lp.from_day > l.starts_on THEN lp.from_day ELSE l.starts_on END AS first_day,
		CASE WHEN lp.to_day < l.until THEN lp.to_day ELSE l.until END AS last_day
	FROM ` + from + `
	WHERE ` + where + ` AND lp.org_id = $1 AND l.org_id = $1 AND u.org_id = $1 AND l.id = lp.lease_id AND u.id = l.unit_id
		AND lp.to_day >= $3 AND l.until >= $3 AND lp.from_day <= l.until AND l.starts_on <= lp.to_day)`
}

// mayCTE is the decision table of the package documentation, once and for all
// in SQL: which role reaches which kind, and there what a member may see, as a
// span of days per id. (One SELECT over a list of kinds: SQLite needs four
// times as long to prepare a UNION of seven.)
const mayCTE = `kinds AS (VALUES ('person'), ('lease'), ('unit'), ('stairwell'), ('building'), ('property'), ('owners'), ('everyone')),
may AS (
	SELECT m.person AS person, k.column1 AS kind,
		CASE k.column1 WHEN 'person' THEN m.person WHEN 'lease' THEN m.lease WHEN 'unit' THEN m.unit
			WHEN 'stairwell' THEN m.stairwell WHEN 'building' THEN m.building WHEN 'everyone' THEN '` + Everyone + `' ELSE m.property END AS id,
		CASE WHEN k.column1 = 'person' THEN ''
			WHEN k.column1 <> 'lease' THEN m.first_day
			WHEN m.last_day >= $2 OR m.from_day <= m.starts_on THEN ''
			ELSE m.from_day END AS day_from,
		CASE WHEN k.column1 = 'person' THEN '` + Forever + `'
			WHEN k.column1 <> 'lease' THEN m.last_day
			WHEN m.last_day >= $2 OR m.to_day >= m.until THEN '` + Forever + `'
			ELSE m.to_day END AS day_to
	FROM member m CROSS JOIN kinds k WHERE k.column1 = 'person'
		OR (k.column1 = 'lease' AND (m.role = 'contract_party' OR (m.role = 'owner' AND m.lease_kind = 'ownership')))
		OR (k.column1 = 'unit' AND m.role = 'contract_party')
		OR (k.column1 IN ('stairwell', 'building', 'property', 'everyone') AND m.role IN ('contract_party', 'co_resident'))
		OR (k.column1 = 'owners' AND m.role = 'owner'))`

// covers compares an item's day with a span of mayCTE.
func covers(day string) string {
	return `may.day_from <= CASE WHEN ` + day + ` = '' THEN $2 ELSE ` + day + ` END AND CASE WHEN ` + day + ` = '' THEN $2 ELSE ` + day + ` END <= may.day_to`
}

// MayCTE returns the two common table expressions, without WITH, that
// AudienceSQL and SharedSQL refer to, for the persons of parameter number
// persons, which must be the statement's last and takes store.Spread. $2 and
// $3 must be Rule.Args. A list of notices of a resident:
//
//	store.Scoped(`WITH ` + portfolio.MayCTE(6) + `
//		SELECT n.id, n.title FROM notice n WHERE n.org_id = $1 AND ` + portfolio.AudienceSQL("notice", "n") + `
//		AND (n.aud_day, n.id) < ($4, $5) ORDER BY n.aud_day DESC, n.id DESC LIMIT 26`)
//
// The table needs an index on (org_id, aud_kind, aud_id, aud_day), and for
// SharedSQL one on (org_id, aud_author).
func MayCTE(persons int) string {
	return memberCTE(fromPersons, fmt.Sprintf("lp.person_id IN ($%d...)", persons)) + ",\n" + mayCTE
}

// AudienceSQL returns a condition on the rows of table, known as alias in the
// statement: the persons of MayCTE may see the item.
func AudienceSQL(table, alias string) string {
	return alias + `.id IN (SELECT aud.id FROM may CROSS JOIN ` + table + ` aud WHERE aud.org_id = $1 AND aud.aud_kind = may.kind AND aud.aud_id = may.id AND ` +
		covers("aud.aud_day") + `)`
}

// SharedSQL is AudienceSQL for items whose author sees them as well: messages
// and cases.
func SharedSQL(table, alias string) string {
	return `(` + AudienceSQL(table, alias) + ` OR ` + alias + `.id IN (SELECT aut.id FROM may CROSS JOIN ` + table +
		` aut WHERE aut.org_id = $1 AND may.kind = 'person' AND aut.aud_author = may.id))`
}

// spans is how one audience ($4 kind, $5 id, $6 day) meets a span.
var spans = `may.kind = $4 AND may.id = $5 AND ` + covers("$6")

var canSee = store.Scoped(`WITH ` + MayCTE(8) + `
	SELECT count(*) FROM may WHERE (` + spans + `) OR (may.kind = 'person' AND may.id = $7)`)

// CanSee tells whether one of the persons may see an item with this audience.
func CanSee(tx *store.Tx, r Rule, persons []string, a Audience) (bool, error) {
	today, since, err := r.Args()
	if err != nil {
		return false, err
	}
	if err := a.Check(); err != nil {
		return false, err
	}
	n, err := store.Value[int](tx, canSee, today, since, string(a.Kind), a.ID, a.Day, a.Author, store.Spread(persons))
	return n > 0, err
}

// recipients holds for each kind the same decision seen from the item: the
// memberships are narrowed down by the audience instead of by persons.
var recipients = map[Kind]store.Query{
	ToPerson:    recipientsBy(fromPersons, "lp.person_id = $5"),
	ToLease:     recipientsBy(fromLeases, "l.id = $5"),
	ToUnit:      recipientsBy(fromUnits, "u.id = $5"),
	ToStairwell: recipientsBy(fromUnits, "u.building_id = $7"),
	ToBuilding:  recipientsBy(fromUnits, "u.building_id = $5"),
	ToProperty:  recipientsBy(fromUnits, "u.property_id = $5"),
	ToOwners:    recipientsBy(fromUnits, "u.property_id = $5"),
	ToEveryone:  recipientsBy(fromPersons, "lp.person_id > ''"),
}

func recipientsBy(from, where string) store.Query {
	return store.Scoped(`WITH ` + memberCTE(from, where) + `, ` + mayCTE + ` SELECT DISTINCT may.person FROM may WHERE ` + spans)
}

// Recipients returns the persons who may see an item with this audience: those
// to tell of it. It is CanSee turned round and includes people who have moved
// out where the rule still lets them see it. The order is that of the ids.
func Recipients(tx *store.Tx, r Rule, a Audience) ([]string, error) {
	today, since, err := r.Args()
	if err != nil {
		return nil, err
	}
	if err := a.Check(); err != nil {
		return nil, err
	}
	args := []any{today, since, string(a.Kind), a.ID, a.Day}
	if a.Kind == ToStairwell {
		building, _, _ := strings.Cut(a.ID, "/")
		args = append(args, building)
	}
	list, err := store.List[string](tx, recipients[a.Kind], args...)
	if err != nil {
		return nil, err
	}
	if a.Author != "" && !slices.Contains(list, a.Author) {
		ok, err := CanSee(tx, r, []string{a.Author}, Audience{Kind: ToPerson, ID: a.Author})
		if err != nil {
			return nil, err
		}
		if ok {
			list = append(list, a.Author)
		}
	}
	slices.Sort(list)
	return list, nil
}

var (
	among = store.Scoped(`WITH ` + MayCTE(7) + ` SELECT DISTINCT may.person FROM may WHERE ` + spans)

	nextHouseholds = store.Scoped(`SELECT ` + membershipCols + ` FROM lease_person WHERE org_id = $1 AND lease_id > $2 ORDER BY lease_id, person_id LIMIT $3`)
	nextOf         = store.Scoped(`SELECT ` + of("lp", membershipCols) + ` FROM unit u CROSS JOIN lease l CROSS JOIN lease_person lp
		WHERE u.org_id = $1 AND u.property_id = $4 AND l.org_id = $1 AND l.unit_id = u.id AND l.id > $2 AND lp.org_id = $1 AND lp.lease_id = l.id
		ORDER BY lp.lease_id, lp.person_id LIMIT $3`)
)

// Among returns those of the persons who may see an item with this audience, by
// id; its author counts as everybody else.
func Among(tx *store.Tx, r Rule, a Audience, persons []string) ([]string, error) {
	today, since, err := r.Args()
	if err != nil {
		return nil, err
	}
	if err := a.Check(); err != nil {
		return nil, err
	}
	list, err := store.List[string](tx, among, today, since, string(a.Kind), a.ID, a.Day, store.Spread(persons))
	slices.Sort(list)
	return list, err
}

// NextHouseholds returns the memberships of the next leases by id after a
// lease, whole leases, some limit of rows: for going through everybody in
// pieces that keep couples together. "" as the property means all of them. An
// empty answer is the end.
func NextHouseholds(tx *store.Tx, propertyID, after string, limit int) ([]Membership, error) {
	q, args := nextHouseholds, []any{after, limit + 1}
	if propertyID != "" {
		q, args = nextOf, append(args, propertyID)
	}
	list, err := store.All(tx, q, (*Membership).dest, args...)
	if err != nil || len(list) <= limit {
		return list, err
	}
	last := list[len(list)-1].LeaseID // may go on beyond
	if whole := slices.IndexFunc(list, func(m Membership) bool { return m.LeaseID == last }); whole > 0 {
		return list[:whole], nil
	}
	return MembershipsOfLeases(tx, []string{last}) // one lease of very many persons
}
