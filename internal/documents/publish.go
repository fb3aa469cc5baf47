package documents

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/fold"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// maxTitle is the longest title, in characters.
const maxTitle = 150

// Facts are what staff say of a document.
type Facts struct {
	Kind  Kind
	Title string
	Day   string // as it stands on the document
	// Standing is a document of a house that holds until it is replaced: whoever
	// lives there now or later sees it. Else those do who lived there on Day.
	Standing bool
	Hold     bool // legal hold: it does not end
}

// Draft is a document that is about to be published.
type Draft struct {
	Key      string // of the form: sent twice it makes one document
	FileID   string // a kept file of the actor
	Facts    Facts
	Audience portfolio.Kind
	TargetID string
	Quiet    bool // nobody is told
}

func (f *Facts) check(bad *fault.Invalid) {
	f.Title = strings.TrimSpace(f.Title)
	if !f.Kind.Known() {
		bad.Add("art", "documents.kind_missing")
	}
	switch {
	case f.Title == "":
		bad.Add("titel", "documents.title_missing")
	case utf8.RuneCountInString(f.Title) > maxTitle:
		bad.Add("titel", "documents.title_long", "max", maxTitle)
	}
	if !portfolio.ValidDay(f.Day) || f.Day < "1900-01-01" || f.Day > "2100-12-31" {
		bad.Add("datum", "documents.day_missing")
	}
}

// audience makes the address of a document. A person and the parties of a
// lease are judged by who they are, a house by who lived there on the day.
func (f Facts) audience(kind portfolio.Kind, id string) portfolio.Audience {
	a := portfolio.Audience{Kind: kind, ID: id, Day: f.Day}
	if f.Standing && kind != portfolio.ToPerson && kind != portfolio.ToLease {
		a.Day = ""
	}
	return a
}

var (
	insertDocument = store.Scoped(`INSERT INTO document (org_id, id, kind, title, day, aud_kind, aud_id, aud_day, property_id, file_id, search, state, hold, batch_id, created_by, created_at, changed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'published', $12, $13, $14, $15, $15) ON CONFLICT (org_id, id) DO NOTHING`)
	updateDocument = store.Scoped(`UPDATE document SET kind = $3, title = $4, day = $5, aud_day = $6, search = $7, hold = $8, file_id = $9, changed_at = $10,
		state = $11, withdrawn_by = $12, withdrawn_at = $13 WHERE org_id = $1 AND id = $2`)
	forgetReads = store.Scoped(`DELETE FROM document_read WHERE org_id = $1 AND document_id = $2`)
)

// Publish makes a document of a kept file and tells its readers. Wrong input is
// fault.Invalid at art, titel, datum, ziel and datei. It needs
// actor.PublishDocuments and an audience within the limits.
func (s *Service) Publish(ctx context.Context, by actor.Actor, in Draft) (doc Document, err error) {
	defer fault.Wrap(&err, "publish a document")
	if err := by.Must(actor.PublishDocuments); err != nil {
		return Document{}, err
	}
	bad := &fault.Invalid{}
	in.Facts.check(bad)
	if (portfolio.Audience{Kind: in.Audience, ID: in.TargetID}).Check() != nil {
		bad.Add("ziel", "documents.target_missing")
	}
	if in.FileID == "" {
		bad.Add("datei", "web.file_missing")
	}
	if err := bad.Err(); err != nil {
		return Document{}, err
	}
	id := store.IDFrom("document", by.Account(), in.Key)
	if in.Key == "" {
		id = store.NewID()
	}
	err = s.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		if doc, err = load(tx, id); err == nil || !errors.Is(err, fault.ErrNotFound) {
			return err // sent twice
		}
		t, err := placed(tx, by, in.Facts.audience(in.Audience, in.TargetID))
		if err != nil {
			return err
		}
		doc = Document{ID: id, Kind: in.Facts.Kind, Title: in.Facts.Title, Day: in.Facts.Day, Audience: in.Facts.audience(in.Audience, in.TargetID), PropertyID: t.PropertyID,
			FileID: in.FileID, State: Published, Hold: in.Facts.Hold}
		if err := s.Attach(tx, by, []string{in.FileID}, documentOwner, id); err != nil {
			return err
		}
		return s.put(tx, by, &doc, !in.Quiet)
	})
	return doc, err
}

// put writes a new document whose file hangs on it already.
func (s *Service) put(tx *store.Tx, by actor.Actor, d *Document, tell bool) error {
	f, err := store.Get(tx, fileByID, (*File).dest, d.FileID)
	if errors.Is(err, store.ErrNoRow) || err == nil && (f.OwnerKind != documentOwner || f.OwnerID != d.ID) {
		return fault.Wrong("datei", "web.file_missing")
	}
	if err != nil {
		return err
	}
	d.CreatedBy, d.CreatedAt = by.Label(), store.Micros(s.now())
	d.ChangedAt = d.CreatedAt
	if _, err := store.Exec(tx, insertDocument, d.ID, string(d.Kind), d.Title, d.Day, string(d.Audience.Kind), d.Audience.ID, d.Audience.Day, d.PropertyID, d.FileID,
		fold.Text(d.Title), d.Hold, d.BatchID, d.CreatedBy, d.CreatedAt); err != nil {
		return err
	}
	if tell {
		if err := jobs.Enqueue(tx, tellJob, d.ID, tellArgs{Document: d.ID, At: d.ChangedAt}, s.now()); err != nil {
			return err
		}
	}
	return audit.Note(tx, s.now(), by, "document.publish", "document:"+d.ID, map[string]any{"kind": d.Kind, "audience": d.Audience.Kind, "audience_id": d.Audience.ID, "day": d.Day})
}

// change loads a document that staff may change and writes what fn makes of it.
func (s *Service) change(ctx context.Context, by actor.Actor, id, action string, fn func(tx *store.Tx, d *Document) error) error {
	if err := by.Must(actor.PublishDocuments); err != nil {
		return err
	}
	return s.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		d, err := load(tx, id)
		if err != nil {
			return err
		}
		if !within(by, d.PropertyID) {
			return fault.NotFound("document")
		}
		before := d
		if err := fn(tx, &d); err != nil || d == before {
			return err
		}
		if _, err := store.Exec(tx, updateDocument, d.ID, string(d.Kind), d.Title, d.Day, d.Audience.Day, fold.Text(d.Title), d.Hold, d.FileID, d.ChangedAt, string(d.State), d.WithdrawnBy, d.WithdrawnAt); err != nil {
			return err
		}
		return audit.Note(tx, s.now(), by, action, "document:"+d.ID, changes(before, d))
	})
}

// changes are the fields that differ, for the log.
func changes(a, b Document) map[string]any {
	out := map[string]any{}
	for name, pair := range map[string][2]any{"kind": {a.Kind, b.Kind}, "title": {a.Title, b.Title}, "day": {a.Day, b.Day}, "audience_day": {a.Audience.Day, b.Audience.Day},
		"hold": {a.Hold, b.Hold}, "file": {a.FileID, b.FileID}, "state": {a.State, b.State}} {
		if pair[0] != pair[1] {
			out[name] = []any{pair[0], pair[1]}
		}
	}
	return out
}

// Describe changes what is said of a document; its audience stays, but for the
// day by which a house is judged.
func (s *Service) Describe(ctx context.Context, by actor.Actor, id string, f Facts) (err error) {
	defer fault.Wrap(&err, "describe document %s", id)
	bad := &fault.Invalid{}
	f.check(bad)
	if err := bad.Err(); err != nil {
		return err
	}
	return s.change(ctx, by, id, "document.describe", func(_ *store.Tx, d *Document) error {
		d.Kind, d.Title, d.Day, d.Hold = f.Kind, f.Title, f.Day, f.Hold
		d.Audience = f.audience(d.Audience.Kind, d.Audience.ID)
		return nil
	})
}

// Replace puts a kept file in the place of a document's. Who had read the old
// one has not read the new one; the old file stays for staff.
func (s *Service) Replace(ctx context.Context, by actor.Actor, id, fileID string, quiet bool) (err error) {
	defer fault.Wrap(&err, "replace the file of document %s", id)
	if fileID == "" {
		return fault.Wrong("datei", "web.file_missing")
	}
	return s.change(ctx, by, id, "document.replace", func(tx *store.Tx, d *Document) error {
		if d.State != Published {
			return fault.Conflicting("documents.is_withdrawn")
		}
		if err := s.Attach(tx, by, []string{fileID}, documentOwner, id); err != nil {
			return err
		}
		f, err := store.Get(tx, fileByID, (*File).dest, fileID)
		if errors.Is(err, store.ErrNoRow) || err == nil && f.OwnerID != id {
			return fault.Wrong("datei", "web.file_missing")
		}
		if err != nil || d.FileID == fileID {
			return err
		}
		d.FileID, d.ChangedAt = fileID, store.Micros(s.now())
		if _, err := store.Exec(tx, forgetReads, id); err != nil || quiet {
			return err
		}
		return jobs.Enqueue(tx, tellJob, id+":"+fileID, tellArgs{Document: id, At: d.ChangedAt}, s.now())
	})
}

// Withdraw takes a document away from residents at once; staff keep it.
func (s *Service) Withdraw(ctx context.Context, by actor.Actor, id string) (err error) {
	defer fault.Wrap(&err, "withdraw document %s", id)
	return s.change(ctx, by, id, "document.withdraw", func(_ *store.Tx, d *Document) error {
		if d.State == Published {
			d.State, d.WithdrawnBy, d.WithdrawnAt = Withdrawn, by.Label(), store.Micros(s.now())
		}
		return nil
	})
}

// Restore shows a withdrawn document again.
func (s *Service) Restore(ctx context.Context, by actor.Actor, id string) (err error) {
	defer fault.Wrap(&err, "restore document %s", id)
	return s.change(ctx, by, id, "document.restore", func(_ *store.Tx, d *Document) error {
		d.State, d.WithdrawnBy, d.WithdrawnAt = Published, "", 0
		return nil
	})
}
