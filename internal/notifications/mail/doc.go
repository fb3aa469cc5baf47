// Package mail composes e-mails and hands them to an SMTP server.
//
// The way of a message:
//
//  1. Render turns a Layout (title, blocks, footer, the organisation's colours)
//     into an HTML body and a plain-text body that say the same.
//  2. Message carries them with the envelope: one sender, one recipient, a
//     Message-ID that the caller keeps for as long as it may have to send again.
//  3. A Sender takes it: SMTP in production, Outbox in the demo.
//  4. When Send returns a *SendError the caller decides: Permanent means give up
//     and tell staff; Unknown means the server may have taken it (the reply
//     after the message was lost), so notices are sent again under the same
//     Message-ID; anything else is tried again after Backoff.
//
// Nothing here touches the database: deliveries, attempts and consents belong to
// package notifications. Nothing here logs: errors carry no password and no
// recipient address, so callers may.
//
// Headers cannot be injected: values with control characters are refused, all
// others are encoded (RFC 2047); addresses are plain ASCII after IDNA, so no
// SMTP command can be continued by them.
package mail
