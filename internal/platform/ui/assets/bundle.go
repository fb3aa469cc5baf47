// Package assets holds the sources of what a browser loads, and the program
// that bundles them: our stylesheet on top of Designsystemet, our script on top
// of htmx, the fonts, the icons, each third-party file with its licence.
//
// Build joins and minifies them, gives every file a fingerprint in its name and
// adds compressed variants; gen writes the result to dist. Only gen and a test
// import this package, so the server does not carry a bundler.
package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/evanw/esbuild/pkg/api"
)

// Manifest is the name of the file that maps "foyer.css" to its fingerprinted
// name in dist.
const Manifest = "manifest.json"

// entries are the files a page names; what they import is found from them.
var entries = []string{"foyer.css", "foyer.js"}

// copied are files that are served as they are.
var copied = []string{"door.svg"}

// Build bundles the sources in dir and returns the files of dist by name.
func Build(dir string) (map[string][]byte, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	points := make([]string, len(entries))
	for i, e := range entries {
		points[i] = filepath.Join(abs, e)
	}
	out := filepath.Join(abs, "dist")
	res := api.Build(api.BuildOptions{
		EntryPoints:       points,
		AbsWorkingDir:     abs,
		Outdir:            out,
		Bundle:            true,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		Format:            api.FormatIIFE,
		Charset:           api.CharsetUTF8,
		LegalComments:     api.LegalCommentsEndOfFile,
		EntryNames:        "[name]-[hash]",
		AssetNames:        "[name]-[hash]",
		Loader:            map[string]api.Loader{".woff2": api.LoaderFile},
	})
	if len(res.Errors) > 0 {
		return nil, errors.New(strings.Join(api.FormatMessages(res.Errors, api.FormatMessagesOptions{}), ""))
	}
	files := map[string][]byte{}
	names := map[string]string{}
	for _, f := range res.OutputFiles {
		name := filepath.Base(f.Path)
		files[name] = f.Contents
		names[plain(name)] = name
	}
	for _, c := range copied {
		text, err := os.ReadFile(filepath.Join(abs, c))
		if err != nil {
			return nil, err
		}
		keep(files, names, c, text)
	}
	_, sprite, err := Icons(dir)
	if err != nil {
		return nil, err
	}
	keep(files, names, "icons.svg", sprite)
	for name, text := range files {
		if err := compress(files, name, text); err != nil {
			return nil, err
		}
	}
	manifest, err := json.MarshalIndent(names, "", "  ")
	if err != nil {
		return nil, err
	}
	files[Manifest] = append(manifest, '\n')
	return files, nil
}

// keep adds a file under a name with a fingerprint.
func keep(files map[string][]byte, names map[string]string, name string, text []byte) {
	sum := sha256.Sum256(text)
	ext := filepath.Ext(name)
	full := fmt.Sprintf("%s-%X%s", strings.TrimSuffix(name, ext), sum[:4], ext)
	files[full], names[name] = text, full
}

// plain takes the fingerprint out of a name: foyer-AB12.css → foyer.css.
func plain(name string) string {
	ext := filepath.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	return stem[:strings.LastIndexByte(stem, '-')] + ext
}

// compress adds the .br and .gz variants of a text file; fonts are compressed
// already.
func compress(files map[string][]byte, name string, text []byte) error {
	if ext := filepath.Ext(name); ext != ".css" && ext != ".js" && ext != ".svg" {
		return nil
	}
	var br bytes.Buffer
	w := brotli.NewWriterLevel(&br, brotli.BestCompression)
	if _, err := w.Write(text); err != nil {
		return fmt.Errorf("compress %s: %w", name, err)
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("compress %s: %w", name, err)
	}
	var gz bytes.Buffer
	g, err := gzip.NewWriterLevel(&gz, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := g.Write(text); err != nil {
		return fmt.Errorf("compress %s: %w", name, err)
	}
	if err := g.Close(); err != nil {
		return fmt.Errorf("compress %s: %w", name, err)
	}
	files[name+".br"], files[name+".gz"] = br.Bytes(), gz.Bytes()
	return nil
}
