package notificationsweb_test

import (
	"strings"
	"testing"
	"time"

	"foyer/internal/browsertest"
	"foyer/internal/notifications/notificationsweb"
)

func TestW9_LettersArePrintedFromThePage(t *testing.T) {
	b := browsertest.Start(t)
	for _, w := range []browsertest.Window{{Width: 1280, Height: 900}, {Width: 390, NoScript: true}} {
		d := newDesk(t)
		p := b.OpenFor(t, w)
		p.Go(d.url + notificationsweb.OutboxPath)
		p.Shows("Kein Brief wartet")
		looked(p, w, "druckausgang-leer")
		odd, far := reader("odd", false), reader("far", false)
		odd.Lines[1], odd.Name, far.PropertyID = "東", "Herr Azuma", "p2"
		d.people["odd"] = odd
		d.announce("message:1", reader("eva", false), odd, far)
		p.Go(d.url + notificationsweb.OutboxPath)
		p.Shows("Wohnanlage Ahornallee 10–16", "2 Briefe", "Hafenweg 3", "1 Brief")
		looked(p, w, "druckausgang")
		p.Tap("Hafenweg 3")
		p.Tap("Wohnanlage Ahornallee 10–16")
		p.Follow("Briefe als PDF erstellen")
		p.Shows("Bitte wählen Sie mindestens eine Liegenschaft aus.")
		if p.Status() != 422 {
			t.Errorf("nothing chosen: %d", p.Status())
		}
		looked(p, w, "druckausgang-fehler")
		p.Tap("Wohnanlage Ahornallee 10–16")
		p.Follow("Briefe als PDF erstellen")
		p.Shows("Sie können die Seite verlassen")
		looked(p, w, "druck-laeuft")
		d.drain()
		run := d.url + strings.SplitN(p.URL(), "?", 2)[0]
		if w.NoScript {
			p.Go(run)
		} else {
			for i := 0; i < 50 && !p.Has("PDF herunterladen"); i++ {
				time.Sleep(100 * time.Millisecond)
			}
		}
		p.Shows("1 Brief steht im PDF.", "1 Brief konnte nicht erstellt werden.")
		looked(p, w, "druck")
		if name, data := p.Download("PDF herunterladen"); name != "briefe-2026-11-12.pdf" || !strings.HasPrefix(string(data), "%PDF-") {
			t.Errorf("%s", name)
		}
		p.Go(run)
		p.Follow("Als versendet vermerken")
		p.Shows("Als versendet vermerkt.")
		if p.Has("Als versendet vermerken") {
			t.Error("it can be posted again")
		}
		looked(p, w, "druck-versendet")
		p.Go(d.url + notificationsweb.OutboxPath)
		p.Shows("Herr Azuma", "Das Zeichen „東“ kann nicht gedruckt werden.", "versendet")
		looked(p, w, "druckausgang-gedruckt")
		p.Follow("Erneut drucken: Herr Azuma")
		p.Shows("Der Brief wartet wieder auf den Druck.")
	}
}

func TestW10_DeliveriesOfAPersonAreListed(t *testing.T) {
	d := newDesk(t)
	d.people["ada"] = reader("ada", true)
	d.announce("message:1", d.people["ada"], reader("eva", false))
	d.drain()
	got := ""
	for _, who := range []string{"ada", "eva", "twin-person"} {
		list, err := d.DeliveriesTo(t.Context(), clerk, who, 10)
		must(t, err)
		for _, x := range list {
			got += who + " " + string(x.Channel) + " " + string(x.State) + "; "
		}
	}
	if got != "ada email sent; ada portal sent; eva letter queued; " {
		t.Error(got)
	}
	if _, err := d.DeliveriesTo(t.Context(), resident, "ada", 10); err == nil {
		t.Error("a resident lists deliveries")
	}
}
