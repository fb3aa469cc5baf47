package notifications

import (
	"context"
	"slices"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

var (
	deliveriesTo = store.Scoped(`SELECT ` + deliveryColumns + ` FROM delivery WHERE org_id = $1 AND person_id = $2 AND topic <> ''
		ORDER BY created_at DESC, id DESC LIMIT $3`)
	// A key is the announcement's, a colon, the channel and the person: the range
	// between ":" and ";" holds all of one announcement.
	deliveriesAbout = store.Scoped(`SELECT ` + deliveryColumns + ` FROM delivery WHERE org_id = $1 AND key > $2 || ':' AND key < $2 || ';'
		AND ($4 = '' OR person_id = $4) ORDER BY key LIMIT $3`)
	deliverySums = store.Scoped(`SELECT channel, state, count(*) FROM delivery WHERE org_id = $1 AND key > $2 || ':' AND key < $2 || ';'
		GROUP BY channel, state ORDER BY channel, state`)
)

// MaxDeliveries is how many deliveries a list holds.
const MaxDeliveries = 200

// DeliveriesTo returns the newest news of topics to a person, for staff who may
// see that person, which is the caller's to check (W10). It needs
// ReadPortfolio.
func (s *Service) DeliveriesTo(ctx context.Context, by actor.Actor, personID string, limit int) (out []Delivery, err error) {
	defer fault.Wrap(&err, "list the deliveries to a person")
	if err := by.Must(actor.ReadPortfolio); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		out, err = listed(tx, deliveriesTo, personID, min(limit, MaxDeliveries))
		return err
	})
	return out, err
}

// About returns the deliveries of one announcement by its Key, those of one
// person or, with "", the first MaxDeliveries (W10). Whether the actor may see
// the item is the caller's to check.
func About(tx *store.Tx, key, personID string) ([]Delivery, error) {
	return listed(tx, deliveriesAbout, key, MaxDeliveries, personID)
}

func listed(tx *store.Tx, q store.Query, args ...any) ([]Delivery, error) {
	rows, err := store.All(tx, q, (*deliveryRow).dest, args...)
	if err != nil {
		return nil, err
	}
	out := make([]Delivery, len(rows))
	for i := range rows {
		if out[i], err = rows[i].delivery(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Sum is how many deliveries of an announcement by one channel are in a state.
type Sum struct {
	Channel Channel
	State   State
	Count   int
}

// Sums counts the deliveries of one announcement, without reading each (W10).
func Sums(tx *store.Tx, key string) ([]Sum, error) {
	list, err := store.All(tx, deliverySums, func(s *Sum) []any { return []any{&s.Channel, &s.State, &s.Count} }, key)
	order := []Channel{ByPortal, ByEmail, ByPush, ByLetter}
	slices.SortStableFunc(list, func(a, b Sum) int { return slices.Index(order, a.Channel) - slices.Index(order, b.Channel) })
	return list, err
}
