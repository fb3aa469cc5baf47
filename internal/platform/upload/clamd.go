package upload

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"time"
)

// Clamd returns a Scan by a ClamAV daemon at tcp://host:port or unix:///path.
// It speaks INSTREAM (clamd(8)): chunks with their length, an empty one at the
// end. A daemon that does not answer within a minute counts as absent.
func Clamd(address string) (Scan, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	network, at := u.Scheme, u.Host
	switch {
	case network == "unix" && u.Path != "":
		at = u.Path
	case network != "tcp" || u.Port() == "":
		return nil, errors.New("want tcp://host:3310 or unix:///run/clamav/clamd.ctl")
	}
	return func(ctx context.Context, r io.Reader) error {
		dialer := net.Dialer{Timeout: 5 * time.Second}
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		conn, err := dialer.DialContext(ctx, network, at)
		if err != nil {
			return err
		}
		defer conn.Close()
		stop := context.AfterFunc(ctx, func() { conn.Close() })
		defer stop()
		return instream(conn, r)
	}, nil
}

func instream(conn net.Conn, r io.Reader) error {
	if _, err := io.WriteString(conn, "zINSTREAM\x00"); err != nil {
		return err
	}
	buf := make([]byte, 4+64<<10)
	for {
		n, err := io.ReadFull(r, buf[4:])
		if n > 0 {
			binary.BigEndian.PutUint32(buf, uint32(n))
			if _, err := conn.Write(buf[:4+n]); err != nil {
				break // it has said why
			}
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			_, _ = conn.Write([]byte{0, 0, 0, 0}) // the answer tells whether it arrived
			break
		}
		if err != nil {
			return err
		}
	}
	answer, err := bufio.NewReader(io.LimitReader(conn, 4096)).ReadString(0)
	answer = strings.TrimRight(answer, "\x00\n")
	switch {
	case strings.HasSuffix(answer, " FOUND"):
		return ErrInfected
	case strings.HasSuffix(answer, ": OK"):
		return nil
	case err != nil:
		return fmt.Errorf("clamd: %w", err)
	}
	return fmt.Errorf("clamd: %q", answer)
}
