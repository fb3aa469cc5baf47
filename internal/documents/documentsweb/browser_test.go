package documentsweb_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"foyer/internal/browsertest"
	"foyer/internal/documents"
	"foyer/internal/documents/documentsweb"
	"foyer/internal/portfolio"
)

var windows = map[string]browsertest.Window{"wide": {Width: 1280, Height: 900}, "phone without script": {Width: 390, NoScript: true}}

func TestE20_StaffPublishADocument(t *testing.T) {
	b := browsertest.Start(t)
	for name, w := range windows {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			p := b.OpenFor(t, w)
			p.Go(d.url + documentsweb.StaffPath)
			p.Shows("Noch keine Dokumente")
			looked(p, w, "verwaltung-leer")
			p.Follow("Dokument hochladen")
			p.Do("choose a lease", chromedp.Click(`input[name=an][value=lease]`))
			looked(p, w, "verwaltung-fuer-wen")
			p.Follow("Weiter")
			p.Choose("Vertrag", "Wohnung 5 · Marlene Brandt, Jonas Brandt · Ahornallee 14 · seit 01.09.2024")
			p.Choose("Art des Dokuments", "Abrechnung")
			p.Upload("Datei", file(t, "brief.pdf", []byte("<html>kein PDF</html>")))
			p.Follow("In das Portal legen")
			p.Shows("Webseiten und SVG-Dateien nehmen wir nicht an")
			looked(p, w, "verwaltung-fehler")
			p.Upload("Datei", file(t, "brief.pdf", pdf(t, "Abrechnung")))
			p.Follow("In das Portal legen")
			p.Shows("Geben Sie einen Titel ein", "brief.pdf“ ist hochgeladen") // the file is not lost
			p.Fill("Titel", "Betriebskostenabrechnung 2025")
			p.Follow("In das Portal legen")
			p.Shows("Das Dokument steht im Portal.", "0 von 1 Personen")
			looked(p, w, "verwaltung-dokument")
			p.Fill("Titel", "Betriebskosten 2025")
			p.Follow("Speichern")
			p.Shows("Die Angaben sind gespeichert.", "Betriebskosten 2025")
			p.Upload("Neue Datei", file(t, "neu.pdf", pdf(t, "neu")))
			p.Follow("Datei ersetzen")
			p.Shows("Die Datei ist ersetzt.", "Frühere Dateien")
			p.Follow("Zurückziehen")
			looked(p, w, "verwaltung-zurueckziehen")
			p.Follow("Zurückziehen")
			p.Shows("Die Empfänger sehen es nicht")
			looked(p, w, "verwaltung-zurueckgezogen")
			p.Follow("Wieder anzeigen")
			p.Shows("Das Dokument steht wieder im Portal.")
			p.Go(d.url + "/verwaltung/liegenschaften/p1" + documentsweb.Tab)
			p.Shows("Betriebskosten 2025", "1 Dokument")
			looked(p, w, "verwaltung-liegenschaft")
		})
	}
}

func TestE20_ManyFilesAreMatchedOnThePage(t *testing.T) {
	b := browsertest.Start(t)
	for name, w := range windows {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			p := b.OpenFor(t, w)
			p.Go(d.url + documentsweb.StaffPath)
			p.Follow("Viele auf einmal hochladen")
			p.Choose("Art des Dokuments", "Abrechnung")
			p.Follow("Weiter")
			p.Shows("Geben Sie einen Titel ein")
			looked(p, w, "stapel-fehler")
			p.Fill("Titel", "Betriebskostenabrechnung 2025")
			p.Follow("Weiter")
			p.Shows("Dateien hochladen")
			looked(p, w, "stapel-leer")
			var paths []string
			for name, data := range map[string][]byte{"14-05-2.pdf": pdf(t, "a"), "BK_Ferri.pdf": pdf(t, "b"), "unklar.pdf": pdf(t, "c"), "kaputt.pdf": []byte("%PDF-1.4 nichts")} {
				paths = append(paths, file(t, name, data))
			}
			p.Do("choose four files", chromedp.SetUploadFiles(`#u-dateien`, paths))
			p.Follow("Dateien hochladen")
			p.Shows("Die Dateien sind hochgeladen.", "14-05-2.pdf", "Marlene Brandt", "Giulia Ferri", "Das PDF ist beschädigt", "Offen")
			looked(p, w, "stapel")
			p.Follow("Zuordnen")
			p.Shows("unklar.pdf")
			p.Follow("Speichern")
			p.Shows("Wählen Sie, für wen das Dokument ist.")
			looked(p, w, "stapel-zuordnen")
			p.Tap("Diese Datei weglassen")
			p.Follow("Speichern")
			p.Shows("Die Datei wird weggelassen.")
			p.Follow("2 Dokumente in das Portal legen")
			p.Shows("Die zugeordneten Dokumente stehen im Portal.", "Im Portal")
			looked(p, w, "stapel-fertig")
			p.Go(d.url + documentsweb.Path)
			p.Shows("Betriebskostenabrechnung 2025")
			p.Go(d.url + documentsweb.StaffPath)
			p.Shows("Angefangene Stapel", "2 Dokumente")
			looked(p, w, "verwaltung-liste")
		})
	}
}

func TestA1_ResidentsFindTheirDocuments(t *testing.T) {
	b := browsertest.Start(t)
	for name, w := range windows {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			p := b.OpenFor(t, w)
			p.Go(d.url + documentsweb.Path)
			p.Shows("Noch keine Dokumente")
			looked(p, w, "leer")
			d.publish(documents.Statement, "Betriebskostenabrechnung 2025", "2026-11-10", portfolio.ToLease, "l5", false)
			d.publish(documents.Certificate, "Bescheinigung haushaltsnahe Dienstleistungen 2025", "2026-11-10", portfolio.ToPerson, "marlene", false)
			d.publish(documents.Statement, "Betriebskostenabrechnung 2024", "2025-11-14", portfolio.ToLease, "l5", false)
			d.publish(documents.Contract, "Mietvertrag", "2024-08-12", portfolio.ToLease, "l5", false)
			d.publish(documents.Rules, "Hausordnung", "2026-01-01", portfolio.ToProperty, "p1", true)
			p.Go(d.url + "/")
			p.Shows("Neue Dokumente", "Betriebskostenabrechnung 2025")
			looked(p, w, "start")
			p.Follow("Alle Dokumente")
			p.Shows("2026", "2025", "Immer griffbereit", "Hausordnung", "Stand 1. Januar 2026", "PDF, 1 Seite", "Neu")
			looked(p, w, "liste")
			p.Fill("Suchen", "bescheinigung")
			p.Enter()
			p.Shows("Bescheinigung haushaltsnahe Dienstleistungen 2025")
			looked(p, w, "gesucht")
			p.Go(d.url + documentsweb.ContractPath)
			p.Shows("Ahornallee 14", "Grundmiete", "„Mietvertrag“ öffnen")
			looked(p, w, "vertrag")
			d.settings(`{"lease_documents_from":"2025-01-01"}`)
			p.Go(d.url + documentsweb.ContractPath)
			p.Shows("liegen nur auf Papier vor")
			looked(p, w, "vertrag-aelter")
			shelf, err := d.Mine(t.Context(), marlene)
			must(t, err)
			token, err := d.Link(t.Context(), marlene, "s-acc-marlene", shelf.Entries[0].FileID)
			must(t, err)
			d.later(documents.LinkLife)
			p.Go(d.url + "/dateien/" + shelf.Entries[0].FileID + "/" + token)
			p.Shows("Dieser Link ist abgelaufen", "Datei erneut öffnen")
			if p.Status() != 410 {
				t.Errorf("H6: %d", p.Status())
			}
			looked(p, w, "abgelaufen")
		})
	}
}
