package accessweb_test

import (
	"fmt"
	"strings"
	"time"

	"foyer/internal/access"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
	"foyer/internal/platform/store/storetest"
	"foyer/internal/portfolio"
)

// dweller is one person in one unit; the zero value of a field is what is
// usual.
type dweller struct {
	property, house, floor, label string // "p1", "14", "1. OG links", "3"
	first, last, company, email   string
	role, usage                   string
	noUVI                         bool
	from, to                      string
}

var (
	addStaff = store.Scoped(`INSERT INTO staff (org_id, id, name, email, role, limited, language, created_at) VALUES ($1, $2, $3, $4, $5, TRUE, 'de', 1)`)
	addLimit = store.Scoped(`INSERT INTO staff_property (org_id, staff_id, property_id) VALUES ($1, $2, $3)`)
)

// clerk acts behind the pages.
func (o *office) clerk() actor.Actor {
	return actor.NewStaff(storetest.Org, "account-clerk", "staff-clerk", "Jette Petersen", actor.Clerk, false, nil)
}

// estate fills the office with houses: p1 (portal and UVI on, checklist
// confirmed), p2 (the same, without checklist), p3 (both off). Somebody is in
// each state of access. It returns the ids of persons by last name.
func (o *office) estate() map[string]string {
	o.t.Helper()
	o.settings(func(s *orgs.Settings) {
		s.Street, s.Postcode, s.City, s.Phone, s.LetterContact = "Werftstraße 8", "12459", "Berlin", "030 23125 100", "Jette Petersen"
	})
	o.house(portfolio.Property{ID: "p1", Name: "Ahornallee 10–16", Postcode: "12623", City: "Berlin", PortalOn: true, UVIService: true}, "Ahornallee", "10", "12", "14", "16")
	o.house(portfolio.Property{ID: "p2", Name: "Werkhof 3", Postcode: "12459", City: "Berlin", PortalOn: true, UVIService: true}, "Werkhof", "3")
	o.house(portfolio.Property{ID: "p3", Name: "Kantweg 41", Postcode: "10627", City: "Berlin"}, "Kantweg", "41")
	o.write(func(tx *store.Tx) error {
		if _, err := store.Exec(tx, addStaff, "staff-limited", "Jette Petersen", "limited@lindhof.example", "manager"); err != nil {
			return err
		}
		_, err := store.Exec(tx, addLimit, "staff-limited", "p1")
		return err
	})
	must(o.t, o.ConfirmChecklist(o.t.Context(), o.clerk(), "p1", true, true, true))
	ids := map[string]string{}
	for _, d := range []dweller{
		{floor: "EG links", label: "1", first: "Elke", last: "Pohl"},
		{floor: "EG rechts", label: "2", first: "Samira", last: "Haddad"},
		{floor: "1. OG links", label: "3", first: "Ole", last: "Christensen"},
		{floor: "1. OG rechts", label: "4", first: "Hannelore", last: "Weiß", email: "hannelore.weiss@post.example"},
		{floor: "2. OG links", label: "5", first: "Marlene", last: "Brandt", email: "marlene.brandt@post.example"},
		{floor: "2. OG rechts", label: "6", company: "Zahnarztpraxis Dr. Kern", usage: portfolio.Commercial, noUVI: true},
		{floor: "DG", label: "7", first: "Léa", last: "Moreau"},
		{house: "10", floor: "EG", label: "1", first: "Nils", last: "Hagedorn", role: portfolio.CoResident},
		{house: "12", floor: "EG", label: "1", first: "Ute", last: "Frühling", from: "2019-01-01", to: "2025-12-31"},
		{property: "p2", house: "3", floor: "3. OG", label: "11", first: "Giulia", last: "Ferri"},
		{property: "p3", house: "41", floor: "EG", label: "1", first: "Tom", last: "Winter"},
	} {
		ids[strings.TrimSpace(d.last+d.company)] = o.add(d)
	}
	o.later(-61 * 24 * time.Hour)
	o.letter(ids["Weiß"])
	o.later(54 * 24 * time.Hour)
	o.letter(ids["Christensen"])
	o.later(7 * 24 * time.Hour)
	o.email(ids["Moreau"], "lea.moreau@post.example")
	o.confirmed(ids["Haddad"], "samira@post.example")
	o.letter(ids["Zahnarztpraxis Dr. Kern"])
	must(o.t, o.Revoke(o.t.Context(), o.clerk(), ids["Zahnarztpraxis Dr. Kern"]))
	o.drain()
	return ids
}

// settings changes the organisation's settings.
func (o *office) settings(change func(*orgs.Settings)) {
	o.t.Helper()
	must(o.t, o.orgs.Change(o.t.Context(), actor.NewOperator(storetest.Org), func(e *orgs.Edit) { change(&e.Settings) }))
}

func (o *office) house(p portfolio.Property, street string, numbers ...string) {
	o.t.Helper()
	p.Country = "DE"
	o.write(func(tx *store.Tx) error {
		if err := portfolio.PutProperties(tx, o.now(), []portfolio.Property{p}); err != nil {
			return err
		}
		var list []portfolio.Building
		for _, n := range numbers {
			list = append(list, portfolio.Building{ID: "b-" + p.ID + "-" + n, PropertyID: p.ID, Street: street, HouseNumber: n, Postcode: p.Postcode, City: p.City, Country: "DE"})
		}
		return portfolio.PutBuildings(tx, list)
	})
}

// add writes somebody down and returns the person's id.
func (o *office) add(d dweller) string {
	o.t.Helper()
	or := func(s *string, v string) {
		if *s == "" {
			*s = v
		}
	}
	or(&d.property, "p1")
	or(&d.house, "14")
	or(&d.usage, portfolio.Flat)
	or(&d.role, portfolio.ContractParty)
	or(&d.from, "2024-01-01")
	person := store.NewID()
	o.write(func(tx *store.Tx) error {
		list, err := portfolio.BuildingsByID(tx, []string{"b-" + d.property + "-" + d.house})
		if err != nil || len(list) != 1 {
			return fmt.Errorf("building of %+v: %v", d, err)
		}
		u := portfolio.Unit{ID: "u-" + d.property + "-" + d.house + "-" + d.label, Label: d.label, Floor: d.floor, Usage: d.usage, AreaCM2: 5405, UVINeeded: !d.noUVI}
		u.Place(list[0])
		if err := portfolio.PutUnits(tx, []portfolio.Unit{u}); err != nil {
			return err
		}
		if err := portfolio.PutPersons(tx, o.now(), []portfolio.Person{{ID: person, FirstName: d.first, LastName: d.last, CompanyName: d.company, Email: d.email}}); err != nil {
			return err
		}
		lease := portfolio.Lease{ID: "l-" + person, UnitID: u.ID, Kind: portfolio.KindOf(d.role), StartsOn: d.from, EndsOn: d.to, Currency: "EUR"}
		if err := portfolio.PutLeases(tx, o.now(), []portfolio.Lease{lease}); err != nil {
			return err
		}
		return portfolio.PutMemberships(tx, []portfolio.Membership{{LeaseID: lease.ID, PersonID: person, Role: d.role, FromDay: d.from, ToDay: portfolio.Forever}})
	})
	return person
}

func (o *office) letter(person string) {
	o.t.Helper()
	_, err := o.LetterFor(o.t.Context(), o.clerk(), person, "")
	must(o.t, err)
}

func (o *office) email(person, address string) {
	o.t.Helper()
	must(o.t, o.Invite(o.t.Context(), o.clerk(), access.ByMail{PersonID: person, Address: address, Consent: &access.ConsentGiven{On: "2026-01-05", Wording: "Mietvertrag"}}))
}

// refuse takes somebody to "das bin ich nicht".
func (o *office) refuse(person, address string) {
	o.t.Helper()
	must(o.t, o.NotMe(o.t.Context(), actor.NewAnonymous(storetest.Org), o.registering(person, address)))
}

// confirmed takes somebody through registration by an e-mailed link.
func (o *office) confirmed(person, address string) {
	o.t.Helper()
	_, err := o.Accept(o.t.Context(), actor.NewAnonymous(storetest.Org), o.registering(person, address), false, access.Visit{})
	must(o.t, err)
}

// registering takes somebody to the question "is that you?" and returns the
// browser's token.
func (o *office) registering(person, address string) string {
	o.t.Helper()
	o.email(person, address)
	o.drain()
	ctx, anon := o.t.Context(), actor.NewAnonymous(storetest.Org)
	_, link, _ := strings.Cut(o.mailed(address), "/r/")
	browser, err := o.StartRegistration(ctx, anon, access.Start{Entered: access.Entered{Link: link}, Email: address, Password: secret, Lang: "de"})
	must(o.t, err)
	o.drain()
	_, link, _ = strings.Cut(o.mailed(address), "/r/mail/")
	_, err = o.ConfirmByLink(ctx, anon, link, browser)
	must(o.t, err)
	return browser
}

// state is the person's state of access.
func (o *office) state(person string) access.State {
	o.t.Helper()
	card, err := o.Person(o.t.Context(), o.clerk(), person)
	must(o.t, err)
	return card.State
}
