package mail

import (
	"context"
	"errors"
	"fmt"
	"net/textproto"
	"regexp"
	"strings"
	"unicode"
)

// Stage says how far a message came.
type Stage string

// The stages in their order.
const (
	// StageCompose: the message itself is not fit to be sent.
	StageCompose Stage = "compose"
	// StageConnect: connecting, greeting, TLS and signing in. A refusal here
	// concerns the installation, not the message, and is never permanent.
	StageConnect Stage = "connect"
	// StageSender: MAIL FROM.
	StageSender Stage = "sender"
	// StageRecipient: RCPT TO.
	StageRecipient Stage = "recipient"
	// StageContent: DATA and the message, up to its last byte.
	StageContent Stage = "content"
	// StageAccept: the server's reply after the message.
	StageAccept Stage = "accept"
)

// SendError is the only error that a Sender returns.
type SendError struct {
	// Stage is where it happened.
	Stage Stage
	// Permanent means that trying again is useless: the server said 5xx about
	// this message, or the message is malformed.
	Permanent bool
	// Unknown means that the connection broke after the whole message was
	// written and before the reply came (RFC 1047): it may have been delivered.
	Unknown bool
	// Code is the server's reply code, 0 when it did not reply.
	Code int
	// Enhanced is the status code of RFC 3463 such as "5.1.1", or empty.
	Enhanced string
	// Reason is the server's or the network's text, at most 300 characters, with
	// every e-mail address replaced by <address>. It may be stored and logged.
	Reason string

	// cause is kept only when its text holds nothing of the message.
	cause error
}

// Temporary reports whether the same message should be tried again later and
// cannot have been delivered.
func (e *SendError) Temporary() bool { return !e.Permanent && !e.Unknown }

// Error describes the failure without any address.
func (e *SendError) Error() string {
	var b strings.Builder
	b.WriteString("mail not sent (" + string(e.Stage))
	switch {
	case e.Unknown:
		b.WriteString(", outcome unknown")
	case e.Permanent:
		b.WriteString(", permanent")
	}
	b.WriteString(")")
	if e.Code != 0 {
		fmt.Fprintf(&b, " %d", e.Code)
	}
	if e.Enhanced != "" {
		b.WriteString(" " + e.Enhanced)
	}
	if e.Reason != "" {
		b.WriteString(": " + e.Reason)
	}
	return b.String()
}

// Returned is what a mail server reported later about a message to an address
// that another one had taken (RFC 3464).
func Returned(status, answer, to string) *SendError {
	return &SendError{Stage: StageRecipient, Permanent: true, Enhanced: status, Reason: sanitise(answer, to)}
}

// kept is how Error begins; what follows is the server's or the network's answer.
var kept = regexp.MustCompile(`^mail not sent \((\w+)(?:, [a-z ]+)?\):? ?`)

// ReadReason takes apart what Error said when it was kept as text: how far the
// message came, and the answer. Any other text is an answer without a stage.
func ReadReason(text string) (stage Stage, answer string) {
	m := kept.FindStringSubmatch(text)
	if m == nil {
		return "", text
	}
	return Stage(m[1]), text[len(m[0]):]
}

// Unwrap gives context and network errors; server replies stay inside.
func (e *SendError) Unwrap() error { return e.cause }

// composeError is for a message that no server will ever see.
func composeError(err error) *SendError {
	return &SendError{Stage: StageCompose, Permanent: true, Reason: err.Error(), cause: err}
}

// enhancedForm is RFC 2034: the code begins the text of the reply.
var enhancedForm = regexp.MustCompile(`^([245]\.\d{1,3}\.\d{1,3})(?:\s|$)`)

// classify turns an error of the SMTP conversation into a SendError.
func classify(ctx context.Context, stage Stage, to string, err error) *SendError {
	e := &SendError{Stage: stage}
	var reply *textproto.Error
	if !errors.As(err, &reply) {
		e.Reason, e.cause = sanitise(err.Error(), to), err
		// Closing the connection is how a cancelled context stops us; say so.
		if ctx.Err() != nil {
			e.cause = errors.Join(ctx.Err(), err)
		}
		e.Unknown = stage == StageAccept
		return e
	}
	e.Code = reply.Code
	text := reply.Msg
	if m := enhancedForm.FindStringSubmatch(text); m != nil {
		e.Enhanced = m[1]
		text = text[len(m[1]):]
	}
	e.Reason = sanitise(text, to)
	switch {
	case reply.Code >= 400 && reply.Code <= 499:
	case reply.Code >= 500 && reply.Code <= 599:
		e.Permanent = stage != StageConnect && !aboutLogin(reply.Code)
	default:
		// Neither yes nor no: a server that breaks the protocol after the
		// message may have taken it.
		e.Unknown = stage == StageAccept
	}
	return e
}

// aboutLogin knows the replies of RFC 4954 6 that ask for signing in, TLS or
// another password, wherever they come: the operator mends that, the message is fine.
func aboutLogin(code int) bool { return code == 530 || code == 534 || code == 535 || code == 538 }

// maxReason is the longest Reason in characters.
const maxReason = 300

// addressForm finds anything that may be a mailbox, also with an escaped @ as in
// the help links that some servers put into their replies.
var addressForm = regexp.MustCompile(`(?i)[^\s<>()\[\]"',;:]+(?:@|%40|=40)[^\s<>()\[\]"',;]+`)

// addressWord stands where an address was.
const addressWord = "<address>"

// sanitise makes one line of a server's text and takes the recipient out of it:
// the address, its local part as a word, and every other address.
func sanitise(text, to string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
	text = addressForm.ReplaceAllString(text, addressWord)
	if at := strings.LastIndexByte(to, '@'); at > 0 {
		word, err := regexp.Compile(`(?i)(^|[^\pL\pN])` + regexp.QuoteMeta(to[:at]) + `($|[^\pL\pN])`)
		if err == nil {
			text = word.ReplaceAllString(text, "${1}"+addressWord+"${2}")
		}
	}
	text = strings.Join(strings.Fields(strings.ReplaceAll(text, "<"+addressWord+">", addressWord)), " ")
	if r := []rune(text); len(r) > maxReason {
		text = string(r[:maxReason-1]) + "…"
	}
	return text
}
