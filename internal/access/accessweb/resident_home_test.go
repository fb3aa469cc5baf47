package accessweb_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"foyer/internal/access/accessweb"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
	"foyer/internal/portfolio"
)

func TestE14_H5_AllOwnLeasesAndASwitch(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db, true)
		h.account(marlene, password, "de", "marlene")
		v := h.visitor()
		v.signIn(marlene, password)
		v.get("/").shows(200, "Guten Tag, Frau Brandt", "Ihre Mietverhältnisse", "Mietbeginn 1. Mai 2019", "V-2019-5", "68,4\u00a0m²", "2,5", "Vertragspartei",
			"Stellplatz 7", "Lagerraum 12", "bis 30. Juni 2026", "Ihre Verwaltung", "030 23125 100", marlene).hides("Wohnung 6", "Haddad", "Jonas")
		if n := strings.Count(v.get("/mehr").text, `name="vertrag"`); n != 3 {
			t.Errorf("the switcher offers %d leases", n)
		}
		v.post("/mietverhaeltnis", "vertrag", "l7", "weiter", "/mehr").goes("/mehr")
		v.get("/mehr").shows(200, "Stellplatz 7 . Mietverhältnis wechseln")
		v.get("/").shows(200, "Mietbeginn 1. März 2021", "P7")
		v.get("/einstellungen/zugang").shows(200, "Stellplatz 7 . Mietverhältnis wechseln") // it survives the way through the pages
		v.post("/mietverhaeltnis", "vertrag", "l12", "weiter", "//evil.example").goes("/")
		v.get("/").shows(200, "Lagerraum 12 . Mietverhältnis wechseln", "Beendet")
		for _, foreign := range []string{"l6", "twin-lease", "", "x"} {
			v.post("/mietverhaeltnis", "vertrag", foreign).shows(404)
		}
		v.get("/").shows(200, "Lagerraum 12 . Mietverhältnis wechseln")
		w := h.visitor() // another browser begins with the first
		w.signIn(marlene, password)
		w.get("/").shows(200, "Mietbeginn 1. Mai 2019")

		// Taken out of the lease, she no longer sees it, chosen or not.
		h.write(func(tx *store.Tx) error {
			_, err := store.Exec(tx, store.Scoped(`DELETE FROM lease_person WHERE org_id = $1 AND lease_id = 'l12'`))
			return err
		})
		v.get("/").shows(200, "Mietbeginn 1. Mai 2019").hides("Lagerraum")
	})
}

func TestE7_PropertiesThatAreNotOpenStayShut(t *testing.T) {
	h := home(t)
	v := h.visitor()
	v.signIn(marlene, password)
	h.write(func(tx *store.Tx) error {
		if err := portfolio.PutProperties(tx, h.now(), []portfolio.Property{{ID: "p2", Name: "Tiefgarage", Postcode: "12623", City: "Berlin", Country: "DE"}}); err != nil {
			return err
		}
		_, err := store.Exec(tx, store.Scoped(`UPDATE unit SET property_id = 'p2' WHERE org_id = $1 AND id = 'u7'`))
		return err
	})
	v.get("/").shows(200, "Ahornallee").hides("Stellplatz")
	v.post("/mietverhaeltnis", "vertrag", "l7").shows(404)

	// Where none is open any more, the sign-in is over, and who gives the right
	// password reads why.
	h.write(func(tx *store.Tx) error {
		_, err := store.Exec(tx, store.Scoped(`UPDATE property SET portal_on = FALSE WHERE org_id = $1`))
		return err
	})
	v.get("/").goes("/anmelden")
	v.post("/anmelden", "email", marlene, "password", password).shows(422, "für das das Portal geöffnet ist", "hilft Ihnen die Verwaltung").hides("Ahornallee")
	v.post("/anmelden", "email", marlene, "password", "falsch-falsch-falsch").shows(422, "stimmt nicht").hides("geöffnet")
}

func TestOneLeaseIsNoChoice(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t).DB, true)
	h.account("samira@post.example", password, "en", "samira")
	v := h.visitor()
	v.lang = "en"
	v.signIn("samira@post.example", password)
	v.get("/").shows(200, "Hello, Ms Dr. Haddad", "Start of tenancy 1 February 2020", "You are a party to the agreement").hides(`name="vertrag"`, "Your tenancies", "Show")
}

func TestPanelsStandOnTheHomePage(t *testing.T) {
	h := home(t)
	var seen string
	h.panels = append(h.panels,
		accessweb.Panel{Body: func(c *web.Ctx, m portfolio.Mine, chosen portfolio.Tenancy) (templ.Component, error) {
			seen = fmt.Sprint(len(m.Tenancies), chosen.Lease.ID)
			return ui.Lead("Neu für Sie"), nil
		}},
		accessweb.Panel{Side: true, Body: func(*web.Ctx, portfolio.Mine, portfolio.Tenancy) (templ.Component, error) { return nil, nil }})
	h.open(true)
	v := h.visitor()
	v.signIn(marlene, password)
	v.get("/").shows(200, "Neu für Sie")
	if seen != "3l5" {
		t.Errorf("the panel is told %s", seen)
	}
}

func TestMoreLeadsToWhatExists(t *testing.T) {
	h := home(t)
	v := h.visitor()
	v.signIn(marlene, password)
	page := v.get("/mehr").shows(200, "Einstellungen", "Hilfe", "Datenschutz und Cookies", "Barrierefreiheit", "030 23125 900", "Abmelden")
	for _, n := range page.elements() {
		if to := attr(n, "href"); n.Data == "a" && strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "/assets/") {
			if a := v.get(to); a.Code != 200 {
				t.Errorf("%s: %d", to, a.Code)
			}
		}
	}
}
