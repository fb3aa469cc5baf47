package access

import (
	"context"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// SwitchPortal opens a property's portal or closes it (E7). Opening it for the
// first time is its release (A4): where the organisation invites on release
// the letters are made at once and wait on Heute; letters tells so. While the
// checklist of K3 is open, or the organisation's portal is off, such a release
// is refused. It needs EditPortfolio.
func (s *Service) SwitchPortal(ctx context.Context, by actor.Actor, propertyID string, on bool) (letters bool, err error) {
	if err := by.Must(actor.EditPortfolio); err != nil {
		return false, err
	}
	err = s.db.Write(ctx, by.Scope(), func(ctx context.Context, tx *store.Tx) error {
		now := s.now()
		first, err := portfolio.SetPortal(tx, now, by, propertyID, on)
		letters = first
		if err != nil || !first {
			return err
		}
		return s.OnRelease(tx, now, by, propertyID)
	})
	return letters && err == nil, err
}
