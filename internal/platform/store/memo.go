package store

import (
	"sync"
	"sync/atomic"
	"time"
)

// memoLife is how long an answer is held at most: until then another process,
// or the clock, may have made it older than what a fresh one would say.
const memoLife = 10 * time.Second

// memoMost bounds how many answers a Memo holds.
const memoMost = 4096

// Memo holds figures that are dear to compute and that a page shows beside what
// it is about: how many wait, how many are in which state. An answer is given
// again while this process has written nothing for the organisation, and for
// ten seconds. What decides anything is read afresh instead. The zero Memo is
// ready to use, by any number of goroutines.
type Memo[K comparable, V any] struct {
	mu   sync.Mutex
	held map[memoKey[K]]memoEntry[V]
}

type memoKey[K comparable] struct {
	org string
	key K
}

type memoEntry[V any] struct {
	value  V
	writes uint64
	at     time.Time
}

// State is what an organisation's data was at a moment, as far as this process
// has written it.
type State struct {
	org    string
	writes uint64
}

// State returns the state now.
func (db *DB) State(s Scope) State { return State{s.org, db.written(s.org).Load()} }

// State returns the state that the transaction sees.
func (tx *Tx) State() State { return tx.state }

// Get returns the organisation's answer to key, from fn when there is none that
// still holds. fn looks at the data of that state or of a later one. What Get
// returns is shared: do not change it.
func (m *Memo[K, V]) Get(s State, key K, now time.Time, fn func() (V, error)) (V, error) {
	k := memoKey[K]{s.org, key}
	m.mu.Lock()
	e, ok := m.held[k]
	m.mu.Unlock()
	if age := now.Sub(e.at); ok && e.writes == s.writes && age >= 0 && age < memoLife {
		return e.value, nil
	}
	v, err := fn()
	if err != nil {
		return v, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.held == nil || len(m.held) >= memoMost {
		m.held = map[memoKey[K]]memoEntry[V]{}
	}
	m.held[k] = memoEntry[V]{v, s.writes, now}
	return v, nil
}

// written counts this process's committed Writes of an organisation.
func (db *DB) written(org string) *atomic.Uint64 {
	if n, ok := db.writes.Load(org); ok {
		return n.(*atomic.Uint64)
	}
	n, _ := db.writes.LoadOrStore(org, new(atomic.Uint64))
	return n.(*atomic.Uint64)
}
