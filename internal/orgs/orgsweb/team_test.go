package orgsweb_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"foyer/internal/orgs/orgsweb"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/platform/ui"
	"foyer/internal/platform/web"
)

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
	h.add(t, "alt@a.example", actor.Clerk)
	base := "/verwaltung/organisation/team"
	w := h.get(admin, base)
	want(t, w, 200, "chefin@a.example", "Inhaber/in", "Ahornallee 14", "seit 12.11.2026", "Link gilt bis 15.11.2026", "Einladung abgelaufen", "am 11.11.2026", base+"/"+clerk+"/sperren", base+"/"+clerk+"/einladen")
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
	want(t, h.get(admin, base+"/"+clerk), 200, `name="email"`, `value="neu@a.example"`, "geht eine neue Einladung dorthin")
	for typed, says := range map[string]string{"": "E-Mail-Adresse", "neu": "Das @-Zeichen fehlt", "CHEFIN@a.example": "schon"} {
		want(t, h.post(admin, base+"/"+clerk, url.Values{"name": {"Neu"}, "email": {typed}, "role": {"clerk"}, "language": {"de"}}), 422, says, `id="f-email-e"`)
	}
	to(t, h.post(admin, base+"/"+clerk, url.Values{"name": {"Neu"}, "email": {"neu.recht@a.example"}, "role": {"clerk"}, "language": {"de"}, "limited": {"on"}, "property_p1": {"on"}}), base+"?gespeichert=eingeladen")
	known := h.add(t, "da@a.example", actor.Clerk) // has a password: the address stays, whatever is sent
	if w := h.get(admin, base+"/"+known); strings.Contains(w.Body.String(), `name="email"`) || !strings.Contains(w.Body.String(), "laden Sie die Person mit der neuen Adresse ein") {
		t.Error("the login of somebody with a password is offered to change")
	}
	to(t, h.post(admin, base+"/"+known, url.Values{"name": {"Da"}, "email": {"dort@a.example"}, "role": {"clerk"}, "language": {"de"}}), base+"?gespeichert=team")
	if m, err := h.StaffMember(t.Context(), actor.NewOperator(storetest.Org), known); err != nil || m.Email != "da@a.example" {
		t.Errorf("%v %+v", err, m)
	}
	to(t, h.post(admin, base+"/"+clerk, url.Values{"name": {"Neu"}, "email": {"neu.recht@a.example"}, "role": {"manager"}, "language": {"de"}, "limited": {"on"}, "property_p2": {"on"}}), base+"?gespeichert=team")
	m, err := h.StaffMember(t.Context(), actor.NewOperator(storetest.Org), clerk)
	if err != nil || m.Name != "Neu" || m.Email != "neu.recht@a.example" || m.Role != actor.Manager || strings.Join(m.Properties, ",") != "p2" {
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
		StaffShell: func(c *web.Ctx) (ui.StaffShell, error) {
			return ui.StaffShell{Shell: c.Shell(), UserName: "Jette Petersen", Initials: "JP"}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return door
}
