package documentsweb_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"foyer/internal/documents"
	"foyer/internal/documents/documentsweb"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/platform/web"
	"foyer/internal/portfolio"
)

// get answers without following where it leads.
func (d *desk) get(path string) (*http.Response, []byte) {
	d.t.Helper()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Get(d.url + path)
	must(d.t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	must(d.t, err)
	return res, body
}

// TestT41_H6_H7_FilesOpenByAnAddressOfAnHour: over HTTP, with what browsers are
// told about it (T19).
func TestT41_H6_H7_T19_FilesOpenByAnAddressOfAnHour(t *testing.T) {
	d := newDesk(t)
	doc := d.publish(documents.Statement, "Abrechnung 2025", "2026-10-01", portfolio.ToLease, "l5", false)
	lasting := documentsweb.FilePath(web.ResidentSite, doc.FileID)
	res, _ := d.get(lasting)
	link := res.Header.Get("Location")
	if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(link, lasting+"/") {
		t.Fatalf("%d %s", res.StatusCode, link)
	}
	d.later(documents.LinkLife - time.Second)
	res, body := d.get(link)
	if res.StatusCode != http.StatusOK || !bytes.Equal(body, pdf(t, "Abrechnung 2025")) && !bytes.HasPrefix(body, []byte("%PDF-")) {
		t.Fatalf("59:59: %d, %d bytes", res.StatusCode, len(body))
	}
	for name, want := range map[string]string{"Content-Type": "application/pdf", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'", "Cache-Control": "no-store"} {
		if got := res.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := res.Header.Get("Content-Disposition"); !strings.HasPrefix(got, "inline; filename=") {
		t.Errorf("Content-Disposition: %q", got)
	}
	det, err := d.Get(t.Context(), boss, doc.ID)
	if err != nil || det.ReadCount() != 1 {
		t.Errorf("W10: opened, but %d of %d have read it: %v", det.ReadCount(), len(det.Readers), err)
	}
	d.later(time.Second)
	res, body = d.get(link)
	if res.StatusCode != http.StatusGone || !strings.Contains(string(body), `href="`+lasting+`"`) {
		t.Errorf("60:00: %d, and no way to open it again", res.StatusCode)
	}
	if res, _ = d.get(lasting); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") == link {
		t.Errorf("again: %d %s", res.StatusCode, res.Header.Get("Location"))
	}
	fresh := res.Header.Get("Location")
	d.as(actor.NewResident(storetest.Org, "acc-giulia", []string{"giulia"}))
	for _, path := range []string{link, fresh, lasting, lasting + "/vorschau"} {
		if res, _ = d.get(path); res.StatusCode != http.StatusNotFound {
			t.Errorf("the neighbour gets %d for %s", res.StatusCode, path)
		}
	}
	if res, _ = d.get(web.StaffPrefix + fresh); res.StatusCode != http.StatusNotFound {
		t.Errorf("staff get %d for a resident's address", res.StatusCode)
	}
	staff := documentsweb.FilePath(web.StaffSite, doc.FileID)
	if res, _ = d.get(staff); res.StatusCode != http.StatusSeeOther {
		t.Errorf("staff: %d", res.StatusCode)
	}
	if res, _ = d.get(res.Header.Get("Location")); res.StatusCode != http.StatusOK {
		t.Errorf("staff's own address: %d", res.StatusCode)
	}
}

func TestA1_A20_X11_TheContractPageSaysWhy(t *testing.T) {
	d := newDesk(t)
	d.publish(documents.Contract, "Mietvertrag", "2024-08-12", portfolio.ToLease, "l5", false)
	page := func() string {
		res, body := d.get(documentsweb.ContractPath)
		if res.StatusCode != http.StatusOK {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
		return string(body)
	}
	has := func(step string, want map[string]bool) {
		t.Helper()
		text := page()
		for s, there := range want {
			if strings.Contains(text, s) != there {
				t.Errorf("%s: %q there: %v, want %v", step, s, !there, there)
			}
		}
	}
	has("all are shown", map[string]bool{"14-05-2": true, "982,00": true, "unbefristet": true, "Jonas Brandt": true, "/dateien/": true, "nur auf Papier": false})
	d.settings(`{"lease_documents_from":"2024-06-01"}`)
	has("signed after the day", map[string]bool{"/dateien/": true, "nur auf Papier": false})
	d.settings(`{"lease_documents_from":"2025-01-01"}`)
	has("signed before the day", map[string]bool{"/dateien/": false, "1. Januar 2025": true, "nur auf Papier": true, "982,00": true})
	d.as(actor.NewResident(storetest.Org, "acc-jonas", []string{"jonas"}))
	has("a co-resident", map[string]bool{"982,00": false, "14-05-2": false, "Personen im Vertrag": false, "/dateien/": false, "Vertragsparteien": true})
}

func TestListOfResidentsIsFilteredAndPaged(t *testing.T) {
	d := newDesk(t)
	for i := range 27 {
		d.publish(documents.Statement, "Verbrauch "+string(rune('A'+i)), "2025-03-01", portfolio.ToLease, "l5", false)
	}
	d.publish(documents.Minutes, "Protokoll der Hausbegehung", "2026-02-01", portfolio.ToProperty, "p1", false)
	for path, want := range map[string]struct {
		items int
		text  string
	}{
		"":                         {25, "28 Dokumente"},
		"?seite=2":                 {3, "Verbrauch A"},
		"?seite=99":                {3, "Verbrauch A"},
		"?jahr=2026":               {1, "Protokoll der Hausbegehung"},
		"?art=minutes":             {1, "Protokoll der Hausbegehung"},
		"?q=HAUSBEGEHUNG":          {1, "Protokoll der Hausbegehung"},
		"?q=gibtesnicht":           {0, "Nichts gefunden"},
		"?art=minutes&jahr=2025":   {0, "Nichts gefunden"},
		"?q=%25&seite=-1&jahr=xxx": {0, "Nichts gefunden"},
	} {
		res, body := d.get(documentsweb.Path + path)
		if n := strings.Count(string(body), `class="f-item__link"`); res.StatusCode != http.StatusOK || n != want.items || !strings.Contains(string(body), want.text) {
			t.Errorf("%s: %d, %d items, want %d and %q", path, res.StatusCode, n, want.items, want.text)
		}
	}
}

func TestReadOnlyStaffChangeNothing(t *testing.T) {
	d := newDesk(t)
	doc := d.publish(documents.Letter, "Brief", "2026-02-01", portfolio.ToProperty, "p1", false)
	d.as(reader)
	for path, want := range map[string]int{"": 200, "/" + doc.ID: 200, "/neu": 404, "/" + doc.ID + "/zurueckziehen": 404} {
		if res, _ := d.get(documentsweb.StaffPath + path); res.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, res.StatusCode, want)
		}
	}
	_, body := d.get(documentsweb.StaffPath + "/" + doc.ID)
	if strings.Contains(string(body), `method="post" action="`+documentsweb.StaffPath) {
		t.Error("read-only staff are offered a form")
	}
}
