package accessweb_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

const (
	jonas   = "jonas.kern@lindhof.example"
	secret  = "Kiesel-Laterne-473"
	another = "Segel-Walnuss-Harfe-902"
)

// invite sends somebody an invitation and returns the link's path.
func (o *office) invite(role actor.Role) string {
	o.t.Helper()
	_, err := o.InviteStaff(o.t.Context(), actor.NewOperator(storetest.Org), orgs.NewStaff{Email: jonas, StaffChange: orgs.StaffChange{Name: "Jonas Kern", Role: role, Language: "de"}})
	must(o.t, err)
	o.drain()
	return o.mailed(jonas)
}

// signedIn is the browser of somebody who came by invitation.
func (o *office) signedIn(role actor.Role) *browser {
	o.t.Helper()
	b := o.browser()
	b.get(o.invite(role))
	b.to(b.post("/verwaltung/einladung", "password", secret), "/verwaltung/anmelden?ok=passwort")
	if w := b.post("/verwaltung/anmelden", "email", jonas, "password", secret); w.Code != http.StatusSeeOther {
		o.t.Fatalf("sign-in: %d", w.Code)
	}
	return b
}

func TestInvitationLeadsToAnAccount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		link, b := o.invite(actor.Manager), o.browser()
		token := link[strings.LastIndex(link, "/")+1:]
		for range 3 { // scanners and previews open it too
			o.browser().get(link)
		}
		page := b.to(b.get(link), "/verwaltung/einladung")
		b.want(page, 200, "Willkommen, Jonas Kern", `value="`+jonas+`"`, "15. November 2026", "!"+token)
		b.want(b.post("/verwaltung/einladung", "password", "Kiesel"), 422, "Fehler:", "mindestens 12 Zeichen", "!Kiesel")
		page = b.to(b.post("/verwaltung/einladung", "password", secret), "/verwaltung/anmelden?ok=passwort")
		b.want(page, 200, `role="status"`, "Ihr Passwort ist gespeichert")
		b.want(b.get("/verwaltung/einladung"), 410)
		again := o.browser()
		again.get(link)
		again.to(again.post("/verwaltung/einladung", "password", secret), "/verwaltung/anmelden?ok=passwort") // a second click
		again.get(link)
		again.want(again.post("/verwaltung/einladung", "password", another), 410)
		b.want(b.post("/verwaltung/anmelden", "email", jonas, "password", another), 422, "E-Mail-Adresse oder Passwort stimmt nicht", `value="`+jonas+`"`, "!"+another)
		w := b.post("/verwaltung/anmelden", "email", jonas, "password", secret, "weiter", "/verwaltung/profil")
		b.want(b.to(w, "/verwaltung/profil"), 200, "Jonas Kern", "JK", "Verwalterin oder Verwalter", "alle Liegenschaften", "Dieses Gerät")
	})
}

func TestAnInvitationEndsAfterThreeDays(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t).DB)
	b := o.browser()
	b.get(o.invite(actor.Clerk))
	o.later(73 * time.Hour)
	b.want(b.get("/verwaltung/einladung"), 410, "Dieser Link gilt nicht mehr", "wer bei Ihnen die Organisation verwaltet")
	b.want(b.post("/verwaltung/einladung", "password", secret), 410)
	b.want(b.get("/verwaltung/einladung/"+strings.Repeat("x", 500)), 410)
}

func TestStaffSignInGoesOnlyToTheStaffsSide(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t).DB)
	b := o.signedIn(actor.Clerk)
	for next, want := range map[string]string{"": "/verwaltung", "/verwaltung/profil?x=1": "/verwaltung/profil?x=1", "https://evil.example": "/verwaltung",
		"//evil.example": "/verwaltung", "/anmelden": "/verwaltung", "/verwaltungx": "/verwaltung", "/verwaltung\\..": "/verwaltung"} {
		fresh := o.browser()
		w := fresh.post("/verwaltung/anmelden", "email", jonas, "password", secret, "weiter", next)
		if got := w.Header().Get("Location"); got != want {
			t.Errorf("weiter %q leads to %q, want %q", next, got, want)
		}
	}
	if w := b.get("/verwaltung/anmelden?weiter=/verwaltung/profil"); w.Header().Get("Location") != "/verwaltung/profil" {
		t.Error("somebody signed in is asked to sign in")
	}
	w := b.to(b.post("/verwaltung/abmelden"), "/verwaltung/anmelden?ok=abgemeldet")
	b.want(w, 200, "Sie sind abgemeldet", `href="/anmelden"`)
	b.to(b.get("/verwaltung/profil"), "/verwaltung/anmelden?weiter=%2Fverwaltung%2Fprofil")
}

func TestStaffPasswordIsReset(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t).DB)
	old := o.signedIn(actor.Clerk)
	o.later(2 * time.Minute)
	b := o.browser()
	b.want(b.get("/verwaltung/passwort-vergessen"), 200, "60 Minuten")
	b.want(b.post("/verwaltung/passwort-vergessen", "email", "kein"), 422, `value="kein"`)
	known := b.to(b.post("/verwaltung/passwort-vergessen", "email", jonas), "/verwaltung/passwort-vergessen?ok=gesendet")
	unknown := b.to(b.post("/verwaltung/passwort-vergessen", "email", "niemand@lindhof.example"), "/verwaltung/passwort-vergessen?ok=gesendet")
	if known.Body.String() != unknown.Body.String() {
		t.Error("the answers tell who has an account")
	}
	o.drain()
	link := o.mailed(jonas)
	b.want(b.to(b.get(link), "/verwaltung/passwort-neu"), 200, "Neues Passwort festlegen", "11:02 Uhr")
	b.want(b.post("/verwaltung/passwort-neu", "password", "passwort1234"), 422, "zu leicht")
	b.to(b.post("/verwaltung/passwort-neu", "password", another), "/verwaltung/anmelden?ok=passwort")
	b.want(b.post("/verwaltung/passwort-neu", "password", another), 410)
	old.to(old.get("/verwaltung/profil"), "/verwaltung/anmelden?weiter=%2Fverwaltung%2Fprofil")
	if w := b.post("/verwaltung/anmelden", "email", jonas, "password", another); w.Code != http.StatusSeeOther {
		t.Errorf("the new password: %d", w.Code)
	}
}

func TestStaffLookAfterTheirOwnAccess(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t).DB)
	b, other := o.signedIn(actor.Clerk), o.browser()
	other.post("/verwaltung/anmelden", "email", jonas, "password", secret)
	b.want(b.get("/verwaltung/profil"), 200, "Sachbearbeitung", "Alle anderen abmelden", "!Import", "!Organisation</span>")
	b.want(b.post("/verwaltung/profil/passwort", "current", "falsch", "password", another), 422, "Fehler:", "!falsch")
	b.want(b.to(b.post("/verwaltung/profil/passwort", "current", secret, "password", another), "/verwaltung/profil?ok=passwort"), 200, "Passwort geändert")
	other.to(other.get("/verwaltung/profil"), "/verwaltung/anmelden?weiter=%2Fverwaltung%2Fprofil")
	b.want(b.post("/verwaltung/profil/sprache", "language", "xx"), 422)
	b.want(b.to(b.post("/verwaltung/profil/sprache", "language", "en"), "/verwaltung/profil?ok=sprache"), 200, `lang="en"`, "Language saved", "You are signed in on this device only")
	other.post("/verwaltung/anmelden", "email", jonas, "password", another)
	b.want(b.to(b.post("/verwaltung/profil/sitzungen/andere-beenden"), "/verwaltung/profil?ok=andere"), 200, "All other devices are signed out")
	other.to(other.get("/verwaltung/profil"), "/verwaltung/anmelden?weiter=%2Fverwaltung%2Fprofil")
	b.want(b.post("/verwaltung/profil/sitzungen/twin-session/beenden"), 404)
}

func TestTheSensitiveAsksAgain(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t).DB)
	b := o.signedIn(actor.Clerk)
	before := b.cookies["__Host-foyer-staff"]
	b.want(b.get("/verwaltung/passwort-bestaetigen?weiter=/verwaltung/profil"), 200, `value="/verwaltung/profil"`)
	b.want(b.post("/verwaltung/passwort-bestaetigen", "password", "falsch", "weiter", "/verwaltung/profil"), 422, `value="/verwaltung/profil"`)
	b.to(b.post("/verwaltung/passwort-bestaetigen", "password", secret, "weiter", "/verwaltung/profil"), "/verwaltung/profil")
	if b.cookies["__Host-foyer-staff"] == before {
		t.Error("the session kept its token")
	}
	b.to(b.post("/verwaltung/passwort-bestaetigen", "password", secret, "weiter", "//evil.example"), "/verwaltung")
}
