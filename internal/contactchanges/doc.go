// Package contactchanges is a resident's wish to be reached differently: by
// another e-mail address, which is the user name too, by other numbers, at
// another postal address.
//
// By the organisation's rule (X1, orgs.Settings.EmailChange) a change is
//
//   - locked: residents change nothing; Request refuses it. The way is the
//     organisation's: take the access back, correct the list, invite again (E19).
//   - self_service: it holds as soon as the new mailbox is proved, numbers and
//     addresses at once. Staff are told so that their own system learns of it.
//   - erp_confirmed: it waits until the organisation's own system has it.
//
// The states: requested → exported → confirmed, or rejected by staff with a
// reason, withdrawn (by the resident, by the old mailbox's cancel link, or
// because the account was cut), timed out (the mailbox was never proved, or
// nobody confirmed it). What holds and what is wished stand side by side; the
// imported fields of the person are never written. A confirmed number or postal
// address becomes a portfolio.Contact, a confirmed e-mail address the login of
// the account (A12), on which sign-in stays until then.
//
// Against taking over an account by a change (security.md, T13):
//
//   - Request wants the password given just now.
//   - The old address is told at once, with a link that cancels; after the login
//     has moved that link works for a week more and moves it back.
//   - An address is proved by a link to it of 60 minutes, which a button uses
//     up. Nobody confirms an address that is not proved: no import, no staff.
//   - A new password, a revoked or reset access and the end of the lease end
//     what was asked for before. Each step judges that again (alive), and
//     access.OnCut makes it visible at once.
//   - When the login moves all sessions end but the one that asked, and both
//     addresses are told.
//   - Whether an address belongs to another account is said only to who reads
//     its mailbox.
//
// After an import ConfirmCarried confirms what the list now says. It rejects
// nothing: a list that says something else may simply be old. The promised day
// counts working days of the property's region.
package contactchanges
