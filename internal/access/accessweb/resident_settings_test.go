package accessweb_test

import (
	"strings"
	"testing"

	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

func TestA10_PasswordIsChangedUnderMyAccess(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db, true)
		h.account(marlene, password, "de", "marlene")
		v, other := h.visitor(), h.visitor()
		v.signIn(marlene, password)
		other.signIn(marlene, password)
		v.get("/einstellungen/zugang").shows(200, "Einstellungen", "Mein Zugang", "Passwort ändern", "Zuletzt geändert am 12. November 2025.")
		page := v.get("/einstellungen/zugang/passwort").shows(200, "Bisheriges Passwort", "Mindestens 12 Zeichen")
		if page.value("username") != marlene {
			t.Error("a password manager is not told whose password it is")
		}
		for _, c := range []struct{ current, password, says string }{
			{"falsch falsch falsch", newer, "stimmt nicht"}, {password, "zu kurz", "mindestens 12 Zeichen"}, {password, password, "bisher"},
			{password, "marlenebrandt", "zu leicht zu erraten"}, {password, "passwort1234", "zu leicht zu erraten"}, {password, "", "Geben Sie ein Passwort ein"},
		} {
			a := v.post("/einstellungen/zugang/passwort", "current", c.current, "password", c.password).shows(422, "Fehler: Passwort ändern", c.says)
			if a.value("current") != "" || a.value("password") != "" {
				t.Errorf("a page repeats a password: %+v", c)
			}
		}
		old := v.cookies["__Host-foyer"]
		v.post("/einstellungen/zugang/passwort", "current", password, "password", newer).goes("/einstellungen/zugang?ok=passwort")
		v.get("/einstellungen/zugang?ok=passwort").shows(200, "Ihr Passwort ist geändert", "Zuletzt geändert am 12. November 2026.")
		if v.cookies["__Host-foyer"] == old {
			t.Error("the session keeps its token")
		}
		other.get("/einstellungen/zugang").goes("/anmelden?weiter=%2Feinstellungen%2Fzugang")
		h.drain()
		if m := h.mailTo(marlene); !strings.Contains(m.Subject, "Passwort") {
			t.Errorf("the owner is told %q", m.Subject)
		}
	})
}

func TestSessionsAreListedAndEnded(t *testing.T) {
	h := home(t)
	h.account("samira@post.example", password, "de", "samira")
	phone, pc, stranger := h.visitor(), h.visitor(), h.visitor()
	phone.agent = "Mozilla/5.0 (Android 15; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0"
	pc.agent = "curl/8 <script>alert(1)</script>"
	phone.signIn(marlene, password)
	pc.signIn(marlene, password)
	stranger.signIn("samira@post.example", password)
	list := pc.get("/einstellungen/zugang").shows(200, "Unbekanntes Gerät – dieses Gerät", "Firefox · Android", "zuletzt 12. November 2026, 10:00 Uhr", "Überall sonst abmelden").hides("alert(1)", "curl")
	path := ""
	for _, n := range list.elements() {
		if p := attr(n, "href"); strings.HasPrefix(p, "/einstellungen/zugang/geraete/0") {
			path = p
			if attr(n, "aria-label") != "Firefox · Android abmelden" {
				t.Errorf("the button says %q", attr(n, "aria-label"))
			}
		}
	}
	stranger.get(path).shows(404)
	stranger.post(path).shows(404)
	pc.get("/einstellungen/zugang/geraete/twin-session").shows(404)
	pc.post("/einstellungen/zugang/geraete/twin-session").shows(404)
	pc.get(path).shows(200, "Dieses Gerät abmelden", "Firefox · Android")
	phone.get("/einstellungen/zugang").shows(200)
	pc.post(path).goes("/einstellungen/zugang?ok=geraet")
	pc.post(path).goes("/einstellungen/zugang?ok=geraet") // a second click
	stranger.post(path).shows(404)
	pc.get("/einstellungen/zugang?ok=geraet").shows(200, "Das Gerät ist abgemeldet").hides("Überall sonst abmelden")
	phone.get("/einstellungen/zugang").goes("/anmelden?weiter=%2Feinstellungen%2Fzugang")

	phone.signIn(marlene, password)
	pc.get("/einstellungen/zugang/geraete/alle-anderen").shows(200, "Überall sonst abmelden")
	pc.post("/einstellungen/zugang/geraete/alle-anderen").goes("/einstellungen/zugang?ok=geraete")
	pc.get("/einstellungen/zugang?ok=geraete").shows(200, "Alle anderen Geräte sind abgemeldet")
	phone.get("/einstellungen/zugang").goes("/anmelden?weiter=%2Feinstellungen%2Fzugang")
	stranger.get("/einstellungen/zugang").shows(200)
}

func TestLanguageIsChosenOnce(t *testing.T) {
	h := home(t)
	v := h.visitor()
	v.lang = "en"
	v.signIn(marlene, password)
	v.get("/einstellungen/zugang").shows(200, "Einstellungen", "Sprache der Seiten und E-Mails") // the account's language wins over the browser's
	v.post("/einstellungen/sprache", "language", "xx").shows(422, "Fehler: Mein Zugang")
	v.post("/einstellungen/sprache", "language", "en").goes("/einstellungen/zugang?ok=sprache")
	v.get("/einstellungen/zugang?ok=sprache").shows(200, "Your language has been saved", "My access")
	v.post("/abmelden")
	v.lang = "de"
	v.get("/anmelden").shows(200, "Welcome home")
}
