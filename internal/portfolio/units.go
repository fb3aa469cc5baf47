package portfolio

import (
	"context"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

// UnitRow is a unit with its house.
type UnitRow struct {
	Unit     Unit
	Building Building
}

// UnitPage is one page of a property's units in the order of a walk through
// the house.
type UnitPage struct {
	Rows  []UnitRow
	Total int
	Page  int // from 1
	Pages int // at least 1
}

var (
	countUnitsOf = store.Scoped(`SELECT count(*) FROM unit WHERE org_id = $1 AND property_id = $2`)
	unitsPage    = store.Scoped(`SELECT ` + unitCols + ` FROM unit WHERE org_id = $1 AND property_id = $2 ORDER BY sort_key, id LIMIT $3 OFFSET $4`)
)

// Units returns one page of a property's units (K16); a page that does not
// exist is the nearest one. It needs actor.ReadPortfolio.
func (s *Service) Units(ctx context.Context, by actor.Actor, propertyID string, page int) (out UnitPage, err error) {
	defer fault.Wrap(&err, "list the units of property %s", propertyID)
	err = s.db.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		if _, err := allowed(tx, by, actor.ReadPortfolio, propertyID); err != nil {
			return err
		}
		out = UnitPage{}
		if out.Total, err = store.Value[int](tx, countUnitsOf, propertyID); err != nil {
			return err
		}
		out.Pages = max(1, (out.Total+PageSize-1)/PageSize)
		out.Page = min(max(1, page), out.Pages)
		units, err := store.All(tx, unitsPage, (*Unit).dest, propertyID, PageSize, (out.Page-1)*PageSize)
		if err != nil {
			return err
		}
		list, err := BuildingsOf(tx, []string{propertyID})
		if err != nil {
			return err
		}
		houses := map[string]Building{}
		for _, b := range list {
			houses[b.ID] = b
		}
		for _, u := range units {
			out.Rows = append(out.Rows, UnitRow{Unit: u, Building: houses[u.BuildingID]})
		}
		return nil
	})
	return out, err
}

// Counts are how many properties the actor may see.
type Counts struct {
	Properties int
	UVI        int // with consumption information
}

var countSeen = store.Scoped(`SELECT count(*), count(CASE WHEN p.uvi_service THEN 1 END) FROM property p WHERE p.org_id = $1
	AND ($2 = '' OR EXISTS (SELECT 1 FROM staff_property sp WHERE sp.org_id = p.org_id AND sp.staff_id = $2 AND sp.property_id = p.id))`)

// Counts counts the properties that the actor may see. It needs
// actor.ReadPortfolio.
func (s *Service) Counts(ctx context.Context, by actor.Actor) (out Counts, err error) {
	defer fault.Wrap(&err, "count properties")
	if err := by.Must(actor.ReadPortfolio); err != nil {
		return out, err
	}
	limited := ""
	if by.Limited() {
		limited = by.ID()
	}
	err = s.db.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		out, err = store.Get(tx, countSeen, func(c *Counts) []any { return []any{&c.Properties, &c.UVI} }, limited)
		return err
	})
	return out, err
}
