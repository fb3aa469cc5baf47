package orgs_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/blob"
	"foyer/internal/platform/email"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/i18n"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

var now = time.Date(2026, 11, 12, 9, 0, 0, 0, time.UTC)

var (
	properties  = store.Scoped(`SELECT id, name FROM property WHERE org_id = $1 ORDER BY name, id`)
	addProperty = store.Scoped(`INSERT INTO property (org_id, id, ref, name, postcode, city, country, portal_on, uvi_service, created_at, updated_at)
		VALUES ($1, $2, '', $2, '12623', 'Berlin', 'DE', TRUE, TRUE, 1, 1)`)
)

// world is a service over a fresh database, with two properties and the log of
// ended sessions.
type world struct {
	*orgs.Service
	db    *store.DB
	blobs *blob.Dir
	mu    sync.Mutex
	ended []string
}

func newWorld(t *testing.T, db *store.DB) *world {
	t.Helper()
	w := &world{db: db}
	var err error
	if w.blobs, err = blob.Open(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	w.Service, err = orgs.New(orgs.Deps{
		DB: db, Now: func() time.Time { return now }, Blobs: w.blobs, Languages: []string{"de", "en"}, BaseURL: "https://Foyer.example/",
		Properties: func(tx *store.Tx) ([]orgs.Property, error) {
			return store.All(tx, properties, func(p *orgs.Property) []any { return []any{&p.ID, &p.Name} })
		},
		EndSessions: func(tx *store.Tx, id string) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.ended = append(w.ended, id)
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	w.write(t, func(tx *store.Tx) error {
		for _, id := range []string{"p1", "p2"} {
			if _, err := store.Exec(tx, addProperty, id); err != nil {
				return err
			}
		}
		return nil
	})
	return w
}

func (w *world) write(t *testing.T, fn func(tx *store.Tx) error) {
	t.Helper()
	if err := w.db.Write(t.Context(), store.OrgScope(storetest.Org), func(_ context.Context, tx *store.Tx) error { return fn(tx) }); err != nil {
		t.Fatal(err)
	}
}

func (w *world) org(t *testing.T) orgs.Org {
	t.Helper()
	o, err := w.Current(t.Context(), operator())
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func operator() actor.Actor { return actor.NewOperator(storetest.Org) }

func staff(role actor.Role) actor.Actor {
	return actor.NewStaff(storetest.Org, "account", "me", "Jette", role, false, nil)
}

// fields returns the wrong fields of an error as name → key.
func fields(t *testing.T, err error) map[string]string {
	t.Helper()
	bad := fault.AsInvalid(err)
	if bad == nil {
		t.Fatalf("not an Invalid: %v", err)
	}
	out := map[string]string{}
	for _, f := range bad.Fields {
		out[f.Name] = f.Key
	}
	return out
}

func TestStoredSettingsGetDefaults(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		o := w.org(t)
		if diff := cmp.Diff(orgs.Defaults(), o.Settings); diff != "" {
			t.Errorf("settings of {}: %s", diff)
		}
		if o.Legal() != "Lindhof Hausverwaltung" || o.Language() != "de" || o.Today(time.Date(2026, 11, 12, 23, 30, 0, 0, time.UTC)) != "2026-11-13" {
			t.Errorf("%+v", o)
		}
		if err := w.Change(t.Context(), operator(), func(e *orgs.Edit) { e.Settings.InviteTriggers, e.Settings.City = nil, "Berlin" }); err != nil {
			t.Fatal(err)
		}
		if s := w.org(t).Settings; len(s.InviteTriggers) != 0 || s.City != "Berlin" || s.CodeDays != 60 {
			t.Errorf("an emptied set came back: %+v", s)
		}
	})
}

func TestE6_NobodyIsEnrolledByDefault(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		by := actor.NewOperator(store.NewID())
		o, err := w.Create(t.Context(), by, orgs.NewOrg{Slug: "werkhof", Name: " Werkhof eG ", Host: "Werkhof.Example"})
		if err != nil {
			t.Fatal(err)
		}
		if o.PortalOn || o.ID != by.Org() || o.Name != "Werkhof eG" {
			t.Errorf("%+v", o)
		}
		if diff := cmp.Diff([]orgs.Host{{Name: "werkhof.example", Site: orgs.BothSites, Canonical: true}}, o.Hosts); diff != "" {
			t.Error(diff)
		}
		got, err := w.BySlug(t.Context(), "werkhof")
		if diff := cmp.Diff(o, got); err != nil || diff != "" {
			t.Errorf("by slug: %v %s", err, diff)
		}
		all, err := w.All(t.Context())
		var slugs []string
		for _, o := range all {
			slugs = append(slugs, o.Slug)
		}
		if diff := cmp.Diff([]string{"a", "twin", "werkhof"}, slugs); err != nil || diff != "" {
			t.Errorf("all: %v %s", err, diff)
		}
	})
}

func TestE7_PortalSwitchTakesEffectOnSaving(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		for _, on := range []bool{false, true} {
			if err := w.SwitchPortal(t.Context(), staff(actor.Administrator), on); err != nil {
				t.Fatal(err)
			}
			o, _, err := w.ByHost(t.Context(), "a.example")
			if err != nil || o.PortalOn != on {
				t.Errorf("portal on %v: next request sees %v, %v", on, o.PortalOn, err)
			}
		}
		var log []audit.Entry
		err := db.Read(t.Context(), store.OrgScope(storetest.Org), func(_ context.Context, tx *store.Tx) (err error) {
			log, err = audit.Of(tx, "org:"+storetest.Org, 10)
			return err
		})
		if err != nil || len(log) != 2 || log[0].Action != "org.change" || log[0].Actor != "staff:me" || log[0].Detail != `{"changed":["portal_on"],"portal_on":true}` {
			t.Errorf("audit: %v %+v", err, log)
		}
		for _, role := range []actor.Role{actor.Manager, actor.Clerk, actor.Caretaker, actor.ReadOnly} {
			if err := w.SwitchPortal(t.Context(), staff(role), false); !errors.Is(err, fault.ErrDenied) {
				t.Errorf("%s switched the portal: %v", role, err)
			}
		}
	})
}

func TestCreateTellsWhatIsWrong(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		for _, c := range []struct {
			in   orgs.NewOrg
			want map[string]string
		}{
			{orgs.NewOrg{Slug: "A b", Name: "x", Host: "x.example"}, map[string]string{"slug": "orgs.slug.form"}},
			{orgs.NewOrg{Slug: "twin", Name: "x", Host: "x.example"}, map[string]string{"slug": "orgs.slug.taken"}},
			{orgs.NewOrg{Slug: "x-", Name: "x", Host: "TWIN.example:443"}, map[string]string{"slug": "orgs.slug.form", "host": "orgs.host.taken"}},
			{orgs.NewOrg{Slug: "xy", Name: "x", Host: "x.example/a"}, map[string]string{"host": "orgs.host.form"}},
			{orgs.NewOrg{Slug: "xy", Name: " ", Host: "x.example"}, map[string]string{"name": "orgs.name.missing"}},
		} {
			_, err := w.Create(t.Context(), actor.NewOperator(store.NewID()), c.in)
			if diff := cmp.Diff(c.want, fields(t, err)); diff != "" {
				t.Errorf("%+v: %s", c.in, diff)
			}
		}
		if _, err := w.Create(t.Context(), staff(actor.Proprietor), orgs.NewOrg{Slug: "xy", Name: "x"}); !errors.Is(err, fault.ErrDenied) {
			t.Errorf("staff made an organisation: %v", err)
		}
	})
}

func TestChangeChecksEveryField(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		before := w.org(t)
		err := w.Change(t.Context(), staff(actor.Proprietor), func(e *orgs.Edit) {
			s := &e.Settings
			e.Name = "Lind\x00hof"
			s.Country, s.Phone, s.Email, s.ImprintURL = "XX", "call me", "a@b", "javascript:alert(1)"
			s.Brand, s.Languages, s.TimeZone, s.Currency = "teal", []string{"fr"}, "Mars/Base", "DOGE"
			s.InviteTriggers, s.InviteChannels = []orgs.Trigger{"never"}, []orgs.Channel{"pigeon"}
			s.ReissueChannel, s.CodeDays, s.WhoMayRegister = "none", 13, "everyone"
			s.MovedOutAccess, s.MovedOutMonths = "all", 0
			s.Letters = map[string]orgs.LetterText{"de": {Intro: string(make([]rune, 10)), Closing: "ok"}, "xx": {}}
			s.LetterFooter = []string{"1", "2", "", "3", "4", "5"}
			s.SenderAddress = "x@y\r\nBcc: z@z.example"
			s.EmergencyNumbers = []orgs.EmergencyNumber{{}, {Label: "", Number: "110"}, {Label: "Hausmeister", Number: "ask"}}
		})
		want := map[string]string{
			"name": "orgs.characters", "country": "orgs.choice", "phone": "orgs.phone", "email": "email.domain", "imprint_url": "orgs.url",
			"brand": "orgs.brand", "languages": "orgs.choice", "time_zone": "orgs.choice", "currency": "orgs.choice",
			"invite_triggers": "orgs.choice", "invite_channels": "orgs.choice", "reissue_channel": "orgs.choice", "code_days": "orgs.between",
			"who_may_register": "orgs.choice", "moved_out_access": "orgs.choice", "moved_out_months": "orgs.between",
			"letter_intro_de": "orgs.characters", "letter_intro_xx": "orgs.choice", "letter_footer": "orgs.lines",
			"sender_address": "email.local", "emergency_label_1": "orgs.emergency.label", "emergency_number_2": "orgs.phone",
		}
		if diff := cmp.Diff(want, fields(t, err)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(before, w.org(t)); diff != "" {
			t.Errorf("a wrong change was kept: %s", diff)
		}
	})
}

func TestChangeKeepsWhatIsRight(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		err := w.Change(t.Context(), staff(actor.Administrator), func(e *orgs.Edit) {
			s := &e.Settings
			s.Brand, s.Languages, s.Email, s.CodeDays = "7A1", []string{"en", "de", "en"}, " Info@Müller-Verwaltung.example ", 180
			s.Letters = map[string]orgs.LetterText{"de": {Intro: " Guten Tag,\r\n\r\nwillkommen. "}, "en": {}}
			s.EmergencyNumbers = []orgs.EmergencyNumber{{}, {Label: "Notdienst ", Number: "030 23125\u00a0900", Note: "Tag und Nacht"}}
		})
		if err != nil {
			t.Fatal(err)
		}
		s := w.org(t).Settings
		want := orgs.Defaults()
		want.Brand, want.Languages, want.Email, want.CodeDays = "#77aa11", []string{"en", "de"}, "info@xn--mller-verwaltung-jzb.example", 180
		want.Letters = map[string]orgs.LetterText{"de": {Intro: "Guten Tag,\n\nwillkommen."}}
		want.EmergencyNumbers = []orgs.EmergencyNumber{{Label: "Notdienst", Number: "030 23125\u00a0900", Note: "Tag und Nacht"}}
		if diff := cmp.Diff(want, s); diff != "" {
			t.Error(diff)
		}
	})
}

func TestX4_ReleaseNeedsTheLetter(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		for _, c := range []struct {
			triggers []orgs.Trigger
			channels []orgs.Channel
			want     string // key, "" = accepted
		}{
			{[]orgs.Trigger{orgs.OnRelease, orgs.ByHand}, []orgs.Channel{orgs.ByPost}, ""},
			{[]orgs.Trigger{orgs.ByHand}, []orgs.Channel{orgs.ByEmail}, ""},
			{[]orgs.Trigger{orgs.OnRelease}, []orgs.Channel{orgs.ByEmail}, "orgs.channels.release"},
			{[]orgs.Trigger{orgs.ByHand}, nil, "orgs.channels.none"},
			{nil, nil, ""},
		} {
			err := w.Change(t.Context(), operator(), func(e *orgs.Edit) { e.Settings.InviteTriggers, e.Settings.InviteChannels = c.triggers, c.channels })
			if c.want == "" {
				s := w.org(t).Settings
				if err != nil || !slices.Equal(s.InviteTriggers, c.triggers) || !slices.Equal(s.InviteChannels, c.channels) {
					t.Errorf("%v %v: %v, stored %v %v", c.triggers, c.channels, err, s.InviteTriggers, s.InviteChannels)
				}
			} else if got := fields(t, err)["invite_channels"]; got != c.want {
				t.Errorf("%v %v: %s", c.triggers, c.channels, got)
			}
		}
	})
}

func TestX8_X5_X14_SettingsAreKept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		err := w.Change(t.Context(), operator(), func(e *orgs.Edit) {
			e.Settings.WhoMayRegister, e.Settings.ReissueChannel = orgs.PlusListedResidents, orgs.ReissuePost
			e.Settings.MovedOutAccess, e.Settings.MovedOutMonths = orgs.MovedOutNone, 3
		})
		s := w.org(t).Settings
		if err != nil || s.WhoMayRegister != orgs.PlusListedResidents || s.ReissueChannel != orgs.ReissuePost || s.MovedOutAccess != orgs.MovedOutNone || s.MovedOutMonths != 3 {
			t.Errorf("%v %+v", err, s)
		}
	})
}

func TestPreviewSavesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		before := w.org(t)
		o, err := w.Preview(t.Context(), staff(actor.Administrator), func(e *orgs.Edit) { e.Name, e.Settings.Brand = "Anders ", "f00" })
		if err != nil || o.Name != "Anders" || o.Settings.Brand != "#ff0000" {
			t.Errorf("%v %+v", err, o)
		}
		if diff := cmp.Diff(before, w.org(t)); diff != "" {
			t.Error(diff)
		}
		_, err = w.Preview(t.Context(), staff(actor.Administrator), func(e *orgs.Edit) { e.Settings.Brand = "x" })
		if got := fields(t, err)["brand"]; got != "orgs.brand" {
			t.Error(got)
		}
		if _, err := w.Preview(t.Context(), staff(actor.Clerk), func(*orgs.Edit) {}); !errors.Is(err, fault.ErrDenied) {
			t.Error(err)
		}
	})
}

// Two people who change different things at once do not undo each other.
func TestConcurrentChangesBothStay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		var wg sync.WaitGroup
		errs := make([]error, 2)
		wg.Add(2)
		go func() {
			defer wg.Done()
			errs[0] = w.Change(t.Context(), operator(), func(e *orgs.Edit) { e.Settings.City = "Berlin" })
		}()
		go func() {
			defer wg.Done()
			errs[1] = w.Change(t.Context(), operator(), func(e *orgs.Edit) { e.Settings.CodeDays = 90 })
		}()
		wg.Wait()
		if o := w.org(t); errors.Join(errs...) != nil || o.Settings.City != "Berlin" || o.Settings.CodeDays != 90 || o.Version != 3 {
			t.Errorf("%v %+v", errs, o)
		}
	})
}

func TestTextsAreComplete(t *testing.T) {
	b, err := i18n.New(orgs.Texts, email.Texts, i18n.Texts)
	if err != nil {
		t.Fatal(err)
	}
	if miss := b.Missing("en"); len(miss) > 0 {
		t.Errorf("English lacks %v", miss)
	}
}
