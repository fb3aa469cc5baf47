// Package cases lets residents report damage and ask their managers for things,
// and lets staff see them through. A case is a conversation (package
// conversations) with a number of the organisation and year, a category, a
// status, an urgency, a place, somebody who is responsible, and a due day.
//
// # Status
//
// A case begins as Open. It is InProgress as soon as staff work on it, Waiting
// when the resident has to do something, and Done in the end. A resident may
// call the own case done, open it again within ReopenDays, and rate it while it
// is done. Which step is possible is decided by Step alone.
//
// # Categories and providers
//
// An organisation has a tree of two levels: damage, and topics of which each
// opens a case or a plain message (X6). Until it writes its own, the tree of
// the product holds. Providers are the firms that help in a property; they
// stand above the form with the emergency numbers (H12).
//
// # Who sees a case
//
// The author and staff, and all contract parties of the lease only when the
// author shared it: portfolio.Audience of the conversation decides, nothing
// here. Staff see the cases of their properties, a caretaker those that are
// assigned to him.
//
// # One fault, many reports (W11)
//
// Reports of the same fault in a building are put together under a leading
// case. Each reporter keeps the own conversation, with the own words and what
// was answered to this reporter alone. A public answer is written into every
// one of them, and the status of the leading case is theirs. Nobody learns who
// else has reported.
//
// # Telling
//
// An answer, a status and an appointment are announced to those who may see the
// case by the channels that they chose (H11); whom nothing else reaches gets a
// letter. Staff hear of new cases and replies as of messages.
//
// # The end
//
// Cases expire by the organisation's retention for cases, counted from when
// they were done, unless they are on legal hold.
package cases
