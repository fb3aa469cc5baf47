// Package seal holds the installation's secret and what is made of it: keyed
// hashes for codes and tokens (so that a stolen database alone lets nobody
// guess), sealed boxes for what must be read again (letter batches), random
// tokens, typed codes and password hashes.
//
// One 32-byte secret lives in FOYER_SECRET_FILE, outside the database. Every
// use gets its own subkey by HKDF (RFC 5869), named by purpose and
// organisation, so that a value of one place never fits another.
package seal
