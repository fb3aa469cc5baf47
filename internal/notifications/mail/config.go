package mail

import (
	"crypto/x509"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// TLSPolicy says whether the way to the SMTP server is encrypted.
type TLSPolicy string

// The policies, as written behind tls= in FOYER_SMTP_URL.
const (
	// TLSRequired sends nothing before the connection is encrypted and the
	// server's certificate is verified. The default for every host but loopback.
	TLSRequired TLSPolicy = "required"
	// TLSOpportunistic encrypts when the server offers it, and then verifies the
	// certificate too; otherwise it sends in the clear. Somebody on the way can
	// take the offer away, so it is for relays in an own network.
	TLSOpportunistic TLSPolicy = "opportunistic"
	// TLSNone never encrypts. The default on loopback only.
	TLSNone TLSPolicy = "none"
)

// Config says where and as whom mails are sent. It is made by ParseURL, never
// prints the login, and is safe to copy.
type Config struct {
	// Host is a DNS name or IP address without brackets.
	Host string
	// Port is 1 to 65535.
	Port int
	// ImplicitTLS starts encryption with the first byte (smtps://).
	ImplicitTLS bool
	// TLS is the policy for STARTTLS; TLSRequired with ImplicitTLS.
	TLS TLSPolicy
	// From is the installation's sender address. Organisations put their own
	// name in front of it.
	From Address
	// Helo is the name that Foyer gives to the server; the domain of From unless set.
	Helo string
	// Timeout is for connecting and for each command. The wait for the last
	// reply, after which the server is responsible for the mail, is four times that.
	Timeout time.Duration
	// RootCAs verify the server's certificate; nil means those of the system.
	RootCAs *x509.CertPool

	// login is a pointer so that printing a struct that holds a Config shows an
	// address at worst.
	login *login
}

type login struct{ user, password string }

// DefaultTimeout is the time for connecting and for each command.
const DefaultTimeout = 30 * time.Second

// Bounds of the timeout setting.
const (
	minTimeout = time.Second
	maxTimeout = 5 * time.Minute
)

// Problems with FOYER_SMTP_URL. None repeats a piece of it: with a stray
// character in the password url.Parse may take the password for anything.
var (
	errURLForm    = errors.New("FOYER_SMTP_URL is not of the form smtp://user:password@host:587?from=portal@example.org; in user and password write characters such as @ : / ? # % as %40 %3A %2F %3F %23 %25")
	errURLScheme  = errors.New("FOYER_SMTP_URL must begin with smtp:// (STARTTLS, usually port 587) or smtps:// (TLS from the start, port 465)")
	errURLPort    = errors.New("FOYER_SMTP_URL: the port must be a number from 1 to 65535")
	errURLQuery   = errors.New("FOYER_SMTP_URL: behind the ? only from, tls, helo and timeout are known, each once")
	errURLFrom    = errors.New("FOYER_SMTP_URL: from must be the sender's e-mail address, for example ?from=portal@example.org")
	errURLTLS     = errors.New("FOYER_SMTP_URL: tls must be required, opportunistic or none (with smtps:// only required)")
	errURLHelo    = errors.New("FOYER_SMTP_URL: helo must be a host name")
	errURLTimeout = errors.New("FOYER_SMTP_URL: timeout must be a duration from 1s to 5m, for example 30s")
	errURLLogin   = errors.New("FOYER_SMTP_URL: user and password belong together; give both or neither")
	errURLClear   = errors.New("FOYER_SMTP_URL: with tls=none the password would cross the network readable by all; use tls=required, or leave user and password out")
)

// ParseURL reads FOYER_SMTP_URL:
//
//	smtp://user:password@host:587?from=Foyer+<portal@example.org>&tls=required&helo=portal.example.org&timeout=30s
//	smtps://user:password@host:465?from=portal@example.org
//
// Only host and from are mandatory. Errors say what to write and repeat nothing
// of the input.
func ParseURL(s string) (Config, error) {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil {
		return Config{}, errURLForm
	}
	c := Config{Host: u.Hostname(), Timeout: DefaultTimeout, Port: 587}
	switch u.Scheme {
	case "smtp":
	case "smtps":
		c.ImplicitTLS, c.Port = true, 465
	default:
		return Config{}, errURLScheme
	}
	if u.Opaque != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "" {
		return Config{}, errURLForm
	}
	if _, err := netip.ParseAddr(c.Host); err != nil && !hostname(c.Host) {
		return Config{}, errURLForm
	}
	if p := u.Port(); p != "" {
		if c.Port, err = strconv.Atoi(p); err != nil || c.Port < 1 || c.Port > 65535 {
			return Config{}, errURLPort
		}
	}
	if err := c.readQuery(u.RawQuery); err != nil {
		return Config{}, err
	}
	return c.readLogin(u.User)
}

// readQuery takes over what stands behind the question mark.
func (c *Config) readQuery(raw string) error {
	q, err := url.ParseQuery(raw)
	if err != nil {
		return errURLQuery
	}
	for name, values := range q {
		switch name {
		case "from", "tls", "helo", "timeout":
			if len(values) == 1 {
				continue
			}
		}
		return errURLQuery
	}
	if c.From, err = ParseAddress(q.Get("from")); err != nil {
		return errURLFrom
	}
	if c.TLS, err = c.policy(TLSPolicy(q.Get("tls"))); err != nil {
		return err
	}
	c.Helo = c.From.domain()
	if h := q.Get("helo"); h != "" {
		c.Helo = h
	}
	if !hostname(c.Helo) {
		return errURLHelo
	}
	if t := q.Get("timeout"); t != "" {
		if c.Timeout, err = time.ParseDuration(t); err != nil || c.Timeout < minTimeout || c.Timeout > maxTimeout {
			return errURLTimeout
		}
	}
	return nil
}

// policy fills in the default and refuses what contradicts the scheme.
func (c *Config) policy(p TLSPolicy) (TLSPolicy, error) {
	switch {
	case p == "" && !c.ImplicitTLS && c.loopback():
		return TLSNone, nil
	case p == "" || p == TLSRequired:
		return TLSRequired, nil
	case (p == TLSOpportunistic || p == TLSNone) && !c.ImplicitTLS:
		return p, nil
	}
	return "", errURLTLS
}

// readLogin takes over user and password.
func (c Config) readLogin(u *url.Userinfo) (Config, error) {
	if u == nil {
		return c, nil
	}
	password, _ := u.Password()
	if u.Username() == "" || password == "" {
		return Config{}, errURLLogin
	}
	if c.TLS == TLSNone && !c.loopback() {
		return Config{}, errURLClear
	}
	c.login = &login{user: u.Username(), password: password}
	return c, nil
}

// loopback reports whether the server runs on this machine.
func (c *Config) loopback() bool { return loopbackHost(c.Host) }

// loopbackHost knows localhost, its subdomains (RFC 6761 6.3) and the loopback addresses.
func loopbackHost(host string) bool {
	host = strings.ToLower(host)
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// addr is host:port for dialling.
func (c Config) addr() string { return net.JoinHostPort(c.Host, strconv.Itoa(c.Port)) }

// String describes the server without the login, fit for logs.
func (c Config) String() string {
	scheme, who := "smtp://", ""
	if c.ImplicitTLS {
		scheme = "smtps://"
	}
	if c.login != nil {
		who = "***:***@"
	}
	return scheme + who + c.addr() + "?tls=" + string(c.TLS)
}

// GoString is String, for %#v.
func (c Config) GoString() string { return c.String() }

// LogValue is String, for log/slog.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }
