package app

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"foyer/internal/platform/store/storetest"
)

const importList = "Objektnummer;Liegenschaft;Straße;Hausnr.;PLZ;Ort;WE-Nr.;Bezeichnung;Mietbeginn;Nachname;Vorname;E-Mail\r\n" +
	"77;Hofweg;Hofweg;7;12345;Berlin;7-1;Wohnung 1;01.02.2020;<b>Öztürk</b>;Aylin;aylin@post.example\r\n" +
	"77;Hofweg;Hofweg;7;12345;Berlin;7-2;Wohnung 2;31.02.2020;Falsch;Tag;\r\n"

func (e *estate) send(t *testing.T, id identity, path, kind string, body *bytes.Buffer) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, body)
	r.Host = "a.example"
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Cookie", id.cookie)
	w := httptest.NewRecorder()
	e.Handler.ServeHTTP(w, r)
	return w
}

func (e *estate) form(t *testing.T, id identity, path string, v url.Values) *httptest.ResponseRecorder {
	t.Helper()
	w := e.send(t, id, path, "application/x-www-form-urlencoded", bytes.NewBufferString(v.Encode()))
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%s: %d\n%s", path, w.Code, regexp.MustCompile(`<main[\s\S]*?</main>`).FindString(w.Body.String()))
	}
	return w
}

func (e *estate) file(t *testing.T, id identity, text string) *httptest.ResponseRecorder {
	t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	part, err := m.CreateFormFile("file", "liste.csv")
	if err != nil {
		t.Fatal(err)
	}
	part.Write([]byte(text))
	m.Close()
	return e.send(t, id, "/verwaltung/import", m.FormDataContentType(), &body)
}

var chosen = regexp.MustCompile(`<select[^>]*name="(c_\w+)"[\s\S]*?</select>`)
var option = regexp.MustCompile(`<option[^>]*value="([^"]*)"[^>]*selected`)

// A manager takes a list in by the pages alone: file, columns as recognised,
// dry run with the rejected row and its reason, apply, once more unchanged,
// undo.
func TestW14_AListGoesInByThePages(t *testing.T) {
	e := newEstate(t)
	boss := e.as("manager of " + storetest.Org)
	if w := e.file(t, boss, "\x00\x01\x02 kein Text"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Das ist keine Tabelle") {
		t.Fatalf("a binary file: %d", w.Code)
	}
	run := func(complete url.Values) string {
		w := e.file(t, boss, importList)
		if w.Code != http.StatusSeeOther {
			t.Fatalf("upload: %d %s", w.Code, w.Body)
		}
		at := w.Header().Get("Location")
		page := e.do(boss, http.MethodGet, at).Body.String()
		for _, sel := range chosen.FindAllStringSubmatch(page, -1) {
			if o := option.FindStringSubmatch(sel[0]); o != nil && o[1] != "" {
				complete.Set(sel[1], o[1])
			}
		}
		e.form(t, boss, at+"/pruefen", complete)
		if body := e.do(boss, http.MethodGet, at).Body.String(); !strings.Contains(body, "Wird geprüft") {
			t.Error("no progress is shown while the list is checked")
		}
		if _, err := e.Queue.Drain(context.WithoutCancel(t.Context())); err != nil {
			t.Fatal(err)
		}
		return at
	}
	at := run(url.Values{})
	page := e.do(boss, http.MethodGet, at).Body.String()
	for _, want := range []string{"Probelauf", "31.02.2020", "So beheben Sie es", "Aylin", "&lt;b&gt;", "1 Zeile übernehmen"} {
		if !strings.Contains(page, want) {
			t.Errorf("the dry run does not show %q", want)
		}
	}
	if strings.Contains(page, "<b>Öz") {
		t.Error("a name is shown as markup")
	}
	if csv := e.do(boss, http.MethodGet, at+"/abgelehnt.csv"); csv.Code != 200 || !strings.Contains(csv.Body.String(), "Falsch") {
		t.Errorf("rejected rows as CSV: %d", csv.Code)
	}
	e.form(t, boss, at+"/uebernehmen", url.Values{})
	e.Queue.Drain(context.WithoutCancel(t.Context()))
	if page := e.do(boss, http.MethodGet, at).Body.String(); !strings.Contains(page, "Die Liste ist übernommen") {
		t.Error("not applied")
	}
	again := run(url.Values{})
	if page := e.do(boss, http.MethodGet, again).Body.String(); !strings.Contains(page, "Es gibt nichts zu übernehmen") {
		t.Error("the same list again would change something")
	}
	for _, id := range []string{"clerk of " + storetest.Org, "readonly of " + storetest.Org} {
		if w := e.do(e.as(id), http.MethodGet, at); w.Code != http.StatusNotFound {
			t.Errorf("%s sees the import: %d", id, w.Code)
		}
	}
	if w := e.do(boss, http.MethodGet, at+"/rueckgaengig"); w.Code != 200 || !strings.Contains(w.Body.String(), "rückgängig machen?") {
		t.Errorf("asked before undoing: %d", w.Code)
	}
	e.form(t, boss, at+"/rueckgaengig", url.Values{})
	e.Queue.Drain(context.WithoutCancel(t.Context()))
	if page := e.do(boss, http.MethodGet, at).Body.String(); !strings.Contains(page, "Rückgängig gemacht") {
		t.Error("not undone")
	}
}
