package inbound

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// Mailbox is where mails that come back are fetched. It never prints its login.
type Mailbox struct {
	host, port     string
	implicit       bool // TLS from the first byte
	clear          bool // no TLS: on this machine only
	user, password string
	folder         string
	tls            *tls.Config
}

var errMailboxURL = errors.New("FOYER_IMAP_URL is not of the form imaps://user:password@host:993/INBOX; in user and password write characters such as @ : / ? # % as %40 %3A %2F %3F %23 %25")

// ParseURL reads FOYER_IMAP_URL: imaps://user:password@host:993/INBOX, or imap://
// with STARTTLS. Only on this machine imap:// goes without. Errors repeat nothing
// of the input.
func ParseURL(s string) (*Mailbox, error) {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Host == "" || u.User == nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errMailboxURL
	}
	m := &Mailbox{host: u.Hostname(), port: u.Port(), user: u.User.Username(), folder: strings.Trim(u.Path, "/")}
	m.password, _ = u.User.Password()
	switch u.Scheme {
	case "imaps":
		m.implicit = true
	case "imap":
		m.clear = loopback(m.host)
	default:
		return nil, errMailboxURL
	}
	if m.port == "" {
		m.port = map[bool]string{true: "993", false: "143"}[m.implicit]
	}
	if m.folder == "" {
		m.folder = "INBOX"
	}
	if m.user == "" || m.password == "" {
		return nil, errMailboxURL
	}
	m.tls = &tls.Config{ServerName: m.host, MinVersion: tls.VersionTLS12}
	return m, nil
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// String names the mailbox without its login.
func (m *Mailbox) String() string { return "imap mailbox on " + m.host }

// GoString is String, for %#v.
func (m *Mailbox) GoString() string { return m.String() }

// Bounds of one visit.
const (
	pollMost    = 200
	pollTimeout = 2 * time.Minute
)

// Poll hands the unread mails of the mailbox to take, oldest first, at most 200.
// Those that mine refuses by their recipients stay as they are: they belong to
// somebody else. What take has dealt with is marked as read; an error of take
// ends the visit, and the mail comes again.
func (m *Mailbox) Poll(ctx context.Context, mine func(to []string) bool, take func(Mail) error) error {
	ctx, cancel := context.WithTimeout(ctx, pollTimeout)
	defer cancel()
	c, err := m.dial(ctx)
	if err != nil {
		return fmt.Errorf("mailbox: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	defer stop()
	defer c.Close()
	if err := c.Login(m.user, m.password).Wait(); err != nil {
		return errors.New("mailbox: the server refuses the login")
	}
	if _, err := c.Select(m.folder, nil).Wait(); err != nil {
		return fmt.Errorf("mailbox: %w", err)
	}
	found, err := c.UIDSearch(&imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagSeen}}, nil).Wait()
	if err != nil {
		return fmt.Errorf("mailbox: %w", err)
	}
	uids := found.AllUIDs()
	for _, uid := range uids[:min(len(uids), pollMost)] {
		if err := visit(c, uid, mine, take); err != nil {
			return err
		}
	}
	return c.Logout().Wait()
}

func (m *Mailbox) dial(ctx context.Context) (*imapclient.Client, error) {
	address := net.JoinHostPort(m.host, m.port)
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	opts := &imapclient.Options{TLSConfig: m.tls}
	switch {
	case m.implicit:
		secure := tls.Client(conn, m.tls)
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
		return imapclient.New(secure, opts), nil
	case m.clear:
		return imapclient.New(conn, opts), nil
	}
	return imapclient.NewStartTLS(conn, opts)
}

// visit looks at one mail: its header first, the rest only when it is ours.
func visit(c *imapclient.Client, uid imap.UID, mine func([]string) bool, take func(Mail) error) error {
	set := imap.UIDSetNum(uid)
	header := &imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, Peek: true}
	raw, err := section(c, set, header)
	if err != nil {
		return err
	}
	head, err := Parse(bytes.NewReader(raw))
	if err != nil || !mine(head.To) {
		return nil
	}
	whole := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Size: MaxSize + 1}}
	if raw, err = section(c, set, whole); err != nil {
		return err
	}
	if m, err := Parse(bytes.NewReader(raw)); err == nil {
		if err := take(m); err != nil {
			return err
		}
	}
	if err := c.Store(set, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagSeen}}, nil).Close(); err != nil {
		return fmt.Errorf("mailbox: %w", err)
	}
	return nil
}

func section(c *imapclient.Client, set imap.UIDSet, item *imap.FetchItemBodySection) ([]byte, error) {
	list, err := c.Fetch(set, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{item}}).Collect()
	if err != nil {
		return nil, fmt.Errorf("mailbox: %w", err)
	}
	if len(list) != 1 {
		return nil, errors.New("mailbox: the server gives no mail")
	}
	return list[0].FindBodySection(item), nil
}
