package portfolio

import "embed"

// Texts are the texts of this package: greetings, usages, roles, countries.
//
//go:embed text/*.json
var Texts embed.FS
