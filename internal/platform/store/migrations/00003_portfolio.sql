-- +goose Up
CREATE TABLE property (
	org_id      TEXT NOT NULL REFERENCES org (org_id),
	id          TEXT NOT NULL,
	ref         TEXT NOT NULL,
	name        TEXT NOT NULL,
	postcode    TEXT NOT NULL,
	city        TEXT NOT NULL,
	country     TEXT NOT NULL,
	region      TEXT NOT NULL DEFAULT '', -- holiday region, ISO 3166-2
	portal_on   BOOLEAN NOT NULL,
	uvi_service BOOLEAN NOT NULL,
	released_at BIGINT NOT NULL DEFAULT 0, -- when the portal was first switched on
	sort_key    TEXT NOT NULL DEFAULT '', -- the name in the order in which people count
	search      TEXT NOT NULL DEFAULT '', -- folded name, ref, postcode and city
	created_at  BIGINT NOT NULL,
	updated_at  BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX property_ref ON property (org_id, ref) WHERE ref <> '';
CREATE INDEX property_list ON property (org_id, sort_key, id);

CREATE TABLE staff_property (
	org_id      TEXT NOT NULL,
	staff_id    TEXT NOT NULL,
	property_id TEXT NOT NULL,
	PRIMARY KEY (org_id, staff_id, property_id),
	FOREIGN KEY (org_id, staff_id) REFERENCES staff (org_id, id),
	FOREIGN KEY (org_id, property_id) REFERENCES property (org_id, id)
);
CREATE INDEX staff_property_by_property ON staff_property (org_id, property_id);

CREATE TABLE building (
	org_id       TEXT NOT NULL,
	id           TEXT NOT NULL,
	property_id  TEXT NOT NULL,
	street       TEXT NOT NULL,
	house_number TEXT NOT NULL,
	postcode     TEXT NOT NULL,
	city         TEXT NOT NULL,
	country      TEXT NOT NULL,
	sort_key     TEXT NOT NULL, -- street and number so that 9 stands before 10
	match_key    TEXT NOT NULL, -- folded address, for lists without references
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, property_id, match_key),
	FOREIGN KEY (org_id, property_id) REFERENCES property (org_id, id)
);
CREATE INDEX building_match ON building (org_id, match_key);

CREATE TABLE unit (
	org_id      TEXT NOT NULL,
	id          TEXT NOT NULL,
	property_id TEXT NOT NULL,
	building_id TEXT NOT NULL,
	ref         TEXT NOT NULL,
	label       TEXT NOT NULL,
	stairwell   TEXT NOT NULL,
	floor       TEXT NOT NULL,
	usage       TEXT NOT NULL CHECK (usage IN ('flat', 'commercial', 'parking', 'storage')),
	area_cm2    BIGINT NOT NULL DEFAULT 0, -- hundredths of a square metre; 0 = unknown
	rooms_tenth BIGINT NOT NULL DEFAULT 0, -- tenths of a room; 0 = unknown
	uvi_needed  BOOLEAN NOT NULL,
	sort_key    TEXT NOT NULL, -- building, stairwell, floor, label in the order of a walk through the house
	match_key   TEXT NOT NULL, -- folded address, stairwell and label, for lists without references
	PRIMARY KEY (org_id, id),
	FOREIGN KEY (org_id, property_id) REFERENCES property (org_id, id),
	FOREIGN KEY (org_id, building_id) REFERENCES building (org_id, id)
);
CREATE UNIQUE INDEX unit_ref ON unit (org_id, ref, property_id) WHERE ref <> '';
CREATE UNIQUE INDEX unit_list ON unit (org_id, property_id, sort_key, id);
CREATE INDEX unit_match ON unit (org_id, match_key);
CREATE INDEX unit_building ON unit (org_id, building_id);

CREATE TABLE person (
	org_id        TEXT NOT NULL REFERENCES org (org_id),
	id            TEXT NOT NULL,
	ref           TEXT NOT NULL,
	salutation    TEXT NOT NULL CHECK (salutation IN ('', 'mr', 'mrs', 'company', 'family')),
	title         TEXT NOT NULL,
	first_name    TEXT NOT NULL,
	last_name     TEXT NOT NULL,
	company       TEXT NOT NULL,
	language      TEXT NOT NULL, -- '' = the organisation's first language
	email         TEXT NOT NULL, -- contact address from the list, canonical; not the login
	phone         TEXT NOT NULL,
	post_name     TEXT NOT NULL,
	post_street   TEXT NOT NULL,
	post_postcode TEXT NOT NULL,
	post_city     TEXT NOT NULL,
	post_country  TEXT NOT NULL,
	search        TEXT NOT NULL, -- folded names, for filters inside one property
	created_at    BIGINT NOT NULL,
	updated_at    BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX person_ref ON person (org_id, ref) WHERE ref <> '';
CREATE INDEX person_search ON person (org_id, search, id);

-- Contact data that hold beside the imported ones of person, which they never
-- overwrite: as long as the list still says "was".
CREATE TABLE person_contact (
	org_id    TEXT NOT NULL,
	person_id TEXT NOT NULL,
	field     TEXT NOT NULL CHECK (field IN ('mobile', 'phone', 'post')),
	value     TEXT NOT NULL,
	was       TEXT NOT NULL, -- what the list said when the value took effect
	from_day  TEXT NOT NULL, -- first day, '' = at once
	set_at    BIGINT NOT NULL,
	PRIMARY KEY (org_id, person_id, field),
	FOREIGN KEY (org_id, person_id) REFERENCES person (org_id, id)
);

CREATE TABLE lease (
	org_id        TEXT NOT NULL,
	id            TEXT NOT NULL,
	unit_id       TEXT NOT NULL,
	kind          TEXT NOT NULL CHECK (kind IN ('rental', 'ownership')),
	ref           TEXT NOT NULL,
	starts_on     TEXT NOT NULL,
	ends_on       TEXT NOT NULL, -- last day, '' = open; compare with lease.until
	until         TEXT NOT NULL, -- ends_on, or 9999-12-31 when it is open
	signed_on     TEXT NOT NULL,
	rent_net      BIGINT NOT NULL DEFAULT 0,
	rent_service  BIGINT NOT NULL DEFAULT 0,
	rent_heating  BIGINT NOT NULL DEFAULT 0,
	deposit       BIGINT NOT NULL DEFAULT 0,
	currency      TEXT NOT NULL,
	notice_period TEXT NOT NULL,
	created_at    BIGINT NOT NULL,
	updated_at    BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	CHECK (starts_on <= until),
	FOREIGN KEY (org_id, unit_id) REFERENCES unit (org_id, id)
);
CREATE UNIQUE INDEX lease_ref ON lease (org_id, ref) WHERE ref <> '';
CREATE UNIQUE INDEX lease_unit ON lease (org_id, unit_id, starts_on, id, until);

CREATE TABLE lease_person (
	org_id    TEXT NOT NULL,
	lease_id  TEXT NOT NULL,
	person_id TEXT NOT NULL,
	role      TEXT NOT NULL CHECK (role IN ('contract_party', 'co_resident', 'owner')),
	from_day  TEXT NOT NULL, -- first day in the lease, usually lease.starts_on
	to_day    TEXT NOT NULL, -- last day, 9999-12-31 = as long as the lease
	PRIMARY KEY (org_id, lease_id, person_id),
	CHECK (from_day <= to_day),
	FOREIGN KEY (org_id, lease_id) REFERENCES lease (org_id, id),
	FOREIGN KEY (org_id, person_id) REFERENCES person (org_id, id)
);
CREATE INDEX lease_person_person ON lease_person (org_id, person_id);
