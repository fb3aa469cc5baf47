-- +goose Up
-- What a person wishes to have written differently. The imported fields of
-- person stay as they are; what takes effect stands in account or
-- person_contact.
CREATE TABLE contact_change (
	org_id      TEXT NOT NULL,
	id          TEXT NOT NULL,
	batch_id    TEXT NOT NULL, -- what was asked for in one go
	person_id   TEXT NOT NULL,
	account_id  TEXT NOT NULL, -- who asked
	session_id  TEXT NOT NULL, -- stays signed in when the login changes
	property_id TEXT NOT NULL, -- by which staff are limited
	lease_id    TEXT NOT NULL,
	field       TEXT NOT NULL CHECK (field IN ('email', 'mobile', 'phone', 'post')),
	was         TEXT NOT NULL, -- what held when it was asked for
	value       TEXT NOT NULL,
	from_day    TEXT NOT NULL, -- wished first day, '' = at once
	mode        TEXT NOT NULL CHECK (mode IN ('self_service', 'erp_confirmed')),
	state       TEXT NOT NULL CHECK (state IN ('requested', 'exported', 'confirmed', 'rejected', 'withdrawn', 'timed_out')),
	reason      TEXT NOT NULL DEFAULT '', -- of its end: what staff wrote, or a catalogue key
	asked_at    BIGINT NOT NULL,
	password_at BIGINT NOT NULL, -- of the account: a new password ends what was asked for before
	verified_at BIGINT NOT NULL DEFAULT 0, -- the new mailbox was proved; other fields need no proof
	due_on      TEXT NOT NULL DEFAULT '', -- the promised day, from verified_at on
	exported_at BIGINT NOT NULL DEFAULT 0,
	ended_at    BIGINT NOT NULL DEFAULT 0,
	ended_by    TEXT NOT NULL DEFAULT '',
	link_hash   TEXT NOT NULL DEFAULT '',
	link_until  BIGINT NOT NULL DEFAULT 0, -- until when the address may be proved
	cancel_hash TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (org_id, id),
	FOREIGN KEY (org_id, person_id) REFERENCES person (org_id, id),
	FOREIGN KEY (org_id, account_id) REFERENCES account (org_id, id),
	FOREIGN KEY (org_id, property_id) REFERENCES property (org_id, id),
	FOREIGN KEY (org_id, lease_id) REFERENCES lease (org_id, id)
);
CREATE UNIQUE INDEX contact_change_one ON contact_change (org_id, person_id, field) WHERE state IN ('requested', 'exported');
CREATE UNIQUE INDEX contact_change_link ON contact_change (org_id, link_hash) WHERE link_hash <> '';
CREATE INDEX contact_change_cancel ON contact_change (org_id, cancel_hash) WHERE cancel_hash <> '';
CREATE INDEX contact_change_queue ON contact_change (org_id, state, due_on, id);
CREATE INDEX contact_change_ended ON contact_change (org_id, state, ended_at, id);
CREATE INDEX contact_change_person ON contact_change (org_id, person_id, asked_at, id);
CREATE INDEX contact_change_account ON contact_change (org_id, account_id, state);
CREATE INDEX contact_change_batch ON contact_change (org_id, batch_id);
