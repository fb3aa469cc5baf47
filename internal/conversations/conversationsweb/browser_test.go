package conversationsweb_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"foyer/internal/browsertest"
	"foyer/internal/portfolio"
)

// serve puts the house behind a real server for somebody who is signed in.
func (h *house) serve(who string) string {
	h.t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set("Cookie", "foyer=as:"+who+"; foyer-staff=as:"+who)
		h.ServeHTTP(w, r)
	}))
	h.t.Cleanup(s.Close)
	return s.URL
}

// lived is a house in which people have written to each other.
func lived(t *testing.T) (h *house, ids map[string]string) {
	h = newHouse(t)
	ids = map[string]string{}
	ids["heiz"] = h.sends("jette", portfolio.ToProperty, "p1", "Heizperiode 2026/27 hat begonnen", "Bitte prüfen Sie, ob alle Heizkörper warm werden.")
	h.later(24 * time.Hour)
	ids["bank"] = h.begin("marlene", "l5", "Neue Bankverbindung", "Guten Abend,\n\nunser Konto wechselt zum 1. Dezember. Das neue SEPA-Mandat habe ich unterschrieben. Reicht Ihnen das so?\n\nViele Grüße\nMarlene Brandt")
	h.answers("jette", ids["bank"], "Guten Tag, Frau Brandt,\n\nvielen Dank, das reicht. Wir haben Ihre neue Bankverbindung ab Dezember hinterlegt. Die Novembermiete buchen wir noch vom bisherigen Konto ab.\n\nFreundliche Grüße\nJette Petersen")
	h.later(24 * time.Hour)
	ids["treppe"] = h.sends("jette", portfolio.ToStairwell, portfolio.StairwellID("b14", "14"), "Treppenhaus: Anstrich ab 23. November", "Ab Montag, 23. November, streicht die Firma Holm das Treppenhaus. Die Arbeiten dauern etwa vier Tage.")
	h.post("samira", "/nachrichten/"+ids["treppe"], "text", "Kann ich mein Fahrrad solange in den Hof stellen?")
	ids["miete"] = h.begin("giulia", "l11", "Frage zur Betriebskostenabrechnung", "Warum ist die Position Hauswart höher als im letzten Jahr?")
	h.post("jette", "/verwaltung/nachrichten/"+ids["bank"], "text", "Mandat liegt im Ordner.", "as", "note")
	h.post("jette", "/verwaltung/nachrichten/entwurf", "_place", "compose:d1", "to", "property:p1", "subject", "Ablesung", "text", "Am 3. Dezember werden die Zähler abgelesen.")
	_, err := h.queue.Drain(t.Context())
	check(t, err)
	return h, ids
}

func TestPagesInABrowser(t *testing.T) {
	h, ids := lived(t)
	b, own, desk, chef := browsertest.Start(t), h.serve("marlene"), h.serve("jette"), h.serve("chef")
	pages := []struct{ name, url string }{
		{"nachrichten", own + "/nachrichten"}, {"nachrichten-gesendet", own + "/nachrichten?ordner=gesendet"}, {"nachricht", own + "/nachrichten/" + ids["bank"]},
		{"nachricht-haus", own + "/nachrichten/" + ids["heiz"]}, {"nachricht-erfolg", own + "/nachrichten/" + ids["bank"] + "?ok=gesendet"}, {"nachricht-neu", own + "/nachrichten/neu"}, {"start", own + "/"},
		{"nachrichten-leer", h.serve("giulia") + "/nachrichten"},
		{"verwaltung-posteingang", desk + "/verwaltung/nachrichten"}, {"verwaltung-gesendet", desk + "/verwaltung/nachrichten?ordner=gesendet"}, {"verwaltung-entwuerfe", desk + "/verwaltung/nachrichten?ordner=entwuerfe"},
		{"verwaltung-nichts", desk + "/verwaltung/nachrichten?q=nirgends"}, {"verwaltung-gespraech", desk + "/verwaltung/nachrichten/" + ids["bank"]}, {"verwaltung-haus", desk + "/verwaltung/nachrichten/" + ids["treppe"]},
		{"verwaltung-gespraech-chef", chef + "/verwaltung/nachrichten/" + ids["miete"]}, {"verwaltung-an-wen", desk + "/verwaltung/nachrichten/verfassen?art=person&q=br"},
		{"verwaltung-nachricht", desk + "/verwaltung/nachrichten/verfassen?entwurf=d1"}, {"verwaltung-heute", desk + "/verwaltung"}, {"verwaltung-person", desk + "/verwaltung/personen/marlene"},
	}
	windows := []browsertest.Window{{Width: 320}, {Width: 1280, Height: 900, Dark: true}}
	if os.Getenv("FOYER_SHOTS") != "" {
		windows = append(windows, browsertest.Window{Width: 390}, browsertest.Window{Width: 390, Dark: true}, browsertest.Window{Width: 1280, Height: 900})
	}
	for _, w := range windows {
		p := b.OpenFor(t, w)
		for _, page := range pages {
			p.Go(page.url)
			if p.Status() != 200 {
				t.Errorf("%s: %d", page.url, p.Status())
			}
			p.Fits()
			p.Axe()
			p.Shot(page.name)
		}
	}
}

// A resident writes and answers, the office answers, with and without script.
func TestE1_E11_WritingInABrowser(t *testing.T) {
	b := browsertest.Start(t)
	for _, w := range []browsertest.Window{{Width: 390}, {Width: 1280, Height: 900, NoScript: true}} {
		t.Run("script "+strconv.FormatBool(!w.NoScript), func(t *testing.T) {
			h := newHouse(t)
			own, desk := h.serve("marlene"), h.serve("jette")
			p := b.OpenFor(t, w)
			p.Go(own + "/nachrichten")
			p.Follow("Neue Nachricht")
			p.Choose("Mietverhältnis", "Ahornallee 14 · Wohnung 5")
			p.Fill("Ihre Nachricht", "Unser Konto wechselt.")
			p.Follow("Nachricht senden")
			p.Shows("Bitte geben Sie einen Betreff an.")
			p.Axe()
			if p.Value("Ihre Nachricht") != "Unser Konto wechselt." {
				t.Error("the text is gone")
			}
			p.Fill("Betreff", "Neue Bankverbindung")
			p.Follow("Nachricht senden")
			p.Shows("Ihre Nachricht ist angekommen", "Unser Konto wechselt.")
			p.Fits()
			p.Axe()

			d := b.OpenFor(t, w)
			d.Go(desk + "/verwaltung/nachrichten")
			d.Follow("Marlene Brandt: Neue Bankverbindung (ungelesen)")
			id := d.URL()[strings.LastIndex(d.URL(), "/")+1:]
			d.Fill("Antworten", "Das haben wir notiert.")
			h.answers("klaus", id, "Ich kümmere mich.")
			d.Follow("Senden")
			d.Shows("Inzwischen hat Klaus Holm geschrieben", "Ich kümmere mich.")
			d.Axe()
			d.Follow("Senden")
			d.Shows("Ihre Antwort ist gesendet.")

			p.Go(own + "/nachrichten")
			p.Shows("Das haben wir notiert.")
			p.Follow("Neue Bankverbindung (ungelesen)")
			p.Fill("Antworten", "Danke.")
			p.Follow("Senden")
			p.Shows("Danke.")

			d.Go(desk + "/verwaltung/nachrichten/verfassen")
			d.Tap("Ein Aufgang")
			d.Fill("Name oder Straße", "Ahornallee")
			d.Follow("Empfänger suchen")
			d.Axe()
			d.Follow("Ahornallee 14")
			d.Shows("So kommt die Nachricht an", "Marlene Brandt")
			d.Fill("Betreff", "Anstrich")
			d.Fill("Nachricht", "Ab Montag.")
			d.Follow("An 2 Personen senden")
			d.Shows("Die Nachricht ist gesendet.")
			p.Go(own + "/")
			p.Shows("Neu für Sie", "Anstrich")
		})
	}
}

// What is being written is kept while the page is open.
func TestWhatIsTypedIsKeptByScript(t *testing.T) {
	h := newHouse(t)
	p := browsertest.Start(t).OpenFor(t, browsertest.Window{Width: 390})
	p.Go(h.serve("marlene") + "/nachrichten/neu")
	p.Fill("Ihre Nachricht", "Halb fertig")
	p.Type(" und noch etwas")
	for i := 0; i < 60 && !p.Has("Entwurf gesichert"); i++ {
		time.Sleep(100 * time.Millisecond)
	}
	p.Shows("Entwurf gesichert")
	p.Go(h.serve("marlene") + "/nachrichten/neu")
	if got := p.Value("Ihre Nachricht"); !strings.HasPrefix(got, "Halb fertig") {
		t.Errorf("kept %q", got)
	}
}
