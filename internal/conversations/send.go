package conversations

import (
	"context"
	"errors"
	"slices"
	"strings"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// Target is whom staff write to.
type Target struct {
	Kind portfolio.Kind // ToPerson, ToLease, ToStairwell, ToBuilding, ToProperty, ToEveryone
	ID   string         // Everyone for ToEveryone
}

// NewSending is a message of staff.
type NewSending struct {
	Key     string
	To      Target
	Subject string
	Text    string
	Replies bool // residents may answer
}

// Send begins a conversation of staff with its readers. It returns its id. It
// needs actor.AnswerMessages; readers outside of the actor's limits are not
// found, and to everyone only staff without limits may write. Complaints: to,
// subject, text.
func (s *Service) Send(ctx context.Context, by actor.Actor, in NewSending) (id string, err error) {
	defer fault.Wrap(&err, "send a message")
	if err := by.Must(actor.AnswerMessages); err != nil {
		return "", err
	}
	err = s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		id = store.NewID()
		if in.Key != "" {
			id = store.IDFrom("conversation", by.Account(), in.Key)
			if _, err := forStaff(tx, by, id); err == nil {
				return nil // sent twice
			} else if !isNotFound(err) {
				return err
			}
		}
		bad := &fault.Invalid{}
		checkText(bad, "subject", in.Subject, MaxSubject)
		checkText(bad, "text", in.Text, MaxText)
		if in.To.ID == "" {
			bad.Add("to", "conversations.empty_to")
		}
		if err := bad.Err(); err != nil {
			return err
		}
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		open, err := s.address(tx, o, by, in.To)
		if err != nil {
			return err
		}
		open.ID, open.Subject, open.Replies = id, in.Subject, in.Replies
		if !open.isHouse() {
			open.AssigneeID = by.ID() // who writes gets the answers
		}
		if _, _, err := Open(tx, s.Now(), by, open); err != nil {
			return err
		}
		_, _, err = Append(tx, s.Now(), by, NewPost{ID: store.IDFrom("first", id), ConversationID: id, Side: ByStaff, AuthorID: by.ID(), AuthorName: by.Name(), Text: in.Text})
		return err
	})
	return id, err
}

func (o Opening) isHouse() bool { return Conversation{Audience: o.Audience}.House() }

// address turns a target into the audience of a conversation with the names
// that lists show.
func (s *Service) address(tx *store.Tx, o orgs.Org, by actor.Actor, to Target) (Opening, error) {
	out := Opening{Audience: portfolio.Audience{Kind: to.Kind, ID: to.ID, Day: o.Today(s.Now())}}
	switch to.Kind {
	case portfolio.ToEveryone:
		if by.Limited() {
			return out, fault.NotFound("everyone")
		}
		out.Audience.ID = portfolio.Everyone
		return out, nil
	case portfolio.ToPerson:
		return s.toPerson(tx, o, by, out)
	case portfolio.ToLease:
		return s.toLease(tx, by, out)
	case portfolio.ToProperty:
		list, err := portfolio.PropertiesByID(tx, []string{to.ID})
		if err != nil || len(list) == 0 || !by.MayProperty(to.ID) {
			return out, errors.Join(err, fault.NotFound("property"))
		}
		out.PropertyID, out.Place = to.ID, list[0].Name
		return out, nil
	case portfolio.ToBuilding, portfolio.ToStairwell:
		building, stairwell, _ := strings.Cut(to.ID, "/")
		list, err := portfolio.BuildingsByID(tx, []string{building})
		if err != nil || len(list) == 0 || !by.MayProperty(list[0].PropertyID) {
			return out, errors.Join(err, fault.NotFound("building"))
		}
		out.PropertyID, out.Place = list[0].PropertyID, list[0].AddressLine()
		if to.Kind == portfolio.ToStairwell {
			units, err := portfolio.UnitsOf(tx, []string{list[0].PropertyID})
			if err != nil {
				return out, err
			}
			if !slices.ContainsFunc(units, func(u portfolio.Unit) bool { return u.BuildingID == building && u.Stairwell == stairwell }) {
				return out, fault.NotFound("stairwell")
			}
			if stairwell != "" && stairwell != list[0].HouseNumber {
				out.Place += " · " + stairwell
			}
		}
		return out, nil
	}
	return out, fault.Wrong("to", "conversations.empty_to")
}

// toPerson addresses a person in the first of the leases that the actor may
// see.
func (s *Service) toPerson(tx *store.Tx, o orgs.Org, by actor.Actor, out Opening) (Opening, error) {
	list, err := portfolio.Tenancies(tx, portfolio.RuleOf(o, s.Now()), []string{out.Audience.ID})
	if err != nil {
		return out, err
	}
	mine := slices.DeleteFunc(slices.Clone(list), func(t portfolio.Tenancy) bool { return !by.MayProperty(t.Property.ID) })
	if len(mine) == 0 {
		return out, fault.NotFound("person")
	}
	if out.Who, err = personName(tx, out.Audience.ID); err != nil {
		return out, err
	}
	out.PersonID, out.PropertyID, out.Place = out.Audience.ID, mine[0].Property.ID, PlaceOf(mine[0])
	if len(list) == 1 {
		out.LeaseID = mine[0].Lease.ID
	}
	return out, nil
}

// toLease addresses the parties of a lease.
func (s *Service) toLease(tx *store.Tx, by actor.Actor, out Opening) (Opening, error) {
	leases, err := portfolio.LeasesByID(tx, []string{out.Audience.ID})
	if err != nil || len(leases) == 0 {
		return out, errors.Join(err, fault.NotFound("lease"))
	}
	units, err := portfolio.UnitsByID(tx, []string{leases[0].UnitID})
	if err != nil || len(units) == 0 || !by.MayProperty(units[0].PropertyID) {
		return out, errors.Join(err, fault.NotFound("lease"))
	}
	buildings, err := portfolio.BuildingsByID(tx, []string{units[0].BuildingID})
	if err != nil || len(buildings) == 0 {
		return out, errors.Join(err, fault.NotFound("building"))
	}
	members, err := portfolio.MembershipsOfLeases(tx, []string{out.Audience.ID})
	if err != nil {
		return out, err
	}
	var names []string
	for _, m := range members {
		if m.Role == portfolio.CoResident || m.Role == portfolio.Owner && leases[0].Kind != portfolio.Ownership {
			continue
		}
		name, err := personName(tx, m.PersonID)
		if err != nil {
			return out, err
		}
		if out.PersonID == "" {
			out.PersonID = m.PersonID
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return out, fault.Wrong("to", "conversations.nobody")
	}
	out.Who, out.PropertyID, out.LeaseID = strings.Join(names, ", "), units[0].PropertyID, out.Audience.ID
	out.Place = PlaceOf(portfolio.Tenancy{Unit: units[0], Building: buildings[0]})
	return out, nil
}
