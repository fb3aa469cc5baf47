package seal

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"foyer/internal/platform/fault"
)

// Passwords hashes and checks passwords with argon2id, m=19 MiB, t=2, p=1
// (OWASP; 17 ms a hash). At most one hash per core runs at a time; a bounded
// number waits, the rest is told to come back.
type Passwords struct {
	run  chan struct{}
	wait chan struct{}
	void string
}

const (
	argonTime, argonMemory, argonThreads = 2, 19 * 1024, 1
	waitingHashes                        = 600
)

// NewPasswords returns the hasher of a process.
func NewPasswords() *Passwords {
	p := &Passwords{run: make(chan struct{}, runtime.NumCPU()), wait: make(chan struct{}, waitingHashes)}
	p.void = encode(make([]byte, 16), make([]byte, 32))
	return p
}

func encode(salt, sum []byte) string {
	e := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", argonMemory, argonTime, argonThreads, e.EncodeToString(salt), e.EncodeToString(sum))
}

func (p *Passwords) turn(ctx context.Context) (release func(), err error) {
	select {
	case p.wait <- struct{}{}:
	default:
		return nil, fault.Unavailable(fmt.Errorf("too many sign-ins at once"))
	}
	select {
	case p.run <- struct{}{}:
		<-p.wait
		return func() { <-p.run }, nil
	case <-ctx.Done():
		<-p.wait
		return nil, ctx.Err()
	}
}

// Hash returns the PHC string of a password. Passwords are normalised to NFKC,
// so that the same keys on another device give the same password (NIST SP
// 800-63B).
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	release, err := p.turn(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	salt := make([]byte, 16)
	rand.Read(salt)
	return encode(salt, derive(password, salt)), nil
}

func derive(password string, salt []byte) []byte {
	return argon2.IDKey([]byte(norm.NFKC.String(password)), salt, argonTime, argonMemory, argonThreads, 32)
}

// Check tells whether the password fits the hash. An empty or broken hash
// costs the same work and never fits: an unknown account must look like a
// known one with a wrong password.
func (p *Passwords) Check(ctx context.Context, hash, password string) (bool, error) {
	release, err := p.turn(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	salt, want, ok := decode(hash)
	if !ok {
		salt, want, _ = decode(p.void)
	}
	same := subtle.ConstantTimeCompare(derive(password, salt), want) == 1
	return same && ok, nil
}

func decode(hash string) (salt, sum []byte, ok bool) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[3] != fmt.Sprintf("m=%d,t=%d,p=%d", argonMemory, argonTime, argonThreads) {
		return nil, nil, false
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	sum, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	return salt, sum, err1 == nil && err2 == nil && len(sum) == 32
}
