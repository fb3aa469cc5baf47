package ui

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"

	"foyer/internal/platform/ui/assets"
)

// What the server sends is what the sources say.
func TestAssetsAreFresh(t *testing.T) {
	want, err := assets.Build("assets")
	if err != nil {
		t.Fatal(err)
	}
	have, err := fs.ReadDir(AssetFS, ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range have {
		if _, ok := want[f.Name()]; !ok {
			t.Errorf("dist has %s, which the sources do not make: run go generate", f.Name())
		}
	}
	for name, text := range want {
		got, err := fs.ReadFile(AssetFS, name)
		if err != nil {
			t.Errorf("dist lacks %s: run go generate", name)
			continue
		}
		// Compressors may change between Go versions; what they carry may not.
		if !bytes.Equal(unpack(t, name, got), unpack(t, name, text)) {
			t.Errorf("%s is stale: run go generate", name)
		}
	}
	icons, _, err := assets.Icons("assets")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile("icons_gen.go"); err != nil || !bytes.Equal(got, icons) {
		t.Errorf("icons_gen.go is stale (%v): run go generate", err)
	}
}

func unpack(t *testing.T, name string, text []byte) []byte {
	t.Helper()
	var r io.Reader = bytes.NewReader(text)
	switch filepath.Ext(name) {
	case ".br":
		r = brotli.NewReader(r)
	case ".gz":
		g, err := gzip.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		r = g
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

func TestAssetNamesCarryAFingerprint(t *testing.T) {
	for _, name := range []string{"foyer.css", "foyer.js", "hanken-grotesk-latin.woff2"} {
		url := Asset(name)
		file := strings.TrimPrefix(url, AssetPath)
		if file == name || file == url {
			t.Errorf("%s is served as %s", name, url)
		}
		if _, err := fs.Stat(AssetFS, file); err != nil {
			t.Error(err)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("an unknown asset should panic")
		}
	}()
	Asset("nothing.css")
}

// The pages load nothing from anybody else.
func TestAssetsNameNoForeignHost(t *testing.T) {
	for _, name := range []string{"foyer.css", "foyer.js"} {
		text, err := fs.ReadFile(AssetFS, strings.TrimPrefix(Asset(name), AssetPath))
		if err != nil {
			t.Fatal(err)
		}
		for _, scheme := range []string{"url(http", "url(//", `url("http`, "@import", "fetch(\"http", "sourceMappingURL"} {
			if bytes.Contains(text, []byte(scheme)) {
				t.Errorf("%s contains %s", name, scheme)
			}
		}
	}
}

func TestThirdPartyFilesBringTheirLicence(t *testing.T) {
	for file, licence := range map[string]string{
		"designsystemet.css":         "designsystemet-LICENSE.txt",
		"hanken-grotesk-latin.woff2": "hanken-grotesk-LICENSE.txt",
		"htmx.esm.min.js":            "htmx-LICENSE.txt",
		"lucide/mail.svg":            "lucide/LICENSE.txt",
	} {
		for _, f := range []string{file, licence} {
			if info, err := os.Stat(filepath.Join("assets/vendor", f)); err != nil || info.Size() == 0 {
				t.Errorf("%s: %v", f, err)
			}
		}
	}
}
