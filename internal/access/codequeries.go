package access

import "foyer/internal/platform/store"

// Who stands behind a code: the person with all leases.
var (
	holderByID = store.Scoped(`SELECT ` + holderColumns + ` FROM person pe WHERE pe.org_id = $1 AND pe.id = $2`)
	placesOf   = store.Scoped(`SELECT ` + placeColumns + ` FROM lease_person lp ` + placeJoins + `
		WHERE lp.org_id = $1 AND lp.person_id = $2
		ORDER BY p.name, p.id, u.sort_key, u.id, l.starts_on, l.id`)
)

const (
	holderColumns = `pe.id, pe.salutation, pe.title, pe.first_name, pe.last_name, pe.company, pe.language, pe.email, pe.phone,
		pe.post_name, pe.post_street, pe.post_postcode, pe.post_city, pe.post_country`
	placeColumns = `lp.person_id, lp.lease_id, lp.role, lp.from_day, lp.to_day, l.kind, l.ref, l.starts_on, l.until,
		u.id, u.label, u.floor, u.stairwell, u.usage, u.uvi_needed, p.id, p.name, p.portal_on,
		b.street, b.house_number, b.postcode, b.city, b.country`
	placeJoins = `JOIN lease l ON l.org_id = lp.org_id AND l.id = lp.lease_id
		JOIN unit u ON u.org_id = l.org_id AND u.id = l.unit_id
		JOIN building b ON b.org_id = u.org_id AND b.id = u.building_id
		JOIN property p ON p.org_id = u.org_id AND p.id = u.property_id`
)

// Codes and states.
var (
	accessOf   = store.Scoped(`SELECT state, since, until, channel FROM person_access WHERE org_id = $1 AND person_id = $2`)
	saveAccess = store.Scoped(`INSERT INTO person_access (org_id, person_id, state, since, until, channel) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (org_id, person_id) DO UPDATE SET state = excluded.state, since = excluded.since, until = excluded.until, channel = excluded.channel`)
	dropAccess = store.Scoped(`DELETE FROM person_access WHERE org_id = $1 AND person_id = $2`)

	codeColumns = `id, person_id, lease_id, channel, address, consent_id, batch_id, issued_by, issued_at, expires_at, used_at, revoked_at, revoke_reason`
	insertCode  = store.Scoped(`INSERT INTO access_code (org_id, id, person_id, lease_id, channel, typed_hash, link_hash, address, consent_id, batch_id, issued_by, issued_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`)
	codeByTyped = store.Scoped(`SELECT ` + codeColumns + ` FROM access_code WHERE org_id = $1 AND typed_hash = $2 AND typed_hash <> ''`)
	codeByLink  = store.Scoped(`SELECT ` + codeColumns + ` FROM access_code WHERE org_id = $1 AND link_hash = $2 AND link_hash <> ''`)
	codeByID    = store.Scoped(`SELECT ` + codeColumns + ` FROM access_code WHERE org_id = $1 AND id = $2`)
	codesOf     = store.Scoped(`SELECT ` + codeColumns + ` FROM access_code WHERE org_id = $1 AND person_id = $2 ORDER BY issued_at DESC, id DESC LIMIT $3`)
	latestCode  = store.Scoped(`SELECT ` + codeColumns + ` FROM access_code WHERE org_id = $1 AND person_id = $2 ORDER BY issued_at DESC, id DESC LIMIT 1`)
	revokeCodes = store.Scoped(`UPDATE access_code SET revoked_at = $3, revoked_by = $4, revoke_reason = $5
		WHERE org_id = $1 AND person_id = $2 AND used_at = 0 AND revoked_at = 0 AND expires_at > $3`)
	// letterAgain is the newest letter of its own that $4 made for a person after
	// $5, if its code still counts at $6; $3 is its lease, '' for any.
	letterAgain = store.Scoped(`SELECT id, lease_id, sealed, issued_at, expires_at FROM access_code
		WHERE org_id = $1 AND person_id = $2 AND ($3 = '' OR lease_id = $3) AND issued_by = $4 AND issued_at > $5 AND expires_at > $6
		AND sealed <> '' AND used_at = 0 AND revoked_at = 0 ORDER BY issued_at DESC, id DESC LIMIT 1`)
	keepLetter = store.Scoped(`UPDATE access_code SET sealed = $3 WHERE org_id = $1 AND id = $2`)
	// liveElsewhere are the persons with a code that counts at $2 and is for a
	// property that is none of $4; $3 is one person, '' for all.
	liveElsewhere = store.Scoped(`SELECT DISTINCT c.person_id FROM access_code c
		JOIN lease l ON l.org_id = c.org_id AND l.id = c.lease_id
		JOIN unit u ON u.org_id = l.org_id AND u.id = l.unit_id
		WHERE c.org_id = $1 AND c.expires_at > $2 AND c.used_at = 0 AND c.revoked_at = 0 AND ($3 = '' OR c.person_id = $3)
		AND NOT (u.property_id IN ($4...)) ORDER BY c.person_id`)
	forgetLetters = store.Scoped(`UPDATE access_code SET sealed = '' WHERE org_id = $1 AND sealed <> '' AND issued_at <= $2`)
	useCode       = store.Scoped(`UPDATE access_code SET used_at = $3 WHERE org_id = $1 AND id = $2 AND used_at = 0 AND revoked_at = 0`)
	sealCode      = store.Scoped(`UPDATE access_code SET link_hash = $3, expires_at = $4
		WHERE org_id = $1 AND id = $2 AND used_at = 0 AND revoked_at = 0`)
	extendAccess = store.Scoped(`UPDATE person_access SET until = $3 WHERE org_id = $1 AND person_id = $2 AND state = 'pending'`)
	codeHasLink  = store.Scoped(`SELECT link_hash <> '' FROM access_code WHERE org_id = $1 AND id = $2`)
	endedHolders = store.Scoped(`SELECT DISTINCT c.person_id FROM access_code c
		WHERE c.org_id = $1 AND c.used_at = 0 AND c.revoked_at = 0 AND c.expires_at > $2
		AND NOT EXISTS (SELECT 1 FROM lease_person lp JOIN lease l ON l.org_id = lp.org_id AND l.id = lp.lease_id
			WHERE lp.org_id = $1 AND lp.person_id = c.person_id AND lp.to_day >= $3 AND l.until >= $3)
		ORDER BY c.person_id LIMIT 1000`)

	checklistOf   = store.Scoped(`SELECT confirmed_by, confirmed_at FROM checklist WHERE org_id = $1 AND property_id = $2`)
	saveChecklist = store.Scoped(`INSERT INTO checklist (org_id, property_id, confirmed_by, confirmed_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (org_id, property_id) DO UPDATE SET confirmed_by = excluded.confirmed_by, confirmed_at = excluded.confirmed_at`)
	partiesOf = store.Scoped(`SELECT lp.lease_id, pe.id, pe.title, pe.first_name, pe.last_name, pe.company FROM lease_person lp
		JOIN person pe ON pe.org_id = lp.org_id AND pe.id = lp.person_id
		WHERE lp.org_id = $1 AND lp.lease_id = $2 AND lp.person_id <> $3 AND lp.role IN ('contract_party', 'owner') AND lp.to_day >= $4
		ORDER BY pe.last_name, pe.first_name, pe.id`)
	propertyByID = store.Scoped(`SELECT id, name, portal_on FROM property WHERE org_id = $1 AND id = $2`)
)
