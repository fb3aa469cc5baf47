package conversations

import (
	"context"
	"strings"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/fold"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// TargetRow is somebody whom staff can write to, as a list shows it.
type TargetRow struct {
	Target
	Name  string // "Marlene Brandt", "Ahornallee 14", "Ahornallee 10–16"
	Place string // "Ahornallee 14 · Wohnung 5"; "" where Name says it all
	Whole bool   // all of a building that has several stairwells
}

// targetLimit is how many are offered.
const targetLimit = 20

var (
	findPersons = store.Scoped(`SELECT DISTINCT pe.id, pe.title, pe.first_name, pe.last_name, pe.company, pe.search FROM person pe
		WHERE pe.org_id = $1 AND pe.search LIKE '%' || $2 || '%' AND EXISTS (SELECT 1 FROM lease_person lp
			JOIN lease l ON l.org_id = lp.org_id AND l.id = lp.lease_id JOIN unit u ON u.org_id = l.org_id AND u.id = l.unit_id
			WHERE lp.org_id = $1 AND lp.person_id = pe.id AND lp.to_day >= $3 AND l.until >= $3 AND ($4 = FALSE OR u.property_id IN ($5...)))
		ORDER BY pe.search, pe.id LIMIT 20`)
	findProperties = store.Scoped(`SELECT p.id, p.name FROM property p WHERE p.org_id = $1 AND p.search LIKE '%' || $2 || '%'
		AND ($3 = FALSE OR p.id IN ($4...)) ORDER BY p.sort_key, p.id LIMIT 20`)
	findHouses = store.Scoped(`SELECT DISTINCT b.id, b.street, b.house_number, u.stairwell, b.sort_key FROM building b
		JOIN unit u ON u.org_id = b.org_id AND u.building_id = b.id
		WHERE b.org_id = $1 AND b.match_key LIKE '%' || $2 || '%' AND ($3 = FALSE OR b.property_id IN ($4...)) ORDER BY b.sort_key, b.id, u.stairwell LIMIT 20`)
)

// Targets finds whom staff can write to by the beginning of a name or address,
// within the actor's limits, at most 20: persons, stairwells or properties. It
// needs actor.AnswerMessages.
func (s *Service) Targets(ctx context.Context, by actor.Actor, kind portfolio.Kind, typed string) (list []TargetRow, err error) {
	defer fault.Wrap(&err, "find readers")
	if err := by.Must(actor.AnswerMessages); err != nil {
		return nil, err
	}
	words := fold.Text(typed)
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		list = nil
		limits := store.Spread(by.Properties())
		switch kind {
		case portfolio.ToPerson:
			o, err := orgs.Load(tx)
			if err != nil {
				return err
			}
			return s.personTargets(tx, o, by, words, &list)
		case portfolio.ToStairwell:
			var id, street, number, stairwell, sort string
			houses := map[string]int{}
			err := store.Each(tx, findHouses, []any{&id, &street, &number, &stairwell, &sort}, func() error {
				b := portfolio.Building{Street: street, HouseNumber: number}
				row := TargetRow{Target: Target{portfolio.ToStairwell, portfolio.StairwellID(id, stairwell)}, Name: b.AddressLine()}
				if houses[id]++; stairwell == "" { // parking spaces and cellars are of the whole house
					row.Target = Target{portfolio.ToBuilding, id}
				} else if stairwell != number {
					row.Name += " · " + stairwell
				}
				list = append(list, row)
				return nil
			}, words, by.Limited(), limits)
			for i := range list {
				list[i].Whole = list[i].Kind == portfolio.ToBuilding && houses[list[i].ID] > 1
			}
			return err
		case portfolio.ToProperty:
			var id, name string
			return store.Each(tx, findProperties, []any{&id, &name}, func() error {
				list = append(list, TargetRow{Target: Target{portfolio.ToProperty, id}, Name: name})
				return nil
			}, words, by.Limited(), limits)
		}
		return nil
	})
	return list, err
}

func (s *Service) personTargets(tx *store.Tx, o orgs.Org, by actor.Actor, words string, list *[]TargetRow) error {
	rule := portfolio.RuleOf(o, s.Now())
	since, err := rule.Since()
	if err != nil {
		return err
	}
	var p portfolio.Person
	var key string
	var ids []string
	if err := store.Each(tx, findPersons, []any{&p.ID, &p.Title, &p.FirstName, &p.LastName, &p.CompanyName, &key}, func() error {
		ids = append(ids, p.ID)
		*list = append(*list, TargetRow{Target: Target{portfolio.ToPerson, p.ID}, Name: p.DisplayName()})
		return nil
	}, words, since, by.Limited(), store.Spread(by.Properties())); err != nil {
		return err
	}
	homes, err := portfolio.Tenancies(tx, rule, ids)
	if err != nil {
		return err
	}
	for i := range *list {
		for _, t := range homes {
			if t.PersonID == (*list)[i].ID && by.MayProperty(t.Property.ID) {
				(*list)[i].Place = PlaceOf(t)
				break
			}
		}
	}
	return nil
}

// Describe names a target; one that does not exist, or is outside of the actor's
// limits, is not found. It needs actor.AnswerMessages.
func (s *Service) Describe(ctx context.Context, by actor.Actor, to Target) (row TargetRow, err error) {
	defer fault.Wrap(&err, "name readers")
	if err := by.Must(actor.AnswerMessages); err != nil {
		return TargetRow{}, err
	}
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		a, err := s.address(tx, o, by, to)
		row = TargetRow{Target: Target{to.Kind, a.Audience.ID}, Name: a.Who, Place: a.Place}
		if row.Name == "" {
			row.Name, row.Place = a.Place, ""
		}
		return err
	})
	return row, err
}

// ParseTarget reads what String wrote.
func ParseTarget(s string) Target {
	kind, id, _ := strings.Cut(s, ":")
	return Target{portfolio.Kind(kind), id}
}

// String writes a target for forms: "stairwell:018f…/14".
func (t Target) String() string {
	if t.ID == "" {
		return ""
	}
	return string(t.Kind) + ":" + t.ID
}
