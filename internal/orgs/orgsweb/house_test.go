package orgsweb_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

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
		Session: session,
		StaffShell: func(c *web.Ctx) (ui.StaffShell, error) {
			return ui.StaffShell{Shell: c.Shell(), UserName: "Jette Petersen", Initials: "JP"}, nil
		},
		Ready: func(context.Context) error { return nil },
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
		ReinviteStaff: func(_ context.Context, _ actor.Actor, id string) error {
			h.reinvited = append(h.reinvited, id)
			return nil
		},
		ReaddressStaff: func(ctx context.Context, by actor.Actor, id, address string) error {
			return h.db.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
				_, err := h.Readdress(tx, by, id, address)
				return err
			})
		},
		StaffAccess: func(ctx context.Context, by actor.Actor) (map[string]orgsweb.Access, error) {
			out := map[string]orgsweb.Access{}
			list, err := h.StaffList(ctx, by)
			for _, m := range list {
				switch {
				case strings.HasPrefix(m.Email, "neu"):
					out[m.ID] = orgsweb.Access{Invited: now, Until: now.AddDate(0, 0, 3)}
				case strings.HasPrefix(m.Email, "alt"):
					out[m.ID] = orgsweb.Access{Invited: now.AddDate(0, 0, -4), Until: now.AddDate(0, 0, -1)}
				default:
					out[m.ID] = orgsweb.Access{Since: now}
				}
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
