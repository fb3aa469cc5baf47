// Package notifications tells people things, and keeps the proof of it.
//
// A capability calls Tell inside the transaction of the change: that writes a
// delivery row and a job, so that news exists exactly when its cause does. The
// row's key is unique, telling the same news twice is harmless. After the
// commit a worker asks the Renderer that the capability registered for the
// news' kind to make the mail, and sends it. Codes and links are made in that
// moment, by the renderer, so that the database only ever holds their hashes.
//
// The states of a delivery: queued → sending → sent, or failed (for good, seen
// by staff on Heute), or dropped (nothing to say any more, e.g. the consent was
// withdrawn while the mail waited). A temporary failure goes back to queued
// and is tried again for at most 72 hours. When the connection breaks after
// the mail was handed over and before the server's answer, nobody can know
// whether it arrived (RFC 1047): it is sent again under the same Message-ID.
//
// The package also keeps each person's consents: to be written to by e-mail is
// a choice that somebody recorded, with its wording and source.
package notifications
