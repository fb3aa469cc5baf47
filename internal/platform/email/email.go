// Package email compares e-mail addresses. An address is a login name here, so
// two spellings are the same exactly when Canonical gives the same text: ASCII
// lower case, the domain in its IDNA form, and no other folding. Wider rules
// ("ſ" as "s", the Kelvin sign as "k", dots and plus signs ignored) would let
// one person ask for another person's link.
package email

import (
	"embed"
	"errors"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"foyer/internal/platform/fault"
)

// Texts are the texts of this package.
//
//go:embed text/*.json
var Texts embed.FS

// What Canonical refuses. None repeats the address.
var (
	ErrEmpty  = errors.New("no e-mail address")
	ErrNoAt   = errors.New("e-mail address without @")
	ErrLocal  = errors.New("e-mail address with a part before the @ that we do not take")
	ErrDomain = errors.New("e-mail address with an impossible domain")
)

var keys = map[error]string{ErrEmpty: "email.empty", ErrNoAt: "email.no_at", ErrLocal: "email.local", ErrDomain: "email.domain"}

// Key returns the catalogue key of the sentence for one of Canonical's errors.
func Key(err error) string {
	for e, k := range keys {
		if errors.Is(err, e) {
			return k
		}
	}
	return "email.domain"
}

// Field is Canonical for a form field: its error is a fault.Invalid of that
// field.
func Field(name, address string) (string, error) {
	out, err := Canonical(address)
	if err != nil {
		return "", fault.Wrong(name, Key(err))
	}
	return out, nil
}

// maxLocal and maxAddress are the limits of RFC 5321 §4.5.3.1 in bytes.
const (
	maxLocal   = 64
	maxAddress = 254
)

// lookup is UTS #46 with the rules of IDNA2008 for registered names.
var lookup = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.Transitional(false), idna.StrictDomainName(true), idna.VerifyDNSLength(true))

// Canonical returns the one spelling of an address under which it is kept and
// compared: "Jette@Bücher.example" becomes "jette@xn--bcher-kva.example". The
// part before the @ is an ASCII dot-atom (RFC 5322 §3.2.3); quoted parts,
// comments, display names, lists and anything beyond ASCII are refused, as are
// domains without a dot and IP addresses in brackets.
func Canonical(address string) (string, error) {
	address = strings.Trim(address, " \t")
	if address == "" {
		return "", ErrEmpty
	}
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return "", ErrNoAt
	}
	local, domain := address[:at], address[at+1:]
	if !dotAtom(local) {
		return "", ErrLocal
	}
	// The length is cut before IDNA so that nobody makes us work on a book.
	if len(domain) > maxAddress || strings.HasSuffix(domain, ".") || !utf8.ValidString(domain) {
		return "", ErrDomain
	}
	ascii, err := lookup.ToASCII(domain)
	if err != nil || !hostName(ascii) {
		return "", ErrDomain
	}
	// What does not survive a second look is a trick, not a name.
	if again, err := lookup.ToASCII(ascii); err != nil || again != ascii {
		return "", ErrDomain
	}
	out := lower(local) + "@" + ascii
	if len(out) > maxAddress {
		return "", ErrDomain
	}
	return out, nil
}

func dotAtom(s string) bool {
	if s == "" || len(s) > maxLocal || s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..") {
		return false
	}
	for i := range len(s) {
		c := s[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !letter && strings.IndexByte("!#$%&'*+-/=?^_`{|}~.", c) < 0 {
			return false
		}
	}
	return true
}

// hostName wants at least two labels and a last one that is not a number.
func hostName(s string) bool {
	dot := strings.LastIndexByte(s, '.')
	if dot <= 0 || dot == len(s)-1 || strings.Contains(s, "..") {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '.') {
			return false
		}
	}
	return strings.Trim(s[dot+1:], "0123456789") != ""
}

// lower is ASCII only; strings.ToLower turns the Kelvin sign into "k".
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// Mask shows enough of an address to recognise one's own: "j…@post.example".
func Mask(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 1 {
		return "…"
	}
	return address[:1] + "…" + address[at:]
}
