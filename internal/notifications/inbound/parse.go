package inbound

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"net/textproto"
	"slices"
	"strings"

	"golang.org/x/net/html/charset"
)

// Mail is what matters of a mail.
type Mail struct {
	From      string   // address in the header From, lower case; "" when there is none
	To        []string // every address that may be the one it was sent to, lower case
	Subject   string
	MessageID string
	Text      string // of the first plain text part, else of the HTML part; without quotations
	Auto      bool   // no person wrote it (RFC 3834)
	Report    *Report
}

// Report says what became of a mail (RFC 3464), for one recipient.
type Report struct {
	Action string // "failed", "delayed", "delivered", "relayed", "expanded"
	Status string // RFC 3463: "5.1.1"
	Answer string // the server's words
}

// Bounds of what is read.
const (
	MaxSize  = 10 << 20 // bytes of a mail
	maxParts = 40
	maxDepth = 6
	maxText  = 200_000 // bytes of a reply
	maxField = 2000
)

// ErrTooLarge says that a mail is larger than MaxSize.
var ErrTooLarge = errors.New("inbound: mail too large")

// Parse reads a mail. It fails only when there is no header at all, or too much
// of everything.
func Parse(r io.Reader) (Mail, error) {
	raw, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return Mail{}, err
	}
	if len(raw) > MaxSize {
		return Mail{}, ErrTooLarge
	}
	if first, rest, ok := bytes.Cut(raw, []byte("\n")); ok && bytes.HasPrefix(first, []byte("From ")) {
		raw = rest // an mbox line before the header, as some servers' pipes put it
	}
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return Mail{}, err
	}
	out := Mail{From: one(m.Header.Get("From")), Subject: decoded(m.Header.Get("Subject")), MessageID: strings.Trim(clip(m.Header.Get("Message-Id")), "<> ")}
	for _, name := range []string{"Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc"} {
		for _, v := range m.Header[textproto.CanonicalMIMEHeaderKey(name)] {
			out.To = append(out.To, addresses(v)...)
		}
	}
	slices.Sort(out.To)
	out.To = slices.Compact(out.To)
	out.Auto = automatic(textproto.MIMEHeader(m.Header))
	w := walk{mail: &out}
	w.part(textproto.MIMEHeader(m.Header), m.Body, 0)
	text := w.plain
	if strings.TrimSpace(text) == "" {
		text = textOf(w.html)
	}
	out.Text = Unquoted(text)
	return out, nil
}

// automatic knows mails that no person wrote.
func automatic(h textproto.MIMEHeader) bool {
	if v := strings.ToLower(h.Get("Auto-Submitted")); v != "" && !strings.HasPrefix(v, "no") {
		return true
	}
	switch strings.ToLower(h.Get("Precedence")) {
	case "bulk", "junk", "list", "auto_reply":
		return true
	}
	return strings.TrimSpace(h.Get("Return-Path")) == "<>" || h.Get("X-Autoreply") != "" || h.Get("X-Autorespond") != "" || h.Get("List-Id") != ""
}

func clip(s string) string {
	s = strings.ToValidUTF8(s, "")
	if len(s) > maxField {
		s = strings.ToValidUTF8(s[:maxField], "")
	}
	return s
}

func decoded(s string) string {
	d := mime.WordDecoder{CharsetReader: func(label string, in io.Reader) (io.Reader, error) { return charset.NewReaderLabel(label, in) }}
	out, err := d.DecodeHeader(clip(s))
	if err != nil {
		out = clip(s)
	}
	return strings.Join(strings.Fields(strings.Map(printable, strings.ToValidUTF8(out, ""))), " ")
}

func printable(r rune) rune {
	if r < ' ' || r == 0x7f {
		return ' '
	}
	return r
}

// one is the only address of a header; several are none.
func one(v string) string {
	if list := addresses(v); len(list) == 1 {
		return list[0]
	}
	return ""
}

func addresses(v string) (out []string) {
	if len(v) > 20*maxField {
		return nil
	}
	list, err := netmail.ParseAddressList(v)
	if err != nil {
		v = strings.ToLower(strings.Trim(strings.TrimSpace(v), "<>"))
		if strings.Count(v, "@") == 1 && !strings.ContainsAny(v, " \t\r\n,;<>\"") {
			out = append(out, v)
		}
		return out
	}
	for _, a := range list {
		out = append(out, strings.ToLower(a.Address))
	}
	return out
}

// walk goes through the parts of a mail.
type walk struct {
	mail        *Mail
	parts       int
	plain, html string
}

func (w *walk) part(h textproto.MIMEHeader, body io.Reader, depth int) {
	if w.parts++; w.parts > maxParts || depth > maxDepth {
		return
	}
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		kind = "text/plain"
	}
	if strings.HasPrefix(kind, "multipart/") {
		r := multipart.NewReader(body, params["boundary"])
		for {
			p, err := r.NextRawPart()
			if err != nil {
				return // the end, or what is broken from here on
			}
			w.part(p.Header, p, depth+1)
		}
	}
	if attached, _, _ := mime.ParseMediaType(h.Get("Content-Disposition")); attached == "attachment" && kind != "message/delivery-status" {
		return
	}
	switch {
	case kind == "message/delivery-status" && w.mail.Report == nil:
		w.mail.Report = report(transfer(h, body))
	case kind == "text/plain" && w.plain == "":
		w.plain = readText(transfer(h, body), params["charset"])
	case kind == "text/html" && w.html == "":
		w.html = readText(transfer(h, body), params["charset"])
	}
}

func transfer(h textproto.MIMEHeader, body io.Reader) io.Reader {
	switch strings.ToLower(strings.TrimSpace(h.Get("Content-Transfer-Encoding"))) {
	case "quoted-printable":
		return quotedprintable.NewReader(body)
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, body)
	}
	return body
}

func readText(r io.Reader, label string) string {
	r = io.LimitReader(r, maxText)
	if label != "" && !strings.EqualFold(label, "utf-8") && !strings.EqualFold(label, "us-ascii") {
		if decoded, err := charset.NewReaderLabel(label, r); err == nil {
			r = decoded
		}
	}
	data, _ := io.ReadAll(r) // what came before an error is better than nothing
	return strings.ReplaceAll(strings.ToValidUTF8(string(data), "\uFFFD"), "\r\n", "\n")
}

// report reads the fields of a delivery status: a group about the message, then
// one for each recipient. Foyer writes to one recipient at a time; the worst of
// several counts.
func report(r io.Reader) *Report {
	in := textproto.NewReader(bufio.NewReader(io.LimitReader(r, 100_000)))
	var found *Report
	for range 20 {
		h, err := in.ReadMIMEHeader()
		if action := strings.ToLower(strings.TrimSpace(h.Get("Action"))); action != "" {
			x := &Report{Action: clip(strings.Fields(action)[0]), Status: status(h.Get("Status")), Answer: answer(h.Get("Diagnostic-Code"))}
			if found == nil || found.Action != "failed" {
				found = x
			}
		}
		if err != nil {
			break
		}
	}
	return found
}

// status takes the code out of "5.1.1 (bad destination mailbox address)".
func status(v string) string {
	fields := strings.Fields(v)
	if len(fields) == 0 {
		return ""
	}
	parts := strings.Split(fields[0], ".")
	if len(parts) != 3 || len(fields[0]) > 11 || !strings.Contains("245", parts[0]) || len(parts[0]) != 1 {
		return ""
	}
	for _, p := range parts {
		if p == "" || strings.Trim(p, "0123456789") != "" {
			return ""
		}
	}
	return fields[0]
}

// answer takes the type off "smtp; 550 …".
func answer(v string) string {
	if kind, rest, ok := strings.Cut(v, ";"); ok && !strings.Contains(kind, " ") {
		v = rest
	}
	return decoded(v)
}
