package workday

import (
	"slices"
	"testing"
)

func TestHolidaysByRegion(t *testing.T) {
	for _, c := range []struct {
		region, day string
		works       bool
	}{
		{"DE", "2026-12-25", false}, {"DE", "2026-11-21", false}, {"DE", "2026-11-23", true}, {"DE", "2026-10-31", false},
		{"DE-BE", "2027-03-08", false}, {"DE-BB", "2027-03-08", true}, {"DE-MV", "2027-03-08", false}, {"DE-MV", "2022-03-08", true},
		{"DE-SN", "2026-11-18", false}, {"DE-BE", "2026-11-18", true}, {"DE-BY", "2026-01-06", false}, {"DE-BY", "2026-06-04", false}, {"DE-TH", "2027-09-20", false},
		{"AT", "2026-10-26", false}, {"AT", "2026-10-31", false}, {"AT", "2026-12-08", false}, {"DE", "2026-12-08", true},
		{"CH", "2025-08-01", false}, {"CH", "2026-12-08", true}, {"CH-TI", "2026-12-08", false}, {"CH-ZH", "2026-05-01", false}, {"CH", "2026-05-01", true},
		{"DK", "2027-05-14", true}, {"DK", "2027-04-23", true}, {"DK", "2023-05-05", false}, {"DK", "2027-05-06", false}, {"IT", "2026-06-02", false}, {"XX", "2026-12-25", true},
	} {
		if got := Of(c.region).Is(c.day); got != c.works {
			t.Errorf("%s is a working day in %s: %v", c.day, c.region, got)
		}
	}
	if Of().Is("tomorrow") {
		t.Error("what is no day works")
	}
}

func TestDaysAfter(t *testing.T) {
	for _, c := range []struct {
		region, day string
		n           int
		want        string
	}{
		{"DE-BE", "2026-11-12", 4, "2026-11-18"},
		{"DE-SN", "2026-11-12", 4, "2026-11-19"}, // Buß- und Bettag
		{"DE-BE", "2026-12-23", 4, "2026-12-30"}, // 25 and 26 December, a week-end
		{"DE", "2026-11-14", 1, "2026-11-16"},
		{"DE", "2026-11-12", 0, "2026-11-12"}, {"DE", "?", 3, "?"},
	} {
		if got := Of(c.region).After(c.day, c.n); got != c.want {
			t.Errorf("%d working days after %s in %s: %s, want %s", c.n, c.day, c.region, got, c.want)
		}
	}
	if got := Of("DE-XX", "DE").Is("2026-12-25"); got {
		t.Error("an unknown part of a country does not fall back to the country")
	}
}

func TestRegionsOfACountry(t *testing.T) {
	if got := Regions("DE"); len(got) != 17 || got[0] != "DE" || !slices.Contains(got, "DE-BE") {
		t.Errorf("DE: %v", got)
	}
	if got := Regions("CH"); len(got) != 27 || !Known(got[26]) {
		t.Errorf("CH: %v", got)
	}
	if Regions("LI") != nil || Known("LI") {
		t.Error("LI has no calendar")
	}
}
