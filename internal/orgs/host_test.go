package orgs_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

func TestT8_OnlyConfiguredHostsCount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		for host, want := range map[string]string{
			"a.example": storetest.Org, "A.Example": storetest.Org, "a.example:443": storetest.Org, "twin.example": storetest.Twin,
			"a.example:80": "", "a.example:8443": "", "a.example.": "", "x.a.example": "", "a.example\n": "", "a.example,twin.example": "",
			"a.example@evil.example": "", "evil.example": "", "": "", " a.example": "", "а.example": "", "a.example:443:443": "", "https://a.example": "",
			"foyer.example": "", // there are two organisations, so the base URL is nobody's
		} {
			o, site, err := w.ByHost(t.Context(), host)
			if want == "" {
				if !errors.Is(err, fault.ErrNotFound) {
					t.Errorf("%q: %v %v", host, o.ID, err)
				}
			} else if err != nil || o.ID != want || site != orgs.BothSites {
				t.Errorf("%q: %v %v %v", host, o.ID, site, err)
			}
		}
		o, _, err := w.ByHost(t.Context(), "a.example")
		if diff := cmp.Diff(w.org(t), o); err != nil || diff != "" {
			t.Errorf("by host and by actor differ: %v %s", err, diff)
		}
	})
}

// An installation with one organisation answers on its hosts and on the base
// URL's. This test works outside the twin's database, with none but its own.
func TestSingleOrganisationAnswersOnTheBaseURL(t *testing.T) {
	db, err := store.Open(t.Context(), "sqlite:"+t.TempDir()+"/one.db")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	s, err := orgs.New(orgs.Deps{DB: db, Now: func() time.Time { return now }, Languages: []string{"de"}, BaseURL: "http://localhost:8080"})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.ByHost(t.Context(), "localhost:8080"); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("an empty installation answers: %v", err)
	}
	one, err := s.Create(t.Context(), actor.NewOperator(store.NewID()), orgs.NewOrg{Slug: "one", Name: "Eins", Host: "eins.example:8080"})
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"localhost:8080", "LOCALHOST:8080", "eins.example:8080"} {
		if o, site, err := s.ByHost(t.Context(), host); err != nil || o.ID != one.ID || site != orgs.BothSites {
			t.Errorf("%s: %v %v %v", host, o.ID, site, err)
		}
	}
	if got := s.Origin(one); got != "http://eins.example:8080" {
		t.Errorf("origin %s", got)
	}
	two, err := s.Create(t.Context(), actor.NewOperator(store.NewID()), orgs.NewOrg{Slug: "two", Name: "Zwei"})
	if err != nil {
		t.Fatal(err)
	}
	if o, _, err := s.ByHost(t.Context(), "localhost:8080"); err != nil || o.ID != two.ID {
		t.Errorf("base URL after it was given to the second: %v %v", o.ID, err)
	}
}

func TestBaseURLMustBeAnOrigin(t *testing.T) {
	for _, bad := range []string{"", "foyer.example", "ftp://foyer.example", "https://u:p@foyer.example", "https://foyer.example/a", "https://foyer.example?x", "https://"} {
		if _, err := orgs.New(orgs.Deps{BaseURL: bad}); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func TestHostsOfAnOrganisation(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		ctx, admin, operator := t.Context(), staff(actor.Administrator), actor.NewOperator(storetest.Org)
		for typed, key := range map[string]string{
			"": "orgs.host.form", "a b": "orgs.host.form", "x.example:0": "orgs.host.form", "-x.example": "orgs.host.form", "https://x.example": "orgs.host.form",
			"a.example": "orgs.host.taken", "TWIN.EXAMPLE": "orgs.host.taken",
		} {
			if got := fields(t, w.AddHost(ctx, operator, typed, orgs.BothSites))["host"]; got != key {
				t.Errorf("%q: %s, want %s", typed, got, key)
			}
		}
		if got := fields(t, w.AddHost(ctx, operator, "x.example", "all"))["site"]; got != "orgs.choice" {
			t.Errorf("site: %s", got)
		}
		for host, site := range map[string]orgs.Site{"Mieter.Müller.example": orgs.ResidentSite, "team.example:8443": orgs.StaffSite, "[::1]:9000": orgs.BothSites} {
			if err := w.AddHost(ctx, operator, host, site); err != nil {
				t.Fatalf("%s: %v", host, err)
			}
		}
		o := w.org(t)
		want := []orgs.Host{{"[::1]:9000", orgs.BothSites, false}, {"a.example", orgs.BothSites, true}, {"mieter.xn--mller-kva.example", orgs.ResidentSite, false}, {"team.example:8443", orgs.StaffSite, true}}
		if diff := cmp.Diff(want, o.Hosts); diff != "" {
			t.Error(diff)
		}
		if w.Origin(o) != "https://a.example" || w.StaffOrigin(o) != "https://team.example:8443" {
			t.Errorf("origins %s %s", w.Origin(o), w.StaffOrigin(o))
		}
		if err := w.PreferHost(ctx, admin, "mieter.xn--mller-kva.example"); err != nil {
			t.Fatal(err)
		}
		if err := w.RemoveHost(ctx, operator, "team.example:8443"); err != nil {
			t.Fatal(err)
		}
		o = w.org(t)
		if w.Origin(o) != "https://mieter.xn--mller-kva.example" || w.StaffOrigin(o) != "https://[::1]:9000" {
			t.Errorf("origins %s %s", w.Origin(o), w.StaffOrigin(o))
		}
		var conflict *fault.Conflict
		if err := w.RemoveHost(ctx, operator, "mieter.xn--mller-kva.example"); !errors.As(err, &conflict) || conflict.Key != "orgs.host.canonical" {
			t.Errorf("canonical host removed: %v", err)
		}
		if err := w.RemoveHost(ctx, operator, "[::1]:9000"); err != nil {
			t.Error(err)
		}
		if err := w.RemoveHost(ctx, operator, "a.example"); !errors.As(err, &conflict) || conflict.Key != "orgs.host.last" {
			t.Errorf("last host for staff removed: %v", err)
		}
		for _, err := range []error{w.RemoveHost(ctx, operator, "twin.example"), w.PreferHost(ctx, admin, "twin.example")} {
			if !errors.Is(err, fault.ErrNotFound) {
				t.Errorf("foreign host: %v", err)
			}
		}
		// Whose a host is, no organisation decides, not even its proprietor.
		for _, role := range actor.Roles {
			by := staff(role)
			for what, err := range map[string]error{"add": w.AddHost(ctx, by, "m.example", orgs.BothSites), "remove": w.RemoveHost(ctx, by, "a.example")} {
				if !errors.Is(err, fault.ErrDenied) {
					t.Errorf("%s, %s: %v", role, what, err)
				}
			}
			if err := w.PreferHost(ctx, by, "a.example"); errors.Is(err, fault.ErrDenied) != !by.Has(actor.ManageOrg) {
				t.Errorf("%s, prefer: %v", role, err)
			}
		}
		if err := w.PreferHost(ctx, admin, "A.Example:443"); err != nil {
			t.Errorf("as people type it: %v", err)
		}
	})
}
