package upload

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"testing"

	"foyer/internal/platform/fault"
)

// daemon is a clamd that knows one signature, and may be out of order.
func daemon(t *testing.T, sick bool) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go serve(c, sick)
		}
	}()
	return "tcp://" + l.Addr().String()
}

func serve(c net.Conn, sick bool) {
	defer c.Close()
	r := bufio.NewReader(c)
	if cmd, err := r.ReadString(0); err != nil || cmd != "zINSTREAM\x00" {
		io.WriteString(c, "UNKNOWN COMMAND\x00")
		return
	}
	var all bytes.Buffer
	for {
		var n uint32
		if err := binary.Read(r, binary.BigEndian, &n); err != nil {
			return
		}
		if n == 0 {
			break
		}
		if _, err := io.CopyN(&all, r, int64(n)); err != nil {
			return
		}
	}
	switch {
	case sick:
		io.WriteString(c, "INSTREAM size limit exceeded. ERROR\x00")
	case bytes.Contains(all.Bytes(), []byte("EICAR")):
		io.WriteString(c, "stream: Eicar-Test-Signature FOUND\x00")
	default:
		io.WriteString(c, "stream: OK\x00")
	}
}

func TestT23_ClamdLooksFirst(t *testing.T) {
	scan, err := Clamd(daemon(t, false))
	if err != nil {
		t.Fatal(err)
	}
	d, _ := desk(t, scan)
	if _, no := take(t, d, "gut.png", asPNG(t, corners(900, 700))); no != "" {
		t.Errorf("a clean file: %s", no)
	}
	bad := append(letter(t, nil), bytes.Repeat([]byte{' '}, 200<<10)...)
	if _, no := take(t, d, "schlecht.pdf", append(bad, "EICAR"...)); no != "upload.infected" {
		t.Errorf("an infected file: %q", no)
	}
	for name, address := range map[string]string{"sick": daemon(t, true), "absent": "tcp://127.0.0.1:1"} {
		scan, err := Clamd(address)
		if err != nil {
			t.Fatal(err)
		}
		d, _ := desk(t, scan)
		if _, err := d.Take(t.Context(), "org-a", "", "x.pdf", bytes.NewReader(letter(t, nil))); !errors.Is(err, fault.ErrUnavailable) {
			t.Errorf("%s: a file came in unseen: %v", name, err)
		}
	}
	for _, address := range []string{"", "localhost:3310", "http://x:1", "tcp://x", "unix://"} {
		if _, err := Clamd(address); err == nil {
			t.Errorf("%q was taken for an address", address)
		}
	}
}
