package conversationsweb_test

import (
	"strings"
	"testing"

	"foyer/internal/orgs"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/portfolio"
)

func newHouse(t *testing.T) *house { return open(t, storetest.SQLite(t).DB) }

func TestE1_E4_E16_WritingAndAnsweringOnThePages(t *testing.T) {
	h := newHouse(t)
	h.get("marlene", "/nachrichten").shows(200, "Noch keine Nachrichten", "Neue Nachricht")
	form := h.get("marlene", "/nachrichten/neu").shows(200, "Ahornallee 14 · Wohnung 5", "Ahornallee 14 · Stellplatz 7", "Betreff")
	key := form.value("_key")
	h.post("marlene", "/nachrichten/neu", "_key", key, "lease", "l5", "subject", "", "text", "Nur Text").shows(422, "Bitte geben Sie einen Betreff an.", "Nur Text")
	to := h.post("marlene", "/nachrichten/neu", "_key", key, "lease", "l5", "subject", "Neue Bankverbindung", "text", "Guten Abend,\n\nneues Konto.").goes("/nachrichten/")
	again := h.post("marlene", "/nachrichten/neu", "_key", key, "lease", "l5", "subject", "Neue Bankverbindung", "text", "Guten Abend,\n\nneues Konto.").goes("/nachrichten/")
	if to != again {
		t.Errorf("a double click leads to %s and %s", to, again)
	}
	h.get("marlene", to).shows(200, "Ihre Nachricht ist angekommen", "Sie · 12. November 2026", "neues Konto.")
	id := strings.TrimSuffix(strings.TrimPrefix(to, "/nachrichten/"), "?ok=gesendet")
	h.get("jette", "/verwaltung/nachrichten").shows(200, "Marlene Brandt: Neue Bankverbindung", "Wartet auf Antwort", "Posteingang (1)")
	page := h.get("jette", "/verwaltung/nachrichten/"+id).shows(200, "Ahornallee 14 · Wohnung 5")
	h.post("jette", "/verwaltung/nachrichten/"+id, "_key", page.value("_key"), "last", page.value("last"), "text", "Vielen Dank, das reicht.").goes("/verwaltung/nachrichten/" + id + "?ok=gesendet")
	h.get("marlene", "/").shows(200, "Neu für Sie", "Neue Bankverbindung")
	h.get("marlene", "/nachrichten").shows(200, "Vielen Dank, das reicht.", "Eingang · 1 neu", "2 Nachrichten")
	h.get("marlene", "/nachrichten/"+id).shows(200, "Jette Petersen, Lindhof Hausverwaltung")
	h.get("marlene", "/").shows(200, "Nichts Neues")
	h.post("marlene", "/nachrichten/"+id, "text", "").shows(422, "Bitte schreiben Sie Ihre Nachricht.")
	h.post("marlene", "/nachrichten/"+id, "text", "Schön.").goes("/nachrichten/" + id)
	for _, who := range []string{"samira", "giulia"} {
		h.get(who, "/nachrichten/"+id).shows(404)
		h.post(who, "/nachrichten/"+id, "text", "x").shows(404)
		h.get(who, "/nachrichten?ordner=gesendet").hides("Bankverbindung")
	}
	h.get("werk", "/verwaltung/nachrichten").hides("Bankverbindung")
	h.get("werk", "/verwaltung/nachrichten/"+id).shows(404)
	h.get("read", "/verwaltung/nachrichten/"+id).shows(200).hides("Antwort an die Bewohner")
	h.post("read", "/verwaltung/nachrichten/"+id, "text", "x").shows(404)
}

func TestE14_TheSwitcherDecidesWhoseMessagesAreShown(t *testing.T) {
	h := newHouse(t)
	for lease, subject := range map[string]string{"l5": "Zur Wohnung", "l7": "Zum Stellplatz"} {
		h.answers("jette", h.begin("marlene", lease, subject, "x"), "Antwort")
	}
	h.sends("jette", portfolio.ToStairwell, portfolio.StairwellID("b14", "14"), "Treppenhaus: Anstrich", "Ab Montag.")
	h.get("marlene@l5", "/nachrichten").shows(200, "Zur Wohnung", "Treppenhaus: Anstrich", "An alle im Aufgang Ahornallee 14").hides("Zum Stellplatz")
	h.get("marlene@l7", "/nachrichten").shows(200, "Zum Stellplatz").hides("Zur Wohnung", "Treppenhaus")
	h.get("marlene@l7", "/").shows(200, "Zur Wohnung", "Zum Stellplatz", "Treppenhaus: Anstrich")
}

func TestX6_WithoutFreeMessagesThereIsNoForm(t *testing.T) {
	h := newHouse(t)
	h.set(func(s *orgs.Settings) { s.ContactMode = orgs.ContactCases })
	h.get("marlene", "/nachrichten").shows(200).hides("Neue Nachricht")
	h.get("marlene", "/nachrichten/neu").shows(404)
	h.post("marlene", "/nachrichten/neu", "lease", "l5", "subject", "x", "text", "x").shows(404)
}

func TestTwoOfTheOfficeAnswerAtOnceOnThePage(t *testing.T) {
	h := newHouse(t)
	id := h.begin("marlene", "l5", "Frage", "Wann?")
	page := h.get("jette", "/verwaltung/nachrichten/"+id)
	h.answers("klaus", id, "Am Montag, sagt Klaus.")
	again := h.post("jette", "/verwaltung/nachrichten/"+id, "_key", page.value("_key"), "last", page.value("last"), "text", "Am Dienstag, sagt Jette.").
		shows(422, "Inzwischen hat Klaus Holm geschrieben", "Am Montag, sagt Klaus.", "Am Dienstag, sagt Jette.")
	if got := again.value("text"); got != "Am Dienstag, sagt Jette." {
		t.Errorf("the text is now %q", got)
	}
	h.get("marlene", "/nachrichten/"+id).hides("sagt Jette")
	h.post("jette", "/verwaltung/nachrichten/"+id, "_key", again.value("_key"), "last", again.value("last"), "text", "Am Dienstag, sagt Jette.").goes("/verwaltung/nachrichten/" + id)
	h.get("marlene", "/nachrichten/"+id).shows(200, "sagt Jette")
}

func TestE5_StaffWriteToAHouse(t *testing.T) {
	h := newHouse(t)
	h.get("jette", "/verwaltung/nachrichten/verfassen").shows(200, "An wen?", "Ein Aufgang", "Alle")
	h.get("werk", "/verwaltung/nachrichten/verfassen").shows(200).hides("Alle</span>")
	h.get("jette", "/verwaltung/nachrichten/verfassen?art=person&q=brandt").shows(200, "Marlene Brandt", "Ahornallee 14 · Wohnung 5")
	h.get("werk", "/verwaltung/nachrichten/verfassen?art=person&q=brandt").hides("Marlene")
	h.get("jette", "/verwaltung/nachrichten/verfassen?art=stairwell&q=ahorn").shows(200, "an=stairwell%3Ab14%2F14")
	h.get("jette", "/verwaltung/nachrichten/verfassen?art=property&q=werk").shows(200, "Werkhof")
	h.get("jette", "/verwaltung/nachrichten/verfassen?art=everyone").goes("/verwaltung/nachrichten/verfassen?an=everyone%3Aall")
	for _, to := range []string{"person:marlene", "property:p1", "everyone:all", "stairwell:b14/14", "lease:l5"} {
		h.get("werk", "/verwaltung/nachrichten/verfassen?an="+to).shows(404)
		h.post("werk", "/verwaltung/nachrichten/verfassen", "to", to, "subject", "x", "text", "x").shows(404)
	}
	form := h.get("jette", "/verwaltung/nachrichten/verfassen?an=stairwell:b14/14").shows(200, "Ahornallee 14", "Antworten erlauben")
	h.post("jette", "/verwaltung/nachrichten/verfassen", "_key", form.value("_key"), "draft", form.value("draft"), "to", "stairwell:b14/14", "subject", "Anstrich", "text", "", "replies", "on").
		shows(422, "Bitte schreiben Sie Ihre Nachricht.", "Anstrich")
	h.post("jette", "/verwaltung/nachrichten/verfassen", "_key", form.value("_key"), "draft", form.value("draft"), "to", "stairwell:b14/14", "subject", "Anstrich", "text", "Ab Mon", "do", "draft").
		goes("/verwaltung/nachrichten?ordner=entwuerfe")
	h.get("jette", "/verwaltung/nachrichten?ordner=entwuerfe").shows(200, "Anstrich", "Ab Mon")
	kept := h.get("jette", "/verwaltung/nachrichten/verfassen?entwurf="+form.value("draft")).shows(200, "Ab Mon", "Ahornallee 14")
	to := h.post("jette", "/verwaltung/nachrichten/verfassen", "_key", kept.value("_key"), "draft", kept.value("draft"), "to", "stairwell:b14/14", "subject", "Anstrich", "text", "Ab Montag.", "replies", "on").
		goes("/verwaltung/nachrichten/")
	h.get("jette", "/verwaltung/nachrichten?ordner=entwuerfe").hides("Ab Mon")
	h.get("jette", "/verwaltung/nachrichten?ordner=gesendet").shows(200, "Anstrich", "An alle im Aufgang Ahornallee 14")
	id := strings.TrimSuffix(strings.TrimPrefix(to, "/verwaltung"), "?ok=verschickt")
	h.get("samira", id).shows(200, "Anstrich", "Ihre Antwort liest nur die Verwaltung.")
	own := h.post("samira", id, "text", "Und mein Fahrrad?").goes("/nachrichten/")
	if strings.HasPrefix(own, id) {
		t.Error("the answer is in the house's conversation")
	}
	h.get("marlene", id).shows(200).hides("Fahrrad")
	h.get("jette", "/verwaltung"+id).shows(200, "1 Antwort", "Samira Haddad: Anstrich")
	h.get("giulia", id).shows(404)
}

func TestStaffLookAfterConversations(t *testing.T) {
	h := newHouse(t)
	id := h.begin("marlene", "l5", "Frage", "Wann?")
	at := "/verwaltung/nachrichten/" + id
	h.get("jette", "/verwaltung").shows(200, "Marlene Brandt: Frage")
	h.post("jette", at+"/zustaendig", "assignee", "klaus").goes(at + "?ok=zustaendig")
	h.get("klaus", "/verwaltung/nachrichten?zustaendig=ich").shows(200, "Frage")
	h.get("jette", "/verwaltung/nachrichten?zustaendig=ich").hides("Marlene Brandt: Frage")
	h.post("jette", at, "text", "Die weiß es schon.", "as", "note").goes(at + "?ok=notiz")
	h.get("marlene", "/nachrichten/"+id).hides("Die weiß es schon")
	h.post("jette", at, "text", "Rief an, Dienstag passt.", "as", "phone").goes(at + "?ok=eingetragen")
	h.get("marlene", "/nachrichten/"+id).shows(200, "Rief an, Dienstag passt.", "am Telefon")
	h.post("jette", at+"/erledigt").goes("/verwaltung/nachrichten?ok=erledigt")
	h.get("jette", "/verwaltung/nachrichten?offen=1").hides("Marlene Brandt: Frage")
	h.get("jette", "/verwaltung/nachrichten?q=ahornallee").shows(200, "Marlene Brandt: Frage")
	h.get("jette", "/verwaltung/nachrichten?q=nirgends").shows(200, "Nichts gefunden")
	h.post("jette", at+"/aufbewahren", "hold", "on").shows(404)
	h.post("chef", at+"/aufbewahren", "hold", "on").goes(at)
	h.get("jette", "/verwaltung/personen/marlene").shows(200, "Nachricht verfassen", "Frage")
}

func TestADraftIsKeptWhileWriting(t *testing.T) {
	h := newHouse(t)
	h.post("marlene", "/nachrichten/entwurf", "_place", "new", "lease", "l7", "subject", "Halb", "text", "fertig").shows(200, "Entwurf gesichert, 10:00")
	h.get("marlene", "/nachrichten/neu").shows(200, "zuletzt geschrieben", "fertig")
	h.get("samira", "/nachrichten/neu").hides("fertig")
	h.post("marlene", "/nachrichten/neu", "_key", "k", "lease", "l7", "subject", "Ganz", "text", "fertig").goes("/nachrichten/")
	h.get("marlene", "/nachrichten/neu").hides("zuletzt geschrieben")
}

// A session ends while somebody writes: what was sent stands in the form after
// the next sign-in, for that account alone.
func TestNothingTypedIsLostWithASession(t *testing.T) {
	h := newHouse(t)
	page := h.get("marlene", "/nachrichten/neu")
	h.gone["marlene"] = true
	h.post("marlene", "/nachrichten/neu", "_key", "k", "_whose", page.value("_whose"), "lease", "l5", "subject", "Lang", "text", "Lange getippt").goes("/anmelden?weiter=%2Fnachrichten%2Fneu")
	h.post("marlene", "/nachrichten/neu", "_whose", "gefälscht", "lease", "l5", "subject", "Fremd", "text", "Fremd").goes("/anmelden")
	delete(h.gone, "marlene")
	if got := h.get("marlene", "/nachrichten/neu").shows(200, "zuletzt geschrieben").value("text"); got != "Lange getippt" {
		t.Errorf("the form holds %q", got)
	}
	h.get("samira", "/nachrichten/neu").hides("getippt")
	id := h.begin("giulia", "l11", "Frage", "x")
	desk := h.get("jette", "/verwaltung/nachrichten/"+id)
	h.gone["jette"] = true
	h.post("jette", "/verwaltung/nachrichten/"+id, "_whose", desk.value("_whose"), "text", "Halbe Stunde Pause").goes("/verwaltung/anmelden")
	delete(h.gone, "jette")
	h.get("jette", "/verwaltung/nachrichten/"+id).shows(200, "Halbe Stunde Pause")
	h.get("klaus", "/verwaltung/nachrichten/"+id).hides("Halbe Stunde Pause")
}
