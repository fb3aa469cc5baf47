package cases

import (
	"encoding/json"
	"errors"
	"time"

	"foyer/internal/conversations"
	"foyer/internal/platform/fault"
	"foyer/internal/platform/store"
	"foyer/internal/portfolio"
)

// Limits of what people write, in characters.
const (
	MaxSpot   = 120
	MaxReach  = 120
	MaxField  = 200
	MaxReason = 1000
	maxTitle  = 80
)

// noDay stands in the database for a case without a due day.
const noDay = "9999-12-31"

// Case is a conversation with what makes it a case.
type Case struct {
	conversations.Conversation
	Seq        int64 // year and number
	CategoryID string
	TopicID    string // the category's first level
	Status     Status
	StatusAt   time.Time
	Urgency    Urgency
	BuildingID string
	UnitID     string            // "" = a common area
	Spot       string            // where exactly
	Fields     map[string]string // answers to the category's fields, by key
	Reach      string            // when the resident can be reached
	Phone      string
	Release    bool // the provider may have the phone number
	ProviderID string
	DueOn      string // YYYY-MM-DD, "" = none
	TouchedAt  time.Time
	DoneAt     time.Time
	Rating     int // 1 to 5, 0 = none
	RatingText string
	LeadID     string // the case that this report belongs to
	Reports    int    // reports of the same fault, with this one
	ord        int64
}

// Number is the case's number in the organisation: "2026-0418".
func (c Case) Number() string { return c.Ref }

// Overdue tells whether the due day has passed.
func (c Case) Overdue(today string) bool { return c.Status != Done && c.DueOn != "" && c.DueOn < today }

// Row is a case in a list of somebody.
type Row struct {
	Case
	Assignee string    // name, "" for nobody
	SeenAt   time.Time // until when the reader has seen it
}

// Event is what happened to a case beside its messages.
type Event struct {
	ID       string
	At       time.Time
	Kind     string // "status", "assigned", "merged", "appointment" …
	Side     conversations.Side
	Who      string
	Detail   string
	Internal bool
}

const columns = `c.id, c.kind, c.subject, c.aud_kind, c.aud_id, c.aud_day, c.aud_author, c.property_id, c.lease_id, c.person_id, c.who, c.place, c.ref,
	c.by_staff, c.replies, c.assignee_id, c.waits_since, c.hold, c.created_at, c.last_at, c.in_at, c.in_name, c.in_text, c.out_at, c.out_name, c.out_text, c.messages, c.files,
	k.seq, k.ord, k.category_id, k.topic_id, k.status, k.status_at, k.urgency, k.building_id, k.unit_id, k.spot, k.fields, k.reach, k.phone, k.release, k.provider_id, k.due_on,
	k.touched_at, k.done_at, k.rating, k.rating_text, k.lead_id, k.reports`

// row is a case as the tables hold it.
type row struct {
	c                                                          Case
	fields, assignee                                           string
	waits, created, last, in, out, statusAt, touched, done, at int64
}

func (r *row) dest() []any {
	c := &r.c
	return []any{&c.ID, &c.Kind, &c.Subject, &c.Audience.Kind, &c.Audience.ID, &c.Audience.Day, &c.Audience.Author, &c.PropertyID, &c.LeaseID, &c.PersonID, &c.Who, &c.Place, &c.Ref,
		&c.ByStaff, &c.Replies, &c.AssigneeID, &r.waits, &c.Hold, &r.created, &r.last, &r.in, &c.InName, &c.InText, &r.out, &c.OutName, &c.OutText, &c.Messages, &c.Files,
		&c.Seq, &c.ord, &c.CategoryID, &c.TopicID, &c.Status, &r.statusAt, &c.Urgency, &c.BuildingID, &c.UnitID, &c.Spot, &r.fields, &c.Reach, &c.Phone, &c.Release, &c.ProviderID, &c.DueOn,
		&r.touched, &r.done, &c.Rating, &c.RatingText, &c.LeadID, &c.Reports}
}

func (r *row) destSeen() []any  { return append(r.dest(), &r.at) }
func (r *row) destStaff() []any { return append(r.dest(), &r.at, &r.assignee) }

func (r *row) caseOf() Case {
	c := r.c
	c.WaitsSince, c.CreatedAt, c.LastAt, c.InAt, c.OutAt = store.Time(r.waits), store.Time(r.created), store.Time(r.last), store.Time(r.in), store.Time(r.out)
	c.StatusAt, c.TouchedAt, c.DoneAt = store.Time(r.statusAt), store.Time(r.touched), store.Time(r.done)
	if c.DueOn == noDay {
		c.DueOn = ""
	}
	c.Fields = map[string]string{}
	_ = json.Unmarshal([]byte(r.fields), &c.Fields) // written by this package
	return c
}

func rowsOf(list []row) []Row {
	out := make([]Row, len(list))
	for i := range list {
		out[i] = Row{Case: list[i].caseOf(), Assignee: list[i].assignee, SeenAt: store.Time(list[i].at)}
	}
	return out
}

// ByID returns a case, whoever asks: the caller judges the rights.
// fault.NotFound when there is none.
func ByID(tx *store.Tx, id string) (Case, error) {
	r, err := store.Get(tx, byID, (*row).dest, id)
	if errors.Is(err, store.ErrNoRow) {
		return Case{}, fault.NotFound("case")
	}
	if err != nil {
		return Case{}, err
	}
	return r.caseOf(), nil
}

// Visible returns a case when a resident may see it, else fault.NotFound.
func Visible(tx *store.Tx, r portfolio.Rule, persons []string, id string) (Case, error) {
	c, err := ByID(tx, id)
	if err != nil {
		return Case{}, err
	}
	ok, err := portfolio.CanSee(tx, r, persons, c.Audience)
	if err == nil && !ok {
		err = fault.NotFound("case")
	}
	if err != nil {
		return Case{}, err
	}
	return c, nil
}

// ordOf is the place of a case in lists: urgent ones first.
func ordOf(u Urgency, seq int64) int64 {
	if u == Now {
		return seq + urgentFirst
	}
	return seq
}

// urgentFirst is more than any year and number.
const urgentFirst = 1_000_000_000_000
