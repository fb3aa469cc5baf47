package accessweb_test

import (
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"foyer/internal/browsertest"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/platform/web"
)

// serve opens the house for real browsers, over plain http as on loopback.
func serve(t *testing.T) (*house, string) {
	t.Helper()
	h := newHouse(t, storetest.SQLite(t).DB, false)
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return h, s.URL
}

// looked checks the page that is open: narrow and light, wide and dark; where
// pictures are asked for, in every width and both colour schemes. The page ends
// as it was.
func looked(p *browsertest.Page, w browsertest.Window, name string) {
	pictures := os.Getenv("FOYER_SHOTS") != ""
	for _, dark := range []bool{false, true} {
		for _, width := range []int{320, 390, 1280} {
			if !pictures && (width == 390 || dark != (width == 1280)) {
				continue
			}
			p.Look(browsertest.Window{Width: width, Dark: dark, NoScript: w.NoScript, Lang: w.Lang})
			p.Fits()
			p.Axe()
			if width != 320 {
				p.Shot(name)
			}
		}
	}
	p.Look(w)
}

// TestK18_A6_E14_A10_ResidentsJourney goes the whole way of a resident: from
// the QR code of the letter to the home page, the settings and a forgotten
// password, on a phone with script and at a computer without.
func TestK18_A6_E14_A10_ResidentsJourney(t *testing.T) {
	b := browsertest.Start(t)
	for _, w := range []browsertest.Window{{Width: 390}, {Width: 1280, NoScript: true}} {
		h, url := serve(t)
		p := b.Open(w)
		look := func(name string) {
			t.Helper()
			if !w.NoScript {
				looked(p, w, name)
			} else {
				p.Fits()
				p.Axe()
				p.Shot(name)
			}
		}
		p.Go(url + "/anmelden")
		p.Shows("Willkommen zu Hause", "Notdienst der Verwaltung")
		look("anmelden")
		p.Fill("E-Mail-Adresse", marlene)
		p.Fill("Passwort", "falsch falsch falsch")
		p.Follow("Anmelden")
		if p.Status() != 422 || p.Value("E-Mail-Adresse") != marlene || p.Value("Passwort") != "" {
			t.Errorf("a failed sign-in: %d, %q", p.Status(), p.Value("E-Mail-Adresse"))
		}
		p.Shows("E-Mail-Adresse oder Passwort stimmt nicht.", "So kommen Sie weiter")
		look("anmelden-fehler")
		p.Go(url + "/hilfe")
		p.Shows("Zugang einrichten, Schritt für Schritt", "a.example")
		look("hilfe")

		registers(t, h, p, url, look)
		moves(t, h, p, look)
		forgets(t, h, p, url, look)
	}
}

// registers comes with a QR code and ends on the home page.
func registers(t *testing.T, h *house, p *browsertest.Page, url string, look func(string)) {
	t.Helper()
	_, path := h.code("marlene")
	p.Go(url + path)
	if p.URL() != "/registrieren" {
		t.Errorf("the QR code leads to %s", p.URL())
	}
	p.Shows("Schritt 1 von 3", "Der Code ist gültig.")
	look("registrieren-qr")
	p.Fill("Ihre E-Mail-Adresse", marlene)
	p.Fill("Passwort festlegen", "zuhause")
	p.Follow("Weiter")
	p.Shows("mindestens 12 Zeichen")
	look("registrieren-fehler")
	p.Fill("Passwort festlegen", password)
	p.Follow("Weiter")
	p.Shows("Schritt 2 von 3", marlene)
	look("registrieren-bestaetigen")
	p.Follow("E-Mail noch einmal senden")
	p.Shows("Eine neue E-Mail ist unterwegs")
	pin, _ := h.confirmation(marlene)
	p.Fill("Zahl aus der E-Mail", pin)
	p.Follow("Bestätigen")
	p.Shows("Sind Sie das?", "Marlene Brandt", "Ahornallee 14, Wohnung 5")
	look("registrieren-sind-sie-das")
	p.Follow("Das bin ich nicht")
	look("registrieren-nicht-ich")
	p.Follow("Abbrechen")
	p.Follow("Ja, das bin ich")
	p.Shows("Ihr Zugang ist eingerichtet", "Guten Tag, Frau Brandt", "Mietbeginn")
	look("start")
}

// moves switches between leases and looks after the access.
func moves(t *testing.T, h *house, p *browsertest.Page, look func(string)) {
	t.Helper()
	p.Tap("14Ahornallee 142. OG links · Wohnung 5. Mietverhältnis wechseln")
	p.Shot("start-mietverhaeltnis")
	p.Follow("P7Ahornallee 14Stellplatz 7")
	p.Shows("1. März 2021")
	p.Follow("Mehr")
	p.Shows("Stellplatz 7", "Abmelden")
	look("mehr")
	p.Follow("Einstellungen")
	p.Shows("Mein Zugang", marlene, "dieses Gerät")
	h.visitor().signIn(marlene, password)
	p.Go(strings.TrimSuffix(p.Eval("location.href"), "#"))
	look("einstellungen-zugang")
	p.Follow("Firefox · Linux abmelden")
	look("einstellungen-geraet")
	p.Follow("Abmelden")
	p.Shows("Das Gerät ist abgemeldet")
	p.Follow("Passwort ändern")
	look("einstellungen-passwort")
	p.Fill("Bisheriges Passwort", password)
	p.Fill("Neues Passwort", newer)
	p.Follow("Passwort ändern")
	p.Shows("Ihr Passwort ist geändert")
	p.Choose("Sprache der Seiten und E-Mails", "English")
	p.Follow("Sprache speichern")
	p.Shows("Your language has been saved")
	p.Choose("Language of pages and e-mails", "Deutsch")
	p.Follow("Save language")
	typed, _ := h.code("samira")
	p.Follow("Code einlösen")
	look("einstellungen-code")
	p.Fill("Zugangscode aus Ihrem Brief", strings.ToLower(typed))
	p.Follow("Weiter")
	p.Shows("Dr. Samira Haddad", "Ahornallee 14, Wohnung 6")
	look("einstellungen-code-sind-sie-das")
	p.Follow("Ja, hinzufügen")
	p.Shows("Der Vertrag ist hinzugefügt", "Wohnung 6")
	p.Follow("Mehr")
	p.Follow("Abmelden")
	p.Shows("Sie sind abgemeldet")
	look("anmelden-abgemeldet")
}

// forgets sets a new password by a link, and lets another one run out.
func forgets(t *testing.T, h *house, p *browsertest.Page, url string, look func(string)) {
	t.Helper()
	p.Follow("Passwort vergessen?")
	look("passwort-vergessen")
	p.Fill("E-Mail-Adresse", marlene)
	p.Follow("Link senden")
	p.Shows("Sehen Sie in Ihr Postfach")
	look("passwort-vergessen-gesendet")
	h.drain()
	path := resetLink.FindStringSubmatch(h.mailTo(marlene).Text)[1]
	p.Go(url + path)
	if p.URL() != "/passwort-neu" {
		t.Errorf("the link leads to %s", p.URL())
	}
	look("passwort-neu")
	p.Tap("Vorschlag für ein Passwort")
	suggested := p.Value("Unser Vorschlag")
	p.Fill("Neues Passwort", suggested)
	p.Follow("Passwort speichern")
	p.Shows("Ihr neues Passwort gilt")
	p.Go(url + path)
	p.Shows("Dieser Link gilt nicht mehr")
	look("passwort-neu-abgelaufen")
	p.Go(url + "/registrieren/code-abgelaufen")
	look("code-abgelaufen")
	p.Go(url + "/einstellungen/zugang")
	p.Fill("E-Mail-Adresse", marlene)
	p.Fill("Passwort", suggested)
	p.Tap("Angemeldet bleiben")
	p.Follow("Anmelden")
	if p.URL() != "/einstellungen/zugang" {
		t.Errorf("after the sign-in: %s", p.URL())
	}
	for _, name := range p.Cookies() { // the page on privacy lists what is set
		listed := false
		for _, c := range web.CookieNames {
			listed = listed || c == name
		}
		if !listed {
			t.Errorf("cookie %s is on no list", name)
		}
	}
	p.Go(url + "/datenschutz-cookies")
	look("datenschutz")
	p.Go(url + "/barrierefreiheit")
	look("barrierefreiheit")
	p.Go(url + "/nirgends")
	look("fehler-404")
}

// TestByKeyboard signs in and switches the lease without a mouse.
func TestByKeyboard(t *testing.T) {
	h, url := serve(t)
	h.account(marlene, password, "de", "marlene")
	p := browsertest.Start(t).Open(browsertest.Window{Width: 1280})
	p.Go(url + "/anmelden")
	p.TabTo("E-Mail-Adresse")
	p.Type(marlene)
	p.Press("Tab")
	p.Type(password)
	p.Enter()
	p.Shows("Guten Tag, Frau Brandt")
	p.Press("Tab")
	if p.Focused() != "Zum Inhalt springen" {
		t.Errorf("the keyboard begins at %q", p.Focused())
	}
	p.TabTo("14Ahornallee 142. OG links · Wohnung 5. Mietverhältnis wechseln")
	p.Press("Enter")
	p.TabTo("P7Ahornallee 14Stellplatz 7")
	p.Enter()
	p.Shows("1. März 2021")
}

// TestTheOtherDeviceGoesOn opens the mail's link on a phone without script.
func TestTheOtherDeviceGoesOn(t *testing.T) {
	h, url := serve(t)
	b := browsertest.Start(t)
	typed, _ := h.code("jonas")
	pc, w := b.Open(browsertest.Window{Width: 1280}), browsertest.Window{Width: 390, NoScript: true}
	phone := b.Open(w)
	pc.Go(url + "/registrieren")
	looked(pc, browsertest.Window{Width: 1280}, "registrieren")
	pc.Fill("Zugangscode aus Ihrem Brief", "KX7M-4QPD-92T0")
	pc.Follow("Weiter")
	pc.Shows("O, I, 0 und 1 kommen nicht vor")
	pc.Fill("Zugangscode aus Ihrem Brief", typed)
	pc.Fill("Ihre E-Mail-Adresse", jonasMail)
	pc.Fill("Passwort festlegen", password)
	pc.Follow("Weiter")
	_, path := h.confirmation(jonasMail)
	phone.Go(url + path)
	looked(phone, w, "bestaetigen-link")
	phone.Follow("E-Mail-Adresse bestätigen")
	looked(phone, w, "bestaetigen-weiter")
	phone.Fill("Passwort, das Sie eben festgelegt haben", password)
	phone.Follow("Weiter")
	phone.Follow("Ja, das bin ich")
	phone.Shows("Guten Tag, Herr Brandt")
	pc.Follow("Den Link habe ich schon geöffnet: weiter")
	pc.Shows("Diese Registrierung ist abgelaufen")
	looked(pc, browsertest.Window{Width: 1280}, "registrierung-vorbei")
	h.later(20 * time.Minute)
	phone.Go(url + "/einstellungen/zugang/code")
	phone.Shows("Passwort bestätigen")
	looked(phone, w, "passwort-bestaetigen")
}
