package conversations

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/search"
	"foyer/internal/platform/store"
)

// MayStaff tells whether a conversation is within a staff member's limits.
func MayStaff(by actor.Actor, c Conversation) bool { return by.MayProperty(c.PropertyID) }

// Filter narrows the lists of staff down.
type Filter struct {
	Box      Box
	Assignee string // staff id
	Property string
	Waiting  bool   // only what waits for an answer
	Query    string // words that subject, people, place or messages have
	After    Cursor
}

// List lists conversations within the actor's limits, 25 a page: in the Inbox
// those in which residents have written, the newest first (E5), in the Outbox
// those in which staff have. It needs actor.ReadMessages.
func (s *Service) List(ctx context.Context, by actor.Actor, f Filter) (p Page, err error) {
	defer fault.Wrap(&err, "list conversations")
	if err := by.Must(actor.ReadMessages); err != nil {
		return Page{}, err
	}
	if f.Property != "" && !by.MayProperty(f.Property) {
		return Page{}, fault.NotFound("property")
	}
	all, some, named := staffIn, staffInOf, staffInIDs
	when := func(c Conversation) time.Time { return c.InAt }
	if f.Box == Outbox {
		all, some, named = staffOut, staffOutOf, staffOutIDs
		when = func(c Conversation) time.Time { return c.OutAt }
	}
	at, id := f.After.args()
	words := search.Parse(f.Query)
	if strings.TrimSpace(f.Query) != "" && words.Empty() {
		return Page{}, nil // nothing that could be a word
	}
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		args := append([]any{by.Account(), f.Assignee, f.Waiting, at, id}, words.Args()...)
		var rows []row
		ids, few, err := search.Few(tx, searchKind, words)
		switch {
		case err != nil:
		case few:
			rows, err = store.All(tx, named, (*row).destSeen, append(args, store.Spread(ids))...)
			rows = slices.DeleteFunc(rows, func(r row) bool {
				return !by.MayProperty(r.c.PropertyID) || f.Property != "" && r.c.PropertyID != f.Property
			})
		case f.Property != "":
			rows, err = store.All(tx, some, (*row).destSeen, append(args, store.Spread([]string{f.Property}))...)
		case by.Limited():
			rows, err = store.All(tx, some, (*row).destSeen, append(args, store.Spread(by.Properties()))...)
		default:
			rows, err = store.All(tx, all, (*row).destSeen, args...)
		}
		p = pageOf(rows, when)
		return err
	})
	return p, err
}

// Waiting returns the conversations that wait longest for an answer, at most
// limit, within the actor's limits. It needs actor.ReadMessages.
func (s *Service) Waiting(ctx context.Context, by actor.Actor, limit int) (list []Row, err error) {
	defer fault.Wrap(&err, "list what waits for an answer")
	if err := by.Must(actor.ReadMessages); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		q, args := staffWaiting, []any{limit}
		if by.Limited() {
			q, args = waitingOf, append(args, store.Spread(by.Properties()))
		}
		rows, err := store.All(tx, q, (*row).destSeen, args...)
		list = rowsOf(rows)
		return err
	})
	return list, err
}

// CountWaiting counts what Waiting lists without a limit; it stands on every
// page.
func (s *Service) CountWaiting(ctx context.Context, by actor.Actor) (n int, err error) {
	defer fault.Wrap(&err, "count what waits for an answer")
	if err := by.Must(actor.ReadMessages); err != nil {
		return 0, err
	}
	return s.waits.Get(s.DB.State(by.Scope()), strings.Join(append(by.Properties(), by.Label()), " "), s.Now(), func() (n int, err error) {
		err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) (err error) {
			if by.Limited() {
				n, err = store.Value[int](tx, countWaitsOf, store.Spread(by.Properties()))
			} else {
				n, err = store.Value[int](tx, countWaits)
			}
			return err
		})
		return n, err
	})
}

// Colleague is a staff member to whom something can be given.
type Colleague struct{ ID, Name string }

// StaffThread is a conversation as staff read it: with notes, figures and who
// may look after it.
type StaffThread struct {
	Thread
	Assignee   string       // name, "" for nobody
	Colleagues []Colleague  // who may be the assignee
	Answers    []Row        // what residents answered to a message to the house
	Root       Conversation // the message to the house that this answers
	Sent       Figures      // of the newest message of staff
}

// Get returns a conversation for staff. It needs actor.ReadMessages; one
// outside of the limits is not found.
func (s *Service) Get(ctx context.Context, by actor.Actor, id string) (t StaffThread, err error) {
	defer fault.Wrap(&err, "read conversation %s", id)
	if err := by.Must(actor.ReadMessages); err != nil {
		return StaffThread{}, err
	}
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		if t.Conversation, err = forStaff(tx, by, id); err != nil {
			return err
		}
		if t.Posts, err = Posts(tx, id, true); err != nil {
			return err
		}
		for _, p := range t.Posts {
			if !p.Internal {
				t.Last = p.ID
			}
		}
		if t.SeenAt, err = seenUntil(tx, id, by); err != nil {
			return err
		}
		if t.Colleagues, err = Colleagues(tx, t.PropertyID); err != nil {
			return err
		}
		if t.Assignee, err = staffName(tx, t.AssigneeID); err != nil {
			return err
		}
		rows, err := store.All(tx, answersTo, (*row).destSeen, id, 100)
		if err != nil {
			return err
		}
		t.Answers = rowsOf(slices.DeleteFunc(rows, func(r row) bool { return !by.MayProperty(r.c.PropertyID) }))
		if t.RootID != "" {
			if t.Root, err = ByID(tx, t.RootID); isNotFound(err) || err == nil && !MayStaff(by, t.Root) {
				t.Root, err = Conversation{}, nil
			}
			if err != nil {
				return err
			}
		}
		t.MayReply = by.Has(actor.AnswerMessages)
		t.Sent, err = figuresOf(tx, t.Thread)
		return err
	})
	return t, err
}

func forStaff(tx *store.Tx, by actor.Actor, id string) (Conversation, error) {
	c, err := ByID(tx, id)
	if err == nil && !MayStaff(by, c) {
		err = fault.NotFound("conversation")
	}
	return c, err
}

func staffName(tx *store.Tx, id string) (string, error) {
	if id == "" {
		return "", nil
	}
	m, err := orgs.StaffByID(tx, id)
	if isNotFound(err) {
		return "", nil
	}
	return m.Name, err
}

// Colleagues lists the staff who may look after what is of a property, by name.
func Colleagues(tx *store.Tx, propertyID string) ([]Colleague, error) {
	within, err := store.List[string](tx, limitedTo, propertyID)
	if err != nil {
		return nil, err
	}
	var out []Colleague
	var c Colleague
	var limited bool
	err = store.Each(tx, staffChoices, []any{&c.ID, &c.Name, &limited}, func() error {
		if !limited || slices.Contains(within, c.ID) {
			out = append(out, c)
		}
		return nil
	})
	return out, err
}

// Respond adds a message or an internal note of staff. When others have written
// since in.Last it fails with *Inbetween and sends nothing. It needs
// actor.AnswerMessages. Complaints: text.
func (s *Service) Respond(ctx context.Context, by actor.Actor, id string, in Reply) (err error) {
	defer fault.Wrap(&err, "answer in conversation %s", id)
	if err := by.Must(actor.AnswerMessages); err != nil {
		return err
	}
	return s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		c, err := forStaff(tx, by, id)
		if err != nil {
			return err
		}
		p := NewPost{ConversationID: id, Side: ByStaff, AuthorID: by.ID(), AuthorName: by.Name(), Text: in.Text, Internal: in.Internal}
		if in.Key != "" {
			p.ID = store.IDFrom("message", id, by.Account(), in.Key)
			if _, err := store.Value[string](tx, hasPost, p.ID); err == nil {
				return nil // sent twice
			} else if !isNoRow(err) {
				return err
			}
		}
		bad := &fault.Invalid{}
		if checkText(bad, "text", in.Text, MaxText); len(bad.Fields) > 0 {
			return bad.Err()
		}
		if err := Meanwhile(tx, by, id, in.Last); err != nil {
			return err
		}
		if in.Source != "" && in.Source != Portal && !in.Internal { // what a resident said, put down by staff
			if c.PersonID == "" {
				return fault.Wrong("source", "conversations.no_person")
			}
			p.Side, p.AuthorID, p.AuthorName, p.Source, p.Silent = ByResident, c.PersonID, c.Who, in.Source, true
		}
		_, _, err = Append(tx, s.Now(), by, p)
		return err
	})
}

// Assign gives a conversation to a colleague who may see it, or with "" to
// nobody. It needs actor.AnswerMessages.
func (s *Service) Assign(ctx context.Context, by actor.Actor, id, staffID string) (err error) {
	return s.change(ctx, by, actor.AnswerMessages, id, func(tx *store.Tx, c Conversation) error {
		list, err := Colleagues(tx, c.PropertyID)
		if err != nil {
			return err
		}
		if staffID != "" && !slices.ContainsFunc(list, func(x Colleague) bool { return x.ID == staffID }) {
			return fault.Wrong("assignee", "conversations.no_colleague")
		}
		return SetAssignee(tx, s.Now(), by, id, staffID)
	})
}

// Settle says that a conversation needs no answer of staff any more. It needs
// actor.AnswerMessages.
func (s *Service) Settle(ctx context.Context, by actor.Actor, id string) error {
	return s.change(ctx, by, actor.AnswerMessages, id, func(tx *store.Tx, c Conversation) error {
		if !c.Waits() {
			return nil
		}
		if err := SetWaits(tx, id, time.Time{}); err != nil {
			return err
		}
		return audit.Note(tx, s.Now(), by, "conversation.settle", "conversation:"+id, nil)
	})
}

// Hold puts a conversation on legal hold, or ends that: held ones never expire.
// It needs actor.ManageOrg.
func (s *Service) Hold(ctx context.Context, by actor.Actor, id string, on bool) error {
	return s.change(ctx, by, actor.ManageOrg, id, func(tx *store.Tx, c Conversation) error {
		n, err := store.Exec(tx, setHold, id, on)
		if err != nil || n == 0 {
			return err
		}
		return audit.Note(tx, s.Now(), by, "conversation.hold", "conversation:"+id, map[string]any{"on": on})
	})
}

func (s *Service) change(ctx context.Context, by actor.Actor, right actor.Right, id string, fn func(tx *store.Tx, c Conversation) error) (err error) {
	defer fault.Wrap(&err, "change conversation %s", id)
	if err := by.Must(right); err != nil {
		return err
	}
	return s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		c, err := forStaff(tx, by, id)
		if err != nil {
			return err
		}
		return fn(tx, c)
	})
}

// OfPerson returns the newest conversations of staff with a person, at most
// limit, for that person's page. It needs actor.ReadMessages; conversations
// outside of the limits are left out.
func (s *Service) OfPerson(ctx context.Context, by actor.Actor, personID string, limit int) (list []Row, err error) {
	defer fault.Wrap(&err, "list the conversations with person %s", personID)
	if err := by.Must(actor.ReadMessages); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		rows, err := store.All(tx, ofPerson, (*row).destSeen, personID, 4*limit)
		rows = slices.DeleteFunc(rows, func(r row) bool { return !by.MayProperty(r.c.PropertyID) })
		list = rowsOf(rows[:min(len(rows), limit)])
		return err
	})
	return list, err
}

func isNotFound(err error) bool { return errors.Is(err, fault.ErrNotFound) }
func isNoRow(err error) bool    { return errors.Is(err, store.ErrNoRow) }
