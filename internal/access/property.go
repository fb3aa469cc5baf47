package access

import (
	"context"
	"slices"
	"strings"
	"time"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// SetPropertyPortal switches a property's portal on or off (E7). The first time
// that it is switched on is its release: the letters of A4 are planned in the
// same transaction, see OnRelease, which refuses while the checklist is open
// (K3) or the organisation's portal is off. It needs EditPortfolio.
func (s *Service) SetPropertyPortal(ctx context.Context, by actor.Actor, propertyID string, on bool) error {
	if err := by.Must(actor.EditPortfolio); err != nil {
		return err
	}
	return s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		now := s.now()
		first, err := portfolio.SetPortal(tx, now, by, propertyID, on)
		if err != nil || !first {
			return err
		}
		return s.OnRelease(tx, now, by, propertyID)
	})
}

// Figures are the numbers of one property in the list of properties.
type Figures struct {
	Persons   int // in leases that run or are to come
	Confirmed int // of them with a confirmed access
	Need      int // whom the button above the residents' table would write to (K15)
}

var (
	propertyConfirmed = store.Scoped(`SELECT u.property_id, count(DISTINCT lp.person_id),
			count(DISTINCT CASE WHEN pa.state = 'confirmed' THEN lp.person_id END)
		FROM unit u
		JOIN lease l ON l.org_id = u.org_id AND l.unit_id = u.id AND l.until >= $2
		JOIN lease_person lp ON lp.org_id = l.org_id AND lp.lease_id = l.id AND lp.to_day >= $2
			AND lp.to_day >= l.starts_on AND lp.to_day >= lp.from_day AND l.until >= lp.from_day
		LEFT JOIN person_access pa ON pa.org_id = lp.org_id AND pa.person_id = lp.person_id
		WHERE u.org_id = $1 AND u.property_id IN ($3...) GROUP BY u.property_id ORDER BY u.property_id`)
	personsOf = store.Scoped(`SELECT count(DISTINCT lp.person_id) FROM unit u
		JOIN lease l ON l.org_id = u.org_id AND l.unit_id = u.id AND l.until >= $2
		JOIN lease_person lp ON lp.org_id = l.org_id AND lp.lease_id = l.id AND lp.to_day >= $2
			AND lp.to_day >= l.starts_on AND lp.to_day >= lp.from_day AND l.until >= lp.from_day
		WHERE u.org_id = $1 AND u.property_id IN ($3...)`)
	propertyNeeds = store.Scoped(`SELECT u.property_id, count(DISTINCT lp.person_id) ` + needsFrom + `WHERE u.org_id = $1 AND $2 = '' AND ` + needsAccess + ` AND u.property_id IN ($9...)
		GROUP BY u.property_id ORDER BY u.property_id`)
)

// PropertyFigures returns the figures of properties by their ids; those outside
// of the actor's limits are left out. It needs ReadPortfolio.
func (s *Service) PropertyFigures(ctx context.Context, by actor.Actor, ids []string) (out map[string]Figures, err error) {
	if err := by.Must(actor.ReadPortfolio); err != nil {
		return nil, err
	}
	var own []string
	for _, id := range ids {
		if by.MayProperty(id) {
			own = append(own, id)
		}
	}
	slices.Sort(own)
	err = s.db.Read(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		o, err := orgs.Load(tx)
		if err != nil || len(own) == 0 {
			return err
		}
		now := s.now()
		key := figuresKey{strings.Join(own, " "), o.Today(now), o.Settings.WhoMayRegister}
		out, err = s.rows.Get(tx.State(), key, now, func() (map[string]Figures, error) { return rowFigures(tx, o, now, own) })
		return err
	})
	return out, err
}

func rowFigures(tx *store.Tx, o orgs.Org, now time.Time, properties []string) (map[string]Figures, error) {
	out := map[string]Figures{}
	var id string
	var n, m int
	if err := store.Each(tx, propertyConfirmed, []any{&id, &n, &m}, func() error {
		out[id] = Figures{Persons: n, Confirmed: m}
		return nil
	}, o.Today(now), store.Spread(properties)); err != nil {
		return nil, err
	}
	args := append(needsArgs(o, now, "", false, false), store.Spread(properties))
	err := store.Each(tx, propertyNeeds, []any{&id, &n}, func() error {
		f := out[id]
		f.Need = n
		out[id] = f
		return nil
	}, args...)
	return out, err
}

// Persons counts the persons of properties together, each once in however many
// of them she has leases that run or are to come. Properties outside of the
// actor's limits are left out. It needs ReadPortfolio.
func (s *Service) Persons(ctx context.Context, by actor.Actor, ids []string) (n int, err error) {
	if err := by.Must(actor.ReadPortfolio); err != nil {
		return 0, err
	}
	var own []string
	for _, id := range ids {
		if by.MayProperty(id) {
			own = append(own, id)
		}
	}
	if len(own) == 0 {
		return 0, nil
	}
	slices.Sort(own)
	err = s.db.Read(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		now := s.now()
		today := o.Today(now)
		n, err = s.persons.Get(tx.State(), today+" "+strings.Join(own, " "), now, func() (int, error) {
			return store.Value[int](tx, personsOf, today, store.Spread(own))
		})
		return err
	})
	return n, err
}

// Waiting counts what waits on Heute, for the navigation: batches to print, and
// each person, property, letter and mail that Today lists; nothing for who may
// not deal with it. It needs ReadPortfolio.
func (s *Service) Waiting(ctx context.Context, by actor.Actor) (n int, err error) {
	if err := by.Must(actor.ReadPortfolio); err != nil || !by.Has(actor.IssueAccess) {
		return 0, err
	}
	return s.waiting.Get(s.db.State(by.Scope()), limitOf(by), s.now(), func() (n int, err error) {
		err = s.db.Read(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
			o, err := orgs.Load(tx)
			if err != nil {
				return err
			}
			t, err := todo(tx, by, o, s.now())
			n = t.Items()
			return err
		})
		return n, err
	})
}

// Items counts the entries of Heute.
func (t Today) Items() int {
	return len(t.Print) + len(t.Asked) + len(t.Expired) + len(t.NotMe) + len(t.Letters) + len(t.Mails)
}
