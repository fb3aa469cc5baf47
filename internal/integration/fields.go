package integration

import (
	"foyer/internal/integration/residentlist"
	"foyer/internal/platform/fold"
	"foyer/internal/portfolio"
)

// field is one thing that a row says about an object, for completing rows from
// each other.
type field struct {
	column residentlist.Column
	// hard: rows that say different things cannot mean the same object.
	hard bool
	said func(*residentlist.Row) bool
	same func(a, b *residentlist.Row) bool
	copy func(to, from *residentlist.Row)
}

type row = residentlist.Row

func text(c residentlist.Column, at func(*row) *string) field {
	return field{column: c,
		said: func(r *row) bool { return *at(r) != "" },
		same: func(a, b *row) bool { return *at(a) == *at(b) },
		copy: func(to, from *row) { *at(to) = *at(from) }}
}

func number(c residentlist.Column, at func(*row) *int64) field {
	return field{column: c,
		said: func(r *row) bool { return *at(r) != 0 },
		same: func(a, b *row) bool { return *at(a) == *at(b) },
		copy: func(to, from *row) { *at(to) = *at(from) }}
}

// name is a hard text that may be spelled in several ways.
func name(c residentlist.Column, at func(*row) *string) field {
	f := text(c, at)
	f.hard = true
	f.same = func(a, b *row) bool { return *at(a) == *at(b) || fold.Text(*at(a)) == fold.Text(*at(b)) }
	return f
}

func hard(f field) field { f.hard = true; return f }

var unitFields = []field{
	{column: residentlist.Street, hard: true,
		said: func(r *row) bool { return r.Street != "" },
		same: sameAddress,
		copy: func(to, from *row) {
			to.Street, to.HouseNumber, to.Postcode, to.City, to.Country = from.Street, from.HouseNumber, from.Postcode, from.City, from.Country
		}},
	{column: residentlist.UnitLabel, hard: true,
		said: func(r *row) bool { return r.UnitLabel != "" },
		same: func(a, b *row) bool {
			return a.UnitLabel == b.UnitLabel || labelKey(a.UnitLabel) == labelKey(b.UnitLabel)
		},
		copy: func(to, from *row) { to.UnitLabel = from.UnitLabel }},
	text(residentlist.Stairwell, func(r *row) *string { return &r.Stairwell }),
	text(residentlist.Floor, func(r *row) *string { return &r.Floor }),
	number(residentlist.AreaM2, func(r *row) *int64 { return &r.Area }),
	number(residentlist.Rooms, func(r *row) *int64 { return &r.Rooms }),
	text(residentlist.UsageColumn, func(r *row) *string { return (*string)(&r.Usage) }),
	{column: residentlist.UVINeeded,
		said: func(r *row) bool { return r.UVINeeded != residentlist.Unsaid },
		same: func(a, b *row) bool { return a.UVINeeded == b.UVINeeded },
		copy: func(to, from *row) { to.UVINeeded = from.UVINeeded }},
}

// sameAddress compares street and number, and the postcode where both have one.
func sameAddress(a, b *row) bool {
	if a.Street == b.Street && a.HouseNumber == b.HouseNumber && a.Postcode == b.Postcode {
		return true
	}
	door := func(r *row) string {
		return portfolio.Building{Street: r.Street, HouseNumber: r.HouseNumber}.AddressKey()
	}
	return door(a) == door(b) && (a.Postcode == "" || b.Postcode == "" || fold.Text(a.Postcode) == fold.Text(b.Postcode))
}

// labelKey folds a label as the portfolio does.
func labelKey(s string) string {
	u := portfolio.Unit{Label: s}
	u.Place(portfolio.Building{})
	return u.MatchKey
}

var leaseFields = []field{
	{column: residentlist.RoleColumn, hard: true,
		said: func(*row) bool { return true },
		same: func(a, b *row) bool { return kindOf(a) == kindOf(b) },
		copy: func(_, _ *row) {}}, // each person has a role of its own
	hard(text(residentlist.LeaseStart, func(r *row) *string { return &r.LeaseStart })),
	hard(text(residentlist.LeaseEnd, func(r *row) *string { return &r.LeaseEnd })),
	text(residentlist.LeaseRef, func(r *row) *string { return &r.LeaseRef }),
	text(residentlist.LeaseSignedOn, func(r *row) *string { return &r.LeaseSignedOn }),
	{column: residentlist.Currency, hard: true,
		said: hasMoney,
		same: func(a, b *row) bool { return a.Currency == b.Currency },
		copy: func(to, from *row) { to.Currency = from.Currency }},
	number(residentlist.RentNet, func(r *row) *int64 { return &r.RentNet }),
	number(residentlist.RentService, func(r *row) *int64 { return &r.RentService }),
	number(residentlist.RentHeating, func(r *row) *int64 { return &r.RentHeating }),
	number(residentlist.Deposit, func(r *row) *int64 { return &r.Deposit }),
	text(residentlist.NoticePeriod, func(r *row) *string { return &r.NoticePeriod }),
}

func kindOf(r *row) string { return portfolio.KindOf(string(r.Role)) }

func hasMoney(r *row) bool {
	return r.RentNet != 0 || r.RentService != 0 || r.RentHeating != 0 || r.Deposit != 0
}

var personFields = []field{
	name(residentlist.LastName, func(r *row) *string { return &r.LastName }),
	name(residentlist.FirstName, func(r *row) *string { return &r.FirstName }),
	name(residentlist.Company, func(r *row) *string { return &r.Company }),
	text(residentlist.PersonRef, func(r *row) *string { return &r.PersonRef }),
	text(residentlist.Salutation, func(r *row) *string { return &r.Salutation }),
	text(residentlist.Title, func(r *row) *string { return &r.Title }),
	text(residentlist.Language, func(r *row) *string { return &r.Language }),
	text(residentlist.Email, func(r *row) *string { return &r.Email }),
	text(residentlist.EmailConsentOn, func(r *row) *string { return &r.EmailConsentOn }),
	{column: residentlist.Phone,
		said: func(r *row) bool { return r.Phone != "" },
		same: func(a, b *row) bool { return phoneKey(a.Phone) == phoneKey(b.Phone) },
		copy: func(to, from *row) { to.Phone = from.Phone }},
	text(residentlist.PostName, func(r *row) *string { return &r.PostName }),
	text(residentlist.PostStreet, func(r *row) *string { return &r.PostStreet }),
	text(residentlist.PostPostcode, func(r *row) *string { return &r.PostPostcode }),
	text(residentlist.PostCity, func(r *row) *string { return &r.PostCity }),
	text(residentlist.PostCountry, func(r *row) *string { return &r.PostCountry }),
}

// union is what several rows say about one object: each field from the first
// row that says it.
type union struct {
	fields []field
	row    residentlist.Row
	said   []int // row number by field, 0 = nobody
}

func newUnion(fields []field) *union { return &union{fields: fields, said: make([]int, len(fields))} }

// clash is a field about which a row says something else than an earlier one.
type clash struct {
	field *field
	row   int // the earlier one
}

// take adds what a row says. A row with a hard clash adds nothing; of the soft
// ones all are returned, and the earlier row counts.
func (u *union) take(r *residentlist.Row) (hard *clash, soft []clash) {
	for i := range u.fields {
		f := &u.fields[i]
		if u.said[i] == 0 || !f.said(r) || f.same(&u.row, r) {
			continue
		}
		if f.hard {
			return &clash{f, u.said[i]}, nil
		}
		soft = append(soft, clash{f, u.said[i]})
	}
	for i := range u.fields {
		if f := &u.fields[i]; u.said[i] == 0 && f.said(r) {
			f.copy(&u.row, r)
			u.said[i] = r.Number
		}
	}
	return nil, soft
}

// give completes a row with everything that the union knows.
func (u *union) give(r *residentlist.Row) {
	for i := range u.fields {
		if u.said[i] != 0 {
			u.fields[i].copy(r, &u.row)
		}
	}
}
