package mail

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
)

func TestParseURL(t *testing.T) {
	type want struct {
		addr, from, name, helo string
		tls                    TLSPolicy
		implicit               bool
		timeout                time.Duration
		user, password         string
	}
	tests := map[string]want{
		"smtp://mx.example?from=portal@foyer.example": {
			addr: "mx.example:587", from: "portal@foyer.example", helo: "foyer.example", tls: TLSRequired, timeout: DefaultTimeout},
		"smtps://a:b@mx.example?from=portal@foyer.example&tls=required": {
			addr: "mx.example:465", from: "portal@foyer.example", helo: "foyer.example", tls: TLSRequired, implicit: true,
			timeout: DefaultTimeout, user: "a", password: "b"},
		"smtp://portal%40foyer.example:p%40ss%2Fw%23rd%3F@mx.example:2525/?from=Foyer+Portal+<Portal@Foyer.Example>&tls=opportunistic&helo=app.foyer.example&timeout=45s": {
			addr: "mx.example:2525", from: "portal@foyer.example", name: "Foyer Portal", helo: "app.foyer.example", tls: TLSOpportunistic,
			timeout: 45 * time.Second, user: "portal@foyer.example", password: "p@ss/w#rd?"},
		"smtp://localhost:25?from=portal@foyer.example": {
			addr: "localhost:25", from: "portal@foyer.example", helo: "foyer.example", tls: TLSNone, timeout: DefaultTimeout},
		"smtp://u:p@[::1]:25?from=portal@m%C3%BCnchen.example": {
			addr: "[::1]:25", from: "portal@xn--mnchen-3ya.example", helo: "xn--mnchen-3ya.example", tls: TLSNone, timeout: DefaultTimeout,
			user: "u", password: "p"},
		"smtp://127.0.0.1:25?from=portal@foyer.example&tls=required": {
			addr: "127.0.0.1:25", from: "portal@foyer.example", helo: "foyer.example", tls: TLSRequired, timeout: DefaultTimeout},
		"smtp://192.0.2.7:25?from=portal@foyer.example&tls=none": {
			addr: "192.0.2.7:25", from: "portal@foyer.example", helo: "foyer.example", tls: TLSNone, timeout: DefaultTimeout},
	}
	for in, w := range tests {
		c, err := ParseURL(in)
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		got := want{c.addr(), c.From.Addr, c.From.Name, c.Helo, c.TLS, c.ImplicitTLS, c.Timeout, "", ""}
		if c.login != nil {
			got.user, got.password = c.login.user, c.login.password
		}
		if got != w {
			t.Errorf("%s:\n got %+v\nwant %+v", in, got, w)
		}
	}
}

// TestT11_SMTPURLErrorsHoldNoSecret: whatever is wrong with the URL, neither the
// user nor a piece of the password appears in the error.
func TestT11_SMTPURLErrorsHoldNoSecret(t *testing.T) {
	tests := map[string]error{
		"":                       errURLScheme,
		"mx.example:587":         errURLScheme,
		"http://hunter2@mx":      errURLScheme,
		"smtp:geheim":            errURLForm,
		"smtp://?from=a@b.c":     errURLForm,
		"smtp://mx_1?from=a@b.c": errURLForm,
		"smtp://karla:12/hunter2@mx:587?from=a@b.c":              errURLForm,
		"smtp://karla:hun#ter2@mx:587?from=a@b.c":                errURLForm,
		"smtp://karla:12#hunter2@mx:587?from=a@b.c":              errURLForm,
		"smtp://karla:hun%zzter2@mx:587?from=a@b.c":              errURLForm,
		"smtp://karla:hun ter2@mx:587?from=a@b.c":                errURLForm,
		"smtp://karla:12?hunter2@mx:587&from=a@b.c":              errURLQuery,
		"smtp://mx:0?from=a@b.c":                                 errURLPort,
		"smtp://mx:65536?from=a@b.c":                             errURLPort,
		"smtp://mx:587":                                          errURLFrom,
		"smtp://mx:587?from=nobody":                              errURLFrom,
		"smtp://mx:587?from=a@b.c&from=a@b.c":                    errURLQuery,
		"smtp://mx:587?from=a@b.c&hunter2=1":                     errURLQuery,
		"smtp://mx:587?from=%zz":                                 errURLQuery,
		"smtp://mx:587?from=a@b.c&tls=yes":                       errURLTLS,
		"smtps://mx?from=a@b.c&tls=none":                         errURLTLS,
		"smtps://mx?from=a@b.c&tls=opportunistic":                errURLTLS,
		"smtp://mx:587?from=a@b.c&helo=a+b":                      errURLHelo,
		"smtp://mx:587?from=a@b.c&timeout=30":                    errURLTimeout,
		"smtp://mx:587?from=a@b.c&timeout=1ms":                   errURLTimeout,
		"smtp://mx:587?from=a@b.c&timeout=1h":                    errURLTimeout,
		"smtp://karla@mx:587?from=a@b.c":                         errURLLogin,
		"smtp://karla:@mx:587?from=a@b.c":                        errURLLogin,
		"smtp://:hunter2@mx:587?from=a@b.c":                      errURLLogin,
		"smtp://karla:hunter2@mx:587?from=a@b.c&tls=none":        errURLClear,
		"smtp://karla:hunter2@192.0.2.7:587?from=a@b.c&tls=none": errURLClear,
		"smtp://karla:hunter2@mx:587?from=a@b.c%0d%0aBcc:d@e.f":  errURLFrom,
	}
	for in, want := range tests {
		c, err := ParseURL(in)
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", in, err, want)
			continue
		}
		if c != (Config{}) {
			t.Errorf("%s: half a configuration beside the error", in)
		}
		for _, secret := range []string{"karla", "hunter2", "ter2", "geheim", "hun"} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("%s: the error repeats %q: %v", in, secret, err)
			}
		}
	}
}

// TestT11_ConfigPrintsNoPassword: however a configuration is printed.
func TestT11_ConfigPrintsNoPassword(t *testing.T) {
	c, err := ParseURL("smtp://karla:hunter2@mx.example?from=a@b.example")
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("start", "mail", c, "pointer", &c)
	slog.New(slog.NewTextHandler(&log, nil)).Info("start", "mail", c, "pointer", &c)
	asJSON, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	nested := struct{ inner Config }{c}
	all := log.String() + string(asJSON) + fmt.Sprint(c, &c, nested) + fmt.Sprintf("%v %+v %#v %s %q %+v %#v %v", c, c, c, c, c, nested, nested, []Config{c}) +
		fmt.Sprintf("%+v", NewSMTP(c, aNow))
	for _, secret := range []string{"karla", "hunter2"} {
		if strings.Contains(all, secret) {
			t.Errorf("%q is printed: %s", secret, all)
		}
	}
	if want := "smtp://***:***@mx.example:587?tls=required"; c.String() != want {
		t.Errorf("String() = %q, want %q", c.String(), want)
	}
}
