package accessweb_test

import (
	"strings"
	"testing"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store/storetest"
)

// TestK18_HelpDescribesTheRegistration: the page that letters and mails name
// says every step, in every language, to everybody.
func TestK18_HelpDescribesTheRegistration(t *testing.T) {
	h := home(t)
	v := h.visitor()
	v.get("/hilfe").shows(200, "Schritt für Schritt", "Zugangscode und ein QR-Code", "tippen Sie a.example in die Adresszeile", "E-Mail-Adresse und Passwort eingeben", "sechsstellige Zahl",
		"Name und Adresse prüfen", "Der Code ist abgelaufen", "Ich möchte alles per Post", "Dann müssen Sie nichts tun.", "030 23125 100", "English")
	v.get("/hilfe?lang=en").shows(200, "step by step", "type a.example into the address bar", "six-digit number", "I would like everything by post", "Deutsch")
	typed, _ := h.code("jonas")
	w := h.visitor()
	w.get("/registrieren").shows(200, `href="/hilfe"`)
	w.post("/registrieren", "code", typed, "email", jonasMail, "password", password).goes("/registrieren/bestaetigen")
	h.drain()
	if m := h.mailTo(jonasMail); !strings.Contains(m.Text, "https://a.example/hilfe\n") && !strings.Contains(m.Text+"\n", "https://a.example/hilfe\n") {
		t.Errorf("the mail does not name the help page:\n%s", m.Text)
	}
}

// A closed portal says so in kind words, and what its page links to is there.
func TestE7_WhatAClosedPortalStillShows(t *testing.T) {
	h := home(t)
	check(t, h.orgs.Change(t.Context(), actor.NewOperator(storetest.Org), func(e *orgs.Edit) { e.PortalOn = false }))
	v := h.visitor()
	for _, path := range []string{"/anmelden", "/registrieren", "/hilfe"} {
		v.get(path).shows(404, "Das Portal ist zurzeit geschlossen", "Sie müssen nichts tun.", `href="/datenschutz-cookies"`, `href="/barrierefreiheit"`)
	}
	v.get("/datenschutz-cookies").shows(200, "Wir setzen nur Cookies")
	v.get("/barrierefreiheit").shows(200, "Barrierefreiheit")
}

func TestA9_TheAddressIsTheUserName(t *testing.T) {
	h := home(t)
	v := h.visitor()
	v.get("/hilfe").shows(200, "Ich weiß meine E-Mail-Adresse nicht mehr", "Ihr Benutzername ist die E-Mail-Adresse, mit der Sie sich registriert haben.", "rufen Sie uns an")
	v.post("/anmelden", "email", "x@post.example", "password", "falsch falsch").shows(422, "Ihr Benutzername ist die E-Mail-Adresse", "E-Mail-Adresse vergessen", "030 23125 100")
	v.get("/passwort-vergessen").shows(200, "Kein Zugriff mehr auf dieses Postfach?", "neuen Zugangscode per Post")
	v.signIn(marlene, password)
	v.get("/einstellungen/zugang").shows(200, "E-Mail-Adresse, mit der Sie sich anmelden "+marlene)
}

func TestC4_EveryPersonGetsAnOwnLogin(t *testing.T) {
	v := home(t).visitor()
	v.get("/registrieren").shows(200, "Für jede Person im Mietvertrag gibt es einen eigenen Zugang. Bitte teilen Sie Ihr Passwort nicht.")
	v.get("/hilfe").shows(200, "Wir wohnen zu mehreren", "Teilen Sie Ihr Passwort nicht")
}

// TestCookiesAreListed compares the page with what the product sets.
func TestCookiesAreListed(t *testing.T) {
	h := home(t)
	v := h.visitor()
	page := v.get("/datenschutz-cookies").shows(200, "Wir setzen nur Cookies, ohne die das Portal nicht funktioniert", "§ 25 Abs. 2 Nr. 2 TDDDG")
	typed, path := h.code("jonas")
	v.get("/anmelden?lang=en")
	v.get(path)
	v.post("/registrieren", "code", typed, "email", jonasMail, "password", password)
	w := h.visitor()
	w.signIn(marlene, password)
	for _, cookies := range []map[string]string{v.cookies, w.cookies} {
		for name := range cookies {
			if name = strings.TrimPrefix(name, "__Host-"); !strings.Contains(page.words(), " "+name+" ") {
				t.Errorf("%s is not on the list", name)
			}
		}
	}
	if len(v.cookies) != 3 || len(w.cookies) != 2 {
		t.Errorf("cookies %v and %v", v.cookies, w.cookies)
	}
}
