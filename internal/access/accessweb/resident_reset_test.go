package accessweb_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

var resetLink = regexp.MustCompile(`https://a\.example(/passwort-neu/([A-Za-z0-9_-]+))`)

// askReset asks for a link and returns its path and token.
func (h *house) askReset(v *visitor, address string) (path, token string) {
	h.t.Helper()
	v.post("/passwort-vergessen", "email", address).goes("/passwort-vergessen?ok=gesendet")
	h.drain()
	m := resetLink.FindStringSubmatch(h.mailTo(address).Text)
	if m == nil {
		h.t.Fatalf("no link in the mail:\n%s", h.mailTo(address).Text)
	}
	return m[1], m[2]
}

func TestH1_H2_ResetLinkWorksForAnHour(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db, true)
		h.account(marlene, password, "de", "marlene")
		v, other := h.visitor(), h.visitor()
		other.signIn(marlene, password)
		v.get("/anmelden").shows(200, "Passwort vergessen?")
		v.get("/passwort-vergessen").shows(200, "Link senden", "030 23125 100")
		path, _ := h.askReset(v, marlene)
		v.get("/passwort-vergessen?ok=gesendet").shows(200, "Sehen Sie in Ihr Postfach", "60 Minuten", "Neuen Link senden")
		h.later(time.Hour - time.Microsecond)
		v.get(path).goes("/passwort-neu")
		v.get("/passwort-neu").shows(200, "Neues Passwort", "Mindestens 12 Zeichen", "Vorschlag für ein Passwort")
		v.post("/passwort-neu", "password", "zuhause").shows(422, "mindestens 12 Zeichen").hides("zuhause\"")
		v.post("/passwort-neu", "password", newer).goes("/anmelden?ok=passwort")
		v.get("/anmelden?ok=passwort").shows(200, "Ihr neues Passwort gilt")
		other.get("/einstellungen/zugang").goes("/anmelden?weiter=%2Feinstellungen%2Fzugang")
		v.post("/anmelden", "email", marlene, "password", password).shows(422)
		v.signIn(marlene, newer)
		h.visitor().post("/passwort-neu", "password", newer).shows(410) // no cookie, no link
		v.get(path).goes("/passwort-neu")
		v.get("/passwort-neu").shows(410, "gilt nicht mehr")

		path, _ = h.askReset(v, marlene)
		h.later(time.Hour)
		v.get(path).goes("/passwort-neu")
		v.get("/passwort-neu").shows(410, "Dieser Link gilt nicht mehr", "Neuen Link anfordern")
		v.post("/passwort-neu", "password", password).shows(410)
		v.signIn(marlene, newer)
	})
}

func TestT10_OpeningALinkUsesNothingUp(t *testing.T) {
	h := home(t)
	path, token := h.askReset(h.visitor(), marlene)
	before := h.dump()
	for range 10 {
		scanner := h.visitor()
		scanner.do("HEAD", path, nil)
		scanner.get(path).goes("/passwort-neu")
		scanner.do("HEAD", "/passwort-neu", nil)
		scanner.get("/passwort-neu").shows(200)
	}
	if after := h.dump(); after != before {
		t.Error("looking at a link changes the database")
	}
	v, w := h.visitor(), h.visitor()
	v.get(path)
	v.post("/passwort-neu", "password", newer).goes("/anmelden?ok=passwort")
	w.get("/passwort-neu/" + token)
	w.post("/passwort-neu", "password", newer).goes("/anmelden?ok=passwort") // a second click
	w.get("/passwort-neu/" + token)
	w.post("/passwort-neu", "password", password).shows(410)
}

func TestT11_ResetSecretLeavesTheAddress(t *testing.T) {
	h := home(t)
	path, token := h.askReset(h.visitor(), marlene)
	v := h.visitor()
	a := v.get(path).goes("/passwort-neu")
	c := cookie(v, "__Host-foyer-link")
	if !c.HttpOnly || !c.Secure || c.MaxAge != 3600 || a.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%+v", c)
	}
	v.get("/passwort-neu").shows(200).hides(token)
	v.post("/passwort-neu", "password", newer)
	if v.cookies["__Host-foyer-link"] != "" {
		t.Error("the used secret stays in the browser")
	}
	if strings.Contains(h.log.String(), token) || strings.Contains(h.log.String(), marlene) {
		t.Errorf("the log knows a secret or an address:\n%s", h.log.String())
	}
	for _, evil := range []string{strings.Repeat("x", 5000), "a;b=c", "%0d%0aSet-Cookie:x", "ü", `"><script>`} {
		w := h.visitor()
		w.get("/passwort-neu/" + strings.ReplaceAll(strings.ReplaceAll(evil, `"`, "%22"), ">", "%3E")).goes("/passwort-neu")
		w.get("/passwort-neu").shows(410)
		if len(w.cookies["__Host-foyer-link"]) > 10 {
			t.Errorf("kept %q", w.cookies["__Host-foyer-link"])
		}
	}
}

func TestT12_ResetTellsNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db, true)
		h.account(marlene, password, "de", "marlene")
		known := h.visitor().post("/passwort-vergessen", "email", marlene)
		unknown := h.visitor().post("/passwort-vergessen", "email", "niemand@post.example")
		same(t, "reset", known, unknown)
		h.visitor().post("/passwort-vergessen", "email", "unmoeglich").shows(422, "@")
		h.drain()
		if n := len(h.outbox.Messages()); n != 1 {
			t.Errorf("%d mails", n)
		}
		// Links that were used, have run out or never were look the same.
		v, w := h.visitor(), h.visitor()
		path, _ := h.askReset(v, marlene)
		h.later(2 * time.Hour)
		v.get(path)
		w.get("/passwort-neu/AAAAAAAAAAAAAAAAAAAAAA")
		same(t, "dead links", v.get("/passwort-neu"), w.get("/passwort-neu"))
	})
}

// TestT9_ResetGoesToTheStoredAddress sends the tricks of CVE-2023-7028.
func TestT9_ResetGoesToTheStoredAddress(t *testing.T) {
	h := home(t)
	for _, form := range [][]string{
		{"email", marlene, "email", "evil@evil.example"}, {"email[]", marlene, "email[]", "evil@evil.example"},
		{"email", marlene + ",evil@evil.example"}, {"email", marlene + "\r\nBcc: evil@evil.example"},
		{"email", "marlene.brandt@po\u017ft.example"}, {"email", "marlene.brandt@post.example\x00evil@evil.example"},
	} {
		h.visitor().post("/passwort-vergessen", form...)
	}
	h.drain()
	for _, m := range h.outbox.Messages() {
		if m.To.Addr != marlene {
			t.Errorf("a mail to %s", m.To.Addr)
		}
	}
}
