package access

import "foyer/internal/platform/store"

// Who needs access data, the rule of K15: a lease that runs or begins soon
// (from $3 today, to $4), a role that may register ($5 adds residents who are
// no party), a unit that needs consumption information (or $6 any), and no
// access or an expired code by the clock $7 (or $8 one that still runs).
const (
	needsAccess = `l.until >= $3 AND lp.to_day >= $3 AND l.starts_on <= $4 AND lp.from_day <= $4
		AND (lp.role IN ('contract_party', 'owner') OR ($5 AND lp.role = 'co_resident'))
		AND (u.uvi_needed OR $6)
		AND (pa.state IS NULL OR pa.state = 'requested' OR (pa.state = 'pending' AND (pa.until <= $7 OR $8)))`
	needsFrom = `FROM unit u
		JOIN lease l ON l.org_id = u.org_id AND l.unit_id = u.id
		JOIN lease_person lp ON lp.org_id = l.org_id AND lp.lease_id = l.id
		JOIN person pe ON pe.org_id = lp.org_id AND pe.id = lp.person_id
		LEFT JOIN person_access pa ON pa.org_id = lp.org_id AND pa.person_id = lp.person_id `
	needsJoins   = needsFrom + `WHERE u.org_id = $1 AND u.property_id = $2 AND ` + needsAccess
	batchColumns = `b.id, b.property_id, p.name, b.reason, b.state, b.include_pending, b.secret, b.total, b.done, b.failed, b.blob, b.manifest_blob,
		b.created_by, b.created_at, b.ready_at, b.fetched_at, b.printed_at, b.erase_at`
)

var (
	whoNeeds = store.Scoped(`SELECT lp.person_id, lp.lease_id, u.uvi_needed ` + needsJoins + `
		ORDER BY u.sort_key, u.id, l.starts_on, l.id, lp.role, pe.last_name, pe.first_name, pe.id`)

	insertBatch = store.Scoped(`INSERT INTO letter_batch (org_id, id, property_id, reason, state, include_pending, secret, total, created_by, created_at)
		VALUES ($1, $2, $3, $4, 'queued', $5, $6, $7, $8, $9)`)
	insertLetters = store.Scoped(`INSERT INTO letter (org_id, batch_id, person_id, lease_id, position, state) VALUES $rows`)
	batchByID     = store.Scoped(`SELECT ` + batchColumns + ` FROM letter_batch b
		JOIN property p ON p.org_id = b.org_id AND p.id = b.property_id WHERE b.org_id = $1 AND b.id = $2`)
	batchesOf = store.Scoped(`SELECT ` + batchColumns + ` FROM letter_batch b
		JOIN property p ON p.org_id = b.org_id AND p.id = b.property_id
		WHERE b.org_id = $1 AND b.property_id = $2 ORDER BY b.created_at DESC, b.id DESC LIMIT $3`)
	unfetchedOf = store.Scoped(`SELECT ` + batchColumns + ` FROM letter_batch b
		JOIN property p ON p.org_id = b.org_id AND p.id = b.property_id
		WHERE b.org_id = $1 AND b.property_id = $2 AND b.state = 'ready' AND b.blob <> '' AND b.fetched_at = 0 AND b.printed_at = 0 AND b.erase_at > $3
		AND ` + batchCounts + `
		ORDER BY b.created_at DESC, b.id DESC LIMIT 1`)
	batchAtWork = store.Scoped(`SELECT id FROM letter_batch
		WHERE org_id = $1 AND property_id = $2 AND state IN ('queued', 'running') ORDER BY id LIMIT 1`)
	batchJustMade = store.Scoped(`SELECT id FROM letter_batch
		WHERE org_id = $1 AND property_id = $2 AND reason = $3 AND include_pending = $4 AND created_by = $5 AND created_at > $6
		AND state = 'ready' AND printed_at = 0 ORDER BY created_at DESC, id DESC LIMIT 1`)
	startBatch  = store.Scoped(`UPDATE letter_batch SET state = 'running' WHERE org_id = $1 AND id = $2 AND state IN ('queued', 'running')`)
	countBatch  = store.Scoped(`UPDATE letter_batch SET done = done + $3, failed = failed + $4 WHERE org_id = $1 AND id = $2`)
	finishBatch = store.Scoped(`UPDATE letter_batch SET state = 'ready', blob = $3, manifest_blob = $4, ready_at = $5, erase_at = $6
		WHERE org_id = $1 AND id = $2 AND state = 'running'`)
	fetchedBatch = store.Scoped(`UPDATE letter_batch SET fetched_at = $3 WHERE org_id = $1 AND id = $2 AND fetched_at = 0`)
	printedBatch = store.Scoped(`UPDATE letter_batch SET printed_at = $3 WHERE org_id = $1 AND id = $2 AND printed_at = 0 AND state IN ('ready', 'erased', 'failed')`)
	endBatch     = store.Scoped(`UPDATE letter_batch SET state = $3, secret = '', blob = '', manifest_blob = ''
		WHERE org_id = $1 AND id = $2 AND state IN ('queued', 'running', 'ready')`)

	lettersAfter = store.Scoped(`SELECT le.position, le.person_id, le.lease_id, le.state, coalesce(pa.state, ''), coalesce(pa.until, 0),
			coalesce(c.expires_at, 0), coalesce(c.used_at, 0) + coalesce(c.revoked_at, 0)
		FROM letter le
		LEFT JOIN person_access pa ON pa.org_id = le.org_id AND pa.person_id = le.person_id
		LEFT JOIN access_code c ON c.org_id = le.org_id AND c.batch_id = le.batch_id AND c.person_id = le.person_id AND c.batch_id <> ''
		WHERE le.org_id = $1 AND le.batch_id = $2 AND le.position > $3 AND le.position <= $4 AND le.state <> 'failed'
		ORDER BY le.position`)
	letterPeople = store.Scoped(`SELECT ` + holderColumns + `, ` + placeColumns + ` FROM letter le
		JOIN person pe ON pe.org_id = le.org_id AND pe.id = le.person_id
		JOIN lease_person lp ON lp.org_id = le.org_id AND lp.lease_id = le.lease_id AND lp.person_id = le.person_id
		` + placeJoins + `
		WHERE le.org_id = $1 AND le.batch_id = $2 AND le.position > $3 AND le.position <= $4`)
	letterParties = store.Scoped(`SELECT lp.lease_id, pe.id, pe.title, pe.first_name, pe.last_name, pe.company FROM lease_person lp
		JOIN person pe ON pe.org_id = lp.org_id AND pe.id = lp.person_id
		WHERE lp.org_id = $1 AND lp.role IN ('contract_party', 'owner') AND lp.to_day >= $2
		AND lp.lease_id IN (SELECT le.lease_id FROM letter le WHERE le.org_id = $1 AND le.batch_id = $3 AND le.position > $4 AND le.position <= $5)
		ORDER BY lp.lease_id, pe.last_name, pe.first_name, pe.id`)
	letterDone = store.Scoped(`UPDATE letter SET state = 'done'
		WHERE org_id = $1 AND batch_id = $2 AND position > $3 AND position <= $4 AND state = 'planned' AND person_id IN ($5...)`)
	letterFailed = store.Scoped(`UPDATE letter SET state = 'failed', reason = $4, reason_arg = $5, dismissed_at = $6
		WHERE org_id = $1 AND batch_id = $2 AND person_id = $3 AND state <> 'failed'`)
	unfit = store.Scoped(`SELECT count(*) FROM person_access
		WHERE org_id = $1 AND NOT (state = 'requested' OR (state = 'pending' AND (until <= $2 OR $3))) AND person_id IN ($4...)`)
	revokeMany = store.Scoped(`UPDATE access_code SET revoked_at = $2, revoked_by = $3, revoke_reason = $4
		WHERE org_id = $1 AND used_at = 0 AND revoked_at = 0 AND expires_at > $2 AND person_id IN ($5...)`)
	insertCodes = store.Scoped(`INSERT INTO access_code (org_id, id, person_id, lease_id, channel, typed_hash, link_hash, address, batch_id, issued_by, issued_at, expires_at)
		VALUES $rows`)
	saveAccesses = store.Scoped(`INSERT INTO person_access (org_id, person_id, state, since, until, channel) VALUES $rows
		ON CONFLICT (org_id, person_id) DO UPDATE SET state = excluded.state, since = excluded.since, until = excluded.until, channel = excluded.channel`)
	pdfBlobs      = store.Scoped(`SELECT blob FROM letter_batch WHERE org_id = $1 AND blob <> ''`)
	manifestBlobs = store.Scoped(`SELECT manifest_blob FROM letter_batch WHERE org_id = $1 AND manifest_blob <> ''`)
	dismissLetter = store.Scoped(`UPDATE letter SET dismissed_at = $4
		WHERE org_id = $1 AND batch_id = $2 AND person_id = $3 AND state = 'failed' AND dismissed_at = 0`)

	forgetBatch = store.Scoped(`DELETE FROM person_access WHERE org_id = $1 AND state = 'pending' AND person_id IN (
		SELECT c.person_id FROM access_code c WHERE c.org_id = $1 AND c.batch_id = $2 AND c.used_at = 0 AND c.revoked_at = 0)`)
	revokeBatch = store.Scoped(`UPDATE access_code SET revoked_at = $3, revoked_by = $4, revoke_reason = $5
		WHERE org_id = $1 AND batch_id = $2 AND used_at = 0 AND revoked_at = 0`)
)
