package access

import (
	"errors"
	"time"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// holder is a person that a code is for, with all leases, past ones too.
type holder struct {
	portfolio.Person
	places []place
}

func (h *holder) dest() []any { return personDest(&h.Person) }

func personDest(h *portfolio.Person) []any {
	return []any{&h.ID, &h.Salutation, &h.Title, &h.FirstName, &h.LastName, &h.CompanyName, &h.Language, &h.Email, &h.Phone,
		&h.PostName, &h.PostStreet, &h.PostPostcode, &h.PostCity, &h.PostCountry}
}

// language returns the person's language if it is offered, else the
// organisation's first.
func (s *Service) language(o orgs.Org, wish string) string {
	offered := s.texts.Offered(o.Settings.Languages)
	for _, l := range offered {
		if l == wish {
			return l
		}
	}
	for _, l := range offered {
		if l == o.Language() {
			return l
		}
	}
	return offered[0]
}

// place is one person's part in one lease.
type place struct {
	portfolio.Membership
	Lease    portfolio.Lease
	until    string
	Unit     portfolio.Unit
	Building portfolio.Building
	Property string
	PortalOn bool
}

func (p *place) dest() []any {
	return []any{&p.PersonID, &p.LeaseID, &p.Role, &p.FromDay, &p.ToDay, &p.Lease.Kind, &p.Lease.Ref, &p.Lease.StartsOn, &p.until,
		&p.Unit.ID, &p.Unit.Label, &p.Unit.Floor, &p.Unit.Stairwell, &p.Unit.Usage, &p.Unit.UVINeeded,
		&p.Unit.PropertyID, &p.Property, &p.PortalOn,
		&p.Building.Street, &p.Building.HouseNumber, &p.Building.Postcode, &p.Building.City, &p.Building.Country}
}

// last is the last day of the person in the lease; over tells whether it has
// passed, or never was.
func (p *place) last() string { return min(p.until, p.ToDay) }
func (p *place) over(today string) bool {
	return p.last() < max(today, p.Lease.StartsOn, p.FromDay)
}

// mayRegister tells whether somebody with that role in a lease may have an own
// access: the parties of the contract and owners always, other residents who
// are listed where the organisation wants it (X8), nobody else (A21).
func mayRegister(role string, rule orgs.Registrants) bool {
	switch role {
	case portfolio.ContractParty, portfolio.Owner:
		return true
	case portfolio.CoResident:
		return rule == orgs.PlusListedResidents
	}
	return false
}

// ended tells whether all leases of the person are over. A person without any
// lease has ended too.
func (h *holder) ended(today string) bool {
	for i := range h.places {
		if !h.places[i].over(today) {
			return false
		}
	}
	return true
}

// entitled returns the person's lease by which registration is possible today,
// the wanted one if it is among them ("" for any). ok is false when there is
// none.
func (h *holder) entitled(o orgs.Org, today, wanted string) (p place, ok bool) {
	for _, x := range h.places {
		if x.over(today) || !x.PortalOn || !mayRegister(x.Role, o.Settings.WhoMayRegister) {
			continue
		}
		if x.LeaseID == wanted {
			return x, true
		}
		if !ok || !p.Unit.UVINeeded && x.Unit.UVINeeded {
			p, ok = x, true
		}
	}
	return p, ok
}

// loadHolder reads a person with all leases; fault.NotFound when there is none.
func loadHolder(tx *store.Tx, personID string) (*holder, error) {
	h, err := store.Get(tx, holderByID, (*holder).dest, personID)
	if errors.Is(err, store.ErrNoRow) {
		return nil, fault.NotFound("person")
	}
	if err != nil {
		return nil, err
	}
	h.places, err = store.All(tx, placesOf, (*place).dest, personID)
	return &h, err
}

// within reads a person that the actor's limits include: one with a lease in
// one of his properties, past leases too.
func within(tx *store.Tx, by actor.Actor, personID string) (*holder, error) {
	h, err := loadHolder(tx, personID)
	if err != nil || !by.Limited() {
		return h, err
	}
	for _, p := range h.places {
		if by.MayProperty(p.Unit.PropertyID) {
			return h, nil
		}
	}
	return nil, fault.NotFound("person")
}

// sendable is mayGet for somebody who is not registered yet. A person has one
// code at a time, so staff who are limited to properties may send none while one
// of a property counts that somebody else looks after: theirs would void it.
func (s *Service) sendable(tx *store.Tx, by actor.Actor, now time.Time, personID, leaseID string) (orgs.Org, *holder, place, error) {
	o, h, p, err := s.mayGet(tx, by, now, personID, leaseID)
	if err != nil {
		return o, h, p, err
	}
	a, err := loadAccess(tx, personID)
	if err == nil && a.State == Confirmed {
		err = fault.Conflicting("access.state.confirmed_already")
	}
	if err != nil || !by.Limited() {
		return o, h, p, err
	}
	others, err := store.List[string](tx, liveElsewhere, store.Micros(now), personID, store.Spread(by.Properties()))
	if err == nil && len(others) > 0 {
		err = fault.Conflicting("access.limits.code_elsewhere")
	}
	return o, h, p, err
}

// mayGet reads what every sending needs and refuses where nothing may be sent:
// a foreign property, the portal off (E7), a lease that is over, no right to
// register (A21), an open checklist (K3). leaseID may be "" for the person's
// best lease.
func (s *Service) mayGet(tx *store.Tx, by actor.Actor, now time.Time, personID, leaseID string) (o orgs.Org, h *holder, p place, err error) {
	if h, err = within(tx, by, personID); err != nil {
		return o, h, p, err
	}
	if o, err = orgs.Load(tx); err != nil {
		return o, h, p, err
	}
	today := o.Today(now)
	var wanted []place // within the limits of a staff member
	for _, x := range h.places {
		if by.MayProperty(x.Unit.PropertyID) && (leaseID == "" || x.LeaseID == leaseID) {
			wanted = append(wanted, x)
		}
	}
	if leaseID != "" && wanted == nil {
		return o, h, p, fault.NotFound("lease")
	}
	asked := holder{Person: h.Person, places: wanted}
	p, entitled := asked.entitled(o, today, leaseID)
	switch {
	case !o.PortalOn:
		err = fault.Conflicting("access.code.portal_off")
	case asked.ended(today):
		err = fault.Conflicting("access.code.lease_over")
	case !entitled && asked.portalsOff(today):
		err = fault.Conflicting("access.code.property_off")
	case !entitled:
		err = fault.Conflicting("access.code.not_entitled")
	default:
		err = needChecklist(tx, p.Unit.PropertyID)
	}
	return o, h, p, err
}

// portalsOff tells whether none of the person's running leases lies in a
// property whose portal is on.
func (h *holder) portalsOff(today string) bool {
	for i := range h.places {
		if h.places[i].PortalOn && !h.places[i].over(today) {
			return false
		}
	}
	return true
}
