package portfolio

import (
	"strings"

	"foyer/internal/platform/fold"
	"foyer/internal/platform/i18n"
)

// AddressLines returns the recipient's lines for the address field of a letter
// (DIN 5008: at most six): salutation, name, street, place, and the country in
// capitals when it is not home (ISO 3166-1 alpha-2, the sender's country). The
// post goes to the person's postal address, else to the unit u in building b.
// The printer should speak the language of the sending country, in which the
// post wants the country's name.
func (p Person) AddressLines(t *i18n.Printer, u Unit, b Building, home string) []string {
	lines := p.AddressNames(t)
	street, postcode, city, country := p.PostStreet, p.PostPostcode, p.PostCity, p.PostCountry
	if strings.TrimSpace(street) == "" && strings.TrimSpace(city) == "" {
		street, postcode, city, country = b.AddressLine(), b.Postcode, b.City, b.Country
		if u.Usage == Flat || u.Usage == Commercial {
			street = join(street, ", ", u.Name(t)) // a parking space has no letter box
		}
	} else if country == "" {
		country = b.Country
	}
	lines = append(lines, street, strings.TrimSpace(postcode+" "+city))
	if country != "" && home != "" && !strings.EqualFold(country, home) {
		lines = append(lines, countryName(t, country))
	}
	return tidy(lines)
}

// AddressNames returns the lines of AddressLines that are the name: one to
// three, or none for a person without any.
func (p Person) AddressNames(t *i18n.Printer) []string { return tidy(p.nameLines(t)) }

// tidy takes out double spaces and empty lines.
func tidy(lines []string) []string {
	out := lines[:0]
	for _, l := range lines {
		if l = strings.Join(strings.Fields(l), " "); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// nameLines returns one to three lines: company and its human, or salutation
// and name, and who takes the post.
func (p Person) nameLines(t *i18n.Printer) []string {
	var lines []string
	k := p.kind()
	switch company := strings.TrimSpace(p.CompanyName); {
	case company != "" && (k == Mr || k == Mrs):
		lines = []string{company, t.T("portfolio.address."+k) + " " + p.human()}
	case company != "":
		lines = []string{company, p.human()}
	case k == Family: // the first name of a family is that of one of them
		lines = []string{t.T("portfolio.address.family", "name", p.surname())}
	case k == Mr || k == Mrs:
		lines = []string{t.T("portfolio.address." + k), p.human()}
	default:
		lines = []string{p.human()}
	}
	post := strings.TrimSpace(p.PostName)
	folded := fold.Text(post)
	switch {
	case post == "" || folded == fold.Text(p.human()) || folded == fold.Text(p.CompanyName):
	case p.named(folded): // "Marlene und Jonas Brandt" says it already
		lines = []string{post}
	case strings.HasPrefix(folded, "c o ") || strings.HasPrefix(folded, "z hd ") || strings.HasPrefix(folded, "attn "):
		lines = append(lines, post)
	default:
		lines = append(lines, "c/o "+post)
	}
	return lines
}

// named tells whether a folded text holds the person's own last or company
// name as whole words.
func (p Person) named(folded string) bool {
	name := fold.Text(p.LastName)
	if name == "" {
		name = fold.Text(p.CompanyName)
	}
	return name != "" && strings.Contains(" "+folded+" ", " "+name+" ")
}

// countryName writes a country as the post reads it: in capitals, by name for
// the countries that we know, else as the list has it.
func countryName(t *i18n.Printer, code string) string {
	code = strings.ToUpper(strings.TrimSpace(code))
	if key := "portfolio.country." + strings.ToLower(code); t.Has(key) {
		return strings.ToUpper(t.T(key))
	}
	return code
}

func join(a, sep, b string) string {
	if strings.TrimSpace(a) == "" || strings.TrimSpace(b) == "" {
		return a + b
	}
	return a + sep + b
}
