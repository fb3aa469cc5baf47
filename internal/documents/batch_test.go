package documents

import (
	"bytes"
	"fmt"
	"testing"

	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/portfolio"
)

func TestNamesFindTheirPlace(t *testing.T) {
	list := []candidate{
		{"u1", []weighted{{plain("W-001"), byUnit}, {plain("14 Whg 1"), byDoor}, {"brandt", byName}}},
		{"u2", []weighted{{plain("W-002"), byUnit}, {plain("14 Whg 2"), byDoor}, {"mueller", byName}}},
		{"u3", []weighted{{plain("W-012"), byUnit}, {plain("16 Whg 2"), byDoor}, {"mueller", byName}}},
		{"u4", []weighted{{"5", byUnit}}},
	}
	for name, want := range map[string]string{
		"BK 2025 W-001.pdf": "u1", "W001.pdf": "u1", "w1_abrechnung.PDF": "u1", "Abrechnung_Brandt.pdf": "u1", "14 Whg2 2025.pdf": "u2", "12-W-012.pdf": "u3",
		"Müller.pdf": "several", "Müller W-002.pdf": "u2", "Abrechnung 2025.pdf": "", "W-0011.pdf": "", "Seite 5 von 7.pdf": "", "5.pdf": "u4", ".pdf": "", "W-001 W-002.pdf": "several",
	} {
		id, several := match(name, list)
		if several {
			id = "several"
		}
		if id != want {
			t.Errorf("%s: %q, want %q", name, id, want)
		}
	}
}

// TestE20_ManyFilesFindTheirFlats: by their names, with a hand where it is
// needed; nothing is lost when one is refused or the upload is repeated.
func TestE20_ManyFilesFindTheirFlats(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		h.settle()
		ctx := t.Context()
		begin := Batch{PropertyID: "p1", Kind: Statement, Title: "Betriebskosten 2025", Day: "2026-05-04", Target: portfolio.ToLease}
		b, err := h.BeginBatch(ctx, boss, "k", begin)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := h.BeginBatch(ctx, boss, "k", begin); err != nil || again.ID != b.ID {
			t.Errorf("sent twice: %v %v", again, err)
		}
		for range 2 { // an upload that was repeated
			for name, data := range map[string][]byte{"V-2 Abrechnung.pdf": pdf(t, "Anna"), "W-001.pdf": pdf(t, "wer?"), "Whg 2.pdf": pdf(t, "Carl"), "kaputt.pdf": []byte("%PDF-1.7 nichts"), "niemand.pdf": pdf(t, "niemand"), "bild.heic": []byte("nichts")} {
				if _, err := h.AddToBatch(ctx, boss, b.ID, name, bytes.NewReader(data)); err != nil {
					t.Fatal(name, err)
				}
			}
		}
		state := func() map[string]string {
			v, err := h.Batch(ctx, boss, b.ID)
			if err != nil {
				t.Fatal(err)
			}
			out := map[string]string{}
			for _, i := range v.Items {
				out[i.Name] = i.How + ":" + i.MatchID + i.Problem
			}
			return out
		}
		want := fmt.Sprint(map[string]string{"V-2 Abrechnung.pdf": "name:l-anna", "W-001.pdf": "several:", "Whg 2.pdf": "name:l-carl", "kaputt.pdf": ":upload.pdf_broken", "niemand.pdf": ":", "bild.heic": ":upload.kind"})
		if got := fmt.Sprint(state()); got != want {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
		item := func(name string) string { return store.IDFrom("item", b.ID, name) }
		for _, foreign := range []string{"l-emil", "twin-lease", "nichts"} {
			if err := h.MatchItem(ctx, boss, b.ID, item("W-001.pdf"), foreign, false); !isNotFound(err) {
				t.Errorf("matched to %s: %v", foreign, err)
			}
		}
		if err := h.MatchItem(ctx, boss, b.ID, item("W-001.pdf"), "l-bert", false); err != nil {
			t.Fatal(err)
		}
		if err := h.MatchItem(ctx, boss, b.ID, item("niemand.pdf"), "", true); err != nil {
			t.Fatal(err)
		}
		if n, err := h.PublishBatch(ctx, boss, b.ID, true); err != nil || n != 3 {
			t.Errorf("published %d: %v", n, err)
		}
		if n, err := h.PublishBatch(ctx, boss, b.ID, true); err != nil || n != 0 {
			t.Errorf("published again %d: %v", n, err)
		}
		for by, n := range map[string]int{"anna": len(h.titles(anna)), "bert": len(h.titles(bert)), "carl": len(h.titles(carl))} {
			if n != 1 {
				t.Errorf("%s sees %d", by, n)
			}
		}
		if err := h.MatchItem(ctx, boss, b.ID, item("W-001.pdf"), "l-anna", false); err == nil {
			t.Error("a published file was matched anew")
		}
		open, err := h.Batches(ctx, boss)
		if err != nil || len(open) != 1 {
			t.Errorf("two files were refused, the batch waits for them: %v %v", open, err)
		}
		if err := h.DropBatch(ctx, boss, b.ID); err != nil {
			t.Fatal(err)
		}
		if n := len(h.titles(anna)); n != 1 {
			t.Errorf("dropping the batch took what was published: %d", n)
		}
		if _, err := h.BeginBatch(ctx, boss, "x", Batch{PropertyID: "p1", Target: portfolio.ToPerson}); fault.AsInvalid(err) == nil {
			t.Errorf("nothing at all: %v", err)
		}
		if _, err := h.BeginBatch(ctx, limited, "x", begin); !isNotFound(err) {
			t.Errorf("a foreign property: %v", err)
		}
		for what, err := range map[string]error{"show": second(h.Batch(ctx, limited, b.ID)), "add": second(h.AddToBatch(ctx, limited, b.ID, "x.pdf", bytes.NewReader(nil))), "publish": second(h.PublishBatch(ctx, keeper, b.ID, true)), "drop": h.DropBatch(ctx, anna, b.ID)} {
			if !isNotFound(err) {
				t.Errorf("%s of who may not: %v", what, err)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }
