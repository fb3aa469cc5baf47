-- +goose Up
-- One row for every file that people have sent, whatever it hangs on.
CREATE TABLE file (
	org_id      TEXT NOT NULL REFERENCES org (org_id),
	id          TEXT NOT NULL,
	owner_kind  TEXT NOT NULL, -- 'document', 'draft', or what another capability has registered
	owner_id    TEXT NOT NULL,
	name        TEXT NOT NULL, -- for people, with the ending of its type
	type        TEXT NOT NULL CHECK (type IN ('application/pdf', 'image/jpeg', 'image/png')),
	size        BIGINT NOT NULL, -- bytes
	blob        TEXT NOT NULL,
	thumb_blob  TEXT NOT NULL,
	width       BIGINT NOT NULL, -- pixels, 0 for a PDF
	height      BIGINT NOT NULL,
	pages       BIGINT NOT NULL, -- of a PDF
	attachments BOOLEAN NOT NULL, -- the PDF carries files
	created_by  TEXT NOT NULL,
	created_at  BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX file_owner ON file (org_id, owner_kind, owner_id, id);
CREATE INDEX file_sender ON file (org_id, created_by, created_at, size);

-- How much an organisation keeps, kept in step with its files.
CREATE TABLE file_usage (
	org_id TEXT NOT NULL REFERENCES org (org_id),
	files  BIGINT NOT NULL,
	bytes  BIGINT NOT NULL,
	PRIMARY KEY (org_id)
);

CREATE TABLE document (
	org_id       TEXT NOT NULL REFERENCES org (org_id),
	id           TEXT NOT NULL,
	kind         TEXT NOT NULL,
	title        TEXT NOT NULL,
	day          TEXT NOT NULL, -- as it stands on the document
	aud_kind     TEXT NOT NULL,
	aud_id       TEXT NOT NULL,
	aud_day      TEXT NOT NULL, -- '' = holds until it is replaced
	aud_author   TEXT NOT NULL DEFAULT '',
	property_id  TEXT NOT NULL, -- '' = several
	file_id      TEXT NOT NULL,
	search       TEXT NOT NULL, -- folded title
	state        TEXT NOT NULL CHECK (state IN ('published', 'withdrawn')),
	hold         BOOLEAN NOT NULL, -- legal hold: does not end
	batch_id     TEXT NOT NULL DEFAULT '',
	created_by   TEXT NOT NULL,
	created_at   BIGINT NOT NULL,
	changed_at   BIGINT NOT NULL, -- when it was published, or last replaced
	withdrawn_by TEXT NOT NULL DEFAULT '',
	withdrawn_at BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (org_id, id),
	FOREIGN KEY (org_id, file_id) REFERENCES file (org_id, id)
);
CREATE INDEX document_audience ON document (org_id, aud_kind, aud_id, aud_day);
CREATE INDEX document_author ON document (org_id, aud_author);
CREATE INDEX document_property ON document (org_id, property_id, day, id);
CREATE INDEX document_day ON document (org_id, day, id);
CREATE INDEX document_file ON document (org_id, file_id);
CREATE INDEX document_batch_of ON document (org_id, batch_id);

-- Who has opened a document, and when first.
CREATE TABLE document_read (
	org_id      TEXT NOT NULL,
	document_id TEXT NOT NULL,
	person_id   TEXT NOT NULL,
	read_at     BIGINT NOT NULL,
	PRIMARY KEY (org_id, document_id, person_id),
	FOREIGN KEY (org_id, document_id) REFERENCES document (org_id, id),
	FOREIGN KEY (org_id, person_id) REFERENCES person (org_id, id)
);
CREATE INDEX document_read_person ON document_read (org_id, person_id, document_id);

-- Many files at once, until each has found whom it is for.
CREATE TABLE document_batch (
	org_id       TEXT NOT NULL REFERENCES org (org_id),
	id           TEXT NOT NULL,
	property_id  TEXT NOT NULL, -- '' = looks in all
	kind         TEXT NOT NULL,
	title        TEXT NOT NULL,
	day          TEXT NOT NULL,
	target       TEXT NOT NULL CHECK (target IN ('unit', 'lease')),
	state        TEXT NOT NULL CHECK (state IN ('open', 'done')),
	created_by   TEXT NOT NULL,
	created_at   BIGINT NOT NULL,
	done_at      BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX document_batch_list ON document_batch (org_id, state, created_at, id);

CREATE TABLE document_item (
	org_id      TEXT NOT NULL,
	batch_id    TEXT NOT NULL,
	id          TEXT NOT NULL,
	name        TEXT NOT NULL, -- of the file, as it was sent
	file_id     TEXT NOT NULL, -- '' = could not be taken
	problem     TEXT NOT NULL, -- catalogue key of why not
	match_id    TEXT NOT NULL, -- unit or lease, '' = none found
	how         TEXT NOT NULL CHECK (how IN ('', 'name', 'hand', 'several')),
	left_out    BOOLEAN NOT NULL,
	document_id TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (org_id, batch_id, id),
	FOREIGN KEY (org_id, batch_id) REFERENCES document_batch (org_id, id)
);
