package integration

import (
	"errors"
	"strconv"
	"strings"

	"foyer/internal/integration/residentlist"
)

// A row is staged as one text, its fields in a fixed order between unit
// separators: reading it back costs a twentieth of what JSON costs.

const separator = "\x1f" // Parse lets no control character through

// texts lists the text fields of a row in the order in which they are packed.
func texts(r *residentlist.Row) [34]*string {
	return [...]*string{&r.PropertyRef, &r.PropertyName, &r.Street, &r.HouseNumber, &r.Postcode, &r.City, &r.Country,
		&r.Stairwell, &r.UnitRef, &r.UnitLabel, &r.Floor, (*string)(&r.Usage),
		&r.LeaseRef, &r.LeaseStart, &r.LeaseEnd, &r.LeaseSignedOn, &r.Currency, &r.NoticePeriod,
		&r.PersonRef, (*string)(&r.Role), &r.Salutation, &r.Title, &r.FirstName, &r.LastName, &r.Company, &r.Language,
		&r.Email, &r.EmailConsentOn, &r.Phone, &r.PostName, &r.PostStreet, &r.PostPostcode, &r.PostCity, &r.PostCountry}
}

func numbers(r *residentlist.Row) [6]*int64 {
	return [...]*int64{&r.Area, &r.Rooms, &r.RentNet, &r.RentService, &r.RentHeating, &r.Deposit}
}

// pack writes a row without its number.
func pack(r *residentlist.Row) string {
	var b strings.Builder
	b.Grow(400)
	for _, s := range texts(r) {
		b.WriteString(*s)
		b.WriteString(separator)
	}
	var buf [20]byte
	for _, n := range numbers(r) {
		if *n != 0 {
			b.Write(strconv.AppendInt(buf[:0], *n, 10))
		}
		b.WriteString(separator)
	}
	b.WriteByte('0' + byte(r.UVINeeded))
	return b.String()
}

var errPacked = errors.New("integration: a staged row is damaged")

// unpack reads what pack wrote.
func unpack(no int, s string) (r residentlist.Row, err error) {
	r.Number = no
	next := func() (field string) {
		i := strings.IndexByte(s, separator[0])
		if i < 0 {
			err = errPacked
			return ""
		}
		field, s = s[:i], s[i+1:]
		return field
	}
	for _, p := range texts(&r) {
		*p = next()
	}
	for _, p := range numbers(&r) {
		if field := next(); field != "" {
			if *p, err = strconv.ParseInt(field, 10, 64); err != nil {
				return r, errPacked
			}
		}
	}
	if len(s) != 1 || s[0] < '0' || s[0] > '2' {
		return r, errPacked
	}
	r.UVINeeded = residentlist.Tri(s[0] - '0')
	return r, err
}
