package integration

import (
	"strings"

	"foyer/internal/integration/residentlist"
	"foyer/internal/platform/fold"
	"foyer/internal/portfolio"
)

// The functions below lay what a row says over what the database has. What the
// row leaves empty stays.

func lay(to *string, said string) {
	if said != "" {
		*to = said
	}
}

func layNumber(to *int64, said int64) {
	if said != 0 {
		*to = said
	}
}

func (w *world) becomeUnit(n *node[unit], p *node[property], r *residentlist.Row) {
	if !p.set {
		w.becomeProperty(p, r)
	}
	b := w.houseOf(p, n, r)
	if !b.set {
		w.becomeBuilding(b, p, r)
	}
	w.houses[n] = b
	n.set = true
	if n.isNew() {
		n.after = unit{ID: n.id, Usage: usageOf(r.UnitLabel), Label: r.UnitRef}
	} else {
		n.after = *n.before
	}
	u := &n.after
	lay(&u.Ref, r.UnitRef)
	lay(&u.Label, r.UnitLabel)
	lay(&u.Stairwell, r.Stairwell)
	lay(&u.Floor, r.Floor)
	lay(&u.Usage, string(r.Usage))
	layNumber(&u.AreaCM2, r.Area)
	layNumber(&u.RoomsTenth, r.Rooms)
	switch {
	case r.UVINeeded != residentlist.Unsaid:
		u.UVINeeded = r.UVINeeded == residentlist.Yes
	case n.isNew(): // who heats a room has a right to know what that takes
		u.UVINeeded = u.Usage == portfolio.Flat || u.Usage == portfolio.Commercial
	}
	house := b.after
	house.ID, house.PropertyID = b.id, p.id
	u.Place(house)
}

// usageWords tell what a unit is where the list only has a label for it:
// consumption letters for a parking space would be silly.
var usageWords = []struct{ word, usage string }{
	{"stellplatz", portfolio.Parking}, {"garage", portfolio.Parking}, {"parkplatz", portfolio.Parking}, {"carport", portfolio.Parking}, {"parking", portfolio.Parking},
	{"keller", portfolio.Storage}, {"lager", portfolio.Storage}, {"abstellraum", portfolio.Storage}, {"storage", portfolio.Storage},
	{"gewerbe", portfolio.Commercial}, {"laden", portfolio.Commercial}, {"buero", portfolio.Commercial}, {"praxis", portfolio.Commercial}, {"office", portfolio.Commercial}, {"shop", portfolio.Commercial},
}

func usageOf(label string) string {
	words := strings.Fields(fold.Text(label))
	for _, u := range usageWords {
		for _, w := range words {
			if strings.TrimRight(w, "0123456789") == u.word || u.usage == portfolio.Parking && strings.HasSuffix(w, u.word) {
				return u.usage
			}
		}
	}
	return portfolio.Flat
}

func (w *world) becomeProperty(n *node[property], r *residentlist.Row) {
	n.set = true
	if !n.isNew() {
		n.after = *n.before
	} else {
		b := buildingOf(r)
		n.after = property{ID: n.id, Name: portfolio.NameOf([]building{b}), Postcode: r.Postcode, City: r.City, Country: r.Country,
			UVIService: r.UVINeeded != residentlist.No}
		if n.after.Name == "" {
			lay(&n.after.Name, r.PropertyRef)
		}
		if n.after.Name == "" {
			n.after.Name = w.unnamed
		}
	}
	lay(&n.after.Ref, r.PropertyRef)
	lay(&n.after.Name, r.PropertyName)
}

func (w *world) becomeBuilding(n *node[building], p *node[property], r *residentlist.Row) {
	n.set = true
	if n.isNew() {
		n.after = buildingOf(r)
		n.after.ID, n.after.PropertyID = n.id, p.id
		return
	}
	n.after = *n.before
	if r.Street == "" {
		return
	}
	b := &n.after
	b.Street, b.HouseNumber = r.Street, r.HouseNumber
	lay(&b.Postcode, r.Postcode)
	lay(&b.City, r.City)
	if w.country {
		b.Country = r.Country
	}
}

func (w *world) becomeLease(l *line, u *node[unit]) {
	n, r := l.lease, &l.row
	n.set = true
	if n.isNew() {
		n.after = lease{ID: n.id, UnitID: u.id, Kind: kindOf(r), Currency: r.Currency}
	} else {
		n.after = *n.before
	}
	c := &n.after
	lay(&c.Ref, r.LeaseRef)
	c.StartsOn = r.LeaseStart
	if w.leaseEnd {
		c.EndsOn = r.LeaseEnd
	}
	lay(&c.SignedOn, r.LeaseSignedOn)
	layNumber(&c.RentNet, r.RentNet)
	layNumber(&c.RentService, r.RentService)
	layNumber(&c.RentHeating, r.RentHeating)
	layNumber(&c.Deposit, r.Deposit)
	lay(&c.NoticePeriod, r.NoticePeriod)
	if hasMoney(r) {
		c.Currency = r.Currency
	}
	if c.Until() < c.StartsOn {
		l.reject(w, residentlist.LeaseStart, KeyEndTooEarly, "start", c.StartsOn, "end", c.EndsOn)
		n.set = false // each row of the lease gets the reason
	}
}

func (w *world) becomePerson(l *line) {
	n, r := l.person, &l.row
	n.set = true
	if n.isNew() {
		n.after = person{ID: n.id}
	} else {
		n.after = *n.before
	}
	p := &n.after
	lay(&p.Ref, r.PersonRef)
	lay(&p.Salutation, r.Salutation)
	lay(&p.Title, r.Title)
	wasCompany := p.LastName == "" && p.CompanyName != ""
	wasHuman := p.CompanyName == "" && p.LastName != ""
	lay(&p.FirstName, r.FirstName)
	lay(&p.LastName, r.LastName)
	lay(&p.CompanyName, r.Company)
	if wasCompany && r.Company == "" { // the contract went from a company to a human
		p.CompanyName = ""
	}
	if wasHuman && r.LastName == "" {
		p.FirstName, p.LastName = "", ""
	}
	lay(&p.Language, r.Language)
	lay(&p.Phone, r.Phone)
	lay(&p.PostName, r.PostName)
	lay(&p.PostStreet, r.PostStreet)
	lay(&p.PostPostcode, r.PostPostcode)
	lay(&p.PostCity, r.PostCity)
	lay(&p.PostCountry, r.PostCountry)
	login, registered := w.logins[n.id]
	if !registered {
		lay(&p.Email, r.Email)
		return
	}
	if stranger(*p, *n.before) {
		l.reject(w, residentlist.PersonRef, KeyOtherHuman, "ref", r.PersonRef)
		n.set = false
		return
	}
	if r.Email == login || r.Email != "" && r.Email == w.wanted[n.id] {
		p.Email = r.Email
	}
}

// becomeMember puts the person into the lease. Somebody who is in the list is
// in the lease as long as it lasts.
func (w *world) becomeMember(l *line) {
	key := portfolio.MembershipKey{LeaseID: l.lease.id, PersonID: l.person.id}
	old, ok := w.members[key]
	m := membership{LeaseID: key.LeaseID, PersonID: key.PersonID, Role: string(l.row.Role), FromDay: l.lease.after.StartsOn, ToDay: portfolio.Forever}
	if ok {
		lay(&old.Role, string(l.row.Role))
		m.Role = old.Role
		if l.lease.before != nil && old.FromDay != l.lease.before.StartsOn {
			m.FromDay = old.FromDay
		}
	}
	if m.Role == "" {
		m.Role = portfolio.ContractParty
		if l.lease.after.Kind == portfolio.Ownership {
			m.Role = portfolio.Owner
		}
	}
	l.member = m
}

// placeOfUnit is how lists of results call a unit: "Ahornallee 12 · Whg 3".
func placeOfUnit(b building, u unit) string {
	parts := make([]string, 0, 2)
	for _, s := range []string{b.AddressLine(), u.Label} {
		if s = strings.TrimSpace(s); s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " · ")
}
