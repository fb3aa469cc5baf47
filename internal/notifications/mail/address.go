package mail

import (
	"errors"
	netmail "net/mail"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// Address is a mailbox with the name shown beside it.
type Address struct {
	// Name is shown to the reader and may be empty. It holds no control characters.
	Name string
	// Addr is local@domain. The local part is a dot-atom of ASCII characters
	// (RFC 5321 4.1.2), the domain may be written in Unicode.
	Addr string
}

// Limits of RFC 5321 4.5.3.1, in bytes.
const (
	maxLocalPart = 64
	maxAddress   = 254
)

// What is wrong with an address; texts without the address, so they may be logged.
var (
	errAddress     = errors.New("not an e-mail address of the form name@domain")
	errAddressName = errors.New("the name beside the address is not plain text")
)

// atomExtra are the characters beside letters and digits that RFC 5322 3.2.3
// allows in an atom.
const atomExtra = "!#$%&'*+-/=?^_`{|}~"

// ParseAddress reads "name@domain" or "Shown Name <name@domain>" and returns it
// with the domain in ASCII (IDNA, lower case). The local part keeps its case.
// The error does not repeat the input.
func ParseAddress(s string) (Address, error) {
	s = strings.TrimSpace(s)
	a := Address{Addr: s}
	if strings.ContainsAny(s, "<>\"") {
		p, err := netmail.ParseAddress(s)
		if err != nil {
			return Address{}, errAddress
		}
		a = Address{Name: p.Name, Addr: p.Address}
	}
	return a.ascii()
}

// ascii checks the address and returns it with the domain in ASCII.
func (a Address) ascii() (Address, error) {
	if !headerText(a.Name) {
		return Address{}, errAddressName
	}
	at := strings.LastIndexByte(a.Addr, '@')
	if at < 1 || !utf8.ValidString(a.Addr) || at > maxLocalPart || !dotAtom(a.Addr[:at]) {
		return Address{}, errAddress
	}
	domain, err := idna.Lookup.ToASCII(a.Addr[at+1:])
	if err != nil || !hostname(domain) || at+1+len(domain) > maxAddress {
		return Address{}, errAddress
	}
	return Address{Name: a.Name, Addr: a.Addr[:at+1] + domain}, nil
}

// domain returns what stands behind the @.
func (a Address) domain() string { return a.Addr[strings.LastIndexByte(a.Addr, '@')+1:] }

// dotAtom reports whether s is atoms joined by single dots.
func dotAtom(s string) bool {
	for _, atom := range strings.Split(s, ".") {
		if atom == "" {
			return false
		}
		for i := range len(atom) {
			if c := atom[i]; !alphanumeric(c) && strings.IndexByte(atomExtra, c) < 0 {
				return false
			}
		}
	}
	return true
}

// hostname reports whether s is letters, digits and hyphens in labels of 1 to 63.
func hostname(s string) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	for _, label := range strings.Split(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for i := range len(label) {
			if !alphanumeric(label[i]) && label[i] != '-' {
				return false
			}
		}
	}
	return true
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// headerText reports whether s may stand in a header: valid UTF-8 without control
// characters (C0, DEL, C1) and without Unicode line or paragraph separators.
func headerText(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029' {
			return false
		}
	}
	return true
}
