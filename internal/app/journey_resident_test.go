package app

import (
	"strings"
	"testing"

	"foyer/internal/browsertest"
)

const (
	newEmail    = "tom.winter@post.example"
	newPassword = "Segel-Walnuss-Harfe-31"
)

// register proves point 4: from the QR code of the letter to the home page.
func (j *journey) register(t *testing.T) {
	code := j.lindhof().Codes[0]
	p := j.visit(t)
	p.Go(code.URL)
	p.Shows("Schritt 1 von 3", "Der Code ist gültig")
	if strings.Contains(p.URL(), code.URL[strings.LastIndexByte(code.URL, '/'):]) || p.Has("Winter") {
		t.Errorf("the page gives away too much: %s", p.URL())
	}
	j.look(t, p, "registrieren")
	p.Fill("Ihre E-Mail-Adresse", newEmail)
	p.Fill("Passwort festlegen", "kurz")
	p.Follow("Weiter")
	p.Shows("12 Zeichen")
	j.look(t, p, "registrieren-fehler")
	p.Fill("Passwort festlegen", newPassword)
	p.Follow("Weiter")
	p.Shows("Schritt 2 von 3", newEmail)
	j.look(t, p, "registrieren-mail")

	pin := sixDigits.FindString(j.mail(t, newEmail, "Bestätigen Sie Ihre E-Mail-Adresse").Text("main"))
	p.Fill("Zahl aus der E-Mail", "000000")
	p.Follow("Bestätigen")
	if pin != "000000" {
		j.look(t, p, "registrieren-mail-fehler")
		p.Fill("Zahl aus der E-Mail", pin)
		p.Follow("Bestätigen")
	}
	p.Shows("Sind Sie das?", "Tom Winter", "Ahornallee 14")
	j.look(t, p, "registrieren-wer")
	p.Follow("Ja, das bin ich")
	p.Shows("Ihr Zugang ist eingerichtet", "Ahornallee 14", "Wohnung 11")
	j.look(t, p, "start-neu")
	m := j.manager(t)
	j.open(m, "Ahornallee 10–16")
	m.Go(origin(j.lindhof()) + m.URL() + "?q=Winter")
	is(t, m, "Tom Winter", "Bestätigt")

	again := j.visit(t) // the code is spent, and typing it does not help either
	again.Go(code.URL)
	again.Shows("Dieser Link gilt nicht mehr")
	j.look(t, again, "registrieren-verbraucht")
	again.Fill("Zugangscode aus Ihrem Brief", code.Code)
	again.Fill("Ihre E-Mail-Adresse", "fremd@post.example")
	again.Fill("Passwort festlegen", newPassword)
	again.Follow("Weiter")
	if again.Has("Schritt 2 von 3") {
		t.Error("a spent code begins another registration")
	}
	j.look(t, again, "registrieren-code-verbraucht")

	typed := j.visit(t) // another letter, its code typed as people type it
	typed.Go(j.lindhof().URL)
	typed.Follow("Mit Zugangscode registrieren")
	j.look(t, typed, "registrieren-code")
	typed.Fill("Zugangscode aus Ihrem Brief", strings.ToLower(strings.ReplaceAll(j.lindhof().Codes[1].Code, "-", " ")))
	typed.Fill("Ihre E-Mail-Adresse", "elke.pohl@post.example")
	typed.Fill("Passwort festlegen", newPassword)
	typed.Follow("Weiter")
	typed.Shows("Schritt 2 von 3", "elke.pohl@post.example")
	j.confirmElsewhere(t, typed)
}

// confirmElsewhere opens the link of the mail on another device and carries on
// there.
func (j *journey) confirmElsewhere(t *testing.T, began *browsertest.Page) {
	m := j.mail(t, "elke.pohl@post.example", "Bestätigen Sie Ihre E-Mail-Adresse")
	p := j.visit(t)
	p.Go(link(m, "/r/mail/"))
	j.look(t, p, "registrieren-link")
	p.Follow("E-Mail-Adresse bestätigen")
	p.Shows("Ihre E-Mail-Adresse ist bestätigt")
	j.look(t, p, "registrieren-weiter")
	p.Fill("Passwort, das Sie eben festgelegt haben", newPassword)
	p.Follow("Weiter")
	p.Shows("Sind Sie das?", "Elke Pohl")
	p.Follow("Das bin ich nicht")
	p.Shows("Der Code ist nicht für Sie?")
	j.look(t, p, "registrieren-nicht-ich")
	p.Follow("Das bin ich nicht")
	p.Shows("Danke, der Code ist jetzt ungültig")
	j.look(t, p, "registrieren-abgelehnt")
	began.Follow("Den Link habe ich schon geöffnet: weiter")
	began.Shows("Diese Registrierung ist abgelaufen")
	j.look(t, began, "registrieren-abgelaufen")
}

// resident signs in one of demo.json.
func (j *journey) resident(t *testing.T, i int) (*browsertest.Page, demoLogin) {
	t.Helper()
	l := j.lindhof().Residents[i]
	p := j.visit(t)
	signIn(p, j.lindhof().URL, l.Email, l.Password)
	p.Shows("Guten Tag", l.Email)
	return p, l
}

// leases proves that a resident sees all own leases and switches between them.
func (j *journey) leases(t *testing.T) {
	p, _ := j.resident(t, 0)
	p.Shows("Guten Tag, Frau Brandt", "Ahornallee 14", "Ahornallee 12 a", "Werkhof 3")
	j.look(t, p, "start")
	for _, to := range []string{"Werkhof 3", "Ahornallee 12 a", "Ahornallee 14"} {
		p.Follow(p.Eval(`[...document.querySelectorAll("button[name=vertrag]")].map(b => b.getAttribute("aria-label") || "").find(l => l.startsWith("` + to + `,")) || "` + to + `"`))
		if got := p.Eval(`[...document.querySelectorAll("main h2")].map(h => h.textContent.trim()).join("|") + "|"`); !strings.Contains(got, to+"|") {
			t.Errorf("chose %s, but the home page is about %q", to, got)
		}
	}
	p.Go(origin(j.lindhof()) + "/mehr")
	j.look(t, p, "mehr")
	p.Follow("Hilfe")
	p.Shows("Zugang einrichten, Schritt für Schritt", "Ist das Schreiben echt?")
	j.look(t, p, "hilfe")
	for name, path := range map[string]string{"datenschutz": "/datenschutz-cookies", "barrierefreiheit": "/barrierefreiheit"} {
		p.Go(origin(j.lindhof()) + path)
		j.look(t, p, name)
	}
}

// ownAccess proves that a resident sees and ends own sign-ins and changes the
// password.
func (j *journey) ownAccess(t *testing.T) {
	p, l := j.resident(t, 1)
	other, _ := j.resident(t, 1)
	p.Go(origin(j.lindhof()) + "/einstellungen/zugang")
	p.Shows("Hier sind Sie angemeldet", "dieses Gerät", "jetzt aktiv")
	j.look(t, p, "einstellungen-zugang")
	p.Follow(p.Eval(`document.querySelector("main a[href^='/einstellungen/zugang/geraete/']").getAttribute("aria-label")`))
	j.look(t, p, "geraet-abmelden")
	p.Follow("Abmelden")
	p.Shows("Das Gerät ist abgemeldet")
	other.Go(origin(j.lindhof()) + "/")
	if !strings.HasPrefix(other.URL(), "/anmelden") {
		t.Errorf("the ended sign-in still shows %s", other.URL())
	}

	other, _ = j.resident(t, 1)
	p.Follow("Passwort ändern")
	j.look(t, p, "passwort-aendern")
	p.Fill("Bisheriges Passwort", l.Password)
	p.Fill("Neues Passwort", newPassword)
	p.Follow("Passwort ändern")
	p.Shows("Ihr Passwort ist geändert")
	j.look(t, p, "passwort-geaendert")
	j.mail(t, l.Email, "Ihr Passwort wurde geändert")
	other.Go(origin(j.lindhof()) + "/")
	if !strings.HasPrefix(other.URL(), "/anmelden") {
		t.Errorf("after the new password another device still shows %s", other.URL())
	}
	p.Follow("Abmelden")
	p.Shows("Sie sind abgemeldet")
	j.look(t, p, "abgemeldet")
	signIn(p, j.lindhof().URL, l.Email, newPassword)
	p.Shows("Guten Tag", l.Email)
}

// forgotten proves that the link in the mail gives a new password, once.
func (j *journey) forgotten(t *testing.T) {
	l := j.lindhof().Residents[3]
	p := j.visit(t)
	p.Go(j.lindhof().URL)
	p.Follow("Passwort vergessen?")
	j.look(t, p, "passwort-vergessen")
	p.Fill("E-Mail-Adresse", l.Email)
	p.Follow("Link senden")
	p.Shows("Sehen Sie in Ihr Postfach")
	j.look(t, p, "passwort-vergessen-gesendet")
	reset := link(j.mail(t, l.Email, "Neues Passwort für Ihren Zugang"), "/passwort-neu/")
	p.Go(reset)
	if strings.HasSuffix(reset, p.URL()) {
		t.Errorf("the secret stays in the address: %s", p.URL())
	}
	j.look(t, p, "passwort-neu")
	p.Fill("Neues Passwort", newPassword)
	p.Follow("Passwort speichern")
	p.Shows("Ihr neues Passwort gilt")
	signIn(p, j.lindhof().URL, l.Email, newPassword)
	p.Shows("Guten Tag", l.Email)

	p = j.visit(t)
	p.Go(reset)
	p.Shows("Dieser Link gilt nicht mehr")
	j.look(t, p, "passwort-link-alt")
}
