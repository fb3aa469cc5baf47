// Package orgs keeps the organisations of an installation: their name, hosts,
// look and rules, and the staff who work in them.
//
// An organisation begins with its residents' portal switched off (nobody is
// enrolled by default) and with settings that need no attention: every value
// has a default, and the stored JSON holds only what a program version knew.
//
//   - ByHost answers which organisation a request is for, and which of its two
//     entrances the host serves. Only configured hosts count; links in mails and
//     letters come from Origin, never from a request.
//   - Change applies a change of name, portal switch and settings. Everything is
//     checked, and what is wrong is told per field. It takes effect on saving:
//     nothing is cached.
//   - SetLogo takes a PNG or JPEG, checks its size before decoding and keeps
//     only what it drew itself.
//   - Staff: six roles, each may be limited to properties. Nobody gives more
//     than he has, nobody changes his own role or disables himself, an
//     administrator leaves proprietors alone, and one unlimited proprietor
//     always stays. Rows are disabled, never deleted: audit lines name them.
//
// A right is read from the staff row at each request (StaffByID), so a disabled
// member is out at once; EndSessions is called in the same transaction to clear
// the sessions away.
package orgs
