// Package access decides who gets in. It has two halves.
//
// Accounts: one account belongs to one organisation and to one of its two
// sites. A resident's account stands for one or more persons of the portfolio,
// a staff account for one staff member; the same e-mail address may have both,
// and neither password nor cookie of one side is worth anything on the other.
//
//   - SignIn exchanges an e-mail address and a password for a session of one
//     site. It answers an unknown address, a void account and a wrong password
//     with the same error after the same work, and counted failures make the
//     next answer slower; nobody can lock another person out (throttle.go).
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
// it. Nobody else can: there is no way to an account but through a code that
// staff have sent (K2, A21).
//
//   - LetterFor prints one person's letter, StartLetters those of a property
//     that need one, Invite sends a link by e-mail to whom agreed to that.
//     Each issues a code and makes every earlier one of the person void. Before
//     a property's first sending the checklist is confirmed (K3).
//   - StartRegistration takes code, address and password; ConfirmByPIN or
//     ConfirmByLink prove the mailbox; then Registration tells for whom the
//     code is, and Accept makes the account, NotMe ends it. A signed-in resident
//     adds a further code with RedeemSignedIn.
//   - State is what staff see: none → pending → confirmed, besides requested,
//     expired, revoked and ended (state.go). It changes in the transaction of
//     the code or account that causes it.
//   - Residents, Person and Today are the staff's lists, within their limits.
//   - A batch of letters is planned at once and written by a job that may be
//     stopped anywhere: the codes follow from a sealed secret of the batch, so a
//     second run prints the same ones. Its file can be fetched unchanged for 24
//     hours, then file and secret are erased (T45).
//
// The database holds only keyed hashes of tokens and codes and argon2id hashes
// of passwords. The tokens of mails are made while the mail is being sent.
package access
