package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"foyer/internal/browsertest"
)

// journeyList is what an office exports: German headings, one of its own making,
// a day that does not exist, and somebody of the demo with a new number.
const journeyList = "Objektnummer;Objekt;Straße;Hausnummer;PLZ;Ort;Einheit Nr.;Bezeichnung;Etage;UVI;Vertragsnummer;Mietbeginn;Anrede;Vorname;Wie sie heißen;Telefon\r\n" +
	"140;Gartenweg 1;Gartenweg;1;12623;Berlin;G1-1;Wohnung 1;EG;ja;V-G1-1;01.03.2021;Frau;Ida;Brand;030 5550 801\r\n" +
	"140;Gartenweg 1;Gartenweg;1;12623;Berlin;G1-2;Wohnung 2;1. OG;ja;V-G1-2;01.06.2019;Herr;Jörg;Ähnlich;\r\n" +
	"140;Gartenweg 1;Gartenweg;1;12623;Berlin;G1-3;Wohnung 3;2. OG;ja;V-G1-3;31.02.2020;Frau;Karla;Kein-Tag;\r\n" +
	"140;Gartenweg 1;Gartenweg;1;12623;Berlin;G1-4;Wohnung 4;DG;ja;V-G1-4;15.09.2023;Frau;Mira;Ölgart;\r\n"

// manager signs in one who may do all that the journeys need.
func (j *journey) manager(t *testing.T) *browsertest.Page {
	t.Helper()
	l := j.lindhof().Staff[1]
	p := j.visit(t)
	signIn(p, j.lindhof().StaffURL, l.Email, l.Password)
	p.Shows("Jette")
	return p
}

// verwaltung is an address of the staff's pages.
func (j *journey) verwaltung(path string) string {
	return origin(j.lindhof()) + "/verwaltung" + path
}

// settle waits until the page shows a text: with script it changes by itself.
func (j *journey) settle(p *browsertest.Page, text string) {
	if j.window.NoScript {
		j.reloaded(p, text)
		return
	}
	for range 300 {
		if p.Has(text) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	p.Shows(text)
}

// reloaded loads a page again until it shows a text.
func (j *journey) reloaded(p *browsertest.Page, text string) {
	for range 300 {
		if p.Has(text) {
			return
		}
		time.Sleep(100 * time.Millisecond)
		p.Go(origin(j.lindhof()) + p.URL())
	}
	p.Shows(text)
}

// upload brings a list as far as the dry run.
func (j *journey) upload(t *testing.T, p *browsertest.Page, path, shows string) {
	t.Helper()
	p.Go(j.verwaltung("/import"))
	j.look(t, p, "import")
	p.Upload("Mieterliste", path)
	p.Follow("Datei hochladen")
	p.Shows("Spalten zuordnen", "Ida")
	j.look(t, p, "import-spalten")
	p.Choose("Nachname", "Wie sie heißen")
	p.Follow("Prüfen")
	j.settle(p, shows)
}

// importList proves point 2: columns, dry run, applied, unchanged, taken back.
func (j *journey) importList(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mieter-gartenweg.csv")
	if err := os.WriteFile(path, []byte(journeyList), 0o600); err != nil {
		t.Fatal(err)
	}
	p := j.manager(t)
	p.Go(j.verwaltung("/import"))
	p.Follow("Datei hochladen")
	j.look(t, p, "import-ohne-datei")

	j.upload(t, p, path, "Probelauf")
	p.Shows("mieter-gartenweg.csv", "4 Zeilen", "Abgelehnte Zeilen", "Kein-Tag", "31.02.2020")
	j.look(t, p, "import-probelauf")
	if _, data := p.Download("Abgelehnte Zeilen als CSV"); !strings.Contains(string(data), "Kein-Tag") || strings.Contains(string(data), "Ölgart") {
		t.Errorf("the rejected rows are %q", data)
	}
	p.Follow("3 Zeilen übernehmen")
	j.settle(p, "Die Liste ist übernommen.")
	j.look(t, p, "import-uebernommen")
	applied := p.URL()
	j.listsProperty(t, p, true)

	j.upload(t, p, path, "Probelauf")
	p.Shows("Es gibt nichts zu übernehmen.")
	j.look(t, p, "import-unveraendert")
	p.Follow("Verwerfen")

	p.Go(origin(j.lindhof()) + applied)
	p.Follow("Rückgängig machen")
	p.Shows("rückgängig machen?")
	j.look(t, p, "import-rueckgaengig")
	p.Follow("Rückgängig machen")
	j.settle(p, "Rückgängig gemacht")
	j.look(t, p, "import-zurueckgenommen")
	j.listsProperty(t, p, false)

	j.upload(t, p, path, "Probelauf") // point 3 needs the house
	p.Follow("3 Zeilen übernehmen")
	j.settle(p, "Die Liste ist übernommen.")
}

func (j *journey) listsProperty(t *testing.T, p *browsertest.Page, want bool) {
	t.Helper()
	p.Go(j.verwaltung("/liegenschaften"))
	if p.Has("Gartenweg 1") != want {
		t.Errorf("Gartenweg 1 is among the properties: %v", !want)
	}
}
