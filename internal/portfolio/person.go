package portfolio

import (
	"strings"

	"foyer/internal/platform/fold"
	"foyer/internal/platform/i18n"
)

// The salutations of a person; "" when the list gives none.
const (
	Mr      = "mr"
	Mrs     = "mrs"
	Company = "company"
	Family  = "family"
)

// Person is a human or a company that holds or lives in a unit. The e-mail
// address here is where the manager would write to; it is never the login and
// never the key: two persons may share one.
type Person struct {
	ID           string
	Ref          string // the manager's own number; unique in the organisation
	Salutation   string // Mr, Mrs, Company, Family or ""
	Title        string // "Dr.", "Prof. Dr."
	FirstName    string
	LastName     string
	CompanyName  string
	Language     string // "" = the organisation's first language
	Email        string // canonical, "" = none
	Phone        string
	PostName     string // who takes the post, when it is not the person: "c/o Meyer"
	PostStreet   string // with number, or "Postfach 12"; "" = post goes to the unit
	PostPostcode string
	PostCity     string
	PostCountry  string // ISO 3166-1 alpha-2, "" = the unit's
}

// NameKey returns the folded names, by which lists without references find a
// person again and in which filters search. Titles do not count.
func (p Person) NameKey() string {
	return fold.Text(p.FirstName + " " + p.LastName + " " + p.CompanyName)
}

// human returns the human's name with title, "Dr. Marlene Brandt", "" when the
// person is only a company.
func (p Person) human() string {
	return strings.Join(strings.Fields(p.Title+" "+p.FirstName+" "+p.LastName), " ")
}

// DisplayName returns the name as lists and pages show it: the company's, or
// "Dr. Marlene Brandt".
func (p Person) DisplayName() string {
	if c := strings.TrimSpace(p.CompanyName); c != "" {
		return c
	}
	return p.human()
}

// Initials returns up to two letters for the round mark of an account: "MB".
func (p Person) Initials() string {
	words := strings.Fields(p.FirstName + " " + p.LastName)
	if p.CompanyName != "" {
		words = strings.Fields(p.CompanyName)
	}
	out := ""
	for i, w := range words {
		if i == 0 || i == len(words)-1 {
			out += strings.ToUpper(string([]rune(w)[:1]))
		}
	}
	return out
}

// kind returns the salutation that the names allow: a greeting by "Frau" needs
// a last name.
func (p Person) kind() string {
	last := strings.TrimSpace(p.LastName) != ""
	switch p.Salutation {
	case Mr, Mrs, Family:
		if last {
			return p.Salutation
		}
	case Company:
		return Company
	}
	if p.human() != "" {
		return "name"
	}
	return Company
}

// surname returns title and last name: "Dr. Brandt". A family has no title.
func (p Person) surname() string {
	if p.Salutation == Family {
		return strings.TrimSpace(p.LastName)
	}
	return strings.TrimSpace(p.Title + " " + p.LastName)
}

// Greeting returns the first words of a letter or mail without the comma:
// "Guten Tag, Frau Dr. Brandt", with the full name when there is no
// salutation, with none for a company.
func (p Person) Greeting(t *i18n.Printer) string {
	switch k := p.kind(); k {
	case "name":
		return t.T("portfolio.greeting.name", "name", p.human())
	case Company:
		return t.T("portfolio.greeting.company")
	default:
		return t.T("portfolio.greeting."+k, "name", p.surname())
	}
}

// Formal returns how others speak of the person: "Frau Dr. Brandt", "Familie
// Öztürk", else the display name.
func (p Person) Formal(t *i18n.Printer) string {
	if k := p.kind(); k == Mr || k == Mrs || k == Family {
		return t.T("portfolio.formal."+k, "name", p.surname())
	}
	return p.DisplayName()
}
