package access

import "foyer/internal/platform/store"

const registrationColumns = `r.id, r.code_id, r.email, r.password_hash, r.language, r.pin_hash, r.pin_tries, r.created_at, r.expires_at, r.verified_at, r.ended_at, c.person_id`

var (
	insertRegistration = store.Scoped(`INSERT INTO registration (org_id, id, code_id, email, password_hash, language, browser_hash, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`)
	registrationByBrowser = store.Scoped(`SELECT ` + registrationColumns + ` FROM registration r
		JOIN access_code c ON c.org_id = r.org_id AND c.id = r.code_id WHERE r.org_id = $1 AND r.browser_hash = $2`)
	registrationByLink = store.Scoped(`SELECT ` + registrationColumns + ` FROM registration r
		JOIN access_code c ON c.org_id = r.org_id AND c.id = r.code_id WHERE r.org_id = $1 AND r.link_hash = $2 AND r.link_hash <> ''`)
	registrationByID = store.Scoped(`SELECT ` + registrationColumns + ` FROM registration r
		JOIN access_code c ON c.org_id = r.org_id AND c.id = r.code_id WHERE r.org_id = $1 AND r.id = $2`)
	browserFits      = store.Scoped(`SELECT count(*) FROM registration WHERE org_id = $1 AND id = $2 AND browser_hash = $3`)
	mintRegistration = store.Scoped(`UPDATE registration SET pin_hash = $3, link_hash = $4, pin_tries = 0, expires_at = $5
		WHERE org_id = $1 AND id = $2 AND ended_at = 0 AND verified_at = 0`)
	countTry           = store.Scoped(`UPDATE registration SET pin_tries = pin_tries + 1 WHERE org_id = $1 AND id = $2`)
	verifyRegistration = store.Scoped(`UPDATE registration SET verified_at = $3, expires_at = $4 WHERE org_id = $1 AND id = $2 AND ended_at = 0 AND verified_at = 0`)
	moveRegistration   = store.Scoped(`UPDATE registration SET browser_hash = $3 WHERE org_id = $1 AND id = $2 AND ended_at = 0`)
	endRegistrations   = store.Scoped(`UPDATE registration SET ended_at = $3, password_hash = ''
		WHERE org_id = $1 AND ended_at = 0 AND code_id IN (SELECT c.id FROM access_code c WHERE c.org_id = $1 AND c.person_id = $2)`)

	loginOfPerson = store.Scoped(`SELECT a.id, a.email, a.language FROM account_person ap
		JOIN account a ON a.org_id = ap.org_id AND a.id = ap.account_id WHERE ap.org_id = $1 AND ap.person_id = $2 AND a.closed_at = 0`)
	personsOfAccount = store.Scoped(`SELECT person_id FROM account_person WHERE org_id = $1 AND account_id = $2 ORDER BY person_id`)
	unlinkPerson     = store.Scoped(`DELETE FROM account_person WHERE org_id = $1 AND person_id = $2`)
	closeAccount     = store.Scoped(`UPDATE account SET closed_at = $3, password_hash = '' WHERE org_id = $1 AND id = $2 AND closed_at = 0`)

	revokeOne = store.Scoped(`UPDATE access_code SET revoked_at = $3, revoked_by = $4, revoke_reason = $5
		WHERE org_id = $1 AND id = $2 AND used_at = 0 AND revoked_at = 0`)
	dismissNotMe = store.Scoped(`UPDATE access_code SET revoke_reason = $4 WHERE org_id = $1 AND person_id = $2 AND revoke_reason = $3
		AND ($5 OR EXISTS (SELECT 1 FROM lease l JOIN unit u ON u.org_id = l.org_id AND u.id = l.unit_id
			WHERE l.org_id = $1 AND l.id = access_code.lease_id AND u.property_id IN ($6...)))`)

	deleteRegistrations = store.Scoped(`DELETE FROM registration WHERE org_id = $1 AND expires_at < $2`)
	deleteCodes         = store.Scoped(`DELETE FROM access_code WHERE org_id = $1 AND used_at = 0 AND expires_at < $2
		AND NOT EXISTS (SELECT 1 FROM registration r WHERE r.org_id = $1 AND r.code_id = access_code.id)`)
	forgetPending = store.Scoped(`DELETE FROM person_access WHERE org_id = $1 AND state IN ('pending', 'requested') AND person_id IN ($2...)`)
)
