package documents

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/platform/upload"
)

// noteHouse is a house with a kind of item of its own: a note belongs to the
// account that its id names.
func noteHouse(t *testing.T, db *store.DB) *house {
	h := newHouse(t, db)
	h.RegisterOwner("note", func(_ *store.Tx, by actor.Actor, id string) (bool, error) {
		if id == "gone" {
			return false, fault.NotFound("note")
		}
		return by.Account() == id, nil
	})
	return h
}

// TestT41_H6_LinksLiveSixtyMinutes: for this account and session, to the second;
// H7: afterwards the lasting address leads to a new one.
func TestT41_H6_H7_LinksLiveSixtyMinutes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := noteHouse(t, db)
		data := pdf(t, "Guten Tag")
		f := h.hang(anna, "note", "acc-anna", "Brief.pdf", data)
		other := h.hang(anna, "note", "acc-anna", "Zweiter.pdf", pdf(t, "2"))
		ctx := t.Context()
		token, err := h.Link(ctx, anna, "s1", f.ID)
		if err != nil {
			t.Fatal(err)
		}
		if got := h.must(h.Open(ctx, anna, "s1", f.ID, token)); !bytes.Equal(got, data) {
			t.Error("another content came back")
		}
		start := h.at
		h.at = start.Add(LinkLife - time.Microsecond)
		h.must(h.Open(ctx, anna, "s1", f.ID, token))
		for _, late := range []time.Duration{LinkLife, 24 * time.Hour} {
			h.at = start.Add(late)
			o, err := h.Open(ctx, anna, "s1", f.ID, token)
			if !errors.Is(err, fault.ErrGone) || o.Name != "Brief.pdf" || o.Body != nil {
				t.Errorf("after %v: %+v %v", late, o, err)
			}
		}
		if _, err := h.Open(ctx, anna, "s2", f.ID, token); !errors.Is(err, fault.ErrGone) {
			t.Errorf("another session of the account: %v", err)
		}
		again, err := h.Link(ctx, anna, "s1", f.ID)
		if err != nil {
			t.Fatal(err)
		}
		h.must(h.Open(ctx, anna, "s1", f.ID, again))
		for name, call := range map[string]func() (Opened, error){
			"another account": func() (Opened, error) { return h.Open(ctx, bert, "s1", f.ID, again) },
			"staff":           func() (Opened, error) { return h.Open(ctx, boss, "s1", f.ID, again) },
			"another file":    func() (Opened, error) { return h.Open(ctx, anna, "s1", other.ID, again) },
			"nobody":          func() (Opened, error) { return h.Open(ctx, actor.NewAnonymous(storetest.Org), "s1", f.ID, again) },
			"another organisation": func() (Opened, error) {
				return h.Open(ctx, actor.NewResident(storetest.Twin, "acc-anna", nil), "s1", f.ID, again)
			},
		} {
			if _, err := call(); !isNotFound(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
		for i := range len(again) * 6 { // each bit of the address
			const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
			b := []byte(again)
			b[i/6] = alphabet[strings.IndexByte(alphabet, b[i/6])^(1<<(i%6))]
			if _, err := h.Open(ctx, anna, "s1", f.ID, string(b)); !isNotFound(err) {
				t.Fatalf("bit %d changed: %v", i, err)
			}
		}
		for _, by := range []actor.Actor{bert, boss, actor.NewAnonymous(storetest.Org)} {
			if _, err := h.Link(ctx, by, "s", f.ID); !isNotFound(err) {
				t.Errorf("%s got a link: %v", by.Label(), err)
			}
		}
	})
}

func (h *house) must(o Opened, err error) []byte { return content(h.t, o, err) }

func TestThumbsAreForWhoSeesTheFile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := noteHouse(t, db)
		pic := h.hang(anna, "note", "acc-anna", "Foto.png", photo(t))
		if len(h.must(h.Thumb(t.Context(), anna, pic.ID))) == 0 || !pic.Picture() || pic.Width != 900 {
			t.Errorf("no small picture of %+v", pic)
		}
		doc := h.hang(anna, "note", "acc-anna", "Brief.pdf", pdf(t, "x"))
		for _, c := range []struct {
			by actor.Actor
			id string
		}{{bert, pic.ID}, {anna, doc.ID}, {anna, "nichts"}, {anna, h.hang(anna, "note", "gone", "x.pdf", pdf(t, "y")).ID}} {
			if _, err := h.Thumb(t.Context(), c.by, c.id); !isNotFound(err) {
				t.Errorf("%s %s: %v", c.by.Label(), c.id, err)
			}
		}
	})
}

func TestDraftsHangOnOneItemOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := noteHouse(t, db)
		ctx := t.Context()
		var ids []string
		for _, name := range []string{"a.pdf", "b.pdf"} {
			f, err := h.Keep(ctx, anna, "", name, bytes.NewReader(pdf(t, name)))
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, f.ID)
		}
		foreign, err := h.Keep(ctx, bert, "", "c.pdf", bytes.NewReader(pdf(t, "c")))
		if err != nil {
			t.Fatal(err)
		}
		list, err := h.Drafts(ctx, anna, append([]string{foreign.ID}, ids...))
		if err != nil || len(list) != 2 || list[0].Name != "a.pdf" {
			t.Fatalf("kept: %v %v", list, err)
		}
		if err := h.DropDraft(ctx, anna, foreign.ID); !isNotFound(err) {
			t.Errorf("a foreign draft was dropped: %v", err)
		}
		for range 2 { // a form sent twice
			h.write(func(tx *store.Tx) error { return h.Attach(tx, anna, append(ids, foreign.ID), "note", "acc-anna") })
		}
		h.read(func(tx *store.Tx) error {
			files, err := FilesOf(tx, "note", []string{"acc-anna"})
			if len(files["acc-anna"]) != 2 {
				t.Errorf("attached: %v", files)
			}
			return err
		})
		h.write(func(tx *store.Tx) error {
			err := h.Attach(tx, anna, slices.Repeat([]string{"x"}, MaxFiles+1), "note", "acc-anna")
			if fault.AsInvalid(err) == nil {
				t.Errorf("too many: %v", err)
			}
			return nil
		})
		h.at = h.at.Add(draftLife + time.Hour)
		if err := h.endDrafts(ctx, actor.NewJob(storetest.Org, "documents.drafts"), jobs.Job{}); err != nil {
			t.Fatal(err)
		}
		h.read(func(tx *store.Tx) error {
			u, err := h.usage(tx)
			keys, err2 := Blobs(tx)
			if u.Files != 2 || len(keys) != 2 {
				t.Errorf("after a week: %+v, %d contents", u, len(keys))
			}
			return errors.Join(err, err2)
		})
		h.write(func(tx *store.Tx) error { return h.Drop(tx, "note", []string{"acc-anna"}) })
		h.read(func(tx *store.Tx) error {
			u, err := h.usage(tx)
			if u.Files != 0 || u.Bytes != 0 {
				t.Errorf("after all are dropped: %+v", u)
			}
			return err
		})
	})
}

// TestT20_QuotasHold: of the organisation, and of a resident's day.
func TestT20_QuotasHold(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := noteHouse(t, db)
		data := pdf(t, "x")
		h.quota = int64(2*len(data)) + 10
		for i := range 3 {
			_, err := h.Keep(t.Context(), boss, "foto", "x.pdf", bytes.NewReader(data))
			inv := fault.AsInvalid(err)
			if over := i == 2; over != (inv != nil && inv.Fields[0].Key == "documents.quota" && (inv.Fields[0].Name == "foto" || inv.Fields[0].Name == upload.Field)) {
				t.Errorf("file %d: %v", i, err)
			}
		}
		h.quota = 0
		h.write(func(tx *store.Tx) error {
			for i := range dayFiles {
				r := upload.Result{Name: "x.pdf", Type: upload.PDF, Size: 10, Blob: "org-a/" + store.IDFrom("x", string(rune(i)))}
				if _, err := h.Add(tx, anna, "note", "acc-anna", r); err != nil {
					return err
				}
			}
			return nil
		})
		if _, err := h.Keep(t.Context(), anna, "", "x.pdf", bytes.NewReader(data)); fault.AsInvalid(err) == nil {
			t.Errorf("file %d of a day: %v", dayFiles+1, err)
		}
		h.at = h.at.Add(25 * time.Hour)
		if _, err := h.Keep(t.Context(), anna, "", "x.pdf", bytes.NewReader(data)); err != nil {
			t.Errorf("the day after: %v", err)
		}
	})
}

func TestSizesReadLikePeopleWriteThem(t *testing.T) {
	for n, want := range map[int64][2]string{12: {"1 KB", "1 KB"}, 640_100: {"640 KB", "640 KB"}, 1_840_000: {"1,8 MB", "1.8 MB"}, 17_600_000: {"18 MB", "18 MB"}} {
		if got := [2]string{File{Size: n}.SizeText("de"), File{Size: n}.SizeText("en")}; got != want {
			t.Errorf("%d: %v, want %v", n, got, want)
		}
	}
}
