// Package access decides who gets in. It has two halves.
//
// Accounts: one account belongs to one organisation and to one of its two
// sites. A resident's account stands for one or more persons of the portfolio,
// a staff account for one staff member; the same e-mail address may have both,
// and neither password nor cookie of one side is worth anything on the other.
//
//   - SignIn and SignInStaff exchange an e-mail address and a password for a
//     session. They answer an unknown address, a void account and a wrong
//     password with the same error after the same work, and counted failures
//     make the next answer slower; nobody can lock another person out.
//   - Authenticate turns a session's token into an actor at every request. It
//     joins what is true now: the persons that still have a lease to show, the
//     staff member's role and limits. Nothing of that is kept in the session.
//   - RequestReset takes an address and always answers alike; a job looks
//     whether there is an account. Its link works for 60 minutes, once, and
//     only by a POST; a newer link or a new password ends it.
//   - InviteStaff, AcceptInvitation: a staff member sets the first password by
//     a link of three days.
//
// Codes: a person in a lease gets a code by letter or e-mail and registers with
// it; see the files code*.go, registration*.go, letter*.go and state*.go.
//
// The database holds only keyed hashes of tokens and codes and argon2id hashes
// of passwords. The tokens of mails are made while the mail is being sent.
package access
