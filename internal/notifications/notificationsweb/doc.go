// Package notificationsweb holds the pages about how people are told things:
// the residents' choice of channels, the end of a mail's subscription, and for
// staff the print outbox.
package notificationsweb

import "embed"

// Texts are the sentences of this package.
//
//go:embed text/*.json
var Texts embed.FS
