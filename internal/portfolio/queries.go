package portfolio

import "foyer/internal/platform/store"

// The columns of each table after org_id, in the order of its dest function.
const (
	propertyCols   = `id, ref, name, postcode, city, country, region, portal_on, uvi_service, released_at`
	buildingCols   = `id, property_id, street, house_number, postcode, city, country`
	unitCols       = `id, property_id, building_id, ref, label, stairwell, floor, usage, area_cm2, rooms_tenth, uvi_needed, sort_key, match_key`
	personCols     = `id, ref, salutation, title, first_name, last_name, company, language, email, phone, post_name, post_street, post_postcode, post_city, post_country`
	leaseCols      = `id, unit_id, kind, ref, starts_on, ends_on, signed_on, rent_net, rent_service, rent_heating, deposit, currency, notice_period`
	membershipCols = `lease_id, person_id, role, from_day, to_day`
)

func (p *Property) dest() []any {
	return []any{&p.ID, &p.Ref, &p.Name, &p.Postcode, &p.City, &p.Country, &p.Region, &p.PortalOn, &p.UVIService, &p.ReleasedAt}
}

func (b *Building) dest() []any {
	return []any{&b.ID, &b.PropertyID, &b.Street, &b.HouseNumber, &b.Postcode, &b.City, &b.Country}
}

func (u *Unit) dest() []any {
	return []any{&u.ID, &u.PropertyID, &u.BuildingID, &u.Ref, &u.Label, &u.Stairwell, &u.Floor, &u.Usage, &u.AreaCM2, &u.RoomsTenth,
		&u.UVINeeded, &u.SortKey, &u.MatchKey}
}

func (p *Person) dest() []any {
	return []any{&p.ID, &p.Ref, &p.Salutation, &p.Title, &p.FirstName, &p.LastName, &p.CompanyName, &p.Language, &p.Email, &p.Phone,
		&p.PostName, &p.PostStreet, &p.PostPostcode, &p.PostCity, &p.PostCountry}
}

func (l *Lease) dest() []any {
	return []any{&l.ID, &l.UnitID, &l.Kind, &l.Ref, &l.StartsOn, &l.EndsOn, &l.SignedOn, &l.RentNet, &l.RentService, &l.RentHeating,
		&l.Deposit, &l.Currency, &l.NoticePeriod}
}

func (m *Membership) dest() []any {
	return []any{&m.LeaseID, &m.PersonID, &m.Role, &m.FromDay, &m.ToDay}
}

// Look-ups of a batch. They have no ORDER BY: with one, SQLite walks the whole
// organisation by its primary key instead of asking the index for each value.
// A partial index is used only when its condition stands in the statement.
var (
	propertiesByID    = store.Scoped(`SELECT ` + propertyCols + ` FROM property WHERE org_id = $1 AND id IN ($2...)`)
	propertiesByRef   = store.Scoped(`SELECT ` + propertyCols + ` FROM property WHERE org_id = $1 AND ref <> '' AND ref IN ($2...)`)
	propertiesByName  = store.Scoped(`SELECT ` + propertyCols + ` FROM property WHERE org_id = $1 AND sort_key IN ($2...)`)
	buildingsByID     = store.Scoped(`SELECT ` + buildingCols + ` FROM building WHERE org_id = $1 AND id IN ($2...)`)
	buildingsByKey    = store.Scoped(`SELECT ` + buildingCols + ` FROM building WHERE org_id = $1 AND match_key IN ($2...)`)
	buildingsOf       = store.Scoped(`SELECT ` + buildingCols + ` FROM building WHERE org_id = $1 AND property_id IN ($2...)`)
	unitsByID         = store.Scoped(`SELECT ` + unitCols + ` FROM unit WHERE org_id = $1 AND id IN ($2...)`)
	unitsByRef        = store.Scoped(`SELECT ` + unitCols + ` FROM unit WHERE org_id = $1 AND ref <> '' AND ref IN ($2...)`)
	unitsByKey        = store.Scoped(`SELECT ` + unitCols + ` FROM unit WHERE org_id = $1 AND match_key IN ($2...)`)
	unitsOf           = store.Scoped(`SELECT ` + unitCols + ` FROM unit WHERE org_id = $1 AND property_id IN ($2...)`)
	personsByID       = store.Scoped(`SELECT ` + personCols + ` FROM person WHERE org_id = $1 AND id IN ($2...)`)
	personsByRef      = store.Scoped(`SELECT ` + personCols + ` FROM person WHERE org_id = $1 AND ref <> '' AND ref IN ($2...)`)
	personsByName     = store.Scoped(`SELECT ` + personCols + ` FROM person WHERE org_id = $1 AND search IN ($2...)`)
	leasesByID        = store.Scoped(`SELECT ` + leaseCols + ` FROM lease WHERE org_id = $1 AND id IN ($2...)`)
	leasesByRef       = store.Scoped(`SELECT ` + leaseCols + ` FROM lease WHERE org_id = $1 AND ref <> '' AND ref IN ($2...)`)
	leasesOfUnits     = store.Scoped(`SELECT ` + leaseCols + ` FROM lease WHERE org_id = $1 AND unit_id IN ($2...)`)
	membershipsLease  = store.Scoped(`SELECT ` + membershipCols + ` FROM lease_person WHERE org_id = $1 AND lease_id IN ($2...)`)
	membershipsPerson = store.Scoped(`SELECT ` + membershipCols + ` FROM lease_person WHERE org_id = $1 AND person_id IN ($2...)`)
)

// Writes of a batch: a row with a new id is inserted, one with a known id
// replaced; created_at stays.
var (
	putProperty = store.Scoped(`INSERT INTO property (org_id, ` + propertyCols + `, sort_key, search, created_at, updated_at) VALUES $rows
		ON CONFLICT (org_id, id) DO UPDATE SET ref = excluded.ref, name = excluded.name, postcode = excluded.postcode, city = excluded.city,
		country = excluded.country, region = excluded.region, portal_on = excluded.portal_on, uvi_service = excluded.uvi_service,
		released_at = excluded.released_at, sort_key = excluded.sort_key, search = excluded.search, updated_at = excluded.updated_at`)
	putBuilding = store.Scoped(`INSERT INTO building (org_id, ` + buildingCols + `, sort_key, match_key) VALUES $rows
		ON CONFLICT (org_id, id) DO UPDATE SET property_id = excluded.property_id, street = excluded.street, house_number = excluded.house_number,
		postcode = excluded.postcode, city = excluded.city, country = excluded.country, sort_key = excluded.sort_key, match_key = excluded.match_key`)
	putUnit = store.Scoped(`INSERT INTO unit (org_id, ` + unitCols + `) VALUES $rows
		ON CONFLICT (org_id, id) DO UPDATE SET property_id = excluded.property_id, building_id = excluded.building_id, ref = excluded.ref,
		label = excluded.label, stairwell = excluded.stairwell, floor = excluded.floor, usage = excluded.usage, area_cm2 = excluded.area_cm2,
		rooms_tenth = excluded.rooms_tenth, uvi_needed = excluded.uvi_needed, sort_key = excluded.sort_key, match_key = excluded.match_key`)
	putPerson = store.Scoped(`INSERT INTO person (org_id, ` + personCols + `, search, created_at, updated_at) VALUES $rows
		ON CONFLICT (org_id, id) DO UPDATE SET ref = excluded.ref, salutation = excluded.salutation, title = excluded.title,
		first_name = excluded.first_name, last_name = excluded.last_name, company = excluded.company, language = excluded.language,
		email = excluded.email, phone = excluded.phone, post_name = excluded.post_name, post_street = excluded.post_street,
		post_postcode = excluded.post_postcode, post_city = excluded.post_city, post_country = excluded.post_country,
		search = excluded.search, updated_at = excluded.updated_at`)
	putLease = store.Scoped(`INSERT INTO lease (org_id, ` + leaseCols + `, until, created_at, updated_at) VALUES $rows
		ON CONFLICT (org_id, id) DO UPDATE SET unit_id = excluded.unit_id, kind = excluded.kind, ref = excluded.ref, starts_on = excluded.starts_on,
		ends_on = excluded.ends_on, signed_on = excluded.signed_on, rent_net = excluded.rent_net, rent_service = excluded.rent_service,
		rent_heating = excluded.rent_heating, deposit = excluded.deposit, currency = excluded.currency, notice_period = excluded.notice_period,
		until = excluded.until, updated_at = excluded.updated_at`)
	putMembership = store.Scoped(`INSERT INTO lease_person (org_id, ` + membershipCols + `) VALUES $rows
		ON CONFLICT (org_id, lease_id, person_id) DO UPDATE SET role = excluded.role, from_day = excluded.from_day, to_day = excluded.to_day`)
)

// Removals: only what nothing in these tables refers to.
var (
	removeMembership = store.Scoped(`DELETE FROM lease_person WHERE org_id = $1 AND lease_id = $2 AND person_id = $3`)
	removeLeases     = store.Scoped(`DELETE FROM lease WHERE org_id = $1 AND id IN ($2...)
		AND NOT EXISTS (SELECT 1 FROM lease_person lp WHERE lp.org_id = lease.org_id AND lp.lease_id = lease.id) RETURNING id`)
	removePersons = store.Scoped(`DELETE FROM person WHERE org_id = $1 AND id IN ($2...)
		AND NOT EXISTS (SELECT 1 FROM lease_person lp WHERE lp.org_id = person.org_id AND lp.person_id = person.id) RETURNING id`)
	removeUnits = store.Scoped(`DELETE FROM unit WHERE org_id = $1 AND id IN ($2...)
		AND NOT EXISTS (SELECT 1 FROM lease l WHERE l.org_id = unit.org_id AND l.unit_id = unit.id) RETURNING id`)
	removeBuildings = store.Scoped(`DELETE FROM building WHERE org_id = $1 AND id IN ($2...)
		AND NOT EXISTS (SELECT 1 FROM unit u WHERE u.org_id = building.org_id AND u.building_id = building.id) RETURNING id`)
	removeProperties = store.Scoped(`DELETE FROM property WHERE org_id = $1 AND id IN ($2...)
		AND NOT EXISTS (SELECT 1 FROM building b WHERE b.org_id = property.org_id AND b.property_id = property.id)
		AND NOT EXISTS (SELECT 1 FROM staff_property sp WHERE sp.org_id = property.org_id AND sp.property_id = property.id) RETURNING id`)
)
