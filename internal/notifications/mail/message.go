package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	netmail "net/mail"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"
)

// Message is one e-mail to one recipient.
type Message struct {
	// From is the sender shown to the reader and given to the server.
	From Address
	// To is the only recipient.
	To Address
	// ReplyTo is where answers go; nil means to From.
	ReplyTo *Address
	// Subject is one line of 1 to 250 characters.
	Subject string
	// Text is the plain-text body; it is required.
	Text string
	// HTML is the same content as HTML; empty sends the text alone.
	HTML string
	// MessageID identifies the message, without angle brackets, as made by
	// NewMessageID. Sending again after an unknown outcome uses the same one, so
	// the reader's server can recognise the duplicate.
	MessageID string
	// Lang is the language of subject and bodies, such as "de" or "de-CH".
	Lang string
	// AutoSubmitted marks a mail that no person wrote (RFC 3834), so that
	// holiday replies stay away. Everything Foyer sends by itself sets it.
	AutoSubmitted bool
	// Thread is the Message-ID, without angle brackets, that all mails of one
	// conversation refer to (In-Reply-To and References, RFC 5322 3.6.4); "" for
	// none.
	Thread string
	// Unsubscribe is the https (on loopback http) address at which a POST ends
	// mails of this kind (RFC 8058); "" for none.
	Unsubscribe string
	// ReturnPath is the envelope's sender, to which a server that cannot deliver
	// reports (RFC 5321 4.4); nil means From.
	ReturnPath *Address
	// Private content needs an encrypted way to the server; without one the
	// message is not sent.
	Private bool
}

// maxSubject is the longest subject in characters; mail programs cut earlier.
const maxSubject = 250

var (
	messageIDForm   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}@[A-Za-z0-9][A-Za-z0-9.-]{0,252}$`)
	unsubscribeForm = regexp.MustCompile(`^https?://[A-Za-z0-9.:\[\]-]+/[A-Za-z0-9/._~-]*$`)
	langForm        = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
)

// NewMessageID makes the Message-ID of a delivery: its id (letters, digits,
// hyphens) in the sender's domain.
func NewMessageID(deliveryID string, from Address) string {
	if a, err := from.canonical(); err == nil {
		from = a
	}
	return deliveryID + "@" + from.domain()
}

// Check reports the first thing that keeps the message from being sent. The
// error names the field, never its content.
func (m Message) Check() error {
	_, err := m.checked()
	return err
}

// checked returns the message with all addresses in canonical spelling and a trimmed subject.
func (m Message) checked() (Message, error) {
	var err error
	m.Subject = strings.Trim(m.Subject, " ")
	if m.From, err = m.From.canonical(); err != nil {
		return m, fmt.Errorf("sender: %w", err)
	}
	if m.To, err = m.To.canonical(); err != nil {
		return m, fmt.Errorf("recipient: %w", err)
	}
	if m.ReplyTo != nil {
		a, err := m.ReplyTo.canonical()
		if err != nil {
			return m, fmt.Errorf("reply address: %w", err)
		}
		m.ReplyTo = &a
	}
	if m.ReturnPath != nil {
		a, err := m.ReturnPath.canonical()
		if err != nil {
			return m, fmt.Errorf("return path: %w", err)
		}
		m.ReturnPath = &a
	}
	switch {
	case m.Thread != "" && !messageIDForm.MatchString(m.Thread):
		return m, errors.New("thread: not of the form id@domain")
	case m.Unsubscribe != "" && !unsubscribeForm.MatchString(m.Unsubscribe):
		return m, errors.New("unsubscribe: not a plain web address")
	case strings.TrimSpace(m.Subject) == "" || utf8.RuneCountInString(m.Subject) > maxSubject || !headerText(m.Subject):
		return m, fmt.Errorf("subject: not one line of 1 to %d characters", maxSubject)
	case !messageIDForm.MatchString(m.MessageID):
		return m, errors.New("message id: not of the form id@domain")
	case !langForm.MatchString(m.Lang):
		return m, errors.New("language: not a language tag")
	case strings.TrimSpace(m.Text) == "":
		return m, errors.New("text: empty")
	}
	return m, nil
}

// compose returns the message as it goes over the wire (RFC 5322, CRLF). The same
// message and date give the same bytes.
func (m Message) compose(date time.Time) ([]byte, error) {
	out := gomail.NewMsg(
		gomail.WithNoDefaultUserAgent(),
		gomail.WithEncoding(gomail.EncodingQP),
		gomail.WithBoundary(m.boundary()),
	)
	out.FromMailAddress(&netmail.Address{Name: m.From.Name, Address: m.From.Addr})
	out.ToMailAddress(&netmail.Address{Name: m.To.Name, Address: m.To.Addr})
	if m.ReplyTo != nil {
		out.ReplyToMailAddress(&netmail.Address{Name: m.ReplyTo.Name, Address: m.ReplyTo.Addr})
	}
	out.Subject(encodeSubject(m.Subject))
	out.SetDateWithValue(date)
	out.SetMessageIDWithValue(m.MessageID)
	out.SetGenHeader(gomail.HeaderContentLang, m.Lang)
	if m.AutoSubmitted {
		out.SetGenHeader("Auto-Submitted", "auto-generated")
	}
	if m.Thread != "" {
		out.SetGenHeader("In-Reply-To", "<"+m.Thread+">")
		out.SetGenHeader("References", "<"+m.Thread+">")
	}
	if m.Unsubscribe != "" {
		out.SetGenHeader("List-Unsubscribe", "<"+m.Unsubscribe+">")
		out.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	out.SetBodyString(gomail.TypeTextPlain, bodyText(m.Text))
	if m.HTML != "" {
		out.AddAlternativeString(gomail.TypeTextHTML, bodyText(m.HTML))
	}
	var buf bytes.Buffer
	if _, err := out.WriteTo(&buf); err != nil {
		return nil, fmt.Errorf("composing: %w", err)
	}
	return buf.Bytes(), nil
}

// boundary separates the parts. It is a hash over the parts, so nobody can write
// a body that contains it, and sending again repeats it.
func (m Message) boundary() string {
	h := sha256.New()
	for _, s := range []string{m.MessageID, m.Text, m.HTML} {
		fmt.Fprintf(h, "%d:%s", len(s), s)
	}
	return hex.EncodeToString(h.Sum(nil)[:24])
}

// bodyText makes a body valid UTF-8 without NUL, which some servers refuse.
func bodyText(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// encodeSubject encodes a subject that itself looks like an encoded word, which
// readers would otherwise decode into something nobody wrote (a line break, for
// one). Everything else is left to go-mail, which encodes where needed.
func encodeSubject(s string) string {
	if !strings.Contains(s, "=?") {
		return s
	}
	// 45 bytes give 60 base64 characters: with the frame at most 75 (RFC 2047 2).
	var words []string
	for len(s) > 0 {
		n := min(len(s), 45)
		for n < len(s) && !utf8.RuneStart(s[n]) {
			n--
		}
		words = append(words, "=?utf-8?b?"+base64.StdEncoding.EncodeToString([]byte(s[:n]))+"?=")
		s = s[n:]
	}
	return strings.Join(words, " ")
}
