// Package accessweb is where people come in and look after their access.
//
// Residents (files resident_*): signing in and out, registering with a code
// from a letter or an e-mail, a forgotten password, the home page, what is
// "more", the settings of the own access, help and legal pages. Staff (files
// staff_*, property_*): their own way in and the pages on which they see and
// manage the access of residents.
//
// What the pages promise:
//
//   - Nothing is consumed by opening a page. A link from a letter or a mail
//     moves its secret into a short-lived cookie and leads to a clean address;
//     only a button uses it up.
//   - Known and unknown addresses, right and wrong codes get the same answer,
//     byte for byte. Help that fits every case stands beside it.
//   - Before an e-mail address is confirmed no name and no address is shown.
//   - Everything works without script; what was typed is kept, passwords are
//     not.
package accessweb

//go:generate go tool templ generate
