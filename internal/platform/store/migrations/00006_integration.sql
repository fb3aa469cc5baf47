-- +goose Up
-- One list that was handed in, from the file to the day on which its rows are
-- forgotten.
CREATE TABLE import_run (
	org_id      TEXT NOT NULL REFERENCES org (org_id),
	id          TEXT NOT NULL,
	name        TEXT NOT NULL, -- what the person calls the file
	blob        TEXT NOT NULL, -- '' = erased
	size        BIGINT NOT NULL,
	state       TEXT NOT NULL CHECK (state IN ('columns', 'checking', 'checked', 'applying', 'applied', 'stopped', 'undoing', 'undone', 'failed', 'cancelled')),
	headings    TEXT NOT NULL, -- JSON: headings and a few values under each
	mapping     TEXT NOT NULL, -- JSON: canonical column -> heading
	complete    BOOLEAN NOT NULL, -- the list is whole: what is missing in it ends
	end_missing BOOLEAN NOT NULL, -- ... and is ended with this import
	limits      TEXT NOT NULL, -- JSON: the properties of a limited staff member, '' = all
	problem     TEXT NOT NULL, -- JSON: why the file as a whole was refused
	step        TEXT NOT NULL, -- what runs: 'read', 'compare', 'end', 'apply', 'undo'
	done        BIGINT NOT NULL, -- of the step, in thousandths
	staged      BIGINT NOT NULL, -- last file row that stands in import_row
	position    BIGINT NOT NULL, -- last seq that was applied, or batch that is next to be undone
	counts      TEXT NOT NULL, -- JSON, see integration.Counts
	created_by  TEXT NOT NULL,
	created_at  BIGINT NOT NULL,
	worked_at   BIGINT NOT NULL, -- a sign of life of what runs
	checked_at  BIGINT NOT NULL,
	applied_by  TEXT NOT NULL,
	applied_at  BIGINT NOT NULL,
	undone_by   TEXT NOT NULL,
	undone_at   BIGINT NOT NULL,
	PRIMARY KEY (org_id, id)
);
CREATE INDEX import_run_list ON import_run (org_id, created_at, id);
CREATE INDEX import_run_applied ON import_run (org_id, applied_at);
-- Only one import writes in an organisation at a time.
CREATE UNIQUE INDEX import_run_writes ON import_run (org_id) WHERE state IN ('applying', 'undoing');

-- A sign of life of a command that writes without a job.
CREATE TABLE import_hold (
	org_id TEXT NOT NULL,
	run_id TEXT NOT NULL,
	till   BIGINT NOT NULL, -- after that it counts as dead
	PRIMARY KEY (org_id, run_id),
	FOREIGN KEY (org_id, run_id) REFERENCES import_run (org_id, id)
);

-- The file's rows as they were read. No foreign key here and in import_result:
-- both are filled by the hundred thousand.
CREATE TABLE import_row (
	org_id   TEXT NOT NULL,
	run_id   TEXT NOT NULL,
	row_no   BIGINT NOT NULL, -- as a spreadsheet shows it
	data     TEXT NOT NULL, -- packed residentlist.Row
	problems TEXT NOT NULL, -- JSON: why it was rejected when it was read, '' = it was not
	PRIMARY KEY (org_id, run_id, row_no)
);

-- What comparing found: one row for each row of the file that is new, changed
-- or rejected, in the order in which they are applied.
CREATE TABLE import_result (
	org_id   TEXT NOT NULL,
	run_id   TEXT NOT NULL,
	seq      BIGINT NOT NULL,
	row_no   BIGINT NOT NULL,
	grp      BIGINT NOT NULL, -- rows about one unit have one number and are applied together
	state    TEXT NOT NULL CHECK (state IN ('new', 'changed', 'rejected', 'waits')), -- waits: for the end of a lease that is missing in a whole list
	kind     TEXT NOT NULL CHECK (kind IN ('new', 'changed', '')), -- what a waiting row would be
	fresh    BIGINT NOT NULL, -- first row about the same person
	own      BIGINT NOT NULL, -- bits: the objects that this row decides about
	sig      BIGINT NOT NULL, -- digest of the changes that were announced
	data     TEXT NOT NULL, -- packed row completed from its fellow rows, '' = as in import_row
	place    TEXT NOT NULL, -- "Ahornallee 12 · Whg 3"
	who      TEXT NOT NULL,
	changes  TEXT NOT NULL, -- JSON
	problems TEXT NOT NULL, -- JSON
	PRIMARY KEY (org_id, run_id, seq)
);
CREATE INDEX import_result_state ON import_result (org_id, run_id, state, row_no);

-- Warnings, and e-mail addresses that only the resident can change.
CREATE TABLE import_note (
	org_id    TEXT NOT NULL,
	run_id    TEXT NOT NULL,
	row_no    BIGINT NOT NULL,
	n         BIGINT NOT NULL, -- below 100 from reading, above from comparing
	kind      TEXT NOT NULL CHECK (kind IN ('warning', 'conflict')),
	person_id TEXT NOT NULL,
	place     TEXT NOT NULL,
	who       TEXT NOT NULL,
	problem   TEXT NOT NULL, -- JSON
	PRIMARY KEY (org_id, run_id, row_no, n),
	FOREIGN KEY (org_id, run_id) REFERENCES import_run (org_id, id)
);
CREATE INDEX import_note_kind ON import_note (org_id, run_id, kind, row_no, n);

-- Who is in a lease of a property of the list, but not in a list that is whole.
CREATE TABLE import_ending (
	org_id    TEXT NOT NULL,
	run_id    TEXT NOT NULL,
	lease_id  TEXT NOT NULL,
	person_id TEXT NOT NULL, -- '' = a lease without persons
	whole     BOOLEAN NOT NULL, -- the lease is missing, not only the person
	was_until TEXT NOT NULL, -- of the lease or the membership when it was compared
	ends_on   TEXT NOT NULL,
	place     TEXT NOT NULL,
	who       TEXT NOT NULL,
	state     TEXT NOT NULL CHECK (state IN ('found', 'ended', 'refused')),
	PRIMARY KEY (org_id, run_id, lease_id, person_id),
	FOREIGN KEY (org_id, run_id) REFERENCES import_run (org_id, id)
);

-- What each transaction of an import wrote, for taking it back.
CREATE TABLE import_batch (
	org_id TEXT NOT NULL,
	run_id TEXT NOT NULL,
	n      BIGINT NOT NULL,
	data   TEXT NOT NULL, -- JSON: ids of new objects, before- and after-images of changed ones
	PRIMARY KEY (org_id, run_id, n),
	FOREIGN KEY (org_id, run_id) REFERENCES import_run (org_id, id)
);

-- What an undo had to leave.
CREATE TABLE import_kept (
	org_id    TEXT NOT NULL,
	run_id    TEXT NOT NULL,
	kind      TEXT NOT NULL,
	object_id TEXT NOT NULL,
	label     TEXT NOT NULL,
	reason    TEXT NOT NULL, -- catalogue key
	PRIMARY KEY (org_id, run_id, kind, object_id),
	FOREIGN KEY (org_id, run_id) REFERENCES import_run (org_id, id)
);

-- The mapping last used for a set of headings.
CREATE TABLE import_mapping (
	org_id   TEXT NOT NULL REFERENCES org (org_id),
	headings TEXT NOT NULL, -- SHA-256 of the headings
	mapping  TEXT NOT NULL,
	used_at  BIGINT NOT NULL,
	PRIMARY KEY (org_id, headings)
);
