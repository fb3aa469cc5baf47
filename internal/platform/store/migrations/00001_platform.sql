-- +goose Up
CREATE TABLE job (
	org_id     TEXT NOT NULL,
	id         TEXT NOT NULL,
	kind       TEXT NOT NULL,
	key        TEXT NOT NULL, -- at most one waiting job per (org, kind, key)
	args       TEXT NOT NULL,
	state      TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'dead')),
	run_at     BIGINT NOT NULL,
	lease_till BIGINT NOT NULL DEFAULT 0,
	worker     TEXT NOT NULL DEFAULT '',
	attempt    BIGINT NOT NULL DEFAULT 0,
	done_part  BIGINT NOT NULL DEFAULT 0,
	total_part BIGINT NOT NULL DEFAULT 0,
	error      TEXT NOT NULL DEFAULT '',
	created_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX job_due ON job (state, run_at, id);
CREATE UNIQUE INDEX job_once ON job (org_id, kind, key) WHERE state = 'waiting' AND key <> '';

CREATE TABLE audit_entry (
	org_id   TEXT NOT NULL,
	id       TEXT NOT NULL,
	at       BIGINT NOT NULL,
	actor    TEXT NOT NULL, -- kind:id, "staff:…", "account:…", "job:…", "operator"
	action   TEXT NOT NULL,
	object   TEXT NOT NULL, -- kind:id
	detail   TEXT NOT NULL, -- opaque JSON without secrets
	PRIMARY KEY (org_id, id)
);
CREATE INDEX audit_object ON audit_entry (org_id, object, id);

-- The folded words of an item: found by its beginning, and by the item.
CREATE TABLE search_word (
	org_id  TEXT NOT NULL,
	kind    TEXT NOT NULL, -- of the item: "conversation"
	word    TEXT NOT NULL,
	item_id TEXT NOT NULL,
	PRIMARY KEY (org_id, kind, word, item_id)
);
CREATE INDEX search_word_item ON search_word (org_id, kind, item_id, word);
