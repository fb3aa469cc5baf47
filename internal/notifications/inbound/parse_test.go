package inbound

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func file(t testing.TB, name string) Mail {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	m, err := Parse(bytes.NewReader(bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n"))))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The reports are written after the forms that the three servers document.
func TestW10_ReportsOfMailServersAreUnderstood(t *testing.T) {
	for name, want := range map[string]Report{
		"postfix.eml":  {Action: "failed", Status: "5.1.1", Answer: "550 5.1.1 <ada@post.example>: Recipient address rejected: User unknown in virtual mailbox table"},
		"exim.eml":     {Action: "failed", Status: "5.0.0", Answer: "550 No such user here"},
		"exchange.eml": {Action: "failed", Status: "5.2.2", Answer: "554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded"},
		"delayed.eml":  {Action: "delayed", Status: "4.4.1", Answer: "connect to mx.post.example[192.0.2.25]:25: Connection timed out"},
	} {
		m := file(t, name)
		if m.Report == nil {
			t.Errorf("%s: no report", name)
			continue
		}
		if d := cmp.Diff(want, *m.Report); d != "" || !m.Auto {
			t.Errorf("%s: automatic %v\n%s", name, m.Auto, d)
		}
		if !cmp.Equal(m.To, []string{"portal+btoken@in.lindhof.example"}) {
			t.Errorf("%s: to %q", name, m.To)
		}
	}
}

func TestRepliesAreReadWithoutWhatTheyQuote(t *testing.T) {
	want := Mail{From: "ada@post.example", To: []string{"portal+rtoken@in.lindhof.example"}, Subject: "Re: Ablesung für Haus 14", MessageID: "CAB12@mail.post.example",
		Text: "Guten Tag,\n\nam 3. Dezember bin ich zu Hause. Am Freitag auch:\nab 14 Uhr.\n\nViele Grüße\nAda Brandt"}
	if d := cmp.Diff(want, file(t, "reply.eml")); d != "" {
		t.Error(d)
	}
	if m := file(t, "outlook.eml"); m.Text != "Das passt für mich.\n\nOle Hansen" || m.From != "ole@post.example" {
		t.Errorf("%q from %q", m.Text, m.From)
	}
	for text, want := range map[string]string{
		"Ja.\n\nOn Thu, 12 Nov 2026 at 10:00, Lindhof\n<portal@lindhof.example> wrote:\n> x": "Ja.",
		"Ja.\n-----Ursprüngliche Nachricht-----\nVon: x":                                     "Ja.",
		"Von: meiner Tochter soll ich grüßen":                                                "Von: meiner Tochter soll ich grüßen",
		"> nur ein Zitat":                                                                    "",
		"Am 3. Dezember schrieb ich Ihnen schon.":                                            "Am 3. Dezember schrieb ich Ihnen schon.",
	} {
		if got := Unquoted(text); got != want {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}

func TestStrangeMailsAreNoTrouble(t *testing.T) {
	for name, raw := range map[string]string{
		"several senders":  "From: a@x.example, b@x.example\r\n\r\nText",
		"no sender":        "To: a@x.example\r\n\r\nText",
		"broken multipart": "From: a@x.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n",
		"no boundary":      "From: a@x.example\r\nContent-Type: multipart/mixed\r\n\r\nText",
		"deep":             "From: a@x.example\r\n" + strings.Repeat("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n", 50),
		"bad base64":       "From: a@x.example\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%",
		"mbox":             "From ada Thu Nov 12\r\nFrom: a@x.example\r\n\r\nText",
	} {
		if _, err := Parse(strings.NewReader(raw)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Parse(strings.NewReader("a: b\r\n\r\n" + strings.Repeat("x", MaxSize))); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
	if m, _ := Parse(strings.NewReader("From: a@x.example, b@x.example\r\n\r\nText")); m.From != "" {
		t.Errorf("several senders count as %q", m.From)
	}
}

func FuzzParse(f *testing.F) {
	names, err := filepath.Glob("testdata/*.eml")
	if err != nil || len(names) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, n := range names {
		raw, err := os.ReadFile(n)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := Parse(bytes.NewReader(raw))
		if err != nil {
			return
		}
		if strings.ContainsAny(m.Subject+m.From, "\r\n\x00") {
			t.Errorf("a line break in a header: %q %q", m.Subject, m.From)
		}
		if m.Report != nil && m.Report.Action == "" {
			t.Error("a report without an action")
		}
		if Unquoted(m.Text) != m.Text && len(Unquoted(m.Text)) > len(m.Text) {
			t.Error("a reply grows")
		}
	})
}
