package orgsweb_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"foyer/internal/browsertest"
	"foyer/internal/platform/actor"
)

// Every page, looked at by axe in the widths and schemes that people use, and
// one form filled in without script.
func TestPagesInABrowser(t *testing.T) {
	h := newHouse(t)
	h.add(t, "chefin@a.example", actor.Proprietor)
	clerk := h.add(t, "neu@a.example", actor.Clerk, "p1")
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Host = "a.example"
		r.Header.Set("Cookie", "__Host-foyer-staff="+admin)
		r.Header.Set("Accept-Language", "de")
		r.Header.Del("Origin") // the server stands for another host
		r.Header.Del("Sec-Fetch-Site")
		h.ServeHTTP(w, r)
	}))
	defer s.Close()
	b := browsertest.Start(t)
	base := s.URL + "/verwaltung/organisation"
	for name, w := range map[string]browsertest.Window{"320": {Width: 320}, "1280-dark": {Width: 1280, Dark: true}} {
		t.Run(name, func(t *testing.T) {
			p := b.OpenFor(t, w)
			for _, path := range []string{"", "/texte", "/kommunikation", "/adressen", "/team", "/team/neu", "/team/" + clerk, "/team/" + clerk + "/sperren"} {
				p.Go(base + path)
				p.Fits()
				p.Axe()
			}
		})
	}
	t.Run("no script", func(t *testing.T) {
		p := b.OpenFor(t, browsertest.Window{Width: 390, NoScript: true})
		p.Go(base + "/team/neu")
		p.Fill("Name", "Ada")
		p.Fill("E-Mail-Adresse", "ada")
		p.Follow("Einladung senden")
		p.Shows("Das @-Zeichen fehlt")
		if got := p.Value("Name"); got != "Ada" {
			t.Errorf("the name typed became %q", got)
		}
		p.Axe()
		p.Fill("E-Mail-Adresse", "ada@a.example")
		p.Follow("Einladung senden")
		p.Shows("Der Link gilt 3 Tage", "Ada")
		if len(h.invited) != 1 {
			t.Errorf("%+v", h.invited)
		}
	})
}
