-- +goose Up
CREATE TABLE notice (
	org_id       TEXT NOT NULL,
	id           TEXT NOT NULL,
	property_id  TEXT NOT NULL,
	aud_kind     TEXT NOT NULL CHECK (aud_kind IN ('stairwell', 'building', 'property')),
	aud_id       TEXT NOT NULL,
	aud_day      TEXT NOT NULL DEFAULT '', -- none: it hangs for whoever lives there today
	aud_author   TEXT NOT NULL DEFAULT '',
	title        TEXT NOT NULL,
	body         TEXT NOT NULL,
	urgent       BOOLEAN NOT NULL,
	from_day     TEXT NOT NULL,
	until_day    TEXT NOT NULL,
	outage       TEXT NOT NULL DEFAULT '' CHECK (outage IN ('', 'hot_water', 'cold_water', 'heating', 'power', 'lift', 'internet', 'other')),
	outage_from  BIGINT NOT NULL DEFAULT 0,
	outage_to    BIGINT NOT NULL DEFAULT 0,
	state        TEXT NOT NULL CHECK (state IN ('draft', 'planned', 'published', 'withdrawn')),
	version      BIGINT NOT NULL DEFAULT 1,
	hold         BOOLEAN NOT NULL DEFAULT FALSE, -- kept whatever the retention says
	reach        BIGINT NOT NULL DEFAULT 0, -- persons who could read it when it was published
	created_by   TEXT NOT NULL,
	created_at   BIGINT NOT NULL,
	published_at BIGINT NOT NULL DEFAULT 0,
	ended_at     BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (org_id, id),
	FOREIGN KEY (org_id, property_id) REFERENCES property (org_id, id),
	FOREIGN KEY (org_id, created_by) REFERENCES staff (org_id, id)
);
CREATE INDEX notice_audience ON notice (org_id, aud_kind, aud_id, aud_day);
CREATE INDEX notice_author ON notice (org_id, aud_author) WHERE aud_author <> '';
CREATE INDEX notice_list ON notice (org_id, from_day, id);
CREATE INDEX notice_property ON notice (org_id, property_id, from_day, id);
CREATE INDEX notice_until ON notice (org_id, until_day, id);
CREATE INDEX notice_staff ON notice (org_id, created_by);

CREATE TABLE notice_seen (
	org_id    TEXT NOT NULL,
	notice_id TEXT NOT NULL,
	person_id TEXT NOT NULL,
	seen_at   BIGINT NOT NULL,
	PRIMARY KEY (org_id, notice_id, person_id),
	FOREIGN KEY (org_id, notice_id) REFERENCES notice (org_id, id),
	FOREIGN KEY (org_id, person_id) REFERENCES person (org_id, id)
);
CREATE INDEX notice_seen_person ON notice_seen (org_id, person_id);
