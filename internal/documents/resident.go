package documents

import (
	"context"
	"slices"
	"strings"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/fold"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// Entry is a document as one of its readers sees it.
type Entry struct {
	Document
	File     File
	SignedOn string // the lease that it belongs to was signed, "" = unknown or none
	Read     bool   // opened by one of the account's persons since it was published
}

// maxMine is how many documents a resident's pages look at, the newest first.
const maxMine = 3000

type entryRow struct {
	Entry
	reads int
}

func (r *entryRow) dest() []any {
	return append(append(r.Document.dest(), r.File.dest()...), &r.SignedOn, &r.reads)
}

var mine = store.Scoped(`WITH ` + portfolio.MayCTE(5) + `
	SELECT ` + documentCols + `, ` + fileOf("f") + `, coalesce(l.signed_on, ''),
		(SELECT count(*) FROM document_read r WHERE r.org_id = $1 AND r.document_id = d.id AND r.person_id IN (SELECT m.person FROM member m))
	FROM document d JOIN file f ON f.org_id = d.org_id AND f.id = d.file_id
	LEFT JOIN lease l ON l.org_id = d.org_id AND l.id = d.aud_id AND d.aud_kind = 'lease'
	WHERE d.org_id = $1 AND d.state = 'published' AND ` + portfolio.AudienceSQL("document", "d") + `
	ORDER BY d.day DESC, d.id DESC LIMIT $4`)

// fileOf names the columns of a file with their table.
func fileOf(alias string) string {
	return alias + "." + strings.ReplaceAll(fileCols, ", ", ", "+alias+".")
}

// Shelf is what a resident may read.
type Shelf struct {
	Entries []Entry // newest first
	// Hidden are lease contracts that the organisation's day keeps back (X11).
	Hidden []Entry
	From   string // that day, "" = all are shown
}

// Mine returns all documents that the signed-in resident may read. Whoever
// moved out sees what X14 leaves.
func (s *Service) Mine(ctx context.Context, by actor.Actor) (out Shelf, err error) {
	defer fault.Wrap(&err, "list a resident's documents")
	if err := by.Must(actor.Self); err != nil {
		return Shelf{}, err
	}
	err = s.db.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		r, o, err := rule(tx, s.now())
		if err != nil {
			return err
		}
		today, since, err := r.Args()
		if err != nil {
			return err
		}
		rows, err := store.All(tx, mine, (*entryRow).dest, today, since, maxMine, store.Spread(by.Persons()))
		if err != nil {
			return err
		}
		out = Shelf{From: o.Settings.LeaseDocumentsFrom}
		for _, row := range rows {
			e := row.Entry
			e.Read = row.reads > 0
			if signed := e.signed(); e.Kind == Contract && out.From != "" && signed < out.From {
				out.Hidden = append(out.Hidden, e)
				continue
			}
			out.Entries = append(out.Entries, e)
		}
		return nil
	})
	return out, err
}

// signed is the day by which X11 judges a contract.
func (e Entry) signed() string {
	if e.Audience.Kind == portfolio.ToLease {
		return e.SignedOn
	}
	return e.Day
}

// Of tells whether a document belongs to a tenancy: to its person, its lease,
// its flat or its house.
func (e Entry) Of(t portfolio.Tenancy) bool {
	switch e.Audience.Kind {
	case portfolio.ToPerson:
		return true
	case portfolio.ToLease:
		return e.Audience.ID == t.Lease.ID
	case portfolio.ToUnit:
		return e.Audience.ID == t.Unit.ID
	case portfolio.ToStairwell:
		return e.Audience.ID == portfolio.StairwellID(t.Building.ID, t.Unit.Stairwell)
	case portfolio.ToBuilding:
		return e.Audience.ID == t.Building.ID
	}
	return e.Audience.ID == t.Property.ID
}

// Matches tells whether a document is of a kind ("" = any), a year ("" = any)
// and has all typed words in its title, spelled as one likes.
func (e Entry) Matches(kind Kind, year, words string) bool {
	if kind != "" && e.Kind != kind || year != "" && !strings.HasPrefix(e.Day, year+"-") {
		return false
	}
	title := " " + fold.Text(e.Title)
	return !slices.ContainsFunc(strings.Fields(fold.Text(words)), func(w string) bool { return !strings.Contains(title, " "+w) })
}

// freshDays is how long an unread document counts as new.
const freshDays = 60

// Fresh tells whether a document is new to its reader at an instant.
func (e Entry) Fresh(now int64) bool {
	return !e.Read && e.ChangedAt > now-freshDays*24*3600*1_000_000
}

var markRead = store.Scoped(`INSERT INTO document_read (org_id, document_id, person_id, read_at) VALUES $rows ON CONFLICT (org_id, document_id, person_id) DO NOTHING`)

// Seen notes that a resident has opened a document's file, for those of the
// account's persons who may see it (W10). Files of other items are none of it.
func (s *Service) Seen(ctx context.Context, by actor.Actor, f File) (err error) {
	defer fault.Wrap(&err, "note that a document was read")
	if f.OwnerKind != documentOwner || by.Kind() != actor.Resident {
		return nil
	}
	return s.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		d, err := load(tx, f.OwnerID)
		if err != nil || d.FileID != f.ID {
			return err
		}
		r, _, err := rule(tx, s.now())
		if err != nil {
			return err
		}
		var rows [][]any
		for _, p := range by.Persons() {
			ok, err := portfolio.CanSee(tx, r, []string{p}, d.Audience)
			if err != nil {
				return err
			}
			if ok {
				rows = append(rows, []any{d.ID, p, store.Micros(s.now())})
			}
		}
		if len(rows) == 0 {
			return nil
		}
		_, err = store.InsertAll(tx, markRead, rows)
		return err
	})
}
