package push

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"foyer/internal/platform/seal"
)

var b64 = base64.RawURLEncoding

// device is a browser that really decrypts, behind its push service.
type device struct {
	key    *ecdh.PrivateKey
	auth   []byte
	url    string
	got    [][]byte
	header http.Header
	answer int
}

func newDevice(t *testing.T) (*device, *Sender) {
	t.Helper()
	d := &device{auth: make([]byte, 16), answer: http.StatusCreated}
	var err error
	if d.key, err = ecdh.P256().GenerateKey(rand.Reader); err != nil {
		t.Fatal(err)
	}
	rand.Read(d.auth)
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		d.header = r.Header
		plain, err := d.decrypt(body)
		if err != nil {
			t.Errorf("the device cannot read it: %v", err)
		}
		d.got = append(d.got, plain)
		w.Header().Set("Location", "https://127.0.0.1/elsewhere")
		w.WriteHeader(d.answer)
	}))
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	d.url = "https://push.example:" + u.Port() + "/send/abc"
	s := sender(t, "push.example")
	conf := server.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	conf.ServerName = "example.com"
	s.port = u.Port()
	s.client = client(netip.Addr.IsLoopback, conf)
	s.client.Transport = atHome{s.client.Transport, u.Host}
	return d, s
}

// atHome resolves every name to the test's server.
type atHome struct {
	http.RoundTripper
	host string
}

func (a atHome) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Host = a.host
	return a.RoundTripper.RoundTrip(r)
}

func sender(t *testing.T, hosts ...string) *Sender {
	t.Helper()
	keys, err := seal.New(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(keys, hosts, "https://portal.lindhof.example", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (d *device) target() Target {
	return Target{Endpoint: d.url, P256dh: b64.EncodeToString(d.key.PublicKey().Bytes()), Auth: b64.EncodeToString(d.auth)}
}

// decrypt is RFC 8291 3.4 with the content coding of RFC 8188, for one record.
func (d *device) decrypt(body []byte) ([]byte, error) {
	if len(body) < 86 {
		return nil, errors.New("too short")
	}
	salt, size, length := body[:16], binary.BigEndian.Uint32(body[16:20]), int(body[20])
	server, err := ecdh.P256().NewPublicKey(body[21 : 21+length])
	if err != nil {
		return nil, err
	}
	shared, err := d.key.ECDH(server)
	if err != nil {
		return nil, err
	}
	info := "WebPush: info\x00" + string(d.key.PublicKey().Bytes()) + string(server.Bytes())
	ikm, err := hkdf.Key(sha256.New, shared, d.auth, info, 32)
	if err != nil {
		return nil, err
	}
	key, err := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: aes128gcm\x00", 16)
	if err != nil {
		return nil, err
	}
	nonce, err := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: nonce\x00", 12)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	record := body[21+length:]
	if len(record) > int(size) {
		return nil, errors.New("more than one record")
	}
	plain, err := gcm.Open(nil, nonce, record, nil)
	if err != nil {
		return nil, err
	}
	plain = bytes.TrimRight(plain, "\x00")
	if len(plain) == 0 || plain[len(plain)-1] != 2 {
		return nil, errors.New("no end of the last record")
	}
	return plain[:len(plain)-1], nil
}

func TestA16_APushMessageIsReadByTheDeviceAlone(t *testing.T) {
	d, s := newDevice(t)
	const message = `{"title":"Lindhof","body":"Sie haben eine neue Nachricht."}`
	if err := s.Send(t.Context(), d.target(), []byte(message), "topic-1"); err != nil {
		t.Fatal(err)
	}
	if len(d.got) != 1 || string(d.got[0]) != message {
		t.Fatalf("%q", d.got)
	}
	if d.header.Get("Content-Encoding") != "aes128gcm" || d.header.Get("Ttl") != "86400" || d.header.Get("Topic") != "topic-1" {
		t.Errorf("%v", d.header)
	}
	// RFC 8292: the signature is that of the key that browsers subscribe with.
	token, k, ok := strings.Cut(strings.TrimPrefix(d.header.Get("Authorization"), "vapid t="), ", k=")
	if !ok || k != s.PublicKey() {
		t.Fatalf("authorization %q", d.header.Get("Authorization"))
	}
	raw, err := b64.DecodeString(k)
	if err != nil {
		t.Fatal(err)
	}
	key, err := parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	claims := jwt.MapClaims{}
	if _, err := jwt.ParseWithClaims(token, claims, func(*jwt.Token) (any, error) { return key, nil }, jwt.WithValidMethods([]string{"ES256"})); err != nil {
		t.Fatal(err)
	}
	if aud, _ := claims.GetAudience(); len(aud) != 1 || !strings.HasPrefix(aud[0], "https://push.example") || claims["sub"] != "https://portal.lindhof.example" {
		t.Errorf("claims %v", claims)
	}
	if other := sender(t, "push.example"); other.PublicKey() != s.PublicKey() {
		t.Error("the key changes with each start")
	}
}

func TestWhatAPushServiceAnswers(t *testing.T) {
	d, s := newDevice(t)
	for status, want := range map[int]error{404: ErrGone, 410: ErrGone, 400: ErrRefused, 413: ErrRefused, 302: ErrRefused, 429: nil, 500: nil} {
		d.answer = status
		err := s.Send(t.Context(), d.target(), []byte("{}"), "")
		if err == nil || want != nil && !errors.Is(err, want) || want == nil && (errors.Is(err, ErrGone) || errors.Is(err, ErrRefused)) {
			t.Errorf("%d: %v", status, err)
		}
	}
}

func TestPushGoesOnlyToListedServicesOfThePublicInternet(t *testing.T) {
	s := sender(t, DefaultHosts...)
	d, _ := newDevice(t)
	at := func(endpoint string) Target { x := d.target(); x.Endpoint = endpoint; return x }
	for _, good := range []string{"https://fcm.googleapis.com/fcm/send/x", "https://web.push.apple.com/x", "https://updates.push.services.mozilla.com/wpush/v2/x", "https://wns2-par02p.notify.windows.com/w/?token=x"} {
		if err := s.Check(at(good)); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"http://fcm.googleapis.com/x", "https://fcm.googleapis.com:8443/x", "https://fcm.googleapis.com.evil.example/x", "https://evilpush.apple.com.example/x", "https://push.apple.com/x",
		"https://x@fcm.googleapis.com/", "https://169.254.169.254/", "https://localhost/", "https://[::1]/", "", "javascript:x", "https://notify.windows.com/x"} {
		if err := s.Send(t.Context(), at(bad), []byte("{}"), ""); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", bad, err)
		}
	}
	for _, keys := range [][2]string{{"", ""}, {"x", d.target().Auth}, {d.target().P256dh, "x"}, {b64.EncodeToString(make([]byte, 65)), d.target().Auth}} {
		if err := s.Check(Target{Endpoint: "https://fcm.googleapis.com/x", P256dh: keys[0], Auth: keys[1]}); !errors.Is(err, ErrRefused) {
			t.Errorf("keys %q: %v", keys, err)
		}
	}
	for address, want := range map[string]bool{"192.0.2.1": true, "2001:4860::1": true, "10.0.0.1": false, "192.168.1.1": false, "172.16.0.1": false, "127.0.0.1": false, "169.254.169.254": false,
		"100.64.0.1": false, "0.0.0.0": false, "224.0.0.1": false, "::1": false, "fe80::1": false, "fd00::1": false, "::": false} {
		if got := public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s is public: %v", address, got)
		}
	}
	// A listed name that resolves to this machine is not connected to.
	local := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("connected") }))
	defer local.Close()
	c := client(public, &tls.Config{InsecureSkipVerify: true})
	if _, err := c.Get(local.URL); err == nil || !strings.Contains(err.Error(), "not a public address") {
		t.Errorf("%v", err)
	}
	for _, bad := range []string{"*", "", "a b", "host", "https://x.example"} {
		if _, err := New(mustKeys(t), []string{bad}, "", time.Now); err == nil {
			t.Errorf("host %q is taken", bad)
		}
	}
}

func mustKeys(t *testing.T) *seal.Keys {
	t.Helper()
	keys, err := seal.New(bytes.Repeat([]byte{9}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// parse reads an uncompressed point as a key to verify with.
func parse(raw []byte) (*ecdsa.PublicKey, error) {
	return ecdsa.ParseUncompressedPublicKey(elliptic.P256(), raw)
}
