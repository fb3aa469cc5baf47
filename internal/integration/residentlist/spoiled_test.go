package residentlist

import (
	"slices"
	"testing"
)

func replaced(row []string, column, value string) []string {
	for i := 0; i < len(row); i += 2 {
		if row[i] == column {
			row[i+1] = value
			return row
		}
	}
	return append(row, column, value)
}

// What a spreadsheet makes of "1-3" is no house number or label. A reference is
// lost only where it is surely a day; ERPs have numbers such as 10.02.2001.
func TestW14_TextsThatBecameDays(t *testing.T) {
	sure := []string{"01. Mrz", "1. Mai", "01-Mar", "3. Dez", "01. Mär", "1. Mär", "1-Mrz", "1. März 2024", "1. Jan. 24", "3-Jan-2024"}
	maybe := []string{"01.03.2024", "10.02.2001", "01.03.2024 00:00:00", "Mar-01", "Mai 24", "Mrz 2024", "May-24"}
	slash := []string{"2024-03-01", "01/03/2024"}
	fine := []string{"1-3", "1/3", "12 a", "01.03.24", "1.3.", "01.03.001", "12-03-2001", "Mai", "Maisonette 1", "MAI-01", "MAR-12", "1. OG", "3. Mairie", "Haus Mai 24", "32. Mai", "20240301", "31.02.2024", "01.13.2024", "V-2024-17", "104.01.2001.5", "Mai 241", "Marienhof-01", "1. Mai 2024 a", "1Mai"}
	for _, column := range []string{"house_number", "unit_label", "unit_ref", "property_ref", "lease_ref", "person_ref"} {
		reject, warn := "reject "+KeyBecameDay+" "+column, "warn "+KeyLooksLikeDay+" "+column
		check := func(values []string, want string) {
			for _, value := range values {
				_, problems := parse(t, Options{}, replaced(minimal(), column, value)...)
				if got := slices.Contains(problems, want); want != "" && !got || want == "" && (slices.Contains(problems, reject) || slices.Contains(problems, warn)) {
					t.Errorf("%s in %s: %v, want %q", value, column, problems, want)
				}
			}
		}
		check(sure, reject)
		check(fine, "")
		if column[len(column)-4:] == "_ref" {
			check(maybe, warn)
			check(slash, "")
		} else {
			check(maybe, reject)
			check(slash, reject)
		}
	}
	if _, problems := parse(t, Options{}, minimal("street", "Straße des 17. Juni", "first_name", "Mai", "property_name", "Mai 24")...); len(problems) > 0 {
		t.Error(problems)
	}
}
