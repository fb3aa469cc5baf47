// Package jobs is the queue and the clockwork. A job is a row, written by
// Enqueue in the same transaction as the change that causes it, so that
// neither can exist without the other.
//
// Workers claim a due row with one UPDATE … RETURNING (on PostgreSQL with SKIP
// LOCKED), hold it by a lease that a heartbeat renews, and delete it when the
// handler succeeds. A handler that fails is tried again with growing pauses; after its
// last attempt the row is dead and shown to staff. A process that dies loses
// its lease and another worker takes over, so a handler may run twice: it must
// be idempotent. A process that stops in order puts its jobs back; that counts
// as no attempt.
//
// A schedule is a job that puts itself back for its next time, one row per
// organisation; any number of processes run it once.
package jobs
