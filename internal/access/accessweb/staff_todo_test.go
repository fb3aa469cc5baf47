package accessweb_test

import (
	"testing"
	"time"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/portfolio"
)

// portal switches the organisation's portal.
func (o *office) portal(on bool) {
	o.t.Helper()
	must(o.t, o.orgs.SwitchPortal(o.t.Context(), actor.NewOperator(storetest.Org), on))
}

// While the organisation's portal is off, no page offers what would change
// nothing, and no release is used up.
func TestE7_TheOrganisationsPortalIsOff(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		o.estate()
		o.portal(false)
		owner, manager, caretaker := o.as("proprietor"), o.as("manager"), o.as("caretaker")
		const p1, p3 = "/verwaltung/liegenschaften/p1", "/verwaltung/liegenschaften/p3"
		for _, path := range []string{p1, p3} {
			owner.want(owner.get(path), 200, "Das Portal Ihrer Organisation ist ausgeschaltet", `href="/verwaltung/organisation#portal"`, "!Für das Portal freigeben", "!Das Portal ist hier ausgeschaltet")
			for _, b := range []*browser{manager, caretaker} {
				b.want(b.get(path), 200, "Das Portal Ihrer Organisation ist ausgeschaltet", "wer bei Ihnen die Organisation verwaltet", "!/verwaltung/organisation", "!Für das Portal freigeben")
			}
		}
		manager.want(manager.get(p3+"/freigeben"), 200, "schalten Sie es darum bitte vorher ein", "wer bei Ihnen die Organisation verwaltet", `!method="post" action="`+p3+`/freigeben"`, `!name="informed"`)
		owner.want(owner.get(p3+"/freigeben"), 200, `href="/verwaltung/organisation#portal"`, `!name="informed"`)
		manager.want(manager.post(p3+"/freigeben", "checkliste", "1", "informed", "on", "up_to_date", "on", "wanted", "on"), 409, "Bei der ersten Freigabe entstehen die Zugangsschreiben")
		owner.lang = "en"
		owner.want(owner.get(p3), 200, "The portal of your organisation is switched off", "!>Release for the portal")
		owner.want(owner.get(p3+"/freigeben"), 200, "please switch it on before")
		o.portal(true)
		manager.want(manager.get(p3), 200, "Das Portal ist hier ausgeschaltet", "Für das Portal freigeben")
		manager.to(manager.post(p3+"/freigeben"), p3+"?ok=freigegeben")
		o.drain()
		manager.want(manager.get("/verwaltung"), 200, "1 Zugangsschreiben, Kantweg 41")
	})
}

// Heute counts everybody in the state that the tables show, and the list of
// properties counts the same persons.
func TestK6_TodayAndTheListCountTheSamePersons(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t).DB)
	ids := o.estate()
	b := o.as("clerk")
	b.want(b.get("/verwaltung"), 200, "1 von 10", `>Widerrufen</`, "!>Angefragt</")
	b.want(b.get("/verwaltung/liegenschaften"), 200, "3 Liegenschaften, 11 Einheiten, 10 Personen")
	o.write(func(tx *store.Tx) error { // Elke Pohl rents a flat in the second house as well
		u := portfolio.Unit{ID: "u-more", Label: "12", Usage: portfolio.Flat}
		u.Place(portfolio.Building{ID: "b-p2-3", PropertyID: "p2", Street: "Werkhof", HouseNumber: "3"})
		for _, err := range []error{portfolio.PutUnits(tx, []portfolio.Unit{u}),
			portfolio.PutLeases(tx, o.now(), []portfolio.Lease{{ID: "l-more", UnitID: "u-more", Kind: portfolio.Rental, StartsOn: "2024-01-01", Currency: "EUR"}}),
			portfolio.PutMemberships(tx, []portfolio.Membership{{LeaseID: "l-more", PersonID: ids["Pohl"], Role: portfolio.ContractParty, FromDay: "2024-01-01", ToDay: portfolio.Forever}})} {
			if err != nil {
				return err
			}
		}
		return nil
	})
	b.want(b.get("/verwaltung"), 200, "1 von 10")
	b.want(b.get("/verwaltung/liegenschaften"), 200, "3 Liegenschaften, 12 Einheiten, 10 Personen")
	b.want(b.get("/verwaltung/liegenschaften?q=werkhof"), 200, "1 Liegenschaft, 2 Einheiten, 2 Personen")
	limited := o.as("limited")
	limited.want(limited.get("/verwaltung/liegenschaften"), 200, "1 Liegenschaft,", "8 Personen")
}

// What leads nowhere is no thing to do.
func TestK15_ExpiredCodesStandOnTodayWhileTheButtonWorks(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t).DB)
	o.estate()
	b := o.as("manager")
	b.want(b.get("/verwaltung"), 200, "1 Zugangscode ist abgelaufen")
	b.to(b.post("/verwaltung/liegenschaften/p1/einheiten/u-p1-14-4/uvi", "uvi", "nein", "seite", "1"), "/verwaltung/liegenschaften/p1/einheiten?ok=einheit&seite=1")
	b.want(b.get("/verwaltung"), 200, "!ist abgelaufen", "Gerade wartet nichts auf Sie", "!f-side__count", ">Abgelaufen</")
}

// A caretaker and whoever only reads have nothing to do with access: no list,
// no number beside Heute, and no login on a caretaker's page.
func TestT1_NothingWaitsForWhoOnlyReads(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t).DB)
	ids := o.estate()
	o.refuse(ids["Brandt"], "marlene.brandt@post.example")
	for _, who := range []string{"caretaker", "readonly"} {
		b := o.as(who)
		b.want(b.get("/verwaltung"), 200, "Gerade wartet nichts auf Sie", "kümmern sich andere in Ihrem Team", "!wartet auf Sie.", "!f-side__count", "!ist abgelaufen", "!Das bin ich nicht", "von 10")
		b.lang = "en"
		b.want(b.get("/verwaltung"), 200, "Others in your team take care of access", "!has expired")
	}
	clerk, caretaker := o.as("clerk"), o.as("caretaker")
	clerk.want(clerk.get("/verwaltung"), 200, "2 Dinge warten auf Sie", `f-side__count">2<`)
	card := "/verwaltung/personen/" + ids["Haddad"]
	clerk.want(clerk.get(card), 200, "samira@post.example", "Verlauf", "Einverständnis mit E-Mails", "Zugangsdaten")
	caretaker.want(caretaker.get(card), 200, "Samira Haddad", "Kontakt", "EG rechts · Wohnung 2", "Bestätigt",
		"!samira@post.example", "!Verlauf", "!Einverständnis", "!Zugangsdaten</h2>", "!registriert")
	caretaker.want(caretaker.get("/verwaltung/personen/"+ids["Brandt"]), 200, "marlene.brandt@post.example", "!Jemand hat „Das bin ich nicht“ gewählt")
}

// When everybody has a code, the box offers no button that can only fail.
func TestK15_TheButtonStandsWhereItWorks(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t).DB)
	o.estate()
	b := o.as("clerk")
	b.post("/verwaltung/liegenschaften/p1/schreiben")
	o.drain()
	b.want(b.get("/verwaltung/liegenschaften/p1"), 200, "Zurzeit braucht niemand ein neues Schreiben", "5 Personen haben einen Code, der noch gilt",
		"macht den früheren Code ungültig", `name="ausstehend" value="on"`, "!Alle Zugangsschreiben herunterladen", `!type="checkbox"`)
	o.later(time.Minute)
	path := b.post("/verwaltung/liegenschaften/p1/schreiben", "ausstehend", "on").Header().Get("Location")
	o.drain()
	b.want(b.get(path), 200, "5 Schreiben in einem PDF")
	b.lang = "en"
	b.want(b.get("/verwaltung/liegenschaften/p1"), 200, "5 persons have a code that is still valid")
}

// The form for an e-mail is not shown where the answer would be no.
func TestA7_X5_NoFormInVain(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t).DB)
	ids := o.estate()
	b := o.as("clerk")
	path := "/verwaltung/personen/" + ids["Weiß"] + "/einladen"
	b.want(b.get(path), 200, `name="email"`)
	o.settings(func(s *orgs.Settings) { s.ReissueChannel = orgs.ReissuePost })
	b.want(b.get(path), 409, "Verlorene Zugangsdaten ersetzt Ihre Organisation nur per Brief.", `!name="email"`)
	b.want(b.get("/verwaltung/personen/"+ids["Pohl"]+"/einladen"), 200, `name="email"`)
	b.want(b.get("/verwaltung/personen/"+ids["Haddad"]+"/einladen"), 409, "schon bestätigt")
}
