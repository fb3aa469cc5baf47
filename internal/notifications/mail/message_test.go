package mail

import (
	"bytes"
	"errors"
	netmail "net/mail"
	"sort"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"foyer/internal/notifications/mail/mailtest"
)

// aDate is when all mails of these tests are sent.
var aDate = time.Date(2026, 11, 17, 9, 42, 0, 0, time.FixedZone("CET", 3600))

func aNow() time.Time { return aDate }

// aMessage is a complete mail.
func aMessage(t *testing.T) Message {
	t.Helper()
	page, text, err := Render(confirmation())
	if err != nil {
		t.Fatal(err)
	}
	return Message{
		From:          Address{Name: "Lindhof Hausverwaltung", Addr: "portal@foyer.example"},
		To:            Address{Name: "Marlene Brandt", Addr: "marlene.brandt@post.example"},
		ReplyTo:       &Address{Name: "Büro", Addr: "buero@lindhof.example"},
		Subject:       "Bestätigen Sie Ihre E-Mail-Adresse",
		Text:          text,
		HTML:          page,
		MessageID:     "0193-7f2a@foyer.example",
		Lang:          "de",
		AutoSubmitted: true,
	}
}

func compose(t *testing.T, m Message) []byte {
	t.Helper()
	m, err := m.checked()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := m.compose(aDate)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestComposeGolden(t *testing.T) {
	m := aMessage(t)
	m.HTML = "<!doctype html>\n<html lang=\"de\"><body><p>Grüße</p></body></html>\n"
	m.Text = "Grüße\n.\nEin Punkt allein auf einer Zeile.\n"
	raw := string(compose(t, m))
	if strings.Contains(strings.ReplaceAll(raw, "\r\n", ""), "\n") {
		t.Error("a line feed without carriage return")
	}
	golden(t, "message.eml", strings.ReplaceAll(raw, "\r\n", "\n"))
}

func TestComposeReadsBack(t *testing.T) {
	m := aMessage(t)
	got, err := mailtest.Parse(compose(t, m))
	if err != nil {
		t.Fatal(err)
	}
	if got.Text != m.Text || got.HTML != m.HTML {
		t.Error("a body changed on its way:", cmp.Diff(m.Text, got.Text), cmp.Diff(m.HTML, got.HTML))
	}
	header := map[string]string{
		"Subject": m.Subject, "Message-Id": "<0193-7f2a@foyer.example>", "Content-Language": "de",
		"Auto-Submitted": "auto-generated", "Date": "Tue, 17 Nov 2026 09:42:00 +0100",
		"To": `"Marlene Brandt" <marlene.brandt@post.example>`, "Reply-To": "Büro <buero@lindhof.example>",
		"User-Agent": "", "X-Mailer": "",
	}
	for field, want := range header {
		if v := got.Decoded(field); v != want {
			t.Errorf("%s: %q, want %q", field, v, want)
		}
	}
	m.AutoSubmitted, m.HTML, m.ReplyTo = false, "", nil
	got, err = mailtest.Parse(compose(t, m))
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"Auto-Submitted", "Reply-To"} {
		if _, ok := got.Header[field]; ok {
			t.Errorf("%s is there without need", field)
		}
	}
	if got.HTML != "" || got.Text != m.Text || !strings.HasPrefix(got.Header.Get("Content-Type"), "text/plain") {
		t.Errorf("a mail without HTML is not plain text: %v", got.Header)
	}
}

// TestT37_SendingAgainRepeatsTheBytes: same message, same bytes, so a duplicate is recognisable.
func TestT37_SendingAgainRepeatsTheBytes(t *testing.T) {
	m := aMessage(t)
	first, again := compose(t, m), compose(t, m)
	if !bytes.Equal(first, again) {
		t.Error("composing again gives other bytes:", cmp.Diff(string(first), string(again)))
	}
	m.Text += "."
	if other := compose(t, m); m.boundary() == aMessage(t).boundary() || bytes.Equal(first, other) {
		t.Error("another text has the same boundary")
	}
}

// injections are attempts to end a header, a command or the message.
var injections = []string{
	"\r\nBcc: eve@evil.example", "\nBcc: eve@evil.example", "\rBcc: eve@evil.example", "\r\n\r\nbody", "\n\nbody",
	"\r\n Bcc: eve@evil.example", "\r\n\tfolded", "\x00", "\x00Bcc: x", "\v", "\f", "\x1b[2J", "\x7f", "\u0085Bcc: x", "\u2028Bcc: x", "\u2029Bcc: x",
	"%0d%0aBcc: eve@evil.example", "%0ABcc:eve@evil.example", "\\r\\nBcc: eve@evil.example",
	"\u560d\u560aBcc: eve@evil.example", "\u010d\u010aBcc: eve@evil.example", "\xc0\x8d\xc0\x8aBcc: x", "\xe5\x98\x8a", "\xff\xfe",
	"=?utf-8?q?=0d=0aBcc:_eve@evil.example?=", "=?utf-8?b?DQpCY2M6IGV2ZUBldmlsLmV4YW1wbGU=?=", "=?utf-8?q?a?= =?utf-8?q?b?=", "=?x?y?",
	", eve@evil.example", "; eve@evil.example", "> , <eve@evil.example", "<eve@evil.example>", "\"", "\\", "\\\" <eve@evil.example>", "(comment)",
	"> SIZE=1", "> NOTIFY=NEVER", " ORCPT=rfc822;eve@evil.example", "\r\nRCPT TO:<eve@evil.example>", "\r\n.\r\nMAIL FROM:<eve@evil.example>",
	strings.Repeat("ü", 200), strings.Repeat("a ", 100), strings.Repeat("x", 240), "  two  spaces  ", "\ttab",
}

// TestT27_HeaderInjection puts every attempt into every field: the message is
// refused as a whole, or its header has the very fields of a harmless one, and the
// field reads back as it was written.
func TestT27_HeaderInjection(t *testing.T) {
	fields := map[string]func(*Message, string){
		"From.Name":    func(m *Message, s string) { m.From.Name = "A" + s },
		"From.Addr":    func(m *Message, s string) { m.From.Addr = "a@b.example" + s },
		"From.local":   func(m *Message, s string) { m.From.Addr = "a" + s + "@b.example" },
		"To.Name":      func(m *Message, s string) { m.To.Name = "A" + s },
		"To.Addr":      func(m *Message, s string) { m.To.Addr = "a@b.example" + s },
		"To.local":     func(m *Message, s string) { m.To.Addr = "a" + s + "@b.example" },
		"ReplyTo.Name": func(m *Message, s string) { m.ReplyTo.Name = "A" + s },
		"ReplyTo.Addr": func(m *Message, s string) { m.ReplyTo.Addr = "a@b.example" + s },
		"Subject":      func(m *Message, s string) { m.Subject = "A" + s },
		"MessageID":    func(m *Message, s string) { m.MessageID = "a" + s + "@b.example" },
		"Lang":         func(m *Message, s string) { m.Lang = "de" + s },
	}
	harmless, err := mailtest.Parse(compose(t, aMessage(t)))
	if err != nil {
		t.Fatal(err)
	}
	srv := mailtest.Start(t)
	cfg, err := ParseURL(srv.URL())
	if err != nil {
		t.Fatal(err)
	}
	sender := NewSMTP(cfg, aNow)
	defer sender.Close()
	sent, refused := 0, 0
	for field, set := range fields {
		for _, s := range injections {
			m := aMessage(t)
			set(&m, s)
			err := sender.Send(t.Context(), m)
			var fail *SendError
			if errors.As(err, &fail) {
				if !fail.Permanent || fail.Stage != StageCompose {
					t.Errorf("%s %q: %v", field, s, err)
				}
				if strings.Contains(err.Error(), "eve") {
					t.Errorf("%s %q: the error repeats the content: %v", field, s, err)
				}
				refused++
				continue
			}
			if strings.ContainsAny(s, "\r\n\x00\u0085\u2028\u2029") || !utf8.ValidString(s) {
				t.Errorf("%s %q: sent", field, s)
			}
			sent++
			got := srv.WaitFor(sent)[sent-1]
			if diff := cmp.Diff(fieldNames(harmless), fieldNames(got)); diff != "" {
				t.Errorf("%s %q changes the header:\n%s", field, s, diff)
			}
			checkReadsBack(t, m, got)
		}
	}
	if sent < 50 || refused < 200 {
		t.Errorf("%d sent, %d refused: the corpus does not reach both sides", sent, refused)
	}
}

func fieldNames(m mailtest.Message) []string {
	var names []string
	for name, values := range m.Header {
		for range values {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names
}

// checkReadsBack compares what was written with what a mail program reads.
func checkReadsBack(t *testing.T, m Message, got mailtest.Message) {
	t.Helper()
	m, err := m.checked()
	if err != nil {
		t.Fatal(err)
	}
	if got.Subject != m.Subject {
		t.Errorf("subject %q reads back as %q", m.Subject, got.Subject)
	}
	for field, want := range map[string]Address{"From": m.From, "To": m.To, "Reply-To": *m.ReplyTo} {
		list, err := got.Header.AddressList(field)
		if err != nil || len(list) != 1 || *list[0] != (netmail.Address{Name: want.Name, Address: want.Addr}) {
			t.Errorf("%s %q reads back as %v, %v", field, want, list, err)
		}
	}
	if len(got.To) != 1 || got.To[0] != m.To.Addr || got.From != m.From.Addr || got.Text != m.Text || got.HTML != m.HTML {
		t.Errorf("envelope or body changed: %q %q", got.From, got.To)
	}
}

// TestT27_BodyCannotEndTheMessage: smuggling a second mail behind a false end.
func TestT27_BodyCannotEndTheMessage(t *testing.T) {
	srv := mailtest.Start(t)
	cfg, err := ParseURL(srv.URL())
	if err != nil {
		t.Fatal(err)
	}
	sender := NewSMTP(cfg, aNow)
	defer sender.Close()
	for i, end := range []string{"\r\n.\r\n", "\n.\n", "\r.\r", "\n.\r\n", "\r\n.\n", "\r\n.\r", "\r\n\x00.\r\n", ".\r\n", "\r\n..\r\n"} {
		m := aMessage(t)
		m.HTML = ""
		m.Text = "before" + end + "MAIL FROM:<eve@evil.example>\r\nRCPT TO:<bob@post.example>\r\nDATA\r\nSubject: x\r\n\r\nafter\n"
		if err := sender.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		got := srv.WaitFor(i + 1)
		if len(got) != i+1 || !strings.HasPrefix(got[i].Text, "before") || !strings.HasSuffix(got[i].Text, "after\n") {
			t.Errorf("%q: %d messages, the last is %q", end, len(got), got[len(got)-1].Text)
		}
	}
}

func TestMessageCheck(t *testing.T) {
	tests := map[string]func(*Message){
		"no sender":         func(m *Message) { m.From = Address{} },
		"no recipient":      func(m *Message) { m.To = Address{} },
		"two recipients":    func(m *Message) { m.To.Addr = "a@b.example,c@d.example" },
		"quoted local part": func(m *Message) { m.To.Addr = `"a b"@c.example` },
		"literal domain":    func(m *Message) { m.To.Addr = "a@[127.0.0.1]" },
		"double dot":        func(m *Message) { m.To.Addr = "a..b@c.example" },
		"kelvin sign":       func(m *Message) { m.To.Addr = "\u212Aai@post.example" },
		"umlaut local part": func(m *Message) { m.To.Addr = "jürgen@post.example" },
		"empty subject":     func(m *Message) { m.Subject = " " },
		"endless subject":   func(m *Message) { m.Subject = strings.Repeat("ä", maxSubject+1) },
		"no message id":     func(m *Message) { m.MessageID = "" },
		"bracketed id":      func(m *Message) { m.MessageID = "<a@b.example>" },
		"no language":       func(m *Message) { m.Lang = "" },
		"no text":           func(m *Message) { m.Text = "\n" },
		"bad reply address": func(m *Message) { m.ReplyTo = &Address{Addr: "x"} },
	}
	for name, change := range tests {
		m := aMessage(t)
		change(&m)
		if m.Check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if err := aMessage(t).Check(); err != nil {
		t.Error(err)
	}
}

func TestParseAddress(t *testing.T) {
	good := map[string]Address{
		"kai@post.example":                  {Addr: "kai@post.example"},
		" Kai.Ä <Kai+x@Post.Example> ":      {Name: "Kai.Ä", Addr: "kai+x@post.example"},
		`"Ott, Kai" <kai@xn--4ca.example>`:  {Name: "Ott, Kai", Addr: "kai@xn--4ca.example"},
		"kai@münchen.example":               {Addr: "kai@xn--mnchen-3ya.example"},
		"o'neil/x=y@a-b.example":            {Addr: "o'neil/x=y@a-b.example"},
		strings.Repeat("a", 64) + "@b.info": {Addr: strings.Repeat("a", 64) + "@b.info"},
	}
	for in, want := range good {
		if got, err := ParseAddress(in); err != nil || got != want {
			t.Errorf("%q: %+v, %v, want %+v", in, got, err, want)
		}
	}
	bad := []string{
		"", "@", "a@", "portal@localhost", "@b.example", "a", "a b@c.example", "a@b@c.example", "a@b..example", "a@-b.example", "a@b_c.example", ".a@b.example", "a.@b.example",
		"a@b.example>", "<a@b.example", "a@b.example\r\nx", "a@b.example\x00", "A <a@b.example>, B <c@d.example>", "group: a@b.example;", "a@b.example (x)",
		strings.Repeat("a", 65) + "@b.info", "a@" + strings.Repeat("b.", 130) + "info", "\u017Fam@post.example",
	}
	for _, in := range bad {
		if got, err := ParseAddress(in); err == nil {
			t.Errorf("%q is accepted as %+v", in, got)
		}
	}
}

func TestNewMessageID(t *testing.T) {
	if got := NewMessageID("0193-abc", Address{Addr: "portal@münchen.example"}); got != "0193-abc@xn--mnchen-3ya.example" {
		t.Error(got)
	}
}

func TestHeadersOfTopicsAndConversations(t *testing.T) {
	m := Message{From: Address{Addr: "portal@lindhof.example"}, To: Address{Addr: "ada@post.example"}, Subject: "Neue Nachricht", Text: "Text", MessageID: "d1@lindhof.example", Lang: "de",
		Thread: "t1@lindhof.example", Unsubscribe: "https://portal.lindhof.example/benachrichtigungen/abbestellen/a.messages.x-_"}
	raw, err := m.compose(time.Unix(0, 0).UTC())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"In-Reply-To: <t1@lindhof.example>\r\n", "References: <t1@lindhof.example>\r\n", "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("no %q in\n%s", want, raw)
		}
	}
	unfolded := strings.ReplaceAll(string(raw), "\r\n ", " ")
	if !strings.Contains(unfolded, "List-Unsubscribe: <"+m.Unsubscribe+">") {
		t.Errorf("no List-Unsubscribe in\n%s", raw)
	}
	for _, bad := range []string{"https://x.example/a b", "https://x.example/\r\nBcc: x", "javascript:x", "https://x.example/>,<mailto:x@y>"} {
		m.Unsubscribe = bad
		if m.Check() == nil {
			t.Errorf("unsubscribe %q passes", bad)
		}
	}
}
