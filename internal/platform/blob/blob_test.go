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

// T29: no name leads out of the folder or into another organisation's.
func FuzzT29_NamesStayInTheFolder(f *testing.F) {
	for _, s := range []string{"org-a/../org-b/x", "../x", "/etc/passwd", "org-a\\..\\x", "org-a/./x", "org-a//x", ".", "..", "", "org-a", "org-a/\x00", "ORG-A/x"} {
		f.Add(s, s)
	}
	dir := f.TempDir()
	outside := filepath.Join(dir, "outside")
	if err := os.WriteFile(outside, []byte("geheim"), 0o600); err != nil {
		f.Fatal(err)
	}
	d, err := Open(filepath.Join(dir, "blobs"))
	if err != nil {
		f.Fatal(err)
	}
	other, _, err := d.Put("org-b", strings.NewReader("fremd"), 10)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, org, key string) {
		if org != "org-b" {
			for _, k := range []string{key, org + "/" + key, org + "/" + other, other} {
				if b, err := d.Bytes(org, k); err == nil && (string(b) == "geheim" || string(b) == "fremd") {
					t.Errorf("org %q read %q", org, k)
				}
				_ = d.Delete(org, k)
			}
			if k, _, err := d.Put(org, strings.NewReader("x"), 1); err == nil && (!strings.HasPrefix(k, org+"/") || strings.Count(k, "/") != 1) {
				t.Errorf("org %q got the key %q", org, k)
			}
		}
		if b, err := d.Bytes("org-b", other); err != nil || string(b) != "fremd" {
			t.Errorf("%q, %q reached another organisation's file: %v", org, key, err)
		}
		if b, err := os.ReadFile(outside); err != nil || string(b) != "geheim" {
			t.Errorf("%q, %q reached a file outside: %v", org, key, err)
		}
	})
}
