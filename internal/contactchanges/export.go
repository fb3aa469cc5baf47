package contactchanges

import (
	"context"
	"encoding/csv"
	"io"
	"strings"
	"time"

	"foyer/internal/access"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// exportMost bounds one file.
const exportMost = 20000

// File is what an export holds.
type File struct {
	rows []Row
	zone *time.Location
}

// Len returns how many changes the file has.
func (e File) Len() int { return len(e.rows) }

// Export takes all changes that wait, or with fresh only those that no export
// had before, within the limits of the staff member, and marks them as exported.
// Taking all again gives the same rows until they are confirmed. It needs
// EditPortfolio.
func (s *Service) Export(ctx context.Context, by actor.Actor, fresh bool) (e File, err error) {
	if err := by.Must(actor.EditPortfolio); err != nil {
		return e, err
	}
	err = s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		all, properties := limits(by)
		list, err := rowsOf(tx, listWaiting, all, exportMost, 0, properties)
		if err != nil {
			return err
		}
		now := s.Now()
		e = File{zone: o.Location()}
		for _, r := range list {
			if fresh && !r.ExportedAt.IsZero() {
				continue
			}
			e.rows = append(e.rows, r)
			// What holds already leaves the list only when somebody has carried it over.
			if r.State == Requested {
				if _, err := store.Exec(tx, markOut, r.ID, store.Micros(now)); err != nil {
					return err
				}
			}
		}
		return audit.Note(tx, now, by, "contact.export", "contact_changes", map[string]int{"changes": len(e.rows)})
	})
	return e, err
}

// columnsOf are the headings of the file, by the ends of their catalogue keys.
var columnsOf = []string{"id", "person_ref", "name", "lease_ref", "property", "unit", "field", "was", "value", "post_name", "post_street", "post_postcode", "post_city", "post_country", "from", "asked", "due"}

// Write writes the file as CSV in the printer's language: UTF-8 with a byte order
// mark, CRLF; no cell can become a formula (CWE-1236). A postal address stands in
// one cell and, in parts, in cells of its own.
func (e File) Write(w io.Writer, p *i18n.Printer) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if p.Lang() != "en" {
		out.Comma = ';'
	}
	head := make([]string, len(columnsOf))
	for i, c := range columnsOf {
		head[i] = p.T("contactchanges.csv." + c)
	}
	if err := out.Write(head); err != nil {
		return err
	}
	for _, r := range e.rows {
		var post portfolio.PostAddress
		if r.Field == Post {
			post = portfolio.ParsePost(r.Value)
		}
		cells := []string{r.ID, r.PersonRef, r.Name, r.LeaseRef, r.Property, r.Place(p), p.T(r.Field.Label()), Show(p, r.Field, r.Was), Show(p, r.Field, r.Value),
			post.Name, post.Street, post.Postcode, post.City, post.Country, r.FromDay, r.AskedAt.In(e.zone).Format(time.DateOnly), r.DueOn}
		for i := range cells {
			cells[i] = access.PlainCell(cells[i])
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// Place returns where the person lives: "Ahornallee 14 · Wohnung 5".
func (r Row) Place(p *i18n.Printer) string {
	return r.Building.AddressLine() + " · " + r.Unit.Name(p)
}

// Show writes a value in one line; "" for none.
func Show(p *i18n.Printer, f Field, value string) string {
	if f != Post || value == "" {
		return value
	}
	a := portfolio.ParsePost(value)
	line := a.Street
	if a.Name != "" {
		line = a.Name + ", " + line
	}
	line += ", " + a.Postcode + " " + a.City
	if key := "portfolio.country." + strings.ToLower(a.Country); a.Country != "" && p.Has(key) {
		line += ", " + p.T(key)
	}
	return line
}
