package access

import (
	"context"
	"encoding/csv"
	"io"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/width"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/fold"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
)

// LetterFile is the file of a batch, or its manifest, on its way to staff.
// Close Body.
type LetterFile struct {
	Name string // "zugangsschreiben-ahornallee-10-16-2026-11-12.pdf"
	Type string // media type
	Body io.ReadCloser
}

// Letters opens a batch's PDF (T45): for 24 hours the very same file, then
// fault.ErrGone. Each call leaves an audit line; web asks for the password
// again first. For a page it counts as fetched from then on. It needs
// IssueAccess.
func (s *Service) Letters(ctx context.Context, by actor.Actor, batchID string) (LetterFile, error) {
	return s.fetch(ctx, by, batchID, "pdf", "application/pdf", func(b Batch) string { return b.blob })
}

// Manifest opens the list of a batch's letters as CSV, without codes: who got
// which page, sent to which address, valid until when. It lives as long as the
// file and needs IssueAccess.
func (s *Service) Manifest(ctx context.Context, by actor.Actor, batchID string) (LetterFile, error) {
	return s.fetch(ctx, by, batchID, "csv", "text/csv; charset=utf-8", func(b Batch) string { return b.manifest })
}

func (s *Service) fetch(ctx context.Context, by actor.Actor, id, ext, media string, key func(Batch) string) (LetterFile, error) {
	if err := by.Must(actor.IssueAccess); err != nil {
		return LetterFile{}, err
	}
	var b Batch
	err := s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) (err error) {
		if b, err = batchWithin(tx, by, id); err != nil {
			return err
		}
		now := s.now()
		switch {
		case b.State == BatchErased, b.State == BatchReady && !now.Before(b.EraseAt):
			return fault.Gone("letters")
		case b.State == BatchQueued, b.State == BatchRunning:
			return fault.Conflicting("access.letters.not_ready")
		case key(b) == "":
			return fault.NotFound("letters")
		}
		if ext == "pdf" && by.Kind() != actor.Operator { // a command says when it has saved it, see MarkFetched
			if _, err := store.Exec(tx, fetchedBatch, id, store.Micros(now)); err != nil {
				return err
			}
		}
		return audit.Note(tx, now, by, "access.letters.fetch", "batch:"+id, map[string]string{"file": ext})
	})
	if err != nil {
		return LetterFile{}, err
	}
	body, err := s.openSealed(by.Org(), id+":"+ext, key(b))
	if err != nil {
		return LetterFile{}, err
	}
	name := strings.ReplaceAll(fold.Text(b.Property), " ", "-")
	return LetterFile{Name: "zugangsschreiben-" + name + "-" + b.CreatedAt.Format(time.DateOnly) + "." + ext, Type: media, Body: body}, nil
}

// eraseLetters is the job that ends a batch's 24 hours: file, manifest and the
// secret from which the codes were made are gone; the codes themselves go on
// to be valid.
func (s *Service) eraseLetters(ctx context.Context, by actor.Actor, job jobs.Job) error {
	var args struct{ Batch string }
	if err := job.Args(&args); err != nil {
		return err
	}
	var b Batch
	if err := s.db.Read(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) (err error) {
		b, err = batchWithin(tx, by, args.Batch)
		return err
	}); err != nil || b.State != BatchReady {
		return err
	}
	for _, key := range []string{b.blob, b.manifest} {
		if err := s.blobs.Delete(by.Org(), key); err != nil {
			return err
		}
	}
	return s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		if n, err := store.Exec(tx, endBatch, b.ID, string(BatchErased)); err != nil || n == 0 {
			return err
		}
		return audit.Note(tx, s.now(), by, "access.letters.erase", "batch:"+b.ID, nil)
	})
}

// Blobs returns the keys of all files that the package's rows point to.
func Blobs(tx *store.Tx) ([]string, error) {
	pdfs, err := store.List[string](tx, pdfBlobs)
	if err != nil {
		return nil, err
	}
	lists, err := store.List[string](tx, manifestBlobs)
	return append(pdfs, lists...), err
}

// beginManifest writes the byte order mark and the headings. The delimiter is
// the one that the organisation's spreadsheet opens with a double click.
func (s *Service) beginManifest(w io.Writer, p *i18n.Printer) (*csv.Writer, error) {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return nil, err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if p.Lang() != "en" {
		out.Comma = ';'
	}
	var head []string
	for _, column := range []string{"page", "name", "address", "unit", "property", "lease", "date", "until", "batch"} {
		head = append(head, p.T("access.letters.manifest."+column))
	}
	return out, out.Write(head)
}

// PlainCell is plainCell for the files of other capabilities.
func PlainCell(s string) string { return plainCell(s) }

// plainCell keeps a spreadsheet from taking a text for a formula (CWE-1236):
// one that begins, after spaces and what is not shown, with a sign that starts
// one, in full width too, gets an apostrophe in front.
func plainCell(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "")
	shown := strings.TrimLeftFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf) })
	if shown = width.Narrow.String(shown); shown != "" && strings.ContainsAny(shown[:1], "=+-@") {
		return "'" + s
	}
	if s != "" && strings.ContainsAny(s[:1], "\t\r\n") {
		return "'" + s
	}
	return s
}
