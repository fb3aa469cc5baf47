package conversations

import (
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// Kind tells what a conversation is.
type Kind string

// The kinds.
const (
	Message Kind = "message"
	Case    Kind = "case" // its category, state and number are those of package cases
)

// Side is one of the two parties of a conversation.
type Side string

// The sides.
const (
	ByStaff    Side = "staff"
	ByResident Side = "resident"
)

// Source tells how a message came.
type Source string

// The sources; all but Portal and Mail are put down by staff.
const (
	Portal Source = "portal"
	Mail   Source = "mail"
	Phone  Source = "phone"
	Letter Source = "letter"
	Visit  Source = "visit"
)

// Limits of what people write, in characters.
const (
	MaxSubject = 120
	MaxText    = 10_000
	preview    = 160
)

// Conversation is one conversation without its messages.
type Conversation struct {
	ID         string
	Kind       Kind
	Subject    string
	Audience   portfolio.Audience
	PropertyID string // "" = the whole organisation
	LeaseID    string // "" = none in particular
	PersonID   string // with whom staff speak; "" = a house
	Who        string // that person's name, as it was
	Place      string // "Ahornallee 14 · Whg 5", or the house
	Ref        string // number of a case
	RootID     string // the message to a house that it answers
	ByStaff    bool   // begun by staff
	Replies    bool   // residents may answer
	AssigneeID string
	WaitsSince time.Time // zero: nobody waits for an answer of staff
	Hold       bool      // legal hold
	CreatedAt  time.Time
	LastAt     time.Time // newest message that both sides see
	InAt       time.Time // newest message of residents; zero: none
	InName     string
	InText     string // its beginning
	OutAt      time.Time
	OutName    string
	OutText    string
	Messages   int // that both sides see
	Files      int
	Answers    int // conversations that answer this one
}

// House tells whether the conversation is addressed to a house or to everyone
// rather than to single people.
func (c Conversation) House() bool {
	switch c.Audience.Kind {
	case portfolio.ToPerson, portfolio.ToLease, portfolio.ToUnit:
		return false
	}
	return true
}

// Waits tells whether residents wait for an answer.
func (c Conversation) Waits() bool { return !c.WaitsSince.IsZero() }

// Row is a conversation in a list of somebody.
type Row struct {
	Conversation
	SeenAt time.Time // until when the reader has seen it; zero: never
}

// Post is one message.
type Post struct {
	ID         string
	At         time.Time
	Side       Side
	AuthorID   string // staff member or person
	AuthorName string // as it was
	Source     Source
	Internal   bool // for staff only
	Text       string
	Files      int
}

const columns = `c.id, c.kind, c.subject, c.aud_kind, c.aud_id, c.aud_day, c.aud_author, c.property_id, c.lease_id, c.person_id, c.who, c.place, c.ref, c.root_id,
	c.by_staff, c.replies, c.assignee_id, c.waits_since, c.hold, c.created_at, c.last_at, c.in_at, c.in_name, c.in_text, c.out_at, c.out_name, c.out_text,
	c.messages, c.files, c.answers`

// row is a conversation as the table holds it, with the reader's seen mark.
type row struct {
	c                                   Conversation
	waits, created, last, in, out, seen int64
}

func (r *row) dest() []any {
	c := &r.c
	return []any{&c.ID, &c.Kind, &c.Subject, &c.Audience.Kind, &c.Audience.ID, &c.Audience.Day, &c.Audience.Author, &c.PropertyID, &c.LeaseID, &c.PersonID, &c.Who, &c.Place,
		&c.Ref, &c.RootID, &c.ByStaff, &c.Replies, &c.AssigneeID, &r.waits, &c.Hold, &r.created, &r.last, &r.in, &c.InName, &c.InText, &r.out, &c.OutName, &c.OutText,
		&c.Messages, &c.Files, &c.Answers}
}

func (r *row) destSeen() []any { return append(r.dest(), &r.seen) }

func (r *row) conversation() Conversation {
	c := r.c
	c.WaitsSince, c.CreatedAt, c.LastAt = store.Time(r.waits), store.Time(r.created), store.Time(r.last)
	c.InAt, c.OutAt = store.Time(r.in), store.Time(r.out)
	return c
}

func rowsOf(list []row) []Row {
	out := make([]Row, len(list))
	for i := range list {
		out[i] = Row{list[i].conversation(), store.Time(list[i].seen)}
	}
	return out
}

type postRow struct {
	p  Post
	at int64
}

func (r *postRow) dest() []any {
	return []any{&r.p.ID, &r.at, &r.p.Side, &r.p.AuthorID, &r.p.AuthorName, &r.p.Source, &r.p.Internal, &r.p.Text, &r.p.Files}
}

func (r *postRow) post() Post {
	r.p.At = store.Time(r.at)
	return r.p
}

// ByID returns a conversation, whoever asks: the caller judges the rights.
// fault.NotFound when there is none.
func ByID(tx *store.Tx, id string) (Conversation, error) {
	r, err := store.Get(tx, byID, (*row).dest, id)
	if errors.Is(err, store.ErrNoRow) {
		return Conversation{}, fault.NotFound("conversation")
	}
	return r.conversation(), err
}

// Posts returns the messages of a conversation, oldest first; notes of staff
// only when internal is true.
func Posts(tx *store.Tx, id string, internal bool) ([]Post, error) {
	rows, err := store.All(tx, posts, (*postRow).dest, id, internal)
	out := make([]Post, len(rows))
	for i := range rows {
		out[i] = rows[i].post()
	}
	return out, err
}

// beginning is what lists show of a text.
func beginning(text string) string {
	s := strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(s) <= preview {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:preview-1])) + "…"
}
