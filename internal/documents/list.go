package documents

import (
	"context"
	"errors"
	"slices"
	"strings"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/fold"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// PageSize is how many rows a page of a list has.
const PageSize = 25

// Filter narrows the list of staff down; empty fields do not.
type Filter struct {
	PropertyID string
	Kind       Kind
	Year       string // of the day, YYYY
	Words      string // in the title
	Withdrawn  bool   // those that were withdrawn instead
	Page       int    // from 1
}

// Row is a line of the list of staff.
type Row struct {
	Document
	File   File
	Target Target
	Gone   bool // what it was addressed to is no more
	Reads  int  // persons who have opened it
}

// List is one page of the list.
type List struct {
	Rows  []Row
	Page  int // from 1
	Pages int
	Total int
}

const listWhere = ` FROM document d JOIN file f ON f.org_id = d.org_id AND f.id = d.file_id
	WHERE d.org_id = $1 AND d.state = $2 AND ($3 = '' OR d.property_id = $3) AND ($4 = '' OR d.kind = $4) AND ($5 = '' OR (d.day >= $5 AND d.day <= $6)) AND ($7 = '' OR d.search LIKE $7)`

var (
	listAll     = store.Scoped(`SELECT ` + documentCols + `, ` + fileOf("f") + listWhere + ` ORDER BY d.day DESC, d.id DESC LIMIT $8 OFFSET $9`)
	countAll    = store.Scoped(`SELECT count(*)` + listWhere)
	listWithin  = store.Scoped(`SELECT ` + documentCols + `, ` + fileOf("f") + listWhere + ` AND d.property_id IN ($10...) ORDER BY d.day DESC, d.id DESC LIMIT $8 OFFSET $9`)
	countWithin = store.Scoped(`SELECT count(*)` + listWhere + ` AND d.property_id IN ($8...)`)
	readsOf     = store.Scoped(`SELECT document_id, count(*) FROM document_read WHERE org_id = $1 AND document_id IN ($2...) GROUP BY document_id`)
	readers     = store.Scoped(`SELECT person_id, read_at FROM document_read WHERE org_id = $1 AND document_id = $2`)
	yearsAll    = store.Scoped(`SELECT DISTINCT substr(d.day, 1, 4) AS y FROM document d WHERE d.org_id = $1 AND ($2 = '' OR d.property_id = $2) ORDER BY y DESC`)
	yearsWithin = store.Scoped(`SELECT DISTINCT substr(d.day, 1, 4) AS y FROM document d WHERE d.org_id = $1 AND ($2 = '' OR d.property_id = $2) AND d.property_id IN ($3...) ORDER BY y DESC`)
)

// List returns what staff manage, within their limits, newest first. A foreign
// property is fault.NotFound. It needs actor.ReadDocuments.
func (s *Service) List(ctx context.Context, by actor.Actor, f Filter) (out List, err error) {
	defer fault.Wrap(&err, "list documents")
	if err := by.Must(actor.ReadDocuments); err != nil {
		return List{}, err
	}
	if f.PropertyID != "" && !by.MayProperty(f.PropertyID) {
		return List{}, fault.NotFound("property")
	}
	err = s.db.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		state, from, to, words := Published, "", "", ""
		if f.Withdrawn {
			state = Withdrawn
		}
		if f.Year != "" {
			from, to = f.Year+"-01-01", f.Year+"-12-31"
		}
		if w := fold.Text(f.Words); w != "" {
			words = "%" + w + "%"
		}
		args := []any{string(state), f.PropertyID, string(f.Kind), from, to, words}
		out = List{Page: max(1, f.Page)}
		count, list := countAll, listAll
		var limits []any
		if by.Limited() {
			count, list, limits = countWithin, listWithin, []any{store.Spread(by.Properties())}
		}
		var err error
		if out.Total, err = store.Value[int](tx, count, append(slices.Clone(args), limits...)...); err != nil {
			return err
		}
		out.Pages = max(1, (out.Total+PageSize-1)/PageSize)
		out.Page = min(out.Page, out.Pages)
		out.Rows, err = store.All(tx, list, func(r *Row) []any { return append(r.Document.dest(), r.File.dest()...) }, append(append(args, PageSize, (out.Page-1)*PageSize), limits...)...)
		if err != nil {
			return err
		}
		return dress(tx, out.Rows)
	})
	return out, err
}

// dress adds to rows for whom they are and how many have read them.
func dress(tx *store.Tx, rows []Row) error {
	var auds []portfolio.Audience
	var list []string
	for _, r := range rows {
		auds, list = append(auds, r.Audience), append(list, r.ID)
	}
	e, err := around(tx, auds)
	if err != nil {
		return err
	}
	type read struct {
		id string
		n  int
	}
	reads, err := store.All(tx, readsOf, func(r *read) []any { return []any{&r.id, &r.n} }, store.Spread(list))
	if err != nil {
		return err
	}
	by := map[string]int{}
	for _, r := range reads {
		by[r.id] = r.n
	}
	for i := range rows {
		var ok bool
		rows[i].Target, ok = e.target(rows[i].Audience)
		rows[i].Gone, rows[i].Reads = !ok, by[rows[i].ID]
	}
	return nil
}

// Years returns the years of an organisation's or a property's documents, the
// latest first.
func (s *Service) Years(ctx context.Context, by actor.Actor, propertyID string) (out []string, err error) {
	defer fault.Wrap(&err, "list the years of documents")
	if err := by.Must(actor.ReadDocuments); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		if by.Limited() {
			out, err = store.List[string](tx, yearsWithin, propertyID, store.Spread(by.Properties()))
			return err
		}
		out, err = store.List[string](tx, yearsAll, propertyID)
		return err
	})
	return out, err
}

// Reader is one who may see a document now.
type Reader struct {
	PersonID string
	Name     string
	ReadAt   int64 // microseconds, 0 = not yet
}

// Detail is all about one document, for staff.
type Detail struct {
	Row
	Files   []File   // the present one and those that it replaced, oldest first
	Readers []Reader // who sees it today, by name; and whether they opened it
	History []audit.Entry
	Hidden  bool // a contract that X11 does not show to anybody
}

// Get returns one document. It needs actor.ReadDocuments.
func (s *Service) Get(ctx context.Context, by actor.Actor, id string) (out Detail, err error) {
	defer fault.Wrap(&err, "show document %s", id)
	if err := by.Must(actor.ReadDocuments); err != nil {
		return Detail{}, err
	}
	err = s.db.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		d, err := load(tx, id)
		if err != nil {
			return err
		}
		if ok, err := s.seesThis(tx, by, d); err != nil || !ok {
			return errors.Join(err, fault.NotFound("document"))
		}
		out = Detail{Row: Row{Document: d}}
		files, err := FilesOf(tx, documentOwner, []string{id})
		if err != nil {
			return err
		}
		out.Files = files[id]
		for _, f := range out.Files {
			if f.ID == d.FileID {
				out.File = f
			}
		}
		rows := []Row{out.Row}
		if err := dress(tx, rows); err != nil {
			return err
		}
		out.Row = rows[0]
		if out.History, err = audit.Of(tx, "document:"+id, 50); err != nil {
			return err
		}
		return s.whoReads(tx, &out)
	})
	return out, err
}

// whoReads fills in who sees the document today and has opened it.
func (s *Service) whoReads(tx *store.Tx, out *Detail) error {
	r, o, err := rule(tx, s.now())
	if err != nil {
		return err
	}
	if out.Kind == Contract {
		shown, err := shownContract(tx, o, out.Document)
		if out.Hidden = !shown; err != nil || !shown {
			return err
		}
	}
	persons, err := portfolio.Recipients(tx, r, out.Audience)
	if err != nil {
		return err
	}
	type read struct {
		person string
		at     int64
	}
	reads, err := store.All(tx, readers, func(r *read) []any { return []any{&r.person, &r.at} }, out.ID)
	if err != nil {
		return err
	}
	at := map[string]int64{}
	for _, r := range reads {
		at[r.person] = r.at
	}
	people, err := portfolio.PersonsByID(tx, persons)
	for _, p := range people {
		out.Readers = append(out.Readers, Reader{PersonID: p.ID, Name: p.DisplayName(), ReadAt: at[p.ID]})
	}
	slices.SortFunc(out.Readers, func(a, b Reader) int { return strings.Compare(fold.Natural(a.Name), fold.Natural(b.Name)) })
	return err
}

// ReadCount tells how many of those who see a document have opened it.
func (d Detail) ReadCount() (n int) {
	for _, r := range d.Readers {
		if r.ReadAt != 0 {
			n++
		}
	}
	return n
}
