package mailtest

import (
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-smtp"
)

// Point is where in a transaction a fault happens.
type Point int

// The points in their order.
const (
	// AtSender is the reply to MAIL FROM.
	AtSender Point = iota + 1
	// AtRecipient is the reply to RCPT TO.
	AtRecipient
	// AtContent is while the message is read, before its end.
	AtContent
	// AtAccept is the reply after the message was read whole.
	AtAccept
)

// Fault is what goes wrong in one transaction. The zero value is None.
type Fault struct {
	point Point
	reply *smtp.SMTPError
	drop  bool
	keep  bool
	delay time.Duration
}

// None lets the transaction pass.
func None() Fault { return Fault{} }

// Reply refuses with a code (400 to 599), an enhanced status code such as "4.2.0"
// and a text. At AtContent and AtAccept the refusal comes after the message.
func Reply(at Point, code int, enhanced, text string) Fault {
	e := &smtp.SMTPError{Code: code, EnhancedCode: smtp.NoEnhancedCode, Message: text}
	if parts := strings.Split(enhanced, "."); len(parts) == 3 {
		for i, p := range parts {
			e.EnhancedCode[i], _ = strconv.Atoi(p)
		}
	}
	return Fault{point: at, reply: e}
}

// Drop closes the connection instead of answering; the message is not taken.
func Drop(at Point) Fault { return Fault{point: at, drop: true} }

// TakeAndDrop takes the message, then closes the connection before saying so: to
// the sender it looks like Drop(AtAccept).
func TakeAndDrop() Fault { return Fault{point: AtAccept, drop: true, keep: true} }

// Slow waits before the reply and then lets the transaction pass.
func Slow(at Point, wait time.Duration) Fault { return Fault{point: at, delay: wait} }
