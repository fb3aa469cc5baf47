package access

import (
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"foyer/internal/platform/blob"
	"foyer/internal/platform/seal"
)

func sealedBench(t *testing.T) (*Service, string) {
	t.Helper()
	keys, err := seal.New(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	blobs, err := blob.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { blobs.Close() })
	return New(Deps{Keys: keys, Blobs: blobs}), dir
}

func sealAll(t *testing.T, s *Service, name string, data []byte) string {
	t.Helper()
	f := s.newSealedFile("org-a", name)
	for rest := data; len(rest) > 0; {
		n := min(len(rest), 1+rand.IntN(100_000))
		if _, err := f.Write(rest[:n]); err != nil {
			t.Fatal(err)
		}
		rest = rest[n:]
	}
	key, err := f.finish()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func openAll(s *Service, org, name, key string) ([]byte, error) {
	r, err := s.openSealed(org, name, key)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func TestT45_LetterFilesAreSealedAndReadBackWhole(t *testing.T) {
	s, dir := sealedBench(t)
	for _, size := range []int{0, 1, pieceSize - 1, pieceSize, pieceSize + 1, 3*pieceSize + 17} {
		data := bytes.Repeat([]byte("KX7M-4QPD-92TR "), size/15+1)[:size]
		key := sealAll(t, s, "batch-1", data)
		got, err := openAll(s, "org-a", "batch-1", key)
		if err != nil || !bytes.Equal(got, data) {
			t.Fatalf("%d bytes: %d back, %v", size, len(got), err)
		}
		if _, err := openAll(s, "org-a", "batch-2", key); err == nil {
			t.Errorf("%d bytes opened under another batch", size)
		}
	}
	filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if raw, _ := os.ReadFile(path); bytes.Contains(raw, []byte("KX7M")) {
			t.Errorf("%s holds a code in clear", path)
		}
		return nil
	})
}

func TestAnAbandonedLetterFileLeavesNothing(t *testing.T) {
	s, dir := sealedBench(t)
	f := s.newSealedFile("org-a", "batch")
	if _, err := f.Write(make([]byte, 2*pieceSize+5)); err != nil {
		t.Fatal(err)
	}
	f.abandon()
	entries, err := os.ReadDir(filepath.Join(dir, "org-a"))
	if err != nil || len(entries) != 0 {
		t.Fatalf("%d files left, %v", len(entries), err)
	}
}

// A shortened file, a swap of two pieces and a piece of another file must all
// be noticed although each piece is whole.
func TestAMutilatedLetterFileDoesNotOpen(t *testing.T) {
	s, dir := sealedBench(t)
	data := make([]byte, 3*pieceSize)
	for i := range data {
		data[i] = byte(rand.IntN(256))
	}
	raw, err := os.ReadFile(filepath.Join(dir, sealAll(t, s, "batch", data)))
	if err != nil {
		t.Fatal(err)
	}
	piece := 4 + pieceSize + sealOverhead
	swapped := append(append(append([]byte{}, raw[piece:2*piece]...), raw[:piece]...), raw[2*piece:]...)
	for name, bad := range map[string][]byte{"shortened": raw[:2*piece], "cut in a piece": raw[:piece+100], "swapped": swapped, "empty": nil} {
		key, _, err := s.blobs.Put("org-a", bytes.NewReader(bad), maxSealed)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := openAll(s, "org-a", "batch", key); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
}
