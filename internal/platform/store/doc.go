// Package store is the only user of database/sql. It runs one portable SQL
// text with $N placeholders on two engines, SQLite (embedded, the default) and
// PostgreSQL, and guards the isolation of organisations at one door:
//
//   - every statement is a Query, checked when its package is initialised:
//     Scoped demands the organisation for every table it names; Global is the
//     listed exception;
//   - every transaction has a Scope. In the transaction of an organisation $1
//     is always that organisation; callers cannot pass it;
//   - on PostgreSQL row-level security repeats the rule inside the database.
//
// Both engines promise the same: Read sees one snapshot, Write is
// serializable. On SQLite a Write is BEGIN IMMEDIATE on a pool of one
// connection and a Read runs on query_only connections; on PostgreSQL Write is
// SERIALIZABLE with bounded retries. A closure may therefore run twice:
// nothing but its transaction may happen inside it, no mail, file or HTTP.
//
// Ids are UUIDv7 texts, instants are int64 microseconds UTC, days are texts
// YYYY-MM-DD, money is int64 minor units, energy int64 Wh.
package store
