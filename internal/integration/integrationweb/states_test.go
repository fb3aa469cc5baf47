package integrationweb_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"foyer/internal/browsertest"
	"foyer/internal/integration"
	"foyer/internal/integration/residentlist"
)

// waits is a whole list in which somebody new comes into a unit that is let to
// somebody who is missing in it.
const waits = "property_ref;Street;Street number;Postcode;City;unit_ref;unit_label;lease_ref;Move-in;Move-out;person_ref;First name;Last name;Email\n" +
	"104;Ahornallee;16;12623;Berlin;16-01;Wohnung 1;V-1004;2019-05-01;;M-1004;Aaron;Feld;aaron.feld@post.example\n" +
	"104;Ahornallee;16;12623;Berlin;16-02;Wohnung 2;V-2005;2026-12-01;;M-2005;Ada;Nguyen;\n" +
	"104;Ahornallee;16;12623;Berlin;16-01;Wohnung 1;V-2006;2026-12-01;;M-2006;Tom;Reed;\n" +
	"104;Ahornallee;16;12623;Berlin;16-09;Wohnung 9;V-2007;2026-12-01;2026-11-30;M-2007;Eve;Stone;\n" +
	"104;Ahornallee;16;12623;Berlin;16-08;Wohnung 8;V-2008;2026-12-01;;M-2008;Max;Lee;\n"

// shown checks a page at a phone's and a computer's width; with pictures where
// they are asked for.
func (d *desk) shown(p *browsertest.Page, name string, texts ...string) {
	d.t.Helper()
	p.Shows(texts...)
	for _, width := range []int{390, 1280} {
		p.Look(browsertest.Window{Width: width})
		p.Fits()
		p.Axe()
		if os.Getenv("FOYER_SHOTS") != "" {
			p.Shot("import-" + d.lang + "-" + name)
		}
	}
	for _, code := range []string{"integrationweb.", "import.", "lease_end", "lease_start"} {
		if strings.Contains(p.Text("main"), code) {
			d.t.Errorf("%s shows %q", name, code)
		}
	}
	p.Quiet()
}

// checked brings a run to its check without the pages and returns its address.
func (d *desk) checked(name, text string, complete bool) (id, url string) {
	d.t.Helper()
	id, err := d.Start(d.t.Context(), manager, strings.NewReader(text), name)
	must(d.t, err)
	r, err := d.Run(d.t.Context(), manager, id)
	must(d.t, err)
	must(d.t, d.Check(d.t.Context(), manager, id, integration.Choice{Mapping: residentlist.Mapping(r.Mapping), Complete: complete}))
	d.drain()
	return id, d.url + "/verwaltung/import/" + id
}

// TestW14_EveryStateHasItsPage looks at the states that a list rarely gets
// into, in both languages: waiting rows, failed, discarded, stopped, outdated,
// undone in part and not at all, erased.
func TestW14_EveryStateHasItsPage(t *testing.T) {
	b := browsertest.Start(t)
	for _, lang := range []string{"en", "de"} {
		t.Run(lang, func(t *testing.T) {
			d := newDesk(t)
			d.lang = lang
			say := func(en, de string) string {
				if lang == "de" {
					return de
				}
				return en
			}
			p := b.OpenFor(t, browsertest.Window{Width: 1280})
			p.Go(d.url + "/verwaltung/import")
			d.shown(p, "leer", say("No import yet", "Noch kein Import"))
			d.bring(stock)
			p.Upload(say("Resident list", "Mieterliste"), file(t, "residents.csv", waits))
			p.Follow(say("Upload file", "Datei hochladen"))
			d.shown(p, "spalten", say("Assign columns", "Spalten zuordnen"))
			p.Tap(say("The list is complete", "Die Liste ist vollständig"))
			p.Follow(say("Check", "Prüfen"))
			d.drain()
			over(d, p, browsertest.Window{}, say("dry run", "Probelauf"))
			d.shown(p, "wartet", say("Waiting for an end", "Warten auf ein Ende"), "Ada Nguyen", say("in row 2", "in Zeile 2"), "Move-out", "Move-in")
			waiting := d.url + p.URL()
			waiting, _, _ = strings.Cut(waiting, "?")

			p.Go(d.failed())
			d.shown(p, "nicht-lesbar", say("Not readable", "Nicht lesbar"), say("A quotation mark in row 3", "Ein Anführungszeichen in Zeile 3"))

			id, at := d.checked("discarded.csv", waits, false)
			must(t, d.Cancel(t.Context(), manager, id))
			p.Go(at)
			d.shown(p, "verworfen", say("This import was discarded.", "Dieser Import wurde verworfen."))

			d.later(time.Minute)
			d.bring(strings.Replace(stock, "Samira;Haddad", "Samira;Haddad-Neu", 1))
			p.Go(waiting)
			d.shown(p, "veraltet", say("This check is out of date.", "Diese Prüfung ist nicht mehr aktuell."))
			d.later(time.Minute)
			p.Follow(say("Check again", "Neu prüfen"))
			d.drain()
			over(d, p, browsertest.Window{}, say("dry run", "Probelauf"))
			p.Shows(say("Waiting for an end", "Warten auf ein Ende"))

			d.exec(`UPDATE import_run SET state = 'stopped', step = 'apply', applied_at = 1, applied_by = 'x' WHERE org_id = $1 AND state = 'checked'`)
			p.Go(waiting)
			d.shown(p, "unterbrochen", say("The import was interrupted.", "Der Import wurde unterbrochen."), say("Go on applying", "Weiter übernehmen"))
			p.Shows(say("will be added", "werden angelegt"))
			d.exec(`UPDATE import_run SET step = 'undo' WHERE org_id = $1 AND state = 'stopped'`)
			p.Go(waiting)
			d.shown(p, "rueckgaengig-unterbrochen", say("Undoing was interrupted.", "Das Rückgängigmachen wurde unterbrochen."))
			d.exec(`UPDATE import_run SET step = 'apply' WHERE org_id = $1 AND state = 'stopped'`)
			p.Go(waiting)
			p.Follow(say("Go on applying", "Weiter übernehmen"))
			d.drain()
			over(d, p, browsertest.Window{}, say("The list has been applied.", "Die Liste ist übernommen."))
			d.shown(p, "uebernommen")
			d.undone(p, say)
		})
	}
}

// failed hands in a file that breaks off in the middle and returns its address.
func (d *desk) failed() string {
	_, at := d.checked("broken.csv", "unit_ref;lease_start;last_name\n1;2020-01-01;Feld\n2;2020-01-01;\"Kaya\n", false)
	return at
}

// undone takes lists back of which something, or everything, is in use.
func (d *desk) undone(p *browsertest.Page, say func(en, de string) string) {
	d.t.Helper()
	d.later(time.Minute)
	run := d.bring(strings.Replace(stock, "54,5", "60,5", 1) + // and Samira Haddad has her old name again
		"104;Wohnanlage Ahornallee 10–16;Ahornallee;16;12623;Berlin;16-07;Wohnung 7;EG;60,0;V-1009;01.02.2021;;M-1009;Uma;Berg;\n")
	d.exec(`INSERT INTO access_code (org_id, id, person_id, lease_id, channel, typed_hash, link_hash, address, issued_by, issued_at, expires_at)
		VALUES ($1, 'c1', $2, (SELECT lease_id FROM lease_person WHERE org_id = $1 AND person_id = $2), 'letter', 'x', 'x', '', 'x', 1, 2)`, d.person("M-1009"))
	must(d.t, d.Undo(d.t.Context(), manager, run.ID))
	d.drain()
	p.Go(d.url + "/verwaltung/import/" + run.ID)
	d.shown(p, "teilweise", say("Partly undone", "Teilweise rückgängig gemacht"), say("from 01/02/2021", "ab 01.02.2021"), say("What you can do", "Was Sie tun können"))
	if strings.Contains(p.Text("main"), "2021-02-01") {
		d.t.Error("a day is not in the reader's format")
	}
	d.later(time.Minute)
	run = d.bring(strings.Replace(strings.Replace(stock, "Samira;Haddad", "Samira;Haddad-Neu", 1), "marlene.brandt@", "m.brandt@", 1))
	d.exec(`UPDATE person SET phone = '030 9' WHERE org_id = $1 AND ref = 'M-1001'`)
	must(d.t, d.Undo(d.t.Context(), manager, run.ID))
	d.drain()
	p.Go(d.url + "/verwaltung/import/" + run.ID)
	d.shown(p, "nicht-rueckgaengig", say("Not undone", "Nicht rückgängig gemacht"), say("The import could not be undone.", "Der Import ließ sich nicht rückgängig machen."))
	d.exec(`UPDATE import_run SET state = 'applied', blob = '', undone_at = 0 WHERE org_id = $1 AND id = $2`, run.ID)
	d.exec(`DELETE FROM import_kept WHERE org_id = $1`)
	d.exec(`DELETE FROM import_result WHERE org_id = $1`)
	p.Go(d.url + "/verwaltung/import/" + run.ID)
	d.shown(p, "geloescht", say("at most 30 days", "höchstens 30 Tage"))
	p.Go(d.url + "/verwaltung/import")
	d.shown(p, "liste", say("Latest imports", "Letzte Importe"), say("Partly undone", "Teilweise rückgängig gemacht"))
}
