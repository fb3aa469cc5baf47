package access

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"foyer/internal/platform/blob"
	"foyer/internal/platform/seal"
)

// A letter file is never on a disk in clear: what is written to it is cut into
// pieces, each piece is sealed under the batch's name, its number and whether
// it is the last, and goes straight into a blob. So a piece that is missing,
// swapped or of another batch does not open, and memory holds one piece only.
const (
	pieceSize     = 256 << 10
	maxSealed     = 2 << 30
	lastPiece     = 1 << 31 // flag in a piece's length
	sealOverhead  = 24 + 16 // nonce and tag of XChaCha20-Poly1305
	purposeLetter = "access.letters"
)

func piecePurpose(name string, n int, last bool) string {
	return fmt.Sprintf("%s:%s:%d:%t", purposeLetter, name, n, last)
}

// sealedFile is a blob being written.
type sealedFile struct {
	keys      *seal.Keys
	org, name string
	piece     []byte
	n         int
	pipe      *io.PipeWriter
	done      chan putResult
}

type putResult struct {
	key string
	err error
}

var errAbandoned = errors.New("letter file abandoned")

// newSealedFile begins a file of an organisation. name ties it to its batch.
// End it with finish or abandon.
func (s *Service) newSealedFile(org, name string) *sealedFile {
	r, w := io.Pipe()
	f := &sealedFile{keys: s.keys, org: org, name: name, pipe: w, done: make(chan putResult, 1)}
	go func() {
		key, _, err := s.blobs.Put(org, r, maxSealed)
		if err != nil {
			r.CloseWithError(err) // a writer must not wait for a reader that is gone
		}
		f.done <- putResult{key, err}
	}()
	return f
}

// Write takes clear bytes.
func (f *sealedFile) Write(p []byte) (int, error) {
	total := len(p)
	for len(p) > 0 {
		if len(f.piece) == pieceSize {
			if err := f.flush(false); err != nil {
				return 0, err
			}
		}
		n := min(len(p), pieceSize-len(f.piece))
		f.piece = append(f.piece, p[:n]...)
		p = p[n:]
	}
	return total, nil
}

func (f *sealedFile) flush(last bool) error {
	box := f.keys.Seal(piecePurpose(f.name, f.n, last), f.org, f.piece)
	head := uint32(len(box))
	if last {
		head |= lastPiece
	}
	f.n, f.piece = f.n+1, f.piece[:0]
	_, err := f.pipe.Write(append(binary.BigEndian.AppendUint32(nil, head), box...))
	return err
}

// finish completes the file and returns its blob key.
func (f *sealedFile) finish() (string, error) {
	if err := f.flush(true); err != nil {
		f.abandon()
		return "", err
	}
	f.pipe.Close()
	res := <-f.done
	return res.key, res.err
}

// abandon throws the file away. It must not be called after finish.
func (f *sealedFile) abandon() {
	f.pipe.CloseWithError(errAbandoned)
	<-f.done
}

// openSealed opens a finished file for reading in clear.
func (s *Service) openSealed(org, name, key string) (io.ReadCloser, error) {
	f, err := s.blobs.Get(org, key)
	if err != nil {
		return nil, err
	}
	return &sealedReader{keys: s.keys, org: org, name: name, file: f}, nil
}

type sealedReader struct {
	keys      *seal.Keys
	org, name string
	file      *blob.File
	clear     []byte
	n         int
	last      bool
}

// Read yields clear bytes; a damaged or shortened file is an error, never a
// shorter answer.
func (r *sealedReader) Read(p []byte) (int, error) {
	for len(r.clear) == 0 {
		if r.last {
			return 0, io.EOF
		}
		if err := r.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.clear)
	r.clear = r.clear[n:]
	return n, nil
}

func (r *sealedReader) next() error {
	var head [4]byte
	if _, err := io.ReadFull(r.file, head[:]); err != nil {
		return fmt.Errorf("letter file ends early: %w", err)
	}
	size := binary.BigEndian.Uint32(head[:])
	r.last = size&lastPiece != 0
	size &^= lastPiece
	if size > pieceSize+sealOverhead {
		return errors.New("letter file: piece too large")
	}
	box := make([]byte, size)
	if _, err := io.ReadFull(r.file, box); err != nil {
		return fmt.Errorf("letter file ends early: %w", err)
	}
	clear, err := r.keys.Open(piecePurpose(r.name, r.n, r.last), r.org, box)
	if err != nil {
		return fmt.Errorf("letter file: %w", err)
	}
	r.n, r.clear = r.n+1, clear
	return nil
}

// Close closes the file.
func (r *sealedReader) Close() error { return r.file.Close() }
