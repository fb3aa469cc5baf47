package letter

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
)

// plain is a message as a letter.
func plain(paragraphs int) Letter {
	l := Letter{
		Lang: "de", To: []string{"Frau Marlene Brandt", "Herrn Jonas Brandt", "Ahornallee 14, Wohnung 5", "12623 Berlin"},
		Info:    [][2]string{{"Datum", "12. November 2026"}, {"Ansprechpartnerin", "Jette Petersen"}, {"Telefon", "030\u00a023125\u00a0100"}},
		Subject: "Ablesung der Heizkostenverteiler am 3. Dezember", Salutation: "Guten Tag,",
		Closing: []string{"Freundliche Grüße", "Jette Petersen"}, Number: "Seite %d von %d",
	}
	for i := range paragraphs {
		l.Intro = append(l.Intro, fmt.Sprintf("Absatz %d: Am 3. Dezember zwischen 8 und 12\u00a0Uhr kommt die Firma Messwerk und liest die Heizkostenverteiler ab. "+
			"Bitte sorgen Sie dafür, dass jemand die Tür öffnen kann und dass die Heizkörper frei stehen. **Wer nicht da sein kann**, nennt uns bitte bis zum 28. November einen anderen Termin.", i+1))
	}
	return l
}

func printed(t *testing.T, letters ...Letter) []byte {
	t.Helper()
	var out bytes.Buffer
	b, err := New(&out, testSender(), Options{Title: "Briefe", CreatedAt: created})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range letters {
		if err := b.Add(l); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestW9_APlainLetterRunsOverPages(t *testing.T) {
	pdf := printed(t, plain(2), plain(20), german())
	if path := os.Getenv("FOYER_LETTER_OUT"); path != "" {
		if err := os.WriteFile(path, pdf, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pages := pageTexts(t, pdf)
	if len(pages) != 5 {
		t.Fatalf("%d pages", len(pages))
	}
	golden(t, "plain.txt", strings.Join(pages, "\n\n"))
	for i, want := range []string{"", "Seite 1 von 3", "Seite 2 von 3", "Seite 3 von 3", ""} {
		if has := strings.Contains(pages[i], "Seite "); has != (want != "") || !strings.Contains(pages[i], want) {
			t.Errorf("page %d has not %q: %s", i, want, pages[i])
		}
	}
	for i, address := range []bool{true, true, false, false, true} {
		if strings.Contains(pages[i], "Brandt Ahornallee 14") != address && strings.Contains(pages[i], "Ahornallee 14, Wohnung 5") != address {
			t.Errorf("address on page %d: %s", i, pages[i])
		}
		if !strings.Contains(pages[i], "IBAN DE00") {
			t.Errorf("no foot on page %d", i)
		}
	}
	whole := strings.Join(pages[1:4], " ")
	for i := range 20 {
		if n := strings.Count(whole, fmt.Sprintf("Absatz %d:", i+1)); n != 1 {
			t.Errorf("paragraph %d stands %d times", i+1, n)
		}
	}
	if !strings.Contains(pages[3], "Freundliche Grüße Jette Petersen") {
		t.Error("greeting and name are divided")
	}
}

func TestW9_APlainLetterThatFailsLeavesNoTrace(t *testing.T) {
	var out bytes.Buffer
	b, err := New(&out, testSender(), Options{CreatedAt: created})
	if err != nil {
		t.Fatal(err)
	}
	bad := plain(14)
	bad.Intro[13] += " 東"
	if err := b.Add(bad); !errors.Is(err, ErrGlyph{'東', "text"}) {
		t.Errorf("a missing glyph on the last page: %v", err)
	}
	long := plain(1)
	long.Intro = []string{strings.Repeat("Wort ", 60_000)}
	if err := b.Add(long); !errors.Is(err, ErrTooLong) {
		t.Errorf("a book: %v", err)
	}
	for _, form := range []string{"%s", "%d", "%d %d %d", "%d von %d %"} {
		odd := plain(1)
		odd.Number = form
		if err := b.Add(odd); !errors.Is(err, ErrIncomplete) {
			t.Errorf("page number %q: %v", form, err)
		}
	}
	if b.Pages() != 0 {
		t.Errorf("%d pages of letters that failed", b.Pages())
	}
	if err := b.Add(plain(1)); err != nil || b.Pages() != 1 {
		t.Errorf("the next one: %v, %d pages", err, b.Pages())
	}
}
