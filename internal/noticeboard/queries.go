package noticeboard

import (
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

const columns = `n.id, n.property_id, n.aud_kind, n.aud_id, n.title, n.body, n.urgent, n.from_day, n.until_day, n.outage, n.outage_from, n.outage_to,
	n.state, n.version, n.hold, n.reach, n.created_at, n.published_at, n.ended_at, p.name`

// A limited staff member ($2) sees the notices of his properties only.
const within = `($2 = '' OR EXISTS (SELECT 1 FROM staff_property sp WHERE sp.org_id = n.org_id AND sp.staff_id = $2 AND sp.property_id = n.property_id))`

var (
	insertNotice = store.Scoped(`INSERT INTO notice (org_id, id, property_id, aud_kind, aud_id, title, body, urgent, from_day, until_day, outage, outage_from, outage_to, state, created_by, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'draft', $14, $15) ON CONFLICT (org_id, id) DO NOTHING`)
	updateNotice = store.Scoped(`UPDATE notice SET aud_kind = $4, aud_id = $5, title = $6, body = $7, urgent = $8, from_day = $9, until_day = $10, outage = $11, outage_from = $12,
		outage_to = $13, state = 'draft', version = version + 1 WHERE org_id = $1 AND id = $2 AND version = $3 AND state IN ('draft', 'planned')`)
	setState     = store.Scoped(`UPDATE notice SET state = $3, version = version + 1 WHERE org_id = $1 AND id = $2 AND state = $4`)
	setPublished = store.Scoped(`UPDATE notice SET state = 'published', published_at = $3, reach = $4, version = version + 1 WHERE org_id = $1 AND id = $2 AND state = 'planned'`)
	setWithdrawn = store.Scoped(`UPDATE notice SET state = 'withdrawn', ended_at = $3, version = version + 1 WHERE org_id = $1 AND id = $2 AND state IN ('planned', 'published')`)
	setHold      = store.Scoped(`UPDATE notice SET hold = $3 WHERE org_id = $1 AND id = $2`)
	remove       = store.Scoped(`DELETE FROM notice WHERE org_id = $1 AND id = $2 AND state = 'draft'`)

	noticeByID = store.Scoped(`SELECT ` + columns + ` FROM notice n JOIN property p ON p.org_id = n.org_id AND p.id = n.property_id WHERE n.org_id = $1 AND n.id = $2`)
	authorOf   = store.Scoped(`SELECT s.name FROM notice n JOIN staff s ON s.org_id = n.org_id AND s.id = n.created_by WHERE n.org_id = $1 AND n.id = $2`)
	readCount  = store.Scoped(`SELECT count(*) FROM notice_seen WHERE org_id = $1 AND notice_id = $2`)

	listNotices = store.Scoped(`SELECT ` + columns + ` FROM notice n JOIN property p ON p.org_id = n.org_id AND p.id = n.property_id
		WHERE n.org_id = $1 AND ` + within + ` AND (n.from_day, n.id) < ($3, $4) ORDER BY n.from_day DESC, n.id DESC LIMIT $5`)
	listOfProperty = store.Scoped(`SELECT ` + columns + ` FROM notice n JOIN property p ON p.org_id = n.org_id AND p.id = n.property_id
		WHERE n.org_id = $1 AND n.property_id = $2 AND (n.from_day, n.id) < ($3, $4) ORDER BY n.from_day DESC, n.id DESC LIMIT $5`)

	// What hangs for a resident today, urgent ones first.
	hanging = store.Scoped(`WITH ` + portfolio.MayCTE(4) + `
		SELECT ` + columns + ` FROM notice n JOIN property p ON p.org_id = n.org_id AND p.id = n.property_id
		WHERE n.org_id = $1 AND p.portal_on AND n.state = 'published' AND n.from_day <= $2 AND n.until_day >= $2 AND ` + portfolio.AudienceSQL("notice", "n") + `
		ORDER BY CASE WHEN n.urgent THEN 0 ELSE 1 END, n.from_day DESC, n.id DESC LIMIT 100`)
	seen       = store.Scoped(`INSERT INTO notice_seen (org_id, notice_id, person_id, seen_at) VALUES ($1, $2, $3, $4) ON CONFLICT (org_id, notice_id, person_id) DO NOTHING`)
	seenBy     = store.Scoped(`SELECT s.notice_id FROM notice_seen s WHERE s.org_id = $1 AND s.person_id IN ($2...)`)
	stairwells = store.Scoped(`SELECT DISTINCT u.building_id, u.stairwell FROM unit u WHERE u.org_id = $1 AND u.property_id = $2 ORDER BY u.building_id, u.stairwell LIMIT 500`)

	dueToEnd  = store.Scoped(`SELECT id FROM notice WHERE org_id = $1 AND until_day < $2 AND NOT hold AND state <> 'draft' ORDER BY until_day, id LIMIT 500`)
	forget    = store.Scoped(`DELETE FROM notice_seen WHERE org_id = $1 AND notice_id IN ($2...)`)
	forgetAll = store.Scoped(`DELETE FROM notice WHERE org_id = $1 AND id IN ($2...)`)
)
