package mail

import (
	"errors"
	netmail "net/mail"
	"strings"
	"unicode/utf8"

	"foyer/internal/platform/email"
)

// Address is a mailbox with the name shown beside it.
type Address struct {
	// Name is shown to the reader and may be empty. It holds no control characters.
	Name string
	// Addr is local@domain as package email takes it; it is sent in the canonical
	// spelling.
	Addr string
}

// What is wrong with an address; texts without the address, so they may be logged.
var (
	errAddress     = errors.New("not an e-mail address of the form name@domain")
	errAddressName = errors.New("the name beside the address is not plain text")
)

// ParseAddress reads "name@domain" or "Shown Name <name@domain>" and returns it
// in the canonical spelling of package email. The error does not repeat the input.
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
	return a.canonical()
}

// canonical checks the address and returns it as package email spells it: all ASCII.
func (a Address) canonical() (Address, error) {
	if !headerText(a.Name) {
		return Address{}, errAddressName
	}
	addr, err := email.Canonical(a.Addr)
	if err != nil {
		return Address{}, err
	}
	return Address{Name: a.Name, Addr: addr}, nil
}

// domain returns what stands behind the @.
func (a Address) domain() string { return a.Addr[strings.LastIndexByte(a.Addr, '@')+1:] }

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
