package residentlist

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestW14_CanonicalNamesAreRecognised(t *testing.T) {
	var headings []string
	want := Mapping{}
	for _, c := range Columns() {
		headings = append(headings, string(c))
		want[c] = string(c)
	}
	got := Recognise(headings)
	if d := cmp.Diff(Recognition{Mapping: want}, got); d != "" {
		t.Error(d)
	}
}

// Every heading of the lists is understood as the column under which it
// stands when the file has no other, however it is written.
func TestW14_EveryHeadingIsRecognised(t *testing.T) {
	for _, g := range Headings() {
		for _, h := range g.Headings {
			for _, form := range []string{h, strings.ToUpper(h), " " + strings.ToLower(h) + ": ", strings.ReplaceAll(h, " ", "_"), h + "*"} {
				m := Recognise([]string{"Straße", form}).Mapping
				if len(m) == 1 && m[Street] == "Straße" && g.Columns[0] != Street {
					t.Errorf("%q is not recognised", form)
				}
			}
			if slices.Contains(numberAfterStreet, h) {
				continue
			}
			m := Recognise([]string{h}).Mapping
			if m[g.Columns[0]] != h && !g.second(h) {
				t.Errorf("%q: got %v, want %v", h, m, g.Columns)
			}
		}
	}
}

// second: the heading belongs to an earlier column, too, and means this one
// only where that is taken.
func (g HeadingGroup) second(h string) bool {
	for _, other := range Headings() {
		if other.Columns[0] == g.Columns[0] {
			return false
		}
		for _, x := range other.Headings {
			if normal(x) == normal(h) {
				return true
			}
		}
	}
	return false
}

func TestW14_LayoutsOfOtherProducts(t *testing.T) {
	for _, c := range []struct {
		name, headings string
		want           Mapping
		unknown        []string
	}{
		{"casavi with all levels",
			"Name der Liegenschaft;Referenz-ID der Liegenschaft;PLZ der Liegenschaft;Ort der Liegenschaft;Land der Liegenschaft;Anmerkungen zur Liegenschaft;Name der Einheit;Referenz-ID der Einheit;Adresse der Einheit;Einheitsnummer;" +
				"Anrede;Titel;Vorname;Nachname;Unternehmen;Rolle im Unternehmen;Kontaktpräferenz;Referenz-ID des Kontakts;Straße und Hausnummer;Postleitzahl und Ort;Land;E-Mail-Adresse;Telefonnummer;Vertragsart;Vertragsnummer;Vertragsbeginn;Vertragsende",
			Mapping{PropertyName: "Name der Liegenschaft", PropertyRef: "Referenz-ID der Liegenschaft", Postcode: "PLZ der Liegenschaft", City: "Ort der Liegenschaft", Country: "Land der Liegenschaft", UnitLabel: "Name der Einheit", UnitRef: "Referenz-ID der Einheit",
				Street: "Adresse der Einheit", HouseNumber: "Adresse der Einheit", Salutation: "Anrede", Title: "Titel", FirstName: "Vorname", LastName: "Nachname", Company: "Unternehmen", PersonRef: "Referenz-ID des Kontakts", PostStreet: "Straße und Hausnummer",
				PostPostcode: "Postleitzahl und Ort", PostCity: "Postleitzahl und Ort", PostCountry: "Land", Email: "E-Mail-Adresse", Phone: "Telefonnummer", RoleColumn: "Vertragsart", LeaseRef: "Vertragsnummer", LeaseStart: "Vertragsbeginn", LeaseEnd: "Vertragsende"},
			[]string{"Anmerkungen zur Liegenschaft", "Einheitsnummer", "Rolle im Unternehmen", "Kontaktpräferenz"}},
		{"casavi, the least",
			"Eindeutige Referenznummer der Liegenschaft;Name der Liegenschaft;Eindeutige Referenznummer der Wohneinheit;Bezeichnung;Adresse;Eindeutige Referenznummer des Eigentümers/ Mieters;Nachname;Vorname;Straße und Hausnummer;Postleitzahl und Ort;E-Mail-Adresse;Telefonnummer;Vertragsbeginn",
			Mapping{PropertyRef: "Eindeutige Referenznummer der Liegenschaft", PropertyName: "Name der Liegenschaft", UnitRef: "Eindeutige Referenznummer der Wohneinheit", UnitLabel: "Bezeichnung", Street: "Adresse", HouseNumber: "Adresse", Postcode: "Adresse", City: "Adresse",
				PersonRef: "Eindeutige Referenznummer des Eigentümers/ Mieters", LastName: "Nachname", FirstName: "Vorname", PostStreet: "Straße und Hausnummer", PostPostcode: "Postleitzahl und Ort", PostCity: "Postleitzahl und Ort", Email: "E-Mail-Adresse", Phone: "Telefonnummer", LeaseStart: "Vertragsbeginn"}, nil},
		{"Allthings, English",
			"Name of property,Name of building,Name of unit,Property type,Street,House number,Postal code,City,Country,Start of utilization period,End of the utilization period,Type of usage,Tenant type,First name,Name,Email address,Phone number,Property size,Registration code",
			Mapping{PropertyName: "Name of property", Stairwell: "Name of building", UnitLabel: "Name of unit", UsageColumn: "Property type", Street: "Street", HouseNumber: "House number", Postcode: "Postal code", City: "City", Country: "Country",
				LeaseStart: "Start of utilization period", LeaseEnd: "End of the utilization period", RoleColumn: "Type of usage", PersonKind: "Tenant type", FirstName: "First name", LastName: "Name", Email: "Email address", Phone: "Phone number", AreaM2: "Property size"},
			[]string{"Registration code"}},
		{"Allthings, short English",
			"property;building;unit;type;street;no.;zip;town;country;start of rent;end of rent;name;email",
			Mapping{PropertyName: "property", Stairwell: "building", UnitLabel: "unit", UsageColumn: "type", Street: "street", HouseNumber: "no.", Postcode: "zip", City: "town", Country: "country", LeaseStart: "start of rent", LeaseEnd: "end of rent", LastName: "name", FirstName: "name", Email: "email"}, nil},
		{"Allthings, German",
			"Liegenschaftsname;Gebäudename;Name der Einheit;Objekttyp;Straße;Hausnummer;Postleitzahl;Stadt;Land;Beginn des Mietzeitraums;Ende des Mietzeitraums;Nutzungsart;Mietertyp;Name;E-Mail;Telefonnummer",
			Mapping{PropertyName: "Liegenschaftsname", Stairwell: "Gebäudename", UnitLabel: "Name der Einheit", UsageColumn: "Objekttyp", Street: "Straße", HouseNumber: "Hausnummer", Postcode: "Postleitzahl", City: "Stadt", Country: "Land", LeaseStart: "Beginn des Mietzeitraums",
				LeaseEnd: "Ende des Mietzeitraums", RoleColumn: "Nutzungsart", PersonKind: "Mietertyp", LastName: "Name", FirstName: "Name", Email: "E-Mail", Phone: "Telefonnummer"}, nil},
		{"a German ERP",
			"Objekt-Nr.;Objekt;WE-Nr.;Lage;Etage;Fläche (m²);Zi.;Nutzungsart;Mieter-Nr.;Anrede;Name;Vorname;Einzug;Auszug;Kaltmiete [EUR];NK in €;HK-VZ;Kaution;Tel.;E-Mail 1;Straße;PLZ;Ort",
			Mapping{PropertyRef: "Objekt-Nr.", PropertyName: "Objekt", UnitRef: "WE-Nr.", UnitLabel: "Lage", Floor: "Etage", AreaM2: "Fläche (m²)", Rooms: "Zi.", UsageColumn: "Nutzungsart", PersonRef: "Mieter-Nr.", Salutation: "Anrede", LastName: "Name", FirstName: "Vorname",
				LeaseStart: "Einzug", LeaseEnd: "Auszug", RentNet: "Kaltmiete [EUR]", RentService: "NK in €", RentHeating: "HK-VZ", Deposit: "Kaution", Phone: "Tel.", Email: "E-Mail 1", Street: "Straße", Postcode: "PLZ", City: "Ort"}, nil},
		{"both addresses under the same headings",
			"Wohnungsnummer;Straße;Nr.;PLZ;Ort;Nachname;Straße (2);Nr. (2);PLZ (2);Ort (2);Mietbeginn",
			Mapping{UnitRef: "Wohnungsnummer", Street: "Straße", HouseNumber: "Nr.", Postcode: "PLZ", City: "Ort", LastName: "Nachname", PostStreet: "Straße (2)", PostHouseNumber: "Nr. (2)", PostPostcode: "PLZ (2)", PostCity: "Ort (2)", LeaseStart: "Mietbeginn"}, nil},
		{"a counter is no house number",
			"Nr.;Straße;Einheit;Ort;Mieter;seit;Postanschrift",
			Mapping{Street: "Straße", UnitLabel: "Einheit", City: "Ort", LastName: "Mieter", FirstName: "Mieter", LeaseStart: "seit", PostStreet: "Postanschrift", PostPostcode: "Postanschrift", PostCity: "Postanschrift"}, []string{"Nr."}},
		{"address, town apart",
			"Adresse;PLZ;Ort;Wohnung;Mietbeginn;Vorname Mieter;Nachname Mieter;Mieter E-Mail;Objekt Straße",
			Mapping{Street: "Objekt Straße", PostStreet: "Adresse", PostPostcode: "PLZ", PostCity: "Ort", UnitLabel: "Wohnung", LeaseStart: "Mietbeginn", FirstName: "Vorname Mieter", LastName: "Nachname Mieter", Email: "Mieter E-Mail"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			separator := ";"
			if strings.Count(c.headings, ",") > 5 {
				separator = ","
			}
			got := Recognise(strings.Split(c.headings, separator))
			if d := cmp.Diff(c.want, got.Mapping); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(c.unknown, got.Unknown); d != "" {
				t.Errorf("unknown: %s", d)
			}
		})
	}
}

func TestW14_AmbiguousAndMissingHeadings(t *testing.T) {
	got := Recognise([]string{"Handy", "Telefon", "Telefon (2)", "Name", "Nachname", "Quatsch", ""})
	want := Recognition{
		Mapping:   Mapping{Phone: "Telefon", LastName: "Nachname"},
		Unknown:   []string{"Handy", "Telefon (2)", "Name", "Quatsch"},
		Missing:   []Column{UnitRef, LeaseStart},
		Ambiguous: []Ambiguity{{LastName, "Nachname", []string{"Name"}}, {Phone, "Telefon", []string{"Handy", "Telefon (2)"}}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestW14_Mapping(t *testing.T) {
	m, err := ReadMapping([]byte(`{"unit_ref":"Kennung","lease_start":"ab wann","last_name":"wer","phone":""}`))
	if err != nil {
		t.Fatal(err)
	}
	headings := []string{"Kennung", "Ab  Wann", "Wer", "Telefon", "Ort"}
	merged := Merge(Recognise(headings).Mapping, m)
	want := Mapping{UnitRef: "Kennung", LeaseStart: "ab wann", LastName: "wer", City: "Ort"}
	if d := cmp.Diff(want, merged); d != "" {
		t.Error(d)
	}
	if _, problems := NewParser(headings, merged, Options{}); len(problems) > 0 {
		t.Error(problems)
	}
	for in, key := range map[string]string{"[]": KeyMappingSyntax, "null": KeyMappingSyntax, `{"unit_ref":1}`: KeyMappingSyntax, `{"plz":"PLZ"}`: KeyUnknownColumn} {
		if _, err := ReadMapping([]byte(in)); err == nil || err.(Problem).Key != key {
			t.Errorf("%s: %v", in, err)
		}
	}
	_, problems := NewParser([]string{"A", "B"}, Mapping{UnitRef: "A", LeaseStart: "A", Email: "C", "x": "B"}, Options{})
	var keys []string
	for _, p := range problems {
		keys = append(keys, p.Error())
	}
	wantKeys := []string{KeyUnknownColumn + " x", KeySharedHeading + " lease_start", KeyUnknownHeading + " email", KeyMissingColumn + " last_name"}
	if d := cmp.Diff(wantKeys, keys); d != "" {
		t.Error(d)
	}
}

func TestW14_WhatIsLackingIsNamedWithTheAlternative(t *testing.T) {
	for _, c := range []struct {
		headings []string
		want     []string
	}{
		{[]string{"lease_start", "last_name"}, []string{KeyMissingUnit + " unit_ref"}},
		{[]string{"unit_ref^lease_start^last_name"}, []string{KeyOneColumn + " unit_ref"}},
		{[]string{"", "unit_ref"}, []string{KeyOneColumn + " lease_start"}},
		{[]string{"unit_ref", "last_name"}, []string{KeyMissingColumn + " lease_start"}},
	} {
		_, problems := NewParser(c.headings, Recognise(c.headings).Mapping, Options{})
		var got []string
		for _, p := range problems {
			got = append(got, p.Error())
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%v: %s", c.headings, d)
		}
	}
}

func TestW14_ARepeatedHeadingThatIsNotReadIsAWarning(t *testing.T) {
	headings := []string{"unit_ref", "unit_ref (2)", "lease_start", "last_name", "Straße", "Ort", "Straße (2)"}
	p, problems := NewParser(headings, Recognise(headings).Mapping, Options{})
	if p == nil {
		t.Fatal(problems)
	}
	got := p.Repeated(3, []int{1, 6})
	want := []Problem{{Row: 3, Heading: "B", Key: KeyRepeated, Args: map[string]any{"heading": "unit_ref (2)", "letter": "B"}, Severity: Warn, Hint: KeyRepeated + ".fix"}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
