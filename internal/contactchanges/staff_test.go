package contactchanges

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"testing"
	"time"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/portfolio"
)

// W16: what a resident has changed waits in a queue instead of being overwritten
// at the next synchronisation; the list confirms what it carries and rejects
// nothing, and it never moves a login by itself.
func TestW16_TheListConfirmsAndNeverOverwrites(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		by, _, wish := w.marlene()
		wish.Email, wish.Phone = newAddress, "030 23125 877"
		wish.Post = portfolio.PostAddress{Street: "Berliner Str. 4", Postcode: "39100", City: "Bozen", Country: "IT"}
		w.asks(by, wish)
		w.proves()
		w.listSays(func(p *portfolio.Person) { p.Email = "third@mail.example" }) // older, or a mistake
		if v, _ := w.Waiting(t.Context(), w.manager()); v.All != 3 || w.login() != oldAddress {
			t.Fatalf("%+v, login %s", v, w.login())
		}
		w.listSays(func(p *portfolio.Person) {
			p.Phone = "+49 (0)30 23125-877"
			p.PostStreet, p.PostPostcode, p.PostCity, p.PostCountry = "Berliner Straße 4", "39100", "Bozen", "IT"
		})
		if v, _ := w.Waiting(t.Context(), w.manager()); v.All != 1 {
			t.Errorf("the list carries two of them: %+v", v)
		}
		w.listSays(func(p *portfolio.Person) { p.Email = newAddress })
		if v, _ := w.Waiting(t.Context(), w.manager()); v.All != 0 || w.login() != newAddress {
			t.Errorf("%+v, login %s", v, w.login())
		}
		w.clean()
	})
}

// The queue keeps to the limits of a staff member, and only who edits the
// portfolio has it.
func TestX1_TheQueueKeepsToLimits(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		by, _, wish := w.marlene()
		wish.Phone = "030 1234567"
		w.asks(by, wish)
		id := w.last().ID
		own, foreign := w.manager("p1"), w.manager("p2")
		if l, err := w.Queue(t.Context(), own, Waits, 1); err != nil || l.All != 1 || len(l.Rows) != 1 {
			t.Errorf("%+v, %v", l, err)
		}
		if l, err := w.Queue(t.Context(), foreign, Waits, 1); err != nil || l.All != 0 || len(l.Rows) != 0 {
			t.Errorf("%+v, %v", l, err)
		}
		if e, err := w.Export(t.Context(), foreign, false); err != nil || e.Len() != 0 {
			t.Errorf("%d, %v", e.Len(), err)
		}
		_, one := w.One(t.Context(), foreign, id)
		_, confirm := w.Confirm(t.Context(), foreign, []string{id})
		_, twin := w.Confirm(t.Context(), w.manager(), []string{"twin-change"})
		for i, err := range []error{one, confirm, twin, w.Reject(t.Context(), foreign, id, "x")} {
			if !errors.Is(err, fault.ErrNotFound) {
				t.Errorf("%d: %v", i, err)
			}
		}
		clerk := actor.NewStaff(storetest.Org, "a", "s", "", actor.Clerk, false, nil)
		_, queue := w.Queue(t.Context(), clerk, Waits, 1)
		_, export := w.Export(t.Context(), clerk, false)
		_, confirm = w.Confirm(t.Context(), clerk, []string{id})
		for i, err := range []error{queue, export, confirm, w.Reject(t.Context(), clerk, id, "x"), w.ConfirmCarried(t.Context(), clerk)} {
			if !errors.Is(err, fault.ErrDenied) {
				t.Errorf("%d: %v", i, err)
			}
		}
		if bad := fault.AsInvalid(w.Reject(t.Context(), own, id, " ")); bad == nil {
			t.Error("rejected without a reason")
		}
		w.isState(Requested, "")
	})
}

// The file has old and new, marks what it took, can be fetched again, and no
// cell becomes a formula.
func TestX1_TheFileForTheERP(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		by, _, wish := w.marlene()
		wish.Mobile = "+49 171 39200 63"
		wish.Post = portfolio.PostAddress{Name: "=HYPERLINK(1)", Street: "Via Esempio 4", Postcode: "39100", City: "Bozen", Country: "IT"}
		w.asks(by, wish)
		var files []string
		for range 2 {
			e, err := w.Export(t.Context(), w.manager(), false)
			w.must(err)
			var b bytes.Buffer
			w.must(e.Write(&b, w.Texts.Printer("de")))
			files = append(files, b.String())
		}
		if files[0] != files[1] {
			t.Error("fetched again it is another file")
		}
		if e, _ := w.Export(t.Context(), w.manager(), true); e.Len() != 0 {
			t.Error("exported changes count as fresh")
		}
		r := csv.NewReader(strings.NewReader(strings.TrimPrefix(files[0], "\ufeff")))
		r.Comma = ';'
		rows, err := r.ReadAll()
		w.must(err)
		if len(rows) != 3 || rows[0][7] != "Bisher" || rows[1][1] != "M-1" || rows[1][5] != "Ahornallee 11 · Wohnung 5" {
			t.Fatalf("%q", rows)
		}
		for _, row := range rows[1:] {
			for _, cell := range row {
				if strings.ContainsAny(cell[:min(1, len(cell))], "=+-@") {
					t.Errorf("%q is a formula", cell)
				}
			}
		}
		if w.last().State != Exported {
			t.Error("not marked")
		}
		w.confirmsLast()
	})
}

// Days count: due today, overdue, timed out after twenty working days more;
// what is over is forgotten by the organisation's rule.
func TestA13_DueOverdueTimedOutForgotten(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		by, _, wish := w.marlene()
		wish.Phone = "030 1234567"
		w.asks(by, wish)
		for days, want := range map[int]Waiting{0: {All: 1, Fresh: 1}, 6: {All: 1, Fresh: 1, Today: 1}, 7: {All: 1, Fresh: 1, Overdue: 1}} {
			w.later(time.Duration(days) * 24 * time.Hour)
			if got, err := w.Waiting(t.Context(), w.manager()); err != nil || got != want {
				t.Errorf("after %d days: %+v, want %+v (%v)", days, got, want, err)
			}
			w.later(-time.Duration(days) * 24 * time.Hour)
		}
		w.later(34 * 24 * time.Hour) // 16 December: the last day
		w.sweeps()
		w.isState(Requested, "")
		w.later(24 * time.Hour)
		w.sweeps()
		w.isState(TimedOut, whyWaited)
		if got := w.mails(oldAddress)[0].Subject; got != "Ihre Änderung wurde nicht bestätigt" {
			t.Errorf("told %q", got)
		}
		w.clean()
		w.later(48 * 31 * 24 * time.Hour)
		w.sweeps()
		if w.last().ID != "" {
			t.Error("it is kept for ever")
		}
	})
}
