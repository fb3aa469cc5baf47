package accessweb_test

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"foyer/internal/access"
	"foyer/internal/notifications/mail"
	"foyer/internal/orgs"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

// menu returns what the row menu of a person offers, by the last parts of the
// addresses.
func (b *browser) menu(property, name string) []string {
	b.o.t.Helper()
	page := b.get("/verwaltung/liegenschaften/" + property + "?q=" + name).Body.String()
	part := regexp.MustCompile(`(?s)<div class="f-menu" id="m0".*?</div>`).FindString(page)
	var list []string
	for _, m := range regexp.MustCompile(`href="/verwaltung/personen/[0-9a-f-]+/?([a-z]*)`).FindAllStringSubmatch(part, -1) {
		list = append(list, m[1])
	}
	return list
}

func TestK10_TheRowMenuOffersWhatTheStateAllows(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t).DB)
	o.estate()
	b := o.as("clerk")
	for name, want := range map[string][]string{
		"pohl": {"einladen", "brief", ""}, "christensen": {"einladen", "brief", "", "entziehen"}, "weiss": {"einladen", "brief", "", "entziehen"},
		"haddad": {"zuruecksetzen", "", "entziehen"}, "zahnarztpraxis": {"einladen", "brief", ""}, "hagedorn": {""},
	} {
		if got := b.menu("p1", name); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	if got := b.menu("p3", "winter"); !slices.Equal(got, []string{""}) {
		t.Errorf("a property without portal: %v", got)
	}
	if got := o.as("caretaker").menu("p1", "pohl"); !slices.Equal(got, []string{""}) {
		t.Errorf("a caretaker: %v", got)
	}
	b.want(b.get("/verwaltung/liegenschaften/p1?q=pohl"), 200, "Zugangsdaten per E-Mail senden", "Zugangsschreiben als PDF", "Person ansehen", `aria-label="Aktionen für Elke Pohl"`)
	b.want(b.get("/verwaltung/liegenschaften/p1?q=weiss"), 200, "Neu ausstellen: per E-Mail", "Neu ausstellen: Schreiben als PDF")
}

func TestK11_K12_ByEmailOnlyWithConsent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		ids := o.estate()
		b := o.as("clerk")
		path := "/verwaltung/personen/" + ids["Brandt"] + "/einladen?von=%2Fverwaltung%2Fliegenschaften%2Fp1%3Fq%3Dbrandt"
		b.want(b.get(path), 200, "An Marlene Brandt, Ahornallee 14, 2. OG links · Wohnung 5.", `value="marlene.brandt@post.example"`, "!checked", "Ohne Einverständnis nehmen Sie bitte den Brief")
		sent := len(o.outbox.Messages())
		b.want(b.post(path, "email", "marlene.brandt@post.example"), 422, "Ohne Einverständnis der Person dürfen wir keine E-Mail senden", `id="f-consent-e"`)
		b.want(b.post(path, "email", "marlene", "consent", "on", "consent_on", "2026-11-01"), 422, `value="marlene"`, "checked", `value="2026-11-01"`)
		b.want(b.post(path, "email", "marlene.brandt@post.example", "consent", "on", "wording", "Telefonat"), 422, `id="f-consent_on-e"`, `value="Telefonat"`)
		b.want(b.post(path, "email", "marlene.brandt@post.example", "consent", "on", "consent_on", "2031-01-01"), 422, `id="f-consent_on-e"`)
		o.drain()
		if len(o.outbox.Messages()) != sent || o.state(ids["Brandt"]) != access.NoAccess {
			t.Error("something was sent without consent")
		}
		page := b.to(b.post(path, "email", "Marlene.Brandt@post.example", "consent", "on", "consent_on", "2026-11-01", "wording", "Telefonat mit Frau Petersen"), "/verwaltung/liegenschaften/p1?ok=email&q=brandt")
		b.want(page, 200, `role="status"`, "Die E-Mail ist unterwegs", "Ausstehend")
		o.drain()
		if link := o.mailed("marlene.brandt@post.example"); !strings.HasPrefix(link, "/r/") {
			t.Errorf("the mail leads to %s", link)
		}
		card := "/verwaltung/personen/" + ids["Brandt"]
		b.want(b.get(card), 200, "Einverständnis liegt vor", "1. November 2026", "Telefonat mit Frau Petersen", "E-Mail vom 12. November", "gesendet", "Zugangsdaten ausgestellt")
		// Again, by one click to the stored address.
		b.want(b.get(path), 200, "Ein früherer Code wird damit ungültig", "Für marlene.brandt@post.example, erteilt am 1. November 2026")
		b.to(b.post(path, "email", "marlene.brandt@post.example"), "/verwaltung/liegenschaften/p1?ok=email&q=brandt")
		b.want(b.post(path, "email", "andere@post.example"), 422, "Das Einverständnis gilt für eine andere Adresse")
		b.want(b.get(card+"/einverstaendnis/zuruecknehmen"), 200, "Einverständnis von Marlene Brandt zurücknehmen?")
		b.want(b.to(b.post(card+"/einverstaendnis/zuruecknehmen"), card+"?ok=widerrufen"), 200, "Das Einverständnis ist zurückgenommen", "Es liegt kein Einverständnis vor")
		b.want(b.post(path, "email", "marlene.brandt@post.example"), 422, "Ohne Einverständnis")
	})
}

func TestConsentIsRecordedWithoutSending(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t).DB)
	ids := o.estate()
	b, card := o.as("clerk"), "/verwaltung/personen/"+ids["Pohl"]
	b.want(b.get(card+"/einverstaendnis"), 200, "Einverständnis eintragen", `!name="consent"`)
	b.want(b.post(card+"/einverstaendnis", "email", "elke@post.example"), 422, `id="f-consent_on-e"`, `value="elke@post.example"`)
	b.want(b.to(b.post(card+"/einverstaendnis", "email", "elke@post.example", "consent_on", "2026-10-01", "wording", "Mietvertrag § 14"), card+"?ok=einverstaendnis"), 200, "Mietvertrag § 14", "1. Oktober 2026", "Kein Zugang")
}

func TestK14_OneLetterForOnePerson(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t).DB)
	ids := o.estate()
	b := o.as("clerk")
	path := "/verwaltung/personen/" + ids["Pohl"] + "/brief?von=%2Fverwaltung%2Fliegenschaften%2Fp1"
	b.want(b.get(path), 200, "Zugangsschreiben für Elke Pohl", "An Elke Pohl, Ahornallee 14, EG links · Wohnung 1.", `data-after="/verwaltung/liegenschaften/p1?ok=brief"`, "!frühere Code")
	w := b.post(path)
	if w.Code != 200 || !strings.HasPrefix(w.Body.String(), "%PDF-") || !strings.Contains(w.Header().Get("Content-Disposition"), "Zugangsschreiben%20Elke%20Pohl.pdf") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	b.want(b.get("/verwaltung/liegenschaften/p1?q=pohl&ok=brief"), 200, "Das Zugangsschreiben ist heruntergeladen", "Brief vom 12. November")
	if again := b.post(path); !bytes.Equal(again.Body.Bytes(), w.Body.Bytes()) {
		t.Errorf("a second click gives another letter: %d", again.Code)
	}
	// Another one makes the first void, and the page says so before.
	o.later(2 * time.Minute)
	b.want(b.get(path), 200, "Der frühere Code der Person gilt dann nicht mehr")
	b.post(path)
	b.want(b.get("/verwaltung/personen/"+ids["Pohl"]), 200, "durch neue Zugangsdaten ersetzt", "noch nicht benutzt", "Elke Pohl, Ahornallee 14")
	b.want(b.post("/verwaltung/personen/"+ids["Haddad"]+"/brief"), 409, "setzen Sie den Zugang zurück")
	b.want(b.post("/verwaltung/personen/"+ids["Hagedorn"]+"/brief"), 409, "nur Vertragsparteien und Eigentümer")
	b.want(b.post("/verwaltung/personen/"+ids["Winter"]+"/brief"), 409, "für diese Liegenschaft ausgeschaltet")
}

func TestA7_X5_LostDataByPostOnly(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t).DB)
	ids := o.estate()
	o.settings(func(s *orgs.Settings) { s.ReissueChannel = orgs.ReissuePost })
	b := o.as("clerk")
	b.want(b.post("/verwaltung/personen/"+ids["Weiß"]+"/einladen", "email", "hannelore.weiss@post.example", "consent", "on", "consent_on", "2026-11-01"), 409, "nur per Brief")
	if w := b.post("/verwaltung/personen/" + ids["Weiß"] + "/brief"); w.Code != 200 {
		t.Errorf("the letter: %d", w.Code)
	}
	if got := b.menu("p1", "christensen"); !slices.Equal(got, []string{"brief", "", "entziehen"}) {
		t.Errorf("the menu offers %v", got)
	}
}

func TestRevokingAndResetting(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t).DB)
	ids := o.estate()
	b, samira, ole := o.as("clerk"), "/verwaltung/personen/"+ids["Haddad"], "/verwaltung/personen/"+ids["Christensen"]
	b.want(b.get(samira+"/zuruecksetzen"), 200, "Zugang von Samira Haddad zurücksetzen?", "an die Anschrift aus dem Vertrag", "An die bisherige E-Mail-Adresse geht ein Hinweis", `data-color="danger"`)
	w := b.post(samira + "/zuruecksetzen")
	if w.Code != 200 || !strings.HasPrefix(w.Body.String(), "%PDF-") {
		t.Fatalf("reset: %d", w.Code)
	}
	o.drain()
	if !slices.ContainsFunc(o.outbox.Messages(), func(m mail.Caught) bool {
		return m.Message.To.Addr == "samira@post.example" && strings.Contains(m.Message.Subject, "zurückgesetzt")
	}) {
		t.Error("the old address got no notice")
	}
	b.want(b.get(samira+"?ok=zurueckgesetzt"), 200, "Der Zugang ist zurückgesetzt", "Ausstehend", "Zugang zurückgesetzt")
	o.later(2 * time.Minute)
	b.want(b.post(samira+"/zuruecksetzen"), 409, "nur ein bestätigter Zugang")
	b.want(b.get(ole+"/entziehen"), 200, "Zugang von Ole Christensen entziehen?", "Der Code der Person gilt sofort nicht mehr")
	b.want(b.to(b.post(ole+"/entziehen?von=https://evil.example"), ole+"?ok=entzogen"), 200, "Der Zugang ist entzogen", "Widerrufen", "von der Verwaltung entzogen")
	b.want(b.post(ole+"/entziehen"), 409, "keinen Zugang, den Sie entziehen könnten")
	if o.state(ids["Christensen"]) != access.Revoked || o.state(ids["Haddad"]) != access.Pending {
		t.Error("states")
	}
}

func TestThePersonPageTellsAll(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t).DB)
	ids := o.estate()
	b := o.as("readonly")
	b.want(b.get("/verwaltung/personen/"+ids["Haddad"]), 200, "Samira Haddad", "Bestätigt", "samira@post.example", "Ahornallee 14", "EG rechts · Wohnung 2", "Vertragspartei", "registriert",
		"Zugang bestätigt", "die Person selbst", "Zugangsdaten", "!Zugang zurücksetzen</a>", "!Einverständnis zurücknehmen</a>", `href="/verwaltung/liegenschaften/p1"`)
	b.want(b.get("/verwaltung/personen/"+ids["Frühling"]), 200, "Beendet", "1. Januar 2019 bis 31. Dezember 2025", "beendet")
	b.want(b.get("/verwaltung/personen/"+ids["Haddad"]+"?von=%2Fverwaltung%2Fliegenschaften%2Fp1%3Fseite%3D2"), 200, `href="/verwaltung/liegenschaften/p1?seite=2"`)
	b.want(b.get("/verwaltung/personen/"+ids["Haddad"]+"?von=javascript:alert(1)"), 200, "!javascript")
	b.want(b.get("/verwaltung/personen/nichts"), 404)
}

func TestTodayIsAWorkList(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t).DB)
	b := o.as("manager")
	b.want(b.get("/verwaltung"), 200, "Guten Morgen, Jette", "Donnerstag, 12. November 2026", "Beginnen Sie mit Ihrer Bewohnerliste", "!f-side__count")
	ids := o.estate()
	b.want(b.get("/verwaltung"), 200, "1 Sache wartet auf Sie", "1 Zugangscode ist abgelaufen", "/verwaltung/liegenschaften/p1?zugang=expired", "Ahornallee 10–16", `f-side__count">1<`,
		"1 von 10", "haben ihren Zugang bestätigt", "Ausstehend")
	// A letter that cannot be printed, a mail that fails for good, "not me".
	o.add(dweller{house: "16", floor: "EG", label: "9", first: "田中", last: "葵"})
	must(t, o.Revoke(t.Context(), o.clerk(), ids["Christensen"]))
	path := b.post("/verwaltung/liegenschaften/p1/schreiben").Header().Get("Location")
	o.refuse(ids["Brandt"], "marlene.brandt@post.example")
	o.fails = &mail.SendError{Stage: mail.StageRecipient, Permanent: true, Code: 550, Reason: "unknown user"}
	must(t, o.ConfirmChecklist(t.Context(), o.clerk(), "p2", true, true, true))
	must(t, o.Invite(t.Context(), o.clerk(), access.ByMail{PersonID: ids["Ferri"], Address: "giulia@post.example", Consent: &access.ConsentGiven{On: "2026-01-01"}}))
	o.drain()
	page := b.get("/verwaltung")
	b.want(page, 200, "Zu drucken", path, "Schreiben für 田中 葵 nicht möglich", "können wir nicht drucken", "E-Mail an Giulia Ferri kam nicht an", "Diese Adresse nimmt keine Mails an. Antwort des Servers: 550: unknown user", "!mail not sent", "Marlene Brandt: „Das bin ich nicht“")
	for _, form := range regexp.MustCompile(`action="(/verwaltung/[^"]+/erledigt|/verwaltung/[^"]+/ablehnung-erledigt)"`).FindAllStringSubmatch(page.Body.String(), -1) {
		b.want(b.to(b.post(form[1]), "/verwaltung?ok=erledigt"), 200, "Der Eintrag steht nicht mehr auf Heute")
	}
	b.want(b.get("/verwaltung"), 200, "!Das bin ich nicht", "!kam nicht an", "!田中")
	ro := o.as("readonly")
	ro.want(ro.get("/verwaltung"), 200, "!ablehnung-erledigt", "!Als gedruckt abhaken")
	o.later(7 * time.Hour)
	b.want(b.get("/verwaltung"), 200, "Guten Tag, Jette")
	limited := o.as("limited")
	limited.want(limited.get("/verwaltung"), 200, "!Werkhof", "1 Liegenschaft mit Verbrauchsinformation")
}
