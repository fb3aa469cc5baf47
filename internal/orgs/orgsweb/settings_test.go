package orgsweb_test

import (
	"bytes"
	"image"
	"image/png"
	"mime/multipart"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"foyer/internal/orgs"
	"foyer/internal/orgs/orgsweb"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

// form is the fields of a section as a browser would send them unchanged.
func portalForm() url.Values {
	return url.Values{"portal_on": {"on"}, "trigger_release": {"on"}, "trigger_manual": {"on"}, "channel_post": {"on"}, "channel_email": {"on"},
		"code_days": {"60"}, "reissue_channel": {"email_or_post"}, "who_may_register": {"contract_parties"}, "moved_out_access": {"own_period_read_only"}, "moved_out_months": {"24"}}
}

func TestE7_SwitchOnThePage(t *testing.T) {
	h := newHouse(t)
	f := portalForm()
	f.Del("portal_on")
	f.Set("code_days", "90")
	to(t, h.post(admin, "/verwaltung/organisation/portal", f), "/verwaltung/organisation?gespeichert=portal")
	if o := h.org(t); o.PortalOn || o.Settings.CodeDays != 90 {
		t.Errorf("%+v", o)
	}
	want(t, h.get(admin, "/verwaltung/organisation?gespeichert=portal"), 200, "gelten ab sofort", `role="status"`, `value="90"`)
	to(t, h.post(admin, "/verwaltung/organisation/portal", portalForm()), "/verwaltung/organisation?gespeichert=portal")
	if o := h.org(t); !o.PortalOn {
		t.Error("the portal did not come on")
	}
}

func TestComplaintsStandAtTheirFields(t *testing.T) {
	h := newHouse(t)
	f := portalForm()
	f.Set("code_days", "zwölf")
	f.Del("channel_post")
	w := h.post(admin, "/verwaltung/organisation/portal", f)
	want(t, w, 422, "Fehler:", `id="portal-code_days-e"`, `value="zwölf"`, "Zahl von 14 bis 180", `href="#portal-channel_post"`, "lädt per Brief ein")
	if strings.Count(w.Body.String(), `role="alert"`) != 1+1 { // the summary, and the kit's offline template
		t.Errorf("%d alerts", strings.Count(w.Body.String(), `role="alert"`))
	}
	want(t, h.post(admin, "/verwaltung/organisation/texte/anschrift", url.Values{"country": {"DE"}, "city": {"Köln"}, "imprint_url": {"javascript:alert(1)"}, "phone": {"Büro"}}),
		422, `value="Köln"`, `value="javascript:alert(1)"`, `id="anschrift-imprint_url-e"`, `id="anschrift-phone-e"`)
	want(t, h.post(admin, "/verwaltung/organisation/notfall", url.Values{"emergency_label_4": {"Notdienst"}, "emergency_number_4": {"rufen"}}),
		422, `id="notfall-emergency_number_4-e"`, `value="rufen"`)
	want(t, h.post(admin, "/verwaltung/organisation/kommunikation/bescheid", url.Values{"mail_content": {"poem"}, "couples": {"one"}, "quiet_from": {"25:00"}, "quiet_to": {"07:00"}, "digest_at": {"7"}}),
		422, `id="bescheid-mail_content-e"`, `id="bescheid-quiet_from-e"`, `value="25:00"`, `id="bescheid-digest_at-e"`)
	want(t, h.post(admin, "/verwaltung/organisation/kommunikation/aufbewahrung", url.Values{"lease_documents_from": {"gestern"}, "retention_messages": {"-3"}}),
		422, `id="aufbewahrung-lease_documents_from-e"`, `id="aufbewahrung-retention_messages-e"`)
	if o := h.org(t); o.Version != 1 {
		t.Error("something was saved")
	}
}

func TestSectionsTouchOnlyTheirOwn(t *testing.T) {
	h := newHouse(t)
	for _, c := range []struct {
		path  string
		form  url.Values
		saved string
	}{
		{"/aussehen", url.Values{"name": {"Lindhof GmbH"}, "brand": {"#7A1"}, "portal_on": {""}}, "?gespeichert=aussehen"},
		{"/notfall", url.Values{"emergency_label_3": {"Notdienst"}, "emergency_number_3": {"030 23125 900"}}, "?gespeichert=notfall"},
		{"/sprachen", url.Values{"languages": {"de", "en"}, "language": {"en"}, "time_zone": {"Europe/Vienna"}, "currency": {"CHF"}}, "?gespeichert=sprachen"},
		{"/texte/anschrift", url.Values{"street": {"Am Markt 1"}, "city": {"Berlin"}, "country": {"DE"}}, "?gespeichert=anschrift"},
		{"/texte/briefe", url.Values{"letter_intro_de": {"Eins.\r\n\r\nZwei."}, "letter_footer": {"HRB 1\r\n\r\nBank"}}, "?gespeichert=briefe"},
		{"/texte/absender", url.Values{"sender_name": {"Lindhof"}, "sender_address": {"Post@Lindhof.example"}}, "?gespeichert=absender"},
		{"/kommunikation/kontakt", url.Values{"contact_mode": {"cases"}, "landing": {"messages"}, "case_days": {"5"}}, "?gespeichert=kontakt"},
		{"/kommunikation/bescheid", url.Values{"mail_content": {"full_text"}, "couples": {"one"}, "quiet_from": {"21:00"}, "quiet_to": {"08:00"}, "digest_at": {"18:30"}}, "?gespeichert=bescheid"},
		{"/kommunikation/kontaktdaten", url.Values{"email_change": {"locked"}, "erp_days": {"7"}}, "?gespeichert=kontaktdaten"},
		{"/kommunikation/aufbewahrung", url.Values{"lease_documents_from": {"2024-06-01"}, "retention_messages": {"12"}, "retention_cases": {"0"}, "retention_notices": {"6"},
			"retention_documents": {"0"}, "retention_contact_changes": {"24"}, "retention_deliveries": {"24"}}, "?gespeichert=aufbewahrung"},
	} {
		page, _, deep := strings.Cut(strings.TrimPrefix(c.path, "/"), "/")
		if page = "/" + page; !deep {
			page = ""
		}
		to(t, h.post(admin, "/verwaltung/organisation"+c.path, c.form), "/verwaltung/organisation"+page+c.saved)
	}
	o := h.org(t)
	s := o.Settings
	if o.Name != "Lindhof GmbH" || !o.PortalOn || s.Brand != "#77aa11" || s.EmergencyNumbers[0].Number != "030 23125 900" || strings.Join(s.Languages, ",") != "en,de" ||
		s.TimeZone != "Europe/Vienna" || s.Currency != "CHF" || s.Street != "Am Markt 1" || s.Letters["de"].Intro != "Eins.\n\nZwei." || len(s.LetterFooter) != 2 || s.SenderAddress != "post@lindhof.example" || s.CodeDays != 60 {
		t.Errorf("%+v", o)
	}
	if s.ContactMode != orgs.ContactCases || s.Landing != orgs.LandMessages || s.CaseDays != 5 || s.MailContent != orgs.MailFullText || s.TransactionalMailBasis || s.Couples != orgs.CouplesOne ||
		s.QuietFrom != "21:00" || s.DigestAt != "18:30" || s.EmailChange != orgs.ChangeLocked || s.ERPDays != 7 || s.LeaseDocumentsFrom != "2024-06-01" || s.Retention[orgs.RetainNotices] != 6 {
		t.Errorf("%+v", s)
	}
	want(t, h.get("", "/verwaltung/nirgends"), 404, "030 23125 900", "tel:03023125900")
}

func TestLookPreviewIsNotSaved(t *testing.T) {
	h := newHouse(t)
	w := h.post(admin, "/verwaltung/organisation/aussehen", url.Values{"name": {"Neu"}, "brand": {"#b00020"}, "preview": {"1"}})
	p, err := ui.Brand("#b00020")
	if err != nil {
		t.Fatal(err)
	}
	want(t, w, 200, "noch nicht gespeichert", ui.BrandURL("#b00020"), `value="Neu"`, `fill="`+p.Light.BaseDefault+`"`, `fill="`+p.Dark.BaseDefault+`"`, " : 1, Links ")
	if o := h.org(t); o.Version != 1 {
		t.Error("the preview was saved")
	}
	want(t, h.post(admin, "/verwaltung/organisation/aussehen", url.Values{"name": {"Neu"}, "brand": {"rot"}, "preview": {"1"}}), 422, "Das ist keine Farbe", `value="rot"`)
}

func TestLetterPreviewAndFit(t *testing.T) {
	h := newHouse(t)
	w := h.post(admin, "/verwaltung/organisation/texte/briefe", url.Values{"letter_intro_de": {"Ungespeichert"}, "preview": {"de"}})
	want(t, w, 200, "%PDF", "Ungespeichert")
	if got := w.Header().Get("Content-Disposition"); !strings.Contains(got, "Musterbrief-de.pdf") {
		t.Error(got)
	}
	want(t, h.get(admin, "/verwaltung/organisation/texte/muster?sprache=en"), 200, "%PDF", " en ")
	want(t, h.get(admin, "/verwaltung/organisation/texte/muster?sprache=fr"), 404)
	h.tooLong = true
	want(t, h.post(admin, "/verwaltung/organisation/texte/briefe", url.Values{"letter_intro_de": {"Sehr lang"}}), 422, "Sehr lang", `id="briefe-letter_intro_de-e"`)
	if o := h.org(t); o.Version != 1 {
		t.Error("a text that does not fit was saved")
	}
}

func TestLogoIsPublic(t *testing.T) {
	h := newHouse(t)
	send := func(data []byte) *httptest.ResponseRecorder {
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		if part, err := m.CreateFormFile("logo", "logo.png"); err != nil {
			t.Fatal(err)
		} else if _, err := part.Write(data); err != nil {
			t.Fatal(err)
		}
		m.Close()
		return h.do(admin, "POST", "/verwaltung/organisation/logo", m.FormDataContentType(), &b)
	}
	want(t, send([]byte("kein Bild")), 422, "nicht lesen", `id="logo-logo-e"`)
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewNRGBA(image.Rect(0, 0, 64, 64))); err != nil {
		t.Fatal(err)
	}
	to(t, send(b.Bytes()), "/verwaltung/organisation?gespeichert=logo")
	if err := h.SwitchPortal(t.Context(), actor.NewOperator(storetest.Org), false); err != nil {
		t.Fatal(err)
	}
	o := h.org(t)
	for _, path := range []string{orgsweb.LogoPath(o, web.StaffSite), orgsweb.LogoPath(o, web.ResidentSite)} {
		w := h.get("", path)
		want(t, w, 200, "\x89PNG")
		if w.Header().Get("Content-Type") != "image/png" || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %v", path, w.Header())
		}
	}
	want(t, h.get(admin, "/verwaltung/organisation"), 200, orgsweb.LogoPath(o, web.StaffSite))
	want(t, h.get("", "/verwaltung/logo/other.png"), 404)
	to(t, h.post(admin, "/verwaltung/organisation/logo/entfernen", nil), "/verwaltung/organisation?gespeichert=logo")
	want(t, h.get("", orgsweb.LogoPath(o, web.StaffSite)), 404)
}

func TestHostsOnThePage(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{"", "/entfernen"} { // whose a host is, no administrator can tell
		if w := h.post(admin, "/verwaltung/organisation/adressen"+path, url.Values{"host": {"portal.example"}, "site": {"both"}}); w.Code != 405 && w.Code != 404 {
			t.Errorf("POST adressen%s: %d", path, w.Code)
		}
	}
	if err := h.AddHost(t.Context(), actor.NewOperator(storetest.Org), "portal.example", orgs.BothSites); err != nil {
		t.Fatal(err)
	}
	want(t, h.get(admin, "/verwaltung/organisation/adressen"), 200, "portal.example", "https://a.example", "fügt der Betrieb dieser Installation hinzu")
	to(t, h.post(admin, "/verwaltung/organisation/adressen/bevorzugen", url.Values{"host": {"portal.example"}}), "/verwaltung/organisation/adressen?gespeichert=adressen")
	want(t, h.get(admin, "/verwaltung/organisation/adressen"), 200, "beginnen mit https://portal.example")
	want(t, h.post(admin, "/verwaltung/organisation/adressen/bevorzugen", url.Values{"host": {"twin.example"}}), 404)
}

// The default language cannot be taken away without saying so.
func TestADefaultLanguageThatIsNotOfferedIsAMistake(t *testing.T) {
	h := newHouse(t)
	f := url.Values{"languages": {"en"}, "language": {"de"}, "time_zone": {"Europe/Vienna"}, "currency": {"EUR"}}
	w := h.post(admin, "/verwaltung/organisation/sprachen", f)
	want(t, w, 422, "Deutsch ist als Standardsprache gewählt, wird aber nicht angeboten.", `id="sprachen-language-e"`, `href="#sprachen-language"`)
	boxes := regexp.MustCompile(`<input[^>]*name="languages"[^>]*>`).FindAllString(w.Body.String(), -1)
	if len(boxes) != 2 || strings.Contains(boxes[0], " checked") || !strings.Contains(boxes[1], " checked") {
		t.Errorf("what was ticked is not kept: %q", boxes)
	}
	if o := h.org(t); o.Version != 1 {
		t.Error("something was saved")
	}
	f.Set("language", "en")
	to(t, h.post(admin, "/verwaltung/organisation/sprachen", f), "/verwaltung/organisation?gespeichert=sprachen")
	if o := h.org(t); strings.Join(o.Settings.Languages, ",") != "en" {
		t.Errorf("offered: %q", o.Settings.Languages)
	}
}

func TestTimeZonesHaveTheReadersNames(t *testing.T) {
	h := newHouse(t)
	w := h.get(admin, "/verwaltung/organisation")
	for _, city := range []string{"Wien", "Zürich", "Luxemburg", "Brüssel", "Rom", "Kopenhagen", "Warschau", "Prag"} {
		want(t, w, 200, ">"+city+"</option>")
	}
	for _, z := range orgs.Zones {
		want(t, w, 200, `value="`+z+`"`)
	}
}
