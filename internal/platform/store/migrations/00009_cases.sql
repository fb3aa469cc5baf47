-- +goose Up
-- The organisation's own tree of what cases are about, two levels. Without a row
-- the tree of the product holds.
CREATE TABLE case_category (
	org_id      TEXT NOT NULL REFERENCES org (org_id),
	id          TEXT NOT NULL,
	parent_id   TEXT NOT NULL, -- '' = first level
	position    BIGINT NOT NULL,
	kind        TEXT NOT NULL CHECK (kind IN ('damage', 'topic')),
	opens       TEXT NOT NULL CHECK (opens IN ('case', 'message')),
	icon        TEXT NOT NULL,
	texts       TEXT NOT NULL, -- by language, JSON
	fields      TEXT NOT NULL, -- what is asked besides, JSON
	urgency     TEXT NOT NULL, -- what is chosen at first, '' = the usual
	assignee_id TEXT NOT NULL,
	provider_id TEXT NOT NULL,
	active      BOOLEAN NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX case_category_order ON case_category (org_id, position, id);

-- Firms that help in a property, or in all of them.
CREATE TABLE case_provider (
	org_id   TEXT NOT NULL REFERENCES org (org_id),
	id       TEXT NOT NULL,
	position BIGINT NOT NULL,
	name     TEXT NOT NULL,
	trade    TEXT NOT NULL,
	phone    TEXT NOT NULL,
	hours    TEXT NOT NULL,
	icon     TEXT NOT NULL,
	public   BOOLEAN NOT NULL, -- residents see it above the form
	active   BOOLEAN NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX case_provider_order ON case_provider (org_id, position, id);

CREATE TABLE case_provider_property (
	org_id      TEXT NOT NULL,
	provider_id TEXT NOT NULL,
	property_id TEXT NOT NULL,
	PRIMARY KEY (org_id, provider_id, property_id),
	FOREIGN KEY (org_id, provider_id) REFERENCES case_provider (org_id, id)
);

CREATE TABLE case_number (
	org_id TEXT NOT NULL REFERENCES org (org_id),
	year   BIGINT NOT NULL,
	last   BIGINT NOT NULL,
	PRIMARY KEY (org_id, year)
);

-- What a conversation of the kind 'case' has besides.
CREATE TABLE case_item (
	org_id      TEXT NOT NULL,
	id          TEXT NOT NULL, -- of the conversation
	seq         BIGINT NOT NULL, -- year and number: 20260000418
	ord         BIGINT NOT NULL, -- order of lists: urgent ones first, then by seq
	category_id TEXT NOT NULL,
	topic_id    TEXT NOT NULL, -- the category's first level
	status      TEXT NOT NULL CHECK (status IN ('open', 'in_progress', 'waiting_resident', 'done')),
	status_at   BIGINT NOT NULL,
	urgency     TEXT NOT NULL CHECK (urgency IN ('later', 'soon', 'now')),
	property_id TEXT NOT NULL,
	building_id TEXT NOT NULL,
	unit_id     TEXT NOT NULL, -- '' = a common area
	assignee_id TEXT NOT NULL, -- as the conversation has it
	spot        TEXT NOT NULL, -- where exactly
	fields      TEXT NOT NULL, -- answers to the category's fields, JSON
	reach       TEXT NOT NULL, -- when the resident can be reached
	phone       TEXT NOT NULL,
	release     BOOLEAN NOT NULL, -- the provider may have the phone number
	provider_id TEXT NOT NULL,
	due_on      TEXT NOT NULL, -- '9999-12-31' = none
	touched_at  BIGINT NOT NULL, -- the last message or change
	done_at     BIGINT NOT NULL, -- 0 = not done
	rating      BIGINT NOT NULL, -- 1 to 5, 0 = none
	rating_text TEXT NOT NULL,
	lead_id     TEXT NOT NULL, -- the case that this report belongs to, '' = it stands for itself
	reports     BIGINT NOT NULL, -- reports of the same fault, with this one
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, seq),
	FOREIGN KEY (org_id, id) REFERENCES conversation (org_id, id)
);
CREATE INDEX case_open ON case_item (org_id, ord, id) WHERE lead_id = '' AND status <> 'done';
CREATE INDEX case_all ON case_item (org_id, ord, id) WHERE lead_id = '';
CREATE INDEX case_open_touched ON case_item (org_id, touched_at, id) WHERE lead_id = '' AND status <> 'done';
CREATE INDEX case_all_touched ON case_item (org_id, touched_at, id) WHERE lead_id = '';
CREATE INDEX case_open_due ON case_item (org_id, due_on, id) WHERE lead_id = '' AND status <> 'done';
CREATE INDEX case_property ON case_item (org_id, property_id, ord, id) WHERE lead_id = '';
CREATE INDEX case_assignee ON case_item (org_id, assignee_id, ord, id) WHERE lead_id = '';
CREATE INDEX case_building ON case_item (org_id, building_id, ord, id);
CREATE INDEX case_lead ON case_item (org_id, lead_id) WHERE lead_id <> '';
CREATE INDEX case_done ON case_item (org_id, done_at, id) WHERE done_at > 0;

-- What happened to a case beside its messages.
CREATE TABLE case_event (
	org_id   TEXT NOT NULL,
	id       TEXT NOT NULL,
	case_id  TEXT NOT NULL,
	at       BIGINT NOT NULL,
	kind     TEXT NOT NULL,
	side     TEXT NOT NULL CHECK (side IN ('staff', 'resident')),
	who      TEXT NOT NULL, -- the name, as it was
	detail   TEXT NOT NULL,
	internal BOOLEAN NOT NULL, -- for staff only
	PRIMARY KEY (org_id, id),
	FOREIGN KEY (org_id, case_id) REFERENCES case_item (org_id, id)
);
CREATE INDEX case_event_case ON case_event (org_id, case_id, at, id);

CREATE TABLE case_appointment (
	org_id      TEXT NOT NULL,
	id          TEXT NOT NULL,
	case_id     TEXT NOT NULL,
	property_id TEXT NOT NULL,
	day         TEXT NOT NULL,
	from_time   TEXT NOT NULL, -- "08:00" where the organisation is
	till_time   TEXT NOT NULL,
	provider_id TEXT NOT NULL,
	who         TEXT NOT NULL, -- who comes: "Firma Sander, Herr Yilmaz"
	phone       TEXT NOT NULL,
	note        TEXT NOT NULL,
	state       TEXT NOT NULL CHECK (state IN ('set', 'declined', 'cancelled')),
	version     BIGINT NOT NULL, -- SEQUENCE of the calendar file
	created_at  BIGINT NOT NULL,
	PRIMARY KEY (org_id, id),
	FOREIGN KEY (org_id, case_id) REFERENCES case_item (org_id, id)
);
CREATE INDEX case_appointment_case ON case_appointment (org_id, case_id, day, id);
CREATE INDEX case_appointment_day ON case_appointment (org_id, day, from_time, id);

-- A public answer stands once in the conversation of each reporter.
CREATE TABLE case_copy (
	org_id     TEXT NOT NULL,
	message_id TEXT NOT NULL,
	origin_id  TEXT NOT NULL, -- the message in the leading case, with the files
	PRIMARY KEY (org_id, message_id),
	FOREIGN KEY (org_id, message_id) REFERENCES message (org_id, id),
	FOREIGN KEY (org_id, origin_id) REFERENCES message (org_id, id)
);
CREATE INDEX case_copy_origin ON case_copy (org_id, origin_id);
