package portfolio

import "strconv"

// Change is one field that differs between two states of a row. Field is the
// canonical column name of the resident list (see docs/import.md); values are
// as the database keeps them: days, minor units, hundredths.
type Change struct {
	Field  string
	Before string
	After  string
}

type field struct{ name, value string }

func num(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func yes(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

func (p Property) fields() []field {
	return []field{{"property_ref", p.Ref}, {"property_name", p.Name}, {"postcode", p.Postcode}, {"city", p.City}, {"country", p.Country},
		{"region", p.Region}, {"portal_on", yes(p.PortalOn)}, {"uvi_service", yes(p.UVIService)}}
}

func (b Building) fields() []field {
	return []field{{"street", b.Street}, {"house_number", b.HouseNumber}, {"postcode", b.Postcode}, {"city", b.City}, {"country", b.Country}}
}

func (u Unit) fields() []field {
	return []field{{"building", u.BuildingID}, {"unit_ref", u.Ref}, {"unit_label", u.Label}, {"stairwell", u.Stairwell}, {"floor", u.Floor},
		{"usage", u.Usage}, {"area_m2", num(u.AreaCM2)}, {"rooms", num(u.RoomsTenth)}, {"uvi_needed", yes(u.UVINeeded)}}
}

func (p Person) fields() []field {
	return []field{{"person_ref", p.Ref}, {"salutation", p.Salutation}, {"title", p.Title}, {"first_name", p.FirstName}, {"last_name", p.LastName},
		{"company", p.CompanyName}, {"language", p.Language}, {"email", p.Email}, {"phone", p.Phone}, {"post_name", p.PostName},
		{"post_street", p.PostStreet}, {"post_postcode", p.PostPostcode}, {"post_city", p.PostCity}, {"post_country", p.PostCountry}}
}

func (l Lease) fields() []field {
	return []field{{"unit", l.UnitID}, {"kind", l.Kind}, {"lease_ref", l.Ref}, {"lease_start", l.StartsOn}, {"lease_end", l.EndsOn},
		{"lease_signed_on", l.SignedOn}, {"rent_net", num(l.RentNet)}, {"rent_service", num(l.RentService)}, {"rent_heating", num(l.RentHeating)},
		{"deposit", num(l.Deposit)}, {"currency", l.Currency}, {"notice_period", l.NoticePeriod}}
}

func (m Membership) fields() []field {
	return []field{{"role", m.Role}, {"from_day", m.FromDay}, {"to_day", m.ToDay}}
}

// Row is a row of one of the portfolio's tables.
type Row interface {
	Property | Building | Unit | Person | Lease | Membership
	fields() []field
}

// Diff lists the fields in which two states of a row differ, in the order of
// the resident list's columns.
func Diff[R Row](before, after R) []Change {
	if before == after {
		return nil
	}
	a, b := before.fields(), after.fields()
	var out []Change
	for i := range a {
		if a[i].value != b[i].value {
			out = append(out, Change{a[i].name, a[i].value, b[i].value})
		}
	}
	return out
}

// Contradicts lists the fields on which two lines of one list about the same
// object disagree: both say something, and not the same. What only one of
// them says is no contradiction.
func Contradicts[R Row](one, other R) []string {
	var out []string
	for _, c := range Diff(one, other) {
		if c.Before != "" && c.After != "" {
			out = append(out, c.Field)
		}
	}
	return out
}
