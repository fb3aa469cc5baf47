package conversations

import (
	"errors"
	"fmt"
	"time"

	"foyer/internal/platform/actor"
	"foyer/internal/platform/audit"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/search"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// The functions of this file write in the caller's transaction and judge no
// rights: the use-cases here and those of package cases have done so.

// Opening is a conversation to begin.
type Opening struct {
	ID         string // "" = a new one; an id that exists opens nothing
	Kind       Kind
	Subject    string
	Audience   portfolio.Audience
	PropertyID string // "" = the whole organisation
	LeaseID    string
	PersonID   string // with whom staff speak; "" = a house
	Who, Place string // that person's name, and where it is about, as lists show them
	Ref        string
	RootID     string // the message to a house that it answers
	Replies    bool
	AssigneeID string
}

// Open begins a conversation without a message. It returns its id, and false
// when it was there already: then nothing is changed.
func Open(tx *store.Tx, now time.Time, by actor.Actor, o Opening) (id string, fresh bool, err error) {
	if err := o.Audience.Check(); err != nil {
		return "", false, err
	}
	if o.ID == "" {
		o.ID = store.NewID()
	}
	if o.Kind == "" {
		o.Kind = Message
	}
	n, err := store.Exec(tx, insertConversation, o.ID, string(o.Kind), o.Subject, string(o.Audience.Kind), o.Audience.ID, o.Audience.Day, o.Audience.Author,
		o.PropertyID, o.LeaseID, o.PersonID, o.Who, o.Place, o.Ref, o.RootID, by.Kind() == actor.Staff, o.Replies, o.AssigneeID, store.Micros(now))
	if err != nil || n == 0 {
		return o.ID, false, err
	}
	if o.RootID != "" {
		if _, err := store.Exec(tx, countAnswer, o.RootID); err != nil {
			return "", false, err
		}
	}
	if err := search.Put(tx, searchKind, o.ID, o.Subject, o.Who, o.Place, o.Ref); err != nil {
		return "", false, err
	}
	return o.ID, true, audit.Note(tx, now, by, "conversation.open", "conversation:"+o.ID, map[string]any{"kind": o.Kind, "audience": o.Audience.Kind})
}

// NewPost is a message to add.
type NewPost struct {
	ID             string // "" = a new one; an id that exists adds nothing
	ConversationID string
	Side           Side   // who speaks; staff also put down what a resident said by phone
	AuthorID       string // staff member or person
	AuthorName     string
	Source         Source // "" = Portal
	Internal       bool   // a note that only staff see
	Text           string
	Files          int  // how many come with it
	Silent         bool // nobody is told: what staff put down of what was said
}

// Append adds a message, puts the conversation in its new place and state and
// has its readers told: residents by a job, staff by mail (E11). It returns the
// message's id, and false when it was there already.
func Append(tx *store.Tx, now time.Time, by actor.Actor, p NewPost) (id string, fresh bool, err error) {
	defer fault.Wrap(&err, "add a message to conversation %s", p.ConversationID)
	if p.ID == "" {
		p.ID = store.NewID()
	}
	if p.Source == "" {
		p.Source = Portal
	}
	if there, err := store.Value[string](tx, hasPost, p.ID); err == nil {
		if there != p.ConversationID {
			return "", false, fmt.Errorf("message %s is of another conversation", p.ID)
		}
		return p.ID, false, nil
	} else if !errors.Is(err, store.ErrNoRow) {
		return "", false, err
	}
	c, err := ByID(tx, p.ConversationID)
	if err != nil {
		return "", false, err
	}
	before, err := store.Value[int64](tx, lastPost, c.ID)
	if err != nil {
		return "", false, err
	}
	at := max(store.Micros(now), before+1) // no two of the same moment: they are read in the order of writing
	if _, err := store.Exec(tx, insertMessage, p.ID, c.ID, at, string(p.Side), p.AuthorID, p.AuthorName, string(p.Source), p.Internal, p.Text, p.Files); err != nil {
		return "", false, err
	}
	if err := search.Put(tx, searchKind, c.ID, p.Text, p.AuthorName); err != nil {
		return "", false, err
	}
	switch {
	case p.Internal:
	case p.Side == ByResident:
		_, err = store.Exec(tx, cameIn, c.ID, at, p.AuthorName, beginning(p.Text), p.Files)
		if err == nil && !p.Silent {
			err = tellStaff(tx, now, c, p)
		}
	default:
		_, err = store.Exec(tx, wentOut, c.ID, at, p.AuthorName, beginning(p.Text), p.Files)
		if err == nil && !p.Silent {
			err = tellLater(tx, now, c.ID, p.ID)
		}
	}
	if err != nil {
		return "", false, err
	}
	if by.Kind() == actor.Resident || by.Kind() == actor.Staff { // who writes has read
		err = Seen(tx, c.ID, by, store.Time(at))
	}
	if err != nil {
		return "", false, err
	}
	return p.ID, true, audit.Note(tx, now, by, "conversation.write", "conversation:"+c.ID, map[string]any{"message": p.ID, "internal": p.Internal})
}

// CountFiles notes that n files more came with a message.
func CountFiles(tx *store.Tx, conversationID, messageID string, n int) error {
	if _, err := store.Exec(tx, countFiles, messageID, n); err != nil {
		return err
	}
	_, err := store.Exec(tx, addFiles, conversationID, n)
	return err
}

// Seen notes that an account has seen a conversation until an instant.
func Seen(tx *store.Tx, id string, by actor.Actor, until time.Time) error {
	side := ByResident
	if by.Kind() == actor.Staff {
		side = ByStaff
	}
	_, err := store.Exec(tx, markSeen, id, by.Account(), string(side), store.Micros(until))
	return err
}

// SetWaits says that residents wait for an answer since an instant, or, with
// the zero time, that they do not.
func SetWaits(tx *store.Tx, id string, since time.Time) error {
	_, err := store.Exec(tx, setWaits, id, store.Micros(since))
	return err
}

// SetAssignee gives a conversation to a staff member, or with "" to nobody.
func SetAssignee(tx *store.Tx, now time.Time, by actor.Actor, id, staffID string) error {
	n, err := store.Exec(tx, setAssignee, id, staffID)
	if err != nil || n == 0 {
		return err
	}
	return audit.Note(tx, now, by, "conversation.assign", "conversation:"+id, map[string]any{"staff": staffID})
}

// SetAudience changes who reads a conversation from now on, as when several
// reports become one case.
func SetAudience(tx *store.Tx, now time.Time, by actor.Actor, id string, a portfolio.Audience) error {
	if err := a.Check(); err != nil {
		return err
	}
	if _, err := store.Exec(tx, setAudience, id, string(a.Kind), a.ID, a.Day, a.Author); err != nil {
		return err
	}
	return audit.Note(tx, now, by, "conversation.audience", "conversation:"+id, map[string]any{"audience": a.Kind})
}

// SetSubject gives a conversation another subject.
func SetSubject(tx *store.Tx, now time.Time, by actor.Actor, id, subject string) error {
	if _, err := store.Exec(tx, setSubject, id, subject); err != nil {
		return err
	}
	if err := search.Put(tx, searchKind, id, subject); err != nil {
		return err
	}
	return audit.Note(tx, now, by, "conversation.subject", "conversation:"+id, nil)
}

// Inbetween says that somebody has written since the writer looked.
type Inbetween struct{ Posts []Post }

// Error names nobody.
func (e *Inbetween) Error() string { return "somebody has written meanwhile" }

// Meanwhile returns an Inbetween when others than the actor have written in a
// conversation after the message that the actor has seen last; nil when
// nobody has. "" as the last message checks nothing.
func Meanwhile(tx *store.Tx, by actor.Actor, id, lastSeen string) error {
	if lastSeen == "" {
		return nil
	}
	p, err := store.Get(tx, postByID, (*postRow).dest, lastSeen)
	if errors.Is(err, store.ErrNoRow) {
		return nil
	}
	if err != nil {
		return err
	}
	rows, err := store.All(tx, since, (*postRow).dest, id, p.at, p.p.ID)
	if err != nil {
		return err
	}
	var e Inbetween
	for i := range rows {
		if rows[i].p.AuthorID != by.ID() {
			e.Posts = append(e.Posts, rows[i].post())
		}
	}
	if len(e.Posts) == 0 {
		return nil
	}
	return &e
}

// checkText complains about what somebody wrote.
func checkText(bad *fault.Invalid, name, text string, max int) {
	switch n := len([]rune(text)); {
	case n == 0:
		bad.Add(name, "conversations.empty_"+name)
	case n > max:
		bad.Add(name, "conversations.too_long", "max", max)
	}
}
