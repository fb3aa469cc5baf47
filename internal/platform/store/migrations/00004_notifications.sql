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

-- Something told to somebody by one channel. A letter waits as 'queued', is
-- 'sending' from the moment it is in a print run, 'sent' when it is posted.
CREATE TABLE delivery (
	org_id       TEXT NOT NULL REFERENCES org (org_id),
	id           TEXT NOT NULL,
	kind         TEXT NOT NULL, -- who renders it: "access.invitation", …
	key          TEXT NOT NULL, -- unique: the same news is never told twice
	topic        TEXT NOT NULL DEFAULT '', -- of the preferences, '' for what nobody can switch off
	channel      TEXT NOT NULL CHECK (channel IN ('portal', 'email', 'push', 'letter')),
	person_id    TEXT NOT NULL DEFAULT '', -- whom it concerns, '' for staff
	staff_id     TEXT NOT NULL DEFAULT '',
	account_id   TEXT NOT NULL DEFAULT '', -- the resident's login, '' where there was none
	lease_id     TEXT NOT NULL DEFAULT '',
	property_id  TEXT NOT NULL DEFAULT '', -- where the news belongs, '' = the whole organisation
	address      TEXT NOT NULL, -- e-mail address, or the lines of a letter; '' for portal and push
	language     TEXT NOT NULL,
	args         TEXT NOT NULL, -- opaque JSON of ids, never a secret
	full_text    BOOLEAN NOT NULL DEFAULT FALSE, -- the mail may carry the text itself (X7)
	thread       TEXT NOT NULL DEFAULT '', -- what the mails of one conversation have in common
	shared_id    TEXT NOT NULL DEFAULT '', -- a letter that goes in one envelope with this one
	digest_at    BIGINT NOT NULL DEFAULT 0, -- collected with others until then
	print_id     TEXT NOT NULL DEFAULT '', -- the print run of a letter
	position     BIGINT NOT NULL DEFAULT 0, -- in that run
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
CREATE INDEX delivery_letters ON delivery (org_id, property_id, created_at, id) WHERE channel = 'letter' AND state = 'queued';
CREATE INDEX delivery_print ON delivery (org_id, print_id, position, id) WHERE print_id <> '';
CREATE INDEX delivery_shared ON delivery (org_id, shared_id) WHERE shared_id <> '';
CREATE INDEX delivery_digest ON delivery (org_id, account_id, digest_at, id) WHERE digest_at <> 0 AND state = 'queued';

-- What a resident wants to be told by which channel. No row: nothing was chosen.
CREATE TABLE preference (
	org_id     TEXT NOT NULL REFERENCES org (org_id),
	account_id TEXT NOT NULL,
	topic      TEXT NOT NULL,
	post       BOOLEAN NOT NULL,
	email      BOOLEAN NOT NULL,
	push       BOOLEAN NOT NULL,
	chosen_at  BIGINT NOT NULL,
	PRIMARY KEY (org_id, account_id, topic)
);

-- A browser or telephone that takes push messages (RFC 8030).
CREATE TABLE push_device (
	org_id     TEXT NOT NULL REFERENCES org (org_id),
	id         TEXT NOT NULL,
	account_id TEXT NOT NULL,
	endpoint   TEXT NOT NULL,
	p256dh     TEXT NOT NULL, -- its public key, base64url
	auth       TEXT NOT NULL, -- its shared secret, base64url (RFC 8291)
	device     TEXT NOT NULL, -- "Firefox · Android"
	created_at BIGINT NOT NULL,
	seen_at    BIGINT NOT NULL, -- the last message that its service took
	PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX push_device_endpoint ON push_device (org_id, endpoint);
CREATE INDEX push_device_account ON push_device (org_id, account_id, created_at, id);

-- An address to which mails come back, until somebody changes or frees it.
CREATE TABLE bouncing (
	org_id      TEXT NOT NULL REFERENCES org (org_id),
	address     TEXT NOT NULL,
	delivery_id TEXT NOT NULL, -- the mail that came back
	status      TEXT NOT NULL, -- RFC 3463, "5.1.1"
	reason      TEXT NOT NULL, -- the server's words, without addresses
	since       BIGINT NOT NULL,
	PRIMARY KEY (org_id, address)
);
CREATE INDEX bouncing_since ON bouncing (org_id, since);

-- Letters that are printed together: one PDF and one list.
CREATE TABLE print_run (
	org_id        TEXT NOT NULL REFERENCES org (org_id),
	id            TEXT NOT NULL,
	state         TEXT NOT NULL CHECK (state IN ('queued', 'ready', 'posted', 'failed')),
	properties    TEXT NOT NULL, -- ids of its letters' properties, by commas; '' stands for the organisation itself
	total         BIGINT NOT NULL,
	failed        BIGINT NOT NULL DEFAULT 0,
	blob          TEXT NOT NULL DEFAULT '', -- the PDF
	manifest_blob TEXT NOT NULL DEFAULT '',
	created_by    TEXT NOT NULL,
	created_at    BIGINT NOT NULL,
	ready_at      BIGINT NOT NULL DEFAULT 0,
	fetched_at    BIGINT NOT NULL DEFAULT 0,
	posted_at     BIGINT NOT NULL DEFAULT 0,
	posted_by     TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (org_id, id)
);
CREATE INDEX print_run_list ON print_run (org_id, created_at, id);
