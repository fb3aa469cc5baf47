package app

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"

	"foyer/internal/notifications/push"
)

// Config are the settings of an installation. Each is a variable FOYER_… and a
// flag of the same name; the flag wins.
type Config struct {
	Database       string // sqlite:PATH or postgres://…
	Blobs          string // folder for files
	BaseURL        string // https://portal.example; scheme and host of links
	Listen         string // host:port
	SMTPURL        string // smtp://user:password@host:587?from=…; empty: mails wait
	MailIn         string // portal@in.example.org: mails come back to it, with +… before the @; empty: off
	IMAPURL        string // imaps://user:password@host:993/INBOX, fetched every two minutes; empty: off
	PushHosts      string // hosts of push services, separated by commas; "none": no push messages
	SecretFile     string // made at the first start when it is missing
	TrustedProxies string // addresses or networks, separated by commas
	LogLevel       string // debug, info, warn, error
	LogFormat      string // text, json
	ClamdURL       string // tcp://host:3310 or unix:///path; empty: uploads are not scanned
	QuotaGB        string // gigabytes of files per organisation, 0 = no limit
	MetricsListen  string // host:port for Prometheus; empty: off

	// BaseURLGiven tells that somebody has chosen the base URL: it is not the
	// default.
	BaseURLGiven bool
}

type setting struct {
	name, value, usage string
	at                 func(*Config) *string
}

var settings = []setting{
	{"database", "sqlite:foyer-data/foyer.db", "sqlite:PATH or postgres://…", func(c *Config) *string { return &c.Database }},
	{"blobs", "foyer-data/blobs", "folder for uploaded and produced files", func(c *Config) *string { return &c.Blobs }},
	{baseURL, "http://localhost:8080", "address of the portal as browsers see it; https anywhere but on this machine", func(c *Config) *string { return &c.BaseURL }},
	{"listen", "127.0.0.1:8080", "address to listen on", func(c *Config) *string { return &c.Listen }},
	{"smtp-url", "", "mail server, smtp://user:password@host:587?from=portal@host.example", func(c *Config) *string { return &c.SMTPURL }},
	{"mail-in", "", "address that reports and replies come back to, portal@in.host.example", func(c *Config) *string { return &c.MailIn }},
	{"imap-url", "", "mailbox of that address, imaps://user:password@host:993/INBOX", func(c *Config) *string { return &c.IMAPURL }},
	{"push-hosts", strings.Join(push.DefaultHosts, ","), "hosts of the push services that browsers may name, separated by commas; none: no push messages", func(c *Config) *string { return &c.PushHosts }},
	{"secret-file", "foyer-data/secret", "the installation's secret, made when missing; keep it apart from the database", func(c *Config) *string { return &c.SecretFile }},
	{"trusted-proxies", "", "addresses or networks whose X-Forwarded-For is believed, separated by commas", func(c *Config) *string { return &c.TrustedProxies }},
	{"log-level", "info", "debug, info, warn or error", func(c *Config) *string { return &c.LogLevel }},
	{"log-format", "text", "text or json", func(c *Config) *string { return &c.LogFormat }},
	{"clamd-url", "", "virus scanner for uploads, tcp://host:3310 or unix:///run/clamav/clamd.ctl; empty: none", func(c *Config) *string { return &c.ClamdURL }},
	{"quota-gb", "50", "gigabytes of files that an organisation may keep; 0: no limit", func(c *Config) *string { return &c.QuotaGB }},
	{"metrics-listen", "", "address for Prometheus metrics; empty: off", func(c *Config) *string { return &c.MetricsListen }},
}

// Flags adds the settings to a flag set, with the environment as defaults.
func (c *Config) Flags(fs *flag.FlagSet, env func(string) string) {
	for _, s := range settings {
		value := s.value
		if v := env(Variable(s.name)); v != "" {
			value = v
			c.BaseURLGiven = c.BaseURLGiven || s.name == baseURL
		}
		usage := s.usage + " (" + Variable(s.name) + ")"
		if s.name == baseURL {
			c.BaseURL = value
			fs.Var((*chosenURL)(c), s.name, usage)
			continue
		}
		fs.StringVar(s.at(c), s.name, value, usage)
	}
}

const baseURL = "base-url"

// chosenURL is the flag of the base URL; it remembers that it was given.
type chosenURL Config

// String returns the base URL.
func (c *chosenURL) String() string {
	if c == nil {
		return ""
	}
	return c.BaseURL
}

// Set takes what was given.
func (c *chosenURL) Set(s string) error {
	c.BaseURL, c.BaseURLGiven = s, true
	return nil
}

// Variable returns the environment variable of a flag: "FOYER_BASE_URL" of
// "base-url".
func Variable(flag string) string {
	return "FOYER_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// check refuses settings that would fail later or be unsafe.
func (c Config) check() error {
	u, err := url.Parse(c.BaseURL)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return fmt.Errorf("FOYER_BASE_URL must look like https://portal.example")
	}
	if u.Scheme == "http" && !loopback(u.Hostname()) {
		return errors.New("FOYER_BASE_URL must be https, except on this machine (localhost): passwords would travel in the clear")
	}
	return nil
}

// where names the database without its password.
func (c Config) where() string {
	if path, ok := strings.CutPrefix(c.Database, "sqlite:"); ok {
		if abs, err := filepath.Abs(path); err == nil {
			path = abs
		}
		return "sqlite:" + path
	}
	if u, err := url.Parse(c.Database); err == nil {
		return u.Redacted()
	}
	return "FOYER_DATABASE"
}

// nothingHere is the answer where a command needs a portal and there is none.
func (c Config) nothingHere() error {
	return fmt.Errorf("there is no portal yet in %s: begin with foyer org create, or give the FOYER_DATABASE, FOYER_BLOBS and FOYER_SECRET_FILE, and the folder, that foyer serve runs with", c.where())
}

// safeLinks refuses links that would carry a code or a token in the clear only
// because the command was called without the service's settings. Who gives an
// http base URL has chosen it.
func (c Config) safeLinks(origin string) error {
	u, err := url.Parse(origin)
	if err != nil {
		return err
	}
	if u.Scheme == "https" || c.BaseURLGiven || loopback(u.Hostname()) {
		return nil
	}
	return fmt.Errorf("FOYER_BASE_URL is not set, so that links would begin with %s, in the clear: set it as foyer serve has it, to https://%s", origin, u.Host)
}

func loopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// secure tells whether browsers reach the portal over https.
func (c Config) secure() bool { return strings.HasPrefix(c.BaseURL, "https://") }

func (c Config) proxies() ([]netip.Prefix, error) {
	var out []netip.Prefix
	for part := range strings.SplitSeq(c.TrustedProxies, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		if p, err := netip.ParsePrefix(part); err == nil {
			out = append(out, p)
			continue
		}
		ip, err := netip.ParseAddr(part)
		if err != nil {
			return nil, fmt.Errorf("FOYER_TRUSTED_PROXIES: %q is neither an address nor a network", part)
		}
		out = append(out, netip.PrefixFrom(ip, ip.BitLen()))
	}
	return out, nil
}

// Logger returns the logger that the settings describe.
func (c Config) Logger(w io.Writer) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return nil, fmt.Errorf("FOYER_LOG_LEVEL must be debug, info, warn or error, not %q", c.LogLevel)
	}
	opts := &slog.HandlerOptions{Level: level}
	switch c.LogFormat {
	case "text":
		return slog.New(slog.NewTextHandler(w, opts)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, opts)), nil
	}
	return nil, fmt.Errorf("FOYER_LOG_FORMAT must be text or json, not %q", c.LogFormat)
}
