package documents

import (
	"context"
	"slices"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// Party is a person of a lease, as the other parties read it.
type Party struct {
	Name string
	Role string // portfolio.ContractParty, CoResident or Owner
	Mine bool   // one of the account's persons
}

// Parties lists who is in a lease today, for its parties: others learn nothing
// (fault.NotFound). The tenancy must come from portfolio.MineOf.
func (s *Service) Parties(ctx context.Context, by actor.Actor, t portfolio.Tenancy) (out []Party, err error) {
	defer fault.Wrap(&err, "list the parties of lease %s", t.Lease.ID)
	if err := by.Must(actor.Self); err != nil {
		return nil, err
	}
	mine := map[string]bool{}
	for _, p := range by.Persons() {
		mine[p] = true
	}
	err = s.db.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		members, err := portfolio.MembershipsOfLeases(tx, []string{t.Lease.ID})
		if err != nil {
			return err
		}
		var ids []string
		role, party := map[string]string{}, false
		for _, m := range members {
			party = party || mine[m.PersonID] && m.Role != portfolio.CoResident
			if m.ToDay >= t.To || m.FromDay <= t.To && m.ToDay >= t.From {
				ids, role[m.PersonID] = append(ids, m.PersonID), m.Role
			}
		}
		if !party || !t.Party {
			return fault.NotFound("lease")
		}
		list, err := portfolio.PersonsByID(tx, ids)
		out = nil
		slices.SortStableFunc(list, func(a, b portfolio.Person) int { return roleRank(role[a.ID]) - roleRank(role[b.ID]) })
		for _, p := range list {
			out = append(out, Party{Name: p.DisplayName(), Role: role[p.ID], Mine: mine[p.ID]})
		}
		return err
	})
	return out, err
}
