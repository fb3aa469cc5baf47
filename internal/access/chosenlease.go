package access

import (
	"context"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// ChooseLease notes which of the resident's own leases the pages of a session
// are about from now on (E14). A lease that the resident may not see is
// fault.ErrNotFound.
func (s *Service) ChooseLease(ctx context.Context, by actor.Actor, session, leaseID string) (err error) {
	defer fault.Wrap(&err, "choose a lease")
	if err := by.Must(actor.Self); err != nil {
		return err
	}
	return s.db.Write(ctx, by.SessionScope(), func(_ context.Context, tx *store.Tx) error {
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		list, err := portfolio.OpenTenancies(tx, portfolio.RuleOf(o, s.now()), by.Persons())
		if err != nil {
			return err
		}
		for _, t := range list {
			if t.Lease.ID != leaseID {
				continue
			}
			n, err := store.Exec(tx, setSessionLease, session, by.Account(), leaseID)
			if err == nil && n == 0 {
				err = fault.NotFound("session")
			}
			return err
		}
		return fault.NotFound("lease")
	})
}
