package integration

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
)

func TestW14_ListIsCheckedAppliedAndTheSameAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		file := csv(small, house12()...)
		before := w.everything()
		dry := w.list(file, Options{DryRun: true})
		w.want("dry run", dry, "4+0~0=0-")
		if !dry.DryRun || dry.Rows != 4 || dry.Properties != 1 || dry.Units != 3 || dry.Leases != 3 || dry.Persons != 3 {
			t.Errorf("dry run: %+v", dry.Result)
		}
		if w.everything() != before {
			t.Error("the dry run changed the portfolio")
		}
		first := w.list(file, Options{})
		w.want("first", first, "4+0~0=0-")
		if first.DryRun || first.run.State != Applied {
			t.Errorf("first: %+v", first.run)
		}
		want := `property|P1|Ahornallee 10–16|Ahornallee|12|12623|Berlin|DE
property|P1|Ahornallee 10–16|Ahornallee|14|12623|Berlin|DE
unit|P1|Ahornallee 12|12-01|Whg 1||EG|flat|5450|0|ahornallee 12 12623		wohnung 1
unit|P1|Ahornallee 14|14-06|Whg 6||2. OG|flat|7100|0|ahornallee 14 12623		wohnung 6
unit|P1|Ahornallee 14|14-P3|Stellplatz 3|||parking|0|0|ahornallee 14 12623		stellplatz 3
person|M1|||Marlene|Brandt|||marlene@post.example|030 1234567||
person|M2|||Jonas|Brandt||||||
person|M3|||Aaron|Feld|||aaron@post.example|||
lease|12-01Whg 1|rental|L1|2020-02-01||9999-12-31|81250|EUR|Jonas Brandt|co_resident|2020-02-01|9999-12-31
lease|12-01Whg 1|rental|L1|2020-02-01||9999-12-31|81250|EUR|Marlene Brandt|contract_party|2020-02-01|9999-12-31
lease|14-06Whg 6|rental|L2|2021-06-15||9999-12-31|100400|EUR|Aaron Feld|contract_party|2021-06-15|9999-12-31
lease|14-P3Stellplatz 3|rental|L3|2021-06-15||9999-12-31|4500|EUR|Aaron Feld|contract_party|2021-06-15|9999-12-31
`
		if got := w.everything(); got != want {
			t.Errorf("after the first:\n%s", got)
		}
		w.want("again", w.list(file, Options{}), "0+0~4=0-")
		if w.everything() != want {
			t.Error("the same file a second time changed the portfolio")
		}
	})
}

// edit replaces text in rows.
func edit(rows []string, pairs ...string) []string {
	out := slices.Clone(rows)
	for i := 0; i+2 < len(pairs); i += 3 {
		n := 0
		fmt.Sscan(pairs[i], &n)
		if !strings.Contains(out[n], pairs[i+1]) {
			panic(out[n] + " does not contain " + pairs[i+1])
		}
		out[n] = strings.Replace(out[n], pairs[i+1], pairs[i+2], 1)
	}
	return out
}

func TestW14_ChangesAreToldFieldByField(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		w.list(csv(small, house12()...), Options{})
		next := edit(house12(), "0", "54,5", "56,5", "1", "54,5", "56,5", "1", "co_resident", "contract_party", "2", "15.06.2021;;", "15.06.2021;31.12.2026;",
			"3", "45,00", "50,00", "3", "Aaron;Feld;;", "Aaron;Feld;;030 99")
		got := w.list(csv(small, next...), Options{})
		w.want("changed", got, "0+4~0=0-")
		lines, err := w.Lines(t.Context(), operator, got.run.ID, LineChanged, 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		var told []string
		for _, l := range lines {
			for _, c := range l.Changes {
				told = append(told, fmt.Sprintf("%d %s, %s: %s %s → %s", l.Row, l.Place, l.Who, c.Field, c.Before, c.After))
			}
		}
		want := []string{
			"2 Ahornallee 12 · Whg 1, Marlene Brandt: area_m2 5450 → 5650",
			"3 Ahornallee 12 · Whg 1, Jonas Brandt: role co_resident → contract_party",
			"4 Ahornallee 14 · Whg 6, Aaron Feld: lease_end  → 2026-12-31",
			"4 Ahornallee 14 · Whg 6, Aaron Feld: phone  → 030 99", // the person belongs to the first row that names it
			"5 Ahornallee 14 · Stellplatz 3, Aaron Feld: rent_net 4500 → 5000",
		}
		if !slices.Equal(told, want) {
			t.Errorf("told:\n%s", strings.Join(told, "\n"))
		}
		w.want("again", w.list(csv(small, next...), Options{}), "0+0~4=0-")
		// An empty end is an open lease; without the column nothing is said.
		w.want("no column", w.list(csv("property_ref;unit_ref;lease_ref;lease_start;person_ref;last_name", "P1;14-06;L2;15.06.2021;M3;Feld"), Options{}), "0+0~1=0-")
		w.want("open again", w.list(csv(small, edit(next, "2", "31.12.2026", "")...), Options{}), "0+1~3=0-")
	})
}

func TestW14_EmptyCellsSayNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		w.list(csv(small, house12()...), Options{})
		before := w.everything()
		w.want("sparse", w.list(csv(small,
			"P1;;;;;;12-01;;;;L1;01.02.2020;;;M1;;;Brandt;;",
			";;;;;;14-06;;;;;15.06.2021;;;M3;;;Feld;;"), Options{}), "0+0~2=0-")
		if got := w.everything(); got != before {
			t.Errorf("empty cells changed:\n%s", got)
		}
	})
}

// Rows about the same unit, lease or person complete each other, in whatever
// order and however far apart they stand.
func TestW14_RowsCompleteEachOther(t *testing.T) {
	rows := []string{
		"P1;;Ahornallee;12;12623;Berlin;1;;;;L1;1.2.2020;;;M1;;Marlene;Brandt;;",
		"P1;Wohnpark;;;;;1;Whg 1;EG;54,5;;1.2.2020;31.1.2030;812,50;M2;;Jonas;Brandt;;",
		"P1;;Ahornallee;12;12623;Berlin;2;Stellplatz 2;;;L2;1.2.2020;;;M1;;;Brandt;marlene@post.example;030 1",
	}
	want := `property|P1|Wohnpark|Ahornallee|12|12623|Berlin|DE
unit|P1|Ahornallee 12|1|Whg 1||EG|flat|5450|0|ahornallee 12 12623		wohnung 1
unit|P1|Ahornallee 12|2|Stellplatz 2|||parking|0|0|ahornallee 12 12623		stellplatz 2
person|M1|||Marlene|Brandt|||marlene@post.example|030 1||
person|M2|||Jonas|Brandt||||||
lease|1Whg 1|rental|L1|2020-02-01|2030-01-31|2030-01-31|81250|EUR|Jonas Brandt|contract_party|2020-02-01|9999-12-31
lease|1Whg 1|rental|L1|2020-02-01|2030-01-31|2030-01-31|81250|EUR|Marlene Brandt|contract_party|2020-02-01|9999-12-31
lease|2Stellplatz 2|rental|L2|2020-02-01||9999-12-31|0|EUR|Marlene Brandt|contract_party|2020-02-01|9999-12-31
`
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		w.want("first", w.list(csv(small, rows...), Options{}), "3+0~0=0-")
		if got := w.everything(); got != want {
			t.Errorf("got:\n%s", got)
		}
		slices.Reverse(rows)
		w.want("reversed", w.list(csv(small, rows...), Options{}), "0+0~3=0-")
		w.rows = 1
		w.want("one by one", w.list(csv(small, rows...), Options{}), "0+0~3=0-")
	})
}

// The published templates import as they are.
func TestW14_TemplatesOfCasaviAndAllthings(t *testing.T) {
	for name, file := range map[string]string{
		"casavi": "Eindeutige Referenznummer der Liegenschaft;Name der Liegenschaft;Eindeutige Referenznummer der Wohneinheit;Bezeichnung;Adresse;Eindeutige Referenznummer des Eigentümers/ Mieters;Nachname;Vorname;Straße und Hausnummer;Postleitzahl und Ort;E-Mail-Adresse;Telefonnummer;Vertragsbeginn\n" +
			"4711;Wohnpark;4711/1;Whg 1;Ahornallee 12, 12623 Berlin;M1;Brandt;Marlene;Ahornallee 12;12623 Berlin;marlene@post.example;030 1;01.02.2020\n" +
			"4711;Wohnpark;4711/2;Whg 2;Ahornallee 12, 12623 Berlin;M2;Feld;Aaron;Seestr. 3;10115 Berlin;;;15.06.2021\n",
		"Allthings": "property,building,unit,type,street,no.,zip,town,country,start of rent,end of rent,name,email\n" +
			"Wohnpark,,Whg 1,Wohnung,Ahornallee,12,12623,Berlin,DE,2020-02-01,,Marlene Brandt,marlene@post.example\n" +
			"Wohnpark,,Whg 2,Wohnung,Ahornallee,12,12623,Berlin,DE,15.06.2021,31.12.2029,Aaron Feld,\n",
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				w := newTest(t, db)
				got := w.list(file, Options{})
				w.want("first", got, "2+0~0=0-")
				if got.Properties != 1 || got.Units != 2 || got.Leases != 2 || got.Persons != 2 {
					t.Errorf("%+v", got.Result)
				}
				w.want("again", w.list(file, Options{}), "0+0~2=0-")
			})
		})
	}
}

// Lists without references find their objects by what docs/import.md says.
func TestW14_MatchesWithoutReferences(t *testing.T) {
	const header = "Straße;Hausnummer;PLZ;Ort;Wohnung;Mietbeginn;Mietende;Vorname;Nachname;E-Mail;Telefon"
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		first := csv(header,
			"Ahornallee;12;12623;Berlin;Whg. 1;1.2.2020;;Marlene;Brandt;marlene@post.example;030/1234567",
			"Ahornallee;12;12623;Berlin;Whg. 1;1.2.2020;;Jonas;Brandt;;",
			"Ahornallee;12;12623;Berlin;Stellplatz 1;1.2.2020;;Marlene;Brandt;;+49 30 1234567",
			"Ahornallee;12;12623;Berlin;Stellplatz 2;1.2.2020;;Marlene;Brandt;marlene@post.example;",
			"Ahornallee;12;12623;Berlin;Whg 5;1.2.2020;;Marlene;Brandt;;") // a namesake
		got := w.list(first, Options{})
		w.want("first", got, "5+0~0=0-")
		if got.Properties != 1 || got.Units != 4 || got.Persons != 3 {
			t.Errorf("first: %+v", got.Result)
		}
		w.want("again", w.list(first, Options{}), "0+0~5=0-")
		w.want("other spelling", w.list(csv(header,
			"AHORN-ALLEE;12;12623;Berlin;Wohnung 01;01.02.2020;;MARLENE;BRANDT;;"), Options{}), "0+1~0=0-")
		w.want("a second person", w.list(csv(header,
			"Ahornallee;12;12623;Berlin;Wohnung 1;1.2.2020;;Lea;Brandt;;"), Options{}), "1+0~0=0-")
		if got := w.strings(dumpPersons); len(got) != 4 {
			t.Errorf("persons: %q", got)
		}
		// References come later and are taken on.
		w.want("references", w.list(csv("property_ref;street;house_number;postcode;city;unit_ref;unit_label;lease_ref;lease_start;person_ref;first_name;last_name",
			"P1;Ahornallee;12;12623;Berlin;12/1;Whg 1;L1;1.2.2020;M1;Marlene;Brandt"), Options{}), "0+1~0=0-")
		w.want("by references", w.list(csv("property_ref;unit_ref;lease_ref;lease_start;person_ref;last_name", "P1;12/1;L1;1.2.2020;M1;Brandt"), Options{}), "0+0~1=0-")
	})
}

// The least that a row needs.
func TestW14_MandatoryFieldsAreEnough(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		file := csv("unit_ref;lease_start;last_name", "1;1.1.2020;Brandt", "2;1.1.2020;Feld", "2;1.1.2020;Kaya")
		w.want("first", w.list(file, Options{}), "3+0~0=0-")
		w.want("again", w.list(file, Options{}), "0+0~3=0-")
		w.want("one more", w.list(csv("unit_ref;lease_start;last_name", "3;1.1.2020;Sommer"), Options{}), "1+0~0=0-")
		if got := w.strings(dumpUnits); len(got) != 3 {
			t.Errorf("units: %q", got)
		}
		if got := w.strings(dumpProperties); len(got) != 1 || !strings.Contains(got[0], "Ohne Liegenschaft") {
			t.Errorf("properties: %q", got)
		}
	})
}

func TestW14_PropertiesWithoutNameAreCalledAfterTheirStreets(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newTest(t, db)
		const header = "property_ref;street;house_number;postcode;city;unit_ref;lease_start;last_name"
		w.rows = 1
		w.list(csv(header, "P1;Ahornallee;12;12623;Berlin;1;1.1.2020;A", "P1;Ahornallee;10;12623;Berlin;2;1.1.2020;B", "P1;Ahornallee;14;12623;Berlin;3;1.1.2020;C"), Options{})
		got := w.strings(dumpProperties)
		if len(got) != 3 || !strings.HasPrefix(got[0], "property|P1|Ahornallee 10–14|") {
			t.Errorf("properties: %q", got)
		}
		w.list(csv(header, "P1;Ahornallee;16;12623;Berlin;4;1.1.2020;D"), Options{})
		if got = w.strings(dumpProperties); !strings.HasPrefix(got[0], "property|P1|Ahornallee 10–16|") {
			t.Errorf("properties: %q", got)
		}
	})
}
