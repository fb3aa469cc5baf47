package orgsweb_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

const hostile = `"'></title></textarea></script></style>--><img src=x onerror=alert(1)><svg onload=alert(2)><xss style=x onclick=y>{{7*7}}`

func TestT18_HostileTextStaysText(t *testing.T) {
	h := newHouse(t)
	cut := func(n int) string { return string([]rune(hostile)[:min(n, len([]rune(hostile)))]) }
	if err := h.Change(t.Context(), actor.NewOperator(storetest.Org), func(e *orgs.Edit) {
		s := &e.Settings
		e.Name, s.LegalName, s.Street, s.City, s.Hours, s.SenderName = cut(80), cut(120), cut(120), cut(120), cut(120), cut(80)
		s.LetterContact, s.LetterFooter = cut(60), []string{cut(60)}
		s.Letters = map[string]orgs.LetterText{"de": {Intro: hostile, Closing: hostile}}
		s.EmergencyNumbers = []orgs.EmergencyNumber{{Label: cut(60), Number: "112", Note: cut(60)}}
	}); err != nil {
		t.Fatal(err)
	}
	h.write(t, func(tx *store.Tx) error {
		if _, err := store.Exec(tx, addProperty, "p3", hostile); err != nil {
			return err
		}
		_, err := h.AddStaff(tx, actor.NewOperator(storetest.Org), orgs.NewStaff{Email: "x@a.example", StaffChange: orgs.StaffChange{Name: cut(80), Role: actor.Clerk, Limited: true, Properties: []string{"p3"}}})
		return err
	})
	typed := url.Values{}
	for _, k := range []string{"name", "brand", "code_days", "host", "legal_name", "phone", "imprint_url", "letter_intro_de", "letter_footer", "sender_address", "emergency_label_0", "email", "language", "time_zone"} {
		typed.Set(k, hostile)
	}
	answers := map[string]*httptest.ResponseRecorder{}
	for _, path := range []string{"", "/texte", "/adressen", "/team", "/team/neu"} {
		answers["GET "+path] = h.get(admin, "/verwaltung/organisation"+path)
	}
	for _, path := range []string{"/portal", "/aussehen", "/notfall", "/sprachen", "/texte/anschrift", "/texte/briefe", "/texte/absender", "/team/neu"} {
		answers["POST "+path] = h.post(admin, "/verwaltung/organisation"+path, typed)
	}
	for name, w := range answers {
		if w.Code != 200 && w.Code != 422 {
			t.Errorf("%s: %d", name, w.Code)
		}
		inert(t, name, w.Body.String())
	}
}

// inert fails on everything that a strict Content-Security-Policy would stop.
func inert(t *testing.T, name, page string) {
	t.Helper()
	root, err := html.ParseWithOptions(strings.NewReader(page), html.ParseOptionEnableScripting(false))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if n.Data == "xss" || n.Data == "style" || n.Data == "script" && n.FirstChild != nil {
			t.Errorf("%s: <%s>", name, n.Data)
		}
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:") && a.Key != "value" {
				t.Errorf("%s: <%s %s=%q>", name, n.Data, a.Key, a.Val)
			}
		}
	}
}

func TestPagesSpeakEnglishToo(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{"", "/texte", "/adressen", "/team", "/team/neu"} {
		w := h.get(admin, "/verwaltung/organisation"+path+"?lang=en")
		want(t, w, 200, `lang="en"`)
		if strings.Contains(w.Body.String(), "[orgs") {
			t.Errorf("%s: a key without a text", path)
		}
	}
}
