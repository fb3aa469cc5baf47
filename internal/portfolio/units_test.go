package portfolio

import (
	"errors"
	"testing"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

func TestK16_UnitsAreListedInTheOrderOfAWalk(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, by := service(db), staff(actor.ReadOnly)
		write(t, db, newHouse("14", 60).put)
		write(t, db, newHouse("16", 2).put)
		last, seen := "", 0
		for page, want := range map[int]int{0: 1, 1: 1, 3: 3, 99: 3, -5: 1} {
			if l, err := s.Units(t.Context(), by, "14", page); err != nil || l.Page != want || l.Pages != 3 || l.Total != 60 {
				t.Errorf("page %d: %d of %d, %d units: %v", page, l.Page, l.Pages, l.Total, err)
			}
		}
		for page := 1; page <= 3; page++ {
			l, err := s.Units(t.Context(), by, "14", page)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range l.Rows {
				if r.Unit.SortKey <= last || r.Building.HouseNumber != "14" || !r.Unit.UVINeeded {
					t.Errorf("%+v after %q", r, last)
				}
				last, seen = r.Unit.SortKey, seen+1
			}
		}
		if seen != 60 {
			t.Errorf("%d units on all pages", seen)
		}
		for _, id := range []string{"14", "twin-property", "none"} {
			if _, err := s.Units(t.Context(), staff(actor.Manager, "16"), id, 1); !errors.Is(err, fault.ErrNotFound) {
				t.Errorf("%s: %v", id, err)
			}
		}
		if _, err := s.Units(t.Context(), actor.NewAnonymous(storetest.Org), "14", 1); !errors.Is(err, fault.ErrDenied) {
			t.Error("a visitor sees units")
		}
	})
}

func TestK7_CountsOfTheTile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := service(db)
		for id, uvi := range map[string]bool{"14": true, "16": true, "18": false} {
			h := newHouse(id, 0)
			h.property.UVIService = uvi
			write(t, db, h.put)
		}
		limit(t, db, "18")
		if n, err := s.Counts(t.Context(), staff(actor.Clerk)); err != nil || n != (Counts{Properties: 3, UVI: 2}) {
			t.Errorf("%+v %v", n, err)
		}
		if n, err := s.Counts(t.Context(), staff(actor.Clerk, "18")); err != nil || n != (Counts{Properties: 1}) {
			t.Errorf("limited: %+v %v", n, err)
		}
		if _, err := s.Counts(t.Context(), actor.NewAnonymous(storetest.Org)); !errors.Is(err, fault.ErrDenied) {
			t.Error("a visitor sees counts")
		}
	})
}
