package mail

import (
	"io"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"foyer/internal/platform/ui"
)

// palette is that of a brand colour.
func palette(brand string) Palette {
	p, err := BrandPalette(brand)
	if err != nil {
		panic(err)
	}
	return p
}

// confirmation is the mail that a resident gets while registering.
func confirmation() Layout {
	return Layout{
		Lang:      "de",
		Palette:   palette(ui.DefaultBrand),
		OrgName:   "Lindhof Hausverwaltung",
		Preheader: "Ihre Bestätigungsnummer gilt 60 Minuten.",
		Title:     "Bestätigen Sie Ihre E-Mail-Adresse",
		Blocks: []Block{
			Paragraph("Guten Tag,\nSie richten gerade Ihren Zugang zum Portal der Lindhof Hausverwaltung ein. Geben Sie dort diese Zahl ein:"),
			Code("482 913"),
			Paragraph("Oder bestätigen Sie Ihre Adresse mit einem Klick. Das geht auch auf einem anderen Gerät."),
			Button("E-Mail-Adresse bestätigen", "https://portal.lindhof.example/registrieren/bestaetigen?t=3q2-7wAAAbcd&sprache=de"),
			Small("Zahl und Link gelten bis 17. November, 10:42 Uhr, und nur einmal. Haben Sie sich nicht angemeldet, müssen Sie nichts tun."),
		},
		Footer: []Line{
			{Text: "Lindhof Hausverwaltung, Ahornallee 2, 12345 Lindhof"},
			{Text: "Hilfe zur Registrierung", URL: "https://portal.lindhof.example/hilfe/registrieren"},
		},
	}
}

// everything uses each block, in English, with another brand.
func everything() Layout {
	return Layout{
		Lang:    "en",
		Palette: palette("#f5c400"),
		OrgName: "\u201eHaus & Hof\u201c <Verwaltung>",
		Title:   "Your access to the portal",
		Blocks: []Block{
			Paragraph("A first paragraph that is long enough to be broken in the text version, with 12,26\u00a0€ that must stay in one piece."),
			List("read notices about your building", "report damage and see what happens next, which is a point that does not fit into one line", "find your documents"),
			Button("Register", "http://localhost:8080/register?c=AB%20C"),
			Code("7K3M-9PQR-2XYZ"),
			Small("Valid until 16 January."),
		},
		Footer: []Line{{Text: "Haus & Hof"}},
	}
}

func TestLayoutGolden(t *testing.T) {
	for name, l := range map[string]Layout{"confirmation.de": confirmation(), "everything.en": everything()} {
		t.Run(name, func(t *testing.T) {
			page, text, err := Render(l)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name+".html", page)
			golden(t, name+".txt", text)
		})
	}
}

// TestLayoutNeedsNoNetwork: no image, script, font, frame or style sheet.
func TestLayoutNeedsNoNetwork(t *testing.T) {
	page, _, err := Render(everything())
	if err != nil {
		t.Fatal(err)
	}
	z := html.NewTokenizer(strings.NewReader(page))
	tables := 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			if z.Err() != io.EOF {
				t.Fatal(z.Err())
			}
			if tables < 3 {
				t.Errorf("%d tables seen, the layout has at least 3", tables)
			}
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			tok := z.Token()
			attr := map[string]string{}
			for _, a := range tok.Attr {
				attr[a.Key] = a.Val
			}
			switch tok.Data {
			case "img", "script", "link", "iframe", "object", "embed", "form", "video", "audio", "base":
				t.Errorf("<%s> has no place in a mail", tok.Data)
			case "table":
				tables++
				if attr["role"] != "presentation" {
					t.Error("a layout table without role=presentation")
				}
			case "html":
				if attr["lang"] != "en" {
					t.Errorf("lang is %q", attr["lang"])
				}
			}
			if _, ok := attr["src"]; ok || strings.Contains(attr["style"], "url(") || strings.Contains(attr["style"], "ZgotmplZ") {
				t.Errorf("<%s> refers to the network or holds a refused value: %v", tok.Data, attr)
			}
		}
	}
}

// TestT27_HostileTextStaysText: markup and template syntax in any text is shown, not obeyed.
func TestT27_HostileTextStaysText(t *testing.T) {
	const evil = `</title></style><script>alert(1)</script><img src=x onerror=alert(1)>"'{{.Lang}}--><![endif]`
	l := confirmation()
	l.OrgName, l.Preheader, l.Title = evil, evil, evil
	l.Blocks = []Block{Paragraph(evil), Code(evil), List(evil), Small(evil), Button(evil, "https://portal.example/?a=%22%3E%3Cscript%3E&b='")}
	l.Footer = []Line{{Text: evil}, {Text: evil, URL: "https://portal.example/"}}
	page, text, err := Render(l)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode && (n.Data == "script" || n.Data == "img") {
			t.Errorf("<%s> came into being", n.Data)
		}
		if n.Type == html.TextNode && strings.Contains(n.Data, evil) {
			shown++
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(doc)
	// title, preheader, name, heading, five blocks, two lines
	if shown != 11 {
		t.Errorf("the text is shown %d times, want 11", shown)
	}
	if !strings.Contains(text, "<script>alert(1)</script>") {
		t.Error("the text version lost the text")
	}
}

func TestLayoutRefuses(t *testing.T) {
	tests := map[string]func(*Layout){
		"no language":        func(l *Layout) { l.Lang = "" },
		"odd language":       func(l *Layout) { l.Lang = `de" onload="` },
		"no organisation":    func(l *Layout) { l.OrgName = " " },
		"no title":           func(l *Layout) { l.Title = "" },
		"no blocks":          func(l *Layout) { l.Blocks = nil },
		"zero block":         func(l *Layout) { l.Blocks = []Block{{}} },
		"empty paragraph":    func(l *Layout) { l.Blocks = []Block{Paragraph("\n")} },
		"empty list":         func(l *Layout) { l.Blocks = []Block{List()} },
		"empty point":        func(l *Layout) { l.Blocks = []Block{List("a", "")} },
		"empty footer line":  func(l *Layout) { l.Footer = []Line{{}} },
		"footer script":      func(l *Layout) { l.Footer = []Line{{Text: "x", URL: "javascript:alert(1)"}} },
		"no colours":         func(l *Layout) { l.Palette = Palette{} },
		"colour with a rule": func(l *Layout) { l.Palette.Dark.Tint = "#fff;x:y" },
	}
	for name, change := range tests {
		l := confirmation()
		change(&l)
		if page, text, err := Render(l); err == nil || page != "" || text != "" {
			t.Errorf("%s: rendered, err = %v", name, err)
		}
	}
}

func TestLayoutURLs(t *testing.T) {
	good := []string{
		"https://portal.example/x?a=1&b=2#c", "https://portal.example:8443/", "http://localhost:8080/a",
		"http://127.0.0.1:8080/", "http://[::1]:8080/", "http://lindhof.localhost/",
	}
	bad := []string{
		"", "/path", "//host/path", "portal.example", "http://portal.example/", "javascript:alert(1)", "data:text/html,x",
		"https:portal.example", "https://", "https://:443/", "https://user:pass@portal.example/", "https://portal.example/\r\nBcc: x",
		"https://portal.example/a b", "https://portal.example/\x00", "https://portal.example/<b>", `https://portal.example\@evil.example/`,
		"http://localhost.evil.example/", "http://127.0.0.1.evil.example/", "http://0.0.0.0/", "ftp://localhost/", "https://portal.example/\u2028x",
	}
	for _, u := range good {
		if !safeURL(u) {
			t.Errorf("%q is refused", u)
		}
	}
	for _, u := range bad {
		if safeURL(u) {
			t.Errorf("%q is accepted", u)
		}
		l := confirmation()
		l.Blocks = append(l.Blocks, Button("x", u))
		if _, _, err := Render(l); err == nil {
			t.Errorf("a button to %q is rendered", u)
		}
	}
}

func TestBrandPalette(t *testing.T) {
	p := palette("#17565f")
	want := Colours{Line: "#17565f", Button: "#18565f", ButtonText: "#ffffff", Link: "#1b5962", Tint: "#e4f1f3", TintLine: "#aeced3"}
	if p.Light != want {
		t.Errorf("light: %+v, want %+v", p.Light, want)
	}
	if _, err := BrandPalette("red;x:y"); err == nil {
		t.Error("no colour is accepted")
	}
}

func TestTextVersion(t *testing.T) {
	_, text, err := Render(confirmation())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text, "\nhttps://portal.lindhof.example/registrieren/bestaetigen?t=3q2-7wAAAbcd&sprache=de\n") {
		t.Errorf("the address does not stand alone on its line:\n%s", text)
	}
	for _, line := range strings.Split(text, "\n") {
		if len([]rune(line)) > textWidth && !strings.Contains(line, "https://") {
			t.Errorf("longer than %d characters: %q", textWidth, line)
		}
	}
}
