package app

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"foyer/internal/browsertest"
)

// open goes to a property's page.
func (j *journey) open(p *browsertest.Page, name string) {
	p.Go(j.verwaltung("/liegenschaften"))
	p.Follow(name)
}

// row is what the table says about a person.
func row(p *browsertest.Page, name string) string {
	return p.Eval(fmt.Sprintf(`([...document.querySelectorAll("main tr")].find(r => r.innerText.includes(%q)) || {innerText: ""}).innerText`, name))
}

// act takes an action from the menu of a person's row.
func (j *journey) act(p *browsertest.Page, name, action string) {
	p.Tap("Aktionen für " + name)
	p.Follow(action)
}

// is fails unless the table shows a person in that state.
func is(t *testing.T, p *browsertest.Page, name, state string) {
	t.Helper()
	if got := row(p, name); !strings.Contains(got, state) {
		t.Errorf("%s is not %s: %q", name, state, got)
	}
}

// property proves point 3 in a house that is already released.
func (j *journey) property(t *testing.T) {
	p := j.manager(t)
	p.Go(j.verwaltung("/liegenschaften"))
	j.look(t, p, "liegenschaften")
	j.open(p, "Ahornallee 10–16")
	p.Shows("Alle Zugangsschreiben herunterladen", "UVI nötig")
	p.Tap("Was bedeuten die Zugangsstufen?")
	p.Shows("Registrierung abgeschlossen.", "Noch keine Zugangsdaten verschickt.", "Der Code ist nicht mehr gültig. Bitte neu senden.")
	j.look(t, p, "liegenschaft")
	house := strings.Split(p.URL(), "?")[0]
	all := origin(j.lindhof()) + house
	p.Go(all + "?aufgang=14")
	is(t, p, "Samira Haddad", "Bestätigt")
	is(t, p, "Tom Winter", "Ausstehend")
	is(t, p, "Hannelore Weiß", "Abgelaufen")
	p.Tap("Aktionen für Hannelore Weiß")
	j.look(t, p, "liegenschaft-menue")

	p.Go(all + "?aufgang=14")
	j.act(p, "Hannelore Weiß", "Neu ausstellen: per E-Mail")
	j.look(t, p, "einladen")
	p.Fill("E-Mail-Adresse", "hannelore.weiss@post.example")
	p.Follow("Senden")
	if !strings.Contains(p.URL(), "/einladen") {
		t.Error("an e-mail leaves without consent")
	}
	j.look(t, p, "einladen-fehler")
	p.Tap("Die Person ist mit E-Mails an diese Adresse einverstanden.")
	p.Eval(`document.querySelector("[name=consent_on]").value = "2026-11-02"`)
	p.Fill("Wortlaut oder Fundort", "Formular vom Einzug, Blatt 2")
	p.Follow("Senden")
	p.Shows("Die E-Mail ist unterwegs")
	is(t, p, "Hannelore Weiß", "Ausstehend")
	if link(j.mail(t, "hannelore.weiss@post.example", "Ihr Zugang zum Bewohnerportal"), "/r/") == "" {
		t.Error("the invitation has no link")
	}

	p.Go(all + "?aufgang=14")
	j.act(p, "Dieter Pohl", "Neu ausstellen: Schreiben als PDF")
	j.look(t, p, "brief")
	if name, data := p.Download("Schreiben herunterladen"); !bytes.HasPrefix(data, []byte("%PDF-")) || !strings.Contains(name, "Dieter Pohl") {
		t.Errorf("the letter is %s, %d bytes", name, len(data))
	}
	p.Go(all + "?aufgang=14")
	is(t, p, "Dieter Pohl", "Ausstehend")

	j.act(p, "Zahnarztpraxis Dr. Kern", "Zugang zurücksetzen")
	j.look(t, p, "zuruecksetzen")
	if _, data := p.Download("Zurücksetzen und Schreiben herunterladen"); !bytes.HasPrefix(data, []byte("%PDF-")) {
		t.Errorf("the reset brings no letter: %d bytes", len(data))
	}
	p.Go(all + "?aufgang=14")
	is(t, p, "Zahnarztpraxis Dr. Kern", "Ausstehend")

	p.Go(all + "?aufgang=10")
	j.look(t, p, "liegenschaft-aufgang")
	j.act(p, "Vera Czerny", "Person ansehen")
	j.look(t, p, "person")
}

var number = regexp.MustCompile(`\d+`)

// letters proves K15 in the browser: one PDF and one list for exactly those who
// need a letter.
func (j *journey) letters(t *testing.T) {
	p := j.manager(t)
	p.Go(j.verwaltung(""))
	p.Shows("abgelaufen", "Neue Schreiben erzeugen?")
	j.look(t, p, "heute-abgelaufen")
	j.open(p, "Ahornallee 10–16")
	heading := p.Eval(`([...document.querySelectorAll("main h2")].find(h => h.innerText.includes("noch einen Zugang")) || {innerText: ""}).innerText`)
	n := number.FindString(heading)
	p.Follow("Alle Zugangsschreiben herunterladen")
	j.look(t, p, "schreiben-entstehen")
	j.settle(p, "PDF herunterladen")
	p.Shows(n + " Schreiben in einem PDF")
	j.look(t, p, "schreiben")
	if _, data := p.Download("PDF herunterladen"); !bytes.HasPrefix(data, []byte("%PDF-")) {
		t.Errorf("the letters are no PDF: %d bytes", len(data))
	}
	_, list := p.Download("Liste als CSV")
	if lines := strings.Count(strings.TrimSpace(string(list)), "\n"); fmt.Sprint(lines) != n {
		t.Errorf("%s persons need a letter, the list names %d", n, lines)
	}
	if strings.Contains(string(list), "Haddad") {
		t.Error("the list names somebody who has access")
	}
	j.open(p, "Ahornallee 10–16")
	p.Shows("Zurzeit braucht niemand ein neues Schreiben")
	p.Tap(p.Eval(`[...document.querySelectorAll("main summary")].find(s => s.innerText.includes("Code, der noch gilt")).innerText.trim()`))
	p.Shows("Trotzdem neue Schreiben erzeugen", "Ein neues Schreiben macht den früheren Code ungültig.")
	j.look(t, p, "liegenschaft-versorgt")
	p.Go(j.verwaltung("")) // where the button replaces no code any more, nothing is left to do
	if p.Has("Neue Schreiben erzeugen?") {
		t.Error("expired codes wait on Heute although nobody can be written to")
	}
}

// release proves that a property is released after the checklist, and that its
// letters then wait on Heute.
func (j *journey) release(t *testing.T) {
	p := j.manager(t)
	j.open(p, "Gartenweg 1")
	p.Shows("Das Portal ist hier ausgeschaltet")
	is(t, p, "Jörg Ähnlich", "Kein Zugang")
	j.look(t, p, "liegenschaft-aus")
	p.Follow("Für das Portal freigeben")
	j.look(t, p, "freigeben")
	p.Follow("Freigeben")
	p.Shows("Bitte bestätigen Sie diesen Punkt.")
	j.look(t, p, "freigeben-fehler")
	for _, point := range []string{"Die Bewohner wissen, dass Zugangsdaten kommen.", "Namen, Anschriften und Verträge sind auf dem neuesten Stand.", "Die digitale Zustellung ist gewünscht."} {
		p.Tap(point)
	}
	p.Follow("Freigeben")
	p.Shows("Die Liegenschaft ist freigegeben")
	for _, tab := range []string{"Einheiten", "Einstellungen"} {
		p.Follow(tab)
		j.look(t, p, "liegenschaft-"+strings.ToLower(tab))
	}
	p.Go(j.verwaltung(""))
	j.reloaded(p, "3 Zugangsschreiben, Gartenweg 1")
	p.Follow("3 Zugangsschreiben, Gartenweg 1")
	p.Shows("3 Schreiben in einem PDF")
	p.Follow("Als gedruckt abhaken")
	p.Shows("Als gedruckt abgehakt")
	p.Go(j.verwaltung(""))
	if p.Has("Zugangsschreiben, Gartenweg 1") {
		t.Error("letters that are printed still wait on Heute")
	}
	j.open(p, "Gartenweg 1")
	is(t, p, "Jörg Ähnlich", "Ausstehend")
}

// today proves point 5: what waits stands on Heute, and goes when it is done.
func (j *journey) today(t *testing.T) {
	p := j.manager(t)
	p.Go(j.verwaltung(""))
	p.Shows("Zu drucken", "Seestraße 27", "Zu erledigen", "E-Mail an Ole Christensen kam nicht an", "Elke Pohl: „Das bin ich nicht“")
	j.look(t, p, "heute")
	for p.Has("E-Mail an Ole Christensen kam nicht an") {
		p.Follow(p.Eval(`[[...document.querySelectorAll("main li")].find(l => l.innerText.includes("Ole Christensen")).querySelector("button")].map(b => b.getAttribute("aria-label") || b.textContent.trim().replace(/\s+/g, " "))[0]`))
		p.Shows("Erledigt")
	}
	j.look(t, p, "heute-erledigt")
}
