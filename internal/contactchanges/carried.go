package contactchanges

import (
	"context"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// Wanted returns the e-mail addresses that registered persons have asked for and
// proved, by person: an import that carries one is no conflict with the login.
func Wanted(tx *store.Tx, persons []string) (map[string]string, error) {
	out := map[string]string{}
	for len(persons) > 0 {
		part := persons[:min(len(persons), 1000)]
		persons = persons[len(part):]
		var person, value string
		if err := store.Each(tx, wanted, []any{&person, &value}, func() error { out[person] = value; return nil }, store.Spread(part)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// ConfirmCarried confirms the changes whose new value the resident list now
// says, after an import. What it says otherwise rejects nothing: it may be
// older. Each piece is a transaction of its own; a second run finds nothing.
// It needs EditPortfolio.
func (s *Service) ConfirmCarried(ctx context.Context, by actor.Actor) error {
	if err := by.Must(actor.EditPortfolio); err != nil {
		return err
	}
	for _, q := range []store.Query{openAfter, tellAfter} {
		for last, next, more := "", "", true; more; last = next {
			err := s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
				list, err := changes(tx, q, last)
				if err != nil {
					return err
				}
				more = len(list) > 0
				if !more {
					return nil
				}
				next = list[len(list)-1].ID
				return s.confirmSaid(tx, by, list)
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) confirmSaid(tx *store.Tx, by actor.Actor, list []Change) error {
	o, err := orgs.Load(tx)
	if err != nil {
		return err
	}
	ids := make([]string, len(list))
	for i, c := range list {
		ids[i] = c.PersonID
	}
	persons, err := portfolio.PersonsByID(tx, ids)
	if err != nil {
		return err
	}
	byID := map[string]portfolio.Person{}
	for _, p := range persons {
		byID[p.ID] = p
	}
	for _, c := range list {
		if says(byID[c.PersonID], c, o.Settings.Country) {
			if _, err := s.confirm(tx, by, o, c); err != nil {
				return err
			}
		}
	}
	return nil
}

// says tells whether the resident list has the new value. That it has none says
// nothing.
func says(p portfolio.Person, c Change, home string) bool {
	switch {
	case c.Value == "":
		return false
	case c.Field == Email:
		return p.Email == c.Value
	case c.Field == Post:
		return portfolio.ContactKey(portfolio.ContactPost, p.Post().Value(), home) == portfolio.ContactKey(portfolio.ContactPost, c.Value, home)
	}
	// The list has one number; it may be either.
	return p.Phone != "" && portfolio.ContactKey(portfolio.ContactPhone, p.Phone, home) == portfolio.ContactKey(portfolio.ContactPhone, c.Value, home)
}
