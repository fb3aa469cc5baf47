package residentlist

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"foyer/internal/integration/sheet"
)

// importAll reads a file with nothing but its headings to go by.
func importAll(t *testing.T, in []byte, o Options) (rows []Row, problems []string) {
	t.Helper()
	f, err := sheet.Open(bytes.NewReader(in), int64(len(in)), "liste")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, list := NewParser(f.Header(), Recognise(f.Header()).Mapping, o)
	if p == nil {
		t.Fatal(list)
	}
	for {
		src, err := f.Next()
		if errors.Is(err, io.EOF) {
			return rows, problems
		}
		if err != nil {
			t.Fatal(err)
		}
		row, found := p.Parse(src)
		for _, x := range found {
			problems = append(problems, x.Error())
		}
		rows = append(rows, row)
	}
}

func TestW14_CasaviFile(t *testing.T) {
	text := "Name der Liegenschaft;Referenz-ID der Liegenschaft;PLZ der Liegenschaft;Ort der Liegenschaft;Name der Einheit;Referenz-ID der Einheit;Adresse der Einheit;Anrede;Vorname;Nachname;Referenz-ID des Kontakts;Straße und Hausnummer;Postleitzahl und Ort;E-Mail-Adresse;Telefonnummer;Vertragsart;Vertragsbeginn\r\n" +
		"Sonnenstraße 33;S33;80331;München;Wohnung 02 DG;S33.02;Sonnenstraße 33b;Frau;Gudrun;Müller;K7;Seeweg 5;82211 Herrsching;Gudrun@Post.example;089 1234 5678;Eigentümer;01.02.2020\r\n" +
		"Sonnenstraße 33;S33;80331;München;Wohnung 02 DG;S33.02;Sonnenstraße 33b;Herr;Jörg;Groß;K8;Sonnenstraße 33b;80331 München;;;Mieter;15.7.21\r\n"
	win, err := charmap.Windows1252.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	unit := Row{PropertyRef: "S33", PropertyName: "Sonnenstraße 33", Street: "Sonnenstraße", HouseNumber: "33b", Postcode: "80331", City: "München", Country: "DE", UnitRef: "S33.02", UnitLabel: "Wohnung 02 DG", Currency: "EUR"}
	owner, renter := unit, unit
	owner.Number, owner.LeaseStart, owner.PersonRef, owner.Role, owner.Salutation, owner.FirstName, owner.LastName = 2, "2020-02-01", "K7", Owner, "mrs", "Gudrun", "Müller"
	owner.Email, owner.Phone, owner.PostStreet, owner.PostPostcode, owner.PostCity = "gudrun@post.example", "089 1234 5678", "Seeweg 5", "82211", "Herrsching"
	renter.Number, renter.LeaseStart, renter.PersonRef, renter.Role, renter.Salutation, renter.FirstName, renter.LastName = 3, "2021-07-15", "K8", ContractParty, "mr", "Jörg", "Groß"
	renter.PostStreet, renter.PostPostcode, renter.PostCity = "Sonnenstraße 33b", "80331", "München"
	rows, problems := importAll(t, win, Options{})
	if d := cmp.Diff([]Row{owner, renter}, rows); d != "" || len(problems) > 0 {
		t.Error(d, problems)
	}
}

func TestW14_AllthingsFile(t *testing.T) {
	text := "Name of property,Name of building,Name of unit,Property type,Street,House number,Postal code,City,Country,Start of utilization period,End of the utilization period,Type of usage,Tenant type,Name,Email address,Registration code\n" +
		"Riverside,House A,3.02,flat,Quaistrasse,7,8001,Zürich,CH,23.12.2019,,Rental,,Max Muster,max@post.example,ABC\n" +
		"Riverside,Quaistrasse 9,Shop 1,office,Quaistrasse,9,8001,Zürich,CH,2019-12-23,2026-01-31,,C,\"Korn, Bread and more\",,\n"
	flat := Row{Number: 2, PropertyName: "Riverside", Street: "Quaistrasse", HouseNumber: "7", Postcode: "8001", City: "Zürich", Country: "CH", Stairwell: "House A", UnitLabel: "3.02", Usage: Flat, LeaseStart: "2019-12-23", Currency: "CHF", Role: ContractParty, LastName: "Max Muster", Email: "max@post.example"}
	shop := Row{Number: 3, PropertyName: "Riverside", Street: "Quaistrasse", HouseNumber: "9", Postcode: "8001", City: "Zürich", Country: "CH", UnitLabel: "Shop 1", Usage: Commercial, LeaseStart: "2019-12-23", LeaseEnd: "2026-01-31", Currency: "CHF", Salutation: "company", Company: "Korn, Bread and more"}
	rows, problems := importAll(t, []byte(text), Options{Country: "CH", Currency: "CHF"})
	if d := cmp.Diff([]Row{flat, shop}, rows); d != "" || len(problems) > 0 {
		t.Error(d, problems)
	}
}

func TestW14_WorkbookWithTypedCells(t *testing.T) {
	x := excelize.NewFile()
	defer x.Close()
	day, err := x.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		t.Fatal(err)
	}
	for cell, row := range map[string][]any{
		"A1": {"Mieterliste Stand 2026"},
		"A3": {"WE-Nr.", "PLZ", "Einzug", "Kaltmiete", "Fläche", "UVI", "Name"},
		"A4": {104, 1067, 46082, 650.5, 54.25, true, "Sommer, Petra"},
	} {
		if err := x.SetSheetRow("Sheet1", cell, &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.SetCellStyle("Sheet1", "C4", "C4", day); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := x.Write(&b); err != nil {
		t.Fatal(err)
	}
	rows, problems := importAll(t, b.Bytes(), Options{})
	want := []Row{{Number: 4, UnitRef: "104", Postcode: "01067", Country: "DE", LeaseStart: "2026-03-01", RentNet: 65050, Area: 5425, UVINeeded: Yes, Currency: "EUR", FirstName: "Petra", LastName: "Sommer"}}
	if d := cmp.Diff(want, rows); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"import.cell.postcode_zero postcode"}, problems); d != "" {
		t.Error(d)
	}
}
