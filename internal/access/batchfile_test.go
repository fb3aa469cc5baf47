package access

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

// seedOf opens a batch's secret as the job does.
func (e *estate) seedOf(id string) []byte {
	e.t.Helper()
	var b Batch
	e.read(func(tx *store.Tx) (err error) { b, err = batchWithin(tx, e.clerk, id); return err })
	sealed, err := base64.RawStdEncoding.DecodeString(b.secret)
	if err == nil {
		sealed, err = e.keys.Open(purposeSeed, storetest.Org, sealed)
	}
	if err != nil {
		e.t.Fatal(err)
	}
	return sealed
}

func TestT26_EachPageHasOnePersonAndHerOwnCode(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		people := map[string]string{}
		for i := range 300 {
			name := fmt.Sprintf("Zz%03dz", i)
			p, _ := e.add(dweller{last: name, person: fmt.Sprintf("m%03d", 299-i)})
			people[p] = name
		}
		b, pdf := e.letters("14", false)
		order, _ := e.planned(b.ID)
		seed := e.seedOf(b.ID)
		text := pages(t, pdf)
		if len(text) != len(order) || len(order) != 300 {
			t.Fatalf("%d pages for %d letters", len(text), len(order))
		}
		for i, p := range order {
			code := seal.FormatCode(e.codeOf(storetest.Org, seed, p).Typed)
			for q, name := range people {
				if strings.Contains(text[i], name) != (p == q) {
					t.Fatalf("page %d of %s: %s", i+1, people[p], text[i])
				}
			}
			if strings.Count(text[i], code) != 1 || !strings.Contains(text[i], "a.example") {
				t.Fatalf("page %d lacks its code or the domain: %s", i+1, text[i])
			}
		}
		for _, p := range []string{order[0], order[299]} { // A6: the letter's code opens the door, in either form
			sec := e.codeOf(storetest.Org, seed, p)
			if err := e.LookAtLink(t.Context(), e.anon, Entered{Link: sec.Link, Visit: visitor}); err != nil {
				t.Error(err)
			}
			e.register(sec, p+"@post.example")
		}
	})
}

func TestT25_TheQRCodeLeadsToOurOwnOrigin(t *testing.T) {
	e := newEstate(t, storetest.SQLite(t).DB)
	e.house("14")
	for range 3 {
		e.add(dweller{})
	}
	b, pdf := e.letters("14", false)
	order, _ := e.planned(b.ID)
	dir := t.TempDir()
	file := filepath.Join(dir, "x.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("pdftoppm", "-r", "150", "-png", file, filepath.Join(dir, "p")).CombinedOutput(); err != nil {
		t.Fatalf("pdftoppm (Debian: poppler-utils): %v %s", err, out)
	}
	for i, p := range order {
		out, err := exec.Command("zbarimg", "-q", "--raw", filepath.Join(dir, fmt.Sprintf("p-%d.png", i+1))).Output()
		want := "https://a.example/r/" + e.codeOf(storetest.Org, e.seedOf(b.ID), p).Link
		if got := strings.TrimSpace(string(out)); err != nil || got != want {
			t.Errorf("page %d (Debian: zbar-tools): %q, %v", i+1, got, err)
		}
	}
}

// TestBatchGoesOnAfterEveryInterruption stops the job at each moment at which
// it looks at the clock, twice as often as there are chunks, and lets it go on.
func TestT26_BatchGoesOnAfterEveryInterruption(t *testing.T) {
	defer func(n int) { letterChunk = n }(letterChunk)
	letterChunk = 7
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		for i := range 60 {
			last := ""
			if i%20 == 11 {
				last = "\u05e9\u05dc\u05d5\u05dd" // no glyph
			}
			e.add(dweller{last: last})
		}
		id, err := e.StartLetters(t.Context(), e.clerk, "14", false)
		if err != nil {
			t.Fatal(err)
		}
		by := actor.NewJob(storetest.Org, JobLetters)
		clock := e.Service.now
		stops := 0
		for k := 1; ; k++ {
			ctx, cancel := context.WithCancel(t.Context())
			calls := 0
			e.Service.now = func() time.Time {
				if calls++; calls == k {
					cancel()
				}
				return clock()
			}
			err := e.letterPass(ctx, by, id)
			cancel()
			if err == nil {
				break
			}
			stops++
			if b := e.batch(id); b.State != BatchRunning || b.Done+b.Failed > 60 {
				t.Fatalf("after stop %d: %+v", k, b)
			}
		}
		e.Service.now = clock
		b := e.batch(id)
		if stops < 9 || b.State != BatchReady || b.Done != 57 || b.Failed != 3 {
			t.Fatalf("%d stops, %+v", stops, b)
		}
		e.sameCodes(id, 57)
		if files := e.files(); len(files) != 2 {
			t.Errorf("%d files in the store, want letters and list: %v", len(files), files)
		}
		e.drain() // the job itself finds nothing left to do
		if got := e.batch(id); got.Done != 57 || got.ReadyAt != b.ReadyAt {
			t.Errorf("a second run changed the batch: %+v", got)
		}
	})
}

// sameCodes fails unless the file has n pages and each code on them is the one
// stored for its person, once.
func (e *estate) sameCodes(id string, n int) {
	e.t.Helper()
	seed := e.seedOf(id)
	text := pages(e.t, e.fetch(id))
	order, how := e.planned(id)
	i := 0
	for _, p := range order {
		if how[p] != "done" {
			if e.state(p) != NoAccess {
				e.t.Errorf("%s has no letter and is %s", p, e.state(p))
			}
			continue
		}
		sec := e.codeOf(storetest.Org, seed, p)
		if i >= len(text) || !strings.Contains(text[i], seal.FormatCode(sec.Typed)) {
			e.t.Fatalf("page %d does not show the code of %s", i+1, p)
		}
		if err := e.LookAtLink(e.t.Context(), e.anon, Entered{Code: sec.Typed, Visit: visitor}); err != nil {
			e.t.Fatalf("the printed code of %s: %v", p, err)
		}
		i++
	}
	if len(text) != n || i != n {
		e.t.Fatalf("%d pages, %d codes, want %d", len(text), i, n)
	}
	e.read(func(tx *store.Tx) error {
		codes, err := store.Value[int](tx, store.Scoped(`SELECT count(*) FROM access_code WHERE org_id = $1`))
		if codes != n {
			e.t.Errorf("%d codes for %d letters", codes, n)
		}
		return err
	})
}

// files lists the organisation's blobs.
func (e *estate) files() (names []string) {
	entries, err := os.ReadDir(filepath.Join(e.blobDir, storetest.Org))
	if err != nil {
		e.t.Fatal(err)
	}
	for _, f := range entries {
		names = append(names, f.Name())
	}
	return names
}

func TestT45_TheFileLivesFor24Hours(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		p, _ := e.add(dweller{})
		b, pdf := e.letters("14", false)
		sec := e.codeOf(storetest.Org, e.seedOf(b.ID), p)
		for _, name := range e.files() {
			raw, err := os.ReadFile(filepath.Join(e.blobDir, storetest.Org, name))
			if err != nil || bytes.Contains(raw, []byte("%PDF")) || bytes.Contains(raw, []byte("Brandt")) {
				t.Errorf("a file lies in clear: %v", err)
			}
		}
		e.later(24*time.Hour - time.Microsecond)
		if again := e.fetch(b.ID); !bytes.Equal(pdf, again) {
			t.Error("fetched again, the file is another")
		}
		lines := e.audited("batch:"+b.ID, "access.letters.fetch")
		if lines != 2 {
			t.Errorf("%d audit lines for two fetches", lines)
		}
		e.later(time.Microsecond)
		_, err := e.Letters(t.Context(), e.clerk, b.ID)
		e.want("after 24 hours, before the job", err, "gone")
		_, err = e.Manifest(t.Context(), e.clerk, b.ID)
		e.want("its list", err, "gone")
		e.drain()
		if b := e.batch(b.ID); b.State != BatchErased || b.secret != "" || b.blob != "" || len(e.files()) != 0 {
			t.Errorf("%+v, files %v", b, e.files())
		}
		if err := e.LookAtLink(t.Context(), e.anon, Entered{Link: sec.Link, Visit: visitor}); err != nil {
			t.Errorf("the code on paper died with the file: %v", err)
		}
	})
}

// A command that dies between a batch and its saved file loses nothing: opening
// the file is not yet having it, and what nobody has waits to be found.
func TestT45_WhatNobodyFetchedIsFound(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		command := actor.NewOperator(storetest.Org)
		waits := func(what, want string) {
			t.Helper()
			b, ok, err := e.Unfetched(t.Context(), command, "14")
			if err != nil || ok != (want != "") || b.ID != want {
				t.Errorf("%s: %q %v %v, want %q", what, b.ID, ok, err, want)
			}
		}
		made := func() string {
			t.Helper()
			id, err := e.StartLetters(t.Context(), command, "14", false)
			if err != nil {
				t.Fatal(err)
			}
			waits("a batch that is not ready", "")
			e.drain()
			return id
		}
		e.house("14")
		e.house("15")
		e.add(dweller{})
		waits("before", "")
		first := made()
		waits("ready", first)
		if b, ok, err := e.Unfetched(t.Context(), command, "15"); ok || err != nil {
			t.Errorf("another property: %+v %v", b, err)
		}
		f, err := e.Letters(t.Context(), command, first)
		if err != nil {
			t.Fatal(err)
		}
		f.Body.Close()
		waits("opened by a command", first)
		if err := e.MarkFetched(t.Context(), command, first); err != nil {
			t.Fatal(err)
		}
		waits("saved", "")
		e.add(dweller{unit: "u2", person: "p2"})
		second := made()
		waits("the next", second)
		e.fetch(second)
		waits("opened on a page", "")
		e.add(dweller{unit: "u3", person: "p3"})
		third := made()
		waits("the third", third)
		e.later(24 * time.Hour)
		waits("after its 24 hours", "")
	})
}

func (e *estate) audited(object, action string) (n int) {
	e.t.Helper()
	e.read(func(tx *store.Tx) (err error) {
		n, err = store.Value[int](tx, store.Scoped(`SELECT count(*) FROM audit_entry WHERE org_id = $1 AND object = $2 AND action = $3`), object, action)
		return err
	})
	return n
}

func TestT24_TheManifestListsLettersWithoutCodesOrFormulas(t *testing.T) {
	each(t, func(t *testing.T, e *estate) {
		e.house("14")
		e.add(dweller{first: "=cmd|' /C calc'!A0", last: "X"})
		e.add(dweller{first: "Jörg;", last: `"Quote"`})
		b, _ := e.letters("14", false)
		f, err := e.Manifest(t.Context(), e.clerk, b.ID)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Body.Close()
		data, err := io.ReadAll(f.Body)
		if err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(data), "\ufeff")))
		r.Comma = ';'
		rows, err := r.ReadAll()
		if err != nil || len(rows) != 3 {
			t.Fatalf("%q %v", rows, err)
		}
		want := []string{"2", `Jörg; "Quote"`, `Frau, Jörg; "Quote", Ahornallee 14, Wohnung 2, 12623 Berlin`, "Ahornallee 14 · Wohnung 2", "Ahornallee 14",
			"V-l-u0022024-01-01", "2026-11-12", "2027-01-11", b.ID}
		if diff := cmp.Diff(want, rows[2]); diff != "" {
			t.Error(diff)
		}
		if rows[1][1] != "'=cmd|' /C calc'!A0 X" {
			t.Errorf("a formula: %q", rows[1][1])
		}
		for _, p := range []string{"m001", "m002"} {
			if sec := e.codeOf(storetest.Org, e.seedOf(b.ID), p); strings.Contains(string(data), sec.Typed) || strings.Contains(string(data), seal.FormatCode(sec.Typed)) {
				t.Error("the list holds a code")
			}
		}
	})
}
