package letter

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file under testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; -update writes it anew):\n%s", name, diff)
	}
}

// TestK14_GoldenLetters holds each word of a letter and its place in millimetres.
func TestK14_GoldenLetters(t *testing.T) {
	for name, l := range map[string]Letter{"german": german(), "english": english()} {
		t.Run(name, func(t *testing.T) {
			pages := words(t, build(t, testSender(), l))
			if len(pages) != 1 {
				t.Fatalf("%d pages, want 1", len(pages))
			}
			var b strings.Builder
			for _, w := range pages[0] {
				fmt.Fprintf(&b, "%6.1f %6.1f  %s\n", w.xMin, w.yMax, w.text)
			}
			golden(t, name+".txt", b.String())
		})
	}
}

// TestK14_WindowAddress checks DIN 5008 form B: the address and nothing else
// stands in the window, the rest beside and below it.
func TestK14_WindowAddress(t *testing.T) {
	six := german()
	six.To = []string{"Lindhof Beteiligungs- und Verwaltungsgesellschaft mbH", "Frau Dr. Marlene Brandt-Wiśniewska", "c/o Şahin", "Ahornallee 14, Wohnung 5", "8000 Zürich", "SCHWEIZ"}
	for name, l := range map[string]Letter{"four lines": german(), "six lines": six} {
		page := words(t, build(t, testSender(), l))[0]
		to := strings.Fields(strings.Join(l.To, " "))
		i := 0
		for _, w := range page {
			inside := w.xMin < 105 && w.yMax > windowTop && w.yMin < windowTop+45
			if !inside {
				continue
			}
			if w.xMin < left-0.1 || w.xMax > 105 {
				t.Errorf("%s: %q reaches from %.1f to %.1f mm, want within 25 to 105", name, w.text, w.xMin, w.xMax)
			}
			if w.yMax <= toTop {
				continue // return line
			}
			if w.yMin < toTop-0.5 || w.yMax > windowTop+45+0.5 {
				t.Errorf("%s: %q from %.1f to %.1f mm, want within %.1f to 90", name, w.text, w.yMin, w.yMax, toTop)
			}
			if i >= len(to) || w.text != to[i] {
				t.Errorf("%s: word %d in the window is %q", name, i, w.text)
			}
			i++
		}
		if i != len(to) {
			t.Errorf("%s: %d words of the address in the window, want %d", name, i, len(to))
		}
	}
}

func TestK14_MarksAndMargins(t *testing.T) {
	pdf := build(t, testSender(), german())
	b := render(t, pdf)
	for _, at := range []float64{105, 148.5, 210} {
		if !b.dark(3, at) {
			t.Errorf("no mark at %.1f mm", at)
		}
	}
	for _, at := range []float64{100, 120, 200, 250} {
		if b.dark(3, at) {
			t.Errorf("something at the edge at %.1f mm", at)
		}
	}
	for _, w := range words(t, pdf)[0] {
		if w.xMin < left-0.1 || w.xMax > right+0.1 || w.yMax > 290 {
			t.Errorf("%q at %.1f to %.1f mm leaves the margins", w.text, w.xMin, w.xMax)
		}
	}
	if got := find(t, words(t, pdf)[0], "Datum").xMin; got < 124.9 || got > 125.5 {
		t.Errorf("information block at %.1f mm, want 125", got)
	}
}

// TestT25_QRCodeInItsPlace: 36 mm with a white edge of two modules, at the
// right end of the box and in the middle of its height.
func TestT25_QRCodeInItsPlace(t *testing.T) {
	b := render(t, build(t, testSender(), german()))
	px := func(v float64) int { return int(v / 25.4 * dpi) }
	x1, y1, x2, y2 := b.w, b.h, 0, 0
	for y := px(135); y < px(188); y++ {
		for x := px(145); x < px(188); x++ {
			if b.pix[y*b.w+x] < 100 {
				x1, y1, x2, y2 = min(x1, x), min(y1, y), max(x2, x), max(y2, y)
			}
		}
	}
	inMM := func(v int) float64 { return float64(v) / dpi * 25.4 }
	// The URL of 68 characters takes 37 modules; with the edge of two on both sides 41.
	side := qrSide * 37 / 41
	if w, h := inMM(x2-x1+1), inMM(y2-y1+1); w < side-0.3 || w > side+0.3 || h < side-0.3 || h > side+0.3 {
		t.Errorf("the code is %.1f × %.1f mm, want %.1f", w, h, side)
	}
	if gap, want := right-inMM(x2+1), boxPad+qrSide*2/41; gap < want-0.3 || gap > want+0.3 {
		t.Errorf("%.1f mm from code to margin, want %.1f", gap, want)
	}
	page := words(t, build(t, testSender(), german()))[0]
	top, bottom := find(t, page, "So", "richten").yMin, find(t, page, "fest.", "Fertig.").yMax
	if off := (inMM(y1)+inMM(y2))/2 - (top+bottom)/2; off < -1 || off > 1 {
		t.Errorf("the code's middle is %.1f mm off the text's", off)
	}
}

func TestK14_Metadata(t *testing.T) {
	info := run(t, "pdfinfo", "-isodates", save(t, build(t, testSender(), german(), english())))
	for _, want := range []string{"Zugangsschreiben", "Lindhof Hausverwaltung", "2026-11-10T08:30:00Z", "Pages:           2", "595.28 x 841.89"} {
		if !strings.Contains(info, want) {
			t.Errorf("pdfinfo lacks %q:\n%s", want, info)
		}
	}
	if !bytes.Contains(build(t, testSender(), german()), []byte("/Lang(de)")) {
		t.Error("the file does not tell its language")
	}
}

func TestK14_SameInputSameBytes(t *testing.T) {
	a := build(t, testSender(), german(), english())
	b := build(t, testSender(), german(), english())
	if !bytes.Equal(a, b) {
		t.Error("two runs differ")
	}
}

// TestK14_NamesOfManyLanguages prints and reads back names in the letters of
// the languages the fonts promise.
func TestK14_NamesOfManyLanguages(t *testing.T) {
	names := []string{
		"Jürgen Groß-Öztürk", "İpek Çağlar Şahin Gündoğdu", "Łukasz Wiśniewski-Żółć", "Đorđe Čović-Šimić", "Ștefan Țăran-Înțelept",
		"Jiří Dvořák-Němcová Ťupa Ďuriš", "Søren Ærø-Åkesson", "Þórður Guðmundsdóttir", "Gyöngyi Őszi-Űrhajós", "Ķirsons Ņemiro Ģirts Ļvovs",
		"Žydrūnė Ąžuolaitė-Įsė", "Nguyễn Thị Phương Đặng", "Aoife O’Connor", "Françoise L’Œuf", "Ġorġ Ħabib-Żammit", "STRAẞE",
		"Mehmet Ümit İnönü", "Ngạn Hồ Ữ",
	}
	for _, n := range names {
		l := german()
		l.To[1] = n
		l.Intro = []string{"**" + n + "**"}
		got := pageTexts(t, build(t, testSender(), l))[0]
		if strings.Count(got, n) != 2 {
			t.Errorf("%q not found twice in the text: %s", n, got[:200])
		}
	}
	loose := german()
	loose.To[1] = "Ju\u0308rgen Wis\u0301niewski" // accents as characters of their own
	if got := pageTexts(t, build(t, testSender(), loose))[0]; !strings.Contains(got, "Jürgen Wiśniewski") {
		t.Error("loose accents are not composed")
	}
}

func TestK14_LongTextShrinksThenFails(t *testing.T) {
	sentence := "Diese Angaben brauchen wir, damit Sie sich im Portal Ihrer Hausverwaltung anmelden können. "
	last := 0.0
	failed := false
	for n := range 40 {
		l := german()
		l.After = append(l.After, strings.Repeat(sentence, n))
		var out bytes.Buffer
		b, err := New(&out, testSender(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Add(l); err != nil {
			if !errors.Is(err, ErrTooLong) {
				t.Fatalf("%d sentences: %v", n, err)
			}
			failed = true
			continue
		}
		if failed {
			t.Fatalf("%d sentences fit although fewer did not", n)
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		page := words(t, out.Bytes())[0]
		height := find(t, page, "Guten", "Tag,").yMax - find(t, page, "Guten", "Tag,").yMin
		if last != 0 && height > last+0.01 {
			t.Errorf("%d sentences: type grows from %.2f to %.2f mm", n, last, height)
		}
		last = height
		foot := find(t, page, "Lindhof", "Hausverwaltung", "GmbH").yMin
		if note := find(t, page, "français."); note.yMax > foot-bodyFoot {
			t.Errorf("%d sentences: text ends at %.1f mm, the foot begins at %.1f", n, note.yMax, foot)
		}
	}
	if !failed {
		t.Error("no length failed")
	}
}

func TestK14_BoldAndPlain(t *testing.T) {
	l := german()
	l.Intro = []string{"Für **" + Plain("A**B *C*") + "** und alle."}
	got := pageTexts(t, build(t, testSender(), l))[0]
	if !strings.Contains(got, "Für A**B *C* und alle.") {
		t.Errorf("data with asterisks prints as %q", got[strings.Index(got, "Für"):][:40])
	}
}

func TestK14_SenderErrors(t *testing.T) {
	long := strings.Repeat("Verwaltungsgesellschaft ", 12)
	tests := map[string]struct {
		change func(*Sender)
		want   error
	}{
		"no name":         {func(s *Sender) { s.Name = " " }, ErrSender},
		"long name":       {func(s *Sender) { s.Name = long }, ErrTooLong},
		"long return":     {func(s *Sender) { s.ReturnLine = long }, ErrTooLong},
		"long foot":       {func(s *Sender) { s.FootLines[1][0] = long }, ErrTooLong},
		"many foot lines": {func(s *Sender) { s.FootLines[1] = make([]string, MaxFootLines+1) }, ErrTooLong},
		"colour":          {func(s *Sender) { s.Brand = "green" }, ErrSender},
		"short colour":    {func(s *Sender) { s.Brand = "#123" }, ErrSender},
		"logo":            {func(s *Sender) { s.Logo = []byte("GIF89a") }, ErrSender},
		"glyph":           {func(s *Sender) { s.Name = "東京" }, ErrGlyph{'東', "sender"}},
	}
	for name, tt := range tests {
		s := testSender()
		tt.change(&s)
		var out bytes.Buffer
		if _, err := New(&out, s, Options{}); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
		if out.Len() != 0 {
			t.Errorf("%s: %d bytes written", name, out.Len())
		}
	}
}

func TestK14_IncompleteLetters(t *testing.T) {
	tests := map[string]func(*Letter){
		"no language":       func(l *Letter) { l.Lang = "" },
		"language markup":   func(l *Letter) { l.Lang = "de)>>" },
		"no address":        func(l *Letter) { l.To = []string{" "} },
		"no subject":        func(l *Letter) { l.Subject = "" },
		"code not shown":    func(l *Letter) { l.Steps[1].ShowCode = false },
		"code shown twice":  func(l *Letter) { l.Steps[2].ShowCode = true },
		"no code":           func(l *Letter) { l.Code = "" },
		"no url":            func(l *Letter) { l.URL = "" },
		"no steps":          func(l *Letter) { l.Steps, l.Code = nil, "" },
		"script url":        func(l *Letter) { l.URL = "javascript:alert(1)" },
		"url without host":  func(l *Letter) { l.URL = "https:///x" },
		"host not in words": func(l *Letter) { l.URL = "https://portal.other.example/r" },
	}
	for name, change := range tests {
		l := german()
		change(&l)
		b, err := New(&bytes.Buffer{}, testSender(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Add(l); !errors.Is(err, ErrIncomplete) {
			t.Errorf("%s: %v", name, err)
		} else if strings.Contains(err.Error(), "Brandt") || strings.Contains(err.Error(), "Zk3vQ") {
			t.Errorf("%s: the error tells personal data: %v", name, err)
		}
	}
}

// TestK14_LetterWithoutCode is a plain letter: no box, no QR code.
func TestK14_LetterWithoutCode(t *testing.T) {
	l := german()
	l.Steps, l.Code, l.URL, l.BoxTitle, l.Note = nil, "", "", "", ""
	got := pageTexts(t, build(t, testSender(), l))[0]
	if strings.Contains(got, "KX7M") || !strings.Contains(got, "Freundliche Grüße") {
		t.Errorf("text: %s", got)
	}
}
