package contactchanges

import "foyer/internal/platform/store"

const columns = `c.id, c.batch_id, c.person_id, c.account_id, c.session_id, c.property_id, c.lease_id, c.field, c.was, c.value, c.from_day, c.mode, c.state, c.reason,
	c.asked_at, c.password_at, c.verified_at, c.due_on, c.exported_at, c.ended_at, c.link_until`

// One change, and those of a person, an account, a submission.
var (
	byID      = store.Scoped(`SELECT ` + columns + ` FROM contact_change c WHERE c.org_id = $1 AND c.id = $2`)
	byLink    = store.Scoped(`SELECT ` + columns + ` FROM contact_change c WHERE c.org_id = $1 AND c.link_hash = $2 AND c.link_hash <> '' AND c.state = 'requested' AND c.verified_at = 0 AND c.link_until > $3`)
	byCancel  = store.Scoped(`SELECT ` + columns + ` FROM contact_change c WHERE c.org_id = $1 AND c.cancel_hash = $2 AND c.cancel_hash <> '' ORDER BY c.field, c.id`)
	byBatch   = store.Scoped(`SELECT ` + columns + ` FROM contact_change c WHERE c.org_id = $1 AND c.batch_id = $2 ORDER BY c.field, c.id`)
	ofPerson  = store.Scoped(`SELECT ` + columns + ` FROM contact_change c WHERE c.org_id = $1 AND c.person_id = $2 ORDER BY c.asked_at DESC, c.id DESC LIMIT $3`)
	openOf    = store.Scoped(`SELECT ` + columns + ` FROM contact_change c WHERE c.org_id = $1 AND c.account_id = $2 AND c.state IN ('requested', 'exported') ORDER BY c.id`)
	unproved  = store.Scoped(`SELECT ` + columns + ` FROM contact_change c WHERE c.org_id = $1 AND c.state = 'requested' AND c.verified_at = 0 AND c.link_until <= $2 ORDER BY c.id LIMIT 500`)
	openAfter = store.Scoped(`SELECT ` + columns + ` FROM contact_change c WHERE c.org_id = $1 AND c.state IN ('requested', 'exported') AND c.verified_at > 0 AND c.id > $2 ORDER BY c.id LIMIT 200`)
	// Changes that hold already, but of which the organisation's system may not know.
	tellAfter = store.Scoped(`SELECT ` + columns + ` FROM contact_change c WHERE c.org_id = $1 AND c.state = 'confirmed' AND c.mode = 'self_service' AND c.exported_at = 0 AND c.id > $2
		ORDER BY c.id LIMIT 200`)
	recently = store.Scoped(`SELECT count(*) FROM contact_change WHERE org_id = $1 AND account_id = $2 AND asked_at > $3`)
)

// Steps.
var (
	insert = store.Scoped(`INSERT INTO contact_change (org_id, id, batch_id, person_id, account_id, session_id, property_id, lease_id, field, was, value, from_day, mode, state,
		asked_at, password_at, verified_at, due_on, link_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'requested', $14, $15, $16, $17, $18)`)
	end = store.Scoped(`UPDATE contact_change SET state = $3, reason = $4, ended_at = $5, ended_by = $6, link_hash = ''
		WHERE org_id = $1 AND id = $2 AND state IN ('requested', 'exported')`)
	undo       = store.Scoped(`UPDATE contact_change SET state = 'withdrawn', reason = $3, ended_at = $4, ended_by = $5, cancel_hash = '' WHERE org_id = $1 AND id = $2 AND state = 'confirmed'`)
	prove      = store.Scoped(`UPDATE contact_change SET verified_at = $3, due_on = $4, link_hash = '' WHERE org_id = $1 AND id = $2 AND verified_at = 0 AND state = 'requested'`)
	setLink    = store.Scoped(`UPDATE contact_change SET link_hash = $3, link_until = $4 WHERE org_id = $1 AND id = $2 AND verified_at = 0 AND state = 'requested'`)
	extend     = store.Scoped(`UPDATE contact_change SET link_until = $3 WHERE org_id = $1 AND id = $2 AND verified_at = 0 AND state = 'requested'`)
	setCancel  = store.Scoped(`UPDATE contact_change SET cancel_hash = $3 WHERE org_id = $1 AND batch_id = $2`)
	markTold   = store.Scoped(`UPDATE contact_change SET exported_at = $3 WHERE org_id = $1 AND id = $2 AND exported_at = 0`)
	markOut    = store.Scoped(`UPDATE contact_change SET state = 'exported', exported_at = $3 WHERE org_id = $1 AND id = $2 AND state = 'requested'`)
	forgetSome = store.Scoped(`DELETE FROM contact_change WHERE org_id = $1 AND state NOT IN ('requested', 'exported') AND ended_at <= $2`)
)

// The staff's list. $2 tells that the staff member is not limited; the last
// parameter is the properties of one who is.
const (
	// waiting is what staff still have to carry over.
	waiting = `(c.state IN ('requested', 'exported') AND c.verified_at > 0 OR c.state = 'confirmed' AND c.mode = 'self_service' AND c.exported_at = 0)`
	proving = `c.state = 'requested' AND c.verified_at = 0`
	// shown joins what a row of the list says of the person and the unit.
	shown = ` FROM contact_change c
		JOIN person pe ON pe.org_id = c.org_id AND pe.id = c.person_id
		JOIN lease l ON l.org_id = c.org_id AND l.id = c.lease_id
		JOIN unit u ON u.org_id = c.org_id AND u.id = l.unit_id
		JOIN building b ON b.org_id = c.org_id AND b.id = u.building_id
		JOIN property p ON p.org_id = c.org_id AND p.id = c.property_id WHERE `
	rowColumns = columns + `, pe.ref, pe.title, pe.first_name, pe.last_name, pe.company, l.ref, u.label, u.usage, b.street, b.house_number, p.name`
)

func within(last string) string {
	return `c.org_id = $1 AND ($2 OR c.property_id IN (` + last + `...))`
}

var (
	listWaiting = store.Scoped(`SELECT ` + rowColumns + shown + within("$5") + ` AND ` + waiting + ` ORDER BY c.due_on, c.id LIMIT $3 OFFSET $4`)
	listProving = store.Scoped(`SELECT ` + rowColumns + shown + within("$5") + ` AND ` + proving + ` ORDER BY c.id LIMIT $3 OFFSET $4`)
	listEnded   = store.Scoped(`SELECT ` + rowColumns + shown + within("$7") + ` AND c.state IN ($5, $6) AND NOT ` + waiting + ` ORDER BY c.ended_at DESC, c.id DESC LIMIT $3 OFFSET $4`)
	rowByID     = store.Scoped(`SELECT ` + rowColumns + shown + within("$4") + ` AND c.id = $3`)
	countAll    = store.Scoped(`SELECT count(*), coalesce(sum(CASE WHEN c.exported_at = 0 THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN c.due_on < $3 THEN 1 ELSE 0 END), 0),
		coalesce(sum(CASE WHEN c.due_on = $3 THEN 1 ELSE 0 END), 0) FROM contact_change c WHERE ` + within("$4") + ` AND ` + waiting)
	countProving = store.Scoped(`SELECT count(*) FROM contact_change c WHERE ` + within("$3") + ` AND ` + proving)
	countEnded   = store.Scoped(`SELECT count(*) FROM contact_change c WHERE ` + within("$5") + ` AND c.state IN ($3, $4) AND NOT ` + waiting)
	// wanted are the proved addresses that wait for the resident list.
	wanted = store.Scoped(`SELECT person_id, value FROM contact_change WHERE org_id = $1 AND field = 'email' AND state IN ('requested', 'exported') AND verified_at > 0 AND person_id IN ($2...)`)
)
