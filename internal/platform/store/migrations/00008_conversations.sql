-- +goose Up
CREATE TABLE conversation (
	org_id      TEXT NOT NULL REFERENCES org (org_id),
	id          TEXT NOT NULL,
	kind        TEXT NOT NULL CHECK (kind IN ('message', 'case')),
	subject     TEXT NOT NULL,
	aud_kind    TEXT NOT NULL, -- portfolio.Audience: who reads it
	aud_id      TEXT NOT NULL,
	aud_day     TEXT NOT NULL,
	aud_author  TEXT NOT NULL,
	property_id TEXT NOT NULL, -- '' = the whole organisation: for staff without limits only
	lease_id    TEXT NOT NULL, -- the lease that it is about, '' = none: shown with each
	person_id   TEXT NOT NULL, -- with whom staff speak, '' = a house
	who         TEXT NOT NULL, -- that person's name, as it was
	place       TEXT NOT NULL, -- "Ahornallee 14 · Whg 5", or the house
	ref         TEXT NOT NULL, -- number of a case, '' for a message
	root_id     TEXT NOT NULL, -- the message to a house that this answers, '' = none
	by_staff    BOOLEAN NOT NULL, -- begun by the management
	replies     BOOLEAN NOT NULL, -- residents may answer
	assignee_id TEXT NOT NULL,
	waits_since BIGINT NOT NULL, -- since when residents wait for an answer, 0 = they do not
	hold        BOOLEAN NOT NULL, -- legal hold: never expires
	created_at  BIGINT NOT NULL,
	last_at     BIGINT NOT NULL, -- newest message that both sides see
	in_at       BIGINT NOT NULL, -- newest message of residents, 0 = none
	in_name     TEXT NOT NULL,
	in_text     TEXT NOT NULL, -- its beginning
	out_at      BIGINT NOT NULL, -- newest message of the management, 0 = none
	out_name    TEXT NOT NULL,
	out_text    TEXT NOT NULL,
	messages    BIGINT NOT NULL, -- that both sides see
	files       BIGINT NOT NULL,
	answers     BIGINT NOT NULL, -- conversations that answer this one
	PRIMARY KEY (org_id, id)
);
CREATE INDEX conversation_audience ON conversation (org_id, aud_kind, aud_id, aud_day);
CREATE INDEX conversation_author ON conversation (org_id, aud_author);
CREATE INDEX conversation_in ON conversation (org_id, in_at, id) WHERE in_at > 0;
CREATE INDEX conversation_out ON conversation (org_id, out_at, id) WHERE out_at > 0;
CREATE INDEX conversation_property_in ON conversation (org_id, property_id, in_at, id) WHERE in_at > 0;
CREATE INDEX conversation_property_out ON conversation (org_id, property_id, out_at, id) WHERE out_at > 0;
CREATE INDEX conversation_waits ON conversation (org_id, waits_since, id) WHERE waits_since > 0;
CREATE INDEX conversation_person ON conversation (org_id, person_id, last_at, id) WHERE person_id <> '';
CREATE INDEX conversation_root ON conversation (org_id, root_id, last_at, id) WHERE root_id <> '';
CREATE INDEX conversation_expiry ON conversation (org_id, kind, last_at);

CREATE TABLE message (
	org_id          TEXT NOT NULL,
	id              TEXT NOT NULL,
	conversation_id TEXT NOT NULL,
	at              BIGINT NOT NULL,
	side            TEXT NOT NULL CHECK (side IN ('staff', 'resident')),
	author_id       TEXT NOT NULL, -- of a staff member or a person
	author_name     TEXT NOT NULL, -- as it was
	source          TEXT NOT NULL CHECK (source IN ('portal', 'mail', 'phone', 'letter', 'visit')),
	internal        BOOLEAN NOT NULL, -- a note that only staff see
	text            TEXT NOT NULL,
	files           BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	FOREIGN KEY (org_id, conversation_id) REFERENCES conversation (org_id, id)
);
CREATE INDEX message_conversation ON message (org_id, conversation_id, at, id);
CREATE INDEX message_author ON message (org_id, author_id, at);

-- Until when an account has seen a conversation.
CREATE TABLE conversation_seen (
	org_id          TEXT NOT NULL,
	conversation_id TEXT NOT NULL,
	account_id      TEXT NOT NULL,
	side            TEXT NOT NULL CHECK (side IN ('staff', 'resident')),
	at              BIGINT NOT NULL,
	PRIMARY KEY (org_id, conversation_id, account_id),
	FOREIGN KEY (org_id, conversation_id) REFERENCES conversation (org_id, id)
);

-- What somebody has begun to write.
CREATE TABLE draft (
	org_id     TEXT NOT NULL,
	id         TEXT NOT NULL,
	account_id TEXT NOT NULL,
	place      TEXT NOT NULL, -- the form: "new", "compose:…", "reply:…"
	fields     TEXT NOT NULL, -- opaque JSON
	updated_at BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, account_id, place),
	FOREIGN KEY (org_id, account_id) REFERENCES account (org_id, id)
);
CREATE INDEX draft_account ON draft (org_id, account_id, updated_at, id);
CREATE INDEX draft_age ON draft (org_id, updated_at);

-- How far a message of the management has been announced to its readers.
CREATE TABLE broadcast (
	org_id     TEXT NOT NULL,
	message_id TEXT NOT NULL,
	reached    TEXT NOT NULL, -- the last lease that was worked on
	done_at    BIGINT NOT NULL, -- 0 = at work
	persons    BIGINT NOT NULL,
	portal     BIGINT NOT NULL,
	email      BIGINT NOT NULL,
	push       BIGINT NOT NULL,
	letter     BIGINT NOT NULL,
	invited    BIGINT NOT NULL,
	nowhere    BIGINT NOT NULL, -- readers whom no channel reaches
	PRIMARY KEY (org_id, message_id),
	FOREIGN KEY (org_id, message_id) REFERENCES message (org_id, id)
);
