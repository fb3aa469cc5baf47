package conversations

import (
	"context"
	"slices"
	"time"

	"foyer/internal/access"
	"foyer/internal/notifications"
	"foyer/internal/orgs"
	"foyer/internal/platform/actor"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/jobs"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// tellJob announces a message of staff to its readers.
const tellJob = "conversations.tell"

// household is how many memberships are worked on in one transaction.
const household = 500

var (
	beginTelling = store.Scoped(`INSERT INTO broadcast (org_id, message_id, reached, done_at, persons, portal, email, push, letter, invited, nowhere)
		VALUES ($1, $2, '', 0, 0, 0, 0, 0, 0, 0, 0) ON CONFLICT (org_id, message_id) DO NOTHING`)
	telling = store.Scoped(`SELECT b.reached, b.done_at, b.persons, b.portal, b.email, b.push, b.letter, b.invited, b.nowhere FROM broadcast b
		WHERE b.org_id = $1 AND b.message_id = $2`)
	told = store.Scoped(`UPDATE broadcast SET reached = $3, done_at = $4, persons = persons + $5, portal = portal + $6, email = email + $7, push = push + $8,
		letter = letter + $9, invited = invited + $10, nowhere = nowhere + $11 WHERE org_id = $1 AND message_id = $2`)
)

type tellArgs struct {
	Conversation string `json:"conversation"`
	Message      string `json:"message"`
}

// tellLater has a message announced as soon as it is committed.
func tellLater(tx *store.Tx, now time.Time, conversation, message string) error {
	if _, err := store.Exec(tx, beginTelling, message); err != nil {
		return err
	}
	return jobs.Enqueue(tx, tellJob, message, tellArgs{conversation, message}, now)
}

// Figures tell how a message of staff reaches its readers.
type Figures struct {
	Done                                                   bool // everybody has been told
	Persons, Portal, Email, Push, Letter, Invited, Nowhere int
	Seen                                                   int // accounts of residents that have opened it since
}

func (f *Figures) add(plan []notifications.Planned) {
	f.Persons += len(plan)
	for _, p := range plan {
		for _, x := range []struct {
			is bool
			n  *int
		}{{p.Portal, &f.Portal}, {p.Email, &f.Email}, {p.Push, &f.Push}, {p.Letter, &f.Letter}, {!p.Reached() && !p.Invite, &f.Nowhere}} {
			if x.is {
				*x.n++
			}
		}
	}
}

type broadcastRow struct {
	f       Figures
	reached string
	done    int64
}

func (r *broadcastRow) dest() []any {
	return []any{&r.reached, &r.done, &r.f.Persons, &r.f.Portal, &r.f.Email, &r.f.Push, &r.f.Letter, &r.f.Invited, &r.f.Nowhere}
}

// tell announces a message, a piece of its readers in each transaction. A kill
// between two of them loses nothing: how far it came stands beside what was
// told, and telling somebody twice is told once.
func (s *Service) tell(ctx context.Context, by actor.Actor, job jobs.Job) error {
	var args tellArgs
	if err := job.Args(&args); err != nil {
		return err
	}
	for more := true; more; {
		err := s.DB.Write(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) (err error) {
			more, err = s.tellSome(tx, by, args)
			return err
		})
		if err != nil {
			return err
		}
		if s.piece != nil {
			s.piece()
		}
	}
	return nil
}

func (s *Service) tellSome(tx *store.Tx, by actor.Actor, args tellArgs) (more bool, err error) {
	b, err := store.Get(tx, telling, (*broadcastRow).dest, args.Message)
	if isNoRow(err) || err == nil && b.done != 0 {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	c, err := ByID(tx, args.Conversation)
	if isNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	o, err := orgs.Load(tx)
	if err != nil {
		return false, err
	}
	persons, reached, more, err := nextReaders(tx, portfolio.RuleOf(o, s.Now()), c, b.reached)
	if err != nil {
		return false, err
	}
	readers, err := s.Access.ReadersFor(tx, o, s.Now(), persons, c.Audience)
	if err != nil {
		return false, err
	}
	plan, err := s.Notifications.Announce(tx, s.Now(), access.PolicyOf(o), announcement(c, args.Message, readers))
	if err != nil {
		return false, err
	}
	var f Figures
	f.add(plan)
	if f.Invited, err = s.Access.InviteFirst(tx, s.Now(), by, o, plan); err != nil {
		return false, err
	}
	var done int64
	if !more {
		done = store.Micros(s.Now())
	}
	_, err = store.Exec(tx, told, args.Message, reached, done, f.Persons, f.Portal, f.Email, f.Push, f.Letter, f.Invited, f.Nowhere)
	return more, err
}

// announcement is what notifications are asked to tell.
func announcement(c Conversation, message string, readers []notifications.Reader) notifications.Announcement {
	a := notifications.Announcement{Topic: notifications.Messages, Kind: mailMessage, Key: "message:" + message, Args: map[string]string{"conversation": c.ID, "message": message},
		Readers: readers, Letter: true, Thread: threadPrefix + ":" + c.ID, PropertyID: c.PropertyID}
	if c.Kind == Case {
		a.Topic = notifications.Cases
	}
	return a
}

// threadPrefix names our threads among those of other capabilities.
const threadPrefix = "conversation"

// nextReaders returns the next persons to tell after a lease, and the lease that
// they reach to. Single people and leases come at once, houses in pieces that
// keep the people of a lease together.
func nextReaders(tx *store.Tx, r portfolio.Rule, c Conversation, after string) (persons []string, reached string, more bool, err error) {
	if !c.House() || c.Audience.Kind == portfolio.ToOwners {
		persons, err = portfolio.Recipients(tx, r, c.Audience)
		return persons, "", false, err
	}
	list, err := portfolio.NextHouseholds(tx, c.PropertyID, after, household)
	if err != nil || len(list) == 0 {
		return nil, after, false, err
	}
	reached = list[len(list)-1].LeaseID
	var all []string
	for _, m := range list {
		if !slices.Contains(all, m.PersonID) {
			all = append(all, m.PersonID)
		}
	}
	some, err := portfolio.Among(tx, r, c.Audience, all)
	if err != nil {
		return nil, reached, false, err
	}
	for _, id := range all { // in the order of the leases
		if _, ok := slices.BinarySearch(some, id); ok {
			persons = append(persons, id)
		}
	}
	return persons, reached, true, nil
}

// Preview tells how a message to a target would reach its readers.
type Preview struct {
	Figures
	First []notifications.Planned // at most 30 of them
}

const previewed = 30

// Preview is what Send would do: who gets a message by which channel. It needs
// actor.AnswerMessages; readers outside of the limits are not found.
func (s *Service) Preview(ctx context.Context, by actor.Actor, to Target) (p Preview, err error) {
	defer fault.Wrap(&err, "preview a message")
	if err := by.Must(actor.AnswerMessages); err != nil {
		return Preview{}, err
	}
	err = s.DB.Read(ctx, by.Scope(), func(_ context.Context, tx *store.Tx) error {
		o, err := orgs.Load(tx)
		if err != nil {
			return err
		}
		open, err := s.address(tx, o, by, to)
		if err != nil {
			return err
		}
		c := Conversation{Kind: Message, Audience: open.Audience, PropertyID: open.PropertyID}
		for after, more := "", true; more; {
			var persons []string
			if persons, after, more, err = nextReaders(tx, portfolio.RuleOf(o, s.Now()), c, after); err != nil {
				return err
			}
			readers, err := s.Access.ReadersFor(tx, o, s.Now(), persons, c.Audience)
			if err != nil {
				return err
			}
			plan, err := s.Notifications.Plan(tx, s.Now(), access.PolicyOf(o), announcement(c, "preview", readers))
			if err != nil {
				return err
			}
			p.add(plan)
			for _, x := range plan {
				if x.Invite {
					p.Invited++
				}
			}
			p.First = append(p.First, plan[:min(len(plan), previewed-len(p.First))]...)
		}
		return nil
	})
	return p, err
}

// figuresOf returns how the newest message of staff in a thread got on.
func figuresOf(tx *store.Tx, t Thread) (f Figures, err error) {
	for _, p := range slices.Backward(t.Posts) {
		if p.Side != ByStaff || p.Internal {
			continue
		}
		b, err := store.Get(tx, telling, (*broadcastRow).dest, p.ID)
		if isNoRow(err) {
			return f, nil
		}
		if err != nil {
			return f, err
		}
		f = b.f
		f.Done = b.done != 0
		f.Seen, err = store.Value[int](tx, seenBy, t.ID, store.Micros(p.At))
		return f, err
	}
	return f, nil
}
