package inbound

import (
	"bytes"
	"errors"
	"net"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

// literal is a mail to append.
type literal struct {
	*bytes.Reader
}

func (l literal) Size() int64 { return int64(l.Len()) }

// mailbox is a real IMAP server in memory, with some mails.
func mailbox(t *testing.T, files ...string) *Mailbox {
	t.Helper()
	user := imapmemserver.NewUser("portal", "geheim:1")
	if err := user.Create("INBOX", nil); err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		raw, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		raw = bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n"))
		if _, err := user.Append("INBOX", literal{bytes.NewReader(raw)}, &imap.AppendOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	mem := imapmemserver.New()
	mem.AddUser(user)
	server := imapserver.New(&imapserver.Options{InsecureAuth: true, Caps: imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapIMAP4rev2: {}},
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return mem.NewSession(), nil, nil
		}})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	box, err := ParseURL("imap://portal:geheim%3A1@" + l.Addr().String() + "/INBOX")
	if err != nil {
		t.Fatal(err)
	}
	return box
}

func TestPollTakesWhatIsOursOnce(t *testing.T) {
	box := mailbox(t, "postfix.eml", "reply.eml", "exim.eml")
	mine := func(to []string) bool { return slices.Contains(to, "portal+btoken@in.lindhof.example") }
	var got []string
	take := func(m Mail) error {
		got = append(got, m.Report.Status)
		return nil
	}
	for range 2 {
		if err := box.Poll(t.Context(), mine, take); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(got, []string{"5.1.1", "5.0.0"}) {
		t.Errorf("taken: %q", got)
	}
	seen := 0
	everything := func([]string) bool { return true }
	if err := box.Poll(t.Context(), everything, func(m Mail) error {
		seen++
		if m.From != "ada@post.example" {
			t.Errorf("left over: %s", m.From)
		}
		return nil
	}); err != nil || seen != 1 {
		t.Errorf("%d left for others, %v", seen, err)
	}
}

func TestPollComesAgainForWhatCouldNotBeTaken(t *testing.T) {
	box := mailbox(t, "reply.eml")
	all := func([]string) bool { return true }
	full := errors.New("disk full")
	if err := box.Poll(t.Context(), all, func(Mail) error { return full }); !errors.Is(err, full) {
		t.Fatal(err)
	}
	n := 0
	if err := box.Poll(t.Context(), all, func(Mail) error { n++; return nil }); err != nil || n != 1 {
		t.Errorf("%d, %v", n, err)
	}
}

func TestTheMailboxTellsNoPassword(t *testing.T) {
	for _, bad := range []string{"", "imap://host", "http://u:p@host", "imaps://u@host", "imaps://u:p@host?x=1", "imaps://u:ge%zz@host", "imaps://:geheim@host"} {
		if _, err := ParseURL(bad); err == nil || strings.Contains(err.Error(), "geheim") || bad != "" && strings.Contains(err.Error(), bad) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	box := mailbox(t)
	if s := box.String() + box.GoString(); strings.Contains(s, "geheim") {
		t.Error(s)
	}
	box.password = "falsch"
	err := box.Poll(t.Context(), func([]string) bool { return true }, func(Mail) error { return nil })
	if err == nil || strings.Contains(err.Error(), "falsch") {
		t.Errorf("wrong password: %v", err)
	}
}
