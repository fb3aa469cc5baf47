package orgs

import "embed"

// Texts are the texts of this package: what is wrong with a setting, a host or
// a staff row.
//
//go:embed text/*.json
var Texts embed.FS
