package cases

import (
	"context"

	"foyer/internal/conversations"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// Record is a case that staff put down for a resident: a call, a letter, a
// visit. The lease and person say whose it is.
type Record struct {
	Report
	PersonID string
	Source   conversations.Source // Phone, Letter or Visit
}

// Record opens a case for a resident. It is the resident's like an own report;
// whom nothing else reaches gets the answers on paper. It needs AnswerCases; a
// person outside of the actor's limits is not found. Complaints: as Report, and
// source.
func (s *Service) Record(ctx context.Context, by actor.Actor, in Record) (id string, err error) {
	defer fault.Wrap(&err, "record a case")
	if err := by.Must(actor.AnswerCases); err != nil {
		return "", err
	}
	if by.Role() == actor.Caretaker {
		return "", fault.Denied("a caretaker works on what is assigned to him")
	}
	err = s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		id = store.NewID()
		if in.Key != "" {
			id = store.IDFrom("case", by.Account(), in.Key)
			if _, err := s.forStaff(tx, by, id); err == nil {
				return nil // sent twice
			} else if !isNotFound(err) {
				return err
			}
		}
		t, err := s.tenancyOf(tx, o, by, in.PersonID, in.LeaseID)
		if err != nil {
			return err
		}
		tree, err := s.TreeOf(tx)
		if err != nil {
			return err
		}
		bad := &fault.Invalid{}
		cat, ok := tree.Effective(in.CategoryID)
		if !ok {
			bad.Add("category", "cases.no_category")
		}
		if in.Source != conversations.Phone && in.Source != conversations.Letter && in.Source != conversations.Visit {
			bad.Add("source", "cases.no_source")
		}
		for i := range cat.Fields { // staff write down what they were told
			cat.Fields[i].Required = false
		}
		s.check(bad, cat, &in.Report)
		if err := bad.Err(); err != nil {
			return err
		}
		who, err := conversations.PersonName(tx, t.PersonID)
		if err != nil {
			return err
		}
		a := portfolio.Audience{Kind: portfolio.ToPerson, ID: t.PersonID, Day: o.Today(s.Now())}
		if in.Shared {
			a = portfolio.Audience{Kind: portfolio.ToLease, ID: t.Lease.ID, Day: a.Day, Author: t.PersonID}
		}
		return s.begin(tx, o, by, beginning{id: id, cat: cat, tree: tree, t: t, who: who, in: in.Report, source: in.Source, audience: a}, true)
	})
	return id, err
}

// tenancyOf returns the lease of a person within the actor's limits.
func (s *Service) tenancyOf(tx *store.Tx, o orgs.Org, by actor.Actor, personID, leaseID string) (portfolio.Tenancy, error) {
	list, err := portfolio.Tenancies(tx, portfolio.RuleOf(o, s.Now()), []string{personID})
	if err != nil {
		return portfolio.Tenancy{}, err
	}
	for _, t := range list {
		if by.MayProperty(t.Property.ID) && (leaseID == "" || t.Lease.ID == leaseID) {
			return t, nil
		}
	}
	return portfolio.Tenancy{}, fault.NotFound("person")
}

// Leases returns the leases of a person within the actor's limits, for the form
// of a record. It needs AnswerCases; a person without any is not found.
func (s *Service) Leases(ctx context.Context, by actor.Actor, personID string) (name string, list []portfolio.Tenancy, err error) {
	defer fault.Wrap(&err, "list the leases of person %s", personID)
	if err := by.Must(actor.AnswerCases); err != nil {
		return "", nil, err
	}
	if by.Role() == actor.Caretaker {
		return "", nil, fault.NotFound("person")
	}
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		all, err := portfolio.Tenancies(tx, portfolio.RuleOf(o, s.Now()), []string{personID})
		if err != nil {
			return err
		}
		list = nil
		for _, t := range all {
			if by.MayProperty(t.Property.ID) {
				list = append(list, t)
			}
		}
		if len(list) == 0 {
			return fault.NotFound("person")
		}
		name, err = conversations.PersonName(tx, personID)
		return err
	})
	return name, list, err
}
