package i18n

import "embed"

// Texts are the texts of this package: names of months and languages, formats.
//
//go:embed text/*.json
var Texts embed.FS
