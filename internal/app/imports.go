package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"foyer/internal/integration"
	"foyer/internal/integration/residentlist"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
)

// ImportOptions are the flags of foyer import residents.
type ImportOptions struct {
	Org, File, Mapping                 string
	Complete, EndMissing, DryRun, JSON bool
	Tell                               io.Writer // hears what the command waits for
}

// ImportResidents checks a resident list and, unless it is a dry run, applies
// it. The result goes to out, as text or as one JSON object.
func (a *App) ImportResidents(ctx context.Context, out io.Writer, o ImportOptions) error {
	err := a.importResidents(ctx, out, o)
	if err != nil && o.JSON {
		return errors.Join(err, json.NewEncoder(out).Encode(map[string]string{"error": err.Error()}))
	}
	return err
}

func (a *App) importResidents(ctx context.Context, out io.Writer, o ImportOptions) error {
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
		data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
		if key := duplicateKey(data); key != "" {
			return fmt.Errorf("--mapping: %q stands twice", key)
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
	run, err := a.importInTurn(ctx, by, f, opts, o.Tell)
	if err != nil {
		return a.plain(err)
	}
	p := a.Texts.Printer("en")
	if o.JSON {
		return a.Integration.WriteJSON(ctx, by, run, p, out)
	}
	return a.Integration.WriteText(ctx, by, run, p, out)
}

// duplicateKey returns a key that a JSON object of texts has twice, "" for none.
// What is no such object is left to the reader's complaint.
func duplicateKey(data []byte) string {
	d := json.NewDecoder(bytes.NewReader(data))
	if first, err := d.Token(); err != nil || first != json.Delim('{') {
		return ""
	}
	seen := map[string]bool{}
	for d.More() {
		key, err := d.Token()
		name, ok := key.(string)
		if err != nil || !ok {
			return ""
		}
		if seen[name] {
			return name
		}
		seen[name] = true
		if err := d.Decode(new(any)); err != nil {
			return ""
		}
	}
	return ""
}

// importInTurn waits while another import writes. One that was killed counts as
// dead within seconds.
func (a *App) importInTurn(ctx context.Context, by actor.Actor, f *os.File, opts integration.Options, tell io.Writer) (integration.Run, error) {
	for waiting := false; ; waiting = true {
		run, err := a.Integration.ImportFile(ctx, by, f, filepath.Base(f.Name()), opts)
		var conflict *fault.Conflict
		if !errors.As(err, &conflict) || conflict.Key != integration.OtherWrites {
			return run, err
		}
		if !waiting {
			fmt.Fprintln(tell, "Another import is being applied or undone, or has just died. This one begins when it is over.")
		}
		select {
		case <-ctx.Done():
			return run, ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return run, err
		}
	}
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
