package portfolio

import (
	"slices"
	"strings"
	"time"

	"foyer/internal/platform/fold"
	"foyer/internal/platform/store"
)

// ContactField is a piece of contact data that residents may set themselves.
type ContactField string

// The fields. The e-mail address is none: it is the login, which access keeps.
const (
	ContactMobile ContactField = "mobile"
	ContactPhone  ContactField = "phone" // at home
	ContactPost   ContactField = "post"
)

// Contact is a value that holds beside what the resident list says. The
// imported fields of the person are never written by it: it holds as long as
// the list still says what it said when the value took effect (Was). When the
// list says something else, the list is newer and wins.
type Contact struct {
	PersonID string
	Field    ContactField
	Value    string
	Was      string // Person.ContactOf at that time
	FromDay  string // first day on which it holds, "" = at once
}

var (
	putContact = store.Scoped(`INSERT INTO person_contact (org_id, person_id, field, value, was, from_day, set_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (org_id, person_id, field) DO UPDATE SET value = excluded.value, was = excluded.was, from_day = excluded.from_day, set_at = excluded.set_at`)
	contactsOf  = store.Scoped(`SELECT person_id, field, value, was, from_day FROM person_contact WHERE org_id = $1 AND person_id IN ($2...)`)
	dropContact = store.Scoped(`DELETE FROM person_contact WHERE org_id = $1 AND person_id = $2 AND field = $3`)
)

// PutContact lets a value hold from now on, instead of an earlier one.
func PutContact(tx *store.Tx, now time.Time, c Contact) error {
	_, err := store.Exec(tx, putContact, c.PersonID, string(c.Field), c.Value, c.Was, c.FromDay, store.Micros(now))
	return err
}

// DropContact lets the resident list alone count again.
func DropContact(tx *store.Tx, personID string, f ContactField) error {
	_, err := store.Exec(tx, dropContact, personID, string(f))
	return err
}

// ContactOf returns what the resident list says of a field; home is the country
// (ISO 3166-1 alpha-2) by whose rules a number is one of a mobile phone.
func (p Person) ContactOf(f ContactField, home string) string {
	mobile := IsMobile(p.Phone, home)
	switch {
	case f == ContactPost:
		return p.Post().Value()
	case f == ContactMobile && mobile, f == ContactPhone && !mobile:
		return p.Phone
	}
	return ""
}

// Contacts returns what holds on a day, by person and field.
func Contacts(tx *store.Tx, today, home string, persons []Person) (map[string]map[ContactField]string, error) {
	out := make(map[string]map[ContactField]string, len(persons))
	byID := make(map[string]Person, len(persons))
	ids := make([]string, 0, len(persons))
	for _, p := range persons {
		byID[p.ID] = p
		ids = append(ids, p.ID)
		out[p.ID] = map[ContactField]string{}
		for _, f := range []ContactField{ContactMobile, ContactPhone, ContactPost} {
			out[p.ID][f] = p.ContactOf(f, home)
		}
	}
	list, err := lookup(tx, contactsOf, func(c *Contact) []any { return []any{&c.PersonID, &c.Field, &c.Value, &c.Was, &c.FromDay} },
		func(a, b Contact) int { return strings.Compare(a.PersonID+string(a.Field), b.PersonID+string(b.Field)) }, ids)
	for _, c := range list {
		if c.FromDay <= today && byID[c.PersonID].ContactOf(c.Field, home) == c.Was {
			out[c.PersonID][c.Field] = c.Value
		}
	}
	return out, err
}

// Effective returns the persons with the contact data that hold on a day, for
// letters and lists. They must not be put back: the resident list's own fields
// are laid over.
func Effective(tx *store.Tx, today, home string, persons []Person) ([]Person, error) {
	holds, err := Contacts(tx, today, home, persons)
	out := slices.Clone(persons)
	for i := range out {
		p := &out[i]
		h := holds[p.ID]
		if v := h[ContactPost]; v != p.Post().Value() {
			a := ParsePost(v)
			p.PostName, p.PostStreet, p.PostPostcode, p.PostCity, p.PostCountry = a.Name, a.Street, a.Postcode, a.City, a.Country
		}
		if p.Phone = h[ContactMobile]; p.Phone == "" {
			p.Phone = h[ContactPhone]
		}
	}
	return out, err
}

// PostAddress is where post goes instead of to the unit.
type PostAddress struct {
	Name     string // who takes it, "" = the person
	Street   string // with number, or "Postfach 12"
	Postcode string
	City     string
	Country  string // ISO 3166-1 alpha-2, "" = the unit's
}

// Post returns the person's own postal address, the zero value when post goes
// to the unit.
func (p Person) Post() PostAddress {
	return PostAddress{p.PostName, p.PostStreet, p.PostPostcode, p.PostCity, p.PostCountry}
}

// Value returns the address as one text of five lines, "" for none.
func (a PostAddress) Value() string {
	if a == (PostAddress{}) {
		return ""
	}
	return strings.Join([]string{a.Name, a.Street, a.Postcode, a.City, a.Country}, "\n")
}

// ParsePost reads what Value wrote.
func ParsePost(value string) PostAddress {
	l := append(strings.Split(value, "\n"), "", "", "", "")
	return PostAddress{l[0], l[1], l[2], l[3], l[4]}
}

// ContactKey returns a form in which two spellings of one value are equal:
// "+49 171 39200-14" and "0171 3920014", "Str." and "Straße".
func ContactKey(f ContactField, value, home string) string {
	if f != ContactPost {
		return phoneKey(value, home)
	}
	if value == "" {
		return ""
	}
	a := ParsePost(value)
	if a.Country == "" {
		a.Country = home
	}
	return strings.Join([]string{fold.Text(a.Name), streetKey(a.Street), fold.Text(a.Postcode), fold.Text(a.City), a.Country}, "\n")
}

// dialling are the country codes and the trunk prefix of numbers inside.
var dialling = map[string]struct{ code, trunk string }{
	"DE": {"49", "0"}, "AT": {"43", "0"}, "CH": {"41", "0"}, "LI": {"423", ""}, "LU": {"352", ""}, "BE": {"32", "0"}, "NL": {"31", "0"},
	"FR": {"33", "0"}, "IT": {"39", ""}, "DK": {"45", ""}, "SE": {"46", "0"}, "NO": {"47", ""}, "PL": {"48", ""}, "CZ": {"420", ""},
}

// phoneKey writes a number as one dials it inside its country.
func phoneKey(s, home string) string {
	s = strings.Replace(s, "(0)", "", 1)
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, s)
	if rest, ok := strings.CutPrefix(digits, "00"); ok {
		digits = "+" + rest
	}
	d := dialling[home]
	if rest, ok := strings.CutPrefix(digits, "+"+d.code); ok && d.code != "" {
		return d.trunk + rest
	}
	return digits
}

// mobiles are how numbers of mobile phones begin inside a country; in the
// others one cannot tell.
var mobiles = map[string][]string{
	"DE": {"015", "016", "017"}, "AT": {"065", "066", "067", "068", "069"}, "CH": {"075", "076", "077", "078", "079"},
	"BE": {"04"}, "NL": {"06"}, "FR": {"06", "07"}, "IT": {"3"}, "SE": {"07"}, "NO": {"4", "9"}, "LU": {"6"},
}

// IsMobile tells whether a number is surely one of a mobile phone, in the
// country of that ISO 3166-1 code or, written with its country code, in another.
func IsMobile(number, home string) bool {
	key := phoneKey(number, home)
	if rest, ok := strings.CutPrefix(key, "+"); ok {
		for country, d := range dialling {
			if inside, ok := strings.CutPrefix(rest, d.code); ok && country != home {
				return IsMobile(d.trunk+inside, country)
			}
		}
	}
	return slices.ContainsFunc(mobiles[home], func(start string) bool { return strings.HasPrefix(key, start) })
}
