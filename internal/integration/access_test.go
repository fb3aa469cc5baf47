package integration

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"foyer/internal/notifications"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

var (
	personByRef   = store.Scoped(`SELECT id FROM person WHERE org_id = $1 AND ref = $2`)
	leaseByRef    = store.Scoped(`SELECT id FROM lease WHERE org_id = $1 AND ref = $2`)
	insertAccount = store.Scoped(`INSERT INTO account (org_id, id, site, email, password_hash, created_at, password_at) VALUES ($1, $2, 'resident', $3, 'x', 1, 1)`)
	linkAccount   = store.Scoped(`INSERT INTO account_person (org_id, account_id, person_id, since) VALUES ($1, $2, $3, 1)`)
	allLogins     = store.Scoped(`SELECT email FROM account WHERE org_id = $1 ORDER BY email`)
	insertCode    = store.Scoped(`INSERT INTO access_code (org_id, id, person_id, lease_id, channel, typed_hash, link_hash, address, issued_by, issued_at, expires_at)
		VALUES ($1, $2, $3, $4, 'letter', $2, $2, '', 'x', 1, 9999999999999999)`)
	memberDays = store.Scoped(`SELECT p.ref || ' ' || lp.from_day || ' ' || lp.to_day || ' ' || l.until FROM lease_person lp JOIN person p ON p.org_id = lp.org_id AND p.id = lp.person_id
		JOIN lease l ON l.org_id = lp.org_id AND l.id = lp.lease_id WHERE lp.org_id = $1 ORDER BY 1`)
)

// register gives a person a login, as registering does.
func (w *testWorld) register(ref, email string) {
	w.t.Helper()
	id := store.NewID()
	w.exec(insertAccount, id, email)
	w.exec(linkAccount, id, w.strings(personByRef, ref)[0])
}

// T44: the login belongs to the resident. A list with other addresses changes
// no login and no contact address of a registered person; it only proposes.
func TestT44_AListNeverTouchesALogin(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		rows := []string{
			"P;;A;1;1;B;1;;;;L1;1.1.2020;;;M1;;Marlene;Brandt;m1@post.example;",
			"P;;A;1;1;B;2;;;;L2;1.1.2020;;;M2;;Jonas;Feld;m2@post.example;",
			"P;;A;1;1;B;3;;;;L3;1.1.2020;;;M3;;Lea;Kaya;m3@post.example;",
			"P;;A;1;1;B;4;;;;L4;1.1.2020;;;M4;;Petra;Sommer;m4@post.example;",
		}
		w.list(csv(small, rows...), Options{})
		w.register("M1", "m1@post.example")
		w.register("M2", "other@post.example") // chose another address when registering
		w.register("M3", "m3@post.example")
		before := strings.Join(w.strings(dumpPersons), "\n")
		w.want("the list has not changed its mind", w.list(csv(small, rows...), Options{}), "0+0~4=0-")

		swapped := edit(rows, "0", "m1@", "m3@", "2", "m3@", "m1@", "3", "m4@", "new@")
		got := w.list(csv(small, swapped...), Options{})
		w.want("swapped", got, "0+1~3=0-") // M4 is not registered
		if got.run.Counts.Conflicts != 2 {
			t.Errorf("%d conflicts", got.run.Counts.Conflicts)
		}
		conflicts, err := w.Conflicts(t.Context(), operator, got.run.ID, 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		var told []string
		for _, c := range conflicts {
			told = append(told, fmt.Sprintf("%d %s: %s", c.Row, c.Who, c.Reason.Text(w.texts.Printer("de"))))
		}
		want := "2 Marlene Brandt: Die Liste nennt m3@post.example. Im Portal ist m1@post.example registriert und bleibt es.\n" +
			"4 Lea Kaya: Die Liste nennt m1@post.example. Im Portal ist m3@post.example registriert und bleibt es."
		if got := strings.Join(told, "\n"); got != want {
			t.Errorf("told:\n%s", got)
		}
		if got := strings.Join(w.strings(allLogins), " "); got != "m1@post.example m3@post.example other@post.example" {
			t.Errorf("logins: %s", got)
		}
		if got, want := strings.Join(w.strings(dumpPersons), "\n"), strings.Replace(before, "m4@", "new@", 1); got != want {
			t.Errorf("persons:\n%s", got)
		}
		// The list learns the login: no conflict, the contact address follows.
		w.want("learnt", w.list(csv(small, edit(rows, "1", "m2@", "other@", "3", "m4@", "new@")...), Options{}), "0+1~3=0-")
	})
}

// A reference that is given to somebody else must not hand an account over.
func TestT44_AReusedNumberDoesNotInheritTheAccount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		w.list(csv(small, "P;;A;1;1;B;1;;;;L1;1.1.2020;31.12.2025;;M1;;Marlene;Brandt;;", "P;;A;1;1;B;2;;;;L3;1.1.2020;;;M2;;Deniz;Kaya;;"), Options{})
		w.register("M1", "m1@post.example")
		got := w.list(csv(small, "P;;A;1;1;B;1;;;;L2;1.1.2026;;;M1;;Aaron;Feld;;", "P;;A;1;1;B;2;;;;L3;1.1.2020;;;M2;;Lea;Moreau;;"), Options{})
		w.want("another human", got, "0+1~0=1-")
		if r := got.Rejections[0]; r.Row != 2 || r.Column != "person_ref" {
			t.Errorf("%+v", r)
		}
		w.want("a new surname", w.list(csv(small, "P;;A;1;1;B;1;;;;L2;1.1.2026;;;M1;;Marlene;Feld;;"), Options{}), "1+0~0=0-")
	})
}

// Consents: recorded once, with the address; a withdrawn one comes back only
// when it was given again.
func TestW14_ConsentsComeInOnce(t *testing.T) {
	const header = "unit_ref;lease_start;person_ref;last_name;email;email_consent_on"
	withdraw := func(w *testWorld, ref string) {
		id := w.strings(personByRef, ref)[0]
		err := w.db.Write(t.Context(), operator.Scope(), func(_ context.Context, tx *store.Tx) error {
			return notifications.WithdrawConsent(tx, w.now(), operator, id, "email")
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		check := func(what, row, counts string, want ...string) {
			t.Helper()
			w.want(what, w.list(csv(header, row), Options{}), counts)
			if got := w.strings(dumpConsents); strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("%s: %q", what, got)
			}
		}
		first := "consent|Brandt|m@post.example|2025-03-01|in force"
		check("first", "1;1.1.2020;M1;Brandt;m@post.example;1.3.2025", "1+0~0=0-", first)
		check("again", "1;1.1.2020;M1;Brandt;m@post.example;1.3.2025", "0+0~1=0-", first)
		check("an older day", "1;1.1.2020;M1;Brandt;m@post.example;1.3.2024", "0+0~1=0-", first)
		check("no day", "1;1.1.2020;M1;Brandt;m@post.example;", "0+0~1=0-", first)
		check("tomorrow's", "1;1.1.2020;M1;Brandt;m@post.example;24.12.2026", "0+0~1=0-", first)
		check("a new address", "1;1.1.2020;M1;Brandt;n@post.example;1.3.2025", "0+1~0=0-",
			"consent|Brandt|m@post.example|2025-03-01|withdrawn", "consent|Brandt|n@post.example|2025-03-01|in force")
		withdraw(w, "M1") // on 12 November 2026
		gone := []string{"consent|Brandt|m@post.example|2025-03-01|withdrawn", "consent|Brandt|n@post.example|2025-03-01|withdrawn"}
		check("after withdrawing", "1;1.1.2020;M1;Brandt;n@post.example;1.3.2025", "0+0~1=0-", gone...)
		w.later(30 * 24 * 3600e9)
		check("given again", "1;1.1.2020;M1;Brandt;n@post.example;20.11.2026", "0+1~0=0-", append(gone, "consent|Brandt|n@post.example|2026-11-20|in force")...)
		w.register("M1", "n@post.example")
		check("for an address that is not the login", "1;1.1.2020;M1;Brandt;x@post.example;25.11.2026", "0+0~1=0-", append(gone, "consent|Brandt|n@post.example|2026-11-20|in force")...)
	})
}

// Staff limited to properties import lists of these, and see only their own
// runs.
func TestW14_LimitedStaffStayInTheirProperties(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		w.list(csv(small, "P;;A;1;1;B;1;;;;L1;1.1.2020;;;M1;;Marlene;Brandt;;", "Q;;C;1;1;B;1;;;;L2;1.1.2020;;;M2;;Jonas;Feld;;"), Options{})
		mine := w.strings(store.Scoped(`SELECT id FROM property WHERE org_id = $1 AND ref = 'P'`))
		by := actor.NewStaff(storetest.Org, "a1", "s1", "Jette Petersen", actor.Manager, true, mine)
		file := csv(small, "P;;A;1;1;B;1;;;;L1;1.1.2020;;;M1;;Marlene;Brandt;;030 1", "P;;A;1;1;B;2;;;;L3;1.1.2020;;;M3;;Lea;Kaya;;",
			"Q;;C;1;1;B;1;;;;L2;1.1.2020;;;M2;;Jonas;Feld;;030 2", "R;;D;1;1;B;1;;;;L4;1.1.2020;;;M4;;Petra;Sommer;;")
		r, err := w.ImportFile(t.Context(), by, strings.NewReader(file), "x.csv", Options{})
		if err != nil {
			t.Fatal(err)
		}
		if n := r.Counts; n.New != 1 || n.Changed != 1 || n.Rejected != 2 {
			t.Errorf("%+v", n)
		}
		if got := strings.Join(w.strings(dumpPersons), "\n"); strings.Contains(got, "030 2") || strings.Contains(got, "Sommer") {
			t.Errorf("persons:\n%s", got)
		}
		other := actor.NewStaff(storetest.Org, "a2", "s2", "Ole Berg", actor.Manager, true, mine)
		if _, err := w.Run(t.Context(), other, r.ID); err == nil {
			t.Error("another limited person saw the run")
		}
		if list, err := w.Runs(t.Context(), other, 10); err != nil || len(list) != 0 {
			t.Errorf("another limited person's runs: %v, %v", list, err)
		}
		if _, err := w.Run(t.Context(), operator, r.ID); err != nil {
			t.Error(err)
		}
		for _, role := range []actor.Role{actor.Clerk, actor.Caretaker, actor.ReadOnly} {
			by := actor.NewStaff(storetest.Org, "a", "s", "x", role, false, nil)
			if _, err := w.Start(t.Context(), by, strings.NewReader(file), "x.csv"); err == nil {
				t.Errorf("a %s may import", role)
			}
			if _, err := w.Run(t.Context(), by, r.ID); err == nil {
				t.Errorf("a %s may read an import", role)
			}
		}
	})
}
