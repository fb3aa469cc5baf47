package notifications

import (
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"strings"

	"foyer/internal/notifications/mail"
)

// Where mails come back to: FOYER_MAIL_IN is one address, "portal@in.lindhof.example",
// whose server delivers everything behind a plus to it (RFC 5233). What comes back
// for a delivery goes to "portal+b…" when a mail server reports (VERP), to
// "portal+r…" when a person replies. The letters behind it are the delivery's id
// and a signature: nobody can answer, or let bounce, what was not sent to him.

// Purposes of return addresses.
const (
	bounceMark = "b"
	replyMark  = "r"

	purposeReturn = "notifications.return"
	signedBytes   = 10
	tokenChars    = 26 + 16 // 16 and 10 bytes in base32
	longestLocal  = 64      // RFC 5321 4.5.3.1.1
)

var base32lower = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// MailIn says where mails come back to. The zero MailIn is nowhere: Foyer does
// not ask for reports and replies then.
type MailIn struct{ local, domain string }

// ParseMailIn reads the address of FOYER_MAIL_IN; "" is nowhere.
func ParseMailIn(s string) (MailIn, error) {
	if strings.TrimSpace(s) == "" {
		return MailIn{}, nil
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Name != "" {
		return MailIn{}, fmt.Errorf("FOYER_MAIL_IN must be an address such as portal@in.example.org")
	}
	local, domain, _ := strings.Cut(strings.ToLower(a.Addr), "@")
	if len(local)+2+tokenChars > longestLocal || strings.Contains(local, "+") {
		return MailIn{}, fmt.Errorf("FOYER_MAIL_IN: what stands before the @ must have at most %d characters and no plus", longestLocal-2-tokenChars)
	}
	return MailIn{local, domain}, nil
}

// On tells whether mails come back at all.
func (m MailIn) On() bool { return m.local != "" }

// ComeBack says that mails come back, and where to. Call it once, before the
// queue runs.
func (s *Service) ComeBack(m MailIn) { s.back = m }

func (s *Service) sign(org, mark, id string) []byte {
	return s.around.Keys.Stream(purposeReturn, org, mark+":"+id, "address", signedBytes)
}

// returnTo is the address to which a delivery's reports or replies go.
func (s *Service) returnTo(org, mark, id string) (mail.Address, error) {
	raw, err := hex.DecodeString(strings.ReplaceAll(id, "-", ""))
	if err != nil || len(raw) != 16 {
		return mail.Address{}, fmt.Errorf("delivery id %q is no UUID", id)
	}
	token := base32lower.EncodeToString(raw) + base32lower.EncodeToString(s.sign(org, mark, id))
	return mail.Address{Addr: s.back.local + "+" + mark + token + "@" + s.back.domain}, nil
}

// readReturn takes a return address apart: whether it is one of the
// organisation's, for what, and of which delivery.
func (s *Service) readReturn(org, address string) (mark, id string, ok bool) {
	local, domain, _ := strings.Cut(strings.ToLower(address), "@")
	token, found := strings.CutPrefix(local, s.back.local+"+")
	if !s.back.On() || !found || domain != s.back.domain || len(token) != 1+tokenChars {
		return "", "", false
	}
	mark = token[:1]
	raw, err := base32lower.DecodeString(token[1:27])
	signed, err2 := base32lower.DecodeString(token[27:])
	if err != nil || err2 != nil || (mark != bounceMark && mark != replyMark) {
		return "", "", false
	}
	h := hex.EncodeToString(raw)
	id = h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
	return mark, id, hmacEqual(signed, s.sign(org, mark, id))
}
