package conversations

import (
	"context"
	"slices"
	"time"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// NewMessage is what a resident begins with (E16).
type NewMessage struct {
	Key     string // of the form: the same key makes the same conversation
	LeaseID string // one of the own leases
	Subject string
	Text    string
	Shared  bool // seen by all contract parties of the lease
}

// Write begins a conversation of a signed-in resident with staff (E1, E4). It
// returns its id. Complaints: subject, text, lease.
func (s *Service) Write(ctx context.Context, by actor.Actor, in NewMessage) (id string, err error) {
	defer fault.Wrap(&err, "begin a conversation")
	if err := by.Must(actor.Self); err != nil {
		return "", err
	}
	err = s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		if o.Settings.ContactMode == orgs.ContactCases { // X6
			return fault.Denied("residents open cases here")
		}
		id = store.IDFrom("conversation", by.Account(), in.Key)
		if c, err := Visible(tx, portfolio.RuleOf(o, s.Now()), by, id); err == nil && in.Key != "" && c.Kind == Message {
			return nil // sent twice
		}
		bad := &fault.Invalid{}
		checkText(bad, "subject", in.Subject, MaxSubject)
		checkText(bad, "text", in.Text, MaxText)
		t, ok, err := s.tenancy(tx, o, by, in.LeaseID)
		if err != nil {
			return err
		}
		if !ok {
			bad.Add("lease", "conversations.no_lease")
		}
		if err := bad.Err(); err != nil {
			return err
		}
		if err := s.calm(tx, t.PersonID); err != nil {
			return err
		}
		if in.Key == "" {
			id = store.NewID()
		}
		who, err := personName(tx, t.PersonID)
		if err != nil {
			return err
		}
		a := portfolio.Audience{Kind: portfolio.ToPerson, ID: t.PersonID, Day: o.Today(s.Now())}
		if in.Shared && t.Role == portfolio.ContractParty || in.Shared && t.Role == portfolio.CoResident {
			a = portfolio.Audience{Kind: portfolio.ToLease, ID: t.Lease.ID, Day: a.Day, Author: t.PersonID}
		}
		if _, _, err := Open(tx, s.Now(), by, Opening{ID: id, Subject: in.Subject, Audience: a, PropertyID: t.Property.ID, LeaseID: t.Lease.ID, PersonID: t.PersonID,
			Who: who, Place: PlaceOf(t), Replies: true}); err != nil {
			return err
		}
		_, _, err = Append(tx, s.Now(), by, NewPost{ID: store.IDFrom("first", id), ConversationID: id, Side: ByResident, AuthorID: t.PersonID, AuthorName: who, Text: in.Text})
		return err
	})
	return id, err
}

// Reply is an answer.
type Reply struct {
	Key  string // of the form: the same key makes one message
	Text string
	Last string // the newest message that the writer has seen; "" checks nothing
	// Of staff:
	Internal bool   // a note that residents never see
	Source   Source // how it came, when staff put down what a resident said
}

// Answer adds a resident's message to a conversation (E4, E12). An answer to a
// message to the house begins a conversation of the own with staff, or goes on
// with the one that an earlier answer began. It returns the conversation that
// the message is in. Complaints: text.
func (s *Service) Answer(ctx context.Context, by actor.Actor, id string, in Reply) (in2 string, err error) {
	defer fault.Wrap(&err, "answer in conversation %s", id)
	if err := by.Must(actor.Self); err != nil {
		return "", err
	}
	err = s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) (err error) {
		in.Source = Portal
		in2, err = s.answerAs(tx, by, party{by.Account(), by.Persons()}, id, in)
		return err
	})
	return in2, err
}

// party is the resident who speaks: signed in, or by an e-mail.
type party struct {
	account string
	persons []string
}

// answerAs is Answer for a resident who was recognised already.
func (s *Service) answerAs(tx *store.Tx, by actor.Actor, who party, id string, in Reply) (string, error) {
	o, err := orgs.Load(tx)
	if err != nil {
		return "", err
	}
	c, err := visible(tx, portfolio.RuleOf(o, s.Now()), who.persons, id)
	if err != nil {
		return "", err
	}
	t, why, err := s.answering(tx, o, who.persons, c)
	if err != nil {
		return "", err
	}
	if why != "" {
		return "", fault.Conflicting(why)
	}
	bad := &fault.Invalid{}
	if checkText(bad, "text", in.Text, MaxText); len(bad.Fields) > 0 {
		return "", bad.Err()
	}
	if err := s.calm(tx, t.PersonID); err != nil {
		return "", err
	}
	name, err := personName(tx, t.PersonID)
	if err != nil {
		return "", err
	}
	into := c.ID
	if c.House() {
		into = store.IDFrom("answer", c.ID, who.account)
		a := portfolio.Audience{Kind: portfolio.ToPerson, ID: t.PersonID, Day: o.Today(s.Now())}
		if _, _, err := Open(tx, s.Now(), by, Opening{ID: into, Subject: c.Subject, Audience: a, PropertyID: t.Property.ID, LeaseID: t.Lease.ID, PersonID: t.PersonID,
			Who: name, Place: PlaceOf(t), RootID: c.ID, Replies: true, AssigneeID: c.AssigneeID}); err != nil {
			return "", err
		}
	}
	p := NewPost{ConversationID: into, Side: ByResident, AuthorID: t.PersonID, AuthorName: name, Text: in.Text, Source: in.Source}
	if in.Key != "" {
		p.ID = store.IDFrom("message", into, who.account, in.Key)
	}
	_, _, err = Append(tx, s.Now(), by, p)
	return into, err
}

// answering returns as whom, from which lease, a resident answers in a
// conversation; why is the catalogue key of the reason when not at all.
func (s *Service) answering(tx *store.Tx, o orgs.Org, persons []string, c Conversation) (t portfolio.Tenancy, why string, err error) {
	if !c.Replies {
		return t, "conversations.no_replies", nil
	}
	list, err := portfolio.OpenTenancies(tx, portfolio.RuleOf(o, s.Now()), persons)
	if err != nil {
		return t, "", err
	}
	fits := func(t portfolio.Tenancy) bool {
		switch c.Audience.Kind {
		case portfolio.ToPerson:
			return t.PersonID == c.Audience.ID || t.PersonID == c.Audience.Author
		case portfolio.ToLease:
			return t.Lease.ID == c.Audience.ID
		case portfolio.ToUnit:
			return t.Unit.ID == c.Audience.ID
		case portfolio.ToStairwell:
			return portfolio.StairwellID(t.Building.ID, t.Unit.Stairwell) == c.Audience.ID
		case portfolio.ToBuilding:
			return t.Building.ID == c.Audience.ID
		case portfolio.ToProperty, portfolio.ToOwners:
			return t.Property.ID == c.Audience.ID
		}
		return true
	}
	best := -1
	for i, t := range list {
		if !fits(t) || t.State == portfolio.Ended && c.Kind != Case {
			continue
		}
		if best < 0 || t.Lease.ID == c.LeaseID && list[best].Lease.ID != c.LeaseID {
			best = i
		}
	}
	if best < 0 || c.LeaseID != "" && list[best].Lease.ID != c.LeaseID && ended(list, c.LeaseID) {
		return t, "conversations.lease_ended", nil
	}
	return list[best], "", nil
}

// ended tells whether a lease is over, or no longer there.
func ended(list []portfolio.Tenancy, lease string) bool {
	i := slices.IndexFunc(list, func(t portfolio.Tenancy) bool { return t.Lease.ID == lease })
	return i < 0 || list[i].State == portfolio.Ended
}

// tenancy returns the own lease that a resident may write about: not one that
// has ended (X14).
func (s *Service) tenancy(tx *store.Tx, o orgs.Org, by actor.Actor, leaseID string) (portfolio.Tenancy, bool, error) {
	list, err := portfolio.OpenTenancies(tx, portfolio.RuleOf(o, s.Now()), by.Persons())
	if err != nil {
		return portfolio.Tenancy{}, false, err
	}
	for _, t := range list {
		if t.Lease.ID == leaseID && t.State != portfolio.Ended {
			return t, true, nil
		}
	}
	return portfolio.Tenancy{}, false, nil
}

// hourly is how many messages a person may send in an hour: more than anybody
// writes, less than a script does.
const hourly = 60

func (s *Service) calm(tx *store.Tx, personID string) error {
	n, err := store.Value[int](tx, recentBy, personID, store.Micros(s.Now().Add(-time.Hour)))
	if err == nil && n >= hourly {
		err = &fault.TooMany{After: 10 * time.Minute}
	}
	return err
}
