package documents

import "embed"

// Texts are the texts of this package: kinds, faults, mails.
//
//go:embed text/*.json
var Texts embed.FS
