package blob

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"foyer/internal/platform/fault"
)

func TestBlobs(t *testing.T) {
	dir := t.TempDir()
	d, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	key, n, err := d.Put("org-a", strings.NewReader("Inhalt"), 6)
	if err != nil || n != 6 {
		t.Fatal(n, err)
	}
	if data, err := d.Bytes("org-a", key); err != nil || string(data) != "Inhalt" {
		t.Fatalf("%q %v", data, err)
	}
	if _, _, err := d.Put("org-a", strings.NewReader("Inhalt!"), 6); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
	for _, bad := range []string{"", key[1:], "../" + key, "org-a/../" + key, "org-a/x", "org-b" + key[5:]} {
		if _, err := d.Get("org-a", bad); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("T29 %q: %v", bad, err)
		}
	}
	if _, err := d.Get("org-b", key); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("another organisation reads the file: %v", err)
	}
	left, _ := os.ReadDir(filepath.Join(dir, "org-a"))
	if len(left) != 1 {
		t.Errorf("%d files, the refused one was left behind", len(left))
	}
	os.WriteFile(filepath.Join(dir, key), bytes.Repeat([]byte("x"), 6), 0o600)
	if _, err := d.Bytes("org-a", key); err == nil {
		t.Error("a changed file was read without an error")
	}
	if n, err := d.Sweep("org-a", time.Now().Add(time.Hour), func(string) bool { return false }); n != 1 || err != nil {
		t.Errorf("swept %d %v", n, err)
	}
}
