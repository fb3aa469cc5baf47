package upload

import "embed"

// Texts are the package's catalogues.
//
//go:embed text/*.json
var Texts embed.FS
