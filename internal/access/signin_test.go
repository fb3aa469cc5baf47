package access

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

// H5: e-mail and own password open everything of the person: here an account
// that stands for two persons of the list, with a lease each.
func TestH5_OneLoginForAllOfAPersonsLeases(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		account, first := w.resident(jette, secret)
		_, second := w.resident("zweite@post.example", secret)
		w.exec(store.Scoped(`UPDATE account_person SET account_id = $3 WHERE org_id = $1 AND person_id = $2`), second, account)
		in := w.mustSignIn(ResidentSite, " Jette@POST.example ", secret)
		by, n := w.mustBe(ResidentSite, in.Token)
		want := []string{first, second}
		slices.Sort(want)
		if diff := cmp.Diff(want, by.Persons()); diff != "" {
			t.Error(diff)
		}
		if by.Account() != account || !by.Has(actor.Self) || by.Has(actor.StaffSelf) {
			t.Errorf("actor %s", by.Label())
		}
		if n.Device != "Firefox · Android" || n.ID != in.Session.ID || n.Lang != "de" {
			t.Errorf("session %+v", n)
		}
	})
}

// E2, E3, X3: two sites, two kinds of accounts; no password and no token of one
// is worth anything on the other, even with the same address.
func TestE2_E3_X3_StaffStayOutOfTheResidentPortal(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		const both = "jonas@a.example"
		staffID := w.staff(both, secret, actor.Manager)
		if _, err := w.signIn(ResidentSite, both, secret); !failedNeutrally(err) {
			t.Fatalf("staff password on the resident site: %v", err)
		}
		w.resident(both, another)
		w.resident(jette, secret)
		if _, err := w.signIn(ResidentSite, both, secret); !failedNeutrally(err) {
			t.Errorf("staff password for the resident account: %v", err)
		}
		if _, err := w.signIn(StaffSite, both, another); !failedNeutrally(err) {
			t.Errorf("resident password for the staff account: %v", err)
		}
		if _, err := w.signIn(StaffSite, jette, secret); !failedNeutrally(err) {
			t.Errorf("resident on the staff site: %v", err)
		}
		staff := w.mustSignIn(StaffSite, both, secret)
		resident := w.mustSignIn(ResidentSite, both, another)
		for _, c := range []struct {
			site  Site
			token string
		}{{ResidentSite, staff.Token}, {StaffSite, resident.Token}} {
			if _, _, err := w.who(c.site, c.token); !errors.Is(err, fault.ErrNotFound) {
				t.Errorf("token of the other side on %s: %v", c.site, err)
			}
		}
		by, _ := w.mustBe(StaffSite, staff.Token)
		if by.Kind() != actor.Staff || by.ID() != staffID || by.Role() != actor.Manager || by.Has(actor.Self) || by.Name() != "Jonas Kern" {
			t.Errorf("actor %s %s", by.Label(), by.Role())
		}
		if _, _, err := w.Authenticate(t.Context(), storetest.Twin, StaffSite, staff.Token); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("token in another organisation: %v", err)
		}
	})
}

func failedNeutrally(err error) bool {
	e := fault.AsInvalid(err)
	return e != nil && len(e.Fields) == 1 && e.Fields[0].Key == "access.account.signin_failed" && e.Fields[0].Name == "" && e.Fields[0].Args == nil
}

// A8, A9: the user name is the e-mail address; what is wrong is not told, and
// the way on is a new password.
func TestA8_A9_FailedSignInLeadsToANewPassword(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.resident(jette, secret)
		for _, c := range [][2]string{{jette, "falsch-falsch"}, {"jete@post.example", secret}, {"", ""}, {"jette", secret}} {
			if _, err := w.signIn(ResidentSite, c[0], c[1]); !failedNeutrally(err) {
				t.Errorf("%q: %v", c[0], err)
			}
		}
		if err := w.RequestReset(t.Context(), w.anon, ResidentSite, ResetRequest{Email: jette, IP: ip("192.0.2.7")}); err != nil {
			t.Fatal(err)
		}
		w.drain()
		if _, err := w.Reset(t.Context(), w.anon, ResidentSite, w.token(jette), another); err != nil {
			t.Fatal(err)
		}
		w.mustSignIn(ResidentSite, jette, another)
	})
}

// T12: whatever is wrong, the same answer after the same work.
func TestT12_UnknownAndKnownLookAlike(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.resident(jette, secret)
		w.resident("void@post.example", "")
		_, gone := w.resident("gone@post.example", secret)
		w.exec(testRemove, gone)
		w.staff("jonas@a.example", secret, actor.Manager)
		cases := []struct{ email, password string }{
			{jette, "falsch-falsch"}, {"nobody@post.example", "falsch-falsch"}, {"void@post.example", "falsch-falsch"}, {"void@post.example", ""},
			{jette, ""}, {"nobody@post.example", ""}, {"gone@post.example", "falsch-falsch"}, {"jonas@a.example", secret},
			{"", ""}, {"kein at-zeichen", "x"}, {jette, strings.Repeat("x", 1<<20)}, {"marlene@post.example", "x"}, {"\u212Aai@post.example", "x"},
		}
		type work struct {
			Err    string
			Hashes int
			Rows   []string
		}
		var want work
		for i, c := range cases {
			for n := range 3 { // also the second and third time
				w.exec(store.Scoped(`DELETE FROM throttle WHERE org_id = $1`))
				for range n {
					w.signIn(ResidentSite, c.email, c.password)
				}
				w.hashes.take()
				_, err := w.signIn(ResidentSite, c.email, c.password)
				if !failedNeutrally(err) {
					t.Fatalf("%q: %v", c.email, err)
				}
				got := work{Err: fmt.Sprintf("%#v %v", fault.AsInvalid(err), err), Hashes: w.hashes.take(), Rows: w.counted()}
				got.Err = got.Err[strings.Index(got.Err, "{"):]
				if i == 0 && n == 0 {
					want = got
					if want.Hashes != 1 || len(want.Rows) != 4 {
						t.Fatalf("work %+v", want)
					}
				}
				if n == 0 {
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("%.40q: %s", c.email, diff)
					}
				} else if got.Hashes != 1 || len(got.Rows) != 4 {
					t.Errorf("%.40q try %d: %+v", c.email, n, got)
				}
			}
		}
	})
}

// counted lists what was written down about failures.
func (w *world) counted() (rows []string) {
	w.write(func(tx *store.Tx) (err error) {
		rows, err = store.List[string](tx, store.Scoped(`SELECT kind || ' ' || tries FROM throttle WHERE org_id = $1 ORDER BY kind, tries`))
		return err
	})
	return rows
}

// T12: the form for a new password, too.
func TestT12_ResetRequestsLookAlike(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.resident(jette, secret)
		w.resident("void@post.example", "")
		waiting := store.Scoped(`SELECT count(*) FROM job WHERE org_id = $1 AND kind = 'access.reset' AND state = 'waiting'`)
		for _, address := range []string{jette, "nobody@post.example", "void@post.example", "marlene@post.example"} {
			w.hashes.take()
			w.exec(store.Scoped(`DELETE FROM throttle WHERE org_id = $1`))
			if err := w.RequestReset(t.Context(), w.anon, ResidentSite, ResetRequest{Email: address, IP: ip("192.0.2.7")}); err != nil {
				t.Fatalf("%s: %v", address, err)
			}
			w.write(func(tx *store.Tx) error {
				n, err := store.Value[int](tx, waiting)
				if n != 1 {
					t.Errorf("%s: %d jobs", address, n)
				}
				return err
			})
			if rows := w.counted(); len(rows) != 2 || w.hashes.take() != 0 {
				t.Errorf("%s: %v", address, rows)
			}
			w.drain()
		}
		if n := len(w.outbox.Messages()); n != 1 {
			t.Errorf("%d mails, want the one to the known address", n)
		}
	})
}

// X15: who gave the right password is told that the access has ended.
func TestX15_EndedAccessIsExplainedToItsOwnerOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		_, person := w.resident(jette, secret)
		in := w.mustSignIn(ResidentSite, jette, secret)
		w.exec(testRemove, person)
		if _, _, err := w.who(ResidentSite, in.Token); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("removed from the lease and still in: %v", err)
		}
		_, err := w.signIn(ResidentSite, jette, secret)
		if e := fault.AsInvalid(err); e == nil || e.Fields[0].Key != "access.account.ended" {
			t.Errorf("right password: %v", err)
		}
		if _, err := w.signIn(ResidentSite, jette, "falsch-falsch"); !failedNeutrally(err) {
			t.Errorf("wrong password: %v", err)
		}
	})
}

// X14: what remains after the lease follows the organisation's setting.
func TestX14_FormerResidents(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		_, person := w.resident(jette, secret)
		in := w.mustSignIn(ResidentSite, jette, secret)
		for _, c := range []struct {
			until    string
			setting  orgs.MovedOut
			months   int
			signedIn bool
		}{
			{"9999-12-31", orgs.MovedOutNone, 1, true}, {"2026-11-12", orgs.MovedOutNone, 1, true}, {"2026-11-11", orgs.MovedOutNone, 1, false},
			{"2026-11-11", orgs.MovedOutOwnPeriod, 1, true}, {"2026-10-12", orgs.MovedOutOwnPeriod, 1, true}, {"2026-10-11", orgs.MovedOutOwnPeriod, 1, false},
			{"2024-11-12", orgs.MovedOutOwnPeriod, 24, true}, {"2024-11-11", orgs.MovedOutOwnPeriod, 24, false},
		} {
			if err := w.orgs.Change(t.Context(), operator(), func(e *orgs.Edit) {
				e.Settings.MovedOutAccess, e.Settings.MovedOutMonths = c.setting, c.months
			}); err != nil {
				t.Fatal(err)
			}
			w.exec(testEnd, "l-"+person, c.until)
			if _, _, err := w.who(ResidentSite, in.Token); (err == nil) != c.signedIn {
				t.Errorf("%+v: %v", c, err)
			}
		}
	})
}

// T42: a new device is news to the owner, the first one and a known one are not.
func TestT42_NewDeviceIsToldToTheOwner(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.resident(jette, secret)
		w.clock = w.clock.Add(-2*time.Hour + time.Minute) // a minute after registration
		first := w.mustSignIn(ResidentSite, jette, secret)
		w.later(24 * time.Hour)
		in := SignIn{Email: jette, Password: secret, Visit: Visit{IP: ip("192.0.2.7"), UserAgent: firefox, Known: first.Known}}
		if _, err := w.SignIn(t.Context(), w.anon, ResidentSite, in); err != nil {
			t.Fatal(err)
		}
		w.drain()
		if n := len(w.mails(jette)); n != 0 {
			t.Errorf("%d mails for known devices", n)
		}
		in.Known = ""
		if _, err := w.SignIn(t.Context(), w.anon, ResidentSite, in); err != nil {
			t.Fatal(err)
		}
		w.drain()
		list := w.mails(jette)
		if len(list) != 1 || list[0].Subject != "Neue Anmeldung bei Ihrem Zugang" || !strings.Contains(list[0].Text, "https://a.example/passwort-vergessen") {
			t.Fatalf("%+v", list)
		}
		if strings.Contains(list[0].Text, "Firefox") || strings.Contains(list[0].Text, "192.0.2.7") {
			t.Error("the mail carries personal content")
		}
		mustBeClean(t, list[0])
	})
}

func TestDeviceNames(t *testing.T) {
	for agent, want := range map[string]string{
		firefox: "Firefox · Android", chromeOn: "Chrome · Windows", "": "", "curl/8.5.0": "", "<script>": "",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1":    "Safari · iPhone",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15":                      "Safari · Mac",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0":              "Edge · Windows",
		"Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0":                                                                     "Firefox · Linux",
		"Mozilla/5.0 (Linux; Android 14; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36": "Samsung Internet · Android",
		strings.Repeat("x", 1<<20) + "Firefox/1": "",
	} {
		if got := device(agent); got != want {
			t.Errorf("%.60q: %q, want %q", agent, got, want)
		}
	}
}
