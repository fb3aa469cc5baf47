// Package conversations lets residents and those who manage their home write
// to each other. A conversation has a subject, an audience and messages, oldest
// first; it is the one model for plain messages and for cases, which package
// cases builds on it, so that both stand in the same inbox.
//
// # Who may do what
//
// A resident begins a conversation about one of the own leases. It is seen by
// its author and by staff, and by all contract parties of the lease only when
// it was shared with them. Staff write to a person, a lease, a stairwell, a
// building, a property, or to everyone. A message to a house is one
// conversation with a house for its audience, however many people live there;
// it is nobody's copy. Who answers it opens a conversation of the own with
// staff, which names the one that it answers. Answers are possible unless staff
// said no, and from a lease that has ended only to what is open there (X14).
//
// Who sees a conversation is decided by portfolio.Audience alone. Staff see
// those of the properties they are limited to; what is for the whole
// organisation only staff without limits.
//
// # States
//
// After a message of a resident the conversation waits for staff. It stops
// waiting when staff answer, or say that no answer is needed. Messages to a
// house wait for nobody. An internal note changes nothing for residents: not
// the state, not the order, not what is new.
//
// Whoever answers says up to which message they have read. When somebody else
// has written since, nothing is sent: the writer gets the own words back with
// those of the other.
//
// # Telling
//
// A message of staff is announced to its readers by a job, house by house in
// pieces of some hundred people, each piece one transaction with a note of how
// far it came. A message of a resident is told to those of the staff whom it
// concerns: the assignee, else those who have written in the conversation, else
// who looks after the property (E11). Mails carry the text only where the
// organisation's mail_content says so and the reader has agreed.
//
// # The end
//
// Conversations expire by the organisation's retention for messages, counted
// from the last message, unless they are on legal hold.
package conversations
