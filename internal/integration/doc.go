// Package integration brings lists of other systems in: so far resident lists,
// one row for one person in one lease.
//
// # The story of a list
//
// Start keeps the file and reads its headings; the run is in state "columns".
// Check fixes which heading means what and lets a job read and compare: it
// changes nothing but the run's own tables. "checked" tells what would be new,
// changed, unchanged, ending and rejected, row by row, with reasons. Apply lets
// a job write the good rows, in batches, each in one transaction together with
// the note that it was done and the before-images: what dies continues at the
// next batch, nothing is lost and nothing happens twice. Undo takes the last
// applied list back the same way, and lists what it has to leave because
// somebody has begun to use it.
//
//	columns → checking → checked → applying → applied → undoing → undone
//	             ↓          ↓          ↓                   ↓
//	           failed   cancelled   stopped             stopped
//
// Only one run of an organisation writes at a time. A run that has no sign of
// life may be pushed aside by the next: one that a job writes after longer than
// a job's lease, one that a command writes after seconds (hold.go).
//
// # From rows to objects
//
// Comparing reads the staged rows once to see which of them speak of the same
// unit, lease or person (index.go), completes rows from their fellow rows and
// finds contradictions (merge.go), looks up what the database has (match.go)
// and announces changes (plan.go). The first good row that names an object
// decides about it and carries its changes. Applying makes the same plan again
// from what the database has by then; a row whose plan is no longer the
// announced one is refused instead of overwriting what somebody else did.
//
// What matches what is written down in docs/import.md.
//
// # What a list cannot do
//
// It never deletes. It ends leases and memberships that are missing only when
// the list was said to be whole and the ending was asked for. It does not touch
// the login of a registered resident: another e-mail address for such a person
// is a conflict to be settled with the resident. An empty cell says nothing,
// but for lease_end, where it means that the lease is open.
package integration
