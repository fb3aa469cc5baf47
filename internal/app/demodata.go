package app

import (
	"fmt"
	"strings"
)

// The demo's people, streets and organisations are invented.

// demoHeader are the columns of the demo's resident lists.
var demoHeader = []string{"property_ref", "property_name", "street", "house_number", "postcode", "city", "country", "stairwell", "unit_ref", "unit_label", "floor",
	"area_m2", "rooms", "usage", "uvi_needed", "lease_ref", "lease_start", "lease_end", "rent_net", "rent_service", "rent_heating", "person_ref", "role",
	"salutation", "first_name", "last_name", "company", "language", "email", "email_consent_on", "phone"}

// home is a unit of the demo with its house.
type home struct {
	propertyRef, propertyName, street, number, postcode, city string
	ref, label, floor, area, rooms, usage                     string
	uvi                                                       bool
	rent                                                      string
}

// person is a demo person in a home.
type demoPerson struct {
	ref, role, salutation, first, last, company, lang, email, consent, phone, start, end string
}

// resident list builder; one row per person.
type demoList struct {
	rows  [][]string
	lease int
}

func (l *demoList) add(h home, persons ...demoPerson) {
	l.lease++
	for i, p := range persons {
		start := p.start
		if start == "" {
			start = fmt.Sprintf("01.%02d.%d", 1+l.lease%12, 2012+l.lease%13)
		}
		ref := p.ref
		if ref == "" {
			ref = fmt.Sprintf("%s-%d", h.ref, i+1)
		}
		role := p.role
		if role == "" {
			role = "Mieter"
		}
		yes := "nein"
		if h.uvi {
			yes = "ja"
		}
		l.rows = append(l.rows, []string{h.propertyRef, h.propertyName, h.street, h.number, h.postcode, h.city, "DE", h.number, h.ref, h.label, h.floor, h.area, h.rooms, h.usage, yes,
			"V-" + h.ref, start, p.end, h.rent, "145,00", "92,50", ref, role, p.salutation, p.first, p.last, p.company, p.lang, p.email, p.consent, p.phone})
	}
}

// csv writes the list as a German ERP would: semicolons, quotes, CRLF.
func (l *demoList) csv() string {
	var b strings.Builder
	b.WriteString(strings.Join(demoHeader, ";") + "\r\n")
	for _, row := range l.rows {
		for i, cell := range row {
			if i > 0 {
				b.WriteByte(';')
			}
			b.WriteString(`"` + strings.ReplaceAll(cell, `"`, `""`) + `"`)
		}
		b.WriteString("\r\n")
	}
	return b.String()
}

var (
	demoFirst = []string{"Aaron", "Birgit", "Cem", "Dorothea", "Emil", "Fatma", "Gerd", "Hanna", "Ivo", "Jana", "Karl", "Lotte", "Mirko", "Nele", "Oskar", "Paula", "Quirin", "Rosa", "Sven", "Tilda",
		"Uwe", "Vera", "Willi", "Yasmin", "Zoran", "Anneliese", "Bruno", "Carla", "Deniz", "Erika"}
	demoLast = []string{"Feld", "Acar", "Brunner", "Czerny", "Dietrich", "Ebert", "Fuchs", "Grabow", "Hartwig", "Iversen", "Jahn", "Kaya", "Lindqvist", "Mertens", "Novak", "Otto", "Petrov", "Quandt", "Rausch",
		"Sommer", "Thiele", "Ulrich", "Vogt", "Wieland", "Yilmaz", "Zimmer", "Albrecht", "Böhm", "Çelik", "Öztürk"}
	demoMr = map[string]bool{"Aaron": true, "Cem": true, "Emil": true, "Gerd": true, "Ivo": true, "Karl": true, "Mirko": true, "Oskar": true, "Quirin": true, "Sven": true, "Uwe": true,
		"Willi": true, "Zoran": true, "Bruno": true, "Deniz": true}
	demoFloors = []string{"EG links", "EG rechts", "1. OG links", "1. OG rechts", "2. OG links", "2. OG rechts", "3. OG links", "3. OG rechts", "4. OG links", "4. OG rechts", "DG links", "DG rechts"}
)

// somebody is the n-th invented person.
func somebody(n int) demoPerson {
	first, last := demoFirst[n*7%len(demoFirst)], demoLast[n*11%len(demoLast)]
	p := demoPerson{first: first, last: last, salutation: "Frau"}
	if demoMr[first] {
		p.salutation = "Herr"
	}
	if n%4 == 1 {
		p.email = strings.ToLower(asciiName(first)+"."+asciiName(last)) + fmt.Sprintf("%d@post.example", n)
		p.consent = "12.03.2025"
	}
	return p
}

func asciiName(s string) string {
	return strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "Ö", "Oe", "Ç", "C", "ç", "c", "é", "e").Replace(s)
}

// lindhofList is the list of the first organisation: 48 flats, a garage, a yard
// of workshops and store rooms, and a house by the lake.
func lindhofList() *demoList {
	l := &demoList{}
	n := 0
	for _, number := range []string{"10", "12", "14", "16"} {
		for i, floor := range demoFloors {
			h := home{"100", "Ahornallee 10–16", "Ahornallee", number, "12623", "Berlin", fmt.Sprintf("%s-%02d", number, i+1), fmt.Sprintf("Wohnung %d", i+1), floor,
				fmt.Sprintf("%d,%d0", 48+i*3, i%5*2), fmt.Sprintf("%d", 2+i%3), "Wohnung", true, fmt.Sprintf("%d,00", 520+i*18)}
			if persons, ok := house14[floor]; ok && number == "14" {
				if persons[0].company != "" {
					h.usage, h.uvi = "Gewerbe", false
				}
				l.add(h, persons...)
				continue
			}
			if n++; n%11 == 0 {
				continue // empty flats are not in a resident list
			}
			l.add(h, couple(n)...)
		}
	}
	for i := 1; i <= 12; i++ {
		h := home{"110", "Tiefgarage Ahornallee", "Ahornallee", "12 a", "12623", "Berlin", fmt.Sprintf("P%d", i), fmt.Sprintf("Stellplatz %d", i), "UG", "", "", "Stellplatz", false, "65,00"}
		if i == 7 {
			l.add(h, marlene)
		} else if i%3 > 0 {
			l.add(h, somebody(100+i))
		}
	}
	for i := 1; i <= 14; i++ {
		h := home{"120", "Werkhof 3", "Werkhof", "3", "12459", "Berlin", fmt.Sprintf("W3-%02d", i), fmt.Sprintf("Lagerraum %d", i), "EG", "12,50", "", "Lager", false, "80,00"}
		if i == 12 {
			l.add(h, marlene)
		} else if i%2 > 0 {
			l.add(h, somebody(200+i))
		}
	}
	for i, floor := range demoFloors[:8] {
		h := home{"130", "Seestraße 27", "Seestraße", "27", "12623", "Berlin", fmt.Sprintf("S27-%d", i+1), fmt.Sprintf("Wohnung %d", i+1), floor, "71,00", "3", "Wohnung", true, "790,00"}
		l.add(h, couple(300+i)...)
	}
	return l
}

// couple is one person, or now and then two.
func couple(n int) []demoPerson {
	one := somebody(n)
	if n%5 != 0 {
		return []demoPerson{one}
	}
	two := somebody(n + 3)
	two.last, two.email, two.consent = one.last, "", ""
	return []demoPerson{one, two}
}

var marlene = demoPerson{ref: "M-1405", salutation: "Frau", first: "Marlene", last: "Brandt", email: "marlene.brandt@post.example", consent: "03.02.2025", phone: "030 23125 501", start: "01.04.2016"}

// house14 are the people of Ahornallee 14.
var house14 = map[string][]demoPerson{
	"EG links":     {{salutation: "Frau", first: "Elke", last: "Pohl"}, {salutation: "Herr", first: "Dieter", last: "Pohl"}},
	"EG rechts":    {{salutation: "Frau", first: "Samira", last: "Haddad", email: "samira.haddad@post.example", consent: "14.09.2026"}},
	"1. OG links":  {{salutation: "Herr", first: "Ole", last: "Christensen", lang: "en", email: "ole.christensen@post.example", consent: "01.06.2026"}},
	"1. OG rechts": {{salutation: "Frau", first: "Hannelore", last: "Weiß"}},
	"2. OG links":  {marlene, {salutation: "Herr", first: "Jonas", last: "Brandt", start: "01.04.2016"}},
	"2. OG rechts": {{company: "Zahnarztpraxis Dr. Kern", email: "praxis@kern.example", consent: "20.01.2025"}},
	"DG links":     {{salutation: "Frau", first: "Léa", last: "Moreau", lang: "en"}, {salutation: "Herr", first: "Tom", last: "Winter"}},
}

// seeblickList is the list of the second organisation.
func seeblickList() *demoList {
	l := &demoList{}
	for i, floor := range demoFloors {
		h := home{"S-1", "Uferweg 5", "Uferweg", "5", "18055", "Rostock", fmt.Sprintf("U5-%02d", i+1), fmt.Sprintf("Wohnung %d", i+1), floor, "64,00", "3", "Wohnung", true, "610,00"}
		if i == 0 {
			l.add(h, demoPerson{ref: "SB-1", salutation: "Frau", first: "Ingrid", last: "Halvorsen", email: "ingrid.halvorsen@post.example", consent: "05.05.2025", start: "01.08.2010"})
			continue
		}
		l.add(h, couple(400+i)...)
	}
	return l
}
