package orgsweb_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"foyer/internal/orgs"
	"foyer/internal/orgs/orgsweb"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/blob"
	"foyer/internal/platform/email"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

var now = time.Date(2026, 11, 12, 9, 0, 0, 0, time.UTC)

var (
	properties  = store.Scoped(`SELECT id, name FROM property WHERE org_id = $1 ORDER BY name, id`)
	addProperty = store.Scoped(`INSERT INTO property (org_id, id, ref, name, postcode, city, country, portal_on, uvi_service, created_at, updated_at)
		VALUES ($1, $2, '', $3, '12623', 'Berlin', 'DE', TRUE, TRUE, 1, 1)`)
)

// house is the pages behind a real front door. The session token names the
// role; "limited" is an administrator of property p1.
type house struct {
	http.Handler
	*orgs.Service
	db        *store.DB
	texts     *i18n.Bundle
	invited   []orgs.NewStaff
	reinvited []string
	tooLong   bool // the sample letter does not fit
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{db: storetest.SQLite(t).DB}
	blobs, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	languages := []string{"de", "en"}
	h.Service, err = orgs.New(orgs.Deps{DB: h.db, Now: func() time.Time { return now }, Blobs: blobs, Languages: languages, BaseURL: "https://foyer.example",
		Properties: func(tx *store.Tx) ([]orgs.Property, error) {
			return store.All(tx, properties, func(p *orgs.Property) []any { return []any{&p.ID, &p.Name} })
		}})
	if err != nil {
		t.Fatal(err)
	}
	if h.texts, err = i18n.New(i18n.Texts, ui.Texts, web.Texts, email.Texts, orgs.Texts, orgsweb.Texts); err != nil {
		t.Fatal(err)
	}
	mux, err := web.NewMux(orgsweb.Routes(h.deps(languages)))
	if err != nil {
		t.Fatal(err)
	}
	h.Handler, err = web.New(web.Config{Mux: mux, Texts: h.texts, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }, Secure: true,
		Host: func(ctx context.Context, host string) (web.Org, error) {
			o, _, err := h.ByHost(ctx, host)
			return web.Org{ID: o.ID, Origin: h.Origin(o), Langs: languages, Zone: time.UTC, PortalOn: o.PortalOn, Sites: []web.Site{web.ResidentSite, web.StaffSite},
				Shell: orgsweb.Shell(o, web.StaffSite), Value: o}, err
		},
		Session:    session,
		StaffShell: func(c *web.Ctx) (ui.StaffShell, error) { return ui.StaffShell{Shell: c.Shell()}, nil },
		Ready:      func(context.Context) error { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	h.write(t, func(tx *store.Tx) error {
		_, err := store.Exec(tx, addProperty, "p1", "Ahornallee 14")
		if err == nil {
			_, err = store.Exec(tx, addProperty, "p2", "Werkhof")
		}
		return err
	})
	return h
}

func session(_ context.Context, org string, site web.Site, token string) (actor.Actor, web.Session, error) {
	s := web.Session{AuthAt: now.Add(-time.Minute)}
	switch {
	case site != web.StaffSite:
		return actor.Actor{}, s, fault.NotFound("session")
	case token == "limited":
		return actor.NewStaff(org, "acc", "limited", "L", actor.Administrator, true, []string{"p1"}), s, nil
	case token == "stale":
		s.AuthAt = now.Add(-time.Hour)
		return actor.NewStaff(org, "acc", "me", "J", actor.Proprietor, false, nil), s, nil
	}
	return actor.NewStaff(org, "acc", "me", "J", actor.Role(token), false, nil), s, nil
}

func (h *house) deps(languages []string) orgsweb.Deps {
	return orgsweb.Deps{Orgs: h.Service, Languages: languages,
		SampleLetter: func(_ context.Context, _ actor.Actor, o orgs.Org, lang string) ([]byte, error) {
			if h.tooLong {
				return nil, fault.Wrong("letter_intro_"+lang, "orgs.long", "max", 10)
			}
			return []byte("%PDF " + o.Name + " " + lang + " " + o.Settings.Letters[lang].Intro), nil
		},
		InviteStaff: func(ctx context.Context, by actor.Actor, in orgs.NewStaff) error {
			return h.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
				_, err := h.AddStaff(tx, by, in)
				if err == nil {
					h.invited = append(h.invited, in)
				}
				return err
			})
		},
		ReinviteStaff: func(_ context.Context, _ actor.Actor, id string) error { h.reinvited = append(h.reinvited, id); return nil },
		PendingStaff: func(ctx context.Context, by actor.Actor) (map[string]bool, error) {
			out := map[string]bool{}
			list, err := h.StaffList(ctx, by)
			for _, m := range list {
				out[m.ID] = strings.HasPrefix(m.Email, "neu")
			}
			return out, err
		}}
}

func (h *house) write(t *testing.T, fn func(tx *store.Tx) error) {
	t.Helper()
	if err := h.db.Write(t.Context(), store.OrgScope(storetest.Org), func(_ context.Context, tx *store.Tx) error { return fn(tx) }); err != nil {
		t.Fatal(err)
	}
}

func (h *house) org(t *testing.T) orgs.Org {
	t.Helper()
	o, err := h.Current(t.Context(), actor.NewOperator(storetest.Org))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func (h *house) add(t *testing.T, email string, role actor.Role, limits ...string) (id string) {
	t.Helper()
	h.write(t, func(tx *store.Tx) (err error) {
		id, err = h.AddStaff(tx, actor.NewOperator(storetest.Org), orgs.NewStaff{Email: email, StaffChange: orgs.StaffChange{Name: email, Role: role, Limited: len(limits) > 0, Properties: limits}})
		return err
	})
	return id
}

func (h *house) do(role, method, path, kind string, body io.Reader) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, body)
	r.Host = "a.example"
	if role != "" {
		r.Header.Set("Cookie", "__Host-foyer-staff="+role)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func (h *house) get(role, path string) *httptest.ResponseRecorder {
	return h.do(role, "GET", path, "", nil)
}

func (h *house) post(role, path string, form url.Values) *httptest.ResponseRecorder {
	return h.do(role, "POST", path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

// want checks status and texts of an answer.
func want(t *testing.T, w *httptest.ResponseRecorder, status int, texts ...string) {
	t.Helper()
	if w.Code != status {
		t.Errorf("status %d, want %d: %.400s", w.Code, status, w.Body)
	}
	for _, text := range texts {
		if !strings.Contains(w.Body.String(), text) {
			t.Errorf("lacks %q", text)
		}
	}
}

func to(t *testing.T, w *httptest.ResponseRecorder, location string) {
	t.Helper()
	if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || got != location {
		t.Errorf("%d to %q, want %q: %.400s", w.Code, got, location, w.Body)
	}
}

const admin = "administrator"

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
	want(t, h.post(admin, "/verwaltung/organisation/adressen", url.Values{"host": {"kein host"}, "site": {"both"}}), 422, `value="kein host"`, "Das ist keine Internetadresse")
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
		{"/sprachen", url.Values{"languages": {"de"}, "language": {"en"}, "time_zone": {"Europe/Vienna"}, "currency": {"CHF"}}, "?gespeichert=sprachen"},
		{"/texte/anschrift", url.Values{"street": {"Am Markt 1"}, "city": {"Berlin"}, "country": {"DE"}}, "?gespeichert=anschrift"},
		{"/texte/briefe", url.Values{"letter_intro_de": {"Eins.\r\n\r\nZwei."}, "letter_footer": {"HRB 1\r\n\r\nBank"}}, "?gespeichert=briefe"},
		{"/texte/absender", url.Values{"sender_name": {"Lindhof"}, "sender_address": {"Post@Lindhof.example"}}, "?gespeichert=absender"},
	} {
		page, _, _ := strings.Cut(strings.TrimPrefix(c.path, "/"), "/")
		if page != "texte" {
			page = ""
		} else {
			page = "/texte"
		}
		to(t, h.post(admin, "/verwaltung/organisation"+c.path, c.form), "/verwaltung/organisation"+page+c.saved)
	}
	o := h.org(t)
	s := o.Settings
	if o.Name != "Lindhof GmbH" || !o.PortalOn || s.Brand != "#77aa11" || s.EmergencyNumbers[0].Number != "030 23125 900" || strings.Join(s.Languages, ",") != "en,de" ||
		s.TimeZone != "Europe/Vienna" || s.Currency != "CHF" || s.Street != "Am Markt 1" || s.Letters["de"].Intro != "Eins.\n\nZwei." || len(s.LetterFooter) != 2 || s.SenderAddress != "post@lindhof.example" || s.CodeDays != 60 {
		t.Errorf("%+v", o)
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
	to(t, h.post(admin, "/verwaltung/organisation/adressen", url.Values{"host": {"portal.example"}, "site": {"both"}}), "/verwaltung/organisation/adressen?gespeichert=adressen")
	want(t, h.get(admin, "/verwaltung/organisation/adressen"), 200, "portal.example", "https://a.example")
	to(t, h.post(admin, "/verwaltung/organisation/adressen/bevorzugen", url.Values{"host": {"portal.example"}}), "/verwaltung/organisation/adressen?gespeichert=adressen")
	want(t, h.get(admin, "/verwaltung/organisation/adressen/entfernen?adresse=a.example"), 200, "Adresse a.example entfernen?")
	want(t, h.get(admin, "/verwaltung/organisation/adressen/entfernen?adresse=twin.example"), 404)
	want(t, h.post(admin, "/verwaltung/organisation/adressen/entfernen", url.Values{"host": {"portal.example"}}), 409, "zuerst eine andere")
	to(t, h.post(admin, "/verwaltung/organisation/adressen/entfernen", url.Values{"host": {"a.example"}}), "/verwaltung/organisation/adressen?gespeichert=adressen")
}

func TestOnlyAdministratorsComeIn(t *testing.T) {
	h := newHouse(t)
	for _, r := range orgsweb.Routes(h.deps([]string{"de"})) {
		method, path, _ := strings.Cut(r.Pattern, " ")
		path = strings.ReplaceAll(strings.ReplaceAll(path, "{id}", "twin-staff"), "{file}", "x.png")
		for _, role := range []string{"manager", "clerk", "caretaker", "readonly"} {
			if w := h.do(role, method, path, "", nil); w.Code != 404 {
				t.Errorf("%s by %s: %d", r.Pattern, role, w.Code)
			}
		}
		if w := h.do(admin, method, path, "", nil); strings.Contains(w.Body.String(), storetest.TwinMark) || strings.Contains(path, "twin-staff") && w.Code != 404 {
			t.Errorf("%s reaches the other organisation: %d", r.Pattern, w.Code)
		}
		if w := h.do("", method, path, "", nil); r.Right != actor.Everyone && w.Header().Get("Location") == "" {
			t.Errorf("%s without a session: %d", r.Pattern, w.Code)
		}
	}
}

func TestTeam(t *testing.T) {
	h := newHouse(t)
	boss := h.add(t, "chefin@a.example", actor.Proprietor)
	clerk := h.add(t, "neu@a.example", actor.Clerk, "p1")
	base := "/verwaltung/organisation/team"
	w := h.get(admin, base)
	want(t, w, 200, "chefin@a.example", "Inhaber/in", "Ahornallee 14", "Eingeladen", base+"/"+clerk+"/sperren", base+"/"+clerk+"/einladen")
	if strings.Contains(w.Body.String(), base+"/"+boss) {
		t.Error("an administrator is offered to change a proprietor")
	}
	for _, path := range []string{"", "/sperren"} {
		want(t, h.get(admin, base+"/"+boss+path), 404)
	}
	for _, path := range []string{"", "/sperren", "/einladen", "/freigeben"} {
		want(t, h.post(admin, base+"/"+boss+path, url.Values{"name": {"x"}, "role": {"clerk"}}), 404)
	}
	to(t, h.post(admin, base+"/"+clerk+"/einladen", nil), base+"?gespeichert=eingeladen")
	if len(h.reinvited) != 1 {
		t.Errorf("%v", h.reinvited)
	}
	want(t, h.get(admin, base+"/"+clerk+"/sperren"), 200, "neu@a.example sperren?")
	to(t, h.post(admin, base+"/"+clerk+"/sperren", nil), base+"?gespeichert=gesperrt")
	want(t, h.get(admin, base), 200, "Gesperrt", base+"/"+clerk+"/freigeben")
	to(t, h.post(admin, base+"/"+clerk+"/freigeben", nil), base+"?gespeichert=freigegeben")
	to(t, h.post(admin, base+"/"+clerk, url.Values{"name": {"Neu"}, "role": {"manager"}, "language": {"de"}, "limited": {"on"}, "property_p2": {"on"}}), base+"?gespeichert=team")
	m, err := h.StaffMember(t.Context(), actor.NewOperator(storetest.Org), clerk)
	if err != nil || m.Name != "Neu" || m.Role != actor.Manager || strings.Join(m.Properties, ",") != "p2" {
		t.Errorf("%v %+v", err, m)
	}
}

func TestInvitation(t *testing.T) {
	h := newHouse(t)
	base := "/verwaltung/organisation/team/neu"
	w := h.get(admin, base)
	want(t, w, 200, "Person einladen", "Werkhof", `value="administrator"`)
	if strings.Contains(w.Body.String(), `value="proprietor"`) {
		t.Error("an administrator is offered to make a proprietor")
	}
	want(t, h.post(admin, base, url.Values{"name": {"Ada"}, "email": {"ada"}, "role": {"clerk"}, "language": {"en"}, "limited": {"on"}}), 422, `value="Ada"`, `value="ada"`, "Das @-Zeichen fehlt", "mindestens eine Liegenschaft", `id="f-limited-e"`)
	want(t, h.post(admin, base, url.Values{"name": {"Ada"}, "email": {"ada@a.example"}, "role": {"proprietor"}}), 404)
	to(t, h.post(admin, base, url.Values{"name": {"Ada"}, "email": {"ada@a.example"}, "role": {"clerk"}, "language": {"en"}, "limited": {"on"}, "property_p1": {"on"}}), "/verwaltung/organisation/team?gespeichert=eingeladen")
	if len(h.invited) != 1 || h.invited[0].Properties[0] != "p1" || h.invited[0].Language != "en" {
		t.Errorf("%+v", h.invited)
	}
	w = h.get("limited", base)
	want(t, w, 200, "Ahornallee 14", `type="hidden" name="limited" value="on"`)
	if strings.Contains(w.Body.String(), "Werkhof") {
		t.Error("a limited administrator sees another property")
	}
	want(t, h.post("limited", base, url.Values{"name": {"B"}, "email": {"b@a.example"}, "role": {"clerk"}, "limited": {"on"}}), 422, "mindestens eine Liegenschaft")
	if w := h.get("stale", base); !strings.HasPrefix(w.Header().Get("Location"), web.StaffReauth) {
		t.Errorf("an old sign-in invites: %d %v", w.Code, w.Header())
	}
}

func TestOwnRightsAreNotOffered(t *testing.T) {
	h := newHouse(t)
	me := h.add(t, "ich@a.example", actor.Administrator)
	h.Handler = h.as(t, me)
	base := "/verwaltung/organisation/team/" + me
	w := h.get("x", base)
	want(t, w, 200, "ändert nur jemand anderes")
	if strings.Contains(w.Body.String(), `name="role"`) {
		t.Error("own role is offered")
	}
	to(t, h.post("x", base, url.Values{"name": {"Ich"}, "role": {"proprietor"}, "language": {"en"}}), "/verwaltung/organisation/team?gespeichert=team")
	m, err := h.StaffMember(t.Context(), actor.NewOperator(storetest.Org), me)
	if err != nil || m.Name != "Ich" || m.Role != actor.Administrator || m.Language != "en" {
		t.Errorf("%v %+v", err, m)
	}
	want(t, h.post("x", base+"/sperren", nil), 409, "ändert nur jemand anderes")
}

// as is the same house where everybody is one administrator.
func (h *house) as(t *testing.T, id string) http.Handler {
	t.Helper()
	mux, err := web.NewMux(orgsweb.Routes(h.deps([]string{"de", "en"})))
	if err != nil {
		t.Fatal(err)
	}
	door, err := web.New(web.Config{Mux: mux, Texts: h.texts, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }, Secure: true,
		Host: func(ctx context.Context, host string) (web.Org, error) {
			return web.Org{ID: storetest.Org, Langs: []string{"de"}, Zone: time.UTC, Sites: []web.Site{web.StaffSite}}, nil
		},
		Session: func(_ context.Context, org string, _ web.Site, _ string) (actor.Actor, web.Session, error) {
			return actor.NewStaff(org, "acc", id, "Ich", actor.Administrator, false, nil), web.Session{AuthAt: now}, nil
		},
		StaffShell: func(c *web.Ctx) (ui.StaffShell, error) { return ui.StaffShell{Shell: c.Shell()}, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return door
}

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
	for _, path := range []string{"/portal", "/aussehen", "/notfall", "/sprachen", "/texte/anschrift", "/texte/briefe", "/texte/absender", "/adressen", "/team/neu"} {
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
