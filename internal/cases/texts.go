package cases

import "embed"

// Texts are the sentences of this package.
//
//go:embed text/*.json
var Texts embed.FS
