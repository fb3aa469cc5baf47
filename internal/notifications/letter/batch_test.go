package letter

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// person makes the letter of the i-th of many persons: name, address, code and
// URL are its own.
func person(i int) Letter {
	l := german()
	if i%2 == 1 {
		l = english()
	}
	l.To = []string{fmt.Sprintf("Person%05d Müller-Ğül", i), fmt.Sprintf("Ahornallee %d", i), "12623 Berlin"}
	l.Salutation = fmt.Sprintf("Guten Tag, Person%05d,", i)
	l.Code = code(i)
	l.URL = fmt.Sprintf("https://portal.lindhof.example/registrieren?k=Zk3vQ0aXb7rT1mYw%06d", i)
	return l
}

func code(i int) string {
	const alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
	r := rand.New(rand.NewPCG(uint64(i), 7))
	var b strings.Builder
	for j := range 12 {
		if j > 0 && j%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(alphabet[r.IntN(len(alphabet))])
	}
	return b.String()
}

// TestT26_OnePersonPerPage makes 1,000 letters, shuffled, with failing ones
// between them: each page has its own person and code and no one else's.
func TestT26_OnePersonPerPage(t *testing.T) {
	const n = 1000
	order := rand.New(rand.NewPCG(1, 2)).Perm(n)
	var out bytes.Buffer
	b, err := New(&out, testSender(), Options{Title: "Zugangsschreiben", CreatedAt: created})
	if err != nil {
		t.Fatal(err)
	}
	for k, i := range order {
		if k%10 == 0 {
			bad := person(n + i)
			bad.To[0] += " 東"
			if err := b.Add(bad); !errors.Is(err, ErrGlyph{'東', "to"}) {
				t.Fatalf("letter with a missing glyph: %v", err)
			}
		}
		if err := b.Add(person(i)); err != nil {
			t.Fatalf("letter %d: %v", i, err)
		}
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	pages := pageTexts(t, out.Bytes())
	if len(pages) != n || b.Pages() != n {
		t.Fatalf("%d pages, Pages() %d, want %d", len(pages), b.Pages(), n)
	}
	if per := out.Len() / n; per > 4096 {
		t.Errorf("%d bytes per letter, want at most 4096", per)
	}
	for k, page := range pages {
		i := order[k]
		if got, want := strings.Count(page, "Person"), 2; got != want {
			t.Errorf("page %d: %d persons' names, want %d", k, got, want)
		}
		if want := fmt.Sprintf("Person%05d", i); strings.Count(page, want) != 2 {
			t.Errorf("page %d is not of %s: %.200s", k, want, page)
		}
		if !strings.Contains(page, code(i)) {
			t.Errorf("page %d lacks its code", k)
		}
		if strings.Count(page, fmt.Sprintf("Ahornallee %d 12623", i)) != 1 {
			t.Errorf("page %d has another address", k)
		}
	}
}

// TestT26_ShuffledInputSameLetters compares a person's letter as first and as
// last of a file.
func TestT26_ShuffledInputSameLetters(t *testing.T) {
	a := pageTexts(t, build(t, testSender(), person(1), person(2), person(3)))
	b := pageTexts(t, build(t, testSender(), person(3), person(1), person(2)))
	if a[0] != b[1] || a[1] != b[2] || a[2] != b[0] {
		t.Error("a letter depends on its neighbours")
	}
}

// TestT26_ParallelBatches: batches share the fonts and nothing else.
func TestT26_ParallelBatches(t *testing.T) {
	files := make([][]byte, 8)
	var wg sync.WaitGroup
	for i := range files {
		wg.Go(func() {
			var out bytes.Buffer
			b, err := New(&out, testSender(), Options{})
			for j := 0; err == nil && j < 20; j++ {
				err = b.Add(person(j))
			}
			if err == nil {
				err = b.Close()
			}
			if err != nil {
				t.Error(err)
			}
			files[i] = out.Bytes()
		})
	}
	wg.Wait()
	for i := range files {
		if !bytes.Equal(files[i], files[0]) {
			t.Errorf("file %d differs", i)
		}
	}
}

// TestT26_FailedLetterLeavesNoTrace: the file with failed letters is the file
// without them, byte for byte.
func TestT26_FailedLetterLeavesNoTrace(t *testing.T) {
	glyph, long, late, address := person(7), person(8), person(9), person(10)
	glyph.To[0] = "Ирина"
	long.After = append(long.After, strings.Repeat("Żółć ŧ. ", 900))
	late.Note = "終"
	address.To = []string{"Frau", "A", "B", "C", "D", "E", "12623 Berlin"}
	wide := person(11)
	wide.To[0] = strings.Repeat("Ŵ", 60)
	var out bytes.Buffer
	b, err := New(&out, testSender(), Options{Title: "Zugangsschreiben", Author: testSender().Name, CreatedAt: created})
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		l    Letter
		want error
	}{
		{glyph, ErrGlyph{'И', "to"}}, {person(1), nil}, {long, ErrTooLong}, {late, ErrGlyph{'終', "text"}},
		{address, ErrTooLong}, {person(2), nil}, {wide, ErrTooLong}, {Letter{}, ErrIncomplete},
	} {
		if err := b.Add(step.l); !errors.Is(err, step.want) {
			t.Errorf("Add: %v, want %v", err, step.want)
		}
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out.Bytes(), build(t, testSender(), person(1), person(2))) {
		t.Error("failed letters change the file")
	}
}

// TestT25_QRCodeIsTheURL reads the QR codes of 1,000 rendered letters; the text
// names the host.
func TestT25_QRCodeIsTheURL(t *testing.T) {
	const n = 1000
	letters := make([]Letter, n)
	for i := range letters {
		letters[i] = person(i)
	}
	pdf := build(t, testSender(), letters...)
	codes := qrCodes(t, pdf)
	if len(codes) != n {
		t.Fatalf("%d QR codes read, want %d", len(codes), n)
	}
	for i, got := range codes {
		if got != letters[i].URL {
			t.Errorf("page %d: QR code %q, want %q", i, got, letters[i].URL)
		}
	}
	for i, page := range pageTexts(t, pdf) {
		// Once in the step, once at the foot.
		if strings.Count(page, "portal.lindhof.example") != 2 {
			t.Errorf("page %d does not name the host in words", i)
		}
	}
}

func TestT25_LongURL(t *testing.T) {
	l := german()
	l.URL = testURL + strings.Repeat("x", 120)
	if got := qrCodes(t, build(t, testSender(), l)); got[0] != l.URL {
		t.Errorf("QR code %q", got)
	}
	l.URL = testURL + strings.Repeat("x", 400)
	b, err := New(io.Discard, testSender(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Add(l); !errors.Is(err, ErrTooLong) {
		t.Errorf("a URL too long to scan: %v", err)
	}
}

func TestA4_EmptyFile(t *testing.T) {
	b, err := New(io.Discard, testSender(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); !errors.Is(err, ErrIncomplete) {
		t.Errorf("Close without a letter: %v", err)
	}
	if err := b.Add(german()); err == nil {
		t.Error("Add after Close succeeds")
	}
}

// failing is a writer that stops after some bytes.
type failing struct{ left int }

var errDisk = errors.New("disk full")

func (f *failing) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errDisk
	}
	return len(p), nil
}

func TestA4_WriterFails(t *testing.T) {
	for _, room := range []int{0, 5_000, 20_000, 27_000} {
		b, err := New(&failing{left: room}, testSender(), Options{})
		for i := 0; err == nil && i < 5; i++ {
			err = b.Add(person(i))
		}
		if err == nil {
			err = b.Close()
		}
		if !errors.Is(err, errDisk) {
			t.Errorf("room for %d bytes: %v", room, err)
		}
	}
}

// TestA4_FlatMemory: 20,000 letters in one file hold no more than 500 do, but
// for the table of objects.
func TestA4_FlatMemory(t *testing.T) {
	b, err := New(io.Discard, testSender(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	held := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	var early uint64
	for i := range 20_000 {
		if err := b.Add(person(i)); err != nil {
			t.Fatal(err)
		}
		if i == 500 {
			early = held()
		}
	}
	if late := held(); late > early+2<<20 {
		t.Errorf("%d KB held after 500 letters, %d KB after 20,000", early>>10, late>>10)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
}

// FuzzAdd: whatever the texts, a letter is one page or an error, never a panic.
func FuzzAdd(f *testing.F) {
	f.Add("Frau\nMarlene Brandt", "Betreff", "Text **fett** a-b", "KX7M-4QPD-92TR", "30")
	f.Add("a\u0308", "**", "*** \n\n -", "", "\u202e")
	f.Add(strings.Repeat("W", 500), " ", strings.Repeat("- ", 3000), "(\\)", "\r")
	f.Fuzz(func(t *testing.T, to, subject, text, code, info string) {
		var out bytes.Buffer
		b, err := New(&out, testSender(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		l := german()
		l.To = strings.Split(to, "\n")
		l.Subject, l.Intro, l.Code, l.Note = subject, []string{text}, code, text
		l.Info = [][2]string{{info, text}, {text, info}}
		before := out.Len()
		if err := b.Add(l); err != nil {
			if out.Len() != before {
				t.Fatal("a failed letter wrote something")
			}
			return
		}
		if b.Pages() != 1 {
			t.Fatalf("%d pages", b.Pages())
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
