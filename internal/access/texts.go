package access

import "embed"

// Texts are the texts of this package: faults, mails, letters.
//
//go:embed text/*.json
var Texts embed.FS
