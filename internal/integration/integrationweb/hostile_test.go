package integrationweb_test

import (
	"bytes"
	"encoding/csv"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"foyer/internal/browsertest"
	"foyer/internal/integration"
	"foyer/internal/platform/ui"
)

// hostile are texts that break out of tags, attributes, templates or lines where
// something is not escaped, or that a spreadsheet takes for a formula.
var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `'--></title></textarea><svg onload=alert(2)>`, `{{7*7}}`, `${7*7}`, `%7B%7B`, `javascript:alert(1)`,
	`=cmd|' /C calc'!A0`, `+49;=1+1`, `-2+3+cmd|' /C calc'!A0`, `@SUM(1+1)`, `＝1+1`, "\u202egnp.exe", "مريم الأحمد \u202b(1)", strings.Repeat("Ä", 5000), strings.Repeat("langer Name ", 400),
}

// hostileList is a list in which they are headings, names and places; some of
// the rows are rejected, some are taken.
func hostileList(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Comma = ';'
	head := []string{"Objektnummer", "Straße", "Hausnr.", "PLZ", "Ort", "WE-Nr.", "Bezeichnung", "Mietbeginn", "Mietende", "Vorname", "Nachname", "E-Mail", "Anrede", "Telefon"}
	must(t, w.Write(append(head, hostile...)))
	for i, text := range hostile {
		short := []rune(text)
		short = short[:min(len(short), 90)]
		no := string(rune('A' + i))
		must(t, w.Write(append([]string{"P1", string(short), "1", "12623", "Berlin", no, text, "01.02.2020", "", text, text, "x@post.example", text, text}, hostile...)))
		must(t, w.Write(append([]string{"P1", "Weg", "1", "12623", "Berlin", "T" + no, string(short), "01.02.2020", "", string(short), string(short), "", string(short), text}, hostile...)))
		must(t, w.Write(append([]string{"P1", "Weg", "1", "12623", "Berlin", "Z" + no, string(short), "31.02.2020", "", string(short), text, text, "", ""}, hostile...)))
	}
	w.Flush()
	must(t, w.Error())
	return b.String()
}

// harmless fails on anything that a page of ours never draws.
func harmless(t *testing.T, what string, r io.Reader) (shown int) {
	t.Helper()
	text, err := io.ReadAll(r)
	must(t, err)
	page, err := html.Parse(bytes.NewReader(text))
	must(t, err)
	for n := range page.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		for _, a := range n.Attr {
			link := a.Key == "href" || a.Key == "action" || a.Key == "src" || a.Key == "formaction"
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") || link && strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript") {
				t.Errorf("%s: <%s %s=%q>", what, n.Data, a.Key, a.Val)
			}
			if n.Data == "script" && a.Key == "src" && a.Val != ui.Asset("foyer.js") {
				t.Errorf("%s: script %s", what, a.Val)
			}
		}
		if n.Data == "img" || n.Data == "style" || n.Data == "script" && n.FirstChild != nil || n.Data == "svg" && len(n.Attr) > 0 && n.Attr[0].Key == "onload" {
			t.Errorf("%s: <%s %v>", what, n.Data, n.Attr)
		}
	}
	if bytes.Contains(text, []byte(">49<")) {
		t.Errorf("%s: a template was evaluated", what)
	}
	return bytes.Count(text, []byte("&lt;script")) + bytes.Count(text, []byte("{{7*7}}"))
}

func (d *desk) get(path string) *http.Response {
	d.t.Helper()
	r, err := http.Get(d.url + path)
	must(d.t, err)
	d.t.Cleanup(func() { r.Body.Close() })
	return r
}

// T18, T24: what stands in a file stays text on every page that shows it, fits
// small screens, and is no formula in the file that is handed out.
func TestT18_T24_HostileListsStayText(t *testing.T) {
	d := newDesk(t)
	p := browsertest.Start(t).Open(browsertest.Window{Width: 320})
	see := func(name string, least int) {
		t.Helper()
		if p.Status() != 200 {
			t.Errorf("%s: %d", name, p.Status())
		}
		shown := harmless(t, name, d.get(p.URL()).Body)
		if shown < least {
			t.Errorf("%s shows the hostile texts %d times", name, shown)
		}
		for _, width := range []int{320, 1280} {
			p.Look(browsertest.Window{Width: width})
			p.Fits()
			p.Axe()
			if cut := p.Eval(`[...document.querySelectorAll(".f-sheet :is(td, th)")].filter(e => e.checkVisibility() && e.getBoundingClientRect().right > e.closest(".f-sheet").getBoundingClientRect().right + 1).map(e => e.innerText.slice(0, 40)).slice(0, 3).join(" | ")`); cut != "" {
				t.Errorf("%s: cells are cut off in %d px: %s", name, width, cut)
			}
			p.Shot("import-feindlich-" + name)
		}
		p.Look(browsertest.Window{Width: 320})
		p.Quiet()
	}
	p.Go(d.url + "/verwaltung/import")
	p.Upload("Mieterliste", file(t, `"><img src=x onerror=alert(1)> {{7*7}} `+"\u202e"+strings.Repeat("lang", 17)+`.csv`, hostileList(t)))
	p.Follow("Datei hochladen")
	p.Shows("Spalten zuordnen")
	see("spalten", 10)
	p.Follow("Prüfen")
	see("laeuft", 0)
	d.drain()
	over(d, p, browsertest.Window{}, "Probelauf")
	see("probelauf", 10)
	at := p.URL()
	at, _, _ = strings.Cut(at, "?")

	list, err := d.Lines(t.Context(), manager, at[strings.LastIndex(at, "/")+1:], integration.LineNew, 0, 100)
	must(t, err)
	if len(list) < len(hostile)/2 {
		t.Fatalf("only %d rows were taken", len(list))
	}
	noFormulas(t, d.get(at+"/abgelehnt.csv"))

	p.Follow(applyButton.FindString(p.Text("")))
	d.drain()
	over(d, p, browsertest.Window{}, "Die Liste ist übernommen.")
	see("uebernommen", 10)
	p.Follow("Rückgängig machen")
	see("rueckgaengig", 1)
	p.Go(d.url + "/verwaltung/import")
	see("liste", 1)
}

var applyButton = regexp.MustCompile(`\d+ Zeilen übernehmen`)

// noFormulas reads a file as a spreadsheet does: no cell may begin with what
// starts a formula.
func noFormulas(t *testing.T, r *http.Response) {
	t.Helper()
	if got := r.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment") || r.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("the file comes as %q, %q", got, r.Header.Get("X-Content-Type-Options"))
	}
	text, err := io.ReadAll(r.Body)
	must(t, err)
	in := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff")))
	in.Comma = ';'
	rows, err := in.ReadAll()
	must(t, err)
	guarded := 0
	for i, row := range rows {
		for _, cell := range row {
			bare := strings.TrimLeft(cell, " \u202e\u202b\u00a0")
			if bare != "" && strings.ContainsAny(string([]rune(bare)[:1]), "=+-@＝\t\r\n") {
				t.Errorf("row %d holds a formula: %.40q", i+1, cell)
			}
			if strings.HasPrefix(cell, "'") {
				guarded++
			}
		}
	}
	if len(rows) < len(hostile) || guarded < 4*len(rows) {
		t.Errorf("%d rows, %d cells with an apostrophe", len(rows), guarded)
	}
}
