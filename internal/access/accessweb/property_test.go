package accessweb_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"foyer/internal/access"
	"foyer/internal/orgs"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/portfolio"
)

func TestK7_K8_TheUVIListShowsExactlyThoseWithTheService(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		o.estate()
		b := o.as("clerk")
		// The tile and the menu entry lead there.
		b.want(b.get("/verwaltung"), 200, `href="/verwaltung/uvi"`, "2 Liegenschaften mit Verbrauchsinformation", "Verbrauch (UVI)</span>")
		b.want(b.get("/verwaltung/uvi"), 200, "Ahornallee 10–16", "Werkhof 3", "!Kantweg 41", "2 Liegenschaften, 10 Einheiten, 9 Personen")
		b.want(b.get("/verwaltung/liegenschaften"), 200, "Ahornallee 10–16", "Werkhof 3", "Kantweg 41", "3 Liegenschaften")
		m := o.as("manager")
		m.want(m.to(m.post("/verwaltung/liegenschaften/p1/uvi"), "/verwaltung/liegenschaften/p1/einstellungen?ok=uvi"), 200, "Die Einstellung zur UVI ist gespeichert")
		m.post("/verwaltung/liegenschaften/p3/uvi", "uvi", "on")
		m.want(m.to(m.post("/verwaltung/liegenschaften/p1/feiertage", "region", "DE-SN"), "/verwaltung/liegenschaften/p1/einstellungen?ok=feiertage"), 200,
			"Die Feiertage sind gespeichert", `value="DE-SN" selected`, "wie Deutschland, nur landesweite Feiertage")
		m.want(m.post("/verwaltung/liegenschaften/p1/feiertage", "region", "DE-XX"), 422, "keine Feiertage")
		b.want(b.get("/verwaltung/uvi"), 200, "!Ahornallee 10–16", "Werkhof 3", "Kantweg 41")
		limited := o.as("limited")
		limited.want(limited.get("/verwaltung/uvi"), 200, "Noch keine Liegenschaft mit Verbrauchsinformation", "!Werkhof 3")
	})
}

func TestK9_TheWholeRowOpensTheProperty(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t).DB)
	o.estate()
	b := o.as("clerk")
	w := b.get("/verwaltung/liegenschaften")
	row := regexp.MustCompile(`(?s)<tr role="row"><th scope="row" role="rowheader">.*?</tr>`).FindString(w.Body.String())
	if strings.Count(row, "<a ") != 1 || !strings.Contains(row, `href="/verwaltung/liegenschaften/p1"`) || !strings.Contains(w.Body.String(), "f-table--open") {
		t.Errorf("the row is not one link: %s", row)
	}
	b.want(w, 200, "1 von 8", "f-arrow")
	b.want(b.get("/verwaltung/liegenschaften/p1"), 200, "Ahornallee 10–16", "12623 Berlin · 9 Einheiten · 8 Personen", "14 · EG links", "Elke Pohl")
}

func TestPropertiesAreFilteredAndPaged(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t).DB)
	b := o.as("manager")
	b.want(b.get("/verwaltung/liegenschaften"), 200, "Noch keine Liegenschaften", `href="/verwaltung/import"`)
	ro := o.as("readonly")
	ro.want(ro.get("/verwaltung/liegenschaften"), 200, "Noch keine Liegenschaften", "!/verwaltung/import")
	for i := range 60 {
		o.house(portfolio.Property{ID: fmt.Sprintf("h%02d", i), Name: fmt.Sprintf("Hausweg %d", i+1), City: "Berlin", PortalOn: i%2 == 0}, "Hausweg", fmt.Sprint(i+1))
	}
	next := regexp.MustCompile(`rel="next" href="([^"]+)"`)
	prev := regexp.MustCompile(`rel="prev" href="([^"]+)"`)
	find := func(r *regexp.Regexp, page string) string {
		m := r.FindStringSubmatch(page)
		if m == nil {
			return ""
		}
		return strings.ReplaceAll(m[1], "&amp;", "&")
	}
	one := b.get("/verwaltung/liegenschaften")
	b.want(one, 200, "Hausweg 1<", "Hausweg 25<", "!Hausweg 26<", "Daten importieren")
	two := b.get(find(next, one.Body.String()))
	b.want(two, 200, "Hausweg 26<", "!Hausweg 25<")
	three := b.get(find(next, two.Body.String()))
	b.want(three, 200, "Hausweg 51<", "Hausweg 60<", "!Hausweg 50<")
	if find(next, three.Body.String()) != "" {
		t.Error("the last page leads on")
	}
	back := b.get(find(prev, three.Body.String()))
	b.want(back, 200, "Hausweg 26<", "!Hausweg 51<")
	first := b.get(find(prev, back.Body.String()))
	b.want(first, 200, "Hausweg 1<")
	b.want(b.get("/verwaltung/liegenschaften?q=Hausweg+7&portal=on"), 200, "Hausweg 7<", "!Hausweg 8<", "Filter zurücksetzen", `value="Hausweg 7"`)
	b.want(b.get("/verwaltung/liegenschaften?q=gibtesnicht"), 200, "Nichts gefunden", "Alle anzeigen")
	b.want(b.get("/verwaltung/liegenschaften?nach=kaputt!"), 404)
}

func TestK6_EveryStateIsExplained(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t).DB)
	o.estate()
	b := o.as("readonly")
	w := b.get("/verwaltung/liegenschaften/p1")
	texts := []string{"Was bedeuten die Zugangsstufen?"}
	for _, s := range access.States {
		texts = append(texts, o.texts.Printer("de").T(s.Label()), o.texts.Printer("de").T(s.Legend()))
	}
	b.want(w, 200, texts...)
	// Each state with its date.
	b.want(w, 200, "Brief vom 5. November", "E-Mail vom 12. November", "seit 12. November 2026", "Code galt bis 11. November", "am 12. November", "kein eigener Zugang vorgesehen")
	b.want(b.get("/verwaltung/liegenschaften/p1?zugang=ended"), 200, "Ute Frühling", "bis 31. Dezember 2025", "!Elke Pohl")
	en := o.as("readonly")
	en.lang = "en"
	en.want(en.get("/verwaltung/liegenschaften/p1"), 200, "What do the states of access mean?", "Letter of 5 November", "no own access intended")
}

func TestK5_K13_TheRowFollowsTheState(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t).DB)
	ids := o.estate()
	b := o.as("clerk")
	row := func(name string) string {
		page := b.get("/verwaltung/liegenschaften/p1?q=" + name).Body.String()
		return regexp.MustCompile(`(?s)<tbody.*</tbody>`).FindString(page)
	}
	if r := row("Pohl"); !strings.Contains(r, "Kein Zugang") {
		t.Errorf("before: %s", r)
	}
	b.to(b.post("/verwaltung/personen/"+ids["Pohl"]+"/einladen", "email", "elke@post.example", "consent", "on", "consent_on", "2026-11-01"), "/verwaltung/personen/"+ids["Pohl"]+"?ok=email")
	if r := row("Pohl"); !strings.Contains(r, "Ausstehend") || !strings.Contains(r, "#hourglass") {
		t.Errorf("after sending: %s", r)
	}
	o.drain()
	o.confirmed(ids["Pohl"], "elke@post.example")
	if r := row("Pohl"); !strings.Contains(r, "Bestätigt") {
		t.Errorf("after registration: %s", r)
	}
}

func TestK15_AllLettersOfExactlyThoseWhoNeedOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		ids := o.estate()
		b := o.as("clerk")
		b.want(b.get("/verwaltung/liegenschaften/p1"), 200, "3 Personen brauchen noch einen Zugang", "Alle Zugangsschreiben herunterladen", "Auch an 2 Personen, deren Code noch gilt", "macht den früheren Code ungültig")
		stale := o.as("stale")
		stale.to(stale.post("/verwaltung/liegenschaften/p1/schreiben"), "/verwaltung/passwort-bestaetigen?weiter=%2Fverwaltung")
		w := b.post("/verwaltung/liegenschaften/p1/schreiben")
		path := w.Header().Get("Location")
		page := b.to(w, path)
		b.want(page, 200, "Die Schreiben werden gleich erzeugt", "Stand neu laden", `hx-get="`+path+`"`, "0 von 3")
		b.want(b.get("/verwaltung/liegenschaften/p1"), 200, "Zugangsschreiben werden gerade erzeugt", path)
		b.want(b.post(path+"/pdf"), 409)
		o.drain()
		b.want(b.get(path), 200, "3 Schreiben in einem PDF", "PDF herunterladen", "!Stand neu laden", "13. November 2026")
		pdf, list := b.post(path+"/pdf"), b.post(path+"/liste")
		if !strings.HasPrefix(pdf.Body.String(), "%PDF-") || pdf.Header().Get("Content-Type") != "application/pdf" || !strings.Contains(pdf.Header().Get("Content-Disposition"), "zugangsschreiben-ahornallee-10-16-2026-11-12.pdf") {
			t.Errorf("%v %.20s", pdf.Header(), pdf.Body)
		}
		for name, in := range map[string]bool{"Pohl": true, "Brandt": true, "Weiß": true, "Christensen": false, "Haddad": false, "Hagedorn": false, "Kern": false, "Frühling": false, "Ferri": false} {
			if strings.Contains(list.Body.String(), name) != in {
				t.Errorf("%s in the manifest: %v", name, !in)
			}
		}
		if b.post(path+"/pdf").Body.String() != pdf.Body.String() {
			t.Error("the second fetch gives another file")
		}
		if o.state(ids["Brandt"]) != access.Pending || o.state(ids["Hagedorn"]) != access.NoAccess {
			t.Error("states after the letters")
		}
		b.want(b.to(b.post(path+"/gedruckt"), path+"?ok=gedruckt"), 200, "Als gedruckt abgehakt", "!Als gedruckt abhaken")
		o.later(25 * time.Hour)
		o.drain()
		b.want(b.get(path), 200, "nach 24 Stunden gelöscht", "!PDF herunterladen")
		b.want(b.post(path+"/pdf"), 410)
	})
}

func TestK15_ThoseWithARunningCodeOnlyWhenTicked(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t).DB)
	o.estate()
	b := o.as("clerk")
	path := b.post("/verwaltung/liegenschaften/p1/schreiben", "ausstehend", "on").Header().Get("Location")
	o.drain()
	list := b.post(path + "/liste").Body.String()
	for _, name := range []string{"Pohl", "Brandt", "Weiß", "Christensen", "Moreau"} {
		if !strings.Contains(list, name) {
			t.Errorf("%s is missing", name)
		}
	}
	b.want(b.get("/verwaltung/liegenschaften/p1"), 200, "Zurzeit braucht niemand ein neues Schreiben")
	b.want(b.post("/verwaltung/liegenschaften/p1/schreiben"), 409, "Hier braucht gerade niemand einen Zugang")
	ro := o.as("readonly")
	ro.want(ro.get("/verwaltung/liegenschaften/p1"), 200, "!Alle Zugangsschreiben")
	ro.want(ro.post("/verwaltung/liegenschaften/p1/schreiben"), 404)
	ro.want(ro.post(path+"/pdf"), 404)
}

func TestK3_TheChecklistComesBeforeTheFirstSending(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t).DB)
	ids := o.estate()
	b := o.as("clerk")
	b.want(b.get("/verwaltung/liegenschaften/p2"), 200, "Ersten Versand vorbereiten", "/verwaltung/liegenschaften/p2/checkliste", "!Alle Zugangsschreiben herunterladen")
	b.want(b.post("/verwaltung/liegenschaften/p2/schreiben"), 409, "bestätigen Sie zuerst die drei Punkte")
	b.want(b.post("/verwaltung/personen/"+ids["Ferri"]+"/brief"), 409, "bestätigen Sie zuerst die drei Punkte")
	b.want(b.get("/verwaltung/liegenschaften/p2/checkliste"), 200, "Die Bewohner wissen, dass Zugangsdaten kommen.", `name="informed"`, `name="up_to_date"`, `name="wanted"`, "!checked")
	b.want(b.post("/verwaltung/liegenschaften/p2/checkliste", "informed", "on", "wanted", "on"), 422, "Fehler:", `id="f-up_to_date-e"`, "checked", "„Namen, Anschriften und Verträge sind auf dem neuesten Stand.“: Bitte bestätigen Sie diesen Punkt.")
	b.want(b.to(b.post("/verwaltung/liegenschaften/p2/checkliste", "informed", "on", "wanted", "on", "up_to_date", "on"), "/verwaltung/liegenschaften/p2?ok=checkliste"),
		200, "Die drei Punkte sind bestätigt", "1 Person braucht noch einen Zugang", "Alle Zugangsschreiben herunterladen")
}

func TestA4_ReleasingAPropertyMakesItsLetters(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		ids := o.estate()
		b := o.as("manager")
		b.want(b.get("/verwaltung/liegenschaften/p3"), 200, "Das Portal ist hier ausgeschaltet", "/verwaltung/liegenschaften/p3/freigeben")
		b.want(b.get("/verwaltung/liegenschaften/p3/freigeben"), 200, "Wir erzeugen sofort die Zugangsschreiben", `name="informed"`)
		b.want(b.post("/verwaltung/liegenschaften/p3/freigeben", "checkliste", "1", "informed", "on"), 422, "Fehler:", `id="f-wanted-e"`)
		b.want(b.to(b.post("/verwaltung/liegenschaften/p3/freigeben", "checkliste", "1", "informed", "on", "up_to_date", "on", "wanted", "on"), "/verwaltung/liegenschaften/p3?ok=freigegeben"),
			200, "Die Liegenschaft ist freigegeben", "!ausgeschaltet</h2>")
		o.drain()
		page := b.get("/verwaltung")
		b.want(page, 200, "Zu drucken", "1 Zugangsschreiben, Kantweg 41", "Freigabe der Liegenschaft", "Als gedruckt abhaken")
		path := regexp.MustCompile(`/verwaltung/schreiben/[0-9a-f-]+`).FindString(page.Body.String())
		if list := b.post(path + "/liste").Body.String(); !strings.Contains(list, "Winter") {
			t.Errorf("the manifest: %s", list)
		}
		b.want(b.to(b.post(path+"/gedruckt", "von", "heute"), "/verwaltung?ok=gedruckt"), 200, "Als gedruckt abgehakt", "!Zu drucken")
		b.want(b.get("/verwaltung/liegenschaften/p3/ausschalten"), 200, "Portal für Kantweg 41 ausschalten?")
		b.want(b.to(b.post("/verwaltung/liegenschaften/p3/ausschalten"), "/verwaltung/liegenschaften/p3/einstellungen?ok=geschlossen"), 200, "ausgeschaltet", "Zum ersten Mal freigegeben am")
		b.want(b.get("/verwaltung/liegenschaften/p3"), 200, "Ausstehend", "Portal hier aus", "!/brief", "/entziehen")
		b.want(b.get("/verwaltung/personen/"+ids["Winter"]), 200, "Ausstehend", "Portal ausgeschaltet", "!/brief", "/entziehen")
		b.want(b.get("/verwaltung/liegenschaften/p3/freigeben"), 200, "war schon einmal freigegeben", `!name="informed"`)
		b.to(b.post("/verwaltung/liegenschaften/p3/freigeben"), "/verwaltung/liegenschaften/p3?ok=freigegeben")
		b.want(b.get("/verwaltung"), 200, "!Zu drucken")
		clerk := o.as("clerk")
		clerk.want(clerk.get("/verwaltung/liegenschaften/p3/einstellungen"), 404)
		clerk.want(clerk.post("/verwaltung/liegenschaften/p3/ausschalten"), 404)
	})
}

func TestX4_ReleaseWithoutThatTriggerSendsNothing(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t).DB)
	o.estate()
	o.settings(func(s *orgs.Settings) { s.InviteTriggers = []orgs.Trigger{orgs.ByHand} })
	b := o.as("manager")
	b.want(b.get("/verwaltung/liegenschaften/p3/freigeben"), 200, "Niemand bekommt von selbst Post", `!name="informed"`)
	b.to(b.post("/verwaltung/liegenschaften/p3/freigeben"), "/verwaltung/liegenschaften/p3?ok=freigegeben")
	o.drain()
	b.want(b.get("/verwaltung"), 200, "!Zu drucken")
}

func TestK16_EachUnitSaysWhetherItNeedsUVI(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t).DB)
	ids := o.estate()
	b := o.as("manager")
	rows := regexp.MustCompile(`(?s)<tr role="row">.*?</tr>`)
	tick := func(path, what string) bool {
		for _, r := range rows.FindAllString(b.get(path).Body.String(), -1) {
			if strings.Contains(r, what) {
				return strings.Contains(r, "f-tick")
			}
		}
		t.Fatalf("no row with %s", what)
		return false
	}
	if !tick("/verwaltung/liegenschaften/p1", "Elke Pohl") || tick("/verwaltung/liegenschaften/p1", "Dr. Kern") {
		t.Error("ticks of the residents")
	}
	if !tick("/verwaltung/liegenschaften/p1/einheiten", "14 · EG links") || tick("/verwaltung/liegenschaften/p1/einheiten", "Gewerbe") {
		t.Error("ticks of the units")
	}
	b.want(b.to(b.post("/verwaltung/liegenschaften/p1/einheiten/u-p1-14-1/uvi", "uvi", "nein", "seite", "1"), "/verwaltung/liegenschaften/p1/einheiten?ok=einheit&seite=1"), 200, "Die Einheit ist geändert", "54,05")
	if tick("/verwaltung/liegenschaften/p1", "Elke Pohl") || tick("/verwaltung/liegenschaften/p1/einheiten", "14 · EG links") {
		t.Error("the override is not shown")
	}
	b.want(b.get("/verwaltung/liegenschaften/p1"), 200, "2 Personen brauchen noch einen Zugang")
	if o.state(ids["Pohl"]) != access.NoAccess {
		t.Error("a flag changed a state")
	}
	clerk := o.as("clerk")
	clerk.want(clerk.get("/verwaltung/liegenschaften/p1/einheiten"), 200, "!UVI ausschalten")
	clerk.want(clerk.post("/verwaltung/liegenschaften/p1/einheiten/u-p1-14-1/uvi", "uvi", "ja"), 404)
	b.want(b.post("/verwaltung/liegenschaften/p1/einheiten/twin-unit/uvi", "uvi", "ja"), 404)
}

func TestResidentsAreFilteredAndPaged(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t).DB)
	o.estate()
	for i := range 40 {
		o.add(dweller{house: "16", floor: fmt.Sprintf("%d. OG", i/4+1), label: fmt.Sprintf("Tür %d", i+1), first: "Ida", last: fmt.Sprintf("Muster%02d", i)})
	}
	b := o.as("clerk")
	b.want(b.get("/verwaltung/liegenschaften/p1"), 200, "48 Einträge", "Seite 1 von 2", "?seite=2")
	b.want(b.get("/verwaltung/liegenschaften/p1?aufgang=16&seite=2"), 200, "40 Einträge · Aufgang 16", "aufgang=16", "Muster39", "!Muster00", "Filter zurücksetzen")
	b.want(b.get("/verwaltung/liegenschaften/p1?seite=99&zugang=unsinn"), 200, "Seite 2 von 2")
	b.want(b.get("/verwaltung/liegenschaften/p1?q=haddad"), 200, "Samira Haddad", "!Elke Pohl", "1 Eintrag")
	b.want(b.get("/verwaltung/liegenschaften/p1?zugang=expired&schreiben=noetig"), 200, "Hannelore Weiß", "1 Eintrag · Abgelaufen · nur wer ein neues Schreiben braucht")
	b.want(b.get("/verwaltung/liegenschaften/p1?zugang=expired"), 200, "Hannelore Weiß", "1 Eintrag · Abgelaufen", "Abgelaufen (1)")
	b.want(b.get("/verwaltung/liegenschaften/p1?q=niemand"), 200, "Nichts gefunden")
}

func TestLimitedStaffSeeTheirPropertiesOnly(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t).DB)
	ids := o.estate()
	b := o.as("limited")
	b.want(b.get("/verwaltung/liegenschaften"), 200, "Ahornallee 10–16", "!Werkhof", "!Kantweg")
	foreign := []string{"/verwaltung/liegenschaften/p2", "/verwaltung/liegenschaften/p2/einheiten", "/verwaltung/liegenschaften/p2/einstellungen", "/verwaltung/liegenschaften/p2/freigeben",
		"/verwaltung/liegenschaften/p2/checkliste", "/verwaltung/liegenschaften/p2/ausschalten", "/verwaltung/personen/" + ids["Ferri"], "/verwaltung/personen/" + ids["Ferri"] + "/einladen",
		"/verwaltung/personen/" + ids["Ferri"] + "/brief", "/verwaltung/personen/" + ids["Ferri"] + "/entziehen", "/verwaltung/personen/" + ids["Ferri"] + "/einverstaendnis",
		"/verwaltung/liegenschaften/twin-property", "/verwaltung/personen/twin-person", "/verwaltung/schreiben/twin-batch", "/verwaltung/liegenschaften/nichts"}
	for _, path := range foreign {
		b.want(b.get(path), 404)
	}
	for _, path := range []string{"/verwaltung/liegenschaften/p2/schreiben", "/verwaltung/liegenschaften/p2/uvi", "/verwaltung/liegenschaften/p2/ausschalten", "/verwaltung/liegenschaften/p2/freigeben",
		"/verwaltung/personen/" + ids["Ferri"] + "/brief", "/verwaltung/personen/" + ids["Ferri"] + "/entziehen", "/verwaltung/personen/" + ids["Ferri"] + "/zuruecksetzen",
		"/verwaltung/personen/twin-person/entziehen", "/verwaltung/schreiben/twin-batch/pdf", "/verwaltung/schreiben/twin-batch/gedruckt", "/verwaltung/zustellungen/twin-delivery/erledigt"} {
		if w := b.post(path, "uvi", "on"); w.Code != http.StatusNotFound {
			t.Errorf("POST %s: %d", path, w.Code)
		}
	}
}
