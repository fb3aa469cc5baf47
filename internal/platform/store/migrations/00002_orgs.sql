-- +goose Up
CREATE TABLE org (
	org_id     TEXT NOT NULL PRIMARY KEY,
	slug       TEXT NOT NULL UNIQUE,
	name       TEXT NOT NULL,
	portal_on  BOOLEAN NOT NULL,
	settings   TEXT NOT NULL, -- orgs.Settings as JSON
	logo_blob  TEXT NOT NULL DEFAULT '',
	version    BIGINT NOT NULL DEFAULT 1,
	created_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL
);

CREATE TABLE org_host (
	org_id    TEXT NOT NULL REFERENCES org (org_id),
	host      TEXT NOT NULL UNIQUE, -- lower case, with the port only when it is not the scheme's
	site      TEXT NOT NULL CHECK (site IN ('both', 'resident', 'staff')),
	canonical BOOLEAN NOT NULL,
	PRIMARY KEY (org_id, host)
);

CREATE TABLE staff (
	org_id      TEXT NOT NULL REFERENCES org (org_id),
	id          TEXT NOT NULL,
	name        TEXT NOT NULL,
	email       TEXT NOT NULL,
	phone       TEXT NOT NULL DEFAULT '',
	role        TEXT NOT NULL CHECK (role IN ('proprietor', 'administrator', 'manager', 'clerk', 'caretaker', 'readonly')),
	limited     BOOLEAN NOT NULL, -- true: only the properties in staff_property
	language    TEXT NOT NULL,
	created_at  BIGINT NOT NULL,
	disabled_at BIGINT NOT NULL DEFAULT 0,
	away_from   TEXT NOT NULL DEFAULT '', -- first day of an absence, '' = none
	away_till   TEXT NOT NULL DEFAULT '', -- last day
	deputy_id   TEXT NOT NULL DEFAULT '', -- who stands in
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, email)
);
