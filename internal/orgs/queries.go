package orgs

import "foyer/internal/platform/store"

const (
	orgColumns = `o.org_id, o.slug, o.name, o.portal_on, o.settings, o.logo_blob, o.version,
		coalesce(h.host, ''), coalesce(h.site, ''), coalesce(h.canonical, FALSE)`
	staffColumns = `s.id, s.name, s.email, s.phone, s.role, s.limited, s.language, s.created_at, s.disabled_at`
)

var (
	loadOrg = store.Scoped(`SELECT ` + orgColumns + ` FROM org o
		LEFT JOIN org_host h ON h.org_id = o.org_id WHERE o.org_id = $1 ORDER BY h.host`)
	insertOrg = store.Scoped(`INSERT INTO org (org_id, slug, name, portal_on, settings, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $6)`)
	updateOrg = store.Scoped(`UPDATE org SET name = $2, portal_on = $3, settings = $4, version = version + 1, updated_at = $5
		WHERE org_id = $1`)
	updateLogo = store.Scoped(`UPDATE org SET logo_blob = $2, version = version + 1, updated_at = $3 WHERE org_id = $1`)
	logoBlobs  = store.Scoped(`SELECT logo_blob FROM org WHERE org_id = $1 AND logo_blob <> ''`)

	insertHost = store.Scoped(`INSERT INTO org_host (org_id, host, site, canonical) VALUES ($1, $2, $3, $4)`)
	deleteHost = store.Scoped(`DELETE FROM org_host WHERE org_id = $1 AND host = $2`)
	// preferHost makes one host canonical among those of its group: hosts for
	// staff alone are one group, all others the other.
	preferHost = store.Scoped(`UPDATE org_host SET canonical = (host = $2)
		WHERE org_id = $1 AND (site = 'staff') = $3`)

	listStaff = store.Scoped(`SELECT ` + staffColumns + ` FROM staff s
		WHERE s.org_id = $1 ORDER BY s.disabled_at <> 0, s.name, s.id`)
	staffByID    = store.Scoped(`SELECT ` + staffColumns + ` FROM staff s WHERE s.org_id = $1 AND s.id = $2`)
	staffByEmail = store.Scoped(`SELECT id FROM staff WHERE org_id = $1 AND email = $2`)
	insertStaff  = store.Scoped(`INSERT INTO staff (org_id, id, name, email, phone, role, limited, language, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`)
	updateStaff = store.Scoped(`UPDATE staff SET name = $3, phone = $4, role = $5, limited = $6, language = $7
		WHERE org_id = $1 AND id = $2`)
	setStaffEmail    = store.Scoped(`UPDATE staff SET email = $3 WHERE org_id = $1 AND id = $2`)
	setDisabled      = store.Scoped(`UPDATE staff SET disabled_at = $3 WHERE org_id = $1 AND id = $2`)
	otherProprietors = store.Scoped(`SELECT count(*) FROM staff
		WHERE org_id = $1 AND id <> $2 AND role = 'proprietor' AND disabled_at = 0 AND NOT limited`)

	allLimits   = store.Scoped(`SELECT staff_id, property_id FROM staff_property WHERE org_id = $1 ORDER BY staff_id, property_id`)
	limitsOf    = store.Scoped(`SELECT property_id FROM staff_property WHERE org_id = $1 AND staff_id = $2 ORDER BY property_id`)
	clearLimits = store.Scoped(`DELETE FROM staff_property WHERE org_id = $1 AND staff_id = $2`)
	addLimits   = store.Scoped(`INSERT INTO staff_property (org_id, staff_id, property_id) VALUES $rows`)
)

var (
	orgByHost = store.Global(`SELECT `+orgColumns+`, m.site FROM org_host m JOIN org o ON o.org_id = m.org_id
		JOIN org_host h ON h.org_id = o.org_id WHERE m.host = $1 ORDER BY h.host`,
		"the host of a request decides which organisation it is for")
	orgBySlug = store.Global(`SELECT `+orgColumns+` FROM org o LEFT JOIN org_host h ON h.org_id = o.org_id
		WHERE o.slug = $1 ORDER BY h.host`, "a command names its organisation by slug")
	allOrgs = store.Global(`SELECT o.org_id FROM org o ORDER BY o.slug LIMIT $1`,
		"commands list the organisations; a single one answers on the base URL")
	orgByID = store.Global(`SELECT `+orgColumns+` FROM org o LEFT JOIN org_host h ON h.org_id = o.org_id
		WHERE o.org_id = $1 ORDER BY h.host`, "the single organisation answers on the base URL")
	takenSlug = store.Global(`SELECT count(*) FROM org WHERE slug = $1`, "slugs are unique in the installation")
	takenHost = store.Global(`SELECT count(*) FROM org_host WHERE host = $1`, "hosts are unique in the installation")
)
