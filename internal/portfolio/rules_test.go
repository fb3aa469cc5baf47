package portfolio

import (
	"slices"
	"strings"
	"testing"

	"foyer/internal/orgs"
	"foyer/internal/platform/i18n"
)

func bundle(t *testing.T) *i18n.Bundle {
	t.Helper()
	b, err := i18n.New(i18n.Texts, Texts)
	if err != nil {
		t.Fatal(err)
	}
	if m := b.Missing("en"); len(m) > 0 {
		t.Errorf("English is incomplete: %v", m)
	}
	return b
}

func TestAddressKeyBringsSpellingsTogether(t *testing.T) {
	at := func(street, number, postcode, city string) string {
		return Building{Street: street, HouseNumber: number, Postcode: postcode, City: city}.AddressKey()
	}
	for _, same := range [][]string{
		{at("Berliner Straße", "14", "12623", "Berlin"), at("BERLINER STR.", "14", "12623", ""), at("Berlinerstrasse", " 14 ", "12623", "Berlin Mahlsdorf")},
		{at("Hauptstr.", "14a", "1", ""), at("Hauptstraße", "14 A", "1", ""), at("Haupt-Strasse", "014a", "1", "")},
		{at("Ahornallee", "10-16", "1", ""), at("Ahornallee", "10 – 16", "1", "")},
		{at("Weg", "1", "", "Köln"), at("Weg", "1", "", "KOELN")},
	} {
		for _, s := range same[1:] {
			if s != same[0] {
				t.Errorf("%q and %q", same[0], s)
			}
		}
	}
	for _, pair := range [][2]string{
		{at("Ahornallee", "10-16", "1", ""), at("Ahornallee", "1016", "1", "")},
		{at("Ahornallee", "14", "12623", ""), at("Ahornallee", "14", "12624", "")},
		{at("Ahornallee", "14", "", "Berlin"), at("Ahornallee", "14", "", "Bonn")},
	} {
		if pair[0] == pair[1] {
			t.Errorf("%q stands for two houses", pair[0])
		}
	}
}

func TestSplitStreet(t *testing.T) {
	for in, want := range map[string][2]string{
		"Ahornallee 14":           {"Ahornallee", "14"},
		"Ahornallee 14 a":         {"Ahornallee", "14 a"},
		"Ahornallee 10 - 16":      {"Ahornallee", "10 - 16"},
		"Ahornallee 10–16":        {"Ahornallee", "10–16"},
		"Straße des 17. Juni":     {"Straße des 17. Juni", ""},
		"Straße des 17. Juni 135": {"Straße des 17. Juni", "135"},
		"Am Mühlgraben 8b":        {"Am Mühlgraben", "8b"},
		"7 Hills":                 {"7 Hills", ""},
		"Weg":                     {"Weg", ""},
		"":                        {"", ""},
	} {
		if s, n := SplitStreet(in); s != want[0] || n != want[1] {
			t.Errorf("SplitStreet(%q) = %q, %q", in, s, n)
		}
	}
}

func TestPlateAndNameOfAProperty(t *testing.T) {
	b := func(street string, numbers ...string) (out []Building) {
		for _, n := range numbers {
			out = append(out, Building{Street: street, HouseNumber: n})
		}
		return out
	}
	for _, c := range []struct {
		list        []Building
		plate, name string
	}{
		{nil, "", ""},
		{b("Werkhof", "3"), "3", "Werkhof 3"},
		{b("Ahornallee", "16", "10", "12", "14"), "10–16", "Ahornallee 10–16"},
		{b("Ahornallee", "9", "10"), "9–10", "Ahornallee 9–10"},
		{b("Am Mühlgraben", "8b", "8", "8a"), "8–8b", "Am Mühlgraben 8–8b"},
		{b("Ahornallee", "10-12", "14-16"), "10–16", "Ahornallee 10–16"},
		{append(b("Werkhof", "3"), b("Ahornallee", "12", "10")...), "10–12", "Ahornallee 10–12, Werkhof 3"},
		{b("Schlossplatz", ""), "", "Schlossplatz"},
	} {
		if got := Plate(c.list); got != c.plate {
			t.Errorf("plate %q, want %q", got, c.plate)
		}
		if got := NameOf(c.list); got != c.name {
			t.Errorf("name %q, want %q", got, c.name)
		}
	}
}

func TestFloorsBottomUp(t *testing.T) {
	for _, want := range [][]string{
		{"Tiefgarage", "2. UG", "KG", "EG links", "EG rechts", "HP", "1. OG links", "1. OG rechts", "2. OG", "10. OG", "DG", "2. DG", "irgendwo", "Turm"},
		{"Basement", "Ground floor", "1st floor left", "1st floor right", "2nd floor", "11th floor", "Attic"},
		{"-1", "0", "1", "2", "12", ""},
		{"Keller", "Erdgeschoß", "1. Obergeschoss", "2. Stock", "3. Etage", "Dachgeschoss"},
		{"1. Untergeschoss", "EG 1", "EG 2", "EG 10", "OG 1", "OG 2"},
		{"ground floor", "first floor", "second floor"},
	} {
		got := slices.Clone(want)
		slices.Reverse(got)
		slices.SortStableFunc(got, func(a, b string) int { return strings.Compare(floorKey(a), floorKey(b)) })
		if !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestUnitsInTheOrderOfAWalk(t *testing.T) {
	walk := []Unit{
		{Label: "Keller 1", Floor: "KG"}, {Label: "Wohnung 1", Floor: "EG links"}, {Label: "Wohnung 2", Floor: "EG rechts"},
		{Label: "Wohnung 9", Floor: "1. OG"}, {Label: "Wohnung 10", Floor: "1. OG"}, {Label: "Wohnung 3", Floor: "DG"},
		{Label: "Wohnung 1", Floor: "EG", Stairwell: "B"},
	}
	for i := range walk {
		walk[i].Place(Building{ID: "b", PropertyID: "p", Street: "Ahornallee", HouseNumber: "9"})
	}
	next := Unit{Label: "Wohnung 1", Floor: "EG"}
	next.Place(Building{ID: "c", PropertyID: "p", Street: "Ahornallee", HouseNumber: "10"})
	walk = append(walk, next)
	if !slices.IsSortedFunc(walk, unitWalk) {
		for _, u := range walk {
			t.Logf("%q", u.SortKey)
		}
		t.Error("not the order of a walk")
	}
}

func TestMatchKeyOfAUnit(t *testing.T) {
	house := Building{ID: "b", PropertyID: "p", Street: "Ahornallee", HouseNumber: "14", Postcode: "12623"}
	key := func(label, stairwell string) string {
		u := Unit{Label: label, Stairwell: stairwell}
		u.Place(house)
		return u.MatchKey
	}
	for _, label := range []string{"WE 05", "Whg. 5", "wohnung nr. 5", "WE5", "Wohnung 5"} {
		if key(label, "14") != key("Wohnung 5", "") {
			t.Errorf("%q is another unit: %q", label, key(label, "14"))
		}
	}
	for _, other := range []string{key("Stellplatz 5", ""), key("Wohnung 15", ""), key("Wohnung 5", "B"), key("5", "")} {
		if other == key("Wohnung 5", "") {
			t.Errorf("%q stands for two units", other)
		}
	}
}

func TestUnitTexts(t *testing.T) {
	b := bundle(t)
	de, en := b.Printer("de"), b.Printer("en")
	house := Building{HouseNumber: "14"}
	for _, c := range []struct{ got, want string }{
		{Unit{Label: "Wohnung 5", Floor: "2. OG links", Usage: Flat}.Location(de), "2. OG links · Wohnung 5"},
		{Unit{Label: "5", Floor: "2. OG links", Usage: Flat}.Location(de), "2. OG links · Wohnung 5"},
		{Unit{Label: "5a", Usage: Flat}.Location(en), "Flat 5a"},
		{Unit{Label: "7", Usage: Parking}.Location(de), "Stellplatz 7"},
		{Unit{Label: "Lagerraum 12", Usage: Storage}.Location(de), "Lagerraum 12"},
		{Unit{Usage: Commercial}.Location(en), "Business unit"},
		{Unit{Floor: "2. OG links"}.Door(house), "14 · 2. OG links"},
		{Unit{Floor: "EG", Stairwell: "B"}.Door(house), "B · EG"},
		{Unit{}.Door(house), "14"},
		{Unit{Label: "Wohnung 5", Usage: Flat}.Plate(house), "14"},
		{Unit{Label: "Stellplatz 07", Usage: Parking}.Plate(house), "P7"},
		{Unit{Label: "TG12", Usage: Parking}.Plate(house), "P12"},
		{Unit{Label: "Hof", Usage: Parking}.Plate(house), "P"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestGreetings(t *testing.T) {
	b := bundle(t)
	for _, c := range []struct {
		p                        Person
		de, en, formal, initials string
	}{
		{Person{Salutation: Mrs, FirstName: "Marlene", LastName: "Brandt"}, "Guten Tag, Frau Brandt", "Dear Ms Brandt", "Frau Brandt", "MB"},
		{Person{Salutation: Mr, Title: "Dr.", FirstName: "Jonas", LastName: "Weiß"}, "Guten Tag, Herr Dr. Weiß", "Dear Mr Dr. Weiß", "Herr Dr. Weiß", "JW"},
		{Person{Salutation: Family, LastName: "Öztürk"}, "Guten Tag, Familie Öztürk", "Dear Öztürk family", "Familie Öztürk", "Ö"},
		{Person{Salutation: Company, CompanyName: "Zahnarztpraxis Kern"}, "Guten Tag", "Dear Sir or Madam", "Zahnarztpraxis Kern", "ZK"},
		{Person{Salutation: Mrs, CompanyName: "Kern GmbH", FirstName: "Eva", LastName: "Kern"}, "Guten Tag, Frau Kern", "Dear Ms Kern", "Frau Kern", "KG"},
		{Person{FirstName: "Léa", LastName: "Moreau"}, "Guten Tag, Léa Moreau", "Dear Léa Moreau", "Léa Moreau", "LM"},
		{Person{Salutation: Mr, FirstName: "Tom"}, "Guten Tag, Tom", "Dear Tom", "Tom", "T"},
		{Person{CompanyName: "Kern GmbH"}, "Guten Tag", "Dear Sir or Madam", "Kern GmbH", "KG"},
	} {
		if got := c.p.Greeting(b.Printer("de")); got != c.de {
			t.Errorf("de %q, want %q", got, c.de)
		}
		if got := c.p.Greeting(b.Printer("en")); got != c.en {
			t.Errorf("en %q, want %q", got, c.en)
		}
		if got := c.p.Formal(b.Printer("de")); got != c.formal {
			t.Errorf("formal %q, want %q", got, c.formal)
		}
		if got := c.p.Initials(); got != c.initials {
			t.Errorf("initials %q, want %q", got, c.initials)
		}
	}
}

func TestAddressLines(t *testing.T) {
	de := bundle(t).Printer("de")
	house := Building{Street: "Ahornallee", HouseNumber: "14", Postcode: "12623", City: "Berlin", Country: "DE"}
	flat := Unit{Label: "Wohnung 5", Usage: Flat}
	marlene := Person{Salutation: Mrs, Title: "Dr.", FirstName: "Marlene", LastName: "Brandt"}
	with := func(p Person, change func(*Person)) Person { change(&p); return p }
	for _, c := range []struct {
		name string
		p    Person
		u    Unit
		want string
	}{
		{"at the unit", marlene, flat, "Frau|Dr. Marlene Brandt|Ahornallee 14, Wohnung 5|12623 Berlin"},
		{"a parking space has no letter box", marlene, Unit{Label: "7", Usage: Parking}, "Frau|Dr. Marlene Brandt|Ahornallee 14|12623 Berlin"},
		{"a man", Person{Salutation: Mr, LastName: "Weiß"}, flat, "Herrn|Weiß|Ahornallee 14, Wohnung 5|12623 Berlin"},
		{"a family", Person{Salutation: Family, FirstName: "Ali", LastName: "Öztürk"}, flat, "Familie Öztürk|Ahornallee 14, Wohnung 5|12623 Berlin"},
		{"no salutation", Person{FirstName: "Léa", LastName: "Moreau"}, flat, "Léa Moreau|Ahornallee 14, Wohnung 5|12623 Berlin"},
		{"a company", Person{Salutation: Company, CompanyName: "Kern GmbH"}, flat, "Kern GmbH|Ahornallee 14, Wohnung 5|12623 Berlin"},
		{"a company's human", Person{Salutation: Mrs, CompanyName: "Kern GmbH", FirstName: "Eva", LastName: "Kern"}, flat,
			"Kern GmbH|Frau Eva Kern|Ahornallee 14, Wohnung 5|12623 Berlin"},
		{"postal address", with(marlene, func(p *Person) { p.PostStreet, p.PostPostcode, p.PostCity = "Postfach 12", "10115", "Berlin" }), flat,
			"Frau|Dr. Marlene Brandt|Postfach 12|10115 Berlin"},
		{"abroad", with(marlene, func(p *Person) {
			p.PostStreet, p.PostPostcode, p.PostCity, p.PostCountry = "Rathausgasse 1", "3011", "Bern", "CH"
		}), flat,
			"Frau|Dr. Marlene Brandt|Rathausgasse 1|3011 Bern|SCHWEIZ"},
		{"care of", with(marlene, func(p *Person) { p.PostName = "Büro Schmidt" }), flat, "Frau|Dr. Marlene Brandt|c/o Büro Schmidt|Ahornallee 14, Wohnung 5|12623 Berlin"},
		{"care of, written out", with(marlene, func(p *Person) { p.PostName = "c/o Schmidt" }), flat, "Frau|Dr. Marlene Brandt|c/o Schmidt|Ahornallee 14, Wohnung 5|12623 Berlin"},
		{"both names", with(marlene, func(p *Person) { p.PostName = "Marlene und Jonas Brandt" }), flat, "Marlene und Jonas Brandt|Ahornallee 14, Wohnung 5|12623 Berlin"},
		{"everything at once", with(marlene, func(p *Person) {
			p.CompanyName, p.PostName, p.PostStreet, p.PostPostcode, p.PostCity, p.PostCountry = "Praxis", "Büro Schmidt", "Gasse 1", "1010", "Wien", "at"
		}), flat, "Praxis|Frau Dr. Marlene Brandt|c/o Büro Schmidt|Gasse 1|1010 Wien|ÖSTERREICH"},
		{"unknown country", with(marlene, func(p *Person) { p.PostStreet, p.PostCity, p.PostCountry = "1 Main St", "Springfield", "zz" }), flat,
			"Frau|Dr. Marlene Brandt|1 Main St|Springfield|ZZ"},
	} {
		got := c.p.AddressLines(de, c.u, house, "DE")
		if s := strings.Join(got, "|"); s != c.want {
			t.Errorf("%s: %s, want %s", c.name, s, c.want)
		}
		if len(got) > 6 {
			t.Errorf("%s: %d lines do not fit the window", c.name, len(got))
		}
	}
}

func TestOverlaps(t *testing.T) {
	l := func(id, kind, from, to string) Lease {
		return Lease{ID: id, UnitID: "u", Kind: kind, StartsOn: from, EndsOn: to}
	}
	old := l("1", Rental, "2020-01-01", "2024-03-31")
	for _, c := range []struct {
		o    Lease
		want bool
	}{
		{l("2", Rental, "2024-04-01", ""), false}, {l("2", Rental, "2024-03-31", ""), true}, {l("2", Rental, "2019-01-01", "2019-12-31"), false},
		{l("2", Rental, "2019-01-01", "2020-01-01"), true}, {l("2", Ownership, "2019-01-01", ""), false}, {l("1", Rental, "2020-01-01", ""), false},
		{Lease{ID: "2", UnitID: "v", Kind: Rental, StartsOn: "2020-01-01"}, false},
	} {
		if old.Overlaps(c.o) != c.want || c.o.Overlaps(old) != c.want {
			t.Errorf("%+v: want %v", c.o, c.want)
		}
	}
}

func TestDiffAndContradictions(t *testing.T) {
	a := Person{ID: "1", Ref: "M-1", LastName: "Brandt", Phone: "030 1"}
	b := a
	if Diff(a, b) != nil {
		t.Error("no change is a change")
	}
	b.LastName, b.Email, b.Phone = "Brandt-Weiß", "m@post.example", ""
	same(t, "diff", Diff(a, b), []Change{{"last_name", "Brandt", "Brandt-Weiß"}, {"email", "", "m@post.example"}, {"phone", "030 1", ""}})
	same(t, "contradictions", Contradicts(a, b), []string{"last_name"})
	same(t, "money", Diff(Lease{RentNet: 1}, Lease{RentNet: 74800}), []Change{{"rent_net", "1", "74800"}})
}

func TestX14_SinceCountsMonthsBack(t *testing.T) {
	for _, c := range []struct {
		today  string
		out    orgs.MovedOut
		months int
		want   string
	}{
		{"2026-05-31", orgs.MovedOutOwnPeriod, 3, "2026-02-28"}, {"2024-05-31", orgs.MovedOutOwnPeriod, 3, "2024-02-29"},
		{"2026-11-12", orgs.MovedOutOwnPeriod, 24, "2024-11-12"}, {"2026-01-15", orgs.MovedOutOwnPeriod, 1, "2025-12-15"},
		{"2026-11-12", orgs.MovedOutNone, 24, "2026-11-12"}, {"2026-11-12", "", 24, "2026-11-12"}, {"2026-11-12", orgs.MovedOutOwnPeriod, -5, "2026-11-12"},
	} {
		got, err := Rule{Today: c.today, MovedOut: c.out, Months: c.months}.Since()
		if err != nil || got != c.want {
			t.Errorf("%+v: %s, %v", c, got, err)
		}
	}
	if _, err := (Rule{Today: "heute"}).Since(); err == nil {
		t.Error("a rule without a day")
	}
}
