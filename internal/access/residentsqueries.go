package access

import "foyer/internal/platform/store"

// A row of the residents' table is a person in a lease. live rows are those of
// leases that run or are to come ($3 is today); the state is read as StateOf
// does, by the clock $4.
const (
	residentJoins = `FROM unit u
		JOIN building b ON b.org_id = u.org_id AND b.id = u.building_id
		JOIN lease l ON l.org_id = u.org_id AND l.unit_id = u.id
		JOIN lease_person lp ON lp.org_id = l.org_id AND lp.lease_id = l.id
		JOIN person pe ON pe.org_id = lp.org_id AND pe.id = lp.person_id
		LEFT JOIN person_access pa ON pa.org_id = lp.org_id AND pa.person_id = lp.person_id
		WHERE u.org_id = $1 AND u.property_id = $2`
	residentOver  = `(l.until < $3 OR lp.to_day < $3 OR lp.to_day < l.starts_on OR lp.to_day < lp.from_day OR l.until < lp.from_day)`
	residentState = `CASE WHEN ` + residentOver + ` THEN 'ended' WHEN pa.state IS NULL THEN 'none'
		WHEN pa.state = 'pending' AND pa.until <= $4 THEN 'expired' ELSE pa.state END`
	// residentFilter leaves out ended rows unless they are asked for: $5 words,
	// $6 stairwell, $7 state; $8 asks for those alone to whom the button above the
	// table writes, as needsAccess has it: $9 is its last day, $10 adds residents
	// who are no party.
	residentFilter = ` AND ($5 = '' OR ' ' || pe.search LIKE '% ' || $5 || '%' OR u.match_key LIKE '%' || $5 || '%')
		AND ($6 = '' OR CASE WHEN u.stairwell <> '' THEN u.stairwell ELSE b.house_number END = $6)
		AND CASE WHEN $7 = '' THEN NOT ` + residentOver + ` ELSE ` + residentState + ` = $7 END
		AND (NOT $8 OR (NOT ` + residentOver + ` AND l.starts_on <= $9 AND lp.from_day <= $9 AND u.uvi_needed
			AND (lp.role IN ('contract_party', 'owner') OR ($10 AND lp.role = 'co_resident')) AND ` + residentState + ` IN ('none', 'requested', 'expired')))`
	// batchCounts leaves out batches whose letters are all worth nothing: every
	// code was used, replaced or taken back.
	batchCounts = `EXISTS (SELECT 1 FROM access_code k WHERE k.org_id = b.org_id AND k.batch_id = b.id AND k.batch_id <> '' AND k.used_at = 0 AND k.revoked_at = 0)`
	todayJoins  = `JOIN lease_person lp ON lp.org_id = c.org_id AND lp.person_id = c.person_id AND lp.lease_id = c.lease_id
		JOIN lease l ON l.org_id = lp.org_id AND l.id = lp.lease_id
		JOIN unit u ON u.org_id = l.org_id AND u.id = l.unit_id
		JOIN property p ON p.org_id = u.org_id AND p.id = u.property_id
		JOIN person pe ON pe.org_id = c.org_id AND pe.id = c.person_id`
)

var (
	residentRows = store.Scoped(`SELECT pe.id, pe.title, pe.first_name, pe.last_name, pe.company, lp.lease_id, lp.role, l.starts_on, l.until, lp.from_day, lp.to_day,
		u.id, u.label, u.floor, u.stairwell, u.usage, u.uvi_needed, b.street, b.house_number,
		` + residentState + `, coalesce(pa.since, 0), coalesce(pa.until, 0), coalesce(pa.channel, '')
		` + residentJoins + residentFilter + `
		ORDER BY u.sort_key, u.id, l.starts_on, l.id, lp.person_id LIMIT $11 OFFSET $12`)
	residentCount = store.Scoped(`SELECT count(*) ` + residentJoins + residentFilter)
	// residentSums counts the persons of a property per state, those of them
	// for whom the button above the table is (until $5, $6 adds residents who are no party, as in needsAccess), and
	// their rows in running leases.
	residentSums = store.Scoped(`SELECT s.state, s.needs, count(*), CAST(sum(s.live) AS BIGINT) FROM (
			SELECT CASE WHEN sum(CASE WHEN ` + residentOver + ` THEN 0 ELSE 1 END) = 0 THEN 'ended' ELSE
				max(CASE WHEN pa.state IS NULL THEN 'none' WHEN pa.state = 'pending' AND pa.until <= $4 THEN 'expired' ELSE pa.state END) END AS state,
				max(CASE WHEN l.until >= $3 AND lp.to_day >= $3 AND l.starts_on <= $5 AND lp.from_day <= $5 AND u.uvi_needed
					AND (lp.role IN ('contract_party', 'owner') OR ($6 AND lp.role = 'co_resident')) THEN 1 ELSE 0 END) AS needs,
				sum(CASE WHEN ` + residentOver + ` THEN 0 ELSE 1 END) AS live
			FROM unit u
			JOIN lease l ON l.org_id = u.org_id AND l.unit_id = u.id
			JOIN lease_person lp ON lp.org_id = l.org_id AND lp.lease_id = l.id
			LEFT JOIN person_access pa ON pa.org_id = lp.org_id AND pa.person_id = lp.person_id
			WHERE u.org_id = $1 AND u.property_id = $2 GROUP BY lp.person_id) s
		GROUP BY s.state, s.needs ORDER BY s.state, s.needs`)
	stairwells = store.Scoped(`SELECT CASE WHEN u.stairwell <> '' THEN u.stairwell ELSE b.house_number END AS stair, count(*) FROM unit u
		JOIN building b ON b.org_id = u.org_id AND b.id = u.building_id
		WHERE u.org_id = $1 AND u.property_id = $2 GROUP BY 1 ORDER BY 1`)
)

// What waits on Heute; $2 is false for staff who are limited to the properties
// of the last parameter.
var (
	todayBatches = store.Scoped(`SELECT ` + batchColumns + ` FROM letter_batch b
		JOIN property p ON p.org_id = b.org_id AND p.id = b.property_id
		WHERE b.org_id = $1 AND b.printed_at = 0 AND b.created_at > $3
		AND (b.state IN ('queued', 'running', 'failed') OR (b.state = 'ready' OR (b.state = 'erased' AND b.fetched_at = 0 AND b.done > 0)) AND ` + batchCounts + `)
		AND ($2 OR b.property_id IN ($4...)) ORDER BY b.created_at DESC, b.id DESC LIMIT 50`)
	todayLetters = store.Scoped(`SELECT le.batch_id, pe.id, pe.title, pe.first_name, pe.last_name, pe.company, p.id, p.name, le.reason, le.reason_arg FROM letter le
		JOIN letter_batch b ON b.org_id = le.org_id AND b.id = le.batch_id
		JOIN property p ON p.org_id = b.org_id AND p.id = b.property_id
		JOIN person pe ON pe.org_id = le.org_id AND pe.id = le.person_id
		WHERE le.org_id = $1 AND le.state = 'failed' AND le.dismissed_at = 0
		AND ($2 OR b.property_id IN ($3...)) ORDER BY b.created_at DESC, le.batch_id, le.position LIMIT 50`)
	// todayExpired counts whom the button above a property's table would write
	// to because the code has run out (needsAccess), each person in one property.
	todayExpired = store.Scoped(`SELECT p.id, p.name, count(*) FROM (
			SELECT lp.person_id, min(u.property_id) AS property_id FROM person_access pa
			JOIN lease_person lp ON lp.org_id = pa.org_id AND lp.person_id = pa.person_id
			JOIN lease l ON l.org_id = lp.org_id AND l.id = lp.lease_id
			JOIN unit u ON u.org_id = l.org_id AND u.id = l.unit_id
			JOIN property q ON q.org_id = u.org_id AND q.id = u.property_id
			WHERE pa.org_id = $1 AND $2 = '' AND pa.state = 'pending' AND ` + needsAccess + ` AND q.portal_on
			AND ($9 OR q.id IN ($10...)) GROUP BY lp.person_id) x
		JOIN property p ON p.org_id = $1 AND p.id = x.property_id
		GROUP BY p.id, p.name ORDER BY p.name, p.id LIMIT 200`)
	todayStates = store.Scoped(`SELECT CASE WHEN pa.state IS NULL THEN 'none' WHEN pa.state = 'pending' AND pa.until <= $3 THEN 'expired' ELSE pa.state END AS state,
			count(DISTINCT lp.person_id)
		FROM lease_person lp
		JOIN lease l ON l.org_id = lp.org_id AND l.id = lp.lease_id
		JOIN unit u ON u.org_id = l.org_id AND u.id = l.unit_id
		LEFT JOIN person_access pa ON pa.org_id = lp.org_id AND pa.person_id = lp.person_id
		WHERE lp.org_id = $1 AND lp.to_day >= $4 AND l.until >= $4
		AND lp.to_day >= l.starts_on AND lp.to_day >= lp.from_day AND l.until >= lp.from_day
		AND ($2 OR u.property_id IN ($5...)) GROUP BY 1 ORDER BY 1`)
	todayAsked = store.Scoped(`SELECT pe.id, pe.title, pe.first_name, pe.last_name, pe.company, p.id, p.name, pa.since
		FROM person_access pa
		JOIN lease_person lp ON lp.org_id = pa.org_id AND lp.person_id = pa.person_id
		JOIN lease l ON l.org_id = lp.org_id AND l.id = lp.lease_id
		JOIN unit u ON u.org_id = l.org_id AND u.id = l.unit_id
		JOIN property p ON p.org_id = u.org_id AND p.id = u.property_id
		JOIN person pe ON pe.org_id = pa.org_id AND pe.id = pa.person_id
		WHERE pa.org_id = $1 AND pa.state = 'requested' AND lp.to_day >= $3 AND l.until >= $3 AND p.portal_on
		AND ($2 OR p.id IN ($4...)) ORDER BY pa.since, pe.id, p.id LIMIT 100`)
	todayNotMe = store.Scoped(`SELECT pe.id, pe.title, pe.first_name, pe.last_name, pe.company, p.id, p.name, c.revoked_at FROM access_code c ` + todayJoins + `
		WHERE c.org_id = $1 AND c.revoke_reason = 'not_me' AND ($2 OR p.id IN ($3...)) ORDER BY c.revoked_at DESC, c.id LIMIT 50`)
	todayMails = store.Scoped(`SELECT d.id, d.kind, d.reason, d.failed_at, coalesce(pe.id, ''), coalesce(pe.title, ''), coalesce(pe.first_name, ''),
			coalesce(pe.last_name, ''), coalesce(pe.company, '') FROM delivery d
		LEFT JOIN person pe ON pe.org_id = d.org_id AND pe.id = d.person_id
		WHERE d.org_id = $1 AND d.state = 'failed' AND d.dismissed_at = 0 AND d.channel = 'email'
		AND ($2 OR EXISTS (SELECT 1 FROM lease_person lp JOIN lease l ON l.org_id = lp.org_id AND l.id = lp.lease_id
			JOIN unit u ON u.org_id = l.org_id AND u.id = l.unit_id
			WHERE lp.org_id = d.org_id AND lp.person_id = d.person_id AND u.property_id IN ($3...)))
		ORDER BY d.failed_at DESC, d.id LIMIT 50`)

	issuedCodes = store.Scoped(`SELECT c.id, c.lease_id, c.channel, c.address, c.consent_id, c.batch_id, c.issued_by, c.issued_at, c.expires_at,
			c.used_at, c.revoked_at, c.revoked_by, c.revoke_reason, coalesce(b.printed_at, 0)
		FROM access_code c JOIN lease l ON l.org_id = c.org_id AND l.id = c.lease_id
		JOIN unit u ON u.org_id = l.org_id AND u.id = l.unit_id
		LEFT JOIN letter_batch b ON b.org_id = c.org_id AND b.id = c.batch_id
		WHERE c.org_id = $1 AND c.person_id = $2 AND ($3 OR u.property_id IN ($4...)) ORDER BY c.issued_at DESC, c.id DESC LIMIT 50`)
	staffNames = store.Scoped(`SELECT id, name FROM staff WHERE org_id = $1 ORDER BY id`)
)
