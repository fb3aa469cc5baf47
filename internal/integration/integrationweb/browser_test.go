package integrationweb_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"foyer/internal/browsertest"
)

// stock is what the house knows before the list comes.
const stock = "Objektnummer;Liegenschaft;Straße;Hausnr.;PLZ;Ort;WE-Nr.;Bezeichnung;Etage;Wohnfläche;Vertragsnummer;Mietbeginn;Mietende;Mieternummer;Vorname;Nachname;E-Mail\n" +
	"104;Wohnanlage Ahornallee 10–16;Ahornallee;12;12623;Berlin;12-01;Wohnung 1;EG links;54,5;V-1001;01.02.2020;;M-1001;Marlene;Brandt;marlene.brandt@post.example\n" +
	"104;Wohnanlage Ahornallee 10–16;Ahornallee;14;12623;Berlin;14-06;Wohnung 6;2. OG rechts;71,0;V-1002;15.06.2021;;M-1002;Samira;Haddad;samira.haddad@post.example\n" +
	"104;Wohnanlage Ahornallee 10–16;Ahornallee;14;12623;Berlin;14-07;Wohnung 7;3. OG;71,0;V-1003;15.06.2021;;M-1003;Ines;Albrecht;\n" +
	"104;Wohnanlage Ahornallee 10–16;Ahornallee;16;12623;Berlin;16-01;Wohnung 1;EG;60,0;V-1004;01.05.2019;;M-1004;Aaron;Feld;aaron.feld@post.example\n" +
	"104;Wohnanlage Ahornallee 10–16;Ahornallee;16;12623;Berlin;16-02;Wohnung 2;1. OG;60,0;V-1005;01.05.2019;;M-1005;Deniz;Kaya;deniz.kaya@post.example\n"

// next is the list that comes: somebody new, changes, an end, rejected rows, a
// warning, and one column that nobody recognises.
const next = "Objektnummer;Liegenschaft;Straße;Hausnr.;PLZ;Ort;Kennung;Bezeichnung;Etage;Wohnfläche;Vertragsnummer;Mietbeginn;Mietende;Mieternummer;Vorname;Nachname;E-Mail;Anrede;Bemerkung des Hausmeisters\n" +
	"104;Wohnanlage Ahornallee 10–16;Ahornallee;12;12623;Berlin;12-01;Wohnung 1;EG links;56,5;V-1001;01.02.2020;;M-1001;Marlene;Brandt;marlene.brandt@post.example;Frau;Schlüssel 4\n" +
	"104;Wohnanlage Ahornallee 10–16;Ahornallee;14;12623;Berlin;14-06;Wohnung 6;2. OG rechts;71,0;V-1002;15.06.2021;;M-1002;Samira;Haddad;s.haddad@mail.example;Frau;\n" +
	"104;Wohnanlage Ahornallee 10–16;Ahornallee;14;12623;Berlin;14-07;Wohnung 7;3. OG;71,0;V-1003;15.06.2021;31.12.2026;M-1003;Ines;Albrecht;;Hochwohlgeboren;\n" +
	"104;Wohnanlage Ahornallee 10–16;Ahornallee;16;12623;Berlin;16-01;Wohnung 1;EG;60,0;V-1004;01.05.2019;;M-1004;Aaron;Feld;aaron.feld@post.example;;\n" +
	"104;Wohnanlage Ahornallee 10–16;Ahornallee;16;12623;Berlin;16-03;Wohnung 3;1. OG;60,0;V-1006;01.12.2026;30.11.2026;M-1006;Petra;Sommer;;;\n" +
	"104;Wohnanlage Ahornallee 10–16;Ahornallee;16;12623;Berlin;16-04;Wohnung 4;2. OG;60,0;V-1007;01.12.2026;;M-1007;Britta;Lindqvist;b.lindqvist(at)post;;\n" +
	"104;Wohnanlage Ahornallee 10–16;Ahornallee;16;12623;Berlin;16-05;Wohnung 5;2. OG;48,0;V-1008;01.12.2026;;M-1008;Zahnarztpraxis Dr. Kern und Partner;Mühlenbeck-Oranienburger;kern@praxis.example;;\n"

// TestW14_AListGoesInByHand goes the whole way of a list, at a computer with
// script and on a phone without.
func TestW14_AListGoesInByHand(t *testing.T) {
	b := browsertest.Start(t)
	for _, w := range []browsertest.Window{{Width: 1280, Height: 900}, {Width: 390, NoScript: true}} {
		name := "mit Skript"
		if w.NoScript {
			name = "ohne Skript"
		}
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			p := b.OpenFor(t, w)
			p.Go(d.url + "/verwaltung/import")
			p.Shows("Noch kein Import")
			looked(p, w, "liste-leer")
			p.Follow("Datei hochladen")
			p.Shows("Bitte wählen Sie eine Datei aus.")
			if p.Status() != 422 || !strings.HasPrefix(p.Title(), "Fehler:") {
				t.Errorf("without a file: %d, %s", p.Status(), p.Title())
			}
			p.Upload("Mieterliste", file(t, "foto.png", "\x89PNG\r\n\x1a\n"+strings.Repeat("x", 100)))
			p.Follow("Datei hochladen")
			p.Shows("Das ist ein Bild, keine Tabelle.")
			looked(p, w, "datei-fehler")

			d.bring(stock)
			d.register("M-1002", "samira.haddad@post.example")
			handIn(t, d, p, "mieter-2026-11-12.csv", next)
			columns(t, p, w)
			checks(t, d, p, w)
			applies(t, d, p, w)
			again(t, d, p, w)
			undoes(t, d, p, w)
		})
	}
}

func handIn(t *testing.T, d *desk, p *browsertest.Page, name, text string) {
	t.Helper()
	p.Go(d.url + "/verwaltung/import")
	p.Upload("Mieterliste", file(t, name, text))
	p.Follow("Datei hochladen")
	p.Shows("Spalten zuordnen", name)
}

// columns are proposed; the one that is not recognised is chosen by hand, and a
// choice without sense is kept and explained.
func columns(t *testing.T, p *browsertest.Page, w browsertest.Window) {
	t.Helper()
	looked(p, w, "spalten")
	if got := p.Value("Einzug"); got != "Mietbeginn" {
		t.Errorf("the lease starts in column %q", got)
	}
	p.Shows("12-01", "Bemerkung des Hausmeisters")
	p.Choose("Einzug", "nicht übernehmen")
	p.Choose("Einheit, Nummer", "Kennung")
	p.Tap("Die Liste ist vollständig")
	p.Follow("Prüfen")
	if p.Status() != 422 || p.Value("Einzug") != "" || p.Value("Einheit, Nummer") != "Kennung" || p.Count(`input[name=complete]:checked`) != 1 {
		t.Errorf("an impossible choice: %d, %q, %q", p.Status(), p.Value("Einzug"), p.Value("Einheit, Nummer"))
	}
	p.Shows("Keine Spalte für „Einzug“ gefunden")
	looked(p, w, "spalten-fehler")
	p.Choose("Einzug", "Mietbeginn")
	p.Follow("Prüfen")
}

// checks waits for the dry run and looks at it.
func checks(t *testing.T, d *desk, p *browsertest.Page, w browsertest.Window) {
	t.Helper()
	p.Shows("Wird geprüft", "Sie können die Seite verlassen")
	looked(p, w, "pruefen-laeuft")
	d.drain()
	over(d, p, w, "Probelauf")
	p.Shows("Abgelehnte Zeilen", "Einzug liegt nach dem Auszug", "b.lindqvist(at)post", "Durch diesen Import endet 1 Mietverhältnis.", "Deniz Kaya", "Hochwohlgeboren",
		"Die Liste nennt s.haddad@mail.example")
	// Point 2: rejected with row, column and reason.
	for row, want := range []string{"6|Mietende|Einzug liegt nach dem Auszug", "7|E-Mail|E-Mail-Adresse ist ungültig"} {
		cells := strings.Split(want, "|")
		for i, n := range []int{1, 3, 4} {
			if got := p.Text(fmt.Sprintf("#abgelehnt tbody tr:nth-child(%d) > :nth-child(%d)", row+1, n)); !strings.Contains(got, cells[i]) {
				t.Errorf("rejected row %d: %q, want %q", row+1, got, cells[i])
			}
		}
	}
	looked(p, w, "probelauf")
	name, data := p.Download("Abgelehnte Zeilen als CSV")
	if name != "abgelehnte-zeilen.csv" || !strings.Contains(string(data), "Sommer") {
		t.Errorf("%s: %s", name, data)
	}
}

// over waits until the work of a busy page is done: with script the page says
// so itself, without it is loaded again.
func over(d *desk, p *browsertest.Page, w browsertest.Window, text string) {
	if w.NoScript {
		p.Go(d.url + p.URL())
	}
	for i := 0; i < 100 && !p.Has(text); i++ {
		time.Sleep(100 * time.Millisecond)
	}
	p.Shows(text)
}

func applies(t *testing.T, d *desk, p *browsertest.Page, w browsertest.Window) {
	t.Helper()
	p.Tap("Die fehlenden Mietverhältnisse beenden")
	p.Follow("4 Zeilen übernehmen")
	p.Shows("Wird übernommen")
	looked(p, w, "uebernehmen-laeuft")
	d.drain()
	over(d, p, w, "Die Liste ist übernommen.")
	looked(p, w, "uebernommen")
	p.Follow("Import")
	p.Shows("mieter-2026-11-12.csv")
	looked(p, w, "liste")
}

// again hands the same list in: nothing changes, and the choice of columns is
// remembered.
func again(t *testing.T, d *desk, p *browsertest.Page, w browsertest.Window) {
	t.Helper()
	handIn(t, d, p, "mieter-2026-11-12.csv", next)
	if got := p.Value("Einheit, Nummer"); got != "Kennung" {
		t.Errorf("the choice is forgotten: %q", got)
	}
	p.Follow("Prüfen")
	d.drain()
	over(d, p, w, "Es gibt nichts zu übernehmen")
	looked(p, w, "nichts-zu-tun")
	p.Follow("Verwerfen")
	p.Shows("Letzte Importe")
}

func undoes(t *testing.T, d *desk, p *browsertest.Page, w browsertest.Window) {
	t.Helper()
	d.exec(`UPDATE person SET phone = '030 9' WHERE org_id = $1 AND ref = 'M-1008'`)
	d.exec(`INSERT INTO person_access (org_id, person_id, state, since) VALUES ($1, $2, 'pending', 1)`, d.person("M-1008"))
	p.Follow("Rückgängig machen")
	p.Shows("Import „mieter-2026-11-12.csv“ rückgängig machen?")
	looked(p, w, "rueckgaengig-frage")
	p.Follow("Rückgängig machen")
	looked(p, w, "rueckgaengig-laeuft")
	d.drain()
	over(d, p, w, "Was geblieben ist")
	looked(p, w, "rueckgaengig")
}
