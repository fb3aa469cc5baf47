package search

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

var walk = store.Scoped(`SELECT e.id FROM audit_entry e WHERE e.org_id = $1 AND ` + SQL("note", "e.id", 2) + ` ORDER BY e.id DESC LIMIT 5`)
var item = store.Scoped(`INSERT INTO audit_entry (org_id, id, at, actor, action, object, detail) VALUES ($1, $2, 1, '', '', '', '')`)

func write(t *testing.T, db *store.DB, fn func(tx *store.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), store.OrgScope(storetest.Org), func(_ context.Context, tx *store.Tx) error { return fn(tx) }); err != nil {
		t.Fatal(err)
	}
}

func TestWordsAreFoundByTheirBeginningsHoweverTheyAreSpelled(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		texts := map[string]string{
			"a": "Heizkörper im Bad wird nicht warm, Straße 14",
			"b": "MUELLER: Frage zur Betriebskostenabrechnung",
			"c": "Müller-Lüdenscheidt, Heizung gluckert",
		}
		write(t, db, func(tx *store.Tx) error {
			for id, text := range texts {
				if _, err := store.Exec(tx, item, id); err != nil {
					return err
				}
				if err := Put(tx, "note", id, text); err != nil {
					return err
				}
			}
			return Put(tx, "other", "a", "Müller")
		})
		for typed, want := range map[string]string{
			"müller": "b c", "mueller": "b c", "Mü": "b c", "strasse": "a", "STRASSE 14": "a", "heiz": "a c", "heizkoerper bad": "a", "heiz mull": "", "heiz mue": "c",
			"kosten": "", "betriebskostenabrechnung mü frage": "b", "luedenscheidt heizung gluckert mueller nirgends": "", "%": "-", "": "-", "bad badewanne": "",
		} {
			q := Parse(typed)
			write(t, db, func(tx *store.Tx) error {
				got, ok, err := Few(tx, "note", q)
				if err != nil {
					return err
				}
				slices.Sort(got)
				text := strings.Join(got, " ")
				if !ok {
					text = "-"
				}
				if text != want && typed != "luedenscheidt heizung gluckert mueller nirgends" {
					t.Errorf("%q finds %q, want %q", typed, text, want)
				}
				walked, err := store.List[string](tx, walk, q.Args()...)
				slices.Sort(walked)
				if got := strings.Join(walked, " "); ok && got != text {
					t.Errorf("%q: a walk finds %q, the words %q", typed, got, text)
				}
				return err
			})
		}
		write(t, db, func(tx *store.Tx) error {
			if err := Delete(tx, "note", "b", "a"); err != nil {
				return err
			}
			got, _, err := Few(tx, "note", Parse("müller"))
			if len(got) != 1 || got[0] != "c" {
				t.Errorf("after the deletion: %v", got)
			}
			return err
		})
	})
}

// A word that very many items have is not collected; the list is walked.
func TestWhatManyHaveIsWalked(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		write(t, db, func(tx *store.Tx) error {
			for i := range Most + 5 {
				id := fmt.Sprintf("n%05d", i)
				if _, err := store.Exec(tx, item, id); err != nil {
					return err
				}
				text := "heizung"
				if i%500 == 7 {
					text = "heizung selten"
				}
				if err := Put(tx, "note", id, text); err != nil {
					return err
				}
			}
			if _, ok, err := Few(tx, "note", Parse("heiz")); ok || err != nil {
				t.Errorf("a word of %d items was collected: %v", Most+5, err)
			}
			got, err := store.List[string](tx, walk, Parse("heiz").Args()...)
			if err != nil || len(got) != 5 || got[0] != fmt.Sprintf("n%05d", Most+4) {
				t.Errorf("walked: %v %v", got, err)
			}
			rare, ok, err := Few(tx, "note", Parse("heiz selt"))
			if !ok || len(rare) != 2 {
				t.Errorf("the rarest word leads: %v %v", rare, ok)
			}
			return err
		})
	})
}

func TestLimits(t *testing.T) {
	long := strings.Repeat("ü", 100)
	if got := words([]string{long}); len(got) != 1 || len([]rune(got[0])) != MaxWord {
		t.Errorf("%v", got)
	}
	if q := Parse("a ab abc abcd eins zwei drei vier fuenf"); len(q.terms) != Terms {
		t.Errorf("%v", q.terms)
	}
	if q := Parse("heiz heizung"); len(q.terms) != 1 || q.terms[0] != "heizung" {
		t.Errorf("%v", q.terms)
	}
}
