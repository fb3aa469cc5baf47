package portfolio

import (
	"context"
	"encoding/base64"
	"strings"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/fold"
	"foyer/internal/platform/store"
)

// PageSize is how many properties one page of the list shows.
const PageSize = 25

// Filter narrows the list of properties down.
type Filter struct {
	Text   string // words that name, reference, place or an address begin with or hold
	UVI    bool   // only properties with consumption information: the list of K8
	Portal string // "on", "off", "" = all
	After  string // Listing.Next of the page before, "" = the first page
}

// PropertyRow is one row of the list of properties.
type PropertyRow struct {
	Property
	Plate   string // "10–16"
	Units   int
	Persons int // in leases that have not ended
}

// Listing is one page of the list of properties, in the order of their names.
type Listing struct {
	Rows []PropertyRow
	Next string // for Filter.After, "" on the last page
	// Whole says that these rows are all that the filter finds, so that their
	// sums may be shown. Counting what is on other pages would make the page
	// dearer with every unit of the organisation.
	Whole bool
}

// propertyWhere is the filter: $2 the limited staff member or "", $3 to $5
// folded words between wildcards, $6 and $7 portal, $8 the UVI list.
var propertyWhere = `p.org_id = $1
	AND ($2 = '' OR EXISTS (SELECT 1 FROM staff_property sp WHERE sp.org_id = p.org_id AND sp.staff_id = $2 AND sp.property_id = p.id))
	AND ` + wordAt("$3") + ` AND ` + wordAt("$4") + ` AND ` + wordAt("$5") + `
	AND (p.portal_on OR $6) AND (NOT p.portal_on OR $7) AND (p.uvi_service OR NOT $8)`

func wordAt(param string) string {
	return `(p.search LIKE ` + param + ` OR EXISTS (SELECT 1 FROM building b WHERE b.org_id = p.org_id AND b.property_id = p.id AND b.match_key LIKE ` + param + `))`
}

var (
	listProperties = store.Scoped(`SELECT ` + of("p", propertyCols) + `, p.sort_key FROM property p WHERE ` + propertyWhere + `
		AND (p.sort_key, p.id) > ($9, $10) ORDER BY p.sort_key, p.id LIMIT $11`)
	unitCounts = store.Scoped(`SELECT u.property_id, count(*) FROM unit u WHERE u.org_id = $1 AND u.property_id IN ($2...) GROUP BY u.property_id`)
	// Persons of leases that have not ended, those of the future too.
	personCounts = store.Scoped(`SELECT u.property_id, count(DISTINCT lp.person_id) FROM unit u
		JOIN lease l ON l.org_id = u.org_id AND l.unit_id = u.id AND l.until >= $2
		JOIN lease_person lp ON lp.org_id = l.org_id AND lp.lease_id = l.id AND lp.to_day >= $2
		WHERE u.org_id = $1 AND u.property_id IN ($3...) GROUP BY u.property_id`)
	propertyNames = store.Scoped(`SELECT p.id, p.name FROM property p WHERE p.org_id = $1 ORDER BY p.sort_key, p.id`)
)

// args returns the arguments of propertyWhere.
func (f Filter) args(by actor.Actor) []any {
	limited := ""
	if by.Limited() {
		limited = by.ID()
	}
	out := []any{limited}
	words := strings.Fields(fold.Text(f.Text))
	for i := range 3 {
		switch {
		case i >= len(words):
			out = append(out, "%")
		case i == 2: // whatever follows belongs to the third
			out = append(out, "%"+strings.Join(words[2:], "%")+"%")
		default:
			out = append(out, "%"+words[i]+"%")
		}
	}
	return append(out, f.Portal != "on", f.Portal != "off", f.UVI)
}

// list returns one page of the properties that the actor may see. today is the
// organisation's day.
func (s *Service) list(tx *store.Tx, by actor.Actor, f Filter, today string) (Listing, error) {
	var out Listing
	if err := by.Must(actor.ReadPortfolio); err != nil {
		return out, err
	}
	key, id, ok := readCursor(f.After)
	if !ok {
		return out, fault.NotFound("page")
	}
	type row struct {
		Property
		key string
	}
	rows, err := store.All(tx, listProperties, func(r *row) []any { return append(r.Property.dest(), &r.key) },
		append(f.args(by), key, id, PageSize+1)...)
	if err != nil {
		return out, err
	}
	if len(rows) > PageSize {
		rows = rows[:PageSize]
		last := rows[PageSize-1]
		out.Next = cursor(last.key, last.ID)
	}
	for _, r := range rows {
		out.Rows = append(out.Rows, PropertyRow{Property: r.Property})
	}
	out.Whole = f.After == "" && out.Next == ""
	return out, s.decorate(tx, out.Rows, today)
}

// decorate adds plates and counts to rows.
func (s *Service) decorate(tx *store.Tx, rows []PropertyRow, today string) error {
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	buildings, err := BuildingsOf(tx, ids)
	if err != nil {
		return err
	}
	of := map[string][]Building{}
	for _, b := range buildings {
		of[b.PropertyID] = append(of[b.PropertyID], b)
	}
	counts, err := s.counts.Get(tx.State(), today+" "+strings.Join(ids, " "), s.now(), func() (map[string]count, error) { return countsOf(tx, ids, today) })
	for i := range rows {
		r := &rows[i]
		if list := of[r.ID]; len(list) > 0 {
			r.Plate = Plate(list)
		}
		r.Units, r.Persons = counts[r.ID].units, counts[r.ID].persons
	}
	return err
}

// count is what a property's row counts.
type count struct{ units, persons int }

func countsOf(tx *store.Tx, ids []string, today string) (map[string]count, error) {
	out := map[string]count{}
	var id string
	var n int
	err := store.Each(tx, unitCounts, []any{&id, &n}, func() error { out[id] = count{units: n}; return nil }, store.Spread(ids))
	if err != nil {
		return nil, err
	}
	err = store.Each(tx, personCounts, []any{&id, &n}, func() error { out[id] = count{out[id].units, n}; return nil }, today, store.Spread(ids))
	return out, err
}

func cursor(key, id string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(key + "\x00" + id))
}

func readCursor(s string) (key, id string, ok bool) {
	if s == "" {
		return "", "", true
	}
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return "", "", false
	}
	key, id, ok = strings.Cut(string(raw), "\x00")
	return key, id, ok && !strings.ContainsRune(id, 0) && len(raw) < 2000
}

// Properties returns one page of the properties that the actor may see (K8
// with Filter.UVI). It needs actor.ReadPortfolio.
func (s *Service) Properties(ctx context.Context, by actor.Actor, f Filter) (out Listing, err error) {
	defer fault.Wrap(&err, "list properties")
	err = s.db.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		out, err = s.list(tx, by, f, o.Today(s.now()))
		return err
	})
	return out, err
}

// Overview is a property with its houses and counts, the head of its page.
type Overview struct {
	PropertyRow
	Buildings []Building
}

// Head returns a property that the actor may see, without the counts. It needs
// actor.ReadPortfolio.
func (s *Service) Head(ctx context.Context, by actor.Actor, id string) (out Overview, err error) {
	defer fault.Wrap(&err, "show property %s", id)
	err = s.db.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) (err error) {
		if out.PropertyRow.Property, err = allowed(tx, by, actor.ReadPortfolio, id); err != nil {
			return err
		}
		out.Buildings, err = BuildingsOf(tx, []string{id})
		out.Plate = Plate(out.Buildings)
		return err
	})
	return out, err
}

// Property returns a property that the actor may see. It needs
// actor.ReadPortfolio.
func (s *Service) Property(ctx context.Context, by actor.Actor, id string) (out Overview, err error) {
	defer fault.Wrap(&err, "show property %s", id)
	err = s.db.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		p, err := allowed(tx, by, actor.ReadPortfolio, id)
		if err != nil {
			return err
		}
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		rows := []PropertyRow{{Property: p}}
		if err := s.decorate(tx, rows, o.Today(s.now())); err != nil {
			return err
		}
		out.PropertyRow = rows[0]
		out.Buildings, err = BuildingsOf(tx, []string{id})
		return err
	})
	return out, err
}
