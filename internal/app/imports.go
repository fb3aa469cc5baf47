package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"foyer/internal/integration"
	"foyer/internal/integration/residentlist"
	"foyer/internal/platform/actor"
)

// ImportOptions are the flags of foyer import residents.
type ImportOptions struct {
	Org, File, Mapping                 string
	Complete, EndMissing, DryRun, JSON bool
}

// ImportResidents checks a resident list and, unless it is a dry run, applies
// it. The result goes to out, as text or as one JSON object.
func (a *App) ImportResidents(ctx context.Context, out io.Writer, o ImportOptions) error {
	by, _, err := a.operator(ctx, o.Org)
	if err != nil {
		return err
	}
	opts := integration.Options{Complete: o.Complete, EndMissing: o.EndMissing, DryRun: o.DryRun}
	if o.Mapping != "" {
		data, err := os.ReadFile(o.Mapping)
		if err != nil {
			return err
		}
		if opts.Mapping, err = residentlist.ReadMapping(data); err != nil {
			return fmt.Errorf("--mapping: %w", a.plain(err))
		}
	}
	f, err := os.Open(o.File)
	if err != nil {
		return err
	}
	defer f.Close()
	run, err := a.Integration.ImportFile(ctx, by, f, filepath.Base(o.File), opts)
	if err != nil {
		return a.plain(err)
	}
	p := a.Texts.Printer("en")
	if o.JSON {
		return a.Integration.WriteJSON(ctx, by, run, p, out)
	}
	return a.Integration.WriteText(ctx, by, run, p, out)
}

// importList applies a list that the demo has written.
func (a *App) importList(ctx context.Context, by actor.Actor, name, text string) error {
	run, err := a.Integration.ImportFile(ctx, by, strings.NewReader(text), name, integration.Options{})
	if err != nil {
		return err
	}
	if r := run.Result(); r.Rejected > 0 || r.New == 0 {
		return fmt.Errorf("%s: %d rows new, %d rejected", name, r.New, r.Rejected)
	}
	return nil
}
