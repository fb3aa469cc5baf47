package casesweb_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"foyer/internal/browsertest"
	"foyer/internal/cases"
)

func TestH10_H13_StaffWorkOnACaseOnItsPage(t *testing.T) {
	h := newHouse(t)
	id := h.reports("marlene", "l5", "std-heating_off", "Heizung aus.")
	other := h.reports("samira", "l2", "std-heating", "Bei uns ist es auch kalt.")
	at := "/verwaltung/vorgaenge/" + id
	h.get("jette", "/verwaltung").shows(200, "Heizung aus", "niemand")
	h.get("jette", "/verwaltung/vorgaenge").shows(200, "Heizung aus", "Dringend", "2026-0001 · Marlene Brandt", "2 nicht erledigt, davon 1 dringend", "Ausgewählte ändern")
	h.get("jette", "/verwaltung/vorgaenge?q=haddad").shows(200, "Bei uns ist es auch kalt").hides("Heizung aus")
	h.get("jette", "/verwaltung/vorgaenge?status=done").shows(200, "Keine Vorgänge")
	h.get("jette", "/verwaltung/vorgaenge/tafel").shows(200, "In Bearbeitung", "Ziehen ist nicht nötig.")
	h.get("werk", "/verwaltung/vorgaenge").hides("Heizung aus")
	h.get("werk", at).shows(404)
	h.get("read", at).shows(200, "Heizung aus").hides("Schreiben an")
	page := h.get("jette", at).shows(200, "Schreiben an", "Im selben Haus", "Bei uns ist es auch kalt", "Offen")
	h.post("jette", at, "_key", "n", "last", page.value("last"), "as", "note", "text", "Pumpe prüfen").goes(at + "?ok=notiz")
	h.post("jette", at, "_key", "k", "last", page.value("last"), "text", "").shows(422, "Bitte schreiben Sie")
	h.post("jette", at+"/zusammenlegen", "report", other).goes(at + "?ok=zusammen")
	h.post("jette", at, "_key", "k", "text", "Der Notdienst kommt.").goes(at + "?ok=gesendet")
	h.get("jette", at).shows(200, "In Bearbeitung", "Pumpe prüfen", "aus einer weiteren Meldung")
	h.get("samira", "/vorgaenge/"+other).shows(200, "Der Notdienst kommt.", "In Bearbeitung").hides("Brandt", "Pumpe")
	h.post("jette", at+"/bearbeitung", "status", "waiting_resident", "reason", "").shows(422, "was die Bewohnerin")
	h.post("jette", at+"/bearbeitung", "status", "in_progress", "assignee", "klaus", "due", "2026-11-20", "urgency", "soon", "category", "std-heating", "provider", "").goes(at + "?ok=gespeichert")
	h.get("jette", "/verwaltung/vorgaenge").shows(200, "Klaus Holm", "Frist 20. November", "2 Meldungen")
	h.post("jette", at+"/termin", "_key", "t", "day", "2026-11-12", "from", "14:00", "till", "15:00", "who", "").shows(422, "Bitte geben Sie an, wer kommt.")
	h.post("jette", at+"/termin", "_key", "t", "day", "2026-11-12", "from", "14:00", "till", "15:00", "who", "Firma Sander").goes(at + "?ok=termin")
	h.get("jette", "/verwaltung").shows(200, "Heute im Haus", "14:00–15:00 Firma Sander")
	h.post("jette", "/verwaltung/vorgaenge/mehrere", "status", "done").shows(422, "Bitte wählen Sie mindestens einen Vorgang")
	h.post("jette", "/verwaltung/vorgaenge/mehrere", "status", "done", "id", id).goes("/verwaltung/vorgaenge?ok=geaendert")
	h.get("samira", "/vorgaenge/"+other).shows(200, "Erledigt")
	h.post("read", at, "text", "x").shows(404)
	h.post("werk", at, "text", "x").shows(404)
}

// TestPagesInABrowser looks at every page with axe, on a phone without script
// and on a wide screen with it.
func TestPagesInABrowser(t *testing.T) {
	h := newHouse(t)
	id := h.reports("marlene", "l5", "std-heating_off", "Heizung aus.")
	h.answers("jette", id, "Der Notdienst kommt.")
	check(t, h.svc.Arrange(t.Context(), staff("jette"), id, "k", cases.Appointment{Day: "2026-11-12", From: "14:00", Till: "15:00", Who: "Firma Sander", Phone: "030 23125 310"}))
	h.reports("samira", "l2", "std-power", "Licht im Keller, Gang B")
	ended := h.reports("marlene", "l5", "std-else", "Erledigt.")
	check(t, h.svc.Finish(t.Context(), resident("marlene"), ended))
	serve := func(cookie string) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Header.Set("Cookie", cookie)
			h.ServeHTTP(w, r)
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
	own, office := serve("foyer=as:marlene"), serve("foyer-staff=as:jette")
	b := browsertest.Start(t)
	for _, w := range []browsertest.Window{{Width: 320, NoScript: true}, {Width: 1280, Height: 900, Dark: true}, {Width: 390}} {
		p := b.OpenFor(t, w)
		for _, page := range []struct{ name, url string }{
			{"vorgaenge", own + "/vorgaenge"}, {"vorgang", own + "/vorgaenge/" + id}, {"vorgang-erledigt", own + "/vorgaenge/" + ended}, {"schaden", own + "/vorgaenge/schaden"},
			{"schaden-melden", own + "/vorgaenge/schaden?kategorie=std-water"}, {"anliegen", own + "/vorgaenge/anliegen"}, {"start", own + "/"},
			{"verwaltung-vorgaenge", office + "/verwaltung/vorgaenge"}, {"verwaltung-tafel", office + "/verwaltung/vorgaenge/tafel"}, {"verwaltung-vorgang", office + "/verwaltung/vorgaenge/" + id}, {"verwaltung-heute", office + "/verwaltung"},
		} {
			p.Go(page.url)
			if p.Status() != 200 {
				t.Errorf("%s: %d", page.name, p.Status())
			}
			p.Fits()
			if !w.NoScript {
				p.Axe()
			}
			p.Shot(page.name)
		}
	}
}
