package app

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"foyer/internal/access"
	"foyer/internal/notifications/mail"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

var (
	setSettings = store.Scoped(`UPDATE org SET settings = $2 WHERE org_id = $1`)
	mailLink    = regexp.MustCompile(`/demo/outbox/([A-Za-z0-9-]+@[a-z.]+)`)
)

// Two organisations that send from one address read their own mails only, and
// go on to read them when the address is changed.
func TestT1_TheDemosOutboxShowsOwnMailsOnly(t *testing.T) {
	for name, open := range map[string]func(testing.TB) storetest.Fresh{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) { outboxShowsOwn(t, open(t)) })
	}
}

func outboxShowsOwn(t *testing.T, fresh storetest.Fresh) {
	fresh.Copy(t, storetest.Org, "own", "Eigenmarke")
	dir := t.TempDir()
	d := &demoRun{outbox: mail.NewOutbox(time.Now)}
	cfg := Config{Database: fresh.URL, Blobs: filepath.Join(dir, "blobs"), SecretFile: filepath.Join(dir, "secret"), BaseURL: "https://a.example", LogLevel: "info", LogFormat: "text"}
	a, err := Open(t.Context(), cfg, Options{Log: io.Discard, Sender: d.outbox, From: mail.Address{Addr: "portal@a.example"}, Routes: d.routes})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	d.App = a
	a.ready.Store(true)
	sender := func(org, address string) {
		t.Helper()
		if err := a.DB.Write(t.Context(), store.OrgScope(org), func(_ context.Context, tx *store.Tx) error {
			_, err := store.Exec(tx, setSettings, `{"sender_address":"`+address+`"}`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	for _, org := range []string{storetest.Org, storetest.Twin} {
		sender(org, "post@shared.example")
		if err := a.Access.RequestReset(t.Context(), actor.NewAnonymous(org), access.ResidentSite, access.ResetRequest{Email: "marlene@post.example", IP: netip.MustParseAddr("192.0.2.7")}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := a.Queue.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(d.outbox.Messages()); n != 2 {
		t.Fatalf("%d mails were sent", n)
	}
	get := func(host, path string) (int, string) {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Host = host
		w := httptest.NewRecorder()
		a.Handler.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	own := func(host string) string {
		t.Helper()
		_, page := get(host, "/demo/outbox")
		found := map[string]bool{}
		for _, m := range mailLink.FindAllStringSubmatch(page, -1) {
			found[m[1]] = true
		}
		if len(found) != 1 {
			t.Fatalf("%s lists %v", host, found)
		}
		for id := range found {
			return id
		}
		return ""
	}
	check := func(what string) {
		t.Helper()
		ours, theirs := own("a.example"), own("twin.example")
		if ours == theirs {
			t.Fatalf("%s: both list %s", what, ours)
		}
		for _, x := range []struct {
			host, id string
			want     int
		}{{"a.example", ours, 200}, {"a.example", theirs, 404}, {"twin.example", theirs, 200}, {"twin.example", ours, 404}, {"a.example", "x@y.example", 404}} {
			if got, _ := get(x.host, "/demo/outbox/"+x.id); got != x.want {
				t.Errorf("%s: mail %s at %s gives %d, want %d", what, x.id, x.host, got, x.want)
			}
		}
	}
	check("one sender")
	sender(storetest.Org, "neu@elsewhere.example")
	check("another sender now")
}
