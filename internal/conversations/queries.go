package conversations

import (
	"foyer/internal/platform/search"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// searchKind names conversations in the search.
const searchKind = "conversation"

// pageSize is how many rows a list shows.
const pageSize = 25

var (
	byID  = store.Scoped(`SELECT ` + columns + ` FROM conversation c WHERE c.org_id = $1 AND c.id = $2`)
	posts = store.Scoped(`SELECT m.id, m.at, m.side, m.author_id, m.author_name, m.source, m.internal, m.text, m.files FROM message m
		WHERE m.org_id = $1 AND m.conversation_id = $2 AND (m.internal = FALSE OR $3 = TRUE) ORDER BY m.at, m.id`)
	lastPost = store.Scoped(`SELECT COALESCE(max(m.at), 0) FROM message m WHERE m.org_id = $1 AND m.conversation_id = $2`)
	hasPost  = store.Scoped(`SELECT m.conversation_id FROM message m WHERE m.org_id = $1 AND m.id = $2`)

	insertConversation = store.Scoped(`INSERT INTO conversation (org_id, id, kind, subject, aud_kind, aud_id, aud_day, aud_author, property_id, lease_id, person_id, who, place,
		ref, root_id, by_staff, replies, assignee_id, waits_since, hold, created_at, last_at, in_at, in_name, in_text, out_at, out_name, out_text, messages, files, answers)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 0, FALSE, $19, $19, 0, '', '', 0, '', '', 0, 0, 0)
		ON CONFLICT (org_id, id) DO NOTHING`)
	insertMessage = store.Scoped(`INSERT INTO message (org_id, id, conversation_id, at, side, author_id, author_name, source, internal, text, files)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (org_id, id) DO NOTHING`)
	countAnswer = store.Scoped(`UPDATE conversation SET answers = answers + 1 WHERE org_id = $1 AND id = $2`)

	cameIn = store.Scoped(`UPDATE conversation SET last_at = $3, in_at = $3, in_name = $4, in_text = $5, messages = messages + 1, files = files + $6,
		waits_since = CASE WHEN waits_since = 0 THEN $3 ELSE waits_since END WHERE org_id = $1 AND id = $2`)
	wentOut = store.Scoped(`UPDATE conversation SET last_at = $3, out_at = $3, out_name = $4, out_text = $5, messages = messages + 1, files = files + $6,
		waits_since = 0 WHERE org_id = $1 AND id = $2`)
	addFiles   = store.Scoped(`UPDATE conversation SET files = files + $3 WHERE org_id = $1 AND id = $2`)
	countFiles = store.Scoped(`UPDATE message SET files = files + $3 WHERE org_id = $1 AND id = $2`)

	setWaits    = store.Scoped(`UPDATE conversation SET waits_since = $3 WHERE org_id = $1 AND id = $2`)
	setAssignee = store.Scoped(`UPDATE conversation SET assignee_id = $3 WHERE org_id = $1 AND id = $2 AND assignee_id <> $3`)
	setHold     = store.Scoped(`UPDATE conversation SET hold = $3 WHERE org_id = $1 AND id = $2 AND hold <> $3`)
	setSubject  = store.Scoped(`UPDATE conversation SET subject = $3 WHERE org_id = $1 AND id = $2`)
	setAudience = store.Scoped(`UPDATE conversation SET aud_kind = $3, aud_id = $4, aud_day = $5, aud_author = $6 WHERE org_id = $1 AND id = $2`)

	markSeen = store.Scoped(`INSERT INTO conversation_seen (org_id, conversation_id, account_id, side, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (org_id, conversation_id, account_id) DO UPDATE SET at = excluded.at WHERE conversation_seen.at < excluded.at`)
	seenAt   = store.Scoped(`SELECT s.at FROM conversation_seen s WHERE s.org_id = $1 AND s.conversation_id = $2 AND s.account_id = $3`)
	seenBy   = store.Scoped(`SELECT count(*) FROM conversation_seen s WHERE s.org_id = $1 AND s.conversation_id = $2 AND s.side = 'resident' AND s.at >= $3`)
	recentBy = store.Scoped(`SELECT count(*) FROM message m WHERE m.org_id = $1 AND m.author_id = $2 AND m.at > $3`)
	since    = store.Scoped(`SELECT m.id, m.at, m.side, m.author_id, m.author_name, m.source, m.internal, m.text, m.files FROM message m
		WHERE m.org_id = $1 AND m.conversation_id = $2 AND m.internal = FALSE AND (m.at, m.id) > ($3, $4) ORDER BY m.at, m.id`)
	postByID = store.Scoped(`SELECT m.id, m.at, m.side, m.author_id, m.author_name, m.source, m.internal, m.text, m.files FROM message m WHERE m.org_id = $1 AND m.id = $2`)
	newest   = store.Scoped(`SELECT m.id FROM message m WHERE m.org_id = $1 AND m.conversation_id = $2 AND m.internal = FALSE ORDER BY m.at DESC, m.id DESC LIMIT 1`)
)

// ofLease keeps what belongs to one lease, or to none: $n lease ("" = all), its
// stairwell, building and property.
const ofLease = `($4 = '' OR (c.lease_id IN ('', $4) AND (c.aud_kind IN ('person', 'lease', 'unit', 'everyone') OR c.aud_id IN ($5, $6, $7))))`

// The lists of a resident. Received is what staff have written, sent what came
// from this side.
var (
	received = store.Scoped(`WITH ` + portfolio.MayCTE(11) + `
		SELECT ` + columns + `, COALESCE(s.at, 0) FROM conversation c
		LEFT JOIN conversation_seen s ON s.org_id = c.org_id AND s.conversation_id = c.id AND s.account_id = $8
		WHERE c.org_id = $1 AND ` + portfolio.SharedSQL("conversation", "c") + ` AND c.out_at > 0 AND (c.out_at, c.id) < ($9, $10) AND ` + ofLease + `
		ORDER BY c.out_at DESC, c.id DESC LIMIT 26`)
	sent = store.Scoped(`WITH ` + portfolio.MayCTE(11) + `
		SELECT ` + columns + `, COALESCE(s.at, 0) FROM conversation c
		LEFT JOIN conversation_seen s ON s.org_id = c.org_id AND s.conversation_id = c.id AND s.account_id = $8
		WHERE c.org_id = $1 AND ` + portfolio.SharedSQL("conversation", "c") + ` AND c.in_at > 0 AND (c.in_at, c.id) < ($9, $10) AND ` + ofLease + `
		AND EXISTS (SELECT 1 FROM message m WHERE m.org_id = $1 AND m.conversation_id = c.id AND m.author_id IN (SELECT may.id FROM may WHERE may.kind = 'person'))
		ORDER BY c.in_at DESC, c.id DESC LIMIT 26`)
	unread = store.Scoped(`WITH ` + portfolio.MayCTE(5) + `
		SELECT count(*) FROM conversation c
		LEFT JOIN conversation_seen s ON s.org_id = c.org_id AND s.conversation_id = c.id AND s.account_id = $4
		WHERE c.org_id = $1 AND ` + portfolio.SharedSQL("conversation", "c") + ` AND c.out_at > COALESCE(s.at, 0)`)
	news = store.Scoped(`WITH ` + portfolio.MayCTE(6) + `
		SELECT ` + columns + `, COALESCE(s.at, 0) FROM conversation c
		LEFT JOIN conversation_seen s ON s.org_id = c.org_id AND s.conversation_id = c.id AND s.account_id = $4
		WHERE c.org_id = $1 AND ` + portfolio.SharedSQL("conversation", "c") + ` AND c.out_at > COALESCE(s.at, 0) ORDER BY c.out_at DESC, c.id DESC LIMIT $5`)
)

// The lists of staff: $2 account, $3 assignee, $4 only what waits, $5 and $6
// the last row of the page before, $7 to $14 the search, then the list.
func staffList(at, spread string) store.Query {
	return store.Scoped(`SELECT ` + columns + `, COALESCE(s.at, 0) FROM conversation c
		LEFT JOIN conversation_seen s ON s.org_id = c.org_id AND s.conversation_id = c.id AND s.account_id = $2
		WHERE c.org_id = $1 AND c.` + at + ` > 0 AND (c.` + at + `, c.id) < ($5, $6)
		AND ($3 = '' OR c.assignee_id = $3) AND ($4 = FALSE OR c.waits_since > 0) AND ` + search.SQL(searchKind, "c.id", 7) + spread + `
		ORDER BY c.` + at + ` DESC, c.id DESC LIMIT 26`)
}

// The three ways into a list: its own order, properties, ids.
const (
	inOrder      = ``
	ofProperties = ` AND c.property_id IN ($15...)`
	ofIDs        = ` AND c.id IN ($15...)`
)

var (
	staffIn      = staffList("in_at", inOrder)
	staffInOf    = staffList("in_at", ofProperties)
	staffInIDs   = staffList("in_at", ofIDs)
	staffOut     = staffList("out_at", inOrder)
	staffOutOf   = staffList("out_at", ofProperties)
	staffOutIDs  = staffList("out_at", ofIDs)
	staffWaiting = store.Scoped(`SELECT ` + columns + `, 0 FROM conversation c WHERE c.org_id = $1 AND c.waits_since > 0 AND c.kind = 'message' ORDER BY c.waits_since, c.id LIMIT $2`)
	waitingOf    = store.Scoped(`SELECT ` + columns + `, 0 FROM conversation c WHERE c.org_id = $1 AND c.waits_since > 0 AND c.kind = 'message' AND c.property_id IN ($3...) ORDER BY c.waits_since, c.id LIMIT $2`)
	countWaits   = store.Scoped(`SELECT count(*) FROM conversation c WHERE c.org_id = $1 AND c.waits_since > 0 AND c.kind = 'message'`)
	countWaitsOf = store.Scoped(`SELECT count(*) FROM conversation c WHERE c.org_id = $1 AND c.waits_since > 0 AND c.kind = 'message' AND c.property_id IN ($2...)`)
	ofPerson     = store.Scoped(`SELECT ` + columns + `, 0 FROM conversation c WHERE c.org_id = $1 AND c.person_id = $2 AND c.person_id <> '' ORDER BY c.last_at DESC, c.id DESC LIMIT $3`)
	answersTo    = store.Scoped(`SELECT ` + columns + `, 0 FROM conversation c WHERE c.org_id = $1 AND c.root_id = $2 AND c.root_id <> '' ORDER BY c.last_at DESC, c.id DESC LIMIT $3`)
	staffNames   = store.Scoped(`SELECT s.id, s.name, s.email, s.language FROM staff s WHERE s.org_id = $1 AND s.id IN ($2...)`)
	staffChoices = store.Scoped(`SELECT s.id, s.name, s.limited FROM staff s WHERE s.org_id = $1 AND s.disabled_at = 0
		AND s.role IN ('proprietor', 'administrator', 'manager', 'clerk') ORDER BY s.name, s.id`)
	limitedTo = store.Scoped(`SELECT sp.staff_id FROM staff_property sp WHERE sp.org_id = $1 AND sp.property_id = $2`)
)

// within keeps staff whose limits include property $3.
const within = `(s.limited = FALSE OR EXISTS (SELECT 1 FROM staff_property sp WHERE sp.org_id = $1 AND sp.staff_id = s.id AND sp.property_id = $3))`

// Whom of the staff a message concerns (E11).
var (
	activeStaff = store.Scoped(`SELECT s.id, s.name, s.email, s.language FROM staff s WHERE s.org_id = $1 AND s.disabled_at = 0 AND s.id = $2
		AND s.role IN ('proprietor', 'administrator', 'manager', 'clerk') AND ` + within)
	writers = store.Scoped(`SELECT DISTINCT s.id, s.name, s.email, s.language FROM message m JOIN staff s ON s.org_id = m.org_id AND s.id = m.author_id
		WHERE m.org_id = $1 AND m.conversation_id = $2 AND m.side = 'staff' AND s.disabled_at = 0 AND s.role IN ('proprietor', 'administrator', 'manager', 'clerk')
		AND ` + within + ` ORDER BY s.id LIMIT 10`)
	lookAfter = store.Scoped(`SELECT s.id, s.name, s.email, s.language FROM staff_property sp JOIN staff s ON s.org_id = sp.org_id AND s.id = sp.staff_id
		WHERE sp.org_id = $1 AND sp.property_id = $2 AND s.limited = TRUE AND s.disabled_at = 0 AND s.role IN ('manager', 'clerk') ORDER BY s.id LIMIT 10`)
	office = store.Scoped(`SELECT s.id, s.name, s.email, s.language FROM staff s WHERE s.org_id = $1 AND s.limited = FALSE AND s.disabled_at = 0
		AND s.role IN ('manager', 'clerk') ORDER BY s.id LIMIT 10`)
	heads = store.Scoped(`SELECT s.id, s.name, s.email, s.language FROM staff s WHERE s.org_id = $1 AND s.limited = FALSE AND s.disabled_at = 0
		AND s.role IN ('proprietor', 'administrator') ORDER BY s.id LIMIT 10`)
)
