package mailtest

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
)

// Message is one mail as the server took it.
type Message struct {
	// From and To are the envelope: what stood in MAIL FROM and RCPT TO.
	From string
	To   []string
	// Header is the parsed header; values are still encoded (see Decoded).
	Header netmail.Header
	// Subject is decoded.
	Subject string
	// Text and HTML are the decoded bodies with line feeds; empty when missing.
	Text, HTML string
	// TLS, User and Helo describe the connection: encrypted or not, the user
	// signed in with a password, the name given by the sender.
	TLS        bool
	User, Helo string
	// Conn counts connections from 1, so reuse can be seen.
	Conn int
	// Raw is the message as it came over the wire.
	Raw []byte
}

// MessageID is the Message-ID without angle brackets.
func (m Message) MessageID() string { return strings.Trim(m.Header.Get("Message-Id"), "<>") }

// Decoded is a header field as a mail program shows it.
func (m Message) Decoded(field string) string {
	v, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get(field))
	if err != nil {
		return m.Header.Get(field)
	}
	return v
}

// Parse reads a message as a mail program would: one text part, or
// multipart/alternative of text and HTML.
func Parse(raw []byte) (Message, error) {
	m := Message{Raw: raw}
	parsed, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return m, fmt.Errorf("reading the header: %w", err)
	}
	m.Header = parsed.Header
	m.Subject = m.Decoded("Subject")
	kind, params, err := mime.ParseMediaType(parsed.Header.Get("Content-Type"))
	if err != nil {
		return m, fmt.Errorf("content type: %w", err)
	}
	if kind != "multipart/alternative" {
		return m, m.part(kind, parsed.Header.Get("Content-Transfer-Encoding"), parsed.Body)
	}
	r := multipart.NewReader(parsed.Body, params["boundary"])
	for {
		// NextRawPart leaves the transfer encoding alone, as part does it itself.
		p, err := r.NextRawPart()
		if err == io.EOF {
			return m, nil
		}
		if err != nil {
			return m, fmt.Errorf("parts: %w", err)
		}
		kind, _, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
		if err != nil {
			return m, fmt.Errorf("content type of a part: %w", err)
		}
		if err := m.part(kind, p.Header.Get("Content-Transfer-Encoding"), p); err != nil {
			return m, err
		}
	}
}

// part takes over one body.
func (m *Message) part(kind, encoding string, r io.Reader) error {
	if encoding != "quoted-printable" {
		return fmt.Errorf("unexpected transfer encoding %q", encoding)
	}
	b, err := io.ReadAll(quotedprintable.NewReader(r))
	if err != nil {
		return fmt.Errorf("body: %w", err)
	}
	text := strings.ReplaceAll(string(b), "\r\n", "\n")
	switch {
	case kind == "text/plain" && m.Text == "":
		m.Text = text
	case kind == "text/html" && m.HTML == "":
		m.HTML = text
	default:
		return fmt.Errorf("unexpected part %q", kind)
	}
	return nil
}
