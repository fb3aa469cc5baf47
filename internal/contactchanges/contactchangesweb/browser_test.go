package contactchangesweb_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"testing"
	"time"

	"foyer/internal/browsertest"
	"foyer/internal/contactchanges"
	"foyer/internal/orgs"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/portfolio"
)

// serve opens a house for real browsers; who is signed in on the staff's side,
// "" for nobody.
func serve(t *testing.T, h *house, staff string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if staff != "" {
			r.Header.Set("Cookie", "foyer-staff=as:"+staff)
		}
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// looked checks the open page at 320 px and, dark, at 1280 px; where pictures are
// asked for, at each width in both colour schemes.
func looked(p *browsertest.Page, w browsertest.Window, name string) {
	pictures := os.Getenv("FOYER_SHOTS") != ""
	for _, dark := range []bool{false, true} {
		for _, width := range []int{320, 390, 1280} {
			if !pictures && (width == 390 || dark != (width == 1280)) {
				continue
			}
			p.Look(browsertest.Window{Width: width, Dark: dark, NoScript: w.NoScript})
			p.Fits()
			p.Axe()
			if width != 320 {
				p.Shot(name)
			}
		}
	}
	p.Look(w)
}

// TestA11_A12_A13_AResidentsJourney changes address, number and postal address,
// confirms the new mailbox, withdraws, and comes in with the new address; with
// script on a phone and without at a computer.
func TestA11_A12_A13_AResidentsJourney(t *testing.T) {
	b := browsertest.Start(t)
	for _, w := range []browsertest.Window{{Width: 390}, {Width: 1280, Height: 900, NoScript: true}} {
		t.Run("script "+strconv.FormatBool(!w.NoScript), func(t *testing.T) {
			h := newHouse(t, storetest.SQLite(t).DB)
			url := serve(t, h, "")
			p := b.OpenFor(t, w)
			look := func(name string) {
				t.Helper()
				if w.NoScript {
					p.Fits()
					p.Axe()
				} else {
					looked(p, w, name)
				}
			}
			p.Go(url + "/anmelden")
			p.Fill("E-Mail-Adresse", oldAddress)
			p.Fill("Passwort", password)
			p.Follow("Anmelden")
			p.Go(url + "/einstellungen/zugang")
			p.Follow("Kontaktdaten")
			p.Shows("Postanschrift, falls abweichend")
			look("kontakt")
			p.Fill("Telefon zu Hause", "anrufen")
			p.Follow("Änderung senden")
			p.Shows("keine Telefonnummer")
			look("kontakt-fehler")
			h.later(16 * time.Minute)
			p.Fill("Telefon zu Hause", "030 23125 877")
			p.Fill("E-Mail-Adresse", newAddress)
			p.Follow("Änderung senden")
			p.Shows("Bitte bestätigen Sie Ihr Passwort")
			look("kontakt-passwort")
			p.Fill("Passwort", password)
			p.Follow("Änderung senden")
			p.Shows("Sehen Sie in Ihr neues Postfach", "Neue Telefonnummer wird übertragen", "18. November 2026")
			look("kontakt-wartet")
			p.Follow("Link noch einmal senden")
			p.Shows("Der Link ist noch einmal unterwegs")
			h.drain()
			p.Follow("Änderung zurückziehen: Neue Telefonnummer wird übertragen")
			look("kontakt-zurueckziehen")
			p.Follow("Änderung zurückziehen")
			p.Shows("Die Änderung ist zurückgezogen", "Letzte Änderungen")
			p.Go(url + h.mailed(newAddress))
			if p.URL() != "/kontakt/bestaetigen" {
				t.Errorf("the token stays in the address: %s", p.URL())
			}
			look("kontakt-bestaetigen")
			p.Follow("Adresse bestätigen")
			p.Shows("Ihre neue E-Mail-Adresse ist bestätigt", "Erwartet bis 18. November 2026")
			look("kontakt-bestaetigt")
			p.Follow("Zu Ihren Kontaktdaten")
			p.Shows("Neue E-Mail-Adresse wird übertragen", newAddress)
			look("kontakt-uebertragen")
		})
	}
}

// TestT13_TheOldMailboxInABrowser cancels by the link of the mail.
func TestT13_TheOldMailboxInABrowser(t *testing.T) {
	b := browsertest.Start(t)
	h := newHouse(t, storetest.SQLite(t).DB)
	h.mode(orgs.ChangeAtOnce)
	h.wishes("marlene", func(w *contactchanges.Wish) { w.Email = newAddress })
	h.proves(newAddress)
	url, w := serve(t, h, ""), browsertest.Window{Width: 390}
	p := b.OpenFor(t, w)
	p.Go(url + h.mailed(oldAddress))
	looked(p, w, "kontakt-abbrechen")
	p.Follow("Das war ich nicht: abbrechen")
	p.Shows("Die Änderung ist zurückgenommen")
	looked(p, w, "kontakt-abgebrochen")
	p.Go(url + "/kontakt/abbrechen")
	if p.Status() != http.StatusGone {
		t.Errorf("%d", p.Status())
	}
	looked(p, w, "kontakt-link")
	h.mode(orgs.ChangeLocked)
	p.Go(url + "/anmelden")
	p.Fill("E-Mail-Adresse", "bo@post.example")
	p.Fill("Passwort", password)
	p.Follow("Anmelden")
	p.Go(url + "/einstellungen/kontakt")
	p.Shows("ändert die Hausverwaltung")
	looked(p, w, "kontakt-gesperrt")
}

// TestX1_StaffInABrowser carries over one and several, rejects, and fetches the
// file, with and without script.
func TestX1_StaffInABrowser(t *testing.T) {
	b := browsertest.Start(t)
	for _, noScript := range []bool{false, true} {
		t.Run("script "+strconv.FormatBool(!noScript), func(t *testing.T) {
			h := newHouse(t, storetest.SQLite(t).DB)
			h.wishes("nils", func(w *contactchanges.Wish) { w.Mobile = "0171 39200 63" })
			h.later(4 * 24 * time.Hour)
			h.wishes("marlene", func(w *contactchanges.Wish) { w.Email = newAddress })
			h.proves(newAddress)
			h.wishes("giulia", func(w *contactchanges.Wish) {
				w.Post, w.PostOn = portfolio.PostAddress{Street: "Via Esempio 4", Postcode: "39100", City: "Bozen", Country: "IT"}, "2026-12-01"
			})
			h.later(2 * 24 * time.Hour)
			h.wishes("bo", func(w *contactchanges.Wish) { w.Phone = "030 23125 877" })
			url, w := serve(t, h, "manager"), browsertest.Window{Width: 1280, Height: 900, NoScript: noScript}
			p := b.OpenFor(t, w)
			look := func(name string) {
				t.Helper()
				if noScript {
					p.Fits()
					p.Axe()
				} else {
					looked(p, w, name)
				}
			}
			p.Go(url + "/verwaltung")
			p.Shows("4 Kontaktänderungen ins ERP übertragen", "Eine ist für heute zugesagt.")
			look("heute-kontakt")
			p.Follow("4 Kontaktänderungen ins ERP übertragen")
			p.Shows("Offen (4)", "Frist heute", "0171 39200 63")
			look("kontaktaenderungen")
			p.Follow("Übertragen: Nils Hagedorn, Telefon mobil")
			p.Shows("1 Änderung ist übertragen", "Offen (3)")
			p.Tap("Auswählen: Marlene Brandt, E-Mail (Anmeldung)")
			p.Tap("Auswählen: Giulia Ferri, Postanschrift")
			p.Follow("Ausgewählte als übertragen abhaken")
			p.Shows("2 Änderungen sind übertragen", "Offen (1)")
			if _, data := p.Download("1 Änderung als CSV für das ERP"); len(data) == 0 {
				t.Error("no file")
			}
			p.Go(url + "/verwaltung/kontaktaenderungen")
			p.Shows("als CSV geholt")
			p.Tap("Weitere Aktionen für Bo Lindqvist")
			p.Follow("Ablehnen …")
			p.Follow("Änderung ablehnen")
			p.Shows("Bitte schreiben Sie einen Grund")
			look("kontakt-ablehnen")
			p.Fill("Grund", "Bitte die ganze Nummer.")
			p.Follow("Änderung ablehnen")
			p.Shows("Die Änderung ist abgelehnt", "Keine offenen Änderungen")
			look("kontaktaenderungen-leer")
			p.Follow("Übertragen")
			p.Shows("Übernommen")
			look("kontaktaenderungen-uebertragen")
			p.Follow("Marlene Brandt")
			p.Shows("Kontaktänderungen", newAddress)
			look("person-kontakt")
		})
	}
}
