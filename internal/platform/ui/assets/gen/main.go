// Command gen bundles the assets into assets/dist and writes the icon table. It
// runs in the folder of package ui, through go generate.
package main

import (
	"log"
	"os"
	"path/filepath"

	"foyer/internal/platform/ui/assets"
)

func main() {
	log.SetFlags(0)
	if err := run(); err != nil {
		log.Fatal("gen: ", err)
	}
}

// run writes dist afresh, so that no file of an older fingerprint stays, and
// then the icon table.
func run() error {
	files, err := assets.Build("assets")
	if err != nil {
		return err
	}
	dist := filepath.Join("assets", "dist")
	if err := os.RemoveAll(dist); err != nil {
		return err
	}
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dist, name), text, 0o644); err != nil {
			return err
		}
	}
	icons, _, err := assets.Icons("assets")
	if err != nil {
		return err
	}
	return os.WriteFile("icons_gen.go", icons, 0o644)
}
