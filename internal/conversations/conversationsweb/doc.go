// Package conversationsweb is the place Nachrichten on both sides: what has come
// and what was sent, one conversation with its answer form, a new message; for
// staff also the folders of the office, writing to a house with a look at who
// gets it, and what residents' home page, Heute and a person's page show of it.
package conversationsweb

import "embed"

//go:generate go tool templ generate

// Texts are the sentences of this package.
//
//go:embed text/*.json
var Texts embed.FS
