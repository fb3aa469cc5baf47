package storetest

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"foyer/internal/platform/store"
)

var pgCount atomic.Int64

// Postgres returns a fresh PostgreSQL database, dropped after the test.
func Postgres(t testing.TB) Fresh {
	t.Helper()
	server := os.Getenv("FOYER_TEST_POSTGRES")
	if server == "" {
		t.Fatal("FOYER_TEST_POSTGRES is not set: run ./scripts/test, or start a server with ./scripts/postgres")
	}
	tmpl, err := pgTemplate()
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("foyer_t_%d_%d", os.Getpid(), pgCount.Add(1))
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := admin.Exec("CREATE DATABASE " + name + " TEMPLATE " + tmpl); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := admin.Exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
		admin.Close()
	})
	target := inDatabase(server, name)
	return open(t, target, "pgx", target)
}

func inDatabase(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		panic("FOYER_TEST_POSTGRES is not a URL")
	}
	u.Path = "/" + name
	return u.String()
}

// pgTemplate makes the template database once per schema, whatever number of
// test binaries run at the same time.
var pgTemplate = sync.OnceValues(func() (string, error) {
	server := os.Getenv("FOYER_TEST_POSTGRES")
	admin, err := sql.Open("pgx", server)
	if err != nil {
		return "", err
	}
	defer admin.Close()
	admin.SetMaxOpenConns(1) // the advisory lock belongs to one session
	name := "foyer_tmpl_" + schemaHash()
	if _, err := admin.Exec("SELECT pg_advisory_lock(470708)"); err != nil {
		return "", err
	}
	defer admin.Exec("SELECT pg_advisory_unlock(470708)")
	var n int
	if err := admin.QueryRow("SELECT count(*) FROM pg_database WHERE datname = $1", name).Scan(&n); err != nil {
		return "", err
	}
	if n == 1 {
		return name, nil
	}
	build := name + "_b"
	for _, s := range []string{
		"DROP DATABASE IF EXISTS " + build + " WITH (FORCE)",
		"CREATE DATABASE " + build + " TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'",
	} {
		if _, err := admin.Exec(s); err != nil {
			return "", err
		}
	}
	target := inDatabase(server, build)
	if err := fill(target, "pgx", target); err != nil {
		return "", err
	}
	_, err = admin.Exec("ALTER DATABASE " + build + " RENAME TO " + name)
	return name, err
})

// schemaHash changes with the migrations and the twin, so that a stale
// template is never used.
func schemaHash() string {
	h := sha256.New()
	fmt.Fprint(h, orgSQL, twinSQL)
	store.HashMigrations(h)
	return hex.EncodeToString(h.Sum(nil))[:12]
}
