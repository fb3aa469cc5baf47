package access

import (
	"context"
	"errors"

	"foyer/internal/notifications"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
)

// deliveryWithin tells whether a delivery is one that staff with these limits
// see: $3 is false for those who are limited to the properties of $4. It goes
// by the person's leases, past ones too, as the list on Heute does; a mail to
// staff belongs to no property.
var deliveryWithin = store.Scoped(`SELECT d.id FROM delivery d WHERE d.org_id = $1 AND d.id = $2
	AND ($3 OR EXISTS (SELECT 1 FROM lease_person lp JOIN lease l ON l.org_id = lp.org_id AND l.id = lp.lease_id
		JOIN unit u ON u.org_id = l.org_id AND u.id = l.unit_id
		WHERE lp.org_id = d.org_id AND lp.person_id = d.person_id AND u.property_id IN ($4...)))`)

// DismissMail takes a failed mail off Heute: somebody has dealt with it. Staff
// who are limited to properties may do that for mails about their own residents
// only; mails to staff are for the others. It needs IssueAccess.
func (s *Service) DismissMail(ctx context.Context, by actor.Actor, deliveryID string) error {
	if err := by.Must(actor.IssueAccess); err != nil {
		return err
	}
	return s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		all, properties := limits(by)
		_, err := store.Value[string](tx, deliveryWithin, deliveryID, all, properties)
		if errors.Is(err, store.ErrNoRow) {
			return fault.NotFound("delivery")
		}
		if err != nil {
			return err
		}
		return notifications.Dismiss(tx, s.now(), by, deliveryID)
	})
}

// mustCover refuses what concerns a person as a whole, her login, every code,
// her consent, to staff whose limits leave out one of her leases: it would reach
// into properties that somebody else looks after. Leases that are over count
// only for somebody who has no other. personIDs must be within the limits.
func mustCover(tx *store.Tx, by actor.Actor, today string, personIDs ...string) error {
	if !by.Limited() {
		return nil
	}
	for _, id := range personIDs {
		h, err := loadHolder(tx, id)
		if err != nil {
			return err
		}
		ended := h.ended(today)
		for i := range h.places {
			if p := &h.places[i]; (ended || !p.over(today)) && !by.MayProperty(p.Unit.PropertyID) {
				return fault.Conflicting("access.limits.elsewhere")
			}
		}
	}
	return nil
}

// wholly reads a person that the actor's limits include, with all leases that
// count, see mustCover.
func (s *Service) wholly(tx *store.Tx, by actor.Actor, personID string) (*holder, error) {
	h, err := within(tx, by, personID)
	if err != nil || !by.Limited() {
		return h, err
	}
	o, err := orgs.Load(tx)
	if err != nil {
		return nil, err
	}
	return h, mustCover(tx, by, o.Today(s.now()), personID)
}
