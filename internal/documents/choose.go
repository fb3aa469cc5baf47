package documents

import (
	"context"
	"slices"
	"strings"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/fold"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// Choice is a property that staff may put documents to.
type Choice struct{ ID, Name string }

// Properties lists the properties within the limits, by name.
func (s *Service) Properties(ctx context.Context, by actor.Actor) (out []Choice, err error) {
	defer fault.Wrap(&err, "list properties for documents")
	if err := by.Must(actor.ReadDocuments); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		list, err := portfolio.ForLimits(tx)
		out = nil
		for _, p := range list {
			if by.MayProperty(p.ID) {
				out = append(out, Choice{p.ID, p.Name})
			}
		}
		return err
	})
	return out, err
}

// Targets lists those of one kind in a property to whom a document can go, in
// the order of a walk; leases and persons with those that have ended, latest
// first in their flat. A foreign property is fault.NotFound.
func (s *Service) Targets(ctx context.Context, by actor.Actor, propertyID string, kind portfolio.Kind) (out []Target, err error) {
	defer fault.Wrap(&err, "list whom documents can go to")
	if err := by.Must(actor.PublishDocuments); err != nil {
		return nil, err
	}
	if !by.MayProperty(propertyID) {
		return nil, fault.NotFound("property")
	}
	err = s.db.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		out, err = targets(tx, propertyID, kind)
		return err
	})
	return out, err
}

// Target describes one audience that staff may address, else fault.NotFound.
func (s *Service) Target(ctx context.Context, by actor.Actor, kind portfolio.Kind, id string) (t Target, err error) {
	defer fault.Wrap(&err, "describe an audience")
	if err := by.Must(actor.PublishDocuments); err != nil {
		return Target{}, err
	}
	a := portfolio.Audience{Kind: kind, ID: id}
	if a.Check() != nil {
		return Target{}, fault.NotFound("audience")
	}
	err = s.db.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		t, err = placed(tx, by, a)
		return err
	})
	return t, err
}

func targets(tx *store.Tx, propertyID string, kind portfolio.Kind) (out []Target, err error) {
	var auds []portfolio.Audience
	add := func(id string) { auds = append(auds, portfolio.Audience{Kind: kind, ID: id}) }
	units, err := portfolio.UnitsOf(tx, []string{propertyID})
	if err != nil {
		return nil, err
	}
	switch kind {
	case portfolio.ToProperty, portfolio.ToOwners:
		add(propertyID)
	case portfolio.ToBuilding:
		list, err := portfolio.BuildingsOf(tx, []string{propertyID})
		if err != nil {
			return nil, err
		}
		for _, b := range list {
			add(b.ID)
		}
	case portfolio.ToStairwell:
		seen := map[string]bool{}
		for _, u := range units {
			if id := portfolio.StairwellID(u.BuildingID, u.Stairwell); u.Stairwell != "" && !seen[id] {
				seen[id] = true
				add(id)
			}
		}
	case portfolio.ToUnit:
		for _, u := range units {
			add(u.ID)
		}
	case portfolio.ToLease, portfolio.ToPerson:
		if auds, err = inUnits(tx, units, kind); err != nil {
			return nil, err
		}
	}
	e, err := around(tx, auds)
	if err != nil {
		return nil, err
	}
	for _, a := range auds {
		if t, ok := e.target(a); ok {
			out = append(out, t)
		}
	}
	if kind == portfolio.ToPerson {
		slices.SortStableFunc(out, func(a, b Target) int { return strings.Compare(fold.Natural(a.Title()), fold.Natural(b.Title())) })
	}
	return out, nil
}

// inUnits lists the leases of units, or their persons, flat by flat.
func inUnits(tx *store.Tx, units []portfolio.Unit, kind portfolio.Kind) (auds []portfolio.Audience, err error) {
	var list []string
	for _, u := range units {
		list = append(list, u.ID)
	}
	leases, err := portfolio.LeasesOfUnits(tx, list)
	if err != nil {
		return nil, err
	}
	of := map[string][]string{}
	for _, l := range slices.Backward(leases) { // the latest first
		of[l.UnitID] = append(of[l.UnitID], l.ID)
	}
	var order []string
	for _, u := range units {
		order = append(order, of[u.ID]...)
	}
	if kind == portfolio.ToLease {
		for _, id := range order {
			auds = append(auds, portfolio.Audience{Kind: kind, ID: id})
		}
		return auds, nil
	}
	members, err := portfolio.MembershipsOfLeases(tx, order)
	seen := map[string]bool{}
	for _, m := range members {
		if !seen[m.PersonID] {
			seen[m.PersonID] = true
			auds = append(auds, portfolio.Audience{Kind: kind, ID: m.PersonID})
		}
	}
	return auds, err
}
