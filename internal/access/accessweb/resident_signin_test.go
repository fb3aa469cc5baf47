package accessweb_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"foyer/internal/access"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

const (
	marlene  = "marlene.brandt@post.example"
	password = "Kiesel-Laterne-473"
	newer    = "Segel-Walnuss-Harfe-902"
)

// home is a house in which Marlene Brandt has an access.
func home(t *testing.T) *house {
	t.Helper()
	h := newHouse(t, storetest.SQLite(t).DB, true)
	h.account(marlene, password, "de", "marlene")
	return h
}

func TestH5_SignInAndOut(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db, true)
		h.account(marlene, password, "de", "marlene")
		v := h.visitor()
		v.get("/einstellungen/zugang").goes("/anmelden?weiter=%2Feinstellungen%2Fzugang")
		page := v.get("/anmelden?weiter=%2Feinstellungen%2Fzugang").shows(200, "Willkommen zu Hause", "Zum ersten Mal hier?", "Mit Zugangscode registrieren", "030 23125 100", "Mo–Fr 8–16 Uhr")
		if page.value("weiter") != "/einstellungen/zugang" {
			t.Error("the page forgets where the visitor wanted to go")
		}
		v.post("/anmelden", "email", "Marlene.Brandt@POST.example ", "password", password, "weiter", "/einstellungen/zugang").goes("/einstellungen/zugang")
		for _, c := range v.set {
			if !strings.HasPrefix(c.Name, "__Host-foyer") || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" {
				t.Errorf("cookie %+v", c)
			}
		}
		if c := cookie(v, "__Host-foyer"); c.MaxAge != 0 {
			t.Errorf("a session of a browser that is not his own is kept for %d s", c.MaxAge)
		}
		v.get("/einstellungen/zugang").shows(200, marlene, "Firefox · Linux – dieses Gerät")
		v.get("/anmelden").goes("/")
		old := v.cookies["__Host-foyer"]
		out := v.post("/abmelden").goes("/anmelden?ok=abgemeldet")
		if out.Header().Get("Clear-Site-Data") == "" || v.cookies["__Host-foyer"] != "" {
			t.Error("signing out leaves something behind")
		}
		v.get("/anmelden?ok=abgemeldet").shows(200, "Sie sind abgemeldet")
		v.cookies["__Host-foyer"] = old
		v.get("/einstellungen/zugang").goes("/anmelden?weiter=%2Feinstellungen%2Fzugang")
		v.post("/abmelden").goes("/anmelden?ok=abgemeldet")
		v.post("/anmelden", "email", marlene, "password", password, "remember", "on").goes("/")
		if c := cookie(v, "__Host-foyer"); c.MaxAge < 90*24*3600 {
			t.Errorf("angemeldet bleiben: %d s", c.MaxAge)
		}
	})
}

func cookie(v *visitor, name string) *http.Cookie {
	for _, c := range v.set {
		if c.Name == name {
			return c
		}
	}
	v.h.t.Errorf("cookie %s is not set", name)
	return &http.Cookie{}
}

var otherLanguage = regexp.MustCompile(`href="\?lang=[^"]*"`)

func TestSignInNeverLeadsAway(t *testing.T) {
	h := home(t)
	for _, to := range []string{"https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "evil", "\t//evil.example"} {
		v := h.visitor()
		got := v.get("/anmelden?weiter=" + strings.ReplaceAll(to, "\t", "%09"))
		// The links to this very page in another language keep its query.
		if strings.Contains(otherLanguage.ReplaceAllString(got.text, ""), "evil") {
			t.Errorf("weiter=%q stands on the page", to)
		}
		v.post("/anmelden", "email", marlene, "password", password, "weiter", to).goes("/")
	}
}

func TestA8_FailedSignInSaysWhatToDo(t *testing.T) {
	h := home(t)
	v := h.visitor()
	v.post("/anmelden").shows(422, "Fehler: Anmelden", "Geben Sie Ihr Passwort ein.").hides("stimmt nicht")
	v.post("/anmelden", "email", "marlene.brandt.post.example", "password", "x").shows(422, "@").hides("stimmt nicht")
	page := v.post("/anmelden", "email", marlene, "password", "falsch falsch", "weiter", "/einstellungen/zugang", "remember", "on").
		shows(422, "E-Mail-Adresse oder Passwort stimmt nicht.", "So kommen Sie weiter", "Passwort vergessen", "Zugangscode abgelaufen", "kein Zugriff auf das Postfach", "030 23125 100")
	if page.value("email") != marlene || page.value("weiter") != "/einstellungen/zugang" || page.value("password") != "" || !strings.Contains(page.text, "checked") {
		t.Error("what was typed is lost, or the password is kept")
	}
	page.hides("falsch falsch")
	v.lang = "en"
	v.post("/anmelden", "email", marlene, "password", "falsch falsch").shows(422, "What you can do", "Access code expired")
}

func TestEmergencyNumbersStandOnSignIn(t *testing.T) {
	v := home(t).visitor()
	for _, path := range []string{"/anmelden", "/nirgends", "/hilfe"} {
		a := v.get(path)
		if !strings.Contains(a.text, `href="tel:03023125900"`) {
			t.Errorf("%s lacks the emergency number", path)
		}
	}
}

// same compares two answers in everything that a stranger sees.
func same(t *testing.T, what string, a, b answer) {
	t.Helper()
	if a.Code != b.Code {
		t.Errorf("%s: status %d and %d", what, a.Code, b.Code)
	}
	if a.text != b.text {
		t.Errorf("%s: bodies differ (%d and %d bytes)", what, len(a.text), len(b.text))
	}
	for _, h := range []http.Header{a.Header(), b.Header()} {
		for i, c := range h.Values("Set-Cookie") { // the shape of cookies, not their secrets
			h["Set-Cookie"][i] = regexp.MustCompile(`=[^;]*`).ReplaceAllStringFunc(c, func(s string) string { return strings.Repeat("x", len(s)) })
		}
	}
	ah, bh := a.Header(), b.Header()
	if len(ah) != len(bh) {
		t.Errorf("%s: headers %v and %v", what, ah, bh)
	}
	for k, v := range ah {
		if strings.Join(v, "\n") != strings.Join(bh[k], "\n") {
			t.Errorf("%s: header %s: %q and %q", what, k, v, bh[k])
		}
	}
}

// TestT12_SignInTellsNothing compares known and unknown addresses, X15 too: the
// same neutral error and the same help.
func TestT12_X15_SignInTellsNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db, true)
		h.account("known@post.example", password, "de", "marlene")
		h.account("ended@post.example", password, "de") // no person: the access has ended
		h.account("voids@post.example", password, "de", "jonas")
		h.write(func(tx *store.Tx) error {
			_, err := store.Exec(tx, store.Scoped(`UPDATE account SET password_hash = '' WHERE org_id = $1 AND email = 'voids@post.example'`))
			return err
		})
		answers := map[string]answer{}
		for _, who := range []string{"known", "stran", "ended", "voids"} {
			v := h.visitor()
			a := v.post("/anmelden", "email", who+"@post.example", "password", "falsch falsch falsch")
			a.text = strings.ReplaceAll(a.text, who+"@post.example", "xxxxx@post.example")
			answers[who] = a
			if len(v.set) != 0 {
				t.Errorf("%s: cookies %v", who, v.set)
			}
		}
		for who, a := range answers {
			same(t, "sign-in as "+who, answers["known"], a)
		}
		waits := 0
		for range 12 { // also when they have to wait
			known, stranger := h.visitor(), h.visitor()
			known.ip, stranger.ip = "198.51.100.1:1", "198.51.100.2:1"
			a := known.post("/anmelden", "email", "known@post.example", "password", "falsch falsch falsch")
			b := stranger.post("/anmelden", "email", "nobody@post.example", "password", "falsch falsch falsch")
			b.text = strings.ReplaceAll(b.text, "nobody@", "known@")
			if a.Code == http.StatusTooManyRequests {
				waits++
				a.shows(429, "Versuchen Sie es in ", "So kommen Sie weiter")
				if a.value("email") != "known@post.example" || a.Header().Get("Retry-After") == "" {
					t.Error("who must wait loses what was typed")
				}
			}
			same(t, "guessing", a, b)
		}
		if waits == 0 {
			t.Error("guessing is never slowed down")
		}
	})
}

func TestRightPasswordOfAnEndedAccessIsTold(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t).DB, true)
	h.account("ended@post.example", password, "de")
	h.visitor().post("/anmelden", "email", "ended@post.example", "password", password).shows(422, "kein Mietverhältnis mehr").hides("stimmt nicht")
}

func TestReauthenticationLeadsBack(t *testing.T) {
	h := home(t)
	v := h.visitor()
	v.get("/passwort-bestaetigen?weiter=/x").goes("/anmelden?weiter=%2Fpasswort-bestaetigen%3Fweiter%3D%2Fx")
	v.signIn(marlene, password)
	token := v.cookies["__Host-foyer"]
	v.get("/passwort-bestaetigen?weiter=%2Feinstellungen%2Fzugang").shows(200, "Passwort bestätigen", `name="weiter" value="/einstellungen/zugang"`)
	v.post("/passwort-bestaetigen", "password", "falsch falsch", "weiter", "/einstellungen/zugang").shows(422, "stimmt nicht").hides("falsch falsch")
	v.post("/passwort-bestaetigen", "password", password, "weiter", "//evil.example").goes("/")
	if v.cookies["__Host-foyer"] == token {
		t.Error("the session keeps its token")
	}
	v.get("/einstellungen/zugang").shows(200, marlene)
}

func TestSessionLives(t *testing.T) {
	h := home(t)
	v, w := h.visitor(), h.visitor()
	v.signIn(marlene, password)
	w.post("/anmelden", "email", marlene, "password", password, "remember", "on").goes("/")
	h.later(access.VisitorLife)
	v.get("/einstellungen/zugang").goes("/anmelden?weiter=%2Feinstellungen%2Fzugang")
	w.get("/einstellungen/zugang").shows(200, marlene)
	h.later(access.ResidentLife - time.Hour)
	w.get("/einstellungen/zugang").shows(200, marlene)
	h.later(access.ResidentLife)
	w.get("/einstellungen/zugang").goes("/anmelden?weiter=%2Feinstellungen%2Fzugang")
}
