package seal

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/crypto/chacha20poly1305"
)

// Keys derives subkeys from the installation's secret. It is safe for
// concurrent use.
type Keys struct{ secret []byte }

// New takes the 32-byte secret.
func New(secret []byte) (*Keys, error) {
	if len(secret) != 32 {
		return nil, errors.New("the secret must have 32 bytes")
	}
	return &Keys{secret: append([]byte{}, secret...)}, nil
}

// Load reads the secret file, or makes it (mode 0600) when it is missing.
// made tells which of the two.
func Load(path string) (k *Keys, made bool, err error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := create(path); err != nil {
			return nil, false, fmt.Errorf("make the secret file: %w", err)
		}
		made = true
		data, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, false, fmt.Errorf("read the secret file: %w", err)
	}
	secret := make([]byte, 32)
	n, err := hex.Decode(secret, trim(data))
	if err != nil || n != 32 {
		return nil, false, errors.New("the secret file must hold 64 hexadecimal digits; restore it from your backup, a new one makes all codes and sessions void")
	}
	k, err = New(secret)
	return k, made, err
}

func trim(b []byte) []byte {
	for len(b) > 0 && (b[len(b)-1] == '\n' || b[len(b)-1] == '\r' || b[len(b)-1] == ' ') {
		b = b[:len(b)-1]
	}
	if len(b) > 64 {
		return nil
	}
	return b
}

// create links the finished file into place, so that of two processes which
// start together exactly one secret wins and none is ever half written.
func create(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".secret")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	secret := make([]byte, 32)
	rand.Read(secret)
	_, err = fmt.Fprintln(f, hex.EncodeToString(secret))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	// Without this a power cut could take the file away again, and with it the
	// worth of every code and session made meanwhile.
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func (k *Keys) sub(purpose, org string) []byte {
	key, err := hkdf.Key(sha256.New, k.secret, nil, purpose+"\x00"+org, 32)
	if err != nil {
		panic(err) // only for lengths that 32 is not
	}
	return key
}

// Hash returns the HMAC-SHA-256 of a secret value as base64url, keyed by
// purpose and organisation. It is what the database keeps of codes and tokens.
func (k *Keys) Hash(purpose, org, value string) string {
	m := hmac.New(sha256.New, k.sub(purpose, org))
	m.Write([]byte(value))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

// Stream derives n pseudo-random bytes from a seed that only we know, for
// codes that must come out the same when a batch is continued.
func (k *Keys) Stream(purpose, org, seed, name string, n int) []byte {
	m := hmac.New(sha256.New, k.sub(purpose, org))
	m.Write([]byte(seed))
	out, err := hkdf.Expand(sha256.New, m.Sum(nil), name, n)
	if err != nil {
		panic(err) // n is a small constant
	}
	return out
}

// Seal encrypts data (XChaCha20-Poly1305) for purpose and organisation.
func (k *Keys) Seal(purpose, org string, data []byte) []byte {
	box, err := chacha20poly1305.NewX(k.sub(purpose, org))
	if err != nil {
		panic(err)
	}
	nonce := make([]byte, box.NonceSize(), box.NonceSize()+len(data)+box.Overhead())
	rand.Read(nonce)
	return box.Seal(nonce, nonce, data, []byte(purpose+"\x00"+org))
}

// Open decrypts what Seal made; it fails on any changed bit and on data of
// another purpose or organisation.
func (k *Keys) Open(purpose, org string, sealed []byte) ([]byte, error) {
	box, err := chacha20poly1305.NewX(k.sub(purpose, org))
	if err != nil {
		return nil, err
	}
	if len(sealed) < box.NonceSize() {
		return nil, errors.New("sealed data is too short")
	}
	return box.Open(nil, sealed[:box.NonceSize()], sealed[box.NonceSize():], []byte(purpose+"\x00"+org))
}

// Token returns 128 random bits as 22 characters base64url.
func Token() string {
	var b [16]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Digits returns n random decimal digits.
func Digits(n int) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = '0' + pick(10)
	}
	return string(out)
}

// pick returns a uniform number below n ≤ 256.
func pick(n int) byte {
	limit := byte(256 - 256%n - 1)
	var b [1]byte
	for {
		rand.Read(b[:])
		if b[0] <= limit {
			return b[0] % byte(n)
		}
	}
}
