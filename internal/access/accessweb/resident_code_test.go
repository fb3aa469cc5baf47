package accessweb_test

import (
	"strings"
	"testing"
	"time"

	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

// fields are the names of a page's visible fields.
func (a answer) fields() (list []string) {
	for _, n := range a.elements() {
		if n.Data == "input" && attr(n, "type") != "hidden" {
			list = append(list, attr(n, "name"))
		}
	}
	return list
}

// field tells whether a page has a field to type into.
func (a answer) field(name string, want bool) answer {
	a.t.Helper()
	has := false
	for _, f := range a.fields() {
		has = has || f == name
	}
	if has != want {
		a.t.Errorf("%s: field %s is there: %v, want %v\n%s", a.what, name, has, want, a.words())
	}
	return a
}

// A dead link is no dead end: the code of the newest letter can be typed,
// wherever one comes from.
func TestW8_AfterADeadLinkACodeCanBeTyped(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db, true)
		_, dead := h.code("jonas")
		typed, fresh := h.code("jonas") // voids the first
		v := h.visitor()
		v.get(dead).goes("/registrieren")
		v.get("/registrieren/code-abgelaufen").shows(200, "Mein Code ist abgelaufen").field("code", true)
		// A page that was open all the time still sends the link.
		v.post("/registrieren/code-abgelaufen", "link", strings.TrimPrefix(dead, "/r/")).shows(422, "Diesen Code kennen wir nicht, oder er wurde schon benutzt").field("code", true)
		if v.cookies["__Host-foyer-link"] != "" {
			t.Error("the dead link is kept")
		}
		v.get(dead)
		v.post("/registrieren", "link", strings.TrimPrefix(dead, "/r/"), "email", jonasMail, "password", password).shows(422, "Diesen Code kennen wir nicht, oder er wurde schon benutzt").field("code", true)
		if v.cookies["__Host-foyer-link"] != "" {
			t.Error("the dead link is kept")
		}
		v.get(fresh)
		v.post("/registrieren/code-abgelaufen", "link", strings.TrimPrefix(fresh, "/r/")).shows(422, "Dieser Code gilt noch", "Mit Zugangscode registrieren")
		v.get("/registrieren").shows(200, "Der Code ist gültig.") // a good link is kept
		h.later(61 * 24 * time.Hour)
		v.get(fresh)
		v.get("/registrieren/code-abgelaufen").shows(200, "Anderen Code eingeben").field("code", false)
		v.post("/registrieren/anderer-code", "von", "abgelaufen").goes("/registrieren/code-abgelaufen")
		v.get("/registrieren/code-abgelaufen").shows(200).hides("Anderen Code eingeben").field("code", true)
		v.post("/registrieren/code-abgelaufen", "code", typed).goes("/registrieren/code-abgelaufen?ok=brief")
	})
}

// Two people share a telephone: after the link of one, the other types a code.
func TestC4_AnotherCodeAfterAGoodLink(t *testing.T) {
	h := home(t)
	_, link := h.code("jonas")
	typed, _ := h.code("samira")
	v := h.visitor()
	v.get(link).goes("/registrieren")
	v.get("/registrieren").shows(200, "Der Code ist gültig.", "Anderen Code eingeben").field("code", false)
	before := h.dump()
	v.post("/registrieren/anderer-code").goes("/registrieren")
	if h.dump() != before {
		t.Error("forgetting a link writes to the database")
	}
	v.get("/registrieren").shows(200).hides("Der Code ist gültig.", "Anderen Code eingeben").field("code", true)
	v.post("/registrieren", "code", typed, "email", "samira@post.example", "password", password).goes("/registrieren/bestaetigen")
	en := h.visitor()
	en.lang = "en"
	en.get(link)
	en.get("/registrieren").shows(200, "Enter another code")

	w := h.visitor()
	w.signIn(marlene, password)
	w.get(link)
	w.get("/einstellungen/zugang/code").shows(200, "Anderen Code eingeben").field("code", false)
	w.post("/registrieren/anderer-code").goes("/registrieren")
	w.get("/registrieren").goes("/einstellungen/zugang/code")
	w.get("/einstellungen/zugang/code").shows(200).field("code", true)
}

// Who mistyped the address gets the form back as it was, without the password.
func TestA6_AnotherAddressKeepsTheCode(t *testing.T) {
	h := home(t)
	typed, _ := h.code("jonas")
	v := h.visitor()
	v.post("/registrieren", "code", strings.ToLower(strings.ReplaceAll(typed, "-", "")), "email", "jonas.brand@post.example", "password", password).goes("/registrieren/bestaetigen")
	v.get("/registrieren/bestaetigen").shows(200, `href="/registrieren?adresse=neu"`)
	page := v.get("/registrieren?adresse=neu").shows(200, "Schritt 1 von 3").hides("Brandt,", password)
	if page.value("code") != typed || page.value("email") != "jonas.brand@post.example" || page.value("password") != "" {
		t.Errorf("code %q, address %q", page.value("code"), page.value("email"))
	}
	if strings.Contains(h.dump(), typed) || strings.Contains(h.log.String(), typed) {
		t.Error("the code is kept in clear")
	}
	// Only who asks for it, and only in this browser.
	for _, other := range []answer{v.get("/registrieren"), h.visitor().get("/registrieren?adresse=neu")} {
		if other.value("code") != "" || other.value("email") != "" {
			t.Errorf("%s is filled in", other.what)
		}
	}
	v.post("/registrieren", "code", page.value("code"), "email", jonasMail, "password", password).goes("/registrieren/bestaetigen")
	v.get("/registrieren/bestaetigen").shows(200, jonasMail)
	pin, _ := h.confirmation(jonasMail)
	v.post("/registrieren/bestaetigen", "pin", pin).goes("/registrieren/sind-sie-das")
	v.post("/registrieren/sind-sie-das").goes("/?ok=willkommen")
	if v.cookies["__Host-foyer-link"] != "" {
		t.Error("the code stays in the browser")
	}

	// By a link the code is filled in as before, and the address too.
	_, link := h.code("samira")
	w := h.visitor()
	w.get(link)
	w.post("/registrieren", "link", strings.TrimPrefix(link, "/r/"), "email", "samira@post.exampel", "password", password).goes("/registrieren/bestaetigen")
	if page := w.get("/registrieren?adresse=neu").shows(200, "Der Code ist gültig.").field("code", false); page.value("email") != "samira@post.exampel" {
		t.Errorf("address %q", page.value("email"))
	}
}

// The sentences about the same thing use the same words.
func TestResidentsReadOneWordForOneThing(t *testing.T) {
	h := home(t)
	used, link := h.code("jonas")
	v := h.visitor()
	v.post("/registrieren", "code", used, "email", jonasMail, "password", password)
	v.get("/registrieren/bestaetigen").shows(200, "sechsstellige Zahl", "Zahl aus der E-Mail")
	v.post("/registrieren/bestaetigen", "pin", "x").shows(422, "Diese Zahl stimmt nicht").hides("Nummer stimmt")
	pin, _ := h.confirmation(jonasMail)
	if m := h.mailTo(jonasMail); !strings.Contains(m.Text, "diese Zahl ein") || strings.Contains(m.Text+m.HTML, "Nummer") {
		t.Errorf("the mail:\n%s", m.Text)
	}
	v.post("/registrieren/bestaetigen", "pin", pin)
	v.post("/registrieren/sind-sie-das")
	// A used code says the same, typed or opened.
	const neutral = "Diesen Code kennen wir nicht, oder er wurde schon benutzt"
	w := h.visitor()
	w.post("/registrieren", "code", used, "email", jonasMail, "password", password).shows(422, neutral)
	w.get(link)
	w.get("/registrieren").shows(200, neutral).hides("Vielleicht haben Sie ihn schon benutzt")
	w.lang = "en"
	w.get("/registrieren").shows(200, "We do not know this code, or it was used already")

	w.lang = ""
	w.get("/anmelden").shows(200, "Sonst gilt die Anmeldung höchstens 24 Stunden.")
	v.get("/einstellungen/zugang/passwort").shows(200, "Neues Passwort").hides("Passwort festlegen")
}

// Whoever enters the code of somebody else learns that she needs an own access.
func TestC4_AnotherPersonsCode(t *testing.T) {
	h := home(t)
	typed, _ := h.code("jonas")
	v := h.visitor()
	v.signIn(marlene, password)
	v.post("/einstellungen/zugang/code", "code", typed).goes("/einstellungen/zugang/code/sind-sie-das")
	v.get("/einstellungen/zugang/code/sind-sie-das").shows(200, "Jonas Brandt", "Jede Person braucht einen eigenen Zugang.")
}
