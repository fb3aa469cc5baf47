package app

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"foyer/internal/integration"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

// onBoth opens the house over both engines, with no mail server and no clock
// of its own.
func onBoth(t *testing.T, fn func(t *testing.T, s *site, a *App)) {
	for name, fresh := range map[string]func(testing.TB) storetest.Fresh{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, "", fresh(t))
			s.open(func(a *App) { fn(t, s, a) })
		})
	}
}

// put stores a file of an organisation; it is age old.
func (s *site) put(a *App, org string, age time.Duration) (key string) {
	s.t.Helper()
	key, _, err := a.blobs.Put(org, strings.NewReader("Inhalt"), 10)
	if err != nil {
		s.t.Fatal(err)
	}
	s.touch(key, age)
	return key
}

func (s *site) touch(key string, age time.Duration) {
	s.t.Helper()
	then := time.Now().Add(-age)
	if err := os.Chtimes(filepath.Join(s.path("blobs"), key), then, then); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) has(key string) bool {
	_, err := os.Stat(filepath.Join(s.path("blobs"), key))
	return err == nil
}

func (s *site) sweep(a *App) {
	s.t.Helper()
	if err := a.sweepOrphans(s.t.Context(), actor.NewJob(storetest.Org, "app.orphans"), jobs.Job{}); err != nil {
		s.t.Fatal(err)
	}
}

// Every column that holds a key of a file keeps that file: the catalogue says
// which there are. A new one that its package's Blobs forgets is found here.
func TestEveryColumnKeepsItsFiles(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site, a *App) {
		s.fresh.Copy(t, storetest.Org, "own", "Eigenmarke") // a row in every table
		keys := map[string]string{}
		s.fresh.Columns(t, func(table, column string) {
			if column != "blob" && !strings.HasSuffix(column, "_blob") {
				return
			}
			key := s.put(a, storetest.Org, 10*24*time.Hour)
			point := store.Scoped("UPDATE " + table + " SET " + column + " = $2 WHERE org_id = $1")
			if err := a.DB.Write(t.Context(), s.by.Scope(), func(_ context.Context, tx *store.Tx) error {
				if n, err := store.Exec(tx, point, key); err != nil || n == 0 {
					t.Errorf("%s.%s: %d rows, %v", table, column, n, err)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			keys[table+"."+column] = key
		})
		if len(keys) < 4 {
			t.Errorf("only %v: the test does not see the columns", keys)
		}
		s.sweep(a)
		for column, key := range keys {
			if !s.has(key) {
				t.Errorf("the file that %s names was removed: its package's Blobs leaves it out", column)
			}
		}
	})
}

// What a process left that was killed between a file and its row goes; what
// may still get its row, what is not ours and what another organisation has
// stays.
func TestFilesWithoutARowAreRemoved(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site, a *App) {
		const old = orphanAge + time.Minute
		half := func(org string, age time.Duration) string {
			key := filepath.Join(org, ".new-"+store.NewID())
			if err := os.WriteFile(filepath.Join(s.path("blobs"), key), []byte("hal"), 0o600); err != nil {
				t.Fatal(err)
			}
			s.touch(key, age)
			return key
		}
		orphan, fresh := s.put(a, storetest.Org, old), s.put(a, storetest.Org, orphanAge-time.Minute)
		others := s.put(a, storetest.Twin, old)
		torn, writing, othersTorn := half(storetest.Org, old), half(storetest.Org, time.Minute), half(storetest.Twin, old)
		foreign := filepath.Join(storetest.Org, "LIESMICH.txt")
		if err := os.WriteFile(filepath.Join(s.path("blobs"), foreign), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		s.touch(foreign, old)
		s.sweep(a)
		for _, c := range []struct {
			what, key string
			stays     bool
		}{{"an orphan", orphan, false}, {"a torn file", torn, false}, {"a fresh file", fresh, true}, {"a file being written", writing, true},
			{"another organisation's", others, true}, {"another organisation's torn file", othersTorn, true}, {"a file that is not ours", foreign, true}} {
			if s.has(c.key) != c.stays {
				t.Errorf("%s: there %v, want %v", c.what, !c.stays, c.stays)
			}
		}
	})
}

// All that the product itself stores outlives the sweep, as the schedule runs
// it: no key stands in a column that is called otherwise.
func TestFilesInUseOutliveTheSchedule(t *testing.T) {
	onBoth(t, func(t *testing.T, s *site, a *App) {
		ctx := t.Context()
		list, err := os.Open(s.list(30, 30))
		if err != nil {
			t.Fatal(err)
		}
		defer list.Close()
		if _, err := a.Integration.ImportFile(ctx, s.by, list, "liste.csv", integration.Options{}); err != nil {
			t.Fatal(a.plain(err))
		}
		var logo bytes.Buffer
		if err := png.Encode(&logo, image.NewNRGBA(image.Rect(0, 0, 64, 64))); err != nil {
			t.Fatal(err)
		}
		if err := a.Orgs.SetLogo(ctx, s.by, &logo); err != nil {
			t.Fatal(err)
		}
		seed := &seeder{demoRun: &demoRun{App: a}, by: s.by}
		if err := seed.release([]string{"P-1"})(ctx); err != nil {
			t.Fatal(a.plain(err))
		}
		if _, err := a.Queue.Drain(ctx); err != nil {
			t.Fatal(err)
		}
		orphan := s.put(a, storetest.Org, 0)
		files := s.files()
		if len(files) != 5 {
			t.Fatalf("%d files, want list, logo, letters, manifest and orphan", len(files))
		}
		for _, f := range files {
			s.touch(f, 10*24*time.Hour)
		}
		if err := a.Queue.Plan(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Queue.Drain(ctx); err != nil {
			t.Fatal(err)
		}
		if got := s.files(); len(got) != 4 || s.has(orphan) {
			t.Errorf("the sweep left %v of %v", got, files)
		}
	})
}

func (s *site) files() (out []string) {
	s.t.Helper()
	entries, err := os.ReadDir(filepath.Join(s.path("blobs"), storetest.Org))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range entries {
		out = append(out, filepath.Join(storetest.Org, e.Name()))
	}
	return out
}
