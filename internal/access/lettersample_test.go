package access

import (
	"errors"
	"strings"
	"testing"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/seal"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

func TestSampleLetterShowsTheTextsAndSavesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		boss := actor.NewStaff(storetest.Org, "a", "s", "Inga", actor.Proprietor, false, nil)
		o := orgs.Org{ID: storetest.Org, Name: "Lindhof", Settings: orgs.Defaults()}
		for _, lang := range []string{"de", "en"} {
			pdf, err := w.SampleLetter(t.Context(), boss, o, lang)
			if err != nil || !strings.HasPrefix(string(pdf), "%PDF-") {
				t.Fatalf("%s: %v", lang, err)
			}
		}
		o.Settings.Letters = map[string]orgs.LetterText{"de": {Intro: strings.Repeat("Viel zu viel Text. ", 400)}}
		_, err := w.SampleLetter(t.Context(), boss, o, "de")
		if inv := fault.AsInvalid(err); inv == nil || inv.Fields[0].Name != "letter_intro_de" {
			t.Errorf("a text of many pages: %v", err)
		}
		clerk := actor.NewStaff(storetest.Org, "a", "s", "Ole", actor.Clerk, false, nil)
		if _, err := w.SampleLetter(t.Context(), clerk, o, "de"); !errors.Is(err, fault.ErrDenied) {
			t.Errorf("a clerk: %v", err)
		}
		if _, ok := seal.ParseCode(sampleCode); !ok {
			t.Error("the sample code is not one")
		}
		if _, _, err := w.CodeInHand(t.Context(), boss, "twin-person"); !errors.Is(err, fault.ErrDenied) {
			t.Errorf("staff got a code in hand: %v", err)
		}
	})
}
