// Package inbound reads mails that come back: reports of mail servers that could
// not deliver (RFC 3464), and replies of people.
//
// Everything in such a mail may be forged, and everything may be broken: Parse
// bounds what it reads, never fails on a strange part, and decides nothing. What
// a mail is about stands in the address that it was sent to, and that address
// is signed (package notifications); the headers only say what happened.
//
// Poll fetches such mails from a mailbox by IMAP (RFC 9051, RFC 3501).
package inbound
