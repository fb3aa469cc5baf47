package contactchangesweb_test

import (
	"strings"
	"testing"
	"time"

	"foyer/internal/contactchanges"
	"foyer/internal/orgs"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/portfolio"
)

// whole is the form as it stands, with changes.
func whole(changes ...string) []string {
	form := map[string]string{"email": oldAddress, "mobile": "0171 39200 14", "phone": "", "post_name": "", "post_street": "", "post_postcode": "", "post_city": "", "post_country": "", "post_on": ""}
	for i := 0; i+1 < len(changes); i += 2 {
		form[changes[i]] = changes[i+1]
	}
	var out []string
	for k, v := range form {
		out = append(out, k, v)
	}
	return out
}

// A11: e-mail and phone are changed under Einstellungen → Kontaktdaten.
func TestA11_ContactDataAreChangedUnderSettings(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		v := h.visitor()
		v.signIn(oldAddress)
		v.shows(v.get("/einstellungen/zugang"), 200, `href="/einstellungen/kontakt"`)
		v.shows(v.get("/einstellungen/kontakt"), 200, oldAddress, "0171 39200 14", "Nur ausfüllen, wenn Briefe nicht in die Ahornallee 14 gehen sollen.", "3–4 Werktage", "nur auf Nachricht")
		v.shows(v.post("/einstellungen/kontakt", whole("email", "keine", "phone", "anrufen", "post_city", "Bozen")...), 422, "Fehler:", "Das @-Zeichen fehlt", "keine Telefonnummer", "Straße", `value="Bozen"`, `value="anrufen"`)
		v.shows(v.to(v.post("/einstellungen/kontakt", whole()...), "/einstellungen/kontakt?ok=gleich"), 200, "Nichts hat sich geändert")
		v.shows(v.to(v.post("/einstellungen/kontakt", whole("phone", "030 23125 877")...), "/einstellungen/kontakt?ok=gesendet"), 200,
			`role="status"`, "Neue Telefonnummer wird übertragen", "030 23125 877", "18. November 2026")
		v.shows(v.to(v.post("/einstellungen/kontakt", whole("email", newAddress)...), "/einstellungen/kontakt?ok=link"), 200, "Bitte bestätigen Sie Ihre neue E-Mail-Adresse", "Er gilt bis 11:00 Uhr")
		h.drain()

		mailbox := h.visitor() // on another device
		for range 3 {          // scanners open it too
			h.visitor().get(h.mailed(newAddress))
		}
		mailbox.shows(mailbox.to(mailbox.get(h.mailed(newAddress)), "/kontakt/bestaetigen"), 200, newAddress, "Adresse bestätigen")
		mailbox.shows(mailbox.post("/kontakt/bestaetigen"), 200, "Erwartet bis 18. November 2026")
		mailbox.shows(mailbox.post("/kontakt/bestaetigen"), 410, "Dieser Link gilt nicht mehr")
		v.shows(v.get("/einstellungen/kontakt"), 200, "Neue E-Mail-Adresse wird übertragen", newAddress, "Änderung zurückziehen")
	})
}

// A sensitive step: the password is asked for again, and nothing that was typed
// is lost.
func TestT13_ThePasswordIsAskedForAndNothingIsLost(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t).DB)
	v := h.visitor()
	v.signIn(oldAddress)
	h.later(16 * time.Minute)
	form := whole("email", newAddress, "phone", "030 23125 877", "_key", "k1")
	v.shows(v.post("/einstellungen/kontakt", form...), 200, "Bitte bestätigen Sie Ihr Passwort", newAddress, "030 23125 877", `value="k1"`)
	v.shows(v.post("/einstellungen/kontakt", append(form, "password", "falsch falsch falsch")...), 422, "030 23125 877", "!falsch falsch")
	old := v.cookies["foyer"]
	v.shows(v.to(v.post("/einstellungen/kontakt", append(form, "password", password)...), "/einstellungen/kontakt?ok=link"), 200, "030 23125 877")
	if v.cookies["foyer"] == old {
		t.Error("the session kept its token")
	}
	v.shows(v.to(v.post("/einstellungen/kontakt", form...), "/einstellungen/kontakt?ok=link"), 200) // a double click
	if w, err := h.contacts.Waiting(t.Context(), h.manager()); err != nil || w.All != 1 {
		t.Errorf("%+v, %v", w, err)
	}
}

// E19, X1: with locked contact data the page says who changes them and how.
func TestE19_ALockedPageSaysWhoChangesItAndHow(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t).DB)
	h.mode(orgs.ChangeLocked)
	v := h.visitor()
	v.signIn(oldAddress)
	v.shows(v.get("/einstellungen/kontakt"), 200, oldAddress, "0171 39200 14", "ändert die Hausverwaltung", "neue Einladung", "030 23125 100", `href="/nachrichten/neu"`, `!name="email"`)
	v.shows(v.post("/einstellungen/kontakt", whole("email", newAddress)...), 409, "ändert die Hausverwaltung")
}

// The old address cancels, also after the login has moved.
func TestT13_TheOldMailboxCancelsByAButton(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t).DB)
	h.mode(orgs.ChangeAtOnce)
	h.wishes("marlene", func(w *contactchanges.Wish) { w.Email = newAddress })
	h.proves(newAddress)
	v := h.visitor()
	v.shows(v.post("/anmelden", "email", oldAddress, "password", password), 422)
	v.shows(v.to(v.get(h.mailed(oldAddress)), "/kontakt/abbrechen"), 200, newAddress, "rückgängig gemacht", "Das war ich nicht: abbrechen")
	v.shows(v.post("/kontakt/abbrechen"), 200, "Änderung abgebrochen", `href="/passwort-vergessen"`)
	v.shows(v.post("/kontakt/abbrechen"), 410)
	v.shows(v.post("/anmelden", "email", newAddress, "password", password), 422)
	v.shows(v.post("/anmelden", "email", oldAddress, "password", password), 422) // a new one must be set
}

// X1, W16: staff have the queue with old and new, carry over one or several,
// reject with a reason that the resident reads.
func TestX1_StaffCarryOverAndReject(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		h.wishes("nils", func(w *contactchanges.Wish) { w.Mobile = "0171 39200 63" })
		h.wishes("marlene", func(w *contactchanges.Wish) { w.Email = newAddress })
		h.wishes("giulia", func(w *contactchanges.Wish) {
			w.Post, w.PostOn = portfolio.PostAddress{Street: "Via Esempio 4", Postcode: "39100", City: "Bozen"}, "2026-12-01"
		})
		h.wishes("bo", func(w *contactchanges.Wish) { w.Phone = "030 23125 877" })
		m := h.as("manager")
		m.shows(m.get("/verwaltung/kontaktaenderungen"), 200, "Offen (3)", "0171 39200 41", "0171 39200 63", "Via Esempio 4, 39100 Bozen", "gilt ab 1. Dezember", "nicht angegeben", "Ahornallee 10 · Wohnung 2", "!"+newAddress, "Alle 3 als CSV")
		m.shows(m.get("/verwaltung/kontaktaenderungen?stand=unbestaetigt"), 200, newAddress)
		h.proves(newAddress)
		page := m.get("/verwaltung/kontaktaenderungen")
		m.shows(page, 200, "Offen (4)", oldAddress, newAddress, "Anmeldung bis dahin mit alter Adresse")
		ids := changeIDs(page.Body.String())
		if len(ids) != 4 {
			t.Fatalf("%q", ids)
		}
		csv := m.post("/verwaltung/kontaktaenderungen/csv")
		if csv.Code != 200 || !strings.Contains(csv.Header().Get("Content-Disposition"), "kontaktaenderungen-2026-11-12.csv") || strings.Count(csv.Body.String(), "\r\n") != 5 {
			t.Errorf("%d %s\n%s", csv.Code, csv.Header().Get("Content-Disposition"), csv.Body)
		}
		m.shows(m.get("/verwaltung/kontaktaenderungen"), 200, "als CSV geholt am 12. November")
		m.shows(m.to(m.post("/verwaltung/kontaktaenderungen/uebertragen", "id", ids[0], "id", ids[1]), "/verwaltung/kontaktaenderungen?ok=uebertragen&n=2"), 200, "2 Änderungen sind übertragen", "Offen (2)")
		m.shows(m.to(m.post("/verwaltung/kontaktaenderungen/"+ids[2]+"/uebertragen"), "/verwaltung/kontaktaenderungen?ok=uebertragen&n=1"), 200, "1 Änderung ist übertragen")
		m.shows(m.to(m.post("/verwaltung/kontaktaenderungen/uebertragen"), "/verwaltung/kontaktaenderungen?ok=keine"), 200, "Wählen Sie zuerst")
		reject := "/verwaltung/kontaktaenderungen/" + ids[3] + "/ablehnen"
		m.shows(m.get(reject), 200, "Grund")
		m.shows(m.post(reject, "reason", " "), 422, "Bitte schreiben Sie einen Grund")
		m.shows(m.to(m.post(reject, "reason", "Bitte die ganze Nummer."), "/verwaltung/kontaktaenderungen?ok=abgelehnt"), 200, "Die Änderung ist abgelehnt", "Keine offenen Änderungen")
		m.shows(m.get("/verwaltung/kontaktaenderungen?stand=abgelehnt"), 200, "Bitte die ganze Nummer.")
		m.shows(m.get("/verwaltung/kontaktaenderungen?stand=uebertragen"), 200, newAddress, "Übernommen")
		m.shows(m.get("/verwaltung/kontaktaenderungen?stand=anders"), 404)
		m.shows(m.get("/verwaltung/personen/marlene"), 200, "Kontaktänderungen", newAddress)
		for _, who := range []string{"clerk", "caretaker", "readonly"} {
			o := h.as(who)
			o.shows(o.get("/verwaltung/kontaktaenderungen"), 404)
			o.shows(o.get("/verwaltung/personen/marlene"), 200, "!"+contactOnly)
		}
		limited := h.as("limited")
		limited.shows(limited.get("/verwaltung/kontaktaenderungen"), 200, "Offen (0)", "!Marlene")
		limited.shows(limited.get(reject), 404)
	})
}

const contactOnly = "Kontaktänderungen"

// Heute says when a promised day has come.
func TestX1_HeuteSaysWhenAPromisedDayHasCome(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t).DB)
	h.wishes("nils", func(w *contactchanges.Wish) { w.Mobile = "0171 39200 63" })
	m := h.as("manager")
	m.shows(m.get("/verwaltung"), 200, "!ins ERP übertragen")
	h.later(6 * 24 * time.Hour)
	m.shows(m.get("/verwaltung"), 200, "1 Kontaktänderung ins ERP übertragen", "Eine ist für heute zugesagt.")
	m.shows(m.get("/verwaltung/kontaktaenderungen"), 200, "Frist heute")
	h.later(24 * time.Hour)
	m.shows(m.get("/verwaltung"), 200, "Eine ist überfällig.")
	m.shows(m.get("/verwaltung/kontaktaenderungen"), 200, "Überfällig seit 18. November")
}

// A neighbour reaches nothing of it.
func TestT1_AForeignChangeIsNotThere(t *testing.T) {
	h := newHouse(t, storetest.SQLite(t).DB)
	h.wishes("marlene", func(w *contactchanges.Wish) { w.Phone = "030 1234567" })
	id := changeIDs(h.as("manager").get("/verwaltung/kontaktaenderungen").Body.String())[0]
	bo := h.visitor()
	bo.signIn("bo@post.example")
	bo.shows(bo.get("/einstellungen/kontakt/"+id+"/zurueckziehen"), 404)
	bo.shows(bo.post("/einstellungen/kontakt/"+id+"/zurueckziehen"), 404)
	bo.shows(bo.post("/einstellungen/kontakt/"+id+"/link"), 404)
	own := h.visitor()
	own.signIn(oldAddress)
	own.shows(own.get("/einstellungen/kontakt/"+id+"/zurueckziehen"), 200, "030 1234567")
	own.shows(own.to(own.post("/einstellungen/kontakt/"+id+"/zurueckziehen"), "/einstellungen/kontakt?ok=zurueck"), 200, "Die Änderung ist zurückgezogen")
}
