// Package push sends messages to browsers and telephones that asked for them:
// encrypted for the device (RFC 8291), signed by the installation (VAPID, RFC
// 8292), handed to the push service of its maker (RFC 8030).
//
// The address of that service comes from the browser, that is, from anybody who
// is signed in. So a message goes only to https on the standard port of the
// hosts that the operator lists, never to an address of a private network
// whatever a name resolves to, and never where a redirect points.
//
// The key pair is derived from the installation's secret: it is the same as
// long as the secret is, and nobody has to keep it.
package push

import (
	"context"
	"crypto/ecdh"
	"crypto/elliptic"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/SherClockHolmes/webpush-go"

	"foyer/internal/platform/seal"
)

// DefaultHosts are the push services of the browsers in use: Google, Mozilla,
// Apple, Microsoft.
var DefaultHosts = []string{"fcm.googleapis.com", "updates.push.services.mozilla.com", "*.push.apple.com", "*.notify.windows.com"}

// Target is a device that takes messages, as the Push API of its browser
// describes it.
type Target struct {
	Endpoint string // https URL of its push service
	P256dh   string // its public key, base64url
	Auth     string // its shared secret, base64url
}

// MaxPayload is how many bytes a message may have: what every service takes,
// less what encryption adds (RFC 8291 4).
const MaxPayload = 3000

const (
	timeToLive = 24 * time.Hour // how long a service keeps a message for a device that is off
	timeout    = 20 * time.Second
	signedFor  = 12 * time.Hour
)

// ErrGone says that the device takes no messages any more: forget it.
var ErrGone = errors.New("push: the subscription has ended")

// ErrRefused says that the service will not take this message, now or later.
var ErrRefused = errors.New("push: refused")

// Sender sends. It is safe for concurrent use.
type Sender struct {
	hosts        []string
	subject      string
	now          func() time.Time
	private, key string
	client       *http.Client
	port         string // "" is the standard one
}

// New makes a sender to hosts, "*.push.apple.com" meaning all below. subject is
// the https address that services find the operator by.
func New(keys *seal.Keys, hosts []string, subject string, now func() time.Time) (*Sender, error) {
	private, key, err := vapid(keys)
	if err != nil {
		return nil, err
	}
	s := &Sender{subject: subject, now: now, private: private, key: key}
	for _, h := range hosts {
		h = strings.ToLower(strings.TrimSpace(h))
		if bare := strings.TrimPrefix(h, "*."); bare == "" || strings.ContainsAny(bare, "*/:@ ") || !strings.Contains(bare, ".") {
			return nil, fmt.Errorf("FOYER_PUSH_HOSTS: %q is not a host", h)
		}
		s.hosts = append(s.hosts, h)
	}
	s.client = client(public, nil)
	return s, nil
}

// client connects only where may allows, by the address that is really dialled.
func client(may func(netip.Addr) bool, conf *tls.Config) *http.Client {
	d := &net.Dialer{Timeout: timeout, Control: func(_, address string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(address)
		if err != nil || !may(ap.Addr().Unmap()) {
			return errors.New("push: not a public address")
		}
		return nil
	}}
	return &http.Client{Timeout: timeout, Transport: &http.Transport{DialContext: d.DialContext, TLSClientConfig: conf, TLSHandshakeTimeout: timeout, MaxIdleConnsPerHost: 4,
		IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true, ResponseHeaderTimeout: timeout},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

var carrierNAT = netip.MustParsePrefix("100.64.0.0/10") // RFC 6598

// public tells whether an address is one of the public internet.
func public(a netip.Addr) bool {
	return a.IsGlobalUnicast() && !a.IsPrivate() && !carrierNAT.Contains(a)
}

// vapid derives the key pair from the secret.
func vapid(keys *seal.Keys) (private, key string, err error) {
	n := elliptic.P256().Params().N
	// 16 bytes more than the key needs leave no bias (FIPS 186-5 A.2.1).
	d := new(big.Int).SetBytes(keys.Stream("notifications.push", "", "vapid", "key", 48))
	d.Mod(d, new(big.Int).Sub(n, big.NewInt(1))).Add(d, big.NewInt(1))
	k, err := ecdh.P256().NewPrivateKey(d.FillBytes(make([]byte, 32)))
	if err != nil {
		return "", "", err
	}
	return base64.RawURLEncoding.EncodeToString(k.Bytes()), base64.RawURLEncoding.EncodeToString(k.PublicKey().Bytes()), nil
}

// PublicKey is what browsers need to subscribe (applicationServerKey).
func (s *Sender) PublicKey() string { return s.key }

// Check tells whether messages may go to a target: an https endpoint of a
// listed host and keys of the right form.
func (s *Sender) Check(t Target) error {
	u, err := url.Parse(t.Endpoint)
	if err != nil || u.Scheme != "https" || u.User != nil || u.Fragment != "" || len(t.Endpoint) > 2000 || u.Port() != s.port || !s.listed(strings.ToLower(u.Hostname())) {
		return fmt.Errorf("%w: not an endpoint of a listed push service", ErrRefused)
	}
	key, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(t.P256dh, "="))
	if err == nil {
		_, err = ecdh.P256().NewPublicKey(key)
	}
	auth, err2 := base64.RawURLEncoding.DecodeString(strings.TrimRight(t.Auth, "="))
	if err != nil || err2 != nil || len(auth) != 16 {
		return fmt.Errorf("%w: not the keys of a subscription", ErrRefused)
	}
	return nil
}

func (s *Sender) listed(host string) bool {
	for _, h := range s.hosts {
		if below, ok := strings.CutPrefix(h, "*"); host == h || ok && strings.HasSuffix(host, below) && host != below[1:] {
			return true
		}
	}
	return false
}

// Send encrypts a message for a device and hands it to its service. topic (at
// most 32 letters, digits, - and _) replaces an earlier message of the same that
// still waits. ErrGone and ErrRefused are for good; any other error may pass.
func (s *Sender) Send(ctx context.Context, t Target, payload []byte, topic string) error {
	if err := s.Check(t); err != nil {
		return err
	}
	if len(payload) > MaxPayload {
		return fmt.Errorf("%w: the message is too long", ErrRefused)
	}
	resp, err := webpush.SendNotificationWithContext(ctx, payload, &webpush.Subscription{Endpoint: t.Endpoint, Keys: webpush.Keys{P256dh: t.P256dh, Auth: t.Auth}},
		&webpush.Options{HTTPClient: s.client, Subscriber: s.subject, Topic: topic, TTL: int(timeToLive.Seconds()), Urgency: webpush.UrgencyNormal,
			VAPIDPublicKey: s.key, VAPIDPrivateKey: s.private, VapidExpiration: s.now().Add(signedFor)})
	if err != nil {
		return errors.New("push: the service cannot be reached") // the error would hold the endpoint, which is a secret
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 10_000))
	switch {
	case resp.StatusCode >= 200 && resp.StatusCode < 300:
		return nil
	case resp.StatusCode == http.StatusNotFound, resp.StatusCode == http.StatusGone:
		return ErrGone
	case resp.StatusCode == http.StatusTooManyRequests, resp.StatusCode >= 500:
		return fmt.Errorf("push: the service answers %d", resp.StatusCode)
	}
	return fmt.Errorf("%w: the service answers %d", ErrRefused, resp.StatusCode)
}
