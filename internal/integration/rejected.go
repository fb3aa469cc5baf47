package integration

import (
	"cmp"
	"context"
	"errors"
	"io"
	"iter"
	"slices"
	"strings"

	"foyer/internal/integration/sheet"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/store"
)

// rejectedPage is how many rejected rows are held in memory.
const rejectedPage = 1000

// eachRejected calls fn for every rejected row, by row number; rows that wait
// count as rejected unless what they wait for was ended.
func (s *Service) eachRejected(ctx context.Context, by actor.Actor, r Run, endMissing bool, fn func(Line) error) error {
	next := [2]int{}
	states := []string{LineRejected}
	if !endMissing {
		states = append(states, LineWaits)
	}
	for {
		var pages [2][]Line
		err := s.look(ctx, by, r.ID, func(tx *store.Tx) (err error) {
			for i, state := range states {
				if pages[i], err = allLines(tx, linesAfter, r.ID, state, next[i], rejectedPage); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || len(pages[0])+len(pages[1]) == 0 {
			return err
		}
		// Up to the smaller end of two full pages the rows are complete.
		for {
			i := 0
			if len(pages[0]) == 0 || len(pages[1]) > 0 && pages[1][0].Row < pages[0][0].Row {
				i = 1
			}
			if len(pages[i]) == 0 {
				break
			}
			next[i] = pages[i][0].Row
			if err := fn(pages[i][0]); err != nil {
				return err
			}
			pages[i] = pages[i][1:]
			if len(pages[i]) == 0 {
				break
			}
		}
	}
}

// WriteRejected writes the rejected rows of a run as a CSV file that can be put
// right and handed in again: the cells as they stand in the file, and behind
// them row, column, reason and advice in the printer's language.
func (s *Service) WriteRejected(ctx context.Context, by actor.Actor, id string, p *i18n.Printer, w io.Writer) error {
	r, err := s.Run(ctx, by, id)
	if err != nil {
		return err
	}
	if r.Erased {
		return fault.Gone("rows of the import")
	}
	f, in, err := s.open(by.Org(), r.blob)
	if err != nil {
		return err
	}
	defer f.Close()
	defer in.Close()
	header := append(append([]string{}, in.Header()...), p.T("import.rejected.row"), p.T("import.rejected.column"), p.T("import.rejected.reason"), p.T("import.rejected.fix"))
	dialect := sheet.English
	if p.Lang() == "de" {
		dialect = sheet.German
	}
	return sheet.WriteCSV(w, dialect, header, s.rejectedCells(ctx, by, r, in, p))
}

// rejectedCells walks through the file and the rejected rows side by side.
func (s *Service) rejectedCells(ctx context.Context, by actor.Actor, r Run, in *sheet.File, p *i18n.Printer) iter.Seq2[[]sheet.Value, error] {
	errStop := errors.New("stop")
	return func(yield func([]sheet.Value, error) bool) {
		at := sheet.Row{Number: -1}
		err := s.eachRejected(ctx, by, r, r.EndMissing, func(l Line) error {
			for at.Number < l.Row {
				row, err := in.Next()
				var broken *sheet.Problem
				if errors.As(err, &broken) && !broken.Fatal {
					row = sheet.Row{Number: broken.Row}
				} else if err != nil {
					return err
				}
				at = row
			}
			values := make([]sheet.Value, len(in.Header()), len(in.Header())+4)
			if at.Number == l.Row {
				for i, c := range at.Cells {
					values[i] = sheet.Str(c.Text)
				}
			}
			reasons, advice := sentences(l.Reasons, p)
			if !yield(append(values, sheet.Int(int64(l.Row)), sheet.Str(cmp.Or(places(l.Reasons, p), p.T("import.rejected.whole"))), sheet.Str(reasons), sheet.Str(advice)), nil) {
				return errStop
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(nil, err)
		}
	}
}

// places joins the columns that the reasons of a row are about, each once; "" for
// the whole row.
func places(list []Reason, p *i18n.Printer) string {
	var out []string
	for _, r := range list {
		if at := r.At(p); at != "" && !slices.Contains(out, at) {
			out = append(out, at)
		}
	}
	return strings.Join(out, ", ")
}

// sentences joins the reasons of a row, and the advice.
func sentences(list []Reason, p *i18n.Printer) (reasons, advice string) {
	var a, b []string
	for _, r := range list {
		a, b = append(a, r.Text(p)), append(b, r.Fix(p))
	}
	return strings.Join(a, " "), strings.Join(b, " ")
}
