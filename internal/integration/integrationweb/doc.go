// Package integrationweb is the page Import: a resident list goes in by four
// steps (file, columns, check, done), each with an address of its own, so that
// reload, back and a second person at the same desk always see where the list
// is. What takes long shows a bar and goes on when the page is closed.
package integrationweb

import "embed"

//go:generate go tool templ generate

// Texts are the sentences of this package.
//
//go:embed text/*.json
var Texts embed.FS
