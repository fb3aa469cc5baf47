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
// News to many goes by Announce: the caller hands over who may read it (Reader,
// made by access.Service.Readers or ReadersFor) and what the organisation has
// decided (Policy, of access.PolicyOf), and this package decides by which
// channels each one is told. Plan shows that before; it is the same decision.
//
//   - With access: the portal always, e-mail and push as chosen per topic
//     (preference). Who has chosen nothing gets e-mails of all topics but
//     ordinary notices. Urgent news takes every way there is. Letters besides
//     for whom ticked them.
//   - Without access: an e-mail with the text where full text is on and the
//     person agreed to it (X7, E18), else a letter where the announcement may go
//     by letter and the postal address is known; else nothing, and Planned says
//     so. Planned.Invite says that the caller should invite (X4).
//   - Couples (W4): with "one", a party of a lease gets no letter when another
//     one reads it in the portal; two at one address share an envelope. So the
//     readers of one lease belong into the same call of Announce.
//   - What is not urgent waits for the end of the quiet hours; notices are
//     collected into one mail a day.
//
// A delivery row stands for each channel of each reader, which is the proof.
// Letters wait in the print outbox: staff fetch them as one file and say when
// they are posted.
//
// The package also keeps each person's consents: to be written to by e-mail is
// a choice that somebody recorded, with its wording and source.
package notifications
