package app

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A demo that is started again on another port, and back on the first, answers
// there, and its addresses lead there.
func TestTheDemoMovesWithItsPort(t *testing.T) {
	dir := t.TempDir()
	one, other := freePort(t), freePort(t)
	for _, port := range []string{one, other, one} {
		ctx, stop := context.WithCancel(t.Context())
		up, end := make(chan string, 1), make(chan error, 1)
		go func() {
			end <- Demo(ctx, DemoOptions{Listen: "127.0.0.1:" + port, Dir: dir, Out: io.Discard, Err: t.Output(), Ready: func(base string) { up <- base }})
		}()
		select {
		case <-up:
		case err := <-end:
			t.Fatalf("on port %s: %v", port, err)
		}
		data, err := os.ReadFile(filepath.Join(dir, "demo.json"))
		if err != nil {
			t.Fatal(err)
		}
		var file demoFile
		if err := json.Unmarshal(data, &file); err != nil {
			t.Fatal(err)
		}
		for _, o := range file.Organisations {
			if !strings.Contains(o.URL, ":"+port+"/") || !strings.Contains(o.Codes[0].URL, ":"+port+"/") {
				t.Errorf("on port %s %s is at %s, its code at %s", port, o.Slug, o.URL, o.Codes[0].URL)
			}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, o.URL, nil)
			if err != nil {
				t.Fatal(err)
			}
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if res.StatusCode != http.StatusOK {
				t.Errorf("%s answers %d", o.URL, res.StatusCode)
			}
		}
		http.DefaultClient.CloseIdleConnections()
		stop()
		if err := <-end; err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("the demo ends with %v", err)
		}
	}
}

// freePort is a port on which nobody listens just now.
func freePort(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	return port
}
