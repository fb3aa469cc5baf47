package conversations

import (
	"context"
	"strings"
	"time"

	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// Box is a folder of messages.
type Box string

// The folders.
const (
	Inbox  Box = "in"
	Outbox Box = "out"
)

// Cursor is where a page of a list begins: after that row. The zero Cursor is
// the first page.
type Cursor struct {
	At time.Time
	ID string
}

func (c Cursor) args() (int64, string) {
	if c.At.IsZero() {
		return 1 << 62, ""
	}
	return store.Micros(c.At), c.ID
}

// Page is a piece of a list, newest first.
type Page struct {
	Rows []Row
	Next Cursor // zero: there is no more
}

// pageOf cuts the row that says that there is more.
func pageOf(rows []row, at func(Conversation) time.Time) Page {
	p := Page{Rows: rowsOf(rows)}
	if len(p.Rows) > pageSize {
		p.Rows = p.Rows[:pageSize]
		last := p.Rows[pageSize-1]
		p.Next = Cursor{at(last.Conversation), last.ID}
	}
	return p
}

// Mine lists a signed-in resident's conversations, 25 a page (E13, E17): in the
// Inbox what staff have written, in the Outbox what the account's persons have.
// With a lease it is what concerns that lease, or none in particular (E14).
func (s *Service) Mine(ctx context.Context, by actor.Actor, box Box, lease portfolio.Tenancy, after Cursor) (p Page, err error) {
	defer fault.Wrap(&err, "list a resident's messages")
	if err := by.Must(actor.Self); err != nil {
		return Page{}, err
	}
	at, id := after.args()
	q, when := received, func(c Conversation) time.Time { return c.OutAt }
	if box == Outbox {
		q, when = sent, func(c Conversation) time.Time { return c.InAt }
	}
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		today, since, err := s.ruleArgs(tx)
		if err != nil {
			return err
		}
		rows, err := store.All(tx, q, (*row).destSeen, today, since, lease.Lease.ID, portfolio.StairwellID(lease.Building.ID, lease.Unit.Stairwell), lease.Building.ID, lease.Property.ID,
			by.Account(), at, id, store.Spread(by.Persons()))
		p = pageOf(rows, when)
		return err
	})
	return p, err
}

func (s *Service) ruleArgs(tx *store.Tx) (today, since string, err error) {
	o, err := orgs.Load(tx)
	if err != nil {
		return "", "", err
	}
	return portfolio.RuleOf(o, s.Now()).Args()
}

// Unread counts the conversations of all the resident's leases in which staff
// have written something that the account has not seen.
func (s *Service) Unread(ctx context.Context, by actor.Actor) (n int, err error) {
	defer fault.Wrap(&err, "count a resident's messages")
	if err := by.Must(actor.Self); err != nil {
		return 0, err
	}
	return s.unread.Get(s.DB.State(by.Scope()), by.Account(), s.Now(), func() (n int, err error) {
		err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
			today, since, err := s.ruleArgs(tx)
			if err != nil {
				return err
			}
			n, err = store.Value[int](tx, unread, today, since, by.Account(), store.Spread(by.Persons()))
			return err
		})
		return n, err
	})
}

// News returns the newest conversations of all leases that the resident has not
// seen, at most limit.
func (s *Service) News(ctx context.Context, by actor.Actor, limit int) (list []Row, err error) {
	defer fault.Wrap(&err, "list what is new for a resident")
	if err := by.Must(actor.Self); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		today, since, err := s.ruleArgs(tx)
		if err != nil {
			return err
		}
		rows, err := store.All(tx, news, (*row).destSeen, today, since, by.Account(), limit, store.Spread(by.Persons()))
		list = rowsOf(rows)
		return err
	})
	return list, err
}

// Thread is a conversation as one of its sides reads it.
type Thread struct {
	Conversation
	Posts  []Post
	SeenAt time.Time // until when the reader had seen it before
	Last   string    // id of the newest message that both sides see
	// MayReply tells whether the reader can answer; Why is the catalogue key of
	// the reason when not.
	MayReply bool
	Why      string
	Own      []Row // a resident's own answers to a message to the house
	Root     Conversation
}

// Read returns a conversation that a signed-in resident may see, without notes
// of staff; any other is not found.
func (s *Service) Read(ctx context.Context, by actor.Actor, id string) (t Thread, err error) {
	defer fault.Wrap(&err, "read conversation %s", id)
	if err := by.Must(actor.Self); err != nil {
		return Thread{}, err
	}
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		if t.Conversation, err = Visible(tx, portfolio.RuleOf(o, s.Now()), by, id); err != nil {
			return err
		}
		if t.Posts, err = Posts(tx, id, false); err != nil {
			return err
		}
		if n := len(t.Posts); n > 0 {
			t.Last = t.Posts[n-1].ID
		}
		if t.SeenAt, err = seenUntil(tx, id, by); err != nil {
			return err
		}
		if t.House() {
			own := store.IDFrom("answer", id, by.Account())
			if c, err := ByID(tx, own); err == nil {
				t.Own = []Row{{Conversation: c}}
			} else if !isNotFound(err) {
				return err
			}
		}
		_, t.Why, err = s.answering(tx, o, by.Persons(), t.Conversation)
		t.MayReply = t.Why == ""
		return err
	})
	return t, err
}

// Visible returns a conversation when a resident may see it, else
// fault.NotFound. It is the check for everything that hangs on one: files,
// cases, marks.
func Visible(tx *store.Tx, r portfolio.Rule, by actor.Actor, id string) (Conversation, error) {
	return visible(tx, r, by.Persons(), id)
}

func visible(tx *store.Tx, r portfolio.Rule, persons []string, id string) (Conversation, error) {
	c, err := ByID(tx, id)
	if err != nil {
		return Conversation{}, err
	}
	ok, err := portfolio.CanSee(tx, r, persons, c.Audience)
	if err != nil {
		return Conversation{}, err
	}
	if !ok {
		return Conversation{}, fault.NotFound("conversation")
	}
	return c, nil
}

// Look notes that the reader has seen a conversation until now: the one thing
// that reading changes.
func (s *Service) Look(ctx context.Context, by actor.Actor, t Thread) (err error) {
	defer fault.Wrap(&err, "note that conversation %s was seen", t.ID)
	if !t.SeenAt.Before(t.LastAt) || by.Account() == "" {
		return nil
	}
	return s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		if by.Kind() == actor.Resident {
			o, err := orgs.Load(tx)
			if err != nil {
				return err
			}
			if _, err := Visible(tx, portfolio.RuleOf(o, s.Now()), by, t.ID); err != nil {
				return err
			}
		}
		return Seen(tx, t.ID, by, t.LastAt)
	})
}

// PlaceOf writes where a lease is: "Ahornallee 14 · Wohnung 5".
func PlaceOf(t portfolio.Tenancy) string {
	return strings.Trim(t.Building.AddressLine()+" · "+t.Unit.Label, " ·")
}

func personName(tx *store.Tx, id string) (string, error) {
	list, err := portfolio.PersonsByID(tx, []string{id})
	if err != nil || len(list) == 0 {
		return "", err
	}
	return list[0].DisplayName(), nil
}

func seenUntil(tx *store.Tx, id string, by actor.Actor) (time.Time, error) {
	at, err := store.Value[int64](tx, seenAt, id, by.Account())
	if isNoRow(err) {
		return time.Time{}, nil
	}
	return store.Time(at), err
}
