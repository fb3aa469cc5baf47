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
		sum := sha256.Sum256(text)
		ext := filepath.Ext(c)
		name := fmt.Sprintf("%s-%X%s", strings.TrimSuffix(c, ext), sum[:4], ext)
		files[name], names[c] = text, name
	}
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

// plain takes the fingerprint out of a name: foyer-AB12.css → foyer.css.
func plain(name string) string {
	ext := filepath.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	return stem[:strings.LastIndexByte(stem, '-')] + ext
}

// compress adds the .br and .gz variants of a text file; fonts are compressed
// already.
func compress(files map[string][]byte, name string, text []byte) error {
	if ext := filepath.Ext(name); ext != ".css" && ext != ".js" {
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

// Icons returns the Go source of the icon table, made from the lucide files in
// dir/vendor/lucide: a constant per icon and its shapes.
func Icons(dir string) ([]byte, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "vendor", "lucide", "*.svg"))
	if err != nil {
		return nil, err
	}
	var names, shapes strings.Builder
	for _, p := range paths {
		text, err := os.ReadFile(p)
		if err != nil {
			return nil, err
		}
		name := strings.TrimSuffix(filepath.Base(p), ".svg")
		inner, err := inside(string(text))
		if err != nil {
			return nil, fmt.Errorf("icon %s: %w", name, err)
		}
		fmt.Fprintf(&names, "\tIcon%s IconName = %q\n", camel(name), name)
		fmt.Fprintf(&shapes, "\tIcon%s: `%s`,\n", camel(name), inner)
	}
	return formatIcons(names.String(), shapes.String())
}

// inside returns what stands between the svg tags, on one line.
func inside(svg string) (string, error) {
	open := strings.Index(svg, "<svg")
	if open < 0 {
		return "", errors.New("no svg element")
	}
	start := open + strings.IndexByte(svg[open:], '>') + 1
	end := strings.LastIndex(svg, "</svg>")
	if end < start {
		return "", errors.New("svg is not closed")
	}
	var b strings.Builder
	for line := range strings.Lines(svg[start:end]) {
		b.WriteString(strings.ReplaceAll(strings.TrimSpace(line), " />", "/>"))
	}
	return b.String(), nil
}

// camel turns "arrow-left" into "ArrowLeft".
func camel(name string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(name, "-") {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String()
}
