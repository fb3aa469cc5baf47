package access

import "foyer/internal/platform/store"

// throttle
var (
	throttleOf  = store.Scoped(`SELECT tries, last_at FROM throttle WHERE org_id = $1 AND kind = $2 AND key = $3`)
	setThrottle = store.Scoped(`INSERT INTO throttle (org_id, kind, key, tries, last_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (org_id, kind, key) DO UPDATE SET tries = $4, last_at = $5`)
	easeThrottle  = store.Scoped(`UPDATE throttle SET tries = tries - 1 WHERE org_id = $1 AND kind = $2 AND key = $3 AND tries > 0`)
	clearThrottle = store.Scoped(`DELETE FROM throttle WHERE org_id = $1 AND kind = $2 AND key = $3`)
)

// accounts
const accountColumns = `id, site, email, password_hash, staff_id, language, created_at, password_at`

var (
	accountByEmail = store.Scoped(`SELECT ` + accountColumns + ` FROM account WHERE org_id = $1 AND site = $2 AND email = $3 AND closed_at = 0`)
	accountByID    = store.Scoped(`SELECT ` + accountColumns + ` FROM account WHERE org_id = $1 AND id = $2 AND closed_at = 0`)
	accountOfStaff = store.Scoped(`SELECT ` + accountColumns + ` FROM account WHERE org_id = $1 AND staff_id = $2 AND staff_id <> '' AND closed_at = 0`)
	insertAccount  = store.Scoped(`INSERT INTO account (org_id, id, site, email, password_hash, staff_id, language, created_at, password_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)`)
	setPassword = store.Scoped(`UPDATE account SET password_hash = $3, password_at = $4 WHERE org_id = $1 AND id = $2 AND closed_at = 0`)
	setLanguage = store.Scoped(`UPDATE account SET language = $3 WHERE org_id = $1 AND id = $2 AND closed_at = 0`)

	insertAccountPerson = store.Scoped(`INSERT INTO account_person (org_id, account_id, person_id, since) VALUES ($1, $2, $3, $4)`)

	// livingPersons are the account's persons with at least one membership that
	// ended on or after a day, in a property whose portal is on (E7).
	livingPersons = store.Scoped(`SELECT ap.person_id FROM account_person ap WHERE ap.org_id = $1 AND ap.account_id = $2
		AND EXISTS (` + living("ap.org_id", "ap.person_id") + `) ORDER BY ap.person_id`)
	livingPerson   = store.Scoped(`SELECT pe.id FROM person pe WHERE pe.org_id = $1 AND pe.id = $2 AND EXISTS (` + living("pe.org_id", "pe.id") + `)`)
	namesOfAccount = store.Scoped(`SELECT p.first_name, p.last_name, p.company FROM account_person ap
		JOIN person p ON p.org_id = ap.org_id AND p.id = ap.person_id WHERE ap.org_id = $1 AND ap.account_id = $2 ORDER BY p.id`)
	staffAccounts = store.Scoped(`SELECT staff_id, created_at FROM account WHERE org_id = $1 AND site = 'staff' AND closed_at = 0`)
)

// sessions
const sessionColumns = `s.id, s.account_id, s.device, s.remember, s.created_at, s.auth_at, s.seen_at, s.expires_at, s.lease_id`

var (
	insertSession = store.Scoped(`INSERT INTO session (org_id, id, account_id, token_hash, device, remember, created_at, auth_at, seen_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $7, $8)`)
	sessionByToken = store.Scoped(`SELECT ` + sessionColumns + `, a.language, a.staff_id, s.view_person FROM session s
		JOIN account a ON a.org_id = s.org_id AND a.id = s.account_id
		WHERE s.org_id = $1 AND s.token_hash = $2 AND a.site = CASE WHEN s.view_person <> '' THEN 'staff' ELSE $3 END AND s.expires_at > $4 AND a.closed_at = 0 AND a.password_hash <> ''`)
	sessionByID = store.Scoped(`SELECT ` + sessionColumns + ` FROM session s
		WHERE s.org_id = $1 AND s.id = $2 AND s.account_id = $3 AND s.expires_at > $4`)
	sessionsOf = store.Scoped(`SELECT ` + sessionColumns + ` FROM session s
		WHERE s.org_id = $1 AND s.account_id = $2 AND s.view_person = '' AND s.expires_at > $3 ORDER BY s.seen_at DESC, s.id DESC LIMIT 100`)
	touchSession  = store.Scoped(`UPDATE session SET seen_at = $3, expires_at = $4 WHERE org_id = $1 AND id = $2 AND seen_at < $3 AND expires_at > $3`)
	rotateSession = store.Scoped(`UPDATE session SET token_hash = $4, auth_at = $5, seen_at = $5, expires_at = $6
		WHERE org_id = $1 AND id = $2 AND account_id = $3`)
	setSessionLease = store.Scoped(`UPDATE session SET lease_id = $4 WHERE org_id = $1 AND id = $2 AND account_id = $3`)
	// endSession leaves the row until it is cleaned away, with the hash of a token
	// that nobody has, so that ending it once more is known as such.
	endSession           = store.Scoped(`UPDATE session SET expires_at = $4, token_hash = $5 WHERE org_id = $1 AND id = $2 AND account_id = $3 AND expires_at > $4`)
	anySession           = store.Scoped(`SELECT id FROM session WHERE org_id = $1 AND id = $2 AND account_id = $3`)
	deleteSessionByToken = store.Scoped(`DELETE FROM session WHERE org_id = $1 AND token_hash = $2`)
	deleteOtherSessions  = store.Scoped(`DELETE FROM session WHERE org_id = $1 AND account_id = $2 AND id <> $3`)
	deleteExpired        = store.Scoped(`DELETE FROM session WHERE org_id = $1 AND expires_at <= $2`)
)

// links
var (
	insertLink = store.Scoped(`INSERT INTO access_link (org_id, id, kind, account_id, staff_id, token_hash, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`)
	linkByToken = store.Scoped(`SELECT id, account_id, staff_id, expires_at FROM access_link
		WHERE org_id = $1 AND kind = $2 AND token_hash = $3 AND used_at = 0 AND expires_at > $4`)
	useLink = store.Scoped(`UPDATE access_link SET used_at = $4 WHERE org_id = $1 AND kind = $2 AND token_hash = $3 AND used_at = 0 AND expires_at > $4
		RETURNING id, account_id, staff_id, expires_at`)
	linkJustUsed = store.Scoped(`SELECT id, account_id, staff_id, expires_at FROM access_link
		WHERE org_id = $1 AND kind = $2 AND token_hash = $3 AND used_at > $4`)
	// Used links stay until they run out, for linkJustUsed: nothing opens with them.
	dropAccountLinks = store.Scoped(`DELETE FROM access_link WHERE org_id = $1 AND account_id = $2 AND account_id <> '' AND used_at = 0`)
	dropStaffLinks   = store.Scoped(`DELETE FROM access_link WHERE org_id = $1 AND staff_id = $2 AND staff_id <> '' AND used_at = 0`)
	invitationsOf    = store.Scoped(`SELECT staff_id, created_at, expires_at FROM access_link
		WHERE org_id = $1 AND kind = 'staff_invitation' AND used_at = 0 ORDER BY created_at, id`)
	deleteExpiredLinks = store.Scoped(`DELETE FROM access_link WHERE org_id = $1 AND expires_at <= $2`)
	deleteOldThrottle  = store.Scoped(`DELETE FROM throttle WHERE org_id = $1 AND last_at <= $2`)
)

// living are the memberships of a person that have not ended before $3, in
// properties whose portal is on.
func living(org, person string) string {
	return `SELECT 1 FROM lease_person lp JOIN lease l ON l.org_id = lp.org_id AND l.id = lp.lease_id
			JOIN unit u ON u.org_id = l.org_id AND u.id = l.unit_id
			JOIN property p ON p.org_id = u.org_id AND p.id = u.property_id
			WHERE lp.org_id = ` + org + ` AND lp.person_id = ` + person + ` AND lp.to_day >= $3 AND l.until >= $3 AND p.portal_on`
}
