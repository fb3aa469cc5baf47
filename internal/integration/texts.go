package integration

import "embed"

// Texts are the texts of this package: what is wrong with a file or a row, and
// how to put it right.
//
//go:embed text/*.json
var Texts embed.FS
