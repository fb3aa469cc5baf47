package access

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"foyer/internal/notifications"
	"foyer/internal/orgs"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/portfolio"
)

func (w *world) readers(persons []string, a portfolio.Audience) (out []notifications.Reader) {
	w.t.Helper()
	w.write(func(tx *store.Tx) error {
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		out, err = w.ReadersFor(tx, o, w.now(), persons, a)
		return err
	})
	return out
}

func TestX7_ReadersKnowHowSomebodyCanBeReached(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		account, ada := w.resident("ada@post.example", secret)
		_, void := w.resident("ole@post.example", "")
		w.exec(testPerson, "eva", "Eva", "Holm")
		w.exec(testMember, "l-"+ada, "eva", "2024-01-01", "9999-12-31")
		w.exec(testLease, "l-garage", "2024-01-01", "9999-12-31")
		w.exec(testMember, "l-garage", "eva", "2024-01-01", "9999-12-31")
		w.exec(store.Scoped(`UPDATE person SET salutation = 'mrs', email = 'eva@list.example' WHERE org_id = $1 AND id = $2`), "eva")
		w.exec(store.Scoped(`INSERT INTO consent (org_id, id, person_id, channel, address, given_on, wording, source, recorded_by, recorded_at)
			VALUES ($1, 'c', $2, 'email', 'eva@agreed.example', '2025-01-01', 'x', 'staff', 'x', 1)`), "eva")
		got := w.readers([]string{"eva", ada, "twin-person", void}, portfolio.Audience{Kind: portfolio.ToLease, ID: "l-" + ada})
		want := []notifications.Reader{
			{PersonID: "eva", LeaseID: "l-" + ada, Lang: "de", Name: "Eva Holm", Contact: "eva@agreed.example", Consent: true, Party: true, MayRegister: true,
				Lines: []string{"Frau", "Eva Holm", "Ahornallee 14, Wohnung 1", "12623 Berlin"}, NameLines: 2, Line: "Frau Eva Holm", PropertyID: "p1", Where: "14 · Wohnung 1"},
			{PersonID: ada, LeaseID: "l-" + ada, AccountID: account, Login: "ada@post.example", Lang: "de", Name: "Jette Holm", Party: true,
				Lines: []string{"Jette Holm", "Ahornallee 14, Wohnung 1", "12623 Berlin"}, NameLines: 1, Line: "Jette Holm", PropertyID: "p1", Where: "14 · Wohnung 1"},
			{PersonID: void, LeaseID: "l-" + void, Lang: "de", Name: "Jette Holm", Party: true, MayRegister: true,
				Lines: []string{"Jette Holm", "Ahornallee 14, Wohnung 1", "12623 Berlin"}, NameLines: 1, Line: "Jette Holm", PropertyID: "p1", Where: "14 · Wohnung 1"},
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		w.exec(store.Scoped(`UPDATE property SET portal_on = FALSE WHERE org_id = $1 AND id = 'p1'`))
		for _, r := range w.readers([]string{"eva", ada}, portfolio.Audience{}) {
			if r.Login != "" || r.MayRegister || len(r.Lines) == 0 {
				t.Errorf("with the portal off: %+v", r)
			}
		}
	})
}

func TestX4_PolicyFollowsTheSettings(t *testing.T) {
	set := orgs.Defaults()
	set.InviteTriggers, set.InviteChannels = []orgs.Trigger{orgs.OnFirstMessage}, []orgs.Channel{orgs.ByPost}
	o := orgs.Org{PortalOn: true, Settings: set}
	if p := PolicyOf(o); p.InviteByEmail || !p.InviteByPost || p.Couples != "all" || p.FullText || p.Zone.String() != "Europe/Berlin" {
		t.Errorf("%+v", p)
	}
	o.Settings.InviteTriggers = slices.Clone([]orgs.Trigger{orgs.ByHand})
	if p := PolicyOf(o); p.InviteByEmail || p.InviteByPost {
		t.Errorf("invited without the trigger: %+v", p)
	}
}
