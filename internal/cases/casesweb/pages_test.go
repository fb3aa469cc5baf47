package casesweb_test

import (
	"strings"
	"testing"

	"foyer/internal/cases"
	"foyer/internal/orgs"
	"foyer/internal/platform/store/storetest"
)

func newHouse(t *testing.T) *house { return open(t, storetest.SQLite(t).DB) }

func idOf(url string) string {
	id, _, _ := strings.Cut(url[strings.LastIndexByte(url, '/')+1:], "?")
	return id
}

func TestH9_A17_ReportingGoesInStepsWithoutScript(t *testing.T) {
	h := newHouse(t)
	h.get("marlene", "/").shows(200, "Schaden melden", "Hausverwaltung kontaktieren")
	h.get("marlene", "/vorgaenge").shows(200, "Keine offenen Vorgänge")
	h.get("marlene", "/vorgaenge/schaden").shows(200, "Was ist betroffen?", "Heizung", "Etwas anderes", "Weiter")
	form := h.get("marlene", "/vorgaenge/schaden?kategorie=std-water").shows(200, "Worum genau geht es?", "Wie eilig ist es?", "Ahornallee 14 · Wohnung 5")
	key := form.value("_key")
	in := []string{"_key", key, "category", "std-water_drip", "lease", "l5", "urgency", "later", "spot", "Bad, Waschbecken", "text", "", "phone", "0171 39200 14"}
	h.post("marlene", "/vorgaenge/schaden", in...).shows(422, "Bitte schreiben Sie, worum es geht.", "Bad, Waschbecken", "0171 39200 14", "erledigt der Hauswart")
	in[11] = "Der Wasserhahn tropft seit gestern."
	to := h.post("marlene", "/vorgaenge/schaden", in...).goes("/vorgaenge/")
	if again := h.post("marlene", "/vorgaenge/schaden", in...).goes("/vorgaenge/"); again != to {
		t.Errorf("a double click leads to %s and %s", to, again)
	}
	h.get("marlene", to).shows(200, "Ihre Meldung ist angekommen", "Der Wasserhahn tropft seit gestern", "Offen", "Bad, Waschbecken")
	h.get("marlene", "/vorgaenge").shows(200, "Der Wasserhahn tropft seit gestern", "Nr. 2026-0001", "Offen")
	h.get("marlene", "/").shows(200, "Offene Vorgänge", "Der Wasserhahn tropft seit gestern")
	for _, who := range []string{"jonas", "samira", "giulia"} {
		h.get(who, "/vorgaenge").hides("Wasserhahn")
		h.get(who, "/").hides("Wasserhahn")
		h.get(who, "/vorgaenge/"+idOf(to)).shows(404)
		h.post(who, "/vorgaenge/"+idOf(to), "text", "x").shows(404)
		h.post(who, "/vorgaenge/"+idOf(to)+"/erledigt").shows(404)
	}
}

func TestH12_TheNumbersStandAboveTheForm(t *testing.T) {
	h := newHouse(t)
	h.set(func(s *orgs.Settings) {
		s.EmergencyNumbers = []orgs.EmergencyNumber{{Label: "Notdienst der Verwaltung", Number: "030 23125 900", Note: "Tag und Nacht"}}
	})
	for name, property := range map[string][]string{"Sander Sanitär": nil, "Werkhof-Klempner": {"p2"}} {
		_, err := h.svc.SaveProvider(t.Context(), staff("chef"), cases.Provider{Name: name, Trade: "Wasser, Heizung", Phone: "030 23125 310", Hours: "bis 22 Uhr", Public: true, Active: true, Properties: property})
		check(t, err)
	}
	for _, at := range []string{"/vorgaenge/schaden", "/vorgaenge/schaden?kategorie=std-heating"} {
		page := h.get("marlene", at).shows(200, "Gefahr oder großer Schaden?", "Notdienst der Verwaltung", "030 23125 900", "Sander Sanitär", "bis 22 Uhr").hides("Werkhof-Klempner")
		body := page.Body.String()
		if strings.Index(body, "030 23125 310") > strings.LastIndex(body, "<form") {
			t.Error("the numbers stand below the form")
		}
	}
	h.get("giulia", "/vorgaenge/schaden").shows(200, "Werkhof-Klempner")
}

func TestA14_X6_TheTopicDecidesOnThePage(t *testing.T) {
	h := newHouse(t)
	h.get("marlene", "/vorgaenge/anliegen").shows(200, "Worum geht es?", "Bankverbindung", "Bescheinigung", "Anderes Anliegen")
	form := h.get("marlene", "/vorgaenge/anliegen?kategorie=std-certificate").shows(200, "Welche Bescheinigung brauchen Sie?")
	h.post("marlene", "/vorgaenge/anliegen", "_key", form.value("_key"), "category", "std-certificate", "lease", "l5", "text", "Bitte schicken.").shows(422, "Diese Angabe wird gebraucht.", "Bitte schicken.")
	h.post("marlene", "/vorgaenge/anliegen", "_key", form.value("_key"), "category", "std-certificate", "lease", "l5", "text", "Bitte schicken.", "field_which", "Wohnungsgeber").goes("/vorgaenge/")
	h.post("marlene", "/vorgaenge/anliegen", "_key", "k2", "category", "std-other", "lease", "l5", "text", "Nur eine Frage.").goes("/nachrichten/")
}

func TestW12_A18_FollowingACaseOnItsPage(t *testing.T) {
	h := newHouse(t)
	id := h.reports("marlene", "l5", "std-heating", "Der Heizkörper bleibt kalt.")
	at := "/vorgaenge/" + id
	h.answers("jette", id, "Die Firma Sander kommt.")
	h.get("marlene", "/vorgaenge").shows(200, "Neue Antwort heute", "In Bearbeitung")
	h.get("marlene", at).shows(200, "Die Firma Sander kommt.", "Jette Petersen", "hat den Vorgang übernommen", "seit 12. November", "Als erledigt markieren")
	h.post("marlene", at, "_key", "k", "text", "").shows(422, "Bitte schreiben Sie")
	h.post("marlene", at, "_key", "k", "text", "Danke!").goes(at)
	check(t, h.svc.Arrange(t.Context(), staff("jette"), id, "k", cases.Appointment{Day: "2026-11-16", From: "08:00", Till: "10:00", Who: "Firma Sander, Herr Yilmaz", Phone: "030 23125 310"}))
	h.get("marlene", at).shows(200, "Termin: Montag, 16. November, 08:00–10:00 Uhr", "Firma Sander, Herr Yilmaz", "In den Kalender")
	h.post("marlene", at+"/telefon", "phone", "", "release", "on").shows(422, "Bitte geben Sie die Telefonnummer an")
	h.post("marlene", at+"/telefon", "phone", "0171 39200 14", "release", "on").goes(at)
	h.post("marlene", at+"/erledigt").goes(at)
	h.post("marlene", at+"/bewerten", "rating", "").shows(422, "Bitte wählen Sie 1 bis 5 Sterne.")
	h.post("marlene", at+"/bewerten", "rating", "5", "text", "Schnell.").goes(at)
	h.get("marlene", at).shows(200, "Schnell.", "Wieder öffnen")
	h.post("marlene", at+"/oeffnen", "text", "").shows(422, "warum der Vorgang wieder geöffnet wird")
	h.post("marlene", at+"/oeffnen", "text", "Wieder kalt.").goes(at)
	h.get("marlene", "/vorgaenge").shows(200, "Offen")
}

func TestH8_ACaseIsOpenedFromTheHomeAndFromTheNavigation(t *testing.T) {
	h := newHouse(t)
	home := h.get("marlene", "/").shows(200, "Schaden melden").Body.String()
	for _, link := range []string{`href="/vorgaenge/schaden"`, `href="/vorgaenge"`} {
		if !strings.Contains(home, link) {
			t.Errorf("no %s on the home page", link)
		}
	}
	if list := h.get("marlene", "/vorgaenge").shows(200).Body.String(); !strings.Contains(list, `href="/vorgaenge/schaden"`) {
		t.Error("the place in the navigation does not lead to the form")
	}
}
