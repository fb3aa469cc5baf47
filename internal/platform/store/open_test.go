package store_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

// T33: the database file is for its owner alone, and so are the files that
// SQLite puts beside it.
func TestT33_TheDatabaseFileIsPrivate(t *testing.T) {
	dir := t.TempDir()
	must(t, os.Chmod(dir, 0o755))
	db := open(t, "sqlite:"+filepath.Join(dir, "Häuser & Co.db"))
	must(t, db.Migrate(t.Context()))
	files, err := os.ReadDir(dir)
	must(t, err)
	for _, f := range files {
		info, err := f.Info()
		must(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", f.Name(), info.Mode().Perm())
		}
	}
	if len(files) < 2 {
		t.Errorf("%d files: the log of changes is not there", len(files))
	}
}

func TestOpenRefusesWithoutTellingSecrets(t *testing.T) {
	for _, target := range []string{"", "foyer.db", "mysql://u:geheim@h/x", "postgres://u:geheim@127.0.0.1:1/x", "postgres://u:geheim@[::1/x", "postgres://u:geheim@h:99999999/x"} {
		db, err := store.Open(t.Context(), target)
		if err == nil {
			db.Close()
			t.Errorf("opened %q", target)
		} else if strings.Contains(err.Error(), "geheim") {
			t.Errorf("%q: %v", target, err)
		}
	}
}

// Writers of different rows at the same time, as at a first sending: none may
// give up.
func TestManyWritersGetThrough(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var wg sync.WaitGroup
		for range 8 * runtime.NumCPU() {
			wg.Go(func() {
				for range 6 {
					if err := addProp(db, t.Context(), store.NewID()); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if n, want := countAll(t, db), 48*runtime.NumCPU(); n != want {
			t.Errorf("%d rows, want %d", n, want)
		}
	})
}
