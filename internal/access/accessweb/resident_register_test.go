package accessweb_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"foyer/internal/access"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

const jonasMail = "jonas.brandt@post.example"

func (h *house) state(person string) string {
	h.t.Helper()
	var state string
	check(h.t, h.db.Read(h.t.Context(), store.OrgScope(storetest.Org), func(_ context.Context, tx *store.Tx) (err error) {
		state, err = store.Value[string](tx, store.Scoped(`SELECT state FROM person_access WHERE org_id = $1 AND person_id = $2`), person)
		return err
	}))
	return state
}

// TestA6_K4_K5_RegistrationFromLetterToHome is the way of most people: the code
// is typed, the number comes by mail, only then a name appears.
func TestA6_K4_K5_RegistrationFromLetterToHome(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db, true)
		typed, _ := h.code("jonas")
		v := h.visitor()
		v.get("/registrieren").shows(200, "Schritt 1 von 3", "Zugang einrichten", "Für jede Person im Mietvertrag gibt es einen eigenen Zugang.", "Mindestens 12 Zeichen", "Hilfe zur Registrierung").hides("Brandt", "Ahornallee", "Der Code ist gültig")
		sloppy := strings.ToLower(strings.ReplaceAll(typed, "-", " "))
		page := v.post("/registrieren", "code", sloppy, "email", "jonas.brandt.post.example", "password", "zuhause").shows(422, "Fehler: Zugang einrichten", "@", "mindestens 12 Zeichen").hides("Brandt,", "Ahornallee")
		if page.value("code") != sloppy || page.value("email") != "jonas.brandt.post.example" || page.value("password") != "" {
			t.Error("what was typed is lost, or the password is kept")
		}
		v.post("/registrieren", "code", sloppy, "email", jonasMail, "password", password).goes("/registrieren/bestaetigen").hides("Brandt")
		if h.state("jonas") != "pending" {
			t.Errorf("state %s", h.state("jonas"))
		}
		v.get("/registrieren/bestaetigen").shows(200, "Schritt 2 von 3", jonasMail, "E-Mail noch einmal senden").hides("Jonas Brandt", "Ahornallee")
		v.get("/registrieren/sind-sie-das").goes("/registrieren/bestaetigen")
		v.get("/registrieren/das-bin-ich-nicht").goes("/registrieren/bestaetigen")
		v.post("/registrieren/sind-sie-das").shows(409)
		pin, _ := h.confirmation(jonasMail)
		wrong := "000000"
		if pin == wrong {
			wrong = "111111"
		}
		v.post("/registrieren/bestaetigen", "pin", wrong).shows(422, "Diese Zahl stimmt nicht", "4 Versuche").hides("Ahornallee")
		v.post("/registrieren/bestaetigen", "pin", pin[:3]+" "+pin[3:]).goes("/registrieren/sind-sie-das")
		v.get("/registrieren/bestaetigen").goes("/registrieren/sind-sie-das")
		v.get("/registrieren/sind-sie-das").shows(200, "Schritt 3 von 3", "Sind Sie das?", "Jonas Brandt", "Ahornallee 14, Wohnung 5", "12623 Berlin", "Ja, das bin ich", "Das bin ich nicht")
		v.post("/registrieren/sind-sie-das", "remember", "on").goes("/?ok=willkommen")
		if c := cookie(v, "__Host-foyer"); c.MaxAge < 90*24*3600 {
			t.Errorf("angemeldet bleiben: %d s", c.MaxAge)
		}
		if v.cookies["__Host-foyer-registration"] != "" || v.cookies["__Host-foyer-link"] != "" {
			t.Errorf("cookies stay: %v", v.cookies)
		}
		if h.state("jonas") != "confirmed" {
			t.Errorf("state %s", h.state("jonas"))
		}
		v.get("/einstellungen/zugang").shows(200, jonasMail)
		h.visitor().signIn(jonasMail, password)
		h.visitor().post("/registrieren", "code", typed, "email", "other@post.example", "password", password).shows(422, "Diesen Code kennen wir nicht")
	})
}

func TestT10_T11_QRCodeUsesNothingUpAndLeavesTheAddress(t *testing.T) {
	h := home(t)
	_, path := h.code("jonas")
	token := strings.TrimPrefix(path, "/r/")
	before := h.dump()
	for range 5 {
		scanner := h.visitor()
		scanner.do("HEAD", path, nil)
		scanner.get(path).goes("/registrieren")
		scanner.get("/registrieren").shows(200, "Der Code ist gültig.").hides("Brandt", "Ahornallee")
	}
	if h.dump() != before {
		t.Error("opening the link changes the database")
	}
	v := h.visitor()
	v.get(path)
	if c := cookie(v, "__Host-foyer-link"); c.MaxAge != 3600 || !c.HttpOnly || !c.Secure {
		t.Errorf("%+v", c)
	}
	v.get("/registrieren").shows(200).hides("name=\"code\"")
	v.post("/registrieren", "link", token, "email", jonasMail, "password", "kurz").shows(422).hides("Brandt,")
	v.post("/registrieren", "link", token, "email", jonasMail, "password", password).goes("/registrieren/bestaetigen")
	pin, mail := h.confirmation(jonasMail)
	v.post("/registrieren/bestaetigen", "pin", pin).goes("/registrieren/sind-sie-das")
	v.post("/registrieren/sind-sie-das").goes("/?ok=willkommen")
	for _, secret := range []string{token, pin, strings.TrimPrefix(mail, "/r/mail/"), password} {
		if strings.Contains(h.log.String(), secret) || strings.Contains(h.dump(), secret) {
			t.Errorf("the log or the database knows %q", secret)
		}
	}
	// The used code, opened again.
	w := h.visitor()
	w.get(path).goes("/registrieren")
	w.get("/registrieren").shows(200, "Dieser Link gilt nicht mehr", "Zugangscode aus Ihrem Brief")
}

// TestLinkOfTheMailWorksOnAnotherDevice confirms on the phone and goes on
// there, or at the computer.
func TestLinkOfTheMailWorksOnAnotherDevice(t *testing.T) {
	h := home(t)
	typed, _ := h.code("jonas")
	pc, phone := h.visitor(), h.visitor()
	pc.post("/registrieren", "code", typed, "email", jonasMail, "password", password).goes("/registrieren/bestaetigen")
	_, path := h.confirmation(jonasMail)
	before := h.dump()
	for range 5 {
		scanner := h.visitor()
		scanner.do("HEAD", path, nil)
		scanner.get(path).goes("/registrieren/bestaetigen/link")
		scanner.get("/registrieren/bestaetigen/link").shows(200, "E-Mail-Adresse bestätigen").hides("Brandt", "Ahornallee")
	}
	if h.dump() != before {
		t.Error("opening the link changes the database")
	}
	phone.get(path)
	phone.post("/registrieren/bestaetigen/link").goes("/registrieren/bestaetigen/weiter")
	phone.get("/registrieren/bestaetigen/weiter").shows(200, "Ihre E-Mail-Adresse ist bestätigt").hides("Brandt", "Ahornallee")
	phone.get("/registrieren/sind-sie-das").shows(410)
	pc.get("/registrieren/bestaetigen").goes("/registrieren/sind-sie-das")
	pc.get("/registrieren/sind-sie-das").shows(200, "Jonas Brandt")
	phone.post("/registrieren/bestaetigen/weiter", "password", "falsch falsch falsch").shows(422, "nicht das Passwort").hides("Brandt")
	phone.post("/registrieren/bestaetigen/weiter", "password", password).goes("/registrieren/sind-sie-das")
	phone.post("/registrieren/sind-sie-das").goes("/?ok=willkommen")
	pc.get("/registrieren/sind-sie-das").shows(410, "Diese Registrierung ist abgelaufen")

	// Opened where the registration began, it goes on at once.
	typed, _ = h.code("samira")
	v := h.visitor()
	v.post("/registrieren", "code", typed, "email", "samira@post.example", "password", password).goes("/registrieren/bestaetigen")
	_, path = h.confirmation("samira@post.example")
	v.get(path)
	v.post("/registrieren/bestaetigen/link").goes("/registrieren/sind-sie-das")
	v.get("/registrieren/sind-sie-das").shows(200, "Dr. Samira Haddad")
}

func TestConfirmationIsSentAgainAndRunsOut(t *testing.T) {
	h := home(t)
	typed, _ := h.code("jonas")
	v := h.visitor()
	h.visitor().get("/registrieren/bestaetigen").shows(410, "Noch einmal beginnen")
	v.post("/registrieren", "code", typed, "email", jonasMail, "password", password).goes("/registrieren/bestaetigen")
	old, _ := h.confirmation(jonasMail)
	h.later(time.Minute)
	v.post("/registrieren/bestaetigen/neu").goes("/registrieren/bestaetigen?ok=gesendet")
	v.get("/registrieren/bestaetigen?ok=gesendet").shows(200, "Eine neue E-Mail ist unterwegs")
	pin, _ := h.confirmation(jonasMail)
	if old != pin {
		v.post("/registrieren/bestaetigen", "pin", old).shows(422)
	}
	for range 5 {
		v.post("/registrieren/bestaetigen", "pin", "x")
	}
	v.get("/registrieren/bestaetigen").shows(200, "zu viele falsche Zahlen").hides(`name="pin"`)
	v.post("/registrieren/bestaetigen", "pin", pin).shows(422, "zu viele falsche")
	for range 3 {
		v.post("/registrieren/bestaetigen/neu").goes("/registrieren/bestaetigen?ok=gesendet")
		h.drain()
	}
	v.post("/registrieren/bestaetigen/neu").shows(429, "Versuchen Sie es in 60 Minuten", jonasMail)
	h.later(61 * time.Minute)
	v.get("/registrieren/bestaetigen").shows(410, "waren Sie das, melden Sie sich bitte an")
	v.post("/registrieren/bestaetigen", "pin", pin).shows(410)
	v.post("/registrieren", "code", typed, "email", jonasMail, "password", password).goes("/registrieren/bestaetigen")
}

func TestNotMeVoidsTheCode(t *testing.T) {
	h := home(t)
	typed, _ := h.code("jonas")
	v := h.visitor()
	v.post("/registrieren", "code", typed, "email", "neighbour@post.example", "password", password).goes("/registrieren/bestaetigen")
	pin, _ := h.confirmation("neighbour@post.example")
	v.post("/registrieren/bestaetigen", "pin", pin).goes("/registrieren/sind-sie-das")
	v.get("/registrieren/das-bin-ich-nicht").shows(200, "Der Code ist nicht für Sie?", "Das bin ich nicht")
	v.post("/registrieren/das-bin-ich-nicht").goes("/anmelden?ok=nicht-ich")
	v.get("/anmelden?ok=nicht-ich").shows(200, "der Code ist jetzt ungültig")
	if h.state("jonas") != "revoked" {
		t.Errorf("state %s", h.state("jonas"))
	}
	v.post("/registrieren", "code", typed, "email", jonasMail, "password", password).shows(422, "Diesen Code kennen wir nicht")
	v.post("/registrieren/sind-sie-das").shows(410)
}

func TestCodesAreReadAsPeopleTypeThem(t *testing.T) {
	h := home(t)
	v := h.visitor()
	for _, c := range []struct{ code, says string }{
		{"", "Bitte geben Sie den Code aus Ihrem Brief ein."}, {"KX7M-4QPD-92T", "hier stehen 11"}, {"K", "hier steht eines"},
		{"KX7M 4QPD 92TRR", "hier stehen 13"}, {"KX7M-4QPD-92T0", "O, I, 0 und 1 kommen nicht vor"}, {"KX7M–4QPD–9ÄTR", "O, I, 0 und 1 kommen nicht vor"},
		{"KX7M-4QPD-92TX", "stimmt ein Zeichen nicht"},
	} {
		page := v.post("/registrieren", "code", c.code, "email", "x", "password", "y").shows(422, c.says, "@", "mindestens 12 Zeichen")
		if page.value("code") != c.code {
			t.Errorf("%q became %q", c.code, page.value("code"))
		}
	}
}

func TestW8_ExpiredCodeBringsANewLetter(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db, true)
		typed, path := h.code("jonas")
		fresh, _ := h.code("samira")
		h.later(61 * 24 * time.Hour)
		fresh, _ = h.code("samira")
		v := h.visitor()
		v.post("/registrieren", "code", typed, "email", jonasMail, "password", password).shows(422, "Der Code galt bis 11. Januar 2027", "Neuen Code bestellen").hides("Brandt,")
		v.get(path).goes("/registrieren")
		v.get("/registrieren").goes("/registrieren/code-abgelaufen")
		v.get("/registrieren/code-abgelaufen").shows(200, "Mein Code ist abgelaufen").hides("Brandt", "Ahornallee")
		w := h.visitor()
		w.post("/registrieren/code-abgelaufen", "code", "x").shows(422, "hier steht eines")
		w.post("/registrieren/code-abgelaufen", "code", fresh).shows(422, "Dieser Code gilt noch")
		w.post("/registrieren/code-abgelaufen", "code", typed).goes("/registrieren/code-abgelaufen?ok=brief")
		w.get("/registrieren/code-abgelaufen?ok=brief").shows(200, "Ein neuer Brief kommt").hides("Brandt", "Ahornallee")
		if h.state("jonas") != "requested" {
			t.Errorf("state %s", h.state("jonas"))
		}
		w.post("/registrieren/code-abgelaufen", "code", typed).goes("/registrieren/code-abgelaufen?ok=unterwegs")
		w.get("/registrieren/code-abgelaufen?ok=unterwegs").shows(200, "schon unterwegs")
	})
}

// TestT12_RegistrationTellsNothing: unknown, used, revoked and foreign codes
// look the same, and so do addresses with and without an account.
func TestT12_RegistrationTellsNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db, true)
		h.account(marlene, password, "de", "marlene")
		used, _ := h.code("samira")
		revoked, _ := h.code("jonas")
		live, _ := h.code("jonas")
		v := h.visitor()
		v.post("/registrieren", "code", used, "email", "samira@post.example", "password", password)
		pin, _ := h.confirmation("samira@post.example")
		v.post("/registrieren/bestaetigen", "pin", pin)
		v.post("/registrieren/sind-sie-das").goes("/?ok=willkommen")
		var first answer
		for i, code := range []string{"2345-6789-ABCJ", used, revoked} {
			w := h.visitor()
			a := w.post("/registrieren", "code", code, "email", "new@post.example", "password", newer)
			if i == 0 {
				first = a
				for _, last := range "23456789ABCDEFGHJKLMNPQRSTUVWXYZ" { // a code that nobody has, with the right check character
					code = "2345-6789-ABC" + string(last)
					if a = w.post("/registrieren", "code", code, "email", "new@post.example", "password", newer); strings.Contains(a.text, "kennen wir nicht") {
						first = masked(a, code)
						break
					}
				}
				continue
			}
			same(t, "code "+code, first, masked(a, code))
		}
		known := h.visitor().post("/registrieren", "code", live, "email", marlene, "password", newer)
		unknown := h.visitor().post("/registrieren", "code", live, "email", "new@post.example", "password", newer)
		same(t, "address", known, unknown)
		h.drain()
		if m := h.mailTo(marlene); !strings.Contains(m.Subject, "schon einen Zugang") {
			t.Errorf("the owner of the address gets %q", m.Subject)
		}
	})
}

// masked takes out what differs by chance: the code as typed, the suggestion.
func masked(a answer, code string) answer {
	a.text = strings.ReplaceAll(a.text, code, "CODE")
	a.text = suggestion.ReplaceAllString(a.text, "SUGGESTION")
	return a
}

// TestE14_W5_FurtherCodeJoinsTheAccount adds a second person's lease to an
// access, after the password was given again.
func TestE14_W5_FurtherCodeJoinsTheAccount(t *testing.T) {
	h := home(t)
	typed, path := h.code("samira")
	_, other := h.code("jonas")
	v := h.visitor()
	v.signIn(marlene, password)
	v.get(path).goes("/registrieren")
	v.get("/registrieren").goes("/einstellungen/zugang/code")
	h.later(16 * time.Minute)
	v.get("/einstellungen/zugang/code").goes("/passwort-bestaetigen?weiter=%2Feinstellungen%2Fzugang%2Fcode")
	v.post("/passwort-bestaetigen", "password", password, "weiter", "/einstellungen/zugang/code").goes("/einstellungen/zugang/code")
	v.get("/einstellungen/zugang/code").shows(200, "Der Code aus Ihrem Schreiben ist eingetragen").hides("Haddad")
	v.post("/einstellungen/zugang/code", "code", "KX7M").shows(422, "hier stehen 4")
	v.post("/einstellungen/zugang/code", "code", typed).goes("/einstellungen/zugang/code/sind-sie-das")
	v.get("/einstellungen/zugang/code/sind-sie-das").shows(200, "Dr. Samira Haddad", "Ahornallee 14, Wohnung 6")
	v.post("/einstellungen/zugang/code/sind-sie-das").goes("/?ok=vertrag")
	if h.state("samira") != "confirmed" {
		t.Errorf("state %s", h.state("samira"))
	}
	v.get("/einstellungen/zugang/code/sind-sie-das").goes("/einstellungen/zugang/code")
	v.get(other)
	v.post("/einstellungen/zugang/code", "link", strings.TrimPrefix(other, "/r/")).goes("/einstellungen/zugang/code/sind-sie-das")
	v.get("/einstellungen/zugang/code/das-bin-ich-nicht").shows(200, "Der Code ist nicht für Sie?")
	v.post("/einstellungen/zugang/code/das-bin-ich-nicht").goes("/einstellungen/zugang?ok=nicht-ich")
	if h.state("jonas") != "revoked" {
		t.Errorf("state %s", h.state("jonas"))
	}
}

func TestGuessedCodesAreSlowedDownAndKeepWhatWasTyped(t *testing.T) {
	h := home(t)
	typed, _ := h.code("jonas")
	v := h.visitor()
	v.post("/registrieren", "code", typed, "email", jonasMail, "password", password).goes("/registrieren/bestaetigen")
	for range 30 {
		a := v.post("/registrieren", "link", "AAAAAAAAAAAAAAAAAAAAAA", "email", jonasMail, "password", password)
		if a.Code == 429 {
			a.shows(429, "Versuchen Sie es in ")
			if a.value("email") != jonasMail {
				t.Error("who must wait loses what was typed")
			}
			h.later(access.ResetLife)
			v.post("/registrieren", "code", typed, "email", jonasMail, "password", password).goes("/registrieren/bestaetigen") // no code is ever locked
			return
		}
	}
	t.Error("guessing is never slowed down")
}
