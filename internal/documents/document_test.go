package documents

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/portfolio"
)

// TestA1_E20_DocumentsReachWhomTheyAreFor: one of each audience.
func TestA1_E20_DocumentsReachWhomTheyAreFor(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		h.settle()
		h.publish(boss, Statement, "an Anna", "2026-10-01", portfolio.ToPerson, "anna")
		h.publish(boss, Contract, "Vertrag Anna", "2025-11-20", portfolio.ToLease, "l-anna")
		h.publish(boss, Statement, "Ablesung 2024", "2024-12-31", portfolio.ToUnit, "u1")
		h.publish(boss, Statement, "Ablesung 2026", "2026-10-31", portfolio.ToUnit, "u1")
		h.publish(boss, Minutes, "Aufgang 14", "2026-10-01", portfolio.ToStairwell, portfolio.StairwellID("b1", "14"))
		h.publish(boss, Letter, "Haus 2025", "2025-05-01", portfolio.ToBuilding, "b1")
		h.publish(boss, Rules, "Hausordnung", "2010-01-01", portfolio.ToProperty, "p1", standing)
		h.publish(boss, Budget, "Plan 2026", "2026-01-15", portfolio.ToOwners, "p1")
		for name, c := range map[string]struct {
			by   actor.Actor
			want []string
		}{
			"the resident":      {anna, []string{"Ablesung 2026", "Aufgang 14", "Hausordnung", "Vertrag Anna", "an Anna"}},
			"who lived there":   {bert, []string{"Ablesung 2024", "Haus 2025"}},
			"the neighbour":     {carl, []string{"Haus 2025", "Hausordnung"}},
			"the owner":         {dora, []string{"Plan 2026"}},
			"another property":  {actor.NewResident(storetest.Org, "acc-emil", []string{"emil"}), nil},
			"another's account": {actor.NewResident(storetest.Twin, "acc-anna", []string{"anna"}), nil},
		} {
			if diff := cmp.Diff(c.want, h.titles(c.by)); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
		if _, err := h.Mine(t.Context(), boss); !isNotFound(err) {
			t.Errorf("staff as a resident: %v", err)
		}
	})
}

func TestX11_ContractsBeforeTheDayAreKeptBack(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		h.settle()
		d := h.publish(boss, Contract, "Vertrag Anna", "2025-11-20", portfolio.ToLease, "l-anna")
		h.publish(boss, Contract, "Vertrag Carl", "2019-12-01", portfolio.ToLease, "l-carl") // signature unknown
		h.publish(boss, Statement, "Abrechnung", "2026-10-01", portfolio.ToLease, "l-anna")
		ctx := t.Context()
		for _, c := range []struct {
			from       string
			anna, carl []string
			hidden     int
		}{
			{"", []string{"Abrechnung", "Vertrag Anna"}, []string{"Vertrag Carl"}, 0},
			{"2024-06-01", []string{"Abrechnung", "Vertrag Anna"}, nil, 0},
			{"2025-11-20", []string{"Abrechnung", "Vertrag Anna"}, nil, 0},
			{"2025-11-21", []string{"Abrechnung"}, nil, 1},
		} {
			h.settings(`{"lease_documents_from":"` + c.from + `"}`)
			if diff := cmp.Diff(c.anna, h.titles(anna)); diff != "" {
				t.Errorf("from %q, A20: %s", c.from, diff)
			}
			if diff := cmp.Diff(c.carl, h.titles(carl)); diff != "" {
				t.Errorf("from %q, unknown signature: %s", c.from, diff)
			}
			shelf, err := h.Mine(ctx, anna)
			if err != nil || len(shelf.Hidden) != c.hidden || shelf.From != c.from {
				t.Errorf("from %q: %+v %v", c.from, shelf, err)
			}
			_, err = h.Link(ctx, anna, "s", d.FileID)
			if open := err == nil; open != (c.hidden == 0) {
				t.Errorf("from %q: the file: %v", c.from, err)
			}
			det, err := h.Get(ctx, boss, d.ID)
			if err != nil || det.Hidden != (c.hidden == 1) {
				t.Errorf("from %q: staff: %v %v", c.from, det.Hidden, err)
			}
		}
	})
}

func (h *house) settings(json string) {
	h.t.Helper()
	q := setSettings
	h.write(func(tx *store.Tx) error {
		_, err := store.Exec(tx, q, json)
		return err
	})
}

var setSettings = store.Scoped(`UPDATE org SET settings = $2, version = version + 1 WHERE org_id = $1`)

// TestW10_StaffSeeWhoHasRead: a mark per person, once, and gone when the file is
// another one.
func TestW10_StaffSeeWhoHasRead(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		h.settle()
		ctx := t.Context()
		d := h.publish(boss, Letter, "Rauchmelder", "2026-10-01", portfolio.ToProperty, "p1")
		f, err := h.Look(ctx, anna, d.FileID)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := h.Seen(ctx, anna, f); err != nil {
				t.Fatal(err)
			}
		}
		for _, by := range []actor.Actor{boss, bert} { // staff are no readers, Bert may not see it
			if err := h.Seen(ctx, by, f); err != nil {
				t.Fatal(err)
			}
		}
		det, err := h.Get(ctx, boss, d.ID)
		if err != nil || det.ReadCount() != 1 || len(det.Readers) != 2 || det.Reads != 1 {
			t.Errorf("read by %d of %+v: %v", det.ReadCount(), det.Readers, err)
		}
		shelf, _ := h.Mine(ctx, anna)
		if !shelf.Entries[0].Read || shelf.Entries[0].Fresh(store.Micros(h.at)) {
			t.Error("Anna's own document is not marked as read")
		}
		nf, err := h.Keep(ctx, boss, "datei", "neu.pdf", bytes.NewReader(pdf(t, "neu")))
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Replace(ctx, boss, d.ID, nf.ID, true); err != nil {
			t.Fatal(err)
		}
		det, err = h.Get(ctx, boss, d.ID)
		if err != nil || det.ReadCount() != 0 || len(det.Files) != 2 || det.FileID != nf.ID {
			t.Errorf("after it was replaced: %d read, %d files, %v", det.ReadCount(), len(det.Files), err)
		}
		if _, err := h.Look(ctx, anna, f.ID); !isNotFound(err) {
			t.Errorf("Anna and the file that was replaced: %v", err)
		}
		if _, err := h.Look(ctx, boss, f.ID); err != nil {
			t.Errorf("staff and the file that was replaced: %v", err)
		}
	})
}

func TestRightsAndLimitsOfStaff(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		h.settle()
		ctx := t.Context()
		d := h.publish(boss, Letter, "Brief", "2026-10-01", portfolio.ToProperty, "p1")
		own := h.publish(limited, Letter, "Eigener", "2026-10-01", portfolio.ToPerson, "emil")
		facts := Facts{Kind: Letter, Title: "x", Day: "2026-01-01"}
		for name, by := range map[string]actor.Actor{"caretaker": keeper, "limited": limited, "resident": anna, "read-only": reader} {
			for what, call := range map[string]func() error{
				"publish": func() error {
					_, err := h.Publish(ctx, by, Draft{FileID: "x", Facts: facts, Audience: portfolio.ToProperty, TargetID: "p1"})
					return err
				},
				"describe": func() error { return h.Describe(ctx, by, d.ID, facts) },
				"replace":  func() error { return h.Replace(ctx, by, d.ID, "x", true) },
				"withdraw": func() error { return h.Withdraw(ctx, by, d.ID) },
				"restore":  func() error { return h.Restore(ctx, by, d.ID) },
				"targets":  func() error { _, err := h.Targets(ctx, by, "p1", portfolio.ToUnit); return err },
				"target":   func() error { _, err := h.Target(ctx, by, portfolio.ToLease, "l-anna"); return err },
			} {
				if err := call(); !isNotFound(err) {
					t.Errorf("%s, %s: %v", name, what, err)
				}
			}
			if _, err := h.Get(ctx, by, d.ID); isNotFound(err) != (name != "read-only") {
				t.Errorf("%s, get: %v", name, err)
			}
			if _, err := h.Link(ctx, by, "s", d.FileID); isNotFound(err) != (name == "caretaker" || name == "limited") {
				t.Errorf("%s, file: %v", name, err)
			}
		}
		list, err := h.List(ctx, limited, Filter{})
		if err != nil || len(list.Rows) != 1 || list.Rows[0].ID != own.ID || list.Total != 1 {
			t.Errorf("limited: %+v %v", list, err)
		}
		if _, err := h.List(ctx, limited, Filter{PropertyID: "p1"}); !isNotFound(err) {
			t.Errorf("a foreign property: %v", err)
		}
		if list, err = h.List(ctx, boss, Filter{PropertyID: "p1", Kind: Letter, Year: "2026", Words: "BRIEF"}); err != nil || list.Total != 1 || list.Rows[0].Target.Title() != "Ahornallee 14" {
			t.Errorf("filtered: %+v %v", list, err)
		}
		for _, f := range []Filter{{Kind: Other}, {Year: "2025"}, {Words: "gibt es nicht"}, {Withdrawn: true}, {PropertyID: "p2", Words: "brief"}} {
			if list, err = h.List(ctx, boss, f); err != nil || list.Total != 0 {
				t.Errorf("%+v: %d %v", f, list.Total, err)
			}
		}
	})
}

func TestPublishWithdrawRestore(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		h.settle()
		ctx := t.Context()
		_, err := h.Publish(ctx, boss, Draft{Facts: Facts{Kind: "x", Title: " ", Day: "2026-02-30"}})
		inv := fault.AsInvalid(err)
		if inv == nil || len(inv.Fields) != 5 {
			t.Fatalf("nothing at all: %v", err)
		}
		first := h.publish(boss, Letter, "Brief", "2026-10-01", portfolio.ToLease, "l-anna", func(d *Draft) { d.Key = "k1" })
		again, err := h.Publish(ctx, boss, Draft{Key: "k1", FileID: first.FileID, Facts: Facts{Kind: Letter, Title: "Brief", Day: "2026-10-01"}, Audience: portfolio.ToLease, TargetID: "l-anna"})
		if err != nil || again.ID != first.ID {
			t.Errorf("sent twice: %+v %v", again, err)
		}
		if _, err := h.Publish(ctx, boss, Draft{FileID: first.FileID, Facts: Facts{Kind: Letter, Title: "Fremd", Day: "2026-10-01"}, Audience: portfolio.ToLease, TargetID: "l-carl"}); fault.AsInvalid(err) == nil {
			t.Errorf("another document's file was taken: %v", err)
		}
		for _, target := range [][2]string{{"lease", "nichts"}, {"stairwell", "b1/99"}, {"stairwell", "b9/14"}, {"person", "twin-person"}, {"property", "twin-property"}} {
			if _, err := h.Publish(ctx, boss, Draft{FileID: first.FileID, Facts: Facts{Kind: Letter, Title: "x", Day: "2026-10-01"}, Audience: portfolio.Kind(target[0]), TargetID: target[1]}); !isNotFound(err) {
				t.Errorf("to %v: %v", target, err)
			}
		}
		if err := h.Withdraw(ctx, boss, first.ID); err != nil {
			t.Fatal(err)
		}
		if got := h.titles(anna); len(got) != 0 {
			t.Errorf("withdrawn, but Anna sees %v", got)
		}
		if _, err := h.Link(ctx, anna, "s", first.FileID); !isNotFound(err) {
			t.Errorf("withdrawn, but the file: %v", err)
		}
		if err := h.Restore(ctx, boss, first.ID); err != nil {
			t.Fatal(err)
		}
		if err := h.Describe(ctx, boss, first.ID, Facts{Kind: Certificate, Title: "Bescheinigung", Day: "2026-09-30"}); err != nil {
			t.Fatal(err)
		}
		det, err := h.Get(ctx, boss, first.ID)
		var done []string
		for _, e := range det.History {
			done = append(done, e.Action)
		}
		slices.Sort(done)
		if diff := cmp.Diff([]string{"document.describe", "document.publish", "document.restore", "document.withdraw"}, done); err != nil || diff != "" || !slices.Equal(h.titles(anna), []string{"Bescheinigung"}) {
			t.Errorf("%v %s", err, diff)
		}
	})
}

// TestRetentionEndsDocuments: all but those under a hold and standing ones.
func TestRetentionEndsDocuments(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		h.settle()
		h.publish(boss, Letter, "alt", "2026-10-01", portfolio.ToProperty, "p1")
		h.publish(boss, Letter, "gehalten", "2026-10-01", portfolio.ToProperty, "p1", func(d *Draft) { d.Facts.Hold = true })
		h.publish(boss, Rules, "Hausordnung", "2026-10-01", portfolio.ToProperty, "p1", standing)
		job := actor.NewJob(storetest.Org, "documents.expire")
		left := func() []string {
			list, err := h.List(t.Context(), boss, Filter{})
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, r := range list.Rows {
				out = append(out, r.Title)
			}
			slices.Sort(out)
			return out
		}
		for _, step := range []struct {
			settings string
			months   int
			want     []string
		}{
			{`{}`, 200, []string{"Hausordnung", "alt", "gehalten"}},
			{`{"retention":{"documents":12}}`, 11, []string{"Hausordnung", "alt", "gehalten"}},
			{`{"retention":{"documents":12}}`, 13, []string{"Hausordnung", "gehalten"}},
		} {
			h.settings(step.settings)
			start := h.at
			h.at = h.at.AddDate(0, step.months, 0)
			if err := h.expire(t.Context(), job, jobs.Job{}); err != nil {
				t.Fatal(err)
			}
			h.at = start
			if diff := cmp.Diff(step.want, left()); diff != "" {
				t.Errorf("after %d months: %s", step.months, diff)
			}
		}
		h.read(func(tx *store.Tx) error {
			u, err := h.usage(tx)
			if u.Files != 2 {
				t.Errorf("files left: %+v", u)
			}
			return err
		})
	})
}

// TestX9_DocumentsAreAnnouncedWithoutTheirContent: to those who see it, once, by mail without a word of
// the document (X9).
func TestX9_DocumentsAreAnnouncedWithoutTheirContent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		h.settle()
		h.account("anna")
		h.account("bert")
		h.publish(boss, Statement, "Betriebskostenabrechnung Geheim", "2026-10-01", portfolio.ToLease, "l-anna")
		h.publish(boss, Letter, "Still", "2026-10-01", portfolio.ToLease, "l-anna", func(d *Draft) { d.Quiet = true })
		gone := h.publish(boss, Letter, "Weg", "2026-10-01", portfolio.ToLease, "l-anna")
		if err := h.Withdraw(t.Context(), boss, gone.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := h.queue.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		var to []string
		for _, m := range h.out.Messages() {
			to = append(to, m.To.Addr)
			if text := fmt.Sprintf("%+v", m); strings.Contains(text, "Geheim") || strings.Contains(text, "Betriebskosten") {
				t.Error("the mail speaks about the document")
			}
		}
		if diff := cmp.Diff([]string{"anna@post.example"}, to); diff != "" {
			t.Error(diff)
		}
	})
}

var (
	addAccount = store.Scoped(`INSERT INTO account (org_id, id, site, email, password_hash, created_at, password_at) VALUES ($1, $2, 'resident', $3, 'x', 1, 1)`)
	addPerson  = store.Scoped(`INSERT INTO account_person (org_id, account_id, person_id, since) VALUES ($1, $2, $3, 1)`)
	addState   = store.Scoped(`INSERT INTO person_access (org_id, person_id, state, since) VALUES ($1, $2, 'confirmed', 1)`)
)

// account gives a person an access of its own.
func (h *house) account(person string) {
	h.t.Helper()
	h.write(func(tx *store.Tx) error {
		if _, err := store.Exec(tx, addAccount, "acc-"+person, person+"@post.example"); err != nil {
			return err
		}
		if _, err := store.Exec(tx, addPerson, "acc-"+person, person); err != nil {
			return err
		}
		_, err := store.Exec(tx, addState, person)
		return err
	})
}
