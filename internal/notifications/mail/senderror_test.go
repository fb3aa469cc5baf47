package mail

import (
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"strings"
	"testing"
)

func TestClassify(t *testing.T) {
	reply := func(code int, text string) error { return &textproto.Error{Code: code, Msg: text} }
	tests := []struct {
		name  string
		stage Stage
		err   error
		want  string
	}{
		{"greeting 5xx", StageConnect, reply(554, "no service"), "mail not sent (connect) 554: no service"},
		{"wrapped login", StageConnect, fmt.Errorf("SMTP AUTH failed: %w", reply(535, "5.7.8 wrong")), "mail not sent (connect) 535 5.7.8: wrong"},
		{"login at recipient", StageRecipient, reply(530, "5.7.0 sign in"), "mail not sent (recipient) 530 5.7.0: sign in"},
		{"recipient", StageRecipient, reply(550, "5.1.1 <kai.ott@post.example> unknown"), "mail not sent (recipient, permanent) 550 5.1.1: <address> unknown"},
		{"code without text", StageContent, reply(552, ""), "mail not sent (content, permanent) 552"},
		{"broken before the end", StageContent, io.ErrUnexpectedEOF, "mail not sent (content): unexpected EOF"},
		{"broken after the end", StageAccept, io.EOF, "mail not sent (accept, outcome unknown): EOF"},
		{"nonsense after the end", StageAccept, textproto.ProtocolError("short response: "), "mail not sent (accept, outcome unknown): short response:"},
		{"odd yes after the end", StageAccept, reply(252, "maybe"), "mail not sent (accept, outcome unknown) 252: maybe"},
		{"odd yes before", StageRecipient, reply(354, "go"), "mail not sent (recipient) 354: go"},
		{"number that is no status", StageRecipient, reply(550, "10.0.0.1 is blocked"), "mail not sent (recipient, permanent) 550: 10.0.0.1 is blocked"},
	}
	for _, tt := range tests {
		if got := classify(t.Context(), tt.stage, "kai.ott@post.example", tt.err).Error(); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	var hidden *textproto.Error
	if errors.As(error(classify(t.Context(), StageRecipient, "", reply(550, "kai.ott@post.example"))), &hidden) {
		t.Error("the reply as it came can be unwrapped")
	}
}

// TestT11_ReasonHoldsNoAddress: replies in the style of common servers.
func TestT11_ReasonHoldsNoAddress(t *testing.T) {
	const to = "Kai.Ott+home@post.example"
	tests := map[string]string{
		"<kai.ott+home@post.example>: Recipient address rejected":     "<address>: Recipient address rejected",
		"Requested action not taken: kai.ott+HOME is unknown":         "Requested action not taken: <address> is unknown",
		"\"Kai.Ott+home\"@post.example refused":                       "\"<address>\"@post.example refused",
		"forwarded to other.person@mail.example, which is full":       "forwarded to <address>, which is full",
		"see https://help.example/?who=kai.ott%2Bhome%40post.example": "see https:<address>",
		"line one\r\nline two\x00\x1b[31m":                            "line one line two [31m",
		"unbekannt: Kai Ott":                                          "unbekannt: Kai Ott",
		"bad \xff byte":                                               "bad ? byte",
	}
	for in, want := range tests {
		if got := sanitise(in, to); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
	if got := []rune(sanitise(strings.Repeat("ä", 1000), to)); len(got) != maxReason {
		t.Errorf("%d characters, want %d", len(got), maxReason)
	}
}

// What is kept of a failure is read again by the page that tells staff.
func TestReadReasonUndoesError(t *testing.T) {
	for _, stage := range []Stage{StageCompose, StageConnect, StageSender, StageRecipient, StageContent, StageAccept} {
		for want, e := range map[string]SendError{
			"":                                    {},
			"550":                                 {Permanent: true, Code: 550},
			"550 5.1.1: mailbox (old) of nobody":  {Permanent: true, Code: 550, Enhanced: "5.1.1", Reason: "mailbox (old) of nobody"},
			"connection reset":                    {Unknown: true, Reason: "connection reset"},
			"451 4.3.0: later, please, (so) quit": {Code: 451, Enhanced: "4.3.0", Reason: "later, please, (so) quit"},
		} {
			e.Stage = stage
			if got, answer := ReadReason(e.Error()); got != stage || answer != want {
				t.Errorf("%q is read as %q, %q", e.Error(), got, answer)
			}
		}
	}
	if stage, answer := ReadReason("something else"); stage != "" || answer != "something else" {
		t.Errorf("another text is read as %q, %q", stage, answer)
	}
}
