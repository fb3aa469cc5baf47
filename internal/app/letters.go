package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"foyer/internal/access"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// Letters makes the access letters of a property, as "Alle Zugangsschreiben
// herunterladen" does, and writes them into a file. Where nobody needs one, but
// an earlier batch was never fetched, because the command that made it died
// before it had saved the file, it hands that one out.
func (a *App) Letters(ctx context.Context, out io.Writer, org, property, pdf, manifest string) error {
	by, o, err := a.operator(ctx, org)
	if err != nil {
		return err
	}
	if err := a.cfg.safeLinks(a.Orgs.Origin(o)); err != nil {
		return err
	}
	var found []portfolio.Property
	err = a.DB.Read(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) (err error) {
		found, err = portfolio.PropertiesByRef(tx, []string{property})
		return err
	})
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return fmt.Errorf("there is no property with the reference %q in %s", property, org)
	}
	b, err := a.makeLetters(ctx, out, by, found[0].ID)
	if err != nil {
		return a.plain(err)
	}
	if !b.HasFile() {
		fmt.Fprintf(out, "Nobody needs a letter, or none could be made (%d).\n", b.Failed)
		return nil
	}
	if err := a.saveLetters(ctx, by, b.ID, pdf, manifest); err != nil {
		return a.plain(err)
	}
	fmt.Fprintf(out, "%d letters in %s, %d could not be made.\n", b.Done, pdf, b.Failed)
	if rest, ok, err := a.Access.Unfetched(ctx, by, found[0].ID); err != nil || ok {
		fmt.Fprintf(out, "%d more, made at %s, were never fetched. Run the command again, with another --out.\n", rest.Done, minute(rest.ReadyAt))
		return err
	}
	return nil
}

func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 MST") }

// makeLetters returns a batch that is ready.
func (a *App) makeLetters(ctx context.Context, out io.Writer, by actor.Actor, propertyID string) (access.Batch, error) {
	id, err := a.Access.StartLetters(ctx, by, propertyID, false)
	if conflict := (*fault.Conflict)(nil); errors.As(err, &conflict) && conflict.Key == access.NobodyNeedsALetter {
		b, ok, notFound := a.Access.Unfetched(ctx, by, propertyID)
		if notFound == nil && ok {
			fmt.Fprintf(out, "Nobody needs a new letter. These were made at %s and never fetched:\n", minute(b.ReadyAt))
			return b, nil
		}
		return b, errors.Join(err, notFound)
	}
	if err != nil {
		return access.Batch{}, err
	}
	return a.awaitLetters(ctx, by, id)
}

// saveLetters writes the files and, when both are safe, notes that the batch was
// fetched.
func (a *App) saveLetters(ctx context.Context, by actor.Actor, id, pdf, manifest string) error {
	file, err := a.Access.Letters(ctx, by, id)
	if err != nil {
		return err
	}
	if err := save(pdf, file); err != nil {
		return err
	}
	if manifest != "" {
		if file, err = a.Access.Manifest(ctx, by, id); err != nil {
			return err
		}
		if err := save(manifest, file); err != nil {
			return err
		}
	}
	return a.Access.MarkFetched(ctx, by, id)
}

// awaitLetters runs the job of a batch, and waits while another process works
// on it. Other jobs stay where they are: mails are sent by the server, whose
// settings may differ from those of this command.
func (a *App) awaitLetters(ctx context.Context, by actor.Actor, id string) (access.Batch, error) {
	for {
		if _, err := a.Queue.DrainKey(ctx, by.Org(), access.JobLetters, id); err != nil {
			return access.Batch{}, err
		}
		b, err := a.Access.Batch(ctx, by, id)
		switch {
		case err != nil:
			return b, err
		case b.State == access.BatchReady:
			return b, nil
		case b.State == access.BatchFailed:
			return b, errors.New("the letters could not be made; the log says why")
		}
		select {
		case <-ctx.Done():
			return b, ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// save writes a file readable by its owner alone: codes are secrets.
func save(path string, from access.LetterFile) (err error) {
	defer fault.Wrap(&err, "write %s", path)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return errors.Join(err, from.Body.Close())
	}
	_, err = io.Copy(f, from.Body)
	return errors.Join(err, from.Body.Close(), f.Sync(), f.Close())
}
