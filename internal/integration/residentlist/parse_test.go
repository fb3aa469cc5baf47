package residentlist

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"foyer/internal/integration/sheet"
)

// parse reads one row given as heading and value in turn. A value may begin
// with "n:", "d:" or "e:" for a number, a day or a failed formula of a workbook.
func parse(t testing.TB, o Options, pairs ...string) (Row, []string) {
	t.Helper()
	var headings []string
	row := sheetRow(pairs, &headings)
	p, problems := NewParser(headings, Recognise(headings).Mapping, o)
	if p == nil {
		t.Fatalf("headings %v: %v", headings, problems)
	}
	r, found := p.Parse(row)
	var list []string
	for _, f := range found {
		list = append(list, string(f.Severity)+" "+f.Key+" "+string(f.Column))
		called := f.Heading
		if called == "" { // the file lacks the column
			called = string(f.Column)
		}
		if f.Row != 7 || f.Hint != f.Key+".fix" || p.Has(f.Column) != (f.Heading != "") || f.Args["heading"] != called {
			t.Errorf("incomplete problem %+v", f)
		}
	}
	return r, list
}

func sheetRow(pairs []string, headings *[]string) sheet.Row {
	row := sheet.Row{Number: 7}
	for i := 0; i < len(pairs); i += 2 {
		*headings = append(*headings, pairs[i])
		c := sheet.Cell{Text: pairs[i+1]}
		for prefix, kind := range map[string]sheet.Kind{"n:": sheet.Number, "d:": sheet.Day, "e:": sheet.Error, "b:": sheet.Bool} {
			if strings.HasPrefix(c.Text, prefix) {
				c = sheet.Cell{Text: c.Text[2:], Kind: kind}
			}
		}
		row.Cells = append(row.Cells, c)
	}
	return row
}

// minimal is the least that makes a row; more columns are added to it.
func minimal(more ...string) []string {
	return append([]string{"unit_ref", "104/001", "lease_start", "2024-01-01", "last_name", "Sommer"}, more...)
}

func TestW14_AFullRow(t *testing.T) {
	got, problems := parse(t, Options{},
		"property_ref", "104", "property_name", "Ahornallee", "street", "Ahornallee", "house_number", "12 a", "postcode", "n:1067", "city", "Dresden", "country", "Deutschland", "stairwell", "Aufgang B", "unit_ref", "104/001", "unit_label", "Whg. 3",
		"floor", "2. OG", "area_m2", "1.054,5 m²", "rooms", "2½", "usage", "Wohnung", "uvi_needed", "x", "lease_ref", "V-1", "lease_start", "1.3.24", "lease_end", "31.12.9999", "lease_signed_on", "d:2024-02-01", "rent_net", "1.234,56 €", "rent_service", "n:200.5",
		"rent_heating", "90,-", "currency", "Euro", "deposit", "3'600.00", "notice_period", "3 Monate", "person_ref", "n:4711", "role", "Mieterin", "salutation", "Frau Dr.", "title", "", "first_name", "Petra", "last_name", " Sommer\u00a0 -  Müller ", "company", "",
		"language", "de-DE", "email", "Petra.Sommer@Müller.example", "email_consent_on", "01/02/2024", "phone", "0049 151 123", "post_name", "c/o Winter", "post_street", "Weg 1", "post_postcode", "CH-8001", "post_city", "Zürich", "post_country", "")
	want := Row{Number: 7, PropertyRef: "104", PropertyName: "Ahornallee", Street: "Ahornallee", HouseNumber: "12 a", Postcode: "01067", City: "Dresden", Country: "DE", Stairwell: "Aufgang B", UnitRef: "104/001", UnitLabel: "Whg. 3", Floor: "2. OG",
		Area: 105450, Rooms: 25, Usage: Flat, UVINeeded: Yes, LeaseRef: "V-1", LeaseStart: "2024-03-01", LeaseSignedOn: "2024-02-01", RentNet: 123456, RentService: 20050, RentHeating: 9000, Currency: "EUR", Deposit: 360000, NoticePeriod: "3 Monate",
		PersonRef: "4711", Role: ContractParty, Salutation: "mrs", Title: "Dr.", FirstName: "Petra", LastName: "Sommer - Müller", Language: "de", Email: "petra.sommer@xn--mller-kva.example", EmailConsentOn: "2024-02-01", Phone: "+49 151 123",
		PostName: "c/o Winter", PostStreet: "Weg 1", PostPostcode: "8001", PostCity: "Zürich", PostCountry: "CH"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"warn import.cell.postcode_zero postcode"}, problems); d != "" {
		t.Error(d)
	}
}

func TestW14_Days(t *testing.T) {
	for in, want := range map[string]string{
		"01.03.2026": "2026-03-01", "1.3.26": "2026-03-01", "1.3.1999": "1999-03-01", "1.3.99": "1999-03-01", "2026-03-01": "2026-03-01", "01/03/2026": "2026-03-01", "1-3-2026": "2026-03-01", "20260301": "2026-03-01", "2026/3/1": "2026-03-01",
		"1. März 2026": "2026-03-01", "1 March 2026": "2026-03-01", "March 1, 2026": "2026-03-01", "1. Mär 26": "2026-03-01", "01.03.2026 00:00:00": "2026-03-01", "2026-03-01T12:00:00Z": "2026-03-01", "2026-03-01 00:00": "2026-03-01", "29.02.2024": "2024-02-29",
		"d:2026-03-01": "2026-03-01", "n:46082": "2026-03-01", "n:46082.25": "2026-03-01", "n:20260301": "2026-03-01",
		"31.02.2024": KeyImpossibleDay, "29.02.2023": KeyImpossibleDay, "00.01.2024": KeyDay, "12/25/2024": KeyImpossibleDay, "32.1.2024": KeyImpossibleDay, "1.13.2024": KeyImpossibleDay,
		"46082": KeyDay, "n:2020": KeyDay, "n:99999999": KeyDayRange, "1.3.": KeyDay, "2026": KeyDay, "soon": KeyDay, "1.3.024": KeyDay, "1.3.20266": KeyDay, "1.1.1800": KeyDayRange, "1.1.2500": KeyDayRange, "d:1899-01-01": KeyDayRange, "1.3.2026 bald": KeyDay, "1.3.26 4.5": KeyDay,
		"": KeyEmpty, "-": KeyEmpty, "00.00.0000": KeyEmpty, "k.A.": KeyEmpty, "31.12.9999": KeyDayRange, "e:#N/A": KeyFormulaError, "1.3.2026\x00": KeyControl, "1.3.99999999999": KeyDay,
	} {
		r, problems := parse(t, Options{}, "unit_ref", "1", "last_name", "S", "lease_start", in)
		if strings.HasPrefix(want, "import.") {
			if len(problems) != 1 || problems[0] != "reject "+want+" lease_start" || r.LeaseStart != "" {
				t.Errorf("%q: %q %v, want %s", in, r.LeaseStart, problems, want)
			}
		} else if r.LeaseStart != want || len(problems) > 0 {
			t.Errorf("%q: %q %v, want %s", in, r.LeaseStart, problems, want)
		}
	}
	for in, want := range map[string]string{"31.12.9999": "", "d:9999-12-31": "", "n:2958465": "", "unbefristet": "", "offen": "", "–": "", "00.00.0000": "", "31.12.2999": "", "31.12.2099": "2099-12-31"} {
		if r, problems := parse(t, Options{}, minimal("lease_end", in)...); r.LeaseEnd != want || len(problems) > 0 {
			t.Errorf("end %q: %q %v", in, r.LeaseEnd, problems)
		}
	}
}

func TestW14_Numbers(t *testing.T) {
	for in, want := range map[string]int64{
		"1.234,56": 123456, "1,234.56": 123456, "1'234.56": 123456, "1’234.50": 123450, "1 234,56": 123456, "1\u202f234,56": 123456, "54,5": 5450, "54.5": 5450, "1234": 123400, "1.234": 123400, "1,234": 123400, "1.234.567": 123456700, "0,125": 13, "650,-": 65000, "650.–": 65000,
		"€ 650": 65000, "EUR 650,00": 65000, "Fr. 650.50": 65050, "650 kr.": 65000, "n:650.333333": 65033, "n:0.005": 1, "+5": 500, "-": 0, "": 0, "keine": 0, "n:1234.5": 123450, "n:-0": 0,
	} {
		if r, problems := parse(t, Options{}, minimal("rent_net", in)...); r.RentNet != want || len(problems) > 0 {
			t.Errorf("%q: %d %v, want %d", in, r.RentNet, problems, want)
		}
	}
	for in, want := range map[string]string{
		"viel": KeyNumber, "1.2.3": KeyNumber, "1,2,3": KeyNumber, "1.23,45,6": KeyNumber, "12.34.567": KeyNumber, "650 USDT": KeyNumber, "-5": KeyNegative, "650,00-": KeyNegative, "−5": KeyNegative, "n:-1": KeyNegative, "1e5": KeyNumber, "n:1e300": KeyNumber, "99999999999": KeyNumberRange, "d:2026-03-01": KeyBecameDay,
		"1/2": KeyNumber, "5-6": KeyNumber, "12/13": KeyNumber, "=1+1": KeyNumber,
	} {
		if in == "1/2" {
			continue // a half, below
		}
		if _, problems := parse(t, Options{}, minimal("rent_net", in)...); len(problems) != 1 || problems[0] != "reject "+want+" rent_net" {
			t.Errorf("%q: %v, want %s", in, problems, want)
		}
	}
	for in, want := range map[string][2]int64{"54,5": {5450, 545}, "3": {300, 30}, "2,5 Zimmer": {250, 25}, "1/2": {50, 5}, "2 1/2": {250, 25}, "2½": {250, 25}, "1.234": {123400, 12340}, "54,5 m²": {5450, 545}, "54,5 qm": {5450, 545}} {
		if r, problems := parse(t, Options{}, minimal("area_m2", in, "rooms", in)...); r.Area != want[0] || r.Rooms != want[1] || len(problems) > 0 {
			t.Errorf("%q: %d, %d %v", in, r.Area, r.Rooms, problems)
		}
	}
	if r, problems := parse(t, Options{}, minimal("area_m2", "54.125")...); r.Area != 5413 || len(problems) != 1 || problems[0] != "warn import.cell.number_ambiguous area_m2" {
		t.Errorf("%d %v", r.Area, problems)
	}
}

func TestW14_Currency(t *testing.T) {
	for _, c := range []struct {
		option, column, rent, want string
	}{{"", "", "5", "EUR"}, {"CHF", "", "5", "CHF"}, {"", "", "CHF 5", "CHF"}, {"CHF", "€", "5", "EUR"}, {"", "dkk", "5", "DKK"}, {"", "Schweizer Franken", "5 €", "CHF"}} {
		in := minimal("rent_net", c.rent)
		if c.column != "" {
			in = append(in, "currency", c.column)
		}
		if r, problems := parse(t, Options{Currency: c.option}, in...); r.Currency != c.want || len(problems) > 0 {
			t.Errorf("%+v: %q %v", c, r.Currency, problems)
		}
	}
	if _, problems := parse(t, Options{}, minimal("currency", "Taler")...); len(problems) != 1 || problems[0] != "reject import.cell.currency currency" {
		t.Error(problems)
	}
}

func TestW14_WordsInTwoLanguages(t *testing.T) {
	for _, c := range []struct {
		column, in, want string
		problem          string
	}{
		{"usage", "Wohnung", "flat", ""}, {"usage", "TG-Stellplatz", "parking", ""}, {"usage", "Büro", "commercial", ""}, {"usage", "cellar", "storage", ""}, {"usage", "Sonstiges", "", "warn " + KeyUsage},
		{"role", "Mieter", "contract_party", ""}, {"role", "Eigentümerin", "owner", ""}, {"role", "co-resident", "co_resident", ""}, {"role", "Rental", "contract_party", ""}, {"role", "Ownership", "owner", ""}, {"role", "Hausmeister", "", "reject " + KeyRole},
		{"uvi_needed", "ja", "1", ""}, {"uvi_needed", "✓", "1", ""}, {"uvi_needed", "b:true", "1", ""}, {"uvi_needed", "n:1", "1", ""}, {"uvi_needed", "Nein", "2", ""}, {"uvi_needed", "FALSCH", "2", ""}, {"uvi_needed", "", "0", ""}, {"uvi_needed", "vielleicht", "0", "reject " + KeyYesNo},
		{"salutation", "Herr", "mr", ""}, {"salutation", "Mrs.", "mrs", ""}, {"salutation", "Eheleute", "family", ""}, {"salutation", "divers", "", ""}, {"salutation", "Hochwürden", "", "warn " + KeySalutation},
		{"language", "Englisch", "en", ""}, {"language", "DE", "de", ""}, {"language", "fr_CH", "fr", ""}, {"language", "Klingonisch", "", "warn " + KeyLanguage},
		{"country", "Österreich", "AT", ""}, {"country", "CHE", "CH", ""}, {"country", "dk", "DK", ""}, {"country", "Atlantis", "DE", "warn " + KeyCountry},
	} {
		r, problems := parse(t, Options{}, minimal(c.column, c.in)...)
		got := map[string]string{"usage": string(r.Usage), "role": string(r.Role), "uvi_needed": string('0' + rune(r.UVINeeded)), "salutation": r.Salutation, "language": r.Language, "country": r.Country}[c.column]
		var want []string
		if c.problem != "" {
			want = []string{c.problem + " " + c.column}
		}
		if got != c.want || !cmp.Equal(want, problems) {
			t.Errorf("%s %q: %q %v", c.column, c.in, got, problems)
		}
	}
}

func TestW14_MandatoryFields(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []string
		want []string
	}{
		{"reference", minimal(), nil},
		{"address and label", []string{"unit_ref", "", "street", "Weg 1", "city", "Kiel", "unit_label", "3", "lease_start", "1.1.2024", "company", "Bau GmbH"}, nil},
		{"nothing about the unit", []string{"unit_ref", "", "lease_start", "1.1.2024", "last_name", "S"}, []string{"reject import.row.no_unit unit_ref"}},
		{"label without address", []string{"street", "", "city", "Kiel", "unit_label", "3", "lease_start", "1.1.2024", "last_name", "S"}, []string{"reject import.row.no_address street"}},
		{"address without label", []string{"street", "Weg 1", "city", "Kiel", "unit_label", "", "lease_start", "1.1.2024", "last_name", "S"}, []string{"reject import.row.no_unit unit_label"}},
		{"no start", []string{"unit_ref", "1", "lease_start", "", "last_name", "S"}, []string{"reject import.cell.empty lease_start"}},
		{"no name", []string{"unit_ref", "1", "lease_start", "1.1.2024", "last_name", " - "}, []string{"reject import.row.no_name last_name"}},
		{"nothing at all", []string{"unit_ref", "", "lease_start", "", "last_name", "", "city", "Summe"}, []string{"reject import.row.no_name last_name", "reject import.cell.empty lease_start", "reject import.row.no_unit unit_ref"}},
		{"vacancy", []string{"unit_ref", "1", "lease_start", "", "last_name", "Leerstand"}, []string{"reject import.row.vacancy last_name"}},
		{"end before start", minimal("lease_end", "31.12.2023"), []string{"reject import.row.end_before_start lease_end"}},
		{"one day", minimal("lease_end", "1.1.2024"), nil},
	} {
		if _, got := parse(t, Options{}, c.in...); !cmp.Equal(c.want, got) {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestW14_Addresses(t *testing.T) {
	for in, want := range map[string]string{
		"Ahornallee 12 a": "Ahornallee|12 a", "Straße des 17. Juni": "Straße des 17. Juni|", "Straße des 17. Juni 135": "Straße des 17. Juni|135", "Q7, 24": "Q7|24", "Werkhof 3-5": "Werkhof|3-5", "Werkhof 3 - 5": "Werkhof|3 - 5", "Weg 7 / 9": "Weg|7 / 9", "Weg 12b": "Weg|12b",
		"Musterweg Nr. 5": "Musterweg|5", "12, rue de la Paix": "rue de la Paix|12", "Am Markt": "Am Markt|", "5": "5|", "Platz 1": "Platz|1", "Weg 2 1/2": "Weg|2 1/2", "Allee 12–14": "Allee|12–14", "Gasse 4 Hinterhaus": "Gasse|4 Hinterhaus", "Hof A": "Hof A|",
	} {
		r, problems := parse(t, Options{}, minimal("street", in)...)
		if got := r.Street + "|" + r.HouseNumber; got != want || len(problems) > 0 {
			t.Errorf("%q: %q %v", in, got, problems)
		}
	}
	for in, want := range map[string]string{
		"Sonnenstraße 33b, 80331 München": "Sonnenstraße|33b|80331|München|DE", "Sonnenstraße 33b\n80331 München": "Sonnenstraße|33b|80331|München|DE", "Sonnenstraße 33b": "Sonnenstraße|33b|||DE", "Weg 1, CH-8001 Zürich": "Weg|1|8001|Zürich|CH",
		"Weg 1, Kiel": "Weg|1||Kiel|DE", "Q7, 24, 68161 Mannheim": "Q7|24|68161|Mannheim|DE", "Q7, 24": "Q7|24|||DE", "Weg 1 D-1067 Dresden": "Weg|1|01067|Dresden|DE",
	} {
		r, _ := parse(t, Options{}, minimal("Adresse", in)...)
		if got := strings.Join([]string{r.Street, r.HouseNumber, r.Postcode, r.City, r.Country}, "|"); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
	r, problems := parse(t, Options{}, minimal("Adresse", "Weg 1", "PLZ Ort", "München 80331", "Haus", "Weg 1", "Postanschrift", "Postfach 12, 80335 München")...)
	if r.Street != "Weg" || r.Postcode != "80331" || r.City != "München" || r.Stairwell != "" || r.PostStreet != "Postfach 12" || r.PostPostcode != "80335" || r.PostCity != "München" || len(problems) > 0 {
		t.Errorf("%+v %v", r, problems)
	}
	for in, want := range map[string]string{"n:1067 DE": "01067 postcode_zero", "1067 DE": "01067 postcode_zero", "01067 DE": "01067", "8001 CH": "8001", "80011 CH": "80011 postcode", "n:8001 CH": "8001", "ABC DE": "ABC postcode", "SW1A 1AA GB": "SW1A 1AA", "D-01067 ": "01067"} {
		i := strings.LastIndexByte(in, ' ')
		r, problems := parse(t, Options{}, minimal("postcode", in[:i], "country", in[i+1:])...)
		got := r.Postcode
		for _, p := range problems {
			got += " " + strings.TrimSuffix(strings.TrimPrefix(p, "warn import.cell."), " postcode")
		}
		if strings.TrimSpace(got) != want {
			t.Errorf("%q: %q %v", in, got, problems)
		}
	}
}

func TestW14_Names(t *testing.T) {
	for _, c := range []struct{ heading, in, want string }{
		{"Name", "Sommer, Petra", "||Petra|Sommer|"}, {"Name", "Petra Sommer", "|||Petra Sommer|"}, {"Name", "Frau Petra von Sommer", "mrs||Petra|von Sommer|"}, {"Name", "Herr Dr. Kaya, Deniz", "mr|Dr.|Deniz|Kaya|"}, {"Name", "Familie Meier", "family|||Meier|"},
		{"Name", "Müller, Meier & Partner GbR", "company||||Müller, Meier & Partner GbR"}, {"Name", "Firma Bau", "company||||Bau"}, {"Name", "Bäckerei Korn GmbH & Co. KG", "company||||Bäckerei Korn GmbH & Co. KG"}, {"Name", "Ag Berg", "|||Ag Berg|"}, {"Name", "Sommer, Dr. Petra", "|Dr.|Petra|Sommer|"},
		{"Vorname Nachname", "Petra von Sommer", "||Petra|von Sommer|"}, {"Nachname, Vorname", "von Sommer Petra", "||Petra|von Sommer|"}, {"Nachname", "Petra Sommer", "|||Petra Sommer|"}, {"Nachname", "Sommer, Petra", "||Petra|Sommer|"}, {"Nachname", "Turnverein e.V.", "company||||Turnverein e.V."},
	} {
		r, problems := parse(t, Options{}, "unit_ref", "1", "lease_start", "1.1.2024", c.heading, c.in)
		if got := strings.Join([]string{r.Salutation, r.Title, r.FirstName, r.LastName, r.Company}, "|"); got != c.want || len(problems) > 0 {
			t.Errorf("%s %q: %q %v", c.heading, c.in, got, problems)
		}
	}
	r, _ := parse(t, Options{}, "unit_ref", "1", "lease_start", "1.1.2024", "Tenant type", "C", "Name", "Korn, Bäcker")
	if r.Company != "Korn, Bäcker" || r.LastName != "" || r.Salutation != "company" {
		t.Errorf("tenant type C: %+v", r)
	}
	r, _ = parse(t, Options{}, "unit_ref", "1", "lease_start", "1.1.2024", "Title", "Mrs", "First name", "Petra", "Last name", "Sommer")
	if r.Salutation != "mrs" || r.Title != "" {
		t.Errorf("English title: %+v", r)
	}
}

func TestW14_Contact(t *testing.T) {
	for in, want := range map[string]string{
		"P@X.example": "p@x.example", "mailto:p@x.example": "p@x.example", "Petra <p@x.example>": "p@x.example", "a@x.example; b@x.example": "a@x.example warn import.cell.email_several email", "a@x.example b@x.example": "a@x.example warn import.cell.email_several email",
		"b.lindqvist(at)post": " reject import.cell.email email", "p@localhost": " reject import.cell.email email", "keine": "", "\u212Aai@x.example": " reject import.cell.email email", "ſam@x.example": " reject import.cell.email email",
		"p@x.example\nBcc: q@x.example": "p@x.example warn import.cell.email_several email", "+p@x.example": "+p@x.example",
	} {
		r, problems := parse(t, Options{}, minimal("email", in)...)
		if got := strings.TrimRight(r.Email+" "+strings.Join(problems, " "), " "); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"+49 (0)151 / 12-34": "+49 (0)151 / 12-34", "0049 151": "+49 151", "089/1234 (Büro)": "089/1234 (Büro)", "n:1511234567": "1511234567 phone_zero", "n:491511234567": "491511234567", "x": " phone", "-": ""} {
		r, problems := parse(t, Options{}, minimal("phone", in)...)
		got := r.Phone
		for _, p := range problems {
			got += strings.TrimSuffix(strings.TrimPrefix(p, "warn import.cell"), " phone")
		}
		if strings.ReplaceAll(got, ".", " ") != want {
			t.Errorf("%q: %q", in, got)
		}
	}
	for in, want := range map[string]string{"1.2.2024": "2024-02-01", "ja": " warn import.cell.consent_no_day email_consent_on", "nein": "", "evtl.": " reject import.cell.day email_consent_on"} {
		r, problems := parse(t, Options{}, minimal("email", "p@x.example", "email_consent_on", in)...)
		if got := strings.TrimRight(r.EmailConsentOn+" "+strings.Join(problems, " "), " "); got != want {
			t.Errorf("consent %q: %q", in, got)
		}
	}
	if r, problems := parse(t, Options{}, minimal("email", "", "email_consent_on", "1.2.2024")...); r.EmailConsentOn != "" || len(problems) != 1 {
		t.Errorf("consent without address: %v", problems)
	}
}

func TestW14_HostileText(t *testing.T) {
	for _, c := range []struct{ in, want, problem string }{
		{"=HYPERLINK(1)", "=HYPERLINK(1)", ""}, {"@x", "@x", ""}, {"-5 Grad", "-5 Grad", ""}, {"<script>alert(1)</script>", "<script>alert(1)</script>", ""},
		{"a\tb\nc", "a b c", ""}, {"Mu\u0308ller", "Müller", ""}, {"Mül\u00adler", "Müller", ""}, {"\ufeffa", "a", ""}, {"a\u200bb", "ab", ""},
		{"a\x00b", "", KeyControl}, {"a\u202eb", "", KeyControl}, {"a\u2066b", "", KeyControl}, {"a\x07", "", KeyControl}, {"M\uFFFDller", "", KeyGarbled}, {"M\xfcller", "", KeyGarbled}, {"e:#REF!", "", KeyFormulaError}, {"d:2026-03-01", "", KeyBecameDay},
		{strings.Repeat("x", 101), "", KeyTooLong}, {strings.Repeat("ü", 100), strings.Repeat("ü", 100), ""},
	} {
		r, problems := parse(t, Options{}, minimal("property_ref", c.in)...)
		if c.problem == "" && (r.PropertyRef != c.want || len(problems) > 0) || c.problem != "" && (len(problems) != 1 || problems[0] != "reject "+c.problem+" property_ref") {
			t.Errorf("%q: %q %v", c.in, r.PropertyRef, problems)
		}
	}
}

func TestProblemOfTheFileBecomesOneOfTheList(t *testing.T) {
	p := FromSheet(&sheet.Problem{Key: sheet.KeyCellTooLong, Args: map[string]any{"row": "3"}, Row: 3, Column: 28})
	want := Problem{Row: 3, Heading: "AB", Key: sheet.KeyCellTooLong, Args: map[string]any{"row": "3"}, Severity: Reject, Hint: "import.row.cell_too_long.fix"}
	if d := cmp.Diff(want, p); d != "" {
		t.Error(d)
	}
}

func TestW14_AFailedFormulaInTextIsRejected(t *testing.T) {
	for _, in := range []string{"#NV", "#N/A", "#REF!", "#BEZUG!", "#NAME?", "#DIV/0!", "#WERT!", "#VALUE!", "#NUM!", "#ZAHL!", "#NULL!", " #n/a "} {
		for _, column := range []string{"unit_ref", "lease_start", "last_name", "person_ref", "email", "rent_net"} {
			pairs := minimal("person_ref", "1", "email", "", "rent_net", "1")
			for j := 0; j < len(pairs); j += 2 {
				if pairs[j] == column {
					pairs[j+1] = in
				}
			}
			_, problems := parse(t, Options{}, pairs...)
			if d := cmp.Diff([]string{"reject " + KeyFormulaError + " " + column}, problems); d != "" {
				t.Errorf("%s %q: %s", column, in, d)
			}
		}
	}
	for _, in := range []string{"#1", "Whg. #N/A", "NV", "#NV 3", "#"} {
		if r, problems := parse(t, Options{}, minimal("person_ref", in)...); r.PersonRef != in || len(problems) > 0 {
			t.Errorf("%q: %q %v", in, r.PersonRef, problems)
		}
	}
}

func TestW14_MisreadTextIsTakenWithAWarning(t *testing.T) {
	for _, in := range []string{"MÃ¼ller", "StraÃŸe", "Ã–zdemir", "Ãœnal", "â€žHausâ€œ", "10Â°"} {
		r, problems := parse(t, Options{}, minimal("first_name", in)...)
		if d := cmp.Diff([]string{"warn " + KeyMisread + " first_name"}, problems); d != "" || r.FirstName != in {
			t.Errorf("%q: %q %s", in, r.FirstName, d)
		}
	}
	for _, in := range []string{"Müller", "SÃO", "Âge", "Château", "â"} {
		if _, problems := parse(t, Options{}, minimal("first_name", in)...); len(problems) > 0 {
			t.Errorf("%q: %v", in, problems)
		}
	}
	_, problems := parse(t, Options{}, "unit_ref", "1", "lease_start", "2024-01-01", "Name", "MÃ¼ller, Petra")
	if len(problems) != 1 {
		t.Errorf("one cell, several warnings: %v", problems)
	}
}
