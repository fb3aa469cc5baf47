-- +goose Up
CREATE TABLE consent (
	org_id       TEXT NOT NULL,
	id           TEXT NOT NULL,
	person_id    TEXT NOT NULL,
	channel      TEXT NOT NULL CHECK (channel IN ('email')),
	address      TEXT NOT NULL,
	given_on     TEXT NOT NULL,
	wording      TEXT NOT NULL,
	source       TEXT NOT NULL CHECK (source IN ('import', 'staff', 'resident')),
	recorded_by  TEXT NOT NULL,
	recorded_at  BIGINT NOT NULL,
	withdrawn_at BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (org_id, id),
	FOREIGN KEY (org_id, person_id) REFERENCES person (org_id, id)
);
CREATE INDEX consent_person ON consent (org_id, person_id, channel, withdrawn_at);

CREATE TABLE delivery (
	org_id       TEXT NOT NULL REFERENCES org (org_id),
	id           TEXT NOT NULL,
	kind         TEXT NOT NULL, -- which mail: "access.invitation", …
	key          TEXT NOT NULL, -- unique: the same news is never told twice
	channel      TEXT NOT NULL CHECK (channel IN ('email', 'letter')),
	person_id    TEXT NOT NULL DEFAULT '', -- whom it concerns, '' for staff
	staff_id     TEXT NOT NULL DEFAULT '',
	address      TEXT NOT NULL,
	language     TEXT NOT NULL,
	args         TEXT NOT NULL, -- opaque JSON of ids, never a secret
	state        TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'dropped')),
	attempts     BIGINT NOT NULL DEFAULT 0,
	reason       TEXT NOT NULL DEFAULT '',
	message_id   TEXT NOT NULL DEFAULT '',
	created_at   BIGINT NOT NULL,
	sent_at      BIGINT NOT NULL DEFAULT 0,
	failed_at    BIGINT NOT NULL DEFAULT 0,
	dismissed_at BIGINT NOT NULL DEFAULT 0, -- staff have seen the failure
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, key)
);
CREATE INDEX delivery_person ON delivery (org_id, person_id, created_at, id);
CREATE INDEX delivery_failed ON delivery (org_id, failed_at, id) WHERE state = 'failed' AND dismissed_at = 0;
CREATE INDEX delivery_address ON delivery (org_id, address, created_at);
