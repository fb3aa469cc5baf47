package contactchanges

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"foyer/internal/orgs"
	"foyer/internal/platform/email"
	"foyer/internal/platform/fault"
	"foyer/internal/portfolio"
)

// Wish is the filled-in form: how the person wants to be reached. What is as it
// was is no change.
type Wish struct {
	Person  string // one of the account's
	Lease   string // the chosen lease, "" = any
	Session string // the current session
	AuthAt  time.Time
	Key     string // of the form: sent twice makes one
	Email   string
	Mobile  string
	Phone   string
	Post    portfolio.PostAddress
	PostOn  string // first day of the postal address, "" = at once
}

// check brings a wish into its stored form and tells all that is wrong with it.
func (w *Wish) check(today string) error {
	var bad fault.Invalid
	if address, err := email.Canonical(w.Email); err != nil {
		bad.Add("email", email.Key(err))
	} else {
		w.Email = address
	}
	number(&bad, "mobile", &w.Mobile)
	number(&bad, "phone", &w.Phone)
	a := &w.Post
	for _, f := range []struct {
		name  string
		value *string
		max   int
	}{{"post_name", &a.Name, 80}, {"post_street", &a.Street, 80}, {"post_postcode", &a.Postcode, 12}, {"post_city", &a.City, 60}} {
		*f.value = strings.Join(strings.Fields(*f.value), " ")
		if utf8.RuneCountInString(*f.value) > f.max {
			bad.Add(f.name, "contactchanges.long", "max", f.max)
		}
	}
	if a.Name+a.Street+a.Postcode+a.City == "" {
		a.Country, w.PostOn = "", ""
	} else {
		for _, f := range []struct{ name, value string }{{"post_street", a.Street}, {"post_postcode", a.Postcode}, {"post_city", a.City}} {
			if f.value == "" {
				bad.Add(f.name, "contactchanges."+f.name)
			}
		}
	}
	if a.Country != "" && !slices.Contains(orgs.Countries, a.Country) {
		bad.Add("post_country", "contactchanges.country")
	}
	if w.PostOn != "" && !portfolio.ValidDay(w.PostOn) {
		bad.Add("post_on", "contactchanges.day")
	}
	if w.PostOn <= today {
		w.PostOn = ""
	}
	return bad.Err()
}

func number(bad *fault.Invalid, name string, value *string) {
	*value = strings.Join(strings.Fields(*value), " ")
	digits := 0
	for i, r := range *value {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == '+' && i == 0, strings.ContainsRune(" ()/.-", r):
		default:
			digits = -100
		}
	}
	if *value != "" && (digits < 5 || digits > 20 || len(*value) > 40) {
		bad.Add(name, "contactchanges.number")
	}
}
