package residentlist

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"foyer/internal/integration/sheet"
	"foyer/internal/platform/email"
)

// FuzzParse puts any text under every column, as text and as number, and
// checks what holds for every row.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"01.03.2026", "1.234,56 €", "Ahornallee 12 a, 80331 München", "Sommer, Dr. Petra", "p@x.example; q@x.example", "=1+1", "a\x00\u202e", "46082.5", "ja", "D-1067 Dresden", "2 1/2", "-", "'", "\xff"} {
		f.Add(s, "Name")
	}
	all := make([]string, 0, len(columns))
	for _, c := range Columns() {
		all = append(all, string(c))
	}
	typed, problems := NewParser(all, Recognise(all).Mapping, Options{})
	if typed == nil {
		f.Fatal(problems)
	}
	whole := []string{"WE-Nr.", "Einzug", "Name", "Adresse", "Postanschrift", "PLZ Ort"}
	shared, problems := NewParser(whole, Recognise(whole).Mapping, Options{})
	if shared == nil {
		f.Fatal(problems)
	}
	f.Fuzz(func(t *testing.T, s, heading string) {
		for kind := sheet.Text; kind <= sheet.Error; kind++ {
			for _, p := range []*Parser{typed, shared} {
				row := sheet.Row{Number: 2}
				for range p.headings {
					row.Cells = append(row.Cells, sheet.Cell{Text: s, Kind: kind})
				}
				r, found := p.Parse(row)
				checkRow(t, r, found)
				if again, more := p.Parse(row); !cmp.Equal(r, again) || len(found) != len(more) {
					t.Fatalf("two readings of the same row differ")
				}
			}
		}
		got := Recognise([]string{heading, s, "Straße", heading})
		for c, h := range got.Mapping {
			if h == "" || !Known(c) {
				t.Fatalf("mapping %v", got.Mapping)
			}
		}
	})
}

func checkRow(t *testing.T, r Row, found []Problem) {
	t.Helper()
	for _, s := range []string{r.PropertyRef, r.Street, r.HouseNumber, r.Postcode, r.City, r.UnitRef, r.FirstName, r.LastName, r.Company, r.Phone, r.PostStreet, r.PostCity, r.NoticePeriod} {
		if !utf8.ValidString(s) || strings.ContainsAny(s, "\x00\r\n\t\u202e\uFFFD") || s != strings.TrimSpace(s) || len(s) > 4*700 {
			t.Fatalf("%q is not clean", s)
		}
	}
	for _, d := range []string{r.LeaseStart, r.LeaseEnd, r.LeaseSignedOn, r.EmailConsentOn} {
		if iso, open, key := day(d, sheet.Day, false); iso != d || open || key != "" {
			t.Fatalf("day %q", d)
		}
	}
	for _, n := range []int64{r.Area, r.Rooms, r.RentNet, r.RentService, r.RentHeating, r.Deposit} {
		if n < 0 || n > maxAmount {
			t.Fatalf("amount %d", n)
		}
	}
	if r.Email != "" {
		if again, err := email.Canonical(r.Email); err != nil || again != r.Email {
			t.Fatalf("address %q: %v", r.Email, err)
		}
	}
	if len(r.Currency) != 3 || len(r.Country) != 2 || r.Language != "" && len(r.Language) != 2 {
		t.Fatalf("codes %q %q %q", r.Currency, r.Country, r.Language)
	}
	if !Rejected(found) {
		unit := r.UnitRef != "" || r.UnitLabel != "" && r.Street != ""
		if !unit || r.LeaseStart == "" || r.LastName == "" && r.Company == "" || r.LeaseEnd != "" && r.LeaseEnd < r.LeaseStart {
			t.Fatalf("incomplete row was taken: %+v", r)
		}
	}
}
