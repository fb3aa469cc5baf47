package app

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"foyer/internal/notifications/mail"
	"foyer/internal/platform/store/storetest"
)

// lockedLog is a log that server and test may use at the same time.
type lockedLog struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lockedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}
func (l *lockedLog) String() string { l.mu.Lock(); defer l.mu.Unlock(); return l.b.String() }

// serving starts the real server and returns its address and log.
func serving(t *testing.T) (addr string, log *lockedLog, stop func() error) {
	t.Helper()
	dir := t.TempDir()
	log = &lockedLog{}
	cfg := Config{Database: storetest.SQLite(t).URL, Blobs: filepath.Join(dir, "blobs"), SecretFile: filepath.Join(dir, "secret"), BaseURL: "https://a.example",
		Listen: "127.0.0.1:0", LogLevel: "debug", LogFormat: "text"}
	a, err := Open(t.Context(), cfg, Options{Log: log, Sender: mail.NewOutbox(time.Now), From: mail.Address{Addr: "portal@a.example"}})
	if err != nil {
		t.Fatal(err)
	}
	a.patience = 300 * time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	at, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- a.Serve(ctx, func(addr string) { at <- addr }) }()
	stop = sync.OnceValue(func() error { cancel(); return <-ended })
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
		a.Close()
	})
	return <-at, log, stop
}

// raw sends bytes and returns the status of each answer until the server hangs
// up or is silent.
func raw(t *testing.T, addr, text string) (codes []int) {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(3 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(c, text); err != nil {
		return nil
	}
	in := bufio.NewReader(c)
	for {
		res, err := http.ReadResponse(in, nil)
		if err != nil {
			return codes
		}
		io.Copy(io.Discard, res.Body)
		res.Body.Close()
		codes = append(codes, res.StatusCode)
	}
}

// T32: a message that two servers could read in two ways is refused, and
// nothing behind it is taken for another request.
func TestT32_AmbiguousRequestsAreRefused(t *testing.T) {
	addr, _, _ := serving(t)
	const next = "GET /healthz HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n"
	post := func(headers, body string) string {
		return "POST /anmelden HTTP/1.1\r\nHost: a.example\r\n" + headers + "\r\n\r\n" + body
	}
	for what, text := range map[string]string{
		"two lengths":            post("Content-Length: 5\r\nContent-Length: 6", "a=bcd"+next),
		"a list of lengths":      post("Content-Length: 5, 6", "a=bcd"+next),
		"a signed length":        post("Content-Length: +5", "a=bcd"+next),
		"an unknown coding":      post("Transfer-Encoding: xchunked", "0\r\n\r\n"+next),
		"two codings":            post("Transfer-Encoding: chunked, identity", "0\r\n\r\n"+next),
		"coding twice":           post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "0\r\n\r\n"+next),
		"a space in a name":      post("Content-Length : 5", "a=bcd"+next),
		"NUL in a value":         post("X-A: a\x00b", next),
		"no host":                "GET / HTTP/1.1\r\n\r\n" + next,
		"two hosts":              "GET / HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n\r\n" + next,
		"a host with a path":     "GET / HTTP/1.1\r\nHost: a.example/b\r\n\r\n" + next,
		"a host with a space":    "GET / HTTP/1.1\r\nHost: a.example b\r\n\r\n" + next,
		"a header beyond 32 KiB": "GET / HTTP/1.1\r\nHost: a.example\r\nX-A: " + strings.Repeat("a", 80<<10) + "\r\n\r\n" + next,
	} {
		codes := raw(t, addr, text)
		if len(codes) != 1 || codes[0] < 400 || codes[0] >= 500 && codes[0] != http.StatusNotImplemented {
			t.Errorf("%s: %v", what, codes)
		}
	}
	for what, text := range map[string]string{
		"the host of an absolute address counts": "GET http://evil.example/ HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n",
		"an unknown host":                        "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
		"an unknown host by forwarding":          "GET / HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: a.example\r\nForwarded: host=a.example\r\nConnection: close\r\n\r\n",
	} {
		if codes := raw(t, addr, text); len(codes) != 1 || codes[0] != http.StatusMisdirectedRequest {
			t.Errorf("%s: %v", what, codes)
		}
	}
	// A length beside a coding: the coding counts, the length is not looked at,
	// and what follows the body is the one next request.
	if codes := raw(t, addr, post("Content-Length: 4\r\nTransfer-Encoding: chunked", "0\r\n\r\n"+next)); len(codes) > 2 {
		t.Errorf("length and coding: %v", codes)
	}
}

// T32: connections that do nothing keep nobody else waiting, and a stop does
// not wait for them.
func TestT32_IdleConnectionsHinderNobody(t *testing.T) {
	addr, log, stop := serving(t)
	for i := range 500 {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if i%2 == 0 {
			fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: a.exa")
		} else {
			fmt.Fprint(c, "POST /anmelden HTTP/1.1\r\nHost: a.example\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 60000\r\n\r\na=")
		}
	}
	start := time.Now()
	res, err := http.Get("http://" + addr + "/healthz")
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatal(res, err)
	}
	res.Body.Close()
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("others waited %v", took)
	}
	if strings.Contains(log.String(), "127.0.0.1:") && strings.Contains(log.String(), "http:") {
		t.Errorf("addresses of visitors in the log:\n%s", log.String())
	}
	start = time.Now()
	if err := stop(); err != nil || time.Since(start) > 5*time.Second {
		t.Errorf("the stop took %v: %v", time.Since(start), err)
	}
	if !strings.Contains(log.String(), "connections broken off at the end") {
		t.Errorf("requests that never end were waited for:\n%s", log.String())
	}
}
