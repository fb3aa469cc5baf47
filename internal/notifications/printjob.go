package notifications

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/width"

	"foyer/internal/notifications/letter"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
)

var (
	lettersOf = store.Scoped(`SELECT position, ` + deliveryColumns + ` FROM delivery
		WHERE org_id = $1 AND print_id = $2 AND position > $3 AND state = 'sending' ORDER BY position, shared_id, id LIMIT $4`)
	finishRun = store.Scoped(`UPDATE print_run SET state = $3, blob = $4, manifest_blob = $5, failed = $6, ready_at = $7
		WHERE org_id = $1 AND id = $2 AND state = 'queued'`)
	failLetter = store.Scoped(`UPDATE delivery SET state = $3, reason = $4, failed_at = $5, print_id = ''
		WHERE org_id = $1 AND (id = $2 OR shared_id = $2) AND state = 'sending' AND channel = 'letter'`)
	backToOutbox = store.Scoped(`UPDATE delivery SET state = 'queued', print_id = '', position = 0 WHERE org_id = $1 AND print_id = $2 AND state = 'sending'`)
)

const (
	printAttempts = 8
	printChunk    = 200
	maxPrint      = 1 << 30 // bytes of a file
)

// printing is one pass over a run. It may be stopped at any moment and begun
// again: which letters belong to the run is fixed, and what became of them is
// noted with the finished files in one transaction.
type printing struct {
	s     *Service
	a     *Around
	by    actor.Actor
	run   PrintRun
	p     *i18n.Printer
	file  *letter.Batch
	list  *csv.Writer
	ended []ending
	last  bool // what cannot be made now has failed
}

// ending is a letter that is not in the file.
type ending struct {
	id     string
	state  State
	reason string
}

// sheet is one envelope: a letter, and who shares it.
type sheet struct {
	d       Delivery
	persons []string
}

func (s *Service) print(ctx context.Context, by actor.Actor, job jobs.Job) error {
	var args struct{ Run string }
	if err := job.Args(&args); err != nil {
		return err
	}
	last := job.Attempt >= printAttempts
	err := s.printPass(ctx, by, args.Run, last)
	if err != nil && ctx.Err() == nil && last {
		return errors.Join(err, s.giveUp(ctx, by, args.Run))
	}
	return err
}

// giveUp puts the letters of a run back that cannot be written.
func (s *Service) giveUp(ctx context.Context, by actor.Actor, id string) error {
	return s.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		n, err := store.Exec(tx, finishRun, id, string(RunFailed), "", "", 0, store.Micros(s.now()))
		if err != nil || n == 0 {
			return err
		}
		_, err = store.Exec(tx, backToOutbox, id)
		return err
	})
}

func (s *Service) printPass(ctx context.Context, by actor.Actor, id string, last bool) error {
	a, err := s.lent()
	if err != nil {
		return err
	}
	r := &printing{s: s, a: a, by: by, last: last}
	if err := s.db.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		r.run, err = runWithin(tx, by, id)
		return err
	}); err != nil || r.run.State != RunQueued {
		return err
	}
	sender, lang, err := a.Letterhead(ctx, by)
	if err != nil {
		return err
	}
	r.p = a.Texts.Printer(lang)
	pdf, list := s.put(by.Org()), s.put(by.Org())
	if err = r.write(ctx, sender, pdf.w, list.w); err != nil {
		return errors.Join(err, pdf.end(err), list.end(err))
	}
	if r.file.Pages() == 0 {
		_, _ = pdf.end(errEmpty), list.end(errEmpty)
		return r.finish(ctx, "", "")
	}
	if err := errors.Join(pdf.end(nil), list.end(nil)); err != nil {
		return err
	}
	return r.finish(ctx, pdf.key, list.key)
}

// errEmpty ends files that nobody wants.
var errEmpty = errors.New("no letter in the file")

// putting is a file on its way into the blobs.
type putting struct {
	w    *io.PipeWriter
	key  string
	done chan error
}

func (s *Service) put(org string) *putting {
	r, w := io.Pipe()
	p := &putting{w: w, done: make(chan error, 1)}
	go func() {
		key, _, err := s.around.Blobs.Put(org, r, maxPrint)
		if err != nil {
			r.CloseWithError(err) // a writer must not wait for a reader that is gone
		}
		p.key = key
		p.done <- err
	}()
	return p
}

// end closes the file, or throws it away because of an error, which it does not
// return again.
func (p *putting) end(because error) error {
	p.w.CloseWithError(because) // nil is the end of the file
	if err := <-p.done; because == nil {
		return err
	}
	return nil
}

// write makes both files.
func (r *printing) write(ctx context.Context, sender letter.Sender, pdf, list io.Writer) (err error) {
	r.file, err = letter.New(pdf, sender, letter.Options{Title: r.p.T("notifications.outbox.file"), Author: sender.Name, CreatedAt: r.run.CreatedAt})
	if err != nil {
		return err
	}
	if _, err := io.WriteString(list, "\ufeff"); err != nil {
		return err
	}
	r.list = csv.NewWriter(list)
	r.list.UseCRLF = true
	if r.p.Lang() != "en" {
		r.list.Comma = ';'
	}
	var head []string
	for _, c := range []string{"page", "pages", "address", "subject", "date"} {
		head = append(head, r.p.T("notifications.outbox.manifest."+c))
	}
	if err := r.list.Write(head); err != nil {
		return err
	}
	for after := 0; ; {
		sheets, last, err := r.next(ctx, after)
		if err != nil || len(sheets) == 0 {
			r.list.Flush()
			return errors.Join(err, r.list.Error(), r.close(err))
		}
		for _, sh := range sheets {
			if err := r.add(ctx, sh); err != nil {
				return err
			}
		}
		after = last
	}
}

func (r *printing) close(err error) error {
	if err != nil || r.file.Pages() == 0 {
		return nil
	}
	return r.file.Close()
}

// next reads the envelopes behind a position, with today's addresses.
func (r *printing) next(ctx context.Context, after int) (sheets []sheet, last int, err error) {
	type row struct {
		position int
		d        deliveryRow
	}
	err = r.s.db.Read(ctx, r.by.Scope(), func(_ context.Context, tx *store.Tx) error {
		sheets, last = nil, after
		// Those who share a letter have its position: a chunk ends between two.
		rows, err := store.All(tx, lettersOf, func(x *row) []any { return append([]any{&x.position}, x.d.dest()...) }, r.run.ID, after, printChunk*letter.MaxAddressLines)
		if err != nil {
			return err
		}
		var persons []string
		for i := range rows {
			d, err := rows[i].d.delivery()
			if err != nil {
				return err
			}
			if rows[i].position != last {
				if len(sheets) == printChunk {
					break
				}
				sheets, last = append(sheets, sheet{d: d}), rows[i].position
			}
			sh := &sheets[len(sheets)-1]
			sh.persons = append(sh.persons, d.PersonID)
			persons = append(persons, d.PersonID)
		}
		return r.readdress(tx, sheets, persons)
	})
	return sheets, last, err
}

// readdress gives each envelope the address of today; one that nobody knows any
// more keeps that of when it was announced.
func (r *printing) readdress(tx *store.Tx, sheets []sheet, persons []string) error {
	readers, err := r.a.Readers(tx, r.s.now(), persons)
	if err != nil {
		return err
	}
	byID := map[string]Reader{}
	for _, x := range readers {
		byID[x.PersonID] = x
	}
	for i := range sheets {
		first := byID[sheets[i].persons[0]]
		if len(first.Lines) == 0 {
			continue
		}
		address := strings.Join(first.Lines, "\n")
		for _, p := range sheets[i].persons[1:] {
			if other := byID[p]; other.Line != "" && first.Line != "" {
				address = addressee(address, other, first)
			}
		}
		sheets[i].d.Address = address
	}
	return nil
}

// add writes one letter, or notes why not.
func (r *printing) add(ctx context.Context, sh sheet) error {
	l, err := r.render(ctx, sh.d)
	var gone *dropped
	switch {
	case errors.As(err, &gone):
		r.ended = append(r.ended, ending{sh.d.ID, Dropped, gone.reason})
		return nil
	case err != nil && r.last && ctx.Err() == nil:
		r.ended = append(r.ended, ending{sh.d.ID, Failed, "notifications.letter.made"})
		return nil
	case err != nil:
		return err
	}
	if len(l.To) == 0 {
		l.To = strings.Split(sh.d.Address, "\n")
	}
	page := r.file.Pages() + 1
	if err := r.file.Add(l); err != nil {
		reason, ok := unfit(err)
		if !ok {
			return err
		}
		r.ended = append(r.ended, ending{sh.d.ID, Failed, reason})
		return nil
	}
	var cells []string
	for _, c := range []string{strconv.Itoa(page), strconv.Itoa(r.file.Pages() + 1 - page), strings.Join(l.To, ", "), l.Subject, sh.d.CreatedAt.Format(time.DateOnly)} {
		cells = append(cells, plainCell(c))
	}
	return r.list.Write(cells)
}

func (r *printing) render(ctx context.Context, d Delivery) (letter.Letter, error) {
	render := r.s.letters[d.Kind]
	if render == nil {
		return letter.Letter{}, fmt.Errorf("no letter for news of kind %q", d.Kind)
	}
	return render(ctx, r.by, d)
}

// unfit tells what is wrong with one letter: the catalogue key of the sentence
// and, after a space, its placeholder. ok is false for errors that are not the
// letter's.
func unfit(err error) (reason string, ok bool) {
	var glyph letter.ErrGlyph
	switch {
	case errors.As(err, &glyph):
		return "notifications.letter.glyph " + string(glyph.Rune), true
	case errors.Is(err, letter.ErrTooLong):
		return "notifications.letter.long", true
	case errors.Is(err, letter.ErrIncomplete):
		return "notifications.letter.address", true
	}
	return "", false
}

// finish hands the files over and notes what became of each letter.
func (r *printing) finish(ctx context.Context, pdf, list string) error {
	return r.s.db.Write(ctx, r.by.Scope(), func(_ context.Context, tx *store.Tx) error {
		now := r.s.now()
		state, failures := RunReady, 0
		if pdf == "" {
			state = RunFailed
		}
		for _, e := range r.ended {
			var at int64
			if e.state == Failed {
				failures++
				at = store.Micros(now)
			}
			if _, err := store.Exec(tx, failLetter, e.id, string(e.state), e.reason, at); err != nil {
				return err
			}
		}
		n, err := store.Exec(tx, finishRun, r.run.ID, string(state), pdf, list, failures, store.Micros(now))
		if err == nil && n == 0 {
			err = errors.New("the print run was finished elsewhere")
		}
		return err
	})
}

// plainCell keeps a spreadsheet from taking a text for a formula (CWE-1236).
func plainCell(s string) string {
	shown := strings.TrimLeftFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf) })
	if shown = width.Narrow.String(shown); shown != "" && strings.ContainsAny(shown[:1], "=+-@") || s != "" && strings.ContainsAny(s[:1], "\t\r\n") {
		return "'" + s
	}
	return s
}
