package ui

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
)

// Texts are the kit's texts, keys "ui.*".
//
//go:embed text/*.json
var Texts embed.FS

//go:embed assets/dist
var dist embed.FS

// AssetPath is where web serves AssetFS and the brand stylesheets. Everything
// below it is public and, because names carry fingerprints, cacheable for ever.
const AssetPath = "/assets/"

// AssetFS holds the bundled files by fingerprinted name. A stylesheet or script
// x also exists as x.br and x.gz for clients that accept those encodings.
var AssetFS = mustSub(dist, "assets/dist")

// assetNames maps "foyer.css" to its fingerprinted name.
var assetNames = mustManifest(AssetFS)

// Asset returns the address of a bundled file: "foyer.css" →
// "/assets/foyer-PDBCIQPT.css". It panics on a name that is not bundled, which
// is a mistake in a template.
func Asset(name string) string {
	file, ok := assetNames[name]
	if !ok {
		panic(fmt.Sprintf("ui: no asset %q", name))
	}
	return AssetPath + file
}

func mustSub(fsys fs.FS, dir string) fs.FS {
	sub, err := fs.Sub(fsys, dir)
	if err != nil {
		panic(err)
	}
	return sub
}

func mustManifest(fsys fs.FS) map[string]string {
	text, err := fs.ReadFile(fsys, "manifest.json")
	if err != nil {
		panic(err)
	}
	names := map[string]string{}
	if err := json.Unmarshal(text, &names); err != nil {
		panic(err)
	}
	return names
}
