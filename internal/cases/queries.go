package cases

import (
	"foyer/internal/conversations"
	"foyer/internal/platform/search"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// pageSize is how many rows a list shows.
const pageSize = 25

const joined = ` FROM case_item k JOIN conversation c ON c.org_id = k.org_id AND c.id = k.id`

var (
	byID       = store.Scoped(`SELECT ` + columns + joined + ` WHERE k.org_id = $1 AND k.id = $2`)
	nextNumber = store.Scoped(`INSERT INTO case_number (org_id, year, last) VALUES ($1, $2, 1)
		ON CONFLICT (org_id, year) DO UPDATE SET last = case_number.last + 1`)
	lastNumber = store.Scoped(`SELECT n.last FROM case_number n WHERE n.org_id = $1 AND n.year = $2`)
	insertCase = store.Scoped(`INSERT INTO case_item (org_id, id, seq, ord, category_id, topic_id, status, status_at, urgency, property_id, building_id, unit_id, assignee_id, spot, fields,
		reach, phone, release, provider_id, due_on, touched_at, done_at, rating, rating_text, lead_id, reports)
		VALUES ($1, $2, $3, $4, $5, $6, 'open', $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $7, 0, 0, '', '', 1)`)

	setStatus = store.Scoped(`UPDATE case_item SET status = $3, status_at = $4, touched_at = $4, done_at = $5 WHERE org_id = $1 AND (id = $2 OR lead_id = $2)`)
	dropStars = store.Scoped(`UPDATE case_item SET rating = 0, rating_text = '' WHERE org_id = $1 AND id = $2`)
	setWork   = store.Scoped(`UPDATE case_item SET urgency = $3, ord = $4, category_id = $5, topic_id = $6, provider_id = $7, due_on = $8, touched_at = $9 WHERE org_id = $1 AND id = $2`)
	setPerson = store.Scoped(`UPDATE case_item SET assignee_id = $3, touched_at = $4 WHERE org_id = $1 AND id = $2`)
	setPhone  = store.Scoped(`UPDATE case_item SET release = $3, phone = $4, reach = $5 WHERE org_id = $1 AND id = $2`)
	setStars  = store.Scoped(`UPDATE case_item SET rating = $3, rating_text = $4, touched_at = $5 WHERE org_id = $1 AND id = $2`)
	setLead   = store.Scoped(`UPDATE case_item SET lead_id = $3, touched_at = $4 WHERE org_id = $1 AND id = $2`)
	countLead = store.Scoped(`UPDATE case_item SET reports = 1 + (SELECT count(*) FROM case_item f WHERE f.org_id = $1 AND f.lead_id = $2 AND f.lead_id <> ''), touched_at = $3
		WHERE org_id = $1 AND id = $2`)
	touch     = store.Scoped(`UPDATE case_item SET touched_at = $3 WHERE org_id = $1 AND id = $2`)
	followers = store.Scoped(`SELECT ` + columns + joined + ` WHERE k.org_id = $1 AND k.lead_id = $2 AND k.lead_id <> '' ORDER BY k.seq`)

	putEvent = store.Scoped(`INSERT INTO case_event (org_id, id, case_id, at, kind, side, who, detail, internal) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (org_id, id) DO NOTHING`)
	eventsOf = store.Scoped(`SELECT e.id, e.at, e.kind, e.side, e.who, e.detail, e.internal FROM case_event e
		WHERE e.org_id = $1 AND e.case_id = $2 AND (e.internal = FALSE OR $3 = TRUE) ORDER BY e.at, e.id`)

	putCopy = store.Scoped(`INSERT INTO case_copy (org_id, message_id, origin_id) VALUES ($1, $2, $3) ON CONFLICT (org_id, message_id) DO NOTHING`)
	copies  = store.Scoped(`SELECT y.message_id, y.origin_id FROM case_copy y WHERE y.org_id = $1 AND y.message_id IN ($2...)`)
	homes   = store.Scoped(`SELECT m.conversation_id, m.internal FROM message m WHERE m.org_id = $1 AND (m.id = $2 OR m.id IN
		(SELECT y.message_id FROM case_copy y WHERE y.org_id = $1 AND y.origin_id = $2))`)

	allCategories = store.Scoped(`SELECT g.id, g.parent_id, g.position, g.kind, g.opens, g.icon, g.texts, g.fields, g.urgency, g.assignee_id, g.provider_id, g.active
		FROM case_category g WHERE g.org_id = $1 ORDER BY g.position, g.id`)
	putCategory = store.Scoped(`INSERT INTO case_category (org_id, id, parent_id, position, kind, opens, icon, texts, fields, urgency, assignee_id, provider_id, active)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
		ON CONFLICT (org_id, id) DO UPDATE SET parent_id = excluded.parent_id, position = excluded.position, kind = excluded.kind, opens = excluded.opens, icon = excluded.icon,
		texts = excluded.texts, fields = excluded.fields, urgency = excluded.urgency, assignee_id = excluded.assignee_id, provider_id = excluded.provider_id, active = excluded.active`)
	allProviders = store.Scoped(`SELECT p.id, p.position, p.name, p.trade, p.phone, p.hours, p.icon, p.public, p.active FROM case_provider p WHERE p.org_id = $1 ORDER BY p.position, p.id`)
	putProvider  = store.Scoped(`INSERT INTO case_provider (org_id, id, position, name, trade, phone, hours, icon, public, active) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (org_id, id) DO UPDATE SET position = excluded.position, name = excluded.name, trade = excluded.trade, phone = excluded.phone, hours = excluded.hours,
		icon = excluded.icon, public = excluded.public, active = excluded.active`)
	providerProperties     = store.Scoped(`SELECT x.provider_id, x.property_id FROM case_provider_property x WHERE x.org_id = $1 ORDER BY x.provider_id, x.property_id`)
	dropProviderProperties = store.Scoped(`DELETE FROM case_provider_property WHERE org_id = $1 AND provider_id = $2`)
	putProviderProperty    = store.Scoped(`INSERT INTO case_provider_property (org_id, provider_id, property_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`)

	putAppointment = store.Scoped(`INSERT INTO case_appointment (org_id, id, case_id, property_id, day, from_time, till_time, provider_id, who, phone, note, state, version, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
		ON CONFLICT (org_id, id) DO UPDATE SET day = excluded.day, from_time = excluded.from_time, till_time = excluded.till_time, provider_id = excluded.provider_id, who = excluded.who,
		phone = excluded.phone, note = excluded.note, state = excluded.state, version = excluded.version`)
	appointmentsOf = store.Scoped(`SELECT a.id, a.case_id, a.day, a.from_time, a.till_time, a.provider_id, a.who, a.phone, a.note, a.state, a.version, a.created_at
		FROM case_appointment a WHERE a.org_id = $1 AND a.case_id = $2 ORDER BY a.day, a.from_time, a.id`)
	appointmentsOn = store.Scoped(`SELECT a.id, a.case_id, a.day, a.from_time, a.till_time, a.provider_id, a.who, a.phone, a.note, a.state, a.version, a.created_at, c.subject, c.place, a.property_id, k.assignee_id
		FROM case_appointment a JOIN case_item k ON k.org_id = a.org_id AND k.id = a.case_id JOIN conversation c ON c.org_id = a.org_id AND c.id = a.case_id
		WHERE a.org_id = $1 AND a.day = $2 AND a.state = 'set' ORDER BY a.from_time, a.id LIMIT 50`)
)

// The lists of a resident; $2 and $3 are the rule, $4 the lease ("" = all), $5
// whether it is done, $6 the account, $7 and $8 the row before, then persons.
var (
	mine = store.Scoped(`WITH ` + portfolio.MayCTE(9) + `
		SELECT ` + columns + `, COALESCE(s.at, 0) FROM conversation c JOIN case_item k ON k.org_id = c.org_id AND k.id = c.id
		LEFT JOIN conversation_seen s ON s.org_id = c.org_id AND s.conversation_id = c.id AND s.account_id = $6
		WHERE c.org_id = $1 AND c.kind = 'case' AND ` + portfolio.SharedSQL("conversation", "c") + ` AND ($4 = '' OR c.lease_id = $4)
		AND (k.done_at > 0) = $5 AND (k.seq, k.id) < ($7, $8) ORDER BY k.seq DESC, k.id DESC LIMIT 26`)
	unread = store.Scoped(`WITH ` + portfolio.MayCTE(5) + `
		SELECT count(*) FROM conversation c LEFT JOIN conversation_seen s ON s.org_id = c.org_id AND s.conversation_id = c.id AND s.account_id = $4
		WHERE c.org_id = $1 AND c.kind = 'case' AND ` + portfolio.SharedSQL("conversation", "c") + ` AND c.out_at > COALESCE(s.at, 0)`)
)

// The lists of staff: $2 account, $3 assignee ('-' = nobody), $4 category, $5
// status, $6 due before, $7 and $8 the row before, $9 to $16 the search, then
// the way in.
func staffList(open bool, order, way string) store.Query {
	cond, sort := ` AND (k.ord, k.id) < ($7, $8)`, ` ORDER BY k.ord DESC, k.id DESC`
	switch order {
	case "last":
		cond, sort = ` AND (k.touched_at, k.id) < ($7, $8)`, ` ORDER BY k.touched_at DESC, k.id DESC`
	case "due":
		cond, sort = ` AND (k.due_on, k.id) > ($7, $8)`, ` ORDER BY k.due_on, k.id`
	}
	if open {
		cond += ` AND k.status <> 'done'`
	}
	return store.Scoped(`SELECT ` + columns + `, COALESCE(s.at, 0), COALESCE(st.name, '')` + joined + `
		LEFT JOIN conversation_seen s ON s.org_id = k.org_id AND s.conversation_id = k.id AND s.account_id = $2
		LEFT JOIN staff st ON st.org_id = k.org_id AND st.id = k.assignee_id
		WHERE k.org_id = $1 AND k.lead_id = ''` + cond + `
		AND ($3 = '' OR k.assignee_id = $3 OR $3 = '-' AND k.assignee_id = '') AND ($4 = '' OR k.category_id = $4 OR k.topic_id = $4)
		AND ($5 = '' OR k.status = $5) AND ($6 = '' OR k.due_on < $6) AND ` + search.SQL(conversations.SearchKind, "k.id", 9) + way + sort + ` LIMIT 26`)
}

type listKey struct {
	open       bool
	order, way string
}

// The ways into a list of staff.
const (
	inOrder      = ``
	ofProperties = ` AND k.property_id IN ($17...)`
	ofIDs        = ` AND k.id IN ($17...)`
	ofAssignee   = ` AND k.assignee_id IN ($17...)`
)

var staffLists = func() map[listKey]store.Query {
	out := map[listKey]store.Query{}
	for _, open := range []bool{true, false} {
		for _, order := range []string{"", "last", "due"} {
			for _, way := range []string{inOrder, ofProperties, ofIDs, ofAssignee} {
				out[listKey{open, order, way}] = staffList(open, order, way)
			}
		}
	}
	return out
}()

var (
	countOpen = store.Scoped(`SELECT k.property_id, k.assignee_id, count(*), sum(CASE WHEN k.urgency = 'now' THEN 1 ELSE 0 END) FROM case_item k
		WHERE k.org_id = $1 AND k.lead_id = '' AND k.status <> 'done' GROUP BY k.property_id, k.assignee_id`)
	recentlyDone = store.Scoped(`SELECT ` + columns + `, 0, COALESCE(st.name, '')` + joined + ` LEFT JOIN staff st ON st.org_id = k.org_id AND st.id = k.assignee_id
		WHERE k.org_id = $1 AND k.lead_id = '' AND k.done_at >= $2 AND k.done_at > 0 ORDER BY k.done_at DESC, k.id DESC LIMIT 200`)
	inHouse = store.Scoped(`SELECT ` + columns + `, 0, COALESCE(st.name, '')` + joined + ` LEFT JOIN staff st ON st.org_id = k.org_id AND st.id = k.assignee_id
		WHERE k.org_id = $1 AND k.building_id = $2 AND k.building_id <> '' AND k.id <> $3 AND k.lead_id = '' ORDER BY k.ord DESC, k.id DESC LIMIT 8`)
	urgentOpen = store.Scoped(`SELECT ` + columns + `, 0, COALESCE(st.name, '')` + joined + ` LEFT JOIN staff st ON st.org_id = k.org_id AND st.id = k.assignee_id
		WHERE k.org_id = $1 AND k.lead_id = '' AND k.status <> 'done' AND k.ord >= $2 ORDER BY k.ord DESC, k.id DESC LIMIT 200`)
	waitLong = store.Scoped(`SELECT ` + columns + `, 0, COALESCE(st.name, '') FROM conversation c JOIN case_item k ON k.org_id = c.org_id AND k.id = c.id
		LEFT JOIN staff st ON st.org_id = c.org_id AND st.id = c.assignee_id
		WHERE c.org_id = $1 AND c.waits_since > 0 AND c.kind = 'case' AND k.status <> 'done' ORDER BY c.waits_since, c.id LIMIT 400`)
	ofAbsent = store.Scoped(`SELECT ` + columns + `, 0, COALESCE(st.name, '')` + joined + ` LEFT JOIN staff st ON st.org_id = k.org_id AND st.id = k.assignee_id
		WHERE k.org_id = $1 AND k.lead_id = '' AND k.status <> 'done' AND k.assignee_id IN ($2...) ORDER BY k.ord DESC, k.id DESC LIMIT 200`)
	staffChoices = store.Scoped(`SELECT s.id, s.name, s.limited, s.role FROM staff s WHERE s.org_id = $1 AND s.disabled_at = 0
		AND s.role IN ('proprietor', 'administrator', 'manager', 'clerk', 'caretaker') ORDER BY s.name, s.id`)
	limitedTo = store.Scoped(`SELECT sp.staff_id FROM staff_property sp WHERE sp.org_id = $1 AND sp.property_id = $2`)
	openOf    = store.Scoped(`SELECT ` + columns + `, 0, COALESCE(st.name, '')` + joined + ` LEFT JOIN staff st ON st.org_id = k.org_id AND st.id = k.assignee_id
		WHERE k.org_id = $1 AND c.person_id = $2 AND c.person_id <> '' ORDER BY k.seq DESC, k.id DESC LIMIT 40`)
	expired = store.Scoped(`SELECT k.id` + joined + ` WHERE k.org_id = $1 AND k.done_at > 0 AND k.done_at < $2 AND c.hold = FALSE
		AND NOT EXISTS (SELECT 1 FROM case_item f JOIN conversation h ON h.org_id = f.org_id AND h.id = f.id WHERE f.org_id = $1 AND f.lead_id = k.id AND f.lead_id <> '' AND h.hold = TRUE)
		ORDER BY k.done_at, k.id LIMIT $3`)
	setHold      = store.Scoped(`UPDATE conversation SET hold = $3 WHERE org_id = $1 AND id = $2 AND hold <> $3`)
	postIDs      = store.Scoped(`SELECT m.id FROM message m WHERE m.org_id = $1 AND m.conversation_id IN ($2...)`)
	freeReports  = store.Scoped(`UPDATE case_item SET lead_id = '' WHERE org_id = $1 AND lead_id IN ($2...)`)
	dropCopies   = store.Scoped(`DELETE FROM case_copy WHERE org_id = $1 AND message_id IN ($2...)`)
	dropOrigins  = store.Scoped(`DELETE FROM case_copy WHERE org_id = $1 AND origin_id IN ($2...)`)
	dropEvents   = store.Scoped(`DELETE FROM case_event WHERE org_id = $1 AND case_id IN ($2...)`)
	dropMeetings = store.Scoped(`DELETE FROM case_appointment WHERE org_id = $1 AND case_id IN ($2...)`)
	dropCases    = store.Scoped(`DELETE FROM case_item WHERE org_id = $1 AND id IN ($2...)`)
)
