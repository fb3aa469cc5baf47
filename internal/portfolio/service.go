package portfolio

import (
	"context"
	"time"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/workday"
)

// Service holds the use-cases. It is safe for concurrent use.
type Service struct {
	db     *store.DB
	now    func() time.Time
	counts store.Memo[string, map[string]count]
}

// New returns the service.
func New(db *store.DB, now func() time.Time) *Service { return &Service{db: db, now: now} }

// allowed checks a right and the limits to properties, and loads the property.
// A foreign property is not found.
func allowed(tx *store.Tx, by actor.Actor, r actor.Right, propertyID string) (Property, error) {
	if err := by.Must(r); err != nil {
		return Property{}, err
	}
	if !by.MayProperty(propertyID) {
		return Property{}, fault.NotFound("property")
	}
	list, err := PropertiesByID(tx, []string{propertyID})
	if err != nil {
		return Property{}, err
	}
	if len(list) == 0 {
		return Property{}, fault.NotFound("property")
	}
	return list[0], nil
}

// SetPortal switches the portal of a property on or off (E7) in the caller's
// transaction. first is true when it was never on before: access then makes
// the letters of the release (A4). Setting what is set already does nothing.
// It needs actor.EditPortfolio.
func SetPortal(tx *store.Tx, now time.Time, by actor.Actor, propertyID string, on bool) (first bool, err error) {
	p, err := allowed(tx, by, actor.EditPortfolio, propertyID)
	if err != nil || p.PortalOn == on {
		return false, err
	}
	p.PortalOn = on
	if on && p.ReleasedAt == 0 {
		first, p.ReleasedAt = true, store.Micros(now)
	}
	if err := PutProperties(tx, now, []Property{p}); err != nil {
		return false, err
	}
	return first, audit.Note(tx, now, by, "portfolio.portal", "property:"+p.ID, map[string]any{"on": on, "first": first})
}

// SetUVIService switches the consumption information service of a property on
// or off; the list of K8 shows exactly the properties that have it. It needs
// actor.EditPortfolio.
func (s *Service) SetUVIService(ctx context.Context, by actor.Actor, propertyID string, on bool) (err error) {
	defer fault.Wrap(&err, "set the consumption information of property %s", propertyID)
	return s.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		p, err := allowed(tx, by, actor.EditPortfolio, propertyID)
		if err != nil || p.UVIService == on {
			return err
		}
		p.UVIService = on
		if err := PutProperties(tx, s.now(), []Property{p}); err != nil {
			return err
		}
		return audit.Note(tx, s.now(), by, "portfolio.uvi_service", "property:"+p.ID, map[string]any{"on": on})
	})
}

// Regions returns whose public holidays may count in a country: the country
// itself (ISO 3166-1 alpha-2), then its parts (ISO 3166-2); none when no
// calendar is known.
func Regions(country string) []string { return workday.Regions(country) }

// Workdays returns the calendar by which a property counts working days: that
// of its region, else of its country, else of the organisation's.
func (p Property) Workdays(home string) workday.Calendar {
	return workday.Of(p.Region, p.Country, home)
}

// SetRegion sets whose public holidays count for a property: a part of its
// country (ISO 3166-2), or "" for those of the whole country. What has no
// calendar is a fault.Invalid of the field "region". It needs
// actor.EditPortfolio.
func (s *Service) SetRegion(ctx context.Context, by actor.Actor, propertyID, region string) (err error) {
	defer fault.Wrap(&err, "set the holiday region of property %s", propertyID)
	return s.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		p, err := allowed(tx, by, actor.EditPortfolio, propertyID)
		if err != nil || p.Region == region {
			return err
		}
		if region != "" && !workday.Known(region) {
			return fault.Wrong("region", "portfolio.region.wrong")
		}
		p.Region = region
		if err := PutProperties(tx, s.now(), []Property{p}); err != nil {
			return err
		}
		return audit.Note(tx, s.now(), by, "portfolio.region", "property:"+p.ID, map[string]any{"region": region})
	})
}

// SetUVINeeded overrides whether a unit's residents must get consumption
// information (K16). The next list that says otherwise wins again. It needs
// actor.EditPortfolio.
func (s *Service) SetUVINeeded(ctx context.Context, by actor.Actor, unitID string, needed bool) (err error) {
	defer fault.Wrap(&err, "set whether unit %s needs consumption information", unitID)
	if err := by.Must(actor.EditPortfolio); err != nil {
		return err
	}
	return s.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		list, err := UnitsByID(tx, []string{unitID})
		if err != nil {
			return err
		}
		if len(list) == 0 || !by.MayProperty(list[0].PropertyID) {
			return fault.NotFound("unit")
		}
		u := list[0]
		if u.UVINeeded == needed {
			return nil
		}
		u.UVINeeded = needed
		if err := PutUnits(tx, []Unit{u}); err != nil {
			return err
		}
		return audit.Note(tx, s.now(), by, "portfolio.uvi_needed", "unit:"+u.ID, map[string]any{"needed": needed})
	})
}

// ForLimits lists the properties of the transaction's organisation in the
// order of their names, as orgs offers them for the limits of staff.
func ForLimits(tx *store.Tx) ([]orgs.Property, error) {
	return store.All(tx, propertyNames, func(p *orgs.Property) []any { return []any{&p.ID, &p.Name} })
}
