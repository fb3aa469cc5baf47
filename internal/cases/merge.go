package cases

import (
	"context"
	"slices"

	"foyer/internal/conversations"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/search"
	"foyer/internal/platform/store"
)

// Merge puts reports of the same fault in a building under a leading case
// (W11). Their authors keep their own words, and get the status and every
// public answer of the leading case. It needs AnswerCases. A report that leads
// others brings them along. Complaints: id.
func (s *Service) Merge(ctx context.Context, by actor.Actor, leadID string, ids []string) (err error) {
	defer fault.Wrap(&err, "put reports under case %s", leadID)
	if by.Role() == actor.Caretaker {
		return fault.Denied("a caretaker works on what is assigned to him")
	}
	return s.work(ctx, by, leadID, func(tx *store.Tx, o orgs.Org, lead Case) error {
		if lead.LeadID != "" {
			return fault.Conflicting("cases.merge.is_report")
		}
		if len(ids) == 0 || len(ids) > MaxBulk {
			return fault.Wrong("id", "cases.merge.none")
		}
		for _, id := range ids {
			c, err := s.forStaff(tx, by, id)
			if err != nil {
				return err
			}
			if c.ID == lead.ID || c.LeadID == lead.ID {
				continue
			}
			if c.LeadID != "" || c.Status == Done {
				return fault.Conflicting("cases.merge.is_report")
			}
			if c.BuildingID != lead.BuildingID || c.BuildingID == "" {
				return fault.Wrong("id", "cases.merge.other_house")
			}
			if err := s.under(tx, by, lead, c); err != nil {
				return err
			}
		}
		if _, err := store.Exec(tx, countLead, lead.ID, store.Micros(s.Now())); err != nil {
			return err
		}
		return audit.Note(tx, s.Now(), by, "case.merge", "case:"+lead.ID, map[string]any{"reports": ids})
	})
}

// under puts one case, and those under it, under another.
func (s *Service) under(tx *store.Tx, by actor.Actor, lead, c Case) error {
	own, err := s.reportsOf(tx, c.ID)
	if err != nil {
		return err
	}
	for _, x := range append(slices.Clone(own), c) {
		if _, err := store.Exec(tx, setLead, x.ID, lead.ID, store.Micros(s.Now())); err != nil {
			return err
		}
		if err := search.Put(tx, conversations.SearchKind, lead.ID, x.Subject, x.Who, x.Place, x.Ref); err != nil {
			return err
		}
		if x.Status != lead.Status {
			done := int64(0)
			if lead.Status == Done {
				done = store.Micros(s.Now())
			}
			if _, err := store.Exec(tx, setStatus, x.ID, string(lead.Status), store.Micros(s.Now()), done); err != nil {
				return err
			}
			if err := s.note(tx, x.ID, Event{Kind: "status", Side: conversations.ByStaff, Who: by.Name(), Detail: string(lead.Status)}); err != nil {
				return err
			}
		}
		if err := s.note(tx, x.ID, Event{Kind: "merged", Side: conversations.ByStaff, Who: by.Name(), Detail: lead.Ref, Internal: true}); err != nil {
			return err
		}
		if err := s.note(tx, lead.ID, Event{Kind: "report", Side: conversations.ByStaff, Who: by.Name(), Detail: x.Ref + " · " + x.Who, Internal: true}); err != nil {
			return err
		}
	}
	_, err = store.Exec(tx, countLead, c.ID, store.Micros(s.Now()))
	return err
}

// Split takes a report out from under its leading case again. It needs
// AnswerCases.
func (s *Service) Split(ctx context.Context, by actor.Actor, id string) (err error) {
	defer fault.Wrap(&err, "take case %s out", id)
	if by.Role() == actor.Caretaker {
		return fault.Denied("a caretaker works on what is assigned to him")
	}
	return s.work(ctx, by, id, func(tx *store.Tx, _ orgs.Org, c Case) error {
		if c.LeadID == "" {
			return nil
		}
		if err := s.release(tx, c); err != nil {
			return err
		}
		return audit.Note(tx, s.Now(), by, "case.split", "case:"+id, nil)
	})
}

func (s *Service) release(tx *store.Tx, c Case) error {
	if _, err := store.Exec(tx, setLead, c.ID, "", store.Micros(s.Now())); err != nil {
		return err
	}
	_, err := store.Exec(tx, countLead, c.LeadID, store.Micros(s.Now()))
	return err
}
