package store

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"sync"
	"time"
)

// Micros gives an instant as the database keeps it: microseconds UTC since
// 1970. The zero time is 0.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// Time reads what Micros wrote. 0 is the zero time.
func Time(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// ids makes UUIDv7 that grow within the process even inside one millisecond.
var ids struct {
	sync.Mutex
	last uint64 // milliseconds << 12 | counter
}

// NewID returns a UUID version 7 (RFC 9562 §5.7) in lower-case text form: 48
// bits of time, a counter, 62 random bits. It is a key, not a secret.
func NewID() string {
	var b [16]byte
	rand.Read(b[8:])
	ids.Lock()
	ms := uint64(clock().UnixMilli())
	if next := ms << 12; next > ids.last {
		ids.last = next
	} else {
		ids.last++
	}
	v := ids.last
	ids.Unlock()
	binary.BigEndian.PutUint64(b[:8], v>>12<<16|v&0xfff)
	b[6] = 0x70 | b[6]&0x0f
	b[8] = 0x80 | b[8]&0x3f
	return text(b)
}

// IDFrom returns the id that always comes from these parts, in the form of a
// UUID version 8 (RFC 9562 §5.8): 122 bits of their SHA-256. With an account and
// the key of a form as parts, a form that is sent twice makes one thing.
func IDFrom(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	b := h.Sum(nil)[:16]
	b[6] = 0x80 | b[6]&0x0f
	b[8] = 0x80 | b[8]&0x3f
	return text([16]byte(b))
}

// text writes an id.
func text(b [16]byte) string {
	var out [36]byte
	hex.Encode(out[0:8], b[0:4])
	hex.Encode(out[9:13], b[4:6])
	hex.Encode(out[14:18], b[6:8])
	hex.Encode(out[19:23], b[8:10])
	hex.Encode(out[24:36], b[10:16])
	out[8], out[13], out[18], out[23] = '-', '-', '-', '-'
	return string(out[:])
}

// clock orders keys only; no rule of the product reads it.
var clock = time.Now
