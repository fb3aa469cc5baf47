package seal

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"foyer/internal/platform/fault"
)

func keys(t *testing.T) *Keys {
	t.Helper()
	k, err := New(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestSealedDataFitsItsPlaceOnly(t *testing.T) {
	k := keys(t)
	box := k.Seal("batch", "org-a", []byte("geheim"))
	if got, err := k.Open("batch", "org-a", box); err != nil || string(got) != "geheim" {
		t.Fatalf("%q %v", got, err)
	}
	for _, c := range [][2]string{{"batch", "org-b"}, {"other", "org-a"}} {
		if _, err := k.Open(c[0], c[1], box); err == nil {
			t.Errorf("opened as %v", c)
		}
	}
	for i := range box {
		bad := bytes.Clone(box)
		bad[i] ^= 1
		if _, err := k.Open("batch", "org-a", bad); err == nil {
			t.Fatalf("opened with byte %d changed", i)
		}
	}
	if k.Hash("code", "org-a", "x") == k.Hash("code", "org-b", "x") || k.Hash("code", "org-a", "x") == k.Hash("link", "org-a", "x") {
		t.Error("hashes of different places are equal")
	}
}

func TestSecretFileIsMadeOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sub", "secret")
	var wg sync.WaitGroup
	hashes := make([]string, 8)
	for i := range hashes {
		wg.Go(func() {
			k, _, err := Load(path)
			if err != nil {
				t.Error(err)
				return
			}
			hashes[i] = k.Hash("a", "b", "c")
		})
	}
	wg.Wait()
	for _, h := range hashes {
		if h != hashes[0] {
			t.Fatal("processes that start together have different secrets")
		}
	}
	if st, _ := os.Stat(path); st.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", st.Mode())
	}
	os.WriteFile(path, []byte("short"), 0o600)
	if _, _, err := Load(path); err == nil {
		t.Error("a broken secret file was accepted")
	}
}

func TestT6_CodesAreUniformUniqueAndCheckable(t *testing.T) {
	const n = 1_000_000
	seen := make(map[string]bool, n)
	var counts [32]int
	random := make([]byte, CodeLen-1)
	for range n {
		rand.Read(random)
		c := Code(random)
		if seen[c] {
			t.Fatalf("%s came twice", c)
		}
		seen[c] = true
		for j := range CodeLen - 1 {
			counts[bytes.IndexByte([]byte(Alphabet), c[j])]++
		}
	}
	want := float64(n*(CodeLen-1)) / 32
	chi := 0.0
	for _, c := range counts {
		chi += (float64(c) - want) * (float64(c) - want) / want
	}
	if chi > 80 { // 31 degrees of freedom: far beyond the 0.1 % point of 61
		t.Errorf("chi-square %.1f", chi)
	}
}

func TestCodesAreReadForgivingly(t *testing.T) {
	code := Code([]byte("abcdefghijk"))
	nice := FormatCode(code)
	for _, typed := range []string{code, nice, " " + nice + "\n", "\u00a0" + code[:4] + "  " + code[4:], code[:6] + "." + code[6:]} {
		if got, ok := ParseCode(typed); !ok || got != code {
			t.Errorf("%q: %q %v", typed, got, ok)
		}
	}
	for i := range code { // every single wrong character is found
		for j := range Alphabet {
			if Alphabet[j] == code[i] {
				continue
			}
			bad := code[:i] + string(Alphabet[j]) + code[i+1:]
			if _, ok := ParseCode(bad); ok {
				t.Fatalf("accepted %s for %s", bad, code)
			}
		}
	}
	for i := 0; i+1 < len(code); i++ { // and every swap of neighbours
		if code[i] == code[i+1] {
			continue
		}
		bad := code[:i] + string(code[i+1]) + string(code[i]) + code[i+2:]
		if _, ok := ParseCode(bad); ok {
			t.Fatalf("accepted swap %s for %s", bad, code)
		}
	}
	for _, bad := range []string{"", "KX7M", code + "2", "0" + code[1:], "ÄÖÜ", code[:11] + "\x00"} {
		if _, ok := ParseCode(bad); ok {
			t.Errorf("accepted %q", bad)
		}
	}
}

func FuzzParseCode(f *testing.F) {
	f.Add("KX7M-4QPD-92TR")
	f.Fuzz(func(t *testing.T, typed string) {
		if code, ok := ParseCode(typed); ok {
			if again, ok := ParseCode(FormatCode(code)); !ok || again != code {
				t.Fatalf("%q → %q does not read back", typed, code)
			}
		}
	})
}

func TestPasswords(t *testing.T) {
	p := NewPasswords()
	ctx := t.Context()
	h, err := p.Hash(ctx, "Grüne Tür im Hof")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		hash, pw string
		want     bool
	}{
		{h, "Grüne Tür im Hof", true}, {h, "Gru\u0308ne Tu\u0308r im Hof", true}, {h, "grüne tür im hof", false},
		{"", "", false}, {"", "x", false}, {"kaputt", "x", false}, {h, "", false},
	} {
		if got, err := p.Check(ctx, c.hash, c.pw); err != nil || got != c.want {
			t.Errorf("%q: %v %v", c.pw, got, err)
		}
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	for range cap(p.run) {
		p.run <- struct{}{}
	}
	if _, err := p.Check(cancelled, h, "x"); err == nil {
		t.Error("a cancelled wait ran on")
	}
}

// T15: however many sign in at once, a bounded number waits and holds memory.
func TestT15_TooManyAtOnceAreSentAway(t *testing.T) {
	p := NewPasswords()
	for range cap(p.run) {
		p.run <- struct{}{}
	}
	for range cap(p.wait) {
		p.wait <- struct{}{}
	}
	if _, err := p.Check(t.Context(), "", "x"); !errors.Is(err, fault.ErrUnavailable) {
		t.Errorf("one more than may wait: %v", err)
	}
	for range cap(p.wait) {
		<-p.wait
	}
	for range cap(p.run) {
		<-p.run
	}
	if len(p.wait) != 0 || len(p.run) != 0 {
		t.Error("a place was taken and not given back")
	}
	if _, err := p.Check(t.Context(), "", "x"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
