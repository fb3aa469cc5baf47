package orgsweb

import "embed"

// Texts are the texts of these pages.
//
//go:embed text/*.json
var Texts embed.FS
