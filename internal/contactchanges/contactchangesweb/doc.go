// Package contactchangesweb is the pages about contact data: residents see and
// change theirs under Einstellungen → Kontaktdaten, staff carry the changes over
// into their own system under Kontaktänderungen.
//
// A change needs the password of the last 15 minutes. Where it was given longer
// ago, it is asked for on a page that keeps what was typed. Links from mails
// move their secret into a short-lived cookie and lead to a clean address; only
// a button uses them up. All works without script.
package contactchangesweb

//go:generate go tool templ generate
