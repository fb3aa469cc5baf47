package noticeboard

import "embed"

// Texts are the texts of this package.
//
//go:embed text/*.json
var Texts embed.FS
