package integration

import (
	"regexp"
	"strings"
	"testing"

	"foyer/internal/contactchanges"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

var (
	contactStates = store.Scoped(`SELECT field || ' ' || state FROM contact_change WHERE org_id = $1 ORDER BY id`)
	openProperty  = store.Scoped(`UPDATE property SET portal_on = TRUE WHERE org_id = $1`)
	accountOf     = store.Scoped(`SELECT account_id FROM account_person WHERE org_id = $1 AND person_id = $2`)
	contactLink   = regexp.MustCompile(`https://a\.example/kontakt/bestaetigen/([A-Za-z0-9_-]{22})`)
)

// W16: what residents change waits for the list instead of being overwritten by
// it. The next list that carries the new value confirms the change; one with any
// other value confirms and rejects nothing, and never moves a login by itself.
func TestW16_AnImportConfirmsWhatItCarries(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		row := func(mail, phone string) string {
			return csv(small, "P;;A;1;1;B;1;;;;L1;1.1.2020;;;M1;;Marlene;Brandt;"+mail+";"+phone)
		}
		w.list(row("old@post.example", "030 1"), Options{})
		w.register("M1", "old@post.example")
		w.exec(openProperty)
		person := w.strings(personByRef, "M1")[0]
		by := actor.NewResident(storetest.Org, w.strings(accountOf, person)[0], []string{person})
		wish := contactchanges.Wish{Person: person, AuthAt: w.now(), Email: "new@post.example", Phone: "030 23125 877"}
		if n, err := w.contacts.Request(t.Context(), by, wish); err != nil || n != 2 {
			t.Fatal(n, err)
		}
		states := func(what, want string) {
			t.Helper()
			if got := strings.Join(w.strings(contactStates), ", "); got != want {
				t.Errorf("%s: %s, want %s", what, got, want)
			}
		}
		logins := func(what, want string) {
			t.Helper()
			if got := strings.Join(w.strings(allLogins), " "); got != want {
				t.Errorf("%s: logins %s, want %s", what, got, want)
			}
		}
		w.list(row("new@post.example", "030 1"), Options{})
		states("an address that nobody has proved", "email requested, phone requested")
		logins("an address that nobody has proved", "old@post.example")
		w.list(row("old@post.example", "030 1"), Options{})

		if _, err := w.queue.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		link := ""
		for _, m := range w.outbox.Messages() {
			if l := contactLink.FindStringSubmatch(m.Message.Text); l != nil {
				link = l[1]
			}
		}
		if _, err := w.contacts.ConfirmLink(t.Context(), actor.NewAnonymous(storetest.Org), link); err != nil {
			t.Fatal(err)
		}
		third := w.list(row("third@post.example", "030 2"), Options{})
		states("a third value", "email requested, phone requested")
		logins("a third value", "old@post.example")
		if third.run.Counts.Conflicts != 1 {
			t.Errorf("a third value makes %d conflicts", third.run.Counts.Conflicts)
		}
		carried := w.list(row("new@post.example", "+49 30 23125877"), Options{})
		states("the wished values", "email confirmed, phone confirmed")
		logins("the wished values", "new@post.example")
		if carried.run.Counts.Conflicts != 0 {
			t.Error("the wished address counts as a conflict")
		}
		w.want("again", w.list(row("new@post.example", "+49 30 23125877"), Options{}), "0+0~1=0-")
		logins("again", "new@post.example")
	})
}
