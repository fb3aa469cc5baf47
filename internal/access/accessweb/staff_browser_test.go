package accessweb_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"foyer/internal/browsertest"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/portfolio"
)

// desk is an office behind real servers: one for each of those who sit there
// signed in, "" for nobody.
func desk(t *testing.T) (o *office, at func(who string) string) {
	t.Helper()
	o = openOffice(t, storetest.SQLite(t).DB, false)
	return o, func(who string) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if who != "" {
				r.Header.Set("Cookie", "foyer-staff=as:"+who)
			}
			o.ServeHTTP(w, r)
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
}

// lived is an office in which something has happened on every page.
func lived(t *testing.T) (o *office, at func(string) string, ids map[string]string, batch string) {
	t.Helper()
	o, at = desk(t)
	ids = o.estate()
	b := o.browser()
	b.cookies["foyer-staff"] = "as:manager"
	o.write(func(tx *store.Tx) error {
		return portfolio.PutPersons(tx, o.now(), []portfolio.Person{{ID: ids["Brandt"], Salutation: portfolio.Mrs, FirstName: "Marlene", LastName: "Brandt", Email: "marlene.brandt@post.example", Phone: "030 5550 114", Ref: "M-1005", Language: "de"}})
	})
	batch = b.post("/verwaltung/liegenschaften/p1/schreiben").Header().Get("Location")
	o.refuse(ids["Moreau"], "lea.moreau@post.example")
	o.add(dweller{property: "p2", house: "3", floor: "EG", label: "1", first: "Mehmet", last: "Öztürk"})
	return o, at, ids, batch
}

func TestStaffPagesInABrowser(t *testing.T) {
	_, at, ids, batch := lived(t)
	b, url, out := browsertest.Start(t), at("manager"), at("")
	brandt, haddad := "/verwaltung/personen/"+ids["Brandt"], "/verwaltung/personen/"+ids["Haddad"]
	pages := []struct{ name, path string }{
		{"heute", "/verwaltung"}, {"liegenschaften", "/verwaltung/liegenschaften"}, {"liegenschaften-leer", "/verwaltung/liegenschaften?q=nirgends"}, {"uvi", "/verwaltung/uvi"},
		{"liegenschaft", "/verwaltung/liegenschaften/p1?aufgang=14"}, {"liegenschaft-erfolg", "/verwaltung/liegenschaften/p1?ok=email"}, {"liegenschaft-aus", "/verwaltung/liegenschaften/p3"}, {"liegenschaft-checkliste", "/verwaltung/liegenschaften/p2"},
		{"einheiten", "/verwaltung/liegenschaften/p1/einheiten"}, {"einstellungen", "/verwaltung/liegenschaften/p1/einstellungen"}, {"freigeben", "/verwaltung/liegenschaften/p3/freigeben"},
		{"ausschalten", "/verwaltung/liegenschaften/p1/ausschalten"}, {"checkliste", "/verwaltung/liegenschaften/p2/checkliste"}, {"schreiben", batch},
		{"person", haddad}, {"person-post", brandt}, {"einladen", brandt + "/einladen"}, {"brief", brandt + "/brief"}, {"zuruecksetzen", haddad + "/zuruecksetzen"}, {"entziehen", haddad + "/entziehen"},
		{"einverstaendnis", brandt + "/einverstaendnis"}, {"bestaetigen", "/verwaltung/passwort-bestaetigen?weiter=/verwaltung"},
	}
	windows := []browsertest.Window{{Width: 320}, {Width: 1280, Height: 900, Dark: true}}
	if os.Getenv("FOYER_SHOTS") != "" {
		windows = append(windows, browsertest.Window{Width: 390}, browsertest.Window{Width: 390, Dark: true}, browsertest.Window{Width: 1280, Height: 900})
	}
	for _, w := range windows {
		p := b.OpenFor(t, w)
		for _, page := range pages {
			p.Go(url + page.path)
			if p.Status() != 200 {
				t.Errorf("%s: %d", page.path, p.Status())
			}
			p.Fits()
			p.Axe()
			p.Shot("verwaltung-" + page.name)
		}
	}
	for _, w := range []browsertest.Window{{Width: 320}, {Width: 1280, Height: 900, Dark: true}} {
		p := b.OpenFor(t, w)
		for name, path := range map[string]string{"anmelden": "/verwaltung/anmelden", "vergessen": "/verwaltung/passwort-vergessen", "gesendet": "/verwaltung/passwort-vergessen?ok=gesendet", "abgemeldet": "/verwaltung/anmelden?ok=abgemeldet"} {
			p.Go(out + path)
			p.Fits()
			p.Axe()
			p.Shot("verwaltung-" + name)
		}
	}
}

// The whole way of a manager, with and without script.
func TestE10_AManagerInvitesWithAndWithoutScript(t *testing.T) {
	b := browsertest.Start(t)
	for _, noScript := range []bool{false, true} {
		t.Run("script "+strconv.FormatBool(!noScript), func(t *testing.T) {
			o, at := desk(t)
			o.estate()
			url := at("manager")
			p := b.OpenFor(t, browsertest.Window{Width: 1280, Height: 900, NoScript: noScript})
			p.Go(url + "/verwaltung")
			p.Follow("Liegenschaften")
			p.Follow("Ahornallee 10–16")
			p.Tap("Aktionen für Elke Pohl")
			p.Shows("Zugangsdaten per E-Mail senden")
			p.Follow("Zugangsdaten per E-Mail senden")
			p.Fill("E-Mail-Adresse", "elke.pohl@post.example")
			p.Tap("Die Person ist mit E-Mails an diese Adresse einverstanden.")
			p.Eval(`document.getElementById("f-consent_on").value = "2026-11-01"`)
			p.Follow("Senden")
			p.Shows("Die E-Mail ist unterwegs", "Ausstehend")
			if !strings.HasPrefix(p.URL(), "/verwaltung/liegenschaften/p1?") {
				t.Errorf("the way leads to %s", p.URL())
			}
			p.Follow("Alle Zugangsschreiben herunterladen")
			p.Shows("Die Schreiben werden gleich erzeugt")
			o.drain()
			if noScript {
				p.Go(url + p.URL())
			} else {
				for i := 0; i < 50 && !p.Has("PDF herunterladen"); i++ {
					time.Sleep(100 * time.Millisecond)
				}
			}
			p.Shows("Schreiben in einem PDF", "PDF herunterladen", "Liste als CSV")
			// A click anywhere on a row opens the property (K9), a button in a row
			// is not covered by the row's link.
			p.Go(url + "/verwaltung/liegenschaften")
			p.Do("click the end of the first row", chromedp.MouseClickXY(1180, 390))
			for i := 0; i < 50 && p.URL() != "/verwaltung/liegenschaften/p1"; i++ {
				time.Sleep(100 * time.Millisecond)
			}
			if p.URL() != "/verwaltung/liegenschaften/p1" {
				t.Errorf("a click on the row leads to %s", p.URL())
			}
			p.Go(url + "/verwaltung")
			p.Shows("Zu drucken")
			p.Follow("Als gedruckt abhaken: 2 Zugangsschreiben, Ahornallee 10–16")
			p.Shows("Als gedruckt abgehakt")
		})
	}
}

// Somebody is invited, comes in, looks after the own access and leaves, by
// keyboard as far as a sign-in goes.
func TestStaffComeInByABrowser(t *testing.T) {
	b := browsertest.Start(t)
	for _, noScript := range []bool{false, true} {
		t.Run("script "+strconv.FormatBool(!noScript), func(t *testing.T) {
			o, at := desk(t)
			url := at("")
			link := o.invite(actor.Clerk)
			p := b.OpenFor(t, browsertest.Window{Width: 320, NoScript: noScript})
			p.Go(url + link)
			if p.URL() != "/verwaltung/einladung" {
				t.Errorf("the token stays in the address: %s", p.URL())
			}
			p.Shows("Willkommen, Jonas Kern")
			p.Fits()
			p.Axe()
			p.Shot("verwaltung-einladung")
			p.Fill("Neues Passwort", secret)
			p.Follow("Passwort festlegen")
			p.Shows("Ihr Passwort ist gespeichert")
			p.Fill("E-Mail-Adresse", jonas)
			p.Fill("Passwort", "falsch-falsch-falsch")
			p.Follow("Anmelden")
			p.Shows("E-Mail-Adresse oder Passwort stimmt nicht")
			p.Axe()
			p.Fill("Passwort", secret)
			p.Enter()
			p.Shows("Guten Morgen, Jonas")
			p.Go(url + "/verwaltung/profil")
			for _, w := range []browsertest.Window{{Width: 320, NoScript: noScript}, {Width: 1280, Height: 900, Dark: true, NoScript: noScript}} {
				p.Look(w)
				p.Fits()
				p.Axe()
				p.Shot("verwaltung-profil")
			}
			p.Eval(`document.querySelector("[popovertarget=benutzer]").click() + ""`)
			p.Follow("Abmelden")
			p.Shows("Sie sind abgemeldet")
		})
	}
}
