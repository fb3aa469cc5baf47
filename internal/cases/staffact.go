package cases

import (
	"context"
	"errors"
	"slices"
	"strings"

	"foyer/internal/conversations"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// work runs fn on a case that the staff member may work on.
func (s *Service) work(ctx context.Context, by actor.Actor, id string, fn func(tx *store.Tx, o orgs.Org, c Case) error) error {
	if err := by.Must(actor.AnswerCases); err != nil {
		return err
	}
	return s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		c, err := s.forStaff(tx, by, id)
		if err != nil {
			return err
		}
		return fn(tx, o, c)
	})
}

// Respond adds a message or an internal note of staff. Who reported the same
// fault gets a public answer too; with OnlyTo it goes to one of them alone. The
// first answer begins the work (H10). When others have written since in.Last
// it fails with *conversations.Inbetween and sends nothing. Complaints: text,
// files, status.
func (s *Service) Respond(ctx context.Context, by actor.Actor, id string, in Reply) (err error) {
	defer fault.Wrap(&err, "answer in case %s", id)
	return s.work(ctx, by, id, func(tx *store.Tx, o orgs.Org, c Case) error {
		reports, err := s.reportsOf(tx, id)
		if err != nil {
			return err
		}
		to := c
		if i := slices.IndexFunc(reports, func(r Case) bool { return r.ID == in.OnlyTo }); i >= 0 {
			to = reports[i]
		} else if in.OnlyTo != "" && in.OnlyTo != id {
			return fault.NotFound("report")
		}
		p := conversations.NewPost{ID: store.NewID(), ConversationID: to.ID, Side: conversations.ByStaff, AuthorID: by.ID(), AuthorName: by.Name(), Text: in.Text,
			Internal: in.Internal, Files: len(in.Files), Silent: true}
		if in.Key != "" {
			p.ID = store.IDFrom("message", id, by.Account(), in.Key)
			if there, err := conversations.HasPost(tx, p.ID); err != nil || there {
				return err // sent twice
			}
		}
		if err := checkReply(in); err != nil {
			return err
		}
		for _, x := range append([]Case{c}, reports...) {
			if err := conversations.Meanwhile(tx, by, x.ID, in.Last); err != nil {
				return err
			}
		}
		if in.Source != "" && in.Source != conversations.Portal && !in.Internal { // what the resident said
			p.Side, p.AuthorID, p.AuthorName, p.Source = conversations.ByResident, to.PersonID, to.Who, in.Source
		}
		if _, _, err := conversations.Append(tx, s.Now(), by, p); err != nil {
			return err
		}
		if err := s.Documents.Attach(tx, by, in.Files, FileOwner, p.ID); err != nil {
			return err
		}
		if !p.Internal && p.Side == conversations.ByStaff {
			if err := s.announce(tx, o, to, p.ID, newsAnswer); err != nil {
				return err
			}
			if in.OnlyTo == "" {
				if err := s.spread(tx, o, by, reports, p); err != nil {
					return err
				}
			}
		}
		return s.after(tx, o, by, c, in)
	})
}

// spread writes a public answer into the reports under a case, and tells their
// authors (W11).
func (s *Service) spread(tx *store.Tx, o orgs.Org, by actor.Actor, reports []Case, p conversations.NewPost) error {
	for _, r := range reports {
		y := p
		y.ID, y.ConversationID = store.IDFrom("copy", p.ID, r.ID), r.ID
		if _, _, err := conversations.Append(tx, s.Now(), by, y); err != nil {
			return err
		}
		if _, err := store.Exec(tx, putCopy, y.ID, p.ID); err != nil {
			return err
		}
		if err := s.announce(tx, o, r, y.ID, newsAnswer); err != nil {
			return err
		}
	}
	return nil
}

// after gives a case the status and the assignee that follow from an answer.
func (s *Service) after(tx *store.Tx, o orgs.Org, by actor.Actor, c Case, in Reply) error {
	if in.Internal || in.Source != "" && in.Source != conversations.Portal {
		return s.touched(tx, c)
	}
	if c.LeadID != "" {
		return s.touched(tx, c)
	}
	if c.AssigneeID == "" {
		if err := s.assign(tx, by, c, by.ID(), by.Name()); err != nil {
			return err
		}
	}
	to := in.Status
	if to == "" && c.Status == Open {
		to = InProgress
	}
	if to == "" || to == c.Status {
		return s.touched(tx, c)
	}
	if why := Step(conversations.ByStaff, c.Status, to, c.DoneAt, s.Now(), in.Text); why != "" {
		return fault.Wrong("status", why)
	}
	return s.move(tx, by, c, to, conversations.ByStaff, by.Name(), "")
}

func (s *Service) assign(tx *store.Tx, by actor.Actor, c Case, staffID, name string) error {
	if c.AssigneeID == staffID {
		return nil
	}
	if err := conversations.SetAssignee(tx, s.Now(), by, c.ID, staffID); err != nil {
		return err
	}
	if _, err := store.Exec(tx, setPerson, c.ID, staffID, store.Micros(s.Now())); err != nil {
		return err
	}
	e := Event{Kind: "assigned", Side: conversations.ByStaff, Who: by.Name(), Detail: name, Internal: true}
	switch {
	case staffID == "":
		e.Kind = "unassigned"
	case staffID == by.ID():
		e.Kind, e.Internal = "taken", false
	}
	return s.note(tx, c.ID, e)
}

// Change is what staff set on a case; nil leaves it as it is.
type Change struct {
	Status     *Status
	Reason     string  // why, or what the resident has to do
	AssigneeID *string // "" = nobody
	Urgency    *Urgency
	CategoryID *string
	ProviderID *string
	DueOn      *string // YYYY-MM-DD, "" = none
}

// Change sets what staff decide about a case. With a status that waits for the
// resident the reason is written to the resident. It needs AnswerCases; a
// caretaker changes the status only. Complaints: status, reason, assignee,
// urgency, category, provider, due.
func (s *Service) Change(ctx context.Context, by actor.Actor, id string, in Change) (err error) {
	defer fault.Wrap(&err, "change case %s", id)
	return s.work(ctx, by, id, func(tx *store.Tx, o orgs.Org, c Case) error { return s.change(tx, o, by, c, in) })
}

func (s *Service) change(tx *store.Tx, o orgs.Org, by actor.Actor, c Case, in Change) error {
	if by.Role() == actor.Caretaker {
		in.AssigneeID, in.Urgency, in.CategoryID, in.ProviderID, in.DueOn = nil, nil, nil, nil, nil
	}
	if c.LeadID != "" {
		return fault.Conflicting("cases.step.shared")
	}
	if err := s.changeWork(tx, by, c, in); err != nil {
		return err
	}
	if in.AssigneeID != nil {
		name := ""
		if *in.AssigneeID != "" {
			list, err := Colleagues(tx, c.PropertyID)
			if err != nil {
				return err
			}
			i := slices.IndexFunc(list, func(x conversations.Colleague) bool { return x.ID == *in.AssigneeID })
			if i < 0 {
				return fault.Wrong("assignee", "cases.no_colleague")
			}
			name = list[i].Name
		}
		if err := s.assign(tx, by, c, *in.AssigneeID, name); err != nil {
			return err
		}
	}
	if in.Status == nil || *in.Status == c.Status {
		return nil
	}
	reason := strings.TrimSpace(in.Reason)
	if why := Step(conversations.ByStaff, c.Status, *in.Status, c.DoneAt, s.Now(), reason); why != "" {
		field := "status"
		if why == "cases.step.say_what" || why == "cases.step.say_why" {
			field = "reason"
		}
		return fault.Wrong(field, why)
	}
	if *in.Status != Waiting {
		if err := s.move(tx, by, c, *in.Status, conversations.ByStaff, by.Name(), reason); err != nil {
			return err
		}
		return s.announceAll(tx, o, c, string(*in.Status))
	}
	if err := s.move(tx, by, c, Waiting, conversations.ByStaff, by.Name(), ""); err != nil {
		return err
	}
	return s.say(tx, o, by, c, reason)
}

// say writes a public message of staff into a case and the reports under it.
func (s *Service) say(tx *store.Tx, o orgs.Org, by actor.Actor, c Case, text string) error {
	reports, err := s.reportsOf(tx, c.ID)
	if err != nil {
		return err
	}
	p := conversations.NewPost{ID: store.NewID(), ConversationID: c.ID, Side: conversations.ByStaff, AuthorID: by.ID(), AuthorName: by.Name(), Text: text, Silent: true}
	if _, _, err := conversations.Append(tx, s.Now(), by, p); err != nil {
		return err
	}
	if err := s.announce(tx, o, c, p.ID, newsAnswer); err != nil {
		return err
	}
	return s.spread(tx, o, by, reports, p)
}

// changeWork sets urgency, category, provider and due day.
func (s *Service) changeWork(tx *store.Tx, by actor.Actor, c Case, in Change) error {
	was := c
	if in.Urgency != nil {
		if c.Urgency = *in.Urgency; !c.Urgency.Valid() {
			return fault.Wrong("urgency", "cases.no_urgency")
		}
	}
	if in.CategoryID != nil && *in.CategoryID != c.CategoryID {
		tree, err := s.TreeOf(tx)
		if err != nil {
			return err
		}
		top, ok := tree.Top(*in.CategoryID)
		if !ok {
			return fault.Wrong("category", "cases.no_category")
		}
		c.CategoryID, c.TopicID = *in.CategoryID, top.ID
	}
	if in.ProviderID != nil && *in.ProviderID != c.ProviderID {
		if c.ProviderID = *in.ProviderID; c.ProviderID != "" {
			list, err := ProvidersOf(tx)
			if err != nil {
				return err
			}
			p, ok := providerByID(list, c.ProviderID)
			if !ok || !p.In(c.PropertyID) {
				return fault.Wrong("provider", "cases.no_provider")
			}
			if err := s.note(tx, c.ID, Event{Kind: "provider", Side: conversations.ByStaff, Who: by.Name(), Detail: p.Name}); err != nil {
				return err
			}
		}
	}
	if in.DueOn != nil {
		if c.DueOn = *in.DueOn; c.DueOn != "" && !portfolio.ValidDay(c.DueOn) {
			return fault.Wrong("due", "cases.no_day")
		}
	}
	if was.Urgency == c.Urgency && was.CategoryID == c.CategoryID && was.ProviderID == c.ProviderID && was.DueOn == c.DueOn {
		return nil
	}
	due := c.DueOn
	if due == "" {
		due = noDay
	}
	if _, err := store.Exec(tx, setWork, c.ID, string(c.Urgency), ordOf(c.Urgency, c.Seq), c.CategoryID, c.TopicID, c.ProviderID, due, store.Micros(s.Now())); err != nil {
		return err
	}
	return audit.Note(tx, s.Now(), by, "case.change", "case:"+c.ID, nil)
}

// Take makes the actor responsible and begins the work.
func (s *Service) Take(ctx context.Context, by actor.Actor, id string) (err error) {
	defer fault.Wrap(&err, "take case %s", id)
	return s.work(ctx, by, id, func(tx *store.Tx, o orgs.Org, c Case) error {
		if c.LeadID != "" {
			return fault.Conflicting("cases.step.shared")
		}
		if err := s.assign(tx, by, c, by.ID(), by.Name()); err != nil {
			return err
		}
		if c.Status != Open {
			return nil
		}
		if err := s.move(tx, by, c, InProgress, conversations.ByStaff, by.Name(), ""); err != nil {
			return err
		}
		return s.announceAll(tx, o, c, string(InProgress))
	})
}

// MaxBulk is how many cases can be changed at once.
const MaxBulk = 50

// Bulk changes several cases alike: status, assignee or due day. It returns how
// many; what the change does not fit is left out. Cases outside of the limits
// fail the whole.
func (s *Service) Bulk(ctx context.Context, by actor.Actor, ids []string, in Change) (n int, err error) {
	defer fault.Wrap(&err, "change several cases")
	if err := by.Must(actor.AnswerCases); err != nil {
		return 0, err
	}
	if len(ids) == 0 || len(ids) > MaxBulk {
		return 0, fault.Wrong("id", "cases.bulk_none", "max", MaxBulk)
	}
	if in.Status == nil && in.AssigneeID == nil && in.DueOn == nil {
		return 0, fault.Wrong("what", "cases.bulk_what")
	}
	err = s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		n = 0
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		for _, id := range ids {
			c, err := s.forStaff(tx, by, id)
			if err != nil {
				return err
			}
			one := in
			if one.Status != nil && Step(conversations.ByStaff, c.Status, *one.Status, c.DoneAt, s.Now(), in.Reason) != "" || c.LeadID != "" {
				continue
			}
			if err := s.change(tx, o, by, c, Change{Status: one.Status, Reason: in.Reason, AssigneeID: one.AssigneeID, DueOn: one.DueOn}); err != nil {
				var conflict *fault.Conflict
				if errors.As(err, &conflict) {
					continue
				}
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

// Settle says that a case needs no answer now. It needs AnswerCases.
func (s *Service) Settle(ctx context.Context, by actor.Actor, id string) (err error) {
	defer fault.Wrap(&err, "settle case %s", id)
	return s.work(ctx, by, id, func(tx *store.Tx, _ orgs.Org, c Case) error {
		if !c.Waits() {
			return nil
		}
		if err := conversations.SetWaits(tx, id, zero); err != nil {
			return err
		}
		return audit.Note(tx, s.Now(), by, "case.settle", "case:"+id, nil)
	})
}

// Hold puts a case on legal hold, or ends that: held ones never expire. It needs
// ManageOrg.
func (s *Service) Hold(ctx context.Context, by actor.Actor, id string, on bool) (err error) {
	defer fault.Wrap(&err, "hold case %s", id)
	if err := by.Must(actor.ManageOrg); err != nil {
		return err
	}
	return s.work(ctx, by, id, func(tx *store.Tx, _ orgs.Org, c Case) error {
		n, err := store.Exec(tx, setHold, id, on)
		if err != nil || n == 0 {
			return err
		}
		return audit.Note(tx, s.Now(), by, "case.hold", "case:"+id, map[string]any{"on": on})
	})
}
