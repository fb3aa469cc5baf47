-- +goose Up
CREATE TABLE account (
	org_id        TEXT NOT NULL REFERENCES org (org_id),
	id            TEXT NOT NULL,
	site          TEXT NOT NULL CHECK (site IN ('resident', 'staff')),
	email         TEXT NOT NULL, -- login, canonical
	password_hash TEXT NOT NULL, -- '' = void: cannot sign in until registered again
	staff_id      TEXT NOT NULL DEFAULT '',
	language      TEXT NOT NULL DEFAULT '',
	created_at    BIGINT NOT NULL,
	password_at   BIGINT NOT NULL,
	closed_at     BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX account_email ON account (org_id, site, email) WHERE closed_at = 0;
CREATE UNIQUE INDEX account_staff ON account (org_id, staff_id) WHERE staff_id <> '' AND closed_at = 0;

CREATE TABLE account_person (
	org_id     TEXT NOT NULL,
	account_id TEXT NOT NULL,
	person_id  TEXT NOT NULL,
	since      BIGINT NOT NULL,
	PRIMARY KEY (org_id, account_id, person_id),
	UNIQUE (org_id, person_id),
	FOREIGN KEY (org_id, account_id) REFERENCES account (org_id, id),
	FOREIGN KEY (org_id, person_id) REFERENCES person (org_id, id)
);

CREATE TABLE session (
	org_id     TEXT NOT NULL,
	id         TEXT NOT NULL,
	account_id TEXT NOT NULL,
	token_hash TEXT NOT NULL,
	device     TEXT NOT NULL, -- "Firefox · Android", made from the user agent, nothing else of it is kept
	remember   BOOLEAN NOT NULL,
	created_at BIGINT NOT NULL,
	auth_at    BIGINT NOT NULL, -- when the password was last given
	seen_at    BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	lease_id   TEXT NOT NULL DEFAULT '', -- the lease that a resident has chosen to look at; judged anew at each request
	view_person TEXT NOT NULL DEFAULT '', -- as whom a staff member looks at the residents' pages
	PRIMARY KEY (org_id, id),
	FOREIGN KEY (org_id, account_id) REFERENCES account (org_id, id)
);
CREATE UNIQUE INDEX session_token ON session (org_id, token_hash);
CREATE INDEX session_account ON session (org_id, account_id, seen_at);
CREATE INDEX session_expiry ON session (expires_at);

-- One issued code: typed from a letter, or the link of an e-mail.
CREATE TABLE access_code (
	org_id        TEXT NOT NULL,
	id            TEXT NOT NULL,
	person_id     TEXT NOT NULL,
	lease_id      TEXT NOT NULL,
	channel       TEXT NOT NULL CHECK (channel IN ('letter', 'email')),
	typed_hash    TEXT NOT NULL, -- HMAC of the 12 characters, '' for an e-mail
	link_hash     TEXT NOT NULL, -- HMAC of the 128-bit token of the QR code or the e-mail link
	address       TEXT NOT NULL, -- where it was sent: the e-mail address, or the lines of the letter
	consent_id    TEXT NOT NULL DEFAULT '',
	batch_id      TEXT NOT NULL DEFAULT '',
	issued_by     TEXT NOT NULL,
	issued_at     BIGINT NOT NULL,
	expires_at    BIGINT NOT NULL,
	used_at       BIGINT NOT NULL DEFAULT 0,
	revoked_at    BIGINT NOT NULL DEFAULT 0,
	revoked_by    TEXT NOT NULL DEFAULT '',
	revoke_reason TEXT NOT NULL DEFAULT '',
	sealed        TEXT NOT NULL DEFAULT '', -- of a single letter: the code itself, for the minutes in which a second click gives the same letter
	PRIMARY KEY (org_id, id),
	FOREIGN KEY (org_id, person_id) REFERENCES person (org_id, id),
	FOREIGN KEY (org_id, lease_id) REFERENCES lease (org_id, id)
);
CREATE UNIQUE INDEX access_code_typed ON access_code (org_id, typed_hash) WHERE typed_hash <> '';
CREATE UNIQUE INDEX access_code_link ON access_code (org_id, link_hash) WHERE link_hash <> '';
CREATE INDEX access_code_person ON access_code (org_id, person_id, issued_at);
CREATE INDEX access_code_expiry ON access_code (org_id, expires_at);
CREATE INDEX access_code_sealed ON access_code (org_id, issued_at) WHERE sealed <> '';
CREATE INDEX access_code_not_me ON access_code (org_id, revoked_at) WHERE revoke_reason = 'not_me';
CREATE UNIQUE INDEX access_code_batch ON access_code (org_id, batch_id, person_id) WHERE batch_id <> '';

-- The state that lists show, kept in step with codes and accounts in the same
-- transaction. "expired" is 'pending' whose until has passed, "ended" comes
-- from the leases: both are read, not written.
CREATE TABLE person_access (
	org_id     TEXT NOT NULL,
	person_id  TEXT NOT NULL,
	state      TEXT NOT NULL CHECK (state IN ('requested', 'pending', 'confirmed', 'revoked')),
	since      BIGINT NOT NULL,
	until      BIGINT NOT NULL DEFAULT 0,
	channel    TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (org_id, person_id),
	FOREIGN KEY (org_id, person_id) REFERENCES person (org_id, id)
);
CREATE INDEX person_access_state ON person_access (org_id, state, until);

-- A registration between the form and "yes, that is me".
CREATE TABLE registration (
	org_id        TEXT NOT NULL,
	id            TEXT NOT NULL,
	code_id       TEXT NOT NULL,
	email         TEXT NOT NULL,
	password_hash TEXT NOT NULL,
	language      TEXT NOT NULL,
	browser_hash  TEXT NOT NULL, -- the cookie of the browser that filled in the form
	pin_hash      TEXT NOT NULL DEFAULT '', -- six digits and link are made when the mail is sent
	link_hash     TEXT NOT NULL DEFAULT '',
	pin_tries     BIGINT NOT NULL DEFAULT 0,
	created_at    BIGINT NOT NULL,
	expires_at    BIGINT NOT NULL,
	verified_at   BIGINT NOT NULL DEFAULT 0,
	ended_at      BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (org_id, id),
	FOREIGN KEY (org_id, code_id) REFERENCES access_code (org_id, id)
);
CREATE INDEX registration_code ON registration (org_id, code_id);
CREATE UNIQUE INDEX registration_browser ON registration (org_id, browser_hash);
CREATE INDEX registration_link ON registration (org_id, link_hash);
CREATE INDEX registration_expiry ON registration (org_id, expires_at);

-- Links of 60 minutes (reset) and three days (staff invitation).
CREATE TABLE access_link (
	org_id     TEXT NOT NULL,
	id         TEXT NOT NULL,
	kind       TEXT NOT NULL CHECK (kind IN ('reset', 'staff_invitation')),
	account_id TEXT NOT NULL DEFAULT '',
	staff_id   TEXT NOT NULL DEFAULT '',
	token_hash TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	used_at    BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX access_link_token ON access_link (org_id, token_hash);
CREATE INDEX access_link_account ON access_link (org_id, account_id, created_at);
CREATE INDEX access_link_expiry ON access_link (expires_at);

-- Counted failures per address, network and host; they slow down, never lock.
CREATE TABLE throttle (
	org_id  TEXT NOT NULL,
	kind    TEXT NOT NULL,
	key     TEXT NOT NULL, -- HMAC of the address or network
	tries   BIGINT NOT NULL,
	last_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, kind, key)
);
CREATE INDEX throttle_age ON throttle (last_at);

CREATE TABLE letter_batch (
	org_id      TEXT NOT NULL,
	id          TEXT NOT NULL,
	property_id TEXT NOT NULL,
	reason      TEXT NOT NULL CHECK (reason IN ('download', 'release', 'single', 'command', 'first_message')),
	state       TEXT NOT NULL CHECK (state IN ('queued', 'running', 'ready', 'erased', 'failed')),
	include_pending BOOLEAN NOT NULL DEFAULT FALSE,
	secret      TEXT NOT NULL, -- sealed; the codes of the batch are derived from it until it is erased
	total       BIGINT NOT NULL DEFAULT 0,
	done        BIGINT NOT NULL DEFAULT 0,
	failed      BIGINT NOT NULL DEFAULT 0,
	blob        TEXT NOT NULL DEFAULT '', -- the PDF
	manifest_blob TEXT NOT NULL DEFAULT '',
	created_by  TEXT NOT NULL,
	created_at  BIGINT NOT NULL,
	ready_at    BIGINT NOT NULL DEFAULT 0,
	fetched_at  BIGINT NOT NULL DEFAULT 0,
	printed_at  BIGINT NOT NULL DEFAULT 0,
	erase_at    BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (org_id, id),
	FOREIGN KEY (org_id, property_id) REFERENCES property (org_id, id)
);
CREATE INDEX letter_batch_property ON letter_batch (org_id, property_id, created_at);
CREATE INDEX letter_batch_today ON letter_batch (org_id, printed_at, created_at);

CREATE TABLE letter (
	org_id     TEXT NOT NULL,
	batch_id   TEXT NOT NULL,
	person_id  TEXT NOT NULL,
	lease_id   TEXT NOT NULL,
	position   BIGINT NOT NULL,
	state      TEXT NOT NULL CHECK (state IN ('planned', 'done', 'failed')),
	reason     TEXT NOT NULL DEFAULT '', -- catalogue key of what went wrong
	reason_arg TEXT NOT NULL DEFAULT '',
	dismissed_at BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (org_id, batch_id, person_id),
	FOREIGN KEY (org_id, batch_id) REFERENCES letter_batch (org_id, id),
	FOREIGN KEY (org_id, person_id) REFERENCES person (org_id, id)
);
CREATE INDEX letter_failed ON letter (org_id, state, dismissed_at) WHERE state = 'failed';
CREATE INDEX letter_order ON letter (org_id, batch_id, position);

-- The checklist of K3, confirmed per property before the first sending.
CREATE TABLE checklist (
	org_id       TEXT NOT NULL,
	property_id  TEXT NOT NULL,
	confirmed_by TEXT NOT NULL,
	confirmed_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, property_id),
	FOREIGN KEY (org_id, property_id) REFERENCES property (org_id, id)
);
