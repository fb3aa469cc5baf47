// Package blob keeps files on disk, below one folder, under names that we
// make. A file is written beside, synced, renamed and its folder synced before
// Put returns its key; only then may a row point to it. The key holds the
// SHA-256 of the content, so that reading notices a changed file.
//
// A column that holds a key is called blob or ends in _blob, and its package
// returns it in a function Blobs: what no such column names is swept away after
// a day. One folder serves one database only.
package blob

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"sync"
	"time"

	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

// Dir is a folder of blobs. It is safe for concurrent use, also by several
// processes.
type Dir struct {
	root   *os.Root
	synced sync.Map // organisation → true once its folder is on disk
}

// Open opens the folder, made when missing (mode 0700).
func Open(dir string) (*Dir, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open blob folder: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open blob folder: %w", err)
	}
	return &Dir{root: root}, nil
}

// ErrTooLarge says that the content exceeded the limit given to Put.
var ErrTooLarge = errors.New("blob: too large")

// Put stores what r yields, at most limit bytes, for one organisation and
// returns its key and size in bytes.
func (d *Dir) Put(org string, r io.Reader, limit int64) (key string, size int64, err error) {
	if !fs.ValidPath(org) || org == "." || strings.ContainsAny(org, "/\\\x00") {
		return "", 0, errors.New("blob: bad organisation id")
	}
	folder := org
	if err := d.folder(folder); err != nil {
		return "", 0, err
	}
	id := store.NewID()
	temp := path.Join(folder, ".new-"+id)
	f, err := d.root.OpenFile(temp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", 0, err
	}
	defer func() {
		if err != nil {
			d.root.Remove(temp)
		}
	}()
	h := sha256.New()
	size, err = io.Copy(io.MultiWriter(f, h), io.LimitReader(r, limit+1))
	if err == nil && size > limit {
		err = ErrTooLarge
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", 0, err
	}
	key = path.Join(folder, id+"-"+hex.EncodeToString(h.Sum(nil)))
	if err = d.root.Rename(temp, key); err != nil {
		return "", 0, err
	}
	return key, size, d.syncDir(folder)
}

// folder makes an organisation's folder. It is itself an entry of the root, and
// a file is safe only when every entry on its way is.
func (d *Dir) folder(name string) error {
	if _, ok := d.synced.Load(name); ok {
		return nil
	}
	if err := d.root.MkdirAll(name, 0o700); err != nil {
		return err
	}
	if err := d.syncDir("."); err != nil {
		return err
	}
	d.synced.Store(name, true)
	return nil
}

func (d *Dir) syncDir(folder string) error {
	f, err := d.root.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// File is an open blob. Reading sequentially to the end checks the content
// against its key and fails when it was changed; ReadAt does not check.
type File struct {
	f    *os.File
	want string
	sum  hash.Hash
}

// Read reads on and, at the end, checks the content.
func (f *File) Read(p []byte) (int, error) {
	n, err := f.f.Read(p)
	f.sum.Write(p[:n])
	if err == io.EOF && hex.EncodeToString(f.sum.Sum(nil)) != f.want {
		return n, errors.New("blob: content was changed on disk")
	}
	return n, err
}

// ReadAt reads anywhere, for formats that need it (zip).
func (f *File) ReadAt(p []byte, off int64) (int, error) { return f.f.ReadAt(p, off) }

// Size returns the length in bytes.
func (f *File) Size() (int64, error) {
	info, err := f.f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// Close closes the file.
func (f *File) Close() error { return f.f.Close() }

// Get opens a blob of an organisation; a key of another one is not found.
func (d *Dir) Get(org, key string) (*File, error) {
	dir, name, ok := strings.Cut(key, "/")
	if !ok || dir != org || !fs.ValidPath(key) || strings.Contains(name, "/") || len(name) < 65 {
		return nil, fault.NotFound("file")
	}
	f, err := d.root.Open(key)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.NotFound("file")
	}
	if err != nil {
		return nil, err
	}
	return &File{f: f, want: name[len(name)-64:], sum: sha256.New()}, nil
}

// Bytes returns the whole checked content of a blob.
func (d *Dir) Bytes(org, key string) ([]byte, error) {
	f, err := d.Get(org, key)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var b bytes.Buffer
	_, err = io.Copy(&b, f)
	return b.Bytes(), err
}

// Delete removes a blob; a missing one is no error.
func (d *Dir) Delete(org, key string) error {
	if !strings.HasPrefix(key, org+"/") || !fs.ValidPath(key) {
		return nil
	}
	if err := d.root.Remove(key); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Sweep removes an organisation's files that are older than before and that
// keep does not know: what a crash left between the file and its row, or of a
// file half written. What Put has not made it leaves alone.
func (d *Dir) Sweep(org string, before time.Time, keep func(key string) bool) (removed int, err error) {
	f, err := d.root.Open(org)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer f.Close()
	entries, err := f.ReadDir(-1)
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		key := path.Join(org, e.Name())
		info, err := e.Info()
		if err != nil || !ours.MatchString(e.Name()) || !info.Mode().IsRegular() || !info.ModTime().Before(before) || keep(key) {
			continue
		}
		switch err := d.root.Remove(key); {
		case err == nil:
			removed++
		case !errors.Is(err, fs.ErrNotExist): // else another process was faster
			return removed, err
		}
	}
	return removed, nil
}

// ours are the names that Put gives.
var ours = regexp.MustCompile(`^(\.new-[0-9a-f-]{36}|[0-9a-f-]{36}-[0-9a-f]{64})$`)

// Close closes the folder.
func (d *Dir) Close() error { return d.root.Close() }
